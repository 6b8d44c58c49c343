"""How the host talks with one slave: scripts that ask, wait and read answers, without ever waiting themselves.

A script is a generator. It yields an `Ask` and is resumed with the `Reply`, or with None when every try stayed unanswered;
it yields a `Wait` and is resumed when the time has come or a command was requested. The bus (`host.py`) decides when.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from hardware.cctalk.messages import IDEMPOTENT_TRIES, ONCE_ONLY, Header
from hardware.commands import Command
from hardware.events import DeviceEvent, DeviceFaulted, DeviceKind, DeviceLost, DeviceRecovered, Fault

POLLS_BEFORE_LOST = 2
"""Unanswered asks (each with its tries) after which a device counts as lost: payment stops within two polls."""
PROBE_MS = 500
"""How often a lost device is asked whether it is back: seldom, so that the others on the wire keep their pace."""
BOOT_MS = 5000
"""A device that never answered yet gets this long to boot before it is reported as lost."""
AGREED_READS = 6
"""Reads after which two equal ones in a row must have come; else the line is as good as dead."""
BUSY_MS = 100
"""Pause after a BUSY answer."""
CLASH_EVERY_MS = 30_000
"""Between two looks for a second device at one address: each keeps the wire for more than a second."""
CLASH_PROOFS = 2
"""Looks in a row that must show two devices: a bad cable may double an answer once."""
SECOND_ANSWERS = 2
"""Answers that came after the answer, and said something else, before a second device is looked for."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a command; resume with its answer. Commands in `ONCE_ONLY` are sent once whatever happens."""

    header: Header
    data: bytes = b""
    tries: int = IDEMPOTENT_TRIES

    @property
    def allowed_tries(self) -> int:
        """How often the bus may send it."""
        return 1 if self.header in ONCE_ONLY else self.tries


@dataclass(frozen=True, slots=True)
class Wait:
    """Resume at ``until_ms``, or as soon as a command is requested."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: ``is_refusal`` for NAK; an ACK is an answer with no data."""

    data: bytes
    is_refusal: bool = False


Result = TypeVar("Result")
Script = Generator[Ask | Wait, Reply | None, Result]


class SlaveSilentError(Exception):
    """The slave stopped answering; never leaves the conversation with it."""


class SlaveRestartedError(Exception):
    """The slave lost its volatile memory, or shows something else than the one we knew; never leaves the conversation."""


