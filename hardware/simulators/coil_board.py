"""A spiral machine of forty coils behind an FA FB board with a drop sensor; see `spirals` for what falls and hangs.

The board remembers nothing across a power cut, and its drop sensor is not latched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.fafb.device import CoilBoardDevice
from hardware.fafb.messages import Drive, SlotReport, SlotState, Status
from hardware.simulators.spirals import (
    DAMAGE_EVERY,
    FALL_MS,
    FAULTS,
    HOME_MS,
    JAM_MS,
    LINE_FAULTS,
    SENSOR_FAULTS,
    SPIRAL_FAULTS,
    STUCK_MS,
    SpiralMachine,
    Stop,
    Turn,
)

__all__ = [
    "COILS",
    "DAMAGE_EVERY",
    "FALL_MS",
    "FAULTS",
    "HOME_MS",
    "JAM_MS",
    "LIFT_FROM",
    "LINE_FAULTS",
    "SENSOR_FAULTS",
    "SPIRAL_FAULTS",
    "STUCK_MS",
    "CoilBoardSim",
]

COILS: Final = range(1, 41)
"""The board's slot numbers: five trays of eight."""

LIFT_FROM: Final = 0x10
"""The step that the board tells when its lift sets out."""


class CoilBoardSim(SpiralMachine):
    """One simulated FA FB board with coils 1 to 40; it is its own end of the wire.

    Args:
        name: The configured device name.
        slots: Items in each coil at the start; coils not named are empty.
        capacity: Most items in one coil, 1 to 255 (the wire has one byte for it).
        lift_ms: How long its lift needs; 0 for a machine without one.

    Raises:
        UnknownActError: A coil outside 1..40, more items than ``capacity``, or a capacity out of its range.
    """

    def __init__(self, name: str, slots: Mapping[int, int], capacity: int, *, lift_ms: int = 0) -> None:
        super().__init__(name, slots, capacity, coils=COILS, lift_ms=lift_ms)
        self._board = CoilBoardDevice(self)
        self._watched_slot: int | None = None

    @property
    def _device(self) -> CoilBoardDevice:
        return self._board

    def _restart_board(self, now_ms: int) -> None:
        self._watched_slot = None
        self._board.restart(now_ms)

    def _lose_acks(self, *, loses: bool) -> None:
        self._board.loses_acks = loses

    # --- the mechanism behind the board ---------------------------------------------------------------------

    def slot_state(self, slot: int) -> int:
        """What the board answers to a slot check: it pauses every slot while its drop sensor is blocked.

        The board does not see what is in a coil, so it never answers "empty".
        """
        if slot not in COILS or self._has("no_motor"):
            return SlotState.ABSENT
        return SlotState.PAUSED if self._has("sensor_blocked") else SlotState.READY

    def book(self) -> tuple[SlotReport, ...]:
        """The board's own book as it left the factory: every coil full. Nobody here keeps it up to date."""
        return tuple(SlotReport(1, slot, self._capacity, self._capacity, is_paused=False) for slot in COILS)

    def turn(self, order: Drive, now_ms: int) -> None:
        """Start a motor. One at a time: an order while another turns is dropped, as its ACK says nothing of
        it.
        """
        self._move(now_ms)
        if self._turn is not None:
            return
        if order.slot not in COILS or self._has("no_motor"):
            self._board.report(Status.NO_MOTOR, order.slot)
            return
        if bool(self._lift_ms) != order.uses_elevator:
            self._board.report(Status.ELEVATOR, order.slot)
            return
        if order.watches_drop:
            self._watched_slot = order.slot
            if self._has("sensor_blocked"):
                self._board.report(Status.ENDED, order.slot)
                return
        self._begin(order.slot, now_ms, watches_drop=order.watches_drop)
        self._board.report(Status.DISPENSING, order.slot)

    def _home(self, turn: Turn) -> None:
        super()._home(turn)
        if turn.lift_left_ms is not None:
            self._board.report(LIFT_FROM, turn.slot)

    def _stopped(self, turn: Turn, why: Stop) -> None:
        is_success = turn.saw_drop or not turn.watches_drop
        status = {
            Stop.HOME: Status.SUCCESS if is_success else Status.ENDED,
            Stop.JAMMED: Status.JAMMED,
            Stop.RUNS_ON: Status.MOTOR_RUNS,
            Stop.LIFT_STUCK: Status.ELEVATOR,
        }[why]
        self._board.report(status, turn.slot)

    def _fell(self, at_ms: int, *, is_of_turn: bool) -> None:  # noqa: ARG002 - the board tells no times
        # The wire has no word for goods that fall by themselves: the board repeats its last slot's success.
        if not is_of_turn and self._watched_slot is not None:
            self._board.report(Status.SUCCESS, self._watched_slot)
