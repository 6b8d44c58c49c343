"""MDB behind an adapter box for technicians: lines and blocks in words, and questions about who is on the bus.

A probe never polls: a POLL takes a peripheral's events from it, and a coin that was reported to a probe would be in no journal.

Source: MDB/ICP 4.2, sections 2, 5, 6 and 7 (command bytes); public clients of the two boxes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from hardware.events import DeviceKind, EvidenceCard
from hardware.mdb.cashless import READER_EVIDENCE
from hardware.mdb.frames import MAX_BLOCK, address_of, unseal
from hardware.mdb.host import CHANGER_EVIDENCE, VALIDATOR_EVIDENCE
from hardware.mdb.link import LINE_GAP_MS, LINE_LIMIT, Answer, Link
from hardware.mdb.messages import (
    ADDRESSES,
    CHANGER,
    NUMERIC,
    READER,
    RECYCLER_FEATURE,
    SECOND_READER,
    VALIDATOR,
    ChangerExtra,
    ChangerOrder,
    ChangerSetup,
    Identity,
    ValidatorExtra,
    ValidatorOrder,
    ValidatorSetup,
    currency_number,
    describe_changer_event,
    describe_validator_event,
    read_changer_events,
    read_changer_setup,
    read_dispense,
    read_identity,
    read_recycler_setup,
    read_stacker,
    read_tubes,
    read_validator_events,
    read_validator_setup,
    recycler_option,
    types_of,
)
from hardware.mdb.qibixx import QibixxLink, read_answer, read_order
from hardware.mdb.reader_messages import Mode, describe_reader_event, read_reader_events
from hardware.mdb.support import command_in, line_command
from hardware.mdb.waferstar import WaferstarLink, read_line
from hardware.wires.asking import Ask, Asks, Finding, Script, Worth
from hardware.wires.wire import NO_MESSAGE, WireKind

BLOCK_GAP_MS: Final = 30
"""Between the blocks that a host says to a Waferstar box, which have no other end; it waits for each answer far longer."""

TRIES: Final = 2

TOKEN: Final = 0xFF
"""The value that a changer gives to a token, which is no money (section 5)."""

_READERS: Final = (READER, SECOND_READER)
_SETUP = 1
_READER_CONFIG: Final = 0x01
"""The first byte of a reader's answer to SETUP; one that answers by ACK alone would say it to a POLL, and is not found here."""
_VMC: Final = (1, 0, 0, 0)
"""What a reader is told about us: level 1, no display."""


def block_words(block: bytes) -> str:
    """What a block from the master asks."""
    address = address_of(block[0])
    who = ADDRESSES.get(address, f"peripheral {address:02X}")
    rest = block[1:]
    match block[0]:
        case ChangerOrder.DISPENSE if len(rest) == 1:
            kind, qty = read_dispense(rest)
            return f"{who}: DISPENSE {qty} coins of type {kind}"
        case ChangerOrder.COIN_TYPE if len(rest) == 4:
            return f"{who}: accept coin types {_listed(types_of(rest[:2]))}"
        case ValidatorOrder.BILL_TYPE if len(rest) == 4:
            return (
                f"{who}: accept note types {_listed(types_of(rest[:2]))}, hold {_listed(types_of(rest[2:]))}"
            )
        case ValidatorOrder.ESCROW if len(rest) == 1:
            return f"{who}: {'KEEP' if rest[0] else 'RETURN'} the note in escrow"
        case _:
            return f"{who}: {_command_words(block)}"


def _command_words(block: bytes) -> str:
    command = command_in(block)
    code = block[:1] if command is None else command.code
    name = f"order {block[0]:02X}" if command is None else command.name
    rest = block[len(code) :]
    return f"{name} {rest.hex(' ').upper()}".rstrip()


def block_moves(block: bytes) -> str:
    """What a block would pay, keep, return or charge; empty when nothing."""
    command = command_in(block)
    return "" if command is None else command.moves