class Talk:
    """The conversation with one slave: contact, identity, work, and contact again after silence or a restart.

    Attributes:
        now_ms: Set by the bus before it resumes the script.
        learned: The bus's outbox; events are appended in the order in which they were learned.
        has_request: A command came in; the bus ends a `Wait` early.
        asks: The commands that this kind of conversation ever sends; the table of support is made from it.
        is_echoed: Our own bytes come back on this line, so that an answer cannot be taken for one to another question.
        findings: Device -> why it answers and yet does not work, in one English sentence for a technician.
        heard_damage: Bytes that made no answer came where one was due: a bad cable, or two devices that speak at once.
        second_answers: How often another answer came after the answer: a late one, or a second device's.
    """

    kind: DeviceKind
    asks: frozenset[Header] = frozenset(
        {Header.SIMPLE_POLL, Header.CATEGORY, Header.SERIAL, Header.ADDRESS_CLASH}
    )

    def __init__(self, name: str, address: int) -> None:
        self.name = name
        self.address = address
        self.now_ms = 0
        self.learned: list[DeviceEvent] = []
        self.findings: dict[str, str] = {}
        self.has_request = False
        self.is_echoed = False
        self.heard_damage = False
        self.second_answers = 0
        self.is_lost = False
        self._was_identified = False
        self._suspects_clash = False
        self._has_clash = False
        self._clash_due_ms = 0
        self._supported: set[Header] = set()
        self._unsupported: set[Header] = set()

    @property
    def must_serve_by_ms(self) -> int | None:
        """When this slave must be served at the latest; None when it can wait."""
        return None

    def note_sent(self, header: Header, now_ms: int) -> None:
        """The bus has just sent a command to this slave."""

    def request(self, command: Command) -> None:
        """Take a command for this slave; see `hardware.sansio.HostMachine.request`."""
        raise NotImplementedError

    def script(self) -> Script[None]:
        """The whole conversation; it never ends."""
        was_restarted = False
        while True:
            is_contacted = is_identified = False
            try:
                yield from self._contact()
                is_contacted = True
                if self._suspects_clash or self._has_clash:
                    yield from self._look_for_clash()
                self._unsupported.clear()
                yield from self._identify(was_restarted=was_restarted)
                is_identified = True
                self.is_lost = False
                self._was_identified = True
                was_restarted = False
                yield from self._work()
            except SlaveSilentError:
                # It answers polls and nothing else: perhaps two devices whose answers lie on top of each other.
                self._suspects_clash = is_contacted and not is_identified
                self._report_lost(Fault.NO_REPLY)
            except SlaveRestartedError:
                was_restarted = True

    def _identify(self, *, was_restarted: bool) -> Script[None]:
        raise NotImplementedError

    def _work(self) -> Script[None]:
        raise NotImplementedError

    def _on_lost(self) -> None:
        """What else a loss means to this kind of device."""

    def _report_lost(self, fault: Fault) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.learned.append(DeviceLost(self.name, self.kind, fault))
            self._on_lost()

    def _contact(self) -> Script[None]:
        """Ask until it answers; a device that was known is lost after two polls, a new one may boot first."""
        since_ms = self.now_ms
        unanswered = 0
        while True:
            reply = yield Ask(Header.SIMPLE_POLL, tries=1 if self.is_lost else IDEMPOTENT_TRIES)
            if reply is not None and not reply.is_refusal:
                return
            unanswered += 1
            patience_is_over = unanswered >= POLLS_BEFORE_LOST
            if patience_is_over and (self._was_identified or self.now_ms - since_ms >= BOOT_MS):
                self._report_lost(Fault.NO_REPLY)
            if patience_is_over and self.heard_damage:
                yield from self._look_for_clash()
            yield Wait(self.now_ms + PROBE_MS)

    def _look_for_clash(self) -> Script[None]:
        """Let every device at this address answer for itself (252): two answers are two devices, and neither is used.

        Raises:
            SlaveSilentError: There are two.
        """
        self.heard_damage = False
        self.second_answers = 0
        if self.now_ms < self._clash_due_ms:
            if self._has_clash:
                yield Wait(self._clash_due_ms)
                raise SlaveSilentError
            return
        self._clash_due_ms = self.now_ms + CLASH_EVERY_MS
        for _ in range(CLASH_PROOFS):
            reply = yield Ask(Header.ADDRESS_CLASH, tries=1)
            if reply is None or reply.data.count(self.address) < 2:
                break
        else:
            if not self._has_clash:
                self._has_clash = True
                self.learned.append(DeviceFaulted(self.name, self.kind, Fault.ADDRESS_CLASH, self.address))
            self._report_lost(Fault.ADDRESS_CLASH)
            raise SlaveSilentError
        if self._has_clash:
            self._has_clash = False
            self.learned.append(DeviceRecovered(self.name, self.kind))

    def ask(self, header: Header, data: bytes = b"", *, may_refuse: bool = False) -> Script[Reply]:
        """Ask what this slave must be able to answer.

        A refusal carries no data, so it answers no question; ``may_refuse`` is for orders, whose refusal is news.

        Raises:
            SlaveSilentError: Two polls with all their tries stayed unanswered, or refused a question; or another device
                answers at this address too.
        """
        if self.second_answers >= SECOND_ANSWERS:
            yield from self._look_for_clash()
        for _ in range(POLLS_BEFORE_LOST):
            reply = yield Ask(header, data)
            if reply is not None and (may_refuse or not reply.is_refusal):
                return reply
        raise SlaveSilentError

    def clear_line(self) -> Script[None]:
        """Let answers that came late, or twice, go by before a question whose answer decides about money.

        An answer does not say what it answers; the echo does. On a line without echo a question with an empty answer is put
        in between: what is still on its way has another length, and is dropped before the empty answer comes.
        """
        if not self.is_echoed:
            yield Ask(Header.SIMPLE_POLL)

    def agreed(self, header: Header, data: bytes = b"") -> Script[Reply]:
        """Ask until two answers in a row are equal: nothing that decides about money rests on one 8-bit check.

        Raises:
            SlaveSilentError: It stayed silent, or answered differently each time.
        """
        previous: Reply | None = None
        for _ in range(AGREED_READS):
            yield from self.clear_line()
            reply = yield from self.ask(header, data)
            if reply == previous:
                return reply
            previous = reply
        raise SlaveSilentError

    def agreed_if_supported(self, header: Header, data: bytes = b"") -> Script[Reply | None]:
        """As `agreed`; None when the slave lives but is silent on this command (ccTalk's "unknown header").

        Asked once per identification and remembered. A command that was ever answered is insisted on from then on: noise
        must not look like a missing feature.
        """
        if header in self._unsupported:
            return None
        if header not in self._supported:
            yield from self.clear_line()
            reply = yield Ask(header, data)
            if reply is None:
                yield from self.ask(Header.SIMPLE_POLL)
                reply = yield Ask(header, data)
            if reply is None or reply.is_refusal:
                self._unsupported.add(header)
                return None
            self._supported.add(header)
        return (yield from self.agreed(header, data))

    def forget_features(self) -> None:
        """Another unit answers: what the former one could do tells nothing."""
        self._supported.clear()
        self._unsupported.clear()

    def check_category(self, expected: str) -> Script[None]:
        """Make sure that the device is what the configuration says; a device that keeps no category passes.

        Raises:
            SlaveSilentError: Something else lives at this address; reported as lost, asked again later.
        """
        reply = yield from self.agreed_if_supported(Header.CATEGORY)
        if reply is not None and reply.data.strip().lower() != expected.lower().encode("ascii"):
            self._report_lost(Fault.UNSPECIFIED)
            yield Wait(self.now_ms + PROBE_MS)
            raise SlaveSilentError
