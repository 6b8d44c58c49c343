"""What the shopper should see now: a value made from the state, the same for the touch screen and for every test.

Amounts stay in minor units and texts stay message keys; `web` renders them in the shopper's language. ``version`` rises
only when the meaning of a tap changes, so that a coin does not make taps stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.catalogue import Catalogue, Place, Slot
from kiosk.core.acceptance import OPEN, SELLING, accepted_positions, is_exact_change
from kiosk.core.cards import can_load
from kiosk.core.draft import Notice
from kiosk.core.expiry import (
    freshest_day,
    is_shelf_stopped,
    next_in_coil,
    price_by_date,
    shelf_lots,
)
from kiosk.core.facts import STORE
from kiosk.core.limits import stopped
from kiosk.core.machines import offered_funds, ready_machine, resting
from kiosk.core.rules import Rules, Shop
from kiosk.core.shopping import FULL, coil_stock, is_printer_ready
from kiosk.core.state import CardStage, CoilBook, Line, Lot, Phase, State
from kiosk.core.timing import choice_ms, close_ms, idle_ends_ms, thanks_end_ms


class View(StrEnum):
    """Which page is shown."""

    STARTING = "starting"
    IDLE = "idle"
    SHOPPING = "shopping"
    TENDERING = "tendering"
    FULFILLING = "fulfilling"
    SETTLING = "settling"
    THANKS = "thanks"
    SERVICE = "service"
    HALTED = "halted"


class Rest(StrEnum):
    """Why a kind of money that the kiosk has a device for is not welcome now."""

    LOW = "low"
    """The change is low: the money could not be given back. Chosen goods may still be paid exactly."""
    OFF = "off"
    """No device answers, or none is well, or no money is taken at all."""


@dataclass(frozen=True, slots=True)
class CollectionView:
    """A collection that is out and waits for its count: its containers, and the change that stayed inside by the books."""

    collection: str
    containers: tuple[str, ...]
    float_minor: int


@dataclass(frozen=True, slots=True)
class CartLine:
    """One piece in the cart; ``deposit_minor`` is the part of its price that is the deposit on the pack.

    ``is_labelled`` when its own code made the price; then the next piece costs something else. A weighed one has its weight,
    and its price of a kilogram.
    """

    line: int
    sku: str
    slot: str
    is_coil: bool
    is_delivered: bool
    price_minor: int
    is_labelled: bool = False
    deposit_minor: int = 0
    was_minor: int = 0
    """The price before a mark-down; 0 when there was none."""
    weight_mg: int = 0
    unit_price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Countdown:
    """A bar that runs out at ``ends_ms`` (monotonic) after ``length_ms``; the page gets the time left when it renders."""

    ends_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Owing:
    """A debt to show: its id, amount, and whether its code pays without anybody's decision."""

    debt: str
    seq: int
    amount_minor: int
    reason: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class SlotView:
    """A coil in the machine's grid."""

    code: str
    sku: str
    price_minor: int
    qty: int
    is_off: bool
    deposit_minor: int = 0
    """Comes on top of the price."""
    was_minor: int = 0
    """The price before a mark-down; 0 when there is none."""
    is_expired: bool = False
    """The next piece is past its last day: nothing comes out until a clerk has pulled it."""


