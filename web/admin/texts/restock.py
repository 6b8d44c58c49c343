"""What to bring, in which order, how good the forecast is, and what to buy."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

RESTOCK: Final[Table] = {
    "nav.restock": Words("Restock", "تأمین کالا", "إعادة التزويد"),
    "restock.pieces": Words("Pieces to bring", "عدد برای آوردن", "قطع للإحضار"),
    "restock.products": Words("Products", "کالا", "أصناف"),
    "restock.lead": Words(
        "This earns the most until the next visit, with what would spoil counted in.",
        "با حساب آنچه فاسد می‌شود، تا سرکشی بعدی بیشترین سود را دارد.",
        "هذا هو الأربح حتى الزيارة القادمة مع حساب ما قد يتلف.",
    ),
    "restock.nothing": Words(
        "Nothing needs to be brought: what lies there lasts until the next visit.",
        "لازم نیست چیزی بیاورید: آنچه هست تا سرکشی بعدی بس است.",
        "لا حاجة إلى إحضار شيء: الموجود يكفي حتى الزيارة القادمة.",
    ),
    "restock.no_places": Words(
        "No product has a place yet. Import a plan of places under “Goods and prices”; then this page says what to bring.",
        "هنوز هیچ کالایی جا ندارد. از «کالا و قیمت» نقشهٔ جاها را وارد کنید؛ آن‌گاه این صفحه می‌گوید چه بیاورید.",
        "لا مكان لأي صنف بعد. استورد خطة الأماكن من «البضائع والأسعار»، وعندها تقول هذه الصفحة ماذا تُحضر.",
    ),
    "restock.days": Words("Days until the next visit", "چند روز تا سرکشی بعدی", "الأيام حتى الزيارة القادمة"),
    "restock.days_help": Words(
        "1 to 28. So far somebody came about every {n} days.",
        "۱ تا ۲۸. تاکنون هر {n} روز یک بار کسی آمده است.",
        "من ١ إلى ٢٨. حتى الآن كان أحدهم يأتي كل {n} أيام تقريبًا.",
    ),
    "restock.days_wrong": Words(
        "Write a whole number of days from 1 to 28.",
        "تعداد روز را از ۱ تا ۲۸ بنویسید.",
        "اكتب عددًا صحيحًا من الأيام من ١ إلى ٢٨.",
    ),
    "restock.show": Words("Work out", "حساب کن", "احسب"),
    "restock.to_pick": Words("Pick list for the van", "فهرست بارگیری خودرو", "قائمة التحميل للسيارة"),
    "restock.to_buy": Words("What to buy", "چه بخریم", "ماذا نشتري"),
    "restock.todo": Words("To bring", "آوردنی‌ها", "للإحضار"),
    "restock.all": Words("All products", "همهٔ کالاها", "كل الأصناف"),
    "restock.product": Words("Product", "کالا", "الصنف"),
    "restock.held": Words("There", "آنجا", "هناك"),
    "restock.bring": Words("Bring", "بیاورید", "أحضر"),
    "restock.why": Words("Why", "چرا", "لماذا"),
    # --- the one line
    "restock.pace.day": Words("Sells {pace} a day", "روزی {pace} فروش", "يُباع {pace} في اليوم"),
    "restock.pace.week": Words("Sells {pace} a week", "هفته‌ای {pace} فروش", "يُباع {pace} في الأسبوع"),
    "restock.pace.month": Words("Sells {pace} a month", "ماهی {pace} فروش", "يُباع {pace} في الشهر"),
    "restock.pace.none": Words("Hardly sells at all", "تقریباً فروش ندارد", "يكاد لا يُباع"),
    "restock.next": Counted(
        en={"one": "next visit in {n} day", "other": "next visit in {n} days"},
        fa={"one": "سرکشی بعدی {n} روز دیگر", "other": "سرکشی بعدی {n} روز دیگر"},
        ar={
            "zero": "الزيارة القادمة اليوم",
            "one": "الزيارة القادمة بعد يوم",
            "two": "الزيارة القادمة بعد يومين",
            "few": "الزيارة القادمة بعد {n} أيام",
            "many": "الزيارة القادمة بعد {n} يومًا",
            "other": "الزيارة القادمة بعد {n} يوم",
        },
    ),
    "restock.sure": Words(
        "{sure} sure not to run out", "{sure} اطمینان که کم نیاید", "الثقة {sure} بأنه لن ينفد"
    ),
    "restock.line": Words("{pace}, {next}, {sure}.", "{pace}، {next}، {sure}.", "{pace}، {next}، {sure}."),
    "restock.end.full": Words("No more fits.", "بیشتر جا نمی‌شود.", "لا يتسع لأكثر."),
    "restock.end.spoil": Words(
        "One more would rather spoil than sell.",
        "یکی بیشتر به احتمال زیاد پیش از فروش فاسد می‌شود.",
        "قطعة إضافية ستتلف على الأرجح قبل أن تُباع.",
    ),
    "restock.end.enough": Words(
        "One more would most likely only lie there.",
        "یکی بیشتر به احتمال زیاد فقط آنجا می‌ماند.",
        "قطعة إضافية ستبقى هناك على الأرجح.",
    ),
    "restock.end.loss": Words(
        "It sells below its cost: bring none, or raise the price.",
        "زیر قیمت خرید فروخته می‌شود: نیاورید، یا قیمت را بالا ببرید.",
        "يُباع بأقل من كلفته: لا تُحضر منه، أو ارفع السعر.",
    ),
    "restock.end.par": Words(
        "No history yet: filled to the plan's stock.",
        "هنوز سابقه‌ای نیست: تا موجودی نقشه پر می‌شود.",
        "لا سجل بعد: يُملأ حتى مخزون الخطة.",
    ),
    "restock.end.trial": Words(
        "No history yet, and it spoils soon: a few to try.",
        "هنوز سابقه‌ای نیست و زود خراب می‌شود: چند تا برای امتحان.",
        "لا سجل بعد ويفسد سريعًا: بضع قطع للتجربة.",
    ),
    # --- the pick list
    "pick.title": Words("Pick list", "فهرست بارگیری", "قائمة التحميل"),
    "pick.text": Words(
        "Along the places, in the order in which you meet them. A tick stays when the page is loaded again.",
        "به ترتیب جاهایی که به آنها می‌رسید. تیک‌ها با بارگذاری دوبارهٔ صفحه می‌مانند.",
        "على ترتيب الأماكن كما تمر بها. تبقى العلامات عند إعادة تحميل الصفحة.",
    ),
    "pick.done": Words("{done} of {all} packed", "{done} از {all} برداشته شد", "حُمّل {done} من {all}"),
    "pick.print": Words("Print", "چاپ", "طباعة"),
    "pick.empty": Words(
        "Nothing to pack for this visit.",
        "برای این سرکشی چیزی برداشتنی نیست.",
        "لا شيء للتحميل لهذه الزيارة.",
    ),
    "pick.others": Words("First take these out", "نخست این‌ها را بیرون بیاورید", "أخرج هذه أولًا"),
    "pick.others_text": Words(
        "Their places are planned for something else now. A coil sells nothing until they are out.",
        "جای آن‌ها اکنون برای کالای دیگری است. مارپیچ تا بیرون آوردنشان چیزی نمی‌فروشد.",
        "أماكنها مخططة الآن لغيرها. لا يبيع اللولب شيئًا حتى تُخرج.",
    ),
    "pick.count": Words("Count these too", "این‌ها را هم بشمارید", "عُدّ هذه أيضًا"),
    # --- one product's forecast
    "forecast.title": Words("Forecast: {name}", "پیش‌بینی: {name}", "التوقع: {name}"),
    "forecast.none": Words(
        "No history yet. Two weeks of days on which it could be bought are needed; until then it is filled to the plan's stock.",
        "هنوز سابقه‌ای نیست. دو هفته روزهایی لازم است که بشود آن را خرید؛ تا آن وقت تا موجودی نقشه پر می‌شود.",
        "لا سجل بعد. يلزم أسبوعان من أيام كان شراؤه فيها ممكنًا؛ وحتى ذلك الحين يُملأ حتى مخزون الخطة.",
    ),
    "forecast.days": Words("Days sold and expected", "روزهای فروش و انتظار", "أيام البيع والمتوقع"),
    "forecast.plot": Words(
        "Bars: pieces sold on the last {n} days and expected on the next; the table holds the same figures.",
        "ستون‌ها: فروش {n} روز گذشته و انتظار روزهای بعد؛ جدول همین رقم‌ها را دارد.",
        "أعمدة: المبيع في آخر {n} يومًا والمتوقع في الأيام القادمة؛ الجدول يحوي الأرقام نفسها.",
    ),
    "forecast.day": Words("Day", "روز", "اليوم"),
    "forecast.sold": Words("Sold", "فروش", "المبيع"),
    "forecast.cut": Words("Sold out", "تمام شد", "نفد"),
    "forecast.cut_note": Words(
        "On days with this mark it was sold out for a while: more may have been wanted, so such a day never lowers the forecast "
        "by itself.",
        "روزهای نشان‌دار، مدتی تمام شده بود: شاید بیشتر می‌خواستند، پس چنین روزی به‌خودی‌خود پیش‌بینی را پایین نمی‌آورد.",
        "في الأيام ذات العلامة نفد مدةً: ربما طُلب أكثر، فلا يخفض مثل هذا اليوم التوقع من تلقاء نفسه.",
    ),
    "forecast.expected": Words("Expected", "انتظار", "المتوقع"),
    "forecast.trust": Words("How good is it?", "چقدر درست است؟", "ما مدى دقته؟"),
    "forecast.trust_text": Words(
        "Made anew for each of {n} past visits of the same length, from what was known then, and held against what came.",
        "برای هر یک از {n} بازهٔ گذشته به همین درازا، از آنچه آن وقت معلوم بود دوباره ساخته و با آنچه شد سنجیده شده است.",
        "أُعيد حسابه لكل من {n} فترة سابقة بالطول نفسه مما كان معلومًا حينها، وقورن بما حدث.",
    ),
    "forecast.untried": Words(
        "Too few past days without a sold-out time: its error is not known yet.",
        "روزهای گذشتهٔ بی‌تمام‌شدن بسیار کم است: خطای آن هنوز معلوم نیست.",
        "أيام سابقة قليلة جدًا بلا نفاد: خطؤه غير معروف بعد.",
    ),
    "forecast.which": Words("Forecast", "پیش‌بینی", "التوقع"),
    "forecast.off": Words("Off by, pieces", "خطا، عدد", "الخطأ بالقطع"),
    "forecast.loss": Words("Stocking loss", "زیان انبارش", "خسارة التخزين"),
    "forecast.loss_note": Words(
        "Stocking loss: pieces missing count nine tenths, pieces too many one tenth, had one brought what was 90 % sure.",
        "زیان انبارش: هر عدد کم نه دهم و هر عدد زیاد یک دهم، اگر به اندازهٔ ۹۰٪ اطمینان آورده می‌شد.",
        "خسارة التخزين: الناقص يُحسب تسعة أعشار والزائد عُشرًا، لو أُحضر ما ثقته ٩٠٪.",
    ),
    "forecast.own": Words("This forecast", "این پیش‌بینی", "هذا التوقع"),
    "forecast.naive": Words("Same weekday last week", "همان روز هفتهٔ پیش", "اليوم نفسه من الأسبوع الماضي"),
    "forecast.used": Words("used", "به کار رفته", "مستعمل"),
    "forecast.naive_wins": Words(
        "Stocking by last week as it was would have lost less, so that is the forecast that is used.",
        "انبارش بر پایهٔ خودِ هفتهٔ پیش زیان کمتری داشت، پس همان پیش‌بینی به کار می‌رود.",
        "كان التخزين على أساس الأسبوع الماضي كما هو أقل خسارة، لذا يُستعمل ذلك التوقع.",
    ),
    "forecast.own_wins": Words(
        "Stocking by it would have lost no more than by last week as it was, so it is used.",
        "انبارش بر پایهٔ آن زیان بیشتری از خودِ هفتهٔ پیش نداشت، پس به کار می‌رود.",
        "لم يكن التخزين على أساسه أكثر خسارة من الأسبوع الماضي كما هو، لذا يُستعمل.",
    ),
    # --- all forecasts of the page
    "restock.off": Words("Forecast off by", "خطای پیش‌بینی", "خطأ التوقع"),
    "restock.off_naive": Words("Last week off by", "خطای هفتهٔ پیش", "خطأ الأسبوع الماضي"),
    "restock.naive": Words("last week: {off}", "هفتهٔ پیش: {off}", "الأسبوع الماضي: {off}"),
    "restock.trust": Words(
        "How good are these forecasts?", "این پیش‌بینی‌ها چقدر درست‌اند؟", "ما مدى دقة هذه التوقعات؟"
    ),
    "restock.trust_text": Counted(
        en={
            "one": "By how many pieces a visit both forecasts were off in the past; {n} product could be measured.",
            "other": "By how many pieces a visit both forecasts were off in the past, on average of {n} products.",
        },
        fa={
            "one": "هر دو پیش‌بینی در گذشته در هر سرکشی چند عدد خطا داشتند؛ {n} کالا سنجیدنی بود.",
            "other": "هر دو پیش‌بینی در گذشته در هر سرکشی چند عدد خطا داشتند، میانگین {n} کالا.",
        },
        ar={
            "zero": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا؛ لم يُقس أي صنف.",
            "one": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا؛ أمكن قياس صنف واحد.",
            "two": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا، بمعدل صنفين.",
            "few": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا، بمعدل {n} أصناف.",
            "many": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا، بمعدل {n} صنفًا.",
            "other": "بكم قطعة أخطأ التوقعان في الزيارة الواحدة سابقًا، بمعدل {n} صنف.",
        },
    ),
    "restock.by_naive": Counted(
        en={
            "one": "{n} product is stocked by last week as it was: that would have lost less there.",
            "other": "{n} products are stocked by last week as it was: that would have lost less there.",
        },
        fa={
            "one": "{n} کالا بر پایهٔ خودِ هفتهٔ پیش انبار می‌شود: آنجا زیان کمتری داشت.",
            "other": "{n} کالا بر پایهٔ خودِ هفتهٔ پیش انبار می‌شوند: آنجا زیان کمتری داشت.",
        },
        ar={
            "zero": "لا صنف يُخزَّن على أساس الأسبوع الماضي.",
            "one": "صنف واحد يُخزَّن على أساس الأسبوع الماضي كما هو: خسارته هناك أقل.",
            "two": "صنفان يُخزَّنان على أساس الأسبوع الماضي كما هو: خسارتهما هناك أقل.",
            "few": "{n} أصناف تُخزَّن على أساس الأسبوع الماضي كما هو: خسارتها هناك أقل.",
            "many": "{n} صنفًا تُخزَّن على أساس الأسبوع الماضي كما هو: خسارتها هناك أقل.",
            "other": "{n} صنف تُخزَّن على أساس الأسبوع الماضي كما هو: خسارتها هناك أقل.",
        },
    ),
    # --- what to buy
    "buy.title": Words("What to buy", "چه بخریم", "ماذا نشتري"),
    "buy.text": Words(
        "For this visit and the next, less what lies in the storeroom, in whole cases.",
        "برای این سرکشی و بعدی، منهای آنچه در انبار است، به کارتن کامل.",
        "لهذه الزيارة والتي تليها، ناقص ما في المخزن، بصناديق كاملة.",
    ),
    "buy.nothing": Words(
        "Nothing needs to be bought for two visits.",
        "برای دو سرکشی لازم نیست چیزی بخرید.",
        "لا حاجة إلى شراء شيء لزيارتين.",
    ),
    "buy.supplier": Words("Supplier", "تأمین‌کننده", "المورّد"),
    "buy.nobody": Words("Supplier not entered", "تأمین‌کننده وارد نشده", "المورّد غير مُدخل"),
    "buy.order_no": Words("Order number", "شمارهٔ سفارش", "رقم الطلب"),
    "buy.need": Words("Needed", "لازم", "المطلوب"),
    "buy.stored": Words("In store", "در انبار", "في المخزن"),
    "buy.cases": Words("Cases", "کارتن", "صناديق"),
    "buy.pieces": Words("Pieces", "عدد", "قطع"),
    "buy.cost": Words("Cost without tax", "هزینه بی‌مالیات", "الكلفة بلا ضريبة"),
    "buy.sum": Words("Sum", "جمع", "المجموع"),
    "buy.all": Words("All suppliers", "همهٔ تأمین‌کنندگان", "كل المورّدين"),
    "buy.suppliers": Words("By supplier", "به تفکیک تأمین‌کننده", "حسب المورّد"),
    "buy.of": Words("{cases} × {size}", "{cases} × {size}", "{cases} × {size}"),
}
