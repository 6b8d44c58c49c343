"""Sales and month end: every figure is the sum of its entries, of one kiosk and of all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inventory.stockroom import save_catalogue
from kiosk.config import ConfigError, MachineConfig, MonthCosts, parse_config
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import strip_marks
from kiosk.months import Calendar, month_days
from kiosk.store.reading import month_bounds
from kiosk.store.results import Result, read_results
from tests.kiosk.goods import CATALOGUE, PRICES
from tests.kiosk.world import World
from tests.web.admin.office import CLERK, OWNER, Office
from tests.web.admin.test_fleet import KEYS, HubOffice
from tests.web.admin.test_pages import text_of
from tests.web.test_hub_api import SMALL
from web.admin.pages.sales import HEATS, bars_of, heats_of, span_after, span_before, year_span
from web.admin.pages.sales import Span as Days

MARCH = month_bounds("2026-03", "Europe/Berlin")
COSTS = {product.sku: product.cost_minor for product in CATALOGUE.products.values()}
DAY_MS = 86_400_000


def trade(world: World, days: int) -> None:
    """A few sales on each of some days, a cash box that lacks 30, and two apples thrown away."""
    for day in range(days):
        world.choose("A1" if day % 2 else "A2")
        world.coins(200)
        world.pass_time(30_000)
        world.scan("water")
        world.coins(200)
        world.pass_time(DAY_MS - 30_000)
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.StockCounted("fill-1", "clerk", "S1", "fill", 9))
    world.ask(ev.StockCounted("spoilt-1", "clerk", "S1", "spoilage", 2))
    world.ask(ev.ClerkLeft("clerk"))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """Two kiosks that traded three days and one."""
    made = []
    for days, (kiosk_id, key) in zip((3, 1), KEYS.items(), strict=True):
        world = World(tmp_path_factory.mktemp(kiosk_id), kiosk_id=kiosk_id, key=key)
        trade(world, days)
        assert world.ledger is not None
        save_catalogue(world.ledger.connection, CATALOGUE)
        made.append(world)
    yield made[0], made[1]
    for world in made:
        world.die()


@pytest.fixture
def fleet(tmp_path: Path, worlds: tuple[World, World]) -> Iterator[HubOffice]:
    """A desk that holds both kiosks."""
    made = HubOffice(tmp_path / "desk")
    made.clock.at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    made.enrol("Lobby", "Ward 4")
    for world in worlds:
        made.hear(world)
    yield made
    made.hub.close()


def test_the_desks_figures_are_the_sum_of_the_kiosks_own(
    fleet: HubOffice, worlds: tuple[World, World]
) -> None:
    own: list[Result] = []
    for world in worlds:
        assert world.ledger is not None
        own += read_results(world.ledger.connection, [world.kiosk_id], *MARCH, costs_minor=COSTS)
    with fleet.hub.reader.connect() as connection:
        at_desk = read_results(connection, list(KEYS), *MARCH, costs_minor=COSTS)
    assert list(at_desk) == own
    for world, result in zip(worlds, own, strict=True):
        sales = [fact for fact in world.facts(f.SaleClosed) if isinstance(fact, f.SaleClosed)]
        assert result.gross_minor == sum(sale.total_minor for sale in sales)
        assert result.sales == len(sales)
        assert result.goods_minor == sum(sum(sale.costs or ()) for sale in sales) > 0
        assert result.tax_minor == sum(part.tax_minor for sale in sales for part in sale.taxes) > 0
        assert (result.waste_qty, result.waste_minor) == (2, 2 * COSTS["water"])
        held = world.state.totals
        assert result.cash_minor > held.sold
        assert result.margin_minor == result.net_minor - result.goods_minor - 2 * COSTS["water"]


def test_month_end_shows_every_kiosk_and_every_amount_opens_entries_of_its_month(fleet: HubOffice) -> None:
    visitor = fleet.client()
    page = visitor.get("/desk/month", query={"month": "2026-03"}).text
    assert "Lobby" in page
    assert "Ward 4" in page
    links = {href.replace("&amp;", "&") for href in re.findall(r'class="figure" href="(/[^"]+)"', page)}
    assert len(links) >= 16
    for href in links:
        month = "month=2026-02" if href.startswith("/desk/month") else "month=2026-03"
        assert month in href or "to=2026-03-31" in href, "a balance opens all entries until then"
        assert visitor.get(href).status_code == 200, href
    tax = visitor.get("/desk/journal?kiosk=K2&month=2026-03&account=tax.standard").text
    assert tax.count('<th scope="row"><a') == 1, "the water; chips came on another day than bars"
    assert not re.findall(r"<td[^>]*>[^<\d]*[\d.]+\s*</td>", page.replace("€", "")), "every amount opens"
    sums = [
        re.search(
            rf'kiosk={kiosk}[^"]*figure=gross[^"]*">([^<]+)<|figure=gross[^"]*kiosk={kiosk}[^"]*">([^<]+)<',
            page,
        )
        for kiosk in KEYS
    ]
    every = visitor.get("/desk/journal?month=2026-03&figure=gross").text
    for found in sums:
        assert found is not None
        assert strip_marks(found[1] or found[2]) in strip_marks(every), (
            "asked for all, each kiosk has its own"
        )
    before = visitor.get("/desk/month", query={"month": "2026-02"}).text
    assert "€0.00" in before


def test_month_end_is_a_file_in_one_tap_in_three_languages(fleet: HubOffice) -> None:
    for language, title in (("en", "Profit per machine"), ("fa", "سود هر دستگاه"), ("ar", "ربح كل جهاز")):
        answer = fleet.client(language).get("/desk/month?month=2026-03&format=csv")
        assert answer.mimetype == "text/csv"
        assert title in answer.text, language


def test_fees_and_depreciation_of_the_configuration_lower_the_profit() -> None:
    config = parse_config(
        f"{SMALL}\n[machines.K1]\nmonthly_fees_minor = 2500\nmonthly_depreciation_minor = 4000\n", "k.toml"
    )
    assert config.machines["K1"] == MachineConfig(2500, 4000)
    with pytest.raises(ConfigError, match="monthly_fee: is no setting"):
        parse_config(f"{SMALL}\n[machines.K1]\nmonthly_fee = 2500\n", "k.toml")


@pytest.mark.parametrize(
    "address", ["http://kiosk.example", "https://me@kiosk.example", "https://k.example?x", "k"]
)
def test_the_address_of_a_kiosks_own_desk_is_a_page_that_a_password_may_be_sent_to(address: str) -> None:
    def parsed(desk: str) -> str:
        return parse_config(f'{SMALL}\n[machines.K1]\ndesk = "{desk}"\n', "k.toml").machines["K1"].desk

    assert parsed("https://192.168.1.20:8081/") == "https://192.168.1.20:8081/"
    assert parsed("http://127.0.0.1:8081") == "http://127.0.0.1:8081"
    with pytest.raises(ConfigError, match=r"machines\.K1\.desk.*begins with https"):
        parsed(address)


LATER = """
[machines.K1]
monthly_fees_minor = 2500
monthly_depreciation_minor = 4000

