"""Old facts read as new ones: each changed fact has one step from its old version to the next.

A step takes the stored fields and returns the next version's; stored bytes are never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kiosk.core.facts import VERSIONS

Fields = Mapping[str, Any]
"""A fact's stored fields, as JSON gave them."""

STEPS: Final[Mapping[tuple[str, int], Callable[[Fields], Fields]]] = {}
"""(kind, old version) -> the step to the next version. Empty while every fact is still at its first version."""


def upcast(kind: str, version: int, fields: Fields) -> tuple[str, Fields]:
    """The kind and fields of a stored fact in today's shape.

    Raises:
        KeyError: No such kind, or no step from that version.
    """
    for old in range(version, VERSIONS[kind]):
        fields = STEPS[kind, old](fields)
    return kind, fields
