"""What coin changer and note validator have in common: positions that are open, pieces inside that the device counts, payouts.

A payout is ordered once and settled by the difference of two counts of what is inside; nothing else is believed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hardware.commands import Command, PayCoins, SetAccept
from hardware.events import (
    CoinsPaid,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceRecovered,
    Fault,
    HopperCounted,
    HopperIdentified,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.mdb.messages import TOKEN, UNUSED, Pieces, Scale, currency_number, is_foreign
from hardware.mdb.talk import AGAIN_MS, POLL_MS, Script, Talk, Wait, nothing
from hardware.sansio import AcceptorMemory, WireError

AUDIT_MS = 2_000
"""How often the pieces inside are counted while nothing else happens, so that a clerk's filling shows soon."""
SETTLE_MS = 200
"""Before the first look at a payout: the device needs a moment to begin, and to say that it is busy."""
UNHEARD_MS = 2_000
"""A changer may stay silent for so long instead of saying that it is busy (section 5)."""
CLOSING_MS = 500
"""After closing, before the pieces are counted for a payout: what is inside must arrive and be told first."""
QUEUE_MS = 20_000
"""A payout that could not begin for this long is given back unsent; the till gives up later than that."""
REPEAT_MS = 150
"""The same report so soon, with nothing between, is the same report: its acknowledgement was lost. No device takes two pieces so
close.
"""
MAX_QUEUE = 16
MAX_QTY = 250
CLEAR_MS = 5_000
"""A condition that was not reported again for so long is over."""
AUDIT_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class TubeConfig:
    """A tube or recycler that the till pays from: its name, its position, and what one of its pieces is worth."""

    name: str
    position: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class Currency:
    """What the kiosk counts in: the ISO 4217 code, and how many decimals its minor unit has."""

    code: str
    exponent: int


@dataclass(slots=True)
class Job:
    """An open payout. ``before`` is the count inside at its begin; ``fallen`` came in since then."""

    tube: TubeConfig
    name: str
    qty: int
    before: int
    fallen: int = 0
    fault: Fault | None = None
    hangs: bool = False


