"""Makes mutants of the money core: each is one small change of one function, or of one table of a module.

A mutant is found by its place in the parsed source, named by a digest of what changes (no line numbers, so that an
explanation outlives an edit elsewhere), and installed in a living process: a function gets the changed code, a table is
made anew and handed to every module that holds it. No file is touched.
"""

from __future__ import annotations

import ast
import copy
import enum
import hashlib
import importlib
import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
"""The project's own folder."""

MODULES: Final = (
    "kiosk.money",
    "kiosk.core.change",
    "kiosk.core.cards",
    "kiosk.core.notes",
    "kiosk.core.recovery",
    "kiosk.core.settle",
    "kiosk.core.postings",
    "kiosk.core.acceptance",
    "kiosk.core.fold",
    "kiosk.core.devices",
    "kiosk.core.limits",
    "kiosk.core.state",
    "kiosk.core.draft",
    "kiosk.core.till",
    "kiosk.core.timing",
    "kiosk.core.shopping",
    "kiosk.core.service",
    "kiosk.core.desk",
    "kiosk.core.training",
    "kiosk.core.rehearsal",
    "kiosk.core.transfers",
    "kiosk.core.goods",
    "kiosk.core.expiry",
    "kiosk.core.stock",
    "kiosk.core.collection",
    "kiosk.core.plans",
    "kiosk.core.rounds",
    "kiosk.journal.entry",
    "kiosk.journal.upcast",
)
"""What decides about money and goods, the smallest and most dangerous first."""

