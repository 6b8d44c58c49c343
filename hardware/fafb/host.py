"""Our end of the FA FB wire: one coil board, one job on the wire at a time, and an honest end for each job.

The board is master: it polls, and we answer with ACK or with one command. A job takes two commands. First the
slot is *checked*; whatever goes wrong until then is a certain failure, because no motor was ordered. Then the
coil is *driven*, once; from its first byte on, nothing but a final status of the board decides, and silence
means "unknown".

A final status is believed when it came twice, byte for byte: the first copy is left without ACK, so that the
board repeats it. An eight-bit check passes one damaged frame in a hundred, and a jam must not read as a
delivery.

Source: "VMC - Upper Computer Communication Protocol", sections 2, 4.3 and 4.4.4.
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
from hardware.fafb.frames import Frame, FrameReader, encode
from hardware.fafb.messages import (
    ACK,
    FINAL,
    MAX_SLOT,
    REPEATS,
    Code,
    Drive,
    DriveStatus,
    SlotAnswer,
    SlotState,
    Status,
    check_slot,
    drive,
    next_number,
    number_of,
    read_drive_status,
    read_slot_answer,
    synchronise,
)
from hardware.sansio import WireError, check_authority

EVIDENCE: Final = EvidenceCard(payout_interrupted="stops", vend_proof="none")
"""After a power cut the board knows nothing: no counter, a motor that stops where it is, a drop sensor that
is not latched. While the link lives, a status with the drop sensor on is the proof."""

SILENCE_MS: Final = 3_000
"""A board that says nothing for this long is lost: fifteen missed polls, more than its own five repeats
take."""

CHECK_MS: Final = 3_000
"""Longest wait for the answer to a slot check: six sends 200 ms apart, and as much again for the board."""

STEADY_MS: Final = 450
"""A drive is repeated only while the board is heard at least this often (two polls and a little). After a longer
silence it may have turned the coil, lost power, and forgotten the number that would stop it from turning again."""

FINAL_MS: Final = 30_000
"""Longest wait for a final status after the first drive command. A turn takes about 3 s; an elevator under 20
s."""

SHORTEST_TURN_MS: Final = 400
"""Without a drop sensor "success" means that the motor came home. Sooner than this it has not turned its coil: its home
switch sticks, or a turn that a power cut broke off ended now. An everyday turn takes 2 to 3 s."""

BEGIN_MS: Final = 20_000
"""A job whose drive could not be sent for this long (a board that restarts again and again) fails for certain. Well
before the 30 s after which a till counts it as lost and owes the money."""

QUEUE: Final = 8
"""Most jobs that wait behind the one on the wire: a cart of nine vends is longer than any shopper waits."""

MISSES: Final = 3
"""A drop sensor that misses the goods of this many different coils in a row is not believed until it sees
one: one empty coil is ordinary, three are a blind sensor or a blocked one, and then "nothing fell" is a
guess."""

NOISE_MS: Final = 1_000
NOISE_BYTES: Final = 16
"""This many useless bytes within `NOISE_MS` are reported: fewer are what plugging in a cable makes."""

JOBS_KNOWN: Final = 256
"""How many job ids are remembered, so that a job handed over twice is turned once; far more than a queue's
worth."""


class _Contact(Enum):
    NEW = auto()
    SYNCING = auto()
    READY = auto()
    LOST = auto()


class _Stage(Enum):
    WAITING = auto()
    CHECKING = auto()
    CLEARED = auto()
    DRIVING = auto()


@dataclass(slots=True)
class _Job:
    job: str
    slot: int
    stage: _Stage = _Stage.WAITING
    begin_by_ms: int | None = None
    deadline_ms: int | None = None
    driven_ms: int = 0
    is_heard: bool = False
    is_turning: bool = False


@dataclass(slots=True)
class _Unanswered:
    """A command that the board has not acknowledged yet."""

    frame: Frame
    sends: int = 1


class CoilBoard:
    """The host machine for one FA FB coil board.

    Args:
        name: The configured device name.
        has_drop_sensor: Whether the machine has a drop sensor that may be believed. Without one, a delivery
            means "the motor came home".
        has_elevator: Whether the machine has an elevator, which the board must be told with each order (without it the
            goods would fall from the height of their tray). Not tried on a real machine.

    Attributes:
        asks: Codes that it ever sends.
        reads: Codes of the board that it understands; every other message is acknowledged and means nothing to it.
    """

    asks = frozenset({Code.ACK, Code.SYNCHRONISE, Code.CHECK_SLOT, Code.DRIVE})
    reads = frozenset({Code.POLL, Code.ACK, Code.SYNCHRONISE, Code.SLOT_STATE, Code.STATUS})

    def __init__(self, name: str, *, has_drop_sensor: bool = True, has_elevator: bool = False) -> None:
        self._name = name
        self._has_drop_sensor = has_drop_sensor
        self._has_elevator = has_elevator
        self._reader = FrameReader()
        self._events: list[DeviceEvent] = []
        self._out = b""
        self._contact = _Contact.NEW
        self._is_reported_lost = False
        self._heard_ms: int | None = None
        self._sync_since_ms = 0
        self._is_sync_sent = False
        self._number = 0
        self._unanswered: _Unanswered | None = None
        self._last: Frame | None = None
        self._unconfirmed: Frame | None = None
        self._job: _Job | None = None
        self._queue: deque[_Job] = deque()
        self._known: deque[str] = deque(maxlen=JOBS_KNOWN)
        self._missed: set[int] = set()
        self._is_sensor_trusted = True
        self._noise_since_ms: int | None = None

    @property
    def wake_at_ms(self) -> int | None:
        """When silence, a job's deadline or a broken-off frame next matters."""
        if self._heard_ms is None:
            return 0
        times: list[int] = []
        due_ms = self._reader.due_ms
        if due_ms is not None:
            times.append(due_ms)
        if self._contact is not _Contact.LOST:
            times.append(self._heard_ms + SILENCE_MS)
        if self._contact is _Contact.SYNCING:
            times.append(self._sync_since_ms + SILENCE_MS)
        if self._job is not None and self._job.deadline_ms is not None:
            times.append(self._job.deadline_ms)
        if self._noise_since_ms is not None:
            times.append(self._noise_since_ms + NOISE_MS)
        return min(times, default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the board; only the last question in ``data`` is answered, older ones are past
        their time.
        """
        self._start(now_ms)
        self._report_noise(now_ms)
        for frame in self._reader.feed(data, now_ms):
            self._take(frame, now_ms)
        self._notice_noise(now_ms)
        self._pass_time(now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._start(now_ms)
        self._report_noise(now_ms)
        for frame in self._reader.expire(now_ms):
            self._take(frame, now_ms)
        self._notice_noise(now_ms)
        self._pass_time(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain the answer to the board's last question."""
        data, self._out = self._out, b""
        return data

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned, oldest first."""
        if not self._events:
            return ()
        drained = tuple(self._events)
        self._events.clear()
        return drained

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue a `TurnCoil`; a job id that was handed over before is turned only once.

        A board that is not there, or a full queue, is answered by `VendFailed` at once: nothing was sent.

        Raises:
            UnauthorizedError: Without authority.
            WireError: Another command, another device, or a slot outside 1..65535.
        """
        check_authority(command, authority)
        if not isinstance(command, TurnCoil) or command.device != self._name:
            raise WireError(
                f"{type(command).__name__} for {command.device} is not work for coil board {self._name}"
            )
        if not 1 <= command.slot <= MAX_SLOT:
            raise WireError(f"slot {command.slot} is not in 1..{MAX_SLOT}")
        if command.job in self._known:
            return
        self._known.append(command.job)
        if self._contact in {_Contact.NEW, _Contact.LOST} or self._is_reported_lost:
            self._events.append(VendFailed(self._name, command.job, Fault.NO_REPLY))
        elif len(self._queue) >= QUEUE:
            self._events.append(VendFailed(self._name, command.job, Fault.REFUSED))
        else:
            self._queue.append(_Job(command.job, command.slot))

    # --- what the board says --------------------------------------------------------------------------------

    def _take(self, frame: Frame, now_ms: int) -> None:
        silence_ms = now_ms - (now_ms if self._heard_ms is None else self._heard_ms)
        unanswered = self._unanswered
        if unanswered is not None and unanswered.frame.code == Code.DRIVE and silence_ms > STEADY_MS:
            self._unanswered = None
        self._heard_ms = now_ms
        if self._contact in {_Contact.NEW, _Contact.LOST}:
            self._begin_sync(now_ms)
        if frame.code == Code.POLL:
            self._answer(self._turn(now_ms))
        elif frame.code == Code.ACK:
            self._acknowledged()
        elif number_of(frame) is not None:
            self._take_message(frame, now_ms)

    def _take_message(self, frame: Frame, now_ms: int) -> None:
        if frame.code == Code.SYNCHRONISE:
            self._answer(ACK)
            self._board_restarted(now_ms)
            return
        status = read_drive_status(frame)
        if frame != self._last:
            if status is not None and status.status in FINAL and frame != self._unconfirmed:
                self._unconfirmed = frame
                return
            self._last = frame
            self._understand(frame, status, now_ms)
        self._answer(ACK)

    def _understand(self, frame: Frame, status: DriveStatus | None, now_ms: int) -> None:
        answer = read_slot_answer(frame)
        if status is not None:
            self._take_status(status, now_ms)
        elif answer is not None:
            self._take_slot_answer(answer)

    def _take_slot_answer(self, answer: SlotAnswer) -> None:
        job = self._job
        if job is None or job.stage is not _Stage.CHECKING or answer.slot != job.slot:
            return
        self._unanswered = None
        if answer.state == SlotState.READY:
            job.stage = _Stage.CLEARED
            return
        faults = {SlotState.EMPTY.value: Fault.EMPTY, SlotState.ABSENT.value: Fault.NO_MOTOR}
        self._end(VendFailed(self._name, job.job, faults.get(answer.state, Fault.REFUSED)))

    def _take_status(self, status: DriveStatus, now_ms: int) -> None:
        job = self._job
        if job is None or job.stage is not _Stage.DRIVING or status.slot != job.slot:
            # Late goods belong to no sale; without a sensor "success" is only a motor, and says nothing new.
            if status.status == Status.SUCCESS and self._has_drop_sensor:
                self._events.append(DropSeen(self._name))
            return
        has_ended = status.status in {Status.ENDED, Status.ENDED_OLD}
        if has_ended and not job.is_heard:
            return  # it may close the drive before this one, which was about the same slot
        self._unanswered = None
        job.is_heard = True
        if status.status in FINAL:
            self._end(self._verdict(job, status.status, now_ms))
        elif not job.is_turning:
            job.is_turning = True
            self._events.append(VendProgressed(self._name, job.job))

    def _verdict(self, job: _Job, status: int, now_ms: int) -> DeviceEvent:
        if (
            status == Status.SUCCESS
            and not self._has_drop_sensor
            and now_ms - job.driven_ms < SHORTEST_TURN_MS
        ):
            return VendUnknown(self._name, job.job, Fault.NOT_SEEN)
        if status == Status.SUCCESS:
            self._sensor_saw()
            return VendDelivered(self._name, job.job, seen=self._has_drop_sensor)
        if status == Status.JAMMED:
            return VendFailed(self._name, job.job, Fault.JAM)
        if status == Status.NO_MOTOR:
            return VendFailed(self._name, job.job, Fault.NO_MOTOR)
        if status == Status.MOTOR_RUNS:
            return VendUnknown(self._name, job.job, Fault.MOTOR_RUNS)
        if status in {Status.ENDED, Status.ENDED_OLD}:
            return self._not_seen(job)
        return VendUnknown(self._name, job.job, Fault.UNSPECIFIED)

    def _not_seen(self, job: _Job) -> DeviceEvent:
        if not self._has_drop_sensor:
            return VendUnknown(self._name, job.job, Fault.NOT_SEEN)
        self._missed.add(job.slot)
        if len(self._missed) < MISSES:
            return VendFailed(self._name, job.job, Fault.NOT_SEEN)
        if self._is_sensor_trusted:
            self._is_sensor_trusted = False
            self._events.append(DeviceFaulted(self._name, DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED))
        return VendUnknown(self._name, job.job, Fault.SENSOR_BLOCKED)

    def _sensor_saw(self) -> None:
        self._missed.clear()
        if not self._is_sensor_trusted:
            self._is_sensor_trusted = True
            self._events.append(DeviceRecovered(self._name, DeviceKind.COIL_BOARD))

    def _acknowledged(self) -> None:
        answered, self._unanswered = self._unanswered, None
        if answered is None:
            return
        if answered.frame.code == Code.SYNCHRONISE:
            self._contact = _Contact.READY
            self._is_reported_lost = False
            self._last = None
            self._missed.clear()
            self._is_sensor_trusted = True
            self._events.append(CoilBoardIdentified(self._name))
        elif answered.frame.code == Code.DRIVE and self._job is not None:
            self._job.is_heard = True

    def _board_restarted(self, now_ms: int) -> None:
        """Begin anew: the board has just started, so it has forgotten numbers and drives."""
        self._last = None
        self._unanswered = None
        job = self._job
        if job is not None and job.stage is _Stage.DRIVING:
            self._end(VendUnknown(self._name, job.job, Fault.RESTARTED))
        elif job is not None:
            job.stage = _Stage.WAITING
            job.deadline_ms = job.begin_by_ms
        if self._contact is _Contact.READY:
            self._begin_sync(now_ms)
        self._is_sync_sent = False

    # --- what we answer -------------------------------------------------------------------------------------

    def _answer(self, frame: Frame) -> None:
        # It replaces an older answer that has not left: the board no longer waits for that one.
        self._out = encode(frame)

    def _turn(self, now_ms: int) -> Frame:
        """Choose the answer to a POLL."""
        if self._unanswered is not None:
            if self._unanswered.sends <= REPEATS:
                self._unanswered.sends += 1
                return self._unanswered.frame
            self._give_up()
        if self._contact is _Contact.SYNCING and not self._is_sync_sent:
            self._is_sync_sent = True
            return self._send(synchronise(self._new_number()))
        if self._contact is _Contact.READY:
            return self._work(now_ms)
        return ACK

    def _work(self, now_ms: int) -> Frame:
        if self._job is None and self._queue:
            self._job = self._queue.popleft()
        job = self._job
        if job is not None and job.stage is _Stage.WAITING:
            job.stage = _Stage.CHECKING
            if job.begin_by_ms is None:
                job.begin_by_ms = now_ms + BEGIN_MS
            job.deadline_ms = min(now_ms + CHECK_MS, job.begin_by_ms)
            return self._send(check_slot(self._new_number(), job.slot))
        if job is not None and job.stage is _Stage.CLEARED:
            job.stage = _Stage.DRIVING
            job.driven_ms = now_ms
            job.deadline_ms = now_ms + FINAL_MS
            order = Drive(
                self._new_number(),
                job.slot,
                watches_drop=self._has_drop_sensor,
                uses_elevator=self._has_elevator,
            )
            return self._send(drive(order))
        return ACK

    def _send(self, frame: Frame) -> Frame:
        self._unanswered = _Unanswered(frame)
        return frame

    def _new_number(self) -> int:
        # It rises after giving up too: the board may have executed the old number, and would take ours for a
        # repeat.
        self._number = next_number(self._number)
        return self._number

    def _give_up(self) -> None:
        """Stop repeating a command. A drive stays open: the board may have heard it, and then its status will
        come.
        """
        self._unanswered = None
        job = self._job
        if job is not None and job.stage is _Stage.CHECKING:
            self._end(VendFailed(self._name, job.job, Fault.REFUSED))

    # --- time -----------------------------------------------------------------------------------------------

    def _start(self, now_ms: int) -> None:
        if self._heard_ms is None:
            self._heard_ms = now_ms

    def _begin_sync(self, now_ms: int) -> None:
        self._contact = _Contact.SYNCING
        self._sync_since_ms = now_ms
        self._is_sync_sent = False
        self._unanswered = None

    def _pass_time(self, now_ms: int) -> None:
        heard_ms = now_ms if self._heard_ms is None else self._heard_ms
        is_silent = now_ms - heard_ms >= SILENCE_MS
        is_deaf = self._contact is _Contact.SYNCING and now_ms - self._sync_since_ms >= SILENCE_MS
        if self._contact is not _Contact.LOST and (is_silent or is_deaf):
            self._lose()
        job = self._job
        if job is not None and job.deadline_ms is not None and now_ms >= job.deadline_ms:
            if job.stage is _Stage.DRIVING:
                self._end(VendUnknown(self._name, job.job, Fault.NO_REPLY))
            else:
                self._end(VendFailed(self._name, job.job, Fault.REFUSED))

    def _lose(self) -> None:
        self._contact = _Contact.LOST
        self._unanswered = None
        job = self._job
        if job is not None and job.stage is _Stage.DRIVING:
            self._end(VendUnknown(self._name, job.job, Fault.NO_REPLY))
        elif job is not None:
            self._end(VendFailed(self._name, job.job, Fault.NO_REPLY))
        while self._queue:
            self._events.append(VendFailed(self._name, self._queue.popleft().job, Fault.NO_REPLY))
        if not self._is_reported_lost:
            self._is_reported_lost = True
            self._events.append(DeviceLost(self._name, DeviceKind.COIL_BOARD))

    def _end(self, event: DeviceEvent) -> None:
        self._events.append(event)
        self._job = None
        self._unanswered = None
        self._unconfirmed = None

    def _report_noise(self, now_ms: int) -> None:
        """Report useless bytes once per window, whatever pieces they came in."""
        if self._noise_since_ms is not None and now_ms - self._noise_since_ms >= NOISE_MS:
            if self._reader.dropped >= NOISE_BYTES:
                self._events.append(LineNoise(self._name, self._reader.dropped))
            self._reader.dropped = 0
            self._noise_since_ms = None

    def _notice_noise(self, now_ms: int) -> None:
        if self._noise_since_ms is None and self._reader.dropped:
            self._noise_since_ms = now_ms
