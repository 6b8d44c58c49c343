"""A port that lets nothing out that pays, turns, prints or moves.

The machines refuse such work without the journal's authority; this is the second fence, for tools in a technician's hand.
"""

from __future__ import annotations

from collections.abc import Callable

from hardware.port import Port, WrappedPort
from hardware.wires.wire import Ear, physical_acts


class GuardedPort(WrappedPort):
    """Passes everything but bytes that carry a physical act; those are dropped whole, and told.

    Args:
        port: The line.
        ear: Understands what the host says on it; the guard's own.
        on_held: Told what was held back.
    """

    def __init__(self, port: Port, ear: Ear, on_held: Callable[[str], None]) -> None:
        super().__init__(port)
        self._ear = ear
        self._on_held = on_held

    def write(self, data: bytes) -> int:
        """Write, unless ``data`` would move something: then it is taken and goes nowhere."""
        acts = physical_acts(data, self._ear)
        if not acts:
            return super().write(data)
        for act in acts:
            self._on_held(act)
        return len(data)
