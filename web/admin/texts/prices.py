"""Prices of many goods: the choice, the preview, and what is planned."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PRICES: Final[Table] = {
    "nav.prices": Words("Change prices", "تغییر قیمت‌ها", "تغيير الأسعار"),
    "prices.text": Words(
        "Choose the goods and the change. You see every old and new price before anything holds.",
        "کالاها و تغییر را برگزینید. پیش از آنکه چیزی عوض شود، همهٔ قیمت‌های کهنه و نو را می‌بینید.",
        "اختر المنتجات والتغيير. ترى كل سعر قديم وجديد قبل أن يسري شيء.",
    ),
    "prices.site": Words(
        "These are the prices at {site}. Those of another site are changed on its own kiosk's desk.",
        "این‌ها قیمت‌های {site} است. قیمت‌های محل دیگر در میز کار همان کیوسک عوض می‌شود.",
        "هذه أسعار {site}. تُغيَّر أسعار موقع آخر من مكتب كشكه.",
    ),
    "prices.no_site": Words(
        "These are the prices of this kiosk. Those of another one are changed on its own desk.",
        "این‌ها قیمت‌های همین کیوسک است. قیمت‌های کیوسک دیگر در میز کار خودش عوض می‌شود.",
        "هذه أسعار هذا الكشك. تُغيَّر أسعار كشك آخر من مكتبه.",
    ),
    "prices.which": Words("Which goods, and how", "کدام کالاها و چگونه", "أي المنتجات وكيف"),
    "prices.all": Words("all", "همه", "الكل"),
    "prices.supplier": Words("Supplier", "تأمین‌کننده", "المورّد"),
    "prices.words": Words("Words of the name", "بخشی از نام", "كلمات من الاسم"),
    "prices.change": Words("Change", "تغییر", "التغيير"),
    "prices.change.percent": Words("by percent", "به درصد", "بنسبة مئوية"),
    "prices.change.add": Words("by an amount", "به اندازهٔ یک مبلغ", "بمبلغ"),
    "prices.change.set": Words("to one price", "به یک قیمت", "إلى سعر واحد"),
    "prices.value": Words(
        "How much (with a minus to lower)", "چقدر (برای کاهش با منها)", "كم (بعلامة ناقص للخفض)"
    ),
    "prices.to": Words("Brought to", "گرد شود به", "يُقرَّب إلى"),
    "prices.to_step": Words("steps of {step}", "مضرب‌های {step}", "مضاعفات {step}"),
    "prices.to_end": Words("ending in {end}", "با پایان {end}", "ينتهي بـ {end}"),
    "prices.preview": Words("Show the new prices", "نشان دادن قیمت‌های نو", "أظهر الأسعار الجديدة"),
    "prices.preview_title": Words("{n} prices change", "{n} قیمت عوض می‌شود", "تتغير {n} أسعار"),
    "prices.shown": Words(
        "The first {shown} are shown; all of them change.",
        "{shown} ردیف نخست نشان داده شده؛ همه عوض می‌شوند.",
        "تظهر أول {shown}؛ وتتغير كلها.",
    ),
    "prices.too_many": Words(
        "At most {most} prices change in one go. Choose a category or a supplier.",
        "دست بالا {most} قیمت یک‌جا عوض می‌شود. دسته یا تأمین‌کننده‌ای برگزینید.",
        "يتغير {most} سعر على الأكثر دفعة واحدة. اختر فئة أو مورّدًا.",
    ),
    "prices.day": Words("They hold from", "برقرار از", "تسري من"),
    "prices.day_wrong": Words(
        "Choose a day from today on, at most a year ahead.",
        "روزی از امروز به بعد برگزینید، دست بالا تا یک سال.",
        "اختر يومًا من اليوم فصاعدًا، خلال سنة على الأكثر.",
    ),
    "prices.go": Words("Change {n} prices", "تغییر {n} قیمت", "غيّر {n} أسعار"),
    "prices.old": Words("Old", "کهنه", "القديم"),
    "prices.new": Words("New", "نو", "الجديد"),
    "prices.margin": Words("Margin", "حاشیهٔ سود", "هامش الربح"),
    "prices.nothing": Words(
        "No price changes by this. Choose other goods, or a larger change.",
        "با این، هیچ قیمتی عوض نمی‌شود. کالاهای دیگر یا تغییر بزرگ‌تری برگزینید.",
        "لا يتغير أي سعر بهذا. اختر منتجات أخرى أو تغييرًا أكبر.",
    ),
    "prices.changed": Words(
        "The goods have changed since this preview. Here it is anew; please look once more.",
        "کالاها پس از این پیش‌نمایش عوض شده‌اند. پیش‌نمایش تازه را ببینید.",
        "تغيرت المنتجات منذ هذه المعاينة. ها هي من جديد؛ انظر مرة أخرى من فضلك.",
    ),
    "prices.percent_range": Words(
        "Type a percentage above -100 and up to 10,000, such as 5 or -3.5.",
        "درصدی بالای ۱۰۰- و تا ۱۰٬۰۰۰ بنویسید، مانند ۵ یا ۳٫۵-.",
        "اكتب نسبة فوق ‎-١٠٠ وحتى ١٠٬٠٠٠، مثل ٥ أو ‎-٣٫٥.",
    ),
    "prices.set_range": Words(
        "Type a price above zero that the machine can take.",
        "قیمتی بالای صفر بنویسید که دستگاه بپذیرد.",
        "اكتب سعرًا فوق الصفر تقبله الآلة.",
    ),
    "prices.now": Words(
        "{n} prices hold as soon as nobody is shopping.",
        "{n} قیمت همین که کسی در حال خرید نباشد برقرار می‌شود.",
        "تسري {n} أسعار حالما لا يكون أحد يتسوق.",
    ),
    "prices.planned": Words(
        "{n} prices are planned from {day}.", "{n} قیمت از {day} برنامه‌ریزی شد.", "خُطّط {n} أسعار من {day}."
    ),
    "prices.plans": Words("Planned and done", "برنامه‌ریزی‌شده و انجام‌شده", "المخطط والمنفّذ"),
    "prices.no_plans": Words(
        "Nothing is planned. A change with a later day waits here until that day begins.",
        "چیزی برنامه‌ریزی نشده. تغییری با روز دیرتر تا آغاز آن روز اینجا می‌ماند.",
        "لا شيء مخطط. ينتظر هنا التغيير ذو اليوم اللاحق حتى يبدأ يومه.",
    ),
    "prices.from": Words("From", "از", "من"),
    "prices.qty": Words("Prices", "قیمت‌ها", "الأسعار"),
    "prices.by": Words("By", "به دست", "بواسطة"),
    "prices.state": Words("State", "وضعیت", "الحالة"),
    "prices.state.open": Words("waits", "در انتظار", "بالانتظار"),
    "prices.state.taken": Words("{n} changed", "{n} عوض شد", "تغيّر {n}"),
    "prices.state.dropped": Words("dropped", "لغو شد", "أُلغي"),
    "prices.drop": Words("Drop", "لغو", "إلغاء"),
    "prices.drop_label": Words(
        "Drop the {n} prices planned from {day}",
        "لغو {n} قیمتِ برنامه‌ریزی‌شده از {day}",
        "إلغاء {n} أسعار مخططة من {day}",
    ),
    "prices.dropped": Words("The plan is dropped.", "برنامه لغو شد.", "أُلغيت الخطة."),
    "fact.ProductSaved": Words(
        "{by} saved the product {name}.", "{by} کالای {name} را ذخیره کرد.", "حفظ {by} المنتج {name}."
    ),
    "fact.ProductRetired": Words(
        "{by} retired {name}: it is not sold any more.",
        "{by} کالای {name} را کنار گذاشت: دیگر فروخته نمی‌شود.",
        "سحب {by} المنتج {name}: لم يعد يُباع.",
    ),
    "fact.PricesPlanned": Words(
        "{by} planned new prices from {from_day}: {count}.",
        "{by} قیمت‌های نو را از {from_day} برنامه‌ریزی کرد: {count}.",
        "خطّط {by} أسعارًا جديدة من {from_day}: {count}.",
    ),
    "fact.PricesTaken": Words(
        "Planned prices hold now: {changed} changed, {passed_over} no longer fitted.",
        "قیمت‌های برنامه‌ریزی‌شده برقرار شد: {changed} عوض شد، {passed_over} دیگر جور نبود.",
        "سرت الأسعار المخططة: تغيّر {changed}، ولم يعد {passed_over} مناسبًا.",
    ),
    "fact.PlanDropped": Words("{by} dropped a plan.", "{by} برنامه‌ای را لغو کرد.", "ألغى {by} خطة."),
    "fact.PriceSet.planned": Words(
        "The price of {name} went from {was} to {price}, as {by} had planned.",
        "قیمت {name} از {was} به {price} رفت، چنان که {by} برنامه‌ریزی کرده بود.",
        "انتقل سعر {name} من {was} إلى {price} كما خطّط {by}.",
    ),
}