class AcceptingTalk(Talk):
    """The master's side of a device that takes pieces of several positions, and pays some of them again.

    Attributes:
        most_per_order: Pieces of one payout order.
        busy_ms: A payout that is busy for so long hangs.
        cancel_block: What stops a payout, where the device knows such an order.
    """

    most_per_order: int
    busy_ms: int
    cancel_block = b""

    def __init__(
        self,
        name: str,
        address: int,
        values: Mapping[int, int],
        currency: Currency,
        *,
        tubes: Sequence[TubeConfig],
        memory: AcceptorMemory | None,
    ) -> None:
        super().__init__(name, address, [(tube.name, DeviceKind.HOPPER) for tube in tubes])
        self._values = values
        self._currency = currency
        self._tubes = {tube.name: tube for tube in tubes}
        self._tube_at = {tube.position - 1: tube for tube in tubes}
        self._is_known = memory is not None
        self._serial = 0 if memory is None else memory.serial
        self._epoch = 1 if memory is None else memory.device_epoch
        self._event_no = 0 if memory is None else memory.event_no
        self._kept: list[bytes] = []
        self._kept_ms = 0
        self._valued: frozenset[int] = frozenset()
        self._levels = Pieces()
        self._wanted: tuple[int, ...] = ()
        self._written: tuple[int, ...] | None = None
        self._queue: deque[tuple[int, PayCoins]] = deque()
        self._job: Job | None = None
        self._is_ready = False
        self._is_busy = False
        self._must_audit = False
        self._audit_ms = 0
        self._conditions: dict[int, int] = {}

    # --- what each kind does in its own way ---------------------------------------------------------------------------

    def _read_levels(self) -> Script[Pieces]:
        """Count what is inside, until two readings agree."""
        raise NotImplementedError

    def _take(self, said: bytes) -> Script[bool]:
        """Read a POLL answer; whether there was news. Sets ``_is_busy``."""
        raise NotImplementedError

    def _accept_block(self, positions: Sequence[int]) -> bytes:
        """The order that opens exactly these positions."""
        raise NotImplementedError

    def _pay_block(self, kind: int, qty: int) -> bytes:
        """The order that pays."""
        raise NotImplementedError

    def _lose_answer(self) -> None:
        """The box had an answer that did not reach us whole, and has acknowledged it: what it said is lost."""
        self._must_audit = True

    # --- what is asked of it ------------------------------------------------------------------------------------------

    def request(self, command: Command) -> None:
        """Take a `SetAccept` for the device or a `PayCoins` for a part of it.

        Raises:
            WireError: Another command, a position without value, a quantity outside 1 to 250, too many jobs.
        """
        match command:
            case SetAccept(device, positions) if device == self.name:
                unknown = [position for position in positions if position not in self._values]
                if unknown:
                    raise WireError(f"{self.name} has no value for positions {unknown}")
                self._wanted = tuple(sorted(set(positions)))
            case PayCoins(device, job, qty) if device in self._tubes:
                if not 1 <= qty <= MAX_QTY:
                    raise WireError(f"{device} pays 1 to {MAX_QTY} pieces, not {qty}")
                if len(self._queue) >= MAX_QUEUE:
                    raise WireError(f"{self.name} has {MAX_QUEUE} payouts waiting; one at a time is the rule")
                if not self._is_ready:
                    self._tell_unsent(device, job, Fault.NO_REPLY)
                    return
                self._queue.append((self.now_ms, command))
            case _:
                raise WireError(f"{command.device} is a part of {self.name}: no {type(command).__name__}")
        self.has_request = True

    def _tell_unsent(self, device: str, job: str, fault: Fault) -> None:
        level = self._levels.level(self._tubes[device].position - 1) if self._was_identified else None
        self.learned.append(CoinsPaid(device, job, 0, None, fault, level))

    def _give_back(self, fault: Fault) -> None:
        """The oldest job was never ordered."""
        command = self._queue.popleft()[1]
        self._tell_unsent(command.device, command.job, fault)

    def _drop_late_jobs(self) -> None:
        """Give back what waited too long."""
        while self._queue and self.now_ms - self._queue[0][0] >= QUEUE_MS:
            self._give_back(Fault.TIMED_OUT)

    def _on_lost(self) -> None:
        """Jobs that were never sent end with nothing paid; the open one stays open until the pieces can be counted."""
        self._is_ready = False
        self._conditions.clear()
        while self._queue:
            self._give_back(Fault.NO_REPLY)

    def _keep(self, said: bytes) -> None:
        """What fell while nobody asked; a device that is busy paying says so, and no more. Said again at once, it is the same."""
        is_repeat = bool(self._kept) and self._kept[-1] == said and self.now_ms - self._kept_ms <= REPEAT_MS
        self._kept_ms = self.now_ms
        if not is_repeat:
            self._kept.append(said)

    # --- who it is ----------------------------------------------------------------------------------------------------

    def _adopt_serial(self, serial: int) -> bool:
        """Remember who answers; whether the journal knew this very device."""
        is_other = self._is_known and serial != self._serial
        was_known = self._is_known and not is_other
        if is_other:
            self._epoch += 1
            self._event_no = 0
        self._serial = serial
        self._is_known = True
        return was_known

    def _identified(self, levels: Pieces) -> None:
        """Announce the tubes, and begin."""
        self._levels = levels
        self.learned += [
            HopperIdentified(
                tube.name,
                serial=self._serial,
                paid_total=None,
                is_low=None,
                lost_power=False,
                level=levels.level(tube.position - 1),
            )
            for tube in self._tubes.values()
        ]
        self._is_ready = True
        self._conditions.clear()
        self._audit_ms = self.now_ms + AUDIT_MS
        self._must_audit = False

    def _check_values(
        self, units: Sequence[int], factor: int, decimals: int, currency: int
    ) -> list[DeviceEvent]:
        """Believe the configuration only where the device says the same: a piece of another value is never taken."""
        scale = Scale(factor, decimals, self._currency.exponent)
        what, ours = str(self.kind).replace("_", " "), self._currency.code
        self.findings.pop(self.name, None)
        valued: set[int] = set()
        wrong: list[DeviceEvent] = []
        for position, value_minor in sorted(self._values.items()):
            value = units[position - 1]
            is_token = value == TOKEN  # what a token is worth is for the configuration to say
            if is_token or (value != UNUSED and scale.to_minor(value) == value_minor):
                valued.add(position)
            else:
                wrong.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, position))
                minor = None if value == UNUSED else scale.to_minor(value)
                self.findings[self.name] = (
                    f"type {position} is {'not used' if minor is None else minor} for the device and {value_minor} for us, in "
                    f"minor units of {ours}: compare the values in the configuration with the device's label"
                )
        if is_foreign(currency, self._currency.code):
            wrong.append(DeviceFaulted(self.name, self.kind, Fault.WRONG_SCALE, currency))
            self.findings[self.name] = (
                f"the {what} answers but is inhibited: no currency table for {ours}, "
                f"it counts the currency with the ISO 4217 number {currency_number(currency)}"
            )
            valued.clear()
        self._valued = frozenset(valued)
        return wrong

    def _wait_until_idle(self) -> Script[None]:
        """A payout may still be running; its pieces belong to the job that we settle by the counts afterwards."""
        began_ms = self.now_ms
        is_busy = any(self._says_busy(said) for said in self._kept[-1:])
        while is_busy and self.now_ms - began_ms < self.busy_ms:
            yield Wait(self.now_ms + POLL_MS)
            said = yield from self.poll()
            if said == self.just_reset:
                return
            if said:
                self._keep(said)
            is_busy = said is None or self._says_busy(said)

    def _says_busy(self, said: bytes) -> bool:
        """Whether a POLL answer says that a payout is running."""
        raise NotImplementedError

    def _settle_interrupted(self, levels: Pieces, *, was_known: bool, was_reset: bool) -> None:
        """Close the payout that a silence or a reset interrupted: the device forgets it, its counts do not."""
        job, self._job = self._job, None
        if job is None:
            return
        after = levels.level(job.tube.position - 1)
        if not was_known or after is None:
            self.learned.append(PayoutUnknown(job.tube.name, job.name, Fault.RESTARTED))
            return
        job.fault = job.fault or (Fault.RESTARTED if was_reset else Fault.NO_REPLY)
        self._tell_paid(job, after)

    # --- the round ----------------------------------------------------------------------------------------------------

    def _open_positions(self) -> tuple[int, ...]:
        return tuple(position for position in self._wanted if position in self._valued)

    def _write_accept(self, positions: tuple[int, ...]) -> Script[None]:
        yield from self.ask(self._accept_block(positions), nothing)
        self._written = positions

    def _listen(self) -> Script[bool]:
        """One poll and what it says; whether there was news."""
        said = yield from self.poll()
        if said is None:
            if self.was_line_silent:
                self._lose_answer()
            return False
        return (yield from self._take(said))

    def _listen_for(self, for_ms: int) -> Script[bool]:
        """Hear everything that is said meanwhile; whether it was news."""
        until_ms = self.now_ms + for_ms
        is_news = False
        while self.now_ms < until_ms or self.reports:
            self.has_request = False
            if not self.reports:
                yield Wait(min(until_ms, self.now_ms + POLL_MS))
            is_news = (yield from self._listen()) or is_news
        return is_news

    def _rest(self, due_ms: int) -> Script[None]:
        """Wait for the next round, unless there is something to do."""
        self.has_request = bool(self.reports)
        if not self.has_request and not self._queue and self._written == self._open_positions():
            yield Wait(max(due_ms, self.now_ms))

    # --- conditions ---------------------------------------------------------------------------------------------------

    def _suffer(self, code: int, fault: Fault) -> None:
        """The device says that something stops it."""
        if code not in self._conditions:
            self.learned.append(DeviceFaulted(self.name, self.kind, fault, code))
        self._conditions[code] = self.now_ms
        if self._job is not None:
            self._job.fault = Fault.JAM

    def _end_conditions(self) -> None:
        if not self._conditions:
            return
        for code, at_ms in tuple(self._conditions.items()):
            if self.now_ms - at_ms >= CLEAR_MS:
                del self._conditions[code]
        if not self._conditions and self._is_well():
            self.learned.append(DeviceRecovered(self.name, self.kind))

    def _is_well(self) -> bool:
        """Whether nothing else stops it."""
        return True

    # --- what is inside -----------------------------------------------------------------------------------------------

    def _audit(self) -> Script[None]:
        """Count what is inside; what neither a piece nor a job explains was done by hand, or was not heard."""
        for _ in range(AUDIT_ROUNDS):
            levels = yield from self._read_levels()
            if levels == self._levels:
                break
            # Something may have fallen in just now, and its report be on its way.
            is_news = yield from self._listen_for(POLL_MS)
            if is_news or self.was_line_silent:
                continue
            if (yield from self._read_levels()) == levels:
                self._tell_counted(levels)
                break
        self._must_audit = False
        self._audit_ms = self.now_ms + AUDIT_MS

    def _tell_counted(self, levels: Pieces) -> None:
        before, self._levels = self._levels, levels
        for tube in self._tubes.values():
            kind = tube.position - 1
            level = levels.level(kind)
            if level is not None and level != before.level(kind):
                self.learned.append(HopperCounted(tube.name, level))
            elif level is None and before.level(kind) is not None:
                # It can no longer be counted: the till must not promise change from it.
                self.learned.append(
                    HopperIdentified(tube.name, self._serial, paid_total=None, is_low=None, lost_power=False)
                )

    # --- pieces out ---------------------------------------------------------------------------------------------------

    def _pay_next(self) -> Script[None]:
        """Pay the oldest job in parts; each is ordered once, and what left is the difference of two counts.

        Until the first order it stays in the queue, so that a silence before it tells it as unsent.
        """
        since_ms, command = self._queue[0]
        tube = self._tubes[command.device]
        if self.now_ms - since_ms >= QUEUE_MS:
            self._give_back(Fault.TIMED_OUT)
            return
        yield from self._close()
        yield from self._audit()
        levels = yield from self._read_levels()
        if levels != self._levels:
            self._tell_counted(levels)
        before = levels.level(tube.position - 1)
        if before is None:
            # What cannot be counted before cannot be counted afterwards.
            self._give_back(Fault.REFUSED)
            return
        job = self._job = Job(tube, command.job, command.qty, before)
        self._queue.popleft()
        paid = 0
        while paid < job.qty:
            part = min(self.most_per_order, job.qty - paid)
            was_heard = yield from self._order(self._pay_block(tube.position - 1, part))
            level = yield from self._level_after(job, paid + part)
            asked, paid = paid + part, job.before + job.fallen - (level or 0)
            if level is None or paid < asked:
                job.fault = job.fault or _shortage(level, was_heard=was_heard, paid=paid)
                break
            if paid < job.qty:
                self.learned.append(PayoutProgressed(tube.name, job.name, paid))
        levels = yield from self._read_levels()
        self._end_job(job, levels)

    def _level_after(self, job: Job, asked: int) -> Script[int | None]:
        """Count what is left; while it is short, only when it stood still for as long as a busy device may be silent."""
        kind = job.tube.position - 1
        began_ms = self.now_ms
        level = (yield from self._read_levels()).level(kind)
        while level is not None and job.before + job.fallen - level < asked:
            yield from self._listen_for(UNHEARD_MS)
            again = (yield from self._read_levels()).level(kind)
            if (
                again == level and (job.hangs or not self._is_busy)
            ) or self.now_ms - began_ms >= self.busy_ms:
                return again
            level = again
        return level

    def _close(self) -> Script[None]:
        """Take nothing more, and hear of what is on its way, so that a payout alone changes what is inside."""
        if not self._written:
            return
        yield from self._write_accept(())
        yield from self._listen_for(CLOSING_MS)

    def _end_job(self, job: Job, levels: Pieces) -> None:
        self._job = None
        self._audit_ms = self.now_ms
        kind = job.tube.position - 1
        level = levels.level(kind)
        if level is None:
            self.learned.append(PayoutUnknown(job.tube.name, job.name, job.fault or Fault.UNSPECIFIED))
            return
        self._levels = self._levels.counting(kind, level)
        self._tell_paid(job, level)

    def _tell_paid(self, job: Job, level: int) -> None:
        paid = max(0, job.before + job.fallen - level)
        fault = job.fault if paid < job.qty else None
        self.learned.append(CoinsPaid(job.tube.name, job.name, paid, None, fault, level))

    def _order(self, block: bytes) -> Script[bool]:
        """Order one part, once, and wait until the device is idle again; whether it acknowledged the order."""
        was_heard = (yield from self.exchange(block, nothing)) is not None
        began_ms = self.now_ms
        quiet_until_ms = began_ms + (SETTLE_MS if was_heard else UNHEARD_MS)
        while self.now_ms - began_ms < self.busy_ms:
            self.has_request = False
            yield Wait(self.now_ms + (AGAIN_MS if self.reports else POLL_MS))
            said = yield from self.poll()
            if said is None:
                continue
            yield from self._take(said)
            if self._is_busy:
                was_heard = True
                quiet_until_ms = self.now_ms + SETTLE_MS
            elif self.now_ms >= quiet_until_ms:
                return was_heard
        if self._job is not None:
            self._job.fault = Fault.JAM
            self._job.hangs = True
        if self.cancel_block:
            yield from self.exchange(self.cancel_block, nothing)
            yield Wait(self.now_ms + UNHEARD_MS)
        return was_heard


def _shortage(level: int | None, *, was_heard: bool, paid: int) -> Fault:
    """Why fewer pieces left than asked."""
    if not was_heard and not paid:
        return Fault.NO_REPLY
    return Fault.EMPTY if level == 0 else Fault.UNSPECIFIED
