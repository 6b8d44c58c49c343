"""Coils: which of them fail, how often, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.shrink import Interval, clopper_pearson
from kiosk.i18n import format_percent
from kiosk.store.coils import LOOK_BACK_DAYS, SURE, Turns, stand_out
from kiosk.store.figures import Kind, read_figures
from kiosk.store.reading import TURNED, day_bounds
from web.admin.desk import Desk
from web.admin.tables import coils_table
from web.admin.voice import Voice

BP: Final = 10_000

TELLING_BP: Final = 1_000
"""A coil that never failed, but of which one failure in ten turns cannot be ruled out, turned too seldom to be called sound: that
often shoppers notice it within a day. With `SURE` it takes 66 turns."""


@dataclass(frozen=True, slots=True)
class CoilRow:
    """One coil, with its rate of failure in basis points."""

    kiosk_id: str
    slot: str
    turns: Turns
    rate: Interval
    jams: bool

    @property
    def low_bp(self) -> int:
        """The least that its true rate may be."""
        return round(self.rate.low * BP)

    @property
    def high_bp(self) -> int:
        """The most that it may be."""
        return round(self.rate.high * BP)

    def words(self, voice: Voice) -> str:
        """The interval in the reader's digits, outwards to whole percents: a few turns tell no more than that."""
        ends = (self.low_bp // 100 * 100, -(-self.high_bp // 100) * 100)
        low, high = (format_percent(each, voice.language) for each in ends)
        return voice.say("coils.between", low=low, high=high)

    @property
    def tells(self) -> bool:
        """Whether its turns say something: it failed, or it turned so often that it would have."""
        return bool(self.turns.failed) or self.high_bp <= TELLING_BP


@dataclass(frozen=True, slots=True)
class CoilGroups:
    """All coils that turned, by what a vendor does about them.

    Attributes:
        failing: Something failed: looked at one by one, the worst first.
        seldom: None failed, and they turned too seldom to say more.
        sound: None failed, and that is no chance.
    """

    failing: tuple[CoilRow, ...]
    seldom: tuple[CoilRow, ...]
    sound: tuple[CoilRow, ...]


def grouped(rows: Iterable[CoilRow]) -> CoilGroups:
    """The rows in their order, group by group."""
    failing: list[CoilRow] = []
    seldom: list[CoilRow] = []
    sound: list[CoilRow] = []
    for row in rows:
        (failing if row.turns.failed else sound if row.tells else seldom).append(row)
    return CoilGroups(tuple(failing), tuple(seldom), tuple(sound))


def _since(desk: Desk) -> date:
    """The first day whose turns count."""
    return desk.today() - timedelta(days=LOOK_BACK_DAYS - 1)


def coil_rows(desk: Desk) -> tuple[CoilRow, ...]:
    """Every coil that turned in the last days, as `rows_of` sorts them."""
    zone = desk.config.timezone
    start_at, _ = day_bounds(_since(desk), zone)
    _, end_at = day_bounds(desk.today(), zone)
    with desk.reading() as connection:
        figures = read_figures(connection, desk.kiosk_ids(), Kind.TURN, start_at, end_at)
    return rows_of(
        {(each.kiosk_id, each.name): Turns(each.qty, each.amount_minor + each.part_minor) for each in figures}
    )


def rows_of(turns: Mapping[tuple[str, str], Turns]) -> tuple[CoilRow, ...]:
    """Coils by kiosk and place: those that stand out first, then by the rate of failure that is sure, then by place."""
    jamming = {(each.kiosk_id, each.slot) for each in stand_out(turns)}
    rows = [
        CoilRow(*key, each, clopper_pearson(each.failed, each.turned, SURE), key in jamming)
        for key, each in turns.items()
    ]
    return tuple(
        sorted(
            rows,
            key=lambda row: (not row.jams, -row.rate.low, -row.turns.failed, row.kiosk_id, row.slot),
        )
    )


def _entries(desk: Desk, row: CoilRow, outcome: str) -> str:
    """Where the turns that a figure counts are listed; ``outcome`` as the journal's filter has it."""
    asked = {"kind": TURNED, "slot": row.slot, "outcome": outcome, "from": _since(desk).isoformat()}
    if desk.is_fleet:
        asked["kiosk"] = row.kiosk_id
    return flask.url_for("desk.journal", **{name: text for name, text in asked.items() if text})  # type: ignore[arg-type]


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add this page."""

    @pages.get("/coils")
    def coils() -> ResponseReturnValue:
        rows, wanted = coil_rows(desk), desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "coils", coils_table(desk.voice(), rows, LOOK_BACK_DAYS))
        return desk.render(
            "coils.html",
            "nav.coils",
            rows=rows,
            groups=grouped(rows),
            kiosks=desk.kiosks(),
            has_several=len(desk.kiosk_ids()) > 1,
            days=LOOK_BACK_DAYS,
            entries=lambda row, outcome: _entries(desk, row, outcome),
        )
