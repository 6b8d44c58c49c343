"""Tables of the kiosk's store, the same on SQLite and PostgreSQL.

Money is whole minor units, times are UTC text in ISO 8601 (they sort), yes and no are 0 and 1. Tables are clustered by their
keys (no row ids), because a closing commit should touch few pages; only the journal is not. `journal` is the truth; every
other table is a reading of it, kept in the same commit, except those marked *beside*: secrets, contact details, the state
snapshot, and which version made the readings.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TextClause,
    Tuple,
    UniqueConstraint,
    text,
    tuple_,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

metadata = MetaData()

Whole = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
"""A whole number; SQLite's strict tables know only INTEGER."""


_Kind = TypeEngine[Any] | type[TypeEngine[Any]]


def _table(
    name: str, *columns: Column[Any], has_row_ids: bool = False, is_unique: tuple[str, ...] = ()
) -> Table:
    once = (UniqueConstraint(*is_unique),) if is_unique else ()
    return Table(name, metadata, *columns, *once, sqlite_with_rowid=has_row_ids, sqlite_strict=True)


def _key(name: str, kind: _Kind = Text) -> Column[Any]:
    return Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def _column(name: str, kind: _Kind = Text, *, server_default: TextClause | None = None) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=server_default)


def place_in(table: Table) -> Tuple:
    """Epoch and sequence number of a row as one value, for comparing with a place.

    Compared as a pair a key is sought; spelled out with "or" a database passes every row after the place one by one.
    """
    return tuple_(table.c.epoch, table.c.seq)


