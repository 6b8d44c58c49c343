"""ccTalk for technicians: frames in words, the commands that move something, and how to find out who is on a bus.

Source: ccTalk Generic Specification 4.7, part 2 (headers) and part 3 (tables, default addresses).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from hardware.cctalk.acceptor import ACCEPTOR_EVIDENCE
from hardware.cctalk.frames import ENVELOPE, GAP_MS, HOST, Check, Frame, decode, encode
from hardware.cctalk.hopper import HOPPER_EVIDENCE
from hardware.cctalk.messages import (
    ENABLE_HOPPER,
    Header,
    flags_of,
    hopper_fault,
    needs_reset,
    number_of,
    positions_of,
    read_bill_id,
    read_event_reply,
    read_hopper_status,
    read_level,
    read_scale,
    refusal_of,
)
from hardware.cctalk.support import BY_HEADER
from hardware.cctalk.validator import VALIDATOR_EVIDENCE
from hardware.events import DeviceKind, EvidenceCard, Fault
from hardware.wires.asking import Ask, Asks, Finding, Script, Worth
from hardware.wires.wire import NO_MESSAGE, WireKind

WAIT_MS: Final = 120
"""For one answer: devices start within 10 ms; the rest is for adapters and a busy computer."""

SCAN_MS: Final = 70
"""For an answer to the mere question whether somebody is there, which needs no thought: 20 ms on the wire, 10 ms until a
device begins, 16 ms in an adapter.
"""

SLOW_MS: Final = 1_000
"""For a self-check, which may look at every sensor first."""

TRIES: Final = 2
"""Of each question: enough for a lost byte, few enough that a scan of a dead bus takes two seconds."""

_Tested = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]

_TEXTS: Final = frozenset({192, 241, 244, 245, 246, 171, 184, 157, 145})
_TOTALS: Final = frozenset({150, 168, 225, 226, 242})

KINDS: Final[Mapping[int | None, DeviceKind]] = {
    2: DeviceKind.COIN_ACCEPTOR,
    **dict.fromkeys(range(3, 11), DeviceKind.HOPPER),
    **dict.fromkeys(range(11, 18), DeviceKind.COIN_ACCEPTOR),
    **dict.fromkeys(range(40, 48), DeviceKind.NOTE_VALIDATOR),
}
"""Default addresses (part 3): what usually answers there. The category that a device tells is believed more."""

_CATEGORIES: Final[Mapping[str, DeviceKind]] = {
    "coin acceptor": DeviceKind.COIN_ACCEPTOR,
    "payout": DeviceKind.HOPPER,
    "bill validator": DeviceKind.NOTE_VALIDATOR,
}

HOPPER_COIN: Final = 171
"""Asks a hopper which coin it holds; few know."""

CRC_FIRST: Final = (40, 2, 3)
"""Where a bus with CRC frames is looked for when nobody answers plain frames: CRC is usual for note validators."""


class CcTalkEar:
    """Reads a bus in both frame formats; which one it is, the first good frame tells."""

    def __init__(self) -> None:
        self._check: Check | None = None
        self._asked: Frame | None = None
        self._names: dict[int, str] = {}

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """A receiver forgets a half frame after 50 ms."""
        return GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:
        """A frame says its length; after damage only silence tells where the next one begins."""
        if len(data) < ENVELOPE or len(data) < ENVELOPE + data[1]:
            return 0
        size = ENVELOPE + data[1]
        if self._frame(data[:size]) is not None:
            return size
        if data[0] == 0 and not is_from_host:
            return -1  # an echoed broadcast may be followed by bare address bytes
        return -len(data)

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """Whom it is for and what it asks, or what is answered to what was asked last."""
        frame = self._frame(message)
        if frame is None:
            return NO_MESSAGE
        if not is_from_host and (
            frame.source == HOST or (frame.source is None and frame.destination != HOST)
        ):
            return "echo"
        if is_from_host:
            self._asked = frame
            return f"to {self._who(frame.destination)}: {_question(frame)}"
        who = frame.source if frame.source is not None else (self._asked.destination if self._asked else 0)
        return f"from {self._who(who)}: {self._answer(frame, who)}"

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """A discovery is answered by bare address bytes; everything else is half a frame."""
        is_poll = self._asked is not None and self._asked.header in (252, 253) and not is_from_host
        if is_poll:
            return "addresses that answer: " + ", ".join(str(byte) for byte in data)
        return f"half a frame, or {NO_MESSAGE}"

    def physical(self, message: bytes) -> str:
        """Whether a frame's header is one of those that move something."""
        frame = self._frame(message)
        if frame is None:
            return ""
        command = BY_HEADER.get(frame.header)
        return "" if command is None else command.moves

    def _frame(self, data: bytes) -> Frame | None:
        checks = (self._check,) if self._check is not None else (Check.SUM, Check.CRC)
        for check in checks:
            frame = decode(data, check)
            if frame is not None:
                self._check = check
                return frame
        return None

    def _who(self, address: int) -> str:
        name = self._names.get(address) or _usual(address)
        return f"{address} ({name})" if name else str(address)

    def _answer(self, frame: Frame, who: int) -> str:
        if frame.header == Header.NAK:
            return "refused (NAK)"
        if frame.header == Header.BUSY:
            return "busy"
        if frame.header != Header.REPLY:
            return f"header {frame.header}: {_hex(frame.data)}"
        asked = self._asked if self._asked is not None and self._asked.destination in (0, who) else None
        if asked is not None and asked.header == Header.CATEGORY:
            self._names[who] = _text(frame.data).strip().lower()
        return _reply(asked, frame.data)


