"""After a power cut, in plain words: what the kiosk knows, what it does not know, and where a clerk should look.

A reading of the entries from the last unclean start until the next shopper. The sentences never guess: what a device's own
counter or sensor told is known, what nobody told is not, and each thing unknown comes with the look or the count that ends it.
A thing unknown stays until that look was taken or somebody decided, however often the kiosk was started since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, select

from hardware.events import DeviceKind
from kiosk.core import facts as f
from kiosk.core.facts import Recorded
from kiosk.core.postings import CASH_BOX, stacker_container
from kiosk.i18n import Phrasebook, format_moment, format_money, isolate
from kiosk.i18n.phrases import Table, Words
from kiosk.journal.entry import recorded_of
from kiosk.store import models
from kiosk.store.reading import position_of, read_entries_at

LOOKED_BACK: Final = 20_000
"""Entries in which the last start is looked for; a cut longer ago than that is in the journal, not on a page."""

READ_MOST: Final = 300
"""Entries after a start that are read: devices answer within some twenty."""

CUTS_MOST: Final = 10
"""Cuts, newest first, whose unknown things are still asked for: a weak supply may fail several times before anybody comes."""

LOOKS_MOST: Final = 1_000
"""Newest counts and collections that are read: weeks of daily rounds. Any one after the cut ends its question."""

LOOKS: Final = ("SlotCounted", "CashCollected", "CollectionCounted", "CashFilled", "DeviceCameOnline")
"""Kinds of entries that end a question which is not about a debt."""

SENTENCES: Final[Table] = {
    "after.cut": Words(
        "Power was lost, or the kiosk was ended, after {cut}. It was back at {back}.",
        "پس از {cut} برق رفت یا دستگاه بسته شد. در {back} دوباره روشن شد.",
        "بعد {cut} انقطعت الكهرباء أو أُوقفت الآلة. عادت في {back}.",
    ),
    "after.cut_short": Words(
        "Power was lost, or the kiosk was ended, at {back}, for less than a minute.",
        "در {back} برق رفت یا دستگاه بسته شد، کمتر از یک دقیقه.",
        "في {back} انقطعت الكهرباء أو أُوقفت الآلة لأقل من دقيقة.",
    ),
    "after.hopper_name": Words("hopper {value}", "هاپر {value}", "الخزان {value}"),
    "after.acceptor_name": Words("the coin acceptor", "سکه‌گیر", "قارئ العملات"),
    "after.known": Words("Known", "معلوم", "معلوم"),
    "after.unknown": Words("Not known: please look", "نامعلوم: لطفاً نگاه کنید", "غير معلوم: تحقق من فضلك"),
    "after.title": Words("The last power cut", "آخرین قطع برق", "آخر انقطاع للكهرباء"),
    "after.clean": Words(
        "The last stop was clean: nothing was open.",
        "آخرین خاموشی درست بود: چیزی باز نمانده بود.",
        "كان آخر إيقاف سليمًا: لم يبق شيء مفتوحًا.",
    ),
    "after.nobody": Words(
        "No shopper's money was in the machine.",
        "پول هیچ مشتری در دستگاه نبود.",
        "لم يكن في الآلة مال لأي زبون.",
    ),
    "after.training": Words(
        "{clerk} let somebody practise; that ended with the power. Nothing of it was real.",
        "{clerk} گذاشته بود کسی تمرین کند؛ با قطع برق پایان یافت. هیچ چیزش واقعی نبود.",
        "كان {clerk} يتيح لأحدهم التدريب؛ انتهى ذلك بانقطاع الكهرباء. لم يكن شيء منه حقيقيًا.",
    ),
    "after.visit": Words(
        "A shopper had put in {taken}.", "مشتری {taken} داده بود.", "كان زبون قد أدخل {taken}."
    ),
    "after.visit_sold": Words(
        "Goods for {sold} were sold.", "{sold} کالا فروخته شد.", "بيعت بضاعة بقيمة {sold}."
    ),
    "after.visit_paid": Words("{paid} was paid back.", "{paid} پس داده شد.", "أُعيد {paid}."),
    "after.visit_owed": Words(
        "{owed} became owed under a code.", "{owed} با کد بدهی شد.", "صار {owed} دينًا برمز."
    ),
    "after.vend_delivered": Words(
        "{slot} delivered before the cut; that was sold.",
        "{slot} پیش از قطع برق تحویل داد؛ فروخته شد.",
        "سلّمت {slot} قبل الانقطاع؛ بيع ذلك.",
    ),
    "after.vend_failed": Words(
        "{slot} did not deliver; its price was kept for the shopper.",
        "{slot} تحویل نداد؛ بهایش برای مشتری ماند.",
        "لم تُسلّم {slot}؛ بقي ثمنها للزبون.",
    ),
    "after.vend_unknown": Words(
        "Whether {slot} delivered: look into the tray and at the coil, then count {slot}. {amount} waits as an uncertain debt.",
        "آیا {slot} تحویل داد: سینی و مارپیچ را ببینید و {slot} را بشمارید. {amount} بدهی نامعلوم است.",
        "هل سلّمت {slot}: انظر في الدرج وإلى اللولب ثم عُدّ {slot}. {amount} دين غير مؤكد ينتظر.",
    ),
    "after.vend_counted": Words(
        "{slot} was counted since. {amount} still waits as an uncertain debt: the owner decides at the desk.",
        "{slot} پس از آن شمرده شد. {amount} هنوز بدهی نامعلوم است: صاحب دستگاه پشت میز تصمیم می‌گیرد.",
        "عُدّت {slot} بعد ذلك. ما زال {amount} دينًا غير مؤكد: يقرر المالك في المكتب.",
    ),
    "after.payout": Words(
        "By its own counter, {device} had paid {amount} of {asked}.",
        "{device} به شمارندهٔ خودش {amount} از {asked} را پرداخته بود.",
        "حسب عدّاده، كان {device} قد دفع {amount} من {asked}.",
    ),
    "after.payout_unknown": Words(
        "Whether {device} paid {amount}: count its coins. The sum waits as an uncertain debt.",
        "آیا {device} مبلغ {amount} را پرداخت: سکه‌هایش را بشمارید. این مبلغ بدهی نامعلوم است.",
        "هل دفع {device} مبلغ {amount}: عُدّ نقوده. المبلغ دين غير مؤكد ينتظر.",
    ),
    "after.found": Words(
        "By its own counter, {device} had taken {amount} that no entry told of; it is booked.",
        "{device} به شمارندهٔ خودش {amount} گرفته بود که ثبت نشده بود؛ اکنون در دفتر است.",
        "حسب عدّاده، كان {device} قد أخذ {amount} لم يُسجَّل؛ وقد قُيِّد.",
    ),
    "after.swallowed": Words(
        "Whether {device} took a coin in that moment: count the cash box at the next collection.",
        "آیا {device} در آن لحظه سکه‌ای گرفت: صندوق را در نوبت بعد بشمارید.",
        "هل أخذ {device} قطعة في تلك اللحظة: عُدّ الصندوق في التحصيل القادم.",
    ),
    "after.note_returned": Words(
        "By its own count, {device} had given the note back.",
        "{device} به شمارندهٔ خودش اسکناس را پس داده بود.",
        "حسب عدّاده، كان {device} قد أعاد الورقة النقدية.",
    ),
    "after.note_unknown": Words(
        "Where the note of {amount} in {device} is: open it and look. The sum waits as an uncertain debt.",
        "اسکناس {amount} در {device} کجاست: بازش کنید و ببینید. این مبلغ بدهی نامعلوم است.",
        "أين ورقة {amount} في {device}: افتحه وانظر. المبلغ دين غير مؤكد ينتظر.",
    ),
    "after.swallowed_notes": Words(
        "Whether {device} took a note in that moment: count its stacker at the next collection.",
        "آیا {device} در آن لحظه اسکناسی گرفت: صندوق اسکناس را در نوبت بعد بشمارید.",
        "هل أخذ {device} ورقة في تلك اللحظة: عُدّ صندوق الأوراق في التحصيل القادم.",
    ),
    "after.card_unknown": Words(
        "Whether a card was charged {amount}: look into the operator's list. The sum waits as an uncertain debt.",
        "آیا {amount} از کارت برداشته شد: فهرست شرکت کارت را ببینید. این مبلغ بدهی نامعلوم است.",
        "هل خُصم {amount} من بطاقة: انظر في قائمة مشغّل البطاقات. المبلغ دين غير مؤكد ينتظر.",
    ),
    "after.load_unknown": Words(
        "Whether {amount} went onto a card: look into the operator's list. The sum waits as an uncertain debt.",
        "آیا {amount} به کارتی رسید: فهرست شرکت کارت را ببینید. این مبلغ بدهی نامعلوم است.",
        "هل وصل {amount} إلى بطاقة: انظر في قائمة مشغّل البطاقات. المبلغ دين غير مؤكد ينتظر.",
    ),
    "after.card_charged": Words(
        "A card was charged {amount}, and its goods were delivered.",
        "{amount} از کارت برداشته و کالا داده شد.",
        "خُصم {amount} من بطاقة وسُلّمت بضاعتها.",
    ),
    "after.hopper": Words(
        "Where {amount} went that left {device} without a payout: count its coins.",
        "{amount} که بدون پرداخت از {device} رفت کجاست: سکه‌هایش را بشمارید.",
        "أين ذهب {amount} الذي خرج من {device} دون دفع: عُدّ نقوده.",
    ),
    "after.coins_missing": Words(
        "Why {device} counts fewer coins than the journal: it may have been exchanged. Count the cash box.",
        "چرا {device} کمتر از دفتر شمرده است: شاید عوض شده است. صندوق را بشمارید.",
        "لماذا عدّ {device} أقل من الدفتر: ربما استُبدل. عُدّ الصندوق.",
    ),
    "after.silent": Words(
        "What {device} would say: it has not answered yet.",
        "{device} چه می‌گوید: هنوز پاسخ نداده است.",
        "ماذا سيقول {device}: لم يُجب بعد.",
    ),
    "after.asking": Words(
        "How it ended: the kiosk still asks its devices.",
        "پایان کار: دستگاه هنوز از قطعه‌هایش می‌پرسد.",
        "كيف انتهى الأمر: ما زالت الآلة تسأل أجهزتها.",
    ),
}
"""Keys are ``after.``; values whose names end in ``_minor`` are amounts."""

AFTERMATH: Final = Phrasebook(SENTENCES)

OWED_UNKNOWN: Final = frozenset(
    {
        "after.vend_unknown",
        "after.payout_unknown",
        "after.note_unknown",
        "after.card_unknown",
        "after.load_unknown",
    }
)
"""Unknown things that wait as an uncertain debt until a person decides."""

COIN: Final = "coin_minor"
"""Value that names an item's device as people do: the coin that a hopper pays, 0 for the acceptor; missing for any other."""

