"""After a power cut, in plain words: what the kiosk knows, what it does not know, and where a clerk should look.

A reading of the entries from the last unclean start until the next shopper. The sentences never guess: what a device's own
counter or sensor told is known, what nobody told is not, and each thing unknown comes with the look or the count that ends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from kiosk.core import facts as f
from kiosk.core.facts import Recorded
from kiosk.i18n import Phrasebook, format_moment, format_money, isolate
from kiosk.i18n.phrases import Table, Words
from kiosk.journal.entry import recorded_of
from kiosk.store import models
from kiosk.store.reading import read_entries_at

LOOKED_BACK: Final = 20_000
"""Entries in which the last start is looked for; a cut longer ago than that is in the journal, not on a page."""

READ_MOST: Final = 300
"""Entries after a start that are read: devices answer within some twenty."""

SENTENCES: Final[Table] = {
    "after.cut": Words(
        "Power was lost, or the kiosk was ended, after {cut}. It was back at {back}.",
        "پس از {cut} برق رفت یا دستگاه بسته شد. ساعت {back} دوباره روشن شد.",
        "بعد {cut} انقطعت الكهرباء أو أُوقفت الآلة. عادت في {back}.",
    ),
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
    "after.visit": Words(
        "A shopper had put in {taken}. Goods for {sold} were sold, {paid} was paid back, {owed} is owed under a code.",
        "مشتری {taken} داده بود. {sold} کالا فروخته شد، {paid} پس داده شد، {owed} با کد بدهکاریم.",
        "كان زبون قد أدخل {taken}. بيعت بضاعة بقيمة {sold}، وأُعيد {paid}، وبقي {owed} دينًا برمز.",
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
    "after.payout": Words(
        "Device {device} had paid {amount} of {asked}, by its own counter.",
        "قطعهٔ {device} به شمارندهٔ خودش {amount} از {asked} را پرداخته بود.",
        "كان الجهاز {device} قد دفع {amount} من {asked} حسب عدّاده.",
    ),
    "after.payout_unknown": Words(
        "Whether device {device} paid {amount}: count its coins. The sum waits as an uncertain debt.",
        "آیا قطعهٔ {device} مبلغ {amount} را پرداخت: سکه‌هایش را بشمارید. این مبلغ بدهی نامعلوم است.",
        "هل دفع الجهاز {device} مبلغ {amount}: عُدّ نقوده. المبلغ دين غير مؤكد ينتظر.",
    ),
    "after.found": Words(
        "Device {device} had taken {amount} that no entry told of, by its own counter; it is booked.",
        "قطعهٔ {device} به شمارندهٔ خودش {amount} گرفته بود که ثبت نشده بود؛ اکنون در دفتر است.",
        "كان الجهاز {device} قد أخذ {amount} لم يُسجَّل، حسب عدّاده؛ وقد قُيِّد.",
    ),
    "after.swallowed": Words(
        "Whether device {device} took a coin in that moment: count the cash box at the next collection.",
        "آیا قطعهٔ {device} در آن لحظه سکه‌ای گرفت: صندوق را در نوبت بعد بشمارید.",
        "هل أخذ الجهاز {device} قطعة في تلك اللحظة: عُدّ الصندوق في التحصيل القادم.",
    ),
    "after.hopper": Words(
        "Where {amount} went that left device {device} without a payout: count its coins.",
        "{amount} که بدون پرداخت از قطعهٔ {device} رفت کجاست: سکه‌هایش را بشمارید.",
        "أين ذهب {amount} الذي خرج من الجهاز {device} دون دفع: عُدّ نقوده.",
    ),
    "after.coins_missing": Words(
        "Why device {device} counts fewer coins than the journal: it may have been exchanged. Count the cash box.",
        "چرا قطعهٔ {device} کمتر از دفتر شمرده است: شاید عوض شده است. صندوق را بشمارید.",
        "لماذا عدّ الجهاز {device} أقل من الدفتر: ربما استُبدل. عُدّ الصندوق.",
    ),
    "after.silent": Words(
        "What device {device} would say: it has not answered yet.",
        "قطعهٔ {device} چه می‌گوید: هنوز پاسخ نداده است.",
        "ماذا سيقول الجهاز {device}: لم يُجب بعد.",
    ),
    "after.asking": Words(
        "How it ended: the kiosk still asks its devices.",
        "پایان کار: دستگاه هنوز از قطعه‌هایش می‌پرسد.",
        "كيف انتهى الأمر: ما زالت الآلة تسأل أجهزتها.",
    ),
}
"""Keys are ``after.``; values whose names end in ``_minor`` are amounts."""

AFTERMATH: Final = Phrasebook(SENTENCES)


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
    """The last power cut; None when the last stop was clean, or there was none."""
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
    booted = connection.execute(
        select(journal.seq)
        .where(place, journal.seq > newest.seq - LOOKED_BACK, journal.kind == "Booted")
        .order_by(journal.seq.desc())
        .limit(1)
    ).scalar()
    if booted is None:
        return None
    seqs = range(max(1, booted - 1), min(newest.seq, booted + READ_MOST) + 1)
    entries = read_entries_at(connection, kiosk_id, [(newest.epoch, seq) for seq in seqs])
    recorded = [recorded_of(entry) for entry in entries]
    start = next(each for each in recorded if each.seq == booted)
    if not isinstance(start.fact, f.Booted) or start.fact.is_clean or start.fact.boot == 1:
        return None
    after = _until_next_shopper([each for each in recorded if each.seq > booted])
    known, unknown = _items(connection, kiosk_id, after)
    return Aftermath(
        epoch=newest.epoch,
        seq=booted,
        cut_at=recorded[0].at,
        back_at=start.at,
        known=known,
        unknown=unknown,
    )


def _until_next_shopper(entries: Sequence[Recorded]) -> list[Recorded]:
    """The entries that tell of the cut: what comes after the next visit has begun is its own business."""
    kept: list[Recorded] = []
    for each in entries:
        if isinstance(each.fact, f.VisitOpened | f.ServiceStarted):
            break
        kept.append(each)
    return kept


def _items(
    connection: Connection, kiosk_id: str, entries: Sequence[Recorded]
) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    known: list[Item] = []
    unknown: list[Item] = []
    owed = {
        each.fact.job: each.fact.amount_minor for each in entries if isinstance(each.fact, f.DebtRecorded)
    }
    settled = [each.fact.visit for each in entries if isinstance(each.fact, f.VisitSettled)]
    is_over = any(isinstance(each.fact, f.Recovered) for each in entries)
    if settled:
        known.append(_visit(connection, kiosk_id, settled[0]))
    elif is_over:
        known.append(Item("after.nobody", {}))
    else:
        unknown.append(Item("after.asking", {}))
    for each in entries:
        found = _item(each.fact, owed)
        if found is not None:
            key, values, is_known = found
            (known if is_known else unknown).append(Item(key, values, each.seq))
    return tuple(known), tuple(unknown)


def _visit(connection: Connection, kiosk_id: str, visit: str) -> Item:
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
        "owed_minor": row.owed_minor,
    }
    return Item("after.visit", values, row.settled_seq)


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
                "amount_minor": paid_minor,
                "asked_minor": asked_minor,
            }
            return "after.payout", sums, True
        case f.PayoutLost():
            asked_minor = fact.asked_qty * fact.value_minor
            return "after.payout_unknown", {"device": fact.device, "amount_minor": asked_minor}, False
        case f.CoinFound():
            found_minor = fact.qty * fact.value_minor
            if found_minor < 0:
                return "after.coins_missing", {"device": fact.device}, False
            return "after.found", {"device": fact.device, "amount_minor": found_minor}, True
        case f.MoneyPossiblySwallowed():
            return "after.swallowed", {"device": fact.device}, False
        case f.HopperDiffered():
            return (
                "after.hopper",
                {"device": fact.device, "amount_minor": abs(fact.qty * fact.value_minor)},
                False,
            )
        case f.DeviceWentOffline():
            return "after.silent", {"device": fact.device}, False
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

    def say(item: Item) -> str:
        values: dict[str, str | int] = {}
        for name, value in item.values.items():
            if name.endswith("_minor"):
                values[name.removesuffix("_minor")] = format_money(int(value), currency, exponent, language)
            else:
                values[name] = isolate(str(value))
        return AFTERMATH.say(language, item.key, **values)

    return Told(
        heading=AFTERMATH.say(
            language,
            "after.cut",
            cut=format_moment(aftermath.cut_at, timezone, language),
            back=format_moment(aftermath.back_at, timezone, language),
        ),
        known=tuple(say(each) for each in aftermath.known),
        unknown=tuple(dict.fromkeys(say(each) for each in aftermath.unknown)),
    )
