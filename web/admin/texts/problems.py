"""What can be wrong in a goods or planogram file: the house's inventory names the problem, this says it in three languages."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PROBLEMS: Final[Table] = {
    "problem.file_too_large": Words(
        "The file is larger than {limit_mb} MB. Export only the goods of this kiosk.",
        "پرونده از {limit_mb} مگابایت بزرگ‌تر است. تنها کالاهای همین دستگاه را برون‌بری کنید.",
        "الملف أكبر من {limit_mb} ميغابايت. صدّر بضائع هذه الآلة فقط.",
    ),
    "problem.not_utf8": Words(
        "This line holds a character that is not UTF-8. In the spreadsheet, save as “CSV UTF-8”.",
        "این سطر نویسه‌ای دارد که UTF-8 نیست. در صفحه‌گسترده با «CSV UTF-8» ذخیره کنید.",
        "في هذا السطر محرف ليس UTF-8. احفظ من الجدول بصيغة «CSV UTF-8».",
    ),
    "problem.no_header": Words(
        "The first line must name the columns: {columns}.",
        "سطر نخست باید ستون‌ها را نام ببرد: {columns}.",
        "يجب أن يسمّي السطر الأول الأعمدة: {columns}.",
    ),
    "problem.column_missing": Words(
        "The column “{name}” is missing. Add it to the first line, cells may stay empty.",
        "ستون «{name}» نیست. در سطر نخست بیفزایید؛ خانه‌ها می‌توانند خالی بمانند.",
        "العمود «{name}» مفقود. أضفه إلى السطر الأول، ويجوز أن تبقى الخلايا فارغة.",
    ),
    "problem.column_unknown": Words(
        "There is no column “{name}”. Use one of: {columns}.",
        "ستونی به نام «{name}» نیست. یکی از این‌ها: {columns}.",
        "لا يوجد عمود «{name}». استعمل واحدًا من: {columns}.",
    ),
    "problem.column_twice": Words(
        "The column “{name}” stands there twice. Remove one.",
        "ستون «{name}» دو بار آمده است. یکی را بردارید.",
        "العمود «{name}» مكرر. احذف واحدًا.",
    ),
    "problem.bad_quotes": Words(
        "A quotation mark is open to the end of the file, or stands in the wrong place. Close it.",
        "یک گیومه تا پایان پرونده باز است یا جای نادرستی دارد. آن را ببندید.",
        "علامة اقتباس مفتوحة حتى آخر الملف أو في غير مكانها. أغلقها.",
    ),
    "problem.too_many_rows": Words(
        "The file has more than {limit} rows. Split it.",
        "پرونده بیش از {limit} سطر دارد. آن را بخش کنید.",
        "في الملف أكثر من {limit} صف. قسّمه.",
    ),
    "problem.no_rows": Words(
        "There is no row under the column names.",
        "زیر نام ستون‌ها سطری نیست.",
        "لا صف تحت أسماء الأعمدة.",
    ),
    "problem.cells_count": Words(
        "The row has {count} cells, the first line {expected}. Put cells with a comma in quotes.",
        "این سطر {count} خانه دارد و سطر نخست {expected}. خانه‌های دارای ویرگول را در گیومه بگذارید.",
        "في الصف {count} خلية وفي السطر الأول {expected}. ضع الخلايا التي فيها فاصلة بين علامتي اقتباس.",
    ),
    "problem.missing": Words(
        "This cell is empty. Fill it in.", "این خانه خالی است. پر کنید.", "هذه الخلية فارغة. املأها."
    ),
    "problem.name_missing": Words(
        "The name in {tongue} is missing. Every product needs one in en, fa and ar.",
        "نام به زبان {tongue} نیست. هر کالا نامی به en و fa و ar می‌خواهد.",
        "الاسم بلغة {tongue} مفقود. لكل منتج اسم بـ en و fa و ar.",
    ),
    "problem.too_long": Words(
        "This text has {count} characters. Shorten it to {limit}.",
        "این متن {count} نویسه دارد. به {limit} کوتاه کنید.",
        "في هذا النص {count} محرفًا. اختصره إلى {limit}.",
    ),
    "problem.control_characters": Words(
        "This text holds an invisible character ({code}). Type the text again.",
        "این متن نویسهٔ نادیدنی ({code}) دارد. دوباره بنویسید.",
        "في هذا النص محرف خفي ({code}). اكتبه من جديد.",
    ),
    "problem.direction_override": Words(
        "This text holds a mark that turns the writing direction ({code}). Type it again.",
        "این متن نشانه‌ای دارد که جهت نوشتن را برمی‌گرداند ({code}). دوباره بنویسید.",
        "في هذا النص علامة تقلب اتجاه الكتابة ({code}). اكتبه من جديد.",
    ),
    "problem.sku_form": Words(
        "“{value}” cannot be a SKU. Use 1 to 32 of A-Z, a-z, 0-9, dot, dash and underscore.",
        "«{value}» نمی‌تواند کد کالا باشد. ۱ تا ۳۲ نویسه از A-Z، a-z، 0-9، نقطه، خط تیره و زیرخط.",
        "لا يصلح «{value}» رمز صنف. استعمل ١ إلى ٣٢ من A-Z و a-z و 0-9 والنقطة والشرطة والشرطة السفلية.",
    ),
    "problem.sku_twice": Words(
        "The SKU “{value}” already stands in line {line}. Every product needs its own.",
        "کد «{value}» در سطر {line} هم هست. هر کالا کد خود را می‌خواهد.",
        "رمز الصنف «{value}» موجود في السطر {line}. لكل منتج رمزه.",
    ),
    "problem.gtin_form": Words(
        "“{value}” is no barcode number. It has 8, 12, 13 or 14 digits.",
        "«{value}» شمارهٔ بارکد نیست. بارکد ۸، ۱۲، ۱۳ یا ۱۴ رقم دارد.",
        "ليس «{value}» رقم رمز شريطي. له ٨ أو ١٢ أو ١٣ أو ١٤ رقمًا.",
    ),
    "problem.gtin_rounded": Words(
        "The spreadsheet has rounded the barcode to “{value}”. Format it as text, type it again.",
        "صفحه‌گسترده بارکد را به «{value}» گرد کرده است. خانه را متنی کنید و دوباره بنویسید.",
        "قرّب الجدول الرمز الشريطي إلى «{value}». اجعل الخلية نصًا واكتبه من جديد.",
    ),
    "problem.gtin_check_digit": Words(
        "The last digit of “{value}” does not fit the others. Read the pack again.",
        "رقم آخر «{value}» با بقیه نمی‌خواند. بسته را دوباره ببینید.",
        "الرقم الأخير من «{value}» لا يوافق غيره. اقرأ العبوة من جديد.",
    ),
    "problem.gtin_twice": Words(
        "The barcode “{value}” already stands in line {line}. One barcode is one product.",
        "بارکد «{value}» در سطر {line} هم هست. هر بارکد یک کالاست.",
        "الرمز الشريطي «{value}» موجود في السطر {line}. لكل رمز منتج واحد.",
    ),
    "problem.gtin_many": Words(
        "There are {count} barcodes in this cell; at most {limit} are kept.",
        "در این خانه {count} بارکد است؛ حداکثر {limit} نگه داشته می‌شود.",
        "في هذه الخلية {count} رمزًا؛ يُحفظ {limit} على الأكثر.",
    ),
    "problem.gtin_and_loose": Words(
        "Goods with a barcode are not loose. Empty one of the two cells.",
        "کالای بارکددار فله نیست. یکی از دو خانه را خالی کنید.",
        "ما له رمز شريطي ليس سائبًا. أفرغ إحدى الخليتين.",
    ),
    "problem.gtin_or_loose": Words(
        "There is no barcode. Enter it, or write “yes” under loose for goods without one.",
        "بارکد نیست. آن را بنویسید، یا برای کالای بی‌بارکد زیر loose «yes» بگذارید.",
        "لا رمز شريطي. أدخله، أو اكتب «yes» تحت loose لما لا رمز له.",
    ),
    "problem.price_form": Words(
        "“{value}” is no price. Write digits and one decimal mark, such as {example}.",
        "«{value}» قیمت نیست. رقم و یک ممیز بنویسید، مانند {example}.",
        "ليس «{value}» سعرًا. اكتب أرقامًا وفاصلة عشرية واحدة مثل {example}.",
    ),
    "problem.price_decimals": Words(
        "“{value}” has more than {limit} digits after the decimal mark.",
        "«{value}» پس از ممیز بیش از {limit} رقم دارد.",
        "في «{value}» أكثر من {limit} رقم بعد الفاصلة.",
    ),
    "problem.price_negative": Words(
        "“{value}” is below zero.", "«{value}» کمتر از صفر است.", "«{value}» أقل من صفر."
    ),
    "problem.price_zero": Words(
        "The price is zero. Enter a price, or take the row out.",
        "قیمت صفر است. قیمت بنویسید یا سطر را بردارید.",
        "السعر صفر. أدخل سعرًا أو احذف الصف.",
    ),
    "problem.price_limit": Words(
        "“{value}” is above the highest price. Is this a barcode?",
        "«{value}» از بالاترین قیمت بیشتر است. شاید بارکد باشد؟",
        "«{value}» فوق أعلى سعر. أهو رمز شريطي؟",
    ),
    "problem.number_form": Words(
        "“{value}” is no whole number.", "«{value}» عدد صحیح نیست.", "ليس «{value}» عددًا صحيحًا."
    ),
    "problem.out_of_range": Words(
        "{value} is not between {low} and {high}.",
        "{value} میان {low} و {high} نیست.",
        "ليس {value} بين {low} و {high}.",
    ),
    "problem.not_one_of": Words(
        "“{value}” is not known here. Use one of: {allowed}.",
        "«{value}» شناخته نیست. یکی از این‌ها: {allowed}.",
        "«{value}» غير معروف. استعمل واحدًا من: {allowed}.",
    ),
    "problem.picture_unknown": Words(
        "There is no picture “{value}”. The inventory README lists them.",
        "تصویری به نام «{value}» نیست. فهرست در README بخش inventory است.",
        "لا صورة باسم «{value}». القائمة في README قسم inventory.",
    ),
    "problem.photo_unknown": Words(
        "“{value}” is no photo. Leave the cell as it was exported, or empty; photos are chosen at the desk.",
        "«{value}» عکس نیست. خانه را همان‌گونه که برون‌بری شده یا خالی بگذارید؛ عکس در میز کار انتخاب می‌شود.",
        "ليس «{value}» صورة. اترك الخلية كما صُدّرت أو فارغة؛ تُختار الصور في المكتب.",
    ),
    "problem.yes_or_no": Words(
        "“{value}” is neither “yes” nor “no”.",
        "«{value}» نه «yes» است و نه «no».",
        "ليس «{value}» نعم ولا لا.",
    ),
    "problem.slot_code": Words(
        "“{slot}” cannot be a slot. Write a letter and a number, such as A3 or S12.",
        "«{slot}» نمی‌تواند خانه باشد. یک حرف و یک عدد بنویسید، مانند A3 یا S12.",
        "لا يصلح «{slot}» خانة. اكتب حرفًا ورقمًا مثل A3 أو S12.",
    ),
    "problem.slot_twice": Words(
        "The slot {slot} already stands in this file. Every slot is planned once.",
        "خانهٔ {slot} در همین پرونده هست. هر خانه یک بار می‌آید.",
        "الخانة {slot} موجودة في هذا الملف. لكل خانة سطر واحد.",
    ),
    "problem.sku_unknown": Words(
        "No product has the SKU “{sku}”. Add it to the goods, or correct it.",
        "کالایی با کد «{sku}» نیست. به کالاها بیفزایید یا درست کنید.",
        "لا منتج رمزه «{sku}». أضفه إلى البضائع أو صحّحه.",
    ),
    "problem.loose_in_coil": Words(
        "“{sku}” is loose goods and cannot lie behind a coil. Plan a shelf place.",
        "«{sku}» فله است و پشت مارپیچ جا نمی‌گیرد. جایی در قفسه بدهید.",
        "«{sku}» سائب ولا يوضع خلف لولب. خطط له مكانًا على الرف.",
    ),
    "problem.par_above_capacity": Words(
        "Par {par} is not between 0 and the capacity of {capacity}.",
        "مقدار هدف {par} میان ۰ و ظرفیت {capacity} نیست.",
        "المستوى {par} ليس بين ٠ والسعة {capacity}.",
    ),
    "problem.coil_on_shelf": Words(
        "{slot} is a shelf place and has no coil. Empty the cell.",
        "{slot} جای قفسه است و مارپیچ ندارد. خانه را خالی کنید.",
        "{slot} مكان رف بلا لولب. أفرغ الخلية.",
    ),
    "problem.coil_twice": Words(
        "Coil {coil} already serves {slot}. Every coil serves one slot.",
        "مارپیچ {coil} برای {slot} است. هر مارپیچ یک خانه دارد.",
        "اللولب {coil} يخدم {slot}. لكل لولب خانة واحدة.",
    ),
    # the desk's own
    "problem.price_step": Words(
        "The price of “{sku}”, with its deposit, goes in steps of {step}, or change cannot be given.",
        "قیمت «{sku}» همراه سپردهٔ ظرف باید مضربی از {step} باشد، وگرنه پول خرد جور نمی‌شود.",
        "سعر «{sku}» مع رهن العبوة من مضاعفات {step}، وإلا تعذّر إرجاع الباقي.",
    ),
    "problem.price_most": Words(
        "The price of “{sku}”, with its deposit, is above {most}, the most the machine takes.",
        "قیمت «{sku}» همراه سپردهٔ ظرف از {most} بیشتر است؛ دستگاه بیش از این نمی‌گیرد.",
        "سعر «{sku}» مع رهن العبوة فوق {most}، وهو أكثر ما تقبله الآلة.",
    ),
    "problem.supplier_form": Words(
        "“{value}” is no supplier. Write its key and your order number there, such as metro:4711.",
        "«{value}» تأمین‌کننده نیست. کلید آن و شمارهٔ سفارش خود را بنویسید، مانند metro:4711.",
        "«{value}» ليس مورّدًا. اكتب مفتاحه ورقم طلبك عنده، مثل metro:4711.",
    ),
    "problem.supplier_twice": Words(
        "The supplier of “{value}” already stands in this cell. Name each once.",
        "تأمین‌کنندهٔ «{value}» همین‌جا نوشته شده است. هر کدام را یک بار بنویسید.",
        "مورّد «{value}» مكتوب في هذه الخلية. اذكر كل مورّد مرة واحدة.",
    ),
    "problem.suppliers_many": Words(
        "There are {count} suppliers in this cell; at most {limit} are kept.",
        "در این خانه {count} تأمین‌کننده است؛ دست بالا {limit} نگه داشته می‌شود.",
        "في هذه الخلية {count} مورّدين؛ يُحفظ {limit} على الأكثر.",
    ),
    "problem.sku_retired": Words(
        "“{sku}” is retired and is not sold any more. Plan another product, or bring it back.",
        "«{sku}» کنار گذاشته شده و دیگر فروخته نمی‌شود. کالای دیگری بگذارید یا آن را بازگردانید.",
        "«{sku}» مسحوب ولم يعد يُباع. خطّط لمنتج آخر أو أعده إلى البيع.",
    ),
    "problem.slot_needs": Words(
        "Slot {slot} holds “{sku}”, which is not in this file. Keep the row, or send a new plan with it.",
        "در خانهٔ {slot} کالای «{sku}» است که در این پرونده نیست. سطر را نگه دارید یا نقشهٔ تازه بفرستید.",
        "في الخانة {slot} المنتج «{sku}» وليس في هذا الملف. أبقِ الصف أو أرسل خطة جديدة معه.",
    ),
    "problem.file_needed": Words(
        "Please choose a goods file.", "لطفاً پروندهٔ کالا را برگزینید.", "اختر ملف البضائع من فضلك."
    ),
}
"""Keys are ``problem.`` and the inventory's own."""
