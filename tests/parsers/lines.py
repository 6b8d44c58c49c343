"""Whole lines under damage: the real host machine talks with a simulated device, and what it tells is held against the
device's own truth.

A line is driven in virtual time by the same conversations as the protocols' tests. Everything comes from one seed. What is
found wrong is returned as words, so that a long run can count it and go on.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from hardware.cctalk.frames import HOST, Check, decode, encode
from hardware.cctalk.frames import Frame as CcTalkFrame
from hardware.cctalk.host import CcTalkBus
from hardware.events import (
    AcceptorIdentified,
    CoinAccepted,
    CoinsPaid,
    CoinUnvalued,
    DeviceEvent,
    NoteEscrowed,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
    PayoutUnknown,
    VendDelivered,
    VendFailed,
    VendUnknown,
)
from hardware.fafb.host import FINAL_MS
from hardware.sansio import AcceptorMemory
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.k1_board import K1BoardSim
from hardware.simulators.spirals import SpiralMachine
from hardware.vmc96.host import FINAL_MS as K1_FINAL_MS
from tests.hardware.cctalk import conversation as cctalk
from tests.hardware.fafb import conversation as fafb
from tests.hardware.vmc96 import conversation as k1
from tests.parsers.damage import LINE_KINDS, Damage, Kind

SHARES: Final = (2, 10, 30, 60, 100)
"""Spoilt transmissions of a hundred; each line draws one for each direction."""


class Story:
    """What one seed found.

    Attributes:
        frames: Transmissions in both directions.
        damaged: Of them, spoilt.
        told: Events of money or goods that the host told.
        false: What the host told and the device did not do, in words.
        marks: Rare states that this story reached.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.damaged = 0
        self.told = 0
        self.false: list[str] = []
        self.marks: Counter[str] = Counter()

    def close(self, damages: Sequence[Damage]) -> None:
        """Count what passed."""
        self.frames = sum(each.passed for each in damages)
        self.damaged = sum(each.damaged for each in damages)
        for each in damages:
            self.marks.update({f"damage.{kind}": qty for kind, qty in each.counts.items()})


def of_another(check: Check) -> Callable[[bytes, random.Random], bytes]:
    """A whole ccTalk frame becomes one to or from another address, with a good check; half ones stay."""

    def readdress(data: bytes, chance: random.Random) -> bytes:
        frame = decode(data, check)
        if frame is None:
            return data
        other = chance.choice((0, 2, 3, 4, 17, 255))
        if frame.destination == HOST and check is Check.SUM:
            return encode(CcTalkFrame(HOST, other, frame.header, frame.data), check)
        return encode(CcTalkFrame(other, frame.source, frame.header, frame.data), check)

    return readdress


def swarm(chance: random.Random) -> Sequence[Kind]:
    """Some of the kinds, so that a story may be about one of them alone."""
    return chance.sample(LINE_KINDS, chance.randint(1, len(LINE_KINDS)))


def _damages(chance: random.Random, check: Check) -> tuple[Damage, Damage]:
    kinds = swarm(chance)
    first, second = (Damage(chance, chance.choice(SHARES), kinds, of_another(check)) for _ in range(2))
    return first, second


def acceptor_story(seed: str) -> Story:
    """Coins fall while the line is spoilt: no coin is told that did not reach the cash box, none twice."""
    chance, story = random.Random(seed), Story()
    check = chance.choice((Check.SUM, Check.SUM, Check.CRC))
    sim = CoinAcceptorSim("coin", 2, cctalk.SERIAL, cctalk.COINS, check=check)
    has_counts = chance.random() < 0.6
    sim.set_fault("no_counts", not has_counts, cctalk.START_MS)
    sim.set_fault("no_echo", chance.random() < 0.3, cctalk.START_MS)
    sim.set_fault("burst", chance.random() < 0.3, cctalk.START_MS)
    wire = cctalk.Conversation([cctalk.acceptor_config()], [sim], check=check)
    wire.open()
    wire.run(1500)
    damages = _damages(chance, check)
    wire.to_host, wire.to_slaves = damages
    book = _CoinBook(story, sim)
    book.take(wire.seen)
    for _ in range(12):
        match chance.randrange(12):
            case 0:
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                wire.host = CcTalkBus([cctalk.acceptor_config(book.memory)], check)
                wire.open()
                story.marks["host_restarted"] += 1
            case _:
                sim.drop(chance.choice(tuple(cctalk.COINS)), chance.randint(1, 8), wire.now_ms)
        book.take(wire.run(chance.choice((5, 80, 400, 2500))))
    for damage in damages:
        damage.heal()
    sim.set_power(True, wire.now_ms)
    book.take(wire.run(15_000))
    wire.host = CcTalkBus([cctalk.acceptor_config(book.memory)], check)
    book.take(wire.run(4_000))
    book.finish(has_counts=has_counts)
    story.close(damages)
    return story


