"""Secrets, failed tries and sessions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core import facts as f
from kiosk.core.screen import View
from kiosk.store.database import reading
from kiosk.store.reading import read_user
from tests.kiosk.ledger_world import World
from tests.web.admin.office import CHEAP, CLERK, OWNER, PASSWORDS, PIN
from web.auth import (
    ABSOLUTE_MS,
    IDLE_MS,
    LOCK_LONGEST_MS,
    LOCK_MS,
    SESSIONS_MOST,
    STRANGERS_MOST,
    Sessions,
    SignIn,
    WeakSecretError,
    add_user,
    check_password,
    check_pin_form,
    clean_name,
    lock_ms,
    remove_user,
    service_sign_in,
)

MINUTE_MS = 60_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    for name, role in ((OWNER, "owner"), (CLERK, "clerk")):
        add_user(world, name, role, PASSWORDS[name], PIN, hasher=CHEAP)
    yield world
    world.close()


def make_sign_in(world: World) -> SignIn:
    return SignIn(world.reader, world, clock=world.clock, hasher=CHEAP)


def can_enter(
    sign_in: SignIn, password: str = PASSWORDS[OWNER], name: str = OWNER, address: str = "a"
) -> bool:
    return sign_in.password(name, password, address=address) is not None


def fail(sign_in: SignIn, times: int, name: str = OWNER) -> None:
    for _ in range(times):
        assert not can_enter(sign_in, "not the right words", name)


# --- forms of secrets


@pytest.mark.parametrize("name", ["", " ", "a b", "pin:sami", "x" * 33, "<b>", "sa\u202emi", "../x"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(WeakSecretError, match="name_form"):
        clean_name(name)


def test_a_name_is_the_same_in_capitals_and_in_every_script() -> None:
    assert clean_name(" Sami ") == "sami"
    assert clean_name("پروین") == "پروین"


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("short words", "password_short"),
        ("x" * 129, "password_long"),
        ("aaaaaaaaaaaaaaaa", "password_plain"),
        ("Password123456", "password_plain"),
        ("qwertyuiop12", "password_plain"),
        ("123456789012", "password_plain"),
        ("parvin parvin parvin", "password_plain"),
    ],
)
def test_passwords_that_are_tried_early_are_refused(password: str, key: str) -> None:
    with pytest.raises(WeakSecretError, match=key):
        check_password("parvin", password)


@pytest.mark.parametrize("password", ["four quiet herons at dawn", "چهار لک‌لک آرام", "Tr0mbone&kettle"])
def test_ordinary_long_passwords_are_taken(password: str) -> None:
    assert check_password("parvin", password)


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12a456", "-12345"])
def test_a_pin_has_six_to_twelve_digits(pin: str) -> None:
    with pytest.raises(WeakSecretError, match="pin_form"):
        check_pin_form(pin)


@pytest.mark.parametrize(
    "pin",
    ["111111", "123456", "987654", "789012", "121212", "123123", "110590", "900511", "051190", "19900511"],
)
def test_repeats_runs_and_dates_make_no_pin(pin: str) -> None:
    with pytest.raises(WeakSecretError, match="pin_plain"):
        check_pin_form(pin)


def test_a_pin_may_be_typed_in_any_digits() -> None:
    assert check_pin_form("۵۸۲۰۹۳") == check_pin_form("٥٨٢٠٩٣") == "582093"


def test_a_user_without_any_secret_is_refused_and_nothing_is_stored(world: World) -> None:
    before = world.state.seq
    with pytest.raises(WeakSecretError, match="secret_needed"):
        add_user(world, "mina", "clerk", "", "", hasher=CHEAP)
    with pytest.raises(WeakSecretError, match="pin_plain"):
        add_user(world, "mina", "clerk", "four quiet herons", "123456", hasher=CHEAP)
    assert world.state.seq == before


# --- signing in


def test_the_right_password_signs_in_and_the_wrong_one_does_not(world: World) -> None:
    sign_in = make_sign_in(world)
    assert can_enter(sign_in)
    assert can_enter(sign_in, name="  PARVIN ")
    assert not can_enter(sign_in, PASSWORDS[CLERK])
    assert not can_enter(sign_in, "")


def test_a_password_is_no_pin_and_a_pin_no_password(world: World) -> None:
    sign_in = make_sign_in(world)
    assert not can_enter(sign_in, PIN)
    assert not can_enter(sign_in, PIN, name=f"pin:{OWNER}")
    assert not sign_in.pin(OWNER, PASSWORDS[OWNER])
    assert sign_in.pin(OWNER, PIN)


def test_secrets_stand_hashed_and_only_beside_the_journal(world: World) -> None:
    with reading(world.reader) as connection:
        row = read_user(connection, OWNER)
    assert row is not None
    assert row.secret_hash.startswith("$argon2id$")
    bodies = b"".join(entry.body for entry in world.entries())
    assert b"argon2" not in bodies
    assert PASSWORDS[OWNER].encode() not in bodies


def test_the_sixth_try_waits_however_right_it_is(world: World) -> None:
    sign_in = make_sign_in(world)
    fail(sign_in, 5)
    assert not can_enter(sign_in)
    world.clock.move(LOCK_MS - 1_000)
    assert not can_enter(sign_in)
    world.clock.move(1_000)
    assert can_enter(sign_in)


def test_four_wrong_tries_are_forgiven_by_a_right_one(world: World) -> None:
    sign_in = make_sign_in(world)
    fail(sign_in, 4)
    assert can_enter(sign_in)
    fail(sign_in, 4)
    assert can_enter(sign_in)


def test_the_wait_doubles_to_a_day() -> None:
    assert [lock_ms(n) for n in (0, 4)] == [0, 0]
    assert [lock_ms(n) // MINUTE_MS for n in (5, 6, 7, 8)] == [15, 30, 60, 120]
    assert lock_ms(12) == lock_ms(10_000) == LOCK_LONGEST_MS


def test_a_power_cut_does_not_forget_the_failures(world: World) -> None:
    """K7: brute force with restarts in between."""
    sign_in = make_sign_in(world)
    fail(sign_in, 5)
    world.cut_power()
    world.clock.move(MINUTE_MS)
    again = make_sign_in(world)
    assert not can_enter(again)
    world.clock.move(LOCK_MS)
    fail(again, 1)
    assert not can_enter(again)
    world.clock.move(LOCK_MS)
    assert not can_enter(again), "the second wait is twice as long"
    world.clock.move(LOCK_MS)
    assert can_enter(again)


def test_a_wall_clock_set_back_years_does_not_lock_for_years(world: World) -> None:
    sign_in = make_sign_in(world)
    fail(sign_in, 5)
    world.clock._wall = world.clock._wall.replace(year=2000)
    assert not can_enter(sign_in)
    world.clock.move(LOCK_MS)
    assert can_enter(sign_in)


def test_tries_while_locked_add_nothing_to_the_journal(world: World) -> None:
    sign_in = make_sign_in(world)
    fail(sign_in, 5)
    before = world.state.seq
    fail(sign_in, 20)
    assert world.state.seq == before


def test_what_was_typed_as_an_unknown_name_is_not_recorded(world: World) -> None:
    sign_in = make_sign_in(world)
    fail(sign_in, 1, name="hunter2secret")
    assert [each.fact.user for each in world.facts(f.SignInRefused)] == ["?"]  # type: ignore[attr-defined]
    assert b"hunter2secret" not in b"".join(entry.body for entry in world.entries())


def test_known_and_unknown_names_leave_the_same_traces(world: World) -> None:
    """One entry each: the same answer after the same work."""
    sign_in = make_sign_in(world)
    before = world.state.seq
    fail(sign_in, 1)
    known = world.state.seq - before
    fail(sign_in, 1, name="nobody-here")
    assert world.state.seq - before - known == known == 1


def test_a_spray_of_unknown_names_is_recorded_only_so_often(world: World) -> None:
    sign_in = make_sign_in(world)
    for number in range(STRANGERS_MOST + 10):
        assert not can_enter(sign_in, name=f"guess{number}")
    assert len(world.facts(f.SignInRefused)) == STRANGERS_MOST
    assert can_enter(sign_in), "whoever is known is not locked out by strangers"


def test_a_locked_pin_leaves_the_password_alone(world: World) -> None:
    sign_in = make_sign_in(world)
    for _ in range(6):
        assert not sign_in.pin(OWNER, "000001")
    assert not sign_in.pin(OWNER, PIN)
    assert can_enter(sign_in)


def test_whoever_lost_access_cannot_sign_in_at_either_door(world: World) -> None:
    remove_user(world, CLERK, by=OWNER)
    sign_in = make_sign_in(world)
    assert not can_enter(sign_in, PASSWORDS[CLERK], CLERK)
    assert not sign_in.pin(CLERK, PIN)


# --- the clerk at the kiosk


def test_a_right_pin_opens_the_service_screen_under_the_clerks_name(world: World) -> None:
    notice = service_sign_in(make_sign_in(world), world)("Sami", "۵۸۲۰۹۳")
    assert not notice.is_refusal
    assert world.screen().view is View.SERVICE
    assert world.screen().clerk == CLERK


@pytest.mark.parametrize(
    ("name", "pin"), [(CLERK, "582094"), ("nobody", PIN), ("", ""), (CLERK, ""), (f"pin:{CLERK}", PIN)]
)
def test_a_wrong_pin_opens_nothing_and_says_no_more_than_that(world: World, name: str, pin: str) -> None:
    notice = service_sign_in(make_sign_in(world), world)(name, pin)
    assert notice.is_refusal
    assert notice.key == "sign_in_wrong"
    assert world.screen().view is not View.SERVICE


def test_five_wrong_pins_lock_the_service_screen_through_a_power_cut(world: World) -> None:
    enter = service_sign_in(make_sign_in(world), world)
    for _ in range(5):
        enter(CLERK, "582094")
    world.cut_power()
    assert service_sign_in(make_sign_in(world), world)(CLERK, PIN).is_refusal


# --- sessions


def start_session(world: World, sessions: Sessions, name: str = OWNER) -> str:
    row = make_sign_in(world).password(name, PASSWORDS[name], address="a")
    assert row is not None
    return str(sessions.start(row).get_id())


def test_a_session_idles_out_unless_it_is_used(world: World) -> None:
    sessions = Sessions(world.reader, world.clock)
    sid = start_session(world, sessions)
    world.clock.move(IDLE_MS - 1_000)
    assert sessions.find(sid) is not None
    world.clock.move(IDLE_MS - 1_000)
    assert sessions.find(sid) is not None
    world.clock.move(IDLE_MS)
    assert sessions.find(sid) is None


def test_a_session_ends_after_half_a_day_however_busy(world: World) -> None:
    sessions = Sessions(world.reader, world.clock)
    sid = start_session(world, sessions)
    for _ in range(ABSOLUTE_MS // (IDLE_MS // 2) - 1):
        world.clock.move(IDLE_MS // 2)
        assert sessions.find(sid) is not None
    world.clock.move(IDLE_MS // 2)
    assert sessions.find(sid) is None


def test_a_new_password_and_a_lost_role_end_open_sessions(world: World) -> None:
    sessions = Sessions(world.reader, world.clock)
    first, second = start_session(world, sessions), start_session(world, sessions, CLERK)
    add_user(world, OWNER, "owner", "five slow rivers in spring", "", hasher=CHEAP)
    remove_user(world, CLERK, by=OWNER)
    assert sessions.find(first) is None
    assert sessions.find(second) is None


def test_an_ended_session_stays_ended_and_a_made_up_one_never_was(world: World) -> None:
    sessions = Sessions(world.reader, world.clock)
    sid = start_session(world, sessions)
    sessions.end(sid)
    assert sessions.find(sid) is None
    assert sessions.find("x" * 32) is None


def test_sessions_are_bounded_and_the_idlest_makes_room(world: World) -> None:
    sessions = Sessions(world.reader, world.clock)
    row = make_sign_in(world).password(OWNER, PASSWORDS[OWNER], address="a")
    assert row is not None
    sids = []
    for _ in range(SESSIONS_MOST + 1):
        world.clock.move(1)
        sids.append(sessions.start(row).get_id())
    assert sessions.find(sids[0]) is None
    assert sessions.find(sids[-1]) is not None
    assert len(set(sids)) == len(sids)
