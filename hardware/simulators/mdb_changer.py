"""A coin changer as a body: coins fall into tubes or the cash box, and out of the tubes into the tray.

The tubes are hoppers to a kiosk; `TubeSim` is the view of one of them, with hands of its own, on the same body.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Final, cast

from hardware.events import DeviceKind
from hardware.mdb.device import ChangerFirmware
from hardware.mdb.messages import (
    DIAGNOSIS_OK,
    FULL_COUNT,
    TOKEN,
    TYPES,
    ChangerFeature,
    ChangerSetup,
    ChangerState,
    CoinIn,
    CoinsByHand,
    Identity,
    Pieces,
    Route,
    Said,
    Slugs,
)
from hardware.simulators.mdb_box import EXCHANGED_MS, MdbPeripheral
from hardware.simulators.mdb_tube import TubeSim
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain

FALL_MS: Final = 150
"""From the slot to the credit sensor."""
APART_MS: Final = 300
"""A changer takes no two coins closer than this."""
COIN_MS: Final = 150
"""Between two coins of a payout."""
TUBE_CAPACITY: Final = 80
"""Coins of one tube; the next go to the cash box."""
GIVE_UP_MS: Final = 1_500
"""Without a coin for this long it ends the payout itself."""
COMPLAIN_MS: Final = 1_000
"""How often it says again what is wrong."""
NEXT_SERIAL: Final = 1_000
"""How far the serial number of an exchanged changer is from the old one's."""
SLUG: Final = 0
"""Stands for a washer among the positions."""
EURO: Final = 0x1978
CENTS: Final = 2

(
    JAM, SWALLOW, STRING, REJECT, WRONG_COIN, TUBE_JAM, DEFECTIVE_TUBE, STALLS, WRONG_COIN_EXTRA, SILENT_PAYOUT, FORGETS,
    COUNT_LIES, WRONG_SCALE,
) = (
    "jam", "swallow", "string", "reject", "wrong_coin", "tube_jam", "defective_tube", "stalls", "wrong_coin_extra",
    "silent_payout", "reset_while_paying", "count_lies", "wrong_scale",
)  # fmt: skip
OWN_FAULTS: Final = (
    JAM, SWALLOW, STRING, REJECT, WRONG_COIN, TUBE_JAM, DEFECTIVE_TUBE, STALLS, WRONG_COIN_EXTRA, SILENT_PAYOUT, FORGETS,
    COUNT_LIES, WRONG_SCALE,
)  # fmt: skip


