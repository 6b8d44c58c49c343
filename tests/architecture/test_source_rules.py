from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source import PACKAGES, imported_modules, python_files, tree

# They record what broke and stop: the till, a line, a request; and three harnesses, to which whatever ends a run is a finding.
OUTERMOST_LOOPS: Final = {
    Path("kiosk/runtime/loop.py"),
    Path("hardware/driver.py"),
    Path("web/errors.py"),
    Path("tests/simulation/cuts.py"),
    Path("tests/nightly/portions.py"),
    Path("tests/simulation/stateful.py"),
}
MONEY: Final = ("kiosk/core/", "kiosk/journal/", "kiosk/money.py", "kiosk/campaigns/")
NOT_OUR_NOUNS: Final = {
    "utils", "util", "helpers", "helper", "common", "misc", "base",
    "manager", "managers", "handler", "handlers",
}  # fmt: skip

Rule = Callable[[ast.Module], Iterator[int]]


def mocks(module: ast.Module) -> Iterator[int]:
    for line, name in imported_modules(module):
        if name.split(".")[0] == "mock" or name.startswith("unittest.mock"):
            yield line


def patches(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if (isinstance(node, ast.arg) and node.arg in {"monkeypatch", "mocker"}) or (
            isinstance(node, ast.Attribute) and node.attr == "MonkeyPatch"
        ):
            yield node.lineno


def waits_for_a_time(module: ast.Module) -> Iterator[int]:
    for line, name in imported_modules(module):
        if name == "time.sleep":
            yield line
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and (
            node.attr == "wait_for_timeout"
            or (node.attr == "sleep" and isinstance(node.value, ast.Name) and node.value.id == "time")
        ):
            yield node.lineno


def broad_excepts(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(
                one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"})
                for one in caught
            ):
                yield node.lineno
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(ast.unparse(one) in {"Exception", "BaseException"} for one in node.args)
        ):
            yield node.lineno


def asserts(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assert):
            yield node.lineno


def undocumented(module: ast.Module) -> Iterator[int]:
    if not ast.get_docstring(module):
        yield 1

    def below(parent: ast.Module | ast.ClassDef) -> Iterator[int]:
        for node in parent.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name.startswith("_"):
                    continue
                is_overload = any("overload" in ast.unparse(one) for one in node.decorator_list)
                is_setter = any(ast.unparse(one).endswith(".setter") for one in node.decorator_list)
                if not ast.get_docstring(node) and not is_overload and not is_setter:
                    yield node.lineno
                if isinstance(node, ast.ClassDef):
                    yield from below(node)

    yield from below(module)


def floats(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if (
            (isinstance(node, ast.Constant) and isinstance(node.value, float))
            or (isinstance(node, ast.Name) and node.id in {"float", "Decimal"})
            or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
        ):
            yield node.lineno


def readings_of_the_clock(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"now", "today", "utcnow"}
            and ast.unparse(node.value) in {"datetime", "date", "datetime.datetime", "datetime.date"}
        ):
            yield node.lineno


def offences(rule: Rule, paths: Iterator[Path]) -> list[str]:
    return [f"{path}:{line}" for path in paths for line in rule(tree(path))]


def in_money(path: Path) -> bool:
    return str(path).startswith(MONEY)


def test_nothing_is_mocked() -> None:
    assert offences(mocks, python_files(*PACKAGES, "tests")) == []


def test_nothing_is_patched() -> None:
    assert offences(patches, python_files(*PACKAGES, "tests")) == []


def test_no_test_waits_for_a_time_instead_of_a_condition() -> None:
    assert offences(waits_for_a_time, python_files("tests")) == []


def test_broad_excepts_live_in_the_three_outermost_loops_only() -> None:
    inner = (path for path in python_files(*PACKAGES, "tests") if path not in OUTERMOST_LOOPS)
    assert offences(broad_excepts, inner) == []


def test_the_product_checks_its_promises_with_ensure_and_not_with_assert() -> None:
    assert offences(asserts, python_files(*PACKAGES)) == []


def test_every_public_thing_says_what_it_promises() -> None:
    assert offences(undocumented, python_files(*PACKAGES)) == []


def test_no_float_and_no_true_division_comes_near_money() -> None:
    assert offences(floats, (path for path in python_files("kiosk") if in_money(path))) == []


def test_the_pure_packages_are_told_the_time() -> None:
    assert offences(readings_of_the_clock, (path for path in python_files("kiosk") if in_money(path))) == []


def test_no_module_is_named_after_nothing() -> None:
    found = [
        str(path)
        for path in python_files(*PACKAGES, "tests")
        if NOT_OUR_NOUNS & {path.stem, *path.parts[:-1]} or NOT_OUR_NOUNS & set(path.stem.split("_"))
    ]
    assert found == []


def test_a_test_name_is_a_sentence() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path in python_files("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert found == []


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (mocks, "from unittest import mock", "from unittest import TestCase"),
        (mocks, "import unittest.mock as m", "import unittest"),
        (patches, "def test_x(monkeypatch): ...", "def test_x(tmp_path): ..."),
        (patches, "with pytest.MonkeyPatch.context() as m: ...", "with pytest.raises(E): ..."),
        (waits_for_a_time, "import time\ntime.sleep(1)", "import time\ntime.monotonic()"),
        (waits_for_a_time, "from time import sleep", "from time import monotonic"),
        (waits_for_a_time, "page.wait_for_timeout(5)", "page.wait_for_selector('p')"),
        (broad_excepts, "try: f()\nexcept: g()", "try: f()\nexcept OSError: g()"),
        (broad_excepts, "try: f()\nexcept (OSError, Exception): g()", "try: f()\nexcept (A, B): g()"),
        (broad_excepts, "with suppress(Exception): f()", "with suppress(OSError): f()"),
        (asserts, "assert x", "ensure(x, 'x')"),
        (undocumented, "'''M.'''\ndef f(): ...", "'''M.'''\ndef _f(): ..."),
        (undocumented, "'''M.'''\nclass A:\n  '''A.'''\n  def f(self): ...", "'''M.'''\nx = 1"),
        (floats, "x = a / b", "x = a // b"),
        (floats, "x: float", "x: int"),
        (floats, "x = 0.5", "x = 5"),
        (readings_of_the_clock, "datetime.now(tz=UTC)", "stamp.at"),
    ],
)
def test_each_rule_sees_what_it_forbids_and_nothing_else(rule: Rule, bad: str, good: str) -> None:
    assert list(rule(ast.parse(bad)))
    assert not list(rule(ast.parse(good)))
