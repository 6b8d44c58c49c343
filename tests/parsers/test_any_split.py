"""However a damaged stream is cut up, the same is read from it; and what is written reads back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cctalk.messages import EventReply, HopperStatus, read_event_reply, read_hopper_status
from hardware.cctalk.messages import write_event_reply as write_ring
from hardware.escpos.host import Printer
from hardware.events import DeviceEvent, LineNoise
from hardware.sansio import HostMachine
from hardware.scanner.host import Scanner
from kiosk.core.draft import Stamp
from kiosk.i18n import LANGUAGES
from kiosk.i18n.amounts import format_amount, parse_amount
from kiosk.journal.entry import NO_DIGEST, Head, body_of, read_content, write_entries
from tests.parsers import recorded
from tests.parsers.damage import LINE_KINDS, Damage

HOSTS: dict[str, tuple[Callable[[], HostMachine], Callable[[], Sequence[bytes]]]] = {
    "scanner": (lambda: Scanner("scanner"), recorded.scanner_stream),
    "printer": (lambda: Printer("printer"), recorded.printer_stream),
}
byte = st.integers(0, 255)
UNTOLD = 64
"""Noise that a host keeps to itself until there is more of it."""


def told(host: HostMachine, arrivals: Sequence[tuple[int, Sequence[bytes]]]) -> tuple[list[DeviceEvent], int]:
    """What a host tells of pieces that arrive at their times, and the noise in bytes, which is told in rounds."""
    events: list[DeviceEvent] = []
    for now_ms, pieces in arrivals:
        for piece in pieces:
            host.receive(piece, now_ms)
        while (wake_ms := host.wake_at_ms) is not None and wake_ms <= now_ms:
            host.tick(now_ms)
        host.bytes_to_send()
        events += host.events()
    noise = sum(event.dropped for event in events if isinstance(event, LineNoise))
    return [event for event in events if not isinstance(event, LineNoise)], noise


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_stream_tells_the_same_however_it_is_cut_up(name: str, seed: int) -> None:
    make, good = HOSTS[name]
    chance = random.Random(f"{name} {seed}")
    damage = Damage(chance, 30, LINE_KINDS)
    arrivals: list[tuple[int, bytes]] = []
    now_ms = 0
    for data in good()[:300]:
        now_ms += chance.choice((1, 20, 101, 400))
        arrivals.append((now_ms, b"".join(damage(data))))
    whole = [(at_ms, [data] if data else []) for at_ms, data in arrivals]
    split = [(at_ms, [data[at : at + 1] for at in range(len(data))]) for at_ms, data in arrivals]
    (events, noise), (again, noise_again) = told(make(), whole), told(make(), split)
    assert events == again
    assert events
    assert abs(noise - noise_again) <= UNTOLD, "but for what waits for its round"


@given(byte, st.lists(st.tuples(byte, byte), min_size=5, max_size=5))
def test_every_ring_of_an_acceptor_reads_back(counter: int, pairs: list[tuple[int, int]]) -> None:
    ring = EventReply(counter, tuple(pairs))
    assert read_event_reply(write_ring(ring)) == ring


@given(byte, byte, byte, byte)
def test_every_status_of_a_hopper_reads_back(counter: int, remaining: int, paid: int, unpaid: int) -> None:
    status = HopperStatus(counter, remaining, paid, unpaid)
    assert read_hopper_status(bytes((counter, remaining, paid, unpaid))) == status


@given(st.integers(0, 10**11), st.sampled_from((0, 2, 3)), st.sampled_from(LANGUAGES))
def test_every_amount_that_is_shown_can_be_typed_again(minor: int, exponent: int, language: str) -> None:
    shown = format_amount(minor, exponent, language)
    if language == "en":
        shown = shown.replace(",", "")  # typed, a comma is a decimal mark
    assert parse_amount(shown, exponent) == minor


@settings(max_examples=60)
@given(st.integers(0, len(recorded.journal_entries()) - 1))
def test_every_stored_fact_is_written_again_as_it_was_stored(index: int) -> None:
    entry = recorded.journal_entries()[index]
    fact = read_content(entry).fact
    assert body_of(fact, "EUR") == entry.body
    head = Head(entry.kiosk_id, "EUR", entry.epoch, entry.seq - 1, NO_DIGEST, entry.boot)
    (again,) = write_entries(head, (fact,), Stamp(entry.at, entry.now_ms, time_ok=entry.time_ok), entry.actor)
    assert (again.kind, again.version, again.visit, again.body) == (
        entry.kind,
        entry.version,
        entry.visit,
        entry.body,
    )
