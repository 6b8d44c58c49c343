"""Evidence in words, in three languages, for both sides of a claim: what each entry says, and why the verdict is as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from kiosk.core import facts as f
from kiosk.core.facts import Recorded
from kiosk.core.limits import BY_EVIDENCE
from kiosk.i18n import Phrasebook, format_money
from kiosk.i18n.phrases import Table, Words

WHY: Final[Table] = {
    "why.debt_open": Words(
        "The journal holds this debt, and nobody was paid for it yet.",
        "این بدهی در دفتر هست و هنوز به کسی پرداخت نشده است.",
        "هذا الدين مسجل في الدفتر، ولم يُدفع لأحد بعد.",
    ),
    "why.uncertain": Words(
        "The machine could not tell what became of a delivery, a payout, a note or a card payment.",
        "دستگاه نفهمید که تحویل، پرداخت، اسکناس یا کارت به کجا رسید.",
        "لم تستطع الآلة أن تعرف مصير تسليم أو دفع أو ورقة نقدية أو بطاقة.",
    ),
    "why.several_fit": Words(
        "More than one open debt fits this claim.",
        "بیش از یک بدهی باز با این درخواست جور است.",
        "أكثر من دين مفتوح يتفق مع هذا الطلب.",
    ),
    "why.debt_not_bound": Words(
        "An open debt fits, but it may belong to somebody else.",
        "یک بدهی باز جور است، ولی شاید از آن کس دیگری باشد.",
        "هناك دين مفتوح يتفق مع الطلب، لكنه قد يخص شخصًا آخر.",
    ),
    "why.swallowed_window": Words(
        "Coins or notes may have gone in without a record at that time.",
        "شاید در آن زمان سکه یا اسکناسی بدون ثبت رفته باشد.",
        "ربما دخلت عملات أو أوراق دون تسجيل في ذلك الوقت.",
    ),
    "why.note_turned_away": Words(
        "The note reader refused a note at that time, and does not say that it came back.",
        "اسکناس‌خوان در آن زمان اسکناسی را نپذیرفت و نمی‌گوید که برگشته است.",
        "رفض قارئ الأوراق ورقة في ذلك الوقت، ولا يقول إنها عادت.",
    ),
    "why.note_returned": Words(
        "The note reader gave this note back.",
        "اسکناس‌خوان این اسکناس را پس داد.",
        "أعاد قارئ الأوراق هذه الورقة.",
    ),
    "why.coin_turned_away": Words(
        "The acceptor refused a coin, and did not see it come back.",
        "سکه‌گیر سکه‌ای را نپذیرفت و برگشت آن را ندید.",
        "رفض قارئ العملات قطعة ولم يرها ترجع.",
    ),
    "why.money_found": Words(
        "A device's own count shows money that no visit was credited with.",
        "شمارندهٔ یک دستگاه پولی نشان می‌دهد که به حساب کسی نرفته است.",
        "يُظهر عدّاد أحد الأجهزة نقودًا لم تُحسب لأي زيارة.",
    ),
    "why.hopper_differs": Words(
        "The hopper's own count does not fit the payouts.",
        "شمارندهٔ هاپر با پرداخت‌ها جور نیست.",
        "عدّاد الخزان لا يتفق مع المدفوعات.",
    ),
    "why.money_returned": Words(
        "The journal shows this money going back.",
        "دفتر نشان می‌دهد که این پول برگشته است.",
        "يُظهر الدفتر أن هذا المال قد أُعيد.",
    ),
    "why.all_spent": Words(
        "Goods were bought for the whole amount; no change was due.",
        "با همهٔ پول کالا خریده شد؛ بقیه‌ای نبود.",
        "اشتُريت بضاعة بكامل المبلغ؛ لم يبق باقٍ.",
    ),
    "why.goods_seen": Words(
        "The sensor saw the goods fall.",
        "حسگر افتادن کالا را دید.",
        "رأى المستشعر المنتج يسقط.",
    ),
    "why.trouble": Words(
        "A device was in trouble at that time.",
        "در آن زمان یک دستگاه مشکل داشت.",
        "كان أحد الأجهزة في خلل في ذلك الوقت.",
    ),
    "why.hung_elsewhere": Words(
        "The sensor saw something fall, but a piece of another coil was hanging and may have been what fell.",
        "حسگر افتادن چیزی را دید، ولی کالایی از مارپیچ دیگر گیر کرده بود و شاید همان افتاده باشد.",
        "رأى المستشعر شيئًا يسقط، لكن قطعة من لولب آخر كانت عالقة وربما هي التي سقطت.",
    ),
    "why.card_late": Words(
        "The card was charged after its request had been given up, and nothing was given for it.",
        "پس از رها شدن درخواست از کارت برداشت شد و چیزی در برابر آن داده نشد.",
        "خُصم من البطاقة بعد التخلي عن طلبها، ولم يُعطَ شيء مقابله.",
    ),
    "why.card_refund_failed": Words(
        "The charge could not go back to the card; it stayed the shopper's credit.",
        "مبلغ به کارت برنگشت و اعتبار مشتری ماند.",
        "تعذّر رد المبلغ إلى البطاقة فبقي رصيدًا للزبون.",
    ),
    "why.nothing_told": Words(
        "Nothing is recorded of this, but the machine was not well at that time. That is no refusal.",
        "چیزی از این ثبت نشده، ولی دستگاه در آن زمان سالم نبود. این رد کردن نیست.",
        "لم يُسجَّل شيء من هذا، لكن الآلة لم تكن سليمة في ذلك الوقت. ليس هذا رفضًا.",
    ),
    "why.nothing_seen": Words(
        "The machine was healthy and saw nothing. That is no refusal.",
        "دستگاه سالم بود و چیزی ندید. این رد کردن نیست.",
        "كانت الآلة سليمة ولم ترَ شيئًا. ليس هذا رفضًا.",
    ),
}
"""Keys are ``why.`` and a weighing's reason."""