def answer_words(asked: bytes | None, data: bytes) -> str:
    """What a peripheral's answer says to what it was asked."""
    if not data:
        return "ACK"
    reader = _ANSWERS.get(asked[:1] if asked is not None else b"")
    said = reader(data) if reader is not None else ""
    if not said and asked is not None and asked[1:2] == b"\x00" and asked[0] & 0x07 == 7:
        identity = read_identity(data)
        said = _identity_words(identity) if identity is not None else ""
    return said or data.hex(" ").upper()


def _listed(types: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(types))) or "none"


def _identity_words(identity: Identity) -> str:
    return f"{identity.maker} {identity.model}, serial {identity.serial}, version {identity.version:04X}"


def _changer_poll(data: bytes) -> str:
    events, rest = read_changer_events(data)
    told = [describe_changer_event(event) for event in events]
    return "; ".join(told + ([f"not understood {rest.hex(' ').upper()}"] if rest else []))


def _validator_poll(data: bytes) -> str:
    events, rest = read_validator_events(data)
    told = [describe_validator_event(event) for event in events]
    return "; ".join(told + ([f"not understood {rest.hex(' ').upper()}"] if rest else []))


def _reader_words(data: bytes) -> str:
    """A reader says the same things to a POLL as to an order; amounts are told in its own units."""
    events, rest = read_reader_events(data, Mode())
    told = [describe_reader_event(event) for event in events]
    return "; ".join(told + ([f"not understood {rest.hex(' ').upper()}"] if rest else []))


def _changer_setup(data: bytes) -> str:
    setup = read_changer_setup(data)
    if setup is None:
        return ""
    values = ", ".join(f"{kind}: {value}" for kind, value in enumerate(setup.values) if value)
    return f"level {setup.level}, scale {setup.factor}, {setup.decimals} decimals, values by type {values}"


def _validator_setup(data: bytes) -> str:
    setup = read_validator_setup(data)
    if setup is None:
        return ""
    values = ", ".join(f"{kind}: {value}" for kind, value in enumerate(setup.values) if value)
    escrow = "with" if setup.has_escrow else "WITHOUT"
    return f"level {setup.level}, scale {setup.factor}, {setup.decimals} decimals, {escrow} escrow, values {values}"


def _tubes_words(data: bytes) -> str:
    tubes = read_tubes(data)
    if tubes is None:
        return ""
    counts = ", ".join(f"{kind}: {count}" for kind, count in enumerate(tubes.counts) if count)
    return f"tubes by type {counts or 'empty'}; full: {_listed(tubes.full)}"


def _stacker_words(data: bytes) -> str:
    stacker = read_stacker(data)
    return "" if stacker is None else f"{stacker.count} notes{', FULL' if stacker.is_full else ''}"


_ANSWERS: Final[Mapping[bytes, Callable[[bytes], str]]] = {
    bytes((ChangerOrder.POLL,)): _changer_poll,
    bytes((ChangerOrder.SETUP,)): _changer_setup,
    bytes((ChangerOrder.TUBE_STATUS,)): _tubes_words,
    bytes((ValidatorOrder.POLL,)): _validator_poll,
    bytes((ValidatorOrder.SETUP,)): _validator_setup,
    bytes((ValidatorOrder.STACKER,)): _stacker_words,
    **{bytes((address | order,)): _reader_words for address in _READERS for order in (1, 2, 3, 4, 5)},
}


class _LineEar:
    """What both boxes' ears share: the box says lines."""

    def __init__(self) -> None:
        self._asked: bytes | None = None

    def _line_size(self, data: bytes) -> int:
        end = data.find(b"\n")
        if end < 0:
            return 0 if len(data) <= LINE_LIMIT else -len(data)
        return end + 1


