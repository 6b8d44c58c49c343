"""Who may open what, and what no foreign page can do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.web.admin.office import CLERK, OWNER, PASSWORDS, PIN, Office, Visitor
from web.admin.access import ACCESS, ANYBODY
from web.auth import IDLE_MS, Role

VALUES: dict[str, Any] = {
    "sku": "COLA",
    "slot": "A1",
    "visit": "V1-1",
    "claim": "C1-1",
    "plan": "P1-1",
    "preview": "nothing",
    "epoch": 1,
    "seq": 1,
    "name": "nobody",
    "collection": "B1-1",
    "number": 1,
    "ref": "0123456789abcdef",
}
METHODS = {"GET", "POST"}


def desk_rules(office: Office) -> list[Rule]:
    return [rule for rule in office.app.url_map.iter_rules() if rule.endpoint.startswith("desk.")]


def path_of(office: Office, rule: Rule) -> str:
    with office.app.test_request_context(base_url="http://localhost"):
        return office.app.url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments})


def pairs(office: Office) -> list[tuple[str, str, str]]:
    """Every (endpoint, method, path) of the desk."""
    return [
        (rule.endpoint, method, path_of(office, rule))
        for rule in desk_rules(office)
        for method in sorted((rule.methods or set()) & METHODS)
    ]


def send(visitor: Visitor, method: str, path: str) -> int:
    answer = visitor.get(path) if method == "GET" else visitor.post(path)
    return answer.status_code


def test_every_page_of_the_desk_has_a_row_and_every_row_a_page(office: Office) -> None:
    assert {rule.endpoint for rule in desk_rules(office)} == set(ACCESS)


def test_strangers_are_sent_to_the_sign_in_and_see_nothing_else(office: Office) -> None:
    visitor = office.client()
    for endpoint, method, path in pairs(office):
        if ACCESS[endpoint] is ANYBODY:
            continue
        answer = visitor.get(path) if method == "GET" else visitor.post(path)
        assert answer.status_code == 302, (method, path)
        assert answer.location.startswith("/desk/sign-in"), (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_opens_exactly_what_its_row_says(office: Office, role: Role) -> None:
    """H12: the matrix is made from the routes, every pair is asserted."""
    visitor = office.client_as(role)
    for endpoint, method, path in pairs(office):
        if endpoint == "desk.sign_out":
            continue
        status = send(visitor, method, path)
        allowed = ACCESS[endpoint] is ANYBODY or role in ACCESS[endpoint]
        assert (status != 403) == allowed, (role, method, path, status)
        assert status < 500, (method, path, status)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_shown_a_link_to_a_closed_door(office: Office, role: Role) -> None:
    visitor = office.client_as(role)
    for path in ("/desk/", "/desk/stock", "/desk/claims", "/desk/goods", "/desk/journal"):
        page = visitor.get(path)
        if page.status_code == 403:
            continue
        for href in set(re.findall(r'href="(/desk/[^"#]*)', page.text)):
            if "format=" not in href:
                assert visitor.get(href.replace("&amp;", "&")).status_code != 403, (role, path, href)


def test_support_reads_entries_and_sees_no_sums_of_cash(office: Office) -> None:
    """What the page of people says of the role; also for a filter that only begins like such an account."""
    support, clerk = office.client_as(Role.SUPPORT), office.client(CLERK)
    office.sale()
    office.done()
    for account in ("cash.box", "cash.*", "c*", "*", "transit.*", "bank", "float"):
        path = f"/desk/journal?account={account}"
        assert support.get(path).status_code == 403, account
        assert clerk.get(path).status_code == 200, account
    assert support.get("/desk/journal?account=owed").status_code == 200
    assert support.get("/desk/journal?account=suspense.*").status_code == 200
    assert "Where the money is now" in clerk.get("/desk/").text
    assert "Where the money is now" not in support.get("/desk/").text
    entry = next(each for each in office.recorded() if type(each.fact).__name__ == "CoinCredited")
    page = support.get(f"/desk/journal/1/{entry.seq}").text
    assert "Cash box" in page or "Hopper" in page
    assert "account=cash." not in page
    assert 'value="cash.box"' not in support.get("/desk/journal").text


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.SUPPORT])
def test_whoever_only_works_at_a_desk_gets_no_pin_and_no_old_one_opens_the_machine(
    office: Office, role: Role
) -> None:
    owner = office.client(OWNER)
    refused = owner.post("/desk/users", name="mina", role=role.value, password="", pin="582093")
    assert refused.status_code == 400
    assert "Only owners and clerks work at the machine" in refused.text
    assert office.desk.sign_in.pin(CLERK, PIN) == CLERK
    owner.post("/desk/users", name=CLERK, role=role.value, password="", pin="")
    assert office.desk.sign_in.pin(CLERK, PIN) == ""


def test_nothing_is_changed_by_a_form_without_its_token(office: Office) -> None:
    """H9: every POST of the desk, as the owner, without a token, with a made-up one, and with somebody else's."""
    stranger_token = office.client().token()
    visitor = office.client(OWNER)
    before = office.state.seq
    for _, method, path in pairs(office):
        if method == "POST":
            for token in ("", "made-up", stranger_token):
                assert visitor.post(path, csrf=token).status_code == 400, (path, token)
    assert office.state.seq == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_page_of_another_site_is_refused_even_with_the_right_token(
    office: Office, headers: dict[str, str]
) -> None:
    visitor = office.client(OWNER)
    data = {"price": "1.70", "csrf_token": visitor.token("/desk/goods/COLA")}
    answer = visitor.client.post("/desk/goods/COLA/price", data=data, headers=headers)
    assert answer.status_code == 403
    office.tell()
    assert office.catalogue().products["COLA"].price_minor == 150