FINDINGS: Final[Table] = {
    "finding.debt": Words("{amount} became owed", "{amount} بدهی شد", "صار {amount} دينًا علينا"),
    "finding.debt_uncertain": Words(
        "{amount} became owed, uncertain", "{amount} بدهی نامعلوم شد", "صار {amount} دينًا غير مؤكد"
    ),
    "finding.redeemed": Words(
        "{amount} was used through its code",
        "{amount} با کد خود خرج شد",
        "استُعمل {amount} برمزه",
    ),
    "finding.handed_over": Words(
        "{amount} was handed over in cash", "{amount} نقد تحویل شد", "سُلّم {amount} نقدًا"
    ),
    "finding.transferred": Words(
        "{amount} was paid outside the machine, as a person noted",
        "{amount} بیرون از دستگاه پرداخت شد، چنان‌که یک نفر نوشت",
        "دُفع {amount} خارج الآلة، كما دوّن شخص",
    ),
    "finding.reduced": Words(
        "A person decided that {amount} is owed, and {off} is not",
        "یک نفر تصمیم گرفت {amount} بدهی است و {off} نیست",
        "قرر شخص أن {amount} دين وأن {off} ليس دينًا",
    ),
    "finding.dropped": Words(
        "A person decided that {amount} is not owed",
        "یک نفر تصمیم گرفت که {amount} بدهی نیست",
        "قرر شخص أن {amount} ليس دينًا",
    ),
    "finding.vend_delivered": Words(
        "{slot} delivered; the fall was seen", "{slot} تحویل داد؛ افتادن دیده شد", "سلّمت {slot}؛ شوهد السقوط"
    ),
    "finding.vend_turned": Words(
        "{slot} turned once; no sensor watches the fall",
        "{slot} یک دور چرخید؛ حسگری برای افتادن نیست",
        "دارت {slot} مرة؛ لا مستشعر للسقوط",
    ),
    "finding.vend_failed": Words(
        "{slot} did not deliver; the money stayed with the shopper",
        "{slot} تحویل نداد؛ پول برای مشتری ماند",
        "لم تُسلّم {slot}؛ بقي المال للزبون",
    ),
    "finding.vend_unknown": Words(
        "Nobody can say whether {slot} delivered",
        "معلوم نیست {slot} تحویل داده باشد",
        "لا أحد يعرف هل سلّمت {slot}",
    ),
    "finding.sale": Words("Sold for {amount}", "فروش {amount}", "بيع بمبلغ {amount}"),
    "finding.payout": Words(
        "{device} paid {amount}", "{device} مبلغ {amount} پرداخت", "دفع {device} مبلغ {amount}"
    ),
    "finding.payout_short": Words(
        "{device} paid {amount} of {asked}",
        "{device} از {asked} تنها {amount} پرداخت",
        "دفع {device} مبلغ {amount} من {asked}",
    ),
    "finding.payout_lost": Words(
        "Nobody can say whether {device} paid {amount}",
        "معلوم نیست {device} مبلغ {amount} را پرداخته باشد",
        "لا أحد يعرف هل دفع {device} مبلغ {amount}",
    ),
    "finding.swallowed": Words(
        "{device}: money may have gone in unrecorded",
        "{device}: شاید پولی بدون ثبت رفته باشد",
        "{device}: ربما دخل مال دون تسجيل",
    ),
    "finding.note_turned_away": Words(
        "{device} refused a note", "{device} اسکناسی نپذیرفت", "رفض {device} ورقة نقدية"
    ),
    "finding.note_turned_back": Words(
        "{device} refused a note and gave it back",
        "{device} اسکناسی را نپذیرفت و پس داد",
        "رفض {device} ورقة نقدية وأعادها",
    ),
    "finding.note": Words("A note of {amount} went in", "اسکناس {amount} وارد شد", "دخلت ورقة {amount}"),
    "finding.note_back": Words(
        "{device} gave the note back", "{device} اسکناس را پس داد", "أعاد {device} الورقة النقدية"
    ),
    "finding.note_lost": Words(
        "Nobody can say where the note of {amount} in {device} is",
        "معلوم نیست اسکناس {amount} در {device} کجاست",
        "لا أحد يعرف أين ورقة {amount} في {device}",
    ),
    "finding.card_charged": Words(
        "A card was charged {amount}", "{amount} از کارت برداشته شد", "خُصم {amount} من بطاقة"
    ),
    "finding.card_refunded": Words(
        "{amount} went back to the card", "{amount} به کارت برگشت", "عاد {amount} إلى البطاقة"
    ),
    "finding.card_refund_failed": Words(
        "The money did not go back to the card; it stayed the shopper's credit",
        "پول به کارت برنگشت؛ برای مشتری ماند",
        "لم يعد المال إلى البطاقة؛ بقي للزبون",
    ),
    "finding.card_loaded": Words(
        "{amount} went onto the card", "{amount} به کارت رفت", "أُضيف {amount} إلى البطاقة"
    ),
    "finding.card_load_lost": Words(
        "Nobody can say whether {amount} went onto the card",
        "معلوم نیست {amount} به کارت رسیده باشد",
        "لا أحد يعرف هل أُضيف {amount} إلى البطاقة",
    ),
    "finding.card_lost": Words(
        "Nobody can say whether the card was charged {amount}",
        "معلوم نیست {amount} از کارت برداشته شده باشد",
        "لا أحد يعرف هل خُصم {amount} من البطاقة",
    ),
    "finding.card_charge_lost": Words(
        "The card was charged {amount}; nobody can say what became of it after that",
        "{amount} از کارت برداشته شد؛ پس از آن معلوم نیست",
        "خُصم {amount} من البطاقة؛ لا أحد يعرف ما حدث بعد ذلك",
    ),
    "finding.drop_doubted": Words(
        "What fell for {slot} may have hung elsewhere before",
        "آنچه برای {slot} افتاد شاید پیش‌تر جای دیگری گیر کرده بود",
        "ما سقط للموضع {slot} ربما كان عالقًا في موضع آخر",
    ),
    "finding.card_late": Words(
        "A card was charged {amount} after its request had ended",
        "پس از پایان درخواست {amount} از کارت برداشته شد",
        "خُصم {amount} من بطاقة بعد انتهاء طلبها",
    ),
    "finding.turned_away": Words(
        "{device} refused a coin; nobody knows whether it came back",
        "{device} سکه‌ای نپذیرفت؛ برگشت آن معلوم نیست",
        "رفض {device} قطعة؛ لا يُعرف هل رجعت",
    ),
    "finding.money_found": Words(
        "{device} counted {amount} that nobody was credited with",
        "{device} مبلغ {amount} شمرد که به حساب کسی نرفت",
        "عدّ {device} مبلغ {amount} لم يُحسب لأحد",
    ),
    "finding.hopper_differs": Words(
        "{amount} left {device} without a payout",
        "{amount} بدون پرداخت از {device} رفت",
        "خرج {amount} من {device} دون دفع",
    ),
    "finding.trouble": Words(
        "{device} reported trouble: {fault}",
        "{device} خبر از مشکل داد: {fault}",
        "أبلغ {device} عن خلل: {fault}",
    ),
    "finding.restarted": Words("{device} restarted", "{device} دوباره روشن شد", "أُعيد تشغيل {device}"),
    "finding.power": Words("The power failed", "برق قطع شد", "انقطعت الكهرباء"),
    "finding.halted": Words("The machine stopped itself", "دستگاه خود را متوقف کرد", "أوقفت الآلة نفسها"),
    "finding.coin": Words("A coin of {amount} went in", "سکهٔ {amount} وارد شد", "دخلت قطعة {amount}"),
    "finding.began": Words("The visit began", "خرید آغاز شد", "بدأت الزيارة"),
    "finding.ended": Words(
        "The visit ended; no credit was left",
        "خرید پایان یافت؛ اعتباری نماند",
        "انتهت الزيارة؛ لم يبقَ رصيد",
    ),
    "finding.answers": Words("{device} answers", "{device} پاسخ می‌دهد", "يستجيب {device}"),
    "finding.counted_in": Words(
        "{device} answers; its own count of all pieces taken: {n}",
        "{device} پاسخ می‌دهد؛ شمار همهٔ آنچه گرفته، به شمارندهٔ خودش: {n}",
        "يستجيب {device}؛ عدد كل ما أخذه بعدّاده: {n}",
    ),
    "finding.counted_out": Words(
        "{device} answers; its own count of all coins paid: {n}",
        "{device} پاسخ می‌دهد؛ شمار همهٔ سکه‌هایی که داده، به شمارندهٔ خودش: {n}",
        "يستجيب {device}؛ عدد كل القطع التي دفعها بعدّاده: {n}",
    ),
    "finding.well": Words("{device}: the trouble is over", "{device}: مشکل برطرف شد", "{device}: زال الخلل"),
    "finding.noisy": Words(
        "The line to {device} was disturbed", "خط {device} دچار اختلال شد", "تشوش خط {device}"
    ),
    "finding.stray": Words(
        "{device} saw something fall that nobody had bought",
        "{device} افتادن چیزی را دید که کسی نخریده بود",
        "رأى {device} شيئًا يسقط لم يشترِه أحد",
    ),
    "finding.clock": Words("The clock was set", "ساعت تنظیم شد", "ضُبطت الساعة"),
    "finding.started": Words("The machine started", "دستگاه روشن شد", "بدأت الآلة"),
    "finding.stopped": Words("The machine was switched off", "دستگاه خاموش شد", "أُوقفت الآلة"),
    "finding.running": Words("The machine went on", "دستگاه به کار برگشت", "عادت الآلة إلى العمل"),
    "finding.signed": Words(
        "Signed totals: {taken} taken, {sold} sold, {paid} paid out, {owed} owed",
        "جمع‌های امضا شده: دریافت {taken}، فروش {sold}، پرداخت {paid}، بدهی {owed}",
        "مجاميع موقّعة: أُخذ {taken}، بيع {sold}، دُفع {paid}، دين {owed}",
    ),
    "finding.claim": Words("The claim was made: {amount}", "درخواست ثبت شد: {amount}", "قُدّم الطلب: {amount}"),
    "finding.claim_bare": Words(
        "The claim was made, without a sum", "درخواست بدون مبلغ ثبت شد", "قُدّم الطلب دون مبلغ"
    ),
    "finding.weighed": Words(
        "The journal was read for it; entries that speak of it: {n}",
        "دفتر برای آن خوانده شد؛ ردیف‌هایی که از آن می‌گویند: {n}",
        "قُرئ السجل لأجله؛ القيود التي تتحدث عنه: {n}",
    ),
    "finding.approved": Words(
        "{name} approved {amount}", "{name} مبلغ {amount} را پذیرفت", "قبل {name} مبلغ {amount}"
    ),
    "finding.approved_alone": Words(
        "The evidence alone approved {amount}",
        "شواهد به‌تنهایی {amount} را پذیرفت",
        "قبل الدليل وحده مبلغ {amount}",
    ),
    "finding.refused": Words("{name} refused: {reason}", "{name} نپذیرفت: {reason}", "رفض {name}: {reason}"),
    "finding.other": Words("{kind}", "{kind}", "{kind}"),
}
"""Keys are ``finding.``; ``fault`` is the device's own word."""

