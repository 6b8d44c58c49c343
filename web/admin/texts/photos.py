"""A product's own photograph."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PHOTOS: Final[Table] = {
    "photo.title": Words("Picture", "تصویر", "الصورة"),
    "photo.own": Words("Your photo is shown.", "عکس خودتان نشان داده می‌شود.", "تظهر صورتك الخاصة."),
    "photo.drawn": Words(
        "A drawn picture is shown. A photo of yours takes its place.",
        "تصویری کشیده‌شده نشان داده می‌شود. عکس شما جای آن را می‌گیرد.",
        "تظهر صورة مرسومة. وتحلّ صورتك محلها.",
    ),
    "photo.choose": Words("Take or choose a photo", "عکس بگیرید یا برگزینید", "التقط صورة أو اخترها"),
    "photo.help": Words(
        "JPEG, PNG or WebP. Its middle square is shown; where and when it was taken is not kept.",
        "JPEG، PNG یا WebP. مربع میانی آن نشان داده می‌شود؛ جا و زمان گرفتن آن نگه داشته نمی‌شود.",
        "JPEG أو PNG أو WebP. يظهر المربع الأوسط منها، ولا يُحفظ مكان التقاطها ولا وقته.",
    ),
    "photo.save": Words("Use this photo", "همین عکس به کار رود", "استعمل هذه الصورة"),
    "photo.remove": Words(
        "Show the drawn picture again", "تصویر کشیده‌شده دوباره نشان داده شود", "أظهر الصورة المرسومة من جديد"
    ),
    "photo.saved": Words(
        "{name} has its own photo. Shoppers see it as soon as nobody is shopping.",
        "{name} عکس خودش را دارد. خریداران همین که کسی در حال خرید نباشد آن را می‌بینند.",
        "صار لـ{name} صورته. يراها المتسوقون حالما لا يكون أحد يتسوق.",
    ),
    "photo.removed": Words(
        "{name} is shown with its drawn picture again.",
        "{name} دوباره با تصویر کشیده‌شده‌اش نشان داده می‌شود.",
        "يظهر {name} بصورته المرسومة من جديد.",
    ),
    "photo.missing": Words(
        "No photo came with this. Choose one, then press the button.",
        "عکسی همراه آن نبود. نخست یکی برگزینید و سپس دکمه را بزنید.",
        "لم تصل معه صورة. اختر واحدة ثم اضغط الزر.",
    ),
    "photo.too_large": Words(
        "This photo is larger than {limit_mb} MB. Send it in a smaller size; nothing was changed.",
        "این عکس از {limit_mb} مگابایت بزرگ‌تر است. آن را با اندازهٔ کوچک‌تر بفرستید؛ چیزی عوض نشد.",
        "هذه الصورة أكبر من {limit_mb} ميغابايت. أرسلها بحجم أصغر؛ لم يتغير شيء.",
    ),
    "photo.too_many_pixels": Words(
        "This photo has more than {limit_mp} megapixels. Take it in the camera's usual size, or make it smaller.",
        "این عکس بیش از {limit_mp} مگاپیکسل دارد. با اندازهٔ معمول دوربین بگیرید یا آن را کوچک کنید.",
        "في هذه الصورة أكثر من {limit_mp} ميغابكسل. التقطها بحجم الكاميرا المعتاد أو صغّرها.",
    ),
    "photo.too_small": Words(
        "This photo is too small: each side needs at least {least} pixels.",
        "این عکس خیلی کوچک است: هر ضلع دست‌کم {least} پیکسل می‌خواهد.",
        "هذه الصورة صغيرة جدًا: يلزم كل ضلع {least} بكسل على الأقل.",
    ),
    "photo.not_read": Words(
        "This file is no photo that can be read. Send a JPEG, PNG or WebP; nothing was changed.",
        "این پرونده عکسی خواندنی نیست. JPEG، PNG یا WebP بفرستید؛ چیزی عوض نشد.",
        "هذا الملف ليس صورة تُقرأ. أرسل JPEG أو PNG أو WebP؛ لم يتغير شيء.",
    ),
    "photo.not_kept": Words(
        "There is no room for the photo on the kiosk's disk; nothing was changed. Make room there, then send it again.",
        "روی دیسک کیوسک جایی برای عکس نیست؛ چیزی عوض نشد. آنجا جا باز کنید و دوباره بفرستید.",
        "لا مكان للصورة على قرص الكشك؛ لم يتغير شيء. أفسح مكانًا هناك ثم أرسلها من جديد.",
    ),
    "photo.instead": Words(
        "Your own photo is shown instead of it.",
        "به جای آن عکس خودتان نشان داده می‌شود.",
        "تظهر صورتك الخاصة بدلًا منها.",
    ),
    "photo.change": Words("Change the photo", "تغییر عکس", "غيّر الصورة"),
}
