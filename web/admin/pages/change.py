"""Change: which coins to bring at the next visit."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from kiosk.core.postings import hopper_container
from kiosk.i18n import CountError, parse_count
from kiosk.store.cash import read_collection_rows
from kiosk.store.change_needs import LONGEST_DAYS, Inside, change_needs, days_between_visits, read_day_pieces
from kiosk.store.reading import read_balances
from web.admin.desk import Desk
from web.admin.tables import change_table


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
        today = desk.today()
        with desk.reading() as connection:
            usual_days = days_between_visits(
                read_collection_rows(connection, desk.kiosk_id), desk.config.timezone
            )
            pieces = read_day_pieces(connection, desk.kiosk_id, today=today, timezone=desk.config.timezone)
            balances = {each.account: each.amount_minor for each in read_balances(connection, desk.kiosk_id)}
        inside = {
            device: Inside(
                value_minor,
                balances.get(f"cash.{hopper_container(device)}", 0) // value_minor,
                # How much a hopper elsewhere holds is written in that kiosk's own configuration.
                None if desk.is_fleet else desk.devices()[device][0].capacity,
            )
            for device, value_minor in desk.hopper_values().items()
            if value_minor
        }
        days = _asked_days() or usual_days
        needs = change_needs(pieces, inside, today=today, days=days, currency=desk.config.money.currency)
        wanted = desk.wanted_file()
        if wanted is not None:
            return desk.send_file(wanted, "change", change_table(desk.voice(), needs, days))
        return desk.render(
            "change.html",
            "nav.cash",
            needs=needs,
            days=days,
            has_history=bool(pieces),
            bring_minor=sum(each.bring * each.value_minor for each in needs),
            unmet=tuple(each for each in needs if each.unmet),
            unsized=tuple(each for each in needs if each.capacity is None and not desk.is_fleet),
        )