WORDING: Final = Phrasebook(WHY, FINDINGS)
"""The phrases of evidence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry as evidence.

    Attributes:
        seq: Its place in the journal.
        at: When (UTC, ISO 8601).
        key: Of its sentence in `WORDING`.
        values: For the sentence; names that end in ``_minor`` hold amounts.
        place: The coil or device that it is about, for counting; empty for none.
    """

    seq: int
    at: str
    key: str
    values: Mapping[str, str | int]
    place: str = ""


def _vend(fact: f.VendEnded) -> str:
    match fact.outcome:
        case f.VendOutcome.DELIVERED:
            return "vend_delivered" if fact.seen else "vend_turned"
        case f.VendOutcome.FAILED:
            return "vend_failed"
        case _:
            return "vend_unknown"


def finding_of(recorded: Recorded) -> Finding:
    """An entry in words; one of a kind without a sentence is named by its kind."""
    values: dict[str, str | int] = {}
    place = ""
    match recorded.fact:
        case f.DebtRecorded() as fact:
            key, values = (
                ("debt" if fact.is_certain else "debt_uncertain"),
                {"amount_minor": fact.amount_minor},
            )
        case f.GoodwillGranted(amount_minor=amount_minor):
            key, values = "debt", {"amount_minor": amount_minor}
        case f.DebtRedeemed(amount_minor=amount_minor):
            key, values = "redeemed", {"amount_minor": amount_minor}
        case f.CashHandedOver(amount_minor=amount_minor):
            key, values = "handed_over", {"amount_minor": amount_minor}
        case f.DebtTransferred(amount_minor=amount_minor):
            key, values = "transferred", {"amount_minor": amount_minor}
        case f.DebtReduced() as fact:
            key = "reduced"
            values = {"amount_minor": fact.left_minor, "off_minor": fact.amount_minor}
        case f.DebtDropped(amount_minor=amount_minor):
            key, values = "dropped", {"amount_minor": amount_minor}
        case f.VendEnded() as fact:
            key, values, place = _vend(fact), {"slot": fact.slot}, fact.slot
        case f.DropDoubted(slot=slot):
            key, values, place = "drop_doubted", {"slot": slot}, slot
        case f.SaleClosed(total_minor=total_minor):
            key, values = "sale", {"amount_minor": total_minor}
        case _:
            key, values, place = _told_finding(recorded.fact)
    return Finding(
        seq=recorded.seq,
        at=recorded.at,
        key=f"finding.{key}",
        values=MappingProxyType(values),
        place=place,
    )


