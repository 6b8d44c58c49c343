"""Personal details that can be erased, and secrets that never reach a log.

A day of sign-ins, codes and claims with real processes; then every log and the whole journal are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk.claims.code import code_of
from kiosk.i18n import LANGUAGES
from kiosk.runtime.keys import load_keys
from tests.bad_input.table import expect_three
from tests.desk_browser import DeskBrowser
from tests.market import Market
from web.admin.texts import DESK_BOOK

CONTACT = "Mina Rahimi, +49 170 5550142"
TYPED = "correct horse battery staple 7"
"""Somebody types a password of another place: it is as secret as ours."""

WRONG_PIN = "918273"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Day:
    """A market after the scenes, and everything in it that nobody may read in a log."""

    market: Market
    claim: str = ""
    secrets: dict[str, str] = field(default_factory=dict)


def demo_secrets(folder: Path) -> dict[str, str]:
    desk, kiosk = (folder / "demo-users.txt").read_text(encoding="utf-8").splitlines()
    return {"the password": desk.rsplit(" ", 1)[1], "the PIN": kiosk.rsplit(" ", 1)[1]}


def owe(market: Market) -> int:
    """The one hopper that could pay a dime jams: it is owed under a code. The debt's place in the journal."""
    after = market.seq()
    market.wait_for_slot(10)
    market.drop(10)
    market.wait_for_fact("CoinCredited", after=after)
    market.fault("hopper-10", "jam", is_on=True)
    market.tap("money_back")
    market.wait_until_settled(after)
    market.fault("hopper-10", "jam", is_on=False)
    return market.facts("DebtRecorded", after=after)[0][0]


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    """The scenes."""
    with Market() as market:
        # Before the hoppers have spoken there is no change, and the slot that a clerk opened shuts again behind the clerk.
        market.wait_for("three hoppers", lambda: len(market.facts("HopperBaselined")) >= 3)
        made = Day(market, secrets=demo_secrets(market.folder))
        pin = made.secrets["the PIN"]
        for name, typed in (("owner", WRONG_PIN), (TYPED, pin), ("clerk", pin)):
            market.screen_post("service/sign_in", {"name": name, "pin": typed})
        market.wait_for("the service screen", lambda: market.frame()["view"] == "service")
        market.screen_post("service/leave", {})
        market.wait_for("the shop again", lambda: market.frame()["view"] == "idle")
        debt = owe(market)
        keys = load_keys(market.folder / "keys")
        code = code_of(keys.codes, "DEMO-1", 1, debt)
        market.tap("code", code=code)
        market.wait_for(
            "a wrong code is refused",
            lambda: market.tap("code", code="WRNGCDE2")["key"] == "code_pays_nothing",
        )
        market.screen_post("tap/code", {"tap": "not-a-version-1", "screen": -1, "code": code})
        desk = DeskBrowser(market.addresses["desk"], market.folder)
        hidden = dict(HIDDEN.findall(desk.page("/c")))
        token = hidden["token"]
        desk.post(
            "/c",
            "/c",
            **{
                **hidden,
                "about": "swallowed",
                "when": "phone",
                "amount": "2",
                "contact": CONTACT,
            },
        )
        desk.sign_in("owner")
        made.claim = str(market.facts("ClaimOpened")[-1][2]["claim"])
        made.secrets |= {
            "a mistyped PIN": WRONG_PIN,
            "a password typed for a name": TYPED,
            "a code of money owed": code,
            "a wrong code": "WRNGCDE2",
            "a claim's token": token,
            "a person": CONTACT,
            "a number": "5550142",
            "the codes' key": keys.codes.hex(),
            "the cookies' key": keys.sessions.hex(),
            "a hash of a secret": "$argon2",
        }
        yield made


def test_the_scenes_took_place(day: Day) -> None:
    kinds = {kind for _, kind, _ in day.market.facts()}
    assert {"SignInRefused", "ServiceStarted", "DebtRecorded", "DebtCodeRefused", "ClaimOpened"} <= kinds


def test_no_log_and_no_journal_entry_holds_a_secret(day: Day) -> None:
    folder = day.market.folder
    files = [*(folder / "logs").iterdir(), folder / "kiosk.log", folder / "simulators.log"]
    assert {"kiosk.log", "simulators.log"} <= {path.name for path in files}
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    texts["the journal"] = repr(day.market.facts())
    known = ("the journal", "a claim's token")  # the sender's id: by it the same form sent twice is one claim
    hits = [
        (name, what)
        for name, text in texts.items()
        for what, secret in day.secrets.items()
        if secret in text and (name, what) != known
    ]
    assert hits == []


def test_a_persons_details_are_shown_erased_and_gone_everywhere(day: Day) -> None:
    market = day.market
    desk = DeskBrowser(market.addresses["desk"], market.folder)
    desk.sign_in("owner")
    path = f"/desk/claims/{day.claim}"
    assert CONTACT in desk.page(path)
    after = market.seq()
    page = desk.post(f"{path}/erase", path)
    erased = market.wait_for_fact("ContactErased", after=after)
    assert CONTACT not in str(erased)
    assert str(DESK_BOOK.say("en", "claims.erased")) in page, "the page says so"
    expect_three(*(DESK_BOOK.say(language, "claims.erased") for language in LANGUAGES), key="claims.erased")
    assert CONTACT not in desk.page(path)
    assert market.stop_kiosk() == 0
    store = (market.folder / "store" / "kiosk.db").read_bytes()
    assert CONTACT.encode() not in store, "not even in a page that the store has given up"
    assert market.verify().problems == (), "the chain holds"
