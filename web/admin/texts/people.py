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
}
"""Keys are ``may.`` with a role, and ``form.`` for what a form refuses."""
