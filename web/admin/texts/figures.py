"""Sales over time, and month end."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

FIGURES: Final[Table] = {
    "nav.sales": Words("Sales", "فروش", "المبيعات"),
    "nav.month": Words("Month end", "پایان ماه", "نهاية الشهر"),
    "sales.from": Words("From", "از", "من"),
    "sales.to": Words("To", "تا", "إلى"),
    "sales.all_goods": Words("All goods", "همهٔ کالاها", "كل السلع"),
    "sales.show": Words("Show", "نمایش", "عرض"),
    "sales.nothing": Words(
        "Nothing was sold in these days", "در این روزها فروشی نبوده است", "لم يُبع شيء في هذه الأيام"
    ),
    "sales.nothing_how": Words(
        "Choose a longer span, or other goods.",
        "بازهٔ بلندتر یا کالای دیگری برگزینید.",
        "اختر مدة أطول أو سلعًا أخرى.",
    ),
    "sales.amount": Words("Sold", "مبلغ فروش", "مبلغ المبيعات"),
    "sales.pieces": Words("Pieces", "تعداد", "القطع"),
    "sales.cost": Words("Cost of the goods", "بهای تمام‌شدهٔ کالا", "تكلفة السلع"),
    "sales.best": Words("Most money", "پرفروش‌ترین", "الأكثر مبيعًا"),
    "sales.by_day": Words("By day", "روز به روز", "حسب اليوم"),
    "sales.plot": Words(
        "Bars of what was sold each day; the table beside it has the same figures.",
        "ستون‌های فروش هر روز؛ جدول کنار آن همین ارقام را دارد.",
        "أعمدة مبيعات كل يوم؛ والجدول بجانبها يحوي الأرقام نفسها.",
    ),
    "sales.day": Words("Day", "روز", "اليوم"),
    "sales.month": Words("Month", "ماه", "الشهر"),
    "sales.by_month": Words("By month", "ماه به ماه", "حسب الشهر"),
    "sales.tab_days": Words("30 days", "۳۰ روز", "٣٠ يومًا"),
    "sales.tab_year": Words("12 months", "۱۲ ماه", "١٢ شهرًا"),
    "sales.earlier": Words("Earlier", "پیش‌تر", "أقدم"),
    "sales.later": Words("Later", "پس‌تر", "أحدث"),
    "sales.by_hour": Words("By weekday and hour", "به تفکیک روز هفته و ساعت", "حسب يوم الأسبوع والساعة"),
    "sales.heat_how": Words(
        "What was sold in each hour, over all days of the span, rounded to whole {currency}; the darker, the more.",
        "فروش هر ساعت در همهٔ روزهای این بازه، گردشده به {currency} کامل؛ هرچه تیره‌تر، بیشتر.",
        "ما بيع في كل ساعة خلال كل أيام المدة، مقرّبًا إلى {currency} كاملة؛ وكلما زاد اللون زاد البيع.",
    ),
    "sales.weekday": Words("Weekday", "روز هفته", "يوم الأسبوع"),
    "sales.weekday.0": Words("Monday", "دوشنبه", "الاثنين"),
    "sales.weekday.1": Words("Tuesday", "سه‌شنبه", "الثلاثاء"),
    "sales.weekday.2": Words("Wednesday", "چهارشنبه", "الأربعاء"),
    "sales.weekday.3": Words("Thursday", "پنجشنبه", "الخميس"),
    "sales.weekday.4": Words("Friday", "جمعه", "الجمعة"),
    "sales.weekday.5": Words("Saturday", "شنبه", "السبت"),
    "sales.weekday.6": Words("Sunday", "یکشنبه", "الأحد"),
    "sales.by_product": Words("By product", "به تفکیک کالا", "حسب السلعة"),
    "sales.rest": Words("{n} more products", "{n} کالای دیگر", "{n} منتجات أخرى"),
    "sales.by_kiosk": Words("By kiosk", "به تفکیک کیوسک", "حسب الكشك"),
    "sales.wrong_day": Words(
        "That is no day. These are the last days instead.",
        "این تاریخ درست نیست. به جای آن روزهای اخیر را می‌بینید.",
        "هذا ليس تاريخًا صحيحًا. تُعرض الأيام الأخيرة بدلًا منه.",
    ),
    "sales.wrong_order": Words(
        "The first day is after the last. These are the last days instead.",
        "روز نخست پس از روز پایانی است. به جای آن روزهای اخیر را می‌بینید.",
        "اليوم الأول بعد الأخير. تُعرض الأيام الأخيرة بدلًا من ذلك.",
    ),
    "sales.too_long": Words(
        "At most {n} days are shown at once: the last ones of those.",
        "حداکثر {n} روز یکجا نشان داده می‌شود: واپسین روزهای آن.",
        "يُعرض {n} يومًا على الأكثر دفعة واحدة: آخر تلك الأيام.",
    ),
    "month.which": Words("Month", "ماه", "الشهر"),
    "month.each": Words("Each kiosk", "هر کیوسک", "كل كشك"),
    "month.show": Words("Show", "نمایش", "عرض"),
    "month.running": Words(
        "This month is not over: the figures still grow.",
        "این ماه تمام نشده است: ارقام هنوز تغییر می‌کند.",
        "لم ينته هذا الشهر: الأرقام ما زالت تتغير.",
    ),
    "month.part": Words("Part", "بخش", "القسم"),
    "month.figure": Words("Figure", "رقم", "البند"),
    "month.sales": Words("Sales and tax", "فروش و مالیات", "المبيعات والضريبة"),
    "month.profit_title": Words("Profit per machine", "سود هر دستگاه", "ربح كل جهاز"),
    "month.money": Words("Where the money is at the end", "پول در پایان کجاست", "أين المال في النهاية"),
    "month.flow": Words(
        "Cash, from the beginning to the end", "پول نقد، از آغاز تا پایان", "النقد من البداية إلى النهاية"
    ),
    "month.before": Words(
        "In the machines and on its way, at the beginning",
        "در دستگاه‌ها و در راه، در آغاز",
        "في الأجهزة وفي الطريق، في البداية",
    ),
    "month.from_shoppers": Words(
        "From shoppers, less change and payouts",
        "از خریداران، منهای باقی پول و پرداخت‌ها",
        "من المتسوقين بعد طرح الباقي والمدفوعات",
    ),
    "month.put_in": Words(
        "Put in by you: change, payments by hand",
        "گذاشتهٔ شما: پول خرد و پرداخت‌های دستی",
        "ما وضعتموه: الفكة والمدفوعات يدويًا",
    ),
    "month.banked": Words(
        "Paid in at the bank, less transfers",
        "واریز به بانک، منهای حواله‌ها",
        "المودع في البنك بعد طرح الحوالات",
    ),
    "month.held": Words(
        "In the machines and on its way, at the end",
        "در دستگاه‌ها و در راه، در پایان",
        "في الأجهزة وفي الطريق، في النهاية",
    ),
    "month.days": Words("for {n} of {of} days", "برای {n} روز از {of} روز", "عن {n} من {of} يومًا"),
    "month.receipts": Words("Sales", "شمار فروش‌ها", "عدد المبيعات"),
    "month.pieces": Words("Pieces", "تعداد", "القطع"),
    "month.gross": Words("Sold, with tax", "فروش با مالیات", "المبيعات مع الضريبة"),
    "month.deposits": Words("Deposits in it", "گرویی در آن", "العربون ضمنها"),
    "month.tax": Words("Tax {name} {rate}", "مالیات {name} {rate}", "ضريبة {name} {rate}"),
    "tax_class.standard": Words("standard", "عادی", "الأساسية"),
    "tax_class.reduced": Words("reduced", "کاهش‌یافته", "المخفضة"),
    "tax_class.zero": Words("exempt", "معاف", "معفاة"),
    "month.net": Words("Sold, without tax", "فروش بدون مالیات", "المبيعات دون الضريبة"),
    "month.goods": Words("Cost of the goods sold", "بهای کالای فروخته‌شده", "تكلفة السلع المبيعة"),
    "month.uncosted": Words(
        "without {n} pieces whose cost was not yet noted",
        "بدون {n} عدد که بهایشان هنوز ثبت نمی‌شد",
        "دون {n} قطعة لم تكن تكلفتها مسجلة بعد",
    ),
    "month.waste": Words("Thrown away", "دور ریخته", "التالف"),
    "month.n_pieces": Words("pieces: {n}", "تعداد: {n}", "القطع: {n}"),
    "month.missing": Words("Missing goods", "کالای کم‌آمده", "السلع الناقصة"),
    "month.missing_rate": Words(
        "pieces: {n}; of all pieces that left, between {low} and {high} went unpaid",
        "تعداد: {n}؛ از همهٔ کالایی که رفت، میان {low} و {high} بی‌پرداخت رفت",
        "القطع: {n}؛ من كل ما خرج، خرج بين {low} و{high} دون دفع",
    ),
    "month.over_short": Words("Cash counts that differed", "کسری و اضافهٔ پول نقد", "فروق عدّ النقد"),
    "month.goodwill": Words("Goodwill and discounts", "دلجویی و تخفیف", "التعويضات والخصومات"),
    "month.fees": Words("Fees", "هزینه‌های ثابت", "الرسوم"),
    "month.depreciation": Words("Depreciation", "استهلاک", "الإهلاك"),
    "month.profit": Words("Profit", "سود", "الربح"),
    "month.cash": Words("Cash in the machines", "پول نقد در دستگاه‌ها", "النقد في الأجهزة"),
    "month.transit": Words("Collected, on its way", "جمع‌شده و در راه", "محصّل وفي الطريق"),
    "month.card": Words(
        "Card settlement still to come", "تسویهٔ کارت که باید برسد", "تسوية البطاقات المنتظرة"
    ),
    "month.owed": Words("Owed to shoppers", "بدهی به خریداران", "مستحق للمتسوقين"),
    "month.suspense": Words("Unexplained", "بی‌توضیح", "غير مفسَّر"),
    "month.stock": Words("Stock now, at cost", "موجودی اکنون، به بهای خرید", "المخزون الآن بسعر التكلفة"),
    "month.stock_then": Words(
        "Stock at the end, at cost", "موجودی در پایان، به بهای خرید", "المخزون في النهاية بسعر التكلفة"
    ),
    "month.stock_part": Words("{name}: {n}, {amount}", "{name}: {n}، {amount}", "{name}: {n}، {amount}"),
    "month.stock_at": Words(
        "as signed on {when}, the last signed totals of the month",
        "چنان‌که در {when} امضا شد، آخرین جمع امضا شدهٔ ماه",
        "كما وُقّع في {when}، آخر مجاميع موقّعة في الشهر",
    ),
    "month.formula": Words(
        "{whole} a month × {n} of {of} days = {part}",
        "{whole} در ماه × {n} از {of} روز = {part}",
        "{whole} في الشهر × {n} من {of} يومًا = {part}",
    ),
    "month.setting": Words("Setting: {name}", "تنظیم: {name}", "الإعداد: {name}"),
    "month.astray": Words("Lost between kiosks", "گم‌شده میان دستگاه‌ها", "مفقود بين الأجهزة"),
    "month.recosted": Words(
        "{n} pieces stand at today's cost, because nobody noted what they had cost",
        "{n} عدد به بهای امروز آمده، چون بهای آن‌ها ثبت نشده بود",
        "{n} قطعة بتكلفة اليوم، لأن تكلفتها لم تُسجَّل",
    ),
    "month.how": Words(
        "Goods sold and lost stand at what they had cost on that day; the stock at what it had cost when it came, "
        "first in, first out. A cost that changes today changes no month that is over.",
        "کالای فروخته‌شده و ازدست‌رفته به بهای همان روز آمده است؛ موجودی به بهای هنگام رسیدن، به ترتیب ورود. "
        "تغییر بها در امروز هیچ ماه گذشته‌ای را تغییر نمی‌دهد.",
        "السلع المبيعة والمفقودة بتكلفتها في ذلك اليوم؛ والمخزون بتكلفته وقت وصوله، الوارد أولًا يخرج أولًا. "
        "تغيّر التكلفة اليوم لا يغيّر شهرًا انتهى.",
    ),
    "month.no_costs": Words(
        "Fees and depreciation are typed into the configuration:",
        "هزینه‌های ثابت و استهلاک در پیکربندی نوشته می‌شود:",
        "تُكتب الرسوم والإهلاك في الإعدادات:",
    ),
}
"""What the pages of figures say."""
