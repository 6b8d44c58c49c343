"""The page of labels with a price, weight or count inside, and what can be wrong with a row or a file of them."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

LABELS: Final[Table] = {
    "labels.title": Words("Price and weight labels", "برچسب‌های قیمت و وزن", "ملصقات السعر والوزن"),
    "labels.text": Words(
        "Scales and shops print barcodes of their own that begin with 02 or 20 to 29 and hold a price, a weight or a "
        "count. What the digits mean differs from shop to shop: this table says it for yours.",
        "ترازوها و فروشگاه‌ها بارکدهایی از خودشان چاپ می‌کنند که با ۰۲ یا ۲۰ تا ۲۹ آغاز می‌شود و قیمت، وزن یا تعداد در آن "
        "است. معنی رقم‌ها در هر فروشگاه فرق دارد: این جدول آن را برای شما می‌گوید.",
        "تطبع الموازين والمتاجر رموزًا خاصة بها تبدأ بـ ٠٢ أو من ٢٠ إلى ٢٩ وفيها سعر أو وزن أو عدد. ويختلف معنى "
        "الأرقام من متجر إلى آخر: هذا الجدول يبيّنه لمتجرك.",
    ),
    "labels.waiting": Words(
        "A shopper is at the machine. The table as it stands here is used as soon as they are done.",
        "مشتری پای دستگاه است. جدول این صفحه همین که کارش تمام شود به کار می‌رود.",
        "أمام الآلة زبون. يُعمل بالجدول كما هو هنا فور انتهائه.",
    ),
    "labels.try": Words("Try a code", "آزمودن یک کد", "جرّب رمزًا"),
    "labels.code": Words("Scan or type a code", "کدی را اسکن یا تایپ کنید", "امسح رمزًا أو اكتبه"),
    "labels.read": Words("Read", "بخوان", "اقرأ"),
    "labels.would": Words("The till would sell", "صندوق این را می‌فروشد", "تبيع الآلة"),
    "labels.would_not": Words("The till would refuse it", "صندوق آن را نمی‌پذیرد", "ترفضه الآلة"),
    "labels.goods": Words("Product", "کالا", "المنتج"),
    "labels.price": Words("Price", "قیمت", "السعر"),
    "labels.qty": Words("Pieces", "تعداد", "القطع"),
    "labels.in_code": Words("On the label", "روی برچسب", "على الملصقة"),
    "labels.weight": Words("Weight", "وزن", "الوزن"),
    "labels.worked_out": Words(
        "{weight} × {price} a kilogram", "{weight} × کیلویی {price}", "{weight} × {price} للكيلوغرام"
    ),
    "labels.lot": Words("Lot", "سری ساخت", "التشغيلة"),
    "labels.expires": Words("Use by", "تاریخ انقضا", "تاريخ الانتهاء"),
    "labels.best_before": Words("Best before", "بهتر است تا", "يفضل قبل"),
    "labels.rows": Words("The table", "جدول", "الجدول"),
    "labels.none": Words(
        "The table is empty: every barcode is looked up as it is.",
        "جدول خالی است: هر بارکد همان‌گونه که هست جستجو می‌شود.",
        "الجدول فارغ: يُبحث عن كل رمز كما هو.",
    ),
    "labels.prefix": Words("Begins with", "آغاز با", "يبدأ بـ"),
    "labels.prefix_help": Words(
        "02 or 20 to 29; with more digits, up to 7, for one product. 01 for GS1 codes of one product.",
        "۰۲ یا ۲۰ تا ۲۹؛ برای یک کالا رقم‌های بیشتر، تا ۷ رقم. ۰۱ برای کدهای GS1 یک کالا.",
        "٠٢ أو من ٢٠ إلى ٢٩؛ ولمنتج واحد أرقام أكثر، حتى ٧. و٠١ لرموز GS1 الخاصة بمنتج.",
    ),
    "labels.layout": Words("Digits", "رقم‌ها", "الأرقام"),
    "labels.layout_gs1": Words("GS1 code", "کد GS1", "رمز GS1"),
    "labels.measure": Words("The value is", "مقدار چیست", "القيمة هي"),
    "measure.price": Words("a price", "قیمت", "سعر"),
    "measure.weight": Words("a weight", "وزن", "وزن"),
    "measure.count": Words("a count", "تعداد", "عدد"),
    "labels.decimals": Words("Decimals of the value", "رقم‌های اعشار مقدار", "المنازل العشرية للقيمة"),
    "labels.decimals_help": Words(
        "Of the currency or of a kilogram: 00785 with 3 decimals is 0.785 kg.",
        "از واحد پول یا از کیلوگرم: ۰۰۷۸۵ با ۳ رقم اعشار یعنی ۰٫۷۸۵ کیلوگرم.",
        "من العملة أو من الكيلوغرام: ٠٠٧٨٥ بثلاث منازل تعني ٠٫٧٨٥ كغم.",
    ),
    "labels.digits": Words("Digits of the value", "شمار رقم‌های مقدار", "عدد أرقام القيمة"),
    "labels.check": Words(
        "A check digit of its own before the value",
        "رقم کنترل جداگانه پیش از مقدار",
        "رقم تحقق خاص قبل القيمة",
    ),
    "labels.product": Words("Product (its code)", "کالا (کد آن)", "المنتج (رمزه)"),
    "labels.product_help": Words(
        "Empty: the goods file holds each item with zeros in place of the value.",
        "خالی: پروندهٔ کالا هر قلم را با صفر به جای مقدار دارد.",
        "فارغ: ملف البضائع فيه كل صنف بأصفار مكان القيمة.",
    ),
    "labels.any": Words("by the goods file", "از روی پروندهٔ کالا", "حسب ملف البضائع"),
    "labels.unit_price": Words("Price of a kilogram", "قیمت هر کیلو", "سعر الكيلوغرام"),
    "labels.unit_price_help": Words(
        "For weights. Empty: the price of the product.",
        "برای وزن. خالی: قیمت خود کالا.",
        "للأوزان. فارغ: سعر المنتج نفسه.",
    ),
    "labels.unit_of_product": Words("the product's price", "قیمت خود کالا", "سعر المنتج"),
    "labels.least": Words("Not below", "نه کمتر از", "لا يقل عن"),
    "labels.most": Words("Not above", "نه بیشتر از", "لا يزيد على"),
    "labels.limits": Words("Limits", "حدها", "الحدود"),
    "labels.between": Words("{least} to {most}", "{least} تا {most}", "من {least} إلى {most}"),
    "labels.at_least": Words("from {least}", "از {least}", "من {least}"),
    "labels.at_most": Words("up to {most}", "تا {most}", "حتى {most}"),
    "labels.limits_help": Words(
        "A label outside of these is refused: anybody can print one.",
        "برچسبی بیرون از این حدها پذیرفته نمی‌شود: هر کسی می‌تواند برچسب چاپ کند.",
        "تُرفض الملصقة خارج هذه الحدود: أي أحد يستطيع طباعة ملصقة.",
    ),
    "labels.rounding": Words("Price times weight", "قیمت ضرب در وزن", "السعر في الوزن"),
    "labels.rounding_help": Words(
        "Prices go in steps of {step}. The price on a label is never raised.",
        "قیمت‌ها مضربی از {step} هستند. قیمت روی برچسب هرگز بالا برده نمی‌شود.",
        "الأسعار من مضاعفات {step}. ولا يُرفع السعر المطبوع على الملصقة أبدًا.",
    ),
    "rounding.nearest": Words("to the nearest coin", "به نزدیک‌ترین سکه", "إلى أقرب قطعة نقد"),
    "rounding.down": Words("down", "رو به پایین", "نزولًا"),
    "rounding.up": Words("up", "رو به بالا", "صعودًا"),
    "labels.add": Words("Add a row", "افزودن ردیف", "أضف صفًا"),
    "labels.change": Words("Change the row {prefix}", "تغییر ردیف {prefix}", "غيّر الصف {prefix}"),
    "labels.edit": Words("Change", "تغییر", "غيّر"),
    "labels.edit_label": Words("Change {prefix}", "تغییر {prefix}", "غيّر {prefix}"),
    "labels.remove": Words("Remove", "برداشتن", "احذف"),
    "labels.remove_label": Words("Remove {prefix}", "برداشتن {prefix}", "احذف {prefix}"),
    "labels.save": Words("Save the row", "ذخیرهٔ ردیف", "احفظ الصف"),
    "labels.new": Words("Add another row instead", "به جای آن ردیف تازه", "أضف صفًا جديدًا بدلًا من ذلك"),
    "labels.file": Words("The whole table", "همهٔ جدول", "الجدول كله"),
    "labels.file_text": Words(
        "As a file for a spreadsheet. A file replaces the whole table, or nothing of it.",
        "به صورت پرونده برای صفحه‌گسترده. پرونده همهٔ جدول را جایگزین می‌کند یا هیچ‌چیز آن را.",
        "ملف لبرنامج الجداول. يستبدل الملف الجدول كله، أو لا شيء منه.",
    ),
    "labels.export": Words("Save as a file", "ذخیره در پرونده", "احفظ في ملف"),
    "labels.table": Words("File (CSV)", "پرونده (CSV)", "ملف (CSV)"),
    "labels.take_over": Words("Replace the table", "جایگزینی جدول", "استبدل الجدول"),
    "labels.country": Words(
        "Begin with what a country agreed on", "آغاز با توافق یک کشور", "ابدأ بما اتُّفق عليه في بلد"
    ),
    "labels.begin": Words("Begin with this", "آغاز با این", "ابدأ بهذا"),
    "labels.saved": Words("The row {prefix} is saved.", "ردیف {prefix} ذخیره شد.", "حُفظ الصف {prefix}."),
    "labels.removed": Words(
        "The row {prefix} is removed.", "ردیف {prefix} برداشته شد.", "حُذف الصف {prefix}."
    ),
    "labels.imported": Words(
        "The table has {n} rows now.", "جدول اکنون {n} ردیف دارد.", "في الجدول الآن {n} صف."
    ),
    "labels.problems": Words(
        "Nothing was saved. Please mend this:",
        "چیزی ذخیره نشد. لطفاً این‌ها را درست کنید:",
        "لم يُحفظ شيء. أصلح هذا من فضلك:",
    ),
    "labels.known_prefix": Words(
        "There is a row {prefix} already. Change that one, or write another prefix.",
        "ردیف {prefix} هست. همان را تغییر دهید یا پیش‌شمارهٔ دیگری بنویسید.",
        "الصف {prefix} موجود. غيّره أو اكتب بادئة أخرى.",
    ),
    "labels.no_product": Words(
        "Row {prefix}: there is no product {sku}. Take one of the list, or add it to the goods first.",
        "ردیف {prefix}: کالایی به نام {sku} نیست. از فهرست بردارید یا نخست آن را به کالاها بیفزایید.",
        "الصف {prefix}: لا يوجد منتج {sku}. اختر من القائمة أو أضفه إلى البضائع أولًا.",
    ),
    "labels.limit_high": Words(
        "Row {prefix}: nobody can pay more than {most} here. Write a lower limit.",
        "ردیف {prefix}: اینجا کسی نمی‌تواند بیش از {most} بپردازد. حد کمتری بنویسید.",
        "الصف {prefix}: لا يستطيع أحد أن يدفع هنا أكثر من {most}. اكتب حدًا أقل.",
    ),
    "labels.too_many": Words(
        "A table has fewer than {rows} rows. Remove some first.",
        "جدول کمتر از {rows} ردیف دارد. نخست چند ردیف را بردارید.",
        "في الجدول أقل من {rows} صف. احذف بعضها أولًا.",
    ),
    "code.label_too_dear": Words(
        "The price on the label is above its limit.",
        "قیمت برچسب از حد آن بیشتر است.",
        "سعر الملصقة فوق حدّها.",
    ),
    "code.label_too_cheap": Words(
        "The price on the label is below its limit.",
        "قیمت برچسب از حد آن کمتر است.",
        "سعر الملصقة دون حدّها.",
    ),
    # what is wrong with a row or a file; keys of the inventory's table
    "labels.table.too_large": Words(
        "The file is larger than {limit_kb} kB or has more than {rows} rows. It is no table of labels.",
        "پرونده از {limit_kb} کیلوبایت بزرگ‌تر است یا بیش از {rows} سطر دارد. این جدول برچسب نیست.",
        "الملف أكبر من {limit_kb} كيلوبايت أو فيه أكثر من {rows} صف. ليس هذا جدول ملصقات.",
    ),
    "labels.table.not_utf8": Words(
        "The file is not UTF-8. In the spreadsheet, save as “CSV UTF-8”.",
        "پرونده UTF-8 نیست. در صفحه‌گسترده با «CSV UTF-8» ذخیره کنید.",
        "الملف ليس UTF-8. احفظ من الجدول بصيغة «CSV UTF-8».",
    ),
    "labels.table.bad_csv": Words(
        "The file is no table: a quotation mark is open, or a character has no place in a text.",
        "پرونده جدول نیست: یک گیومه باز مانده یا نویسه‌ای جای نادرست دارد.",
        "الملف ليس جدولًا: علامة اقتباس مفتوحة أو محرف في غير مكانه.",
    ),
    "labels.table.columns": Words(
        "The first line must name these columns, each once: {columns}. It may name as well: {more}.",
        "سطر نخست باید این ستون‌ها را هر کدام یک بار نام ببرد: {columns}. این‌ها هم می‌توانند باشند: {more}.",
        "يجب أن يسمّي السطر الأول هذه الأعمدة مرة واحدة لكل منها: {columns}. ويجوز أيضًا: {more}.",
    ),
    "labels.table.cells": Words(
        "The row has {count} cells, the first line {expected}.",
        "این سطر {count} خانه دارد و سطر نخست {expected}.",
        "في الصف {count} خلية وفي السطر الأول {expected}.",
    ),
    "labels.table.measure": Words(
        "“{value}” is not known here. Use one of: {allowed}.",
        "«{value}» اینجا شناخته نیست. یکی از این‌ها: {allowed}.",
        "«{value}» غير معروف هنا. استعمل واحدًا من: {allowed}.",
    ),
    "labels.table.rounding": Words(
        "“{value}” is no way to round. Use one of: {allowed}.",
        "«{value}» راه گرد کردن نیست. یکی از این‌ها: {allowed}.",
        "«{value}» ليست طريقة تقريب. استعمل واحدة من: {allowed}.",
    ),
    "labels.table.decimals": Words(
        "“{value}” is no number of decimals. Write 0 to 6.",
        "«{value}» شمار رقم اعشار نیست. ۰ تا ۶ بنویسید.",
        "«{value}» ليس عدد منازل عشرية. اكتب من ٠ إلى ٦.",
    ),
    "labels.table.decimals_most": Words(
        "So many decimals cannot be. Write 0 to {most}.",
        "این همه رقم اعشار نمی‌شود. ۰ تا {most} بنویسید.",
        "لا تصح منازل عشرية بهذا العدد. اكتب من ٠ إلى {most}.",
    ),
    "labels.table.price": Words(
        "“{value}” is no price. Write digits and one decimal mark, such as {example}.",
        "«{value}» قیمت نیست. رقم و یک ممیز بنویسید، مانند {example}.",
        "«{value}» ليس سعرًا. اكتب أرقامًا وفاصلة عشرية واحدة، مثل {example}.",
    ),
    "labels.table.prefix": Words(
        "“{value}” is no prefix of a label. Begin with 02 or 20 to 29, at most 7 digits; 01 for GS1 codes.",
        "«{value}» پیش‌شمارهٔ برچسب نیست. با ۰۲ یا ۲۰ تا ۲۹ آغاز کنید، حداکثر ۷ رقم؛ ۰۱ برای کدهای GS1.",
        "«{value}» ليست بادئة ملصقة. ابدأ بـ ٠٢ أو من ٢٠ إلى ٢٩، سبعة أرقام على الأكثر؛ و٠١ لرموز GS1.",
    ),
    "labels.table.letters": Words(
        "“{value}” is no layout. Write 12 letters: 4 to 9 times P, then at most one C, then 3 to 8 times V.",
        "«{value}» چیدمان نیست. ۱۲ حرف بنویسید: ۴ تا ۹ بار P، سپس حداکثر یک C، سپس ۳ تا ۸ بار V.",
        "«{value}» ليس تخطيطًا. اكتب ١٢ حرفًا: P من ٤ إلى ٩ مرات، ثم C مرة على الأكثر، ثم V من ٣ إلى ٨ مرات.",
    ),
    "labels.table.prefix_in_item": Words(
        "The prefix {value} is longer than the number of the item. Give the item more digits.",
        "پیش‌شمارهٔ {value} از شمارهٔ قلم بلندتر است. رقم‌های مقدار را کمتر کنید.",
        "البادئة {value} أطول من رقم الصنف. قلّل أرقام القيمة.",
    ),
    "labels.table.inner_check": Words(
        "A check digit over the value exists for values of 4 or 5 digits only.",
        "رقم کنترل مقدار تنها برای مقدار ۴ یا ۵ رقمی هست.",
        "رقم التحقق على القيمة موجود للقيم من ٤ أو ٥ أرقام فقط.",
    ),
    "labels.table.gs1_layout": Words(
        "GS1 codes say themselves how they are built. Leave the layout empty and choose price or weight.",
        "کدهای GS1 خودشان می‌گویند چگونه ساخته شده‌اند. چیدمان را خالی بگذارید و قیمت یا وزن را برگزینید.",
        "رموز GS1 تبيّن بنفسها كيف بُنيت. اترك التخطيط فارغًا واختر السعر أو الوزن.",
    ),
    "labels.table.gs1_product": Words(
        "For GS1 codes, name the product that they belong to.",
        "برای کدهای GS1 کالای آن‌ها را بنویسید.",
        "لرموز GS1 اكتب المنتج الذي تخصه.",
    ),
    "labels.table.unit_price": Words(
        "A price per kilogram belongs to weights only. Leave it empty.",
        "قیمت هر کیلو تنها برای وزن است. آن را خالی بگذارید.",
        "سعر الكيلوغرام للأوزان فقط. اتركه فارغًا.",
    ),
    "labels.table.limits": Words(
        "The lowest price is above the highest. Change one of them.",
        "کمترین قیمت از بیشترین بالاتر است. یکی را تغییر دهید.",
        "أدنى سعر أعلى من أقصاه. غيّر أحدهما.",
    ),
    "labels.table.prefix_twice": Words(
        "The prefix {value} already stands in line {line}.",
        "پیش‌شمارهٔ {value} در سطر {line} هم هست.",
        "البادئة {value} مذكورة في السطر {line} أيضًا.",
    ),
}
"""Keys are ``labels.``, ``measure.``, ``rounding.`` and ``code.``."""
