"""What people claim, what the journal says about it, and why money is owed."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

CLAIMS: Final[Table] = {
    "about.swallowed": Words("It swallowed my money", "پولم را بلعید", "ابتلعت الآلة نقودي"),
    "about.no_money_back": Words("My change did not come", "بقیهٔ پولم نیامد", "لم يصلني الباقي"),
    "about.no_goods": Words("My goods did not come", "کالایم نیامد", "لم يصلني المنتج"),
    "about.bad_goods": Words("Something is wrong with the goods", "کالا ایراد دارد", "في المنتج عيب"),
    "verdict.proven": Words("Our records prove it", "ثبت ما تأیید می‌کند", "سجلاتنا تثبته"),
    "verdict.consistent": Words("Our records fit it", "با ثبت ما جور است", "يتفق مع سجلاتنا"),
    "verdict.unseen": Words("Our records do not show it", "در ثبت ما دیده نمی‌شود", "لا تُظهره سجلاتنا"),
    "verdict.contradicted": Words(
        "Our records say otherwise", "ثبت ما چیز دیگری می‌گوید", "سجلاتنا تقول غير ذلك"
    ),
    "told.proven": Words(
        "You are right: our records show it. The money is yours now.",
        "حق با شماست: در ثبت ما هست. پول از آن شماست.",
        "أنت على حق: سجلاتنا تُظهر ذلك. المال لك الآن.",
    ),
    "told.consistent": Words(
        "Our records show trouble at that time. A person decides.",
        "ثبت ما در آن زمان مشکلی نشان می‌دهد. یک نفر تصمیم می‌گیرد.",
        "تُظهر سجلاتنا خللًا في ذلك الوقت. سيقرر شخص.",
    ),
    "told.unseen": Words(
        "The machine saw nothing, which is no refusal. A person looks into it.",
        "دستگاه چیزی ندیده؛ این رد کردن نیست. یک نفر بررسی می‌کند.",
        "لم ترَ الآلة شيئًا، وليس هذا رفضًا. سينظر شخص في الأمر.",
    ),
    "told.withheld": Words(
        "You are right: our records show it. Today the machine has paid out so much by itself that a person releases the rest.",
        "حق با شماست: در ثبت ما هست. امروز دستگاه آن‌قدر خودکار پرداخته که باقی را یک نفر آزاد می‌کند.",
        "أنت على حق: سجلاتنا تُظهر ذلك. دفعت الآلة اليوم من تلقاء نفسها قدرًا يجعل شخصًا يفرج عن الباقي.",
    ),
    "told.due": Words(
        "You get an answer by {when}.",
        "تا {when} پاسخ می‌گیرید.",
        "ستتلقى الرد قبل {when}.",
    ),
    "told.contradicted": Words(
        "Our records show goods or money given at that time. A person compares both and answers you.",
        "ثبت ما تحویل کالا یا پول را در آن زمان نشان می‌دهد. یک نفر هر دو را می‌سنجد و پاسخ می‌دهد.",
        "تُظهر سجلاتنا تسليم منتج أو مال في ذلك الوقت. سيقارن شخص بينهما ويجيبك.",
    ),
    "claim_state.opened": Words("Received", "دریافت شد", "وصل"),
    "claim_state.weighed": Words("Under review", "در دست بررسی", "قيد النظر"),
    "claim_state.approved": Words("Approved", "پذیرفته", "مقبول"),
    "claim_state.refused": Words("Refused", "ردشده", "مرفوض"),
    "claim_state.paid": Words("Paid", "پرداخت‌شده", "مدفوع"),
    "owed_for.short": Words("The machine ran out of coins", "سکهٔ دستگاه تمام شد", "نفدت النقود من الآلة"),
    "owed_for.halted": Words("The machine was stopped", "دستگاه متوقف شد", "توقفت الآلة"),
    "owed_for.interrupted": Words("The power failed", "برق قطع شد", "انقطعت الكهرباء"),
    "owed_for.restored": Words(
        "The machine's records were restored from a copy",
        "دفتر دستگاه از روی نسخهٔ پشتیبان بازیابی شد",
        "استُعيدت سجلات الآلة من نسخة احتياطية",
    ),
    "owed_for.vend_unknown": Words(
        "It is unknown whether the goods fell", "معلوم نیست کالا افتاده باشد", "لا يُعرف هل سقط المنتج"
    ),
    "owed_for.payout_unknown": Words(
        "It is unknown whether the coins came", "معلوم نیست سکه‌ها آمده باشند", "لا يُعرف هل خرجت النقود"
    ),
    "owed_for.payouts_stopped": Words(
        "Payouts had reached their limit", "پرداخت به سقف رسیده بود", "بلغ الدفع حدّه"
    ),
    "owed_for.card_unknown": Words(
        "It is unknown whether the card was charged",
        "معلوم نیست از کارت برداشت شده باشد",
        "لا يُعرف هل خُصم من البطاقة",
    ),
    "owed_for.card_late": Words(
        "The card was charged after the payment had been given up",
        "پس از رها شدن پرداخت از کارت برداشت شد",
        "خُصم من البطاقة بعد التخلي عن الدفع",
    ),
    "owed_for.card_refund_failed": Words(
        "The card could not be refunded, and the machine had no coins for it",
        "پول به کارت برنگشت و دستگاه سکهٔ آن را نداشت",
        "تعذّر رد المبلغ إلى البطاقة، ولم يكن في الآلة نقود له",
    ),
    "owed_for.load_unknown": Words(
        "It is unknown whether the money is on the card",
        "معلوم نیست پول به کارت رسیده باشد",
        "لا يُعرف هل وصل المبلغ إلى البطاقة",
    ),
    "owed_for.note_unknown": Words(
        "It is unknown where the note is", "معلوم نیست اسکناس کجاست", "لا يُعرف أين الورقة النقدية"
    ),
}
"""Keys are ``about.``, ``verdict.``, ``told.`` (to the shopper), ``claim_state.`` and ``owed_for.`` with the till's own words."""
