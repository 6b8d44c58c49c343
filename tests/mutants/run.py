"""Mutation testing of the money core: every mutant meets the tests that reach it, until one fails.

    python -m tests.mutants.run --state DIR [--only MODULE] [--minutes N] [--jobs N]
    python -m tests.mutants.run --changed [BASE]

It can be stopped at any time and started again with the same ``--state``: what was tried with the same code (and, where
it survived, with the same tests) is not tried again. It ends with 1 when fewer than ``--least`` percent were killed, or when
a survivor has no explanation in ``survivors.toml``. ``--changed`` tries only lines that differ from BASE, by default from where
this branch left origin/main, else from the commit before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from tests.mutants.making import MODULES, ROOT, Mutant, mutants_of, path_of

SURVIVORS: Final = Path(__file__).with_name("survivors.toml")
LEAST: Final = 90
"""Percent of the mutants tried that must be killed."""
TOLD_EVERY_S: Final = 10.0
TOLD: Final = "/test_days.py::"
"""Days compared word by word notice most."""
EDGES: Final = "/test_edges.py::"
"""Small steps, written for mutants that survived: one that was tried in vain meets these first."""


class RunFailedError(Exception):
    """The run cannot be done; the message says why."""


# --- the worker's other end -----------------------------------------------------------------------------------------


class Line:
    """A worker process and its two pipes."""

    def __init__(self, log: Path) -> None:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.mutants.worker", str(theirs_in), str(theirs_out)],
                cwd=ROOT,
                pass_fds=(theirs_in, theirs_out),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "PYTHONHASHSEED": "0"},
            )
        os.close(theirs_in)
        os.close(theirs_out)
        self.requests: IO[str] = os.fdopen(ours_out, "w")
        self.answers: IO[str] = os.fdopen(ours_in, "r")
        self.log = log

    def ask(self, **request: Any) -> dict[str, Any]:
        """One request, one answer.

        Raises:
            RunFailedError: The worker ended.
        """
        try:
            self.requests.write(json.dumps(request) + "\n")
            self.requests.flush()
        except BrokenPipeError as error:
            raise RunFailedError(f"the worker ended; its words are in {self.log}") from error
        text = self.answers.readline()
        if not text:
            raise RunFailedError(f"the worker ended; its words are in {self.log}")
        answer: dict[str, Any] = json.loads(text)
        if answer["outcome"] == "broken":
            raise RunFailedError(f"{answer['by']}: {request}; its words are in {self.log}")
        return answer

    def close(self) -> None:
        """Let it end."""
        self.requests.close()
        self.answers.close()
        self.process.wait()


# --- what is known --------------------------------------------------------------------------------------------------


def _digest_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def tests_digest() -> str:
    """Of everything that a test of the core may read from the tests' folder."""
    return _digest_of(
        path for path in (ROOT / "tests" / "kiosk").rglob("*.py") if "__pycache__" not in path.parts
    )


@dataclass(slots=True)
class Results:
    """Outcomes by mutant, kept as lines of JSON so that a stopped run loses nothing."""

    path: Path
    tests: str
    is_quick: bool = False
    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def load(self) -> None:
        """Read what earlier runs wrote; a last line that was cut off is left out."""
        if not self.path.exists():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                result = json.loads(line)
            except json.JSONDecodeError:
                continue
            self.known[result["key"]] = result

    def of(self, mutant: Mutant) -> dict[str, Any] | None:
        """The result, if it still holds: same code; and the same tests, and all of them, unless a test killed it."""
        result = self.known.get(mutant.key)
        if result is None or result["digest"] != mutant.digest:
            return None
        if result["outcome"] in {"killed", "timeout"}:
            return result
        return result if result["tests"] == self.tests and (self.is_quick or not result["left"]) else None

    def add(self, mutant: Mutant, answer: Mapping[str, Any], seconds: float, left: int) -> None:
        """Keep one outcome; ``left`` tests that reach the mutant were not asked."""
        result = {
            "key": mutant.key,
            "digest": mutant.digest,
            "tests": self.tests,
            "outcome": answer["outcome"],
            "by": answer.get("by", ""),
            "seconds": round(seconds, 2),
            "left": left,
        }
        self.known[mutant.key] = result
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tests reach which lines, and how long they take."""

    took: Mapping[str, float]
    lines: Mapping[str, Mapping[str, Sequence[str]]]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run a line of the mutant; for a table, those that run anything in its module or name it."""
        lines = self.lines[mutant.module]
        numbers = lines.keys() if mutant.is_table else {str(line) for line in mutant.lines} & lines.keys()
        found = {test for number in numbers for test in lines[number]}
        if mutant.is_table:
            names = naming(mutant.module)
            found |= {test for test in self.took if _file_of(test) in names}
        return sorted(found, key=lambda test: (self.took[test], test))


