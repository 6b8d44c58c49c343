"""Our host against a slave made of printed bytes alone: a mistake that both ends of our codec share would show here."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.cctalk.host import AcceptorConfig, CcTalkBus, ValidatorConfig
from hardware.commands import Authority, SetAccept, StackNote
from hardware.events import (
    AcceptCount,
    AcceptorIdentified,
    CoinAccepted,
    CoinRefused,
    DeviceEvent,
    DeviceKind,
    Fault,
    NoteEscrowed,
    NoteStacked,
)

ACK = "01 00 02 00 FD"
PRINTED = {
    "02 00 01 FE FF": ACK,
    "02 01 01 E4 00 18": ACK,
    "02 01 01 E4 01 17": ACK,
    "02 02 01 E7 0C 00 08": ACK,
    "02 00 01 F5 08": "01 0D 02 00 43 6F 69 6E 20 41 63 63 65 70 74 6F 72 16",
    "02 00 01 F2 0B": "01 03 02 00 4E 61 BC 8F",
    "02 01 01 96 03 63": "01 03 02 00 07 00 00 F3",
    "02 01 01 96 04 62": "01 03 02 00 00 01 00 F9",
}
EVENTS = "02 00 01 E5 18"
ONE_CREDIT = "01 0B 02 00 01 03 01 00 00 00 00 00 00 00 00 ED"
TWO_MORE = "01 0B 02 00 03 04 02 00 02 03 01 00 00 00 00 E3"


class PrintedSlave:
    """Answers from the table, with the echo; a question that the table does not have fails the test."""

    def __init__(self, host: CcTalkBus, printed: Mapping[str, str], events: str, ring: str) -> None:
        self.host = host
        self.printed = printed
        self.events = events
        self.ring = ring
        self.now_ms = 0

    def run(self, for_ms: int) -> tuple[DeviceEvent, ...]:
        seen: list[DeviceEvent] = []
        end_ms = self.now_ms + for_ms
        while self.now_ms < end_ms:
            self.now_ms += 10
            self.host.tick(self.now_ms)
            if sent := self.host.bytes_to_send().hex(" ").upper():
                answer = self.ring if sent == self.events else self.printed[sent]
                self.host.receive(bytes.fromhex(f"{sent} {answer}"), self.now_ms)
            seen += self.host.events()
        return tuple(seen)


def test_a_session_of_printed_bytes_is_understood() -> None:
    host = CcTalkBus([AcceptorConfig("coin", 2, {3: 50, 4: 100}, "EUR")])
    slave = PrintedSlave(host, PRINTED, EVENTS, ONE_CREDIT)
    slave.host.request(SetAccept("coin", (3, 4)))
    counts = (AcceptCount(3, 7), AcceptCount(4, 256))
    assert slave.run(2000) == (AcceptorIdentified("coin", 12345678, 1, 1, counts, restarted=False),)
    slave.ring = TWO_MORE
    assert slave.run(500) == (
        CoinRefused("coin", 12345678, 1, 2, 2, Fault.REFUSED, is_returned=True),
        CoinAccepted("coin", 12345678, 1, 3, 4, 100, "EUR", 2),
    )


BILL_ACK = "01 00 28 00 D7"
BILLS_PRINTED = {
    "28 00 01 FE D9": BILL_ACK,
    "28 01 01 E4 00 F2": BILL_ACK,
    "28 01 01 E4 01 F1": BILL_ACK,
    "28 02 01 E7 04 00 EA": BILL_ACK,
    "28 01 01 99 03 3A": BILL_ACK,
    "28 00 01 F5 E2": "01 0E 28 00 42 69 6C 6C 20 56 61 6C 69 64 61 74 6F 72 80",
    "28 00 01 F2 E5": "01 03 28 00 4E 61 BC 69",
    "28 01 01 9D 03 36": "01 07 28 00 45 55 30 30 32 30 41 33",
    "28 02 01 9C 45 55 9F": "01 03 28 00 64 00 02 6E",
    "28 00 01 E1 F6": "01 03 28 00 07 00 00 CD",
    "28 00 01 E3 F4": "01 01 28 00 01 D5",
    "28 01 01 9A 01 3B": BILL_ACK,
}
NO_NOTE_YET = "01 0B 28 00 00 00 00 00 00 00 00 00 00 00 00 CC"
IN_ESCROW = "01 0B 28 00 01 03 01 00 00 00 00 00 00 00 00 C7"
IN_STACKER = "01 0B 28 00 02 03 00 03 01 00 00 00 00 00 00 C3"


def test_a_note_of_printed_bytes_is_understood() -> None:
    host = CcTalkBus([ValidatorConfig("note", 40, {3: 2000}, "EUR")])
    slave = PrintedSlave(host, dict(BILLS_PRINTED), "28 00 01 9F 38", NO_NOTE_YET)
    host.request(SetAccept("note", (3,)))
    (found,) = slave.run(3000)
    assert found == AcceptorIdentified(
        "note", 12345678, 1, 0, None, restarted=False, kind=DeviceKind.NOTE_VALIDATOR, kept_total=7
    )
    slave.ring = IN_ESCROW
    assert slave.run(500) == (NoteEscrowed("note", 3, 2000, "EUR", 7),)
    host.request(StackNote("note", "job1"), Authority(1, 1))
    slave.run(500)
    slave.ring = IN_STACKER
    slave.printed = {**BILLS_PRINTED, "28 00 01 E1 F6": "01 03 28 00 08 00 00 CC"}
    assert slave.run(500) == (NoteStacked("note", 12345678, 1, 2, 3, 2000, "EUR", job="job1", kept_total=8),)
