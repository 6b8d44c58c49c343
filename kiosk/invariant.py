"""A broken promise stops selling: `ensure` is never stripped, whatever flags Python runs under."""

from __future__ import annotations


class InvariantBroken(Exception):  # noqa: N818 - the name the house uses: it is a state of the books, not of a call
    """Something that must always hold does not; the till halts and keeps the evidence."""


def ensure(condition: object, promise: str) -> None:
    """Raise `InvariantBroken` with the ``promise`` in words unless ``condition`` is true."""
    if not condition:
        raise InvariantBroken(promise)