@cache
def naming(module: str) -> frozenset[str]:
    """The files of tests that import from the module: they may hold a table against another without running a line."""
    return frozenset(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests" / "kiosk").rglob("test_*.py")
        if f"{module} import" in path.read_text(encoding="utf-8")
    )


def read_reach(state: Path, log: Path) -> Reach:
    """Measure, or read what was measured for the same code; only the tests of files that changed are measured again.

    A test that reaches more than it did because of a change elsewhere in the tests' folder is not seen: a mutant may then
    survive for want of it, never be killed by mistake.

    Raises:
        RunFailedError: A test fails without any mutant.
    """
    path = state / "reach.json"
    sources = _digest_of([path_of(module) for module in MODULES])
    files = {
        str(file.relative_to(ROOT)): _digest_of([file])
        for file in (ROOT / "tests" / "kiosk").rglob("test_*.py")
    }
    took: dict[str, float] = {}
    lines: dict[str, dict[str, list[str]]] = {}
    same: set[str] = set()
    if path.exists():
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["sources"] == sources:
            same = {file for file, digest in kept["files"].items() if files.get(file) == digest}
            if same == files.keys():
                return Reach(kept["took"], kept["lines"])
            took = {test: seconds for test, seconds in kept["took"].items() if _file_of(test) in same}
            lines = {
                module: {line: [test for test in tests if test in took] for line, tests in known.items()}
                for module, known in kept["lines"].items()
            }
    print("measuring which tests reach which lines", flush=True)
    began = time.monotonic()
    line = Line(log)
    answer = line.ask(do="reach", but=sorted(same))
    line.close()
    if answer["outcome"] != "reach":
        raise RunFailedError(f"measuring ended: {answer}")
    if answer["failed"]:
        raise RunFailedError(f"{len(answer['failed'])} tests fail without any mutant: {answer['failed'][:5]}")
    print(f"{len(answer['took'])} tests in {time.monotonic() - began:.0f} s", flush=True)
    took |= answer["took"]
    for module, found in answer["lines"].items():
        known = lines.setdefault(module, {})
        for number, tests in found.items():
            known[number] = [*known.get(number, ()), *tests]
    kept = {"sources": sources, "files": files, "took": took, "lines": lines}
    path.write_text(json.dumps(kept), encoding="utf-8")
    return Reach(took, lines)


def _file_of(test: str) -> str:
    return test.partition("::")[0]


# --- which mutants --------------------------------------------------------------------------------------------------


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def changed_lines(base: str) -> dict[str, set[int]]:
    """Module -> lines of today's file that differ from ``base`` (empty: see the module's text).

    Raises:
        RunFailedError: There is nothing to compare with.
    """
    base = base or _git("merge-base", "HEAD", "origin/main") or _git("rev-parse", "HEAD~1")
    if base == _git("rev-parse", "HEAD") and not _git("status", "--porcelain", "--", "kiosk"):
        base = _git("rev-parse", "HEAD~1")
    if not base:
        raise RunFailedError("there is no commit to compare with")
    found: dict[str, set[int]] = {}
    for module in MODULES:
        path = str(path_of(module).relative_to(ROOT))
        for hunk in re.finditer(
            r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", _git("diff", "-U0", base, "--", path), re.MULTILINE
        ):
            first, size = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(module, set()).update(range(first, first + size))
    return found


def choose(only: Sequence[str], lines: Mapping[str, set[int]] | None, percent: int = 100) -> list[Mutant]:
    """The mutants to try, module by module; of 100 each time the same ``percent``, whatever else changed."""
    return [
        mutant
        for module in MODULES
        if (not only or any(word in module for word in only)) and (lines is None or module in lines)
        for mutant in mutants_of(module)
        if (lines is None or mutant.line in lines[module]) and int(mutant.key, 16) % 100 < percent
    ]


# --- trying ---------------------------------------------------------------------------------------------------------


