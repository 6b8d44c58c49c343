"""Texts of receipts, on paper and screen alike."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

RECEIPTS: Final[Table] = {
    "paper.title": Words("Receipt", "رسید", "إيصال"),
    "paper.copy": Words("COPY", "رونوشت", "نسخة"),
    "paper.training": Words("TRAINING", "آموزش", "تدريب"),
    "paper.training_means": Words(
        "Practice only: no sale, no money, no goods.",
        "فقط تمرین است: نه فروش، نه پول، نه کالا.",
        "تمرين فقط: لا بيع ولا مال ولا بضاعة.",
    ),
    "paper.training_number": Words("Training no. {number}", "شمارهٔ آموزش {number}", "تدريب رقم {number}"),
    "paper.number": Words("Receipt no. {number}", "شمارهٔ رسید {number}", "إيصال رقم {number}"),
    "paper.visit": Words("Visit {visit}", "مراجعهٔ {visit}", "الزيارة {visit}"),
    "paper.machine": Words("Machine {machine}", "دستگاه {machine}", "الآلة {machine}"),
    "paper.phone": Words("Phone {phone}", "تلفن {phone}", "هاتف {phone}"),
    "paper.tax_number": Words("Tax number {number}", "شمارهٔ اقتصادی {number}", "الرقم الضريبي {number}"),
    "paper.total": Words("Total", "جمع کل", "المجموع"),
    "paper.tax": Words("of which tax {rate}", "شامل مالیات {rate}", "منها ضريبة {rate}"),
    "paper.paid_in": Words("Coins put in", "سکهٔ پرداختی", "العملات المدخلة"),
    "paper.redeemed": Words("Paid by code", "پرداخت با کد", "مدفوع بالرمز"),
    "paper.notes": Words("Notes put in", "اسکناس پرداختی", "الأوراق النقدية المدخلة"),
    "paper.card": Words("Charged to card", "برداشت از کارت", "مخصوم من البطاقة"),
    "paper.granted": Words("Left off by the card", "تخفیف کارت", "خصم البطاقة"),
    "paper.unsure_card": Words("Card, not certain", "کارت، نامطمئن", "البطاقة، غير مؤكد"),
    "paper.unsure_note": Words("Note, not certain", "اسکناس، نامطمئن", "ورقة نقدية، غير مؤكد"),
    "paper.change": Words("Back in cash", "برگشتی نقدی", "المرتجع نقدًا"),
    "paper.refunded": Words("Back to your card", "برگشتی به کارت", "المرتجع إلى البطاقة"),
    "paper.loaded": Words("Put onto your card", "شارژ کارت شما", "أُضيف إلى بطاقتك"),
    "paper.load_doubt": Words(
        "Nobody can tell yet whether the money is on your card; the vendor looks into it",
        "هنوز معلوم نیست پول به کارت شما رسیده باشد؛ فروشنده بررسی می‌کند",
        "لا يُعرف بعد هل وصل المبلغ إلى بطاقتك؛ والبائع ينظر في ذلك",
    ),
    "paper.unrefunded": Words(
        "{amount} could not go back to the card: it counts as your cash",
        "{amount} به کارت برنگشت: مانند پول نقد شما حساب شد",
        "تعذّر رد {amount} إلى البطاقة: حُسب كأنه نقد منك",
    ),
    "paper.owed": Words("We owe you", "بدهی ما به شما", "لك عندنا"),
    "paper.owed_code": Words("Code for this money", "کد این پول", "رمز هذا المبلغ"),
    "paper.owed_uncertain": Words(
        "Under review; the vendor decides", "در دست بررسی؛ فروشنده تصمیم می‌گیرد", "قيد النظر؛ القرار للبائع"
    ),
    "paper.doubt": Words("Being looked into", "در دست بررسی", "قيد النظر"),
    "paper.owed_name": Words("Its code, for your questions", "کد آن برای پیگیری شما", "رمزه لمتابعتك"),
    "paper.card_doubt": Words(
        "Nobody can tell yet whether your card was charged; the vendor looks into it",
        "هنوز معلوم نیست از کارت شما برداشت شده است یا نه؛ فروشنده بررسی می‌کند",
        "لا يُعرف بعد هل خُصم المبلغ من بطاقتك؛ البائع ينظر في الأمر",
    ),
    "paper.note_doubt": Words(
        "Nobody can tell yet where your note is; the vendor looks into it",
        "هنوز معلوم نیست اسکناس شما کجاست؛ فروشنده بررسی می‌کند",
        "لا يُعرف بعد أين ورقتك النقدية؛ البائع ينظر في الأمر",
    ),
    "paper.delivered": Words("delivered", "تحویل شد", "سُلّم"),
    "paper.not_delivered": Words("not delivered, not charged", "تحویل نشد، حساب نشد", "لم يُسلّم ولم يُحسب"),
    "paper.no_sale": Words("No goods were sold", "کالایی فروخته نشد", "لم تُبع بضاعة"),
    "paper.claim_qr": Words(
        "Something wrong? Scan this.", "مشکلی هست؟ این را اسکن کنید.", "هل من مشكلة؟ امسح هذا الرمز."
    ),
    "paper.thanks": Words("Thank you, come again", "سپاس، باز هم بیایید", "شكرًا لك، نراك مجددًا"),
}
"""Keys are ``paper.``."""
