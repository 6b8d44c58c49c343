"""What the desk's lists look like as files: the same rows, typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from inventory.catalogue import Product
from kiosk.claims.desk import ClaimStatus
from kiosk.journal.entry import Entry
from kiosk.store.cash import CollectionRow
from web.admin.voice import Voice
from web.exports import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from web.admin.pages.stock import PlaceCard


def goods_table(voice: Voice, products: Iterable[Product], query: str) -> Table:
    """Goods with their prices; ``query`` is what they were looked for by."""
    columns = (
        Column(voice.say("goods.name")),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("goods.category")),
        Column(voice.say("goods.price"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (
            voice.name(product, product.sku),
            product.sku,
            voice.say(f"category.{product.category}"),
            product.price_minor,
        )
        for product in products
    ]
    return Table(voice.say("nav.goods"), columns, rows, period=query)


def stock_table(voice: Voice, cards: Iterable[PlaceCard], view: str) -> Table:
    """Places with what each holds by the book."""
    columns = (
        Column(voice.say("exports.place"), Kind.CODE),
        Column(voice.say("goods.name")),
        Column(voice.say("exports.holds"), Kind.COUNT),
        Column(voice.say("exports.room"), Kind.COUNT),
        Column(voice.say("exports.to_fill"), Kind.COUNT),
    )
    rows: list[Sequence[Cell]] = [
        (
            card.slot.code,
            voice.name(card.product, card.slot.sku),
            card.qty,
            card.slot.capacity,
            card.fill_qty,
        )
        for card in cards
    ]
    return Table(voice.say("nav.stock"), columns, rows, period=voice.say(f"stock.{view}"))


def journal_table(
    voice: Voice, entries: Iterable[tuple[Entry, str, int]], *, account: str, period: str
) -> Table:
    """Entries with their sentence, and the amount that each moved on ``account`` if one was asked for."""
    columns = [
        Column(voice.say("journal.entry"), Kind.CODE),
        Column(voice.say("journal.when"), Kind.MOMENT),
        Column(voice.say("journal.what")),
        Column(voice.say("journal.visit"), Kind.CODE),
    ]
    if account:
        columns.append(Column(voice.say("journal.amount"), Kind.MONEY))
    rows: list[Sequence[Cell]] = []
    for entry, words, amount_minor in entries:
        row: list[Cell] = [f"{entry.epoch}-{entry.seq}", entry.at, words, entry.visit]
        rows.append([*row, amount_minor] if account else row)
    return Table(voice.say("nav.journal"), tuple(columns), rows, period=period)


def claims_table(voice: Voice, claims: Iterable[ClaimStatus]) -> Table:
    """Claims with what was said, what the journal says, and what became of them."""
    columns = (
        Column(voice.say("exports.number"), Kind.CODE),
        Column(voice.say("claims.when"), Kind.MOMENT),
        Column(voice.say("claims.about")),
        Column(voice.say("claims.said"), Kind.MONEY),
        Column(voice.say("claims.verdict")),
        Column(voice.say("claims.state")),
        Column(voice.say("claims.amount"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (
            each.number,
            each.at,
            voice.say(f"about.{each.about}"),
            each.said_minor or None,
            voice.say(f"verdict.{each.verdict}"),
            voice.say(f"claim_state.{each.state}"),
            each.amount_minor if each.amount_minor and each.state != "refused" else None,
        )
        for each in claims
    ]
    return Table(voice.say("nav.claims"), columns, rows)


def collections_table(voice: Voice, collections: Iterable[CollectionRow]) -> Table:
    """Collections, with what the books expected, what was counted, and the bag it went into."""
    columns = (
        Column(voice.say("cash.when"), Kind.MOMENT),
        Column(voice.say("cash.clerk")),
        Column(voice.say("collections.bag")),
        Column(voice.say("cash.expected"), Kind.MONEY),
        Column(voice.say("cash.counted"), Kind.MONEY),
        Column(voice.say("cash.variance"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (
            each.at,
            each.clerk,
            each.bag,
            each.expected_minor,
            each.counted_minor,
            each.variance_minor,
        )
        for each in collections
        if each.is_counted
    ]
    return Table(voice.say("cash.collections"), columns, rows)
