"""Our host against a slave made of printed bytes alone: a mistake that both ends of our codec share would show here."""

from __future__ import annotations

from hardware.cctalk.host import AcceptorConfig, CcTalkBus
from hardware.commands import SetAccept
from hardware.events import AcceptCount, AcceptorIdentified, CoinAccepted, CoinRefused, DeviceEvent, Fault

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
    """Answers from the table, with the echo."""

    def __init__(self) -> None:
        self.host = CcTalkBus([AcceptorConfig("coin", 2, {3: 50, 4: 100}, "EUR")])
        self.ring = ONE_CREDIT
        self.now_ms = 0

    def run(self, for_ms: int) -> tuple[DeviceEvent, ...]:
        seen: list[DeviceEvent] = []
        end_ms = self.now_ms + for_ms
        while self.now_ms < end_ms:
            self.now_ms += 10
            self.host.tick(self.now_ms)
            if sent := self.host.bytes_to_send().hex(" ").upper():
                answer = self.ring if sent == EVENTS else PRINTED[sent]
                self.host.receive(bytes.fromhex(f"{sent} {answer}"), self.now_ms)
            seen += self.host.events()
        return tuple(seen)


def test_a_session_of_printed_bytes_is_understood() -> None:
    slave = PrintedSlave()
    slave.host.request(SetAccept("coin", (3, 4)))
    counts = (AcceptCount(3, 7), AcceptCount(4, 256))
    assert slave.run(2000) == (AcceptorIdentified("coin", 12345678, 1, 1, counts, restarted=False),)
    slave.ring = TWO_MORE
    assert slave.run(500) == (
        CoinRefused("coin", 12345678, 1, 2, 2, Fault.REFUSED, is_returned=True),
        CoinAccepted("coin", 12345678, 1, 3, 4, 100, "EUR", 2),
    )
