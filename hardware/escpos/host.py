"""Our end of the printer's wire: prints documents, believes no silence, and calls nothing printed without
proof.

A job is sent in blocks; after each block the printer is asked to answer when it has processed it (``1D 72
01``). At most four blocks are under way, so a printer without handshake is never overrun, and the last answer
is the only proof that the receipt is on paper. The status is asked every second (``10 04 1`` to ``4``) and
comes by itself besides.

Source: Epson, "ESC/POS Command Reference", DLE EOT, DLE ENQ, GS a, GS r.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.commands import Authority, Command, OpenDrawer, Print
from hardware.document import Qr
from hardware.escpos import FONT_FILE
from hardware.escpos.messages import (
    AUTO_STATUS_ON,
    CODE_PAGES,
    DRAWER_PINS,
    KEY_LIST,
    MARK,
    RECOVER_AND_DROP,
    SEPARATE,
    USUAL_CODE_PAGE,
    Condition,
    KeyList,
    PrintMark,
    Query,
    RealTimeStatus,
    StatusBlock,
    StatusReader,
    condition_of_answers,
    condition_of_block,
    drawer_pulse,
    realtime_query,
)
from hardware.escpos.text import MAX_PARTS, qr_fits
from hardware.events import (
    DeviceEvent,
    DeviceKind,
    DeviceLost,
    EvidenceCard,
    Fault,
    LineNoise,
    PrintEnded,
    PrinterStatus,
    PrintResult,
)
from hardware.sansio import WireError, check_authority

if TYPE_CHECKING:
    from hardware.escpos.frames import ReceiptEncoder

EVIDENCE: Final = EvidenceCard()
"""A printer remembers nothing across a power cut: a job that was open then is uncertain, and is never
repeated.
"""

POLL_MS: Final = 1_000
"""Between two questions for the status, and how long one may stay unanswered."""

SILENT_POLLS: Final = 2
"""Unanswered questions until the printer counts as lost."""

WINDOW_BLOCKS: Final = 4
"""Blocks under way: 2 KiB of the usual 4 KiB receive buffer, and 0.2 s at 115200 baud."""

SLOW_BLOCKS: Final = 2
SLOW_BAUD: Final = 9_600
"""At this speed and below one block on the way behind the one that prints is enough, and leaves less before a question."""

QUICK_MS: Final = 200
"""So much time on the line needs no patience beyond `POLL_MS`: a whole window at 115200 baud."""

PROGRESS_MS: Final = 10_000
"""Longest time for one block: its lines take 2 s at 9600 baud and 0.5 s on paper; a hot head pauses for some
seconds.
"""

WAIT_ONLINE_MS: Final = 10_000
"""How long a job waits for a printer that is off line for a moment (feed button, hot head)."""

RECOVER_MS: Final = 10_000
"""Between two attempts to free the cutter: each moves the blade against whatever is stuck."""

RECOVER_ATTEMPTS: Final = 6
"""Then somebody has to open the cover, which earns new attempts."""

QUEUE_JOBS: Final = 4
"""Waiting receipts; a kiosk prints one per visit, so more means that something is wrong."""

REMEMBERED_JOBS: Final = 64
"""Ended jobs that are recognised when they are asked for again."""

NOISE_REPORT_BYTES: Final = 16
"""Bytes that fit nothing, until they are worth a report."""

_RECOVERABLE: Final = frozenset((Fault.CUTTER, Fault.JAM))
_STOPPING: Final = frozenset((Fault.CUTTER, Fault.JAM, Fault.SELF_CHECK, Fault.COVER_OPEN, Fault.PAPER_OUT))


@dataclass(frozen=True, slots=True)
class PrinterModel:
    """What differs from printer to printer.

    Attributes:
        code_page: Its own characters, one of `hardware.escpos.messages.CODE_PAGES`.
        drawer_pin: Where the cash drawer is plugged in: 2 or 5.
        keeps_pictures: Whether the vendor's own lines are to be kept in it until its power goes (not tried on a real one). A
            printer that does not name them when it is asked gets them drawn.
    """

    code_page: str = USUAL_CODE_PAGE
    drawer_pin: int = 2
    keeps_pictures: bool = False


USUAL_MODEL: Final = PrinterModel()


@dataclass(slots=True)
class _Job:
    """A receipt, or a pulse for the drawer (``has_paper`` False), on its way."""

    name: str
    blocks: deque[bytes]
    has_paper: bool = True
    asked: Print | None = None
    marks_owed: int = 0
    progress_ms: int = 0


@dataclass(slots=True)
class _Round:
    """One round of the four questions; ``is_stale`` when its answers may belong to different moments."""

    asked: Query
    asked_ms: int
    answers: list[int] = field(default_factory=list)
    is_stale: bool = False


class Printer:
    """A `hardware.sansio.HostMachine` for one receipt printer.

    Args:
        name: The device name in events and commands.
        width_dots: Printable width: 576 for 80 mm paper, 384 for 58 mm, a multiple of 8 between them.
        chunk_bytes: Longest block sent at once, 64 to 1024.
        baud: The line's speed: an answer is waited for as long as what is sent before it takes.
        model: What this printer has beyond the usual.
        font_path: The font for Persian and Arabic lines.

    Raises:
        WireError: A width or chunk that no printer of ours has.
        hardware.escpos.raster.ShapingMissingError: The system cannot draw Persian and Arabic.
        hardware.escpos.raster.FontMissingError: The font cannot be opened.

    Attributes:
        asks: How the orders begin that it ever sends, besides characters; the encoder's among them.
    """

    asks = frozenset(
        {
            *map(realtime_query, Query),
            RECOVER_AND_DROP,
            AUTO_STATUS_ON[:2],
            MARK,
            KEY_LIST[:-2],
            b"\n",
            b"\x1b$",
            b"\x1b*",
            b"\x1b@",
            b"\x1bE",
            b"\x1bJ",
            b"\x1ba",
            b"\x1bd",
            b"\x1bp",
            b"\x1bt",
            b"\x1d!",
            b"\x1d(L",
            b"\x1d(k",
            b"\x1dP",
            b"\x1dV",
            b"\x1dv0",
        }
    )

    def __init__(
        self,
        name: str,
        width_dots: int = 576,
        chunk_bytes: int = 512,
        *,
        baud: int = 115_200,
        model: PrinterModel = USUAL_MODEL,
        font_path: Path = FONT_FILE,
    ) -> None:
        # Late, because python-escpos and Pillow take half a second that a kiosk without a printer need not
        # wait.
        from hardware.escpos.frames import MAX_WIDTH_DOTS, MIN_WIDTH_DOTS, PREAMBLE, ReceiptEncoder

        if width_dots % 8 or not MIN_WIDTH_DOTS <= width_dots <= MAX_WIDTH_DOTS:
            raise WireError(f"{name}: width_dots is {width_dots}; allowed are multiples of 8 from 384 to 576")
        if not 64 <= chunk_bytes <= 1024:
            raise WireError(f"{name}: chunk_bytes is {chunk_bytes}; allowed are 64 to 1024")
        if baud < 1_200 or model.code_page not in CODE_PAGES or model.drawer_pin not in DRAWER_PINS:
            raise WireError(
                f"{name}: baud from 1200, drawer_pin 2 or 5, code_page one of {', '.join(CODE_PAGES)}"
            )
        self._name = name
        self._encoder: ReceiptEncoder = ReceiptEncoder(font_path, width_dots, chunk_bytes, model.code_page)
        self._preamble = PREAMBLE
        self._chunk_bytes = chunk_bytes
        self._drawer_pin = model.drawer_pin
        self._window = SLOW_BLOCKS if baud <= SLOW_BAUD else WINDOW_BLOCKS
        on_line_ms = self._window * (chunk_bytes + len(MARK)) * 10_000 // baud
        self._answer_ms = POLL_MS + max(0, on_line_ms - QUICK_MS)
        self._reader = StatusReader(knows_lists=model.keeps_pictures)
        self._out = bytearray()
        self._events: list[DeviceEvent] = []
        self._now_ms = 0
        # The status.
        self._condition: Condition | None = None
        self._is_lost = False
        self._round: _Round | None = None
        self._next_poll_ms = 0
        self._misses = 0
        self._noise = 0
        # Errors that the printer can be asked to leave.
        self._recoveries = 0
        self._next_recovery_ms = 0
        # The pictures that it keeps, by what we have told it of them since first contact.
        self._keeps_pictures = model.keeps_pictures
        self._has_keepsakes = model.keeps_pictures
        self._defined: dict[bytes, int] = {}
        # The jobs.
        self._queue: deque[Print | OpenDrawer] = deque()
        self._waiting_since_ms: int | None = None
        self._job: _Job | None = None
        self._open: set[str] = set()
        self._ended: OrderedDict[str, PrintEnded] = OrderedDict()
        self._has_remains = False
        self._old_marks = 0
        self._old_marks_since_ms = 0

    @property
    def wake_at_ms(self) -> int | None:
        """When the next question, retry or deadline is due."""
        due = [self._next_poll_ms if self._round is None else self._round.asked_ms + self._answer_ms]
        if self._job is not None:
            patience_ms = PROGRESS_MS if self._job.asked is None else self._answer_ms
            due.append(self._job.progress_ms + patience_ms)
        elif self._queue and self._waiting_since_ms is None:
            due.append(self._now_ms)
        elif (
            self._waiting_since_ms is not None
            and self._condition is not None
            and self._condition.fault is not None
        ):
            due.append(self._waiting_since_ms + WAIT_ONLINE_MS)
        if self._old_marks:
            due.append(self._old_marks_since_ms + PROGRESS_MS)
        return min(due)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the printer."""
        self._now_ms = now_ms
        for answer in self._reader.receive(data, now_ms):
            match answer:
                case RealTimeStatus():
                    self._on_answer(answer, now_ms)
                case StatusBlock():
                    self._on_block(answer, now_ms)
                case PrintMark():
                    self._on_mark(answer, now_ms)
                case KeyList():
                    self._on_key_list(answer.keys, now_ms)
        self._noise += self._reader.take_dropped()
        if self._noise >= NOISE_REPORT_BYTES:
            self._events.append(LineNoise(self._name, dropped=self._noise))
            self._noise = 0
        self._work(now_ms)

    def tick(self, now_ms: int) -> None:
        """Ask, retry, give up: whatever is due."""
        self._now_ms = now_ms
        if self._round is not None and now_ms - self._round.asked_ms >= self._answer_ms:
            self._on_silence(now_ms)
        if self._round is None and now_ms >= self._next_poll_ms:
            self._ask(Query.PRINTER, now_ms)
        self._work(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now; a question never stands inside a command."""
        data = bytes(self._out)
        self._out.clear()
        return data

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned."""
        if not self._events:
            return ()
        events = tuple(self._events)
        self._events.clear()
        return events

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Queue a `Print` or an `OpenDrawer`; a job that was asked for before is never done again, only its
        end is told again.

        One that finds the queue full ends at once as FAILED.

        Raises:
            UnauthorizedError: Without authority.
            WireError: Another command or device, too many parts, or a QR code that cannot be printed.
        """
        check_authority(command, authority)
        if not isinstance(command, Print | OpenDrawer) or command.device != self._name:
            raise WireError(
                f"{self._name} is a printer and cannot do {type(command).__name__} for {command.device}"
            )
        if isinstance(command, Print):
            self._check_document(command)
        if command.job in self._ended:
            self._events.append(self._ended[command.job])
        elif command.job not in self._open:
            self._open.add(command.job)
            if len(self._queue) >= QUEUE_JOBS:
                self._end(command.job, PrintResult.FAILED, Fault.REFUSED)
            else:
                self._queue.append(command)

    def _check_document(self, command: Print) -> None:
        parts = command.document.parts
        if len(parts) > MAX_PARTS:
            raise WireError(f"job {command.job} has {len(parts)} parts; a receipt has at most {MAX_PARTS}")
        for part in parts:
            if isinstance(part, Qr) and not qr_fits(part.data):
                raise WireError(f"job {command.job}: its QR code is empty, too long or not printable")

    # --- the status
    # --------------------------------------------------------------------------------------------

    def _ask(self, query: Query, now_ms: int) -> None:
        if self._round is None:
            # After a silence the missing answer may still come and shift the others: this round proves
            # contact only.
            self._round = _Round(query, now_ms, is_stale=self._misses > 0)
        self._round.asked, self._round.asked_ms = query, now_ms
        self._out += realtime_query(query)

    def _on_answer(self, answer: RealTimeStatus, now_ms: int) -> None:
        current = self._round
        if current is None:
            self._noise += 1
            return
        self._misses = 0
        current.answers.append(answer.status)
        if current.asked is not Query.PAPER:
            self._ask(Query(current.asked + 1), now_ms)
            return
        self._round = None
        self._next_poll_ms = now_ms + POLL_MS
        if current.is_stale:
            return
        printer, offline_cause, error_cause, paper = current.answers
        is_contact = self._condition is None
        self._learn(condition_of_answers(printer, offline_cause, error_cause, paper), now_ms)
        if is_contact:
            self._out += AUTO_STATUS_ON
            self._has_keepsakes = self._keeps_pictures
            self._defined.clear()

    def _on_block(self, block: StatusBlock, now_ms: int) -> None:
        if self._round is not None:
            self._round.is_stale = True
        if self._condition is not None:
            self._learn(condition_of_block(block), now_ms)

    def _on_silence(self, now_ms: int) -> None:
        """A question was not answered; what was answered before it in this round counts for nothing."""
        self._round = None
        self._next_poll_ms = now_ms
        self._misses += 1
        if self._misses < SILENT_POLLS or self._is_lost:
            return
        self._is_lost = True
        self._condition = None
        self._events.append(DeviceLost(self._name, DeviceKind.PRINTER))
        self._give_up_job(Fault.NO_REPLY, now_ms)

    def _learn(self, condition: Condition, now_ms: int) -> None:
        before = self._condition
        self._condition = condition
        self._is_lost = False
        if condition == before:
            return
        self._events.append(
            PrinterStatus(
                self._name,
                paper=condition.paper,
                is_online=condition.is_online,
                cover_open=condition.cover_open,
                fault=condition.fault,
            )
        )
        if condition.error not in _RECOVERABLE:
            self._recoveries = 0
        elif before is None or before.cover_open != condition.cover_open or before.error not in _RECOVERABLE:
            self._recoveries = 0
            # Somebody who closes the cover has just cleared it; a jam that was only now noticed needs a hand
            # first.
            has_been_cleared = before is not None and before.cover_open and not condition.cover_open
            self._next_recovery_ms = now_ms if has_been_cleared else now_ms + RECOVER_MS
        if condition.fault in _STOPPING and self._job is not None:
            self._give_up_job(condition.fault, now_ms)

    # --- the jobs
    # ----------------------------------------------------------------------------------------------

    def _work(self, now_ms: int) -> None:
        self._recover(now_ms)
        job = self._job
        if job is not None and job.asked is not None and now_ms - job.progress_ms >= self._answer_ms:
            self._without_keepsakes(job, now_ms)
        elif job is not None and now_ms - job.progress_ms >= PROGRESS_MS:
            self._give_up_job(Fault.NO_REPLY, now_ms)
        if self._condition is None or self._condition.fault is not None:
            self._old_marks_since_ms = now_ms
        if self._old_marks and now_ms - self._old_marks_since_ms >= PROGRESS_MS:
            self._old_marks = 0  # a printer that is well reaches every question in this time: these were lost
        while self._job is None and self._queue and self._take_job(now_ms):
            pass
        self._send_blocks()

    def _take_job(self, now_ms: int) -> bool:
        """Begin or refuse the oldest waiting job; False when it has to wait."""
        if self._waiting_since_ms is None:
            self._waiting_since_ms = now_ms
        fault = self._condition.fault if self._condition is not None else None
        if self._is_lost:
            fault = Fault.NO_REPLY
        has_waited = now_ms - self._waiting_since_ms >= WAIT_ONLINE_MS
        if fault is not None and (fault is not Fault.UNSPECIFIED or has_waited):
            self._waiting_since_ms = None
            self._end(self._queue.popleft().job, PrintResult.FAILED, fault)
            return True
        if fault is not None or self._condition is None or self._old_marks:
            return False
        self._waiting_since_ms = None
        self._begin(self._queue.popleft(), now_ms)
        return True

    def _begin(self, command: Print | OpenDrawer, now_ms: int) -> None:
        if isinstance(command, OpenDrawer):
            pulse = drawer_pulse(self._drawer_pin)
            self._job = _Job(command.job, deque((pulse,)), has_paper=False, progress_ms=now_ms)
            return
        beginning = SEPARATE if self._has_remains else b""
        self._has_remains = False
        if self._has_keepsakes and any(self._encoder.keepsakes(command.document)):
            # Asked behind the beginning: a model that forgets its pictures there says so.
            self._out += beginning + self._preamble + KEY_LIST
            self._job = _Job(command.job, deque(), progress_ms=now_ms, asked=command)
            return
        blocks = deque(self._encoder.blocks(command.document))
        if beginning:
            blocks.appendleft(beginning)
        self._job = _Job(command.job, blocks, progress_ms=now_ms)

    def _on_key_list(self, keys: frozenset[bytes], now_ms: int) -> None:
        """Show what the printer keeps, and give it what it lacks; that is drawn once more, because nothing yet proves it."""
        job = self._job
        if job is None or job.asked is None:
            return
        document, job.asked = job.asked.document, None
        job.progress_ms = now_ms
        keepsakes = self._encoder.keepsakes(document)
        shown = [
            each if each and each.key in keys and self._defined.get(each.key) == each.digest else None
            for each in keepsakes
        ]
        for keepsake, is_shown in zip(keepsakes, shown, strict=True):
            if keepsake is not None and is_shown is None:
                job.blocks.append(keepsake.define)
                self._defined[keepsake.key] = keepsake.digest
        job.blocks.extend(self._encoder.blocks(document, shown))

    def _without_keepsakes(self, job: _Job, now_ms: int) -> None:
        """The printer does not say what it keeps: it is not asked again before the next contact."""
        self._has_keepsakes = False
        if job.asked is not None:
            job.blocks = deque(self._encoder.blocks(job.asked.document))
            job.asked = None
            job.progress_ms = now_ms

    def _send_blocks(self) -> None:
        job = self._job
        if job is None or self._condition is None or self._condition.fault is not None:
            return
        while job.blocks and job.marks_owed < self._window:
            if len(job.blocks[0]) > self._chunk_bytes and job.marks_owed:
                return  # a long one goes alone, or a printer without handshake is overrun
            self._out += job.blocks.popleft() + MARK
            job.marks_owed += 1

    def _on_mark(self, mark: PrintMark, now_ms: int) -> None:
        """An answer belongs to the oldest question that is still owed one, also across jobs."""
        if self._old_marks:
            self._old_marks -= 1
            self._old_marks_since_ms = now_ms
            return
        job = self._job
        if job is None or not job.marks_owed:
            self._noise += 1
            return
        job.marks_owed -= 1
        job.progress_ms = now_ms
        if self._round is None:
            self._next_poll_ms = now_ms + POLL_MS  # a printer that answers is there
        if job.blocks or job.marks_owed:
            return
        self._job = None
        if mark.is_paper_out and job.has_paper:
            self._has_remains = True
            self._end(job.name, PrintResult.UNCERTAIN, Fault.PAPER_OUT)
        else:
            self._end(job.name, PrintResult.PRINTED, None)

    def _give_up_job(self, fault: Fault, now_ms: int) -> None:
        """End the open job: FAILED while a part was never sent, for then it cannot be whole; UNCERTAIN
        otherwise.
        """
        job = self._job
        if job is None:
            return
        self._job = None
        if job.asked is not None:
            self._has_keepsakes = False  # its answer may still come, and must not pass for the next receipt's
        self._old_marks += job.marks_owed
        self._old_marks_since_ms = now_ms
        self._has_remains = self._has_remains or job.has_paper
        is_cut_short = bool(job.blocks) or job.asked is not None
        self._end(job.name, PrintResult.FAILED if is_cut_short else PrintResult.UNCERTAIN, fault)

    def _end(self, job: str, result: PrintResult, fault: Fault | None) -> None:
        event = PrintEnded(self._name, job, result, fault)
        self._events.append(event)
        self._open.discard(job)
        self._ended[job] = event
        while len(self._ended) > REMEMBERED_JOBS:
            self._ended.popitem(last=False)

    def _recover(self, now_ms: int) -> None:
        condition = self._condition
        if condition is None or condition.error not in _RECOVERABLE or condition.cover_open:
            return
        if self._recoveries >= RECOVER_ATTEMPTS or now_ms < self._next_recovery_ms:
            return
        self._recoveries += 1
        self._next_recovery_ms = now_ms + RECOVER_MS
        self._out += RECOVER_AND_DROP
