"""Bad input: a data folder that is in use, open to others, damaged, or another kiosk's; and goods files with bad rows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.document import Document
from kiosk.config import load_config
from kiosk.runtime.service import FolderLock, open_service
from kiosk.store.database import StoreRefusedError, sqlite_driver
from tests.architecture.source import ROOT
from tests.market import Market

FREE_PORTS = ("--screen-port", "0", "--desk-port", "0")


def kiosk(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The product's command line, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "web.main", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        input=stdin,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def expect_one_sentence(done: subprocess.CompletedProcess[str], words: str) -> None:
    """It failed, said why in one line, and showed nothing of its inside."""
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: ")
    assert words in lines[0]


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """One stocked market for this module; nothing of it runs."""
    made = Market()
    made.make()
    yield made
    made.close()


@pytest.fixture
def folder(market: Market, tmp_path: Path) -> Path:
    """A copy of the market's folder, to be spoilt."""
    copy = tmp_path / "market"
    shutil.copytree(market.folder, copy, ignore=shutil.ignore_patterns("ballast", "logs"))
    return copy


def change(folder: Path, *statements: str) -> None:
    """Change the store behind everybody's back."""
    connection = sqlite_driver.connect(folder / "store" / "kiosk.db")
    for name in ("journal_never_update", "journal_never_delete"):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


# --- in use -----------------------------------------------------------------------------------------------------------


def test_a_second_instance_is_refused_and_the_first_goes_on(market: Market, tmp_path: Path) -> None:
    goods = tmp_path / "goods.csv"
    goods.write_text("sku\n", encoding="utf-8")
    shutil.copy(ROOT / "inventory" / "sample" / "goods.csv", goods)
    data = ("--data", str(market.folder))
    market.start_devices()
    market.start_kiosk()
    try:
        for command in (
            ["run", *data, *FREE_PORTS],
            ["import", *data, str(goods)],
            ["user", "add", *data, "mallory"],
        ):
            done = kiosk(*command, stdin="a long enough secret\n\n")
            assert done.returncode == 1
            assert done.stderr.strip().endswith(f"Error: {market.folder} is in use by another kiosk process")
        done = kiosk("simulators", *data, "--port", "0")
        expect_one_sentence(done, "is in use by another simulators process")
        assert market.workshop("api/snapshot")["devices"], "the first simulators still answer"
        assert market.screen_post("seen", {"stream": 1}) == {}, "the first kiosk still answers"
    finally:
        assert market.stop_kiosk() == 0
        market.close_devices()
    assert market.verify().problems == ()


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_that_others_may_read_is_refused(folder: Path) -> None:
    key = folder / "keys" / "kiosk.key"
    key.chmod(0o644)
    expect_one_sentence(kiosk("run", "--data", str(folder), *FREE_PORTS), f"run chmod 600 {key}")


def test_a_key_cut_short_is_refused_and_not_made_anew(folder: Path) -> None:
    key = folder / "keys" / "kiosk.key"
    os.truncate(key, 7)
    expect_one_sentence(kiosk("run", "--data", str(folder), *FREE_PORTS), "restore it from a backup")
    assert key.stat().st_size == 7


def test_a_key_of_another_kiosk_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "keys" / "kiosk.key").write_bytes(os.urandom(32))
    expect_one_sentence(kiosk("run", "--data", str(folder), *FREE_PORTS), "a key that is not this kiosk's")


# --- the store --------------------------------------------------------------------------------------------------------


def other_kiosk(folder: Path) -> None:
    path = folder / "kiosk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("DEMO-1", "DEMO-2"), encoding="utf-8")


def other_currency(folder: Path) -> None:
    path = folder / "kiosk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"EUR"', '"CHF"'), encoding="utf-8")


def one_byte_of_the_last_entry(folder: Path) -> None:
    last = "(SELECT max(seq) FROM journal)"
    change(
        folder,
        f"UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 'a', 'b') AS BLOB) WHERE seq = {last}",
    )


def tail_cut(folder: Path) -> None:
    change(folder, "DELETE FROM journal WHERE seq > (SELECT max(seq) - 3 FROM journal)")


def emptied(folder: Path) -> None:
    change(folder, "DELETE FROM journal")


