"""The far end of the wire: what a coin acceptor, a hopper or a bill validator answers, as a simulator plays it.

These are the devices' *firmware*: registers, rings and replies. What happens to money is the business of
`hardware.simulators`, which tells the firmware what its sensors saw.

Source: ccTalk Generic Specification 4.7, parts 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hardware.cctalk.frames import HOST, Check, Frame, encode
from hardware.cctalk.messages import (
    EMPTY_RING,
    ENABLE_HOPPER,
    ESCROW_EMPTY,
    POSITIONS,
    RING,
    ROUTE_FAILED,
    SORTER_PATHS,
    EventReply,
    Header,
    HopperFlag,
    Route,
    Scale,
    following,
    number_of,
    positions_of,
    registers_of,
    three_bytes,
    write_event_reply,
)
from hardware.cctalk.security import Security

ACK = b""
CASH_PATH = 1
"""The sorter path to the cash box; also what an acceptor without a sorter reports here."""
WATCHDOG_MS = 1000
"""An acceptor that is not polled for this long stops accepting by itself (specification part 2, header 229)."""
BILL_WATCHDOG_MS = 5000
"""The same for a bill validator (specification part 2, header 159)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a slave says: data under header 0, or a refusal."""

    data: bytes = ACK
    header: int = Header.REPLY

    def frame(self, address: int, check: Check = Check.SUM) -> bytes:
        """Its bytes on the wire, from the slave at ``address`` to the host."""
        return encode(Frame(HOST, address, self.header, self.data), check)


REFUSED = Answer(header=Header.NAK)
Command = Callable[[bytes, int], Answer | None]


def _letters(text: str) -> Command:
    return lambda _data, _now_ms: Answer(text.encode("ascii"))


def _names(*, maker: str, product: str) -> dict[int, Command]:
    """What every device says of itself beside its category and serial number."""
    return {
        Header.MAKER: _letters(maker),
        Header.PRODUCT: _letters(product),
        Header.SOFTWARE: _letters("1.0"),
        Header.BUILD: _letters("1"),
    }


@dataclass(slots=True)
class AcceptorMemoryChip:
    """What an acceptor keeps without power: its serial number and what it ever took."""

    serial: int
    accept_counts: dict[int, int] = field(default_factory=dict)
    inserted: int = 0
    accepted: int = 0
    paths: dict[int, int] = field(default_factory=dict)


class AcceptorFirmware:
    """A coin acceptor's registers. After `reset` everything volatile is gone and it accepts nothing.

    Attributes:
        chip: Its non-volatile memory.
        has_counts: Whether it answers 150.
        has_sorter: Whether it answers 209 and 210.
        opening_pair: What it puts into the ring at its first poll to leave counter 0, as some makes do; None for most.
        unread: Events pushed since the last poll; real devices let at most two come between polls.
        is_reset_asked: The host sent "reset"; the simulator restarts it once the ACK is out.
    """

    def __init__(
        self, chip: AcceptorMemoryChip, coin_ids: Mapping[int, str], *, has_counts: bool = True
    ) -> None:
        self.chip = chip
        self.has_counts = has_counts
        self.has_sorter = False
        self.opening_pair: tuple[int, int] | None = None
        self._coin_ids = coin_ids
        self._commands: dict[int, Command] = {
            Header.SIMPLE_POLL: lambda _data, _now_ms: Answer(),
            Header.RESET: self._ask_reset,
            Header.CATEGORY: _letters("Coin Acceptor"),
            Header.SERIAL: lambda _data, _now_ms: Answer(three_bytes(self.chip.serial)),
            Header.POLLING_PRIORITY: lambda _data, _now_ms: Answer(b"\x02\x14"),
            Header.SELF_CHECK: lambda _data, _now_ms: Answer(b"\x00"),
            Header.COIN_ID: self._coin_id,
            Header.READ_EVENTS: self._read_events,
            Header.MASTER_INHIBIT: self._master_inhibit,
            Header.READ_MASTER_INHIBIT: lambda _data, _now_ms: Answer(bytes((self.is_open,))),
            Header.INHIBITS: self._inhibits,
            Header.READ_INHIBITS: lambda _data, _now_ms: Answer(self._mask),
            Header.INSERTED_TOTAL: lambda _data, _now_ms: Answer(three_bytes(self.chip.inserted)),
            Header.ACCEPTED_TOTAL: lambda _data, _now_ms: Answer(three_bytes(self.chip.accepted)),
            Header.READ_ACCEPT_COUNT: self._accept_count,
            Header.READ_SORTER_PATH: self._read_path,
            Header.SORTER_PATH: self._set_path,
            **_names(maker="SIM", product="COIN"),
        }
        self.reset()

    def reset(self) -> None:
        """Lose everything volatile: the ring, its counter, the inhibits."""
        self.ring: EventReply = EMPTY_RING
        self.unread = 0
        self.is_open = False
        self.is_reset_asked = False
        self._mask = b"\x00\x00"
        self._polled_at_ms: int | None = None

    def answer(self, header: int, data: bytes, now_ms: int) -> Answer | None:
        """The answer to one command; None (silence) for what this device does not know."""
        command = self._commands.get(header)
        return None if command is None else command(data, now_ms)

    @property
    def headers(self) -> frozenset[int]:
        """The commands that it knows."""
        return frozenset(self._commands)

    def is_watched(self, now_ms: int) -> bool:
        """Whether the host polled lately; an acceptor that nobody polls takes no money."""
        return self._polled_at_ms is not None and now_ms <= self._polled_at_ms + WATCHDOG_MS

    @property
    def unwatched_from_ms(self) -> int:
        """When its watchdog closes it unless a poll comes."""
        return 0 if self._polled_at_ms is None else self._polled_at_ms + WATCHDOG_MS + 1

    def is_enabled(self, position: int) -> bool:
        """Whether the inhibit mask lets this position in."""
        return position in positions_of(self._mask)

    def push(self, result: int, detail: int) -> None:
        """Put one (A, B) pair into the ring."""
        counter = following(self.ring.counter)
        self.ring = EventReply(counter, ((result, detail), *self.ring.pairs[: RING - 1]))
        self.unread += 1

    def credit(self, position: int, path: int) -> None:
        """The credit sensor saw a coin of ``position``: event and non-volatile counts, together."""
        self.chip.accepted += 1
        self.chip.accept_counts[position] = self.chip.accept_counts.get(position, 0) + 1
        self.push(position, path)

    def path_of(self, position: int) -> int:
        """The sorter path that coins of ``position`` take; 1 unless it was set."""
        return self.chip.paths.get(position, CASH_PATH)

    def _read_path(self, data: bytes, _now_ms: int) -> Answer | None:
        if not self.has_sorter or len(data) != 1 or data[0] not in POSITIONS:
            return None
        return Answer(bytes((self.path_of(data[0]),)))

    def _set_path(self, data: bytes, _now_ms: int) -> Answer | None:
        if not self.has_sorter or len(data) != 2 or data[0] not in POSITIONS:
            return None
        if data[1] not in SORTER_PATHS:
            return REFUSED
        self.chip.paths[data[0]] = data[1]
        return Answer()

    def _ask_reset(self, _data: bytes, _now_ms: int) -> Answer:
        self.is_reset_asked = True
        return Answer()

    def _read_events(self, _data: bytes, now_ms: int) -> Answer:
        self._polled_at_ms = now_ms
        if self.ring.counter == 0 and self.opening_pair is not None:
            self.push(*self.opening_pair)
        self.unread = 0
        return Answer(write_event_reply(self.ring))

    def _master_inhibit(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 1:
            return None
        self.is_open = bool(data[0] & 1)
        return Answer()

    def _inhibits(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 2:
            return None
        self._mask = data
        return Answer()

    def _coin_id(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 1 or data[0] not in POSITIONS:
            return None
        return Answer(self._coin_ids.get(data[0], "......").encode("ascii"))

    def _accept_count(self, data: bytes, _now_ms: int) -> Answer | None:
        if not self.has_counts or len(data) != 1:
            return None
        return Answer(three_bytes(self.chip.accept_counts.get(data[0], 0)))


@dataclass(slots=True)
class ValidatorMemoryChip:
    """What a bill validator keeps without power: its serial number and how many notes it ever kept."""

    serial: int
    kept: int = 0


class ValidatorFirmware:
    """A bill validator's registers. After `reset` everything volatile is gone and it accepts nothing.

    The body says what lies in escrow (`escrow`) and carries out what the host asks for (`route`).

    Attributes:
        chip: Its non-volatile memory.
        escrow: The bill type in escrow, 0 for none.
        route: What the host asked to be done with it, until the body takes it up.
        has_total: Whether it answers 225.
        has_ids: Whether it answers 156 and 157.
        scale: What it says to 156.
        refuses_route: Its transport is stuck: it answers every route with "failed".
        is_reset_asked: The host sent "reset".
    """

    def __init__(self, chip: ValidatorMemoryChip, bill_ids: Mapping[int, str], scale: Scale) -> None:
        self.chip = chip
        self.scale = scale
        self.has_total = True
        self.has_ids = True
        self.refuses_route = False
        self._bill_ids = bill_ids
        self._commands: dict[int, Command] = {
            Header.SIMPLE_POLL: lambda _data, _now_ms: Answer(),
            Header.RESET: self._ask_reset,
            Header.CATEGORY: _letters("Bill Validator"),
            Header.SERIAL: lambda _data, _now_ms: Answer(three_bytes(self.chip.serial)),
            Header.POLLING_PRIORITY: lambda _data, _now_ms: Answer(b"\x02\x14"),
            Header.SELF_CHECK: lambda _data, _now_ms: Answer(b"\x00"),
            Header.COUNTRY_SCALE: self._country_scale,
            Header.BILL_ID: self._bill_id,
            Header.READ_BILL_EVENTS: self._read_events,
            Header.MASTER_INHIBIT: self._master_inhibit,
            Header.READ_MASTER_INHIBIT: lambda _data, _now_ms: Answer(bytes((self.is_open,))),
            Header.INHIBITS: self._inhibits,
            Header.READ_INHIBITS: lambda _data, _now_ms: Answer(self._mask),
            Header.BILL_MODE: self._bill_mode,
            Header.READ_BILL_MODE: lambda _data, _now_ms: Answer(self._mode),
            Header.ROUTE_BILL: self._route,
            Header.ACCEPTED_TOTAL: self._total,
            **_names(maker="SIM", product="BILL"),
        }
        self.reset()

    def reset(self) -> None:
        """Lose everything volatile: the ring, its counter, the inhibits, the operating mode."""
        self.ring: EventReply = EMPTY_RING
        self.is_open = False
        self.is_reset_asked = False
        self.escrow = 0
        self.route: Route | None = None
        self._mask = b"\x00\x00"
        self._mode = b"\x00"
        self._polled_at_ms: int | None = None

    def answer(self, header: int, data: bytes, now_ms: int) -> Answer | None:
        """The answer to one command; None (silence) for what this device does not know."""
        command = self._commands.get(header)
        return None if command is None else command(data, now_ms)

    @property
    def headers(self) -> frozenset[int]:
        """The commands that it knows."""
        return frozenset(self._commands)

    def accepts(self, position: int, now_ms: int) -> bool:
        """Whether a note of this type may come in now: open, enabled, and polled lately."""
        is_watched = self._polled_at_ms is not None and now_ms <= self._polled_at_ms + BILL_WATCHDOG_MS
        return self.is_open and is_watched and position in positions_of(self._mask)

    @property
    def uses_escrow(self) -> bool:
        """Whether notes wait for a word of the host."""
        return bool(self._mode[0] & 2)

    def push(self, result: int, detail: int) -> None:
        """Put one (A, B) pair into the ring."""
        counter = following(self.ring.counter)
        self.ring = EventReply(counter, ((result, detail), *self.ring.pairs[: RING - 1]))

    def _ask_reset(self, _data: bytes, _now_ms: int) -> Answer:
        self.is_reset_asked = True
        return Answer()

    def _read_events(self, _data: bytes, now_ms: int) -> Answer:
        self._polled_at_ms = now_ms
        return Answer(write_event_reply(self.ring))

    def _master_inhibit(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 1:
            return None
        self.is_open = bool(data[0] & 1)
        return Answer()

    def _inhibits(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 2:
            return None
        self._mask = data
        return Answer()

    def _bill_mode(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 1:
            return None
        self._mode = data
        return Answer()

    def _route(self, data: bytes, _now_ms: int) -> Answer | None:
        if len(data) != 1 or data[0] not in tuple(Route):
            return None
        if not self.escrow or self.route in (Route.STACK, Route.RETURN):
            return Answer(ESCROW_EMPTY)
        if self.refuses_route:
            return Answer(ROUTE_FAILED)
        self.route = Route(data[0])
        return Answer()

    def _country_scale(self, data: bytes, _now_ms: int) -> Answer | None:
        if not self.has_ids or len(data) != 2:
            return None
        if not any(text.startswith(data.decode("ascii", "replace")) for text in self._bill_ids.values()):
            return Answer(b"\x00\x00\x00")
        return Answer(self.scale.factor.to_bytes(2, "little") + bytes((self.scale.decimals,)))

    def _bill_id(self, data: bytes, _now_ms: int) -> Answer | None:
        if not self.has_ids or len(data) != 1 or data[0] not in POSITIONS:
            return None
        return Answer(self._bill_ids.get(data[0], ".......").encode("ascii"))

    def _total(self, _data: bytes, _now_ms: int) -> Answer | None:
        return Answer(three_bytes(self.chip.kept)) if self.has_total else None


@dataclass(slots=True)
class HopperMemoryChip:
    """What a hopper keeps without power: serial, coins ever paid, and the last payout's two numbers."""

    serial: int
    total: int = 0
    paid: int = 0
    unpaid: int = 0
    lost_power_paying: bool = False


