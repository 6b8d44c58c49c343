"""Work with an identified unit: inhibits, notes held and decided, counts compared, payouts, and moves into the cash box.

Source: SSP interface manual GA138 and implementation guide GA973.
"""

from __future__ import annotations

from typing import Final

from hardware.commands import LeaveFloat, PayCoins, StackNote
from hardware.events import (
    DeviceEvent,
    DeviceFaulted,
    Fault,
    HopperCounted,
    PayoutProgressed,
    PayoutUnknown,
)
from hardware.ssp.identity import IdentifiedUnit
from hardware.ssp.messages import (
    BUSY,
    DO_IT,
    PAYOUT_ENDS,
    PAYOUT_FAULTS,
    TEST_ONLY,
    Answer,
    Command,
    Event,
    inhibits_of,
    pay_amount,
    pay_pieces,
    refusal_fault,
)
from hardware.ssp.payout import (
    BUSY_TRIES,
    STALL_MS,
    Job,
    Move,
    TubeConfig,
    close_job,
    close_move,
    float_order,
    level_of,
)
from hardware.ssp.talk import (
    Script,
    UnitDoubtError,
    Wait,
)
from hardware.ssp.unit import CHECK_MS
from hardware.ssp.validator import ESCROW_MS, MOVING_MS, PLACE_MS, NotePath, Stage

HOLD_MS: Final = 1500
"""Between two HOLDs: a note goes back by itself after 5 s without one (GA973), and one of them may need three tries."""
UNHELD_MS: Final = 4000
"""How long a note may wait in a unit that does not know HOLD: it would go back by itself after 5 s."""
SETTLE_MS: Final = 1_000
"""How long after a note has gone in its counts are read."""
SHORT_COUNT_CHECKS: Final = 3
"""How often a count that lags behind a credit is read again before it is left alone until the next comparison."""


COMMON_ASKS: Final = frozenset(
    {
        Command.SYNC,
        Command.GENERATOR,
        Command.MODULUS,
        Command.KEY_EXCHANGE,
        Command.SETUP,
        Command.PROTOCOL,
        Command.SERIAL,
        Command.DISABLE,
        Command.ENABLE,
        Command.POLL,
        Command.POLL_ACK,
        Command.ACK,
    }
)
"""Commands that our host sends to every unit; the table of support is made from these three."""
NOTES_ASKS: Final = COMMON_ASKS | {
    Command.INHIBITS,
    Command.HOLD,
    Command.REJECT,
    Command.LAST_REJECT,
    Command.COUNTERS,
}
"""To note readers."""
TUBES_ASKS: Final = COMMON_ASKS | {
    Command.LEVELS,
    Command.SET_ROUTE,
    Command.PAYOUT_ON,
    Command.PAY_PIECES,
    Command.PAY_AMOUNT,
    Command.HALT,
    Command.SMART_EMPTY,
    Command.FLOAT_PIECES,
}
"""To units that pay: recyclers and coin hoppers."""

_MOVE_ENDS: Final = frozenset(
    {*PAYOUT_ENDS, Event.SMART_EMPTIED, Event.EMPTIED, Event.FLOATED, Event.INCOMPLETE_FLOAT}
)