class _CoinBook:
    """What a till books of an acceptor, held against the acceptor's cash box each time."""

    def __init__(self, story: Story, sim: CoinAcceptorSim) -> None:
        self._story = story
        self._sim = sim
        self._known: set[tuple[int, int, int]] = set()
        self._told: Counter[int] = Counter()
        self._booked: Counter[int] = Counter()
        self.memory: AcceptorMemory | None = None

    @property
    def _box(self) -> Counter[int]:
        box = cast("Mapping[str, int]", self._sim.snapshot()["cash_box"])
        return Counter({int(position): qty for position, qty in box.items()})

    def take(self, events: Sequence[DeviceEvent]) -> None:
        """Book ``events``; whatever is more than the box holds is false."""
        box = self._box
        for event in events:
            if isinstance(event, CoinAccepted):
                self._take_coin(event, box)
            elif isinstance(event, CoinUnvalued):
                self._story.false.append(f"a coin of no value was told: {event}")
            elif isinstance(event, AcceptorIdentified):
                self.memory = AcceptorMemory(event.serial, event.device_epoch, event.event_no)
                self._story.marks["restart_seen"] += event.restarted
                for count in event.accept_counts or ():
                    if count.total > box[count.position]:
                        self._story.false.append(f"a count above the box: {count}, box {dict(box)}")
                    self._booked[count.position] = max(count.total, self._booked[count.position])

    def _take_coin(self, event: CoinAccepted, box: Counter[int]) -> None:
        key = (event.serial, event.device_epoch, event.event_no)
        self._story.told += 1
        if key in self._known:
            self._story.false.append(f"a coin was told twice: {event}")
        self._known.add(key)
        self.memory = AcceptorMemory(*key)
        self._told[event.position] += 1
        self._booked[event.position] += 1
        if self._told[event.position] > box[event.position]:
            self._story.false.append(f"a coin that is not in the box: {event}, box {dict(box)}")

    def finish(self, *, has_counts: bool) -> None:
        """With counts every coin is found in the end; without them none may be told too much."""
        box = self._box
        if has_counts and +self._booked != +box:
            self._story.false.append(f"in the end booked {dict(self._booked)}, box {dict(box)}")
        self._story.marks["coins_lost_without_counts"] += (box - self._told).total() if not has_counts else 0


def hopper_story(seed: str) -> Story:
    """Payouts over a spoilt line: what was told as paid lies in the tray, and each job ends once."""
    chance, story = random.Random(seed), Story()
    check = chance.choice((Check.SUM, Check.SUM, Check.CRC))
    sim = HopperSim("hopper1", 3, cctalk.SERIAL, 10, check=check)
    sim.fill(400)
    has_total = chance.random() < 0.6
    sim.set_fault("no_pay_count", not has_total, cctalk.START_MS)
    sim.set_fault("no_echo", chance.random() < 0.3, cctalk.START_MS)
    wire = cctalk.Conversation([cctalk.hopper_config()], [sim], check=check)
    wire.run(3000)
    damages = _damages(chance, check)
    wire.to_host, wire.to_slaves = damages
    asked: dict[str, int] = {}
    for number in range(6):
        name = f"job{number}"
        asked[name] = chance.randint(1, 12)
        wire.pay(asked[name], name)
        wire.run(chance.choice((20, 300, 900, 2000)))
        match chance.randrange(8):
            case 0:
                sim.set_power(False, wire.now_ms)
                wire.run(chance.choice((1, 50, 3000)))
                sim.set_power(True, wire.now_ms)
            case 1:
                sim.set_fault("lost_reply", True, wire.now_ms)
            case 2:
                sim.set_fault("jam", not sim.faults["jam"], wire.now_ms)
            case _:
                pass
        wire.run(chance.choice((500, 6000, 15_000)))
    for damage in damages:
        damage.heal()
    wire.run(150_000)
    story.close(damages)
    _check_payouts(story, wire.seen, asked, tray=cast("int", sim.snapshot()["tray"]), has_total=has_total)
    return story


