"""Sheets: what slides over the goods when a shopper or clerk asks for it; each is drawn when it is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import flask
import segno

from hardware.document import Align, Columns, Line, Part, Qr, Rule
from inventory.rounds import Task
from kiosk.claims.aftermath import AFTERMATH
from kiosk.claims.code import ALPHABET
from kiosk.config import Config
from kiosk.core.facts import About
from kiosk.core.postings import CASH_BOX, stacker_container
from kiosk.core.screen import Screen, View
from kiosk.receipts.layout import spaced_code
from kiosk.runtime.door import TillDoor
from kiosk.runtime.shop import boxes_of
from web.denominations import denominations_of, typed_amount
from web.kiosk_ui.backroom import Backroom, ScreenReceipt
from web.kiosk_ui.goods import Finder
from web.kiosk_ui.painter import hoppers_of, place_kind, stackers_of
from web.kiosk_ui.service import PIECES
from web.kiosk_ui.voice import Voice

QR_BYTES: Final = 1_200
"""The longest text that a phone still reads from a square of this size on a screen (version 28 at level L)."""

Maker = Callable[[Screen, str], Mapping[str, object] | None]
"""From the screen and what the sheet is about to the values of its template; None when there is no such sheet now."""

LETTERS: Final[Mapping[str, str]] = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fa": "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}
"""Keys of the search, in the order of the alphabet: on a wall people hunt, they do not type.

Letters that the search takes for the same (hamza, madda, teh marbuta) have one key.
"""

NAME_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"
"""What clerks' names are made of."""

CONDITIONS: Final = ("offline", "never", "trouble", "online")
"""States of devices, the one that needs a hand most first."""

PRACTISED: Final = frozenset({"search", "receipt"})
"""The sheets of a screen on which somebody practises."""

DAYS_AROUND: Final = 35
"""Last days before and after the proposed one: five weeks, in ten taps of a week. Another one is entered at the desk."""

COMMON_SUMS: Final = (1, 2, 3, 4, 5, 6, 8, 10)
"""Sums offered for a claim, in multiples of the largest coin's half: what a snack and its change come to."""


def qr_svg(text: str) -> str:
    """A QR code as an SVG element, or nothing when the text is empty or too long for a phone."""
    if not text or len(text.encode()) > QR_BYTES:
        return ""
    code = segno.make(text, error="l", micro=False, boost_error=True)
    return str(code.svg_inline(border=4, omitsize=True, dark="#000000", light="#ffffff"))


def claim_address(config: Config) -> str:
    """Where a phone says what happened; empty when no phone can reach this kiosk."""
    public = config.vendor.public_url.rstrip("/")
    return f"{public}/c" if public else ""


def receipt_parts(receipt: ScreenReceipt) -> list[dict[str, object]]:
    """The parts of a receipt as the template draws them; cuts mean nothing on a screen, and its QR code is shown beside it."""
    return [part for part in map(_part, receipt.document.parts) if part]


def _part(part: Part) -> dict[str, object]:
    match part:
        case Line():
            centre = part.align is Align.CENTRE
            return {
                "is": "line",
                "text": part.text,
                "bold": part.is_bold,
                "large": part.is_large,
                "centre": centre,
            }
        case Columns():
            return {"is": "columns", "start": part.start, "end": part.end, "bold": part.is_bold}
        case Rule():
            return {"is": "rule"}
        case Qr(caption=caption) if caption:
            return {"is": "line", "text": caption, "bold": False, "large": False, "centre": True}
        case _:
            return {}


@dataclass(frozen=True, slots=True)
class CountPart:
    """A container on the sheet of its count: values that the book had in it, and the others that it could hold, folded away."""

    container: str
    held: tuple[int, ...]
    others: tuple[int, ...]

    @classmethod
    def of(cls, container: str, held: Collection[int], config: Config) -> CountPart:
        """The part of a container with so many values in it by the book."""
        values = denominations_of(config, container, held)
        return cls(
            container,
            tuple(each for each in values if each in held),
            tuple(each for each in values if each not in held),
        )


