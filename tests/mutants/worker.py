"""One process that has collected the tests once, and forks a child for each mutant.

A child starts with everything imported and every session-wide fixture made, installs its mutant, runs the tests that reach
it until one fails, and ends without tidying; the parent stays as it was. Requests and answers are JSON lines on two pipes.

Run by `tests.mutants.run` as ``python -m tests.mutants.worker READ WRITE``.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import IO, Any, Final

import coverage
import pytest

from tests.mutants.making import MODULES, ROOT, CannotMutateError, Mutant, install, parse, path_of

TESTS: Final = (
    "tests/kiosk/core",
    "tests/kiosk/journal",
    "tests/kiosk/test_money.py",
    "tests/kiosk/store/test_ledger.py",
    "tests/kiosk/store/test_frozen.py",
    "tests/kiosk/claims/test_aftermath.py",
    "tests/kiosk/claims/test_desk.py",
    "tests/kiosk/runtime/test_rehearsal.py",
)
"""The tests of core, money and journal, and the stories next to them that take moments."""

SLOWEST_S: Final = 4.0
"""A test that takes longer alone does not judge mutants: the others reach the same lines in a fraction of it."""

SPARE_CPU_S: Final = 4
SLOWER_BY: Final = 6
"""A test may take six times its own time and four seconds of CPU more; then the mutant made it endless."""

MEMORY_BYTES: Final = 3 << 30
"""What a child may take; an endless list ends as a failed test, not as a full machine."""


class _Reports:
    """Notes whether a test failed."""

    def __init__(self) -> None:
        self.failed = False
        self.skipped = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called by pytest for setup, call and teardown."""
        self.failed = self.failed or report.failed
        self.skipped = self.skipped or report.skipped


