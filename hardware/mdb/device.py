"""The far end of the bus: what a peripheral answers to each block, as a simulator plays it.

These are the peripherals' *firmware*: setup, masks, counts and the queue of what the next POLL will hear. What happens to
coins and notes is the business of `hardware.simulators`, which tells the firmware what its sensors saw.

Source: MDB/ICP 4.2, sections 5 (changer), 6 (note validator and recycler), 7 (cashless).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hardware.mdb.messages import (
    DIAGNOSIS_OK,
    FEATURE_BYTES,
    MAX_POLL,
    RECYCLER_FEATURE,
    TYPES,
    ChangerEvent,
    ChangerExtra,
    ChangerFeature,
    ChangerOrder,
    ChangerSetup,
    ChangerState,
    Identity,
    Pieces,
    Said,
    Stacker,
    ValidatorEvent,
    ValidatorExtra,
    ValidatorOrder,
    ValidatorSetup,
    ValidatorState,
    bits_of,
    read_dispense,
    read_recycler_enable,
    types_of,
    write_changer_event,
    write_changer_setup,
    write_identity,
    write_recycler,
    write_stacker,
    write_tubes,
    write_validator_event,
    write_validator_setup,
)

ACK = b""

Reply = bytes | None
"""A block's content; empty for ACK; None for silence."""


class Firmware(Protocol):
    """One peripheral's registers.

    Attributes:
        address: Where it lives.
        poll_block: What asks it for news.
    """

    address: int
    poll_block: bytes

    def reset(self) -> None:
        """Lose everything volatile; the next POLL hears of it."""

    def answer(self, block: bytes) -> Reply:
        """The answer to one block without its sum."""

    def acknowledged(self) -> None:
        """The master acknowledged the last data; without that they are said again."""


class EventQueue:
    """What the next POLL will hear; said again, byte by byte the same, until it was acknowledged.

    ``most`` is how many bytes one answer may hold.
    """

    def __init__(self, most: int = MAX_POLL) -> None:
        self._most = most
        self._waiting: deque[bytes] = deque()
        self._said = b""

    def push(self, event: bytes) -> None:
        """Something happened."""
        self._waiting.append(event)

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()
        self._said = b""

    def say(self) -> bytes:
        """As many whole events as fit into one answer, oldest first."""
        if not self._said:
            said = b""
            while self._waiting and len(said) + len(self._waiting[0]) <= self._most:
                said += self._waiting.popleft()
            self._said = said
        return self._said

    def acknowledged(self) -> None:
        """What was said last was heard."""
        self._said = b""

    def __len__(self) -> int:
        return len(self._waiting) + bool(self._said)


@dataclass(slots=True)
class Payout:
    """A running payout: ``remaining`` coins of type ``kind``."""

    kind: int
    remaining: int


