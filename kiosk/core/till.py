"""decide(): what an event means now. The single transaction state machine.

Theory of operation. The till is in one phase. `TABLE` has an entry for *every* (phase, event type) pair: a rule, an
`Ignored` with its reason, a `Refused` with the words for whoever asked, or IMPOSSIBLE. A rule adds facts to a `Draft`;
it may not look at a clock, a database or a device. The loop stores the facts, and only then do their effects happen.

IDLE --(money, goods, code)--> SHOPPING --(paid)--> FULFILLING --(all coils answered)--> SETTLING --(all paid or owed)--> IDLE.
TENDERING is a card's request on its way: SHOPPING --(card)--> TENDERING --(approved)--> FULFILLING, or back.
SERVICE is a clerk at the kiosk; HALTED sells nothing; STARTING closes what the last run left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hardware import events as hw
from kiosk.core import (
    cards,
    catalogue,
    claims,
    coiltest,
    collection,
    desk,
    devices,
    machines,
    notes,
    people,
    places,
    plans,
    rounds,
    service,
    shopping,
    stock,
    training,
    transfers,
)
from kiosk.core import events as ev
from kiosk.core.draft import Decision, Draft, Stamp
from kiosk.core.rules import Shop
from kiosk.core.state import Phase, State
from kiosk.invariant import ensure

Rule = Callable[[Draft, Any], None]
"""Takes the draft and the event of its row."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing happens, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Whoever asked is told no, with this message key."""

    key: str


@dataclass(frozen=True, slots=True)
class Impossible:
    """Cannot happen; if it does, we were wrong and the till halts."""


IMPOSSIBLE: Final = Impossible()
Entry = Rule | Ignored | Refused | Impossible

BUSY: Final = Refused("busy")
CARD_OPEN: Final = Refused("card_open")
CLOSED: Final = Refused("out_of_service")
NOT_READY: Final = Refused("starting")
IN_SERVICE: Final = Refused("in_service")
NOT_IN_SERVICE: Final = Refused("not_in_service")
NOT_IN_TRAINING: Final = Refused("not_in_training")


def _row(default: Entry, **phases: Entry) -> dict[Phase, Entry]:
    """One row of the table: ``default``, with exceptions by phase name."""
    return {phase: phases.get(phase.name, default) for phase in Phase}


def _shopper(rule: Rule, **phases: Entry) -> dict[Phase, Entry]:
    """A shopper's touch: works while shopping, refused otherwise in words that fit the phase."""
    entries: dict[str, Entry] = {
        "STARTING": NOT_READY,
        "IDLE": rule,
        "SHOPPING": rule,
        "TENDERING": CARD_OPEN,
        "FULFILLING": BUSY,
        "SETTLING": BUSY,
        "SERVICE": IN_SERVICE,
        "HALTED": CLOSED,
    }
    return _row(IMPOSSIBLE, **{**entries, **phases})


def _clerk(rule: Rule) -> dict[Phase, Entry]:
    """A clerk's act at the kiosk: only in service, and not while somebody practises there."""
    return _row(NOT_IN_SERVICE, SERVICE=training.unless_open(rule))


