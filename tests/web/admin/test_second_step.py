"""The second step of a sign-in, and the sessions that are open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from nacl.secret import SecretBox
from sqlalchemy import select

from kiosk.config import SignInConfig
from kiosk.core import facts as f
from kiosk.store import models
from kiosk.store.deeds import read_second_step
from tests.web.admin.office import CLERK, KEYS, OWNER, PASSWORDS, Office, Visitor
from web.admin.entrance import device_words
from web.auth import FAILURES_FREE, HALF_MS, LOCK_MS, Role
from web.second_step import (
    STEP_SECONDS,
    BrokenSealError,
    bare_code,
    make_secret,
    match_step,
    open_secret,
    seal_secret,
    step_of,
)

SET_UP = "/desk/account/second-step"
CODE = "/desk/sign-in/code"
STEP_MS = STEP_SECONDS * 1000


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Office]:
    """An office that asks for a second step, as every real one does."""
    office = Office(tmp_path, sign_in=SignInConfig())
    yield office
    office.close()


def totp(office: Office, secret: str, *, steps: int = 0) -> str:
    return str(pyotp.TOTP(secret).generate_otp(step_of(office.clock.wall()) + steps))


def key_on(page: str) -> tuple[str, str]:
    """The typed key of a set-up page, and its sealed form."""
    key = re.search(r'<bdi dir="ltr" class="code wraps">([A-Z2-7 ]+)</bdi>', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert key is not None
    assert sealed is not None
    return key[1].replace(" ", ""), sealed[1]


def enrol(office: Office, visitor: Visitor, *, now: str = "") -> tuple[str, list[str]]:
    """Set the second step up as a person does; gives the secret and the recovery codes."""
    secret, sealed = key_on(visitor.get(SET_UP).text)
    done = visitor.post(SET_UP, sealed=sealed, code=totp(office, secret), now=now)
    assert done.status_code == 200
    return secret, re.findall(r'class="code large">([A-Z2-9-]+)<', done.text)


def half_in(office: Office, name: str = OWNER) -> Visitor:
    visitor = office.client()
    answer = visitor.sign_in(name, PASSWORDS[name])
    assert answer.location == CODE
    return visitor


def test_a_role_that_moves_money_gets_no_further_than_setting_up(strict: Office) -> None:
    visitor = strict.client()
    assert visitor.sign_in(OWNER, PASSWORDS[OWNER], next="/desk/cash").location == f"{SET_UP}?next=/desk/cash"
    for path in ("/desk/", "/desk/journal", "/desk/users", "/desk/account"):
        assert visitor.get(path).location == SET_UP, path
    page = visitor.get(SET_UP).text
    assert "Not now" not in page
    assert "<svg" in page
    enrol(strict, visitor)
    assert visitor.get("/desk/users").status_code == 200


def test_a_clerk_needs_none_and_a_demo_lets_the_owner_leave_it_and_says_so(
    strict: Office, tmp_path: Path
) -> None:
    assert strict.client(CLERK).get("/desk/").status_code == 200
    folder = tmp_path / "demo"
    folder.mkdir()
    demo = Office(folder)
    page = demo.client(OWNER).get("/desk/").text
    assert "This is a demo: here you may leave it" in page
    assert "This is a demo" not in demo.client(CLERK).get("/desk/").text
    assert "Not now" in demo.client(OWNER).get(SET_UP).text
    demo.close()


def test_signing_in_asks_for_the_code_and_takes_it_in_any_digits(office: Office) -> None:
    secret, _ = enrol(office, office.client(OWNER))
    office.clock.move(STEP_MS)
    visitor = half_in(office)
    assert visitor.get("/desk/").location == CODE
    persian = totp(office, secret).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    answer = visitor.post(CODE, code=f"{persian[:3]} {persian[3:]}", next="/desk/cash")
    assert answer.location == "/desk/cash"
    assert visitor.get("/desk/users").status_code == 200
    assert [each.fact for each in office.facts(f.SignedIn)] == [f.SignedIn(by=OWNER, means="code")]


def test_no_code_works_twice_not_even_the_one_of_the_setting_up(office: Office) -> None:
    secret, _ = enrol(office, office.client(OWNER))
    code = totp(office, secret)
    assert half_in(office).post(CODE, code=code).status_code == 401
    office.clock.move(STEP_MS)
    fresh = totp(office, secret)
    assert half_in(office).post(CODE, code=fresh).status_code == 302
    assert half_in(office).post(CODE, code=fresh).status_code == 401


def test_a_code_of_a_neighbouring_half_minute_is_taken_and_an_older_one_is_not(office: Office) -> None:
    secret, wall = make_secret(), office.clock.wall()
    maker, now = pyotp.TOTP(secret), step_of(wall)
    for drift, is_right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = str(maker.generate_otp(now + drift))
        assert (match_step(secret, code, wall, after=0) == now + drift) is is_right, drift
    assert match_step(secret, str(maker.generate_otp(now)), wall, after=now) == 0


def test_wrong_codes_are_counted_with_wrong_passwords_and_a_right_password_buys_no_more_tries(
    office: Office,
) -> None:
    secret, _ = enrol(office, office.client(OWNER))
    office.clock.move(STEP_MS)
    visitor = half_in(office)
    for _ in range(FAILURES_FREE):
        assert visitor.post(CODE, code="000000").status_code == 401
        visitor = half_in(office) if _ < FAILURES_FREE - 1 else visitor
    assert visitor.post(CODE, code=totp(office, secret)).status_code == 401, (
        "locked: even the right one waits"
    )
    assert office.client().sign_in(OWNER, PASSWORDS[OWNER]).status_code == 401
    office.clock.move(LOCK_MS)
    assert half_in(office).post(CODE, code=totp(office, secret)).status_code == 302
    assert office.rows(f"SELECT failures FROM desk_user WHERE name = '{OWNER}'")[0][0] == 0


def test_a_recovery_code_works_once_and_says_how_many_are_left(office: Office) -> None:
    _, codes = enrol(office, office.client(OWNER))
    assert len(set(codes)) == 8
    visitor = half_in(office)
    assert visitor.post(CODE, code=codes[0].lower()).status_code == 302
    assert "Recovery codes left: 7." in visitor.get("/desk/account").text
    assert half_in(office).post(CODE, code=codes[0]).status_code == 401
    assert [each.fact.means for each in office.facts(f.SignedIn)] == ["recovery"]  # type: ignore[attr-defined]


def test_neither_the_secret_nor_a_recovery_code_lies_in_the_store_in_the_clear(office: Office) -> None:
    secret, codes = enrol(office, office.client(OWNER))
    with office.desk.reading() as connection:
        step = read_second_step(connection, OWNER)
        bodies = b"".join(connection.execute(select(models.journal.c.body)).scalars())
    assert step is not None
    assert secret.encode() not in step.sealed
    assert not any(bare_code(code) in step.recovery or code in step.recovery for code in codes)
    assert secret.encode() not in bodies
    assert step.sealed not in bodies


def test_a_seal_opens_for_its_owner_and_its_kiosk_only() -> None:
    sealed = seal_secret(KEYS.second_steps, "anna", "JBSWY3DPEHPK3PXP")
    assert open_secret(KEYS.second_steps, "anna", sealed) == "JBSWY3DPEHPK3PXP"
    for key, name in ((KEYS.second_steps, "bert"), (b"z" * SecretBox.KEY_SIZE, "anna")):
        with pytest.raises(BrokenSealError):
            open_secret(key, name, sealed)


def test_an_invented_secret_and_a_wrong_first_code_set_nothing_up(office: Office) -> None:
    visitor = office.client(OWNER)
    _, sealed = key_on(visitor.get(SET_UP).text)
    assert visitor.post(SET_UP, sealed="bm90IG91cnM=", code="123456").status_code == 400
    wrong = visitor.post(SET_UP, sealed=sealed, code="000000")
    assert wrong.status_code == 400
    assert key_on(wrong.text)[0] == key_on(wrong.text)[0]
    assert not office.rows("SELECT 1 FROM second_step")


def test_a_second_step_is_set_up_anew_only_with_a_code_of_the_old_one(office: Office) -> None:
    visitor = office.client(OWNER)
    first, codes = enrol(office, visitor)
    secret, sealed = key_on(visitor.get(SET_UP).text)
    office.clock.move(STEP_MS)
    code = totp(office, secret)
    assert visitor.post(SET_UP, sealed=sealed, code=code).status_code == 400
    assert visitor.post(SET_UP, sealed=sealed, code=code, now="000000").status_code == 400
    assert visitor.post(SET_UP, sealed=sealed, code=code, now=codes[1]).status_code == 200
    office.clock.move(STEP_MS)
    assert half_in(office).post(CODE, code=totp(office, first)).status_code == 401


def test_a_sign_in_that_waits_too_long_for_its_code_begins_again(office: Office) -> None:
    secret, _ = enrol(office, office.client(OWNER))
    visitor = half_in(office)
    office.clock.move(HALF_MS)
    assert visitor.post(CODE, code=totp(office, secret)).location == "/desk/sign-in"


def test_an_owner_resets_the_second_step_of_somebody_who_lost_the_phone(office: Office) -> None:
    clerk = office.client(CLERK)
    enrol(office, clerk)
    owner = office.client(OWNER)
    assert "Reset the second step" in owner.get("/desk/users").text
    owner.post(f"/desk/users/{CLERK}/second-step/remove")
    assert clerk.get("/desk/").status_code == 302, "their sessions end"
    assert office.client(CLERK).get("/desk/").status_code == 200
    assert owner.post(f"/desk/users/{OWNER}/second-step/remove").status_code == 400
    last = office.facts(f.SecondStepSet)[-1].fact
    assert last == f.SecondStepSet(user=CLERK, by=OWNER, is_on=False)


def refs(visitor: Visitor) -> list[str]:
    return re.findall(r"/account/sessions/([0-9a-f]{16})/end", visitor.get("/desk/account").text)


def test_sessions_are_listed_with_their_device_and_ended_one_by_one(office: Office) -> None:
    laptop, phone = office.client(CLERK), office.client(CLERK)
    assert len(refs(laptop)) == 2
    own = next(each for each in refs(laptop) if each == _own(office, laptop))
    (other,) = set(refs(laptop)) - {own}
    laptop.post(f"/desk/account/sessions/{other}/end")
    assert phone.get("/desk/").status_code == 302
    assert laptop.get("/desk/").status_code == 200
    assert laptop.post(f"/desk/account/sessions/{own}/end").location == "/desk/sign-in"
    assert laptop.get("/desk/").status_code == 302


def _own(office: Office, visitor: Visitor) -> str:
    rows = re.split(r"<tr>", visitor.get("/desk/account").text)
    row = next(each for each in rows if "this one" in each)
    found = re.search(r"/account/sessions/([0-9a-f]{16})/end", row)
    assert found is not None
    return found[1]


def test_all_other_sessions_end_at_once(office: Office) -> None:
    here, there, elsewhere = (office.client(CLERK) for _ in range(3))
    here.post("/desk/account/sessions/end")
    assert here.get("/desk/").status_code == 200
    assert {there.get("/desk/").status_code, elsewhere.get("/desk/").status_code} == {302}


def test_an_owner_ends_anybodys_session_and_a_clerk_only_his_own(office: Office) -> None:
    owner, clerk = office.client(OWNER), office.client(CLERK)
    (owners,) = refs(owner)[:1]
    assert clerk.post(f"/desk/account/sessions/{_own(office, owner)}/end").status_code == 404
    assert owner.get("/desk/").status_code == 200
    assert owners
    owner.post(f"/desk/account/sessions/{_own(office, clerk)}/end")
    assert clerk.get("/desk/").status_code == 302


def test_a_new_role_ends_the_sessions_of_the_old_one(office: Office) -> None:
    clerk = office.client(CLERK)
    office.client(OWNER).post("/desk/users", name=CLERK, role=Role.SUPPORT.value, password="", pin="")
    assert clerk.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_device_is_said_in_two_words_and_never_in_its_own(agent: str, words: str) -> None:
    assert device_words(agent) == words
