"""What the portions came to, and which code they are about: figures count for one state of the product only."""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.nightly.portions import Result

ROOT: Final = Path(__file__).parents[2]

COUNTED: Final = (
    "kiosk/core",
    "kiosk/journal",
    "kiosk/store",
    "kiosk/runtime/loop.py",
    "kiosk/money.py",
    "kiosk/invariant.py",
    "hardware",
)
"""Where money is decided, stored and moved: a change here makes earlier figures speak of something else."""


def code_state(root: Path = ROOT) -> str:
    """SHA-256 over the counted sources, the first twelve digits."""
    digest = hashlib.sha256()
    for name in COUNTED:
        path = root / name
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in files:
            digest.update(f"{file.relative_to(root)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def commit(root: Path = ROOT) -> str:
    """The commit of the checkout, or why it is unknown."""
    done = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "no commit"


@dataclass
class Sum:
    """All portions of one harness."""

    portions: int = 0
    seconds: float = 0.0
    seeds: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    """Everything so far."""

    sums: dict[str, Sum] = field(default_factory=dict)
    marks: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """One more portion."""
        each = self.sums.setdefault(result.name, Sum())
        each.portions += 1
        each.seconds += result.seconds
        each.seeds.append(result.seed)
        each.counts.update(result.counts)
        self.marks.update(result.marks)
        self.problems += result.problems

    def total(self, name: str, harnesses: Iterable[str] | None = None) -> int:
        """A count over some harnesses, or all."""
        chosen = self.sums if harnesses is None else [each for each in harnesses if each in self.sums]
        return sum(self.sums[each].counts[name] for each in chosen)
