"""Every kind of entry and its fields, as the journal's format documents them; and a check of one fact against its shape.

``text`` and ``whole`` are what they say, ``flag`` is true or false; ``?`` admits null, ``??`` null or nothing at all: the
field came to the format later than its kind. ``pairs`` is a list of two whole numbers each. A field that ends in ``_minor`` is an
amount of money and never below 0; a ``count`` is a whole number never below 0, ``counts`` are a list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

_SPELLED: Final = """
JournalOpened: kiosk_id:text currency:text exponent:whole software:text previous_head:text
Booted: boot:whole is_clean:flag software:text languages:texts
Recovered: owed_minor:whole
Stopped:
ClockStepped: was:text now:text
CheckpointSigned: covers_seq:whole head:text sold_minor:whole taken_minor:whole paid_out_minor:whole
    owed_minor:whole public_key:text signature:text
TillHalted: reason:text
HaltCleared: clerk:text
ScreenLost: silent_ms:whole
ScreenSeen:
SpaceShrank: level:text free_mib:whole
DeviceWentOffline: device:text kind:text fault:text
DeviceCameOnline: device:text kind:text
DeviceTroubled: device:text kind:text fault:text detail:whole
LineWasNoisy: device:text dropped:whole
AcceptorBaselined: device:text serial:whole device_epoch:whole event_no:whole counts:pairs? is_new:flag
    was_restarted:flag kept_total:whole?? recycled:whole??
CoinCredited: visit:text device:text serial:whole device_epoch:whole event_no:whole position:whole
    path:whole value_minor:whole container:text
CoinFound: visit:text device:text position:whole qty:count value_minor:whole container:text
CoinTested: clerk:text device:text serial:whole device_epoch:whole event_no:whole position:whole
    value_minor:whole container:text
CoinTurnedAway: visit:text device:text serial:whole device_epoch:whole event_no:whole code:whole fault:text
    is_returned:flag?
MoneyPossiblySwallowed: visit:text device:text serial:whole device_epoch:whole event_no:whole qty:count
    reason:text
HopperBaselined: device:text serial:whole value_minor:whole paid_total:whole? is_low:flag? is_new:flag
    lost_power:flag level:whole??
HopperLevelRead: device:text is_low:flag
HopperCounted: device:text level:whole
HopperDiffered: device:text value_minor:whole qty:count paid_total:whole? job:text level:whole??
NoteStackStarted: job:text visit:text device:text position:whole value_minor:whole kept_total:whole?
NoteReturnStarted: job:text visit:text device:text position:whole value_minor:whole kept_total:whole? reason:text
NoteCredited: job:text visit:text device:text serial:whole device_epoch:whole event_no:whole position:whole
    value_minor:whole container:text kept_total:whole?
NoteFound: job:text visit:text device:text value_minor:whole container:text
NotesMoved: device:text validator:text value_minor:whole qty:count container:text level:whole
CashMoveStarted: token:text job:text clerk:text device:text keep:count container:text level:whole?
CashMoveEnded: job:text device:text value_minor:whole qty:count container:text level:whole? fault:text is_recovered:flag
NoteReturned: job:text visit:text device:text position:whole fault:text is_recovered:flag
NoteLost: job:text visit:text device:text value_minor:whole fault:text
NoteTurnedAway: visit:text device:text code:whole fault:text is_returned:flag??
StrayDropSeen: device:text
VisitOpened: visit:text language:text opened_by:text
LanguageChosen: language:text
ComfortChosen: large_text:flag more_time:flag
LineAdded: visit:text line:whole sku:text slot:text device:text coil:whole price_minor:whole tax_class:text
    tax_rate_bp:count said:said?? deposit_minor:whole?? was_minor:whole??
LineRemoved: visit:text line:whole
CodeUnknown: visit:text code:text reason:text
VendStarted: job:text visit:text line:whole device:text slot:text coil:whole sku:text price_minor:whole
    request:whole??
MachineVendDenied: visit:text device:text request:whole item:whole amount_minor:whole reason:text
VendEnded: job:text visit:text line:whole slot:text sku:text outcome:text fault:text seen:flag
    is_recovered:flag
