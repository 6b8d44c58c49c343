"""A kiosk's data folder: one process at a time, keys that only the owner reads, and room for a safe stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.runtime.health import BALLAST_BYTES, Space
from kiosk.runtime.keys import KeyFileError, load_keys
from kiosk.runtime.service import AlreadyRunningError, FolderLock
from tests.architecture.source import ROOT

HOLDER = """
import sys
from pathlib import Path
from kiosk.runtime.service import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_instance_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunningError, match="in use by another kiosk process"):
            FolderLock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait(5)
        FolderLock(tmp_path).release()


def test_a_released_folder_may_be_taken_again(tmp_path: Path) -> None:
    FolderLock(tmp_path).release()
    FolderLock(tmp_path).release()


def test_keys_are_made_once_and_read_by_their_owner_only(tmp_path: Path) -> None:
    first = load_keys(tmp_path / "keys")
    path = tmp_path / "keys" / "kiosk.key"
    assert path.stat().st_mode & 0o777 == 0o600
    again = load_keys(tmp_path / "keys")
    assert (again.codes, again.sessions, again.public_hex) == (first.codes, first.sessions, first.public_hex)
    assert len({first.codes, first.sessions, bytes(first.signing)}) == 3
    assert first.codes.hex() not in repr(first)


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path)
    (tmp_path / "kiosk.key").chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keys(tmp_path)


def test_a_damaged_key_file_is_refused_and_not_made_anew(tmp_path: Path) -> None:
    load_keys(tmp_path)
    os.truncate(tmp_path / "kiosk.key", 31)
    with pytest.raises(KeyFileError, match="it holds 31"):
        load_keys(tmp_path)


def test_other_kiosks_have_other_keys(tmp_path: Path) -> None:
    assert load_keys(tmp_path / "a").codes != load_keys(tmp_path / "b").codes


def test_the_ballast_is_laid_once_and_given_up_when_the_disk_is_full(tmp_path: Path) -> None:
    roomy = Space(tmp_path, low_mib=1, full_mib=1)
    roomy.lay_ballast()
    roomy.lay_ballast()
    assert (tmp_path / "ballast").stat().st_size == BALLAST_BYTES
    assert roomy.read()[0] == "ok"
    free_mib = roomy.free_mib()
    assert Space(tmp_path, low_mib=free_mib * 2, full_mib=1).read()[0] == "low"
    assert Space(tmp_path, low_mib=free_mib * 2, full_mib=free_mib * 2).read()[0] == "full"
    assert not (tmp_path / "ballast").exists()


def test_no_ballast_is_laid_where_there_is_no_room(tmp_path: Path) -> None:
    space = Space(tmp_path, low_mib=Space(tmp_path, low_mib=1, full_mib=1).free_mib() + 1, full_mib=1)
    space.lay_ballast()
    assert not (tmp_path / "ballast").exists()