SWAPS: Final[Mapping[type[ast.AST], tuple[type[ast.AST], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
CALLS: Final = {"min": "max", "max": "min", "all": "any", "any": "all"}
ALTERABLE: Final = frozenset({"replace"})
"""Calls whose keywords can each be left out: a field of the state that is forgotten."""


class CannotMutateError(Exception):
    """The mutant cannot be made in this process; the message says why."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. ``place`` and ``variant`` find it in its unit; ``lines`` are those whose tests can see it."""

    key: str
    module: str
    unit: str
    line: int
    lines: tuple[int, ...]
    operator: str
    before: str
    after: str
    place: int
    variant: int
    digest: str
    """Of the unit's source: a result holds for as long as it is the same."""
    is_table: bool
    """It changes a module's table or constant, or a function that makes one while the module is imported."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A function, a method, or a module-level table: what is replaced as a whole."""

    name: str
    node: ast.stmt
    wrapper: str = ""
    """The class of a method."""


def path_of(module: str) -> Path:
    """The module's file."""
    return ROOT / (module.replace(".", "/") + ".py")


def units(tree: ast.Module) -> Iterator[Unit]:
    """What can be replaced: functions, methods, and tables whose names are capitals. Classes' defaults are left alone."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield Unit(node.name, node)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield Unit(f"{node.name}.{inner.name}", inner, node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.isupper():
                yield Unit(f"={target.id}", node)


# --- where a change may be ------------------------------------------------------------------------------------------


def _is_message(node: ast.AST, parent: ast.AST) -> bool:
    """Words for people: what an error or a promise says may be put differently without harm."""
    if isinstance(parent, ast.Raise):
        return True
    return (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and parent.func.id == "ensure"
        and len(parent.args) > 1
        and node is parent.args[1]
    )


@dataclass(slots=True)
class _Place:
    node: ast.AST
    parent: ast.AST
    name: str
    index: int | None
    statement: ast.stmt

    def put(self, new: ast.AST) -> None:
        """Set ``new`` where the node was."""
        if self.index is None:
            setattr(self.parent, self.name, new)
        else:
            getattr(self.parent, self.name)[self.index] = new


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


SKIPPED: Final = frozenset({"annotation", "returns", "decorator_list", "args", "ctx", "type_comment"})
"""Fields of statements in which nothing is changed: types, decorators, and the arguments of a definition."""


def _places(node: ast.AST, statement: ast.stmt) -> Iterator[_Place]:
    for name, value in ast.iter_fields(node):
        if name in SKIPPED and not isinstance(node, ast.Call):
            continue
        if name == "targets" or (name == "target" and not isinstance(node, ast.comprehension)):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_message(child, node):
                continue
            if isinstance(child, ast.stmt) and _is_docstring(child):
                continue
            inside = child if isinstance(child, ast.stmt) else statement
            yield _Place(child, node, name, index, inside)
            yield from _places(child, inside)


def _own_lines(statement: ast.stmt) -> tuple[int, ...]:
    """The lines of a statement without those of the statements in its body."""
    last = statement.end_lineno or statement.lineno
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        last = max(statement.lineno, body[0].lineno - 1)
    if isinstance(statement, ast.Match):
        last = statement.subject.end_lineno or statement.lineno
    return tuple(range(statement.lineno, last + 1))


# --- what a change may be -------------------------------------------------------------------------------------------

Change = tuple[str, ast.AST]
"""The operator's name, and the node that replaces the old one (None of it is shared with the living tree)."""


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "flag", ast.Constant(not value)
    elif isinstance(value, int):
        yield "number", ast.Constant(value + 1)
    elif isinstance(value, str):
        yield "text", ast.Constant("" if value else "X")
    elif isinstance(value, bytes) and value:
        yield "text", ast.Constant(value + b"X")


def _compare(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for other in SWAPS.get(type(operator), ()):
            new = copy.deepcopy(node)
            new.ops[index] = other()  # type: ignore[call-overload]  # one comparison's class for another's
            yield "comparison", new


def _boolean(node: ast.BoolOp) -> Iterator[Change]:
    swapped = copy.deepcopy(node)
    swapped.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "and/or", swapped
    for index in range(len(node.values)):
        kept = [value for place, value in enumerate(node.values) if place != index]
        yield (
            "condition left out",
            copy.deepcopy(kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)),
        )


def _call(node: ast.Call) -> Iterator[Change]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in CALLS:
        new = copy.deepcopy(node)
        new.func = ast.Name(CALLS[name], ast.Load())
        yield "call", new
    if name in {"sorted", "max", "min"}:
        for argument in node.args:
            if not isinstance(argument, ast.Constant | ast.GeneratorExp | ast.Starred):
                yield "call left out", copy.deepcopy(argument)
    if name in ALTERABLE:
        for index in range(len(node.keywords)):
            new = copy.deepcopy(node)
            del new.keywords[index]
            yield "field forgotten", new


def _collection(node: ast.Set | ast.Tuple | ast.Dict) -> Iterator[Change]:
    size = len(node.keys) if isinstance(node, ast.Dict) else len(node.elts)
    if isinstance(node, ast.Tuple) and not any(isinstance(each, ast.Starred) for each in node.elts):
        return  # a record rather than a collection
    for index in range(size if size > 1 else 0):
        new = copy.deepcopy(node)
        if isinstance(new, ast.Dict):
            del new.keys[index], new.values[index]
        else:
            del new.elts[index]
        yield "element left out", new


def _member(node: ast.Attribute, names: Mapping[str, Any]) -> Iterator[Change]:
    """``Phase.IDLE`` -> the next phase."""
    parts: list[str] = []
    inner: ast.expr = node.value
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    if not isinstance(inner, ast.Name):
        return
    owner = names.get(inner.id)
    for part in reversed(parts):
        owner = getattr(owner, part, None)
    if isinstance(owner, type) and issubclass(owner, enum.Enum) and node.attr in owner.__members__:
        members = list(owner.__members__)
        other = members[(members.index(node.attr) + 1) % len(members)]
        yield "member", ast.Attribute(copy.deepcopy(node.value), other, ast.Load())


def _statement(node: ast.stmt, parent: ast.AST) -> Iterator[Change]:
    is_early = isinstance(node, ast.Return) and not isinstance(parent, ast.FunctionDef)
    if is_early or isinstance(node, ast.Expr | ast.AugAssign | ast.Continue | ast.Break | ast.Raise):
        yield "statement left out", ast.Pass()
    elif isinstance(node, ast.Assign):
        # Only where the name has a value already; else leaving it out is no more than a NameError.
        targets = {each.id for each in ast.walk(node.targets[0]) if isinstance(each, ast.Name)}
        used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
        if targets & used or not isinstance(node.targets[0], ast.Name):
            yield "statement left out", ast.Pass()
    elif isinstance(node, ast.If | ast.While) and not isinstance(node.test, ast.Compare | ast.BoolOp):
        new = copy.deepcopy(node)
        new.test = _negated(new.test)
        yield "condition turned", new


def _negated(node: ast.expr) -> ast.expr:
    return (
        node.operand
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        else ast.UnaryOp(ast.Not(), node)
    )


def _arithmetic(node: ast.BinOp) -> Iterator[Change]:
    for other in SWAPS.get(type(node.op), ()):
        new = copy.deepcopy(node)
        new.op = other()  # type: ignore[assignment]  # one operator's class for another's
        yield "arithmetic", new


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield "sign", copy.deepcopy(node.operand)


def _branch(node: ast.IfExp) -> Iterator[Change]:
    for arm in (node.body, node.orelse):
        yield "branch", copy.deepcopy(arm)


def _filter(node: ast.comprehension) -> Iterator[Change]:
    for index in range(len(node.ifs)):
        new = copy.deepcopy(node)
        del new.ifs[index]
        yield "filter left out", new


OPERATORS: Final[Mapping[type[ast.AST], Callable[[Any], Iterator[Change]]]] = {
    ast.Constant: _constant,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.BinOp: _arithmetic,
    ast.UnaryOp: _unary,
    ast.Call: _call,
    ast.Set: _collection,
    ast.Dict: _collection,
    ast.Tuple: _collection,
    ast.IfExp: _branch,
    ast.comprehension: _filter,
}
"""What can be done to an expression; a statement can be left out, a member of an enumeration be another."""


def _changes(place: _Place, names: Mapping[str, Any]) -> list[Change]:
    node = place.node
    if isinstance(node, ast.stmt):
        return list(_statement(node, place.parent))
    if isinstance(node, ast.Attribute):
        return list(_member(node, names))
    operator = OPERATORS.get(type(node))
    return list(operator(node)) if operator else []


# --- mutants of a module --------------------------------------------------------------------------------------------


def _changed_lines(before: list[str], after: list[str]) -> tuple[str, str]:
    """What differs, without the equal lines at both ends."""
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return "\n".join(before), "\n".join(after)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@cache
def parse(module: str) -> ast.Module:
    """The module's source, parsed once; a forked child changes its own copy."""
    return ast.parse(path_of(module).read_text(encoding="utf-8"))


def mutants_of(module: str) -> list[Mutant]:
    """All mutants of a module, in the order of its source."""
    names = vars(importlib.import_module(module))
    makers = _makers(parse(module))
    found: list[Mutant] = []
    for unit in units(parse(module)):
        text = ast.unparse(unit.node)
        digest = _digest(text)
        is_table = unit.name.startswith("=") or unit.name in makers
        seen = {text}
        numbers: Counter[tuple[str, str]] = Counter()
        for number, place in enumerate(_places(unit.node, unit.node)):
            for variant, (operator, new) in enumerate(_changes(place, names)):
                place.put(new)
                changed = ast.unparse(unit.node)
                place.put(place.node)
                if changed in seen:
                    continue
                seen.add(changed)
                before, after = _changed_lines(text.splitlines(), changed.splitlines())
                numbers[before, after] += 1
                found.append(
                    Mutant(
                        key=_digest(module, unit.name, before, after, str(numbers[before, after])),
                        module=module,
                        unit=unit.name,
                        line=getattr(place.node, "lineno", place.statement.lineno),
                        lines=_own_lines(place.statement),
                        operator=operator,
                        before=before,
                        after=after,
                        place=number,
                        variant=variant,
                        digest=digest,
                        is_table=is_table,
                    )
                )
    return found


# --- installing -----------------------------------------------------------------------------------------------------


def _mutated(mutant: Mutant, module: ModuleType) -> tuple[ast.Module, Unit]:
    """The module's tree with the change in it, and the changed unit."""
    tree = parse(mutant.module)
    unit = next(each for each in units(tree) if each.name == mutant.unit)
    place = next(each for number, each in enumerate(_places(unit.node, unit.node)) if number == mutant.place)
    place.put(_changes(place, vars(module))[mutant.variant][1])
    ast.fix_missing_locations(unit.node)
    return tree, unit


def _compile(statement: ast.stmt, module: str) -> CodeType:
    code: CodeType = compile(
        ast.Module([statement], []),
        str(path_of(module)),
        "exec",
        flags=annotations.compiler_flag,
        dont_inherit=True,
    )
    return code


def _code_named(code: CodeType, name: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found = constant if constant.co_qualname == name else _code_named(constant, name)
            if found is not None:
                return found
    return None


def _living(module: ModuleType, name: str) -> FunctionType:
    """The function object itself, below whatever decorates it."""
    found: Any = module
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
    if isinstance(found, property):
        found = found.fget
    found = getattr(found, "__func__", found)
    found = inspect.unwrap(found)
    if not isinstance(found, FunctionType):
        raise CannotMutateError(f"{module.__name__}.{name} is no plain function")
    return found


def _install_function(mutant: Mutant, unit: Unit, module: ModuleType) -> None:
    statement: ast.stmt = unit.node
    if unit.wrapper:
        statement = ast.fix_missing_locations(
            ast.ClassDef(unit.wrapper, bases=[], keywords=[], body=[unit.node], decorator_list=[])
        )
    code = _code_named(_compile(statement, mutant.module), mutant.unit)
    function = _living(module, mutant.unit)
    if code is None or code.co_freevars != function.__code__.co_freevars:
        raise CannotMutateError(f"{mutant.unit} closes over other names when it is changed")
    function.__code__ = code


def _target(node: ast.stmt) -> str:
    target = (
        node.targets[0]
        if isinstance(node, ast.Assign)
        else node.target
        if isinstance(node, ast.AnnAssign)
        else None
    )
    return target.id if isinstance(target, ast.Name) else ""


def _run(node: ast.stmt, module: ModuleType) -> None:
    """Run a module-level assignment again, and hand its new value to every module that holds the old one."""
    name = _target(node)
    old = vars(module)[name]
    exec(_compile(node, module.__name__), vars(module))  # a mutant is code that is made to be run
    new = vars(module)[name]
    for holder in list(sys.modules.values()):
        if vars(holder).get(name) is old:
            setattr(holder, name, new)


def _makers(tree: ast.Module) -> frozenset[str]:
    """The module's functions that are called while it is imported, to make a table."""
    called = {
        call.func.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = called & functions.keys()
    for _ in functions:  # what a maker calls makes too
        inner = {
            each.id for name in found for each in ast.walk(functions[name]) if isinstance(each, ast.Name)
        }
        found |= inner & functions.keys()
    return frozenset(found)


def _remake(tree: ast.Module, unit: Unit, module: ModuleType) -> None:
    """Run the changed table's statement, and every one after it that rests on what changed."""
    changed = {unit.name.removeprefix("=")}
    makers = _makers(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            if node.name in makers and used & changed:
                changed.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            used = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)}
            if node is unit.node or used & changed:
                _run(node, module)
                changed.add(_target(node))


def install(mutant: Mutant) -> None:
    """Change the running process; what a cache remembers of before is dropped. There is no way back: fork first.

    Raises:
        CannotMutateError: The change cannot be made in a living process.
    """
    module = importlib.import_module(mutant.module)
    tree, unit = _mutated(mutant, module)
    if not mutant.unit.startswith("="):
        _install_function(mutant, unit, module)
    if mutant.is_table:
        _remake(tree, unit, module)
    for name in MODULES:
        for value in list(vars(importlib.import_module(name)).values()):
            clear: Callable[[], None] | None = getattr(value, "cache_clear", None)
            if clear is not None and not isinstance(value, type):
                clear()
