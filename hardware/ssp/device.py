"""The far end of the wire: what a note unit or a coin unit answers, as a simulator plays it.

This is the units' *firmware*: sequence bits, keys, registers, events and replies. What happens to notes and coins is the
business of `hardware.simulators`, whose bodies this asks.

Source: SSP interface manual GA138 and implementation guide GA973.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from hardware.ssp.crypto import ENCRYPTED, eight, is_prime, key_of, seal, unseal
from hardware.ssp.frames import Frame, FrameReader, encode
from hardware.ssp.messages import (
    BUSY,
    DISABLED,
    DO_IT,
    ENCRYPTED_ONLY,
    NEWEST_PROTOCOL,
    NOT_ENOUGH,
    NOT_EXACT,
    OLDEST_PROTOCOL,
    PAYING,
    PERSISTENT,
    PLAIN_ONLY,
    TEST_ONLY,
    Answer,
    Command,
    Counters,
    Event,
    Level,
    Money,
    Seen,
    Setup,
    UnitType,
    channels_of,
    read_levels,
    write_counters,
    write_events,
    write_levels,
    write_setup,
)

WATCHDOG_MS: Final = 10_000
"""A note unit that hears nothing for this long disables itself (GA973); a coin unit after half of it."""
ESCROW_MS: Final = 5_000
"""A note in escrow goes back by itself when neither poll nor hold comes for this long (GA973)."""

OK: Final = bytes((Answer.OK,))
UNKNOWN: Final = bytes((Answer.UNKNOWN_COMMAND,))
WRONG_COUNT: Final = bytes((Answer.WRONG_COUNT,))
OUT_OF_RANGE: Final = bytes((Answer.OUT_OF_RANGE,))
NOT_NOW: Final = bytes((Answer.NOT_NOW,))
FAIL: Final = bytes((Answer.FAIL,))
NO_KEY: Final = bytes((Answer.NO_KEY,))


@dataclass(slots=True)
class UnitChip:
    """What a unit keeps without power.

    Attributes:
        serial: Its serial number, 32 bits.
        counters: Notes that ever went each way, by the names of the answer to 58.
        levels: Value in minor units -> pieces that it believes are inside.
        routes: Value -> 0 recycle or 1 cash box.
        paid: Value that the running, or broken off, payout has paid.
        asked: What it should pay; 0 when no payout runs.
    """

    serial: int
    counters: dict[str, int] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    routes: dict[int, int] = field(default_factory=dict)
    paid: int = 0
    asked: int = 0

    def count(self, what: str) -> None:
        """One more note went this way."""
        self.counters[what] = (self.counters.get(what, 0) + 1) % (1 << 32)


class Body(Protocol):
    """What the firmware asks of the unit's mechanics."""

    @property
    def escrow(self) -> int:
        """Channel of the note that rests in escrow; 0 for none."""

    @property
    def standing(self) -> tuple[Seen, ...]:
        """Conditions that every poll shows."""

    @property
    def is_busy(self) -> bool:
        """Whether it pays, empties or moves a note."""

    def keep(self, now_ms: int) -> None:
        """Draw the note in escrow in."""

    def give_back(self, now_ms: int) -> None:
        """Put the note in escrow out."""

    def pay(self, plan: Mapping[int, int], now_ms: int) -> None:
        """Begin to pay so many pieces of each value."""

    def halt(self) -> None:
        """Stop paying after the piece that moves."""

    def empty(self, keep: Mapping[int, int], now_ms: int, *, is_smart: bool, is_float: bool) -> None:
        """Move everything but ``keep`` pieces of each value into the cash box."""


def exact_plan(amount: int, levels: Mapping[int, int]) -> dict[int, int] | None:
    """Pieces that make up ``amount`` exactly, largest values first where it can be; None when it cannot."""
    return _plan(amount, sorted(levels.items(), reverse=True))