def _told_finding(fact: f.Fact) -> tuple[str, dict[str, str | int], str]:
    """What frames a claim: the visit's beginning and end, its coins, and what became of the claim."""
    match fact:
        case f.CoinCredited(value_minor=value_minor):
            return "coin", {"amount_minor": value_minor}, ""
        case f.VisitOpened():
            return "began", {}, ""
        case f.VisitSettled():
            return "ended", {}, ""
        case f.ClaimOpened(said_minor=said_minor):
            return ("claim", {"amount_minor": said_minor}, "") if said_minor else ("claim_bare", {}, "")
        case f.ClaimWeighed(evidence=evidence):
            return "weighed", {"n": len(evidence)}, ""
        case f.ClaimApproved(by=by, amount_minor=amount_minor):
            key = "approved_alone" if by == BY_EVIDENCE else "approved"
            return key, {"name": by, "amount_minor": amount_minor}, ""
        case f.ClaimRefused(by=by, reason=reason):
            return "refused", {"name": by, "reason": reason}, ""
        case _:
            return _device_finding(fact)


def _device_finding(fact: f.Fact) -> tuple[str, dict[str, str | int], str]:
    """What a device's entry says: key, values, and the device."""
    device = str(getattr(fact, "device", ""))
    values: dict[str, str | int] = {"device": device}
    match fact:
        case f.PayoutEnded():
            values["amount_minor"] = fact.paid_qty * fact.value_minor
            if fact.paid_qty == fact.asked_qty:
                return "payout", values, device
            return "payout_short", {**values, "asked_minor": fact.asked_qty * fact.value_minor}, device
        case f.PayoutLost():
            return "payout_lost", {**values, "amount_minor": fact.asked_qty * fact.value_minor}, device
        case f.MoneyPossiblySwallowed():
            return "swallowed", values, device
        case f.CoinTurnedAway():
            return "turned_away", values, device
        case f.CoinFound():
            return "money_found", {**values, "amount_minor": fact.qty * fact.value_minor}, device
        case f.HopperDiffered():
            return "hopper_differs", {**values, "amount_minor": fact.qty * fact.value_minor}, device
        case f.DeviceTroubled(fault="") | f.LineWasNoisy() | f.StrayDropSeen():
            return _CONDITIONS[type(fact)], values, device
        case f.DeviceTroubled(fault=fault) | f.DeviceWentOffline(fault=fault):
            return "trouble", {**values, "fault": fault}, device
        case f.AcceptorBaselined() | f.HopperBaselined() | f.DeviceCameOnline():
            return *_counter_finding(fact), device
        case _:
            key, values = _house_finding(fact)
            return (key, values, "") if key else _tender_finding(fact)


