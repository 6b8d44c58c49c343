"""A spiral machine of 96 coils behind a K1 board: motors that stop at their home switch, and a light barrier with a memory
of 1.3 seconds.

The board gives no motor up: one that is jammed or misses its home switch stays under power until the host stops it. Its
barrier is asked for samples; one that latches keeps every interruption until it is read, and loses that with its power.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from hardware.simulators.spirals import FAULTS, HOME_FAULT, SpiralMachine, Stop, Turn
from hardware.vmc96.device import K1Device
from hardware.vmc96.messages import (
    MOTORS,
    SAMPLE_MS,
    SAMPLES,
    WINDOW_MS,
    Address,
    MotorStatus,
    motor_of,
    slot_of,
)

K1_COILS: Final = range(1, MOTORS + 1)
K1_FAULTS: Final = (*FAULTS, HOME_FAULT)

PIECE_MS: Final = 80
"""How long a falling piece interrupts the beam: two samples."""

RUN_MA: Final = 78
STALL_MA: Final = 420

ALL_SAMPLES: Final = (1 << SAMPLES) - 1


class K1BoardSim(SpiralMachine):
    """One simulated K1 board with coils 1 to 96; it is its own end of the wire.

    Args:
        name: The configured device name.
        slots: Items in each coil at the start; coils not named are empty.
        capacity: Most items in one coil, 1 to 255.
        columns: Motors in a row, 12 or 8.
        sensor_latches: Whether its barrier remembers until it is read.
        lift_ms: How long a lift with a motor of its own needs; the board knows nothing of it.

    Raises:
        UnknownActError: A coil outside 1..96, more items than ``capacity``, or a capacity out of its range.
    """

    gives_up_ms: Mapping[Stop, int] = {}

    def __init__(
        self,
        name: str,
        slots: Mapping[int, int],
        capacity: int,
        *,
        columns: int = 12,
        sensor_latches: bool = False,
        lift_ms: int = 0,
    ) -> None:
        super().__init__(name, slots, capacity, coils=K1_COILS, faults=K1_FAULTS, lift_ms=lift_ms)
        self._columns = columns
        self._latches = sensor_latches
        self._interrupted_ms: deque[int] = deque(maxlen=64)
        self.relays = {Address.RELAY_1: False, Address.RELAY_2: False}
        self._board = K1Device(self)

    @property
    def _device(self) -> K1Device:
        return self._board

    def _restart_board(self, now_ms: int) -> None:
        self._interrupted_ms.clear()
        self._board.restart(now_ms)

    def _lose_acks(self, *, loses: bool) -> None:
        self._board.loses_acks = loses

    # --- the mechanism behind the board ---------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """Motors in a row."""
        return self._columns

    def motors(self) -> frozenset[int]:
        """Slots that have a motor."""
        return frozenset() if self._has("no_motor") else frozenset(K1_COILS)

    def status(self) -> MotorStatus:
        """What turns now: nothing once the motor is home, whatever a lift still does."""
        turn = self._turn
        if turn is None or turn.lift_left_ms is not None:
            return MotorStatus(0, ())
        current_ma = STALL_MA if self._is_jammed(turn.slot) else RUN_MA
        return MotorStatus(current_ma, (motor_of(turn.slot, self._columns),))

    def run(self, motors: tuple[int, ...], now_ms: int) -> bool:
        """Start a motor; refused while one turns, for a place without a motor, and for a pair (not simulated)."""
        self._move(now_ms)
        slot = slot_of(motors[0], self._columns) if len(motors) == 1 else None
        if self._turn is not None or slot is None or slot not in self.motors():
            return False
        self._begin(slot, now_ms, watches_drop=True)
        return True

    def pulse(self, motor: int, for_ms: int, now_ms: int) -> bool:  # noqa: ARG002 - Mechanism's signature
        """Refused: a pulse moves a spiral by an unknown angle, and no driver of ours asks for one."""
        return False

    def stop_all(self, now_ms: int) -> None:
        """Take the power from the motor; a lift goes its way."""
        self._move(now_ms)
        if self._turn is not None and self._turn.lift_left_ms is None:
            self._end(Stop.RUNS_ON)

    def barrier(self, now_ms: int) -> int:
        """The samples of the last 1.28 s, or since the last reading where the barrier latches."""
        if self._has("sensor_blocked"):
            return ALL_SAMPLES
        samples = 0
        for began_ms in self._interrupted_ms:
            for at_ms in range(began_ms, min(began_ms + PIECE_MS, now_ms), SAMPLE_MS):
                age = (now_ms - 1 - at_ms) // SAMPLE_MS
                if age < SAMPLES:
                    samples |= 1 << (SAMPLES - 1 - age)
                elif self._latches:
                    samples |= 1
        if self._latches:
            self._interrupted_ms.clear()
        while self._interrupted_ms and now_ms - self._interrupted_ms[0] > WINDOW_MS + PIECE_MS:
            self._interrupted_ms.popleft()
        return samples

    def switch(self, relay: Address, *, is_on: bool) -> None:
        """Switch a relay."""
        self.relays[relay] = is_on

    def _stopped(self, turn: Turn, why: Stop) -> None:
        """The board says nothing; it is asked."""

    def _fell(self, at_ms: int, *, is_of_turn: bool) -> None:  # noqa: ARG002 - the barrier does not know of turns
        self._interrupted_ms.append(at_ms)
