"""One reader's language and currency, as templates use them."""

from __future__ import annotations

from datetime import date
from typing import Final

from hardware.events import DeviceEvent
from inventory.catalogue import Catalogue, Product
from kiosk.core.draft import Notice
from kiosk.core.screen import Screen
from kiosk.i18n import (
    direction,
    format_amount,
    format_count,
    format_day,
    format_due,
    format_label,
    format_moment,
    format_money,
    format_phone,
    format_weight,
    localise_digits,
    say,
    say_notice,
)

QUANTITIES: Final = ("paid_qty", "moved_qty", "level")
"""Where an event says how many pieces it is about, the first that it has."""

LONG_AGO_SECONDS: Final = 120
"""From here on a person thinks in minutes."""


class Voice:
    """Speaks to one reader."""

    def __init__(self, screen: Screen, timezone: str) -> None:
        self.language = screen.language
        self.direction = direction(screen.language)
        self.currency = screen.currency
        self.exponent = screen.exponent
        self._timezone = timezone

    def say(self, key: str, **values: str | int) -> str:
        """The text of a key."""
        return say(self.language, key, **values)

    def money(self, amount_minor: int) -> str:
        """An amount with its currency."""
        return format_money(amount_minor, self.currency, self.exponent, self.language)

    def weight(self, weight_mg: int) -> str:
        """A weight in kilograms."""
        return format_weight(weight_mg, self.language)

    def face(self, amount_minor: int) -> str:
        """What stands on a coin or note: its value without a currency, and without decimals that it has not."""
        whole, part = divmod(amount_minor, 10**self.exponent)
        if not part:
            return format_count(whole, self.language)
        return format_amount(amount_minor, self.exponent, self.language)

    def count(self, number: int) -> str:
        """A whole number."""
        return format_count(number, self.language)

    def phone(self, number: str) -> str:
        """A telephone number."""
        return format_phone(number, self.language)

    def label(self, label: str) -> str:
        """The machine's number."""
        return format_label(label, self.language)

    def digits(self, text: str) -> str:
        """Text with its digits as the reader writes them; never for codes."""
        return localise_digits(text, self.language)

    def moment(self, at: str) -> str:
        """Day and time of a journal time."""
        return format_moment(at, self._timezone, self.language)

    def day(self, day: date) -> str:
        """A day."""
        return format_day(day, self.language)

    def due(self, at: str) -> str:
        """By when somebody answers, with the day of the week."""
        return format_due(at, self._timezone, self.language)

    def name(self, product: Product) -> str:
        """What the product is called."""
        return product.names.get(self.language) or product.names.get("en") or product.sku

    def contents(self, product: Product) -> str:
        """Its allergens in words."""
        if not product.allergens:
            return self.say("card.no_allergens")
        comma = self.say("list.comma")
        listed = comma.join(self.say(f"allergen.{allergen}") for allergen in product.allergens)
        return self.say("card.contains", allergens=listed)

    def seen(self, event: DeviceEvent) -> str:
        """A device's event, with what it carries for a person and what to do about its fault."""
        value_minor = getattr(event, "value_minor", getattr(event, "amount_minor", 0))
        said = self.say(
            f"seen.{type(event).__name__}",
            money=self.money(value_minor),
            position=self.count(getattr(event, "position", 0)),
            qty=self.count(
                next((qty for name in QUANTITIES if (qty := getattr(event, name, None)) is not None), 0)
            ),
        )
        fault = getattr(event, "fault", None)
        return f"{said}. {self.say(f'fault.{fault}.clerk')}" if fault else said

    def age(self, ago_ms: int) -> str:
        """How long ago, in seconds, or in minutes when that is long."""
        seconds = ago_ms // 1_000
        if seconds < LONG_AGO_SECONDS:
            return self.say("live.ago", age=self.count(seconds))
        return self.say("live.long_ago", age=self.count(seconds // 60))

    def notice(self, notice: Notice, catalogue: Catalogue) -> str:
        """The till's answer in words."""
        params = dict(notice.params)
        product = catalogue.products.get(params.pop("sku", ""))
        if product is not None:
            params["name"] = self.name(product)
        return say_notice(
            self.language,
            notice.key,
            params,
            currency=self.currency,
            exponent=self.exponent,
            is_refusal=notice.is_refusal,
        )
