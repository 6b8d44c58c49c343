"""Texts of the claims' pages and of the labels on the machine."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

CLAIMS: Final[Table] = {
    # --- the list
    "claims.lead": Words(
        "What our records prove is one click. The rest takes a minute of reading.",
        "آنچه ثبت ما ثابت می‌کند یک کلیک است. بقیه یک دقیقه خواندن می‌خواهد.",
        "ما تثبته سجلاتنا نقرة واحدة. والباقي دقيقة قراءة.",
    ),
    "claims.nothing_waits": Words(
        "Nobody waits for an answer.", "کسی در انتظار پاسخ نیست.", "لا أحد ينتظر ردًا."
    ),
    "claims.due": Words("Answer by {when}", "پاسخ تا {when}", "الرد قبل {when}"),
    "claims.late": Words("Late since {when}", "دیر شده از {when}", "متأخر منذ {when}"),
    "claims.pay_now": Words("Pay {amount}", "پرداخت {amount}", "ادفع {amount}"),
    "claims.read": Words("Read and decide", "خواندن و تصمیم", "اقرأ وقرّر"),
    "claims.new": Words("Somebody told me", "کسی به من گفت", "أخبرني أحدهم"),
    "claims.machine_label": Words(
        "Labels for the machine (PDF)", "برچسب‌های دستگاه (PDF)", "ملصقات الآلة (PDF)"
    ),
    "claims.typed_by": Words("typed in by {name}", "ثبت‌کننده: {name}", "سجّله {name}"),
    # --- two people
    "claims.proposed": Words(
        "{name} would pay {amount}. A second person decides.",
        "{name} می‌خواهد {amount} بپردازد. نفر دوم تصمیم می‌گیرد.",
        "يرى {name} دفع {amount}. يقرر شخص ثانٍ.",
    ),
    "claims.agree": Words("I agree: pay {amount}", "موافقم: {amount} پرداخت شود", "أوافق: ادفع {amount}"),
    "claims.agree_other": Words(
        "Somebody else has to agree to this.", "کس دیگری باید موافقت کند.", "يجب أن يوافق شخص آخر."
    ),
    "claims.above": Words(
        "Above {amount} a second person has to agree.",
        "بیش از {amount} را نفر دوم هم باید بپذیرد.",
        "ما فوق {amount} يحتاج إلى موافقة شخص ثانٍ.",
    ),
    "claims.seconded": Words("agreed to by {name}", "با موافقت {name}", "بموافقة {name}"),
    "claims.own": Words(
        "You typed this in, so somebody else decides it.",
        "این را خودتان ثبت کرده‌اید؛ پس کس دیگری تصمیم می‌گیرد.",
        "سجّلت هذا بنفسك، فيبتّ فيه غيرك.",
    ),
    # --- held by a bound
    "claims.held.claim": Words(
        "Proven, but more than is paid without a person.",
        "ثابت است، ولی بیش از آنچه بدون یک نفر پرداخت می‌شود.",
        "ثابت، لكنه أكثر مما يُدفع دون شخص.",
    ),
    "claims.held.day_sum": Words(
        "Proven, but the sum that a day may pay without a person is used up.",
        "ثابت است، ولی سقف پرداخت بدون یک نفر در روز پر شده است.",
        "ثابت، لكن ما يُدفع في اليوم دون شخص قد نفد.",
    ),
    "claims.held.day_count": Words(
        "Proven, but so many were paid today without a person that somebody should look why.",
        "ثابت است، ولی امروز آن‌قدر بدون یک نفر پرداخت شده که کسی باید ببیند چرا.",
        "ثابت، لكن عددًا كبيرًا دُفع اليوم دون شخص، فلينظر أحد في السبب.",
    ),
    # --- what else is known, and accuses nobody
    "claims.also": Words("Good to know", "خوب است بدانید", "من المفيد أن تعرف"),
    "claims.repeat_contact": Words(
        "Other claims with the same contact in three months: {n}. Who buys every day meets every fault; "
        "this speaks neither for nor against it.",
        "درخواست‌های دیگر با همین نشانی در سه ماه: {n}. هر که هر روز می‌خرد هر ایرادی را می‌بیند؛ "
        "این نه به سود و نه به زیان درخواست است.",
        "طلبات أخرى من جهة الاتصال نفسها خلال ثلاثة أشهر: {n}. من يشتري كل يوم يصادف كل عطل؛ وهذا ليس له ولا عليه.",
    ),
    "claims.repeat_visit": Words(
        "Other claims about this visit: {n}. Perhaps they are one and the same.",
        "درخواست‌های دیگر دربارهٔ همین خرید: {n}. شاید همه یکی باشند.",
        "طلبات أخرى عن هذه الزيارة: {n}. ربما كانت طلبًا واحدًا.",
    ),
    "claims.repeat_place": Words(
        "{name} is named in {n} claims: look at it before you look at people.",
        "{name} در {n} درخواست آمده است: پیش از آدم‌ها آن را ببینید.",
        "ورد {name} في {n} طلبات: انظر إليه قبل أن تنظر إلى الناس.",
    ),
    "claims.paid_card": Words(
        "Paid by card: {amount}. Money goes back the way it came, so the card is first. This reader cannot take back "
        "a sale that is done: have the card's operator do it and note the reference, or pay by code.",
        "پرداخت با کارت: {amount}. پول از همان راه برمی‌گردد، پس اول کارت. این کارت‌خوان فروش انجام‌شده را "
        "برنمی‌گرداند: از شرکت کارت بخواهید و شمارهٔ پیگیری را بنویسید، یا با کد بپردازید.",
        "دُفع بالبطاقة: {amount}. يعود المال من حيث جاء، فالبطاقة أولًا. لا يستطيع هذا القارئ رد بيع تم: اطلبه من مشغّل "
        "البطاقات ودوّن المرجع، أو ادفع برمز.",
    ),
    "claims.paid_cash": Words(
        "Paid in cash: {amount}. The code gives it back in coins.",
        "پرداخت نقدی: {amount}. کد آن را با سکه پس می‌دهد.",
        "دُفع نقدًا: {amount}. يعيده الرمز نقدًا.",
    ),
    # --- the decision
    "claims.decide": Words("Pay", "پرداخت", "الدفع"),
    "claims.part_reason": Words("Reason, if you pay less", "دلیل، اگر کمتر می‌پردازید", "السبب إن دفعت أقل"),
    "claims.way": Words("As", "به شکل", "على شكل"),
    "way.code": Words("Coins, by code", "سکه، با کد", "نقود، برمز"),
    "way.voucher": Words("Voucher for goods, good for a month", "اعتبار خرید، تا یک ماه", "قسيمة شراء، لشهر"),
    "claims.back": Words("Did goods come back?", "کالا برگشت؟", "هل عادت البضاعة؟"),
    "fate.none": Words("No", "نه", "لا"),
    "fate.shelf": Words("Yes, back on the shelf", "بله، دوباره در قفسه", "نعم، عادت إلى الرف"),
    "fate.spoiled": Words("Yes, spoiled", "بله، خراب", "نعم، تالفة"),
    "claims.which": Words("Which?", "کدام؟", "أيها؟"),
    # --- how it reaches them
    "claims.reaches": Words("How the money reaches them", "پول چگونه می‌رسد", "كيف يصل المال"),
    "claims.other_way": Words("I paid it another way", "به شکل دیگری پرداختم", "دفعته بطريقة أخرى"),
    "claims.means": Words("How", "چگونه", "كيف"),
    "outside.bank": Words("Transfer to their account", "حواله به حسابشان", "حوالة إلى حسابهم"),
    "outside.card": Words(
        "Back to the card, by its operator", "به کارت، از سوی شرکت کارت", "إلى البطاقة، عبر مشغّلها"
    ),
    "claims.reference": Words("Reference", "شمارهٔ پیگیری", "المرجع"),
    "claims.reference_help": Words(
        "So that you both find it on a statement.",
        "تا هر دو در صورت‌حساب پیدایش کنید.",
        "ليجده كلاكما في كشف الحساب.",
    ),
    "claims.paid_on": Words("On which day", "در کدام روز", "في أي يوم"),
    "claims.note_transfer": Words("Note it as paid", "ثبت به عنوان پرداخت‌شده", "سجّله مدفوعًا"),
    "claims.transfer_noted": Words(
        "Noted: {amount} was paid.", "ثبت شد: {amount} پرداخت شد.", "سُجّل: دُفع {amount}."
    ),
    "form.day": Words(
        "Please give a day that has been, like 2026-11-21.",
        "لطفاً روزی را بنویسید که گذشته است، مانند ۲۰۲۶-۱۱-۲۱.",
        "اكتب يومًا مضى من فضلك، مثل ٢٠٢٦-١١-٢١.",
    ),
    # --- paid
    "settled.code": Words("at the machine, with the code", "در دستگاه، با کد", "عند الآلة، بالرمز"),
    "settled.cash": Words("in cash", "نقد", "نقدًا"),
    "settled.bank": Words("by transfer, {reference}", "با حواله، {reference}", "بحوالة، {reference}"),
    "settled.card": Words("to the card, {reference}", "به کارت، {reference}", "إلى البطاقة، {reference}"),
    # --- somebody told me
    "claims.new_title": Words("What somebody told you", "آنچه به شما گفتند", "ما أُخبرت به"),
    "claims.new_text": Words(
        "By telephone or at the machine. Our records are compared at once.",
        "تلفنی یا کنار دستگاه. همان لحظه با ثبت ما مقایسه می‌شود.",
        "هاتفيًا أو عند الآلة. يُقارن فورًا بسجلاتنا.",
    ),
    "claims.new_other": Words("Somebody else decides it.", "کس دیگری تصمیم می‌گیرد.", "ويبتّ فيه غيرك."),
    "claims.new_contact": Words("How to reach them", "چگونه به آن‌ها خبر بدهیم", "كيف نتواصل معهم"),
    "claims.new_save": Words("Open the claim", "ثبت درخواست", "افتح الطلب"),
    # --- the labels on the machine
    "sticker.title": Words("Did it keep your money?", "پولتان را پس نداد؟", "هل احتفظت الآلة بنقودك؟"),
    "sticker.scan": Words(
        "Scan the square and tell us: half a minute, no account.",
        "مربع را اسکن کنید و بگویید چه شد: نیم دقیقه، بدون حساب کاربری.",
        "امسح المربع وأخبرنا: نصف دقيقة، بلا حساب.",
    ),
    "sticker.dial": Words(
        "Scan the square to call us, and tell us the machine's number.",
        "برای تماس مربع را اسکن کنید و شمارهٔ دستگاه را بگویید.",
        "امسح المربع للاتصال بنا، واذكر رقم الآلة.",
    ),
    "sticker.call": Words("Or call us:", "یا زنگ بزنید:", "أو اتصل بنا:"),
    "sticker.machine": Words("Machine {machine}", "دستگاه {machine}", "الآلة {machine}"),
    "sticker.print": Words(
        "Print at 100 % (real size). Small labels 120 × 36 mm, above coin and note slot; large label 180 × 140 mm, on the side.",
        "در اندازهٔ واقعی (۱۰۰٪) چاپ کنید. کوچک‌ها ۱۲۰ × ۳۶ میلی‌متر، بالای شکاف سکه و اسکناس؛ بزرگ ۱۸۰ × ۱۴۰، روی بدنه.",
        "اطبع بالحجم الحقيقي (١٠٠٪). الملصقان الصغيران ١٢٠ × ٣٦ مم فوق فتحتي النقود؛ والكبير ١٨٠ × ١٤٠ مم على الجانب.",
    ),
}
