"""Roles, the second step of signing in, sessions, and who did what."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PEOPLE: Final[Table] = {
    "may.owner": Words("decides about everything", "دربارهٔ همه چیز تصمیم می‌گیرد", "يقرر في كل شيء"),
    "may.accountant": Words(
        "reads figures, takes files, closes months",
        "رقم‌ها را می‌خواند، فایل می‌گیرد، ماه را می‌بندد",
        "يقرأ الأرقام ويأخذ الملفات ويقفل الأشهر",
    ),
    "may.support": Words(
        "answers claims; sees no cash and no users",
        "به ادعاها پاسخ می‌دهد؛ نقدینگی و کاربران را نمی‌بیند",
        "يجيب عن المطالبات؛ ولا يرى النقد ولا المستخدمين",
    ),
    "may.clerk": Words(
        "fills, counts and hands over; also at the machine",
        "پر می‌کند، می‌شمارد و تحویل می‌دهد؛ پای دستگاه هم",
        "يعبئ ويعدّ ويسلّم؛ وعند الآلة أيضًا",
    ),
    "form.pin_role": Words(
        "Only owners and clerks work at the machine: leave the PIN empty, or give another role.",
        "تنها مالک و کارمند پای دستگاه کار می‌کنند: رمز عددی را خالی بگذارید یا نقش دیگری بدهید.",
        "لا يعمل عند الآلة سوى المالك والموظف: اترك الرمز السري فارغًا أو اختر دورًا آخر.",
    ),
    "nav.deeds": Words("Who did what", "چه کسی چه کرد", "من فعل ماذا"),
    "deeds.text": Words(
        "Everything that a person decided or changed, as the journal has it. Nobody can take a line away.",
        "هر چه کسی تصمیم گرفته یا تغییر داده، همان‌گونه که در دفتر ثبت است. هیچ کس نمی‌تواند سطری را بردارد.",
        "كل ما قرره شخص أو غيّره كما هو في السجل. لا يستطيع أحد أن يزيل سطرًا.",
    ),
    "deeds.who": Words("Who", "چه کسی", "من"),
    "deeds.anybody": Words("anybody", "هر کس", "أي شخص"),
    "deeds.topic": Words("About", "دربارهٔ", "حول"),
    "deeds.anything": Words("anything", "هر چیز", "أي شيء"),
    "deeds.goods": Words("Goods and prices", "کالا و قیمت", "البضاعة والأسعار"),
    "deeds.people": Words("People and sign-ins", "افراد و ورودها", "الأشخاص والدخول"),
    "deeds.claims": Words("Claims and debts", "ادعاها و بدهی‌ها", "المطالبات والديون"),
    "deeds.cash": Words("Cash", "نقدینگی", "النقد"),
    "deeds.stock": Words("Stock", "موجودی", "المخزون"),
    "deeds.machine": Words("Machine and settings", "دستگاه و تنظیم‌ها", "الآلة والإعدادات"),
    "deeds.about": Words("Only about {subject}", "تنها دربارهٔ {subject}", "حول {subject} فقط"),
    "deeds.clear": Words("Show all", "نمایش همه", "عرض الكل"),
    "deeds.none": Words(
        "Nobody did anything of this kind here.",
        "اینجا کسی کاری از این دست نکرده است.",
        "لم يفعل أحد شيئًا من هذا هنا.",
    ),
    "deeds.older": Words("Earlier", "پیش‌تر", "أقدم"),
    "deeds.newest": Words("Newest", "تازه‌ترین", "الأحدث"),
    "fact.SecondStepSet": Words(
        "{by} set up the second step of {user}'s sign-in.",
        "{by} گام دوم ورود {user} را برپا کرد.",
        "فعّل {by} الخطوة الثانية لدخول {user}.",
    ),
    "fact.SecondStepSet.off": Words(
        "{by} took away the second step of {user}'s sign-in.",
        "{by} گام دوم ورود {user} را برداشت.",
        "ألغى {by} الخطوة الثانية لدخول {user}.",
    ),
    "fact.SignedIn": Words(
        "{by} signed in, with a code of the second step.",
        "{by} با کد گام دوم وارد شد.",
        "سجّل {by} الدخول برمز الخطوة الثانية.",
    ),
    "fact.SignedIn.recovery": Words(
        "{by} signed in, with a recovery code. It works no second time.",
        "{by} با یک کد بازیابی وارد شد. آن کد بار دوم کار نمی‌کند.",
        "سجّل {by} الدخول برمز استرداد، ولن يعمل مرة أخرى.",
    ),
    "fact.SettingsChanged": Words(
        "The kiosk was started with other settings ({count}).",
        "کیوسک با تنظیم‌های دیگری روشن شد ({count}).",
        "شُغّل الكشك بإعدادات أخرى ({count}).",
    ),
}
"""Keys are ``may.`` with a role, and ``form.`` for what a form refuses."""