DropDoubted: job:text visit:text line:whole slot:text hung:texts
SaleClosed: visit:text receipt_no:whole lines:lines total_minor:whole taxes:taxes is_recovered:flag codes:codes??
    costs:counts?? deposits:pairs??
    lots:pieces?? marks:pairs??
SecondChoiceOffered: visit:text
SettlingStarted: visit:text reason:text amount_minor:whole
PayoutStarted: job:text visit:text device:text qty:count value_minor:whole paid_total:whole?
    level:whole??
PayoutEnded: job:text visit:text device:text value_minor:whole asked_qty:count paid_qty:count
    paid_total:whole? fault:text is_recovered:flag level:whole??
PayoutLost: job:text visit:text device:text value_minor:whole asked_qty:count fault:text
DebtRecorded: debt:text visit:text amount_minor:whole reason:text is_certain:flag job:text
VisitSettled: visit:text
ThanksEnded: visit:text
PrintStarted: job:text visit:text language:text is_copy:flag
PrintClosed: job:text visit:text result:text fault:text
CardRequested: job:text visit:text device:text amount_minor:whole
CardCancelStarted: job:text visit:text device:text turns_to:text??
CardApproved: job:text visit:text device:text asked_minor:whole charged_minor:whole
CardDenied: job:text visit:text device:text fault:text
CardCancelled: job:text visit:text device:text
CardSettleStarted: job:text visit:text device:text
CardSettled: job:text visit:text device:text
CardRefundStarted: job:text visit:text device:text
CardRefunded: job:text visit:text device:text asked_minor:whole charged_minor:whole
CardRefundFailed: job:text visit:text device:text fault:text
CardLost: job:text visit:text device:text amount_minor:whole is_charged:flag fault:text
CardApprovedLate: job:text visit:text device:text charged_minor:whole debt:text is_refunding:flag
CardLateRefundEnded: job:text visit:text device:text debt:text charged_minor:whole owed_minor:whole
    is_refunded:flag fault:text
CardLoadStarted: job:text visit:text device:text amount_minor:whole
CardLoaded: job:text visit:text device:text amount_minor:whole
CardLoadRefused: job:text visit:text device:text fault:text
CardLoadLost: job:text visit:text device:text amount_minor:whole fault:text
DebtRedeemed: debt:text visit:text amount_minor:whole
DebtCodeRefused: reason:text
DebtReleased: debt:text claim:text by:text
DebtDropped: debt:text claim:text amount_minor:whole by:text reason:text
DebtReduced: debt:text claim:text amount_minor:whole left_minor:whole by:text reason:text
VoucherMade: debt:text claim:text by:text
DebtTransferred: debt:text amount_minor:whole by:text means:text reference:text paid_on:text
GoodwillGranted: debt:text claim:text amount_minor:whole by:text
CashHandedOver: debt:text amount_minor:whole by:text
ClaimOpened: claim:text token:text about:text visit:text said_minor:whole channel:text subject:text
    by:text??
ClaimWeighed: claim:text verdict:text amount_minor:whole debt:text evidence:wholes
ClaimPromised: claim:text due_at:text remind_at:text
ClaimReminded: claim:text stage:text
ClaimWithheld: claim:text bound:text most_minor:whole
ClaimProposed: claim:text amount_minor:whole by:text way:text reason:text
ClaimSeconded: claim:text first:text by:text
GoodsReturned: claim:text sku:text slot:text fate:text by:text
ClaimApproved: claim:text debt:text amount_minor:whole by:text
ClaimRefused: claim:text by:text reason:text
ContactErased: subject:text by:text
ServiceStarted: clerk:text
ServiceEnded: clerk:text
CashFilled: token:text clerk:text device:text container:text value_minor:whole qty:count
CashCollected: token:text clerk:text collection:text container:text expected_minor:whole counted_minor:whole
CollectionStarted: token:text clerk:text collection:text taken:taken float_minor:whole
CollectionCounted: token:text by:text collection:text bag:text counted:counted expected_minor:whole counted_minor:whole
    float_left_minor:whole
CollectionRecounted: token:text by:text collection:text reason:text counted:counted was_minor:whole counted_minor:whole
BagHandedOver: token:text by:text collection:text bag:text amount_minor:whole to:text
BagBanked: token:text by:text collection:text bag:text amount_minor:whole banked_minor:whole
DayClosed: token:text by:text number:count since_epoch:count since_seq:count period:totals perpetual:totals
    practice:practice?? practice_ever:practice??