class Worker:
    """A plugin that takes over pytest's main loop."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self.requests = requests
        self.answers = answers
        self.reports = _Reports()
        self.folders: list[Path] = []
        self.kept: set[Path] = set()

    def pytest_sessionstart(self) -> None:
        """Hypothesis: the same examples in every run, none kept between mutants, no time spent on making a failure smaller."""
        from hypothesis import HealthCheck, Phase, settings  # late: pytest wants to see its own plugins first

        settings.register_profile(
            "mutants",
            phases=(Phase.explicit, Phase.generate),
            database=None,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """Note session-wide folders, so that what a child leaves in them is removed."""
        outcome = yield
        if fixturedef.scope == "session" and not outcome.excinfo:
            value = outcome.get_result()
            if isinstance(value, Path) and value.is_dir():
                self.folders.append(value)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve requests until there are none."""
        session.config.pluginmanager.register(self.reports)
        self.items = {item.nodeid: item for item in session.items}
        # Session-wide fixtures are made here, once, by the first test that asks for a world.
        self._run(
            next(id_ for id_, item in self.items.items() if "build" in getattr(item, "fixturenames", ()))
        )
        self.kept = {entry for folder in self.folders for entry in folder.iterdir()}
        for module in MODULES:
            parse(module)
        gc.collect()
        gc.freeze()
        for line in self.requests:
            request = json.loads(line)
            self._answer(
                self._reach(frozenset(request["but"]))
                if request["do"] == "reach"
                else self._try(request["mutant"], request["tests"])
            )
        return True

    def _answer(self, answer: dict[str, Any]) -> None:
        self.answers.write(json.dumps(answer) + "\n")
        self.answers.flush()

    def _run(self, nodeid: str) -> bool:
        """Whether the test fails. What is said to come next is the session, so that only its own fixtures stay."""
        item = self.items[nodeid]
        self.reports.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.session)
        return self.reports.failed

    def _in_child(self, act: Any, wall_s: float | None) -> dict[str, Any]:
        """What ``act`` returns in a forked child; or how the child ended."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            code = 1
            try:
                with os.fdopen(writing, "w") as answers:
                    json.dump(act(), answers)
                code = 0
            finally:  # whatever happens, this process does not go on as the parent would
                if code:
                    traceback.print_exc()
                os._exit(code)
        os.close(writing)
        parts: list[bytes] = []
        is_late = False
        ends = None if wall_s is None else time.monotonic() + wall_s
        while True:
            left = None if ends is None else max(0.0, ends - time.monotonic())
            ready, _, _ = select.select([reading], [], [], left)
            if not ready:
                is_late = True
                os.kill(pid, signal.SIGKILL)
                break
            part = os.read(reading, 1 << 20)
            if not part:
                break
            parts.append(part)
        os.close(reading)
        _, status = os.waitpid(pid, 0)
        self._tidy()
        text = b"".join(parts)
        if is_late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}):
            return {"outcome": "timeout"}
        if os.WIFSIGNALED(status):
            return {"outcome": "killed", "by": f"the process died of signal {os.WTERMSIG(status)}"}
        if not text or status:
            return {"outcome": "broken", "by": "the child did not end as it should"}
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _tidy(self) -> None:
        for folder in self.folders:
            for entry in folder.iterdir():
                if entry not in self.kept:
                    shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink()

    def _reach(self, but: frozenset[str]) -> dict[str, Any]:
        """Which tests reach which lines, how long each takes, and which fail untouched; not those in files of ``but``."""
        return self._in_child(lambda: self._collect(but), None)

    def _collect(self, but: frozenset[str]) -> dict[str, Any]:
        took: dict[str, float] = {}
        failed: list[str] = []
        for nodeid in self.items:
            if nodeid.partition("::")[0] in but:
                continue
            self.reports.skipped = False
            began = time.process_time()
            if self._run(nodeid):
                failed.append(nodeid)
            elif not self.reports.skipped:
                took[nodeid] = time.process_time() - began
        measure = coverage.Coverage(
            data_file=None, include=[str(path_of(module)) for module in MODULES], config_file=False
        )
        measure.set_option("run:core", "ctrace")
        measure.start()
        for nodeid, seconds in took.items():
            if seconds <= SLOWEST_S:
                measure.switch_context(nodeid)
                if self._run(nodeid):
                    failed.append(f"{nodeid} (a second time)")
        measure.stop()
        data = measure.get_data()
        lines = {
            module: {
                str(line): sorted(set(contexts) - {""})
                for line, contexts in data.contexts_by_lineno(str(path_of(module))).items()
            }
            for module in MODULES
        }
        return {"outcome": "reach", "took": took, "failed": failed, "lines": lines}

    def _try(self, fields: dict[str, Any], tests: list[list[Any]]) -> dict[str, Any]:
        """Install a mutant in a child and run ``tests`` (id and usual seconds) until one fails."""
        mutant = Mutant(**{**fields, "lines": tuple(fields["lines"])})

        def act() -> dict[str, Any]:
            try:
                install(mutant)
            except CannotMutateError as error:
                return {"outcome": "impossible", "by": str(error)}
            except (TypeError, ValueError, KeyError, AttributeError, NameError, SyntaxError) as error:
                return {"outcome": "killed", "by": f"the module does not import: {error}"}
            for nodeid, seconds in tests:
                used = resource.getrusage(resource.RUSAGE_SELF)
                limit = int(used.ru_utime + used.ru_stime + seconds * SLOWER_BY) + SPARE_CPU_S
                resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
                if self._run(nodeid):
                    return {"outcome": "killed", "by": nodeid}
            return {"outcome": "survived"}

        # A child that waits for something that never comes uses no CPU: the wall limit is for those.
        wall_s = 60.0 + 10 * SLOWER_BY * max((seconds for _, seconds in tests), default=0.0)
        return self._in_child(act, max(wall_s, 4 * sum(seconds for _, seconds in tests)))


def main() -> int:
    """Serve until the requests end."""
    requests = os.fdopen(int(sys.argv[1]), "r")
    answers = os.fdopen(int(sys.argv[2]), "w")
    os.chdir(ROOT)
    plugin = Worker(requests, answers)
    options = ["-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:xdist", "--capture=no"]
    return int(
        pytest.main(
            [
                *options,
                "-o",
                "addopts=--import-mode=importlib",
                "-o",
                "timeout=0",
                "-k",
                "not postgresql",
                *TESTS,
            ],
            [plugin],
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