def _check_payouts(
    story: Story, seen: Sequence[DeviceEvent], asked: Mapping[str, int], *, tray: int, has_total: bool
) -> None:
    ends = [event for event in seen if isinstance(event, CoinsPaid | PayoutUnknown)]
    paid = [event for event in ends if isinstance(event, CoinsPaid)]
    story.told = len(ends)
    if Counter(event.job for event in ends) != Counter(list(asked)):
        story.false.append(f"jobs {list(asked)} ended as {[event.job for event in ends]}")
    said_qty = sum(event.paid_qty for event in paid)
    if said_qty > tray or (len(paid) == len(ends) and said_qty < tray):
        story.false.append(f"{said_qty} coins were told as paid, {tray} lie in the tray: {ends}")
    if has_total and len(paid) < len(ends):
        story.false.append(f"a hopper with a count was not believed: {ends}")
    story.marks["payout_unknown"] += len(ends) - len(paid)
    story.marks["paid_more_than_asked"] += sum(event.paid_qty > asked[event.job] for event in paid)


def board_story(seed: str) -> Story:
    """Coils of an FA FB board turn over a spoilt line."""
    sim = CoilBoardSim(fafb.NAME, dict.fromkeys(range(1, 41), 5), 10)
    return _coils_story(seed, sim, fafb.started(fafb.Conversation(sim)), 3 * FINAL_MS)


def k1_story(seed: str) -> Story:
    """Coils of a K1 board turn over a spoilt line."""
    sim = K1BoardSim(k1.NAME, dict.fromkeys(range(1, 97), 5), 10)
    return _coils_story(seed, sim, k1.started(k1.Conversation(sim)), 9 * K1_FINAL_MS)


def _coils_story(
    seed: str, sim: SpiralMachine, talk: fafb.Conversation | k1.Conversation, rest_ms: int
) -> Story:
    """Nothing is told as delivered that did not fall, nor as failed that did."""
    chance, story = random.Random(seed), Story()
    kinds = swarm(chance)
    damages = tuple(Damage(chance, chance.choice(SHARES), kinds) for _ in range(2))
    talk.to_host, talk.to_board = (_joined(damage) for damage in damages)
    before: dict[str, tuple[int, int]] = {}
    done = 0
    for number in range(1, 9):
        job, slot = f"job{number}", number
        for fault in ("jam", "no_drop", "lost_ack"):
            # A jam that takes hold after the goods fell is told as a jam: the wire has no word for "jammed, but sold".
            if sim.snapshot()["turning"] is None:
                sim.set_fault(fault, chance.random() < 0.12, talk.now_ms)
        if chance.random() < 0.1:
            sim.set_power(not sim.is_powered, talk.now_ms)
        before[job] = (slot, _fallen(sim, slot))
        talk.turn(slot, job)
        talk.run(chance.choice((500, 3_000, 9_000)))
        done = _check_vends(story, talk.seen, done, before, sim)
    for damage in damages:
        damage.heal()
    sim.set_power(True, talk.now_ms)
    talk.run(rest_ms)
    _check_vends(story, talk.seen, done, before, sim)
    ends = [event.job for event in talk.seen if isinstance(event, VendDelivered | VendFailed | VendUnknown)]
    if Counter(ends) != Counter(list(before)):
        story.false.append(f"jobs {list(before)} ended as {ends}")
    story.told = len(ends)
    story.close(damages)
    return story


def _joined(damage: Damage) -> fafb.Spoil:
    return lambda data: b"".join(damage(data)) if data else data


def _fallen(sim: SpiralMachine, slot: int) -> int:
    tray = cast("Mapping[str, int]", cast("Mapping[str, Any]", sim.snapshot())["tray"])
    return tray.get(str(slot), 0)


def _check_vends(
    story: Story,
    seen: Sequence[DeviceEvent],
    done: int,
    before: Mapping[str, tuple[int, int]],
    sim: SpiralMachine,
) -> int:
    """Hold the ends told since ``done`` against where the goods are; give the new ``done``."""
    for event in seen[done:]:
        if isinstance(event, VendDelivered):
            slot, fallen = before[event.job]
            if _fallen(sim, slot) <= fallen:
                story.false.append(f"{event}: nothing fell from slot {slot}")
        elif isinstance(event, VendFailed):
            slot, fallen = before[event.job]
            if _fallen(sim, slot) > fallen:
                story.false.append(f"{event}: goods fell from slot {slot}")
        story.marks["vend_unknown"] += isinstance(event, VendUnknown)
    return len(seen)


