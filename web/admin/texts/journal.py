"""Texts of long lists: the journal's days, sums and how far they looked, and the parts of any list."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

JOURNAL: Final[Table] = {
    "account.cash.all": Words("All cash in the machine", "همهٔ پول نقد دستگاه", "كل النقد في الجهاز"),
    "account.load.card": Words("Loaded onto cards", "بارشده روی کارت‌ها", "المحمّل على البطاقات"),
    "journal.until": Words("until {day}", "تا {day}", "حتى {day}"),
    "journal.sum": Words(
        "{what}, {period}, sum of the list: {amount}",
        "{what}، {period}، جمع فهرست: {amount}",
        "{what}، {period}، مجموع القائمة: {amount}",
    ),
    "journal.sum_shown": Words(
        "{what}, sum of these entries: {amount}",
        "{what}، جمع همین ردیف‌ها: {amount}",
        "{what}، مجموع هذه القيود: {amount}",
    ),
    "journal.looked_to": Words(
        "Looked back to {when}; there may be more before that.",
        "تا {when} جست‌وجو شد؛ شاید پیش از آن هم باشد.",
        "بُحث رجوعًا حتى {when}؛ وقد يوجد المزيد قبل ذلك.",
    ),
    "journal.further": Words("Look further back", "عقب‌تر را بگرد", "ابحث أبعد"),
    "parts.before": Words("Previous", "قبلی", "السابق"),
    "parts.next": Words("Next", "بعدی", "التالي"),
    "parts.here": Words("{first} to {last} of {n}", "{first} تا {last} از {n}", "{first} إلى {last} من {n}"),
    "journal.clear": Words("Show everything", "نمایش همه", "عرض الكل"),
}
"""A sum stands above a list only where it is that list's own."""
