"""Money is whole minor units; this module names currencies and holds the four places where money is divided.

Tax is *included* in prices. It is computed once per tax class of a sale, on the class total, rounded half up to the minor unit;
computing it per line as well would give two answers for one basket.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.invariant import ensure

BASIS_POINTS = 10_000
"""A rate of 19 % is 1900 basis points."""


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code and the exponent the *vendor* uses (standards disagree, so it is stored, not looked up)."""

    code: str
    exponent: int

    def __post_init__(self) -> None:
        """Refuse codes and exponents that no currency has."""
        ensure(
            len(self.code) == 3 and self.code.isascii() and self.code.isupper(),
            "a currency code is 3 capitals",
        )
        ensure(self.exponent in {0, 2, 3}, "a currency has 0, 2 or 3 decimals")


def included_tax(gross_minor: int, rate_bp: int) -> int:
    """Tax contained in ``gross_minor`` at ``rate_bp`` basis points, rounded half up.

    Args:
        gross_minor: Amount with tax, 0 or more.
        rate_bp: Rate on the net amount, 0 to 10,000.
    """
    ensure(
        gross_minor >= 0 and 0 <= rate_bp <= BASIS_POINTS,
        "tax is taken from an amount of 0 or more at 0 to 100 %",
    )
    numerator = gross_minor * rate_bp
    denominator = BASIS_POINTS + rate_bp
    return (2 * numerator + denominator) // (2 * denominator)


MG_PER_KG = 1_000_000


def price_of_weight(unit_price_minor: int, weight_mg: int, *, step_minor: int, rounding: str) -> int:
    """Price of ``weight_mg`` milligrams at ``unit_price_minor`` a kilogram, a multiple of ``step_minor``.

    Rounded once, from the exact product: ``rounding`` is down, up or nearest, which takes a half up.
    """
    ensure(unit_price_minor >= 0 and weight_mg >= 0 and step_minor > 0, "a weight has a price of 0 or more")
    exact, step = unit_price_minor * weight_mg, step_minor * MG_PER_KG
    steps = {
        "down": exact // step,
        "nearest": (2 * exact + step) // (2 * step),
        "up": -(-exact // step),
    }
    ensure(rounding in steps, "a price is rounded down, up or to the nearest")
    return steps[rounding] * step_minor


def marked_down(price_minor: int, percent: int, *, step_minor: int) -> int:
    """A price with ``percent`` off, brought down to a multiple of ``step_minor``: never less off than was announced.

    What costs something goes on costing at least one step, and no price is raised to get there.
    """
    ensure(
        price_minor >= 0 and 0 <= percent <= 100 and step_minor > 0, "a price is marked down by 0 to 100 %"
    )
    if not percent:
        return price_minor
    down_minor = price_minor * (100 - percent) // 100
    return min(price_minor, max(step_minor, down_minor - down_minor % step_minor))


def split(amount_minor: int, shares: int) -> tuple[int, ...]:
    """Divide ``amount_minor`` into ``shares`` parts that differ by at most one unit and add up exactly, larger first."""
    ensure(shares > 0 and amount_minor >= 0, "an amount of 0 or more is split into 1 part or more")
    each, rest = divmod(amount_minor, shares)
    return tuple(each + 1 if index < rest else each for index in range(shares))
