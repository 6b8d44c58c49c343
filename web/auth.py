"""Who may do what: secrets, failed tries, roles and sessions of the desk, and the clerk's sign-in at the kiosk.

Users live beside the journal and are written only through the till's door. A user of the desk has a row under their name, with
a password; a clerk at the kiosk one under ``pin:<name>``, with a PIN: two secrets for two doors, each with a count of failures
of its own, so that nobody locks the desk from the touch screen.

A name that nobody has and a name that is locked get the same answer as a wrong secret, after the same work. Failures in a row
stand in the store, so that cutting the power does not forget them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from flask_login import UserMixin
from sqlalchemy import Engine

from kiosk.core.draft import Notice
from kiosk.core.events import ClerkEntered, SecondStepTaken, SignInFailed, UserOffered
from kiosk.i18n import ascii_digits
from kiosk.runtime.clock import Clock, SystemClock, at_text, parse_at
from kiosk.runtime.door import TillBusyError, TillDoor
from kiosk.store.database import reading
from kiosk.store.deeds import read_second_step
from kiosk.store.reading import UserRow, read_user
from web.second_step import take_code

MINUTE_MS: Final = 60_000

FAILURES_FREE: Final = 5
"""Wrong tries in a row before the next one has to wait: a person mistypes twice or three times."""

LOCK_MS: Final = 15 * MINUTE_MS
"""First wait; it doubles with every further wrong try."""

LOCK_LONGEST_MS: Final = 24 * 60 * MINUTE_MS
"""A day: five tries and then one a day will not find a PIN in a lifetime; the owner can give a new one at any time."""

STRANGERS_MOST: Final = 20
"""Wrong tries under unknown names from one address before it has to wait; they grant nothing, but each costs work."""

STRANGER_ADDRESSES: Final = 500
"""Addresses remembered; an old one makes room."""

TURN_SECONDS: Final = 3.0
"""Secrets are checked one at a time (64 MiB and some 0.1 s each); whoever waits longer is told to come back."""

PASSWORD_LEAST: Final = 12
PASSWORD_MOST: Final = 128
PIN_LEAST: Final = 6
PIN_MOST: Final = 12
DIFFERENT_LEAST: Final = 5
"""Different characters a password must have: "aaaaaaaaaaaa" is long and worth nothing."""

IDLE_MS: Final = 30 * MINUTE_MS
ABSOLUTE_MS: Final = 12 * 60 * MINUTE_MS
HALF_MS: Final = 5 * MINUTE_MS
"""How long a sign-in waits for its second step: long enough to find the phone."""

SESSIONS_MOST: Final = 200
"""Signed in at once; above it the one that was idle longest is ended."""

PIN_PREFIX: Final = "pin:"
STRANGER: Final = "?"
"""What the journal calls whoever tried a name that nobody has."""

NO_ONE: Final = "none"
"""Role of somebody whose sign-in was taken away; no secret fits the row."""

_NAME: Final = re.compile(r"\w[\w.-]{0,31}")
_COMMON: Final = (
    "password",
    "passwort",
    "qwertyuiop",
    "1q2w3e4r5t",
    "iloveyou",
    "letmein",
    "administrator",
    "welcome",
    "changeme",
    "123456789",
    "987654321",
    "abcdefgh",
    "kiosk",
    "vending",
)
"""Beginnings of what is tried first; with a few digits behind them they are no better."""


class Role(StrEnum):
    """What somebody may do.

    The owner everything; an accountant reads figures and closes months; support answers claims; a clerk does the daily round.
    """

    OWNER = "owner"
    ACCOUNTANT = "accountant"
    SUPPORT = "support"
    CLERK = "clerk"


MOVES_MONEY: Final = frozenset({Role.OWNER, Role.ACCOUNTANT, Role.SUPPORT})
"""Roles whose sign-in needs a second step: what they decide becomes money elsewhere, and a password alone can be looked over a
shoulder. A clerk has only the round."""

AT_KIOSK: Final = frozenset({Role.OWNER, Role.CLERK})
"""Who may open the machine's service screen, where cash is counted: nobody who only works at a desk."""


