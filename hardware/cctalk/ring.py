"""What coin acceptors and bill validators share: a ring of five past events, its counter, and the inhibits.

The arithmetic is in `messages`; here is the conversation: when a ring is believed, where it stands against what the journal
remembers, and how the device is opened and closed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hardware.cctalk.messages import (
    EMPTY_PAIR,
    EMPTY_RING,
    RING,
    EventReply,
    Header,
    counter_of,
    mask_of,
    new_events,
    read_event_reply,
)
from hardware.cctalk.talk import Script, SlaveRestartedError, Talk, Wait
from hardware.commands import Command, SetAccept
from hardware.events import CoinEventsLost, DeviceFaulted, Fault
from hardware.sansio import AcceptorMemory, WireError

POLL_MS = 150
"""Between two polls: 100 to 200 ms (specification part 2, headers 229 and 159)."""
REWRITE_MS = 1000
"""While the counter is still 0 it cannot show a reset: this often the inhibit is read, which a reset closes, or written again
where it cannot be read. Money that came before a reset nobody saw must be found while its shopper is there.
"""
CONFIRMING_READS = 5
"""Reads within one poll in which two equal ones must come; coins that arrive between two reads make them differ."""
BASELINE_ROUNDS = 5
"""Rounds in which the event counter must stand still while the counts are read; the device is inhibited."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ring stands: ``unread`` events after number ``base`` of ``epoch``; ``restarted`` when the counter was lost."""

    epoch: int
    base: int
    unread: int
    restarted: bool


