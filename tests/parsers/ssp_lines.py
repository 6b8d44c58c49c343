"""SSP lines under damage: notes and payouts while the line is spoilt, held against where the notes and coins really are."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from hardware.events import (
    AcceptorIdentified,
    CoinsPaid,
    DeviceEvent,
    HopperCounted,
    HopperIdentified,
    NoteEscrowed,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
    PayoutUnknown,
)
from hardware.sansio import AcceptorMemory
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim
from hardware.ssp.frames import Frame, decode, encode
from tests.hardware.ssp import conversation as ssp
from tests.parsers.damage import LINE_KINDS, Damage
from tests.parsers.lines import SHARES, Story


def of_another(data: bytes, chance: random.Random) -> bytes:
    """A whole frame becomes one to or from another address, with a good check; half ones stay."""
    frame = decode(data)
    if frame is None:
        return data
    return encode(Frame(chance.choice((1, 0x10, 0x50)), frame.sequence, frame.data))


def _damages(chance: random.Random) -> tuple[Damage, Damage]:
    kinds = chance.sample(LINE_KINDS, chance.randint(1, len(LINE_KINDS)))
    first, second = (Damage(chance, chance.choice(SHARES), kinds, of_another) for _ in range(2))
    return first, second


class NoteBook:
    """What a till books of a note unit, held against the notes inside each time."""

    def __init__(self, story: Story, sim: NoteValidatorSim, *, has_counts: bool) -> None:
        self._story = story
        self._sim = sim
        self._has_counts = has_counts
        self._known: set[tuple[int, int, int]] = set()
        self._told: Counter[int] = Counter()
        self._found = 0
        self._kept: int | None = None
        self._open = False
        self.memory: AcceptorMemory | None = None

    def _inside(self) -> Counter[int]:
        """Notes kept, or past the point of no return."""
        shown = self._sim.snapshot()
        inside: Counter[int] = Counter()
        for place in ("stacker", "collected", "recycler"):
            inside.update({int(one): qty for one, qty in cast("dict[str, int]", shown[place]).items()})
        for value, qty in self._sim._tray.items():
            inside[next(channel for channel, worth in ssp.NOTES.items() if worth == value)] += qty
        if shown["place"] == "credited":
            inside[cast("int", shown["note"])] += 1
        return inside

    def take(self, events: Sequence[DeviceEvent]) -> None:
        """Book ``events``; whatever is more than the unit holds is false."""
        for event in events:
            match event:
                case NoteEscrowed():
                    if self._open:
                        self._story.false.append(f"a second note in escrow: {event}")
                    self._open = True
                case NoteStacked():
                    self._stacked(event)
                case NoteReturned() | NoteUnknown():
                    self._open = False
                    self._story.marks[type(event).__name__] += 1
                case NoteUnvalued():
                    self._story.false.append(f"a note of no value was told: {event}")
                case AcceptorIdentified():
                    if event.kept_total is not None and self._kept is not None:
                        more = event.kept_total - self._kept
                        self._found += max(0, more)
                        self._story.marks["found"] += max(0, more)
                    self._kept = event.kept_total
                    self.memory = AcceptorMemory(
                        event.serial, event.device_epoch, event.event_no, kept_total=event.kept_total
                    )
                    self._story.marks["restart_seen"] += event.restarted
                case _:
                    pass

    def _stacked(self, event: NoteStacked) -> None:
        key = (event.serial, event.device_epoch, event.event_no)
        self._story.told += 1
        self._open = False
        if key in self._known:
            self._story.false.append(f"a note was told twice: {event}")
        self._known.add(key)
        self._kept = event.kept_total
        self.memory = AcceptorMemory(*key, kept_total=event.kept_total)
        self._told[event.position] += 1
        inside = self._inside()
        if self._told[event.position] > inside[event.position]:
            self._story.false.append(f"a note that is not inside: {event}, inside {dict(inside)}")

    def host_was_cut(self) -> None:
        """A till that starts anew compares counts; what was in escrow is settled by them."""
        self._open = False

    def finish(self) -> None:
        """With counts every note is found in the end; without them none may be told too much."""
        if self._open:
            self._story.false.append("a note in escrow was never told about again")
        inside = self._inside()
        if self._has_counts and self._told.total() + self._found != inside.total():
            self._story.false.append(
                f"in the end told {dict(self._told)} and found {self._found}, inside {dict(inside)}"
            )


def note_story(seed: str) -> Story:
    """Notes go in and out over a spoilt line: none is told that is not inside, none twice."""
    chance, story = random.Random(seed), Story()
    has_keys, has_counts = chance.random() < 0.6, chance.random() < 0.7
    sim = NoteValidatorSim("notes", ssp.SERIAL, ssp.NOTES, newest_protocol=chance.choice((6, 7, 8)))
    sim.set_fault("no_counts", not has_counts, ssp.START_MS)
    sim.set_fault("no_keys", not has_keys, ssp.START_MS)
    sim.set_fault("no_acknowledge", chance.random() < 0.3, ssp.START_MS)
    wire = ssp.Conversation([ssp.notes_unit()], [sim], decide=chance.choice(("stack", "stack", "return")))
    wire.open()
    wire.run(4_000)
    damages = _damages(chance)
    wire.to_host, wire.to_units = damages
    book = NoteBook(story, sim, has_counts=has_counts)
    book.take(wire.seen)
    for _ in range(8):
        match chance.randrange(12):
            case 0:
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                wire.restart_host([ssp.notes_unit(book.memory)])
                wire.open()
                book.host_was_cut()
                story.marks["host_restarted"] += 1
            case 2:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 3:
                sim.pull(wire.now_ms)
            case _:
                sim.insert(chance.choice(tuple(ssp.NOTES)), wire.now_ms, chance.randint(1, 2))
        _run_in_steps(wire, book, chance.choice((50, 800, 3000, 6000)))
    for damage in damages:
        damage.heal()
    sim.set_power(True, wire.now_ms)
    _run_in_steps(wire, book, 60_000)
    wire.restart_host([ssp.notes_unit(book.memory)])
    book.take(wire.run(10_000))
    book.finish()
    story.close(damages)
    return story


def _run_in_steps(wire: ssp.Conversation, book: NoteBook, for_ms: int) -> None:
    """So that what is told is held against where the notes are at about that moment."""
    while for_ms > 0:
        step_ms = min(250, for_ms)
        book.take(wire.run(step_ms))
        for_ms -= step_ms


def payout_story(seed: str) -> Story:
    """Payouts over a spoilt line: what was told as paid lies in the tray, and each job ends once."""
    chance, story = random.Random(seed), Story()
    is_coins = chance.random() < 0.5
    sim: SmartHopperSim | NoteValidatorSim
    if is_coins:
        sim, unit, tubes = (
            SmartHopperSim("coins", 7, ssp.COINS),
            ssp.coins_unit(),
            {"coins-10": 10, "coins-50": 50},
        )
    else:
        sim = NoteValidatorSim("notes", 7, ssp.NOTES, recycled=(1, 2))
        unit, tubes = ssp.recycler_unit(), {"notes-5": 500, "notes-10": 1000}
    for value in tubes.values():
        sim.fill(value, 40)
    sim.set_fault("no_acknowledge", chance.random() < 0.3, ssp.START_MS)
    sim.set_fault("no_pay_by_pieces", chance.random() < 0.1, ssp.START_MS)
    wire = ssp.Conversation([unit], [sim])
    wire.run(6000)
    damages = _damages(chance)
    wire.to_host, wire.to_units = damages
    asked: dict[str, tuple[str, int]] = {}
    for number in range(6):
        job, tube = f"job{number}", chance.choice(tuple(tubes))
        asked[job] = (tube, chance.randint(1, 6))
        wire.pay(*asked[job], job)
        wire.run(chance.choice((50, 600, 1500, 4000)))
        match chance.randrange(7):
            case 0:
                sim.set_power(False, wire.now_ms)
                wire.run(chance.choice((1, 50, 8000)))
                sim.set_power(True, wire.now_ms)
            case 1:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 2:
                sim.set_fault("jam", not sim.faults["jam"], wire.now_ms)
            case _:
                pass
        wire.run(chance.choice((2000, 12_000, 30_000)))
    for damage in damages:
        damage.heal()
    wire.run(180_000)
    story.close(damages)
    for tube, value in tubes.items():
        _check_payouts(
            story,
            wire.seen,
            {job: qty for job, (name, qty) in asked.items() if name == tube},
            tube,
            sim.counts(value),
        )
    return story


def _check_payouts(
    story: Story, seen: Sequence[DeviceEvent], asked: dict[str, int], tube: str, counts: object
) -> None:
    where = cast("dict[str, int]", counts)
    ends = [event for event in seen if isinstance(event, CoinsPaid | PayoutUnknown) and event.device == tube]
    paid = [event for event in ends if isinstance(event, CoinsPaid)]
    story.told += len(ends)
    story.marks["payout_unknown"] += len(ends) - len(paid)
    if Counter(event.job for event in ends) != Counter(list(asked)):
        story.false.append(f"{tube}: jobs {list(asked)} ended as {[event.job for event in ends]}")
    said_qty, tray = sum(event.paid_qty for event in paid), where["tray"]
    if said_qty > tray or (len(paid) == len(ends) and said_qty < tray):
        story.false.append(f"{tube}: {said_qty} were told as paid, {tray} lie in the tray: {ends}")
    levels = [
        event.level
        for event in seen
        if isinstance(event, CoinsPaid | HopperIdentified | HopperCounted)
        and event.device == tube
        and event.level is not None
    ]
    if not levels or levels[-1] != where["level"]:
        story.false.append(f"{tube}: the last level told is {levels[-1:]}, the unit has {where['level']}")


STORIES: Final[Mapping[str, Callable[[str], Story]]] = {
    "ssp note line": note_story,
    "ssp payout line": payout_story,
}
"""Lines whose host tells money."""