@dataclass(frozen=True, slots=True)
class ShelfView:
    """A product on the shelf that its dates change: its price without deposit, and whether it may not be sold."""

    sku: str
    price_minor: int
    is_expired: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """A card request on its way: what was asked, where it stands, and what it has charged (0 before it is approved)."""

    stage: CardStage
    asked_minor: int
    charged_minor: int


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note between hand and box: its value (0 when it is not known), and whether it is being kept or given back."""

    value_minor: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Thanks:
    """The visit that just ended; also while halted, because its codes must be seen."""

    visit: str
    taken_minor: int
    sold_minor: int
    paid_minor: int
    receipt_nos: tuple[int, ...]
    owing: tuple[Owing, ...]
    print_state: str
    """Empty, ``printing``, ``printed``, ``failed`` or ``uncertain``."""
    is_printer_ready: bool


@dataclass(frozen=True, slots=True)
class TrainingView:
    """Nothing on this screen is real: somebody practises.

    Attributes:
        number: Of the practised visit, as the journal has or will have it.
        is_jam_next: The next coil will fail.
        has_coils: There are coils that could.
    """

    number: int
    is_jam_next: bool
    has_coils: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything a page needs, but for words and pictures.

    Attributes:
        version: A tap made on another version is refused.
        stream: Rises with every publication; the page acknowledges it.
        lines: The cart, in the order chosen.
        due_minor: What is missing until the cart is paid; 0 when covered.
        change_minor: What would come back if the sale closed now.
        going_back_minor: While settling: what the shopper gets back in all, and ``paid_minor`` of it so far.
        takes_coins: Whether any coin is accepted now.
        coins_rest: Why no coin is welcome while money is; None when some are.
        coins: The values of coins that are welcome now, smallest first.
        takes_notes: The values of notes that are welcome now, smallest first.
        notes_rest: Why no note is welcome while money is; None when some are, or when there is no validator.
        cards_rest: There is a card reader, and none may be used now.
        takes_cards: A card may be shown now: a reader that answers and is well.
        card: The card request on its way.
        note: The note between hand and box.
        pays_notes: The payout that runs gives notes, not coins.
        tendering: The time after which an unanswered card request is withdrawn.
        is_exact_change: The till cannot promise all change: said before any money comes.
        closing: The bar after which a covered cart closes.
        choosing: The bar after which the money of a failed vend goes back by itself.
        leaving: The idle end; shown as a countdown in its last part.
        failed_slots: Slots that failed in this visit and for which a second choice is offered.
        vending_slot: The coil that turns now.
        machine_funds_minor: What the old machine beside us may sell for now; 0 when there is none, or nothing to sell for.
        machine_rests: Slots of the old machine that rest until somebody has counted them; for the desk.
        is_printer_ready: Whether a receipt on paper can be promised; known before paying.
        has_drawer: Whether a cash drawer is configured, for the clerk's page.
        collection: What was taken out and is not counted yet, for the clerk's page.
        is_scanner_off: The kiosk has scanners, and none is there: goods are chosen on the screen.
    """

    version: int
    stream: int
    view: View
    language: str
    languages: tuple[str, ...]
    large_text: bool
    more_time: bool
    currency: str
    exponent: int
    now_ms: int
    visit: str = ""
    lines: tuple[CartLine, ...] = ()
    total_minor: int = 0
    held_minor: int = 0
    due_minor: int = 0
    change_minor: int = 0
    going_back_minor: int = 0
    paid_minor: int = 0
    takes_coins: bool = False
    coins_rest: Rest | None = None
    coins: tuple[int, ...] = ()
    takes_notes: tuple[int, ...] = ()
    notes_rest: Rest | None = None
    takes_cards: bool = False
    cards_rest: bool = False
    card: CardView | None = None
    note: NoteView | None = None
    pays_notes: bool = False
    tendering: Countdown | None = None
    can_load: bool = False
    """The credit may be put onto the shopper's card."""
    loading_minor: int = 0
    """What is on its way onto the card."""
    is_exact_change: bool = False
    closing: Countdown | None = None
    choosing: Countdown | None = None
    leaving: Countdown | None = None
    failed_slots: tuple[str, ...] = ()
    vending_slot: str = ""
    slots: tuple[SlotView, ...] = ()
    shelf: tuple[ShelfView, ...] = ()
    """Shelf goods that are marked down, or past their last day by the book."""
    is_machine_on: bool = False
    machine_funds_minor: int = 0
    machine_rests: tuple[str, ...] = ()
    is_printer_ready: bool = False
    has_drawer: bool = False
    collection: CollectionView | None = None
    is_scanner_off: bool = False
    thanks: Thanks | None = None
    clerk: str = ""
    halted_for: str = ""
    stopped: tuple[str, ...] = ()
    """Functions that rest because a limit is reached: payouts, claims, goodwill."""
    notice: Notice | None = None
    training: TrainingView | None = None
    """Somebody practises: goods, money and receipts on this screen are pretended, and it says so."""

    @property
    def resting(self) -> frozenset[str]:
        """Coils and places of the old machine that are off sale until somebody has counted them."""
        return frozenset((*(slot.code for slot in self.slots if slot.is_off), *self.machine_rests))