class UnitTalk(IdentifiedUnit):
    """The host's side of one unit. Until the first `SetAccept` its note reader stays inhibited."""

    # --- work -----------------------------------------------------------------------------------------------------

    def _work(self) -> Script[None]:
        while True:
            self._drop_late_jobs()
            note = self._note
            if note is not None and note.stage is Stage.ESCROW:
                yield from self._hold(note)
                continue
            yield from self._write_accept()
            if self._queue and not self._unacked and (note is None or note.is_idle):
                command = self._queue.popleft()[1]
                yield from self._pay(command) if isinstance(command, PayCoins) else self._move(command)
                continue
            if self.now_ms >= self._polled_at_ms + self._config.poll_ms:
                yield from self._poll()
                if note is not None and not note.is_idle:
                    yield from self._watch_note(note)
                yield from self._compare()
            if note is None or note.stage is not Stage.ESCROW:
                yield Wait(self._polled_at_ms + self._config.poll_ms)

    def _write_accept(self) -> Script[None]:
        """Open only after the mask is right; close before anything else."""
        positions = tuple(one for one in self._wanted if one in self._usable)
        if positions == self._written:
            return
        if not positions:
            yield from self.say(Command.DISABLE)
        if self._note is not None:
            yield from self._order(Command.INHIBITS, inhibits_of(positions))
        if positions:
            yield from self._enable()
        self._written = positions

    def _enable(self) -> Script[None]:
        yield from self._order(Command.ENABLE)
        if self._payable:
            reply = yield from self.say(Command.PAYOUT_ON, b"\x00" if self._note is not None else b"")
            if not reply.is_ok and self._note is not None:
                self._report(Fault.REFUSED, Command.PAYOUT_ON, next(iter(self._tubes)))

    def _hold(self, note: NotePath) -> Script[None]:
        """A note waits in escrow. A poll would keep it, so none is sent; HOLD keeps the unit from giving it back."""
        decision = note.decision
        if isinstance(decision, StackNote):
            note.move(Stage.STACKING, self.now_ms)
            yield from self._poll()
            return
        limit_ms = ESCROW_MS if self._can_hold else UNHELD_MS
        if decision is not None or self.now_ms - note.since_ms >= limit_ms:
            note.move(Stage.RETURNING, self.now_ms, None if decision is not None else Fault.TIMED_OUT)
            yield from self.say(Command.REJECT)
            return
        if self._can_hold:
            reply = yield from self.say(Command.HOLD)
            if reply.is_unknown:
                self._can_hold = False
            elif not reply.is_ok and note.decision is None:
                note.move(
                    Stage.RETURNING, self.now_ms
                )  # it is not there any more; a poll is safe, and says why
                return
        if note.decision is None:
            yield Wait(min(self.now_ms + HOLD_MS, note.since_ms + limit_ms))

    def _watch_note(self, note: NotePath) -> Script[None]:
        """A note must not be on its way for ever."""
        waited_ms = self.now_ms - note.since_ms
        if note.stage is Stage.CREDITED and waited_ms >= PLACE_MS:
            note.place(is_recycled=None)
        if note.stage in {Stage.STACKING, Stage.RETURNING} and waited_ms >= MOVING_MS:
            kept = (yield from self._read_kept()) if self._has_counters else None
            is_jammed = Event.JAM_SAFE in self._standing or Event.JAM_UNSAFE in self._standing
            fault = Fault.JAM if is_jammed else Fault.NO_REPLY
            has_more = kept is not None and note.kept is not None and kept != note.kept
            if has_more and self._setup is not None:
                note.settle(kept, (), fault, self._setup.values, repeats=False)
            else:
                note.lose(fault)

    # --- counts ---------------------------------------------------------------------------------------------------

    def _compare(self) -> Script[None]:
        """Hold the unit's own counts against what was told, after each note and now and then."""
        note = self._note
        if note is not None and note.is_doubted:
            note.is_doubted = False
            self._check_at_ms = self.now_ms + SETTLE_MS
            self._short_checks = 0
            return
        if self.now_ms < self._check_at_ms or (note is not None and not note.is_idle):
            return
        self._check_at_ms = self.now_ms + CHECK_MS
        if note is not None and self._has_counters:
            kept = yield from self._read_kept()
            if kept is None:
                raise UnitDoubtError  # it counted its notes before
            self._compare_kept(note, kept)
        levels = yield from self._read_levels()
        for tube in self._config.tubes:
            level = level_of(levels, tube.value_minor, self._config.currency)
            if level is not None and tube.name in self._levels and level != self._levels[tube.name]:
                self._levels[tube.name] = level
                self.learned.append(HopperCounted(tube.name, level))

    def _compare_kept(self, note: NotePath, kept: int) -> None:
        """More kept than told: read everything anew. Fewer: a credited note is not in yet; look again, not for ever."""
        unexplained = note.explain(kept)
        if kept == note.kept and not unexplained:
            return
        if kept != note.kept and (kept - note.kept if note.kept is not None else 0) % (1 << 32) < 1 << 31:
            raise UnitDoubtError
        self._short_checks += 1
        if self._short_checks < SHORT_COUNT_CHECKS:
            self._check_at_ms = self.now_ms + SETTLE_MS
            return
        note.unexpected.clear()
        for channel in unexplained:
            self.learned.append(DeviceFaulted(self._name, self._kind, Fault.OUT_OF_SEQUENCE, channel))

    # --- paying ---------------------------------------------------------------------------------------------------

    def _pay(self, command: PayCoins) -> Script[None]:
        """One payout from the unit's own "before" to its own "after".

        Any `UnitSilentError` or `UnitRestartedError` on the way leaves the job open; identification settles it. The payout
        command is given once; its repeats carry the same sequence bit, which a unit answers without paying again.
        """
        tube = self._tubes[command.device]
        job = self._job = Job(command.job, tube, command.qty, self._serial)
        job.level_before = yield from self._read_level(tube)
        yield from self._close_for_paying()
        refusal = yield from self._ask_whether(job)
        if refusal is None:
            refusal = yield from self._start(job)
        if refusal is not None:
            self._close(job, job.level_before, refusal)
            return
        yield from self._watch_payout(job)
        level = yield from self._read_level_of(tube)
        end = self._end_of(job, level)
        if isinstance(end, PayoutUnknown):
            # The levels may follow a moment later than the last word.
            yield Wait(self.now_ms + SETTLE_MS)
            level = yield from self._read_level_of(tube)
        self._close(job, level, Fault.UNSPECIFIED)
        self._check_at_ms = self.now_ms + SETTLE_MS

    def _close_for_paying(self) -> Script[None]:
        """Enable the unit with every note channel shut; what was open is written anew afterwards."""
        self._written = None
        if self._note is not None:
            yield from self._order(Command.INHIBITS, inhibits_of(()))
        yield from self._enable()

    def _end_of(self, job: Job, level: int | None) -> DeviceEvent:
        return close_job(job, self._heard or (), level, self._config.currency, Fault.UNSPECIFIED)

    def _close(self, job: Job, level: int | None, why: Fault) -> None:
        heard, self._heard = self._heard or [], None
        self._job = None
        self._keep_level(job.tube.name, level)
        self._ack_after = self.drains
        end = close_job(job, heard, level, self._config.currency, why)
        self.learned.append(end)
        if isinstance(end, PayoutUnknown) and level is not None:
            # What it was for cannot be told; how many are left can, and nobody would say so later.
            self.learned.append(HopperCounted(job.tube.name, level))

    def _read_level_of(self, tube: TubeConfig) -> Script[int | None]:
        levels = yield from self._read_levels()
        return level_of(levels, tube.value_minor, self._config.currency)

    def _read_level(self, tube: TubeConfig) -> Script[int | None]:
        """The level before a payout; one that changed since it was told is told first."""
        level = yield from self._read_level_of(tube)
        if level is not None and level != self._levels.get(tube.name, level):
            self._keep_level(tube.name, level)
            self.learned.append(HopperCounted(tube.name, level))
        return level

    def _ask_whether(self, job: Job) -> Script[Fault | None]:
        """Ask the unit whether it can pay this, without paying; gives why not."""
        for _ in range(BUSY_TRIES):
            command, data = yield from self._order_of(job, TEST_ONLY)
            reply = yield from self.say(command, data)
            if reply.is_ok:
                return None
            if reply.status != Answer.NOT_NOW or reply.reason != BUSY:
                return refusal_fault(reply.reason) if reply.status == Answer.NOT_NOW else Fault.REFUSED
            yield Wait(self.now_ms + self._config.poll_ms)
            yield from self._poll()
        return Fault.REFUSED

    def _order_of(self, job: Job, option: int) -> Script[tuple[Command, bytes]]:
        """By pieces; a unit that cannot is asked by amount, and only while no other value could be paid instead."""
        currency, value_minor = self._config.currency, job.tube.value_minor
        if self._pays_pieces is None:
            probe = pay_pieces(job.qty, value_minor, currency, TEST_ONLY)
            reply = yield from self.say(Command.PAY_PIECES, probe)
            self._pays_pieces = not reply.is_unknown
        if not self._pays_pieces:
            levels = (yield from self._read_levels()) or ()
            if all(
                level.qty == 0 or (level.value, level.currency) == (value_minor, currency) for level in levels
            ):
                return Command.PAY_AMOUNT, pay_amount(job.qty * value_minor, currency, option)
        return Command.PAY_PIECES, pay_pieces(job.qty, value_minor, currency, option)

    def _start(self, job: Job) -> Script[Fault | None]:
        """Give the command; gives why the unit refused it."""
        command, data = yield from self._order_of(job, DO_IT)
        self._heard = []
        job.is_sent = True
        reply = yield from self.say(command, data)
        if reply.is_ok:
            return None
        job.is_sent = False
        return refusal_fault(reply.reason) if reply.status == Answer.NOT_NOW else Fault.REFUSED

    def _watch_payout(self, job: Job) -> Script[None]:
        """Poll until the unit says that the payout is over; halt one that neither pays nor gives up."""
        moved_at_ms, is_halted, known = self.now_ms, False, 0
        while True:
            yield Wait(self.now_ms + self._config.poll_ms)
            self.has_request = False
            if self.now_ms < self._polled_at_ms + self._config.poll_ms:
                continue
            yield from self._poll()
            seen = self._heard or []
            if any(one.event in PAYOUT_ENDS for one in seen[known:]):
                return
            for one in seen[known:]:
                paid_qty = one.value_in(self._config.currency) // job.tube.value_minor
                if one.event is Event.DISPENSING and job.shown < paid_qty <= job.qty:
                    job.shown = paid_qty
                    moved_at_ms = self.now_ms
                    self.learned.append(PayoutProgressed(job.tube.name, job.name, paid_qty))
            known = len(seen)
            if self.now_ms - moved_at_ms >= 2 * STALL_MS:
                raise UnitDoubtError
            if self.now_ms - moved_at_ms >= STALL_MS and not is_halted:
                is_halted = True
                yield from self.say(Command.HALT)

    # --- moving into the cash box ---------------------------------------------------------------------------------

    def _move(self, command: LeaveFloat) -> Script[None]:
        """Send all but a float into the cash box, watch it to its end, and tell what is inside then.

        The command is given once. What breaks it off leaves the job open; identification settles it by the level.
        """
        tube = self._tubes[command.device]
        move = self._moving = Move(command.job, tube, command.keep, self._serial)
        move.level_before = yield from self._read_level(tube)
        if move.level_before is None or move.level_before <= move.keep:
            self._end_move(move, move.level_before, Fault.REFUSED if move.level_before is None else None)
            return
        yield from self._close_for_paying()
        levels = (yield from self._read_levels()) or ()
        self._heard = []
        move.is_sent = True
        reply = yield from self.say(*float_order(levels, tube, move.keep, self._config.currency))
        if not reply.is_ok:
            move.is_sent = False
            why = refusal_fault(reply.reason) if reply.status == Answer.NOT_NOW else Fault.REFUSED
            self._end_move(move, move.level_before, why)
            return
        yield from self._watch_move()
        level = yield from self._read_level_of(tube)
        if level is None:
            raise UnitDoubtError  # it counted its pieces before
        end = next((one.event for one in reversed(self._heard or []) if one.event in PAYOUT_FAULTS), None)
        self._end_move(move, level, None if end is None else PAYOUT_FAULTS[Event(end)])

    def _end_move(self, move: Move, level: int | None, why: Fault | None) -> None:
        self._heard, self._moving = None, None
        self._keep_level(move.tube.name, level)
        self._ack_after = self.drains
        self._check_at_ms = self.now_ms + SETTLE_MS
        self.learned.append(close_move(move, level, why))

    def _watch_move(self) -> Script[None]:
        """Poll until the unit says that it is done; halt one that neither moves nor gives up."""
        moved_at_ms, is_halted, known = self.now_ms, False, 0
        while True:
            yield Wait(self.now_ms + self._config.poll_ms)
            self.has_request = False
            if self.now_ms < self._polled_at_ms + self._config.poll_ms:
                continue
            yield from self._poll()
            seen = self._heard or []
            if any(one.event in _MOVE_ENDS for one in seen[known:]):
                return
            if len(seen) > known:
                known, moved_at_ms = len(seen), self.now_ms
            if self.now_ms - moved_at_ms >= 2 * STALL_MS:
                raise UnitDoubtError
            if self.now_ms - moved_at_ms >= STALL_MS and not is_halted:
                is_halted = True
                yield from self.say(Command.HALT)
