"""What the tests of the simulation share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_dead_worlds() -> Iterator[None]:
    """A world that is over holds itself and its disk: few objects with many bytes, of which the collector thinks too late."""
    yield
    gc.collect()
