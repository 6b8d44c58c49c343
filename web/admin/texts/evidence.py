"""Texts of a claim's surroundings."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

EVIDENCE: Final[Table] = {
    "evidence.title": Words("What happened around it", "پیرامون آن چه گذشت", "ما جرى حوله"),
    "evidence.window": Words(
        "From {since} to {until}, as the claim says. Other shoppers' visits are sums only.",
        "از {since} تا {until}، چنان‌که درخواست می‌گوید. خرید دیگران تنها به صورت جمع آمده است.",
        "من {since} إلى {until} كما يقول الطلب. زيارات الآخرين مجاميع فقط.",
    ),
    "evidence.others": Words(
        "Other visits: {n}. In {taken}, for goods {sold}, back {paid}",
        "خریدهای دیگر: {n}. دریافت {taken}، بهای کالا {sold}، پس داده {paid}",
        "زيارات أخرى: {n}. أُخذ {taken}، ثمن البضاعة {sold}، أُعيد {paid}",
    ),
    "evidence.others_owed": Words(
        "Other visits: {n}. In {taken}, for goods {sold}, back {paid}, owed {owed}",
        "خریدهای دیگر: {n}. دریافت {taken}، بهای کالا {sold}، پس داده {paid}، بدهی {owed}",
        "زيارات أخرى: {n}. أُخذ {taken}، ثمن البضاعة {sold}، أُعيد {paid}، دين {owed}",
    ),
    "evidence.counted": Words(
        "The next count of the cash: {counted}, expected {expected}",
        "شمارش بعدی پول نقد: {counted}، برابر دفتر {expected}",
        "العدّ التالي للنقد: {counted}، والمتوقع {expected}",
    ),
    "evidence.rows": Words("Show all {n}", "نمایش همهٔ {n} سطر", "عرض كل الأسطر: {n}"),
    "evidence.more": Words(
        "{n} more lines are in the file.", "{n} سطر دیگر در پرونده است.", "في الملف {n} سطرًا آخر."
    ),
    "evidence.later": Words(
        "The evidence is complete when the visit is over.",
        "مدارک پس از پایان خرید کامل می‌شود.",
        "تكتمل الأدلة حين تنتهي الزيارة.",
    ),
    "evidence.there": Words(
        "The signed file is made at this kiosk's own desk: only the kiosk's key signs it.",
        "پروندهٔ امضا شده در میز همین کیوسک ساخته می‌شود: تنها کلید کیوسک آن را امضا می‌کند.",
        "يُعدّ الملف الموقّع في مكتب هذا الكشك نفسه: مفتاح الكشك وحده يوقّعه.",
    ),
}
"""Keys are ``evidence.``."""
