"""The auditor finds what was changed, however consistently, and names the entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from kiosk.audit.chain import AnchorError
from kiosk.audit.findings import Findings
from kiosk.audit.machine import Machine
from kiosk.audit.report import AuditReport, place_of
from kiosk.audit.shapes import SHAPES
from kiosk.audit.shoppers import Shoppers
from kiosk.audit.walk import audit_journal
from kiosk.core.facts import KINDS, VERSIONS
from kiosk.journal.entry import digest_of
from tests.kiosk.audit.forging import FROZEN, Forger, Leaf
from tests.kiosk.world import KEY

PUBLIC = KEY.verify_key.encode().hex()
HEAD = "1-125 4b4986d792520717687fb69b8dca270d96927acaff99c0384fa81147b9bea334"
Forge = Callable[[Forger], None]


@pytest.fixture
def forger(tmp_path: Path) -> Forger:
    return Forger(tmp_path / "forged.db")


def found(report: AuditReport) -> list[tuple[str, str]]:
    return [(problem.rule, problem.entry) for problem in report.problems]


def test_a_frozen_journal_is_audited_clean_with_its_key_and_its_head() -> None:
    report = audit_journal(FROZEN, public_key=PUBLIC, anchor=HEAD)
    assert report.problems == ()
    assert report.head == HEAD
    assert (report.entries, report.epochs, report.public_key) == (125, 1, PUBLIC)
    figures = report.figures
    assert (figures.sales, figures.sold_minor, figures.tax_minor, figures.visits) == (2, 350, 51, 7)
    assert (figures.coins_credited_minor, figures.paid_minor, figures.handed_over_minor) == (1050, 500, 100)
    assert (figures.boots_unclean, figures.checkpoints, figures.claims_approved) == (3, 1, 1)
    assert dict(report.cash) == {
        "box": 100,
        "hopper.hopper-10": 500,
        "hopper.hopper-20": 900,
        "hopper.hopper-50": 2100,
    }
    (collection,) = report.collections
    assert (collection.entry, collection.variance_minor) == ("1-105", -10)
    (debt,) = report.open_debts
    assert (debt.debt, debt.amount_minor, debt.is_certain) == ("D1-113", 100, True)
    assert {doubt.outcome for doubt in report.vends_in_doubt} == {"failed", "unknown"}
    assert [coin.entry for coin in report.coins_not_back] == ["1-98"]
    assert not any("--anchor" in words or "--public-key" in words for words in report.not_checked)


def test_the_forger_leaves_no_trace_when_nothing_is_changed(forger: Forger) -> None:
    assert audit_journal(forger.save(), public_key=PUBLIC, anchor=HEAD).problems == ()


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [((0, 1, 2), []), ((0, 0), ["1-2"]), ((3, 0), ["1-2"]), ((1, 1), ["1-2"])],
    ids=["a note that only a count knows is number 0", "twice 0", "0 after others", "twice 1"],
)
def test_numbers_of_a_devices_events_rise_from_nothing(numbers: tuple[int, ...], wrong: list[str]) -> None:
    findings = Findings()
    machine = Machine(findings, Shoppers(findings))
    for place, number in enumerate(numbers, 1):
        machine.event({"device": "notes", "serial": 7, "device_epoch": 2, "event_no": number}, f"1-{place}")
    assert [problem.entry for problem in findings.kept] == wrong


def _second_outcome(forger: Forger) -> None:
    forger.put(38, forger.at(31).copy())


def _print_in_recovery(forger: Forger) -> None:
    forger.put(84, forger.at(35).copy(job="J1-84"))


def _paid_twice(forger: Forger) -> None:
    forger.put(99, forger.at(97).copy(debt="D1-57", amount_minor=150))


def _stop_in_a_visit(forger: Forger) -> None:
    forger.put(28, forger.at(124).copy())


def _tax(forger: Forger) -> None:
    forger.at(32).fact["taxes"][0]["tax_minor"] += 1
    forger.at(32).book()


def _rate(forger: Forger) -> None:
    forger.at(32).fact["taxes"][0].update(rate_bp=0, tax_minor=0)
    forger.at(32).book()


def _line_price(forger: Forger) -> None:
    sale = forger.at(32).fact
    sale["lines"][0]["price_minor"] += 10
    sale["lines"][1]["price_minor"] -= 10


def _posting(forger: Forger) -> None:
    postings = forger.at(32).postings
    postings[1][1] += 1
    postings[2][1] -= 1


def _currency(forger: Forger) -> None:
    forger.at(29).postings[0][2] = "USD"


def _no_sum(forger: Forger) -> None:
    forger.at(29).postings[0][1] += 1


def _job_of_another_place(forger: Forger) -> None:
    forger.change(49, job="J1-48")
    forger.change(50, job="J1-48")


def _second_form(forger: Forger) -> None:
    forger.change(101, token=forger.at(62).fact["token"])


PLANTS: tuple[tuple[Forge, str, str, str], ...] = (
    (_posting, "I1", "1-32", "would be booked as"),
    (_currency, "I2", "1-29", "USD"),
    (_no_sum, "I1", "1-29", "add up to 1"),
    (lambda forger: forger.change(29, value_minor=-200), "I9", "1-29", "value_minor"),
    (lambda forger: forger.at(29).fact.update(colour="red"), "I9", "1-29", "colour"),
    (lambda forger: forger.blank(17), "I2", "1-50", "hopper-50"),
    (lambda forger: forger.change(105, expected_minor=960), "I3", "1-105", "expected 9.60 EUR"),
    (lambda forger: forger.change(43, value_minor=200), "I4", "1-51", "1.00 EUR of its credit"),
    (lambda forger: forger.blank(42), "I5", "1-46", "more than was put in"),
    (lambda forger: forger.change(29, value_minor=100), "I5", "1-30", "not paid for"),
    (lambda forger: forger.change(49, qty=4), "I5", "1-49", "2.00 EUR is announced"),
    (lambda forger: forger.change(50, paid_qty=4), "I5", "1-50", "paid more than it was asked to"),
    (lambda forger: forger.blank(49), "I5", "1-50", "never announced"),
    (lambda forger: forger.blank(30), "I5", "1-31", "never announced"),
    (_second_outcome, "I6", "1-38", "a second outcome of job J1-30, which ended at entry 1-31"),
    (_job_of_another_place, "I6", "1-49", "not J1-49"),
    (lambda forger: forger.change(43, event_no=2), "I6", "1-43", "event 2 of coin"),
    (_second_form, "I6", "1-101", "claim form"),
    (lambda forger: forger.change(46, receipt_no=3), "I8", "1-46", "1 number is missing"),
    (lambda forger: forger.change(46, receipt_no=1), "I8", "1-46", "used again"),
    (_tax, "I8", "1-32", "of 10,000 in"),
    (_rate, "I8", "1-32", "a rate that its goods did not have"),
    (_line_price, "I8", "1-32", "was not in the cart like that"),
    (lambda forger: forger.change(31, outcome="failed"), "I8", "1-32", "was not in the cart"),
    (lambda forger: forger.blank(31), "I8", "1-32", "never delivered"),
    (lambda forger: forger.at(46).fact.update(total_minor=140), "I8", "1-46", "its lines add up to 1.50 EUR"),
    (lambda forger: forger.blank(46), "I4", "1-51", "unaccounted for"),
    (lambda forger: forger.change(83, is_clean=True), "I9", "1-83", "no clean stop"),
    (_print_in_recovery, "I10", "1-84", "between a start and its recovery"),
    (lambda forger: forger.blank(87), "I11", "1-88", "a visit is still open"),
    (_stop_in_a_visit, "I11", "1-28", "a clean stop while"),
    (lambda forger: forger.change(57, is_certain=True), "V3", "1-57", "exactly when"),
    (lambda forger: forger.blank(64), "V3", "1-67", "nobody decided"),
    (lambda forger: forger.blank(57), "V3", "1-61", "nothing is owed"),
    (_paid_twice, "I4", "1-99", "is redeemed already"),
    (lambda forger: forger.change(97, amount_minor=90), "I4", "1-97", "is 1.00 EUR, not 0.90 EUR"),
    (lambda forger: forger.change(65, amount_minor=160), "F1", "1-65", "not of that amount"),
)


@pytest.mark.parametrize(
    ("forge", "rule", "entry", "words"), PLANTS, ids=[f"{plant[1]}-{plant[2]}-{plant[3]}" for plant in PLANTS]
)
def test_what_makes_no_sense_is_found_although_every_digest_and_signature_fits(
    forger: Forger, forge: Forge, rule: str, entry: str, words: str
) -> None:
    forge(forger)
    report = audit_journal(forger.save(), public_key=PUBLIC)
    named = [problem.words for problem in report.problems if (problem.rule, problem.entry) == (rule, entry)]
    assert any(words in each for each in named), [str(problem) for problem in report.problems]
    assert not any(
        "does not fit: it was" in each.words or "signature does not fit" in each.words
        for each in report.problems
    )


def test_a_changed_body_is_named_and_nothing_after_it(forger: Forger) -> None:
    forger.change(98, code=14)
    assert found(audit_journal(forger.save(chains=False, signs=False))) == [("I9", "1-98")]


def test_a_chain_that_was_written_anew_does_not_fit_its_old_checkpoint(forger: Forger) -> None:
    forger.change(98, code=14)
    report = audit_journal(forger.save(signs=False))
    assert found(report) == [("signature", "1-125")]
    assert "entries before it were changed" in report.problems[0].words


def test_a_checkpoint_with_other_totals_does_not_fit_its_signature(forger: Forger) -> None:
    forger.at(125).fact["sold_minor"] += 1
    report = audit_journal(forger.save(signs=False))
    assert found(report) == [("signature", "1-125")] * 2
    assert "signature does not fit" in report.problems[0].words
    assert "the checkpoint says sold 3.51 EUR" in report.problems[1].words


def test_a_strangers_key_is_found_when_the_kiosks_is_known() -> None:
    stranger = SigningKey(b"x" * 32).verify_key.encode().hex()
    assert found(audit_journal(FROZEN, public_key=stranger)) == [("signature", "1-125")]
    assert audit_journal(FROZEN, public_key=f"{stranger} {PUBLIC}").problems == ()


def test_a_missing_entry_is_found(forger: Forger) -> None:
    forger.run("DELETE FROM journal WHERE seq = 38")
    report = audit_journal(forger.close())
    assert found(report) == [("I9", "1-39"), ("I9", "1-39")]
    assert "1 entries are missing" in report.problems[0].words


def test_a_missing_beginning_is_found(forger: Forger) -> None:
    forger.run("DELETE FROM journal WHERE seq = 1")
    assert ("I9", "1-2") in found(audit_journal(forger.close()))


def test_a_cut_tail_is_found_only_with_an_anchor(forger: Forger) -> None:
    forger.run("DELETE FROM journal WHERE seq > 123")
    path = forger.close()
    blind = audit_journal(path)
    assert blind.problems == ()
    assert any("--anchor" in words for words in blind.not_checked)
    (problem,) = audit_journal(path, anchor=HEAD).problems
    assert (problem.rule, problem.entry) == ("anchor", "")


def test_a_journal_that_was_rewritten_as_a_whole_is_found_only_with_an_anchor(forger: Forger) -> None:
    forger.change(98, code=14)
    path = forger.save()
    assert audit_journal(path, public_key=PUBLIC).problems == ()
    assert found(audit_journal(path, public_key=PUBLIC, anchor=HEAD)) == [("anchor", "1-125")]


def test_an_anchor_file_of_the_kiosk_is_read_and_its_signature_checked() -> None:
    text = f"kiosk anchor 1\nK1\n1\n125\n{HEAD[6:]}\n"
    anchor = {
        "kiosk_id": "K1",
        "epoch": 1,
        "seq": 125,
        "digest": HEAD[6:],
        "public_key": PUBLIC,
        "signature": KEY.sign(text.encode()).signature.hex(),
    }
    assert audit_journal(FROZEN, anchor=json.dumps(anchor)).problems == ()
    with pytest.raises(AnchorError, match="signature does not fit"):
        audit_journal(FROZEN, anchor=json.dumps(anchor | {"seq": 124}))
    with pytest.raises(AnchorError, match="names no head"):
        audit_journal(FROZEN, anchor="yesterday's")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"fact":{"language":"fa"},"postings":[1.0]}', "no whole number"),
        (b'{"fact":{"language":"fa"},"postings":[NaN]}', "no whole number"),
        (b'{"fact":{"language":"en","language":"fa"},"postings":[]}', "a key stands twice"),
        (b'{"postings":[],"fact":{"language":"fa"}}', "keys are not sorted"),
        (b'{"fact": {"language":"fa"},"postings":[]}', "spelled otherwise"),
        ('{"fact":{"language":"e\u0301"},"postings":[]}'.encode(), "normal form C"),
        (b"\xff", "no JSON text"),
        (b"[" * 100_000, "no JSON text"),
        (b'{"fact":{"language":"\\ud800"},"postings":[]}', "spelled otherwise"),
        (b"[]", "not a fact with postings"),
        (b'{"fact":{"language":"fa"},"postings":[["credit",true,"EUR"]]}', "postings cannot be read"),
        (b'{"fact":{"language":1},"postings":[]}', "does not fit: language"),
    ],
)
def test_a_body_that_is_not_canonical_is_named(forger: Forger, body: bytes, words: str) -> None:
    before, entry = forger.at(27).entry, forger.at(28).entry
    forged = replace(entry, body=body)
    forger.run("DELETE FROM journal WHERE seq = 28")
    forger.insert_row(replace(forged, digest=digest_of(before.digest, forged)))
    problems = [problem for problem in audit_journal(forger.close()).problems if problem.entry == "1-28"]
    assert len(problems) == 1
    assert words in problems[0].words


def test_a_kind_from_the_future_is_told_and_a_problem_only_when_it_moves_money(forger: Forger) -> None:
    forger.put(38, Leaf(replace(forger.at(28).entry, kind="MoonSeen"), {"phase": 1}))
    path = forger.save()
    report = audit_journal(path)
    assert report.problems == ()
    assert any("MoonSeen (version 1)" in words for words in report.not_checked)
    again = Forger(path.with_name("again.db"), path)
    again.at(38).postings = [["credit", 1, "EUR"], ["owed", -1, "EUR"]]
    assert found(audit_journal(again.save()))[0] == ("I1", "1-38")


def _next_epoch(forger: Forger, previous_head: str, epoch: int = 2) -> Path:
    opened = forger.at(1).copy(previous_head=previous_head)
    body = json.dumps({"fact": opened.fact, "postings": []}, sort_keys=True, separators=(",", ":")).encode()
    entry = replace(opened.entry, epoch=epoch, seq=1, body=body, boot=3)
    forger.insert_row(replace(entry, digest=digest_of(bytes(32), entry)))
    return forger.close()


def test_a_restored_journal_continues_the_head_that_lies_before_it(forger: Forger) -> None:
    report = audit_journal(_next_epoch(forger, HEAD[6:], epoch=4))
    assert report.problems == ()
    assert report.epochs == 2


def test_a_restored_journal_that_continues_something_else_is_found(forger: Forger) -> None:
    assert found(audit_journal(_next_epoch(forger, "ab" * 32))) == [("I9", "2-1")]


def test_a_journal_that_is_wrong_everywhere_has_a_problem_at_every_entry(forger: Forger) -> None:
    forger.run("UPDATE journal SET boot = boot + 100")
    report = audit_journal(forger.close())
    assert report.problem_count == len(report.problems) > 2 * 121


def test_the_auditor_knows_every_kind_of_fact_with_all_its_fields() -> None:
    today = {(kind, VERSIONS[kind]): {each.name for each in fields(fact)} for kind, fact in KINDS.items()}
    assert {key: set(shape) for key, shape in SHAPES.items() if key in today} == today


def test_places_are_read_from_entries_and_ids() -> None:
    assert [place_of(name) for name in ("3-17", "V3-17", "", "V", "x-1")] == [
        (3, 17),
        (3, 17),
        (0, 0),
        (0, 0),
        (0, 0),
    ]