ROWS: Final[dict[type[object], dict[Phase, Entry]]] = {
    # devices: what happened has happened, in every phase
    hw.DeviceLost: _row(devices.lost),
    hw.LineNoise: _row(devices.noise),
    hw.DeviceFaulted: _row(devices.faulted),
    hw.DeviceRecovered: _row(devices.mended),
    hw.AcceptorIdentified: _row(devices.acceptor_identified),
    hw.CoinAccepted: _row(devices.coin_accepted),
    hw.CoinUnvalued: _row(devices.coin_unvalued),
    hw.CoinRefused: _row(devices.coin_refused),
    hw.CoinEventsLost: _row(devices.coin_events_lost),
    hw.HopperIdentified: _row(devices.hopper_identified),
    hw.HopperLevel: _row(devices.hopper_level),
    hw.PayoutProgressed: _row(Ignored("the screen shows it, the books wait for the end")),
    hw.CoinsPaid: _row(devices.coins_paid),
    hw.PayoutUnknown: _row(devices.payout_unknown),
    hw.HopperCounted: _row(devices.hopper_counted),
    hw.PiecesMoved: _row(devices.pieces_moved),
    hw.NoteEscrowed: _row(notes.note_escrowed),
    hw.NoteStacked: _row(notes.note_stacked),
    hw.NoteReturned: _row(notes.note_returned),
    hw.NoteRefused: _row(notes.note_refused),
    hw.NoteUnknown: _row(notes.note_unknown),
    hw.NoteUnvalued: _row(notes.note_unvalued),
    hw.CardReaderIdentified: _row(cards.reader_identified),
    hw.CardSessionBegan: _row(
        Ignored("nothing chosen waits for payment, so the card waits too"),
        SHOPPING=cards.session_began,
        TENDERING=cards.other_session_began,
    ),
    hw.CardSessionEnded: _row(Ignored("an open request gets its own word")),
    hw.CardApproved: _row(cards.card_approved),
    hw.CardDenied: _row(cards.card_denied),
    hw.CardCancelled: _row(cards.card_cancelled),
    hw.CardSettled: _row(cards.card_settled),
    hw.CardRefunded: _row(cards.card_refunded),
    hw.CardRefundFailed: _row(cards.card_refund_failed),
    hw.CardUnknown: _row(cards.card_unknown),
    hw.CardLoaded: _row(cards.card_loaded),
    hw.CardLoadRefused: _row(cards.card_load_refused),
    hw.CardLoadUnknown: _row(cards.card_load_unknown),
    hw.MachineIdentified: _row(devices.machine_identified),
    hw.MachineVendAsked: _row(machines.vend_asked),
    hw.MachineVendWithdrawn: _row(Ignored("nothing was approved")),
    hw.MachineSessionEnded: _row(Ignored("the credit stays, and its driver offers it again")),
    hw.CoilBoardIdentified: _row(devices.board_identified),
    hw.VendProgressed: _row(Ignored("the screen shows it, the books wait for the end")),
    hw.VendDelivered: _row(devices.vend_delivered),
    hw.VendFailed: _row(devices.vend_failed),
    hw.VendUnknown: _row(devices.vend_unknown),
    hw.DropSeen: _row(devices.drop_seen),
    hw.CodeScanned: _row(IMPOSSIBLE),  # the loop reads scans first: the till gets ScanRead
    hw.CodeUnreadable: _shopper(shopping.code_unreadable),
    hw.PrinterStatus: _row(devices.printer_status),
    hw.PrintEnded: _row(devices.print_ended),
    # the shopper
    ev.ScanRead: _shopper(shopping.scan_read),
    ev.ProductChosen: _shopper(shopping.product_chosen),
    ev.SlotChosen: _shopper(shopping.slot_chosen),
    ev.LineDropped: _shopper(shopping.line_dropped),
    ev.CloseTapped: _shopper(shopping.close_tapped, IDLE=Refused("nothing_chosen")),
    ev.MoneyBackTapped: _shopper(
        shopping.money_back_tapped, IDLE=Refused("nothing_held"), TENDERING=cards.cancel_tapped
    ),
    ev.CardTapped: _shopper(cards.card_tapped, IDLE=Refused("nothing_chosen")),
    ev.LoadTapped: _shopper(cards.load_tapped, IDLE=Refused("nothing_held")),
    ev.LanguageTapped: _row(shopping.language_tapped),
    ev.ComfortTapped: _row(shopping.comfort_tapped),
    ev.ReceiptTapped: _shopper(shopping.receipt_tapped),
    ev.DoneTapped: _shopper(
        shopping.done_tapped, SHOPPING=Ignored("a new visit began"), HALTED=shopping.done_tapped
    ),
    ev.Touched: _row(Ignored("the loop notes the time of every touch")),
    ev.DebtCodeTyped: _shopper(shopping.debt_code_typed),
    # claims and the desk: people elsewhere, in any phase
    ev.ClaimMade: _row(claims.claim_made, STARTING=NOT_READY),
    ev.ClaimDecided: _row(claims.claim_decided, STARTING=NOT_READY),
    ev.ClaimSecond: _row(claims.claim_second, STARTING=NOT_READY),
    ev.HandOver: _row(claims.hand_over, STARTING=NOT_READY),
    ev.TransferNote: _row(claims.transfer_noted, STARTING=NOT_READY),
    ev.ContactErase: _row(desk.contact_erase),
    ev.StockCounted: _row(stock.stock_counted, STARTING=NOT_READY),
    ev.TransferClose: _row(transfers.transfer_close, STARTING=NOT_READY),
    ev.RoundOpened: _row(rounds.round_opened, STARTING=NOT_READY),
    ev.TaskLeft: _row(rounds.task_left, STARTING=NOT_READY),
    ev.RoundClosed: _row(rounds.round_closed, STARTING=NOT_READY),
    ev.CatalogueOffered: _row(catalogue.catalogue_offered),
    ev.ProductOffered: _row(catalogue.product_offered),
    ev.LabelsOffered: _row(desk.labels_offered),
    ev.PriceOffered: _row(desk.price_offered),
    ev.PricesOffered: _row(plans.prices_offered),
    ev.PlacesOffered: _row(places.places_offered),
    ev.PlanDrop: _row(plans.plan_dropped),
    ev.AuditClosed: _row(desk.audit_closed),
    ev.UserOffered: _row(desk.user_offered),
    ev.SignInFailed: _row(desk.sign_in_failed),
    ev.SecondStepOffered: _row(people.second_step_offered),
    ev.SecondStepTaken: _row(people.second_step_taken),
    ev.SettingsRead: _row(people.settings_read),
    # cash on its way: counted at the kiosk or at a table at home
    ev.CollectionCount: _row(collection.collection_counted, STARTING=NOT_READY),
    ev.CollectionRecount: _row(collection.collection_recounted, STARTING=NOT_READY),
    ev.BagGiven: _row(collection.bag_given, STARTING=NOT_READY),
    ev.BagPaidIn: _row(collection.bag_paid_in, STARTING=NOT_READY),
    ev.DayCloseAsked: _row(collection.day_closed, STARTING=NOT_READY),
    # the clerk at the kiosk
    ev.ClerkEntered: _row(
        service.clerk_entered,
        STARTING=NOT_READY,
        TENDERING=BUSY,
        FULFILLING=BUSY,
        SETTLING=BUSY,
        SERVICE=Refused("already_in_service"),
    ),
    ev.ClerkLeft: _row(NOT_IN_SERVICE, SERVICE=service.clerk_left),
    ev.HopperFilled: _clerk(service.hopper_filled),
    ev.CashBoxCollected: _clerk(service.cash_box_collected),
    ev.BoxesTaken: _clerk(collection.boxes_taken),
    ev.FloatLeft: _clerk(service.float_left),
    ev.CoilTestAsked: _clerk(coiltest.coil_test_asked),
    ev.DrawerAsked: _clerk(service.drawer_asked),
    ev.HaltRelease: _row(service.halt_release, STARTING=NOT_READY),
    ev.HaltAsked: _row(NOT_IN_SERVICE, SERVICE=service.halt_asked),
    # practice: a state of its own beside this one hears the touches, and the till only what became of them
    ev.TrainingAsked: _clerk(training.training_asked),
    ev.TrainingLeft: _row(NOT_IN_TRAINING, SERVICE=training.training_left),
    ev.PretendedCoin: _row(NOT_IN_TRAINING),
    ev.PretendedNote: _row(NOT_IN_TRAINING),
    ev.PretendedCard: _row(NOT_IN_TRAINING),
    ev.PretendedJam: _row(NOT_IN_TRAINING),
    ev.VisitPractised: _row(Ignored("the training is over"), SERVICE=training.visit_practised),
    ev.TrainingBroke: _row(Ignored("the training is over"), SERVICE=training.training_broke),
    # the loop
    ev.BootStarted: _row(service.boot_started),
    ev.DeadlinePassed: _row(service.deadline_passed),
    ev.ScreenSilent: _row(service.screen_silent),
    ev.ScreenAnswered: _row(service.screen_answered),
    ev.ClockJumped: _row(service.clock_jumped),
    ev.SpaceRead: _row(service.space_read),
    ev.ClaimsDue: _row(claims.claims_due, STARTING=Ignored("asked again when the kiosk runs")),
    ev.PlanDue: _row(Ignored("it waits until nobody is at the till"), IDLE=plans.plan_due),
    ev.PlacesDue: _row(Ignored("it waits until nobody is at the till"), IDLE=places.places_due),
    ev.PromiseBroken: _row(service.promise_broken),
    ev.StopAsked: _row(service.stop_asked),
}
"""The table by rows: event type -> phase -> entry."""

TABLE: Final[dict[tuple[Phase, type[object]], Entry]] = {
    (phase, kind): entry for kind, row in ROWS.items() for phase, entry in row.items()
}


def decide(state: State, event: ev.Event, stamp: Stamp, shop: Shop) -> Decision:
    """Name the facts that ``event`` makes true.

    Args:
        state: Everything known, folded from the journal.
        event: One event; devices', people's or the loop's.
        stamp: Its time, taken once by the loop.
        shop: Rules and goods.

    Returns:
        Facts in the order they are to be stored (maybe none), the state after them, and the answer.

    Raises:
        InvariantBroken: The books would not close, or an impossible pair came; the loop halts the till.
    """
    entry = TABLE.get((state.phase, type(event)))
    ensure(
        entry is not None and not isinstance(entry, Impossible),
        f"{type(event).__name__} cannot come in {state.phase}",
    )
    draft = Draft(state, shop, stamp)
    if isinstance(entry, Refused):
        draft.refuse(entry.key)
    elif callable(entry):
        if isinstance(event, ev.Tap) and event.screen != state.screen:
            draft.refuse("stale_tap")
        else:
            entry(draft, event)
    return draft.decision()