_VIEWS = {
    Phase.STARTING: View.STARTING,
    Phase.IDLE: View.IDLE,
    Phase.SHOPPING: View.SHOPPING,
    Phase.TENDERING: View.TENDERING,
    Phase.FULFILLING: View.FULFILLING,
    Phase.SETTLING: View.SETTLING,
    Phase.SERVICE: View.SERVICE,
    Phase.HALTED: View.HALTED,
}


class Grid:
    """The coils' part of the screen, drawn anew only when coils, cart or goods have changed.

    Whoever draws many screens keeps one: forty slots are most of a screen's work, and few entries touch them.
    """

    def __init__(self) -> None:
        """Nothing was drawn yet."""
        self._catalogue: Catalogue | None = None
        self._planned: tuple[Slot, ...] = ()
        self._coils: Mapping[str, CoilBook] | None = None
        self._lines: tuple[Line, ...] | None = None
        self._lots: Mapping[str, tuple[Lot, ...]] | None = None
        self._today = ""
        self.shelf: tuple[ShelfView, ...] = ()
        """What the last drawing says of the shelf."""
        self._drawn: tuple[SlotView, ...] = ()

    def draw(self, state: State, shop: Shop, today: str) -> tuple[SlotView, ...]:
        """The slots of ``state``, in the order of their coils; ``today`` is the day at the kiosk, ISO 8601."""
        lines = state.visit.lines if state.visit else ()
        is_planned = shop.catalogue is self._catalogue
        if not is_planned:
            self._catalogue, self._planned = shop.catalogue, _planned_coils(shop.catalogue)
        is_same = state.coils is self._coils and lines is self._lines and state.lots is self._lots
        if is_planned and is_same and today == self._today:
            return self._drawn
        self._coils, self._lines, self._lots, self._today = state.coils, lines, state.lots, today
        self._drawn = tuple(_slot_view(state, shop, slot, today) for slot in self._planned)
        self.shelf = _shelf_views(state, shop, today)
        return self._drawn


def _slot_view(state: State, shop: Shop, slot: Slot, today: str) -> SlotView:
    """A coil as the grid shows it."""
    product, book = shop.catalogue.products[slot.sku], state.coils.get(slot.code)
    fresh, next_day = next_in_coil(state, slot.code, today)
    price_minor = price_by_date(product, next_day, today, shop.rules)
    return SlotView(
        code=slot.code,
        sku=slot.sku,
        price_minor=price_minor,
        qty=coil_stock(state, slot.code, today, slot.sku),
        is_off=book is not None and book.is_off,
        deposit_minor=product.deposit_minor,
        was_minor=product.price_minor if price_minor < product.price_minor else 0,
        is_expired=fresh == 0 and coil_stock(state, slot.code, sku=slot.sku) > 0,
    )


def _shelf_views(state: State, shop: Shop, today: str) -> tuple[ShelfView, ...]:
    """Shelf goods whose dates say something; most have none, and cost no look."""
    coils = state.coils
    dated = {
        lot.sku
        for place, lots in state.lots.items()
        if place not in coils and place != STORE
        for lot in lots
        if lot.expires_on
    }
    views = []
    products = shop.catalogue.products
    for sku in sorted(sku for sku in dated if sku in products):
        product, lots = products[sku], shelf_lots(state, shop.catalogue, sku)
        price_minor = price_by_date(product, freshest_day(lots, today), today, shop.rules)
        is_expired = is_shelf_stopped(state, lots, sku, today)
        if is_expired or price_minor < product.price_minor:
            views.append(ShelfView(sku, price_minor, is_expired))
    return tuple(views)


def _planned_coils(catalogue: Catalogue) -> tuple[Slot, ...]:
    """The coils that sell something here, in their order."""
    coils = (slot for slot in catalogue.slots.values() if slot.place is Place.COIL)
    for_sale = {sku for sku, product in catalogue.products.items() if product.is_for_sale}
    return tuple(slot for slot in sorted(coils, key=lambda each: each.coil) if slot.sku in for_sale)


def _collection(state: State) -> CollectionView | None:
    out = state.collection
    if out is None or state.phase is not Phase.SERVICE:
        return None
    return CollectionView(out.collection, tuple(out.expected), out.float_minor)