def _usual(address: int) -> str:
    kind = KINDS.get(address)
    return "everybody" if address == 0 else str(kind).replace("_", " ") if kind else ""


def _hex(data: bytes) -> str:
    return data.hex(" ").upper() or "nothing"


def _text(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)


def _name(header: int) -> str:
    command = BY_HEADER.get(header)
    return f"header {header}" if command is None else command.name


def _question(frame: Frame) -> str:
    name = _name(frame.header)
    data = frame.data
    match frame.header:
        case Header.MASTER_INHIBIT if len(data) == 1:
            return f"{name}: {'accept' if data[0] & 1 else 'accept nothing'}"
        case Header.INHIBITS if len(data) == 2:
            return f"{name}: accept positions {_listed(positions_of(data))}"
        case Header.ENABLE_HOPPER if len(data) == 1:
            return f"{name}: {'on' if data == ENABLE_HOPPER else 'off'}"
        case Header.DISPENSE if data:
            return f"DISPENSE {data[-1]} coins (security bytes {_hex(data[:-1])})"
        case Header.COIN_ID | Header.READ_ACCEPT_COUNT | 157 if len(data) == 1:
            return f"{name} of position {data[0]}"
        case 154 if len(data) == 1:
            ways = {0: "return it", 1: "stack it", 255: "more time"}
            return f"{name}: {ways.get(data[0], data[0])}"
        case _:
            return f"{name}: {_hex(data)}" if data else name


def _listed(positions: tuple[int, ...]) -> str:
    return ", ".join(map(str, positions)) or "none"


def _reply(asked: Frame | None, data: bytes) -> str:
    """An answer by what was asked; hex when nobody asked, or the length is not what it should be."""
    if asked is None:
        return _hex(data) if data else "yes (ACK)"
    if not data:
        return "yes (ACK)"
    reader = _READERS.get(asked.header)
    said = reader(data) if reader is not None else ""
    if not said and asked.header in _TEXTS:
        said = f"'{_text(data)}'"
    if not said and asked.header in _TOTALS and len(data) == 3:
        said = str(number_of(data))
    return f"{_name(asked.header)} is {said}" if said else _hex(data)


def _events_words(data: bytes) -> str:
    if len(data) != 11:
        return ""
    reply = read_event_reply(data)
    told: list[str] = []
    for result, detail in reply.pairs:
        if result:
            told.append(f"coin {result} on path {detail}")
        elif detail:
            told.append(f"error {detail} ({str(refusal_of(detail).fault).replace('_', ' ')})")
    return f"counter {reply.counter}, newest first: {'; '.join(told) or 'no events'}"


