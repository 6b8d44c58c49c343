"""What a request that cannot be granted is told."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

ERRORS: Final[Table] = {
    "error.bad_request": Words(
        "This could not be understood.", "این درخواست فهمیده نشد.", "تعذّر فهم هذا الطلب."
    ),
    "error.bad_amount": Words(
        "Please write an amount in digits, with at most one decimal mark.",
        "لطفاً مبلغ را با رقم و حداکثر یک ممیز بنویسید.",
        "اكتب المبلغ بالأرقام وبفاصلة عشرية واحدة على الأكثر.",
    ),
    "error.bad_count": Words(
        "Please write a whole number.", "لطفاً یک عدد صحیح بنویسید.", "اكتب عددًا صحيحًا من فضلك."
    ),
    "error.foreign": Words(
        "Only this machine's own page may do that.",
        "تنها صفحهٔ همین دستگاه می‌تواند این کار را بکند.",
        "لا يحق ذلك إلا لصفحة هذه الآلة.",
    ),
    "error.not_found": Words("There is nothing here.", "اینجا چیزی نیست.", "لا شيء هنا."),
    "error.too_large": Words("That is too long.", "بیش از حد بلند است.", "هذا أطول مما ينبغي."),
    "error.too_many": Words(
        "Too many screens are open.", "صفحه‌های زیادی باز است.", "الشاشات المفتوحة كثيرة."
    ),
    "error.till_busy": Words(
        "That took too long. Please try again: nothing is done twice.",
        "طول کشید. لطفاً دوباره امتحان کنید: هیچ کاری دو بار انجام نمی‌شود.",
        "استغرق ذلك طويلًا. حاول مرة أخرى: لن يُنفَّذ شيء مرتين.",
    ),
    "error.read_too_long": Words(
        "That is more than can be looked through at once. Choose a shorter time or one kiosk, or try again in a minute.",
        "این بیش از آن است که یک‌باره بتوان مرور کرد. بازهٔ کوتاه‌تر یا یک کیوسک را برگزینید، یا یک دقیقهٔ دیگر دوباره امتحان کنید.",
        "هذا أكثر مما يمكن تصفحه دفعة واحدة. اختر مدة أقصر أو كشكًا واحدًا، أو حاول مجددًا بعد دقيقة.",
    ),
    "error.ours": Words(
        "Something of ours broke. The note under this number helps us: {number}",
        "چیزی در سامانهٔ ما خراب شد. این شماره به ما کمک می‌کند: {number}",
        "حدث خلل عندنا. يساعدنا هذا الرقم: {number}",
    ),
}
"""Keys of refused requests."""
