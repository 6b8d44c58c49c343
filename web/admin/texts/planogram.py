"""The plan of places."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PLANOGRAM: Final[Table] = {
    "nav.planogram": Words("Plan of places", "نقشهٔ جاها", "خطة الأماكن"),
    "planogram.text": Words(
        "Which product lies where. Open a place to change it.",
        "هر کالا کجاست. برای تغییر، یک جا را باز کنید.",
        "أين يقع كل منتج. افتح مكانًا لتغييره.",
    ),
    "planogram.coil": Words("Vending machine", "دستگاه فروش", "آلة البيع"),
    "planogram.shelf": Words("Open shelf", "قفسهٔ باز", "الرف المفتوح"),
    "planogram.machine": Words("Old machine", "دستگاه قدیمی", "الآلة القديمة"),
    "planogram.holds": Words(
        "fill to {par} of {capacity}", "پر شود تا {par} از {capacity}", "يُملأ إلى {par} من {capacity}"
    ),
    "planogram.none": Words(
        "There is no plan yet. Import one with the goods file.",
        "هنوز نقشه‌ای نیست. آن را همراه پروندهٔ کالا درون‌بری کنید.",
        "لا خطة بعد. استوردها مع ملف البضائع.",
    ),
    "planogram.slot": Words("Place", "جا", "المكان"),
    "planogram.slot_title": Words("Place {slot}", "جای {slot}", "المكان {slot}"),
    "planogram.sku": Words("Product (SKU)", "کالا (SKU)", "المنتج (SKU)"),
    "planogram.sku_help": Words(
        "Begin to type a code or a name and choose.",
        "نوشتن کد یا نام را آغاز و انتخاب کنید.",
        "ابدأ بكتابة رمز أو اسم واختر.",
    ),
    "planogram.capacity": Words("Pieces that fit", "گنجایش", "كم قطعة تتسع"),
    "planogram.par": Words("Stock after a fill (par)", "موجودی پس از پر کردن", "المخزون بعد التعبئة"),
    "planogram.zone": Words("Zone", "بخش", "المنطقة"),
    "planogram.zone_help": Words(
        "Your own word, such as “fridge”; places of one zone stand together.",
        "به زبان خودتان، مانند «یخچال»؛ جاهای یک بخش کنار هم می‌آیند.",
        "بكلمتك، مثل «الثلاجة»؛ تظهر أماكن المنطقة الواحدة معًا.",
    ),
    "planogram.save": Words("Save place", "ذخیرهٔ جا", "احفظ المكان"),
    "planogram.saved": Words(
        "{slot} is saved. It holds as soon as nobody is shopping.",
        "{slot} ذخیره شد و همین که کسی در حال خرید نباشد برقرار می‌شود.",
        "حُفظ {slot} ويسري حالما لا يكون أحد يتسوق.",
    ),
    "planogram.changed": Words(
        "Somebody changed this place meanwhile. Compare, and save again.",
        "کسی در این میان این جا را عوض کرده است. مقایسه و دوباره ذخیره کنید.",
        "غيّر أحد هذا المكان في الأثناء. قارن ثم احفظ من جديد.",
    ),
}