[[machines.K1.later]]
from_month = "2026-03"
monthly_fees_minor = 3100

[[machines.K1.later]]
from_month = "2027-01"
monthly_depreciation_minor = 0
"""


def test_a_new_fee_counts_from_the_first_day_of_its_jalali_month() -> None:
    later = LATER.replace("2026-03", "1405-01").replace("2027-01", "1405-10")
    machine = parse_config(f'calendar = "jalali"\n{SMALL}{later}', "k.toml").machines["K1"]
    assert [machine.costs_in(month).fees_minor for month in ("1404-12", "1405-01", "2026-03", "2026-04")] == [
        2500, 3100, 2500, 3100,
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r"months such as 1405-04 as from_month"):
        parse_config(f'calendar = "jalali"\n{SMALL}{LATER}', "k.toml")


def test_month_end_is_by_jalali_months_where_accounts_are_kept_so(
    tmp_path: Path, worlds: tuple[World, World]
) -> None:
    made = HubOffice(tmp_path / "desk", calendar=Calendar.JALALI)
    made.clock.at = datetime(2026, 3, 25, 12, tzinfo=UTC)
    made.enrol("Lobby", "Ward 4")
    for world in worlds:
        made.hear(world)
    esfand, farvardin = ({"month": month} for month in ("1404-12", "1405-01"))
    page = made.client("fa").get("/desk/month", query=esfand).text
    assert re.findall(r'<option value="([^"]+)"', page) == ["1405-01", "1404-12"], (
        "the first sale was in Esfand"
    )
    assert "اسفند\u00a0۱۴۰۴" in page
    assert "month=1404-12" in page
    visitor = made.client()
    assert (
        "Esfand\u00a01404 (20\u00a0February – 20\u00a0March\u00a02026)"
        in visitor.get("/desk/month", query=esfand).text
    )
    entries = visitor.get("/desk/journal", query={"kiosk": "K1", "kind": "SaleClosed", **esfand}).text
    assert entries.count('<th scope="row"><a') == len(worlds[0].facts(f.SaleClosed))
    none = visitor.get("/desk/journal", query={"kiosk": "K1", "kind": "SaleClosed", **farvardin}).text
    assert '<th scope="row"><a' not in none
    made.hub.close()


def test_a_new_fee_counts_from_its_month_and_past_months_stay_as_they_were(tmp_path: Path) -> None:
    machine = parse_config(SMALL + LATER, "k.toml").machines["K1"]
    assert [machine.costs_in(month) for month in ("2020-12", "2026-02", "2026-03", "2026-12", "2027-01")] == [
        MonthCosts(2500, 4000), MonthCosts(2500, 4000), MonthCosts(3100, 4000), MonthCosts(3100, 4000),
        MonthCosts(3100, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("month", "fees", "days"),
    [
        ("2026-02", "€0.00", "0 of 28"),  # it did not stand yet
        ("2026-03", "-€24.19", "30 of 31"),
        ("2026-04", "-€25.00", ""),
        ("2026-05", "-€31.00", ""),
        ("2026-06", "-€10.33", "10 of 30"),  # so far
    ],
)
def test_a_fee_is_charged_for_the_days_that_a_kiosk_stood(
    tmp_path: Path, worlds: tuple[World, World], month: str, fees: str, days: str
) -> None:
    machine = parse_config(SMALL + LATER.replace("2026-03", "2026-05"), "k.toml").machines["K1"]
    made = HubOffice(tmp_path / "desk", machines={"K1": machine})
    made.clock.at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    made.enrol("Lobby")
    made.hear(worlds[0])
    page = made.client().get("/desk/month", query={"month": month}).text
    line = text_of(page).replace("\u2212", "-")
    assert re.search(rf"Fees (for {days} days )?{re.escape(fees)} ", line), line[line.index("Fees") :][:80]
    assert days in text_of(page)
    offered = set(re.findall(r'<option value="(2026-[^"]+)"', page))
    assert offered == {month, "2026-03", "2026-04", "2026-05", "2026-06"}
    made.hub.close()


def test_the_cash_of_a_month_leads_from_its_beginning_to_its_end(fleet: HubOffice) -> None:
    with fleet.hub.reader.connect() as connection:
        april = month_bounds("2026-04", "Europe/Berlin")
        for before, after in zip(
            read_results(connection, list(KEYS), *MARCH, costs_minor=COSTS),
            read_results(connection, list(KEYS), *april, costs_minor=COSTS),
            strict=True,
        ):
            held_minor = before.cash_minor + before.transit_minor
            assert before.held_before_minor == 0
            assert before.put_in_minor > 0
            assert (
                before.from_shoppers_minor == before.gross_minor + before.owed_minor + before.suspense_minor
            )
            assert held_minor == before.put_in_minor + before.from_shoppers_minor - before.banked_minor
            assert after.held_before_minor == held_minor == after.cash_minor + after.transit_minor
            assert after.from_shoppers_minor == after.put_in_minor == 0


@pytest.mark.parametrize(
    ("months", "is_right"),
    [
        (("2026-03", "2026-04"), True),
        (("2026-04", "2026-03"), False),
        (("2026-03", "2026-03"), False),
        (("2026-13",), False),
        (("March",), False),
    ],
)
def test_months_of_later_costs_are_months_in_their_order(months: tuple[str, ...], *, is_right: bool) -> None:
    text = SMALL + "".join(f'\n[[machines.K1.later]]\nfrom_month = "{month}"\n' for month in months)
    if is_right:
        assert [each.from_month for each in parse_config(text, "k.toml").machines["K1"].later] == list(months)
        return
    with pytest.raises(ConfigError, match=r"machines\.K1\.later: .*each later than the one before"):
        parse_config(text, "k.toml")


def test_a_month_that_is_none_is_refused_and_the_last_of_february_is_found(office: Office) -> None:
    visitor = office.client(OWNER)
    for month in ("2026-13", "now", "2026-3", "9999-12", "2026-03-01"):
        assert visitor.get("/desk/month", query={"month": month}).status_code == 400, month
        assert visitor.get("/desk/journal", query={"month": month}).status_code == 400, month
    assert month_days("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_days("2026-12")[1] == date(2026, 12, 31)
    assert visitor.get("/desk/month").status_code == 200
    assert office.client(CLERK).get("/desk/month").status_code == 403


def test_sales_stand_by_day_by_hour_by_product_and_by_kiosk(fleet: HubOffice) -> None:
    visitor = fleet.client()
    span = {"from": "2026-03-01", "to": "2026-03-05"}
    page = visitor.get("/desk/sales", query=span).text
    per_day = PRICES[2] + 150
    assert f"€{(3 * 150 + 2 * 120 + 150 + 150 + 120) / 100:.2f}" in page
    assert f"€{2 * per_day / 100:.2f}" in page, "the first day of both"
    assert "Ward 4" in page
    links = [href.replace("&amp;", "&") for href in re.findall(r'class="figure" href="(/[^"]+)"', page)]
    assert all(visitor.get(href).status_code == 200 for href in links)
    water = visitor.get("/desk/sales", query={**span, "sku": "water", "kiosk": "K1"}).text
    assert "€4.50" in water
    assert 'id="by-kiosk"' not in water, "of one kiosk there is nothing to compare"
    plot = visitor.get("/desk/sales.svg", query={**span, "size": "small"})
    assert (plot.status_code, plot.mimetype) == (200, "image/svg+xml")


def test_a_year_stands_by_months_each_of_which_opens_to_its_days(fleet: HubOffice) -> None:
    visitor = fleet.client()
    page = visitor.get("/desk/sales", query={"from": "2025-04-01", "to": "2026-03-31"}).text
    rows = re.findall(r'<th scope="row"><a href="(/desk/sales[^"]+)">', page)
    assert len(rows) == 12
    march = visitor.get(rows[0].replace("&amp;", "&")).text
    assert "By day" in march
    assert march.count("kind=SaleClosed") + march.count('class="figure"') >= 5
    (earlier,) = re.findall(r'href="([^"]+)">Earlier', march)
    assert "from=2026-02-01" in earlier
    assert "to=2026-02-28" in earlier
    assert "Later" not in march


def test_days_before_and_after_are_months_where_they_are_asked_by_months() -> None:
    today, kept = date(2026, 3, 5), Calendar.GREGORIAN
    assert year_span(today, kept) == Days(date(2025, 4, 1), today)
    assert span_before(year_span(today, kept), today, kept) == Days(date(2024, 4, 1), date(2025, 3, 31))
    february = Days(date(2026, 2, 1), date(2026, 2, 28))
    assert span_after(february, today, kept) == Days(date(2026, 3, 1), today)
    assert span_before(Days(date(2026, 1, 3), date(2026, 1, 5)), today, kept) == Days(
        date(2025, 12, 31), date(2026, 1, 2)
    )
    assert span_after(Days(date(2026, 3, 1), today), today, kept) is None
    for each in Calendar:
        assert span_before(Days(date(1, 1, 1), date(1, 1, 31)), today, each) is None


def test_where_accounts_are_kept_by_jalali_months_so_are_the_sales() -> None:
    today, kept = date(2026, 3, 25), Calendar.JALALI  # the fifth of Farvardin 1405
    year = year_span(today, kept)
    assert year == Days(date(2025, 4, 21), today), "Ordibehesht 1404 and the eleven after it"
    assert span_before(year, today, kept) == Days(date(2024, 4, 20), date(2025, 4, 20)), "a leap year's"
    esfand = Days(date(2026, 2, 20), date(2026, 3, 20))
    assert span_after(esfand, today, kept) == Days(date(2026, 3, 21), today)
    assert span_before(esfand, today, kept) == Days(date(2026, 1, 21), date(2026, 2, 19))
    bars = bars_of(year, {date(2026, 3, 20): (1, 50), date(2026, 3, 21): (2, 70)}, kept)
    assert len(bars) == 12
    assert [(bar.first, bar.last, bar.pieces) for bar in bars[-2:]] == [
        (esfand.first, esfand.last, 1),
        (date(2026, 3, 21), today, 2),
    ]


def test_sales_of_no_days_say_so_and_wrong_days_are_told(fleet: HubOffice) -> None:
    visitor = fleet.client()
    empty = visitor.get("/desk/sales", query={"from": "2025-01-01", "to": "2025-01-02"}).text
    assert "Nothing was sold in these days" in empty
    for query, words in (
        ({"from": "soon"}, "That is no day"),
        ({"from": "0001-01-01", "to": "0001-01-31"}, "That is no day"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "first day is after"),
        ({"from": "1990-01-01", "to": "2026-03-01"}, "are shown at once"),
    ):
        page = visitor.get("/desk/sales", query=query).text
        assert words in page


def test_a_persian_reader_reads_and_types_days_of_their_own_calendar(fleet: HubOffice) -> None:
    visitor = fleet.client("fa")
    page = visitor.get("/desk/sales", query={"from": "۱۴۰۴/۱۲/۱۰", "to": "14041214"}).text
    assert 'value="۱۴۰۴/۱۲/۱۰"' in page
    assert 'value="۱۴۰۴/۱۲/۱۴"' in page
    assert "from=2026-03-01" in page, "links say the day as every other part of the product does"
    assert 'type="date"' not in page, "no browser's field knows that calendar"
    assert 'type="date"' in fleet.client("ar").get("/desk/sales").text
    day = visitor.get("/desk/journal", query={"kiosk": "K1", "kind": "SaleClosed", "day": "۱۴۰۴/۱۲/۱۱"}).text
    assert day.count('<th scope="row"><a') == 2
    assert visitor.get("/desk/journal", query={"kiosk": "K1", "day": "۱۴۰۴/۱۲/۳۰"}).status_code == 400


def test_a_week_begins_as_its_reader_begins_it(fleet: HubOffice) -> None:
    query = {"from": "2026-03-01", "to": "2026-03-05"}
    for language, first in (("en", "Monday"), ("fa", "شنبه"), ("ar", "السبت")):
        page = fleet.client(language).get("/desk/sales", query=query).text
        heat = page[page.index('class="heat"') :]
        assert re.findall(r'<tr><th scope="row">([^<]+)</th>', heat)[0] == first


def test_a_long_span_has_a_bar_for_each_month() -> None:
    bars = bars_of(
        Days(date(2026, 1, 15), date(2026, 4, 2)),
        {date(2026, 2, 3): (1, 50), date(2026, 2, 9): (2, 70)},
        Calendar.GREGORIAN,
    )
    assert [(bar.first.month, bar.pieces, bar.amount_minor, bar.month) for bar in bars] == [
        (1, 0, 0, ""),
        (2, 3, 120, "2026-02"),
        (3, 0, 0, "2026-03"),
        (4, 0, 0, ""),
    ], "only whole months have a month's name"
    assert bars[1].last == date(2026, 2, 28)


def test_the_best_hour_is_darkest_and_a_small_one_is_still_seen() -> None:
    shades = {place: heat.shade for place, heat in heats_of({(0, 8): 1, (0, 9): 1_000, (1, 8): 0}).items()}
    assert shades == {(0, 8): 1, (0, 9): HEATS, (1, 8): 0}