class Run:
    """Hands mutants to workers, each as soon as it is free."""

    def __init__(
        self,
        todo: Sequence[Mutant],
        reach: Reach,
        results: Results,
        *,
        ends: float | None,
        budget_s: float | None,
    ) -> None:
        self.todo = deque(todo)
        self.total = len(todo)
        self.reach = reach
        self.results = results
        self.ends = ends
        self.budget_s = budget_s
        self.lock = threading.Lock()
        self.killers: dict[tuple[str, str], list[str]] = {}
        self.kills: Counter[str] = Counter()
        self.began = time.monotonic()
        self.told = self.began
        self.counts: Counter[str] = Counter()
        self.error = ""

    def _next(self) -> tuple[Mutant, list[tuple[str, float]], int] | None:
        """The next mutant, its tests, and how many are left out.

        First those that killed its neighbours, then its module's own and the told days, then those that kill much in
        little time.
        """
        with self.lock:
            while self.todo and not self.error and (self.ends is None or time.monotonic() < self.ends):
                mutant = self.todo.popleft()
                tests = self.reach.tests_of(mutant)
                if not tests:
                    self._note(mutant, {"outcome": "unreached"}, 0.0, 0)
                    continue
                is_stubborn = mutant.key in self.results.known
                known = [] if is_stubborn else self.killers.get((mutant.module, mutant.unit), [])
                places = {test: place for place, test in enumerate(known)}
                own = (f"/test_{mutant.module.rpartition('.')[2]}.py::", EDGES if is_stubborn else TOLD)
                tests.sort(
                    key=lambda test: (
                        places.get(test, len(known)),
                        not mutant.is_table and not any(name in test for name in own),
                        self.reach.took[test] / (1 + self.kills[test]),
                        test,
                    )
                )
                chosen: list[tuple[str, float]] = []
                spent = 0.0
                for test in tests:
                    spent += self.reach.took[test]
                    if chosen and self.budget_s is not None and spent > self.budget_s:
                        break
                    chosen.append((test, self.reach.took[test]))
                return mutant, chosen, len(tests) - len(chosen)
        return None

    def _note(self, mutant: Mutant, answer: Mapping[str, Any], seconds: float, left: int) -> None:
        self.results.add(mutant, answer, seconds, left)
        self.counts[answer["outcome"]] += 1
        killer = answer.get("by", "")
        if killer in self.reach.took:
            known = self.killers.setdefault((mutant.module, mutant.unit), [])
            if killer in known:
                known.remove(killer)
            known.insert(0, killer)
            self.kills[killer] += 1
        now = time.monotonic()
        if now - self.told >= TOLD_EVERY_S:
            self.told = now
            done = sum(self.counts.values())
            left_s = (now - self.began) / done * (self.total - done)
            words = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()))
            print(f"  {done}/{self.total}  {words}; about {left_s / 60:.0f} min left", flush=True)

    def work(self, log: Path) -> None:
        """One thread's work: a worker process from its first mutant to the last."""
        line = Line(log)
        try:
            while (chosen := self._next()) is not None:
                mutant, tests, left = chosen
                began = time.monotonic()
                answer = line.ask(do="try", mutant=asdict(mutant), tests=tests)
                with self.lock:
                    self._note(mutant, answer, time.monotonic() - began, left)
        except RunFailedError as error:
            with self.lock:
                self.error = str(error)
        finally:
            line.close()


# --- telling --------------------------------------------------------------------------------------------------------


def read_explained() -> dict[str, str]:
    """Mutant -> why it may survive.

    Raises:
        RunFailedError: An explanation is empty or given twice.
    """
    explained: dict[str, str] = {}
    for each in tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", []):
        if each["key"] in explained or not each["why"].strip():
            raise RunFailedError(f"survivors.toml: {each['key']} is explained twice or not at all")
        explained[each["key"]] = each["why"]
    return explained


def _score(counts: Mapping[str, int]) -> tuple[int, int]:
    """Killed, of how many tried. A mutant that no test reaches has survived."""
    killed = counts.get("killed", 0) + counts.get("timeout", 0)
    return killed, killed + counts.get("survived", 0) + counts.get("unreached", 0)