class ChangerSim(MdbPeripheral):
    """A `hardware.simulators.model.Simulator` of a coin changer.

    Args:
        name: The configured device name.
        serial: Its serial number.
        coins: Coin position (MDB type plus one, 1 to 16) -> value in minor units; a value of 255 scaling units is a token.
        tubes: Positions that have a tube, by the name of the tube: name -> position.
        level: 2, or 3 with identity, diagnosis and payout by value.
        factor: Minor units of one scaling unit.
        currency: Its currency bytes.
        shared: Positions whose coins fall into another one's tube, which counts them: position -> that one.
    """

    def __init__(  # noqa: PLR0913 - what its maker set
        self,
        name: str,
        serial: int,
        coins: Mapping[int, int],
        tubes: Mapping[str, int],
        *,
        level: int = 3,
        factor: int = 5,
        currency: int = EURO,
        decimals: int = CENTS,
        shared: Mapping[int, int] | None = None,
    ) -> None:
        self._coins = dict(coins)
        self._shared = dict(shared or {})
        self._serial = serial
        values = [0] * TYPES
        for position, value_minor in coins.items():
            values[position - 1] = min(value_minor // factor, TOKEN)
        routed = frozenset(position - 1 for position in (*tubes.values(), *self._shared))
        setup = ChangerSetup(level, currency, factor, decimals, routed, tuple(values))
        features = 1 << ChangerFeature.ALTERNATIVE_PAYOUT | 1 << ChangerFeature.DIAGNOSIS if level > 2 else 0
        identity = Identity("SIM", f"{serial:012d}", "changer", 0x0100, features)
        self.firmware = ChangerFirmware(setup, identity, self._counted)
        self._names = dict(tubes)
        self._inside: Counter[int] = Counter()
        self._cash_box: Counter[int] = Counter()
        self._collected: Counter[int] = Counter()
        self._return_tray: Counter[int] = Counter()
        self._taken: Counter[int] = Counter()
        self._swallowed: Counter[int] = Counter()
        self._stuck: Counter[int] = Counter()
        self._paid_tray: Counter[int] = Counter()
        self._paid_taken: Counter[int] = Counter()
        self._filled: Counter[int] = Counter()
        self._removed: Counter[int] = Counter()
        self._falling: deque[tuple[int, int]] = deque()
        self._pay_ms: int | None = None
        self._moved_ms = 0
        self._complain_ms: int | None = None
        choices = tuple(str(position) for position in sorted(coins))
        tube_choices = tuple(str(position) for position in sorted(tubes.values())) or ("0",)
        self._position = Field("position", choices[0], choices=choices)
        self._tube = Field("position", tube_choices[0], choices=tube_choices)
        self._qty = Field("qty", "1", least=1, most=50)
        self._washers = Field("qty", "1", least=1, most=255)
        self._many = Field("qty", "10", least=1, most=TUBE_CAPACITY)
        super().__init__(name, self.firmware, OWN_FAULTS)

    @property
    def kind(self) -> DeviceKind:
        """A coin acceptor, to a kiosk."""
        return DeviceKind.COIN_ACCEPTOR

    @property
    def tray(self) -> Mapping[int, int]:
        """Coins that came back: position -> qty; what was paid lies in the same bowl, see `TubeSim.tray`."""
        return dict(self._return_tray)

    @property
    def tubes(self) -> tuple[TubeSim, ...]:
        """A view of each tube."""
        return tuple(TubeSim(self, name, position, TUBE_CAPACITY) for name, position in self._names.items())

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Drop coins or washers, take what came back or was paid, empty the box; fill and empty tubes; press its buttons."""
        return (
            Hand("drop", (self._position, self._qty)),
            Hand("slugs", (self._washers,)),
            Hand("take_tray"),
            Hand("empty_box"),
            Hand("fill", (self._tube, self._many)),
            Hand("remove", (self._tube, self._many)),
            Hand("dispense_by_hand", (self._tube,)),
            Hand("press_lever"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "drop":
                self.drop(number_in(self._position, values), number_in(self._qty, values), now_ms)
            case "slugs":
                self.drop(SLUG, number_in(self._washers, values), now_ms)
            case "take_tray":
                self.take_tray()
            case "empty_box":
                self.empty_box()
            case "fill":
                self.fill(number_in(self._tube, values), number_in(self._many, values))
            case "remove":
                self.remove(number_in(self._tube, values), number_in(self._many, values))
            case "dispense_by_hand":
                self.dispense_by_hand(number_in(self._tube, values))
            case "press_lever":
                if self._is_powered:
                    self.firmware.push(Said(ChangerState.ESCROW_LEVER))
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def drop(self, position: int, qty: int, now_ms: int) -> None:
        """Put ``qty`` coins of one kind into the slot, one after the other."""
        self.tick(now_ms)
        at_ms = now_ms + FALL_MS
        if self._falling:
            at_ms = max(at_ms, self._falling[-1][0] + APART_MS)
        self._falling.extend((at_ms + number * APART_MS, position) for number in range(qty))

    def take_tray(self) -> None:
        """Take every coin out of the tray, given back or paid."""
        self._taken.update(self._return_tray)
        self._return_tray.clear()
        self._paid_taken.update(self._paid_tray)
        self._paid_tray.clear()

    def empty_box(self) -> int:
        """Take every coin out of the cash box; returns what they are worth."""
        worth_minor = sum(self._coins[position] * qty for position, qty in self._cash_box.items())
        self._collected.update(self._cash_box)
        self._cash_box.clear()
        return worth_minor

    def fill(self, position: int, qty: int) -> None:
        """Put ``qty`` coins into a tube by hand; its sensors count them.

        Raises:
            UnknownActError: They do not fit.
        """
        if self._inside[position] + qty > TUBE_CAPACITY:
            raise UnknownActError(f"tube {position} holds {TUBE_CAPACITY} and has {self._inside[position]}")
        self._inside[position] += qty
        self._filled[position] += qty

    def remove(self, position: int, qty: int) -> None:
        """Take ``qty`` coins out of a tube.

        Raises:
            UnknownActError: There are not so many.
        """
        if qty > self._inside[position]:
            raise UnknownActError(f"tube {position} has only {self._inside[position]} coins")
        self._inside[position] -= qty
        self._removed[position] += qty

    def dispense_by_hand(self, position: int) -> None:
        """Press the changer's own button of a tube: a coin falls, if the master lets it."""
        kind = position - 1
        if self._is_powered and kind in self.firmware.by_hand and self._inside[position]:
            self.remove(position, 1)
            self.firmware.push(CoinsByHand(kind, 1, self._counted().counts[kind]))

    def replace(self, now_ms: int) -> None:
        """Put another changer of the same model in its place; the coins are poured over."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        self._serial += NEXT_SERIAL
        old = self.firmware.identity
        self.firmware.identity = Identity(
            old.maker, f"{self._serial:012d}", old.model, old.version, old.features
        )
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGED_MS

    def inside(self, position: int) -> int:
        """Coins in a tube."""
        return self._inside[position]

    def paid(self, position: int) -> int:
        """Coins of a tube that lie in the tray as change."""
        return self._paid_tray[position]

    @property
    def cash_box(self) -> Mapping[int, int]:
        """Coins in the cash box: position -> qty."""
        return dict(self._cash_box)

    def snapshot(self) -> Mapping[str, object]:
        """Where every coin is, by position; ``value_minor`` says what a position is worth."""
        return {
            "value_minor": plain(self._coins),
            "cash_box": plain(self._cash_box),
            "collected": plain(self._collected),
            "tray": plain(self._return_tray),
            "taken": plain(self._taken),
            "swallowed": plain(self._swallowed),
            "stuck": plain(self._stuck),
            "falling": len(self._falling),
            "tubes": plain(self._inside),
            "paid_tray": plain(self._paid_tray),
            "paid_taken": plain(self._paid_taken),
            "filled": plain(self._filled),
            "removed": plain(self._removed),
            "is_powered": self.is_powered,
            "is_open": bool(self.firmware.accepted) and self.is_powered,
            "enabled": [position for position in self._coins if position - 1 in self.firmware.accepted],
            "resets": self.resets,
        }

    def remember(self) -> Mapping[str, object]:
        """Truth and identity. Coins still falling are remembered as lying in the tray."""
        tray = Counter(self._return_tray)
        tray.update(position for _, position in self._falling if position != SLUG)
        return {
            "serial": self._serial,
            "tray": plain(tray),
            **{name: plain(getattr(self, f"_{name}")) for name in _KEPT},
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._serial = cast("int", memory["serial"])
        old = self.firmware.identity
        self.firmware.identity = Identity(
            old.maker, f"{self._serial:012d}", old.model, old.version, old.features
        )
        self._return_tray = counted(memory["tray"])
        for name in _KEPT:
            setattr(self, f"_{name}", counted(memory[name]))

    # --- the body -----------------------------------------------------------------------------------------------------

    def _counted(self) -> Pieces:
        """What the changer believes of its tubes."""
        counts = [0] * TYPES
        full = set()
        for position in self._names.values():
            kind = position - 1
            counts[kind] = self._inside[position]
            if self._faults[COUNT_LIES]:
                counts[kind] = FULL_COUNT
            if self._inside[position] >= TUBE_CAPACITY:
                full.add(kind)
            if self._faults[DEFECTIVE_TUBE]:
                counts[kind] = 0
                full.add(kind)
        return Pieces(tuple(counts), frozenset(full))

    def _motion_due_ms(self) -> int | None:
        wakes = [self._pay_ms, self._falling[0][0] if self._falling else None, self._complain_ms]
        return min((at_ms for at_ms in wakes if at_ms is not None), default=None)

    def _move(self, now_ms: int) -> None:
        while (due_ms := self._motion_due_ms()) is not None and due_ms <= now_ms:
            if self._falling and self._falling[0][0] == due_ms:
                self._meet(self._falling.popleft()[1], due_ms)
            elif self._pay_ms == due_ms:
                self._turn(due_ms)
            else:
                self._complain(due_ms)

    def _obeyed(self, now_ms: int) -> None:
        if self.firmware.payouts and self._pay_ms is None:
            self._pay_ms = now_ms + COIN_MS
            self._moved_ms = now_ms

    def _meet(self, position: int, at_ms: int) -> None:
        """One coin comes to the sensors: it goes to exactly one place, and the firmware hears what they saw."""
        kind = position - 1
        if not self._is_powered or at_ms < self._deaf_until_ms:
            self._lie_in_tray(position)
        elif position == SLUG:
            self.firmware.push(Slugs(1))
        elif kind not in self.firmware.accepted or self._faults[REJECT]:
            self._lie_in_tray(position)
            self.firmware.push(CoinIn(kind, Route.REJECTED, self._counted().counts[kind]))
        elif self._faults[JAM]:
            self._meet_jam(position, at_ms)
        elif self._faults[SWALLOW]:
            self._swallowed[position] += 1
            self.firmware.push(Said(ChangerState.NO_CREDIT))
        elif self._faults[STRING]:
            self._lie_in_tray(position)
            self.firmware.push(Said(ChangerState.FISHED_OUT))
        else:
            self._take(position)

    def _take(self, position: int) -> None:
        kind, tube = position - 1, self._shared.get(position, position)
        if self._faults[WRONG_COIN]:
            self._cash_box[position] += 1
            unknown = next(
                (each for each in reversed(range(TYPES)) if each + 1 not in self._coins), TYPES - 1
            )
            self.firmware.push(CoinIn(unknown, Route.CASH_BOX, 0))
        elif tube in self._names.values() and self._inside[tube] < TUBE_CAPACITY:
            self._inside[tube] += 1
            self.firmware.push(CoinIn(kind, Route.TUBE, self._counted().counts[tube - 1]))
        else:
            self._cash_box[position] += 1
            self.firmware.push(CoinIn(kind, Route.CASH_BOX, self._counted().counts[kind]))

    def _meet_jam(self, position: int, at_ms: int) -> None:
        """The first coin sticks; those behind it come back."""
        if self._stuck:
            self._lie_in_tray(position)
            return
        self._stuck[position] += 1
        self._complain(at_ms)

    def _complain(self, at_ms: int) -> None:
        """Say what is wrong, again and again while it is."""
        self._complain_ms = None
        if not self._is_powered:
            return
        states = []
        if self._faults[JAM] and self._stuck:
            states.append(ChangerState.COIN_JAM)
        if self._faults[TUBE_JAM]:
            states.append(ChangerState.TUBE_JAM)
        if states:
            self._complain_ms = at_ms + COMPLAIN_MS
        if not len(self.firmware.events):
            for state in states:
                self.firmware.push(Said(state))

    def _lie_in_tray(self, position: int) -> None:
        if position != SLUG:
            self._return_tray[position] += 1

    def _turn(self, at_ms: int) -> None:
        """One turn of the payout motor: a coin, no coin, or the end of patience."""
        self._pay_ms = None
        if not self.firmware.payouts:
            return
        kind = self.firmware.payouts[0].kind
        position = kind + 1
        is_stuck = self._faults[TUBE_JAM] or self._faults[STALLS] or not self._inside[position]
        if is_stuck:
            if at_ms - self._moved_ms >= GIVE_UP_MS and not self._faults[STALLS]:
                self.firmware.payouts.popleft()
                if self._faults[TUBE_JAM]:
                    self.firmware.push(Said(ChangerState.TUBE_JAM))
        else:
            self._throw(position)
            self._moved_ms = at_ms
            self.firmware.coin_left(kind)
            if not self.firmware.payouts and self._faults[WRONG_COIN_EXTRA] and self._inside[position]:
                self._throw(position)
            if self._faults[FORGETS]:
                self._faults[FORGETS] = False
                self.firmware.reset()
                self._resets += 1
        if self.firmware.payouts:
            self._pay_ms = at_ms + COIN_MS

    def _throw(self, position: int) -> None:
        self._inside[position] -= 1
        self._paid_tray[position] += 1

    def _power_failed(self) -> None:
        self._pay_ms = None

    def _restarted(self) -> None:
        self._pay_ms = None
        self._complain_ms = self._deaf_until_ms

    def _fault_switched(self, name: str, now_ms: int) -> None:
        self.firmware.is_silent_while_paying = self._faults[SILENT_PAYOUT]
        is_well = not (self._faults[JAM] or self._faults[TUBE_JAM])
        self.firmware.diagnosis = DIAGNOSIS_OK if is_well else bytes((0x12, 0x04))
        if name == JAM and not self._faults[JAM]:
            # Whoever frees it lets the coin fall out in front.
            self._return_tray.update(self._stuck)
            self._stuck.clear()
        if name == TUBE_JAM and self._faults[TUBE_JAM]:
            self._complain_ms = now_ms
        if name == WRONG_SCALE:
            old = self.firmware.setup
            factor = old.factor * 2 if self._faults[WRONG_SCALE] else old.factor // 2
            self.firmware.setup = ChangerSetup(
                old.level, old.currency, factor, old.decimals, old.routed, old.values
            )


_KEPT: Final = (
    "inside", "cash_box", "collected", "taken", "swallowed", "stuck", "paid_tray", "paid_taken", "filled", "removed",
)  # fmt: skip