class RingTalk(Talk):
    """The host's side of a device with an event ring. Until the first `SetAccept` it stays inhibited.

    Attributes:
        events_header: The command that reads the ring.
        latest_poll_ms: No poll later than this after the one before.
        padding_tells: Whether (0,0) among new events cannot be an event, so that it shows a restart.
    """

    asks = Talk.asks | {Header.MASTER_INHIBIT, Header.READ_MASTER_INHIBIT, Header.INHIBITS}
    events_header: Header
    latest_poll_ms: int
    padding_tells: bool

    def __init__(
        self, name: str, address: int, poll_ms: int, positions: Collection[int], memory: AcceptorMemory | None
    ) -> None:
        super().__init__(name, address)
        self._poll_ms = poll_ms
        self._positions = positions
        self._memory = memory
        self._ring = EMPTY_RING
        self._knows_ring = False
        self._wanted: tuple[int, ...] | None = None
        self._written: tuple[int, ...] | None = ()
        self._is_open = False
        self._written_at_ms = 0
        self._polled_at_ms = 0
        self._is_polled = False

    @property
    def must_serve_by_ms(self) -> int | None:
        """The latest time of the next poll; None while it is not being polled."""
        return self._polled_at_ms + self.latest_poll_ms if self._is_polled else None

    def note_sent(self, header: Header, now_ms: int) -> None:
        """Remember when it was polled last."""
        if header is self.events_header:
            self._polled_at_ms = now_ms

    def request(self, command: Command) -> None:
        """Take a `SetAccept`; the newest one counts.

        Raises:
            WireError: Another command, or a position without a configured value.
        """
        if not isinstance(command, SetAccept):
            raise WireError(f"{self.name} is a {self.kind}; it cannot {type(command).__name__}")
        unknown = [position for position in command.positions if position not in self._positions]
        if unknown:
            raise WireError(f"{self.name} has no value for positions {unknown}")
        self._wanted = tuple(sorted(set(command.positions)))
        self.has_request = True

    # --- where the ring stands ------------------------------------------------------------------------------------

    def _place(self, serial: int, ring: EventReply, *, was_restarted: bool) -> Place:
        """Put the device's counter and our memory together."""
        memory = self._memory
        if memory is None:
            return Place(1, ring.counter, 0, restarted=False)
        if memory.serial != serial:
            return Place(memory.device_epoch + 1, ring.counter, 0, restarted=False)
        if was_restarted or self._shows_restart(counter_of(memory.event_no), ring):
            return Place(memory.device_epoch + 1, 0, ring.counter, restarted=True)
        unread = new_events(counter_of(memory.event_no), ring.counter) if ring.counter else 0
        return Place(memory.device_epoch, memory.event_no, unread, restarted=False)

    def _shows_restart(self, last: int, ring: EventReply) -> bool:
        """Whether this ring cannot have grown out of what we knew: the device's memory began anew in between.

        Counter 0 after another one; padding among events that should be real; or older pairs that are not those we read
        (known only while our own process lives). A stale counter that hides all three is what the device's counts are for.
        """
        if last == 0:
            return False
        if ring.counter == 0:
            return True
        unread = new_events(last, ring.counter)
        if self.padding_tells and EMPTY_PAIR in ring.pairs[: min(unread, RING)]:
            return True
        if ring.counter < min(last, RING) and not any(map(any, ring.pairs[ring.counter :])):
            return True  # after a whole turn of the counter there would be five events
        return (
            self._knows_ring and unread <= RING and ring.pairs[unread:] != self._ring.pairs[: RING - unread]
        )

    def _tell_lost(self, after: AcceptorMemory, unread: int) -> int:
        """Tell how many of the ``unread`` events left the ring before they were read."""
        lost = max(0, unread - RING)
        if lost:
            self.learned.append(
                CoinEventsLost(self.name, after.serial, after.device_epoch, after.event_no + lost, lost)
            )
        return lost

    # --- polling --------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        # What the till wanted before a loss or restart is written again; the device may have forgotten it.
        self._written = ()
        self._is_polled = True
        try:
            yield from self._poll_for_ever()
        finally:
            self._is_polled = False

    def _poll_for_ever(self) -> Script[None]:
        while True:
            if self._wanted is not None and self._wanted != self._written:
                if self._ring.counter == 0 and self._written:
                    yield from self._look_for_hidden_restart()  # writing would open it again and hide that it was closed
                yield from self._write_accept(self._wanted)
            yield from self._before_poll()
            due_ms = self.now_ms + self._poll_ms
            reply = read_event_reply((yield from self.ask(self.events_header)).data)
            if reply != self._ring:
                yield from self._read_news(reply)
            yield Wait(max(self.now_ms, due_ms))
            if self._ring.counter == 0 and self.now_ms - self._written_at_ms >= REWRITE_MS:
                yield from self._look_for_hidden_restart()

    def _before_poll(self) -> Script[None]:
        """What else a kind of device has to do at each poll."""
        yield from ()

    def _read_news(self, first: EventReply) -> Script[None]:
        raise NotImplementedError

    def _confirmed(self, first: EventReply) -> Script[EventReply | None]:
        """A changed ring read twice the same; None when it was not, or is the one we know after all.

        One damaged frame in a hundred passes an 8-bit check; equal twice *and* plausible leaves about none.
        """
        previous = first
        for _ in range(CONFIRMING_READS):
            yield from self.clear_line()
            again = read_event_reply((yield from self.ask(self.events_header)).data)
            if again == previous:
                return None if again == self._ring else again
            previous = again
        return None

    def _unread_of(self, ring: EventReply) -> int:
        """New events of a confirmed ring.

        Raises:
            SlaveRestartedError: It did not grow out of the one we know.
        """
        unread = new_events(self._ring.counter, ring.counter) if ring.counter else 0
        if unread == 0 or self._shows_restart(self._ring.counter, ring):
            raise SlaveRestartedError
        return unread

    def _look_for_hidden_restart(self) -> Script[None]:
        """Read whether it is still open; a device that cannot say is told again what it should be.

        Raises:
            SlaveRestartedError: It closed itself.
        """
        if not self._is_open:
            self._written = None
            return
        reply = yield from self.agreed_if_supported(Header.READ_MASTER_INHIBIT)
        if reply is None:
            self._written = None
        elif not reply.data[0] & 1:
            raise SlaveRestartedError
        self._written_at_ms = self.now_ms

    # --- opening and closing --------------------------------------------------------------------------------------

    def _close(self) -> Script[None]:
        yield from self._write(Header.MASTER_INHIBIT, b"\x00")
        self._written = ()
        self._is_open = False

    def _write_accept(self, positions: tuple[int, ...]) -> Script[None]:
        """Open only after the mask is right; close before anything else."""
        if not positions:
            yield from self._write(Header.MASTER_INHIBIT, b"\x00")
        yield from self._write(Header.INHIBITS, mask_of(positions))
        if positions:
            yield from self._write(Header.MASTER_INHIBIT, b"\x01")
        self._written = positions
        self._is_open = bool(positions)
        self._written_at_ms = self.now_ms

    def _write(self, header: Header, data: bytes) -> Script[None]:
        reply = yield from self.ask(header, data, may_refuse=True)
        if reply.is_refusal:
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.REFUSED, int(header)))
