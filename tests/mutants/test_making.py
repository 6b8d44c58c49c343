"""The mutants themselves: each is another program, is installed without touching a file, and keeps its name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.mutants.making import MODULES, ROOT, Mutant, mutants_of, path_of
from tests.mutants.run import read_explained

INSTALL = """
import sys
from tests.mutants.making import install, mutants_of
module, key, expression = sys.argv[1:]
install(next(each for each in mutants_of(module) if each.key == key))
import kiosk.core.till, kiosk.core.change, kiosk.core.state, kiosk.money, kiosk.core.fold
print(eval(expression))
"""


def _after(mutant: Mutant, expression: str) -> str:
    """What an expression gives in a process with the mutant in it."""
    done = subprocess.run(
        [sys.executable, "-c", INSTALL, mutant.module, mutant.key, expression],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _one(module: str, before: str, after: str) -> Mutant:
    found = [
        each
        for each in mutants_of(module)
        if before in each.before and after in each.after and before not in each.after
    ]
    assert found, f"no mutant turns {before} into {after}"
    return found[0]


@pytest.fixture(scope="module")
def mutants() -> list[Mutant]:
    """All of them: making them takes seconds."""
    return [each for module in MODULES for each in mutants_of(module)]


def test_every_mutant_has_a_name_of_its_own(mutants: list[Mutant]) -> None:
    names = [each.key for each in mutants]
    assert len(names) == len(set(names)) > 1_000


def test_no_mutant_equals_its_original(mutants: list[Mutant]) -> None:
    assert all(each.before != each.after for each in mutants)


@pytest.mark.parametrize(
    ("module", "before", "after", "expression", "sound", "mutated"),
    [
        pytest.param(
            "kiosk.money",
            "each + 1 if index < rest",
            "each - 1 if index < rest",
            "kiosk.money.split(5, 2)",
            "(3, 2)",
            "(1, 2)",
            id="a function",
        ),
        pytest.param(
            "kiosk.core.state",
            "book.epoch not in",
            "book.epoch in",
            "kiosk.core.state.State(acceptors={'a': kiosk.core.state.AcceptorBook(1, 1, 1, None)}).is_unmet('a')",
            "False",
            "True",
            id="a method",
        ),
        pytest.param(
            "kiosk.core.change",
            "take * value",
            "take // value",
            "1000 in kiosk.core.change.payable_sums({1000: 1}, 5000)",
            "True",
            "False",
            id="a function behind a cache",
        ),
        pytest.param(
            "kiosk.core.till",
            "hw.CoinsPaid: _row",
            "",
            "any(kind.__name__ == 'CoinsPaid' for _, kind in kiosk.core.till.TABLE)",
            "True",
            "False",
            id="a table and what is made from it",
        ),
    ],
)
def test_a_mutant_is_installed_in_a_living_process(
    module: str, before: str, after: str, expression: str, sound: str, mutated: str
) -> None:
    mutant = _one(module, before, after)
    text = path_of(module).read_bytes()
    assert _after(mutant, expression) == mutated
    assert path_of(module).read_bytes() == text
    plain = f"import kiosk.core.till, kiosk.core.change, kiosk.core.state, kiosk.money\nprint({expression})"
    done = subprocess.run([sys.executable, "-c", plain], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sound


def test_every_explained_survivor_is_a_mutant_of_today(mutants: list[Mutant]) -> None:
    assert not read_explained().keys() - {each.key for each in mutants}
