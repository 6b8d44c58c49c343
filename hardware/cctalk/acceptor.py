"""The conversation with a coin acceptor: each coin it credits is told once, and nothing else is ever money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.cctalk.messages import (
    EMPTY_PAIR,
    EMPTY_RING,
    INHIBITED_CODE,
    RING,
    EventReply,
    Header,
    counter_of,
    is_inhibition,
    mask_of,
    new_events,
    number_of,
    read_event_reply,
    refusal_of,
)
from hardware.cctalk.talk import Script, SlaveRestartedError, SlaveSilentError, Talk, Wait
from hardware.commands import Command, SetAccept
from hardware.events import (
    AcceptCount,
    AcceptorIdentified,
    CoinAccepted,
    CoinEventsLost,
    CoinRefused,
    CoinUnvalued,
    DeviceFaulted,
    DeviceKind,
    EvidenceCard,
    Fault,
)
from hardware.sansio import AcceptorMemory, WireError

ACCEPTOR_EVIDENCE = EvidenceCard(event_counter="volatile", accept_count="non_volatile")
"""What a coin acceptor can still tell after a power cut (specification part 2, headers 229 and 150).

A device that is silent on 150 is announced with ``accept_counts=None``: it then has ``accept_count="none"``.
"""

POLL_MS = 150
"""Between two polls: 100 to 200 ms (specification part 2, header 229)."""
LATEST_POLL_MS = 300
"""No poll later than this: two events may come between polls, and the acceptor stops itself after about 1 s."""
REWRITE_MS = 1000
"""While the counter is still 0 it cannot show a reset: this often the inhibit is read, which a reset closes, or written again
where it cannot be read. A coin that fell before a reset nobody saw must be found while its shopper is there.
"""
CONFIRMING_READS = 5
"""Reads within one poll in which two equal ones must come; coins that arrive between two reads make them differ."""
BASELINE_ROUNDS = 5
"""Rounds in which the event counter must stand still while the accept counts are read; the device is inhibited."""
CATEGORY = "Coin Acceptor"


@dataclass(frozen=True, slots=True)
class AcceptorConfig:
    """One coin acceptor on the bus.

    Attributes:
        name: The configured device name.
        address: 2 by default of the trade; 2 to 255.
        coins: Coin position (1 to 16) -> value in minor units; only these can ever be credited.
        currency: ISO 4217 code of ``coins``.
        memory: What the journal remembers, or None when it never knew this device.
        poll_ms: Between two polls, 50 to 250.
    """

    name: str
    address: int
    coins: Mapping[int, int] = field(hash=False)
    currency: str
    memory: AcceptorMemory | None = None
    poll_ms: int = POLL_MS

    def __post_init__(self) -> None:
        mask_of(self.coins)
        if any(value <= 0 for value in self.coins.values()):
            raise WireError(f"{self.name}: a coin's value is 1 minor unit or more: {dict(self.coins)}")
        if not 50 <= self.poll_ms <= 250:
            raise WireError(f"{self.name}: poll_ms is 50 to 250, not {self.poll_ms}")


class AcceptorTalk(Talk):
    """The host's side of one coin acceptor. Until the first `SetAccept` it stays inhibited."""

    kind = DeviceKind.COIN_ACCEPTOR

    def __init__(self, config: AcceptorConfig) -> None:
        super().__init__(config.name, config.address)
        self._config = config
        self._memory = config.memory
        self._ring = EMPTY_RING
        self._knows_ring = False
        self._has_counts = False
        self._wanted: tuple[int, ...] | None = None
        self._written: tuple[int, ...] | None = ()
        self._written_at_ms = 0
        self._polled_at_ms = 0
        self._is_polled = False

    @property
    def must_serve_by_ms(self) -> int | None:
        """The latest time of the next poll; None while it is not being polled."""
        return self._polled_at_ms + LATEST_POLL_MS if self._is_polled else None

    def note_sent(self, header: Header, now_ms: int) -> None:
        """Remember when it was polled last."""
        if header is Header.READ_EVENTS:
            self._polled_at_ms = now_ms

    def request(self, command: Command) -> None:
        """Take a `SetAccept`; the newest one counts.

        Raises:
            WireError: Another command, or a position without a configured value.
        """
        if not isinstance(command, SetAccept):
            raise WireError(f"{self.name} is a coin acceptor; it cannot {type(command).__name__}")
        unknown = [position for position in command.positions if position not in self._config.coins]
        if unknown:
            raise WireError(f"{self.name} has no value for coin positions {unknown}")
        self._wanted = tuple(sorted(set(command.positions)))
        self.has_request = True

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool) -> Script[None]:
        yield from self._write(Header.MASTER_INHIBIT, b"\x00")
        self._written = ()
        yield from self.check_category(CATEGORY)
        serial = number_of((yield from self.agreed(Header.SERIAL)).data)
        if self._memory is not None and self._memory.serial != serial:
            self.forget_features()
            self._knows_ring = False
        ring, counts = yield from self._read_baseline()
        self._adopt(serial, ring, counts, was_restarted=was_restarted)

    def _read_baseline(self) -> Script[tuple[EventReply, tuple[AcceptCount, ...] | None]]:
        """Accept counts, and the ring that goes with them: no event came while they were read."""
        for _ in range(BASELINE_ROUNDS):
            before = yield from self.agreed(Header.READ_EVENTS)
            counts = yield from self._read_counts()
            after = yield from self.agreed(Header.READ_EVENTS)
            if before == after:
                return read_event_reply(after.data), counts
        raise SlaveSilentError

    def _read_counts(self) -> Script[tuple[AcceptCount, ...] | None]:
        counts: list[AcceptCount] = []
        for position in sorted(self._config.coins):
            reply = yield from self.agreed_if_supported(Header.READ_ACCEPT_COUNT, bytes((position,)))
            if reply is None:
                return None
            counts.append(AcceptCount(position, number_of(reply.data)))
        return tuple(counts) if counts else None

    def _adopt(
        self, serial: int, ring: EventReply, counts: tuple[AcceptCount, ...] | None, *, was_restarted: bool
    ) -> None:
        """Put the device's counter and our memory together, deliver what only the ring knows, and announce it.

        With accept counts the ring is not credited here: the till compares the counts, and a coin in both would be money
        twice; what went wrong with a coin is in no count, and is told all the same. Without counts, or when the journal
        has none to compare them with, the ring's events after the remembered one are all there is.
        """
        memory = self._memory
        restarted = False
        if memory is None:
            epoch, base, unread = 1, ring.counter, 0
        elif memory.serial != serial:
            epoch, base, unread = memory.device_epoch + 1, ring.counter, 0
        elif was_restarted or self._shows_restart(counter_of(memory.event_no), ring):
            epoch, base, unread, restarted = memory.device_epoch + 1, 0, ring.counter, True
        else:
            last = counter_of(memory.event_no)
            epoch, base = memory.device_epoch, memory.event_no
            unread = new_events(last, ring.counter) if ring.counter else 0
        known = AcceptorMemory(serial, epoch, base)
        if counts is None or (memory is not None and not memory.has_counts):
            self._tell(known, ring, unread)
        else:
            self._tell_events(known, ring, unread, has_counted_coins=True)
        self._memory = AcceptorMemory(serial, epoch, base + unread, has_counts=counts is not None)
        self._ring = ring
        self._knows_ring = True
        self._has_counts = counts is not None
        self.learned.append(
            AcceptorIdentified(
                self.name,
                serial=serial,
                device_epoch=epoch,
                event_no=base + unread,
                accept_counts=counts,
                restarted=restarted,
            )
        )

    def _shows_restart(self, last: int, ring: EventReply) -> bool:
        """Whether this ring cannot have grown out of what we knew: the device's memory began anew in between.

        Counter 0 after another one; padding among events that should be real; or older pairs that are not those we read
        (known only while our own process lives). A stale counter that hides all three is what accept counts are for.
        """
        if last == 0:
            return False
        if ring.counter == 0:
            return True
        unread = new_events(last, ring.counter)
        if EMPTY_PAIR in ring.pairs[: min(unread, RING)]:
            return True
        return (
            self._knows_ring and unread <= RING and ring.pairs[unread:] != self._ring.pairs[: RING - unread]
        )

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
                yield from self._write_accept(self._wanted)
            due_ms = self.now_ms + self._config.poll_ms
            reply = read_event_reply((yield from self.ask(Header.READ_EVENTS)).data)
            if reply != self._ring:
                yield from self._read_news(reply)
            yield Wait(max(self.now_ms, due_ms))
            if self._ring.counter == 0 and self.now_ms - self._written_at_ms >= REWRITE_MS:
                yield from self._look_for_hidden_restart()

    def _look_for_hidden_restart(self) -> Script[None]:
        """Read whether it is still open; a device that cannot say is told again what it should be.

        Raises:
            SlaveRestartedError: It closed itself.
        """
        if not self._written:
            self._written = None
            return
        reply = yield from self.agreed_if_supported(Header.READ_MASTER_INHIBIT)
        if reply is None:
            self._written = None
        elif not reply.data[0] & 1:
            raise SlaveRestartedError
        self._written_at_ms = self.now_ms

    def _write_accept(self, positions: tuple[int, ...]) -> Script[None]:
        """Open only after the mask is right; close before anything else."""
        if not positions:
            yield from self._write(Header.MASTER_INHIBIT, b"\x00")
        yield from self._write(Header.INHIBITS, mask_of(positions))
        if positions:
            yield from self._write(Header.MASTER_INHIBIT, b"\x01")
        self._written = positions
        self._written_at_ms = self.now_ms

    def _write(self, header: Header, data: bytes) -> Script[None]:
        reply = yield from self.ask(header, data, may_refuse=True)
        if reply.is_refusal:
            self.learned.append(DeviceFaulted(self.name, self.kind, Fault.REFUSED, int(header)))

    def _read_news(self, first: EventReply) -> Script[None]:
        """Credit a changed ring only after a second identical read and only if it grew out of the one we know.

        One damaged frame in a hundred passes an 8-bit check; equal twice *and* plausible leaves about none.
        """
        previous = first
        for _ in range(CONFIRMING_READS):
            yield from self.clear_line()
            again = read_event_reply((yield from self.ask(Header.READ_EVENTS)).data)
            if again == previous:
                break
            previous = again
        else:
            return
        if again == self._ring:
            return
        unread = new_events(self._ring.counter, again.counter) if again.counter else 0
        if unread == 0 or self._shows_restart(self._ring.counter, again):
            raise SlaveRestartedError
        self._credit(again, unread)
        if unread > RING and self._has_counts:
            # Some of the lost events may have been coins; only the accept counts can tell.
            yield from self._identify(was_restarted=False)
            self._written = ()

    def _credit(self, ring: EventReply, unread: int) -> None:
        if self._memory is None:
            raise SlaveRestartedError
        self._tell(self._memory, ring, unread)
        self._ring = ring
        self._memory = replace(self._memory, event_no=self._memory.event_no + unread)

    def _tell(self, after: AcceptorMemory, ring: EventReply, unread: int) -> None:
        """Tell the ``unread`` newest events of ``ring``, oldest first; those that left it are told as lost."""
        lost = max(0, unread - RING)
        if lost:
            self.learned.append(
                CoinEventsLost(self.name, after.serial, after.device_epoch, after.event_no + lost, lost)
            )
        self._tell_events(after, ring, unread, has_counted_coins=False)

    def _tell_events(
        self, after: AcceptorMemory, ring: EventReply, unread: int, *, has_counted_coins: bool
    ) -> None:
        """Tell what is in the ring, oldest first; coins that the counts show too are left to the counts."""
        for age in range(min(unread, RING), 0, -1):
            event_no = after.event_no + unread - age + 1
            result, detail = ring.pairs[age - 1]
            if result in self._config.coins and has_counted_coins:
                continue
            if result:
                self._tell_coin(after, event_no, position=result, path=detail)
            elif detail and not (event_no == 1 and detail == INHIBITED_CODE):
                # (0,0) is padding; (0,2) as event 1 is how some devices leave counter 0 after a reset: no coin was there.
                self._tell_refusal(after, event_no, detail)

    def _tell_coin(self, after: AcceptorMemory, event_no: int, *, position: int, path: int) -> None:
        value_minor = self._config.coins.get(position)
        if value_minor is None:
            self.learned.append(CoinUnvalued(self.name, after.serial, after.device_epoch, event_no, position))
            return
        self.learned.append(
            CoinAccepted(
                self.name,
                serial=after.serial,
                device_epoch=after.device_epoch,
                event_no=event_no,
                position=position,
                value_minor=value_minor,
                currency=self._config.currency,
                path=path,
            )
        )

    def _tell_refusal(self, after: AcceptorMemory, event_no: int, code: int) -> None:
        refusal = refusal_of(code)
        self.learned.append(
            CoinRefused(
                self.name,
                serial=after.serial,
                device_epoch=after.device_epoch,
                event_no=event_no,
                code=code,
                fault=refusal.fault,
                is_returned=refusal.is_returned,
            )
        )
        if self._wanted and is_inhibition(code):
            # It refused a coin though we opened it: perhaps a reset that the counter could not show.
            self._written = None