def balance(folder: Path) -> None:
    change(folder, "UPDATE balance SET amount_minor = amount_minor + 100 WHERE account LIKE 'cash.hopper.%'")


def snapshot_totals(folder: Path) -> None:
    was = "CAST(state AS TEXT)"
    change(folder, f"UPDATE snapshot SET state = CAST(replace({was}, '\"owed\":0', '\"owed\":500') AS BLOB)")


def not_a_store(folder: Path) -> None:
    (folder / "store" / "kiosk.db").write_bytes(b"this was a store once\n" * 1_000)


def torn_page(folder: Path) -> None:
    path = folder / "store" / "kiosk.db"
    data = bytearray(path.read_bytes())
    data[8_192 : 8_192 * 4] = bytes(8_192 * 3)
    path.write_bytes(bytes(data))


STORES = [
    pytest.param(other_kiosk, "belongs to kiosk DEMO-1, not to DEMO-2", id="the store of another kiosk"),
    pytest.param(other_currency, "is in EUR with 2 decimals", id="a journal in another currency"),
    pytest.param(one_byte_of_the_last_entry, "the journal is damaged", id="an entry changed"),
    pytest.param(tail_cut, "the journal is damaged", id="the last entries cut off"),
    pytest.param(emptied, "the journal is damaged", id="all entries gone"),
    pytest.param(balance, "the books differ", id="a balance raised"),
    pytest.param(snapshot_totals, "damaged", id="a total changed in the snapshot"),
    pytest.param(not_a_store, "the store cannot be opened", id="a file that is no store"),
    pytest.param(torn_page, "damaged", id="pages of zeros"),
]


@pytest.mark.parametrize(("spoil", "words"), STORES)
def test_a_store_that_cannot_be_trusted_is_refused_and_left_as_it_is(
    folder: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(folder)
    store = folder / "store" / "kiosk.db"
    before = store.read_bytes()
    with pytest.raises(StoreRefusedError, match=words) as caught:
        open_service(
            load_config(folder / "kiosk.toml"),
            folder,
            layout=lambda _till, _reader, effect: Document(effect.language, is_rtl=False, parts=()),
            on_rig_failure=lambda _port, _error: None,
            has_devices=False,
        )
    assert "\n" not in str(caught.value), "one sentence"
    assert store.read_bytes() == before, "kept as evidence"
    FolderLock(folder).release()


@pytest.mark.parametrize("spoil", [other_kiosk, tail_cut, not_a_store], ids=["another's", "cut", "no store"])
def test_the_process_says_so_in_one_sentence(folder: Path, spoil: Callable[[Path], None]) -> None:
    spoil(folder)
    expect_one_sentence(kiosk("run", "--data", str(folder), *FREE_PORTS), " ")


def test_an_old_entry_changed_is_found_by_the_verification(folder: Path) -> None:
    change(
        folder,
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '60', '61') AS BLOB) WHERE kind = 'CashFilled'",
    )
    done = kiosk("verify-journal", "--data", str(folder))
    assert done.returncode == 1
    assert "Error: the journal does not hold" in done.stderr
    assert "Traceback" not in done.stderr


# --- goods ------------------------------------------------------------------------------------------------------------


def test_a_goods_file_with_bad_rows_imports_nothing_and_names_each(folder: Path, tmp_path: Path) -> None:
    lines = (ROOT / "inventory" / "sample" / "goods.csv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    fields = lines[3].split(",")
    fields[head.index("price")] = "minus one"
    lines[3] = ",".join(fields)
    lines[7] = lines[6]
    goods = tmp_path / "goods.csv"
    goods.write_text("\n".join(lines) + "\n", encoding="utf-8")
    before = products(folder)
    done = kiosk("import", "--data", str(folder), str(goods))
    assert done.returncode == 1
    assert "line 4" in done.stderr
    assert "line 8" in done.stderr
    assert "nothing was imported" in done.stderr
    assert "Traceback" not in done.stderr
    assert products(folder) == before


def products(folder: Path) -> list[tuple[object, ...]]:
    connection = sqlite_driver.connect(folder / "store" / "kiosk.db")
    rows = connection.execute("SELECT * FROM product ORDER BY sku").fetchall()
    connection.close()
    return [tuple(row) for row in rows]
