"""What a clerk reads at the kiosk after a power cut, and what a shopper sees when the till halts with their money in it."""

from __future__ import annotations

import threading

import pytest
from flask.testing import FlaskClient

from kiosk.claims.aftermath import AFTERMATH
from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES, format_phone
from tests.web.scenes import SCENES, touch
from tests.web.stall import Stall
from web import create_kiosk_app


@pytest.fixture
def stall() -> Stall:
    return Stall()


@pytest.fixture
def client(stall: Stall) -> FlaskClient:
    return create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_reads_what_is_known_and_what_is_not(
    stall: Stall, client: FlaskClient, language: str
) -> None:
    touch(stall, ev.LanguageTapped, language=language)
    assert client.get("/sheet/cut").status_code == 404, "it is nobody's but the clerk's"
    SCENES["cut"].play(stall)
    sheet = client.get("/sheet/cut").text
    for key in ("after.title", "after.known", "after.unknown"):
        assert AFTERMATH.say(language, key) in sheet
    stall.aftermath = None
    assert AFTERMATH.say(language, "after.clean") in client.get("/sheet/cut").text


def test_a_halt_with_money_in_it_shows_the_code_and_whom_to_call(stall: Stall, client: FlaskClient) -> None:
    SCENES["halted_owed"].play(stall)
    page = client.get("/").text
    (debt,) = stall.state.debts.values()
    assert stall.publisher.screen().view == "halted"
    assert format_phone(stall.config.vendor.phone, "en") in page
    thanks = stall.screen().thanks
    assert thanks is not None
    assert thanks.owing[0].debt == debt.debt
    assert 'class="owed"' in page
    card, _, below = page.partition('class="owed"')[2].partition('class="contact"')
    assert "It pays here once the machine works again" in card
    assert 'class="owed"' not in below
    assert format_phone(stall.config.vendor.phone, "en") in below
