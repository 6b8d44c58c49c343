"""What the world could know at each moment of a trace, as the journal entry that must then be safe.

Read from bytes alone: the commands on the hoppers' and the coil board's wires, receipts on the printer's, and the screens in the
live stream. Each is laid beside the run's final journal; where several entries would do, the earliest counts, so that no store
is blamed for what nobody can have seen.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hardware.cctalk.frames import ENVELOPE, decode
from hardware.cctalk.messages import Header
from hardware.fafb.messages import Code
from hardware.simulators.market import COIL_BOARD, HOPPER_WIRE, HOPPERS, PRINTER
from kiosk.core import facts as f
from kiosk.core.facts import Recorded
from kiosk.core.fold import evolve
from kiosk.core.state import Phase, State
from tests.crash.recorder import Kind, Record, Trace

SCREEN_EVENT: Final = b"event: screen\ndata: "
EVENT_END: Final = b"\n\n"
CUT: Final = b"\x1dV"
"""ESC/POS: the paper is cut, so a whole receipt is out."""

FAFB_HEAD: Final = 5
"""Two start bytes, code, length, and the check byte at the end."""


class StrangeBytesError(Exception):
    """The kiosk sent bytes that are no frame of the wire's protocol."""


@dataclass(frozen=True, slots=True)
class Visible:
    """From ``number`` on, the world may know ``what``; entry ``seq`` must be safe."""

    number: int
    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything that could be seen.

    Attributes:
        moments: In order, each demanding more than the one before.
        screens: Screens seen.
        payouts: Payout commands seen.
        turns: Commands to turn a coil seen.
        receipts: Receipts that left the printer.
        unexplained: Screens that no state of the journal shows.
    """

    moments: tuple[Visible, ...]
    screens: int
    payouts: int
    turns: int
    receipts: int
    unexplained: tuple[str, ...]

    def required(self, number: int) -> int:
        """The entry that must be safe when everything up to ``number`` was seen; 0: none."""
        at = bisect_left(self.moments, number + 1, key=lambda moment: moment.number)
        return self.moments[at - 1].seq if at else 0

    def what(self, number: int) -> str:
        """Why, in words."""
        at = bisect_left(self.moments, number + 1, key=lambda moment: moment.number)
        return self.moments[at - 1].what if at else "nothing yet"


def _cctalk_commands(chunks: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, int, int]]:
    """Frames of the host as (number of the record that completed it, address, header)."""
    held = b""
    for number, data in chunks:
        held += data
        while len(held) >= ENVELOPE and len(held) >= ENVELOPE + held[1]:
            size = ENVELOPE + held[1]
            frame = decode(held[:size])
            if frame is None:
                raise StrangeBytesError(held[:size].hex())
            held = held[size:]
            yield number, frame.destination, frame.header


def _drives(chunks: Iterable[tuple[int, bytes]]) -> Iterator[int]:
    """Numbers of the records that told the coil board to turn a coil; a repeated packet number is the same command."""
    held, last = b"", -1
    for number, data in chunks:
        held += data
        while len(held) >= FAFB_HEAD and len(held) >= FAFB_HEAD + held[3]:
            size = FAFB_HEAD + held[3]
            frame, held = held[:size], held[size:]
            if frame[:2] != b"\xfa\xfb":
                raise StrangeBytesError(frame.hex())
            if frame[2] == Code.DRIVE and frame[4] != last:
                last = frame[4]
                yield number


def _cuts(chunks: Iterable[tuple[int, bytes]]) -> Iterator[int]:
    """Numbers of the records in which a receipt was cut off."""
    for number, data in chunks:
        for _ in range(data.count(CUT)):
            yield number


def _screens(records: Iterable[Record]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Screens as they were sent, with the record that completed each."""
    held: dict[int, bytes] = {}
    for record in records:
        if record.kind is Kind.CLOSED and not record.name:
            held.pop(record.offset, None)
        if record.kind is not Kind.SENT:
            continue
        data = held.get(record.offset, b"") + record.data
        while (start := data.find(SCREEN_EVENT)) >= 0 and (end := data.find(EVENT_END, start)) >= 0:
            yield record.number, json.loads(data[start + len(SCREEN_EVENT) : end])
            data = data[end + len(EVENT_END) :]
        # What holds no beginning of an event holds nothing for us, but for a beginning that is not whole yet.
        held[record.offset] = data[start:] if start >= 0 else data[-len(SCREEN_EVENT) :]