def validator_story(seed: str) -> Story:
    """Notes come in while the line is spoilt: none is told that is not in the stacker, none twice, none is forgotten."""
    chance, story = random.Random(seed), Story()
    check = chance.choice((Check.SUM, Check.CRC))
    sim = NoteValidatorSim("note", 40, cctalk.SERIAL, cctalk.NOTES, check=check)
    has_counts = chance.random() < 0.7
    sim.set_fault("no_counts", not has_counts, cctalk.START_MS)
    sim.set_fault("no_echo", chance.random() < 0.3, cctalk.START_MS)
    wire = cctalk.Conversation([cctalk.validator_config()], [sim], check=check)
    wire.open_notes()
    wire.run(4000)
    damages = _damages(chance, check)
    wire.to_host, wire.to_slaves = damages
    book = _NoteBook(story, sim, wire, chance)
    book.take(wire.seen)
    for _ in range(12):
        match chance.randrange(12):
            case 0:
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                wire.host = CcTalkBus([cctalk.validator_config(book.memory)], check)
                wire.open_notes()
                story.marks["host_restarted"] += 1
            case 2:
                sim.pull(wire.now_ms)
            case _:
                sim.insert(chance.choice(tuple(cctalk.NOTES)), wire.now_ms)
        book.take(wire.run(chance.choice((5, 400, 2500, 5000))))
    for damage in damages:
        damage.heal()
    sim.set_power(True, wire.now_ms)
    book.take(wire.run(40_000))
    wire.host = CcTalkBus([cctalk.validator_config(book.memory)], check)
    book.take(wire.run(5_000))
    book.finish(has_counts=has_counts)
    story.close(damages)
    return story


class _NoteBook:
    """What a till books of a validator, held against its stacker each time; it keeps most notes."""

    def __init__(
        self, story: Story, sim: NoteValidatorSim, wire: cctalk.Conversation, chance: random.Random
    ) -> None:
        self._story = story
        self._sim = sim
        self._wire = wire
        self._chance = chance
        self._known: set[tuple[int, int, int]] = set()
        self._told: Counter[int] = Counter()
        self._found = 0
        self._kept: int | None = None
        self._jobs = 0
        self.memory: AcceptorMemory | None = None

    @property
    def _stacker(self) -> Counter[int]:
        stacker = cast("Mapping[str, int]", self._sim.snapshot()["stacker"])
        return Counter({int(position): qty for position, qty in stacker.items()})

    def take(self, events: Sequence[DeviceEvent]) -> None:
        """Book ``events``; whatever is more than the stacker holds is false."""
        stacker = self._stacker
        for event in events:
            match event:
                case NoteEscrowed():
                    self._jobs += 1
                    decide = self._wire.stack if self._chance.random() < 0.8 else self._wire.give_back
                    decide(f"job{self._jobs}")
                case NoteStacked():
                    self._take_note(event, stacker)
                case NoteUnvalued():
                    self._story.false.append(f"a note of no value was told: {event}")
                case AcceptorIdentified():
                    self._take_count(event, stacker)
                case _:
                    self._story.marks["note_unknown"] += isinstance(event, NoteUnknown)

    def _take_count(self, event: AcceptorIdentified, stacker: Counter[int]) -> None:
        self.memory = AcceptorMemory(
            event.serial, event.device_epoch, event.event_no, kept_total=event.kept_total
        )
        self._story.marks["restart_seen"] += event.restarted
        if event.kept_total is not None and event.kept_total > stacker.total():
            self._story.false.append(f"a count above the stacker: {event}, stacker {dict(stacker)}")
        if event.kept_total is not None and self._kept is not None:
            self._found += event.kept_total - self._kept
        self._kept = event.kept_total

    def _take_note(self, event: NoteStacked, stacker: Counter[int]) -> None:
        key = (event.serial, event.device_epoch, event.event_no)
        if key in self._known:
            return  # the answer to a decision that came too late
        self._story.told += 1
        self._known.add(key)
        self._kept = event.kept_total
        self.memory = AcceptorMemory(*key, kept_total=event.kept_total)
        self._told[event.position] += 1
        if self._told[event.position] > stacker[event.position]:
            self._story.false.append(f"a note that is not in the stacker: {event}, stacker {dict(stacker)}")

    def finish(self, *, has_counts: bool) -> None:
        """With a count every note is found in the end."""
        if has_counts and self._told.total() + self._found != self._stacker.total():
            self._story.false.append(
                f"told {dict(self._told)}, found {self._found}, stacker {dict(self._stacker)}"
            )


STORIES: Final[Mapping[str, Callable[[str], Story]]] = {
    "cctalk acceptor line": acceptor_story,
    "cctalk hopper line": hopper_story,
    "cctalk validator line": validator_story,
    "fafb board line": board_story,
    "k1 board line": k1_story,
}
"""Lines whose host tells money or goods."""
