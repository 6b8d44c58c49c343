"""What a piece costs whose own code says more than a number: one answer for the till and for the desk's preview."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.catalogue import Product, Rounding
from kiosk.core.events import Piece
from kiosk.money import price_of_weight


@dataclass(frozen=True, slots=True)
class Worth:
    """A price, and how it came about.

    Attributes:
        price_minor: What the piece costs, without the deposit on its pack.
        step_minor: The coin to whose multiple price and deposit were brought; 0 when the product's own price holds.
        refusal: Message key when the vendor's limits forbid the price, else empty.
        limit_minor: The limit that forbids it.
    """

    price_minor: int
    step_minor: int = 0
    refusal: str = ""
    limit_minor: int = 0


def worth_of(piece: Piece, product: Product, *, step_minor: int, max_credit_minor: int) -> Worth:
    """Work out a price: the label's, or price times weight, or the product's own.

    Args:
        piece: What the code says.
        product: Whose price holds when the code has no part in it.
        step_minor: The smallest coin; every price, with its deposit, is a multiple of it.
        max_credit_minor: The most that a shopper can have put in: nothing dearer could be paid.
    """
    rest_minor = product.deposit_minor % step_minor  # a deposit of 0.25 where the smallest coin is 0.10
    if piece.price_minor:
        # what no coin can pay is given away
        price_minor = piece.price_minor - (piece.price_minor + rest_minor) % step_minor
    elif piece.weight_mg:
        price_minor = price_of_weight(
            piece.unit_price_minor,
            piece.weight_mg,
            step_minor=1 if rest_minor else step_minor,
            rounding=piece.rounding,
        )
        if rest_minor:
            price_minor = _to_step(price_minor + rest_minor, step_minor, piece.rounding) - rest_minor
    else:
        return Worth(product.price_minor)
    most_minor = min(piece.most_minor or max_credit_minor, max_credit_minor)
    least_minor = max(piece.least_minor, step_minor)
    if price_minor > most_minor:
        return Worth(price_minor, step_minor, "label_too_dear", most_minor)
    if price_minor < least_minor:
        return Worth(price_minor, step_minor, "label_too_cheap", least_minor)
    return Worth(price_minor, step_minor)


def _to_step(amount_minor: int, step_minor: int, rounding: Rounding) -> int:
    """The multiple of a coin that ``amount_minor`` is brought to."""
    over_minor = amount_minor % step_minor
    is_up = rounding is Rounding.UP or (rounding is Rounding.NEAREST and 2 * over_minor >= step_minor)
    return amount_minor - over_minor + (step_minor if over_minor and is_up else 0)


def limit_name(worth: Worth) -> str:
    """Under which name the words of a refusal want its limit."""
    return "most_minor" if worth.refusal == "label_too_dear" else "least_minor"
