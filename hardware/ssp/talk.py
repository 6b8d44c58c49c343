"""How the host talks with one unit: scripts that ask and wait, the sequence of contact, and the encrypted session.

A script is a generator. It yields an `Ask` and is resumed with the `Reply`, or with None when every try stayed unanswered;
it yields a `Wait` and is resumed when the time has come or a command was requested. The bus (`host.py`) decides when.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, TypeVar

from hardware.commands import Command as Request
from hardware.events import DeviceEvent
from hardware.ssp.crypto import (
    COUNT_TURN,
    ENCRYPTED,
    Exchange,
    RandBits,
    eight,
    key_of,
    make_exchange,
    seal,
    unseal,
)
from hardware.ssp.messages import PAYING, PLAIN_ONLY, Answer, Command

TRIES: Final = 3
"""Tries of an ordinary command. The manual allows 20; after three unanswered seconds a shopper must not trust the device."""
PAY_TRIES: Final = 10
"""Tries of a payout: the sequence bit makes the repeat harmless, and giving up leaves a job to be found out about."""
AGREED_READS: Final = 6
"""Answers after which two equal ones in a row must have come; else the line is as good as dead."""
KEY_TRIES: Final = 3
"""Pairs of primes that are offered before a unit counts as one that refuses keys."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a data field; resume with its answer.

    ``is_repeat``: the same command once more under the same sequence bit, so that the unit repeats its answer without acting.
    ``is_sync``: start the sequence anew.
    """

    field: bytes
    tries: int = TRIES
    is_repeat: bool = False
    is_sync: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Resume at ``until_ms``, or as soon as a command is requested."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, decrypted: its first byte, and what follows."""

    status: int
    data: bytes = b""

    @property
    def is_ok(self) -> bool:
        """Whether the unit did what it was asked."""
        return self.status == Answer.OK

    @property
    def is_unknown(self) -> bool:
        """Whether the unit does not know the command."""
        return self.status == Answer.UNKNOWN_COMMAND

    @property
    def reason(self) -> int | None:
        """The reason after a refusal, where there is one."""
        return self.data[0] if self.data else None


Result = TypeVar("Result")
Script = Generator[Ask | Wait, Reply | None, Result]


class UnitSilentError(Exception):
    """The unit stopped answering; never leaves the conversation with it."""


class UnitRestartedError(Exception):
    """The unit began anew, or its keys are gone; never leaves the conversation with it."""


class UnitDoubtError(Exception):
    """What it says and what we know do not fit: it must be read anew; never leaves the conversation with it."""


class Talk:
    """The conversation with one unit on the wire, which may be several devices of ours.

    Attributes:
        now_ms: Set by the bus before it resumes the script.
        drains: Set by the bus: how often what was learned has been fetched.
        learned: The bus's outbox; events are appended in the order in which they were learned.
        has_request: A command came in; the bus ends a `Wait` early.
    """

    def __init__(self, address: int, fixed_key: int, randbits: RandBits | None) -> None:
        self.address = address
        self.now_ms = 0
        self.drains = 0
        self.learned: list[DeviceEvent] = []
        self.has_request = False
        self.is_lost = False
        self._fixed_key = fixed_key
        self._randbits = randbits
        self._key: bytes | None = None
        self._count = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The devices of ours that this unit is."""
        raise NotImplementedError

    def request(self, command: Request) -> None:
        """Take a command for one of them; see `hardware.sansio.HostMachine.request`."""
        raise NotImplementedError

    def script(self) -> Script[None]:
        """The whole conversation; it never ends."""
        raise NotImplementedError

    # --- one command ----------------------------------------------------------------------------------------------

    @property
    def is_encrypted(self) -> bool:
        """Whether keys are agreed."""
        return self._key is not None

    def read_answer(self, asked: bytes, field: bytes) -> Reply | None:
        """The reply that ``field`` is to ``asked``; None when it can be none.

        An encrypted answer carries the count that follows ours. To an encrypted command a unit answers plainly only to
        refuse it: it lost its keys.
        """
        is_asked_encrypted = asked[0] == ENCRYPTED
        if field[0] != ENCRYPTED:
            is_refusal = field[0] != Answer.OK and field[0] >= Answer.OK
            if field[0] < Answer.OK or (is_asked_encrypted and not is_refusal):
                return None
            return Reply(field[0], field[1:])
        opened = unseal(self._key, field) if self._key is not None and is_asked_encrypted else None
        if opened is None or opened.count != self._count:
            return None
        return Reply(opened.plain[0], opened.plain[1:])

    def say(self, command: Command, data: bytes = b"", *, is_sure: bool = False) -> Script[Reply]:
        """Give a command, encrypted once there are keys, and bring its answer.

        ``is_sure`` is for answers that decide about money: a 16-bit CRC lets one damaged frame in 65,536 pass, and a late
        answer looks like a fresh one, so without encryption the answer is asked for again (which the unit repeats without
        acting) until it comes twice the same.

        Raises:
            UnitSilentError: Every try stayed unanswered.
            UnitRestartedError: It has no keys any more.
        """
        field = bytes((command,)) + data
        if self._key is not None and command not in PLAIN_ONLY:
            field = seal(self._key, self._count, field, self._filler())
            self._count = (self._count + 1) % COUNT_TURN
        reply = yield Ask(field, PAY_TRIES if command in PAYING else TRIES, is_sync=command is Command.SYNC)
        if reply is None:
            raise UnitSilentError
        if reply.status == Answer.NO_KEY and self._key is not None:
            self._key = None
            raise UnitRestartedError
        if is_sure and field[0] != ENCRYPTED:
            reply = yield from self.repeat(field, reply)
        return reply

    def repeat(self, field: bytes, first: Reply) -> Script[Reply]:
        """Let the unit repeat its answer to ``field``, until two answers in a row are equal.

        Raises:
            UnitSilentError: It stayed silent, or answered differently each time.
        """
        previous = first
        for _ in range(AGREED_READS):
            reply = yield Ask(field, is_repeat=True)
            if reply is None:
                raise UnitSilentError
            if reply == previous:
                return reply
            previous = reply
        raise UnitSilentError

    def _filler(self) -> bytes:
        """Random bytes for the rest of a block, so that equal commands differ."""
        return b"" if self._randbits is None else self._randbits(8 * 16).to_bytes(16, "little")

    # --- keys -----------------------------------------------------------------------------------------------------

    def forget_keys(self) -> None:
        """Speak plainly from now on."""
        self._key = None
        self._count = 0

    def agree_keys(self) -> Script[bool]:
        """Exchange keys; False when the unit knows no encryption, or refuses it.

        The answer that the key rests on is read twice: with a wrong key a unit goes out of service until it is reset.
        """
        self.forget_keys()
        if self._randbits is None:
            return False
        for _ in range(KEY_TRIES):
            exchange = make_exchange(self._randbits)
            reply = yield from self._offer(exchange)
            if reply.is_ok and len(reply.data) == 8:
                shared = exchange.shared(int.from_bytes(reply.data, "little"))
                self._key = key_of(self._fixed_key, shared)
                return True
            if reply.is_unknown:
                return False
        return False

    def _offer(self, exchange: Exchange) -> Script[Reply]:
        for command, number in ((Command.GENERATOR, exchange.generator), (Command.MODULUS, exchange.modulus)):
            reply = yield from self.say(command, eight(number))
            if not reply.is_ok:
                return reply
        return (yield from self.say(Command.KEY_EXCHANGE, eight(exchange.public), is_sure=True))
