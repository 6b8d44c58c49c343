"""The conversation with a coin hopper: a payout is commanded once, and what left is read from the device's own counts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from hardware.cctalk.messages import (
    DISABLE_HOPPER,
    ENABLE_HOPPER,
    Header,
    HopperFlag,
    HopperStatus,
    checked_qty,
    flags_of,
    following,
    hopper_fault,
    needs_reset,
    number_of,
    paid_between,
    read_hopper_status,
    read_level,
)
from hardware.cctalk.security import DispenseCode, KeyUse, Security, dispense_code
from hardware.cctalk.talk import (
    BOOT_MS,
    Ask,
    Reply,
    Script,
    SlaveRestartedError,
    SlaveSilentError,
    Talk,
    Wait,
)
from hardware.commands import Command, PayCoins
from hardware.events import (
    CoinsPaid,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    EvidenceCard,
    Fault,
    HopperIdentified,
    HopperLevel,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.sansio import WireError

HOPPER_EVIDENCE = EvidenceCard(pay_count="non_volatile", payout_interrupted="unknown")
"""What a hopper can still tell after a power cut (specification part 2, header 168).

Whether an interrupted payout stops or resumes differs by make, so the driver waits until the hopper is idle before it
reads the count. A hopper that is silent on 168 is announced with ``paid_total=None``: it then has ``pay_count="none"``.
"""

POLL_MS = 150
"""Between two status reads while paying: 100 to 200 ms (specification part 2, header 166)."""
IDLE_MS = 500
"""Between two status reads while idle: it is lost within about a second, and the wire stays free for the acceptor."""
LEVEL_EVERY = 4
"""Every so many idle reads the level sensors are read too, so that a clerk's filling shows within two seconds."""
STALL_MS = 20_000
"""No coin for this long while paying: the hopper's own time-outs (about 10 s) are over; stop it, then count."""
SETTLE_READS = 3
"""Status reads that must agree that a dispense command was not heard, before it may be sent once more."""
MAX_ATTEMPTS = 2
"""Times a dispense command is sent at most for one job."""
MAX_QUEUE = 8
"""Jobs waiting for one hopper; the till sends one at a time, so more is a caller's mistake."""
QUEUE_MS = 20_000
"""A payout that could not begin for this long is given back unsent. Well before the 30 s after which a till counts the job
as lost and owes the money: coins that fell later would be paid twice."""
CATEGORY = "Payout"


@dataclass(frozen=True, slots=True)
class HopperConfig:
    """One hopper on the bus.

    Attributes:
        name: The configured device name.
        address: 3 to 10 by custom of the trade; 2 to 255.
        poll_ms: Between two status reads while paying, 50 to 500.
        security: How it wants a payout signed: a name, or a way of one's own.
    """

    name: str
    address: int
    poll_ms: int = POLL_MS
    security: Security | DispenseCode = Security.SERIAL

    @property
    def code(self) -> DispenseCode:
        """How it wants a payout signed."""
        return self.security if isinstance(self.security, DispenseCode) else dispense_code(self.security)

    def __post_init__(self) -> None:
        if not isinstance(self.security, DispenseCode):
            dispense_code(self.security)
        if not 50 <= self.poll_ms <= 500:
            raise WireError(f"{self.name}: poll_ms is 50 to 500, not {self.poll_ms}")


@dataclass(slots=True)
class Job:
    """An open payout: what was asked, what the device showed before, and how often the command was sent."""

    name: str
    qty: int
    serial: int
    before: HopperStatus | None = None
    total_before: int | None = None
    attempts: int = 0
    is_refused: bool = False
    was_stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """What an idle hopper says about itself, read while nothing moved."""

    serial: int
    status: HopperStatus
    total: int | None
    flags: frozenset[HopperFlag]
    is_low: bool | None = field(default=None)