class WeakSecretError(ValueError):
    """This secret, or this name, will not do; ``key`` names the reason."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


# --- secrets --------------------------------------------------------------------------------------------------------


def clean_name(text: str) -> str:
    """A user's name as it is stored: small letters, NFC, at most 32.

    Raises:
        WeakSecretError: It cannot be a name. (It stays in the journal for ever: a nickname, not a full name.)
    """
    name = unicodedata.normalize("NFC", text).strip().casefold()
    if not _NAME.fullmatch(name):
        raise WeakSecretError("name_form")
    return name


def check_password(name: str, password: str) -> str:
    """Give back ``password`` in the form that is hashed.

    Raises:
        WeakSecretError: Too short, too long, too plain, or it holds the name.
    """
    secret = unicodedata.normalize("NFC", password)
    bare = "".join(secret.casefold().split())
    if len(secret) < PASSWORD_LEAST:
        raise WeakSecretError("password_short")
    if len(secret) > PASSWORD_MOST:
        raise WeakSecretError("password_long")
    rest = [bare.removeprefix(word).strip("0123456789!?.@#$*") for word in _COMMON if bare.startswith(word)]
    is_common = any(len(each) < DIFFERENT_LEAST for each in rest)
    if is_common or len(set(bare)) < DIFFERENT_LEAST or name in bare:
        raise WeakSecretError("password_plain")
    return secret


def _is_date(pin: str) -> bool:
    """Whether six or eight digits read as a date in any order; a birthday is what people choose first."""
    years = [pin] if len(pin) == 6 else [pin[2:], pin[:4] + pin[6:]] if len(pin) == 8 else []
    for short in years:
        first, second, third = int(short[:2]), int(short[2:4]), int(short[4:])
        orders = ((first, second), (second, first), (second, third), (third, second))
        if any(1 <= day <= 31 and 1 <= month <= 12 for day, month in orders):
            return True
    return False


def check_pin_form(pin: str) -> str:
    """Give back a chosen PIN as ASCII digits.

    Raises:
        WeakSecretError: Not 6 to 12 digits, or one of those that are tried first: repeats, runs and dates.
    """
    digits = ascii_digits(pin).strip()
    if not re.fullmatch(rf"[0-9]{{{PIN_LEAST},{PIN_MOST}}}", digits):
        raise WeakSecretError("pin_form")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    repeats = any(
        digits == digits[:size] * (len(digits) // size)
        for size in range(1, len(digits) // 2 + 1)
        if len(digits) % size == 0
    )
    if repeats or (len(steps) == 1 and steps <= {1, 9}) or len(set(digits)) < 3 or _is_date(digits):
        raise WeakSecretError("pin_plain")
    return digits


def make_hasher() -> argon2.PasswordHasher:
    """Argon2id with the library's own profile (RFC 9106, second recommended: 64 MiB, 3 passes)."""
    return argon2.PasswordHasher()


def lock_ms(failures: int) -> int:
    """How long after the last wrong try the next one waits."""
    if failures < FAILURES_FREE:
        return 0
    return min(LOCK_MS << min(failures - FAILURES_FREE, 16), LOCK_LONGEST_MS)


