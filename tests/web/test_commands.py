"""The command line says what a person can do next: names as typed, examples to copy, and no traces."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.config import load_config
from kiosk.runtime.service import FolderLock, open_service
from web.demo import CONFIG_FILE, write_config
from web.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a store and its keys, and no folder for copies."""
    made = tmp_path / "data"
    service = open_service(
        load_config(write_config(made)),
        made,
        layout=lambda _till, _reader, _effect: pytest.fail("nothing is printed here"),
        on_rig_failure=lambda port, error: pytest.fail(f"{port}: {error}"),
        has_devices=False,
    )
    service.till.screen()
    service.stop()
    return made


def keep_copies(folder: Path, where: str) -> None:
    path = folder / CONFIG_FILE
    path.write_text(f'{path.read_text("utf-8")}\n[backup]\nfolder = "{where}"\n', encoding="utf-8")


def test_help_shows_the_command_as_it_is_typed_in_a_checkout() -> None:
    told = subprocess.run(
        [sys.executable, "-P", "-m", "web.main", "backup", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("Usage: ./run kiosk backup ")


@pytest.mark.parametrize("command", ["run", "simulators", "backup", "drill", "verify-journal"])
def test_a_mistyped_folder_is_refused_and_not_made(tmp_path: Path, command: str) -> None:
    done = run(command, "--data", str(tmp_path / "typo"))
    assert done.exit_code == 1
    assert CONFIG_FILE in done.output
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("command", ["demo", "make-market"])
def test_who_asks_an_old_market_for_other_devices_is_told_how_to_get_them(folder: Path, command: str) -> None:
    before = (folder / CONFIG_FILE).read_bytes()
    done = run(command, "--rig", "mdb", "--data", str(folder))
    assert done.exit_code == 2
    assert "has the devices of 'cctalk'" in done.output
    assert f"--rig mdb --data {folder}-mdb" in done.output
    assert (folder / CONFIG_FILE).read_bytes() == before


@pytest.mark.parametrize("command", ["backup", "drill"])
def test_who_wants_copies_is_told_which_file_names_their_folder(folder: Path, command: str) -> None:
    done = run(command, "--data", str(folder))
    assert done.exit_code == 1
    assert str(folder / CONFIG_FILE) in done.output
    assert '[backup]\n  folder = "' in done.output


def test_a_folder_for_copies_below_the_data_folder_is_made_and_a_copy_is_nobody_elses_to_read(
    folder: Path,
) -> None:
    keep_copies(folder, "copies/store")
    done = run("backup", "--data", str(folder))
    assert done.exit_code == 0, done.output
    (copy,) = (folder / "copies" / "store").glob("*.db")
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_folder_for_copies_elsewhere_is_a_medium_that_may_be_unplugged(folder: Path) -> None:
    medium = folder.parent / "medium"
    keep_copies(folder, str(medium))
    done = run("backup", "--data", str(folder))
    assert done.exit_code == 1
    assert "plugged in" in done.output
    assert not medium.exists()


def test_a_restore_from_something_else_says_so_in_one_line(folder: Path) -> None:
    text, empty, foreign = (folder.parent / name for name in ("notes.txt", "empty.db", "photos.db"))
    text.write_text("no database at all", encoding="utf-8")
    empty.touch()
    with sqlite3.connect(foreign) as made:
        made.execute("CREATE TABLE photo (name TEXT)")
    made.close()
    for path in (text, empty, foreign):
        done = run("restore", "--data", str(folder), "--from", str(path))
        assert done.exit_code == 1
        assert done.output == f"Error: {path} is no copy of a kiosk's store; copies end in .db\n"


def test_a_copy_whose_pages_are_damaged_is_refused_without_a_trace(folder: Path) -> None:
    keep_copies(folder, "copies")
    assert run("backup", "--data", str(folder)).exit_code == 0
    (copy,) = (folder / "copies").glob("*.db")
    data = copy.read_bytes()
    copy.write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    done = run("restore", "--data", str(folder), "--from", str(copy))
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "take another one" in done.output


def test_a_restore_beside_a_kiosk_that_runs_says_to_stop_it(folder: Path) -> None:
    lock = FolderLock(folder)
    done = run("restore", "--data", str(folder), "--from", str(folder / "any.db"))
    lock.release()
    assert done.exit_code == 1
    assert done.output.endswith("stop the kiosk first\n")


@pytest.mark.parametrize(
    ("typed", "meant"), [("coin_jma=20", "coin_jam"), ("roug", "rough"), ("flip=5", "line_flip")]
)
def test_a_mistyped_mishap_gets_the_names_that_were_perhaps_meant(typed: str, meant: str) -> None:
    done = run("simulate", "--sales", "1", "--mishaps", typed)
    assert done.exit_code == 2
    assert "Did you mean" in done.output
    assert meant in done.output
    assert "name=rate" in done.output
    assert max(map(len, done.output.splitlines())) <= 100


def test_a_name_that_is_like_none_gets_them_all_in_lines_that_fit() -> None:
    done = run("simulate", "--sales", "1", "--mishaps", "qqqqqq")
    assert done.exit_code == 2
    assert "printer_unplugged" in done.output
    assert max(map(len, done.output.splitlines())) <= 100