CoilTestStarted: token:text job:text clerk:text device:text slot:text coil:whole sku:text
CoilTestEnded: job:text slot:text sku:text outcome:text fault:text is_recovered:flag expires_on:text lot:text
DrawerOpenStarted: token:text job:text clerk:text device:text
DrawerOpenEnded: job:text device:text result:text fault:text
TrainingBegan: training:text clerk:text
TrainingSettled: training:text number:count lines:lines total_minor:whole coins_minor:whole notes_minor:whole
    card_minor:whole back_minor:whole undelivered:count is_finished:flag perpetual_minor:whole
TrainingEnded: training:text clerk:text reason:text visits:count
StockMoved: token:text by:text sku:text slot:text move:text qty:whole lots:parts?? reason:text?? other:text??
    was:whole?? cost_minor:count?? transfer:text?? sent:count??
TransferClosed: token:text by:text transfer:text sku:text qty:count outcome:text cost_minor:count?
SlotCounted: token:text by:text slot:text sku:text qty:count move:text?? was:whole?? lots:parts?? other:text??
    cost_minor:count??
RoundStarted: token:text round:text by:text
RoundTaskLeft: token:text round:text task:text by:text
RoundEnded: token:text round:text by:text
CatalogueImported: by:text products:whole slots:whole digest:text
ProductSaved: by:text sku:text is_new:flag fields:fields
ProductRetired: by:text sku:text
LabelsSet: by:text rows:count digest:text
PriceSet: by:text sku:text was_minor:whole price_minor:whole plan:text??
PricesPlanned: plan:text token:text by:text from_day:text prices:prices
PlanDropped: plan:text by:text
PricesTaken: plan:text changed:count passed_over:count
PlacesPlanned: plan:text token:text by:text from_day:text places:places new:newplaces?? gone:texts??
PlacesTaken: plan:text changed:count passed_over:count
PlaceSet: by:text slot:text sku:text was_sku:text capacity:count was_capacity:count par_qty:count was_par_qty:count
    zone:text was_zone:text plan:text
