"""Places that come and go."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PLACES: Final[Table] = {
    "places.add_shelf": Words("Add a shelf place", "افزودن جای قفسه", "أضف مكانًا على الرف"),
    "places.add_coil": Words("Add a coil", "افزودن مارپیچ", "أضف لولبًا"),
    "places.add_machine": Words(
        "Add an item of the old machine", "افزودن جای دستگاه قدیمی", "أضف صنفًا في الآلة القديمة"
    ),
    "places.new_shelf": Words("New shelf place", "جای تازهٔ قفسه", "مكان جديد على الرف"),
    "places.new_coil": Words("New coil", "مارپیچ تازه", "لولب جديد"),
    "places.new_machine": Words(
        "New item of the old machine", "جای تازهٔ دستگاه قدیمی", "صنف جديد في الآلة القديمة"
    ),
    "places.slot": Words("Code of the place", "کد جا", "رمز المكان"),
    "places.slot_help": Words(
        "What is written on it: a letter and a number, such as {example}.",
        "آنچه روی آن نوشته است: یک حرف لاتین و یک عدد، مانند {example}.",
        "ما هو مكتوب عليه: حرف لاتيني ورقم، مثل {example}.",
    ),
    "places.coil": Words("Number of the coil", "شمارهٔ مارپیچ", "رقم اللولب"),
    "places.coil_help": Words(
        "The board's own number, 1 to {most}. Try the coil afterwards on the kiosk's service page.",
        "شمارهٔ خود برد، ۱ تا {most}. پس از آن مارپیچ را در صفحهٔ سرویس کیوسک آزمایش کنید.",
        "رقم اللوحة نفسها، من ١ إلى {most}. ثم جرّب اللولب في صفحة الصيانة بالكشك.",
    ),
    "places.item": Words("Number of the item", "شمارهٔ کالا در دستگاه", "رقم الصنف في الآلة"),
    "places.item_help": Words(
        "What the old machine calls it, 1 to {most}.",
        "شماره‌ای که دستگاه قدیمی به آن می‌دهد، ۱ تا {most}.",
        "الرقم الذي تسميه به الآلة القديمة، من ١ إلى {most}.",
    ),
    "places.add": Words("Add this place", "افزودن این جا", "أضف هذا المكان"),
    "places.taken": Words(
        "There is a place {slot} already. Choose another code.",
        "جای {slot} از پیش هست. کد دیگری برگزینید.",
        "المكان {slot} موجود من قبل. اختر رمزًا آخر.",
    ),
    "places.added": Words(
        "{slot} is there as soon as nobody is shopping. It is empty: fill it then.",
        "{slot} همین که کسی در حال خرید نباشد هست. خالی است: آنگاه پرش کنید.",
        "{slot} موجود حالما لا يكون أحد يتسوق. وهو فارغ: عبّئه عندئذ.",
    ),
    "places.added_from": Words(
        "{slot} comes on {day}. Until then it can be dropped below.",
        "{slot} از {day} افزوده می‌شود. تا آن روز می‌توان آن را پایین صفحه لغو کرد.",
        "يُضاف {slot} في {day}. وحتى ذلك يمكن إلغاؤه أدناه.",
    ),
    "places.remove": Words("Remove this place", "برداشتن این جا", "أزل هذا المكان"),
    "places.remove_text": Words(
        "It is empty. Its sales and counts stay in the figures, and it can be added again.",
        "خالی است. فروش و شمارش آن در آمار می‌ماند و می‌توان آن را دوباره افزود.",
        "إنه فارغ. تبقى مبيعاته وجرده في الأرقام، ويمكن إضافته من جديد.",
    ),
    "places.remove_full": Words(
        "Only an empty place can be removed. By the book, here lies:",
        "تنها جای خالی را می‌توان برداشت. در دفتر، اینجاست:",
        "لا يُزال إلا مكان فارغ. بحسب الدفتر هنا:",
    ),
    "places.remove_unsure": Words(
        "Only an empty place can be removed, and nobody knows what lies here. Count it first.",
        "تنها جای خالی را می‌توان برداشت و کسی نمی‌داند اینجا چیست. نخست بشمارید.",
        "لا يُزال إلا مكان فارغ، ولا يعلم أحد ما هنا. عُدّه أولًا.",
    ),
    "places.take_out": Words("Take out or count", "بیرون آوردن یا شمردن", "أخرج أو عُدّ"),
    "places.removed": Words(
        "{slot} goes as soon as nobody is shopping.",
        "{slot} همین که کسی در حال خرید نباشد برداشته می‌شود.",
        "يُزال {slot} حالما لا يكون أحد يتسوق.",
    ),
    "places.removed_from": Words(
        "{slot} goes on {day}, if it is empty then. Until then this can be dropped below.",
        "{slot} از {day} برداشته می‌شود، اگر آن روز خالی باشد. تا آن روز می‌توان این را پایین صفحه لغو کرد.",
        "يُزال {slot} في {day} إن كان فارغًا حينها. وحتى ذلك يمكن إلغاء هذا أدناه.",
    ),
    "places.goes": Words("from {day}: removed", "از {day}: برداشته می‌شود", "من {day}: يُزال"),
    "places.coming": Words("Coming", "در راه", "قادمة"),
}
