"""Goods files that were read and wait for a yes: what was previewed is what is taken over, without a second upload."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from inventory.catalogue import Catalogue, Product, Slot

KEPT_MOST: Final = 2
"""Files that wait: the owner's, and one in another window. A file of 50,000 goods takes some 80 MB of memory."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A goods file without a mistake.

    Attributes:
        by: Whose it is; nobody else sees it.
        products: As the file has them.
        slots: The plan of places that came with it; None leaves the places as they are.
        digest: SHA-256 of the goods file.
        before: The goods that it is compared with.
    """

    by: str
    products: tuple[Product, ...]
    slots: tuple[Slot, ...] | None
    digest: str
    before: Catalogue


class Previews:
    """The files that wait, the newest; safe to use from several threads."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, Preview] = OrderedDict()

    def keep(self, token: str, preview: Preview) -> None:
        """Let a file wait under its token; the oldest makes room."""
        with self._lock:
            self._waiting[token] = preview
            self._waiting.move_to_end(token)
            while len(self._waiting) > KEPT_MOST:
                self._waiting.popitem(last=False)

    def find(self, token: str, by: str) -> Preview | None:
        """The file that waits under a token; None when it is another person's, was taken over, or made room."""
        with self._lock:
            found = self._waiting.get(token)
        return found if found is not None and found.by == by else None

    def drop(self, token: str) -> None:
        """It waits no longer."""
        with self._lock:
            self._waiting.pop(token, None)
