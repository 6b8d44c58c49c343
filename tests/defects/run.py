"""The table of planted defects: which harness killed which, with the command and the seconds.

    python -m tests.defects.run                      each defect by the command that its patch names
    python -m tests.defects.run --search [NAME...]   by every harness in turn, cheapest first, until one kills it
    python -m tests.defects.run --search --harness T1 --harness T7

What is finished stands in the state file and is not run again. Ends with 1 when a defect survives.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.defects.check import PATCHES, read_defect
from tests.defects.planting import plant, run_in
from tests.defects.stories import STORIES

KILL = ("-m", "tests.defects.kill")
PYTEST = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
NEVER_RAN = (
    "ModuleNotFoundError", "ImportError", "SyntaxError", "error: argument", "no tests ran", "errors during collection",
)  # fmt: skip
"""What a command says that did not run at all: no kill."""

LONGEST_SECONDS = 180.0
"""For one command; a mishap that hangs is no finding."""

HARNESSES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "T1": (
        (*KILL, "T1", "--sales", "30"),
        *((*KILL, "T1", "--seed", str(seed), "--sales", "60", "--cuts") for seed in (1, 2)),
    ),
    "T1 mishaps": tuple(
        (*KILL, "T1", "--seed", str(seed), "--sales", "60", "--cuts", "--mishaps", "swarm")
        for seed in (1, 2, 3)
    ),
    "T1 story": ((*KILL, "STORY", *sorted(STORIES)),),
    "T3": ((*KILL, "T3", "--step", "10"),),
    "T5": ((*PYTEST, "tests/simulation/test_store_errors.py"),),
    "T2": tuple(
        (*KILL, "T2", "--scenario", scenario, "--store-step", "3", "--byte-step", "60", "--seconds", "60")
        for scenario in ("coils_and_shelf", "change_from_three_hoppers", "code_paid")
    ),
    "T7": ((*PYTEST, "tests/simulation/test_stateful.py", "tests/simulation/examples"),),
    "T8": ((*PYTEST, "tests/parsers"),),
    "unit": ((*PYTEST, "tests/kiosk/core", "tests/kiosk/runtime", "tests/hardware", "tests/kiosk/store"),),
}
"""Cheapest first. The last is no harness of money: it is tried so that the table can say so."""


@dataclass(frozen=True)
class Line:
    """One defect's line of the table; ``harness`` is empty for a survivor."""

    defect: str
    breaks: str
    harness: str
    command: str
    found: str
    seconds: float


def _commands(
    defect: Mapping[str, Any], harnesses: Sequence[str] | None
) -> Iterator[tuple[str, Sequence[str]]]:
    if harnesses is None:
        killer = defect["killed_by"]
        yield killer["harness"], killer["command"]
        return
    for harness in harnesses:
        for command in HARNESSES[harness]:
            yield harness, command


def _found(output: str) -> str:
    """The first line that says what is wrong."""
    lines = output.strip().splitlines()
    told = [line for line in lines if line.startswith(("wrong: ", "E  ", "FAILED"))]
    return (told or lines[-1:] or [""])[0].removeprefix("wrong: ").strip()[:160]


def judge(path: Path, harnesses: Sequence[str] | None) -> Line:
    """Plant one defect, and try commands until one kills it."""
    defect = read_defect(path)
    seconds = 0.0
    with tempfile.TemporaryDirectory(prefix="kiosk-defect-") as folder:
        product = plant(path, Path(folder))
        for harness, command in _commands(defect, harnesses):
            ran = run_in(product, command, LONGEST_SECONDS)
            seconds += ran.seconds
            if ran.code == 1 and not any(word in ran.output for word in NEVER_RAN):
                return Line(
                    path.stem,
                    defect["name"],
                    harness,
                    " ".join(command),
                    _found(ran.output),
                    round(seconds, 1),
                )
    return Line(path.stem, defect["name"], "", "", "", round(seconds, 1))


def table(lines: Sequence[Line]) -> str:
    """As markdown, survivors last."""
    rows = ["| defect | killed by | what was found | seconds |", "|---|---|---|---:|"]
    for line in sorted(lines, key=lambda each: (not each.harness, each.defect)):
        found = line.found.replace("|", "/")
        rows.append(
            f"| {line.defect[:2]} {line.breaks} | {line.harness or '**survived**'} | {found} | {line.seconds:.1f} |"
        )
    killed = sum(1 for line in lines if line.harness)
    return "\n".join([*rows, "", f"{killed} of {len(lines)} killed."])


def _stored(state: Path | None) -> dict[str, Line]:
    if state is None or not state.exists():
        return {}
    told = (json.loads(text) for text in state.read_text(encoding="utf-8").splitlines())
    return {line["defect"]: Line(**line) for line in told}


def main(arguments: Sequence[str]) -> int:
    """Fill the table; 1 when a defect survives."""
    parser = argparse.ArgumentParser(prog="python -m tests.defects.run", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of names; all by default")
    parser.add_argument("--search", action="store_true", help="every harness in turn, not the named command")
    parser.add_argument(
        "--harness", action="append", choices=list(HARNESSES), help="with --search: only these"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--state", type=Path, help="what is finished; kept, and taken up again")
    parser.add_argument("--table", type=Path, help="write FILE.md and FILE.json")
    asked = parser.parse_args(arguments)
    harnesses = (asked.harness or list(HARNESSES)) if asked.search else None
    done = _stored(asked.state)
    paths = [
        path
        for path in sorted(PATCHES.glob("*.toml"))
        if not asked.names or path.stem.startswith(tuple(asked.names))
    ]
    left = [path for path in paths if path.stem not in done]
    with ThreadPoolExecutor(asked.jobs) as pool:
        for number, line in enumerate(pool.map(lambda path: judge(path, harnesses), left), 1):
            done[line.defect] = line
            if asked.state is not None:
                with asked.state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(line)) + "\n")
            killer = line.harness or "SURVIVED"
            print(
                f"{number}/{len(left)} {line.defect}: {killer}, {line.seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    lines = [done[path.stem] for path in paths]
    print(table(lines))
    if asked.table is not None:
        asked.table.with_suffix(".md").write_text(table(lines) + "\n", encoding="utf-8")
        asked.table.with_suffix(".json").write_text(
            json.dumps([asdict(line) for line in lines], indent=1) + "\n", encoding="utf-8"
        )
    return 0 if all(line.harness for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
