"""Cash: what is in the machine, what was collected and how it compared, and what is owed."""

from __future__ import annotations

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue

from kiosk.store.reading import read_balances, read_collections, read_debts
from web.admin.desk import Desk


@dataclass(frozen=True, slots=True)
class Container:
    """A place for coins; ``qty`` is 0 where coins of several values lie together."""

    account: str
    qty: int
    amount_minor: int


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/cash")
    def cash() -> ResponseReturnValue:
        with desk.reading() as connection:
            balances = read_balances(connection, desk.kiosk_id)
            collections = read_collections(connection, desk.kiosk_id, balances)
            debts = read_debts(connection, desk.kiosk_id)
        sums = {each.account: each.amount_minor for each in balances}
        hoppers = [
            Container(account, sums.get(account, 0) // value_minor, sums.get(account, 0))
            for account, value_minor in (
                (f"cash.hopper.{name}", value_minor) for name, value_minor in desk.hopper_values().items()
            )
            if value_minor
        ]
        known = {container.account for container in hoppers}
        others = [
            Container(account, 0, amount_minor)
            for account, amount_minor in {"cash.box": 0, **sums}.items()
            if account.startswith("cash.")
            and account not in known
            and (amount_minor or account == "cash.box")
        ]
        return desk.render(
            "cash.html",
            "nav.cash",
            containers=(*others, *hoppers),
            collections=collections,
            debts=debts,
            float_minor=-sums.get("float", 0),
            collected_minor=sum(
                each.amount_minor for each in balances if each.account.startswith("transit.")
            ),
        )
