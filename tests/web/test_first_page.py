"""A first start: no configuration, so the screen finds the devices, asks for the rest, and the kiosk starts."""

from __future__ import annotations

import html
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from hardware.events import DeviceKind
from hardware.wires.asking import Finding, Worth
from kiosk.config import load_config
from kiosk.i18n import LANGUAGES
from kiosk.i18n.phrases import Words
from web.first_page import FirstStart, create_first_app
from web.first_run import Line
from web.first_texts import FIRST

ROOT = Path(__file__).parents[2]
NOTES = Finding(
    DeviceKind.NOTE_VALIDATOR, 0, (("serial", "4711"),), coins=((1, "5 EUR"), (2, "10 EUR")),
    worths=(Worth(1, 500, money="EUR", has_tube=True), Worth(2, 1_000, money="EUR", has_tube=None)),
)  # fmt: skip
LINES = (
    Line("/dev/ttyUSB0", "ssp", 9600, (NOTES,)),
    Line("/dev/ttyUSB1"),
    Line("/dev/ttyUSB2", problem="busy"),
)
GOOD = {
    "vendor": "Nilufar", "phone": "030 5550", "machine": "17", "currency": "eur", "timezone": "Asia/Tehran",
    "tax": "7.5", "0.0.1": "5", "0.0.2": "", "scanner.1": "yes",
}  # fmt: skip


def looked(tell: Callable[[Line], None]) -> tuple[Line, ...]:
    for line in LINES:
        tell(line)
    return LINES


@pytest.fixture
def start(tmp_path: Path) -> FirstStart:
    return FirstStart(tmp_path, looked)


@pytest.fixture
def client(start: FirstStart) -> FlaskClient:
    return create_first_app(start, lambda: datetime(2026, 11, 22, tzinfo=UTC)).test_client()


def page_of(client: FlaskClient, language: str = "en") -> str:
    return html.unescape(client.get(f"/?lang={language}").text)


def test_every_text_is_there_in_its_own_script() -> None:
    for key, row in FIRST.rows.items():
        assert isinstance(row, Words), key
        assert row.en.isascii(), key
        assert not any(
            "a" <= letter.lower() <= "z" for letter in row.fa.replace("{what}", "").replace("{n}", "")
        )
        assert not any(
            "a" <= letter.lower() <= "z" for letter in row.ar.replace("{what}", "").replace("{n}", "")
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_leads_from_looking_to_a_configuration(
    start: FirstStart, client: FlaskClient, language: str
) -> None:
    assert FIRST.say(language, "first.look") in page_of(client, language)
    client.post("/look", data={"lang": language})
    start.wait(5)
    page = page_of(client, language)
    for key in ("first.nobody", "first.not_asked", "first.scanner", "first.values", "kind.note_validator"):
        assert FIRST.say(language, key) in page, key
    assert 'name="0.0.1" value="5.00"' in page, "what the device says is proposed"
    # As a browser sends our own form: without a referrer it says no origin, but that it is the same site.
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
    saved = client.post("/write", data={**GOOD, "lang": language}, headers=own)
    assert FIRST.say(language, "first.done") in saved.text
    assert start.written.is_set()
    config = load_config(start.folder / "kiosk.toml")
    assert (config.vendor.name, config.money.currency, config.timezone) == ("Nilufar", "EUR", "Asia/Tehran")
    found = {device.name: device for port in config.rig.ports for device in port.devices}
    assert found["notes"].notes == {1: 500}, "an empty value is refused"
    assert found["scanner"].kind is DeviceKind.SCANNER
    assert config.tax_rates_bp == {"standard": 750}


@pytest.mark.parametrize(
    ("ticked", "into"),
    [((), {}), (("kept.0.0.1",), {1: "recycler-500"}), (("kept.0.0.1", "kept.0.0.2"), {1: "recycler-500"})],
)
def test_a_note_is_given_back_as_change_when_its_box_is_ticked_and_it_has_a_value(
    start: FirstStart, client: FlaskClient, ticked: tuple[str, ...], into: dict[int, str]
) -> None:
    start.look()
    start.wait(5)
    page = page_of(client)
    assert 'name="kept.0.0.1" value="yes" checked' in page, "what the device keeps is proposed"
    assert 'name="kept.0.0.2" value="yes">' in page, "what it does not say is a person's choice"
    refused = client.post("/write", data={**GOOD, "tax": "much", **dict.fromkeys(ticked, "yes")})
    assert refused.text.count(" checked>") == len(ticked) + 1, (
        "and stays theirs after a mistake (one is the scanner)"
    )
    client.post("/write", data={**GOOD, **dict.fromkeys(ticked, "yes")})
    config = load_config(start.folder / "kiosk.toml")
    assert next(each.into for port in config.rig.ports for each in port.devices if each.notes) == into


@pytest.mark.parametrize(
    ("field", "typed", "key", "what"),
    [
        ("vendor", "  ", "first.missing", ""),
        ("currency", "Toman", "first.bad_currency", "Toman"),
        ("tax", "much", "first.bad_tax", "much"),
        ("tax", "101", "first.bad_tax", "101"),
        ("0.0.1", "five", "first.bad_amount", "five"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_used_is_said_and_nothing_that_was_typed_is_lost(
    start: FirstStart, client: FlaskClient, field: str, typed: str, key: str, what: str, language: str
) -> None:
    start.look()
    start.wait(5)
    answer = client.post("/write", data={**GOOD, field: typed, "lang": language})
    assert answer.status_code == 400
    assert FIRST.say(language, key, what=what) in html.unescape(answer.text)
    assert 'value="030 5550"' in answer.text
    assert not start.written.is_set()
    assert list(start.folder.iterdir()) == []


def test_a_setting_that_the_configuration_refuses_is_named(start: FirstStart, client: FlaskClient) -> None:
    start.look()
    start.wait(5)
    answer = client.post("/write", data={**GOOD, "timezone": "Mars/Base"})
    assert answer.status_code == 400
    assert "timezone" in answer.text
    assert list(start.folder.iterdir()) == []


def test_another_page_and_an_early_finger_write_nothing(start: FirstStart, client: FlaskClient) -> None:
    assert client.post("/write", data=GOOD).status_code == 303, "nobody looked yet"
    start.look()
    start.wait(5)
    for foreign in (
        {"Origin": "http://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    ):
        assert client.post("/write", data=GOOD, headers=foreign).status_code == 403
    assert list(start.folder.iterdir()) == []


def test_a_kiosk_without_a_configuration_shows_the_page_and_then_starts(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "web.main", "run", "--data", str(tmp_path), "--screen-port", "0", "--desk-port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    killer = threading.Timer(100, process.kill)
    killer.start()
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "set the kiosk up at http://127.0.0.1:" in said
        address = said.rsplit(" ", 1)[1].strip()
        assert FIRST.say("en", "first.look") in urllib.request.urlopen(address).read().decode()
        # Somebody writes the configuration in a terminal meanwhile: that counts too.
        from tests.web.test_setup_command import NOW
        from web.first_run import Answers, draft, write_draft

        write_draft(tmp_path, draft((), Answers("V", "1", "1", "EUR"), NOW), NOW)
        screen = tmp_path / "kiosk.address.json"
        tick = threading.Event()
        while "desk" not in screen.read_text(encoding="utf-8"):
            assert process.poll() is None, "it ended instead of starting"
            tick.wait(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        killer.cancel()
        process.kill()
        process.communicate()
