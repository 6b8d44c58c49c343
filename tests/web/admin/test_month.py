"""Month end of a month that is over: its stock, and figures that no entry tells."""

from __future__ import annotations

import re
from dataclasses import replace

from kiosk.config import MachineConfig
from kiosk.i18n import strip_marks
from kiosk.runtime.clock import stamp_of
from kiosk.store.stock_days import read_stock_then
from tests.kiosk.ledger_world import KIOSK_ID
from tests.web.admin.office import OWNER, Office

DAY_MS = 86_400_000


def checkpoint(office: Office) -> None:
    office.till._state = office.ledger.checkpoint(office.till._state, stamp_of(office.clock))


def month(office: Office, wanted: str, language: str = "en") -> str:
    return strip_marks(office.client(OWNER, language).get("/desk/month", query={"month": wanted}).text)


def test_a_month_that_is_over_has_the_stock_of_its_last_checkpoint(office: Office) -> None:
    office.sale()
    office.done()
    coils = {slot: book.qty for slot, book in office.state.coils.items() if book.qty}
    checkpoint(office)
    costs = {product.sku: product.cost_minor for product in office.catalogue().products.values()}
    with office.desk.reading() as connection:
        then = read_stock_then(connection, [KIOSK_ID], "2026-12-01T00:00:00.000Z", costs)[KIOSK_ID]
    assert sum(then.qty.values()) == sum(coils.values()), "as the till's own fold has it"
    assert "Stock now, at cost" in month(office, "2026-11")
    office.clock.move(20 * DAY_MS)
    office.sale()
    office.done()
    checkpoint(office)
    page = month(office, "2026-11")
    row = page[page.index("Stock at the end") :].partition("</tr>")[0]
    assert f"€{then.value_minor / 100:.2f}" in row
    assert "as signed on 21 November 2026" in row.replace("\xa0", " ")
    pieces = re.findall(r"<li>[^<]*: ([0-9]+), €([0-9.]+)</li>", row)
    assert sum(int(qty) for qty, _ in pieces) == sum(then.qty.values()), "it unfolds into its products"
    assert sum(int(amount.replace(".", "")) for _, amount in pieces) == then.value_minor


def test_a_month_without_a_checkpoint_says_nothing_of_its_stock(office: Office) -> None:
    assert "at cost" not in month(office, "2026-10").partition("<tbody>")[2]


def test_configured_costs_and_sums_say_how_they_came(office: Office) -> None:
    costs = MachineConfig(monthly_fees_minor=3000, monthly_depreciation_minor=600)
    object.__setattr__(office.desk, "config", replace(office.config, machines={KIOSK_ID: costs}))
    page = month(office, "2026-11")
    assert "€30.00 a month × 1 of 30 days = €1.00" in page
    assert "[machines.K1] monthly_fees_minor" in page
    profit = re.search(
        r"<details class=\"made-of\">(?:(?!</details>).)*Fees: .{1,3}1\.00.*?</details>", page, re.DOTALL
    )
    assert profit is not None, "the profit unfolds into what leads to it"
