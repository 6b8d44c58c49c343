"""The words of the page of a first start, in three languages."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Phrasebook, Table, Words
from kiosk.i18n.texts.devices import DEVICES

_TEXTS: Final[Table] = {
    "first.title": Words("Set up this kiosk", "راه‌اندازی این کیوسک", "إعداد هذا الكشك"),
    "first.lead": Words(
        "Plug in and switch on every device. The kiosk then asks each line who is there; nothing is paid, turned or printed.",
        "همهٔ دستگاه‌ها را وصل و روشن کنید. سپس کیوسک از هر خط می‌پرسد چه کسی آنجاست؛ چیزی پرداخت، چرخانده یا چاپ نمی‌شود.",
        "صل كل الأجهزة وشغّلها. ثم يسأل الكشك كل خط عمّن عليه؛ لا يُدفع شيء ولا يُدار ولا يُطبع.",
    ),
    "first.look": Words("Look for devices", "جست‌وجوی دستگاه‌ها", "ابحث عن الأجهزة"),
    "first.again": Words("Look again", "جست‌وجوی دوباره", "ابحث من جديد"),
    "first.looking": Words(
        "The kiosk is asking. A silent line takes half a minute.",
        "کیوسک در حال پرسیدن است. خط بی‌پاسخ نیم دقیقه وقت می‌برد.",
        "الكشك يسأل الآن. الخط الصامت يستغرق نصف دقيقة.",
    ),
    "first.no_port": Words(
        "No serial line is there. Plug the devices in and look again.",
        "هیچ خط سریالی نیست. دستگاه‌ها را وصل کنید و دوباره جست‌وجو کنید.",
        "لا خط تسلسلي هنا. صل الأجهزة وابحث من جديد.",
    ),
    "first.nobody": Words(
        "Nobody answers here. A scanner speaks only when it reads; anything else needs power.",
        "اینجا کسی پاسخ نمی‌دهد. اسکنر فقط هنگام خواندن حرف می‌زند؛ بقیه برق می‌خواهند.",
        "لا أحد يجيب هنا. الماسح لا يتكلم إلا حين يقرأ؛ وغيره يحتاج كهرباء.",
    ),
    "first.not_asked": Words(
        "This line could not be asked: another program has it, or it was unplugged.",
        "از این خط نشد پرسید: برنامهٔ دیگری آن را گرفته یا جدا شده است.",
        "تعذّر سؤال هذا الخط: يشغله برنامج آخر أو فُصل.",
    ),
    "first.scanner": Words("A scanner is here", "اینجا اسکنر است", "هنا ماسح"),
    "first.found": Words("Found", "پیدا شد", "وُجد"),
    "first.values": Words("What coins and notes are worth", "ارزش سکه‌ها و اسکناس‌ها", "قيم العملات والأوراق"),
    "first.values_text": Words(
        "Compare each value with the device's label. An empty field or zero is refused.",
        "هر ارزش را با برچسب دستگاه بسنجید. خانهٔ خالی یا صفر پذیرفته نمی‌شود.",
        "قارن كل قيمة بملصق الجهاز. الحقل الفارغ أو الصفر يُرفض.",
    ),
    "first.position": Words("Position {n}", "جایگاه {n}", "الموضع {n}"),
    "first.kept": Words("Give back as change", "به‌عنوان بقیهٔ پول پس داده شود", "يُعاد ضمن الباقي"),
    "first.people": Words("Who runs this machine", "گردانندهٔ این دستگاه", "من يدير هذه الآلة"),
    "first.vendor": Words("Name on receipts", "نام روی رسید", "الاسم على الإيصال"),
    "first.phone": Words("Telephone for shoppers", "تلفن برای خریداران", "هاتف للمتسوقين"),
    "first.machine": Words("Number of this machine", "شمارهٔ این دستگاه", "رقم هذه الآلة"),
    "first.currency": Words("Currency, three letters", "ارز، سه حرف", "العملة، ثلاثة أحرف"),
    "first.timezone": Words("Time zone", "منطقهٔ زمانی", "المنطقة الزمنية"),
    "first.tax": Words("Tax in prices, percent", "مالیات در قیمت، درصد", "الضريبة ضمن السعر، بالمئة"),
    "first.write": Words("Save and start", "ذخیره و شروع", "احفظ وابدأ"),
    "first.bad_amount": Words(
        "{what} is no amount: write digits and one decimal mark.",
        "{what} مبلغ نیست: رقم و یک ممیز بنویسید.",
        "{what} ليس مبلغًا: اكتب أرقامًا وفاصلة عشرية واحدة.",
    ),
    "first.bad_currency": Words(
        "{what} is no currency: write the three letters of its code.",
        "{what} ارز نیست: سه حرف کد آن را بنویسید.",
        "{what} ليست عملة: اكتب أحرف رمزها الثلاثة.",
    ),
    "first.bad_tax": Words(
        "{what} is no tax rate: write a number from zero to a hundred.",
        "{what} نرخ مالیات نیست: عددی از صفر تا صد بنویسید.",
        "{what} ليس نسبة ضريبة: اكتب عددًا من صفر إلى مئة.",
    ),
    "first.bad_setting": Words(
        "Nothing was saved. Correct this and try again: {what}",
        "چیزی ذخیره نشد. این را درست کنید و دوباره بزنید: {what}",
        "لم يُحفظ شيء. صحّح هذا وأعد المحاولة: {what}",
    ),
    "first.missing": Words(
        "Fill in every field about this machine.",
        "همهٔ خانه‌های مربوط به این دستگاه را پر کنید.",
        "املأ كل الحقول الخاصة بهذه الآلة.",
    ),
    "first.done": Words(
        "Saved. The kiosk starts; make its first user with the command below.",
        "ذخیره شد. کیوسک راه می‌افتد؛ نخستین کاربر را با دستور زیر بسازید.",
        "حُفظ. الكشك يبدأ؛ أنشئ أول مستخدم بالأمر أدناه.",
    ),
}

FIRST: Final = Phrasebook(_TEXTS, {key: words for key, words in DEVICES.items() if key.startswith("kind.")})
"""Keys are ``first.``, and the kinds of devices."""
