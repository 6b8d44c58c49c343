"""A kiosk that starts itself again: bounded waits, one process, honest words, and money that is there once."""

from __future__ import annotations

import errno
import json
import resource
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    assert not market.truth("coin")["is_open"]

    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    market.wait_for_fact("CoinFound", after=head)
    market.wait_for_slot(200)
    assert process.poll() is None, "one process all the while"
    assert "Traceback" not in market.log_of("kiosk")
    assert market.stop_kiosk() == 0
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