_CONDITIONS: Final[Mapping[type[f.Fact], str]] = {
    f.DeviceTroubled: "well",
    f.LineWasNoisy: "noisy",
    f.StrayDropSeen: "stray",
}


def _counter_finding(
    fact: f.AcceptorBaselined | f.HopperBaselined | f.DeviceCameOnline,
) -> tuple[str, dict[str, str | int]]:
    """A device's own count, when it answers for the first time: what it did meanwhile is the difference of two."""
    values: dict[str, str | int] = {"device": fact.device}
    match fact:
        case f.AcceptorBaselined(was_restarted=True):
            return "restarted", values
        case f.AcceptorBaselined(counts=counts) if counts is not None:
            return "counted_in", {**values, "n": sum(total for _, total in counts)}
        case f.AcceptorBaselined(kept_total=kept) if kept is not None:
            return "counted_in", {**values, "n": kept}
        case f.HopperBaselined(paid_total=paid) if paid is not None:
            return "counted_out", {**values, "n": paid}
        case _:
            return "answers", values


def _house_finding(fact: f.Fact) -> tuple[str, dict[str, str | int]]:
    """What the machine says of itself; no key for what it does not."""
    match fact:
        case f.Booted(is_clean=is_clean, boot=boot):
            return ("started" if is_clean or boot == 1 else "power"), {}
        case f.Stopped():
            return "stopped", {}
        case f.TillHalted():
            return "halted", {}
        case f.HaltCleared() | f.Recovered():
            return "running", {}
        case f.ClockStepped():
            return "clock", {}
        case f.CheckpointSigned():
            return "signed", {
                "taken_minor": fact.taken_minor,
                "sold_minor": fact.sold_minor,
                "paid_minor": fact.paid_out_minor,
                "owed_minor": fact.owed_minor,
            }
        case _:
            return "", {}


