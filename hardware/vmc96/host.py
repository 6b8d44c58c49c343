"""Our end of the K1 wire: one coil board, one question at a time, and an honest end for each job.

The board announces nothing. A job asks whether the motor is there, waits until the light barrier is clear, sees that
nothing turns, and only then orders the motor, once. After that it asks in turn what still turns and what the barrier saw.
An order that was not answered is never repeated: what the board then says about the motor decides. An answer of yes does not
name its question, so nothing but an order is ever asked that is answered so while a job is open.

Source: LacobusVentura/VMC96API (``vmc96api.c``). Its example starts the motor again for every second without a detection;
that would sell several items for one payment, and is not done here.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from hardware.commands import Authority, Command, TurnCoil
from hardware.events import (
    CoilBoardIdentified,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    DropSeen,
    EvidenceCard,
    Fault,
    LineNoise,
    VendDelivered,
    VendFailed,
    VendProgressed,
    VendUnknown,
)
from hardware.sansio import WireError, check_authority
from hardware.vmc96.frames import Frame, FrameReader, encode
from hardware.vmc96.messages import (
    COLUMNS,
    MOTORS,
    SAMPLE_MS,
    WINDOW_MS,
    Address,
    MotorStatus,
    ask,
    motor_of,
    read_acknowledgement,
    read_barrier,
    read_scan,
    read_status,
    run,
)
from hardware.vmc96.messages import Command as Ask

EVIDENCE: Final = EvidenceCard(payout_interrupted="stops", vend_proof="none")
"""After a power cut the board knows nothing: no counter, and a barrier that shows the last 1.3 s only."""

EVIDENCE_LATCHED: Final = EvidenceCard(payout_interrupted="stops", vend_proof="latched")
"""With a barrier that remembers until it is read (`K1Board`'s ``sensor_latches``)."""

REPLY_MS: Final = 1_000
"""How long the answer to an order is waited for; the published host waits the same."""

ASK_MS: Final = 400
"""How long the answer to a question is waited for before it is asked again: a second would let a falling piece go by unseen. A
late answer says which question it is of, and is at most so old."""

POLL_MS: Final = 200
"""Between two questions while a motor turns, so the barrier is asked every 0.4 s and no window of 1.28 s is missed."""

IDLE_MS: Final = 500
"""Between two questions while nothing is to do: the barrier is asked every second, so that a piece that falls by itself is
seen."""

LOST_MS: Final = 3_000
"""A board that answers nothing for so long is lost: seven questions."""

ABSENCES: Final = 3
"""A motor stands still when so many answers in a row do not name it; one or two may be damage that passed the check."""

MOTOR_MS: Final = 6_000
"""A motor that turns longer than two turns' time has missed its home switch, and is stopped."""

SHORTEST_TURN_MS: Final = 400
"""A motor that came home sooner has not turned its coil: its home switch sticks. An everyday turn takes 2 to 3 s."""

STALL_MS: Final = 1_000
"""A current above the configured one for so long is a jam, not the start of a motor."""

CLEAR_MS: Final = 4_000
"""Longest wait for a clear barrier before a turn: three windows."""

MOST_DROP: Final = 10
"""An interruption of more samples than this (0.4 s) is no falling piece: something stands in the beam."""

FINAL_MS: Final = 28_000
"""Longest time from the order to the job's end, elevator included: before the 30 s after which a till counts it as lost."""

BEGIN_MS: Final = 20_000
"""A job whose order could not be sent for this long fails for certain."""

QUEUE: Final = 8
JOBS_KNOWN: Final = 256

BLIND: Final = 3
"""A barrier that misses the goods of this many different coils in a row is not believed until it sees a piece."""

NOISE_MS: Final = 1_000
NOISE_BYTES: Final = 16


class _Stage(Enum):
    WAITING = auto()
    SCANNING = auto()
    CLEARING = auto()
    READY = auto()
    ORDERED = auto()
    REFUSED = auto()
    TURNING = auto()
    STOPPING = auto()
    SETTLING = auto()


_BEFORE_ORDER: Final = frozenset({_Stage.WAITING, _Stage.SCANNING, _Stage.CLEARING, _Stage.READY})


@dataclass(slots=True)
class _Job:
    """A turn on its way."""

    job: str
    slot: int
    stage: _Stage = _Stage.WAITING
    begin_by_ms: int | None = None
    clear_by_ms: int | None = None
    ordered_ms: int = 0
    seen_running_ms: int | None = None
    last_running_ms: int = 0
    absences: int = 0
    stalled_since_ms: int | None = None
    settled_ms: int = 0
    round: int = 0
    stop_fault: Fault | None = None
    is_interrupted: bool = False
    has_gap: bool = False


class K1Board:
    """The host machine for one K1 board.

    Args:
        name: The configured device name.
        has_drop_sensor: Whether a light barrier is there that may be believed. Without one, a delivery means that the motor
            came home.
        sensor_latches: Whether the barrier remembers an interruption until it is asked (not verified for any board).
        drop_wait_ms: How long after the motor came home a piece may still fall; an elevator's whole way belongs in it.
        columns: Motors in a row: 12, or 8 where the array is wired as twelve rows.
        stall_ma: A current above this for a second is a jam; None where the board's reading is not trusted.

    Raises:
        WireError: A setting out of its range.

    Attributes:
        asks: Commands that it ever sends, all to the motors.
    """

    asks = frozenset({Ask.STATUS, Ask.SCAN, Ask.STOP_ALL, Ask.RUN, Ask.BARRIER})

    def __init__(
        self,
        name: str,
        *,
        has_drop_sensor: bool = True,
        sensor_latches: bool = False,
        drop_wait_ms: int = 1_500,
        columns: int = 12,
        stall_ma: int | None = None,
    ) -> None:
        if columns not in COLUMNS or not 0 <= drop_wait_ms <= 20_000:
            raise WireError(f"{name}: columns are 12 or 8, the wait for a piece 0 to 20000 ms")
        if stall_ma is not None and not 50 <= stall_ma <= 500:
            raise WireError(f"{name}: a stalled motor draws 50 to 500 mA, not {stall_ma}")
        self._name = name
        self._has_sensor = has_drop_sensor
        self._latches = sensor_latches
        self._drop_wait_ms = drop_wait_ms
        self._columns = columns
        self._stall_ma = stall_ma
        self._reader = FrameReader()
        self._events: list[DeviceEvent] = []
        self._out = b""
        self._now_ms = 0
        self._asked: tuple[Ask, int] | None = None
        self._next_ms = 0
        self._silent_since_ms: int | None = None
        self._is_met = False
        self._is_reported_lost = False
        self._foreign_since_ms: int | None = None
        self._turns = False
        self._looks_next = False
        # The light barrier.
        self._looked_ms: int | None = None
        self._interrupted = 0
        self._piece = False
        self._saw_piece = False
        self._is_dirty = False
        self._missed: set[int] = set()
        self._is_sensor_well = True
        # The jobs.
        self._job: _Job | None = None
        self._queue: deque[_Job] = deque()
        self._known: deque[str] = deque(maxlen=JOBS_KNOWN)
        self._noise_since_ms: int | None = None

    @property
    def wake_at_ms(self) -> int | None:
        """When the next question, a late answer or a job's deadline matters."""
        times = [self._next_ms if self._asked is None else self._late_ms(*self._asked)]
        if self._reader.due_ms is not None:
            times.append(self._reader.due_ms)
        deadline_ms = self._deadline_ms
        if deadline_ms is not None:
            times.append(deadline_ms)
        if self._noise_since_ms is not None:
            times.append(self._noise_since_ms + NOISE_MS)
        return min(times)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the board."""
        self._now_ms = now_ms
        self._report_noise()
        for frame in self._reader.feed(data, now_ms):
            self._take(frame)
        self._notice_noise()
        self._pass_time()

    def tick(self, now_ms: int) -> None:
        """Let time pass: questions, late answers, deadlines."""
        self._now_ms = now_ms
        self._report_noise()
        for frame in self._reader.expire(now_ms):
            self._take(frame)
        self._notice_noise()
        self._pass_time()

    def bytes_to_send(self) -> bytes:
        """Drain the question that goes out now."""
        data, self._out = self._out, b""
        return data

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned, oldest first."""
        drained = tuple(self._events)
        self._events.clear()
        return drained

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue a `TurnCoil`; a job id that was handed over before is turned only once.

        A board that is not there, or a full queue, is answered by `VendFailed` at once: nothing was sent.

        Raises:
            UnauthorizedError: Without authority.
            WireError: Another command, another device, or a slot outside 1..96.
        """
        check_authority(command, authority)
        if not isinstance(command, TurnCoil) or command.device != self._name:
            raise WireError(
                f"{type(command).__name__} for {command.device} is not work for coil board {self._name}"
            )
        if not 1 <= command.slot <= MOTORS:
            raise WireError(f"slot {command.slot} is not in 1..{MOTORS}")
        if command.job in self._known:
            return
        self._known.append(command.job)
        if not self._is_met:
            self._events.append(VendFailed(self._name, command.job, Fault.NO_REPLY))
        elif len(self._queue) >= QUEUE:
            self._events.append(VendFailed(self._name, command.job, Fault.REFUSED))
        else:
            self._queue.append(_Job(command.job, command.slot))
            if self._asked is None:
                self._next_ms = self._now_ms

    # --- what the board says --------------------------------------------------------------------------------

    def _take(self, frame: Frame) -> None:
        asked = self._asked
        if frame.address != Address.MOTORS or asked is None:
            return  # a late answer, or nobody's
        question = asked[0]
        said = read_acknowledgement(frame)
        if question in {Ask.RUN, Ask.STOP_ALL}:
            if said is not None:
                self._answered()
                self._take_yes_or_no(question, is_yes=said)
        elif said is None and frame.body[0] == question:
            self._take_data(frame)

    def _take_data(self, frame: Frame) -> None:
        status, samples = read_status(frame), read_barrier(frame)
        motors = read_scan(frame, self._columns)
        if status is None and samples is None and motors is None:
            return
        self._answered()
        if status is not None:
            self._take_status(status)
        elif samples is not None:
            self._take_samples(samples.bit_count())
        elif motors is not None:
            self._take_motors(motors)

    def _answered(self) -> None:
        self._asked = None
        self._silent_since_ms = None
        busy = self._job is not None or self._queue or not self._is_met
        self._next_ms = self._now_ms + (POLL_MS if busy else IDLE_MS)

    def _take_yes_or_no(self, question: Ask, *, is_yes: bool) -> None:
        job = self._job
        if job is None or question is not Ask.RUN or job.stage is not _Stage.ORDERED:
            return
        if is_yes:
            job.stage = _Stage.TURNING
            self._events.append(VendProgressed(self._name, job.job))
        else:
            job.stage = _Stage.REFUSED

    def _take_motors(self, motors: frozenset[int]) -> None:
        job = self._job
        if job is None or job.stage is not _Stage.SCANNING:
            return
        if job.slot in motors:
            job.stage = _Stage.CLEARING if self._has_sensor else _Stage.READY
            job.clear_by_ms = self._now_ms + CLEAR_MS
            self._next_ms = self._now_ms
        else:
            self._end(VendFailed(self._name, job.job, Fault.NO_MOTOR))

    def _take_status(self, status: MotorStatus) -> None:
        self._turns = bool(status.motors)
        if not self._is_met:
            self._meet()
            return
        job = self._job
        if job is None:
            return
        is_ours = motor_of(job.slot, self._columns) in status.motors
        match job.stage:
            case _Stage.READY if not self._turns:
                self._order(job)
            case _Stage.REFUSED:
                self._after_refusal(job, is_ours=is_ours)
            case _Stage.TURNING | _Stage.STOPPING | _Stage.SETTLING:
                self._after_order(job, status, is_ours=is_ours)
            case _:
                pass

    def _meet(self) -> None:
        """First contact; a motor that still turns for an earlier life of ours is waited for, then stopped."""
        if self._turns:
            self._foreign_since_ms = self._foreign_since_ms or self._now_ms
            return
        self._foreign_since_ms = None
        self._is_met = True
        self._is_reported_lost = False
        self._looked_ms = None
        self._is_dirty = not self._latches  # what the window still shows fell for somebody before
        self._missed.clear()
        self._events.append(CoilBoardIdentified(self._name))

    def _order(self, job: _Job) -> None:
        job.stage = _Stage.ORDERED
        job.ordered_ms = self._now_ms
        self._piece = self._saw_piece = False
        self._ask(Ask.RUN, encode(run(motor_of(job.slot, self._columns))))

    def _after_refusal(self, job: _Job, *, is_ours: bool) -> None:
        """A damaged yes can read as no: only a motor that stands still confirms it."""
        if is_ours:
            job.stage = _Stage.TURNING
            job.seen_running_ms = job.last_running_ms = self._now_ms
            return
        job.absences += 1
        if job.absences >= ABSENCES:
            self._end(VendFailed(self._name, job.job, Fault.REFUSED))

    def _after_order(self, job: _Job, status: MotorStatus, *, is_ours: bool) -> None:
        if is_ours:
            job.absences = 0
            job.last_running_ms = self._now_ms
            if job.seen_running_ms is None:
                job.seen_running_ms = self._now_ms
            if job.stage is _Stage.SETTLING:
                job.stage = _Stage.STOPPING if job.stop_fault else _Stage.TURNING
            self._watch_current(job, status.current_ma)
            return
        job.absences += 1
        if job.absences < ABSENCES or job.stage is _Stage.SETTLING:
            return
        job.stage = _Stage.SETTLING
        job.settled_ms = self._now_ms + self._drop_wait_ms
        if not self._has_sensor:
            self._conclude(job)  # nobody would see more

    def _watch_current(self, job: _Job, current_ma: int) -> None:
        if self._stall_ma is None or current_ma < self._stall_ma:
            job.stalled_since_ms = None
            return
        if job.stalled_since_ms is None:
            job.stalled_since_ms = self._now_ms
        elif self._now_ms - job.stalled_since_ms >= STALL_MS and job.stop_fault is None:
            self._stop(job, Fault.JAM)

    def _stop(self, job: _Job, fault: Fault) -> None:
        job.stop_fault = fault
        job.stage = _Stage.STOPPING
        job.absences = 0

    # --- the light barrier ----------------------------------------------------------------------------------

    def _take_samples(self, interrupted: int) -> None:
        before, self._interrupted = self._interrupted, interrupted
        last_ms, self._looked_ms = self._looked_ms, self._now_ms
        job = self._job
        if job is None or job.stage in _BEFORE_ORDER:
            self._look_idly(before, interrupted)
            if job is not None and job.stage is _Stage.CLEARING and not interrupted:
                job.stage = _Stage.READY
                self._next_ms = self._now_ms
            return
        if last_ms is not None and self._now_ms - last_ms > WINDOW_MS - 2 * SAMPLE_MS and not self._latches:
            job.has_gap = True
        if 0 < interrupted <= MOST_DROP:
            self._saw_piece = self._saw_piece or self._piece
            self._piece = True
        else:
            # It stands in the beam, or was never there: eight bits of check let a damaged answer pass now and then, and a
            # piece is seen in three looks. What latches is seen in one, and then no more.
            self._saw_piece = self._saw_piece or (self._latches and self._piece and not interrupted)
            self._piece = False
        is_over = self._saw_piece or (self._now_ms >= job.settled_ms and not self._piece)
        if job.stage is _Stage.SETTLING and is_over:
            self._conclude(job)

    def _look_idly(self, before: int, interrupted: int) -> None:
        if not interrupted:
            self._is_dirty = False
            self._set_sensor(is_well=True)
        elif interrupted > MOST_DROP and before > MOST_DROP:
            self._set_sensor(is_well=False)
        elif not self._is_dirty and interrupted <= MOST_DROP:
            self._is_dirty = True
            self._events.append(DropSeen(self._name))

    def _set_sensor(self, *, is_well: bool) -> None:
        if is_well == self._is_sensor_well or (is_well and len(self._missed) >= BLIND):
            return
        self._is_sensor_well = is_well
        if is_well:
            self._events.append(DeviceRecovered(self._name, DeviceKind.COIL_BOARD))
        else:
            self._events.append(DeviceFaulted(self._name, DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED))

    # --- how a job ends -------------------------------------------------------------------------------------

    def _conclude(self, job: _Job) -> None:
        """Say what became of a job whose motor stands, or whose time is over."""
        if self._saw_piece:
            self._missed.clear()
            self._set_sensor(is_well=True)
            if job.stop_fault is None:
                self._end(VendDelivered(self._name, job.job, seen=True))
            else:  # a coil that was stuck may have let nothing go: what fell may have hung elsewhere
                self._end(VendUnknown(self._name, job.job, job.stop_fault))
        elif self._has_sensor and (self._interrupted or self._piece):
            self._set_sensor(is_well=False)
            self._end(VendUnknown(self._name, job.job, Fault.SENSOR_BLOCKED))
        else:
            self._end(self._without_piece(job))

    def _without_piece(self, job: _Job) -> DeviceEvent:
        turned_ms = 0 if job.seen_running_ms is None else job.last_running_ms - job.seen_running_ms + POLL_MS
        is_unsure = job.is_interrupted or job.has_gap or job.seen_running_ms is None
        if job.stage is not _Stage.SETTLING or (is_unsure and job.stop_fault is None):
            return VendUnknown(self._name, job.job, job.stop_fault or Fault.NO_REPLY)
        if job.stop_fault is Fault.JAM and self._has_sensor and not is_unsure:
            return VendFailed(self._name, job.job, Fault.JAM)
        if job.stop_fault is not None:
            return VendUnknown(self._name, job.job, job.stop_fault)
        if not self._has_sensor:
            if turned_ms < SHORTEST_TURN_MS:
                return VendUnknown(self._name, job.job, Fault.NOT_SEEN)
            return VendDelivered(self._name, job.job, seen=False)
        self._missed.add(job.slot)
        if len(self._missed) < BLIND:
            return VendFailed(self._name, job.job, Fault.NOT_SEEN)
        self._set_sensor(is_well=False)
        return VendUnknown(self._name, job.job, Fault.SENSOR_BLOCKED)

    def _end(self, event: DeviceEvent) -> None:
        self._events.append(event)
        self._job = None
        self._is_dirty = True  # what the window still shows belonged to this job
        if self._asked is None:
            self._next_ms = self._now_ms + (0 if self._queue else POLL_MS)

    # --- time -----------------------------------------------------------------------------------------------

    @property
    def _deadline_ms(self) -> int | None:
        job = self._job
        if job is None:
            return None
        if job.stage in _BEFORE_ORDER:
            times = (job.begin_by_ms, job.clear_by_ms if job.stage is _Stage.CLEARING else None)
            return min((at for at in times if at is not None), default=None)
        final_ms = job.ordered_ms + FINAL_MS
        return min(final_ms, job.ordered_ms + MOTOR_MS) if job.stage is _Stage.TURNING else final_ms

    def _pass_time(self) -> None:
        if self._asked is not None and self._now_ms >= self._late_ms(*self._asked):
            self._unanswered(*self._asked)
        job = self._job
        deadline_ms = self._deadline_ms
        if job is not None and deadline_ms is not None and self._now_ms >= deadline_ms:
            self._overdue(job)
        if self._asked is None and self._now_ms >= self._next_ms:
            self._ask_next()

    def _overdue(self, job: _Job) -> None:
        if job.stage in _BEFORE_ORDER:
            is_blocked = job.stage is _Stage.CLEARING
            if is_blocked:
                self._set_sensor(is_well=False)
            self._end(VendFailed(self._name, job.job, Fault.SENSOR_BLOCKED if is_blocked else Fault.REFUSED))
        elif job.stage is _Stage.TURNING and self._now_ms < job.ordered_ms + FINAL_MS:
            self._stop(job, Fault.MOTOR_RUNS)
        else:
            job.is_interrupted = True
            self._conclude(job)

    def _late_ms(self, question: Ask, asked_ms: int) -> int:
        """When an answer is given up."""
        return asked_ms + (REPLY_MS if question in {Ask.RUN, Ask.STOP_ALL} else ASK_MS)

    def _unanswered(self, question: Ask, asked_ms: int) -> None:
        self._asked = None
        self._next_ms = self._now_ms
        if self._silent_since_ms is None:
            self._silent_since_ms = asked_ms
        job = self._job
        if job is not None and job.stage not in _BEFORE_ORDER:
            job.is_interrupted = True
            if question is Ask.RUN and job.stage is _Stage.ORDERED:
                job.stage = _Stage.TURNING  # it may turn; it is never ordered again
        if self._now_ms - self._silent_since_ms >= LOST_MS:
            self._lose()

    def _lose(self) -> None:
        self._silent_since_ms = None
        self._is_met = False
        self._next_ms = self._now_ms + IDLE_MS
        job = self._job
        if job is not None and job.stage in _BEFORE_ORDER:
            self._end(VendFailed(self._name, job.job, Fault.NO_REPLY))
        elif job is not None:
            job.stage = _Stage.ORDERED
            self._conclude(job)
        while self._queue:
            self._events.append(VendFailed(self._name, self._queue.popleft().job, Fault.NO_REPLY))
        if not self._is_reported_lost:
            self._is_reported_lost = True
            self._events.append(DeviceLost(self._name, DeviceKind.COIL_BOARD))

    # --- what we ask ----------------------------------------------------------------------------------------

    def _ask(self, question: Ask, data: bytes) -> None:
        self._asked = (question, self._now_ms)
        self._out = data

    def _ask_next(self) -> None:
        question = self._question()
        self._ask(question, encode(ask(question)))

    def _question(self) -> Ask:
        """Choose what to ask; an order is sent by `_order` alone."""
        if not self._is_met:
            is_foreign = self._foreign_since_ms is not None
            if is_foreign and self._now_ms - (self._foreign_since_ms or 0) >= MOTOR_MS:
                self._foreign_since_ms = self._now_ms
                return Ask.STOP_ALL
            return Ask.STATUS
        if self._job is None and self._queue:
            self._job = self._queue.popleft()
        job = self._job
        if job is None:
            return self._in_turn()
        if job.stage is _Stage.WAITING:
            job.stage = _Stage.SCANNING
            job.begin_by_ms = job.begin_by_ms or self._now_ms + BEGIN_MS
        match job.stage:
            case _Stage.SCANNING:
                return Ask.SCAN
            case _Stage.CLEARING:
                return Ask.BARRIER
            case _Stage.READY | _Stage.REFUSED:
                return Ask.STATUS
            case _Stage.STOPPING:
                job.round += 1
                return Ask.STOP_ALL if job.round % 4 == 1 else self._in_turn()
            case _:
                return self._in_turn()

    def _in_turn(self) -> Ask:
        self._looks_next = not self._looks_next
        return Ask.BARRIER if self._looks_next and self._has_sensor else Ask.STATUS

    # --- noise ----------------------------------------------------------------------------------------------

    def _report_noise(self) -> None:
        """Report useless bytes once per window, whatever pieces they came in."""
        if self._noise_since_ms is not None and self._now_ms - self._noise_since_ms >= NOISE_MS:
            if self._reader.dropped >= NOISE_BYTES:
                self._events.append(LineNoise(self._name, self._reader.dropped))
            self._reader.dropped = 0
            self._noise_since_ms = None

    def _notice_noise(self) -> None:
        if self._noise_since_ms is None and self._reader.dropped:
            self._noise_since_ms = self._now_ms
