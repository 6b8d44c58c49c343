"""The desk in a real browser: accessible, unclipped and usable in three languages on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.routing import Rule

from inventory.barcode import check_digit
from inventory.barcode_table import NATIONAL
from inventory.goods_file import write_goods
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import STORE, About
from kiosk.core.postings import CASH_BOX
from kiosk.i18n import LANGUAGES
from tests.kiosk.ledger_world import KIOSK_ID, PRODUCTS
from tests.web.admin.office import CLERK, OWNER, PASSWORDS, Office
from tests.web.admin.test_access import VALUES, desk_rules, path_of
from tests.web.admin.test_coils import jam
from tests.web.admin.test_fleet import HubOffice
from tests.web.admin.test_labels import LABEL, ROW
from tests.web.admin.test_pages import busy, send_file
from web.serve import WebServer

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    # What is right is not listed element by element: half of axe's time.
    "resultTypes": ["violations"],
}
DAY_MS = 86_400_000
LOOKS_SECONDS = 600
"""For all pages in one language, as ``./run looks`` takes them, on a machine that does much else."""

LEAST_TARGET = 24
"""WCAG 2.2, success criterion 2.5.8: CSS pixels of a target that is not a link in a sentence."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("desk"))
    busy(office)
    more(office)
    yield office
    office.close()


def more(office: Office) -> None:
    """What the pages behind the first ones show: a jamming coil, dates, plans, a round, collections and a closed day."""
    office.ask(ev.LabelsOffered(OWNER, (ROW, *NATIONAL["GB"]), "digest"))
    office.desk.claims.open(token="claim-2-open", about=About.NO_MONEY_BACK, said_minor=50, channel="phone")
    jam(office, 5)
    office.count("A1", 5)
    today = office.clock.wall().date()
    for days in (0, 2, 40):
        ends = (today + timedelta(days=days)).isoformat()
        office.ask(ev.StockCounted(f"lot-{days}", CLERK, "S1", "fill", 2, expires_on=ends, lot=f"L{days}"))
    office.ask(ev.StockCounted("store", CLERK, STORE, "receive", 24, sku="COLA"))
    office.clock.move(DAY_MS)
    office.tell()
    later = (today + timedelta(days=9)).isoformat()
    office.ask(ev.PricesOffered(OWNER, "plan", later, (("COLA", 170), ("NUTS", 250))))
    counts = ((CASH_BOX, ((100, 2), (200, 1))),)
    for number in range(2):
        office.sale()
        office.done()
        office.ask(ev.ClerkEntered(CLERK))
        office.ask(ev.BoxesTaken(f"out-{number}", CLERK))
        if number == 0 and office.state.collection is not None:
            out = office.state.collection.collection
            office.ask(ev.CollectionCount("count", CLERK, out, counts, "4711", 1_250))
            office.ask(ev.DayCloseAsked("close", OWNER))
        office.ask(ev.ClerkLeft(CLERK))
    office.ask(ev.RoundOpened("round", CLERK))


@pytest.fixture(scope="module")
def url(office: Office) -> Iterator[str]:
    with office.served() as url:
        yield url.rstrip("/").replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def paths(office: Office) -> list[str]:
    """Every page of the desk: those below with most to show, and whatever they leave out as its address alone shows it."""
    claim = office.desk.claims.statuses(is_open=True)[0].claim
    collections = [each.fact.collection for each in office.facts(f.CollectionStarted)]  # type: ignore[attr-defined]
    file = write_goods([replace(PRODUCTS[0], price_minor=170), replace(PRODUCTS[1], sku="DATES")], exponent=2)
    plan = b"slot,place,sku,capacity,par,coil\r\nS1,shelf,DATES,20,10,\r\n"
    preview = re.search(
        r'action="(/desk/goods/import/[^"]+)"', send_file(office.client(OWNER), file, plan=plan)
    )
    assert preview
    listed = [
        "/desk/", "/desk/goods", "/desk/goods/COLA", "/desk/goods/import", "/desk/stock?all=1",
        f"/desk/labels?edit=281234&code={LABEL}{check_digit(LABEL)}",
        "/desk/stock?view=shelf", "/desk/stock/dates", "/desk/stock/places/S1", "/desk/stock/goods/NUTS",
        "/desk/claims", f"/desk/claims/{claim}", "/desk/cash", "/desk/health",
        "/desk/journal", "/desk/journal?account=cash.*", f"/desk/journal/1/{office.state.seq}", "/desk/codes",
        "/desk/users", "/desk/restock?all=1", "/desk/restock/pick", "/desk/shrink", "/desk/nothing-here",
        "/desk/claims/new", "/desk/planogram/S1", "/desk/prices?change=percent&value=10&to=coin", "/desk/goods/NUTS/edit",
        "/desk/round", "/desk/round?step=fill", "/desk/round?step=cash", "/desk/cash/days/1",
        *(f"/desk/cash/{each}" for each in collections), preview[1],
    ]  # fmt: skip
    adapter = office.app.url_map.bind("localhost")
    open_now = {adapter.match(path.partition("?")[0])[0] for path in listed if "nothing" not in path}
    visitor = office.client(OWNER)
    rest = [
        path_of(office, rule)
        for rule in desk_rules(office)
        if is_shown(rule) and rule.endpoint not in open_now
    ]
    return listed + [
        path
        for path in rest
        if (answer := visitor.get(path)).status_code == 200 and answer.mimetype == "text/html"
    ]


