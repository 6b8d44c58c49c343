"""How the architecture tests read our own source: as syntax trees, never by importing it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("kiosk", "hardware", "inventory", "web")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file of the checkout that is committed or about to be, relative to its top."""
    listed = subprocess.run(
        # The checkout may belong to somebody else than the user who tests it.
        [
            "git",
            "-c",
            f"safe.directory={ROOT}",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(Path(name) for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def python_files(*folders: str) -> Iterator[Path]:
    """Yield the Python files below the named top-level folders, relative to the checkout."""
    for path in tracked_files():
        if path.suffix == ".py" and path.parts[0] in folders:
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file of the checkout."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def imported_modules(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that a module imports, late imports too.

    ``from a import b`` yields both ``a`` and ``a.b``: the text does not say which is a module.
    """
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