class QibixxEar(_LineEar):
    """Reads the text lines of a Qibixx box."""

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """A box writes its lines at once."""
        return LINE_GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions are lines
        """Up to the line's end."""
        return self._line_size(data)

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """The exchange that is asked for or answered, or the box's own line."""
        line = message.decode("ascii", "replace").strip()
        if is_from_host:
            block = read_order(line)
            if block is not None:
                self._asked = block
                return block_words(block)
            return self._line_words(line)
        answer = read_answer(line)
        if answer is None:
            return f"the box itself: {line!r}" if line.isprintable() else NO_MESSAGE
        if answer.data is None:
            return "nobody answered (NACK)"
        return answer_words(self._asked, answer.data)

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """A line without its end."""
        return (
            f"{'host' if is_from_host else 'box'} broke off, {len(data)} bytes: half a line, or {NO_MESSAGE}"
        )

    def physical(self, message: bytes) -> str:
        """Whether the line works on money or moves something."""
        line = message.decode("ascii", "replace").strip()
        block = read_order(line)
        if block is not None:
            return block_moves(block)
        command = line_command(line)
        return "" if command is None else command.moves

    def _line_words(self, line: str) -> str:
        command = line_command(line)
        if command is None:
            return f"to the box: {line!r}"
        rest = line[len(command.code) :].strip(",")
        return f"to the box: {command.name} {rest}".rstrip()


class WaferstarEar(_LineEar):
    """Reads raw blocks to a Waferstar box and lines of hex from it."""

    def gap_ms(self, *, is_from_host: bool) -> int:
        """Silence is the only end of a block; the box writes its lines at once."""
        return BLOCK_GAP_MS if is_from_host else LINE_GAP_MS

    answer_ends_block = True

    def size(self, data: bytes, *, is_from_host: bool) -> int:
        """A line from the box; a block ends with silence, so it is never whole by its bytes."""
        if not is_from_host:
            return self._line_size(data)
        return 0 if len(data) < MAX_BLOCK else -len(data)

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """The block, or the answer to it, or what the box heard when it polled by itself."""
        if is_from_host:
            self._asked = message
            return block_words(message)
        data = read_line(message.rstrip())
        if data is None:
            return NO_MESSAGE
        if data in {b"\x00", b"\xff"}:
            return "ACK" if data == b"\x00" else "nobody answered, or NAK"
        content = unseal(data)
        if content is not None:
            return answer_words(self._asked, content)
        who = ADDRESSES.get(data[0])
        poll = {CHANGER: _changer_poll, VALIDATOR: _validator_poll}.get(data[0])
        said = poll(data[1:]) if poll is not None else data[1:].hex(" ").upper()
        return f"unasked, {who}: {said}" if who is not None else NO_MESSAGE

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """A block; silence ended it."""
        if is_from_host:
            return self.words(data, is_from_host=True)
        return f"box broke off, {len(data)} bytes: half a line, or {NO_MESSAGE}"

    def physical(self, message: bytes) -> str:
        """What the block would do; any bytes may be one."""
        return block_moves(message) if message else ""


# --- asking -----------------------------------------------------------------------------------------------------------


def _exchange(link: Callable[[], Link], block: bytes) -> Asks[bytes | None]:
    """One exchange; the answer's content, empty for ACK, or None when nobody answered."""

    def answers(heard: bytes) -> list[Answer]:
        found = link().receive(heard, 0, bool)
        return [each for each in found if isinstance(each, Answer)]

    heard = yield Ask(link().order(block), link().reply_ms, lambda so_far: bool(answers(so_far)))
    found = answers(heard)
    return found[0].data if found else None


def _order(link: Callable[[], Link], block: bytes) -> Asks[bytes | None]:
    """A question that has an answer of some content; None when there is none, twice."""
    for _ in range(TRIES):
        data = yield from _exchange(link, block)
        if data:
            return data
        yield Ask(b"", LINE_GAP_MS)
    return None


