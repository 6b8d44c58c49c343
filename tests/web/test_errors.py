from __future__ import annotations

import threading

import flask
import pytest
from flask.testing import FlaskClient

from kiosk.core import events as ev
from kiosk.i18n import BOOK, LANGUAGES
from kiosk.runtime.door import Answer, TillBusyError
from tests.web.scenes import touch
from tests.web.stall import CONFIG, Stall
from web import create_kiosk_app
from web.errors import REFUSALS

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


class BusyStall(Stall):
    """A till that does not answer shoppers in time."""

    def ask(self, event: ev.PersonEvent) -> Answer:
        raise TillBusyError(f"too busy for {type(event).__name__}")


def app_of(stall: Stall) -> flask.Flask:
    return create_kiosk_app(stall, CONFIG, stall.backroom(), stop=threading.Event())


@pytest.fixture
def client() -> FlaskClient:
    return app_of(Stall()).test_client()


def test_an_unknown_page_says_so_with_vendor_phone_and_machine(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers=HTML)
    assert answer.status_code == 404
    for word in ("There is nothing here.", "Nilufar Markets", "0199", "Machine"):
        assert word in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_speaks_the_screens_language(language: str) -> None:
    stall = Stall()
    touch(stall, ev.LanguageTapped, language=language)
    answer = app_of(stall).test_client().get("/nowhere", headers=HTML)
    assert f'lang="{language}"' in answer.text
    assert ("There is nothing here." in answer.text) == (language == "en")


@pytest.mark.parametrize("path", ["/tap/unknown", "/service/unknown"])
def test_an_unknown_act_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json={})
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["refused"]


def test_a_wrong_method_is_refused_and_names_the_right_one(client: FlaskClient) -> None:
    answer = client.get("/tap/close", headers=JSON)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_busy_till_is_an_answer_and_not_a_hang() -> None:
    answer = app_of(BusyStall()).test_client().post("/tap/done", json={"tap": "busy-tap-1", "screen": 1})
    assert answer.status_code == 503
    assert answer.json is not None
    assert "nothing is done twice" in answer.json["said"]


def test_what_we_broke_ourselves_shows_a_number_and_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    app = app_of(Stall())

    @app.get("/broken")
    def broken() -> str:
        secret = "a word that nobody may read"
        raise RuntimeError(secret)

    for headers in (HTML, JSON):
        answer = app.test_client().get("/broken", headers=headers)
        assert answer.status_code == 500
        assert answer.headers["X-Request-Id"] in answer.text
        assert "Traceback" not in answer.text
        assert "nobody may read" not in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Request-Id"] in capsys.readouterr().out


def test_each_named_error_has_a_status_and_a_text() -> None:
    for status, key in REFUSALS.values():
        assert 400 <= status < 600
        assert key in BOOK