journal = _table(
    "journal",
    _key("kiosk_id"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("at"),
    _column("now_ms", Whole),
    _column("time_ok", Whole),
    _column("boot", Whole),
    _column("kind"),
    _column("version", Whole),
    _column("visit"),
    _column("actor"),
    _column("body", LargeBinary),
    _column("digest", LargeBinary),
    # Rows this long fill a page every few entries, and SQLite appends a page to a table with row ids by touching two pages,
    # to a clustered one by spreading its last three anew: 2.5 pages a sale against 4.1 (tests/kiosk/test_costs.py).
    has_row_ids=True,
)

balance = _table(
    "balance",
    _key("kiosk_id"),
    _key("account"),
    _key("currency"),
    _column("amount_minor", Whole),
)

coin_event = _table(
    "coin_event",
    _key("kiosk_id"),
    _key("device"),
    _key("serial", Whole),
    _key("device_epoch", Whole),
    _key("event_no", Whole),
    _column("seq", Whole),
)
"""Each inbound device event once: the unique key is what makes a second reading of a ring harmless."""

visit = _table(
    "visit",
    _key("kiosk_id"),
    _key("visit"),
    _column("opened_seq", Whole),
    _column("settled_seq", Whole, server_default=text("0")),
    _column("at"),
    _column("taken_minor", Whole, server_default=text("0")),
    _column("sold_minor", Whole, server_default=text("0")),
    _column("paid_minor", Whole, server_default=text("0")),
    _column("owed_minor", Whole, server_default=text("0")),
)

sale = _table(
    "sale",
    _key("kiosk_id"),
    _key("receipt_no", Whole),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("visit"),
    _column("at"),
    _column("total_minor", Whole),
    _column("pieces", Whole),
)

figure = _table(
    "figure",
    _key("kiosk_id"),
    _key("quarter"),
    _key("kind"),
    _key("name"),
    _column("qty", Whole),
    _column("amount_minor", Whole),
    _column("part_minor", Whole),
    _column("first_epoch", Whole),
    _column("first_seq", Whole),
    _column("last_epoch", Whole),
    _column("last_seq", Whole),
)
"""Sums of trade by quarter of an hour (`kiosk.store.figures`); in this order a commit touches one page of it. The first and the
last entry that a row sums stand beside it, so that it opens to them however rare they are."""

figure_day = _table(
    "figure_day",
    _key("kiosk_id"),
    _key("day"),
    _key("kind"),
    _key("name"),
    _column("qty", Whole),
    _column("amount_minor", Whole),
    _column("part_minor", Whole),
)
"""The sums of `figure` by day of UTC, and what accounts held at its end (`kiosk.store.figure_days`)."""

figure_until = _table(
    "figure_until",
    _key("kiosk_id"),
    _column("until_day"),
    _column("next_day"),
)
"""Up to which day (itself excluded) the rows of `figure_day` are right; ``next_day`` is where a checkpoint under way ends."""

stock = _table(
    "stock",
    _key("kiosk_id"),
    _key("slot"),
    _key("sku"),
    _column("qty", Whole),
)
"""Defined as the sum of its moves, read from this counter kept in the same commit."""

stock_out = _table(
    "stock_out",
    _key("kiosk_id"),
    _key("until_at"),
    _key("slot"),
    _key("sku"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("since_at"),
)
"""When a place was sold out by the book: from the change that left nothing until the next; ``until_at`` is empty while it
lasts. Keyed by its end, so that a window of days is one range; a book below zero is wrong and says nothing."""

lot = _table(
    "lot",
    _key("kiosk_id"),
    _key("slot"),
    _key("sku"),
    _key("expires_on"),
    _key("lot"),
    _column("qty", Whole),
    _column("since"),
)
"""Pieces whose last day of sale or lot somebody named; the others are the rest of `stock`. A lot that is gone has no row."""

stock_move = _table(
    "stock_move",
    _key("kiosk_id"),
    _key("sku"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _key("part", Whole),
    _column("at"),
    _column("done_by"),
    _column("slot"),
    _column("move"),
    _column("qty", Whole),
    _column("found", Whole),
    _column("expires_on"),
    _column("lot"),
    _column("reason"),
    _column("other"),
    _column("cost_minor", Whole),
)
"""What people did with goods, a row for each lot of a move; ``found`` is what a count found, -1 where nobody counted;
``cost_minor`` is what a piece cost then, -1 where the entry does not say."""

cost_layer = _table(
    "cost_layer",
    _key("kiosk_id"),
    _key("sku"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("qty", Whole),
    _column("cost_minor", Whole),
)
"""Pieces that came in at one cost, by the first entry of a row of deliveries at that cost; only the last few of a product."""

stock_day = _table(
    "stock_day",
    _key("kiosk_id"),
    _key("sku"),
    _key("at"),
    _column("qty", Whole),
    _column("value_minor", Whole),
    _column("recosted_qty", Whole),
)
"""What a product's stock was from a checkpoint on, where it had changed; without a product, the checkpoint itself
(`kiosk.store.stock_days`)."""

transfer_sent = _table(
    "transfer_sent",
    _key("kiosk_id"),
    _key("state"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("transfer"),
    _column("at"),
    _column("done_by"),
    _column("sku"),
    _column("qty", Whole),
    _column("slot"),
    _column("destination"),
)
"""Goods that left for another site; ``state`` is open, arrived or lost, or back when they came home. Keyed by it, so that what is
open is found without reading what is over."""

transfer_got = _table(
    "transfer_got",
    _key("kiosk_id"),
    _key("source"),
    _key("transfer"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
    _column("done_by"),
    _column("sku"),
    _column("sent", Whole),
    _column("qty", Whole),
)
"""Goods that came with the number of a transfer: from which kiosk, how many had been sent, and how many were there."""

clerk_round = _table(
    "clerk_round",
    _key("kiosk_id"),
    _key("round"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("begun_by"),
    _column("at"),
    _column("ended_at", server_default=text("''")),
    _column("ended_seq", Whole, server_default=text("0")),
)

round_task = _table(
    "round_task",
    _key("kiosk_id"),
    _key("round"),
    _key("task"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("is_left", Whole),
)
"""What was done in a clerk's round, by the tokens of the acts: a page that is sent again after a power cut finds it done."""

debt = _table(
    "debt",
    _key("kiosk_id"),
    _key("debt"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
    _column("visit"),
    _column("amount_minor", Whole),
    _column("reason"),
    _column("is_certain", Whole),
    _column("job"),
    _column("state"),
    _column("closed_seq", Whole, server_default=text("0")),
    _column("claim", server_default=text("''")),
)

claim = _table(
    "claim",
    _key("kiosk_id"),
    _key("claim"),
    _column("token"),
    _column("at"),
    _column("opened_seq", Whole),
    _column("about"),
    _column("visit"),
    _column("said_minor", Whole),
    _column("channel"),
    _column("subject"),
    _column("state"),
    _column("verdict", server_default=text("''")),
    _column("amount_minor", Whole, server_default=text("0")),
    _column("debt", server_default=text("''")),
    _column("evidence", server_default=text("''")),
    _column("decided_by", server_default=text("''")),
    _column("decided_at", server_default=text("''")),
    _column("reason", server_default=text("''")),
    _column("made_by", server_default=text("''")),
    _column("due_at", server_default=text("''")),
    _column("reminded", server_default=text("''")),
    _column("withheld", server_default=text("''")),
    _column("proposed_by", server_default=text("''")),
    _column("proposed_minor", Whole, server_default=text("0")),
    _column("proposed_at", server_default=text("''")),
    _column("seconded_by", server_default=text("''")),
    _column("way", server_default=text("''")),
    _column("fate", server_default=text("''")),
    _column("paid_at", server_default=text("''")),
    _column("paid_how", server_default=text("''")),
    _column("paid_ref", server_default=text("''")),
    is_unique=("kiosk_id", "token"),
)
"""A form's token opens one claim, also when the page sends it twice."""

device = _table(
    "device",
    _key("kiosk_id"),
    _key("device"),
    _column("kind"),
    _column("is_online", Whole),
    _column("fault"),
    _column("at"),
    _column("seq", Whole),
)

unknown_code = _table(
    "unknown_code",
    _key("kiosk_id"),
    _key("code"),
    _column("reason"),
    _column("qty", Whole),
    _column("at"),
)

contact = _table(
    "contact",
    _key("subject"),
    _column("details"),
    _column("at"),
)
"""Beside the journal: personal details of a claim, erasable."""

desk_user = _table(
    "desk_user",
    _key("name"),
    _column("role"),
    _column("secret_hash"),
    _column("failures", Whole, server_default=text("0")),
    _column("failed_at", server_default=text("''")),
)
"""Beside the journal: who may sign in. ``failures`` in a row survive power cuts."""

second_step = _table(
    "second_step",
    _key("name"),
    _column("sealed", LargeBinary),
    _column("step", Whole),
    _column("recovery"),
)
"""Beside the journal: the second step of a desk user's sign-in. ``sealed`` opens with the kiosk's own key only; ``step`` is the
last time step used, so that no code works twice, not even after a restart."""

deed = _table(
    "deed",
    _key("kiosk_id"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("at"),
    _column("actor"),
    _column("kind"),
    _column("subject"),
)
"""What a person did, one row per entry that names somebody: `kiosk.store.deeds` reads it."""

person = _table(
    "person",
    _key("kiosk_id"),
    _key("name"),
    _column("role"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
)
"""Who works at a kiosk by its journal, one row each: `kiosk.store.people` writes and reads it."""

snapshot = _table(
    "snapshot",
    _key("kiosk_id"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("state", LargeBinary),
)
"""Beside the journal: the folded state at a checkpoint, so that a start does not replay a year."""

shape = _table(
    "shape",
    _key("name"),
    _column("value"),
)
"""Beside the journal: which version's readings these tables are (`kiosk.store.upgrade`)."""

plan = _table(
    "plan",
    _key("kiosk_id"),
    _key("plan"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
    _column("by"),
    _column("from_day"),
    _column("about"),
    _column("qty", Whole),
    _column("state"),
    _column("closed_seq", Whole),
    _column("changed", Whole),
)
"""What was planned for a day: ``about`` prices or places, ``qty`` of them; ``state`` is open, taken or dropped, ``changed``
counts what did change."""

collection = _table(
    "collection",
    _key("kiosk_id"),
    _key("collection"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
    _column("clerk"),
    _column("state"),
    _column("by_piece", Whole),
    _column("expected_minor", Whole),
    _column("float_minor", Whole),
    _column("bag", server_default=text("''")),
    _column("holder", server_default=text("''")),
    _column("moved_at", server_default=text("''")),
    _column("counted_epoch", Whole, server_default=text("0")),
    _column("counted_seq", Whole, server_default=text("0")),
    _column("counted_at", server_default=text("''")),
    _column("counted_by", server_default=text("''")),
    _column("counted_minor", Whole, server_default=text("0")),
    _column("float_left_minor", Whole, server_default=text("0")),
    _column("corrections", Whole, server_default=text("0")),
    _column("banked_minor", Whole, server_default=text("0")),
)
"""Cash that left the machine: taken, counted, on its way (bag, who has it) or banked; by its first entry."""

collection_part = _table(
    "collection_part",
    _key("kiosk_id"),
    _key("collection"),
    _key("container"),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("since_epoch", Whole),
    _column("since_seq", Whole),
    _column("expected_minor", Whole),
    _column("counted_minor", Whole),
)
"""One container of a collection, with the entry at which it was emptied before; 0 and 0 for the first time."""

collection_piece = _table(
    "collection_piece",
    _key("kiosk_id"),
    _key("collection"),
    _key("container"),
    _key("value_minor", Whole),
    _column("expected_qty", Whole),
    _column("counted_qty", Whole),
)

cash_incident = _table(
    "cash_incident",
    _key("kiosk_id"),
    _key("epoch", Whole),
    _key("seq", Whole),
    _column("at"),
    _column("kind"),
    _column("device"),
    _column("container"),
    _column("value_minor", Whole),
    _column("qty", Whole),
)
"""What may make a count of cash differ from the books: the few entries that `kiosk.claims.variance` weighs."""

day_close = _table(
    "day_close",
    _key("kiosk_id"),
    _key("number", Whole),
    _column("epoch", Whole),
    _column("seq", Whole),
    _column("at"),
    _column("by"),
    _column("gross_minor", Whole),
    _column("perpetual_minor", Whole),
)

PROJECTIONS = (
    balance,
    coin_event,
    visit,
    sale,
    figure,
    figure_day,
    figure_until,
    stock,
    stock_out,
    clerk_round,
    round_task,
    lot,
    stock_move,
    cost_layer,
    stock_day,
    transfer_sent,
    transfer_got,
    debt,
    claim,
    device,
    unknown_code,
    deed,
    person,
    plan,
    collection,
    collection_part,
    collection_piece,
    cash_incident,
    day_close,
)
"""Tables that can be dropped and rebuilt from the journal."""

NEVER_CHANGED = ("journal",)
"""Tables whose rows are never updated or deleted: triggers abort both."""

TRIGGERS_SQLITE = tuple(
    f"CREATE TRIGGER {name}_never_{verb.lower()} BEFORE {verb} ON {name} "
    f"BEGIN SELECT RAISE(ABORT, 'the journal is only appended to'); END"
    for name in NEVER_CHANGED
    for verb in ("UPDATE", "DELETE")
)

TRIGGERS_POSTGRESQL = (
    (
        "CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is only appended to'; END $$"
    ),
    *(
        f"CREATE TRIGGER {name}_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"
        for name in NEVER_CHANGED
    ),
)