def add_user(
    door: TillDoor,
    name: str,
    role: str,
    password: str,
    pin: str,
    *,
    by: str = "console",
    hasher: argon2.PasswordHasher | None = None,
) -> str:
    """Make somebody, or give them new secrets; their count of failures starts anew.

    Args:
        door: The till's.
        name: A nickname; it stays in the journal.
        role: One of `Role`.
        password: For the desk; empty leaves that as it is.
        pin: For the kiosk's service screen; empty leaves that as it is.
        by: Who asks.
        hasher: Only tests pass a cheaper one.

    Returns:
        The name as it is stored.

    Raises:
        WeakSecretError: The name or a secret will not do; nothing was stored.
        TillBusyError: The till did not answer.
    """
    bare, known_role = clean_name(name), Role(role)
    password = check_password(bare, password) if password else ""
    if pin and known_role not in AT_KIOSK:
        raise WeakSecretError("pin_role")
    pin = check_pin_form(pin) if pin else ""
    if not password and not pin:
        raise WeakSecretError("secret_needed")
    maker = hasher or make_hasher()
    rows = [(bare, password)] if password else []
    rows += [(PIN_PREFIX + bare, pin)] if pin else []
    for user, secret in rows:
        door.ask(UserOffered(user=user, role=known_role, by=by, secret_hash=maker.hash(secret)))
    return bare


def remove_user(door: TillDoor, name: str, *, by: str) -> None:
    """Take somebody's sign-in away at both doors; the row stays, because the journal names it."""
    for user in (name, PIN_PREFIX + name):
        door.ask(UserOffered(user=user, role=NO_ONE, by=by, secret_hash=""))


# --- signing in -----------------------------------------------------------------------------------------------------


