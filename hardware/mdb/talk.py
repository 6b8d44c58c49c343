"""How the master talks with one peripheral: scripts that ask, wait and read answers, without ever waiting themselves.

A script is a generator. It yields an `Ask` and is resumed with the answer's content (empty for ACK), or with None when nobody
answered; it yields a `Wait` and is resumed when the time has come, a command was requested or the box reported something.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hardware.commands import Command
from hardware.events import DeviceEvent, DeviceKind, DeviceLost, Fault, LineNoise
from hardware.mdb.link import Fits
from hardware.mdb.messages import MAX_POLL

POLL_MS = 150
"""Between two polls of one peripheral: 125 to 200 ms recommended (best practice of the specification)."""
PROBE_MS = 500
"""How often a silent peripheral is polled: seldom, so that the others keep their pace."""
RESET_EVERY_MS = 10_000
"""How often a peripheral that stays silent is reset (section 3: after the non-response time, not more often)."""
BOOT_MS = 5_000
"""A peripheral that never answered yet gets this long before it is reported as lost."""
ASK_AGAIN_MS = 60
"""Before a question that stayed without answer is asked again."""
TRIES = 4
"""Of a question that a peripheral need not know."""
AGREED_READS = 6
"""Reads among which two in a row must be equal."""
RESET_POLLS = 20
"""Polls after a RESET in which the peripheral should say that it was reset; some need 500 ms."""
AGAIN_MS = 20
"""After an event the next poll comes at once: what is said again then is the same event (best practice)."""


def anything(_data: bytes) -> bool:
    """Any content, ACK included."""
    return True


def short(data: bytes) -> bool:
    """What an acceptor may say when it is polled: every other answer of one that is not empty is longer, or not asked for."""
    return len(data) <= MAX_POLL


def nothing(data: bytes) -> bool:
    """ACK alone."""
    return not data


@dataclass(frozen=True, slots=True)
class Ask:
    """Send ``block``; resume with the answer. ``fits`` says what can be an answer to it."""

    block: bytes
    fits: Fits = anything


@dataclass(frozen=True, slots=True)
class Wait:
    """Resume at ``until_ms``, or as soon as there is a request or a report."""

    until_ms: int


Result = TypeVar("Result")
Script = Generator[Ask | Wait, bytes | None, Result]


class PeripheralSilentError(Exception):
    """The peripheral stopped answering for its non-response time; never leaves the conversation with it."""


class PeripheralRestartedError(Exception):
    """The peripheral said that it was reset; never leaves the conversation with it."""


class Talk:
    """The conversation with one peripheral: contact, identity, work, and contact again after silence or a reset.

    Attributes:
        asks: How the blocks begin that this kind of conversation ever sends; the table of support is made from it.
        names: The configured devices that it serves: the peripheral first, then what is built into it.
        now_ms: Set by the bus before it resumes the script.
        learned: The bus's outbox.
        has_request: A command or a report came in; the bus ends a `Wait` early.
        reports: What a box that polls by itself heard, not yet read.
        findings: Device -> why it answers and yet does not work, in one English sentence for a technician.
        was_line_silent: The last exchange brought no line at all: what the box heard, it has acknowledged for nobody.
    """

    kind: DeviceKind
    asks: frozenset[bytes]
    non_response_ms: int
    poll_block: bytes
    reset_block: bytes
    just_reset: bytes
    fits_poll: Fits = staticmethod(short)

    def __init__(self, name: str, address: int, parts: Sequence[tuple[str, DeviceKind]] = ()) -> None:
        self.name = name
        self.address = address
        self.parts = tuple(parts)
        self.now_ms = 0
        self.learned: list[DeviceEvent] = []
        self.findings: dict[str, str] = {}
        self.has_request = False
        self.reports: deque[bytes] = deque()
        self.is_lost = False
        self.was_line_silent = False
        self._known: set[bytes] = set()
        self._was_identified = False
        self._answered_ms: int | None = None
        self._next_reset_ms: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it serves."""
        return (self.name, *(name for name, _ in self.parts))

    def request(self, command: Command) -> None:
        """Take a command for one of `names`; see `hardware.sansio.HostMachine.request`."""
        raise NotImplementedError

    def report(self, data: bytes) -> None:
        """Take what a box heard when it polled by itself."""
        if len(self.reports) < 64:
            self.reports.append(data)
        self.has_request = True

    def script(self) -> Script[None]:
        """The whole conversation; it never ends."""
        is_restart = False
        while True:
            try:
                said_reset = yield from self._contact()
                yield from self._identify(was_reset=is_restart or said_reset)
                self.is_lost = False
                self._was_identified = True
                self._next_reset_ms = None
                is_restart = False
                yield from self._work()
            except PeripheralSilentError:
                self._report_lost(Fault.NO_REPLY)
            except PeripheralRestartedError:
                is_restart = True

    def _identify(self, *, was_reset: bool) -> Script[None]:
        raise NotImplementedError

    def _work(self) -> Script[None]:
        raise NotImplementedError

    def _on_lost(self) -> None:
        """What else a loss means to this kind of peripheral."""

    def _on_silence(self) -> None:
        """Called at each probe of a lost peripheral."""

    def _report_lost(self, fault: Fault) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.learned.append(DeviceLost(self.name, self.kind, fault))
            self.learned += [DeviceLost(name, kind, fault) for name, kind in self.parts]
            self._on_lost()

    # --- asking -------------------------------------------------------------------------------------------------------

    def exchange(self, block: bytes, fits: Fits = anything) -> Script[bytes | None]:
        """One exchange, never repeated; None when nothing (fitting) came back."""
        answer = yield Ask(block, fits)
        if answer is None:
            self._check_silence()
            return None
        self._answered_ms = self.now_ms
        return answer if fits(answer) else None

    def _check_silence(self) -> None:
        since_ms = self._answered_ms
        if since_ms is not None and self.now_ms - since_ms >= self.non_response_ms:
            self._answered_ms = None
            raise PeripheralSilentError

    def ask(self, block: bytes, fits: Fits) -> Script[bytes]:
        """Ask until there is an answer that fits; a busy peripheral may be silent for a while.

        Raises:
            PeripheralSilentError: Its non-response time is over.
        """
        since_ms = self.now_ms
        while True:
            answer = yield from self.exchange(block, fits)
            if answer is not None:
                return answer
            if self.now_ms - since_ms >= self.non_response_ms:
                raise PeripheralSilentError
            yield Wait(self.now_ms + ASK_AGAIN_MS)

    def ask_if_known(self, block: bytes, fits: Fits) -> Script[bytes | None]:
        """As `ask`; None when it does not answer this question. One that it ever answered is insisted on."""
        if block[:2] in self._known:
            return (yield from self.ask(block, fits))
        for _ in range(TRIES):
            answer = yield from self.exchange(block, fits)
            if answer is not None:
                self._known.add(block[:2])
                return answer
        return None

    def agreed(self, block: bytes, fits: Fits) -> Script[bytes]:
        """Ask until two answers in a row are equal: nothing that decides about money rests on one line of text.

        Raises:
            PeripheralSilentError: It stayed silent, or answered differently each time.
        """
        previous: bytes | None = None
        for _ in range(AGREED_READS):
            answer = yield from self.ask(block, fits)
            if answer == previous:
                return answer
            previous = answer
        raise PeripheralSilentError

    def poll(self) -> Script[bytes | None]:
        """What the peripheral has to say: a report of the box first, else an answer to our own POLL."""
        if self.reports:
            self._answered_ms = self.now_ms
            return self.reports.popleft()
        return (yield from self.exchange(self.poll_block, self.fits_poll))

    # --- contact ------------------------------------------------------------------------------------------------------

    def _contact(self) -> Script[bool]:
        """Poll until it answers, and keep what it says; whether it says that it was reset."""
        since_ms = self.now_ms
        patience_ms = self.non_response_ms if self._was_identified else max(BOOT_MS, self.non_response_ms)
        self._answered_ms = None
        while True:
            said = yield from self.poll()
            if said is not None:
                return (yield from self._greet(said))
            self._on_silence()
            if self.now_ms - since_ms >= patience_ms:
                self._report_lost(Fault.NO_REPLY)
            if self.is_lost and (self._next_reset_ms is None or self.now_ms >= self._next_reset_ms):
                is_first = self._next_reset_ms is None
                self._next_reset_ms = self.now_ms + RESET_EVERY_MS
                if not is_first:
                    yield Ask(self.reset_block, nothing)
            yield Wait(self.now_ms + PROBE_MS)

    def _greet(self, said: bytes) -> Script[bool]:
        """Read everything that it kept for us, so that nothing is lost by what follows."""
        was_reset = False
        for _ in range(RESET_POLLS):
            if not said:
                break
            if self.just_reset in (said[:1], said):
                was_reset = True
            else:
                self._keep(said)
            answer = yield from self.poll()
            if answer is None:
                break
            said = answer
        return was_reset

    def _keep(self, said: bytes) -> None:
        """Keep a POLL answer that came before the peripheral was identified."""

    def reset(self) -> Script[None]:
        """RESET, and poll until it says so; a peripheral that never says so but answers is taken as reset."""
        yield from self.ask(self.reset_block, nothing)
        for _ in range(RESET_POLLS):
            yield Wait(self.now_ms + POLL_MS)
            said = yield from self.poll()
            if said == self.just_reset:
                return
            if said:
                self._keep(said)

    def garbled(self, rest: bytes) -> None:
        """Report bytes in a POLL answer that mean nothing."""
        if rest:
            self.learned.append(LineNoise(self.name, len(rest)))