def _bill_events_words(data: bytes) -> str:
    if len(data) != 11:
        return ""
    reply = read_event_reply(data)
    told: list[str] = []
    for result, detail in reply.pairs:
        if result:
            where = {0: "stacked", 1: "in escrow"}.get(detail, f"with {detail}")
            told.append(f"note {result} {where}")
        elif detail:
            told.append(f"status {detail}")
    return f"counter {reply.counter}, newest first: {'; '.join(told) or 'no events'}"


def _status_words(data: bytes) -> str:
    if len(data) != 4:
        return ""
    status = read_hopper_status(data)
    return f"command {status.counter}: {status.remaining} to pay, {status.paid} paid, {status.unpaid} unpaid"


def _flags_words(data: bytes) -> str:
    if len(data) > 4:
        return ""
    return ", ".join(flag.name.lower().replace("_", " ") for flag in sorted(flags_of(data))) or "all well"


def _level_words(data: bytes) -> str:
    if len(data) != 1:
        return ""
    level = read_level(data)
    return {True: "low", False: "not low", None: "no low sensor"}[level.is_low]


def _check_words(data: bytes) -> str:
    return "all well" if data[:1] == b"\x00" else f"fault {data[0]}"


_READERS: Final[Mapping[int, Callable[[bytes], str]]] = {
    Header.READ_EVENTS: _events_words,
    159: _bill_events_words,
    Header.HOPPER_STATUS: _status_words,
    Header.TEST_HOPPER: _flags_words,
    Header.PAYOUT_LEVEL: _level_words,
    Header.SELF_CHECK: _check_words,
    Header.READ_INHIBITS: lambda data: f"positions {_listed(positions_of(data))}" if len(data) == 2 else "",
    Header.READ_MASTER_INHIBIT: lambda data: "accepts" if data[0] & 1 else "accepts nothing",
    Header.DISPENSE: lambda data: f"begun as command {data[0]}" if len(data) == 1 else "",
    Header.EMERGENCY_STOP: lambda data: f"stopped, {data[0]} unpaid" if len(data) == 1 else "",
}


# --- asking -----------------------------------------------------------------------------------------------------------


def _answer_in(heard: bytes, sent: bytes, address: int, check: Check) -> bytes | None:
    """The data of the slave's answer in what was heard, its echo before it or not; None while it is not whole."""
    start = len(sent) if heard.startswith(sent) else 0
    raw = heard[start:]
    if len(raw) < ENVELOPE or len(raw) < ENVELOPE + raw[1]:
        return None
    frame = decode(raw[: ENVELOPE + raw[1]], check)
    if frame is None or frame.destination != HOST or frame.source not in (address, None):
        return None
    return frame.data if frame.header == Header.REPLY else None


def _ask(
    address: int,
    header: int,
    data: bytes = b"",
    *,
    check: Check,
    wait_ms: int = WAIT_MS,
    tries: int = TRIES,
) -> Asks[bytes | None]:
    """Ask one question, again if need be; the answer's data, or None for silence and refusals."""
    sent = encode(Frame(address, HOST, header, data), check)
    for _ in range(tries):
        heard = yield Ask(sent, wait_ms, lambda so_far: _answer_in(so_far, sent, address, check) is not None)
        answer = _answer_in(heard, sent, address, check)
        if answer is not None:
            return answer
        if heard not in (b"", sent):
            yield Ask(b"", GAP_MS)  # every receiver forgets its half frame
    return None


def probe() -> Script:
    """Ask the usual addresses whether somebody is there, and whoever answers who it is.

    A quick round first; when nobody answered that, a patient one, for a busy computer.
    """
    rounds = (
        (Check.SUM, tuple(KINDS), SCAN_MS),
        (Check.CRC, CRC_FIRST, WAIT_MS),
        (Check.SUM, tuple(KINDS), 2 * WAIT_MS),
    )
    for check, addresses, wait_ms in rounds:
        found: list[Finding] = []
        for address in addresses:
            if address is None:
                continue
            there = yield from _ask(address, Header.SIMPLE_POLL, check=check, wait_ms=wait_ms, tries=1)
            if there is not None:
                found.append((yield from _identity(address, check)))
        if found:
            return tuple(found)
    return ()


