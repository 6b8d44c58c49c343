"""Several kiosks on one desk."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

FLEET: Final[Table] = {
    "nav.fleet": Words("Kiosks", "کیوسک‌ها", "الأكشاك"),
    "fleet.desk": Words("Desk for all kiosks", "میز همهٔ کیوسک‌ها", "مكتب كل الأكشاك"),
    "fleet.switch": Words("Kiosk", "کیوسک", "الكشك"),
    "fleet.all": Words("All kiosks", "همهٔ کیوسک‌ها", "كل الأكشاك"),
    "fleet.kiosk": Words("Kiosk", "کیوسک", "الكشك"),
    "fleet.sales": Words("Sales today", "فروش‌های امروز", "مبيعات اليوم"),
    "fleet.sold": Words("Sold today", "مبلغ فروش امروز", "مبلغ مبيعات اليوم"),
    "fleet.cash": Words("Cash inside", "پول نقد داخل", "النقد في الداخل"),
    "fleet.owed": Words("Owed to shoppers", "بدهی به خریداران", "مستحق للمتسوقين"),
    "fleet.heard": Words("Last heard", "آخرین خبر", "آخر اتصال"),
    "fleet.empty": Words("No kiosk yet", "هنوز کیوسکی نیست", "لا يوجد كشك بعد"),
    "fleet.empty_how": Words(
        "Three steps let a kiosk push its journal here. It goes on selling meanwhile.",
        "با سه گام یک کیوسک دفترش را به اینجا می‌فرستد. فروش در این میان ادامه دارد.",
        "ثلاث خطوات ليرسل الكشك سجله إلى هنا. ويستمر البيع أثناء ذلك.",
    ),
    "fleet.empty_key": Words(
        "At the kiosk, have its id and key shown:",
        "در کیوسک شناسه و کلیدش را ببینید:",
        "على الكشك اعرض معرّفه ومفتاحه:",
    ),
    "fleet.empty_add": Words(
        "Here, stop the desk and make the kiosk known:",
        "در اینجا میز را متوقف و کیوسک را معرفی کنید:",
        "هنا أوقف المكتب وعرّف الكشك:",
    ),
    "fleet.empty_url": Words(
        "At the kiosk, write this into its configuration and start it again:",
        "در کیوسک این را در پیکربندی بنویسید و دوباره روشنش کنید:",
        "على الكشك اكتب هذا في إعداداته وأعد تشغيله:",
    ),
    "fleet.refused": Words(
        "{kiosk}: its journal was refused at {at} ({why}). Look at that kiosk before anything else.",
        "{kiosk}: دفترش در {at} پذیرفته نشد ({why}). پیش از هر کار به آن کیوسک رسیدگی کنید.",
        "{kiosk}: رُفض سجله في {at} ({why}). افحص هذا الكشك قبل أي شيء.",
    ),
    "fleet.never": Words(
        "{kiosk} has never been heard. Is the desk's address in its configuration?",
        "از {kiosk} هنوز خبری نرسیده است. آیا نشانی میز در پیکربندی آن هست؟",
        "لم يتصل {kiosk} بعد. هل عنوان المكتب في إعداداته؟",
    ),
    "fleet.silent": Words(
        "{kiosk} has been silent since {at}. Is it without power or without a line?",
        "از {at} خبری از {kiosk} نیست. آیا برق یا خط آن قطع است؟",
        "لا خبر من {kiosk} منذ {at}. هل انقطعت عنه الكهرباء أو الشبكة؟",
    ),
    "fleet.claims": Words(
        "{kiosk}: open claims: {n}. Answer them at its own desk.",
        "{kiosk}: شکایت‌های باز: {n}. در میز خودش پاسخ دهید.",
        "{kiosk}: مطالبات مفتوحة: {n}. أجب عنها في مكتبه.",
    ),
    "fleet.uncertain": Words(
        "{kiosk}: {amount} may be owed and waits for a decision.",
        "{kiosk}: شاید {amount} بدهی باشد و منتظر تصمیم است.",
        "{kiosk}: قد يكون {amount} مستحقًا وينتظر قرارًا.",
    ),
    "fleet.devices": Words(
        "{kiosk}: these devices need a hand: {devices}.",
        "{kiosk}: این دستگاه‌ها رسیدگی می‌خواهند: {devices}.",
        "{kiosk}: هذه الأجهزة تحتاج إلى عناية: {devices}.",
    ),
}
"""What the pages for several kiosks say."""
