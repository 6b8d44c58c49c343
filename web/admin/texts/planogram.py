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
        "There is no plan yet. Add a first place, or import a plan with the goods file.",
        "هنوز نقشه‌ای نیست. نخستین جا را بیفزایید یا نقشه را همراه پروندهٔ کالا درون‌بری کنید.",
        "لا خطة بعد. أضف أول مكان أو استورد خطة مع ملف البضائع.",
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
    "planogram.saved_from": Words(
        "{slot} is planned so from {day}.", "{slot} از {day} چنین برنامه‌ریزی شد.", "خُطّط {slot} هكذا من {day}."
    ),
    "planogram.same": Words("Nothing changes by this.", "با این چیزی عوض نمی‌شود.", "لا يتغير شيء بهذا."),
    "planogram.text_read": Words("Which product lies where.", "هر کالا کجاست.", "أين يقع كل منتج."),
    "planogram.drag": Words(
        "To arrange, drag a product onto another place: the two change places. On the keyboard, go to its handle and press the "
        "arrow keys. Nothing holds before you have seen the preview.",
        "برای چیدن، کالا را روی جای دیگری بکشید: آن دو جا عوض می‌کنند. با صفحه‌کلید به دستگیره‌اش بروید و کلیدهای جهت را بزنید. "
        "پیش از دیدن پیش‌نمایش چیزی برقرار نمی‌شود.",
        "للترتيب اسحب منتجًا إلى مكان آخر فيتبادلان المكان. ومن لوحة المفاتيح انتقل إلى مقبضه واضغط الأسهم. "
        "لا يسري شيء قبل أن ترى المعاينة.",
    ),
    "planogram.grip": Words(
        "Move {name}, place {slot}", "جابه‌جایی {name}، جای {slot}", "انقل {name}، المكان {slot}"
    ),
    "planogram.moved": Words(
        "{name} is in {slot} now, {other} in {was}.",
        "{name} اکنون در {slot} است و {other} در {was}.",
        "{name} الآن في {slot}، و{other} في {was}.",
    ),
    "planogram.edge": Words(
        "There is no place on that side.", "در آن سو جایی نیست.", "لا مكان في تلك الجهة."
    ),
    "planogram.changes": Words(
        "Places that change: {n}", "جاهایی که عوض می‌شود: {n}", "الأماكن التي تتغير: {n}"
    ),
    "planogram.preview": Words("Show the preview", "نشان دادن پیش‌نمایش", "أظهر المعاينة"),
    "planogram.back": Words("Put back", "به حال نخست", "أعدها كما كانت"),
    "planogram.preview_page": Words("New plan of places", "نقشهٔ نوی جاها", "خطة الأماكن الجديدة"),
    "planogram.loose": Words(
        "{name} is loose goods and cannot lie behind a coil. Nothing was moved.",
        "{name} کالای فله است و پشت مارپیچ جا نمی‌گیرد. چیزی جابه‌جا نشد.",
        "{name} بضاعة سائبة لا توضع خلف لولب. لم يُنقل شيء.",
    ),
    "planogram.preview_title": Words("{n} places change", "{n} جا عوض می‌شود", "تتغير {n} أماكن"),
    "planogram.preview_help": Words(
        "How many fit and how many there should be stay with the place. Where the new product needs other numbers, open that "
        "place on the plan afterwards. What must come out first is named in the pick list and in the round.",
        "گنجایش و موجودی پس از پر کردن از آنِ جا می‌ماند. اگر کالای نو عدد دیگری می‌خواهد، پس از آن جا را در نقشه باز کنید. "
        "آنچه نخست باید بیرون آید در فهرست بارگیری و در سرکشی نام برده می‌شود.",
        "تبقى السعة والمخزون المطلوب للمكان. وإن احتاج المنتج الجديد إلى أرقام أخرى فافتح المكان في الخطة بعد ذلك. "
        "وما يجب إخراجه أولًا يُذكر في قائمة التحميل وفي الجولة.",
    ),
    "planogram.day": Words("It holds from", "برقرار از", "يسري من"),
    "planogram.go": Words("Change {n} places", "تغییر {n} جا", "غيّر {n} أماكن"),
    "planogram.cannot": Words(
        "Some of this cannot be, so nothing can be saved. Go back to the plan and arrange it otherwise.",
        "بخشی از این شدنی نیست و چیزی ذخیره نمی‌شود. به نقشه برگردید و جور دیگری بچینید.",
        "بعض هذا غير ممكن فلا يُحفظ شيء. عُد إلى الخطة ورتّبها على نحو آخر.",
    ),
    "planogram.fill": Words("Fill", "پر کردن", "التعبئة"),
    "planogram.first_out": Words("First out", "نخست بیرون", "يُخرج أولًا"),
    "planogram.arranged": Words(
        "{n} places change as soon as nobody is shopping.",
        "{n} جا همین که کسی در حال خرید نباشد عوض می‌شود.",
        "تتغير {n} أماكن حالما لا يكون أحد يتسوق.",
    ),
    "planogram.arranged_from": Words(
        "{n} places are planned so from {day}.",
        "{n} جا از {day} چنین برنامه‌ریزی شد.",
        "خُطّط {n} أماكن هكذا من {day}.",
    ),
    "planogram.plan_changed": Words(
        "Somebody changed the plan meanwhile, and nothing was overwritten. Here it is as it is now; please arrange once more.",
        "کسی در این میان نقشه را عوض کرده و چیزی بازنویسی نشد. نقشهٔ کنونی اینجاست؛ دوباره بچینید.",
        "غيّر أحد الخطة في الأثناء ولم يُستبدل شيء. ها هي كما هي الآن؛ رتّب مرة أخرى من فضلك.",
    ),
    "planogram.still": Words(
        "still there: {n} × {name}", "هنوز آنجاست: {n} × {name}", "ما زال هناك: {n} × {name}"
    ),
    "planogram.coming": Words("from {day}: {name}", "از {day}: {name}", "من {day}: {name}"),
    "planogram.qty": Words("Places", "جاها", "الأماكن"),
    "planogram.drop_label": Words(
        "Drop the {n} places planned from {day}",
        "لغو {n} جای برنامه‌ریزی‌شده از {day}",
        "إلغاء {n} أماكن مخططة من {day}",
    ),
    "fact.PlacesPlanned": Words(
        "{by} planned places anew from {from_day}: {count}.",
        "{by} جاها را از {from_day} از نو برنامه‌ریزی کرد: {count}.",
        "خطّط {by} الأماكن من جديد من {from_day}: {count}.",
    ),
    "fact.PlacesTaken": Words(
        "Planned places hold now: {changed} changed, {passed_over} no longer fitted.",
        "جاهای برنامه‌ریزی‌شده برقرار شد: {changed} عوض شد، {passed_over} دیگر جور نبود.",
        "سرت الأماكن المخططة: تغيّر {changed}، ولم يعد {passed_over} مناسبًا.",
    ),
    "fact.PlaceAdded": Words(
        "{slot} was added for {name}: fill to {par_qty} of {capacity}, as {by} had planned.",
        "{slot} برای {name} افزوده شد: پر شود تا {par_qty} از {capacity}، چنان که {by} برنامه‌ریزی کرده بود.",
        "أُضيف {slot} لـ {name}: يُملأ إلى {par_qty} من {capacity} كما خطّط {by}.",
    ),
    "fact.PlaceRemoved": Words(
        "{slot} was removed, as {by} had planned; it was for {name}.",
        "{slot} برداشته شد، چنان که {by} برنامه‌ریزی کرده بود؛ برای {name} بود.",
        "أُزيل {slot} كما خطّط {by}؛ وكان لـ {name}.",
    ),
    "fact.PlaceSet": Words(
        "{slot} is planned for {name} now (before: {was_name}): fill to {par_qty} of {capacity}, as {by} had planned.",
        "{slot} اکنون برای {name} است (پیش‌تر: {was_name}): پر شود تا {par_qty} از {capacity}، چنان که {by} برنامه‌ریزی کرده بود.",
        "صار {slot} لـ {name} (قبل ذلك: {was_name}): يُملأ إلى {par_qty} من {capacity} كما خطّط {by}.",
    ),
}