def _identity(address: int, check: Check) -> Asks[Finding]:
    """Who it is: names, serial number, firmware, and what an acceptor calls its coins."""
    says: list[tuple[str, str]] = []
    for name, header in (("category", 245), ("maker", 246), ("product", 244), ("firmware", 241)):
        data = yield from _ask(address, header, check=check)
        if data:
            says.append((name, _text(data).strip()))
    serial = yield from _ask(address, Header.SERIAL, check=check)
    if serial is not None:
        says.append(("serial", str(number_of(serial))))
    category = dict(says).get("category", "").lower()
    kind = _CATEGORIES.get(category, KINDS.get(address, DeviceKind.COIN_ACCEPTOR))
    advice: list[str] = []
    coins: list[tuple[int, str]] = []
    worths: tuple[Worth, ...] = ()
    if category and category not in _CATEGORIES:
        advice.append(
            f"a '{category}' is no device that this product drives; leave it out of the configuration"
        )
    if kind is DeviceKind.COIN_ACCEPTOR:
        coins = yield from _names(address, Header.COIN_ID, check)
        worths = tuple(worth for position, name in coins if (worth := coin_worth(position, name)))
    elif kind is DeviceKind.NOTE_VALIDATOR:
        coins = yield from _names(address, Header.BILL_ID, check)
        worths = yield from _note_worths(address, coins, check)
    elif kind is DeviceKind.HOPPER:
        data = yield from _ask(address, HOPPER_COIN, check=check, tries=1)
        worth = coin_worth(0, _text(data)) if data else None
        worths = (worth,) if worth else ()
    if kind is not DeviceKind.HOPPER and not coins:
        advice.append(
            "it names no coin or note: load its maker's table for your currency, or it will take nothing"
        )
    is_crc = check is Check.CRC
    if is_crc:
        advice.append("it wants CRC frames: set the same on every device of this bus")
    settings = ("crc = true",) if is_crc else ()
    return Finding(kind, address, tuple(says), tuple(advice), tuple(coins), settings, worths)


def coin_worth(position: int, name: str) -> Worth | None:
    """Read a coin's name, such as EU050A (fifty cents) or JP1K0A (a thousand yen); None for any other text.

    Two letters of a country, three signs of the value in the smallest unit (``K`` stands for the thousands' separator), and
    one letter of the issue.

    Source: ccTalk Generic Specification 4.7, part 3, coin naming.
    """
    found = re.fullmatch(r"([A-Z]{2})(?:(\d{3})|(\d)K(\d)|(\d{2})K)[A-Z@0-9]", name.strip())
    if found is None:
        return None
    country, plain, thousands, hundreds, tens = found.groups()
    amount = (
        int(plain) if plain else int(tens) * 1_000 if tens else int(thousands) * 1_000 + int(hundreds) * 100
    )
    return Worth(position, amount, money=country) if amount else None


def _note_worths(address: int, names: list[tuple[int, str]], check: Check) -> Asks[tuple[Worth, ...]]:
    """Values of notes: the number in each name, by the scale that the device tells for its country."""
    worths: list[Worth] = []
    scales: dict[str, bytes] = {}
    for position, name in names:
        bill = read_bill_id(name.encode("ascii", "replace")) if len(name) == 7 else None
        if bill is None or not bill.value:
            continue
        if bill.country not in scales:
            country = bill.country.encode("ascii")
            scales[bill.country] = (
                yield from _ask(address, Header.COUNTRY_SCALE, country, check=check)
            ) or b""
        data = scales[bill.country]
        scale = read_scale(data) if len(data) == 3 else None
        if scale is not None:
            worths.append(Worth(position, bill.value * scale.factor, scale.decimals, bill.country))
    return tuple(worths)


def _names(address: int, header: int, check: Check) -> Asks[list[tuple[int, str]]]:
    """What a device calls its coins or notes; empty positions are named by dots or nothing."""
    named: list[tuple[int, str]] = []
    for position in range(1, 17):
        data = yield from _ask(address, header, bytes((position,)), check=check)
        if data is None:
            break  # it knows no coin names: fifteen more silences tell nothing new
        if data and data.strip(b".\x00 0"):
            named.append((position, _text(data)))
    return named