class Sheets:
    """Draws sheets for the screen as it is now."""

    def __init__(self, door: TillDoor, config: Config, backroom: Backroom) -> None:
        self._door = door
        self._config = config
        self._backroom = backroom
        self._finder = Finder()
        self._sheets: Mapping[str, Maker] = {
            "help": lambda screen, _: {
                "kinds": tuple(About),
                "is_service": screen.view is View.SERVICE,
                "phone_page": qr_svg(claim_address(config)),
            },
            "claim": lambda _, about: self._claim(about),
            "code": lambda _, __: {"letters": ALPHABET},
            "search": lambda screen, _: {"letters": LETTERS[screen.language], "tiles": ()},
            "receipt": self._receipt,
            "sign_in": lambda _, __: {"letters": NAME_LETTERS},
            "fill": self._fill,
            "float": self._float,
            "collect": self._collect,
            "count": self._count,
            "drawer": lambda screen, _: {} if screen.has_drawer and screen.view is View.SERVICE else None,
            "slot": self._slot,
            "round": self._round,
            "cut": self._cut,
            "devices": self._devices,
        }

    def draw(self, name: str, of: str) -> str:
        """The sheet as HTML; aborts with 404 when there is none of this name now.

        Args:
            name: Which sheet.
            of: What it is about: a kind of claim, a visit, a hopper, a slot; empty for the others.
        """
        screen, voice = self._now()
        # Whoever practises finds goods and receipts; claims, codes of real money and sign-in are not there meanwhile.
        maker = self._sheets.get(name) if screen.training is None or name in PRACTISED else None
        values = maker(screen, of) if maker else None
        if values is None:
            flask.abort(404)
        return self._render(f"sheet_{name}", screen, voice, values)

    def found(self, query: str) -> str:
        """The tiles that a search finds, as HTML."""
        screen, voice = self._now()
        tiles = self._finder.find(query, screen, self._door.catalogue())
        return self._render("found", screen, voice, {"tiles": tiles})

    def told(self, notice_params: Mapping[str, str]) -> str:
        """What a shopper is told about a claim that was just opened."""
        screen, voice = self._now()
        code = notice_params.get("code", "")
        values = {
            "claim": notice_params.get("claim", ""),
            "verdict": notice_params.get("verdict", "unseen"),
            "due": notice_params.get("due", ""),
            "follow": qr_svg(notice_params.get("follow", "")),
            "code": spaced_code(code) if code else "",
        }
        return self._render("sheet_told", screen, voice, values)

    def counted(self, expected_minor: int, counted_minor: int) -> str:
        """The answer to a cash collection: balanced, or by how much not."""
        screen, voice = self._now()
        values = {
            "expected_minor": expected_minor,
            "counted_minor": counted_minor,
            "variance_minor": counted_minor - expected_minor,
        }
        return self._render("sheet_counted", screen, voice, values)

    def _now(self) -> tuple[Screen, Voice]:
        screen = self._door.screen()
        return screen, Voice(screen, self._config.timezone)

    def _render(self, name: str, screen: Screen, voice: Voice, values: Mapping[str, object]) -> str:
        return flask.render_template(
            f"kiosk_ui/{name}.html", screen=screen, voice=voice, vendor=self._config.vendor, **values
        )

    def _claim(self, about: str) -> Mapping[str, object] | None:
        if about not in set(About):
            return None
        money = self._config.money
        coins = [
            value
            for port in self._config.rig.ports
            for device in port.devices
            for value in device.coins.values()
        ]
        step = max(money.cash_step_minor, max(coins, default=2 * money.cash_step_minor) // 2)
        step -= step % money.cash_step_minor
        return {
            "about": about,
            "offer": self._backroom.offer_claim(About(about)),
            "sums": tuple(step * times for times in COMMON_SUMS),
        }

    def _receipt(self, screen: Screen, visit: str) -> Mapping[str, object] | None:
        # Only the visit that is being thanked for: an older one belongs to another shopper.
        if screen.thanks is None or visit != screen.thanks.visit:
            return None
        receipt = self._backroom.receipt(visit, screen.language)
        return {
            "parts": receipt_parts(receipt) if receipt else [],
            "qr": qr_svg(receipt.qr) if receipt else "",
        }

    # Outside service a clerk's sheets are not there.

    def _fill(self, screen: Screen, device: str) -> Mapping[str, object] | None:
        value_minor = hoppers_of(self._config).get(device)
        if screen.view is not View.SERVICE or value_minor is None:
            return None
        return {
            "device": device,
            "value_minor": value_minor,
            "kind": place_kind(self._config, device),
        }

    def _float(self, screen: Screen, device: str) -> Mapping[str, object] | None:
        return self._fill(screen, device) if device in boxes_of(self._config) else None

    def _collect(self, screen: Screen, _of: str) -> Mapping[str, object] | None:
        if screen.view is not View.SERVICE or screen.collection is not None:
            return None
        return {"containers": (CASH_BOX, *(stacker_container(each) for each in stackers_of(self._config)))}

    def _count(self, screen: Screen, _of: str) -> Mapping[str, object] | None:
        out = screen.collection
        if out is None:
            return None
        known = self._backroom.held_in(out.collection)
        parts = [CountPart.of(each, known.get(each, frozenset()), self._config) for each in out.containers]
        voice = Voice(screen, self._config.timezone)
        mark = "\u066b" if voice.direction == "rtl" else "."
        float_typed = voice.digits(typed_amount(out.float_minor, screen.exponent, mark))
        return {"collection": out, "parts": parts, "prefix": PIECES, "float_typed": float_typed}

    def _cut(self, screen: Screen, _of: str) -> Mapping[str, object] | None:
        if screen.view is not View.SERVICE:
            return None
        say = partial(AFTERMATH.say, screen.language)
        return {
            "told": self._backroom.tell_cut(screen.language),
            "title": say("after.title"),
            "known_title": say("after.known"),
            "unknown_title": say("after.unknown"),
            "clean": say("after.clean"),
        }

    def _devices(self, screen: Screen, _of: str) -> Mapping[str, object] | None:
        if screen.view is not View.SERVICE:
            return None
        # What needs a hand comes first; the rest as configured.
        devices = sorted(self._backroom.devices(), key=lambda each: CONDITIONS.index(each.state))
        return {"devices": devices, "currency": self._config.money.currency}

    def _slot(self, screen: Screen, code: str) -> Mapping[str, object] | None:
        catalogue = self._door.catalogue()
        slot, product = catalogue.slots.get(code), catalogue.product_of_slot(code)
        view = next((each for each in screen.slots if each.code == code), None)
        if screen.view is not View.SERVICE or slot is None or product is None or view is None:
            return None
        return {"slot": slot, "product": product, "qty": view.qty}

    def _round(self, screen: Screen, _of: str) -> Mapping[str, object] | None:
        if screen.view is not View.SERVICE:
            return None
        found = self._backroom.round()
        task = found.next_task if found else None
        days, proposed = self._last_days(screen, task) if task and task.asks_day else ((), 0)
        return {
            "found": found,
            "product": self._door.catalogue().products.get(task.sku) if task else None,
            "days": days,
            "proposed": proposed,
        }

    def _last_days(self, screen: Screen, task: Task) -> tuple[tuple[tuple[str, str], ...], int]:
        """The last days that a clerk can give what goes in, as ISO 8601 and in words, and which of them is proposed.

        The first is none: nobody told one, and with a proposal it is behind all buttons.
        """
        voice = Voice(screen, self._config.timezone)
        none = ("", voice.say("round.last_day_none"))
        today = dt.datetime.now(ZoneInfo(self._config.timezone)).date()
        proposed = task.expires_on
        first = max(today, (proposed or today) - dt.timedelta(days=DAYS_AROUND))
        many = ((proposed or today) - first).days + DAYS_AROUND + 1
        days = [first + dt.timedelta(days=number) for number in range(many)]
        said = tuple(
            (
                day.isoformat(),
                voice.say(
                    "round.last_day_stored" if task.is_stored and day == proposed else "round.last_day",
                    day=voice.day(day),
                ),
            )
            for day in days
        )
        return (none, *said), 1 + (proposed - first).days if proposed else 0
