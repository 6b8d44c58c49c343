"""The log: bounded on the disk, one JSON object a line, and without anybody's secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kiosk.runtime.log import FILE_BYTES, FILES_KEPT, LEFT_OUT, LONGEST_CHARS, redact
from tests.architecture.source import ROOT

WRITER = """
import logging, sys
from pathlib import Path
import structlog
from kiosk.runtime.log import start_log
start_log(Path(sys.argv[1]), "kiosk")
log = structlog.get_logger("till")
exec(sys.argv[2])
"""
"""A process of its own, because a log is a process's own."""


def write(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WRITER, str(folder), script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "kiosk.log").read_text(encoding="utf-8").splitlines()]


def test_more_than_the_cap_is_written_and_no_more_than_the_cap_is_kept(tmp_path: Path) -> None:
    written = (FILES_KEPT + 2) * FILE_BYTES
    write(
        tmp_path,
        f"for n in range({written} // 2_000): log.info('noise', n=n, a='x' * 490, b='y' * 490, c='z' * 490, d='w' * 490)",
    )
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["kiosk.log", *(f"kiosk.log.{n}" for n in range(1, FILES_KEPT + 1))]
    assert all(path.stat().st_size <= FILE_BYTES for path in tmp_path.iterdir())
    assert lines_of(tmp_path)[-1]["n"] == written // 2_000 - 1, "the newest is what is kept"


def test_secrets_are_left_out_by_name_however_deep(tmp_path: Path) -> None:
    names = sorted(LEFT_OUT)
    write(
        tmp_path,
        f"for name in {names!r}: log.info('one', **{{name: 'SECRET'}})\n"
        "log.info('deep', form={'password': 'SECRET', 'list': [{'pin': 'SECRET'}], 'qty': 3})",
    )
    text = (tmp_path / "kiosk.log").read_text(encoding="utf-8")
    assert "SECRET" not in text
    lines = lines_of(tmp_path)
    assert [line[name] for line, name in zip(lines, names, strict=False)] == ["(left out)"] * len(names)
    form = lines[-1]["form"]
    assert form == {"password": "(left out)", "list": [{"pin": "(left out)"}], "qty": 3}


def test_a_line_cannot_be_forged(tmp_path: Path) -> None:
    write(tmp_path, r"log.info('scan', text='a\n{\"event\": \"forged\"}\r\x1b[2J\u202e')")
    lines = lines_of(tmp_path)
    assert len(lines) == 1
    assert lines[0]["event"] == "scan"
    raw = (tmp_path / "kiosk.log").read_bytes()
    assert raw.isascii()
    assert b"\x1b" not in raw


def test_what_is_too_long_is_cut(tmp_path: Path) -> None:
    write(tmp_path, "log.info('scan', text='9' * 4_096); logging.getLogger('other').warning('8' * 4_096)")
    ours, other = lines_of(tmp_path)
    assert len(str(ours["text"])) == len(str(other["event"])) == LONGEST_CHARS + 3


def test_another_librarys_words_go_the_same_way(tmp_path: Path) -> None:
    write(tmp_path, "logging.getLogger('library').error('it broke: %s', 42)")
    line = lines_of(tmp_path)[0]
    assert (line["event"], line["level"], line["logger"]) == ("it broke: 42", "error", "library")


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    done = write(
        tmp_path,
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000)); "
        "[log.info('more', text='x' * 400) for _ in range(50)]; print('went on')",
    )
    assert done.stdout == "went on\n"
    assert done.stderr == "", "no trace on the terminal either"


def test_the_event_that_is_logged_keeps_its_other_values() -> None:
    event = redact(None, "info", {"event": "paid", "qty": 3, "device": "hopper-50"})
    assert dict(event) == {"event": "paid", "qty": 3, "device": "hopper-50"}
