"""What the desk's lists look like as files: the same rows, typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from inventory.catalogue import Product
from kiosk.claims.desk import ClaimStatus
from kiosk.core.facts import STORE
from kiosk.journal.entry import Entry
from kiosk.store.cash import CollectionRow, DayCloseRow
from kiosk.store.change_needs import ChangeNeed
from web.admin.voice import Voice
from web.exports import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from web.admin.pages.coils import CoilRow
    from web.admin.pages.collections import BagView
    from web.admin.pages.lots import LotCard
    from web.admin.pages.stock import PlaceCard
    from web.admin.pages.transit import SentCard


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
    voice: Voice, entries: Iterable[tuple[Entry, str, int]], *, measured: str, period: str
) -> Table:
    """Entries with their sentence, and the number that each adds to the list's sum: ``measured`` is money, count or nothing."""
    columns = [
        Column(voice.say("journal.entry"), Kind.CODE),
        Column(voice.say("journal.when"), Kind.MOMENT),
        Column(voice.say("journal.what")),
        Column(voice.say("journal.visit"), Kind.CODE),
    ]
    if measured:
        columns.append(Column(voice.say("journal.amount"), Kind(measured)))
    rows: list[Sequence[Cell]] = []
    for entry, words, amount_minor in entries:
        row: list[Cell] = [f"{entry.epoch}-{entry.seq}", entry.at, words, entry.visit]
        rows.append([*row, amount_minor] if measured else row)
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


def bags_table(voice: Voice, bags: Iterable[BagView]) -> Table:
    """Bags on their way, and who has them."""
    columns = (
        Column(voice.say("collections.bag")),
        Column(voice.say("collections.sealed"), Kind.MOMENT),
        Column(voice.say("collections.by")),
        Column(voice.say("collections.holder")),
        Column(voice.say("collections.days"), Kind.COUNT),
        Column(voice.say("money.amount"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (
            each.row.bag or each.row.collection,
            each.row.counted_at,
            each.row.counted_by,
            each.row.holder,
            each.days,
            each.row.counted_minor,
        )
        for each in bags
    ]
    return Table(voice.say("collections.bags"), columns, rows)


def closes_table(voice: Voice, closes: Iterable[DayCloseRow]) -> Table:
    """Day closes, the newest first."""
    columns = (
        Column(voice.say("collections.number"), Kind.COUNT),
        Column(voice.say("cash.when"), Kind.MOMENT),
        Column(voice.say("collections.by")),
        Column(voice.say("collections.gross"), Kind.MONEY),
        Column(voice.say("collections.perpetual"), Kind.MONEY),
    )
    rows: list[Sequence[Cell]] = [
        (each.number, each.at, each.by, each.gross_minor, each.perpetual_minor) for each in closes
    ]
    return Table(voice.say("collections.days_title"), columns, rows)


def change_table(voice: Voice, needs: Iterable[ChangeNeed], days: int) -> Table:
    """Coins to bring for so many days."""
    columns = (
        Column(voice.say("collections.coin"), Kind.MONEY),
        Column(voice.say("collections.bring"), Kind.COUNT),
        Column(voice.say("collections.inside"), Kind.COUNT),
        Column(voice.say("collections.used", n=days), Kind.COUNT),
    )
    rows: list[Sequence[Cell]] = [(each.value_minor, each.bring, each.inside, each.used) for each in needs]
    return Table(
        voice.say("collections.change"), columns, rows, period=voice.say("collections.n_days", n=days)
    )


def coils_table(voice: Voice, rows: Iterable[CoilRow], days: int) -> Table:
    """Coils that turned in so many days, with the ends of their rate of failure."""
    columns = (
        Column(voice.say("coils.kiosk"), Kind.CODE),
        Column(voice.say("coils.slot"), Kind.CODE),
        Column(voice.say("coils.turned"), Kind.COUNT),
        Column(voice.say("coils.failed"), Kind.COUNT),
        Column(voice.say("coils.rate")),
        Column(voice.say("coils.jams")),
    )
    cells: list[Sequence[Cell]] = [
        (
            each.kiosk_id,
            each.slot,
            each.turns.turned,
            each.turns.failed,
            each.words(voice),
            voice.say("exports.yes") if each.jams else "",
        )
        for each in rows
    ]
    return Table(voice.say("nav.coils"), columns, cells, period=voice.say("collections.n_days", n=days))


def dates_table(voice: Voice, cards: Iterable[LotCard]) -> Table:
    """What to pull, what is past its day first."""
    columns = (
        Column(voice.say("goods.name")),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("lots.place"), Kind.CODE),
        Column(voice.say("lots.lot"), Kind.CODE),
        Column(voice.say("lots.last_day"), Kind.DAY),
        Column(voice.say("lots.pieces"), Kind.COUNT),
    )
    rows: list[Sequence[Cell]] = [
        (
            voice.name(each.product, each.row.sku),
            each.row.sku,
            voice.say("lots.store") if each.row.slot == STORE else each.row.slot,
            each.row.lot,
            each.row.expires_on,
            each.row.qty,
        )
        for each in cards
    ]
    return Table(voice.say("lots.dates"), columns, rows)


def transit_table(voice: Voice, cards: Iterable[SentCard]) -> Table:
    """Goods on their way, the oldest first."""
    columns = (
        Column(voice.say("transit.number"), Kind.CODE),
        Column(voice.say("transit.from"), Kind.CODE),
        Column(voice.say("transit.goes_to")),
        Column(voice.say("goods.name")),
        Column(voice.say("goods.sku"), Kind.CODE),
        Column(voice.say("transit.sent"), Kind.COUNT),
        Column(voice.say("cash.when"), Kind.MOMENT),
        Column(voice.say("collections.by")),
    )
    rows: list[Sequence[Cell]] = [
        (
            each.sent.transfer,
            each.sent.kiosk_id,
            each.sent.destination,
            voice.name(each.product, each.sent.sku),
            each.sent.sku,
            each.sent.qty,
            each.sent.at,
            each.sent.by,
        )
        for each in cards
    ]
    return Table(voice.say("nav.transit"), columns, rows)
