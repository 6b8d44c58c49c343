"""SSP for technicians: frames in words as far as they are not encrypted, and questions about who is on the wire.

A probe never polls: a POLL takes a note that waits in escrow, and takes a unit's events from it.

Source: SSP interface manual GA138 (framing, commands), implementation guide GA973 (addresses, speed, two stop bits).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from hardware.events import DeviceKind, EvidenceCard
from hardware.sansio import WireError
from hardware.ssp.crypto import ENCRYPTED
from hardware.ssp.frames import ENVELOPE, GAP_MS, START, Frame, FrameReader, decode, encode
from hardware.ssp.messages import (
    Answer,
    Command,
    Setup,
    UnitType,
    channels_of,
    read_counters,
    read_events,
    read_levels,
    read_route,
    read_setup,
    value_of,
)
from hardware.ssp.support import BY_CODE
from hardware.ssp.unit import COINS_EVIDENCE, NOTES_EVIDENCE
from hardware.wires.asking import Ask, Asks, Finding, Script, Worth
from hardware.wires.wire import NO_MESSAGE, WireKind

NOTES_ADDRESS, COINS_ADDRESS = 0x00, 0x10
"""Where note units and coin hoppers are when nobody moved them."""

WAIT_MS: Final = 300
"""For an answer: units answer within 50 ms, adapters hold bytes back for 16 ms."""

TRIES: Final = 2

COINS: Final = frozenset({UnitType.HOPPER})


class SspEar:
    """Reads frames by their start byte; an answer is told by what was asked at its address."""

    def __init__(self) -> None:
        self._asked: dict[int, int] = {}
        self._protocol = 6
        self._unit = UnitType.VALIDATOR

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """Silence after which a half frame is dropped."""
        return GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions look alike
        """A frame begins with a single 7F; anywhere else in it that byte is doubled."""
        start = data.find(START)
        if start:
            return -start if start > 0 else -len(data)
        body = bytearray()
        at = 1
        while at < len(data):
            if data[at] == START:
                if at + 1 >= len(data):
                    return 0
                if data[at + 1] != START:
                    return -at  # a single start byte begins another frame
                at += 1
            body.append(data[at])
            at += 1
            if len(body) >= 2 and len(body) == ENVELOPE + body[1]:
                return at if decode(data[:at]) is not None else -at
        return 0

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """The command, or the answer to it."""
        frame = decode(message)
        if frame is None:
            return NO_MESSAGE
        who = {NOTES_ADDRESS: "note unit", COINS_ADDRESS: "coin hopper"}.get(
            frame.address, f"unit {frame.address}"
        )
        if is_from_host:
            self._asked[frame.address] = frame.data[0]
            return f"to the {who}: {_question(frame.data)}"
        return f"from the {who}: {self._answer(frame)}"

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """Half a frame."""
        return f"{'host' if is_from_host else 'unit'} broke off, {len(data)} bytes: half a frame, or {NO_MESSAGE}"

    def physical(self, message: bytes) -> str:
        """Whether a plain command lets money out or moves it inside.

        An encrypted command cannot be read here: only our own driver could have made it, and that refuses such work without an
        authority. To give a note in escrow back (08) is left to the driver: a unit that waits for it in vain would keep the note.
        """
        frame = decode(message)
        command = BY_CODE.get(frame.data[0]) if frame is not None else None
        return "" if command is None else command.moves

    def _answer(self, frame: Frame) -> str:
        first, rest = frame.data[0], frame.data[1:]
        if first == ENCRYPTED:
            return f"encrypted, {len(rest)} bytes"
        known = {each.value: each.name.lower().replace("_", " ") for each in Answer}
        if first != Answer.OK:
            return known.get(first, f"{first:02X}") + (f" {rest.hex(' ').upper()}" if rest else "")
        match self._asked.get(frame.address):
            case Command.POLL:
                return _events_words(rest, self._protocol, self._unit)
            case Command.SETUP:
                setup = read_setup(rest)
                if setup is not None:
                    self._protocol, self._unit = setup.protocol, setup.unit
                return _setup_words(rest)
            case Command.SERIAL if len(rest) == 4:
                return f"serial is {int.from_bytes(rest)}"
            case Command.FIRMWARE | Command.DATASET:
                return f"'{rest.decode('ascii', 'replace').strip(chr(0)).strip()}'"
            case asked:
                reader = _READERS.get(asked) if asked is not None else None
                said = reader(rest) if reader is not None else ""
                return said or ("ok" if not rest else f"ok {rest.hex(' ').upper()}")


def _question(data: bytes) -> str:
    if data[0] == ENCRYPTED:
        return f"encrypted, {len(data) - 1} bytes"
    command = BY_CODE.get(data[0])
    name = f"command {data[0]:02X}" if command is None else command.name
    if command is not None and command.moves:
        name = name.upper()
    if data[0] == Command.INHIBITS and len(data) >= 3:
        channels = ", ".join(map(str, channels_of(data[1:3]))) or "none"
        return f"accept channels {channels}"
    return f"{name} {data[1:].hex(' ').upper()}".rstrip()


def _events_words(data: bytes, protocol: int, unit: UnitType) -> str:
    events = read_events(data, protocol, unit)
    told = [
        each.event.name.lower().replace("_", " ")
        + (f" channel {each.channel}" if each.channel else "")
        + "".join(f" {money.value} {money.currency}" for money in each.money)
        for each in events.seen
    ]
    told += [f"not understood {events.unread.hex(' ').upper()}"] if events.unread else []
    return "; ".join(told) or "nothing new"


def _setup_words(data: bytes) -> str:
    setup = read_setup(data)
    if setup is None:
        return f"setup {data.hex(' ').upper()}"
    values = ", ".join(f"{channel}: {value}" for channel, value in setup.values.items())
    kind = setup.unit.name.lower().replace("_", " ")
    return (
        f"{kind}, firmware {setup.firmware}, protocol {setup.protocol}, {setup.currency}, channels {values}"
    )


def _levels_words(data: bytes) -> str:
    levels = read_levels(data)
    if levels is None:
        return ""
    return "inside: " + (
        ", ".join(f"{each.qty} x {each.value} {each.currency}" for each in levels) or "nothing"
    )


def _counters_words(data: bytes) -> str:
    counters = read_counters(data)
    if counters is None:
        return ""
    return (
        f"{counters.stacked} stacked, {counters.stored} stored, {counters.dispensed} dispensed, "
        f"{counters.moved} moved to the stacker, {counters.rejected} rejected"
    )


_READERS: Final[Mapping[int, Callable[[bytes], str]]] = {
    Command.LEVELS: _levels_words,
    Command.COUNTERS: _counters_words,
}


# --- asking -----------------------------------------------------------------------------------------------------------


def _answered(heard: bytes, address: int, sequence: bool) -> bytes | None:  # noqa: FBT001 - the frame's own bit
    """The data of the unit's answer; None while there is none. Our own bytes that come back are none: no command is F0."""
    for frame in FrameReader().receive(heard, 0):
        is_answer = frame.data[0] in set(Answer) or frame.data[0] == ENCRYPTED
        if frame.address == address and frame.sequence == sequence and is_answer:
            return frame.data
    return None


