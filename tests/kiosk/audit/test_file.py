"""The auditor reads files as it finds them: live, copied with their log, or alone; and leaves no trace."""

from __future__ import annotations

import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.audit.file import NotAJournalError
from kiosk.audit.walk import audit_journal
from kiosk.claims.deadline import Promise
from kiosk.claims.desk import ClaimDesk
from kiosk.core import events as ev
from kiosk.core import facts as f
from tests.kiosk.audit.forging import FROZEN, Forger
from tests.kiosk.ledger_world import KIOSK_ID, World
from tests.kiosk.world import KEY
from web.main import main

PUBLIC = KEY.verify_key.encode().hex()


def trace(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in sorted(folder.iterdir())}


def test_a_store_without_a_log_is_read_where_it_lies(tmp_path: Path) -> None:
    shutil.copy(FROZEN, tmp_path / "kiosk.db")
    before = trace(tmp_path)
    assert audit_journal(tmp_path / "kiosk.db").entries == 125
    assert trace(tmp_path) == before


def test_a_copy_with_its_log_is_read_with_it_and_left_as_it_was(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy"
    live.mkdir()
    copy.mkdir()
    world = World(live)
    world.sale()
    head = world.ledger.head
    for ending in ("", "-wal"):
        shutil.copy(live / f"kiosk.db{ending}", copy / f"kiosk.db{ending}")
    before = trace(copy)
    report = audit_journal(copy / "kiosk.db")
    world.close()
    assert report.problems == ()
    assert report.head == f"{head.epoch}-{head.seq} {head.digest.hex()}"
    assert trace(copy) == before


def test_a_live_store_is_read_while_it_sells(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.sale()
    first = audit_journal(tmp_path / "kiosk.db")
    world.done()
    world.short_change()
    second = audit_journal(tmp_path / "kiosk.db")
    world.close()
    assert first.problems == second.problems == ()
    assert (first.figures.sales, second.figures.sales) == (1, 2)
    assert [debt.amount_minor for debt in second.open_debts] == [50]


def test_a_world_of_debts_cuts_and_claims_is_audited_clean(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.coin(100)
    world.money_back()
    world.lose_payout()
    world.pay()
    world.done()
    world.choose("A1")
    world.coin(200)
    world.cut_power()
    world.identify()
    world.coin_refused(is_returned=None)
    world.coins_lost(3)
    world.choose("A2")
    world.coin(100)
    world.coin(200)
    world.vend("failed")
    world.money_back()
    world.pay()
    report = audit_journal(tmp_path / "kiosk.db")
    world.close()
    assert [str(problem) for problem in report.problems] == []
    assert [lost.most_minor for lost in report.lost_payouts] == [100]
    assert [(window.qty, window.is_collected) for window in report.windows] == [(3, False)]
    assert report.figures.uncertain_ever_minor == 100 + 150
    assert {doubt.outcome for doubt in report.vends_in_doubt} == {"failed", "unknown"}
    assert any("possible-swallowed" in words for words in report.not_checked)


def claimed(folder: Path) -> Path:
    """A store in which two people pay a part of an uncertain debt by transfer, and the goods came back spoiled."""
    world = World(folder)
    shop = world.till._shop
    world.till._shop = replace(shop, rules=replace(shop.rules, second_above_minor=90))
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("unknown")
    world.pay()
    desk = ClaimDesk(
        world.reader, world, KIOSK_ID, wall=world.clock.wall, promise=Promise("Europe/Berlin", days=1)
    )
    told = desk.open_at_desk(
        token="t", about=f.About.NO_GOODS, said_minor=150, details="", by="sami", visit=visit
    ).status
    assert told is not None
    world.clock.move(5 * 86_400_000)
    world.tell()
    back = ev.Back("COLA", "A1", f.Fate.SPOILED)
    desk.decide(told.claim, by="parvin", amount_minor=100, reason="half", back=back)
    desk.second(told.claim, by="mina")
    debt = world.facts(f.DebtReduced)[0].fact.debt  # type: ignore[attr-defined]
    desk.note_transfer(debt, by="parvin", means=f.Means.BANK, reference="R1", paid_on="2026-11-26")
    world.close()
    return folder / "kiosk.db"


def test_a_claim_of_two_people_a_part_and_a_transfer_is_audited_clean(tmp_path: Path) -> None:
    report = audit_journal(claimed(tmp_path))
    assert [str(problem) for problem in report.problems] == []
    assert (report.figures.transferred_minor, report.figures.dropped_minor) == (100, 50)


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("ClaimSeconded", {"by": "parvin"}, "F2"),
        ("ClaimSeconded", {"by": "sami"}, "F2"),
        ("DebtReduced", {"amount_minor": 40, "left_minor": 100}, "F1"),
        ("DebtTransferred", {"amount_minor": 150}, "I4"),
        ("ClaimReminded", {"claim": "C1-1"}, "I6"),
        ("GoodsReturned", {"claim": "C1-1"}, "I6"),
    ],
)
def test_a_claim_that_one_person_forged_is_found(
    tmp_path: Path, kind: str, change: dict[str, object], rule: str
) -> None:
    source = claimed(tmp_path)
    forger = Forger(tmp_path / "forged.db", source)
    forger.change(forger.leaf(kind).entry.seq, **change)
    assert rule in {problem.rule for problem in audit_journal(forger.save(signs=False)).problems}


def test_what_is_no_journal_gets_one_clear_sentence(tmp_path: Path) -> None:
    text, other, odd = tmp_path / "notes.txt", tmp_path / "other.db", tmp_path / "odd.db"
    text.write_text("milk, bread", "utf-8")
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE songs (name TEXT)")
    with sqlite3.connect(odd) as database:
        database.execute("CREATE TABLE journal (kiosk_id TEXT, seq INTEGER)")
    for path, words in (
        (text, "is not a SQLite database"),
        (tmp_path / "nowhere.db", "cannot be read: No such file"),
        (tmp_path, "cannot be read: Is a directory"),
        (other, "this database holds no journal"),
        (odd, "it has no actor, at, body"),
    ):
        with pytest.raises(NotAJournalError, match=re.escape(words)):
            audit_journal(path)


def test_a_damaged_file_is_read_up_to_the_damage(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    shutil.copy(FROZEN, path)
    whole = path.read_bytes()
    texts = [match.start() for match in re.finditer(rb"VisitSettled", whole)]
    page = texts[0] // 4096 * 4096
    path.write_bytes(whole[:page] + b"\xff" * 4096 + whole[page + 4096 :])
    report = audit_journal(path)
    assert report.problem_count > 0
    assert any("cannot be read" in problem.words for problem in report.problems)


def test_rows_of_the_wrong_type_are_named(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    with sqlite3.connect(path) as database, sqlite3.connect(FROZEN) as frozen:
        database.execute(
            "CREATE TABLE journal (kiosk_id, epoch, seq, at, now_ms, time_ok, boot, kind, version, visit, actor, body, digest)"
        )
        rows = frozen.execute("SELECT * FROM journal").fetchall()
        database.executemany(f"INSERT INTO journal VALUES ({', '.join('?' * 13)})", rows)
        database.execute("UPDATE journal SET now_ms = 'noon' WHERE seq = 125")
    (problem,) = audit_journal(path).problems
    assert "(entry 1-125) has a column of the wrong type" in problem.words


def test_another_kiosks_entries_are_told(tmp_path: Path) -> None:
    forger = Forger(tmp_path / "kiosk.db")
    forger.run("UPDATE journal SET kiosk_id = 'K2' WHERE seq = 125")
    (problem,) = audit_journal(forger.close()).problems
    assert "entries of kiosk K2, which were not audited" in problem.words


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_prints_one_page_and_ends_with_0(tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.txt"
    anchor.write_text("1-125 4b4986d792520717687fb69b8dca270d96927acaff99c0384fa81147b9bea334\n", "utf-8")
    result = CliRunner().invoke(main, ["audit", str(FROZEN), "--public-key", PUBLIC, "--anchor", str(anchor)])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == "Audit of the journal of kiosk K1"
    assert (
        lines[-1] == "The journal holds: every digest, signature, posting and sum agrees with what it says."
    )
    assert len(lines) < 60
    assert max(map(len, lines)) <= 100
    assert "  box                                                                   1.00 EUR" in lines


def test_the_command_ends_with_1_and_names_the_entry(tmp_path: Path) -> None:
    forger = Forger(tmp_path / "kiosk.db")
    forger.change(46, receipt_no=3)
    path = forger.save()
    result = CliRunner().invoke(main, ["audit", str(path)])
    assert result.exit_code == 1
    assert "entry 1-46: receipt number 3 follows 1: 1 number is missing (I8)" in result.output
    told = CliRunner().invoke(main, ["audit", str(path), "--json"])
    assert told.exit_code == 1
    assert '"holds": false' in told.output


def test_the_command_ends_with_2_for_another_file_and_for_an_anchor_that_is_none(tmp_path: Path) -> None:
    readme = tmp_path / "notes.txt"
    readme.write_text("milk", "utf-8")
    assert CliRunner().invoke(main, ["audit", str(readme)]).exit_code == 2
    result = CliRunner().invoke(main, ["audit", str(FROZEN), "--anchor", str(readme)])
    assert result.exit_code == 2
    assert "the anchor names no head" in result.output
