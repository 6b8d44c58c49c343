"""The table of bad input: what may come in wrong, at every door of the kiosk, and what must become of it.

Every row says four things: the input; what the person is told (a text that exists in English, Persian and Arabic); what is
recorded; and that nothing is lost: money in = goods + change + owed + still held, and the journal verifies.

| input | where the rows are |
|---|---|
| barcodes: unknown, malformed, 4 KB, control characters, somebody's program | `test_barcodes.py` |
| taps: double, stale, unknown, out of place | `test_taps.py` |
| coins: during a vend, at idle, while halted, in service, without a value | `test_coins.py` |
| lines: noise, half frames, silence, a cable pulled, a port under another name; each of the five | `test_lines.py` |
| printer: silent, open, empty; before and during a receipt | `test_printer.py` |
| disk: full before, in and after a sale; full at a start | `test_disk.py` |
| clock: back a year, forward ten, in the middle of a sale | `test_clock.py` |
| requests: wrong password or PIN, forged token, foreign page, unknown route, wrong method, too much | `test_requests.py` |
| configuration: each mistake with key, line and what is allowed | `test_configuration.py` |
| the data folder: a second instance, a readable key, another's store, a changed journal, bad goods | `test_folder.py` |
| personal details of a claim, erased; secrets in logs, never | `test_secrets.py` |

This module is what the rows share: a kiosk whose money the test counts in its own hands, and what it means to be told in three
languages.
"""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import flask

from kiosk.config import Config
from kiosk.core import facts as f
from kiosk.core.draft import Notice
from kiosk.core.fold import check
from kiosk.i18n import BOOK, LANGUAGES, say_notice
from kiosk.runtime.scan import CodeMoney, read_code
from kiosk.store.database import reading
from kiosk.store.verify import verify_journal
from tests.kiosk.ledger_world import World
from tests.web.admin.office import make_config
from web import create_kiosk_app
from web.auth import SignIn, service_sign_in
from web.kiosk_ui.backroom import Backroom, ClaimOffer

TODAY = dt.date(2026, 11, 21)


class Booth(World):
    """A kiosk, with the shopper's money counted where it is: in the shopper's hands."""

    def __init__(self, folder: Path) -> None:
        self.put_in_minor = 0
        self.got_back_minor = 0
        super().__init__(folder)

    def coin(self, value_minor: int) -> None:
        super().coin(value_minor)
        self.put_in_minor += value_minor

    def pay(self, *, most: int | None = None) -> int:
        paid_minor = super().pay(most=most)
        self.got_back_minor += paid_minor
        return paid_minor

    def expect_nothing_lost(self, *, goods_minor: int) -> None:
        """Money in = goods + change + owed + held, by the shopper's count and by the journal's; every digest and table agrees."""
        check(self.state)
        totals = self.state.totals
        kept_minor = totals.owed + totals.held + totals.suspense
        assert self.put_in_minor == goods_minor + self.got_back_minor + kept_minor
        assert (totals.taken, totals.sold, totals.paid_out) == (
            self.put_in_minor,
            goods_minor,
            self.got_back_minor,
        )
        with reading(self.reader) as connection:
            assert verify_journal(connection).problems == ()

    def finish_sale(self) -> None:
        """A cola from the coil, with whatever stands in the cart already put back; shows that the kiosk still sells."""
        while self.screen().held_minor < self.screen().total_minor:
            self.coin(100)
        self.wait(7_000)
        self.vend("delivered")
        self.pay()


def is_foreign_script(text: str) -> bool:
    """Whether Arabic letters (which Persian uses too) are in it."""
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def expect_told(notice: Notice | None, key: str) -> None:
    """The answer is this one, it refuses, and it says so in three languages with a text of its own."""
    assert notice is not None
    assert (notice.key, notice.is_refusal) == (key, True)
    expect_words(notice)


def expect_words(notice: Notice) -> None:
    """An answer of the till has a text in each language: not the key, not the stop-gap, not English for everybody."""
    assert f"notice.{notice.key}" in BOOK
    texts = {
        language: say_notice(
            language,
            notice.key,
            notice.params,
            currency="EUR",
            exponent=2,
            is_refusal=notice.is_refusal,
        )
        for language in LANGUAGES
    }
    expect_three(texts["en"], texts["fa"], texts["ar"], key=notice.key)


def expect_three(en: str, fa: str, ar: str, *, key: str) -> None:
    """Three texts of one meaning: present, in their own script, and not the key."""
    assert len({en, fa, ar}) == 3, "each language has its own words"
    for text in (en, fa, ar):
        assert text.strip()
        assert text != key
        assert "{" not in text
    assert not is_foreign_script(en)
    assert is_foreign_script(fa)
    assert is_foreign_script(ar)


def known_facts(booth: World, kind: type[f.Fact]) -> list[f.Fact]:
    """The stored facts of a kind."""
    return [each.fact for each in booth.facts(kind)]


def screen_app(booth: World, config: Config | None = None, *, sign_in: SignIn | None = None) -> flask.Flask:
    """The shopper's page over this kiosk, keyboard scanner included."""
    shown = replace(config or make_config(), has_keyboard_wedge=True)
    enter = (
        service_sign_in(sign_in, booth) if sign_in else lambda _name, _pin: Notice("refused", is_refusal=True)
    )
    backroom = Backroom(
        read_scan=lambda code: read_code(code, "", booth.catalogue(), TODAY, CodeMoney("EUR", 2)),
        offer_claim=lambda _about: ClaimOffer(),
        open_claim=lambda _about, _token, _said: Notice("refused", is_refusal=True),
        sign_in=enter,
        receipt=lambda _visit, _language: None,
        hoppers=lambda: booth.state.hoppers,
        tell_cut=lambda _language: None,
    )
    return create_kiosk_app(booth, shown, backroom, stop=threading.Event())