class _Talk:
    """The sequence bit of one conversation."""

    def __init__(self, address: int) -> None:
        self._address = address
        self._sequence = True

    def ask(self, command: Command, data: bytes = b"") -> Asks[bytes | None]:
        """What follows OK in the answer; None for silence and refusals."""
        if command is Command.SYNC:
            self._sequence = True
        sequence, address = self._sequence, self._address
        raw = encode(Frame(address, sequence, bytes((command,)) + data))
        for _ in range(TRIES):
            heard = yield Ask(raw, WAIT_MS, lambda so_far: _answered(so_far, address, sequence) is not None)
            answer = _answered(heard, address, sequence)
            if answer is not None:
                self._sequence = not sequence
                return answer[1:] if answer[0] == Answer.OK else None
        return None


def probe() -> Script:
    """Ask at the usual addresses."""
    found: list[Finding] = []
    for address in (NOTES_ADDRESS, COINS_ADDRESS):
        found += yield from _look(address, is_test=False)
    return tuple(found)


def self_test(address: int | None) -> Script:
    """Identity, and what it says without a key: levels and counters. Nothing moves, and no event is taken from it."""
    return tuple((yield from _look(NOTES_ADDRESS if address is None else address, is_test=True)))


def _look(address: int, *, is_test: bool) -> Asks[list[Finding]]:
    talk = _Talk(address)
    if (yield from talk.ask(Command.SYNC)) is None:
        return []
    data = yield from talk.ask(Command.SETUP)
    setup = read_setup(data) if data is not None else None
    if data is None or setup is None:
        says = (("setup", "not understood" if data is not None else "refused"),)
        advice = ("it answers but does not say what it is: is its firmware damaged, or too new?",)
        return [Finding(DeviceKind.NOTE_VALIDATOR, address, says, advice)]
    says_more = [("unit", setup.unit.name.lower().replace("_", " ")), ("setup", _setup_words(data))]
    for name, command in (("firmware", Command.FIRMWARE), ("data set", Command.DATASET)):
        text = yield from talk.ask(command)
        if text:
            says_more.append((name, text.decode("ascii", "replace").strip("\x00 ")))
    serial = yield from talk.ask(Command.SERIAL)
    if serial is not None and len(serial) == 4:
        says_more.append(("serial", str(int.from_bytes(serial))))
    for name, command, read in (
        ("inside", Command.LEVELS, _levels_words),
        ("counters", Command.COUNTERS, _counters_words),
    ):
        reply = (yield from talk.ask(command)) if is_test else None
        if reply is not None and read(reply):
            says_more.append((name, read(reply)))
    kept = (yield from _kept(talk, setup)) if setup.unit is UnitType.SMART_PAYOUT else {}
    if setup.unit is UnitType.SMART_PAYOUT:
        says_more.append(("recycler", _kept_words(setup, kept)))
    kind = DeviceKind.HOPPER if setup.unit in COINS else DeviceKind.NOTE_VALIDATOR
    advice_more = () if setup.values else (f"it has no channel: load a data set for {setup.currency}",)
    channels = tuple(
        (channel, f"{value} {setup.currencies[channel]}") for channel, value in setup.values.items()
    )
    worths = tuple(
        Worth(channel, value, money=setup.currencies[channel], has_tube=kept.get(channel, False))
        for channel, value in setup.values.items()
        if value
    )
    return [Finding(kind, address, tuple(says_more), advice_more, channels, worths=worths)]