def tell(
    mutants: Sequence[Mutant], results: Results, explained: Mapping[str, str]
) -> tuple[int, int, list[Mutant]]:
    """Print the table and the survivors; killed, tried, and the survivors without an explanation."""
    outcomes = {mutant.key: (results.of(mutant) or {"outcome": "not run"})["outcome"] for mutant in mutants}
    columns = ("killed", "timeout", "survived", "unreached", "impossible", "not run")
    print(f"\n{'module':24} {'mutants':>8} " + " ".join(f"{name:>10}" for name in columns) + "   score")
    names = list(dict.fromkeys(mutant.module for mutant in mutants))
    total: Counter[str] = Counter()
    for name in [*names, "all"]:
        counts = total if name == "all" else Counter(outcomes[m.key] for m in mutants if m.module == name)
        if name != "all":
            total += counts
        killed, tried = _score(counts)
        score = f"{100 * killed / tried:5.1f} %" if tried else "     -"
        cells = " ".join(f"{counts.get(column, 0):>10}" for column in columns)
        print(f"{name:24} {sum(counts.values()):>8} {cells}  {score}")
    alive = [mutant for mutant in mutants if outcomes[mutant.key] in {"survived", "unreached"}]
    unexplained = [mutant for mutant in alive if mutant.key not in explained]
    print(f"\nsurvivors: {len(alive)}, of these {len(alive) - len(unexplained)} explained")
    for mutant in unexplained:
        place = f"{path_of(mutant.module).relative_to(ROOT)}:{mutant.line}"
        print(f"\n{mutant.key}  {place}  {mutant.unit}  {mutant.operator} ({outcomes[mutant.key]})")
        print("\n".join(f"  - {line.strip()}" for line in mutant.before.splitlines()[:6]))
        print("\n".join(f"  + {line.strip()}" for line in mutant.after.splitlines()[:6]))
    killed, tried = _score(total)
    return killed, tried, unexplained


def stale(mutants: Sequence[Mutant], results: Results, explained: Mapping[str, str]) -> list[str]:
    """Explanations of mutants that are no more, or that a test kills by now."""
    known = {mutant.key: mutant for mutant in mutants}
    return sorted(
        key
        for key in explained
        if key not in known or (results.of(known[key]) or {}).get("outcome") in {"killed", "timeout"}
    )


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutants.run", description="Mutation testing of the money core."
    )
    parser.add_argument(
        "--state", type=Path, help="folder in which results are kept; without it they are not"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="MODULE", help="a part of a module's name"
    )
    parser.add_argument("--minutes", type=float, help="stop trying after so long; the next run goes on")
    parser.add_argument(
        "--quick", type=float, metavar="S", help="no more than S seconds of tests for one mutant"
    )
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument(
        "--changed", nargs="?", const="", metavar="BASE", help="only lines that differ from BASE"
    )
    parser.add_argument(
        "--least", type=float, default=LEAST, help=f"percent that must be killed, {LEAST} if not given"
    )
    parser.add_argument(
        "--sample", type=int, default=100, metavar="PERCENT", help="try so many of 100 mutants"
    )
    parser.add_argument("--tell", action="store_true", help="try nothing, tell what is known")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """0 when enough are killed and every survivor is explained."""
    asked = read_arguments(words)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        state: Path = asked.state or Path(folder)
        state.mkdir(parents=True, exist_ok=True)
        lines = None if asked.changed is None else changed_lines(asked.changed)
        mutants = choose(asked.only, lines, asked.sample)
        explained = read_explained()
        if not mutants:
            print("no changed line of the money core can be mutated")
            return 0
        results = Results(state / "results.jsonl", tests_digest(), is_quick=asked.quick is not None)
        results.load()
        todo = [] if asked.tell else [mutant for mutant in mutants if results.of(mutant) is None]
        todo.sort(key=lambda mutant: mutant.key in results.known)  # what was never tried comes first
        print(
            f"{len(mutants)} mutants, {len(todo)} to try, at commit {_git('rev-parse', '--short', 'HEAD')}",
            flush=True,
        )
        log = state / "worker.log"
        if todo:
            reach = read_reach(state, log)
            ends = None if asked.minutes is None else began + 60 * asked.minutes
            run = Run(todo, reach, results, ends=ends, budget_s=asked.quick)
            threads = [threading.Thread(target=run.work, args=(log,)) for _ in range(asked.jobs)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if run.error:
                raise RunFailedError(run.error)
        killed, tried, unexplained = tell(mutants, results, explained)
        old = (
            []
            if asked.only or lines is not None or asked.sample < 100
            else stale(mutants, results, explained)
        )
        for key in old:
            print(f"survivors.toml: {key} is no survivor any more")
        print(f"{killed} of {tried} killed, {time.monotonic() - began:.0f} s")
        is_enough = not tried or 100 * killed >= asked.least * tried
        return 0 if is_enough and not unexplained and not old else 1


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except RunFailedError as failure:
        print(f"mutants: {failure}", file=sys.stderr)
        raise SystemExit(2) from failure