def test_a_browser_that_hides_the_referrer_is_heard(office: Office) -> None:
    visitor = office.client(OWNER)
    data = {"price": "1.70", "csrf_token": visitor.token("/desk/goods/COLA")}
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert visitor.client.post("/desk/goods/COLA/price", data=data, headers=headers).status_code == 302


def test_a_field_that_is_none_of_the_forms_is_refused(office: Office) -> None:
    """H13: nothing is assigned that a form does not have."""
    visitor = office.client(OWNER)
    before = office.state.seq
    assert visitor.post("/desk/goods/COLA/price", price="1.70", cost="0.01").status_code == 400
    assert visitor.post("/desk/users", name="mina", role="clerk", pin="582093", by="x").status_code == 400
    assert office.state.seq == before


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    visitor = office.client()
    answer = visitor.sign_in(OWNER, PASSWORDS[OWNER])
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("desk=")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


def test_over_tls_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    office = Office(tmp_path, certificate="desk.pem", private_key="desk.key")
    answer = office.app.test_client().get("/desk/sign-in", base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-desk=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    office.close()


def test_the_session_changes_at_sign_in_and_ends_at_sign_out_wherever_its_cookie_is(office: Office) -> None:
    visitor = office.client()
    visitor.token()
    before = visitor.client.get_cookie("desk")
    visitor.sign_in(OWNER, PASSWORDS[OWNER])
    after = visitor.client.get_cookie("desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = office.client()
    thief.client.set_cookie("desk", after.value, domain="localhost")
    assert thief.get("/desk/").status_code == 200
    visitor.post("/desk/sign-out")
    assert thief.get("/desk/").status_code == 302


def test_an_idle_session_ends(office: Office) -> None:
    visitor = office.client(OWNER)
    office.clock.move(IDLE_MS)
    assert visitor.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/desk/",
        "/desk/..//evil.example",
        "/desk/\\evil.example",
        "/other",
        "javascript:x",
    ],
)
def test_signing_in_leads_to_the_desk_only(office: Office, path: str) -> None:
    answer = office.client().sign_in(OWNER, PASSWORDS[OWNER], next=path)
    assert answer.location == "/desk/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(office: Office) -> None:
    visitor = office.client()
    asked = visitor.get("/desk/journal?account=owed")
    assert "next=" in asked.location
    answer = visitor.sign_in(OWNER, PASSWORDS[OWNER], next="/desk/journal?account=owed")
    assert answer.location == "/desk/journal?account=owed"


def test_wrong_unknown_and_locked_get_one_and_the_same_page(office: Office) -> None:
    def answer(name: str, password: str) -> str:
        page = office.client().sign_in(name, password)
        assert page.status_code == 401
        text = re.sub(r'(name="csrf_token" type="hidden" value=")[^"]+', r"\1", page.text)
        return text.replace(name, "NAME")

    wrong, unknown = answer(OWNER, "wrong words here"), answer("nobody", "wrong words here")
    for _ in range(5):
        answer(OWNER, "wrong words here")
    locked = answer(OWNER, PASSWORDS[OWNER])
    assert wrong == unknown == locked
    assert PASSWORDS[OWNER] not in locked


def test_every_answer_of_the_desk_carries_the_strict_headers(office: Office) -> None:
    visitor = office.client(OWNER)
    for _, method, path in pairs(office):
        if method == "GET":
            headers = visitor.get(path).headers
            assert "default-src 'none'" in headers["Content-Security-Policy"], path
            assert "unsafe-inline" not in headers["Content-Security-Policy"], path
            assert headers["Cache-Control"] == "no-store", path
            assert headers["X-Content-Type-Options"] == "nosniff", path


def test_the_last_owner_cannot_lose_the_keys(office: Office) -> None:
    visitor = office.client(OWNER)
    visitor.post(f"/desk/users/{OWNER}/remove")
    assert visitor.post("/desk/users", name=OWNER, role="clerk", password="").status_code == 400
    assert visitor.get("/desk/users").status_code == 200


def test_a_new_role_reaches_both_doors_and_ends_the_session(office: Office) -> None:
    owner, clerk = office.client(OWNER), office.client(CLERK)
    owner.post("/desk/users", name=CLERK, role="owner", password="", pin="")
    assert clerk.get("/desk/").status_code == 302
    again = office.client(CLERK)
    assert again.get("/desk/users").status_code == 200
    roles = {row[0] for row in office.rows("SELECT role FROM desk_user")}
    assert roles == {"owner"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "a b", "pin": "582093"}, "A name has 1 to 32"),
        ({"name": "mina", "password": "short"}, "at least 12 characters"),
        ({"name": "mina", "pin": "123456"}, "no runs, repeats or dates"),
        ({"name": "mina"}, "Please give a password or a PIN"),
    ],
)
def test_a_weak_secret_is_said_beside_its_field_and_nothing_is_stored(
    office: Office, fields: dict[str, str], said: str
) -> None:
    visitor = office.client(OWNER)
    before = office.state.seq
    answer = visitor.post("/desk/users", csrf=None, follow=False, **{"role": "clerk", **fields})
    assert answer.status_code == 400
    assert said in answer.text
    assert office.state.seq == before


def test_a_secret_never_comes_back_in_a_page(office: Office) -> None:
    answer = office.client(OWNER).post(
        "/desk/users", name="a b", role="clerk", password="seven grey geese fly", pin="582093"
    )
    assert "seven grey geese fly" not in answer.text
    assert "582093" not in answer.text
