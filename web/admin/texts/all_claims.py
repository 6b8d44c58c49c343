"""Claims of all kiosks, and the search by number."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

ALL_CLAIMS: Final[Table] = {
    "claims.all_lead": Words(
        "Read here, answered there: each claim is decided on the own desk of its kiosk, under Claims. Only that kiosk can pay.",
        "اینجا خواندنی است: دربارهٔ هر درخواست در میز کیوسک خودش، بخش «درخواست‌ها»، تصمیم گرفته می‌شود. فقط همان کیوسک "
        "می‌تواند بپردازد.",
        "هنا للقراءة فقط: يُبتّ في كل طلب في مكتب كشكه، قسم «الطلبات». ذلك الكشك وحده يستطيع الدفع.",
    ),
    "claims.all_none": Words(
        "Nobody waits for an answer at any kiosk.",
        "در هیچ کیوسکی کسی در انتظار پاسخ نیست.",
        "لا أحد ينتظر ردًا في أي كشك.",
    ),
    "claims.by": Words("Answer by", "پاسخ تا", "الرد قبل"),
    "claims.no_promise": Words("nothing promised", "قولی داده نشده", "لم يُوعد بشيء"),
    "claims.entry": Words("Entry", "ردیف", "القيد"),
    "claims.decided_at": Words("Decided claims of", "درخواست‌های تصمیم‌گرفتهٔ", "الطلبات المبتوت فيها عند"),
    "claims.find": Words("Find a claim by its number", "یافتن درخواست با شماره", "ابحث عن طلب برقمه"),
    "claims.find_here": Words(
        "The number on the slip (C-…), or the entry with which it was opened (C1-…).",
        "شمارهٔ روی برگه (C-…) یا ردیفی که با آن باز شد (C1-…).",
        "الرقم على القسيمة (C-…) أو القيد الذي فُتح به (C1-…).",
    ),
    "claims.find_there": Words(
        "The entry with which it was opened, such as C1-204. The number on a shopper's slip (C-…) is made with the key of its "
        "kiosk: only that kiosk's own desk can look it up, and shows the entry beside it.",
        "ردیفی که با آن باز شد، مانند C1-204. شمارهٔ برگهٔ خریدار (C-…) با کلید کیوسک ساخته می‌شود: فقط میز خود آن کیوسک می‌تواند "
        "پیدایش کند و ردیف را کنارش نشان می‌دهد.",
        "القيد الذي فُتح به، مثل C1-204. أما رقم قسيمة المتسوق (C-…) فيُصنع بمفتاح كشكه: لا يستطيع البحث عنه إلا مكتب ذلك الكشك، "
        "ويعرض القيد بجانبه.",
    ),
    "claims.search": Words("Find", "بیاب", "ابحث"),
    "claims.found_many": Words(
        "Several kiosks have a claim of this number:",
        "چند کیوسک درخواستی با این شماره دارند:",
        "لدى عدة أكشاك طلب بهذا الرقم:",
    ),
    "claims.found_none": Words(
        "No claim has the number {number}.", "هیچ درخواستی شمارهٔ {number} ندارد.", "لا طلب رقمه {number}."
    ),
    "claims.found_slip": Words(
        "{number} is a slip's number. Open the own desk of the kiosk where the slip was printed, under Claims, and search there.",
        "{number} شمارهٔ یک برگه است. میز کیوسکی را که برگه را چاپ کرد باز کنید و در بخش «درخواست‌ها» جست‌وجو کنید.",
        "{number} رقم قسيمة. افتح مكتب الكشك الذي طبع القسيمة وابحث هناك في قسم «الطلبات».",
    ),
}
"""What the claims' pages say of numbers, and of kiosks beside one another."""
