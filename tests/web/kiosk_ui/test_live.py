"""The devices as they are now, for staff at the kiosk: in three languages, with what to do, and alive."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES, say
from kiosk.i18n.texts import BOOK
from kiosk.runtime.hearing import EVENTS_KEPT, Hearing, advice_of, condition_of
from tests.web.scenes import SCENES, touch
from tests.web.stall import ALL_MEANS, Stall
from web import create_kiosk_app


@pytest.fixture
def stall() -> Stall:
    return Stall(ALL_MEANS)


@pytest.fixture
def client(stall: Stall) -> FlaskClient:
    return create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()


def kinds_of_events(base: type[hw.DeviceEvent] = hw.DeviceEvent) -> Iterator[str]:
    for each in base.__subclasses__():
        if each.__module__ == hw.__name__:
            yield each.__name__
        yield from kinds_of_events(each)


def test_every_event_of_a_device_has_its_words() -> None:
    assert [name for name in kinds_of_events() if f"seen.{name}" not in BOOK] == []


def test_the_page_is_nobodys_but_the_clerks(stall: Stall, client: FlaskClient) -> None:
    assert client.get("/sheet/devices").status_code == 404
    SCENES["devices"].play(stall)
    assert client.get("/sheet/devices").status_code == 200
    assert 'data-sheet="devices"' in client.get("/").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_device_says_its_state_and_what_to_do(stall: Stall, client: FlaskClient, language: str) -> None:
    touch(stall, ev.LanguageTapped, language=language)
    SCENES["devices"].play(stall)
    page = html.unescape(client.get("/sheet/devices").text)
    for key in ("live.fine", "fault.no_reply.clerk", "fault.paper_out.clerk", "live.offline", "live.trouble"):
        assert say(language, key) in page, key
    kind = say(language, "kind.note_validator")
    assert say(language, "live.no_table", kind=kind, currency="EUR") in page
    assert page.index("hopper-20") < page.index(">printer<") < page.index(">coin<"), (
        "what needs a hand comes first"
    )
    assert page.count("live-device ") == sum(len(port.devices) for port in stall.config.rig.ports)


def card_of(client: FlaskClient, device: str) -> str:
    page = client.get("/sheet/devices").text
    return next(card for card in page.split("<article") if f'dir="ltr">{device}</bdi>' in card)


def test_figures_and_last_words_live_with_the_line(stall: Stall, client: FlaskClient) -> None:
    SCENES["devices"].play(stall)
    before = card_of(client, "coin")
    assert say("en", "live.ago", age="3") in before
    assert ">1 / 1<" in before
    assert ">42<" in before
    assert before.index("Coin of") < before.index("Noise on the line"), "the newest word comes first"
    trace = stall.traces[next(port.name for port in stall.config.rig.ports if port.devices[0].name == "coin")]
    trace.add(stall.now_ms, b"poll", is_outgoing=True)
    trace.add(stall.now_ms, b"answer", is_outgoing=False)
    after = card_of(client, "coin")
    assert say("en", "live.ago", age="0") in after
    assert ">2 / 2<" in after


def test_an_acceptor_that_is_well_but_shut_says_why(stall: Stall, client: FlaskClient) -> None:
    for hopper in stall.shop.rules.hoppers:
        stall.put(hw.DeviceLost(hopper, hw.DeviceKind.HOPPER))
    stall.put(ev.ClerkEntered(clerk="sara"))
    card = card_of(client, "notes")
    assert say("en", "live.shut_change", kind=say("en", "kind.note_validator"), currency="EUR") in card
    stall.put(ev.HaltAsked(clerk="sara"))
    stall.put(ev.ClerkEntered(clerk="sara"))
    card = card_of(client, "notes")
    assert say("en", "live.shut_halted", kind=say("en", "kind.note_validator"), currency="EUR") in card


def test_a_device_that_never_spoke_is_told_apart_from_one_that_was_lost() -> None:
    stall = Stall()
    assert condition_of(stall.state, "no-such-device") == ("never", "")
    assert advice_of("never", "", "") == "live.connect"
    stall.put(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
    assert condition_of(stall.state, "coin") == ("offline", "no_reply")


def test_only_the_last_words_are_kept_and_the_serial_number_outlives_them() -> None:
    hearing, stall = Hearing(lambda: 5_000), Stall()
    hearing.note((hw.HopperIdentified("hopper-20", 77, paid_total=0, is_low=False, lost_power=False),))
    hearing.note(tuple(hw.HopperLevel("hopper-20", is_low=bool(at % 2)) for at in range(3 * EVENTS_KEPT)))
    devices = hearing.look(stall.config.rig, stall.state, stall.shop.rules, {})
    hopper = next(device for device in devices if device.name == "hopper-20")
    assert (hopper.serial, len(hopper.said), hopper.heard_ago_ms) == (77, EVENTS_KEPT, None)
    assert {type(said.event) for said in hopper.said} == {hw.HopperLevel}
