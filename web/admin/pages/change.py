"""Change: which coins to bring at the next visit."""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from kiosk.core.postings import hopper_container
from kiosk.i18n import CountError, parse_count
from kiosk.store.cash import read_collection_rows
from kiosk.store.change_needs import (
    LONGEST_DAYS,
    ChangeNeed,
    Inside,
    change_needs,
    days_between_visits,
    read_day_pieces,
)
from kiosk.store.reading import read_balances
from web.admin.desk import Desk
from web.admin.tables import change_table


@dataclass(frozen=True, slots=True)
class Change:
    """What the hoppers of one kiosk need for so many days; without a history nobody knows."""

    needs: tuple[ChangeNeed, ...]
    days: int
    has_history: bool

    @property
    def bring_minor(self) -> int:
        """Worth of the coins to bring."""
        return sum(each.bring * each.value_minor for each in self.needs)


def read_change(desk: Desk, connection: Connection, kiosk_id: str) -> Change:
    """Which coins to bring to a kiosk, for the days of the address or else until the usual next visit."""
    today, timezone = desk.today(), desk.config.timezone
    usual_days = days_between_visits(read_collection_rows(connection, kiosk_id), timezone)
    pieces = read_day_pieces(connection, kiosk_id, today=today, timezone=timezone)
    balances = {each.account: each.amount_minor for each in read_balances(connection, kiosk_id)}
    inside = {
        device: Inside(
            value_minor,
            balances.get(f"cash.{hopper_container(device)}", 0) // value_minor,
            # How much a hopper elsewhere holds is written in that kiosk's own configuration.
            None if desk.is_fleet else desk.devices()[device][0].capacity,
        )
        for device, value_minor in desk.hoppers_of(kiosk_id).items()
        if value_minor
    }
    days = _asked_days() or usual_days
    needs = change_needs(pieces, inside, today=today, days=days, currency=desk.config.money.currency)
    return Change(needs, days, has_history=bool(pieces))


def _asked_days() -> int | None:
    """The days in the address, in whatever digits; None when there are none that make sense."""
    try:
        days = parse_count(flask.request.args.get("days", ""))
    except CountError:
        return None
    return days if 1 <= days <= LONGEST_DAYS else None


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add this page."""

    @pages.get("/cash/change")
    def change() -> ResponseReturnValue:
        with desk.reading() as connection:
            found = read_change(desk, connection, desk.kiosk_id)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "change", change_table(desk.voice(), found.needs, found.days))
        return desk.render(
            "change.html",
            "nav.cash",
            needs=found.needs,
            days=found.days,
            has_history=found.has_history,
            bring_minor=found.bring_minor,
            unmet=tuple(each for each in found.needs if each.unmet),
            unsized=tuple(each for each in found.needs if each.capacity is None and not desk.is_fleet),
        )