def _plan(amount: int, levels: Sequence[tuple[int, int]]) -> dict[int, int] | None:
    if amount == 0:
        return {}
    if not levels:
        return None
    (value, qty), rest = levels[0], levels[1:]
    for pieces in range(min(qty, amount // value), -1, -1):
        found = _plan(amount - pieces * value, rest)
        if found is not None:
            return {value: pieces, **found} if pieces else found
    return None


class UnitFirmware:
    """One unit's registers and commands. After `reset` everything volatile is gone and it takes nothing.

    Attributes:
        chip: Its non-volatile memory.
        is_enabled: The host enabled it.
        can_pay: The host enabled its payout.
        last_reject: What 17 answers.
        held_at_ms: When the note in escrow was last polled or held.
        has_counters: Whether it knows 58.
        has_ack: Whether it knows 56 and 57.
        has_hold: Whether it knows 18.
        has_pieces: Whether it knows 46.
        newest_protocol: The newest version it speaks.
        is_reset_asked: The host sent "reset"; the simulator restarts it once the answer is out.
        is_money_said: The last answer decided about money: a payout's, or a poll's that brought more than conditions.
        lies: Added to every level that it tells, as a broken sensor does.
    """

    def __init__(
        self,
        chip: UnitChip,
        unit: UnitType,
        values: Mapping[int, int],
        currency: str,
        body: Body,
        *,
        newest_protocol: int = NEWEST_PROTOCOL,
        multiplier: int = 100,
    ) -> None:
        self.chip = chip
        self.unit = unit
        self.values = dict(values)
        self.currency = currency
        self.newest_protocol = newest_protocol
        self.has_counters = self.has_ack = self.has_hold = self.has_pieces = True
        self.lies = 0
        self.is_money_said = False
        self._body = body
        self._multiplier = multiplier
        self._moved: dict[int, int] = {}
        self._commands: dict[int, Callable[[bytes, int], bytes]] = {
            Command.RESET: self._ask_reset,
            Command.INHIBITS: self._inhibits,
            Command.DISPLAY_ON: lambda _data, _now_ms: OK,
            Command.DISPLAY_OFF: lambda _data, _now_ms: OK,
            Command.SETUP: lambda _data, _now_ms: OK + write_setup(self.setup, self._multiplier),
            Command.PROTOCOL: self._host_protocol,
            Command.POLL: lambda _data, now_ms: self._poll(now_ms, is_acked=False),
            Command.DISABLE: self._disable,
            Command.ENABLE: self._enable,
            Command.SERIAL: lambda _data, _now_ms: OK + self.chip.serial.to_bytes(4, "big"),
            Command.FIRMWARE: lambda _data, _now_ms: OK + b"SIM0100000000000",
            Command.DATASET: lambda _data, _now_ms: OK + self.currency.encode("ascii") + b"01000",
            Command.POLL_ACK: self._poll_with_ack,
            Command.ACK: self._ack,
        }
        if unit is not UnitType.HOPPER:
            self._commands |= {
                Command.REJECT: self._reject,
                Command.HOLD: self._hold,
                Command.LAST_REJECT: lambda _data, _now_ms: OK + bytes((self.last_reject,)),
                Command.COUNTERS: self._tell_counters,
            }
        if unit is not UnitType.VALIDATOR:
            self._commands |= {
                Command.LEVELS: lambda _data, _now_ms: OK + write_levels(self.levels),
                Command.PAY_AMOUNT: self._pay_amount,
                Command.PAY_PIECES: self._pay_pieces,
                Command.HALT: self._halt,
                Command.SET_ROUTE: self._set_route,
                Command.GET_ROUTE: self._get_route,
                Command.SET_LEVEL: self._set_level,
                Command.EMPTY: lambda _data, now_ms: self._empty(now_ms, is_smart=False),
                Command.SMART_EMPTY: lambda _data, now_ms: self._empty(now_ms, is_smart=True),
                Command.FLOAT_PIECES: self._float_pieces,
                Command.CASHBOX_DATA: self._tell_moved,
                Command.PAYOUT_ON: self._payout_on,
                Command.PAYOUT_OFF: self._payout_off,
            }
        self.reset()

    def reset(self) -> None:
        """Lose everything volatile, and say so at the next poll; a payout that broke off is reported with its numbers."""
        self.is_enabled = False
        self.can_pay = False
        self.is_reset_asked = False
        self.last_reject = 0
        self.protocol = min(OLDEST_PROTOCOL, self.newest_protocol)
        self.held_at_ms: int | None = None
        self._mask = b"\x00\x00"
        self._reported: list[Seen] = []
        self._shown = 0
        self.reports: list[Seen] = [Seen(Event.RESET)]
        self._heard_at_ms: int | None = None

    # --- what the simulator tells it --------------------------------------------------------------------------------

    def report(self, event: Event, channel: int = 0, value: int | None = None, reason: int = 0) -> None:
        """Tell the host of something at its next poll."""
        money = () if value is None else (self.money(value),)
        self.reports.append(Seen(event, channel, money, reason))

    def report_broken_payout(self) -> None:
        """After power-up: what the payout that the power cut had paid, and was asked."""
        if self.chip.asked:
            money = Money(self.chip.paid, self.currency, self.chip.asked)
            self.reports.append(Seen(Event.INCOMPLETE_PAYOUT, money=(money,)))
            self.chip.asked = 0

    def money(self, value: int) -> Money:
        """So much, in its own currency."""
        return Money(value, self.currency)

    def takes(self, channel: int, now_ms: int) -> bool:
        """Whether a note of ``channel`` would be let in now."""
        return self.is_watched(now_ms) and self.is_let_in(channel)

    def is_let_in(self, channel: int) -> bool:
        """Whether the host lets notes of ``channel`` in."""
        return channel in channels_of(self._mask)

    def is_watched(self, now_ms: int) -> bool:
        """Whether it is enabled, and a host spoke lately."""
        limit_ms = WATCHDOG_MS // 2 if self.unit is UnitType.HOPPER else WATCHDOG_MS
        is_heard = self._heard_at_ms is not None and now_ms - self._heard_at_ms <= limit_ms
        return self.is_enabled and is_heard

    @property
    def commands(self) -> frozenset[int]:
        """The commands that it knows, those of the connection included."""
        return frozenset(self._commands) | PLAIN_ONLY

    @property
    def setup(self) -> Setup:
        """What it says of itself."""
        currencies = dict.fromkeys(self.values, self.currency)
        return Setup(self.unit, "0100", self.currency, self.values, currencies, self.protocol)

    @property
    def levels(self) -> tuple[Level, ...]:
        """What it says is inside."""
        return tuple(
            Level(self.chip.levels.get(value, 0) + self.lies, value, self.currency)
            for value in self.values.values()
        )

    def route_of(self, value: int) -> int:
        """0: notes of this value are kept for paying; 1: into the cash box."""
        return self.chip.routes.get(value, 1)

    # --- commands -----------------------------------------------------------------------------------------------

    def obey(self, plain: bytes, now_ms: int) -> bytes:
        """The answer to one command."""
        self._heard_at_ms = now_ms
        self.is_money_said = plain[0] in PAYING
        command = self._commands.get(plain[0])
        is_missing = (
            (plain[0] in {Command.POLL_ACK, Command.ACK} and not self.has_ack)
            or (plain[0] == Command.HOLD and not self.has_hold)
            or (plain[0] == Command.PAY_PIECES and not self.has_pieces)
            or (plain[0] == Command.COUNTERS and not self.has_counters)
        )
        return UNKNOWN if command is None or is_missing else command(plain[1:], now_ms)

    def _ask_reset(self, _data: bytes, _now_ms: int) -> bytes:
        self.is_reset_asked = True
        return OK

    def _inhibits(self, data: bytes, _now_ms: int) -> bytes:
        if self.unit is UnitType.HOPPER:
            return UNKNOWN
        if len(data) not in {1, 2, 3}:
            return WRONG_COUNT
        self._mask = (data + b"\x00")[:2]
        return OK

    def _host_protocol(self, data: bytes, _now_ms: int) -> bytes:
        if len(data) != 1:
            return WRONG_COUNT
        if data[0] > self.newest_protocol:
            return FAIL
        self.protocol = max(data[0], OLDEST_PROTOCOL)
        return OK

    def _enable(self, _data: bytes, _now_ms: int) -> bytes:
        self.is_enabled = True
        return OK

    def _disable(self, _data: bytes, _now_ms: int) -> bytes:
        self.is_enabled = False
        return OK

    def _reject(self, _data: bytes, now_ms: int) -> bytes:
        if not self._body.escrow:
            return NOT_NOW
        self.last_reject = 0x08
        self.held_at_ms = None
        self._body.give_back(now_ms)
        return OK

    def _hold(self, _data: bytes, now_ms: int) -> bytes:
        if not self._body.escrow:
            return NOT_NOW
        self.held_at_ms = now_ms
        return OK

    def _tell_counters(self, _data: bytes, _now_ms: int) -> bytes:
        of = self.chip.counters.get
        numbers = [of(name, 0) for name in ("stacked", "stored", "dispensed", "moved", "rejected")]
        return OK + write_counters(Counters(*numbers))

    # --- polls --------------------------------------------------------------------------------------------------

    def _show_escrow(self, now_ms: int) -> list[Seen]:
        """A note in escrow is shown once; the poll after that one keeps it."""
        channel = self._body.escrow
        if not channel:
            self.held_at_ms = None
            return []
        if self.held_at_ms is None:
            self.held_at_ms = now_ms
            return [Seen(Event.READ, channel)]
        self.held_at_ms = None
        self._body.keep(now_ms)
        return []

    def _poll(self, now_ms: int, *, is_acked: bool) -> bytes:
        shown = self._show_escrow(now_ms)
        fresh, self.reports = self.reports, []
        seen = [*self._reported, *fresh, *shown, *self._body.standing]
        self.is_money_said = bool(fresh or shown)
        if not self.is_enabled and self.unit is not UnitType.HOPPER:
            seen.append(Seen(Event.DISABLED))
        if is_acked:
            self._reported += [one for one in fresh if one.event in PERSISTENT]
            self._shown = len(self._reported)
        else:
            self._reported.clear()
        return OK + write_events(seen, self.protocol, self.unit)

    def _poll_with_ack(self, _data: bytes, now_ms: int) -> bytes:
        return self._poll(now_ms, is_acked=True)

    def _ack(self, _data: bytes, _now_ms: int) -> bytes:
        if not self._reported:
            return NOT_NOW
        del self._reported[: self._shown]
        return OK

    @property
    def has_credit_to_tell(self) -> bool:
        """Whether the next poll carries a credit."""
        return any(one.event is Event.CREDIT for one in (*self._reported, *self.reports))

    # --- paying -------------------------------------------------------------------------------------------------

    def _payout_on(self, _data: bytes, _now_ms: int) -> bytes:
        self.can_pay = True
        return OK

    def _payout_off(self, _data: bytes, _now_ms: int) -> bytes:
        self.can_pay = False
        return OK

    def _pay_amount(self, data: bytes, now_ms: int) -> bytes:
        if len(data) != 8:
            return WRONG_COUNT
        amount = int.from_bytes(data[:4], "little")
        if data[4:7] != self.currency.encode("ascii"):
            return OUT_OF_RANGE
        plan = exact_plan(amount, self.chip.levels)
        return self._start(plan, amount, data[7], now_ms)

    def _pay_pieces(self, data: bytes, now_ms: int) -> bytes:
        asked = read_levels(data[:-1])
        if asked is None or len(data) != 2 + 9 * data[0]:
            return WRONG_COUNT
        if any(one.currency != self.currency or one.value not in self.values.values() for one in asked):
            return OUT_OF_RANGE
        plan: dict[int, int] | None = {one.value: one.qty for one in asked}
        amount = sum(one.value * one.qty for one in asked)
        if any(self.chip.levels.get(one.value, 0) < one.qty for one in asked):
            plan = None
        return self._start(plan, amount, data[-1], now_ms)

    def _start(self, plan: Mapping[int, int] | None, amount: int, option: int, now_ms: int) -> bytes:
        reason = 0
        if not self.is_enabled or not self.can_pay:
            reason = DISABLED
        elif self._body.is_busy:
            reason = BUSY
        elif plan is None:
            inside = sum(value * qty for value, qty in self.chip.levels.items())
            reason = NOT_ENOUGH if inside < amount else NOT_EXACT
        if reason:
            return NOT_NOW + bytes((reason,))
        if option == TEST_ONLY:
            return OK
        if option != DO_IT or plan is None:
            return OUT_OF_RANGE
        self.chip.paid, self.chip.asked = 0, amount
        self._body.pay(plan, now_ms)
        return OK

    def _halt(self, _data: bytes, _now_ms: int) -> bytes:
        self._body.halt()
        return OK

    def _set_route(self, data: bytes, _now_ms: int) -> bytes:
        if len(data) != 8 or data[0] not in {0, 1}:
            return WRONG_COUNT
        value = int.from_bytes(data[1:5], "little")
        if value not in self.values.values() or data[5:] != self.currency.encode("ascii"):
            return OUT_OF_RANGE
        self.chip.routes[value] = data[0]
        return OK

    def _get_route(self, data: bytes, _now_ms: int) -> bytes:
        if len(data) != 7:
            return WRONG_COUNT
        return OK + bytes((self.route_of(int.from_bytes(data[:4], "little")),))

    def _set_level(self, data: bytes, _now_ms: int) -> bytes:
        if len(data) != 9:
            return WRONG_COUNT
        qty, value = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:6], "little")
        if value not in self.values.values():
            return OUT_OF_RANGE
        # A coin unit adds what was poured in; 0 sets it to nothing.
        self.chip.levels[value] = self.chip.levels.get(value, 0) + qty if qty else 0
        return OK

    def _empty(self, now_ms: int, *, is_smart: bool) -> bytes:
        if self._body.is_busy:
            return NOT_NOW + bytes((BUSY,))
        self._moved.clear()
        self._body.empty({}, now_ms, is_smart=is_smart, is_float=False)
        return OK

    def _float_pieces(self, data: bytes, now_ms: int) -> bytes:
        keep = read_levels(data[:-1])
        if keep is None or len(data) != 2 + 9 * data[0]:
            return WRONG_COUNT
        if self._body.is_busy:
            return NOT_NOW + bytes((BUSY,))
        if any(self.chip.levels.get(one.value, 0) < one.qty for one in keep):
            return NOT_NOW + bytes((NOT_ENOUGH,))
        if data[-1] == DO_IT:
            self._moved.clear()
            self._body.empty({one.value: one.qty for one in keep}, now_ms, is_smart=False, is_float=True)
        return OK

    def moved(self, value: int) -> None:
        """One piece went into the cash box at the host's wish."""
        self._moved[value] = self._moved.get(value, 0) + 1

    def _tell_moved(self, _data: bytes, _now_ms: int) -> bytes:
        rows = [Level(qty, value, self.currency) for value, qty in self._moved.items()]
        return OK + write_levels(rows) + (0).to_bytes(4, "little")