def _demands(numbers: Sequence[int], seqs: Sequence[int], what: str) -> Iterator[Visible]:
    """The n-th command belongs to the n-th intent; repeated ones shift that, always in the store's favour."""
    extra = max(0, len(numbers) - len(seqs))
    for place, number in enumerate(numbers):
        if place >= extra:
            yield Visible(number, seqs[place - extra], what)


Shown = tuple[int, int, int, int]


def _shown_by(state: State) -> Shown:
    visit = state.visit
    if visit is None:
        return (state.screen, 0, 0, 0)
    return (state.screen, visit.held_minor, len(visit.lines), visit.paid_minor)


def see(trace: Trace, journal: Sequence[Recorded], before_seq: int) -> Sight:
    """Everything that the world could know, moment by moment.

    Args:
        trace: What the process did.
        journal: The run's final journal, from its first entry.
        before_seq: Its head when the process started.

    Raises:
        StrangeBytesError: Bytes on a wire that its protocol does not know.
    """
    ports = {name: path for path, name in trace.lines.items()}

    def wire(name: str) -> Iterator[tuple[int, bytes]]:
        path = ports.get(name)
        return (
            (record.number, record.data)
            for record in trace.records
            if record.kind is Kind.SERIAL and record.name == path
        )

    def intents(is_it: Callable[[f.Fact], bool]) -> list[int]:
        return [each.seq for each in journal if each.seq > before_seq and is_it(each.fact)]

    moments: list[Visible] = []
    commands = list(_cctalk_commands(wire(HOPPER_WIRE)))
    payouts = 0
    for name, (address, _value) in HOPPERS.items():
        sent = [number for number, to, header in commands if (to, header) == (address, Header.DISPENSE)]
        payouts += len(sent)
        seqs = intents(lambda fact, name=name: isinstance(fact, f.PayoutStarted) and fact.device == name)  # type: ignore[misc]
        moments += _demands(sent, seqs, f"{name} was told to pay")
    turns = list(_drives(wire(COIL_BOARD)))
    moments += _demands(
        turns, intents(lambda fact: isinstance(fact, f.VendStarted)), "a coil was told to turn"
    )
    receipts = list(_cuts(wire(PRINTER)))
    prints = intents(lambda fact: isinstance(fact, f.PrintStarted))
    moments += _demands(receipts, prints, "a receipt was printed")
    screens, unexplained = _match_screens(trace.records, journal, before_seq, moments)
    return Sight(
        moments=_rising(moments),
        screens=screens,
        payouts=payouts,
        turns=len(turns),
        receipts=len(receipts),
        unexplained=unexplained,
    )


def _match_screens(
    records: Iterable[Record], journal: Sequence[Recorded], before_seq: int, moments: list[Visible]
) -> tuple[int, tuple[str, ...]]:
    """Find for each screen the earliest state that shows it; screens only move forward."""
    state = State(epoch=1)
    states: list[State] = []
    for recorded in journal:
        state = evolve(state, recorded)
        states.append(state)
    shown = [_shown_by(each) for each in states]
    place, qty = max(0, before_seq - 1), 0
    unexplained: list[str] = []
    for number, frame in _screens(records):
        qty += 1
        wanted = (frame["version"], frame["held"], frame["lines"], frame["paid"])
        is_thanks = frame["view"] == "thanks"
        found = next(
            (
                at
                for at in range(place, len(states))
                if shown[at] == wanted and (not is_thanks or _is_thanking(states[at]))
            ),
            None,
        )
        if found is None:
            unexplained.append(f"the screen showed {frame['view']} {wanted}, which the journal never says")
            continue
        place = found
        moments.append(Visible(number, journal[place].seq, f"the screen showed {frame['view']} {wanted}"))
    return qty, tuple(unexplained)


def _is_thanking(state: State) -> bool:
    return state.phase is Phase.IDLE and state.last is not None


def _rising(moments: Iterable[Visible]) -> tuple[Visible, ...]:
    """Only moments that demand more than all before them."""
    most, rising = 0, list[Visible]()
    for moment in sorted(moments, key=lambda each: (each.number, each.seq)):
        if moment.seq > most:
            most = moment.seq
            rising.append(moment)
    return tuple(rising)