class HopperFirmware:
    """A hopper's registers. The simulator turns the motor while ``remaining`` is not 0 and reports each coin.

    Attributes:
        chip: Its non-volatile memory.
        remaining: Coins that the running payout still owes.
        flags: Test register bits beside those that follow from the rest.
        key_source: Makes the key of the n-th request since power-up (160).
    """

    def __init__(
        self,
        chip: HopperMemoryChip,
        is_low: Callable[[], bool],
        *,
        has_total: bool = True,
        security: Security = Security.SERIAL,
    ) -> None:
        self.chip = chip
        self.has_total = has_total
        self._is_low = is_low
        self._security = security
        self.key_source: Callable[[int], bytes] = self._made_up_key
        self._commands: dict[int, Command] = {
            Header.SIMPLE_POLL: lambda _data, _now_ms: Answer(),
            Header.RESET: self._ask_reset,
            Header.CATEGORY: _letters("Payout"),
            Header.SERIAL: lambda _data, _now_ms: Answer(three_bytes(self.chip.serial)),
            Header.PAYOUT_LEVEL: lambda _data, _now_ms: Answer(bytes((0x10 | int(self._is_low()),))),
            Header.HOPPER_TOTAL: self._total,
            Header.DISPENSE: self._dispense,
            Header.HOPPER_STATUS: self._status,
            Header.ENABLE_HOPPER: self._enable,
            Header.TEST_HOPPER: lambda _data, _now_ms: Answer(registers_of(self._all_flags())),
            Header.REQUEST_CIPHER_KEY: self._request_key,
            Header.EMERGENCY_STOP: self._stop,
            **_names(maker="SIM", product="HOPPER"),
        }
        self.reset()
        self.flags: set[HopperFlag] = {HopperFlag.POWER_UP}

    def reset(self) -> None:
        """Lose everything volatile: the command counter, a running payout, "enabled". The chip keeps its numbers."""
        self.counter = 0
        self.remaining = 0
        self.is_enabled = False
        self.is_reset_asked = False
        self.flags = {HopperFlag.POWER_UP}
        self._key = b""
        self._key_no = 0

    def answer(self, header: int, data: bytes, now_ms: int) -> Answer | None:
        """The answer to one command; None (silence) for what this device does not know."""
        command = self._commands.get(header)
        if command is None:
            return None
        return command(data, now_ms)

    @property
    def headers(self) -> frozenset[int]:
        """The commands that it knows."""
        return frozenset(self._commands)

    def coin_left(self) -> None:
        """The exit sensor saw one coin of the running payout."""
        self.extra_coin_left()
        self.remaining -= 1
        self.chip.unpaid = self.remaining

    def extra_coin_left(self) -> None:
        """The exit sensor saw a coin that nobody asked for: counted, but not against what remains."""
        self.chip.total += 1
        self.chip.paid += 1

    def give_up(self, *flags: HopperFlag) -> None:
        """End the running payout short and say why."""
        self.chip.unpaid = self.remaining
        self.remaining = 0
        self.flags.update(flags)

    def power_failed(self) -> None:
        """Power went; what the chip holds is all that is left."""
        self.chip.lost_power_paying = self.chip.lost_power_paying or self.remaining > 0
        self.remaining = 0

    def _all_flags(self) -> set[HopperFlag]:
        flags = set(self.flags)
        if not self.is_enabled:
            flags.add(HopperFlag.DISABLED)
        if self.chip.lost_power_paying:
            flags.add(HopperFlag.POWER_LOST_PAYING)
        return flags

    def _ask_reset(self, _data: bytes, _now_ms: int) -> Answer:
        self.is_reset_asked = True
        self.chip.lost_power_paying = False
        return Answer()

    def _total(self, _data: bytes, _now_ms: int) -> Answer | None:
        return Answer(three_bytes(self.chip.total)) if self.has_total else None

    def _status(self, _data: bytes, _now_ms: int) -> Answer:
        unpaid = 0 if self.remaining else self.chip.unpaid
        return Answer(bytes((self.counter, self.remaining, self.chip.paid & 0xFF, unpaid)))

    def _enable(self, data: bytes, _now_ms: int) -> Answer:
        self.is_enabled = data == ENABLE_HOPPER
        return Answer()

    def _request_key(self, _data: bytes, _now_ms: int) -> Answer | None:
        if self._security is Security.SERIAL:
            return None
        self._key_no += 1
        self._key = self.key_source(self._key_no)
        return Answer(self._key)

    def _made_up_key(self, number: int) -> bytes:
        steps = (3, 7, 11, 13, 17, 19, 23, 29)
        return bytes((number * step + self.chip.serial) & 0xFF for step in steps)

    def _is_authentic(self, data: bytes) -> bool:
        if self._security is Security.SERIAL:
            return len(data) == 4 and number_of(data[:3]) == self.chip.serial
        key, self._key = self._key, b""
        expected = bytes(8) if self._security is Security.ZERO_KEY else key
        return len(data) == 9 and bool(key) and data[:8] == expected

    def _dispense(self, data: bytes, _now_ms: int) -> Answer:
        if not self.is_enabled or self.remaining or not data or data[-1] == 0:
            return REFUSED
        if not self._is_authentic(data):
            self.flags.add(
                HopperFlag.PIN_WRONG if self._security is Security.SERIAL else HopperFlag.KEY_WRONG
            )
            return REFUSED
        self.counter = following(self.counter)
        self.remaining = data[-1]
        self.chip.paid = 0
        self.chip.unpaid = self.remaining
        self.chip.lost_power_paying = False
        self.flags.discard(HopperFlag.TIMEOUT)
        return Answer(bytes((self.counter,)))

    def _stop(self, _data: bytes, _now_ms: int) -> Answer:
        left = self.remaining
        if left:
            self.give_up()
        return Answer(bytes((left,)))
