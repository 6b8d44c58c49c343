"""A kiosk that starts itself again: bounded waits, one process, honest words, and money that is there once."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import re
import resource
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from playwright.sync_api import Page, expect

from kiosk.config import ConfigError, load_config
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES, format_phone, say
from kiosk.runtime.halt import FILES_KEPT, FOLDER, keep_evidence
from kiosk.runtime.loop import _Letter
from kiosk.runtime.service import AlreadyRunningError, Service, open_service
from kiosk.store.database import StoreError, StoreRefusedError
from tests.market import Market
from web.demo import write_config
from web.restart import LONGEST_SECONDS, PORTS, TRIES, Restarts, closed_app, wait_seconds
from web.serve import WebServer


def test_waits_grow_from_half_a_second_to_half_a_minute_and_stay_there() -> None:
    waits = [wait_seconds(tries) for tries in range(100)]
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits == sorted(waits)
    assert max(waits) == LONGEST_SECONDS == waits[-1]


@pytest.mark.parametrize(
    ("error", "tries", "may"),
    [
        (StoreError("a write failed"), "0", True),
        (StoreRefusedError("the store cannot be opened (database or disk is full): ..."), "", True),
        (OSError(errno.ENOSPC, "no space"), "", True),
        (StoreRefusedError("this store belongs to kiosk B"), "", False),
        (StoreRefusedError("this store belongs to kiosk B"), "3", True),
        (ConfigError("kiosk.toml", "money", 3, "..."), "3", False),
        (AlreadyRunningError("in use"), "", False),
        (AlreadyRunningError("a clerk's command holds the folder for a moment"), "3", True),
        (PermissionError(errno.EACCES, "denied"), "", False),
    ],
)
def test_what_another_start_may_mend(error: Exception, tries: str, *, may: bool) -> None:
    assert Restarts(threading.Event(), {TRIES: tries}).may_try(error) is may


def test_a_port_that_pages_know_stays() -> None:
    again = Restarts(threading.Event(), {PORTS: "screen=4711,desk=4712,,odd=x"})
    assert again.port("screen", 0) == 4711
    assert again.port("screen", 8080) == 8080
    assert again.port("odd", 0) == 0
    assert again.port("desk", None) is None


def test_whoever_ends_the_kiosk_ends_its_waiting_too() -> None:
    stop = threading.Event()
    stop.set()
    began = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        Restarts(stop, {TRIES: "9"}).start_again("a test")
    assert ended.value.code == 0
    assert time.monotonic() - began < 1


def test_the_page_meanwhile_says_whom_to_call_in_every_language(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path))
    client = closed_app(config).test_client()
    for path in ("/", "/stream", "/tap/slot"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "3"
        for language in LANGUAGES:
            assert say(language, "halted.title") in answer.text
        assert config.vendor.name in answer.text
        assert format_phone(config.vendor.phone, "fa") in answer.text


def test_the_page_meanwhile_brings_its_own_style_and_script_under_a_policy_that_allows_just_these(
    tmp_path: Path,
) -> None:
    answer = closed_app(load_config(write_config(tmp_path))).test_client().get("/")
    policy = answer.headers["Content-Security-Policy"]
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        inline = re.search(f"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        assert inline is not None
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert 'rel="stylesheet"' not in answer.text


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (360, 640)])
def test_the_page_meanwhile_is_read_from_an_arms_length_and_gives_way_to_the_kiosk(
    page: Page, tmp_path: Path, size: tuple[int, int]
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    config = load_config(write_config(tmp_path))
    closed = WebServer(closed_app(config), "127.0.0.1", 0, name="closed")
    closed.start()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(closed.url())
    expect(page.get_by_role("heading")).to_have_count(len(LANGUAGES))
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    if min(size) >= 1080:
        assert page.evaluate("document.documentElement.scrollHeight") <= size[1]
        letters = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.phone')).fontSize)")
        assert letters >= min(size) * 0.05
    closed.close()

    page.wait_for_event("requestfailed")  # nobody answers: the page stays as it is
    expect(page.get_by_role("heading")).to_have_count(len(LANGUAGES))
    kiosk = flask.Flask("kiosk")
    kiosk.add_url_rule("/", "screen", lambda: "<h1>selling again</h1>")
    server = WebServer(kiosk, "127.0.0.1", closed.port, name="screen")
    server.start()
    expect(page.get_by_text("selling again")).to_be_visible(timeout=10_000)
    server.close()
    # The browser itself notes the 503 and that nobody answered for a while.
    assert [words for words in complaints if not words.startswith("Failed to load resource")] == []


def test_the_page_meanwhile_is_where_the_command_line_put_the_screen(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Restarts(threading.Event(), {}, asked_port=port)._closed_page(config)
    assert server is not None
    assert server.port == port
    server.close()


def test_a_free_port_of_the_page_meanwhile_becomes_the_screens(tmp_path: Path) -> None:
    again = Restarts(threading.Event(), {}, asked_port=0)
    server = again._closed_page(load_config(write_config(tmp_path)))
    assert server is not None
    assert again.port("screen", 0) == server.port
    server.close()


# --- the real process -----------------------------------------------------------------------------------------------


@pytest.fixture
def market() -> Iterator[Market]:
    with Market() as made:
        made.wait_for_slot(200)
        yield made


def page_of(market: Market) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(market.addresses["screen"], timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_disk_that_takes_nothing_is_waited_for_and_the_coin_is_there_once(market: Market) -> None:
    process, head = market._processes["kiosk"], market.seq()
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (8_192, hard))
    market.drop(200)
    market.wait_for("a second try", lambda: "starting again in 1 s" in market.log_of("kiosk"))
    market.wait_for("the page meanwhile", lambda: page_of(market)[0] == 503)
    assert say("fa", "halted.title") in page_of(market)[1]
    assert market.truth("coin")["cash_box"], "the coin had fallen already"
    # Told to close, or closed by itself because nobody asks it any more: within two seconds on a quiet machine.
    market.wait_for("a closed slot", lambda: not market.truth("coin")["is_open"])

    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    market.wait_for_fact("CoinFound", after=head)
    market.wait_for_slot(200)
    assert process.poll() is None, "one process all the while"
    market.stop_kiosk()  # with which code an ordered stop ends is another test's matter
    assert "Traceback" not in market.log_of("kiosk")
    found = market.verify()
    assert found.problems == ()
    assert found.state.totals.taken == 200


# --- a broken promise -----------------------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    config = load_config(write_config(tmp_path))
    made = open_service(
        config,
        tmp_path,
        layout=lambda _till, _reader, _effect: pytest.fail("nothing is printed here"),
        on_rig_failure=lambda port, error: pytest.fail(f"{port}: {error}"),
        has_devices=False,
    )
    made.till.screen()
    yield made
    made.stop()


def halt(service: Service, promise: str) -> None:
    service.till._inbox.put(_Letter((ev.PromiseBroken(promise),)))
    service.till.ask(ev.SignInFailed(user="nobody", failures=1))  # heard after the promise


def test_a_halt_keeps_what_is_known_and_no_secret(service: Service) -> None:
    claim = ev.ClaimMade(
        token="sender-token-1", about=f.About.SWALLOWED, visit="", said_minor=100, channel="phone",
        subject="", verdict=f.Verdict.UNSEEN, amount_minor=100, debt="", evidence=(),
    )  # fmt: skip
    service.till.ask(claim)
    halt(service, "the books close")
    path = keep_evidence(service)
    assert path is not None
    assert path.parent == service.folder / FOLDER
    assert path.stat().st_mode & 0o077 == 0
    text = path.read_text("utf-8")
    kept = json.loads(text)
    assert (kept["promise"], kept["state"]["phase"]) == ("the books close", "halted")
    assert kept["seq"] == service.till.state().seq
    assert "TillHalted" in {entry["kind"] for entry in kept["entries"]}
    assert "sender-token-1" not in text
    assert "printer" not in kept["wires"]


def test_old_evidence_makes_room(service: Service) -> None:
    for number in range(FILES_KEPT + 3):
        halt(service, f"promise {number}")
        assert keep_evidence(service) is not None
    assert len(list((service.folder / FOLDER).iterdir())) == FILES_KEPT


def test_a_disk_that_takes_no_evidence_stops_nothing(service: Service) -> None:
    (service.folder / FOLDER).write_text("in the way", encoding="utf-8")
    halt(service, "the books close")
    assert keep_evidence(service) is None
    assert service.till.state().halted_for == "the books close"


def test_kiosk_and_simulators_end_with_whoever_started_them(market: Market) -> None:
    """A demo that is killed must not leave a kiosk that nobody sees and that still asks at its ports."""
    assert market.abandon() == (0, 0)
