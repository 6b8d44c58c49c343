"""Draws a published screen as HTML regions, and tells which of them changed since the same page was last drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import flask

from hardware.events import DeviceKind
from hardware.rig import DeviceConfig
from inventory.catalogue import Catalogue
from kiosk.claims.code import place_of
from kiosk.config import Config
from kiosk.core.screen import Countdown, Owing, Screen, Thanks, View
from kiosk.i18n import DIGITS_OF, OWN_NAMES
from kiosk.receipts.account import Tenders
from kiosk.receipts.layout import NO_CODE, spaced_code
from kiosk.runtime.door import TillDoor
from kiosk.runtime.shop import boxes_of
from web.kiosk_ui.backroom import Backroom
from web.kiosk_ui.goods import loose_tiles, machine_tiles, pieces_in_cart
from web.kiosk_ui.voice import Voice

SELLING: Final = frozenset({View.IDLE, View.SHOPPING})
"""Views in which goods are offered."""

REGIONS: Final = (
    "head",
    "hero",
    "tabs",
    "machine",
    "loose",
    "cart",
    "stage",
    "alert",
    "hands",
    "bar",
    "foot",
    "cover",
)
"""Parts of the page that are drawn for themselves, each with a template of its name."""

ANSWERED: Final = frozenset({"claim_opened"})
"""Answers that only their asker is told, in words that say more: the stream, which may come later, must not write over them."""

QUIET_NOTICES: Final = frozenset({"done", "added"})
"""Answers that the page shows anyway; they are told to screen readers only."""


def is_shown_anyway(screen: Screen, key: str) -> bool:
    """Whether the page says the same as an answer: then it would only cover something else."""
    tells_refund = bool(screen.failed_slots) or screen.thanks is not None
    return key in QUIET_NOTICES or (key == "card_refunded" and tells_refund)


@dataclass(frozen=True, slots=True)
class Said:
    """The last answer in words; ``is_quiet`` when the eye sees it elsewhere."""

    text: str
    is_refusal: bool
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class MoneyPlace:
    """A hopper, tube or recycler on the service page: ``kind`` chooses the words; ``qty`` is what it holds by the book.

    ``can_empty``: it can send its pieces into a box of its own; ``is_moving`` while it does.
    """

    device: str
    kind: str
    value_minor: int
    qty: int
    can_empty: bool
    is_moving: bool


DOUBTS: Final = {
    "card_unknown": "owed.card_doubt",
    "note_unknown": "owed.note_doubt",
    "load_unknown": "owed.load_doubt",
}
"""Words for reasons of uncertain debts of their own; the others share some."""


DOUBTFUL: Final = frozenset({DeviceKind.NOTE_VALIDATOR, DeviceKind.CARD_READER})
"""Devices that can leave a shopper's money in doubt while the visit goes on."""


def bill_of(thanks: Thanks, tenders: Tenders | None) -> tuple[tuple[str, int], ...]:
    """The lines of the thank-you page: text key and amount, by means of payment when there were others than coins."""
    rows = [("thanks.bought", thanks.sold_minor)] if thanks.sold_minor else []
    if tenders is None or (tenders.in_minor == tenders.coins_minor and not tenders.loaded_minor):
        return (*rows, ("thanks.paid_in", thanks.taken_minor), ("thanks.change", thanks.paid_minor))
    means = (
        ("thanks.coins", tenders.coins_minor),
        ("thanks.notes", tenders.notes_minor),
        ("thanks.card", tenders.card_minor),
        ("thanks.granted", tenders.granted_minor),
        ("thanks.unsure_card", tenders.unsure_card_minor),
        ("thanks.unsure_note", tenders.unsure_note_minor),
        ("thanks.redeemed", tenders.redeemed_minor),
        ("thanks.paid", tenders.paid_minor),
        ("thanks.refunded", tenders.refunded_minor),
        ("thanks.loaded", tenders.loaded_minor),
    )
    return (*rows, *((key, amount_minor) for key, amount_minor in means if amount_minor))


def time_left(countdown: Countdown | None, now_ms: int) -> dict[str, int] | None:
    """A countdown as the page needs it: milliseconds left now, and in all."""
    if countdown is None:
        return None
    return {"left": max(0, countdown.ends_ms - now_ms), "length": countdown.length_ms}


