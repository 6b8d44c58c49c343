"""The journal's figures as files: an audit that reads back, an accountant's rows, and words for what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kiosk.config import load_config
from kiosk.runtime.service import open_service
from web.demo import write_config
from web.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a short journal."""
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


def test_an_audit_is_written_and_read_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kiosk.dts"
    done = run("export-audit", "--data", str(folder), "--asset", "A-17", str(out))
    assert done.exit_code == 0, done.output
    shown = run("read-audit", str(out))
    assert shown.exit_code == 0, shown.output
    assert "asset A-17" in shown.output
    assert "0.00 EUR" in shown.output


def test_a_damaged_audit_is_shown_with_what_does_not_fit(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kiosk.dts"
    run("export-audit", "--data", str(folder), str(out))
    out.write_bytes(out.read_bytes().replace(b"VA1*0", b"VA1*9"))
    shown = run("read-audit", str(out))
    assert shown.exit_code == 1
    assert "! the checksum says" in shown.output
    assert "! VA101: 9 / 0" in shown.output
    out.write_bytes(b"ID4*9*x*\r\n\xff\r\nVA1*7*1\r\n")
    shown = run("read-audit", str(out))
    assert shown.exit_code == 1
    assert "DXE, DXS, ST" in shown.output
    assert "line 2" in shown.output
    assert "0.07" in shown.output


def test_postings_are_written_once_and_never_over_a_file(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "books.csv"
    done = run("export-postings", "--data", str(folder), str(out))
    assert done.exit_code == 0, done.output
    assert out.read_text("utf-8-sig").startswith("kiosk,entry,time_utc,")
    again = run("export-postings", "--data", str(folder), str(out))
    assert again.exit_code == 1
    assert "name another file" in again.output


@pytest.mark.parametrize("command", ["export-audit", "export-postings"])
def test_a_folder_without_a_kiosk_is_named(tmp_path: Path, command: str) -> None:
    done = run(command, "--data", str(tmp_path / "typo"), str(tmp_path / "out"))
    assert done.exit_code == 1
    assert "typo" in done.output
    assert not (tmp_path / "out").exists()