class ChangerFirmware:
    """A coin changer's registers. After `reset` it accepts nothing and has forgotten a running payout.

    Attributes:
        setup: Its answer to SETUP.
        identity: Its answer to IDENTIFY at level 3.
        payouts: What it still has to pay; the simulator's motor works them off.
        is_silent_while_paying: Says nothing at all instead of "payout busy".
        diagnosis: Two-byte codes of the extended diagnosis.
    """

    address = 0x08
    poll_block = bytes((ChangerOrder.POLL,))

    def __init__(self, setup: ChangerSetup, identity: Identity, tubes: Callable[[], Pieces]) -> None:
        self.setup = setup
        self.identity = identity
        self._tubes = tubes
        self.is_silent_while_paying = False
        self.diagnosis = DIAGNOSIS_OK
        self.events = EventQueue()
        self.reset()

    def reset(self) -> None:
        """Lose masks, payouts and what was to be said."""
        self.accepted: frozenset[int] = frozenset()
        self.by_hand: frozenset[int] = frozenset()
        self.features = 0
        self.payouts: deque[Payout] = deque()
        self._paid = [0] * TYPES
        self._unpolled_units = 0
        self._by_value = False
        self.events.clear()
        self.push(Said(ChangerState.JUST_RESET))

    def push(self, event: ChangerEvent) -> None:
        """The next POLL hears of ``event``."""
        self.events.push(write_changer_event(event))

    def acknowledged(self) -> None:
        """What was said was heard."""
        self.events.acknowledged()

    def coin_left(self, kind: int) -> None:
        """A coin of the running payout fell into the tray."""
        self._paid[kind] += 1
        self._unpolled_units += self.setup.values[kind]
        payout = self.payouts[0]
        payout.remaining -= 1
        if not payout.remaining:
            self.payouts.popleft()

    def answer(self, block: bytes) -> Reply:
        """The answer to one block; silence for what it does not know, or what has a wrong length."""
        order, data = block[0], block[1:]
        match order, len(data):
            case ChangerOrder.RESET, 0:
                self.reset()
                return ACK
            case ChangerOrder.SETUP, 0:
                return write_changer_setup(self.setup)
            case ChangerOrder.TUBE_STATUS, 0:
                return write_tubes(self._tubes())
            case ChangerOrder.POLL, 0:
                return self._poll()
            case ChangerOrder.COIN_TYPE, 4:
                self.accepted, self.by_hand = types_of(data[:2]), types_of(data[2:])
                return ACK
            case ChangerOrder.DISPENSE, 1:
                return self._dispense(*read_dispense(data))
            case ChangerOrder.EXPANSION, size if size and self.setup.level > 2:
                return self._extra(data[0], data[1:])
            case _:
                return None

    def _poll(self) -> Reply:
        said = self.events.say()
        if said or not self.payouts:
            return said
        return None if self.is_silent_while_paying else bytes((ChangerState.PAYOUT_BUSY,))

    def _dispense(self, kind: int, qty: int) -> Reply:
        if not qty or not self.setup.values[kind]:
            return None
        self._by_value = False
        self.payouts.append(Payout(kind, qty))
        return ACK

    def _extra(self, extra: int, data: bytes) -> Reply:
        match extra, len(data):
            case ChangerExtra.IDENTIFY, 0:
                return write_identity(self.identity, has_features=True)
            case ChangerExtra.FEATURES, size if size == FEATURE_BYTES:
                self.features = int.from_bytes(data) & self.identity.features
                return ACK
            case ChangerExtra.DIAGNOSIS, 0 if self._has(ChangerFeature.DIAGNOSIS):
                return self.diagnosis
            case ChangerExtra.PAYOUT, 1 if self._has(ChangerFeature.ALTERNATIVE_PAYOUT):
                return self._pay_value(data[0])
            case ChangerExtra.PAYOUT_STATUS, 0 if self._has(ChangerFeature.ALTERNATIVE_PAYOUT):
                if self.payouts:
                    return ACK
                return bytes(self._paid)
            case ChangerExtra.PAYOUT_VALUE, 0 if self._has(ChangerFeature.ALTERNATIVE_PAYOUT):
                units, self._unpolled_units = self._unpolled_units, 0
                return bytes((min(units, 255),)) if units or self.payouts else ACK
            case _:
                return None

    def _has(self, feature: ChangerFeature) -> bool:
        return bool(self.features >> feature & 1)

    def _pay_value(self, units: int) -> Reply:
        """Choose coins by itself, the largest first, from what the tubes hold."""
        self._paid = [0] * TYPES
        self._unpolled_units = 0
        self._by_value = True
        counts = self._tubes().counts
        for kind in sorted(range(TYPES), key=lambda each: -self.setup.values[each]):
            value = self.setup.values[kind]
            qty = min(counts[kind], units // value) if value and kind in self.setup.routed else 0
            if qty:
                self.payouts.append(Payout(kind, qty))
                units -= qty * value
        return ACK


class ValidatorFirmware:
    """A note validator's registers. After `reset` it accepts nothing.

    Attributes:
        setup: Its answer to SETUP.
        identity: Its answer to IDENTIFY.
        in_escrow: The type of the note that waits, None when none does; the simulator sets it.
        decision: What the master decided about it: True to stack, False to return; taken by the simulator.
        payouts: What it still has to pay from the recycler.
        is_reset_asked: The master sent RESET; the simulator gives the note back.
    """

    address = 0x30
    poll_block = bytes((ValidatorOrder.POLL,))

    def __init__(
        self,
        setup: ValidatorSetup,
        identity: Identity,
        stacker: Callable[[], Stacker],
        recycler: Callable[[], Pieces],
        recyclable: Sequence[int] = (),
    ) -> None:
        self.setup = setup
        self.identity = identity
        self._stacker = stacker
        self._recycler = recycler
        self._recyclable = tuple(recyclable)
        self.events = EventQueue()
        self.in_escrow: int | None = None
        self.is_reset_asked = False
        self.reset()

    def reset(self) -> None:
        """Lose masks, decisions, payouts and what was to be said."""
        self.accepted: frozenset[int] = frozenset()
        self.escrowed: frozenset[int] = frozenset()
        self.routed: frozenset[int] = frozenset()
        self.features = 0
        self.decision: bool | None = None
        self.payouts: deque[Payout] = deque()
        self._paid = [0] * TYPES
        self._unpolled_units = 0
        self.events.clear()
        self.push(Said(ValidatorState.JUST_RESET))

    def push(self, event: ValidatorEvent) -> None:
        """The next POLL hears of ``event``."""
        self.events.push(write_validator_event(event))

    def acknowledged(self) -> None:
        """What was said was heard."""
        self.events.acknowledged()

    def note_left(self, kind: int) -> None:
        """A note of the running payout left the recycler."""
        self._paid[kind] += 1
        self._unpolled_units += self.setup.values[kind]
        payout = self.payouts[0]
        payout.remaining -= 1
        if not payout.remaining:
            self.payouts.popleft()

    def answer(self, block: bytes) -> Reply:
        """The answer to one block; silence for what it does not know, or what has a wrong length."""
        order, data = block[0], block[1:]
        match order, len(data):
            case ValidatorOrder.RESET, 0:
                self.is_reset_asked = True
                self.reset()
                return ACK
            case ValidatorOrder.SETUP, 0:
                return write_validator_setup(self.setup)
            case ValidatorOrder.SECURITY, 2:
                return ACK
            case ValidatorOrder.POLL, 0:
                said = self.events.say()
                return said or (bytes((ValidatorState.PAYOUT_BUSY,)) if self.payouts else ACK)
            case ValidatorOrder.BILL_TYPE, 4:
                self.accepted, self.escrowed = types_of(data[:2]), types_of(data[2:])
                return ACK
            case ValidatorOrder.ESCROW, 1:
                return self._decide(data[0])
            case ValidatorOrder.STACKER, 0:
                return write_stacker(self._stacker())
            case ValidatorOrder.EXPANSION, size if size:
                return self._extra(data[0], data[1:])
            case _:
                return None

    def _decide(self, choice: int) -> Reply:
        if choice > 1:
            return None
        if self.in_escrow is None:
            self.push(Said(ValidatorState.NO_NOTE_IN_ESCROW))
        else:
            self.decision = bool(choice)
        return ACK

    def _extra(self, extra: int, data: bytes) -> Reply:
        is_recycler = bool(self.features >> RECYCLER_FEATURE & 1)
        match extra, len(data):
            case ValidatorExtra.IDENTIFY, 0:
                return write_identity(self.identity, has_features=False)
            case ValidatorExtra.IDENTIFY_WITH_OPTIONS, 0 if self.setup.level > 1:
                return write_identity(self.identity, has_features=True)
            case ValidatorExtra.FEATURES, size if size == FEATURE_BYTES and self.setup.level > 1:
                self.features = int.from_bytes(data) & self.identity.features
                return ACK
            case _ if not is_recycler:
                return None
            case ValidatorExtra.RECYCLER_SETUP, 0:
                return bits_of(self._recyclable)
            case ValidatorExtra.RECYCLER_ENABLE, _:
                routed = read_recycler_enable(data)
                self.routed = self.routed if routed is None else routed
                return None if routed is None else ACK
            case ValidatorExtra.DISPENSER_STATUS, 0:
                return write_recycler(self._recycler())
            case ValidatorExtra.PAY_NOTES, 3:
                return self._pay(data[0], int.from_bytes(data[1:]))
            case ValidatorExtra.PAYOUT_STATUS, 0:
                return ACK if self.payouts else b"".join(count.to_bytes(2) for count in self._paid)
            case ValidatorExtra.PAYOUT_VALUE, 0:
                units, self._unpolled_units = self._unpolled_units, 0
                return units.to_bytes(2) if units or self.payouts else ACK
            case ValidatorExtra.CANCEL_PAYOUT, 0:
                self.payouts.clear()
                return ACK
            case _:
                return None

    def _pay(self, kind: int, qty: int) -> Reply:
        if kind >= TYPES or not qty or self.in_escrow is not None:
            return None
        self._paid = [0] * TYPES
        self.payouts.append(Payout(kind, qty))
        return ACK
