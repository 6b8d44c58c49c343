"""The import of a goods file: what will change, and what became of it."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

GOODS_IMPORT: Final[Table] = {
    "import.text": Words(
        "You see what will change before anything does. What is not in the file is retired, not deleted.",
        "پیش از هر تغییر می‌بینید چه عوض می‌شود. کالایی که در پرونده نیست کنار گذاشته می‌شود، نه پاک.",
        "ترى ما سيتغير قبل أن يتغير شيء. وما ليس في الملف يُسحب من البيع ولا يُحذف.",
    ),
    "import.too_large": Words(
        "This is more than a goods file can be (24 MB). Choose the CSV with the goods of this kiosk only.",
        "این بزرگ‌تر از یک پروندهٔ کالا (۲۴ مگابایت) است. تنها CSV کالاهای همین کیوسک را برگزینید.",
        "هذا أكبر من ملف بضائع (٢٤ ميغابايت). اختر ملف CSV ببضائع هذا الكشك وحدها.",
    ),
    "import.read": Words("Show what will change", "نشان بده چه عوض می‌شود", "أظهر ما سيتغير"),
    "import.more": Words(
        "The first {shown} are listed; {more} more follow.",
        "{shown} مورد نخست آمده؛ {more} مورد دیگر هم هست.",
        "تظهر أول {shown}؛ ويليها {more} غيرها.",
    ),
    "import.preview": Words("What will change", "آنچه عوض می‌شود", "ما الذي سيتغير"),
    "import.other": Words("Another file", "پروندهٔ دیگر", "ملف آخر"),
    "import.new": Words("New", "تازه", "جديد"),
    "import.changed": Words("Changed", "عوض‌شده", "متغيّر"),
    "import.gone": Words("Not in the file", "در پرونده نیست", "ليس في الملف"),
    "import.gone_text": Words(
        "These are retired: no longer sold, and kept for their names in receipts and figures.",
        "این‌ها کنار گذاشته می‌شوند: دیگر فروخته نمی‌شوند و برای نامشان در رسیدها و آمار می‌مانند.",
        "تُسحب هذه: لا تُباع بعد الآن، وتبقى لأسمائها في الإيصالات والأرقام.",
    ),
    "import.same": Words("Unchanged", "بی‌تغییر", "بلا تغيير"),
    "import.places": Words("Places that change", "جاهایی که عوض می‌شوند", "أماكن تتغير"),
    "import.aged": Words(
        "{n} of them have an age limit: the kiosk refuses to sell these, because it cannot look at a passport.",
        "{n} تا محدودیت سنی دارند: کیوسک آن‌ها را نمی‌فروشد، چون نمی‌تواند کارت شناسایی ببیند.",
        "منها {n} بحدّ للعمر: يرفض الكشك بيعها لأنه لا يستطيع التحقق من الهوية.",
    ),
    "import.shown": Words(
        "The first {shown} are shown.", "{shown} مورد نخست نشان داده شده.", "تظهر أول {shown}."
    ),
    "import.was": Words("Was", "بود", "كان"),
    "import.now": Words("Will be", "می‌شود", "يصبح"),
    "import.take": Words("Take this over", "همین را برقرار کن", "طبّق هذا"),
    "import.nothing": Words(
        "Nothing changes: the file says what the kiosk sells already.",
        "چیزی عوض نمی‌شود: پرونده همان است که کیوسک می‌فروشد.",
        "لا يتغير شيء: الملف يطابق ما يبيعه الكشك.",
    ),
    "import.done": Words(
        "{n} products taken over. They hold as soon as nobody is shopping.",
        "{n} کالا برقرار شد، همین که کسی در حال خرید نباشد.",
        "طُبّق {n} منتجًا، وتسري حالما لا يكون أحد يتسوق.",
    ),
    "import.expired": Words(
        "This file waits no longer. Please choose it again.",
        "این پرونده دیگر در انتظار نیست. لطفاً دوباره برگزینید.",
        "لم يعد هذا الملف بالانتظار. اختره من جديد من فضلك.",
    ),
}
