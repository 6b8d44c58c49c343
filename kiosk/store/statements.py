"""Fixed SQL made ready once: named parameters become positions, which both databases bind in about half the time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Final

from kiosk.store.projections import Write

NAMED: Final = re.compile(r":([a-z_]+)")
"""A named parameter of a statement in `kiosk.store.projections.SQL`."""

_Values = Mapping[str, object]
_Prepared = tuple[str, Callable[[_Values], tuple[object, ...]]]
"""A statement with positional marks, and what picks its values in their order."""


class Statements:
    """A set of named statements for one kind of database."""

    def __init__(self, sql: Mapping[str, str], *, is_sqlite: bool) -> None:
        """Prepare every statement of ``sql``."""
        mark = "?" if is_sqlite else "%s"
        self._prepared = {name: _prepare(statement, mark) for name, statement in sql.items()}

    def run(self, execute: Callable[[str, tuple[object, ...]], object], writes: Iterable[Write]) -> None:
        """Run ``writes`` in order through the driver cursor's ``execute``; its errors are the caller's."""
        for name, values in writes:
            statement, pick = self._prepared[name]
            execute(statement, pick(values))


def _prepare(statement: str, mark: str) -> _Prepared:
    names = NAMED.findall(statement)
    if len(names) == 1:  # itemgetter of one name gives a bare value
        return NAMED.sub(mark, statement), lambda values: (values[names[0]],)
    return NAMED.sub(mark, statement), itemgetter(*names)
