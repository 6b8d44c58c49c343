"""Texts of the pages that a shopper opens on a phone."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Phrasebook
from kiosk.i18n.phrases import Table, Words

_ROWS: Final[Table] = {
    "claim.title": Words("Tell us what happened", "بگویید چه شد", "أخبرنا بما حدث"),
    "claim.lead": Words(
        "No account, half a minute. The machine keeps a record of every payment, and we compare.",
        "بدون حساب کاربری، در نیم دقیقه. دستگاه همهٔ پرداخت‌ها را ثبت کرده است و ما مقایسه می‌کنیم.",
        "بلا حساب وفي نصف دقيقة. تحتفظ الآلة بسجل لكل دفعة، ونحن نقارن.",
    ),
    "claim.bound": Words(
        "About your receipt of {time}",
        "دربارهٔ رسید شما از {time}",
        "بخصوص إيصالك بتاريخ {time}",
    ),
    "claim.about": Words("What happened?", "چه شد؟", "ماذا حدث؟"),
    "claim.when": Words("When?", "کی؟", "متى؟"),
    "claim.now": Words("Just now", "همین حالا", "قبل قليل"),
    "claim.earlier": Words("Earlier", "زودتر", "قبل ذلك"),
    "claim.amount": Words("How much is missing?", "چقدر کم است؟", "كم المبلغ الناقص؟"),
    "claim.amount_hint": Words(
        "In {currency}. Leave it empty if you do not know.",
        "به {currency}. اگر نمی‌دانید خالی بگذارید.",
        "بعملة {currency}. اتركه فارغًا إن كنت لا تعرف.",
    ),
    "claim.contact": Words(
        "How can we reach you? (optional)",
        "چگونه به شما خبر بدهیم؟ (اختیاری)",
        "كيف نتواصل معك؟ (اختياري)",
    ),
    "claim.contact_hint": Words(
        "Phone or e-mail, for this claim only. It is erased when you ask for it.",
        "تلفن یا ایمیل، تنها برای همین درخواست. هر وقت بخواهید پاک می‌شود.",
        "هاتف أو بريد إلكتروني لهذا الطلب فقط. يُمحى متى طلبت ذلك.",
    ),
    "claim.send": Words("Send", "ارسال", "إرسال"),
    "claim.have": Words("You have a claim already?", "پیش‌تر درخواست داده‌اید؟", "لديك طلب سابق؟"),
    "claim.number_field": Words("Your claim number", "شمارهٔ درخواست شما", "رقم طلبك"),
    "claim.find": Words("Show", "نمایش", "عرض"),
    "claim.status": Words("Your claim", "درخواست شما", "طلبك"),
    "claim.keep": Words(
        "Keep this number or this page: it shows how your claim goes on.",
        "این شماره یا این صفحه را نگه دارید: روند درخواست شما را نشان می‌دهد.",
        "احتفظ بهذا الرقم أو بهذه الصفحة: تعرض سير طلبك.",
    ),
    "claim.said": Words("You said", "گفتهٔ شما", "ما قلته"),
    "claim.said_nothing": Words("no amount", "بدون مبلغ", "بلا مبلغ"),
    "claim.made": Words("Received", "دریافت", "وصل في"),
    "claim.records": Words("What our records say", "ثبت ما چه می‌گوید", "ما تقوله سجلاتنا"),
    "claim.yours": Words("{amount} is yours", "{amount} از آن شماست", "{amount} لك"),
    "claim.use_code": Words(
        "Type this code at the machine: Help, then “I have a code”. It comes out in coins, or pays what you choose.",
        "این کد را در دستگاه وارد کنید: کمک، سپس «کد دارم». با سکه پرداخت می‌شود یا صرف خریدتان می‌شود.",
        "اكتب هذا الرمز على الآلة: مساعدة، ثم «لديّ رمز». يُدفع نقدًا أو يُستعمل لشرائك.",
    ),
    "claim.paid": Words("{amount} was paid.", "{amount} پرداخت شد.", "دُفع {amount}."),
    "claim.promised": Words(
        "You get an answer by {when}.",
        "تا {when} پاسخ می‌گیرید.",
        "ستتلقى الرد قبل {when}.",
    ),
    "claim.late": Words(
        "We promised you an answer by {when}. It is late, and that is our fault. Please call {phone} with your number.",
        "قول داده بودیم تا {when} پاسخ بدهیم. دیر شده و تقصیر ماست. لطفاً با شمارهٔ درخواست به {phone} زنگ بزنید.",
        "وعدناك بالرد قبل {when}. تأخرنا، والخطأ منا. اتصل على {phone} واذكر رقم طلبك من فضلك.",
    ),
    "claim.second": Words(
        "One of us has said yes. For this sum a second person looks as well.",
        "یکی از ما موافق است. برای این مبلغ نفر دومی هم نگاه می‌کند.",
        "وافق أحدنا. ولهذا المبلغ ينظر شخص ثانٍ أيضًا.",
    ),
    "claim.part": Words(
        "That is a part of what you said. The reason given: {reason}",
        "این بخشی از گفتهٔ شماست. دلیل: {reason}",
        "هذا جزء مما ذكرته. السبب المذكور: {reason}",
    ),
    "claim.use_voucher": Words(
        "Type this code at the machine: Help, then “I have a code”, and choose what you like. What is left comes back in coins.",
        "این کد را در دستگاه وارد کنید: کمک، سپس «کد دارم»، و هر چه خواستید انتخاب کنید. باقی‌مانده با سکه برمی‌گردد.",
        "اكتب هذا الرمز على الآلة: مساعدة، ثم «لديّ رمز»، واختر ما تشاء. يعود الباقي نقدًا.",
    ),
    "claim.voucher_lasts": Words(
        "It works for a month. The money stays yours after that: call us.",
        "یک ماه کار می‌کند. پول پس از آن هم از آن شماست: زنگ بزنید.",
        "يعمل شهرًا. ويبقى المال لك بعد ذلك: اتصل بنا.",
    ),
    "claim.code_lasts": Words(
        "It works for a day. The money stays yours after that: call us, and we open it again.",
        "یک روز کار می‌کند. پول پس از آن هم از آن شماست: زنگ بزنید تا دوباره بازش کنیم.",
        "يعمل يومًا. ويبقى المال لك بعد ذلك: اتصل بنا فنفتحه من جديد.",
    ),
    "settled.code": Words("at the machine, with your code", "در دستگاه، با کد شما", "عند الآلة، برمزك"),
    "settled.cash": Words("in cash, by one of us", "نقد، به دست یکی از ما", "نقدًا، من أحدنا"),
    "settled.bank": Words("by transfer, {reference}", "با حواله، {reference}", "بحوالة، {reference}"),
    "settled.card": Words(
        "back to your card, {reference}", "به کارت شما، {reference}", "إلى بطاقتك، {reference}"
    ),
    "step.decided": Words("Decided", "تصمیم گرفته شد", "بُتّ فيه"),
    "claim.refused_for": Words("The reason given", "دلیلی که نوشته شده", "السبب المذكور"),
    "claim.disagree": Words(
        "You see it differently? Call us with your number.",
        "نظر دیگری دارید؟ با شمارهٔ درخواست تماس بگیرید.",
        "ترى الأمر بشكل مختلف؟ اتصل بنا مع رقم طلبك.",
    ),
    "claim.rest": Words(
        "What you said beyond that is looked into under {number}.",
        "بیش از آن، با شمارهٔ {number} بررسی می‌شود.",
        "ما زاد على ذلك يُنظر فيه برقم {number}.",
    ),
    "claim.none": Words(
        "There is no claim of this number. Please check each letter.",
        "درخواستی با این شماره نیست. لطفاً حرف‌ها را وارسی کنید.",
        "لا يوجد طلب بهذا الرقم. تحقق من كل حرف من فضلك.",
    ),
    "claim.again": Words("Another claim", "درخواست دیگر", "طلب آخر"),
    "receipt.none": Words(
        "There is no such receipt. Please scan the square again.",
        "چنین رسیدی نیست. لطفاً مربع را دوباره اسکن کنید.",
        "لا يوجد إيصال كهذا. امسح المربع مرة أخرى من فضلك.",
    ),
    "receipt.wrong": Words("Something is wrong", "مشکلی هست", "هناك مشكلة"),
    "page.language": Words("Language", "زبان", "اللغة"),
    "page.machine": Words("Machine {machine}", "دستگاه {machine}", "الآلة {machine}"),
    "page.call": Words("Call {phone}", "تماس: {phone}", "اتصل: {phone}"),
    "form.check": Words(
        "Please look at what is marked.", "لطفاً بخش‌های نشان‌دار را ببینید.", "راجع ما هو معلَّم من فضلك."
    ),
    "form.missing": Words("Please choose one.", "لطفاً یکی را انتخاب کنید.", "اختر واحدًا من فضلك."),
    "form.amount": Words(
        "Please write an amount in digits, like 1.50.",
        "لطفاً مبلغ را با رقم بنویسید، مانند ۱٫۵۰.",
        "اكتب المبلغ بالأرقام من فضلك، مثل ١٫٥٠.",
    ),
    "form.amount_high": Words(
        "The machine never holds that much. At most {most}.",
        "دستگاه هرگز این‌قدر پول نگه نمی‌دارد. حداکثر {most}.",
        "لا تحتفظ الآلة بهذا القدر أبدًا. {most} على الأكثر.",
    ),
    "form.too_long": Words("That is too long.", "بیش از حد بلند است.", "هذا أطول مما ينبغي."),
    "form.stale": Words(
        "This page had grown old. Nothing was sent: please send it again.",
        "این صفحه کهنه شده بود. چیزی ارسال نشد: لطفاً دوباره بفرستید.",
        "تقادمت هذه الصفحة. لم يُرسل شيء: أرسلها مرة أخرى من فضلك.",
    ),
    "error.tries": Words(
        "Too many tries. Please wait a minute.",
        "تلاش زیاد بود. لطفاً یک دقیقه صبر کنید.",
        "محاولات كثيرة. انتظر دقيقة من فضلك.",
    ),
}

PHONE: Final = Phrasebook(_ROWS)
"""The phrases of these pages; what they share with the screen comes from the house's book."""
