"""Our end of a box that plays a card reader in an old vending machine: funds offered, a request answered once, one end for each.

The old machine is a board that asks first. What it asks is told with a number, and whoever approves names that number, so that an
answer to a request that is gone sends nothing. From the approval on nothing but the machine's own word decides: VEND SUCCESS is a
delivery, VEND FAILURE is none, and everything else, a lost line, a reset, a box that falls silent, is unknown.

The lines carry no check. So a withdrawal counts as "nothing was delivered" only when a second line bears it out (the session goes
on, which it does not after a reset); else it is unknown too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hardware.commands import ApproveVend, Authority, Command, DenyVend, OfferFunds
from hardware.events import (
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    DeviceRecovered,
    DropSeen,
    EvidenceCard,
    Fault,
    LineNoise,
    MachineIdentified,
    MachineSessionEnded,
    MachineVendAsked,
    MachineVendWithdrawn,
    VendDelivered,
    VendFailed,
    VendUnknown,
)
from hardware.mdb.link import LineReader
from hardware.mdb.slave_lines import (
    DENY,
    OFF,
    ON,
    STOP,
    AlreadyOn,
    Asked,
    Broken,
    Delivered,
    Ended,
    Rejected,
    Said,
    Seen,
    SettingTaken,
    Status,
    amount_minor,
    amount_text,
    approve,
    read_said,
    setting,
    start,
)
from hardware.sansio import WireError, check_authority

MACHINE_EVIDENCE: Final = EvidenceCard()
"""What machine and box can still tell after a power cut: nothing."""

ANSWER_MS: Final = 700
"""How long the box may take to answer a line of ours."""
BEAT_MS: Final = 2_000
"""How often the box is asked to be on: its answer tells that it is there, and whether it began anew."""
LOST_MS: Final = 8_000
"""Four beats in silence: the box is gone."""
UNSEEN_MS: Final = 10_000
"""A machine that does not have us enabled for so long cannot be sold from; many take us off for the time of another sale."""
STEADY_MS: Final = 600
"""Funds are offered when they have stood still for so long: a handful of coins is one session."""
OBEY_MS: Final = 2_500
"""How long a session may take to begin or end before it is asked for again."""
REST_MS: Final = 5_000
"""After the machine ended a session without a sale, the same funds are offered again so much later."""
DECIDE_MS: Final = 4_000
"""A request that nobody answered by then is denied here: machines give up after 5 s or more."""
GRACE_MS: Final = 2_000
"""How long the word on a vend may still come when the machine's state says that it is over."""
VEND_MS: Final = 90_000
"""The longest vend: a lift and an oven. Less than the till waits for a job."""
DOUBLE_MS: Final = 300
"""The same request again within so long is one line that came twice."""
STUBBORN: Final = 3
"""So many orders without effect, and the box is switched off and on."""
NOISE_REPORT: Final = 64
NOISE_EVERY_MS: Final = 60_000
"""Dropped bytes that are worth a report, and how often there is one."""

READY: Final = frozenset({Seen.ENABLED, Seen.IDLE, Seen.VEND})
"""The machine would sell for us."""


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """An old machine behind a box.

    Attributes:
        name: The configured device name.
        exponent: Decimals of the kiosk's currency.
        settings: Values of the box, set each time before it is switched on, such as ``mdb-currency-code``: ``0x1978``. Which
            there are is the box's manual's business.
    """

    name: str
    exponent: int = 2
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Ask:
    """What the machine asked and nobody has answered."""

    request: int
    amount_minor: int
    item: int
    asked_ms: int


@dataclass(slots=True)
class _Job:
    """An approved vend that has no word yet."""

    job: str
    approved_ms: int
    is_cancelled: bool = False
    is_rejected: bool = False
    over_ms: int | None = None
    """Since when the machine's state says that it is over."""
    goes_on: bool | None = None
    """Whether the session outlived it, by the first state that was heard afterwards: a machine after a reset is INACTIVE."""