class HopperTalk(Talk):
    """The host's side of one hopper. It is enabled for the length of a job only."""

    kind = DeviceKind.HOPPER
    asks = Talk.asks | {
        Header.RESET,
        Header.TEST_HOPPER,
        Header.ENABLE_HOPPER,
        Header.HOPPER_STATUS,
        Header.HOPPER_TOTAL,
        Header.PAYOUT_LEVEL,
        Header.REQUEST_CIPHER_KEY,
        Header.DISPENSE,
        Header.EMERGENCY_STOP,
    }

    def __init__(self, config: HopperConfig) -> None:
        super().__init__(config.name, config.address)
        self._config = config
        self._queue: deque[tuple[int, PayCoins]] = deque()
        self._job: Job | None = None
        self._serial = 0
        self._counter = 0
        self._total: int | None = None
        self._is_low: bool | None = None
        self._is_ready = False
        self._wants_key: bool | None = None

    def request(self, command: Command) -> None:
        """Take a `PayCoins`. While the hopper is not there it ends at once with nothing paid: nothing was sent.

        Raises:
            WireError: Another command, a quantity outside 1 to 250, or too many jobs at once.
        """
        if not isinstance(command, PayCoins):
            raise WireError(f"{self.name} is a hopper; it cannot {type(command).__name__}")
        checked_qty(command.qty)
        if not self._is_ready:
            self._tell_unsent(command)
            return
        if len(self._queue) >= MAX_QUEUE:
            raise WireError(f"{self.name} has {MAX_QUEUE} payouts waiting; one at a time is the rule")
        self._queue.append((self.now_ms, command))
        self.has_request = True

    def _on_lost(self) -> None:
        """Jobs that were never sent end with nothing paid; the open one stays open until the hopper can be read."""
        self._is_ready = False
        while self._queue:
            self._tell_unsent(self._queue.popleft()[1])

    def _drop_late_jobs(self) -> None:
        """Give back what waited too long behind a hopper that is not idle."""
        while self._queue and self.now_ms - self._queue[0][0] >= QUEUE_MS:
            self._tell_unsent(self._queue.popleft()[1])

    def _tell_unsent(self, command: PayCoins) -> None:
        self.learned.append(CoinsPaid(self.name, command.job, 0, None, Fault.NO_REPLY))

    # --- who it is ------------------------------------------------------------------------------------------------

    def _identify(self, *, was_restarted: bool) -> Script[None]:
        yield from self.check_category(CATEGORY)
        serial = number_of((yield from self.agreed(Header.SERIAL)).data)
        if serial != self._serial:
            self.forget_features()
        reading = yield from self._read_idle(serial)
        yield from self.ask(Header.ENABLE_HOPPER, DISABLE_HOPPER, may_refuse=True)
        if self._job is not None:
            self._settle(self._job, reading, was_restarted=was_restarted)
        self._serial, self._counter, self._total = serial, reading.status.counter, reading.total
        self._is_low = reading.is_low
        self.learned.append(
            HopperIdentified(
                self.name,
                serial=serial,
                paid_total=reading.total,
                is_low=reading.is_low,
                lost_power=HopperFlag.POWER_LOST_PAYING in reading.flags,
            )
        )
        self._is_ready = True

    def _read_idle(self, serial: int) -> Script[_Reading]:
        """Wait until nothing moves (some hoppers go on after a power cut), then read what belongs together."""
        moving_since_ms = self.now_ms
        is_reported = False
        while True:
            status = yield from self._status()
            total = yield from self._read_total()
            flags = yield from self._flags()
            is_low = yield from self._read_low()
            if status.remaining == 0 and (yield from self._status()) == status:
                if is_reported:
                    self.learned.append(DeviceRecovered(self.name, self.kind))
                return _Reading(serial, status, total, flags, is_low)
            if not is_reported and self.now_ms - moving_since_ms >= 2 * STALL_MS:
                is_reported = True
                self.learned.append(DeviceFaulted(self.name, self.kind, Fault.MOTOR_RUNS, status.remaining))
            self._drop_late_jobs()
            yield Wait(self.now_ms + self._config.poll_ms)

    def _status(self) -> Script[HopperStatus]:
        return read_hopper_status((yield from self.agreed(Header.HOPPER_STATUS)).data)

    def _read_total(self) -> Script[int | None]:
        reply = yield from self.agreed_if_supported(Header.HOPPER_TOTAL)
        return None if reply is None else number_of(reply.data)

    def _flags(self) -> Script[frozenset[HopperFlag]]:
        return flags_of((yield from self.agreed(Header.TEST_HOPPER)).data)

    def _read_low(self) -> Script[bool | None]:
        reply = yield from self.agreed_if_supported(Header.PAYOUT_LEVEL)
        return None if reply is None else read_level(reply.data).is_low

    def _settle(self, job: Job, reading: _Reading, *, was_restarted: bool) -> None:
        """Close a job that a loss or restart interrupted, by what the hopper still knows; never by a guess."""
        paid_qty = self._paid_of(job, reading)
        self._job = None
        why = hopper_fault(reading.flags) or (Fault.RESTARTED if was_restarted else Fault.NO_REPLY)
        if paid_qty is None:
            self.learned.append(PayoutUnknown(self.name, job.name, why))
            return
        fault = None if paid_qty >= job.qty else why
        self.learned.append(CoinsPaid(self.name, job.name, paid_qty, reading.total, fault))

    def _paid_of(self, job: Job, reading: _Reading) -> int | None:
        """Coins of ``job`` that left; None when nothing that survived can tell."""
        if job.attempts == 0 or job.before is None:
            return 0
        if reading.serial != job.serial:
            return None
        if job.total_before is not None and reading.total is not None:
            paid_qty = paid_between(job.total_before, reading.total)
            # More than was asked is believed only when the status register, another reading, says the same.
            is_plausible = paid_qty <= job.qty or paid_qty == reading.status.paid
            return paid_qty if is_plausible else None
        if reading.status.counter == following(job.before.counter):
            return reading.status.paid
        # Counter 0 before and after may hide a restart in between, unless the hopper itself said no.
        is_certain = job.is_refused or job.before.counter != 0
        return 0 if reading.status == job.before and is_certain else None

    # --- work -----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        reads = 0
        while True:
            self._drop_late_jobs()
            while self._queue:
                yield from self._pay(self._queue.popleft()[1])
                yield from self._watch_level()
                self._drop_late_jobs()
            yield Wait(self.now_ms + IDLE_MS)
            if self._queue:
                continue
            status = read_hopper_status((yield from self.ask(Header.HOPPER_STATUS)).data)
            if not self._is_as_left(status) and not self._is_as_left((yield from self._status())):
                raise SlaveRestartedError
            reads += 1
            if reads % LEVEL_EVERY == 0:
                yield from self._watch_level()

    def _is_as_left(self, status: HopperStatus) -> bool:
        return status.counter == self._counter and status.remaining == 0

    def _watch_level(self) -> Script[None]:
        """Ask once; what differs from the level that we know is asked until two answers agree, and only then told."""
        if self._is_low is not None:
            glance = yield from self.ask(Header.PAYOUT_LEVEL)
            if read_level(glance.data).is_low == self._is_low:
                return
        is_low = yield from self._read_low()
        if is_low is not None and is_low != self._is_low:
            self._is_low = is_low
            self.learned.append(HopperLevel(self.name, is_low))

    def _pay(self, command: PayCoins) -> Script[None]:
        """One payout from the hopper's own "before" to its own "after".

        Any `SlaveSilentError` or `SlaveRestartedError` on the way leaves the job open; identification settles it.
        """
        job = self._job = Job(command.job, command.qty, self._serial)
        flags = yield from self._flags()
        if needs_reset(flags):
            flags = yield from self._reset()
            if needs_reset(flags):
                self._close(job, 0, hopper_fault(flags) or Fault.UNSPECIFIED)
                return
        yield from self.ask(Header.ENABLE_HOPPER, ENABLE_HOPPER, may_refuse=True)
        before = yield from self._status()
        if not self._is_as_left(before):
            raise SlaveRestartedError
        job.before = before
        job.total_before = self._total = yield from self._read_total()
        was_heard = yield from self._dispense(job, before)
        if was_heard:
            yield from self._watch_payout(job, before)
        yield from self._count(job, before, was_heard=was_heard)
        yield from self.ask(Header.ENABLE_HOPPER, DISABLE_HOPPER, may_refuse=True)

    def _reset(self) -> Script[frozenset[HopperFlag]]:
        """Reset a hopper that stopped itself; its counts were read and closed with the job before."""
        yield Ask(Header.RESET)
        deadline_ms = self.now_ms + BOOT_MS
        while True:
            yield Wait(self.now_ms + self._config.poll_ms)
            reply = yield Ask(Header.SIMPLE_POLL, tries=1)
            if reply is not None:
                break
            if self.now_ms >= deadline_ms:
                raise SlaveSilentError
        self._counter = (yield from self._status()).counter
        return (yield from self._flags())

    def _dispense(self, job: Job, before: HopperStatus) -> Script[bool]:
        """Send the command; once more only when the hopper's own counters say three times that it never heard it.

        Returns:
            Whether the hopper's command counter rose: only then it pays.
        """
        while job.attempts < MAX_ATTEMPTS:
            data = yield from self._dispense_data(job)
            job.attempts += 1
            reply = yield Ask(Header.DISPENSE, data)
            job.is_refused = reply is not None and reply.is_refusal
            for _ in range(SETTLE_READS):
                status = yield from self._status()
                if status.counter == following(before.counter):
                    self._counter = status.counter
                    return True
                if status != before:
                    raise SlaveRestartedError
                if reply is not None:
                    break
                yield Wait(self.now_ms + self._config.poll_ms)
            if reply is not None or (yield from self._was_restarted_or_paid(job)):
                return False
        return False

    def _was_restarted_or_paid(self, job: Job) -> Script[bool]:
        """Whether more than the command counter speaks against sending again: a power cut, or coins that left."""
        if HopperFlag.POWER_LOST_PAYING in (yield from self._flags()):
            return True
        return (yield from self._read_total()) != job.total_before

    def _dispense_data(self, job: Job) -> Script[bytes]:
        """Security bytes and the quantity; a key is asked for anew before each attempt, a used one is worth nothing."""
        code = self._config.code
        if code.key_use is KeyUse.IF_GIVEN:
            yield from self._request_key_once()
            return code.data(job.serial, b"", job.qty)
        key: Reply = yield from self.ask(Header.REQUEST_CIPHER_KEY)
        if len(key.data) != 8:
            raise SlaveSilentError
        return code.data(job.serial, key.data, job.qty)

    def _request_key_once(self) -> Script[None]:
        """Some hoppers with a serial-number code still want 160 first; those that are silent on it are not asked again."""
        if self._wants_key is False:
            return
        reply = yield Ask(Header.REQUEST_CIPHER_KEY, tries=1)
        self._wants_key = reply is not None

    def _watch_payout(self, job: Job, before: HopperStatus) -> Script[None]:
        """Read the status until nothing remains, twice the same; stop a hopper that neither pays nor gives up."""
        expected = following(before.counter)
        shown = 0
        moved_at_ms = self.now_ms
        while True:
            status = read_hopper_status((yield from self.ask(Header.HOPPER_STATUS)).data)
            if status.counter != expected or status.remaining == 0:
                status = yield from self._status()
                if status.counter != expected:
                    raise SlaveRestartedError
                if status.remaining == 0:
                    return
            if shown < status.paid <= job.qty:
                shown = status.paid
                moved_at_ms = self.now_ms
                self.learned.append(PayoutProgressed(self.name, job.name, shown))
            if self.now_ms - moved_at_ms >= 2 * STALL_MS:
                raise SlaveRestartedError
            if self.now_ms - moved_at_ms >= STALL_MS:
                job.was_stopped = True
                yield from self.ask(Header.EMERGENCY_STOP, may_refuse=True)
            yield Wait(self.now_ms + self._config.poll_ms)

    def _count(self, job: Job, before: HopperStatus, *, was_heard: bool) -> Script[None]:
        """Close the job by the lifetime count where there is one, else by the status of this very command."""
        flags = yield from self._flags()
        total = yield from self._read_total()
        status = yield from self._status()
        expected = following(before.counter) if was_heard else before.counter
        if status.counter != expected:
            raise SlaveRestartedError
        self._total = total
        paid_qty = self._paid_of(job, _Reading(job.serial, status, total, flags))
        if paid_qty is None or (was_heard and paid_qty & 0xFF != status.paid):
            # The two counts of one payout differ: read everything anew before anything is said about money.
            raise SlaveRestartedError
        self._close(job, paid_qty, _shortage(job, paid_qty, flags))

    def _close(self, job: Job, paid_qty: int, fault: Fault | None) -> None:
        self._job = None
        self.learned.append(CoinsPaid(self.name, job.name, paid_qty, self._total, fault))


def _shortage(job: Job, paid_qty: int, flags: frozenset[HopperFlag]) -> Fault | None:
    """Why fewer coins came out than asked; None when enough did."""
    if paid_qty >= job.qty:
        return None
    if job.is_refused:
        return Fault.REFUSED
    if job.was_stopped:
        return Fault.JAM
    return hopper_fault(flags) or (Fault.UNSPECIFIED if paid_qty else Fault.NO_REPLY)
