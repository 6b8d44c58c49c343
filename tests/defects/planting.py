"""A temporary copy of the product with one defect in it, and commands that run there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.defects.check import ROOT, planted, read_defect

COPIED = ("kiosk", "hardware", "inventory", "web", "tests", "pyproject.toml", "alembic.ini")


def copy_of_product(folder: Path) -> Path:
    """The product and its tests, unchanged, in ``folder``."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            # compiled files come along and stay valid: a copy starts as quickly as the product
            shutil.copytree(source, folder / name)
        elif source.is_file():
            shutil.copy2(source, folder / name)
    return folder


def plant(path: Path, folder: Path) -> Path:
    """The product with the defect that ``path`` describes.

    Raises:
        MisfitError: It does not fit.
    """
    defect = read_defect(path)
    text = planted(defect)
    copy_of_product(folder)
    target = folder / defect["file"]
    for compiled in target.parent.glob(f"__pycache__/{target.stem}.*.pyc"):
        compiled.unlink()
    target.write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Ran:
    """One command's end; ``code`` is None when it took too long."""

    code: int | None
    output: str
    seconds: float


def run_in(folder: Path, command: Sequence[str], seconds: float) -> Ran:
    """Run ``python command...`` in ``folder`` with its packages, for so many seconds at most."""
    began = time.monotonic()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
        "PYTHONPATH": str(folder),
    }
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)  # forked children too
            output, _ = process.communicate()
            return Ran(None, output, time.monotonic() - began)
    return Ran(process.returncode, output, time.monotonic() - began)
