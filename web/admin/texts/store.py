"""The store's own condition: its anchor, its copies, the verification in idle time."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

STORE: Final[Table] = {
    "store.title": Words("The books", "دفترها", "الدفاتر"),
    "store.anchor": Words("Anchor", "لنگر", "المرساة"),
    "store.copies": Words("Copies", "رونوشت‌ها", "النسخ"),
    "store.check": Words("Verification", "راستی‌آزمایی", "التحقق"),
    "store.look": Words("Please act:", "لطفاً رسیدگی کنید:", "يلزم إجراء:"),
    "store.anchor.well": Words(
        "It was held against the journal at the start.",
        "در آغاز کار با دفتر سنجیده شد.",
        "قورنت بالسجل عند التشغيل.",
    ),
    "store.anchor.missing": Words(
        "The anchor file was gone at the start: entries cut off at the end would not have been seen. Ask who touched the files.",
        "پروندهٔ لنگر در آغاز نبود: اگر ردیف‌هایی از پایان بریده شده باشد دیده نمی‌شد. بپرسید چه کسی به پرونده‌ها دست زده است.",
        "كان ملف المرساة مفقودًا عند التشغيل: لو حُذفت قيود من النهاية لما ظهر ذلك. اسأل من لمس الملفات.",
    ),
    "store.anchor.damaged": Words(
        "The anchor file was damaged or another kiosk's: entries cut off at the end were not seen. Ask who touched the files.",
        "پروندهٔ لنگر خراب بود یا از کیوسک دیگری: ردیف‌های بریده از پایان دیده نمی‌شد. بپرسید چه کسی به پرونده‌ها دست زده است.",
        "كان ملف المرساة تالفًا أو ليس لهذا الكشك: لو حُذفت قيود من النهاية لما ظهر ذلك. اسأل من لمس الملفات.",
    ),
    "store.anchor.unwritten": Words(
        "The disk refused the last anchor. Look at its free space.",
        "دیسک لنگر تازه را نپذیرفت. فضای خالی آن را ببینید.",
        "رفض القرص المرساة الأخيرة. افحص المساحة الحرة.",
    ),
    "store.copies.none": Words(
        "The books are not copied: a dead disk would take them with it. Configure a folder on a second medium under [backup].",
        "از دفترها رونوشتی ساخته نمی‌شود: اگر دیسک بمیرد دفترها هم می‌روند. زیر [backup] پوشه‌ای روی رسانهٔ دوم تنظیم کنید.",
        "لا تُصنع نسخ من الدفاتر: لو تلف القرص لضاعت. اضبط مجلدًا على وسيط ثانٍ تحت [backup].",
    ),
    "store.copies.waiting": Words("The first one is on its way.", "نخستین در راه است.", "الأولى في الطريق."),
    "store.copies.good": Words(
        "The last good one is of {at}, up to entry {place}.",
        "آخرین رونوشت درست از {at} است، تا ردیف {place}.",
        "آخر نسخة سليمة في {at} حتى القيد {place}.",
    ),
    "store.copies.failed": Words(
        "The last copy failed ({why}). Is the second medium plugged in, and has it room?",
        "آخرین رونوشت ساخته نشد ({why}). آیا رسانهٔ دوم وصل است و جا دارد؟",
        "فشلت آخر نسخة ({why}). هل الوسيط الثاني موصول وفيه مكان؟",
    ),
    "store.copies.same_disk": Words(
        "The copies lie on the kiosk's own disk: when that dies, they die with it.",
        "رونوشت‌ها روی دیسک خود کیوسک‌اند: اگر آن بمیرد، این‌ها هم می‌میرند.",
        "النسخ على قرص الكشك نفسه: إن تلف تلفت معه.",
    ),
    "store.check.running": Words(
        "Under way: {done} of {total} entries.",
        "در جریان: {done} از {total} ردیف.",
        "جارٍ: {done} من {total} قيد.",
    ),
    "store.check.good": Words(
        "All {done} entries held, {at}.", "همهٔ {done} ردیف درست بود، {at}.", "صحّت كل القيود ({done})، {at}."
    ),
    "store.check.bad": Words(
        "The journal is damaged near entry {place}. Selling is stopped. Keep all files as they are and restore a copy.",
        "دفتر نزدیک ردیف {place} خراب است. فروش متوقف است. همهٔ پرونده‌ها را دست‌نخورده نگه دارید و رونوشتی را بازگردانید.",
        "السجل تالف قرب القيد {place}. البيع متوقف. أبقِ كل الملفات كما هي واسترجع نسخة.",
    ),
    "store.hub": Words("Desk for all kiosks", "میز همهٔ کیوسک‌ها", "مكتب كل الأكشاك"),
    "store.hub.waiting": Words("It has not answered yet.", "هنوز پاسخی نداده است.", "لم يُجب بعد."),
    "store.hub.good": Words(
        "It answered at {at} and holds everything up to entry {place}.",
        "در {at} پاسخ داد و همه چیز را تا ردیف {place} دارد.",
        "أجاب في {at} ولديه كل شيء حتى القيد {place}.",
    ),
    "store.hub.failed": Words(
        "The desk for all kiosks does not take the journal ({why}). Selling goes on; all is sent when it answers again.",
        "میز همهٔ کیوسک‌ها اکنون دفتر را نمی‌گیرد ({why}). فروش ادامه دارد؛ وقتی دوباره پاسخ دهد همه چیز فرستاده می‌شود.",
        "مكتب كل الأكشاك لا يأخذ السجل الآن ({why}). البيع مستمر، وسيُرسل كل شيء عندما يجيب من جديد.",
    ),
}
