"""Which rows moves of goods change beside the stock: what pieces cost when they came, and what is on its way between sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kiosk.core import facts as f
from kiosk.journal.entry import Entry

Write = tuple[str, Mapping[str, object]]

LAYERS_KEPT: Final = 20
"""Costs of one product that are remembered, newest last: goods that keep while their cost changes twenty times are no stock."""

STOCK_SQL: Final[Mapping[str, str]] = {
    "layer_begins": (
        "INSERT INTO cost_layer (kiosk_id, sku, epoch, seq, qty, cost_minor) "
        "SELECT :kiosk_id, :sku, :epoch, :seq, 0, :cost_minor WHERE NOT EXISTS (SELECT 1 FROM cost_layer "
        "WHERE kiosk_id = :kiosk_id AND sku = :sku AND cost_minor = :cost_minor AND NOT EXISTS (SELECT 1 "
        "FROM cost_layer AS later WHERE later.kiosk_id = cost_layer.kiosk_id AND later.sku = cost_layer.sku "
        "AND (later.epoch > cost_layer.epoch OR (later.epoch = cost_layer.epoch AND later.seq > cost_layer.seq))))"
    ),
    "layer_grows": (
        "UPDATE cost_layer SET qty = qty + :qty WHERE kiosk_id = :kiosk_id AND sku = :sku AND NOT EXISTS (SELECT 1 "
        "FROM cost_layer AS later WHERE later.kiosk_id = cost_layer.kiosk_id AND later.sku = cost_layer.sku "
        "AND (later.epoch > cost_layer.epoch OR (later.epoch = cost_layer.epoch AND later.seq > cost_layer.seq)))"
    ),
    "layers_forgotten": (
        "DELETE FROM cost_layer WHERE kiosk_id = :kiosk_id AND sku = :sku AND (SELECT COUNT(*) FROM cost_layer AS later "
        "WHERE later.kiosk_id = cost_layer.kiosk_id AND later.sku = cost_layer.sku AND (later.epoch > cost_layer.epoch "
        "OR (later.epoch = cost_layer.epoch AND later.seq > cost_layer.seq))) >= :most"
    ),
    "transfer_sent": (
        "INSERT INTO transfer_sent (kiosk_id, state, epoch, seq, transfer, at, done_by, sku, qty, slot, destination) "
        "VALUES (:kiosk_id, 'open', :epoch, :seq, :transfer, :at, :by, :sku, :qty, :slot, :destination)"
    ),
    "transfer_over": (
        "UPDATE transfer_sent SET state = :state WHERE kiosk_id = :kiosk_id AND state = 'open' AND transfer = :transfer"
    ),
    "transfer_got": (
        "INSERT INTO transfer_got (kiosk_id, source, transfer, epoch, seq, at, done_by, sku, sent, qty) "
        "VALUES (:kiosk_id, :source, :transfer, :epoch, :seq, :at, :by, :sku, :sent, :qty) "
        "ON CONFLICT (kiosk_id, source, transfer) DO NOTHING"
    ),
}
"""Statements of this module's rules, by name."""


def _key(entry: Entry, **values: object) -> dict[str, object]:
    return {"kiosk_id": entry.kiosk_id, "epoch": entry.epoch, "seq": entry.seq, "at": entry.at, **values}


def layer_writes(entry: Entry, fact: f.StockMoved | f.SlotCounted, qty: int) -> Iterator[Write]:
    """Of ``qty`` pieces that came in from outside, with their cost; a move inside the kiosk changes no cost."""
    if fact.move in {"receive", "fill"} and fact.other != f.STORE and fact.cost_minor is not None and qty > 0:
        values = _key(entry, sku=fact.sku, qty=qty, cost_minor=fact.cost_minor, most=LAYERS_KEPT)
        yield "layer_begins", values
        yield "layer_grows", values
        yield "layers_forgotten", values


def transfer_writes(entry: Entry, fact: f.StockMoved) -> Iterator[Write]:
    """Of goods that leave for another site, or come from one, with a number."""
    if fact.transfer is None:
        return
    values = _key(entry, transfer=fact.transfer, by=fact.by, sku=fact.sku)
    if fact.sent is None:
        yield (
            "transfer_sent",
            {**values, "qty": -fact.qty, "slot": fact.slot, "destination": fact.other or ""},
        )
        return
    yield "transfer_got", {**values, "source": fact.other or "", "sent": fact.sent, "qty": fact.qty}
    if fact.other == entry.kiosk_id:  # they came home
        yield "transfer_over", {**values, "state": BACK}


def closing_writes(entry: Entry, fact: f.TransferClosed) -> Iterator[Write]:
    """Of goods that are no more on their way."""
    yield "transfer_over", _key(entry, transfer=fact.transfer, state=fact.outcome)


BACK: Final = "back"
"""Of goods that were sent and came home."""
