"""Bad input: requests that nobody's page would send, at the screen and at the desk; and secrets that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from kiosk.core import facts as f
from kiosk.i18n import BOOK, LANGUAGES
from tests.bad_input.table import expect_three, screen_app
from tests.web.admin.office import CHEAP, OWNER, PASSWORDS, PIN, Office
from web.admin.texts import DESK_BOOK
from web.auth import SignIn

JSON = {"Accept": "application/json"}
TAP = {"tap": "a-good-id-1", "screen": 1}


class Till(Office):
    """A kiosk with its screen and its desk, in one process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.screen_app = screen_app(
            self, self.config, sign_in=SignIn(self.reader, self, clock=self.clock, hasher=CHEAP)
        )


@pytest.fixture
def till(folder: Path) -> Iterator[Till]:
    """Idle, with an owner and a clerk."""
    made = Till(folder)
    yield made
    made.close()


SCREEN = [
    pytest.param("GET", "/nowhere", {}, 404, "error.not_found", id="an unknown route"),
    pytest.param("POST", "/tap/teleport", {"json": TAP}, 404, "error.not_found", id="an unknown tap"),
    pytest.param("POST", "/service/explode", {"json": {}}, 404, "error.not_found", id="an unknown act"),
    pytest.param("GET", "/goods/../../etc/passwd.svg", {}, 404, "error.not_found", id="a path upwards"),
    pytest.param("GET", "/sheet/secrets", {}, 404, "error.not_found", id="an unknown sheet"),
    pytest.param("GET", "/receipt/V1-999", {}, 404, "error.not_found", id="the receipt of nobody"),
    pytest.param("GET", "/tap/close", {}, 405, "error.not_found", id="a wrong method"),
    pytest.param("DELETE", "/", {"json": {}}, 405, "error.not_found", id="a method to delete"),
    pytest.param("POST", "/tap/close", {"data": b"x" * 70_000}, 413, "error.too_large", id="70 KB for a tap"),
    pytest.param("POST", "/tap/close", {"data": b"{"}, 400, "error.bad_request", id="half of a body"),
    pytest.param(
        "POST",
        "/tap/close",
        {"data": b"[" * 20_000},
        400,
        "error.bad_request",
        id="a body nested 20,000 deep",
    ),
    pytest.param(
        "POST", "/tap/close", {"data": b"\xff\xfe"}, 400, "error.bad_request", id="a body that is no text"
    ),
    pytest.param(
        "POST", "/tap/close", {"json": {**TAP, "free": True}}, 400, "error.bad_request", id="an unknown field"
    ),
    pytest.param(
        "POST",
        "/tap/product",
        {"json": {**TAP, "sku": "NUTS", "qty": 10**30}},
        400,
        "error.bad_request",
        id="more pieces than atoms",
    ),
    pytest.param(
        "POST",
        "/tap/close",
        {"json": TAP, "headers": {"Origin": "https://evil.example"}},
        403,
        "error.foreign",
        id="a foreign origin",
    ),
    pytest.param(
        "POST",
        "/tap/close",
        {"json": TAP, "headers": {"Sec-Fetch-Site": "cross-site"}},
        403,
        "error.foreign",
        id="a page of another site",
    ),
    pytest.param(
        "POST",
        "/tap/close",
        {"data": {"tap": "a-good-id-1"}},
        415,
        "error.bad_request",
        id="a form for a tap",
    ),
    pytest.param(
        "POST",
        "/claim",
        {"json": {"token": "a-good-id-1", "about": "aliens"}},
        400,
        "error.bad_request",
        id="a claim about aliens",
    ),
    pytest.param(
        "POST",
        "/claim",
        {"json": {"token": "a-good-id-1", "about": "no_goods", "said": "much"}},
        400,
        "error.bad_amount",
        id="a sum in words",
    ),
]
"""Method, path, what is sent, the status, and the key of what is said."""


@pytest.mark.parametrize(("method", "path", "options", "status", "key"), SCREEN)
def test_the_screen_refuses_in_three_languages_and_nothing_happens(
    till: Till, method: str, path: str, options: Mapping[str, Any], status: int, key: str
) -> None:
    till.coin(100)
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        client = till.screen_app.test_client()
        client.post(
            "/tap/language",
            json={"tap": f"speak-{language}", "screen": till.state.screen, "language": language},
        )
        seq = till.state.seq
        sent = (
            {"content_type": "application/json", **options}
            if isinstance(options.get("data"), bytes)
            else options
        )
        answer = client.open(
            path, method=method, **{**sent, "headers": {**JSON, **options.get("headers", {})}}
        )
        assert answer.status_code == status
        assert answer.json is not None
        assert (answer.json["key"], answer.json["refused"]) == (key, True)
        expect_nothing_inside(answer)
        assert (till.state.seq, till.screen().held_minor) == (seq, 100)
        texts[language] = answer.json["said"]
    expect_three(texts["en"], texts["fa"], texts["ar"], key=key)