def self_test(address: int | None) -> Script:
    """The device's own checks and counters; moves nothing."""
    at = 2 if address is None else address
    for check in (Check.SUM, Check.CRC):
        if (yield from _ask(at, Header.SIMPLE_POLL, check=check)) is None:
            continue
        who = yield from _identity(at, check)
        if who.kind is DeviceKind.HOPPER:
            says, advice = yield from _hopper_test(at, check)
        else:
            says, advice = yield from _acceptor_test(at, check, who.kind)
        return (replace(who, says=who.says + says, advice=who.advice + advice),)
    return ()


def _acceptor_test(address: int, check: Check, kind: DeviceKind) -> Asks[_Tested]:
    says: list[tuple[str, str]] = []
    advice: list[str] = []
    verdict = yield from _ask(address, Header.SELF_CHECK, check=check, wait_ms=SLOW_MS)
    if verdict:
        says.append(("self-check", _check_words(verdict)))
        if verdict[0]:
            advice.append(
                f"it found fault {verdict[0]} and has stopped itself: clean its coin path, open and close it, "
                "switch it off and on; if the fault stays, exchange it"
            )
    is_note = kind is DeviceKind.NOTE_VALIDATOR
    events = yield from _ask(address, 159 if is_note else Header.READ_EVENTS, check=check)
    if events is not None:
        says.append(("events", (_bill_events_words if is_note else _events_words)(events)))
    for name, header in (("inserted ever", Header.INSERTED_TOTAL), ("accepted ever", Header.ACCEPTED_TOTAL)):
        total = yield from _ask(address, header, check=check)
        if total is not None:
            says.append((name, str(number_of(total))))
    counts: list[str] = []
    for position in range(1, 17):
        count = yield from _ask(address, Header.READ_ACCEPT_COUNT, bytes((position,)), check=check)
        if count is None:
            break
        if any(count):
            counts.append(f"{position}: {number_of(count)}")
    if position > 1:
        says.append(("accepted per position", ", ".join(counts) or "none yet"))
    else:
        advice.append("it keeps no counts per position: after a power cut only its event ring can tell")
    is_open = yield from _ask(address, Header.READ_MASTER_INHIBIT, check=check)
    if is_open:
        says.append(("master inhibit", "accepts" if is_open[0] & 1 else "accepts nothing"))
    return tuple(says), tuple(advice)


def _hopper_test(address: int, check: Check) -> Asks[_Tested]:
    says: list[tuple[str, str]] = []
    advice: list[str] = []
    registers = yield from _ask(address, Header.TEST_HOPPER, check=check, wait_ms=SLOW_MS)
    if registers:
        flags = flags_of(registers)
        fault = hopper_fault(flags)
        says.append(("flags", _flags_words(registers)))
        if fault is Fault.EMPTY:
            advice.append("it ran empty: fill it")
        elif needs_reset(flags):
            advice.append("it stopped itself: take out what jams it, then switch it off and on")
    status = yield from _ask(address, Header.HOPPER_STATUS, check=check)
    if status is not None:
        says.append(("last payout", _status_words(status)))
    total = yield from _ask(address, Header.HOPPER_TOTAL, check=check)
    if total is not None:
        says.append(("paid ever", str(number_of(total))))
    else:
        advice.append(
            "it keeps no lifetime count: a payout that a power cut interrupts will be owed, uncertain"
        )
    level = yield from _ask(address, Header.PAYOUT_LEVEL, check=check)
    if level:
        says.append(("level", _level_words(level)))
    return tuple(says), tuple(advice)


CARDS: Final[Mapping[DeviceKind, EvidenceCard]] = {
    DeviceKind.COIN_ACCEPTOR: ACCEPTOR_EVIDENCE,
    DeviceKind.HOPPER: HOPPER_EVIDENCE,
    DeviceKind.NOTE_VALIDATOR: VALIDATOR_EVIDENCE,
}

CCTALK: Final = WireKind(
    name="cctalk",
    says="coin acceptors, hoppers and note validators on one ccTalk bus",
    bauds=(9600,),
    ear=CcTalkEar,
    probe=probe,
    self_test=self_test,
    kinds=KINDS,
    cards=CARDS,
)