STACKER_ASKED: Final = frozenset({"after.swallowed_notes", "after.note_unknown"})
"""Unknown things that a count of the stacker ends."""

NOTE_GAPS: Final = frozenset({"notes_differ", "unknown_note"})
"""Reasons of a possible loss that only a note validator gives."""

PARTS: Final = (
    ("sold_minor", "after.visit_sold"),
    ("paid_minor", "after.visit_paid"),
    ("owed_minor", "after.visit_owed"),
)
"""Sums of a visit that are said only where there was one, and their sentences."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing known, or not: the key of its sentence, its values, and the entry that says so (0 for none)."""

    key: str
    values: Mapping[str, str | int]
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A power cut as the journal tells it.

    Attributes:
        epoch: Of the journal.
        seq: The entry of the start after it.
        cut_at: The last entry before it (UTC, ISO 8601); the cut came later.
        back_at: The start after it.
        known: What evidence tells.
        unknown: What nobody told, with the look that ends it.
    """

    epoch: int
    seq: int
    cut_at: str
    back_at: str
    known: tuple[Item, ...]
    unknown: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A power cut in one reader's words."""

    heading: str
    known: tuple[str, ...]
    unknown: tuple[str, ...]


def read_aftermath(connection: Connection, kiosk_id: str) -> Aftermath | None:
    """The last power cut: while the kiosk runs since, and after that for as long as something about it is unknown.

    What is still unknown about cuts before it stands with it. None when there is nothing of either to tell.
    """
    journal = models.journal.c
    newest = connection.execute(
        select(journal.epoch, journal.seq)
        .where(journal.kiosk_id == kiosk_id)
        .order_by(journal.epoch.desc(), journal.seq.desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    place: Any = (journal.kiosk_id == kiosk_id) & (journal.epoch == newest.epoch)
    starts = connection.execute(
        select(journal.seq)
        .where(place, journal.seq > newest.seq - LOOKED_BACK, journal.kind == "Booted")
        .order_by(journal.seq.desc())
    ).scalars()
    shown: Aftermath | None = None
    cuts = 0
    for index, start in enumerate(starts.all()):
        found = _read_cut(connection, kiosk_id, newest.epoch, start, newest.seq, is_newest=index == 0)
        if found is None:
            continue
        if shown is not None:
            shown = replace(shown, unknown=(*shown.unknown, *found.unknown))
        elif index == 0 or found.unknown:
            shown = found
        cuts += 1
        if cuts == CUTS_MOST:
            break
    return shown


def _read_cut(
    connection: Connection, kiosk_id: str, epoch: int, booted: int, newest: int, *, is_newest: bool
) -> Aftermath | None:
    """The cut before one start; None when the stop before it was clean, or there was none."""
    head = read_entries_at(connection, kiosk_id, [(epoch, seq) for seq in (booted - 1, booted) if seq])
    before, start = recorded_of(head[0]), recorded_of(head[-1])
    if not isinstance(start.fact, f.Booted) or start.fact.is_clean or start.fact.boot == 1:
        return None
    seqs = range(booted + 1, min(newest, booted + READ_MOST) + 1)
    entries = read_entries_at(connection, kiosk_id, [(epoch, seq) for seq in seqs])
    after = _until_next_shopper([recorded_of(entry) for entry in entries])
    known, unknown = _items(connection, kiosk_id, after, is_newest=is_newest)
    return Aftermath(
        epoch=epoch,
        seq=booted,
        cut_at=before.at,
        back_at=start.at,
        known=known,
        unknown=_still_open(connection, kiosk_id, epoch, after, unknown),
    )


def _until_next_shopper(entries: Sequence[Recorded]) -> list[Recorded]:
    """The entries that tell of the cut: what comes after the next visit has begun, or the next start, is its own business."""
    kept: list[Recorded] = []
    for each in entries:
        if isinstance(each.fact, f.VisitOpened | f.ServiceStarted | f.Booted):
            break
        kept.append(each)
    return kept


def _items(
    connection: Connection, kiosk_id: str, entries: Sequence[Recorded], *, is_newest: bool
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    known: list[Item] = []
    unknown: list[Item] = []
    debts = [each.fact for each in entries if isinstance(each.fact, f.DebtRecorded)]
    owed = {debt.job: debt.amount_minor for debt in debts}
    settled = [each.fact.visit for each in entries if isinstance(each.fact, f.VisitSettled)]
    is_over = any(isinstance(each.fact, f.Recovered) for each in entries)
    if settled:
        perhaps_minor = sum(
            debt.amount_minor for debt in debts if debt.visit == settled[0] and not debt.is_certain
        )
        known.append(_visit(connection, kiosk_id, settled[0], perhaps_minor))
    elif is_over:
        known.append(Item("after.nobody", {}))
    elif is_newest:
        unknown.append(Item("after.asking", {}))
    for each in entries:
        found = _item(each.fact, owed)
        if found is not None:
            key, values, is_known = found
            (known if is_known else unknown).append(Item(key, values, each.seq))
    return tuple(known), tuple(unknown)


def _visit(connection: Connection, kiosk_id: str, visit: str, perhaps_minor: int) -> Item:
    """What became of the shopper's money; ``perhaps_minor`` of what is booked as owed is uncertain, and told as not known."""
    book = models.visit.c
    row = connection.execute(
        select(book.taken_minor, book.sold_minor, book.paid_minor, book.owed_minor, book.settled_seq).where(
            book.kiosk_id == kiosk_id, book.visit == visit
        )
    ).one()
    values = {
        "taken_minor": row.taken_minor,
        "sold_minor": row.sold_minor,
        "paid_minor": row.paid_minor,
        "owed_minor": row.owed_minor - perhaps_minor,
    }
    return Item("after.visit", values, row.settled_seq)


def _still_open(
    connection: Connection, kiosk_id: str, epoch: int, entries: Sequence[Recorded], unknown: Sequence[Item]
) -> tuple[Item, ...]:
    """What nobody has looked at or decided since."""
    if not unknown:
        return ()
    debts = {
        each.fact.job: each.fact.debt
        for each in entries
        if isinstance(each.fact, f.DebtRecorded) and not each.fact.is_certain
    }
    jobs = {each.seq: str(getattr(each.fact, "job", "")) for each in entries}
    book = models.debt.c
    waiting = set(
        connection.execute(
            select(book.debt).where(
                book.kiosk_id == kiosk_id,
                book.debt.in_(debts.values()),
                book.state == "open",
                book.is_certain == 0,
            )
        ).scalars()
    )
    looks = _looks(connection, kiosk_id, epoch, entries[0].seq if entries else 0)
    kept: list[Item] = []
    for item in unknown:
        debt = debts.get(jobs.get(item.seq, ""), "")
        is_looked_at = any(_ends(look, item) for look in looks)
        if item.key in OWED_UNKNOWN and debt:
            if debt in waiting:
                is_counted = is_looked_at and item.key == "after.vend_unknown"
                kept.append(replace(item, key="after.vend_counted") if is_counted else item)
        elif not is_looked_at:
            kept.append(item)
    return tuple(kept)


def _looks(connection: Connection, kiosk_id: str, epoch: int, seq: int) -> tuple[Recorded, ...]:
    """Counts, collections and devices that answered again, since an entry."""
    journal = models.journal.c
    seqs = connection.execute(
        select(journal.seq)
        .where(
            journal.kiosk_id == kiosk_id,
            journal.epoch == epoch,
            journal.seq >= seq,
            journal.kind.in_(LOOKS),
        )
        .order_by(journal.seq.desc())
        .limit(LOOKS_MOST)
    ).scalars()
    entries = read_entries_at(connection, kiosk_id, [(epoch, each) for each in seqs])
    return tuple(recorded_of(entry) for entry in entries)


def _ends(look: Recorded, item: Item) -> bool:
    """Whether this count, collection or answer is the one that the item asks for."""
    if look.seq <= item.seq:
        return False
    device = item.values.get("device", "")
    match look.fact:
        case f.SlotCounted(slot=slot):
            return slot == item.values.get("slot")
        case f.CashCollected(container=container):
            return container == _asked_container(item)
        case f.CollectionCounted(collection=collection, counted=counted):
            # What was taken out before the cut cannot hold what the cut hid.
            taken_out = position_of(collection)
            is_later = taken_out is not None and taken_out[1] > item.seq
            return is_later and _asked_container(item) in {each.container for each in counted}
        case f.CashFilled():  # whoever filled the hopper had its coins in hand
            return item.key == "after.hopper" and look.fact.device == device
        case f.DeviceCameOnline():
            return item.key == "after.silent" and look.fact.device == device
        case _:
            return False


def _asked_container(item: Item) -> str | None:
    """The container whose count answers the item; None when no cash does."""
    if item.key in STACKER_ASKED:
        return stacker_container(str(item.values.get("device", "")))
    return CASH_BOX if item.key in {"after.swallowed", "after.coins_missing"} else None


def _item(fact: f.Fact, owed: Mapping[str, int]) -> tuple[str, dict[str, str | int], bool] | None:
    """Sentence, values, and whether it is known; None for an entry that says nothing about the cut."""
    match fact:
        case f.VendEnded(outcome=f.VendOutcome.UNKNOWN):
            values: dict[str, str | int] = {"slot": fact.slot, "amount_minor": owed.get(fact.job, 0)}
            return "after.vend_unknown", values, False
        case f.VendEnded(outcome=f.VendOutcome.DELIVERED):
            return "after.vend_delivered", {"slot": fact.slot}, True
        case f.VendEnded():
            return "after.vend_failed", {"slot": fact.slot}, True
        case f.PayoutEnded():
            paid_minor, asked_minor = fact.paid_qty * fact.value_minor, fact.asked_qty * fact.value_minor
            sums: dict[str, str | int] = {
                "device": fact.device,
                COIN: fact.value_minor,
                "amount_minor": paid_minor,
                "asked_minor": asked_minor,
            }
            return "after.payout", sums, True
        case f.PayoutLost():
            asked_minor = fact.asked_qty * fact.value_minor
            lost: dict[str, str | int] = {
                "device": fact.device,
                COIN: fact.value_minor,
                "amount_minor": asked_minor,
            }
            return "after.payout_unknown", lost, False
        case f.CoinFound():
            found_minor = fact.qty * fact.value_minor
            if found_minor < 0:
                return "after.coins_missing", {"device": fact.device, COIN: 0}, False
            return "after.found", {"device": fact.device, COIN: 0, "amount_minor": found_minor}, True
        case f.MoneyPossiblySwallowed() if fact.reason in NOTE_GAPS:
            return "after.swallowed_notes", {"device": fact.device}, False
        case f.MoneyPossiblySwallowed():
            return "after.swallowed", {"device": fact.device, COIN: 0}, False
        case f.HopperDiffered():
            differed: dict[str, str | int] = {
                "device": fact.device,
                COIN: fact.value_minor,
                "amount_minor": abs(fact.qty * fact.value_minor),
            }
            return "after.hopper", differed, False
        case f.DeviceWentOffline():
            is_acceptor = fact.kind == DeviceKind.COIN_ACCEPTOR
            return "after.silent", {"device": fact.device, **({COIN: 0} if is_acceptor else {})}, False
        case _:
            return _tender_item(fact, owed)


def _tender_item(fact: f.Fact, owed: Mapping[str, int]) -> tuple[str, dict[str, str | int], bool] | None:
    """The same of notes, cards and practice."""
    match fact:
        case f.TrainingEnded():
            return "after.training", {"clerk": fact.clerk}, True
        case f.NoteFound():
            return "after.found", {"device": fact.device, "amount_minor": fact.value_minor}, True
        case f.NoteReturned(is_recovered=True):
            return "after.note_returned", {"device": fact.device}, True
        case f.NoteLost():
            return "after.note_unknown", {"device": fact.device, "amount_minor": fact.value_minor}, False
        case f.CardLoadLost():
            return "after.load_unknown", {"device": fact.device, "amount_minor": fact.amount_minor}, False
        case f.CardLost():
            is_owed = fact.job in owed
            key = "after.card_unknown" if is_owed else "after.card_charged"
            return key, {"amount_minor": owed.get(fact.job, fact.amount_minor)}, not is_owed
        case _:
            return None


def say_aftermath(
    language: str, aftermath: Aftermath, *, currency: str, exponent: int, timezone: str
) -> Told:
    """A power cut in sentences.

    Args:
        language: The reader's.
        aftermath: From `read_aftermath`.
        currency: ISO 4217 code.
        exponent: Its decimals.
        timezone: The kiosk's, for times.
    """

    def money(amount_minor: str | int) -> str:
        return format_money(int(amount_minor), currency, exponent, language)

    def name(item: Item) -> str:
        device = str(item.values.get("device", ""))
        if COIN not in item.values:
            return isolate(device)
        if not item.values[COIN]:
            return AFTERMATH.say(language, "after.acceptor_name")
        return AFTERMATH.say(language, "after.hopper_name", value=money(item.values[COIN]))

    def say(item: Item) -> str:
        values: dict[str, str | int] = {}
        for key, value in item.values.items():
            if key.endswith("_minor"):
                values[key.removesuffix("_minor")] = money(value)
            else:
                values[key] = name(item) if key == "device" else isolate(str(value))
        sentences = [AFTERMATH.say(language, item.key, **values)]
        if item.key == "after.visit":
            sentences += [AFTERMATH.say(language, key, **values) for sum_, key in PARTS if item.values[sum_]]
        return " ".join(sentences)

    cut = format_moment(aftermath.cut_at, timezone, language)
    back = format_moment(aftermath.back_at, timezone, language)
    return Told(
        heading=AFTERMATH.say(
            language, "after.cut_short" if cut == back else "after.cut", cut=cut, back=back
        ),
        known=tuple(say(each) for each in aftermath.known),
        unknown=tuple(dict.fromkeys(say(each) for each in aftermath.unknown)),
    )
