"""FA FB for technicians: the board is master, so it is found by listening, and asked about slots only.

Source: "VMC - Upper Computer Communication Protocol", sections 2 and 4.
"""

from __future__ import annotations

from typing import Final

from hardware.events import DeviceKind
from hardware.fafb.frames import GAP_MS, MAX_DATA, START, Frame, FrameReader, encode
from hardware.fafb.host import EVIDENCE
from hardware.fafb.messages import (
    ACK,
    POLL_MS,
    SlotState,
    check_slot,
    describe,
    next_number,
    read_slot_answer,
)
from hardware.fafb.support import BY_CODE
from hardware.wires.asking import Ask, Asks, Finding, Script
from hardware.wires.wire import NO_MESSAGE, WireKind

LISTEN_MS: Final = 4 * POLL_MS
"""A board polls every 200 ms; four polls leave room for one that was lost."""

SLOTS: Final = range(1, 61)
"""Slots that a self-test asks about: more than the coils of the usual spiral machine."""

ABSENT_IN_A_ROW: Final = 10
"""After so many slots without a motor no more are asked: it is the end of the machine."""

TRIES: Final = 3


class FaFbEar:
    """Reads the wire frame by frame; frames are their own explanation."""

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """Half of the time in which an answer is due."""
        return GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions look alike
        """A frame begins with FA FB and says its length; what comes before is none of it."""
        start = data.find(START)
        if start < 0:
            is_begun = data.endswith(START[:1])
            return -(len(data) - is_begun) if len(data) > is_begun else 0
        if start:
            return -start
        if len(data) < 4:
            return 0
        if data[3] > MAX_DATA:
            return -len(START)
        size = 5 + data[3]
        if len(data) < size:
            return 0
        return size if _frame(data[:size]) is not None else -len(START)

    def words(self, message: bytes, *, is_from_host: bool) -> str:  # noqa: ARG002 - see size
        """What the frame says."""
        frame = _frame(message)
        return describe(frame) if frame is not None else NO_MESSAGE

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """Half a frame."""
        return f"{'host' if is_from_host else 'board'} broke off, {len(data)} bytes: half a frame, or {NO_MESSAGE}"

    def physical(self, message: bytes) -> str:
        """Whether the frame's code is one that moves something."""
        frame = _frame(message)
        command = BY_CODE.get(frame.code) if frame is not None else None
        return "" if command is None else command.moves


def _frame(data: bytes) -> Frame | None:
    return next(iter(_frames(data)), None)


def _frames(heard: bytes) -> tuple[Frame, ...]:
    return FrameReader().feed(heard, 0)


def probe() -> Script:
    """Listen for a board that polls; nothing is sent."""
    heard = yield Ask(b"", LISTEN_MS, lambda so_far: len(_frames(so_far)) > 1)
    frames = _frames(heard)
    if not frames:
        return ()
    says = (("says", describe(frames[-1])),)
    return (Finding(DeviceKind.COIL_BOARD, None, says),)


def self_test(address: int | None) -> Script:
    """Ask the state of the slots, one by one, each when the board gives us the word."""
    found = yield from probe()
    if not found:
        return ()
    states: dict[str, list[int]] = {}
    number = absent = 0
    for slot in SLOTS:
        number = next_number(number)
        state = yield from _slot_state(slot, number)
        word = "silent" if state is None else _word(state)
        states.setdefault(word, []).append(slot)
        absent = absent + 1 if state in {SlotState.ABSENT, None} else 0
        if absent >= ABSENT_IN_A_ROW:
            break
    says = found[0].says + tuple((f"slots {word}", _ranges(slots)) for word, slots in states.items())
    advice: list[str] = []
    if "silent" in states:
        advice.append("it polls but does not answer questions: is another host on the same line?")
    if "empty" in states:
        advice.append("fill the empty slots, or take them out of the planogram")
    if set(states) <= {"silent", "absent"}:
        advice.append("it finds no motor at all: look at the cable between the board and the trays")
    return (Finding(DeviceKind.COIL_BOARD, address, says, tuple(advice)),)


def _slot_state(slot: int, number: int) -> Asks[int | None]:
    """The state of one slot; None when the board says nothing about it."""
    question = encode(check_slot(number, slot))
    for _ in range(TRIES):
        yield Ask(b"", 2 * POLL_MS, lambda so_far: bool(_frames(so_far)))
        heard = yield Ask(question, 2 * POLL_MS, lambda so_far: _state_in(so_far, slot) is not None)
        state = _state_in(heard, slot)
        if state is not None:
            # It repeats what nobody acknowledges.
            yield Ask(encode(ACK), 1)
            return state
    return None


def _state_in(heard: bytes, slot: int) -> int | None:
    answers = (read_slot_answer(frame) for frame in _frames(heard))
    return next((answer.state for answer in answers if answer is not None and answer.slot == slot), None)


def _word(state: int) -> str:
    known = {member.value: member.name.lower() for member in SlotState}
    return known.get(state, f"not ready (state {state})")


def _ranges(slots: list[int]) -> str:
    """Numbers with runs told by their ends: 1-8, 11."""
    runs: list[list[int]] = []
    for slot in slots:
        if runs and slot == runs[-1][-1] + 1:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


FAFB: Final = WireKind(
    name="fafb",
    says="a coil board that polls its host (FA FB)",
    bauds=(57_600, 9600),
    ear=FaFbEar,
    probe=probe,
    self_test=self_test,
    kinds={None: DeviceKind.COIL_BOARD},
    cards={DeviceKind.COIL_BOARD: EVIDENCE},
)