def _who(link: Callable[[], Link], *, is_test: bool) -> Asks[tuple[Finding, ...]]:
    found: list[Finding] = []
    data = yield from _order(link, bytes((ChangerOrder.SETUP,)))
    if data is not None and read_changer_setup(data) is not None:
        found.append((yield from _changer(link, data, is_test=is_test)))
    data = yield from _order(link, bytes((ValidatorOrder.SETUP,)))
    if data is not None and read_validator_setup(data) is not None:
        found.append((yield from _validator(link, data, is_test=is_test)))
    for address in _READERS:
        data = yield from _order(link, bytes((address | _SETUP, 0, *_VMC)))
        if data is not None and len(data) >= 8 and data[0] == _READER_CONFIG:
            says = (("setup", _reader_setup(data)),)
            found.append(Finding(DeviceKind.CARD_READER, address, says))
    return tuple(found)


def _reader_setup(data: bytes) -> str:
    code = data[2:4].hex().upper()
    return f"level {data[1]}, currency or country {code}, scale {data[4]}, {data[5]} decimals, answers in {data[6]} s"


def _identity(link: Callable[[], Link], *block: int) -> Asks[Identity | None]:
    data = yield from _order(link, bytes(block))
    return read_identity(data) if data is not None else None


def _named(identity: Identity | None) -> tuple[tuple[str, str], ...]:
    if identity is None:
        return ()
    return (
        ("maker", identity.maker),
        ("product", identity.model),
        ("serial", identity.serial),
        ("firmware", f"{identity.version:04X}"),
    )


def _changer(link: Callable[[], Link], data: bytes, *, is_test: bool) -> Asks[Finding]:
    setup = read_changer_setup(data)
    identity = yield from _identity(link, ChangerOrder.EXPANSION, ChangerExtra.IDENTIFY)
    says = [("setup", _changer_setup(data)), *_named(identity)]
    advice: list[str] = []
    coins: list[tuple[int, str]] = []
    worths: tuple[Worth, ...] = ()
    if setup is not None:
        worths = _worths(setup, setup.routed)
        coins = [(kind + 1, f"{value} x {setup.factor}") for kind, value in enumerate(setup.values) if value]
        advice += [] if setup.factor else ["it has no scale: its maker's settings are damaged"]
    if is_test:
        tubes = yield from _order(link, bytes((ChangerOrder.TUBE_STATUS,)))
        if tubes is not None:
            says.append(("tubes", _tubes_words(tubes)))
    return Finding(DeviceKind.COIN_ACCEPTOR, CHANGER, tuple(says), tuple(advice), tuple(coins), worths=worths)


def _recyclable(link: Callable[[], Link]) -> Asks[frozenset[int]]:
    """The types that its recycler can keep. Where it tells them only with that option on, it is on for the question alone."""
    block = bytes((ValidatorOrder.EXPANSION, ValidatorExtra.RECYCLER_SETUP))
    data = yield from _order(link, block)
    if data is None:
        yield from _exchange(link, recycler_option(is_on=True))
        data = yield from _order(link, block)
        yield from _exchange(link, recycler_option(is_on=False))
    return frozenset() if data is None else read_recycler_setup(data) or frozenset()


def _worths(setup: ChangerSetup | ValidatorSetup, routed: frozenset[int]) -> tuple[Worth, ...]:
    """Values by type; a type without one, or with the value of a token, is left out."""
    number = currency_number(setup.currency)
    money = next((code for code, numeric in NUMERIC.items() if numeric == number), "")
    return tuple(
        Worth(kind + 1, value * setup.factor, setup.decimals, money, has_tube=kind in routed)
        for kind, value in enumerate(setup.values)
        if value * setup.factor and value != TOKEN
    )