def _tender_finding(fact: f.Fact) -> tuple[str, dict[str, str | int], str]:
    """The same of notes and cards."""
    device = str(getattr(fact, "device", ""))
    values: dict[str, str | int] = {"device": device}
    match fact:
        case f.NoteTurnedAway(is_returned=is_returned):
            return "note_turned_back" if is_returned else "note_turned_away", values, device
        case f.NoteCredited(visit="") as fact:
            return "money_found", {**values, "amount_minor": fact.value_minor}, device
        case f.NoteCredited() | f.NoteFound():
            return "note", {"amount_minor": fact.value_minor}, device
        case f.NoteReturned():
            return "note_back", values, device
        case f.NoteLost():
            return "note_lost", {**values, "amount_minor": fact.value_minor}, device
        case _:
            return *_card_finding(fact), device


def _card_finding(fact: f.Fact) -> tuple[str, dict[str, str | int]]:
    """The same of cards."""
    match fact:
        case f.CardApproved():
            return "card_charged", {"amount_minor": fact.charged_minor}
        case f.CardRefunded():
            return "card_refunded", {"amount_minor": fact.charged_minor}
        case f.CardApprovedLate():
            return "card_late", {"amount_minor": fact.charged_minor}
        case f.CardLateRefundEnded(is_refunded=True):
            return "card_refunded", {"amount_minor": fact.charged_minor}
        case f.CardRefundFailed():
            return "card_refund_failed", {}
        case f.CardLost():
            key = "card_charge_lost" if fact.is_charged else "card_lost"
            return key, {"amount_minor": fact.amount_minor}
        case f.CardLoaded() | f.CardLoadLost():
            key = "card_loaded" if isinstance(fact, f.CardLoaded) else "card_load_lost"
            return key, {"amount_minor": fact.amount_minor}
        case _:
            return "other", {"kind": type(fact).__name__}


def say_finding(language: str, finding: Finding, *, currency: str, exponent: int) -> str:
    """The sentence of a finding.

    Args:
        language: The reader's.
        finding: What to say.
        currency: ISO 4217 code.
        exponent: Its decimals.
    """
    values: dict[str, str | int] = {}
    for name, value in finding.values.items():
        if name.endswith("_minor"):
            values[name.removesuffix("_minor")] = format_money(int(value), currency, exponent, language)
        else:
            values[name] = value
    return WORDING.say(language, finding.key, **values)


def say_why(language: str, reason: str) -> str:
    """The sentence that gives the reason of a verdict."""
    return WORDING.say(language, f"why.{reason}")
