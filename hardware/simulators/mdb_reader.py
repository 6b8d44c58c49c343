"""A card reader as a body: an account behind a card, what was charged to it, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from hardware.events import DeviceKind
from hardware.mdb.messages import READER, Identity, Scale
from hardware.mdb.reader_device import ReaderFirmware, ReaderState
from hardware.mdb.reader_messages import (
    UNKNOWN_FUNDS,
    WIDE_UNKNOWN,
    Ability,
    Code,
    Option,
    ReaderConfig,
    Reported,
)
from hardware.simulators.mdb_box import EXCHANGED_MS, MdbPeripheral
from hardware.simulators.model import Field, Hand, UnknownActError, number_in

DECIDE_MS: Final = 1_500
"""The bank's answer."""
REFUND_MS: Final = 1_200
"""Until a refund is settled; the reader is silent meanwhile."""
TAP_MS: Final = 400
RESPONSE_S: Final = 15
LATE_MS: Final = 2_000
"""How long after a cancel a late approval comes."""
BALANCE_MINOR: Final = 10_000
MOST_LOADED: Final = 60_000
"""Units that a card may take in one load."""
NEXT_SERIAL: Final = 1_000
EURO: Final = 0x1978

(
    DECLINES, LATE_APPROVAL, OTHER_AMOUNT, REFUND_FAILS, OUT_OF_SEQUENCE, NEVER_ANSWERS, CANCELS_SESSION, TOKEN,
    BROKEN, FORGETS, NO_REFUND, WRONG_CURRENCY, NO_LOAD,
) = OWN_FAULTS = (
    "declines", "late_approval", "other_amount", "refund_fails", "out_of_sequence", "never_answers", "cancels_session",
    "token", "broken", "reset_after_approval", "no_refund", "wrong_currency", "no_load",
)  # fmt: skip