def _thanks(state: State, *, is_ready: bool) -> Thanks | None:
    last = state.last
    if last is None:
        return None
    owing = tuple(
        Owing(
            debt=debt.debt,
            seq=debt.seq,
            amount_minor=debt.amount_minor,
            reason=debt.reason,
            is_certain=debt.is_certain,
        )
        for debt in (state.debts.get(name) for name in last.debts)
        if debt is not None
    )
    return Thanks(
        visit=last.visit,
        taken_minor=last.taken_minor,
        sold_minor=last.sold_minor,
        paid_minor=last.paid_minor,
        receipt_nos=last.receipt_nos,
        owing=owing,
        print_state=last.print_result or ("printing" if last.print_job else ""),
        is_printer_ready=is_ready,
    )


@dataclass(frozen=True, slots=True)
class _Means:
    """By which means money may come now: dead ones never invite."""

    coins: tuple[int, ...] = ()
    coins_rest: Rest | None = None
    notes: tuple[int, ...] = ()
    notes_rest: Rest | None = None
    takes_cards: bool = False
    cards_rest: bool = False


def _means(state: State, rules: Rules, now_ms: int) -> _Means:
    """What devices that answer and are well would take of what the till has them take."""
    if state.phase not in SELLING:
        return _Means()
    well = {device for device, book in state.devices.items() if book.is_online}
    sound = {device for device in well if not state.devices[device].fault}
    wanted = accepted_positions(state, rules, now_ms)
    coins, notes = _values(rules.coins, wanted, well), _values(rules.notes, wanted, sound)
    is_noting = state.note is not None  # one note and no card until it is in, or back in the hand
    is_open = state.space == "ok" and not state.is_screen_lost

    def rest(devices: Iterable[str], ready: set[str]) -> Rest:
        return Rest.LOW if is_open and any(device in ready for device in devices) else Rest.OFF

    has_reader = any(wanted.get(device) == OPEN for device in rules.readers if device in sound)
    return _Means(
        coins=coins,
        coins_rest=rest(rules.coins, well) if rules.coins and not coins else None,
        notes=() if is_noting else notes,
        notes_rest=rest(rules.notes, sound) if rules.notes and not notes else None,
        takes_cards=has_reader and not is_noting,
        cards_rest=bool(rules.readers) and not has_reader,
    )


def _values(
    values: Mapping[str, Mapping[int, int]], wanted: Mapping[str, tuple[int, ...]], ready: set[str]
) -> tuple[int, ...]:
    """The values of the wanted positions of devices that are ready, each once, smallest first."""
    return tuple(
        sorted({values[device][place] for device in values if device in ready for place in wanted[device]})
    )


def _card(state: State) -> CardView | None:
    card = state.card
    if card is None:
        return None
    return CardView(stage=card.stage, asked_minor=card.asked_minor, charged_minor=card.charged_minor)


def _card_ends_ms(state: State, rules: Rules) -> int | None:
    """When the open request is withdrawn by itself."""
    card = state.card
    if card is None or card.stage is not CardStage.ASKED or state.phase is not Phase.TENDERING:
        return None
    return card.started_ms + rules.card_ms


def _pays_notes(state: State, rules: Rules) -> bool:
    """Whether the payout that runs comes out of a note validator's recycler."""
    recyclers = {name for device in rules.notes for name in rules.into.get(device, {}).values()}
    return state.payout is not None and state.payout.device in recyclers


def _countdown(ends_ms: int | None, length_ms: int) -> Countdown | None:
    return None if ends_ms is None else Countdown(ends_ms=ends_ms, length_ms=length_ms)


def _is_scanner_off(state: State, rules: Rules) -> bool:
    """Whether every scanner was lost; one that nobody heard of yet is not called dead."""
    books = [state.devices.get(name) for name in rules.scanners]
    return bool(books) and all(book is not None and not book.is_online for book in books)


