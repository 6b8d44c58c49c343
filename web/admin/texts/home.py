"""What needs somebody: one sentence each, and the one next action as a verb."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

HOME: Final[Table] = {
    "needs.title": Words("What needs you", "منتظر شما", "ما ينتظرك"),
    "needs.now": Words("Now", "اکنون", "الآن"),
    "needs.soon": Words("At the next visit", "در سرکشی بعد", "في الزيارة القادمة"),
    "needs.none": Words("Nothing needs you", "کاری در انتظار شما نیست", "لا شيء يحتاج إليك"),
    "needs.none_own": Words(
        "The machine sells, pays change and prints.",
        "دستگاه می‌فروشد، پول خرد می‌دهد و چاپ می‌کند.",
        "الآلة تبيع وتُرجع الباقي وتطبع.",
    ),
    "needs.none_all": Words(
        "All kiosks were heard in the last half hour, and none of their journals asks for a hand.",
        "در نیم ساعت گذشته از همهٔ کیوسک‌ها خبر رسید و هیچ دفتری رسیدگی نمی‌خواهد.",
        "اتصلت كل الأكشاك في نصف الساعة الأخير، ولا يطلب أي سجل منها عناية.",
    ),
    "needs.own_only": Words(
        "Copies, verification and limits of a kiosk are no entries of its journal: its own desk tells of them.",
        "رونوشت‌ها، راستی‌آزمایی و سقف‌های هر کیوسک در دفترش نیست: میز خود آن از این‌ها می‌گوید.",
        "نسخ الكشك والتحقق منه وحدوده ليست قيودًا في سجله: مكتبه نفسه يخبر عنها.",
    ),
    "needs.show": Words("Show {n}", "نمایش {n}", "اعرض {n}"),
    "need.since": Words("since {at}", "از {at}", "منذ {at}"),
    "need.from": Words("first on {day}", "نخستین در {day}", "أولها في {day}"),
    "need.due": Words("answer by {at}", "پاسخ تا {at}", "الرد قبل {at}"),
    "need.taken": Words("collected on {at}", "برداشت در {at}", "حُصّل في {at}"),
    "need.and_more": Words("{places} and {n} more", "{places} و {n} جای دیگر", "{places} و{n} أخرى"),
    # --- the line to a kiosk elsewhere
    "need.refused": Words("Its journal was refused: {why}", "دفترش پذیرفته نشد: {why}", "رُفض سجله: {why}"),
    "need.refused.act": Words("See why", "ببینید چرا", "انظر السبب"),
    "need.refused.all": Words("Journals that were refused", "دفترهایی که پذیرفته نشدند", "سجلات رُفضت"),
    "need.silent": Words(
        "Nothing is heard: without power, or without a line?",
        "خبری نیست: برق قطع است یا خط؟",
        "لا خبر منه: بلا كهرباء أم بلا شبكة؟",
    ),
    "need.silent.act": Words("Check the line", "بررسی خط", "افحص الاتصال"),
    "need.silent.all": Words("Kiosks that are silent", "کیوسک‌های بی‌خبر", "أكشاك لا خبر منها"),
    "need.never": Words("Has never been heard", "هنوز خبری نرسیده است", "لم يتصل بعد"),
    "need.never.act": Words("Connect", "وصل کنید", "صِله"),
    "need.never.all": Words(
        "Kiosks that were never heard", "کیوسک‌هایی که خبری از آن‌ها نرسیده است", "أكشاك لم تتصل بعد"
    ),
    # --- the till
    "need.halted": Words(
        "Selling is stopped: somebody must look at the machine and let it sell again",
        "فروش متوقف است: یک نفر باید دستگاه را ببیند و فروش را باز کند",
        "البيع متوقف: يجب أن ينظر أحد في الآلة ويستأنف البيع",
    ),
    "need.halted.act": Words("Look into it", "رسیدگی", "تفقّد الأمر"),
    "need.halted.all": Words("Selling is stopped", "فروش متوقف است", "البيع متوقف"),
    "need.starting": Words("The machine is starting", "دستگاه در حال راه‌اندازی است", "الآلة قيد التشغيل"),
    "need.starting.act": Words("See its devices", "دیدن تجهیزات", "انظر الأجهزة"),
    "need.starting.all": Words(
        "Machines that are starting", "دستگاه‌های در حال راه‌اندازی", "آلات قيد التشغيل"
    ),
    "need.service": Words(
        "{clerk} is working on the machine", "{clerk} با دستگاه کار می‌کند", "{clerk} يعمل على الآلة"
    ),
    "need.service.act": Words("See its devices", "دیدن تجهیزات", "انظر الأجهزة"),
    "need.service.all": Words("Machines in service", "دستگاه‌های در دست کار", "آلات قيد الخدمة"),
    "need.limit.act": Words("See the entries", "دیدن ردیف‌ها", "انظر القيود"),
    "need.limit.all": Words("Functions at their limit", "کارهایی که به سقف رسیده‌اند", "وظائف بلغت حدّها"),
    "need.device.act": Words("See what to do", "ببینید چه باید کرد", "انظر ما العمل"),
    "need.device.all": Words("Devices need a hand", "تجهیزاتی که رسیدگی می‌خواهند", "أجهزة تحتاج إلى عناية"),
    "need.books.act": Words("See the books", "دیدن دفترها", "انظر الدفاتر"),
    "need.books.all": Words("The books need a hand", "دفترها رسیدگی می‌خواهند", "الدفاتر تحتاج إلى عناية"),
    # --- money
    "need.exact": Words(
        "Change runs low: shoppers are told “exact change”.",
        "پول خرد کم است: به مشتری گفته می‌شود «پول دقیق».",
        "الفكة قليلة: يُطلب من الزبون المبلغ المضبوط.",
    ),
    "need.change": Words(
        "Change for less than {days} days: {coins}",
        "پول خرد برای کمتر از {days} روز: {coins}",
        "فكة لأقل من {days} أيام: {coins}",
    ),
    "need.change.act": Words("Bring coins", "سکه بیاورید", "أحضر نقودًا"),
    "need.change.all": Words("Change runs low", "پول خرد رو به پایان است", "الفكة توشك أن تنفد"),
    "need.late": Words(
        "Promised answers that are late: {n} of {open}",
        "پاسخ‌های قول‌داده‌ای که دیر شده‌اند: {n} از {open}",
        "ردود موعودة تأخرت: {n} من {open}",
    ),
    "need.late.act": Words("Answer", "پاسخ دهید", "أجب"),
    "need.late.all": Words(
        "Promised answers that are late", "پاسخ‌های قول‌داده‌ای که دیر شده‌اند", "ردود موعودة تأخرت"
    ),
    "need.claim": Words("Claims wait for you: {n}", "درخواست‌های در انتظار شما: {n}", "طلبات تنتظرك: {n}"),
    "need.claim.act": Words("Answer", "پاسخ دهید", "أجب"),
    "need.claim.all": Words("Claims wait for you", "درخواست‌های در انتظار شما", "طلبات تنتظرك"),
    "need.debt": Words(
        "{amount} may be owed and waits for a decision ({n})",
        "شاید {amount} بدهی باشد و منتظر تصمیم است ({n})",
        "قد يكون {amount} مستحقًا وينتظر قرارًا ({n})",
    ),
    "need.debt.act": Words("Decide", "تصمیم بگیرید", "قرّر"),
    "need.debt.all": Words("Money that may be owed", "پولی که شاید بدهی باشد", "مال قد يكون مستحقًا"),
    "need.short": Words(
        "{amount} is missing in what {clerk} collected",
        "در برداشت {clerk} {amount} کم است",
        "ينقص {amount} مما حصّله {clerk}",
    ),
    "need.over": Words(
        "{amount} too much in what {clerk} collected",
        "در برداشت {clerk} {amount} زیاد است",
        "يزيد {amount} فيما حصّله {clerk}",
    ),
    "need.odd.act": Words("Open the collection", "باز کردن برداشت", "افتح التحصيل"),
    "need.odd.all": Words(
        "Counts that differ from the books", "شمارش‌هایی که با دفتر نمی‌خوانند", "عدّات تخالف الدفاتر"
    ),
    "need.uncounted": Words(
        "{amount} was taken out by the books and is not counted yet",
        "بنا بر دفتر {amount} برداشته شده و هنوز شمرده نشده است",
        "أُخرج {amount} حسب الدفاتر ولم يُعدّ بعد",
    ),
    "need.uncounted.act": Words("Count", "بشمارید", "عُدّ"),
    "need.uncounted.all": Words("Collections that are not counted", "برداشت‌های شمرده‌نشده", "تحصيلات لم تُعدّ"),
    "need.suspense": Words(
        "{amount} belongs to nobody yet", "{amount} هنوز از آن کسی نیست", "{amount} لا صاحب له بعد"
    ),
    "need.suspense.act": Words("Trace it", "ردگیری", "تتبّعه"),
    "need.suspense.all": Words(
        "Money that belongs to nobody yet", "پولی که هنوز از آن کسی نیست", "مال لا صاحب له بعد"
    ),
    # --- goods
    "need.jam": Words(
        "Coil {slot} fails more often than chance: {failed} of {turned} turns in {days} days",
        "خطاهای مارپیچ {slot} تصادفی نیست: {failed} از {turned} چرخش در {days} روز",
        "اللولب {slot} يخفق أكثر مما تفسّره الصدفة: {failed} من {turned} دورة في {days} يومًا",
    ),
    "need.jam.act": Words("See its turns", "دیدن چرخش‌ها", "انظر دوراته"),
    "need.jam.all": Words("Coils that jam", "مارپیچ‌هایی که گیر می‌کنند", "لوالب تعلق"),
    "need.expired": Words(
        "Pieces past their last day: {n}",
        "کالاهای تاریخ‌گذشته: {n}",
        "قطع انقضى يومها الأخير: {n}",
    ),
    "need.expired.act": Words("Take them out", "بیرون بیاورید", "أخرجها"),
    "need.expired.all": Words("Pieces past their last day", "کالاهای تاریخ‌گذشته", "قطع انقضى يومها الأخير"),
    "need.expiring": Words(
        "Pieces whose last day comes within {days} days: {n}",
        "کالاهایی که تا {days} روز دیگر تاریخشان می‌گذرد: {n}",
        "قطع ينقضي يومها الأخير خلال {days} أيام: {n}",
    ),
    "need.expiring.act": Words("See which", "ببینید کدام‌ها", "انظر أيّها"),
    "need.expiring.all": Words(
        "Pieces whose last day is near", "کالاهای نزدیک به پایان تاریخ", "قطع اقترب يومها الأخير"
    ),
    "need.resting": Words(
        "Off sale until counted: {places}",
        "تا شمارش فروخته نمی‌شود: {places}",
        "لا يُباع حتى يُعدّ: {places}",
    ),
    "need.resting.act": Words("Count", "بشمارید", "عُدّ"),
    "need.resting.all": Words(
        "Places that are off sale until counted",
        "جاهایی که تا شمارش فروخته نمی‌شوند",
        "أماكن لا يُباع منها حتى تُعدّ",
    ),
    "need.empty": Words("Empty coils: {places}", "مارپیچ‌های خالی: {places}", "لوالب فارغة: {places}"),
    "need.empty.act": Words("Plan the refill", "برنامهٔ پرکردن", "خطّط للملء"),
    "need.empty.all": Words("Empty coils", "مارپیچ‌های خالی", "لوالب فارغة"),
}
"""The first page of both desks. Each cause has its sentence, its verb (``.act``), and a heading for several kiosks (``.all``)."""
