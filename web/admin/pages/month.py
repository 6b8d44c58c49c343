"""Month end on one page: what each kiosk sold, what it cost, what was lost, what is left, and where the money is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import flask
from flask.typing import ResponseReturnValue

from inventory.shrink import Interval, clopper_pearson
from kiosk.config import MachineConfig, MonthCosts
from kiosk.core.goods import day_of
from kiosk.core.postings import CLEARING_CARD, OWED_TO_CARDS
from kiosk.months import month_days, month_of, month_on
from kiosk.store.reading import month_bounds, read_first_times
from kiosk.store.results import Result, read_results
from kiosk.store.shares import COUNTED, Share, tax_share, value_of
from web.admin.desk import Desk
from web.admin.voice import Voice
from web.exports import Column, Kind, Table

MONTHS: Final = 24
"""Months to choose from: this one and two years before; an older one is reached by its address."""

NO_COSTS: Final = MachineConfig()

Say = Callable[[Result], int]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the page: an amount for each kiosk and their sum; each amount opens its entries.

    Attributes:
        label: In the reader's language.
        values: A number for each kiosk.
        hrefs: Where each opens; empty where no entry is behind it.
        is_count: Pieces or sales, not money.
        is_sum: The lines above it lead to this one.
        note: A word more, in small letters.
        parts: What each value is made of, in words, where no single list of entries is behind it: it unfolds.
    """

    label: str
    values: tuple[int, ...]
    hrefs: tuple[str, ...]
    is_count: bool = False
    is_sum: bool = False
    note: str = ""
    parts: tuple[tuple[str, ...], ...] = ()

    @property
    def total(self) -> int:
        """Of all kiosks."""
        return sum(self.values)

    def shares(self, names: Sequence[str], voice: Voice) -> tuple[tuple[str, str], ...]:
        """What each kiosk adds to the total, in words, and where its entries are."""
        say = voice.count if self.is_count else voice.money
        return tuple(
            (f"{name}: {say(value)}", href)
            for name, value, href in zip(names, self.values, self.hrefs, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its lines."""

    title: str
    lines: tuple[Line, ...]


class Sheet:
    """Builds the lines of one month."""

    def __init__(
        self, desk: Desk, voice: Voice, month: str, results: Sequence[Result], begun: Mapping[str, date]
    ) -> None:
        """``begun``: since which day each kiosk stands."""
        self._desk = desk
        self._voice = voice
        self._month = month
        self._results = results
        self._products = desk.catalogue().products
        first, last = month_days(month)
        self._days = (last - first).days + 1
        self._is_running = last >= desk.today()
        end = min(last, desk.today())
        self._stood = {
            kiosk_id: max(0, (end - max(first, since)).days + 1) for kiosk_id, since in begun.items()
        }

    def line(self, key: str, say: Say, *, label: str = "", note: str = "", **entries: str) -> Line:
        """An amount that opens the entries under these filters of the journal page."""
        return Line(
            label=label or self._voice.say(key),
            values=tuple(say(each) for each in self._results),
            hrefs=tuple(self._href(each.kiosk_id, entries) for each in self._results),
            note=note,
        )

    def share(self, figure: str, *, label: str = "", note: str = "") -> Line:
        """A figure that opens the entries of which it is the sum; see `kiosk.store.shares`."""
        line = self.line(
            f"month.{figure}", lambda each: value_of(figure, each), label=label, note=note, figure=figure
        )
        return replace(line, is_count=figure in COUNTED)

    def balance(self, key: str, say: Say, account: str) -> Line:
        """What an account held at the month's end: it opens all its entries until then, whose sum that is."""
        _, last = month_days(self._month)
        line = self.line(key, say)
        hrefs = (
            self._href(each.kiosk_id, {"account": account, "to": last.isoformat()}, month="")
            for each in self._results
        )
        return replace(line, hrefs=tuple(hrefs))

    def total(self, key: str, say: Say) -> Line:
        """What the lines above it lead to."""
        line = self.line(key, say)
        return Line(line.label, line.values, tuple("" for _ in line.values), is_sum=True)

    def summed(self, lines: Sequence[Line], total: Line) -> Line:
        """A sum that unfolds into the lines that lead to it."""
        parts = tuple(
            tuple(
                f"{line.label}: {self._voice.money(line.values[index])}"
                for line in lines
                if not line.is_count
            )
            for index in range(len(total.values))
        )
        return replace(total, parts=parts)

    def configured(self, key: str, setting: str, say: Callable[[MonthCosts], int]) -> Line:
        """A cost that no entry tells, but the configuration: it unfolds into how it was worked out, and the setting's name."""
        line = self.line(key, lambda each: -say(self.costs(each)), note=self._for_days())
        return replace(line, parts=tuple(self._worked_out(each, setting, say) for each in self._results))

    def _worked_out(self, each: Result, setting: str, say: Callable[[MonthCosts], int]) -> tuple[str, ...]:
        voice = self._voice
        whole = self._desk.config.machines.get(each.kiosk_id, NO_COSTS).costs_in(self._month)
        stood = self._stood.get(each.kiosk_id, 0)
        formula = voice.say(
            "month.formula",
            whole=voice.money(say(whole)),
            n=voice.count(stood),
            of=voice.count(self._days),
            part=voice.money(say(self.costs(each))),
        )
        name = f"[machines.{each.kiosk_id}] {setting}"
        return formula, voice.say("month.setting", name=name)

    def _month_before(self, kiosk_id: str) -> str:
        kiosk = {"kiosk": kiosk_id} if self._desk.is_fleet else {}
        return flask.url_for("desk.month", _anchor="part-3", month=month_on(self._month, -1), **kiosk)  # type: ignore[arg-type]  # a name of our own

    def _href(self, kiosk_id: str, entries: dict[str, str], *, month: str | None = None) -> str:
        if not entries:
            return ""
        month = self._month if month is None else month
        filters = {
            **entries,
            **({"month": month} if month else {}),
            **({"kiosk": kiosk_id} if self._desk.is_fleet else {}),
        }
        return flask.url_for("desk.journal", **filters)  # type: ignore[arg-type]  # names of our own filters

    def costs(self, each: Result) -> MonthCosts:
        """Fees and depreciation of a kiosk for the days of this month that it has stood, as the configuration says."""
        whole = self._desk.config.machines.get(each.kiosk_id, NO_COSTS).costs_in(self._month)
        stood = self._stood.get(each.kiosk_id, 0)

        def part(minor: int) -> int:
            return (2 * minor * stood + self._days) // (2 * self._days)

        return MonthCosts(part(whole.fees_minor), part(whole.depreciation_minor))

    def _for_days(self) -> str:
        """For how many of the month's days fees and depreciation are charged, where it is not all of them."""
        stood = {self._stood.get(each.kiosk_id, 0) for each in self._results} - {self._days}
        if not stood:
            return ""
        return self._voice.say(
            "month.days", n=self._voice.count(max(stood)), of=self._voice.count(self._days)
        )

    def parts(self) -> tuple[Part, ...]:
        """The whole page."""
        say = self._voice.say
        return (
            Part(say("month.sales"), self._sales()),
            Part(say("month.profit_title"), self._profit()),
            Part(say("month.flow"), self._flow()),
            Part(say("month.money"), self._money()),
        )

    def _sales(self) -> tuple[Line, ...]:
        voice = self._voice
        rates = sorted({(tax.tax_class, tax.rate_bp) for each in self._results for tax in each.taxes})
        taxes = []
        for tax_class, rate_bp in rates:
            label = voice.say("month.tax", name=voice.tax_class(tax_class), rate=voice.percent(rate_bp))
            taxes.append(self.share(tax_share(tax_class, rate_bp), label=label))
        deposits, gross = self.share(Share.DEPOSITS), self.share(Share.GROSS)
        net = self.total("month.net", lambda each: each.net_minor)
        # The taxes stand in the gross; what is left is the gross less them.
        off = [replace(tax, values=tuple(-value for value in tax.values)) for tax in taxes]
        return (
            self.share(Share.RECEIPTS),
            self.share(Share.PIECES),
            gross,
            *((deposits,) if deposits.total else ()),
            *taxes,
            self.summed([gross, *off], net),
        )

    def _profit(self) -> tuple[Line, ...]:
        voice = self._voice
        astray = self.share(
            Share.ASTRAY,
            note=voice.say("month.n_pieces", n=voice.count(sum(each.astray_qty for each in self._results))),
        )
        uncosted = sum(each.uncosted_qty for each in self._results)
        note = voice.say("month.uncosted", n=voice.count(uncosted)) if uncosted else ""
        lines = (
            self.share(Share.NET),
            self.share(Share.GOODS, note=note),
            self.share(
                Share.WASTE,
                note=_joined(
                    voice,
                    voice.say("month.n_pieces", n=voice.count(sum(each.waste_qty for each in self._results))),
                    self._recosted(sum(each.recosted_qty for each in self._results)),
                ),
            ),
            self.share(Share.MISSING, note=self._missing()),
            *((astray,) if any(astray.values) else ()),
            self.share(Share.OVER_SHORT),
            self.share(Share.GOODWILL),
            self.configured("month.fees", "monthly_fees_minor", lambda costs: costs.fees_minor),
            self.configured(
                "month.depreciation", "monthly_depreciation_minor", lambda costs: costs.depreciation_minor
            ),
        )
        return (*lines, self.summed(lines, self.total("month.profit", self.profit_minor)))

    def profit_minor(self, each: Result) -> int:
        """Sales less goods, losses, fees and depreciation."""
        costs = self.costs(each)
        return each.margin_minor - costs.fees_minor - costs.depreciation_minor

    def _missing(self) -> str:
        """How many pieces are missing, and between which rates the truth lies."""
        voice = self._voice
        rate = missing_rate(self._results)
        qty = max(0, sum(each.missing_qty for each in self._results))
        return voice.say(
            "month.missing_rate",
            n=voice.count(qty),
            low=voice.percent(round(rate.low * 10_000)),
            high=voice.percent(round(rate.high * 10_000)),
        )

    def _recosted(self, qty: int) -> str:
        """That so many pieces stand at today's cost; nothing when none do."""
        return self._voice.say("month.recosted", n=self._voice.count(qty)) if qty else ""

    def _flow(self) -> tuple[Line, ...]:
        """From the cash at the month's beginning to the cash at its end; the last line is the sum of those above."""
        begin = self.line("month.before", lambda each: each.held_before_minor)
        lines = (
            # The month before ends with it, and says what it is made of.
            replace(begin, hrefs=tuple(self._month_before(each.kiosk_id) for each in self._results)),
            self.share(Share.FROM_SHOPPERS),
            self.share(Share.PUT_IN),
            self.share(Share.BANKED),
            self.share(Share.OVER_SHORT),
        )
        held = self.total("month.held", lambda each: each.cash_minor + each.transit_minor)
        return (*lines, self.summed(lines, held))

    def _money(self) -> tuple[Line, ...]:
        stock = self.line(
            "month.stock" if self._is_running else "month.stock_then",
            lambda each: each.stock_minor,
            note=_joined(
                self._voice,
                self._stock_at(),
                self._recosted(sum(each.stock_recosted_qty for each in self._results)),
            ),
        )
        loads = self.balance("account.load.card", lambda each: each.loads_minor, OWED_TO_CARDS)
        is_known = self._is_running or any(each.stock_at for each in self._results)
        stock = replace(stock, parts=tuple(self._stock_parts(each) for each in self._results))
        return (
            self.balance("month.cash", lambda each: each.cash_minor, "cash.*"),
            self.balance("month.transit", lambda each: each.transit_minor, "transit.*"),
            self.balance("month.card", lambda each: each.card_minor - each.loads_minor, CLEARING_CARD),
            *((loads,) if any(loads.values) else ()),
            self.balance("month.owed", lambda each: each.owed_minor, "owed"),
            self.balance("month.suspense", lambda each: each.suspense_minor, "suspense.*"),
            *((stock,) if is_known else ()),
        )

    def _stock_parts(self, each: Result) -> tuple[str, ...]:
        """What each product adds to the stock, the dearest first."""
        voice = self._voice
        dear = sorted(each.stock, key=lambda part: (-part.value_minor, part.sku))
        return tuple(
            voice.say(
                "month.stock_part",
                name=voice.name(self._products.get(part.sku), part.sku),
                n=voice.count(part.qty),
                amount=voice.money(part.value_minor),
            )
            for part in dear
        )

    def _stock_at(self) -> str:
        """When the checkpoint was signed at which the stock stood so; of several kiosks the first, for the others are later."""
        moments = [each.stock_at for each in self._results if each.stock_at]
        return self._voice.say("month.stock_at", when=self._voice.moment(min(moments))) if moments else ""


def _joined(voice: Voice, *notes: str) -> str:
    """Those of these that say something, one after the other."""
    return ("; " if voice.direction == "ltr" else "؛ ").join(note for note in notes if note)


def missing_rate(results: Sequence[Result]) -> Interval:
    """Between which rates the share of missing pieces lies, of all that left: sold, thrown away or gone."""
    missing = sum(max(0, each.missing_qty) for each in results)
    return clopper_pearson(missing, missing + sum(each.pieces + each.waste_qty for each in results))


def read_month(desk: Desk, month: str) -> tuple[Result, ...]:
    """The results of the kiosks that the address names."""
    costs_minor = {product.sku: product.cost_minor for product in desk.catalogue().products.values()}
    with desk.reading() as connection:
        return read_results(
            connection,
            desk.kiosk_ids(),
            *month_bounds(month, desk.config.timezone),
            costs_minor=costs_minor,
            is_over=month_days(month)[1] < desk.today(),
        )


def _table(voice: Voice, names: Sequence[str], parts: Sequence[Part], month: str) -> Table:
    """The page as a file: a row for each line, in major order of its parts."""
    rows: list[tuple[str | int | None, ...]] = []
    for part in parts:
        for line in part.lines:
            if line.is_count:
                continue
            rows.append((part.title, line.label, *line.values, *((line.total,) if len(names) > 1 else ())))
    columns = [Column(voice.say("month.part")), Column(voice.say("month.figure"))]
    columns += [Column(name, Kind.MONEY) for name in names]
    if len(names) > 1:
        columns.append(Column(voice.say("fleet.all"), Kind.MONEY))
    return Table(voice.say("nav.month"), tuple(columns), rows, voice.month(month))


def _begun(desk: Desk) -> dict[str, date]:
    """Since which day each kiosk stands: the first of its journal."""
    zone = ZoneInfo(desk.config.timezone)
    with desk.reading() as connection:
        times = read_first_times(connection, desk.kiosk_ids())
    return {each: date.fromisoformat(day_of(at, zone)) for each, at in times.items()}


def _months(desk: Desk, begun: Mapping[str, date]) -> tuple[str, ...]:
    """The months to choose from, newest first: none before the first kiosk stood."""
    today, calendar = desk.today(), desk.config.calendar
    first = month_of(min(begun.values(), default=today), calendar)
    month = month_of(today, calendar)
    found = [month]
    while len(found) < MONTHS and month > first:
        month = month_on(month, -1)
        found.append(month)
    return tuple(found)


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add this page."""

    @pages.get("/month")
    def month() -> ResponseReturnValue:
        begun = _begun(desk)
        months = _months(desk, begun)
        wanted = flask.request.args.get("month", months[0])
        try:
            _, last = month_days(wanted)
        except ValueError:
            flask.abort(400)
        voice, kiosks = desk.voice(), desk.kiosks()
        results = read_month(desk, wanted)
        sheet = Sheet(desk, voice, wanted, results, begun)
        parts = sheet.parts()
        names = tuple(voice.isolate(kiosks.get(each.kiosk_id, each.kiosk_id)) for each in results)
        file = desk.wanted_file()
        if file is not None:
            return desk.send_file(file, f"month-{wanted}", _table(voice, names, parts, wanted))
        return desk.render(
            "month.html",
            "nav.month",
            month=wanted,
            months=months if wanted in months else (wanted, *months),
            is_running=last >= desk.today(),
            results=results,
            parts=parts,
            names=names,
            profit_minor=sum(sheet.profit_minor(each) for each in results),
            gross_minor=sum(each.gross_minor for each in results),
            has_costs=any(desk.config.machines.get(each.kiosk_id, NO_COSTS).has_costs for each in results),
        )