def test_a_name_that_points_elsewhere_is_not_served(till: Till) -> None:
    for app in (till.screen_app, till.app):
        answer = app.test_client().get("/", headers={"Host": "rebound.example"})
        assert answer.status_code == 400
        expect_nothing_inside(answer)


def expect_nothing_inside(answer: Any) -> None:
    """No trace, no path of ours; an id to ask by, and nothing kept by a browser."""
    for word in ("Traceback", "site-packages", "web/", "sqlite", "msgspec", "werkzeug"):
        assert word not in answer.text
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "no-store"


DESK_ROWS = [
    pytest.param("GET", "/desk/nowhere", {}, 404, "error.not_found", id="an unknown route"),
    pytest.param("GET", "/desk/claims/K1-C999", {}, 404, "error.not_found", id="the claim of nobody"),
    pytest.param(
        "GET", "/desk/journal/1/999999", {}, 404, "error.not_found", id="an entry that is not there"
    ),
    pytest.param("GET", "/desk/sign-out", {}, 405, "error.not_found", id="a wrong method"),
    pytest.param(
        "POST",
        "/desk/sign-in",
        {"data": {"name": "x" * 70_000}},
        413,
        "error.too_large",
        id="70 KB for a name",
    ),
    pytest.param("POST", "/desk/stock", {"data": {"slot": "A1"}}, 400, "desk.csrf", id="no token"),
    pytest.param(
        "POST",
        "/desk/stock",
        {"data": {"slot": "A1", "csrf_token": "forged.token.x"}},
        400,
        "desk.csrf",
        id="a forged token",
    ),
    pytest.param(
        "POST",
        "/desk/stock",
        {"headers": {"Origin": "https://evil.example"}},
        403,
        "error.foreign",
        id="a foreign origin",
    ),
    pytest.param(
        "POST",
        "/desk/stock",
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        403,
        "error.foreign",
        id="a page of another site",
    ),
]


@pytest.mark.parametrize(("method", "path", "options", "status", "key"), DESK_ROWS)
def test_the_desk_refuses_in_three_languages_and_nothing_happens(
    till: Till, method: str, path: str, options: Mapping[str, Any], status: int, key: str
) -> None:
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        visitor = till.client(OWNER, language)
        seq = till.state.seq
        answer = visitor.client.open(
            path,
            method=method,
            **{**options, "headers": {"Accept": "text/html", **options.get("headers", {})}},
        )
        assert answer.status_code == status
        texts[language] = words_of(language, key)
        assert texts[language] in answer.text
        expect_nothing_inside(answer)
        assert till.state.seq == seq
    expect_three(texts["en"], texts["fa"], texts["ar"], key=key)


def words_of(language: str, key: str) -> str:
    """The text of a key as a page of the desk shows it."""
    book = DESK_BOOK if key in DESK_BOOK else BOOK
    return str(escape(book.say(language, key)))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        pytest.param(OWNER, "a wrong one but long", id="a wrong password"),
        pytest.param("nobody", PASSWORDS[OWNER], id="a name nobody has"),
        pytest.param(OWNER, PIN, id="the PIN for a password"),
        pytest.param("' OR 1=1 --", "' OR 1=1 --", id="a statement for a database"),
        pytest.param(OWNER + "\u202e", "four quiet herons\x00", id="marks and zero bytes"),
    ],
)
def test_a_wrong_secret_at_the_desk(till: Till, name: str, password: str) -> None:
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        visitor = till.client(language=language)
        answer = visitor.sign_in(name, password)
        assert answer.status_code == 401
        texts[language] = words_of(language, "sign.wrong")
        assert texts[language] in visitor.sign_in(name, password).text
        assert visitor.get("/desk/").status_code == 302, "the door stayed shut"
    expect_three(texts["en"], texts["fa"], texts["ar"], key="sign.wrong")
    kept = [each.fact for each in till.facts(f.SignInRefused)]
    assert kept, "every wrong try is recorded"
    assert all(password not in repr(fact) for fact in kept)


@pytest.mark.parametrize(
    ("name", "pin"),
    [
        pytest.param(OWNER, "000000", id="a wrong PIN"),
        pytest.param("nobody", PIN, id="a name nobody has"),
        pytest.param(OWNER, PASSWORDS[OWNER], id="the password for a PIN"),
    ],
)
def test_a_wrong_pin_at_the_screen(till: Till, name: str, pin: str) -> None:
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        client = till.screen_app.test_client()
        client.post(
            "/tap/language",
            json={"tap": f"speak-{language}", "screen": till.state.screen, "language": language},
        )
        answer = client.post("/service/sign_in", json={"name": name, "pin": pin})
        assert answer.json is not None
        assert (answer.json["key"], answer.json["refused"]) == ("sign_in_wrong", True)
        texts[language] = answer.json["said"]
        inside = client.post("/service/halt", json={})
        assert inside.json is not None
        assert inside.json["key"] == "not_in_service"
    expect_three(texts["en"], texts["fa"], texts["ar"], key="sign_in_wrong")