class Painter:
    """Draws for one page; it remembers what that page has."""

    def __init__(self, door: TillDoor, config: Config, backroom: Backroom) -> None:
        self._door = door
        self._config = config
        self._backroom = backroom
        self._may_doubt = any(device.kind in DOUBTFUL for device in _devices(config))
        self._drawn: dict[str, str] = {}
        self._made_of: dict[str, tuple[object, ...]] = {}

    def regions(self, screen: Screen) -> dict[str, str]:
        """Every region of the screen."""
        catalogue = self._door.catalogue()
        voice = Voice(screen, self._config.timezone)
        context = self._context(screen, catalogue, voice)
        drawn: dict[str, str] = {}
        for name in REGIONS:
            made_of = _made_of(name, screen, catalogue)
            if made_of and self._made_of.get(name) == made_of:
                drawn[name] = self._drawn[name]
                continue
            drawn[name] = flask.render_template(f"kiosk_ui/{name}.html", **context).strip()
            self._made_of[name] = made_of
        return drawn

    def changes(self, screen: Screen) -> dict[str, object]:
        """What the page must know of a new screen: its version, view, countdowns, words, and the regions that differ."""
        drawn = self.regions(screen)
        fresh = {name: html for name, html in drawn.items() if self._drawn.get(name) != html}
        self._drawn = drawn
        return {**self.frame(screen), "regions": fresh}

    def frame(self, screen: Screen) -> dict[str, object]:
        """What stands around the regions."""
        now_ms = self._door.monotonic_ms()
        voice = Voice(screen, self._config.timezone)
        said = self.said(screen, voice)
        return {
            "stream": screen.stream,
            "version": screen.version,
            "view": screen.view,
            "lang": screen.language,
            "dir": voice.direction,
            "large": screen.large_text,
            "more": screen.more_time,
            "digits": DIGITS_OF[screen.language],
            "held": screen.held_minor,
            "lines": len(screen.lines),
            "paid": screen.paid_minor,
            "has_loose": bool(self._door.catalogue().loose),
            "has_machine": bool(screen.slots),
            "said": None
            if said is None
            else {"text": said.text, "refusal": said.is_refusal, "quiet": said.is_quiet},
            "countdowns": {
                "closing": time_left(screen.closing, now_ms),
                "choosing": time_left(screen.choosing, now_ms),
                "leaving": time_left(screen.leaving, now_ms),
                "tendering": time_left(screen.tendering, now_ms),
            },
        }

    def said(self, screen: Screen, voice: Voice) -> Said | None:
        """The screen's notice in words."""
        if screen.notice is None or screen.notice.key in ANSWERED:
            return None
        return Said(
            text=voice.notice(screen.notice, self._door.catalogue()),
            is_refusal=screen.notice.is_refusal,
            is_quiet=is_shown_anyway(screen, screen.notice.key),
        )

    def _context(self, screen: Screen, catalogue: Catalogue, voice: Voice) -> Mapping[str, object]:
        lines = pieces_in_cart(screen.lines, catalogue)
        last = catalogue.products.get(screen.lines[-1].sku) if screen.lines else None
        tenders = self._tenders(screen)
        vending = catalogue.product_of_slot(screen.vending_slot) if screen.vending_slot else None
        return {
            "screen": screen,
            "voice": voice,
            "vendor": self._config.vendor,
            "own_names": OWN_NAMES,
            "is_selling": screen.view in SELLING,
            "pieces": lines,
            "last": last,
            "last_line": screen.lines[-1] if screen.lines else None,
            "vending": vending,
            "machine": machine_tiles(screen, catalogue) if screen.view in SELLING else (),
            "loose": loose_tiles(screen, catalogue) if screen.view in SELLING else (),
            "codes": {
                owing.debt: spaced_code(NO_CODE) if screen.training else self._code(owing)
                for owing in screen.thanks.owing
            }
            if screen.thanks
            else {},
            "slots": catalogue.slots,
            "products": catalogue.products,
            "tenders": tenders,
            "bill": bill_of(screen.thanks, tenders) if screen.thanks else (),
            "doubts": DOUBTS,
            "places": self._places() if screen.view is View.SERVICE else (),
            "stackers": stackers_of(self._config) if screen.view is View.SERVICE else (),
        }

    def _tenders(self, screen: Screen) -> Tenders | None:
        """Only where the page tells them: a visit's entries are read for it. Coins alone leave nobody in doubt."""
        if screen.training is not None:
            return None  # a practised visit has no entries
        if screen.thanks is not None:
            return self._backroom.tenders(screen.thanks.visit)
        is_told = screen.failed_slots or (screen.view is View.SHOPPING and self._may_doubt)
        return self._backroom.tenders(screen.visit) if is_told else None

    def _code(self, owing: Owing) -> str:
        return spaced_code(self._door.debt_code(*place_of(owing.debt)))

    def _places(self) -> tuple[MoneyPlace, ...]:
        """Everything that gives money back, with its pieces by the book."""
        books, boxes = self._backroom.hoppers(), boxes_of(self._config)
        return tuple(
            MoneyPlace(
                device=name,
                kind=place_kind(self._config, name),
                value_minor=value_minor,
                qty=books[name].qty if name in books else 0,
                can_empty=name in boxes,
                is_moving=name in books and books[name].move is not None,
            )
            for name, value_minor in hoppers_of(self._config).items()
        )


def _devices(config: Config) -> tuple[DeviceConfig, ...]:
    return tuple(device for port in config.rig.ports for device in port.devices)


def hoppers_of(config: Config) -> dict[str, int]:
    """Hopper, tube or recycler -> value of its piece, as configured."""
    return {device.name: device.value_minor for device in _devices(config) if device.value_minor}


def stackers_of(config: Config) -> tuple[str, ...]:
    """The note validators: each has a stacker."""
    return tuple(device.name for device in _devices(config) if device.kind is DeviceKind.NOTE_VALIDATOR)


def place_kind(config: Config, name: str) -> str:
    """What a clerk calls this place for money: ``recycler`` for notes, ``tube`` of a changer, ``hopper``."""
    for device in _devices(config):
        if device.kind is DeviceKind.NOTE_VALIDATOR and name in device.into.values():
            return "recycler"
        if device.name == name and device.tube is not None:
            return "tube"
    return "hopper"


def _made_of(name: str, screen: Screen, catalogue: Catalogue) -> tuple[object, ...]:
    """What the two large regions are made of: drawing forty tiles for each coin would be idle work. Empty: draw always."""
    is_selling = screen.view in SELLING
    if name == "machine":
        return (
            id(catalogue),
            is_selling,
            screen.language,
            screen.currency,
            screen.is_machine_on,
            screen.slots,
        )
    if name == "loose":
        return (catalogue, is_selling, screen.language, screen.currency)
    return ()