def _validator(link: Callable[[], Link], data: bytes, *, is_test: bool) -> Asks[Finding]:
    setup = read_validator_setup(data)
    identity: Identity | None = None
    if setup is not None and setup.level > 1:
        identity = yield from _identity(link, ValidatorOrder.EXPANSION, ValidatorExtra.IDENTIFY_WITH_OPTIONS)
    recyclable: frozenset[int] = frozenset()
    if identity is None:
        identity = yield from _identity(link, ValidatorOrder.EXPANSION, ValidatorExtra.IDENTIFY)
    elif identity.features >> RECYCLER_FEATURE & 1:
        recyclable = yield from _recyclable(link)
    says = [("setup", _validator_setup(data)), *_named(identity)]
    says += [("recycler", f"note types {_listed(recyclable)}")] if recyclable else []
    advice: list[str] = []
    notes: list[tuple[int, str]] = []
    worths: tuple[Worth, ...] = ()
    if setup is not None:
        worths = _worths(setup, recyclable)
        notes = [(kind + 1, f"{value} x {setup.factor}") for kind, value in enumerate(setup.values) if value]
        if not setup.has_escrow:
            advice.append("it has no escrow: a note is kept before anybody can refuse it")
    if is_test:
        stacker = yield from _order(link, bytes((ValidatorOrder.STACKER,)))
        if stacker is not None:
            says.append(("stacker", _stacker_words(stacker)))
            if _stacker_words(stacker).endswith("FULL"):
                advice.append("its stacker is full: empty it")
    return Finding(
        DeviceKind.NOTE_VALIDATOR, VALIDATOR, tuple(says), tuple(advice), tuple(notes), worths=worths
    )


def _qibixx(*, is_test: bool) -> Script:
    """The box says who it is; then it is master for as long as we ask."""
    yield Ask(b"\n", LINE_GAP_MS)  # ends whatever half line stands in the box
    heard = yield Ask(b"V\n", QibixxLink.reply_ms, lambda so_far: b"v," in so_far and so_far.endswith(b"\n"))
    version = re.search(rb"v,([^\r\n]*)", heard)
    if version is None:
        return ()
    yield Ask(b"M,1\n", QibixxLink.reply_ms, lambda so_far: so_far.endswith(b"\n"))
    found = yield from _who(QibixxLink, is_test=is_test)
    yield Ask(b"M,0\n", QibixxLink.reply_ms, lambda so_far: so_far.endswith(b"\n"))
    box = ("adapter", f"Qibixx, {version[1].decode('ascii', 'replace')}")
    return tuple(replace(each, says=(box, *each.says)) for each in found)


def _waferstar(*, is_test: bool) -> Script:
    return (yield from _who(WaferstarLink, is_test=is_test))


def _only(script: Script, address: int | None) -> Script:
    """What was found at one address; all of it without one."""
    found = yield from script
    return tuple(each for each in found if address in {None, each.address})


KINDS: Final[Mapping[int | None, DeviceKind]] = {
    CHANGER: DeviceKind.COIN_ACCEPTOR,
    VALIDATOR: DeviceKind.NOTE_VALIDATOR,
    READER: DeviceKind.CARD_READER,
    SECOND_READER: DeviceKind.CARD_READER,
}
CARDS: Final[Mapping[DeviceKind, EvidenceCard]] = {
    DeviceKind.COIN_ACCEPTOR: CHANGER_EVIDENCE,
    DeviceKind.NOTE_VALIDATOR: VALIDATOR_EVIDENCE,
    DeviceKind.CARD_READER: READER_EVIDENCE,
}

MDB_QIBIXX: Final = WireKind(
    name="mdb-qibixx",
    says="an MDB bus behind a Qibixx box",
    bauds=(115_200,),
    ear=QibixxEar,
    probe=partial(_qibixx, is_test=False),
    self_test=lambda address: _only(_qibixx(is_test=True), address),
    kinds=KINDS,
    cards=CARDS,
)

MDB_WAFERSTAR: Final = WireKind(
    name="mdb-waferstar",
    says="an MDB bus behind a Waferstar box",
    bauds=(9600,),
    ear=WaferstarEar,
    probe=partial(_waferstar, is_test=False),
    self_test=lambda address: _only(_waferstar(is_test=True), address),
    kinds=KINDS,
    cards=CARDS,
)
