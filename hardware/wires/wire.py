"""The description of one wire for people who look at it: who says what, what must not be said, how to ask who is there.

An `Ear` listens between both ends. It owns nothing and changes nothing, so the same one reads a live line, a trace, and the bytes
that a probe is about to send.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hardware.events import DeviceKind, EvidenceCard
from hardware.port import Passed
from hardware.wires.asking import Script

NO_MESSAGE = "no message: damaged, cut off, or another protocol or speed"
"""What is said of bytes that begin nothing."""


class Ear(Protocol):
    """Understands both directions of one wire; keeps what it needs to understand answers by their questions."""

    def gap_ms(self, *, is_from_host: bool) -> int:
        """Silence after which a half message will not be completed."""

    @property
    def answer_ends_block(self) -> bool:
        """Whether the host's messages have no end of their own, so that the device's word ends them as silence does."""

    def size(self, data: bytes, *, is_from_host: bool) -> int:
        """How long the message at the start of ``data`` is.

        Returns:
            Its bytes; 0 while its end has not come; a negative number for that many bytes that begin no message.
        """

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """What a whole message means, in English."""

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """What bytes mean that silence left incomplete."""

    def physical(self, message: bytes) -> str:
        """What the host's message would pay, turn, print or move; empty when nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message, or one run of bytes that make none: when it began, by whom, its bytes, what it means."""

    at_ms: int
    is_from_host: bool
    data: bytes
    text: str


@dataclass(slots=True)
class _Side:
    """Bytes of one direction that wait for the end of their message."""

    is_from_host: bool
    held: bytearray = field(default_factory=bytearray)
    since_ms: int = 0
    last_ms: int = 0


def overheard(passed: Iterable[Passed], ear: Ear) -> Iterator[Said]:
    """Read a wire's bytes message by message, in the order in which they were completed; no byte is left out."""
    sides = {is_from_host: _Side(is_from_host) for is_from_host in (True, False)}
    for piece in passed:
        for side in sides.values():
            if side.held and piece.at_ms - side.last_ms >= ear.gap_ms(is_from_host=side.is_from_host):
                yield from _given_up(side, ear)
        if sides[True].held and not piece.is_outgoing and ear.answer_ends_block:
            yield from _given_up(sides[True], ear)
        side = sides[piece.is_outgoing]
        if not side.held:
            side.since_ms = piece.at_ms
        side.held += piece.data
        side.last_ms = piece.at_ms
        yield from _completed(side, ear, piece.at_ms)
    for side in sides.values():
        if side.held:
            yield from _given_up(side, ear)


def _completed(side: _Side, ear: Ear, now_ms: int) -> Iterator[Said]:
    while side.held:
        size = ear.size(bytes(side.held), is_from_host=side.is_from_host)
        if not size:
            return
        data = bytes(side.held[: abs(size)])
        del side.held[: abs(size)]
        text = ear.words(data, is_from_host=side.is_from_host) if size > 0 else NO_MESSAGE
        yield Said(side.since_ms, side.is_from_host, data, text)
        side.since_ms = now_ms


def _given_up(side: _Side, ear: Ear) -> Iterator[Said]:
    data = bytes(side.held)
    side.held.clear()
    yield Said(side.since_ms, side.is_from_host, data, ear.rest(data, is_from_host=side.is_from_host))


def physical_acts(data: bytes, ear: Ear) -> tuple[str, ...]:
    """What the host's bytes ``data`` would pay, turn, print or move, in order; empty when nothing."""
    acts: list[str] = []
    at = 0
    while at < len(data):
        # What has no end of its own (a raw block, half an order) is one message too.
        size = ear.size(data[at:], is_from_host=True) or len(data) - at
        act = ear.physical(data[at : at + size]) if size > 0 else ""
        if act:
            acts.append(act)
        at += abs(size)
    return tuple(acts)


@dataclass(frozen=True, slots=True)
class WireKind:
    """One row of the table of wires.

    Attributes:
        name: The rig's word for the protocol, as in a configuration's ``protocol``.
        says: What hangs on such a wire, in a few words.
        bauds: Usual speeds, the most usual first; a probe tries them in this order.
        ear: Makes a listener.
        probe: Makes the harmless questions that find out who is there.
        self_test: Makes the questions of a self-test of the device at an address (None where the wire has none).
        kinds: Usual address -> what answers there; the key None is for wires without addresses.
        cards: What each kind can still tell after a power cut.
        stop_bits: Of the line.
    """

    name: str
    says: str
    bauds: tuple[int, ...]
    ear: Callable[[], Ear]
    probe: Callable[[], Script]
    self_test: Callable[[int | None], Script]
    kinds: Mapping[int | None, DeviceKind]
    cards: Mapping[DeviceKind, EvidenceCard]
    stop_bits: int = 1