@pytest.fixture(scope="module")
def hub_office(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubOffice]:
    """The desk for several kiosks after it heard of this one, and never of a second."""
    hub_office = HubOffice(tmp_path_factory.mktemp("hub"))
    hub_office.hear_all(office)
    hub_office.hub.inbox.register("K9", "Ward 4", "00" * 32)
    yield hub_office
    hub_office.hub.close()


@pytest.fixture(scope="module")
def hub_url(hub_office: HubOffice) -> Iterator[str]:
    """Under another name than the kiosk's own desk: cookies know no ports."""
    server = WebServer(hub_office.app, "127.0.0.1", 0, name="hub")
    server.start()
    yield server.url().rstrip("/")
    server.close()


@pytest.fixture(scope="module")
def hub_paths(hub_office: HubOffice, office: Office) -> list[str]:
    """Every page of the desk for several kiosks: of one of them, and where it differs of all and of a silent one."""
    known = VALUES | {
        "claim": office.desk.claims.statuses(is_open=True)[0].claim,
        "collection": office.facts(f.CollectionStarted)[0].fact.collection,  # type: ignore[attr-defined]
        "seq": office.state.seq,
    }
    rules = [
        rule
        for rule in hub_office.app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.") and is_shown(rule) and rule.endpoint != "desk.sign_in"
    ]
    with hub_office.app.test_request_context(base_url="http://localhost"):
        of_one = [
            hub_office.app.url_for(
                rule.endpoint, kiosk=KIOSK_ID, **{name: known[name] for name in rule.arguments}
            )
            for rule in rules
        ]
    of_all = [
        "/desk/kiosks",
        "/desk/sales",
        "/desk/month",
        "/desk/claims",
        "/desk/stock",
        "/desk/shrink",
        "/desk/cash",
    ]
    of_none = ["/desk/kiosks?kiosk=K9", "/desk/stock?kiosk=K9", "/desk/cash?kiosk=K9", "/desk/nothing-here"]
    visitor = hub_office.client()
    return [*of_all, *of_none] + [
        path
        for path in of_one
        if (answer := visitor.get(path)).status_code == 200 and answer.mimetype == "text/html"
    ]


def is_shown(rule: Rule) -> bool:
    """Whether it is opened, and not sent; an address with a dot is a file's."""
    return "GET" in (rule.methods or ()) and "." not in rule.rule


def enter(page: Page, url: str, language: str, who: str = OWNER) -> None:
    page.context.add_cookies([{"name": "desk_language", "value": language, "url": url, "httpOnly": True}])
    page.goto(url + "/desk/sign-in")
    page.fill("#name", who)
    page.fill("#password", PASSWORDS[who])
    page.click("main button")
    expect(page.locator("#menu")).to_be_attached()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def small_targets(page: Page) -> list[str]:
    """Buttons, fields and links outside sentences that a finger misses."""
    return list(
        page.evaluate(
            """least => [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, nav a, .button, .tab')]
                .filter(each => { const box = each.getBoundingClientRect();
                    return box.width && (box.width < least || box.height < least); })
                .map(each => each.outerHTML.slice(0, 100))""",
            LEAST_TARGET,
        )
    )