class SignIn:
    """Checks secrets, one at a time, and counts the wrong ones."""

    def __init__(
        self,
        reader: Engine,
        door: TillDoor,
        *,
        clock: Clock | None = None,
        hasher: argon2.PasswordHasher | None = None,
        key: bytes = b"",
    ) -> None:
        """Nothing is read yet.

        Args:
            reader: Read-only engine of the store.
            door: The till's; failures are recorded through it.
            clock: For the waits.
            hasher: Only tests pass a cheaper one.
            key: Opens the secrets of second steps (`kiosk.runtime.keys.Keys.second_steps`).
        """
        self._key = key
        self._reader = reader
        self._door = door
        self._clock = clock or SystemClock()
        self.hasher = hasher or make_hasher()
        # Verifying this costs what verifying a real one costs.
        self._nobody = UserRow("", NO_ONE, self.hasher.hash(secrets.token_hex(16)), 0, "")
        self._turn = threading.Lock()
        self._started_ms = self._clock.now_ms()
        self._strangers: dict[str, tuple[int, int]] = {}

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """One check at a time: two at once would read the same count of failures."""
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise TillBusyError("too many people sign in at once")
        try:
            yield
        finally:
            self._turn.release()

    def password(self, name: str, password: str, *, address: str) -> UserRow | None:
        """The desk user whose password this is, or None: wrong, unknown, locked or without a role."""
        secret = unicodedata.normalize("NFC", password)[:PASSWORD_MOST]
        return self._check(self._known(name), secret, address=address)

    def code(self, name: str, code: str) -> UserRow | None:
        """The user whose second step this code proves, or None: wrong, used before, locked, or without a second step.

        Wrong codes are counted with wrong passwords: the password alone buys no more tries.
        """
        with self._own_turn():
            with reading(self._reader) as connection:
                user, step = read_user(connection, name), read_second_step(connection, name)
            if user is None or user.role not in set(Role) or step is None or self._is_locked(user):
                return None
            taken = take_code(
                self._key,
                name,
                step.sealed,
                code,
                self._clock.wall(),
                step=step.step,
                recovery=step.recovery,
            )
            if taken is None:
                self._count(user, "")
                return None
            self._door.ask(SecondStepTaken(name, taken.means, taken.step, taken.recovery))
            with reading(self._reader) as connection:
                return read_user(connection, name)

    def pin(self, name: str, pin: str) -> str:
        """The name of the clerk whose PIN this is, or empty: wrong, unknown, locked or without a role."""
        known = self._known(name)
        secret = ascii_digits(pin).strip()[:PIN_MOST]
        user = self._check(PIN_PREFIX + known if known else "", secret, roles=AT_KIOSK, address="kiosk")
        return user.name.removeprefix(PIN_PREFIX) if user else ""

    def _known(self, name: str) -> str:
        try:
            return clean_name(name)
        except WeakSecretError:
            return ""

    def _check(
        self, name: str, secret: str, *, address: str, roles: frozenset[Role] = frozenset(Role)
    ) -> UserRow | None:
        with self._own_turn():
            with reading(self._reader) as connection:
                row = read_user(connection, name) if name else None
                has_second = bool(name) and read_second_step(connection, name) is not None
            is_known = row is not None and row.role in roles
            user = row if row is not None and is_known else self._nobody
            is_shut = self._is_locked(user) or (not is_known and self._is_strange(address))
            fits = self._fits(user, secret)
            if is_shut:
                return None
            if not fits or not is_known:
                self._count(user if is_known else None, address)
                return None
            if user.failures and not has_second:
                # A right secret ends the count: the row is offered anew, with fresh salt. With a second step only that ends it.
                self._renew(user, secret)
            with reading(self._reader) as connection:
                return read_user(connection, name)

    def _fits(self, user: UserRow, secret: str) -> bool:
        try:
            return self.hasher.verify(user.secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False

    def _renew(self, user: UserRow, secret: str) -> None:
        self._door.ask(
            UserOffered(
                user=user.name,
                role=user.role,
                by=user.name.removeprefix(PIN_PREFIX),
                secret_hash=self.hasher.hash(secret),
            )
        )

    def _is_locked(self, user: UserRow) -> bool:
        wait_ms = lock_ms(user.failures)
        if not wait_ms or not user.failed_at:
            return False
        since = self._clock.wall() - parse_at(user.failed_at)
        since_ms = int(since.total_seconds() * 1000)
        if since_ms < 0:
            # The wall clock was set back: the wait then counts from this start, so that it ends.
            since_ms = self._clock.now_ms() - self._started_ms
        return since_ms < wait_ms

    def _is_strange(self, address: str) -> bool:
        failures, last_ms = self._strangers.get(address, (0, 0))
        return failures >= STRANGERS_MOST and self._clock.now_ms() - last_ms < LOCK_MS

    def _count(self, user: UserRow | None, address: str) -> None:
        if user is not None:
            self._door.ask(SignInFailed(user=user.name, failures=user.failures + 1))
            return
        failures, last_ms = self._strangers.pop(address, (0, 0))
        now_ms = self._clock.now_ms()
        failures = 1 if now_ms - last_ms >= LOCK_MS else failures + 1
        self._strangers[address] = (failures, now_ms)
        if len(self._strangers) > STRANGER_ADDRESSES:
            self._strangers.pop(next(iter(self._strangers)))
        # Recorded as known names are, or the time would tell them apart; but never what was typed: it may be a password.
        self._door.ask(SignInFailed(user=STRANGER, failures=failures))


def service_sign_in(sign_in: SignIn, door: TillDoor) -> Callable[[str, str], Notice]:
    """What the kiosk's service page calls with a name and a PIN: a right one enters service under the clerk's name."""

    def enter(name: str, pin: str) -> Notice:
        clerk = sign_in.pin(name, pin)
        if not clerk:
            return Notice("sign_in_wrong", is_refusal=True)
        return door.ask(ClerkEntered(clerk=clerk)).notice

    return enter


# --- sessions of the desk -------------------------------------------------------------------------------------------


def _mark(row: UserRow) -> str:
    """Changes with the secret and the role: a session made before the change ends with it."""
    return hashlib.sha256(f"{row.role}\n{row.secret_hash}".encode()).hexdigest()


class Stage(StrEnum):
    """How far a sign-in has come: the desk opens for OPEN only."""

    CODE = "code"
    ENROL = "enrol"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's time at the desk; ``sid`` is 192 random bits and stands in the signed cookie.

    ``since_at`` and ``seen_at`` are for people to read (UTC text); ends are reckoned in monotonic time. ``device`` is what the
    browser says of itself, in two words.
    """

    sid: str
    name: str
    role: Role
    mark: str
    started_ms: int
    seen_ms: int
    stage: Stage
    device: str
    since_at: str
    seen_at: str

    @property
    def ref(self) -> str:
        """What a page calls the session: it opens nothing."""
        return hashlib.sha256(self.sid.encode()).hexdigest()[:16]


class DeskUser(UserMixin):  # type: ignore[misc]  # the library ships no types
    """The signed-in person, as Flask-Login wants them."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_id(self) -> str:
        """The session's id, not the person's: signing out ends it, wherever a copy of the cookie is."""
        return self.session.sid

    @property
    def name(self) -> str:
        """The person's name."""
        return self.session.name

    @property
    def role(self) -> Role:
        """What they may do."""
        return self.session.role


class Sessions:
    """The open sessions of this process: a restart ends them all. Idle and absolute ends are monotonic time."""

    def __init__(self, reader: Engine, clock: Clock | None = None) -> None:
        """Nobody is signed in."""
        self._reader = reader
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def start(self, row: UserRow, stage: Stage = Stage.OPEN, device: str = "") -> DeskUser:
        """A new session with a new id."""
        now_ms, at = self._clock.now_ms(), at_text(self._clock.wall())
        session = Session(
            sid=secrets.token_urlsafe(24),
            name=row.name,
            role=Role(row.role),
            mark=_mark(row),
            started_ms=now_ms,
            seen_ms=now_ms,
            stage=stage,
            device=device,
            since_at=at,
            seen_at=at,
        )
        with self._lock:
            self._open[session.sid] = session
            if len(self._open) > SESSIONS_MOST:
                idlest = min(self._open.values(), key=lambda each: each.seen_ms)
                del self._open[idlest.sid]
        return DeskUser(session)

    def find(self, sid: str) -> DeskUser | None:
        """The session of a cookie, if it has not ended; finding it keeps it from idling out."""
        with self._lock:
            session = self._open.get(sid)
        if session is None:
            return None
        now_ms = self._clock.now_ms()
        with reading(self._reader) as connection:
            row = read_user(connection, session.name)
        most_ms = ABSOLUTE_MS if session.stage is Stage.OPEN else HALF_MS
        is_over = now_ms - session.seen_ms >= IDLE_MS or now_ms - session.started_ms >= most_ms
        if is_over or row is None or _mark(row) != session.mark:
            self.end(sid)
            return None
        session = replace(session, seen_ms=now_ms, seen_at=at_text(self._clock.wall()))
        with self._lock:
            if sid not in self._open:
                return None
            self._open[sid] = session
        return DeskUser(session)

    def end(self, sid: str) -> None:
        """End one session."""
        with self._lock:
            self._open.pop(sid, None)

    def of(self, name: str = "") -> tuple[Session, ...]:
        """Open sessions that have not ended, of one person or, without a name, of all; the last seen first."""
        now_ms = self._clock.now_ms()
        with self._lock:
            found = [
                each
                for each in self._open.values()
                if each.stage is Stage.OPEN
                and name in {"", each.name}
                and now_ms - each.seen_ms < IDLE_MS
                and now_ms - each.started_ms < ABSOLUTE_MS
            ]
        return tuple(sorted(found, key=lambda each: -each.seen_ms))

    def end_by_ref(self, ref: str, *, of: str = "") -> bool:
        """End the session that a page calls ``ref``, if it is one of ``of`` (empty: anybody's); whether there was one."""
        found = [each for each in self.of(of) if each.ref == ref]
        for each in found:
            self.end(each.sid)
        return bool(found)

    def end_others(self, name: str, but: str) -> int:
        """End all sessions of a person but the one with the id ``but``; how many."""
        with self._lock:
            ended = [each.sid for each in self._open.values() if each.name == name and each.sid != but]
        for sid in ended:
            self.end(sid)
        return len(ended)