class SspLink:
    """A unit's end of the link: its address, sequence bit, keys and counts. It answers each command once.

    Attributes:
        insists: It refuses every command until keys are agreed.
        can_encrypt: It knows the key exchange.
        fixed_key: The fixed half of its key.
        secret: Its own number of the key exchange.
        is_out_of_service: A field opened with a wrong key; only a reset helps.
        executed: How many commands were really carried out, repeats not counted.
        heard: Which commands it was ever given.
    """

    def __init__(self, address: int, firmware: UnitFirmware, fixed_key: int) -> None:
        self.address = address
        self.fixed_key = fixed_key
        self.insists = False
        self.can_encrypt = True
        self.executed = 0
        self.heard: set[int] = set()
        # Its own number of the key exchange: nothing here is a secret, and equal runs must be equal.
        self.secret = firmware.chip.serial * 7919 + 54321
        self._firmware = firmware
        self.reset()

    def reset(self) -> None:
        """Forget keys, counts and the last answer."""
        self._reader = FrameReader()
        self._sequence: bool | None = None
        self._last = b""
        self._key: bytes | None = None
        self._count = 0
        self._generator = self._modulus = 0
        self.is_out_of_service = False

    def hear(self, data: bytes, now_ms: int) -> list[bytes]:
        """The frames that it answers with."""
        answers = []
        for frame in self._reader.receive(data, now_ms):
            if frame.address != self.address or self.is_out_of_service:
                continue
            answer = self._answer(frame, now_ms)
            if answer:
                answers.append(answer)
        return answers

    def _answer(self, frame: Frame, now_ms: int) -> bytes:
        if frame.data[0] == Command.SYNC:
            self.heard.add(Command.SYNC)
            self._sequence, self._last = True, b""
            return encode(Frame(self.address, frame.sequence, OK))
        if frame.sequence == self._sequence and self._last:
            return self._last
        field = self._carry_out(frame.data, now_ms)
        if not field:
            return b""
        self._sequence = frame.sequence
        self._last = encode(Frame(self.address, frame.sequence, field))
        return self._last

    def _carry_out(self, field: bytes, now_ms: int) -> bytes:
        """The data field of the answer; nothing when the command is dropped in silence."""
        if field[0] == ENCRYPTED:
            if self._key is None:
                return NO_KEY
            opened = unseal(self._key, field)
            if opened is None:
                self.is_out_of_service = True
                return b""
            if opened.count != self._count:
                return b""
            return self._seal(self._obey(opened.plain, now_ms))
        plain = self._exchange_keys(field) if self.can_encrypt and field[0] in PLAIN_ONLY else None
        if plain is not None:
            return plain
        if self.can_encrypt and (self.insists or field[0] in ENCRYPTED_ONLY):
            return NO_KEY
        is_credit = field[0] == Command.POLL and self._key is not None and self._firmware.has_credit_to_tell
        answer = self._obey(field, now_ms)
        return self._seal(answer) if is_credit else answer

    def _obey(self, plain: bytes, now_ms: int) -> bytes:
        self.executed += 1
        self.heard.add(plain[0])
        return self._firmware.obey(plain, now_ms)

    def _seal(self, plain: bytes) -> bytes:
        if self._key is None:
            return plain
        self._count = (self._count + 1) % (1 << 32)
        return seal(self._key, self._count, plain)

    def _exchange_keys(self, field: bytes) -> bytes:
        number = int.from_bytes(field[1:], "little")
        self.heard.add(field[0])
        if len(field) != 9:
            return WRONG_COUNT
        match field[0]:
            case Command.GENERATOR:
                if not is_prime(number):
                    return OUT_OF_RANGE
                self._generator = number
            case Command.MODULUS:
                if not is_prime(number) or self._generator <= number:
                    return OUT_OF_RANGE
                self._modulus = number
            case _:
                if not self._modulus:
                    return NOT_NOW
                self._key = key_of(self.fixed_key, pow(number, self.secret, self._modulus))
                self._count = 0
                return OK + eight(pow(self._generator, self.secret, self._modulus))
        return OK