@pytest.mark.timeout(LOOKS_SECONDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_and_nothing_is_clipped(
    url: str, paths: list[str], viewport: Callable[[str], Page], language: str, *, in_every_language: bool
) -> None:
    """Each page in one language of three, in turn; in all of them with ``./run looks``."""
    page = viewport("wide")
    page.context.add_cookies([{"name": "desk_language", "value": language, "url": url, "httpOnly": True}])
    page.goto(url + "/desk/sign-in")
    assert violations(page) == []
    look_at(url, paths, viewport, language, in_turn=0 if in_every_language else 1)


@pytest.mark.timeout(LOOKS_SECONDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_for_several_kiosks_is_as_accessible(
    hub_url: str,
    hub_paths: list[str],
    viewport: Callable[[str], Page],
    language: str,
    *,
    in_every_language: bool,
) -> None:
    """Its pages of one kiosk are those above without their forms: the gate looks at a third of them."""
    look_at(hub_url, hub_paths, viewport, language, in_turn=0 if in_every_language else 3)


def look_at(
    url: str, paths: list[str], viewport: Callable[[str], Page], language: str, *, in_turn: int
) -> None:
    """Pages of a desk: for an ``in_turn`` of 0 all of them, else every ``in_turn``-th, each in one language of three."""
    page = viewport("wide")
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security" in message.text else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    enter(page, url, language)
    step = len(LANGUAGES) * in_turn
    for path in paths[LANGUAGES.index(language) :: step] if step else paths:
        viewport("wide")
        page.goto(url + path)
        assert page.evaluate("document.documentElement.dir") == ("ltr" if language == "en" else "rtl")
        complaints += [f"{path}: {each}" for each in violations(page)]
        for size in ("wide", "phone"):
            viewport(size)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            complaints += [f"{path}, {size}: {over} pixels too wide"] if over > 0 else []
            complaints += [f"{path}, {size}: small: {each}" for each in small_targets(page)]
    assert complaints == []


def test_what_is_printed_says_whose_it_is_and_of_when_and_has_nothing_to_press(
    office: Office, url: str, viewport: Callable[[str], Page]
) -> None:
    page = viewport("phone")  # paper is narrower than a desk
    enter(page, url, "fa")
    out = office.facts(f.CollectionCounted)[0].fact
    assert isinstance(out, f.CollectionCounted)
    for path in ("/desk/month", f"/desk/cash/{out.collection}"):
        page.goto(url + path)
        expect(page.locator(".on-paper").first).to_be_hidden()
        page.emulate_media(media="print")
        expect(page.locator(".on-paper").first).to_have_text(
            re.compile("Nilufar Micro Markets .* دستگاه.*۱۷.*۱۴۰۵")
        )
        for pressed in page.locator("main button, main input:not([type=hidden]), main summary, nav").all():
            expect(pressed).to_be_hidden()
        assert page.locator("main td:visible").count()
        page.emulate_media(media="screen")


def test_the_plot_is_drawn(url: str, viewport: Callable[[str], Page]) -> None:
    page = viewport("wide")
    enter(page, url, "fa")
    plot = page.locator("img.plot")
    expect(plot).to_have_js_property("complete", value=True)
    assert plot.evaluate("image => image.naturalWidth") == 900


def test_a_fill_is_one_tap_and_keeps_the_place(
    office: Office, url: str, viewport: Callable[[str], Page]
) -> None:
    page = viewport("phone")
    enter(page, url, "en", CLERK)
    page.goto(url + "/desk/stock")
    before = office.state.coils["A2"].qty
    marked = page.evaluate("window.stayed = true")
    page.locator("#place-A2 button.main").click()
    expect(page.locator(".told")).to_contain_text("A2")
    assert marked
    assert page.evaluate("window.stayed") is True
    assert office.state.coils["A2"].qty == before + 1
    expect(page.locator("#place-A2")).to_have_count(0)


def test_everything_works_without_script(
    office: Office, url: str, new_context: Callable[..., object]
) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page: Page = context.new_page()  # type: ignore[attr-defined]
    enter(page, url, "ar", CLERK)
    page.goto(url + "/desk/stock?view=shelf")
    page.locator("#place-S1 button.main").click()
    expect(page.locator(".told")).to_contain_text("S1")
    menu, button = page.locator("#menu"), page.get_by_role("button", name="القائمة", exact=True)
    expect(menu).not_to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.locator("button.close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(button).to_be_focused()
    button.click()
    page.locator("nav a", has_text="النقد").click()
    expect(page.locator("h1")).to_have_text("النقد")
    page.locator(".languages button[value=en]").click()
    expect(page.locator("h1")).to_have_text("Cash")
    page.get_by_role("button", name="Menu", exact=True).click()
    page.locator("nav .out button").click()
    expect(page.locator("h1")).to_have_text("Sign in to the desk")


def test_a_claim_is_approved_by_one_click(office: Office, url: str, viewport: Callable[[str], Page]) -> None:
    page = viewport("wide")
    enter(page, url, "en")
    status = office.desk.claims.statuses(is_open=True)[0]
    page.goto(f"{url}/desk/claims/{status.claim}")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".told")).to_contain_text("The claim is approved.")


def test_the_desk_keeps_nothing_in_the_browser(
    url: str, viewport: Callable[[str], Page], tmp_path: Path
) -> None:
    page = viewport("wide")
    enter(page, url, "en")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