def screen_of(  # noqa: PLR0913 - a screen is made of all of these
    state: State,
    shop: Shop,
    *,
    now_ms: int,
    touched_ms: int,
    stream: int,
    notice: Notice | None = None,
    grid: Grid | None = None,
    today: str = "",
) -> Screen:
    """The screen for ``state``.

    Args:
        state: Now.
        shop: Rules and goods.
        now_ms: Monotonic; countdowns are told as ends on the same scale.
        touched_ms: The shopper's last touch.
        stream: Number of this publication.
        notice: The last answer in words, if it still stands.
        grid: Keeps what it drew for the last screen.
        today: The day at the kiosk, ISO 8601: what is past its last day is off sale. Empty: no date is looked at.
    """
    rules, visit = shop.rules, state.visit
    view = _VIEWS[state.phase]
    if view is View.IDLE and state.last is not None:
        view = View.THANKS
    elif view is View.IDLE and state.space == FULL:
        view = View.HALTED
    is_ready = is_printer_ready(state, rules.printers)
    held_minor = visit.held_minor if visit else 0
    total_minor = visit.total_minor if visit else 0
    patience = rules.more_time_factor if state.more_time else 1
    boards = [state.devices.get(board) for board in rules.boards]
    means = _means(state, rules, now_ms)
    grid = grid or Grid()
    slots = grid.draw(state, shop, today)
    return Screen(
        version=state.screen,
        stream=stream,
        view=view,
        language=state.language,
        languages=rules.languages,
        large_text=state.large_text,
        more_time=state.more_time,
        currency=state.currency,
        exponent=state.exponent,
        now_ms=now_ms,
        visit=visit.visit if visit else "",
        lines=tuple(
            CartLine(
                line=line.line,
                sku=line.sku,
                slot=line.slot,
                is_coil=bool(line.coil),
                is_delivered=line.is_delivered,
                price_minor=line.price_minor,
                is_labelled=line.said is not None and line.said.step_minor > 0,
                deposit_minor=line.deposit_minor,
                was_minor=line.was_minor,
                weight_mg=line.said.weight_mg if line.said is not None else 0,
                unit_price_minor=line.said.unit_price_minor if line.said is not None else 0,
            )
            for line in (visit.lines if visit else ())
        ),
        total_minor=total_minor,
        held_minor=held_minor,
        due_minor=max(0, total_minor - held_minor),
        change_minor=max(0, held_minor - total_minor),
        going_back_minor=held_minor + visit.paid_minor if visit and visit.settling else 0,
        paid_minor=visit.paid_minor if visit else 0,
        takes_coins=bool(means.coins),
        coins_rest=means.coins_rest,
        coins=means.coins,
        takes_notes=means.notes,
        notes_rest=means.notes_rest,
        takes_cards=means.takes_cards,
        cards_rest=means.cards_rest,
        card=_card(state),
        note=NoteView(state.note.value_minor, is_kept=state.note.is_kept) if state.note else None,
        pays_notes=_pays_notes(state, rules),
        tendering=_countdown(_card_ends_ms(state, rules), rules.card_ms),
        can_load=can_load(state, rules.loaders),
        loading_minor=state.load.amount_minor if state.load else 0,
        is_exact_change=is_exact_change(state, rules, now_ms),
        closing=_countdown(close_ms(state, rules), rules.close_bar_ms * patience),
        choosing=_countdown(choice_ms(state, rules, touched_ms), rules.choice_ms * patience),
        leaving=_countdown(
            idle_ends_ms(state, rules, touched_ms) or thanks_end_ms(state, rules, touched_ms),
            rules.countdown_ms,
        ),
        failed_slots=tuple(failure.slot for failure in visit.offered)
        if visit and visit.choice_ms is not None
        else (),
        vending_slot=state.vend.slot if state.vend else "",
        slots=slots,
        shelf=grid.shelf,
        is_machine_on=any(board is not None and board.is_online and not board.fault for board in boards),
        machine_funds_minor=offered_funds(state, rules).get(ready_machine(state, rules), 0),
        machine_rests=resting(state, shop) if rules.machines else (),
        is_printer_ready=is_ready,
        has_drawer=bool(rules.drawers),
        collection=_collection(state),
        is_scanner_off=_is_scanner_off(state, rules),
        thanks=_thanks(state, is_ready=is_ready) if view in {View.THANKS, View.HALTED} else None,
        clerk=state.clerk,
        halted_for=state.halted_for,
        stopped=stopped(state, rules, now_ms),
        notice=notice,
    )