class ReaderSim(MdbPeripheral):
    """A `hardware.simulators.model.Simulator` of a card reader.

    Args:
        name: The configured device name.
        serial: Its serial number.
        address: 10h or 60h.
        level: 1 to 3; a level 3 reader offers 32-bit money and "always idle".
        factor: Minor units of one scaling unit.
    """

    def __init__(
        self, name: str, serial: int, *, address: int = READER, level: int = 3, factor: int = 5
    ) -> None:
        self._serial = serial
        abilities = 1 << Ability.REFUND | 1 << Ability.MULTI_VEND | 1 << Ability.CASH_SALES
        config = ReaderConfig(level, EURO, factor, 2, RESPONSE_S, abilities)
        features = 1 << Option.WIDE_MONEY | 1 << Option.ALWAYS_IDLE if level > 2 else 0
        identity = Identity("SIM", f"{serial:012d}", "reader", 0x0300, features)
        self.firmware = ReaderFirmware(address, config, identity)
        self._scale = Scale(factor, 2, 2)
        self._balance_minor = BALANCE_MINOR
        self._charged_minor = 0
        self._refunded_minor = 0
        self._charges = 0
        self._refunds = 0
        self._tap_ms: int | None = None
        self._decide_ms: int | None = None
        self._late_ms: int | None = None
        self._refund_ms: int | None = None
        self._load_ms: int | None = None
        self._loaded_minor = 0
        self.firmware.load_limit = MOST_LOADED
        self._has_card = False
        self._amount = Field("amount_minor", str(BALANCE_MINOR), least=0, most=10_000_000)
        super().__init__(name, self.firmware, OWN_FAULTS)

    @property
    def kind(self) -> DeviceKind:
        """A card reader."""
        return DeviceKind.CARD_READER

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Show the card; load its account; put another reader in its place."""
        return (Hand("tap"), Hand("load", (self._amount,)), Hand("replace"))

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "tap":
                self.tap(now_ms)
            case "load":
                self._balance_minor = number_in(self._amount, values)
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def tap(self, now_ms: int) -> None:
        """Show the card."""
        self._tap_ms = now_ms + TAP_MS

    def replace(self, now_ms: int) -> None:
        """Put another reader of the same model in its place; the account stays."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        self._serial += NEXT_SERIAL
        self._rename()
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGED_MS

    def _rename(self) -> None:
        old = self.firmware.identity
        self.firmware.identity = Identity(
            old.maker, f"{self._serial:012d}", old.model, old.version, old.features
        )

    @property
    def balance_minor(self) -> int:
        """What the account still has."""
        return self._balance_minor

    @property
    def charged_minor(self) -> int:
        """What the reader took for good, refunds already off; an open approval is in neither."""
        self._take_finals()
        return self._charged_minor

    @property
    def loaded_minor(self) -> int:
        """What was put onto cards."""
        return self._loaded_minor

    @property
    def open_minor(self) -> int:
        """What it approved, and what is on its way back."""
        units = (self.firmware.approved or 0) + (self.firmware.given_back or 0)
        return self._minor(units)

    def snapshot(self) -> Mapping[str, object]:
        """The account, and what was taken from it."""
        return {
            "balance_minor": self._balance_minor,
            "charged_minor": self.charged_minor,
            "open_minor": self.open_minor,
            "refunded_minor": self._refunded_minor,
            "loaded_minor": self._loaded_minor,
            "charges": self._charges,
            "refunds": self._refunds,
            "cash_sales": len(self.firmware.cash_sales),
            "state": self.firmware.state.name.lower(),
            "is_powered": self.is_powered,
            "is_open": self.firmware.state > ReaderState.DISABLED and self.is_powered,
            "resets": self.resets,
        }

    def remember(self) -> Mapping[str, object]:
        """Account and identity; an open approval is remembered as a charge, as a power cut makes it."""
        return {
            "serial": self._serial,
            "balance_minor": self._balance_minor,
            "charged_minor": self.charged_minor + self.open_minor,
            "refunded_minor": self._refunded_minor,
            "loaded_minor": self._loaded_minor,
            "charges": self._charges + (self.firmware.approved is not None),
            "refunds": self._refunds,
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._serial = cast("int", memory["serial"])
        self._rename()
        self._balance_minor = cast("int", memory["balance_minor"])
        self._charged_minor = cast("int", memory["charged_minor"])
        self._refunded_minor = cast("int", memory["refunded_minor"])
        self._loaded_minor = cast("int", memory.get("loaded_minor", 0))
        self._charges = cast("int", memory["charges"])
        self._refunds = cast("int", memory["refunds"])

    # --- the body -----------------------------------------------------------------------------------------------------

    def _minor(self, units: int) -> int:
        return self._scale.to_minor(units) or 0

    def _take_finals(self) -> None:
        for units in self.firmware.finals:
            self._charged_minor += self._minor(units)
            self._charges += 1
        self.firmware.finals.clear()

    def _motion_due_ms(self) -> int | None:
        wakes = [self._tap_ms, self._decide_ms, self._late_ms, self._refund_ms, self._load_ms]
        return min((at_ms for at_ms in wakes if at_ms is not None), default=None)

    def _move(self, now_ms: int) -> None:
        while (due_ms := self._motion_due_ms()) is not None and due_ms <= now_ms:
            if self._tap_ms == due_ms:
                self._tap_ms = None
                self._show(due_ms)
            elif self._decide_ms == due_ms:
                self._decide_ms = None
                self._decide(due_ms)
            elif self._late_ms == due_ms:
                self._late_ms = None
                self._approve()
            elif self._load_ms == due_ms:
                self._load_ms = None
                self._load()
            else:
                self._refund_ms = None
                self._refund()

    def _show(self, at_ms: int) -> None:
        """The card is near: a session, or the answer to a request that waits for it."""
        if not self._is_powered or at_ms < self._deaf_until_ms:
            return
        if self.firmware.asked is not None:
            self._has_card = True
            self._begin_deciding(at_ms)
            return
        if self.firmware.state is not ReaderState.ENABLED:
            return
        if self._faults[BROKEN]:
            self.firmware.push(Reported(Code.MALFUNCTION, 0x90))
            return
        unknown = WIDE_UNKNOWN if self.firmware.mode.is_wide else UNKNOWN_FUNDS
        self._has_card = True
        funds = self._scale.to_units(self._balance_minor)
        most = self.firmware.mode.most_units
        self.firmware.begin_session(unknown if funds is None else min(funds, most))
        if self._faults[CANCELS_SESSION]:
            self.firmware.push(Reported(Code.SESSION_CANCEL))

    def _obeyed(self, now_ms: int) -> None:
        firmware = self.firmware
        self._take_finals()
        if firmware.is_cancelled and firmware.approved is None:
            self._cancelled(now_ms)
        if firmware.asked is None and firmware.state is ReaderState.ENABLED:
            self._has_card = False
        if firmware.asked is not None and self._has_card:
            self._begin_deciding(now_ms)
        if firmware.given_back is not None and self._refund_ms is None:
            self._refund_ms = now_ms + REFUND_MS
            firmware.is_busy = True
        if firmware.revalued is not None and self._load_ms is None:
            self._load_ms = now_ms + DECIDE_MS

    def _begin_deciding(self, now_ms: int) -> None:
        if self._decide_ms is not None or self._late_ms is not None:
            return
        if self._faults[OUT_OF_SEQUENCE]:
            self.firmware.asked = None
            self.firmware.push(Reported(Code.OUT_OF_SEQUENCE, 5 if self.firmware.mode.level > 1 else 0))
        elif not self._faults[NEVER_ANSWERS] and not self._faults[LATE_APPROVAL]:
            self._decide_ms = now_ms + DECIDE_MS

    def _cancelled(self, now_ms: int) -> None:
        if self._faults[LATE_APPROVAL] and self.firmware.asked is not None:
            self.firmware.is_cancelled = False
            self._late_ms = now_ms + LATE_MS
        elif not self._faults[NEVER_ANSWERS]:
            self._decide_ms = None
            self.firmware.deny()

    def _decide(self, _at_ms: int) -> None:
        if self.firmware.asked is None:
            return
        wanted_minor = self._minor(self.firmware.asked[0])
        if self._faults[DECLINES] or wanted_minor > self._balance_minor:
            self.firmware.deny()
            return
        self._approve()

    def _approve(self) -> None:
        asked = self.firmware.asked
        if asked is None:
            return
        units = max(1, asked[0] - 1) if self._faults[OTHER_AMOUNT] else asked[0]
        said = units
        if self._faults[TOKEN]:
            said = WIDE_UNKNOWN if self.firmware.mode.is_wide else UNKNOWN_FUNDS
        self._balance_minor -= self._minor(units)
        self.firmware.approve(units, said)
        if self._faults[FORGETS]:
            self._faults[FORGETS] = False
            self.firmware.events.say()
            self.firmware.acknowledged()
            self.firmware.reset()
            self._resets += 1
            self._take_finals()

    def _load(self) -> None:
        """The bank's word on money for the card."""
        units, self.firmware.revalued = self.firmware.revalued, None
        if units is None:
            return
        if self._faults[DECLINES]:
            self.firmware.push(Reported(Code.REVALUE_DENIED))
            return
        self._balance_minor += self._minor(units)
        self._loaded_minor += self._minor(units)
        if self._faults[FORGETS]:
            self._faults[FORGETS] = False
            self.firmware.reset()
            self._resets += 1
            self._take_finals()
        elif not self._faults[NEVER_ANSWERS]:
            self.firmware.push(Reported(Code.REVALUE_APPROVED))

    def _refund(self) -> None:
        units = self.firmware.given_back or 0
        self.firmware.given_back = None
        self.firmware.is_busy = False
        if self._faults[REFUND_FAILS] or self._faults[NO_REFUND]:
            self._charged_minor += self._minor(units)
            self._charges += 1
            if self._faults[REFUND_FAILS]:
                self.firmware.push(Reported(Code.MALFUNCTION, 0xC0))
            return
        self._balance_minor += self._minor(units)
        self._refunded_minor += self._minor(units)
        self._refunds += 1

    def _power_failed(self) -> None:
        self._take_finals()
        if self.firmware.given_back is not None:
            # The bank had it already.
            self._refund()
        if self._load_ms is not None:
            self._load()  # and the money that was on its way onto the card
        self._tap_ms = self._decide_ms = self._late_ms = self._refund_ms = self._load_ms = None
        self.firmware.is_busy = False
        self._has_card = False

    def _restarted(self) -> None:
        self._take_finals()

    def _fault_switched(self, name: str, now_ms: int) -> None:
        old = self.firmware.config
        if name == NO_REFUND:
            bit = 1 << Ability.REFUND
            abilities = old.abilities & ~bit if self._faults[NO_REFUND] else old.abilities | bit
            self.firmware.config = ReaderConfig(
                old.level, old.currency, old.factor, old.decimals, old.response_s, abilities
            )
        if name == NO_LOAD:
            self.firmware.load_limit = None if self._faults[NO_LOAD] else MOST_LOADED
        if name == WRONG_CURRENCY:
            currency = 0x1840 if self._faults[WRONG_CURRENCY] else EURO
            self.firmware.config = ReaderConfig(
                old.level, currency, old.factor, old.decimals, old.response_s, old.abilities
            )
        if name == BROKEN and self._faults[BROKEN] and self._is_powered and now_ms >= self._deaf_until_ms:
            self.firmware.push(Reported(Code.MALFUNCTION, 0x90))