class MachineSlave:
    """A `hardware.sansio.HostMachine` for one box with one old machine.

    Raises:
        WireError: A setting that the box cannot have.

    Attributes:
        asks: How the lines begin that it ever says.
    """

    asks = frozenset({b"C,0", b"C,1", b"C,SETCONF,", b"C,START,", b"C,STOP", b"C,VEND,-1", b"C,VEND,"})

    def __init__(self, config: MachineConfig) -> None:
        self._name = config.name
        self._exponent = config.exponent
        self._opening = (OFF, *(setting(name, value) for name, value in config.settings.items()), ON)
        self._reader = LineReader()
        self._refused = 0
        self._reported_drops = 0
        self._noise_ends_ms = 0
        self._out = bytearray()
        self._events: list[DeviceEvent] = []
        self._now_ms = 0
        self._began_ms: int | None = None
        self._step = 0
        """The line of the opening that waits for its answer; all of them: the box is ours."""
        self._step_ms: int | None = None
        self._heard_ms = 0
        self._beat_ms = 0
        self._awaits_beat = False
        self._seen: Seen | None = None
        self._unseen_ms = 0
        self._is_known = False
        self._is_reported_lost = False
        self._is_scale_wrong = False
        self._wanted_minor = 0
        self._wanted_ms = 0
        self._offered_minor: int | None = None
        self._order_ms = 0
        self._orders = 0
        self._rests_until_ms = 0
        self._requests = 0
        self._ask: _Ask | None = None
        self._last: tuple[Asked, int] | None = None
        self._denied_ms: int | None = None
        self._job: _Job | None = None

    # --- the four verbs and one number --------------------------------------------------------------------------------

    @property
    def wake_at_ms(self) -> int:
        """When it next wants a tick; 0 before the first one."""
        if self._began_ms is None:
            return 0
        wakes = [self._heard_ms + LOST_MS if not self._is_reported_lost else self._now_ms + BEAT_MS]
        if not self._is_up:
            wakes.append(self._now_ms if self._step_ms is None else self._step_ms + ANSWER_MS)
            return min(wakes)
        wakes.append(self._beat_ms + BEAT_MS)
        if self._seen not in READY:
            wakes.append(self._unseen_ms + UNSEEN_MS)
        if self._ask is not None:
            wakes.append(self._ask.asked_ms + DECIDE_MS)
        if self._denied_ms is not None:
            wakes.append(self._denied_ms + OBEY_MS)
        if self._job is not None:
            over_ms = self._job.over_ms
            wakes.append(self._job.approved_ms + VEND_MS if over_ms is None else over_ms + GRACE_MS)
        session_ms = self._session_due_ms
        if session_ms is not None:
            wakes.append(session_ms)
        return min(wakes)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take bytes from the box."""
        self._begin(now_ms)
        for raw in self._reader.receive(data, now_ms):
            said = read_said(raw.decode("ascii", "replace").strip())
            if said is None:
                self._refused += len(raw)
                self._deny_unread(raw)
            else:
                self._hear(said)
        self._report_noise()
        self._act()

    def tick(self, now_ms: int) -> None:
        """Let time pass: time-outs, the box's beat, a session that is due."""
        self._begin(now_ms)
        self._act()

    def bytes_to_send(self) -> bytes:
        """Drain what must go out now."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def events(self) -> tuple[DeviceEvent, ...]:
        """Drain what was learned."""
        learned = tuple(self._events)
        self._events.clear()
        return learned

    def request(self, command: Command, authority: Authority | None = None) -> None:
        """Take `OfferFunds`, `ApproveVend` and `DenyVend`; see `hardware.sansio.HostMachine.request`."""
        check_authority(command, authority)
        if command.device != self._name:
            raise WireError(f"no device named {command.device} is on this wire")
        match command:
            case OfferFunds(_, funds_minor):
                if funds_minor < 0:
                    raise WireError(f"{self._name} is offered 0 minor units or more, not {funds_minor}")
                if funds_minor != self._wanted_minor:
                    self._wanted_minor = funds_minor
                    self._wanted_ms = self._now_ms
                    self._rests_until_ms = 0
            case ApproveVend(_, job, request, sum_minor):
                self._approve(job, request, sum_minor)
            case DenyVend(_, request):
                if self._ask is not None and self._ask.request == request:
                    self._deny()
            case _:
                raise WireError(f"{self._name} is an old machine; it cannot {type(command).__name__}")

    # --- a vend -------------------------------------------------------------------------------------------------------

    def _approve(self, job: str, request: int, sum_minor: int) -> None:
        """Let the machine sell what it asked for; one that withdrew meanwhile is told nothing, so nothing can fall."""
        ask = self._ask
        is_asked = ask is not None and (ask.request, ask.amount_minor) == (request, sum_minor)
        if not is_asked or not self._is_up or self._job is not None:
            self._events.append(VendFailed(self._name, job, Fault.REFUSED))
            return
        self._ask = None
        self._job = _Job(job, self._now_ms)
        self._say(approve(amount_text(sum_minor, self._exponent)))

    def _deny(self) -> None:
        self._ask = None
        self._denied_ms = self._now_ms
        self._say(DENY)

    def _withdraw(self) -> None:
        """The machine does not want an answer any more."""
        if self._ask is not None:
            self._events.append(MachineVendWithdrawn(self._name, self._ask.request))
            self._ask = None

    def _end(self, event: VendDelivered | VendFailed | VendUnknown) -> None:
        self._job = None
        self._offered_minor = None
        self._order_ms = self._now_ms
        self._events.append(event)

    def _lose_job(self, fault: Fault) -> None:
        if self._job is not None:
            self._end(VendUnknown(self._name, self._job.job, fault))

    def _job_is_over(self, job: _Job) -> None:
        """Its time is over, and the machine has said neither of the two words that decide."""
        if job.is_cancelled and (job.is_rejected or job.goes_on):
            self._end(VendFailed(self._name, job.job, Fault.TIMED_OUT))
        else:
            self._lose_job(Fault.TIMED_OUT if job.is_cancelled else Fault.OUT_OF_SEQUENCE)

    # --- what the box says --------------------------------------------------------------------------------------------

    def _hear(self, said: Said) -> None:
        self._heard_ms = self._now_ms
        if not self._is_up:
            self._answered(said)
        match said:
            case Status(seen):
                self._take_state(seen)
            case Asked():
                self._take_ask(said)
            case Delivered():
                self._delivered()
            case Ended(why):
                self._ended(why)
            case Rejected(order, code):
                self._rejected(order, code)
            case AlreadyOn():
                self._awaits_beat = False
            case SettingTaken():
                return

    def _answered(self, said: Said) -> None:
        """A line of the opening has its answer; the last one only when the box says that it is on."""
        line = self._opening[self._step]
        is_answer = {
            OFF: True,
            ON: isinstance(said, Status | AlreadyOn),
        }.get(line, isinstance(said, SettingTaken))
        if self._step_ms is not None and is_answer:
            self._step += 1
            self._step_ms = None
            self._beat_ms = self._now_ms

    def _take_state(self, seen: Seen) -> None:
        was, self._seen = self._seen, seen
        if self._awaits_beat and seen in {Seen.ONLINE, Seen.INACTIVE}:
            # It was asked whether it is on, and it was not: it began anew, and forgot its settings.
            self._awaits_beat = False
            self._lose_job(Fault.RESTARTED)
            self._reopen()
            return
        if seen in READY:
            self._meet()
        elif was in READY or was is None:
            self._unseen_ms = self._now_ms
        if seen is Seen.VEND:
            return
        self._denied_ms = None
        self._withdraw()
        job = self._job
        if job is not None:
            job.over_ms = self._now_ms if job.over_ms is None else job.over_ms
            job.goes_on = seen in {Seen.IDLE, Seen.ENABLED} if job.goes_on is None else job.goes_on
        if seen is Seen.IDLE:
            self._orders = 0
        elif was in {Seen.IDLE, Seen.VEND}:
            self._session_ended()

    def _session_ended(self) -> None:
        self._orders = 0
        if self._job is None and self._offered_minor == self._wanted_minor and self._wanted_minor:
            # Nobody asked for it: a hand at the machine, or its patience.
            self._rests_until_ms = self._now_ms + REST_MS
            self._events.append(MachineSessionEnded(self._name))
        self._offered_minor = None

    def _take_ask(self, asked: Asked) -> None:
        last, self._last = self._last, (asked, self._now_ms)
        if last is not None and last[0] == asked and self._now_ms - last[1] <= DOUBLE_MS:
            return
        self._seen = Seen.VEND
        self._meet()
        if self._job is not None:
            self._lose_job(Fault.OUT_OF_SEQUENCE)  # whatever became of it, its word is lost
        self._withdraw()
        price_minor = amount_minor(asked.amount, self._exponent)
        self._set_scale(is_wrong=not price_minor)
        if not price_minor:
            self._deny()
            return
        self._requests += 1
        self._ask = _Ask(self._requests, price_minor, asked.item, self._now_ms)
        self._events.append(MachineVendAsked(self._name, self._requests, price_minor, asked.item))

    def _deny_unread(self, raw: bytes) -> None:
        """Something like a request that cannot be read: a machine that waits for an answer gets a no."""
        if self._is_up and self._ask is None and self._job is None and raw.startswith(b"c,STATUS,VEND,"):
            self._deny()

    def _set_scale(self, *, is_wrong: bool) -> None:
        if is_wrong == self._is_scale_wrong:
            return
        self._is_scale_wrong = is_wrong
        if is_wrong:
            self._events.append(DeviceFaulted(self._name, DeviceKind.VENDING_MACHINE, Fault.WRONG_SCALE))
        else:
            self._events.append(DeviceRecovered(self._name, DeviceKind.VENDING_MACHINE))

    def _delivered(self) -> None:
        job = self._job
        if job is None:
            self._events.append(DropSeen(self._name))
        else:
            self._end(VendDelivered(self._name, job.job, seen=True))

    def _ended(self, why: Broken) -> None:
        self._withdraw()
        job = self._job
        if job is None:
            return
        match why:
            case Broken.NOT_DELIVERED:
                self._end(VendFailed(self._name, job.job, Fault.UNSPECIFIED))
            case Broken.MACHINE_RESET:
                self._lose_job(Fault.RESTARTED)
            case Broken.CANCELLED:
                job.is_cancelled = True
                job.over_ms = self._now_ms if job.over_ms is None else job.over_ms

    def _rejected(self, order: str, code: int) -> None:
        if order == "VEND":
            if self._job is not None:
                self._job.is_rejected = True
        elif code == -2:
            # It cannot count what it was offered: more than its scale carries.
            self._set_scale(is_wrong=True)
            self._rests_until_ms = self._now_ms + REST_MS

    def _report_noise(self) -> None:
        dropped = self._reader.dropped + self._refused - self._reported_drops
        if self._now_ms < self._noise_ends_ms or not dropped:
            return
        self._noise_ends_ms = self._now_ms + NOISE_EVERY_MS
        self._reported_drops += dropped
        if dropped >= NOISE_REPORT:
            self._events.append(LineNoise(self._name, dropped))

    # --- who is there -------------------------------------------------------------------------------------------------

    @property
    def _is_up(self) -> bool:
        return self._step >= len(self._opening)

    def _begin(self, now_ms: int) -> None:
        self._now_ms = now_ms
        if self._began_ms is None:
            self._began_ms = self._heard_ms = self._unseen_ms = now_ms

    def _meet(self) -> None:
        if not self._is_known and self._is_up:
            self._is_known = True
            self._is_reported_lost = False
            self._events.append(MachineIdentified(self._name))

    def _reopen(self) -> None:
        """Switch it off and on: what it knew of sessions is over."""
        self._step = self._orders = 0
        self._step_ms = self._denied_ms = None
        self._seen = None
        self._awaits_beat = False
        self._unseen_ms = self._now_ms
        self._offered_minor = None
        self._withdraw()

    def _lose(self, fault: Fault) -> None:
        self._lose_job(fault)
        self._withdraw()
        self._is_known = False
        if not self._is_reported_lost:
            self._is_reported_lost = True
            self._events.append(DeviceLost(self._name, DeviceKind.VENDING_MACHINE, fault))

    # --- time ---------------------------------------------------------------------------------------------------------

    def _say(self, line: str) -> None:
        self._out += line.encode("ascii") + b"\n"

    def _act(self) -> None:
        """Everything that is due now."""
        now_ms = self._now_ms
        if now_ms - self._heard_ms >= LOST_MS and (self._is_up or not self._is_reported_lost):
            self._lose(Fault.NO_REPLY)
            self._reopen()
        if not self._is_up:
            self._open()
            return
        if self._seen in READY:
            self._meet()
        elif now_ms - self._unseen_ms >= UNSEEN_MS:
            # Its state is told once: the word that it enabled us may be the one that was lost. So it is asked to begin anew.
            self._lose(Fault.REFUSED if self._seen is Seen.DISABLED else Fault.NO_REPLY)
            self._reopen()
            self._open()
            return
        if now_ms - self._beat_ms >= BEAT_MS:
            self._beat_ms = now_ms
            self._awaits_beat = True
            self._say(ON)
        self._act_on_vend()
        due_ms = self._session_due_ms
        if due_ms is not None and due_ms <= now_ms:
            self._ask_for_session()

    def _open(self) -> None:
        """Say the next line of the opening, or the same again when nobody answered."""
        if self._step_ms is not None and self._now_ms - self._step_ms < ANSWER_MS:
            return
        if self._step_ms is not None and self._opening[self._step] == OFF:
            self._step += 1  # what is off already need not answer
        elif self._step_ms is not None and self._opening[self._step] == ON:
            self._step = 0
        self._step_ms = self._now_ms
        self._say(self._opening[self._step])

    def _act_on_vend(self) -> None:
        now_ms, job = self._now_ms, self._job
        if self._ask is not None and now_ms - self._ask.asked_ms >= DECIDE_MS:
            self._events.append(MachineVendWithdrawn(self._name, self._ask.request))
            self._deny()
        if self._denied_ms is not None and now_ms - self._denied_ms >= OBEY_MS:
            # Some firmware takes the end of the session for a no.
            self._denied_ms = now_ms
            self._order(STOP)
        if job is None:
            return
        if job.over_ms is not None and now_ms - job.over_ms >= GRACE_MS:
            self._job_is_over(job)
        elif now_ms - job.approved_ms >= VEND_MS:
            self._lose_job(Fault.TIMED_OUT)
            self._reopen()

    @property
    def _session_due_ms(self) -> int | None:
        """When the machine's session is to be begun or ended next; None when it is as it should be."""
        if self._job is not None or self._ask is not None or self._denied_ms is not None:
            return None
        again_ms = self._order_ms + OBEY_MS if self._orders or self._offered_minor is None else 0
        if self._seen is Seen.IDLE and self._offered_minor != self._wanted_minor:
            return max(self._wanted_ms + STEADY_MS, again_ms)
        if self._seen is Seen.ENABLED and self._wanted_minor:
            again_ms = self._order_ms + OBEY_MS if self._orders else 0
            return max(self._wanted_ms + STEADY_MS, again_ms, self._rests_until_ms)
        return None

    def _ask_for_session(self) -> None:
        if self._seen is Seen.IDLE:
            self._order(STOP)
            return
        self._offered_minor = self._wanted_minor
        self._order(start(amount_text(self._wanted_minor, self._exponent)))

    def _order(self, line: str) -> None:
        """Say what should change the machine's state; when that does not help, switch the box off and on."""
        self._orders += 1
        self._order_ms = self._now_ms
        if self._orders > STUBBORN:
            self._reopen()
        else:
            self._say(line)
