"""What the tests of the simulation share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import count
from typing import Final

import pytest

WORLDS_AT_ONCE: Final = 20
"""Worlds that are over and not yet collected: some 80 MB. Looking through ten thousand tests for garbage takes half a second."""

_over = count(1)


@pytest.fixture(autouse=True)
def _no_dead_worlds() -> Iterator[None]:
    """A world that is over holds itself and its disk: few objects with many bytes, of which the collector thinks too late."""
    yield
    if next(_over) % WORLDS_AT_ONCE == 0:
        gc.collect()
