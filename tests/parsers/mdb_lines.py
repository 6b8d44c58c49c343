"""A whole MDB bus under damage: the real master talks through a simulated box with simulated peripherals, and what it tells is
held against where every coin and note is, and against the account behind the card.

The lines of both boxes carry no check of their own, and the one at our end is USB, which has. So lines get lost, cut, doubled,
late, run together and come behind noise here, and their characters stay what they are.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Final

from hardware.commands import (
    CancelCard,
    PayCoins,
    RefundCard,
    RequestCard,
    ReturnNote,
    SetAccept,
    SettleCard,
    StackNote,
)
from hardware.events import (
    AcceptorIdentified,
    CardApproved,
    CardCancelled,
    CardDenied,
    CardRefunded,
    CardRefundFailed,
    CardSettled,
    CardUnknown,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    Fault,
    NoteEscrowed,
    NoteStacked,
    PayoutUnknown,
)
from hardware.mdb.host import Adapter, PeripheralConfig
from hardware.sansio import AcceptorMemory
from hardware.simulators.mdb_box import MdbPeripheral
from tests.hardware.mdb import conversation as mdb
from tests.parsers.damage import Damage, Kind
from tests.parsers.lines import SHARES, Story

KINDS: Final = (Kind.DOUBLE_FRAME, Kind.SPLIT, Kind.MERGE, Kind.LOSE, Kind.CUT, Kind.NOISE)
FILLED: Final = 40
SETTLED_MS: Final = 90_000
"""Longer than anything may stay open on a good line."""

CARD_ENDS = (CardDenied, CardCancelled, CardSettled, CardRefunded, CardRefundFailed, CardUnknown)


class _Till:
    """What a till would do, and what it would have booked."""

    def __init__(self, story: Story, chance: random.Random, adapter: Adapter) -> None:
        self._story = story
        self._chance = chance
        self.coins, self.notes, self.card = mdb.changer_sim(), mdb.validator_sim(), mdb.reader_sim()
        for position in mdb.TUBES.values():
            self.coins.fill(position, FILLED)
        self.memories: dict[str, AcceptorMemory] = {}
        peripherals: list[MdbPeripheral] = [self.coins, self.notes, self.card]
        self.wire = mdb.Conversation(self.configs, peripherals, adapter=adapter)
        self._seen = 0
        self._keys: set[tuple[str, int, int, int]] = set()
        self._told: Counter[tuple[str, int]] = Counter()
        self.cards: dict[str, int] = {}
        self._ends: dict[str, DeviceEvent] = {}
        self.payouts: dict[str, tuple[str, int]] = {}
        self._paid: Counter[str] = Counter()
        self._lost_payouts: set[str] = set()

    @property
    def configs(self) -> list[PeripheralConfig]:
        return [
            mdb.changer_config(self.memories.get("coin")),
            mdb.validator_config(self.memories.get("notes")),
            mdb.reader_config(),
        ]

    @property
    def open_cards(self) -> list[str]:
        return [job for job in self.cards if job not in self._ends]

    def open(self) -> None:
        self.wire.ask(SetAccept("coin", tuple(mdb.COINS)))
        self.wire.ask(SetAccept("notes", tuple(mdb.NOTES)))
        self.wire.ask(SetAccept("card", (1,)))

    def restart(self) -> None:
        """Another run of the kiosk: what it had open is lost to it."""
        self._lost_payouts.update(job for job in self.payouts if job not in self._ends)
        for job in self.cards:
            self._ends.setdefault(job, CardUnknown("card", job, Fault.LOST_POWER))
        self.wire.restart_host(self.configs)
        self.open()
        self._story.marks["host_restarted"] += 1

    def run(self, for_ms: int) -> None:
        """Let time pass in steps, and answer what is told."""
        end_ms = self.wire.now_ms + for_ms
        while self.wire.now_ms < end_ms:
            self.wire.run(min(200, end_ms - self.wire.now_ms))
            events, self._seen = self.wire.seen[self._seen :], len(self.wire.seen)
            for event in events:
                self._take(event)

    def _take(self, event: DeviceEvent) -> None:
        match event:
            case AcceptorIdentified(device, serial, epoch, number):
                self.memories[device] = AcceptorMemory(serial, epoch, number, kept_total=event.kept_total)
                self._story.marks["restart_seen"] += event.restarted
            case CoinAccepted() | NoteStacked():
                self._credit(event)
            case NoteEscrowed():
                job = f"N{len(self.wire.seen)}"
                keep = self._chance.random() < 0.7
                self.wire.ask(StackNote("notes", job) if keep else ReturnNote("notes", job))
            case CardApproved(_, job):
                self._story.told += 1
                good = self._chance.random() < 0.6
                self.wire.ask(SettleCard("card", job) if good else RefundCard("card", job))
            case CoinsPaid() | PayoutUnknown():
                self._end(event.job, event)
                if isinstance(event, CoinsPaid):
                    self._paid[event.device] += event.paid_qty
                else:
                    self._lost_payouts.add(event.job)
                    self._story.marks["payout_unknown"] += 1
            case _ if isinstance(event, CARD_ENDS):
                was_lost = isinstance(self._ends.get(event.job), CardUnknown)
                if not was_lost:
                    self._end(event.job, event)

    def _end(self, job: str, event: DeviceEvent) -> None:
        self._story.told += 1
        if job in self._ends:
            self._story.false.append(f"{job} ended twice: {self._ends[job]} and {event}")
        self._ends[job] = event

    def _credit(self, event: CoinAccepted | NoteStacked) -> None:
        key = (event.device, event.serial, event.device_epoch, event.event_no)
        self._story.told += 1
        if key in self._keys:
            self._story.false.append(f"told twice: {event}")
        self._keys.add(key)
        kept_total = event.kept_total if isinstance(event, NoteStacked) else None
        self.memories[event.device] = AcceptorMemory(*key[1:], kept_total=kept_total)
        self._told[event.device, event.position] += 1
        inside = self._coins_in() if isinstance(event, CoinAccepted) else self._notes_in()
        if self._told[event.device, event.position] > inside[event.position]:
            self._story.false.append(f"not inside: {event}, inside {dict(inside)}")

    def _coins_in(self) -> Counter[int]:
        """Coins that ever fell in, by position."""
        fallen = Counter(self.coins.cash_box)
        for position in mdb.TUBES.values():
            fallen[position] += self.coins.inside(position) + self.coins.paid(position) - FILLED
        return fallen

    def _notes_in(self) -> Counter[int]:
        kept = Counter(self.notes.stacked)
        for position in mdb.RECYCLERS.values():
            kept[position] += self.notes.inside(position)
        return kept

    def finish(self) -> None:
        """Hold the whole day against the truth."""
        for name, position in mdb.TUBES.items():
            left = self.coins.paid(position)
            is_lost = any(self.payouts[job][0] == name for job in self._lost_payouts)
            if self._paid[name] > left or (self._paid[name] < left and not is_lost):
                self._story.false.append(f"{name}: told {self._paid[name]} as paid, {left} lie in the tray")
        open_jobs = [
            job
            for job in (*self.cards, *self.payouts)
            if job not in self._ends and job not in self._lost_payouts
        ]
        if open_jobs:
            self._story.false.append(f"never ended: {open_jobs}")
        self._finish_card()

    def _finish_card(self) -> None:
        ends = self._ends
        charged = self.card.charged_minor + self.card.open_minor
        sure = sum(
            amount
            for job, amount in self.cards.items()
            if isinstance(ends.get(job), CardSettled | CardRefundFailed)
        )
        possible = sum(
            amount
            for job, amount in self.cards.items()
            if isinstance(ends.get(job), CardSettled | CardRefundFailed | CardUnknown)
        )
        if not sure <= charged <= possible:
            self._story.false.append(f"charged {charged}, told {sure} to {possible}: {ends}")
        self._story.marks["card_unknown"] += sum(isinstance(end, CardUnknown) for end in ends.values())
        self._story.marks["card_refunded"] += sum(isinstance(end, CardRefunded) for end in ends.values())


def bus_story(seed: str) -> Story:
    """Coins, notes and cards while the line is spoilt: nothing is told that did not happen, everything ends once."""
    chance, story = random.Random(seed), Story()
    till = _Till(story, chance, chance.choice(tuple(Adapter)))
    wire = till.wire
    till.run(8_000)
    till.open()
    till.run(1_000)
    kinds: Sequence[Kind] = chance.sample(KINDS, chance.randint(1, len(KINDS)))
    damages = [Damage(chance, chance.choice(SHARES) // 3 + 1, kinds) for _ in range(2)]
    wire.to_host, wire.to_box = damages
    for number in range(12):
        match chance.randrange(14):
            case 0:
                sim = chance.choice((till.coins, till.notes, till.card))
                sim.set_power(not sim.is_powered, wire.now_ms)
            case 1:
                till.restart()
            case 2 | 3 | 4:
                till.coins.drop(chance.choice(tuple(mdb.COINS)), chance.randint(1, 4), wire.now_ms)
            case 5 | 6 | 7:
                till.notes.insert(chance.choice(tuple(mdb.NOTES)), wire.now_ms)
            case 8 | 9:
                tube = chance.choice(tuple(mdb.TUBES))
                till.payouts[f"P{number}"] = (tube, chance.randint(1, 6))
                wire.ask(PayCoins(tube, f"P{number}", till.payouts[f"P{number}"][1], None))
            case 10 | 11 | 12:
                till.cards[f"C{number}"] = 5 * chance.randint(1, 100)
                wire.ask(RequestCard("card", f"C{number}", till.cards[f"C{number}"]))
                till.card.tap(wire.now_ms)
            case _:
                for job in till.open_cards:
                    wire.ask(CancelCard("card", job))
        till.run(chance.choice((300, 1_500, 6_000)))
    for damage in damages:
        damage.heal()
    for sim in (till.coins, till.notes, till.card):
        sim.set_power(True, wire.now_ms)
    till.run(SETTLED_MS // 2)
    for job in till.open_cards:  # as a till does when nobody shows a card
        wire.ask(CancelCard("card", job))
    till.run(SETTLED_MS // 2)
    story.close(damages)
    till.finish()
    return story


STORIES: Final = {"mdb bus line": bus_story}
