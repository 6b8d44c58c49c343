"""Files of what a page shows."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

EXPORTS: Final[Table] = {
    "exports.as": Words("This list as a file", "این فهرست به صورت فایل", "هذه القائمة ملفًا"),
    "exports.csv": Words("CSV", "CSV", "CSV"),
    "exports.xlsx": Words("Excel", "اکسل", "إكسل"),
    "exports.pdf": Words("PDF", "PDF", "PDF"),
    "exports.page": Words("Page {page} of {pages}", "صفحهٔ {page} از {pages}", "صفحة {page} من {pages}"),
    "exports.too_many": Words(
        "A file of this kind takes {n} rows, and this list has more. Please narrow it with its filters: a month, a day, a kind.",
        "در چنین فایلی {n} ردیف جا می‌شود و این فهرست بیشتر دارد. لطفاً آن را با صافی‌ها کوتاه‌تر کنید: یک ماه، یک روز، یک نوع.",
        "يتسع ملف من هذا النوع لـ {n} صفًا وفي هذه القائمة أكثر. يرجى تضييقها بالمرشحات: شهر أو يوم أو نوع.",
    ),
    "exports.place": Words("Place", "جا", "الموضع"),
    "exports.holds": Words("Pieces", "تعداد", "القطع"),
    "exports.room": Words("Room for", "گنجایش", "السعة"),
    "exports.to_fill": Words("To fill", "برای پر کردن", "للتعبئة"),
    "exports.number": Words("Number", "شماره", "الرقم"),
    "exports.yes": Words("yes", "بله", "نعم"),
    "exports.all": Words("All entries", "همهٔ موارد", "كل القيود"),
}
"""What links to files and refusals say."""
