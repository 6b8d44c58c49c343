"""Fixed SQL with lists of values, as long as there are kiosks: one statement seeks for all of them, and none is done for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, text

ListRow = tuple[str, ...]
"""One row of a list."""


def execute_lists(
    connection: Connection, statement: str, lists: Mapping[str, Sequence[ListRow]], **values: str
) -> CursorResult[Any]:
    """Run ``statement``, in which each name of ``lists`` stands for the rows after VALUES.

    Args:
        connection: Where.
        statement: Its lists are common table expressions, which both databases know.
        lists: A name that stands nowhere else in the statement -> its rows, one at the least, all of one length.
        values: The statement's other parameters, by name.
    """
    parameters = dict(values)
    for mark, rows in lists.items():
        marks: list[str] = []
        for row in rows:
            names = [f"p{len(parameters) + index}" for index in range(len(row))]
            parameters.update(zip(names, row, strict=True))
            marks.append(f"({', '.join(f':{name}' for name in names)})")
        statement = statement.replace(mark, ", ".join(marks))
    return connection.execute(text(statement), parameters)