def _kept(talk: _Talk, setup: Setup) -> Asks[dict[int, bool | None]]:
    """Which channels it keeps for paying: by their routes, or by what lies inside; None where it does not say.

    Most units say their routes only encrypted, and a probe exchanges no keys: with another fixed half than the maker's the unit
    would go out of service by the first encrypted command.
    """
    kept: dict[int, bool | None] = {}
    for channel, value in setup.values.items():
        try:
            asked = value_of(value, setup.currencies[channel])
        except WireError:
            continue  # a channel that is empty, or damaged
        data = yield from talk.ask(Command.GET_ROUTE, asked)
        if data is None:
            break
        kept[channel] = read_route(data)
    inside = yield from talk.ask(Command.LEVELS)
    held = {(each.value, each.currency) for each in read_levels(inside or b"") or () if each.qty}
    for channel, value in setup.values.items():
        if value and kept.get(channel) is None:
            kept[channel] = True if (value, setup.currencies[channel]) in held else None
    return kept


def _kept_words(setup: Setup, kept: Mapping[int, bool | None]) -> str:
    known = [str(channel) for channel in setup.values if kept.get(channel)]
    words = f"keeps notes of channels {', '.join(known)}" if known else ""
    if any(kept.get(channel, False) is None for channel in setup.values):
        words += (
            "; of the others" if known else "there is one; which notes it keeps"
        ) + " it tells only with its key"
    return words or "there is one, and it keeps no note for paying"


CARDS: Final[Mapping[DeviceKind, EvidenceCard]] = {
    DeviceKind.NOTE_VALIDATOR: NOTES_EVIDENCE,
    DeviceKind.HOPPER: COINS_EVIDENCE,
}

SSP: Final = WireKind(
    name="ssp",
    says="note validators, recyclers and coin hoppers on SSP",
    bauds=(9600,),
    ear=SspEar,
    probe=probe,
    self_test=self_test,
    kinds={NOTES_ADDRESS: DeviceKind.NOTE_VALIDATOR, COINS_ADDRESS: DeviceKind.HOPPER},
    cards=CARDS,
    stop_bits=2,
)
