"""The conversation with a coin acceptor: each coin it credits is told once, and nothing else is ever money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.cctalk.messages import (
    INHIBITED_CODE,
    RING,
    SORTER_PATHS,
    EventReply,
    Header,
    is_inhibition,
    mask_of,
    number_of,
    read_event_reply,
    refusal_of,
)
from hardware.cctalk.ring import BASELINE_ROUNDS, POLL_MS, RingTalk
from hardware.cctalk.talk import Script, SlaveRestartedError, SlaveSilentError
from hardware.events import (
    AcceptCount,
    AcceptorIdentified,
    CoinAccepted,
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

LATEST_POLL_MS = 300
"""No poll later than this: two events may come between polls, and the acceptor stops itself after about 1 s."""
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
        into: Coin position -> name of the hopper that its sorter path leads to; others fall into the cash box.
        paths: Coin position -> sorter path (1 to 8) that is written into the device when it has another; empty leaves the
            device as its maker or a technician set it.
    """

    name: str
    address: int
    coins: Mapping[int, int] = field(hash=False)
    currency: str
    memory: AcceptorMemory | None = None
    poll_ms: int = POLL_MS
    into: Mapping[int, str] = field(default_factory=dict, hash=False)
    paths: Mapping[int, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        mask_of(self.coins)
        if not {*self.into, *self.paths} <= set(self.coins):
            raise WireError(
                f"{self.name}: into and paths name positions that coins has: {sorted(self.coins)}"
            )
        if any(path not in SORTER_PATHS for path in self.paths.values()):
            raise WireError(f"{self.name}: a sorter path is 1 to {SORTER_PATHS[-1]}: {dict(self.paths)}")
        if any(value <= 0 for value in self.coins.values()):
            raise WireError(f"{self.name}: a coin's value is 1 minor unit or more: {dict(self.coins)}")
        if not 50 <= self.poll_ms <= 250:
            raise WireError(f"{self.name}: poll_ms is 50 to 250, not {self.poll_ms}")


class AcceptorTalk(RingTalk):
    """The host's side of one coin acceptor. Until the first `SetAccept` it stays inhibited."""

    kind = DeviceKind.COIN_ACCEPTOR
    asks = RingTalk.asks | {
        Header.READ_EVENTS,
        Header.READ_ACCEPT_COUNT,
        Header.READ_SORTER_PATH,
        Header.SORTER_PATH,
    }
    events_header = Header.READ_EVENTS
    latest_poll_ms = LATEST_POLL_MS
    padding_tells = True

    def __init__(self, config: AcceptorConfig) -> None:
        super().__init__(config.name, config.address, config.poll_ms, config.coins, config.memory)
        self._config = config
        self._has_counts = False
        self._usual_paths: dict[int, int] = {}

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool) -> Script[None]:
        yield from self._close()
        yield from self.check_category(CATEGORY)
        serial = number_of((yield from self.agreed(Header.SERIAL)).data)
        if self._memory is not None and self._memory.serial != serial:
            self.forget_features()
            self._knows_ring = False
        yield from self._learn_paths()
        ring, counts = yield from self._read_baseline()
        self._adopt(serial, ring, counts, was_restarted=was_restarted)

    def _learn_paths(self) -> Script[None]:
        """Read which path each position takes (209), and write (210) where the configuration wants another.

        A device that is silent on 209 has no sorter that could be asked; then the path beside each credit is believed.
        """
        self._usual_paths.clear()
        for position in sorted({*self._config.into, *self._config.paths}):
            data = bytes((position,))
            reply = yield from self.agreed_if_supported(Header.READ_SORTER_PATH, data)
            wanted = self._config.paths.get(position)
            if reply is None:
                if wanted is not None:
                    self.learned.append(
                        DeviceFaulted(self.name, self.kind, Fault.REFUSED, int(Header.READ_SORTER_PATH))
                    )
                return
            if wanted is not None and reply.data[0] != wanted:
                yield from self._write(Header.SORTER_PATH, data + bytes((wanted,)))
                reply = yield from self.agreed(Header.READ_SORTER_PATH, data)
                if reply.data[0] != wanted:
                    self.learned.append(
                        DeviceFaulted(self.name, self.kind, Fault.REFUSED, int(Header.SORTER_PATH))
                    )
            self._usual_paths[position] = reply.data[0]

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
        place = self._place(serial, ring, was_restarted=was_restarted)
        epoch, base, unread = place.epoch, place.base, place.unread
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
                restarted=place.restarted,
            )
        )

    # --- polling --------------------------------------------------------------------------------------------------

    def _read_news(self, first: EventReply) -> Script[None]:
        """Credit a changed ring only after a second identical read and only if it grew out of the one we know."""
        again = yield from self._confirmed(first)
        if again is None:
            return
        unread = self._unread_of(again)
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
        self._tell_lost(after, unread)
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
                into=self._into(position, path),
            )
        )

    def _into(self, position: int, path: int) -> str:
        """Where a coin of this position fell that took this sorter path; a device without a sorter says 0."""
        usual = self._usual_paths.get(position, path)
        return self._config.into.get(position, "") if path and path == usual else ""

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