PlaceAdded: by:text slot:text place:text coil:count sku:text capacity:count par_qty:count zone:text plan:text
PlaceRemoved: by:text slot:text place:text coil:count sku:text capacity:count par_qty:count zone:text plan:text
AuditTaken: by:text
UserSaved: user:text role:text by:text
SignInRefused: user:text failures:whole
SecondStepSet: user:text by:text is_on:flag
SignedIn: by:text means:text
SettingsChanged: by:text digest:text changed:texts
"""

_SALE_LINE: Final = "line:whole sku:text slot:text coil:whole price_minor:whole tax_class:text"
_SAID: Final = (
    "code:text price_minor:whole weight_mg:count unit_price_minor:whole step_minor:whole lot:text expires_on:text "
    "best_before_on:text"
)
_TAX_PART: Final = "tax_class:text rate_bp:count gross_minor:whole tax_minor:whole"
_TAKEN: Final = "container:text expected_minor:whole pieces:pairs"
_COUNTED: Final = "container:text counted_minor:whole pieces:pairs"
_TOTALS: Final = (
    "sales:count pieces:count gross_minor:whole taxes:taxes deposit_minor:whole coins_minor:whole notes_minor:whole "
    "change_minor:whole card_minor:whole card_refunded_minor:whole card_loaded_minor:whole owed_minor:whole "
    "redeemed_minor:whole handed_over_minor:whole transferred_minor:whole goodwill_minor:whole coil_tests:count"
)

_PRACTICE: Final = "visits:count total_minor:whole"

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Later:
    """The test of a field that older entries of its kind do not have."""

    test: Callable[[Any], bool]

    def __call__(self, value: Any) -> bool:
        """Whether the field, where it is, is of its kind."""
        return self.test(value)


Shape = Mapping[str, Test]


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_flag(value: Any) -> bool:
    return value is True or value is False


def _list_of(test: Test) -> Test:
    return lambda value: type(value) is list and all(test(item) for item in value)


def _is_pair(value: Any) -> bool:
    return type(value) is list and len(value) == 2 and all(_is_whole(item) for item in value)


def _is_part(value: Any) -> bool:
    """Pieces of one lot: its last day of sale, its name, and how many."""
    return _is_row(value, (_is_text, _is_text, _is_whole))


def _is_piece(value: Any) -> bool:
    """The number of a line, and the last day of sale and the lot of its piece."""
    return _is_row(value, (_is_whole, _is_text, _is_text))


def _is_row(value: Any, tests: tuple[Test, ...]) -> bool:
    is_long = type(value) is list and len(value) == len(tests)
    return is_long and all(test(item) for test, item in zip(tests, value, strict=True))


def _is_field(value: Any) -> bool:
    """A column, what it said, what it says."""
    return type(value) is list and len(value) == 3 and all(_is_text(item) for item in value)


def _is_price(value: Any) -> bool:
    """A product and its price."""
    return type(value) is list and len(value) == 2 and _is_text(value[0]) and _is_count(value[1])


def _is_place(value: Any) -> bool:
    """A place: its code, its product, how many fit, how many there should be, its zone."""
    return _is_row(value, (_is_text, _is_text, _is_count, _is_count, _is_text))


def _is_new_place(value: Any) -> bool:
    """A place that is to be made: its code, what it is, its number."""
    return _is_row(value, (_is_text, _is_text, _is_count))


def _object_of(shape: Shape) -> Test:
    return lambda value: type(value) is dict and not misfit(value, shape)


def _is_code(value: Any) -> bool:
    """The number of a line, and what its code said."""
    return type(value) is list and len(value) == 2 and _is_whole(value[0]) and _TESTS["said"](value[1])


def _or_null(test: Test) -> Test:
    return lambda value: value is None or test(value)


_TESTS: dict[str, Test] = {
    "text": _is_text,
    "whole": _is_whole,
    "count": _is_count,
    "flag": _is_flag,
    "texts": _list_of(_is_text),
    "wholes": _list_of(_is_whole),
    "counts": _list_of(_is_count),
    "pairs": _list_of(_is_pair),
    "parts": _list_of(_is_part),
    "pieces": _list_of(_is_piece),
    "fields": _list_of(_is_field),
    "prices": _list_of(_is_price),
    "places": _list_of(_is_place),
    "newplaces": _list_of(_is_new_place),
}


def _shape(spelled: str) -> Shape:
    fields: dict[str, Test] = {}
    for word in spelled.split():
        name, _, kind = word.partition(":")
        test = _TESTS[kind.rstrip("?")]
        if name.endswith("_minor"):
            test = _is_count
        if kind.endswith("?"):
            test = _or_null(test)
        fields[name] = Later(test) if kind.endswith("??") else test
    return MappingProxyType(fields)


def misfit(fact: Mapping[str, Any], shape: Shape) -> str:
    """The first field that is missing, too many or of the wrong kind; empty when ``fact`` has the ``shape``."""
    if fact.keys() != shape.keys():
        missing = {name for name in shape.keys() - fact.keys() if not isinstance(shape[name], Later)}
        if strange := missing | (fact.keys() - shape.keys()):
            return min(strange)
    for name, value in fact.items():
        if not shape[name](value):
            return name
    return ""


_TESTS["said"] = _object_of(_shape(_SAID))
_TESTS["codes"] = _list_of(_is_code)
_TESTS["lines"] = _list_of(_object_of(_shape(_SALE_LINE)))
_TESTS["taxes"] = _list_of(_object_of(_shape(_TAX_PART)))
_TESTS["taken"] = _list_of(_object_of(_shape(_TAKEN)))
_TESTS["counted"] = _list_of(_object_of(_shape(_COUNTED)))
_TESTS["totals"] = _object_of(_shape(_TOTALS))
_TESTS["practice"] = _object_of(_shape(_PRACTICE))

SHAPES: Final[Mapping[tuple[str, int], Shape]] = MappingProxyType(
    {
        (kind, 1): _shape(spelled)
        for kind, _, spelled in (
            line.partition(":") for line in _SPELLED.replace("\n    ", " ").split("\n") if line
        )
    }
)
"""(kind, version) -> its fields."""
