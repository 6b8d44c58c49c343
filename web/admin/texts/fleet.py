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
    "fleet.there.stock": Words(
        "Read here, done there: whoever stands at {kiosk} counts, fills and takes out, on its own desk or its screen.",
        "اینجا خواندنی است: شمارش، پرکردن و برداشتن را کسی که کنار {kiosk} است در میز یا صفحهٔ خود آن انجام می‌دهد.",
        "هنا للقراءة فقط: العدّ والملء والإخراج يجريه من يقف عند {kiosk}، في مكتبه أو على شاشته.",
    ),
    "fleet.there.restock": Words(
        "What to bring to {kiosk}. What was filled is entered there, on its own desk or its screen.",
        "آنچه باید به {kiosk} برد. آنچه پر شد همان‌جا، در میز یا صفحهٔ خود آن، ثبت می‌شود.",
        "ما ينبغي إحضاره إلى {kiosk}. وما مُلئ يُسجَّل هناك، في مكتبه أو على شاشته.",
    ),
    "fleet.there.claims": Words(
        "Read here, decided there: open the own desk of {kiosk}, under Claims. Only that kiosk can pay.",
        "اینجا خواندنی است: برای تصمیم، میز خود {kiosk} را باز کنید، بخش «درخواست‌ها». فقط همان کیوسک می‌تواند بپردازد.",
        "هنا للقراءة فقط: للبت فيها افتح مكتب {kiosk} نفسه، قسم «الطلبات». ذلك الكشك وحده يستطيع الدفع.",
    ),
    "fleet.there.cash": Words(
        "Read here, done there: counts, bags, debts and the close of a day are entered on the own desk of {kiosk}, under Cash.",
        "اینجا خواندنی است: شمارش، کیسه‌ها، بدهی‌ها و بستن روز در میز خود {kiosk}، بخش «پول نقد»، ثبت می‌شوند.",
        "هنا للقراءة فقط: العدّ والأكياس والديون وإقفال اليوم تُسجَّل في مكتب {kiosk} نفسه، قسم «النقد».",
    ),
    "fleet.contact": Words(
        "What shoppers write of themselves stays at their kiosk.",
        "آنچه خریداران از خود می‌نویسند در کیوسک می‌ماند.",
        "ما يكتبه المتسوقون عن أنفسهم يبقى في الكشك.",
    ),
    "fleet.line": Words("The line to {kiosk}", "خط {kiosk}", "الاتصال بـ{kiosk}"),
    "fleet.until": Words("Its journal is here up to", "دفترش تا اینجا رسیده است", "سجله موجود هنا حتى"),
    "fleet.silent_how": Words(
        "It may be selling all the same: everything since then comes as soon as the line is back. Look for power, then for the "
        "network. At the kiosk's own desk, Devices says what this line told last.",
        "شاید همچنان می‌فروشد: همه‌چیز از آن پس، با برگشت خط می‌رسد. نخست برق و سپس شبکه را ببینید. در میز خود کیوسک، بخش «تجهیزات» "
        "می‌گوید این خط آخرین بار چه گفت.",
        "قد يكون البيع مستمرًا: كل ما بعد ذلك يصل حين يعود الاتصال. افحص الكهرباء ثم الشبكة. وفي مكتب الكشك نفسه يقول قسم "
        "«الأجهزة» ما قاله هذا الاتصال آخر مرة.",
    ),
    "fleet.refused_how": Words(
        "Nothing that was refused is in these figures. Do not delete anything on either side. At the kiosk, check its journal:",
        "آنچه پذیرفته نشد در این ارقام نیست. در هیچ‌یک از دو سو چیزی را پاک نکنید. در کیوسک دفترش را بررسی کنید:",
        "ما رُفض ليس ضمن هذه الأرقام. لا تحذف شيئًا في أي من الطرفين. وعلى الكشك افحص سجله:",
    ),
    "fleet.people": Words("At the kiosks", "در کیوسک‌ها", "عند الأكشاك"),
    "fleet.did": Words("Last deed", "آخرین کار", "آخر فعل"),
    "fleet.people_text": Words(
        "These people are known to the kiosks, not to this desk. They are added, changed and taken away at the own desk of their "
        "kiosk, under Users. Without a role, the journal only names them.",
        "این افراد را کیوسک‌ها می‌شناسند، نه این میز. افزودن، تغییر و حذفشان در میز خود کیوسک، بخش «کاربران»، است. "
        "کسی که نقشی ندارد فقط در دفتر نام برده شده است.",
        "هؤلاء تعرفهم الأكشاك لا هذا المكتب. ويضافون ويغيَّرون ويُزالون في مكتب كشكهم، قسم «المستخدمون». "
        "ومن لا دور له فالسجل يذكر اسمه فقط.",
    ),
    "fleet.no_people": Words(
        "No kiosk has named anybody yet.",
        "هنوز هیچ کیوسکی از کسی نام نبرده است.",
        "لم يذكر أي كشك اسم أحد بعد.",
    ),
    "fleet.read": Words("Read", "خواندن", "اقرأ"),
}
"""What the pages for several kiosks say."""
