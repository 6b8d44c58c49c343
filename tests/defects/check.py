"""Holds that every planted defect still fits the product: its text is found exactly once, and what it makes compiles.

Run as ``python tests/defects/check.py``; it ends with 1 and names each defect that no longer fits. The product is not
touched: the change is made on text in memory, and compiled in a temporary folder.
"""

from __future__ import annotations

import py_compile
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[1]
"""The project's own folder."""

PATCHES: Final = HERE / "patches"
FIELDS: Final = frozenset({"name", "says", "harm", "file", "change"})
KILLED_BY: Final = "killed_by"
"""What kills it quickest, once that is known."""


class MisfitError(Exception):
    """A defect does not fit the product as it is now; the message says why."""


def read_defect(path: Path) -> Mapping[str, Any]:
    """The defect described by ``path``.

    Raises:
        MisfitError: It is no TOML, or a field is missing or empty.
    """
    try:
        defect = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise MisfitError(f"cannot be read: {error}") from error
    if set(defect) - {KILLED_BY} != FIELDS or not all(defect.values()):
        raise MisfitError(f"has the fields {sorted(defect)}, not {sorted(FIELDS)}")
    return defect


def planted(defect: Mapping[str, Any], root: Path = ROOT) -> str:
    """The text of the defect's file below ``root`` with the defect in it.

    Raises:
        MisfitError: No such file, or a text to be replaced is not there exactly once.
    """
    target = root / defect["file"]
    if not target.is_file():
        raise MisfitError(f"{defect['file']} is gone")
    text: str = target.read_text(encoding="utf-8")
    for number, change in enumerate(defect["change"], 1):
        found = text.count(change["find"])
        if found != 1:
            raise MisfitError(f"change {number}: its text is {found} times in {defect['file']}")
        text = text.replace(change["find"], change["replace"])
    return text


def check(path: Path, folder: Path) -> None:
    """Plant the defect in a copy below ``folder`` and compile it.

    Raises:
        MisfitError: It does not fit.
    """
    defect = read_defect(path)
    copy = folder / f"{path.stem}.py"
    copy.write_text(planted(defect), encoding="utf-8")
    try:
        py_compile.compile(str(copy), cfile=str(copy.with_suffix(".pyc")), doraise=True)
    except py_compile.PyCompileError as error:
        raise MisfitError(f"does not compile: {error}") from error


def misfits() -> dict[str, str]:
    """Defect -> why it does not fit; empty when all do."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(PATCHES.glob("*.toml")):
            try:
                check(path, Path(folder))
            except MisfitError as error:
                found[path.stem] = str(error)
    return found


def main() -> int:
    """Say what does not fit; 0 when all is well."""
    found = misfits()
    for name, why in found.items():
        print(f"{name}: {why}")
    print(f"{len(list(PATCHES.glob('*.toml')))} defects, {len(found)} misfits")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
