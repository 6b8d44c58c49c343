"""Headings, labels, buttons and answers of the desk's pages."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PAGES: Final[Table] = {
    # --- frame
    "desk.title": Words("{page} · {vendor}", "{page} · {vendor}", "{page} · {vendor}"),
    "desk.name": Words("Desk", "میز کار", "المكتب"),
    "desk.machine": Words("Machine {machine}", "دستگاه {machine}", "الآلة {machine}"),
    "desk.menu": Words("Menu", "فهرست", "القائمة"),
    "desk.menu_close": Words("Close menu", "بستن فهرست", "أغلق القائمة"),
    "desk.skip": Words("Skip to the page", "رفتن به صفحه", "إلى الصفحة"),
    "desk.language": Words("Language", "زبان", "اللغة"),
    "desk.signed_in": Words("{name}, {role}", "{name}، {role}", "{name}، {role}"),
    "desk.sign_out": Words("Sign out", "خروج", "خروج"),
    "desk.more": Words("More", "بیشتر", "المزيد"),
    "desk.back": Words("Back", "بازگشت", "رجوع"),
    "desk.none": Words("none", "هیچ", "لا شيء"),
    "desk.yes": Words("yes", "بله", "نعم"),
    "desk.no": Words("no", "خیر", "لا"),
    "desk.error": Words("That did not work", "نشد", "تعذّر ذلك"),
    "desk.request": Words("Number of this message", "شمارهٔ این پیام", "رقم هذه الرسالة"),
    "desk.not_allowed": Words(
        "Your role may not do this. Ask the owner.",
        "نقش شما اجازهٔ این کار را ندارد. از مالک بخواهید.",
        "دورك لا يسمح بهذا. اطلبه من المالك.",
    ),
    "desk.csrf": Words(
        "This form is too old, or came from another page. Go back, load the page anew and try again.",
        "این فرم کهنه است یا از صفحهٔ دیگری آمده. بازگردید، صفحه را تازه کنید و دوباره بکوشید.",
        "هذا النموذج قديم أو جاء من صفحة أخرى. ارجع وحدّث الصفحة وحاول من جديد.",
    ),
    "role.owner": Words("owner", "مالک", "المالك"),
    "role.accountant": Words("accountant", "حسابدار", "المحاسب"),
    "role.support": Words("support", "پشتیبان", "الدعم"),
    "role.clerk": Words("clerk", "کارمند", "موظف"),
    "role.none": Words("no access", "بی‌دسترسی", "بلا دخول"),
    "menu.today": Words("Today", "امروز", "اليوم"),
    "menu.goods": Words("Goods", "کالاها", "البضائع"),
    "menu.money": Words("Money", "پول", "المال"),
    "menu.house": Words("Machine and people", "دستگاه و افراد", "الآلة والأشخاص"),
    "nav.overview": Words("Overview", "نمای کلی", "نظرة عامة"),
    "nav.goods": Words("Goods and prices", "کالا و قیمت", "البضائع والأسعار"),
    "nav.stock": Words("Stock and fill", "موجودی و پر کردن", "المخزون والتعبئة"),
    "nav.claims": Words("Claims", "درخواست‌ها", "الطلبات"),
    "nav.cash": Words("Cash", "پول نقد", "النقد"),
    "nav.health": Words("Devices", "تجهیزات", "الأجهزة"),
    "nav.journal": Words("Journal", "دفتر", "السجل"),
    "nav.codes": Words("Unknown codes", "کدهای ناشناخته", "رموز مجهولة"),
    "nav.users": Words("Users", "کاربران", "المستخدمون"),
    # --- sign-in
    "sign.title": Words("Sign in to the desk", "ورود به میز کار", "الدخول إلى المكتب"),
    "sign.name": Words("Name", "نام", "الاسم"),
    "sign.password": Words("Password", "گذرواژه", "كلمة المرور"),
    "sign.go": Words("Sign in", "ورود", "دخول"),
    "sign.wrong": Words(
        "Name and password do not fit. After five wrong tries in a row, wait a quarter of an hour; longer after more.",
        "نام و گذرواژه با هم نمی‌خوانند. پس از پنج بار نادرست پشت سر هم، یک ربع صبر کنید؛ پس از بیشتر، طولانی‌تر.",
        "الاسم وكلمة المرور غير متطابقين. بعد خمس محاولات خاطئة متتالية انتظر ربع ساعة، وأكثر بعد المزيد.",
    ),
    "sign.out": Words("You are signed out.", "شما خارج شدید.", "تم خروجك."),
    "sign.no_users": Words(
        "Nobody has a sign-in yet. Make the first one on the machine: ./run kiosk user add",
        "هنوز کسی ورود ندارد. نخستین را روی دستگاه بسازید: ./run kiosk user add",
        "لا أحد يملك دخولًا بعد. أنشئ الأول على الآلة: ./run kiosk user add",
    ),
    # --- overview
    "alert.acceptor": Words(
        "{device} does not answer: no coins can be taken.",
        "{device} پاسخ نمی‌دهد: سکه پذیرفته نمی‌شود.",
        "{device} لا يستجيب: لا تُقبل النقود.",
    ),
    "alert.lost.note_validator": Words(
        "{device} does not answer: no notes can be taken.",
        "{device} پاسخ نمی‌دهد: اسکناس پذیرفته نمی‌شود.",
        "{device} لا يستجيب: لا تُقبل الأوراق النقدية.",
    ),
    "alert.lost.card_reader": Words(
        "{device} does not answer: no cards can be used.",
        "{device} پاسخ نمی‌دهد: پرداخت با کارت ممکن نیست.",
        "{device} لا يستجيب: لا يمكن الدفع بالبطاقة.",
    ),
    "alert.lost.hopper": Words(
        "{device} does not answer: it gives no change, and less money may be taken.",
        "{device} پاسخ نمی‌دهد: پول خرد نمی‌دهد و شاید پول کمتری پذیرفته شود.",
        "{device} لا يستجيب: لا يعطي فكة، وقد يُقبل مال أقل.",
    ),
    "alert.lost.coil_board": Words(
        "{device} does not answer: no goods come out of the machine.",
        "{device} پاسخ نمی‌دهد: از دستگاه کالایی بیرون نمی‌آید.",
        "{device} لا يستجيب: لا تخرج بضاعة من الآلة.",
    ),
    "alert.lost.scanner": Words(
        "{device} does not answer: goods are chosen on the screen only.",
        "{device} پاسخ نمی‌دهد: کالا فقط روی صفحه انتخاب می‌شود.",
        "{device} لا يستجيب: تُختار البضاعة على الشاشة فقط.",
    ),
    "alert.lost.printer": Words(
        "{device} does not answer: no paper receipts.",
        "{device} پاسخ نمی‌دهد: رسید کاغذی نیست.",
        "{device} لا يستجيب: لا إيصالات ورقية.",
    ),
    "alert.offline": Words("{device} does not answer.", "{device} پاسخ نمی‌دهد.", "{device} لا يستجيب."),
    "alert.fault": Words("{device}: {what}", "{device}: {what}", "{device}: {what}"),
    "alert.limit.payouts": Words(
        "Payouts rest: their limit is reached. Count the hoppers; change is owed under codes until the limit passes.",
        "پرداخت متوقف است: به سقف رسید. هاپرها را بشمارید؛ تا گذشتن سقف، بقیهٔ پول با کد بدهی می‌شود.",
        "الدفع متوقف: بُلغ حدّه. عُدّ الخزانات؛ الباقي دين برموز حتى يمضي الحد.",
    ),
    "alert.limit.claims": Words(
        "No more claims are taken: their limit is reached. Look at those that came.",
        "درخواست تازه گرفته نمی‌شود: به سقف رسید. درخواست‌های آمده را ببینید.",
        "لا تُقبل طلبات أخرى: بُلغ حدّها. انظر فيما ورد.",
    ),
    "alert.limit.goodwill": Words(
        "No more goodwill can be granted: its limit is reached. Look at what was granted.",
        "جبران دیگری نمی‌توان داد: به سقف رسید. آنچه داده شده را ببینید.",
        "لا يمكن منح تعويض آخر: بُلغ حدّه. انظر فيما مُنح.",
    ),
    "today.title": Words("Sales today", "فروش امروز", "مبيعات اليوم"),
    "today.sum": Words("Sum", "جمع", "المجموع"),
    "today.receipts": Words("Receipts", "رسیدها", "الإيصالات"),
    "today.pieces": Words("Pieces", "تعداد", "القطع"),
    "today.hour": Words("Hour", "ساعت", "الساعة"),
    "today.plot": Words(
        "Sales by hour; the table beside it holds the same figures.",
        "فروش به ساعت؛ جدول کنار آن همین ارقام را دارد.",
        "المبيعات بالساعة؛ الجدول بجانبه يحمل الأرقام نفسها.",
    ),
    "today.nothing": Words(
        "Nothing was sold yet today.", "امروز هنوز چیزی فروخته نشده.", "لم يُبع شيء اليوم بعد."
    ),
    "today.best": Words("Sold best today", "پرفروش امروز", "الأكثر مبيعًا اليوم"),
    "money.title": Words("Where the money is now", "پول اکنون کجاست", "أين المال الآن"),
    "money.account": Words("Account", "حساب", "الحساب"),
    "money.amount": Words("Amount", "مبلغ", "المبلغ"),
    "money.note": Words(
        "Every figure opens the entries it comes from.",
        "هر رقم ردیف‌هایی را که از آن آمده باز می‌کند.",
        "كل رقم يفتح القيود التي جاء منها.",
    ),
    "account.cash.box": Words("Cash box", "صندوق سکه", "صندوق النقود"),
    "account.cash.hopper": Words("Hopper {name}", "هاپر {name}", "الخزان {name}"),
    "account.cash.stacker": Words("Note stacker {name}", "جعبهٔ اسکناس {name}", "خزنة أوراق {name}"),
    "account.clearing.card": Words("Due from the card's side", "طلب از طرف کارت", "مستحق من جهة البطاقات"),
    "account.cash": Words("Cash {name}", "نقد {name}", "نقد {name}"),
    "account.transit": Words("Collected, {name}", "برداشت‌شده، {name}", "محصّل، {name}"),
    "account.transit.all": Words("In bags, on its way", "در کیسه‌ها، در راه", "في الأكياس، في الطريق"),
    "account.credit": Words(
        "Held for the shopper now at the machine",
        "اعتبار مشتری کنونی",
        "رصيد الزبون الحالي",
    ),
    "account.owed": Words("Owed to shoppers", "بدهی به مشتریان", "مستحق للزبائن"),
    "account.tax": Words("Tax, {name}", "مالیات، {name}", "ضريبة، {name}"),
    "account.sales": Words("Sales without tax, {name}", "فروش بی‌مالیات، {name}", "مبيعات بلا ضريبة، {name}"),
    "account.bank": Words("The vendor's bank", "بانک فروشنده", "مصرف البائع"),
    "account.goodwill": Words("Goodwill", "حسن نیت", "مراعاة"),
    "account.over_short": Words("Missing at counts", "کمبود در شمارش", "نقص عند العد"),
    "account.float": Words("Put in by you", "گذاشتهٔ شما", "ما وضعته أنت"),
    "account.suspense": Words("Unexplained, {name}", "نامعلوم، {name}", "غير مفسَّر، {name}"),
    "account.suspense.all": Words("Unexplained", "نامعلوم", "غير مفسَّر"),
    # --- goods
    "goods.search": Words("Search", "جستجو", "بحث"),
    "goods.query": Words("Name, SKU or barcode", "نام، کد کالا یا بارکد", "اسم أو رمز صنف أو رمز شريطي"),
    "goods.count": Words("Products: {n}", "کالاها: {n}", "المنتجات: {n}"),
    "goods.shown": Words("{shown} of {n} shown.", "{shown} از {n} نشان داده شده.", "المعروض {shown} من {n}."),
    "goods.name": Words("Product", "کالا", "المنتج"),
    "goods.sku": Words("SKU", "کد کالا", "رمز الصنف"),
    "goods.price": Words("Price", "قیمت", "السعر"),
    "goods.cost": Words("Cost", "خرید", "التكلفة"),
    "goods.tax": Words("Tax class", "ردهٔ مالیات", "فئة الضريبة"),
    "goods.category": Words("Category", "دسته", "الصنف"),
    "goods.barcodes": Words("Barcodes", "بارکدها", "الرموز الشريطية"),
    "goods.places": Words("Places", "جاها", "الأماكن"),
    "goods.none": Words("Nothing found.", "چیزی پیدا نشد.", "لم يوجد شيء."),
    "goods.new_price": Words("New price", "قیمت تازه", "السعر الجديد"),
    "goods.price_help": Words(
        "In steps of {step}. It holds from the next moment when nobody shops.",
        "مضربی از {step}. از نخستین لحظه‌ای که کسی خرید نمی‌کند برقرار است.",
        "من مضاعفات {step}. يسري من أول لحظة لا يتسوّق فيها أحد.",
    ),
    "goods.save_price": Words("Set price", "ثبت قیمت", "ثبّت السعر"),
    "goods.priced": Words(
        "{name} now costs {price}.", "قیمت {name} اکنون {price} است.", "صار سعر {name} {price}."
    ),
    "goods.history": Words("All price changes", "همهٔ تغییر قیمت‌ها", "كل تغييرات الأسعار"),
    "goods.export": Words("Export CSV", "برون‌بری CSV", "تصدير CSV"),
    "goods.import": Words("Import CSV", "درون‌بری CSV", "استيراد CSV"),
    "goods.import_text": Words(
        "The file takes the place of all goods. Where anything in it is wrong, you see line and column, and nothing is changed.",
        "این پرونده جای همهٔ کالاها را می‌گیرد. اگر جایی نادرست باشد سطر و ستون را می‌بینید و هیچ چیز عوض نمی‌شود.",
        "يحل الملف محل كل البضائع. إن كان فيه خطأ ترى السطر والعمود ولا يتغير شيء.",
    ),
    "goods.file": Words("Goods file (CSV)", "پروندهٔ کالا (CSV)", "ملف البضائع (CSV)"),
    "goods.plan": Words(
        "Plan of places (CSV), if it changes", "نقشهٔ جاها (CSV)، اگر عوض شده", "خطة الأماكن (CSV) إن تغيرت"
    ),
    "goods.take_over": Words("Take over", "جایگزین کن", "استبدل"),
    "goods.imported": Words("{n} products taken over.", "{n} کالا جایگزین شد.", "استُبدل {n} منتجًا."),
    "goods.problems": Words(
        "Nothing was changed. To mend: {n}", "چیزی عوض نشد. برای اصلاح: {n}", "لم يتغير شيء. للإصلاح: {n}"
    ),
    "goods.line": Words("Line", "سطر", "السطر"),
    "goods.column": Words("Column", "ستون", "العمود"),
    "goods.problem": Words("What to do", "چه باید کرد", "ما العمل"),
    # --- stock
    "stock.coils": Words("Machine", "دستگاه", "الآلة"),
    "stock.shelf": Words("Shelf", "قفسه", "الرف"),
    "stock.text": Words(
        "One tap where the amount fits. Where it differs, open “differs”: waste first, then what it holds.",
        "هر جا مقدار درست است یک بار بزنید. اگر فرق دارد «فرق دارد» را باز کنید: نخست دورریز، سپس موجودی.",
        "لمسة واحدة حين يطابق المقدار. إن اختلف فافتح «يختلف»: التالف أولًا ثم الموجود.",
    ),
    "stock.holds": Words("{qty} of {capacity}", "{qty} از {capacity}", "{qty} من {capacity}"),
    "stock.off": Words("Off: needs a count", "خاموش: شمارش لازم", "متوقفة: تحتاج إلى عدّ"),
    "stock.full": Words("Full", "پر", "ممتلئة"),
    "stock.filled": Words("Filled {qty}", "پر شد {qty}", "عُبّئت {qty}"),
    "stock.fill_label": Words(
        "Filled {slot}, pieces {qty}", "پر شدن {slot}، تعداد {qty}", "تعبئة {slot}، العدد {qty}"
    ),
    "stock.differs": Words("Differs", "فرق دارد", "يختلف"),
    "stock.differs_label": Words("Differs: {slot}", "فرق دارد: {slot}", "يختلف: {slot}"),
    "stock.fill": Words("Put in", "گذاشته شد", "وُضع"),
    "stock.spoilage": Words("Thrown away", "دورریز", "أُتلف"),
    "stock.count": Words("It holds", "اکنون دارد", "فيها الآن"),
    "stock.save": Words("Save", "ذخیره", "حفظ"),
    "stock.save_label": Words("Save: {what}, {slot}", "ذخیره: {what}، {slot}", "حفظ: {what}، {slot}"),
    "stock.saved": Words("{slot} is saved.", "{slot} ذخیره شد.", "حُفظت {slot}."),
    "stock.todo": Words("Only what needs filling", "تنها آنچه باید پر شود", "ما يحتاج إلى تعبئة فقط"),
    "stock.all": Words("All", "همه", "الكل"),
    "stock.nothing": Words(
        "Nothing needs filling here.", "اینجا چیزی برای پر کردن نیست.", "لا شيء للتعبئة هنا."
    ),
    # --- claims
    "claims.open": Words("Waiting for you", "در انتظار شما", "تنتظرك"),
    "claims.done": Words("Decided", "تصمیم‌گرفته", "بُتّ فيها"),
    "claims.none": Words("No claims.", "درخواستی نیست.", "لا طلبات."),
    "claims.claim": Words("Claim {claim}", "درخواست {claim}", "الطلب {claim}"),
    "claims.about": Words("What happened", "چه شد", "ماذا حدث"),
    "claims.said": Words("Sum they say", "مبلغی که می‌گویند", "المبلغ المذكور"),
    "claims.unsaid": Words("no sum said", "مبلغی نگفته‌اند", "لم يُذكر مبلغ"),
    "claims.when": Words("When", "کی", "متى"),
    "claims.channel": Words("Where made", "از کجا", "من أين"),
    "channel.screen": Words("at the machine", "در دستگاه", "عند الآلة"),
    "channel.desk": Words("typed in here", "همین‌جا ثبت شد", "سُجّل هنا"),
    "channel.phone": Words("by phone page", "از صفحهٔ تلفن", "من صفحة الهاتف"),
    "claims.verdict": Words("What our records say", "ثبت ما چه می‌گوید", "ما تقوله سجلاتنا"),
    "claims.evidence": Words(
        "The entries it rests on", "ردیف‌هایی که بر آن تکیه دارد", "القيود التي يستند إليها"
    ),
    "claims.no_evidence": Words(
        "No entry speaks for or against it.", "ردیفی در تأیید یا رد نیست.", "لا قيد يؤيده أو ينفيه."
    ),
    "claims.visit": Words("The whole visit", "همهٔ این خرید", "الزيارة كاملة"),
    "claims.evidence_file": Words("Signed evidence file", "پروندهٔ مدرک امضا شده", "ملف أدلة موقّع"),
    "claims.others": Words("Other open claims", "درخواست‌های باز دیگر", "طلبات مفتوحة أخرى"),
    "claims.state": Words("State", "وضعیت", "الحالة"),
    "claims.amount": Words("Amount", "مبلغ", "المبلغ"),
    "claims.approve": Words("Approve", "پذیرفتن", "قبول"),
    "claims.approve_text": Words(
        "Pays once: with the code at the machine, or by your hand.",
        "یک بار پرداخت می‌شود: با کد در دستگاه، یا به دست شما.",
        "يُدفع مرة واحدة: بالرمز عند الآلة، أو بيدك.",
    ),
    "claims.debt_text": Words(
        "The journal knows the sum: {amount}.",
        "دفتر مبلغ را می‌داند: {amount}.",
        "السجل يعرف المبلغ: {amount}.",
    ),
    "claims.refuse": Words("Refuse", "رد کردن", "رفض"),
    "claims.refuse_text": Words(
        "The reason is shown to the shopper.", "دلیل به مشتری نشان داده می‌شود.", "يُعرض السبب على الزبون."
    ),
    "claims.reason": Words("Another reason", "دلیل دیگر", "سبب آخر"),
    "claims.reason_goods": Words("The goods were delivered", "کالا تحویل شده است", "سُلّمت البضاعة"),
    "claims.reason_money": Words("The money was given back", "پول پس داده شده است", "أُعيد المال"),
    "claims.reason_other": Words("It was not this machine", "این دستگاه نبوده است", "لم تكن هذه الآلة"),
    "claims.decided": Words("{by}, {when}", "{by}، {when}", "{by}، {when}"),
    "claims.by_evidence": Words("by the evidence", "بر پایهٔ شواهد", "بناءً على الدليل"),
    "claims.code": Words("Code that pays at the machine", "کدی که در دستگاه می‌پردازد", "رمز الدفع عند الآلة"),
    "claims.hand_over": Words("I hand over {amount} in cash", "{amount} نقد می‌دهم", "أسلّم {amount} نقدًا"),
    "claims.contact": Words("Contact", "نشانی تماس", "بيانات الاتصال"),
    "claims.no_contact": Words(
        "None was left, or it was erased.", "نگذاشته‌اند یا پاک شده است.", "لم تُترك أو مُحيت."
    ),
    "claims.erase": Words("Erase contact", "پاک کردن نشانی", "محو بيانات الاتصال"),
    "claims.erased": Words("The contact details are erased.", "نشانی تماس پاک شد.", "مُحيت بيانات الاتصال."),
    "claims.handed": Words(
        "Noted: cash was handed over.", "ثبت شد: پول نقد داده شد.", "سُجّل: سُلّم المال نقدًا."
    ),
    # --- cash
    "cash.places": Words("In the machine", "در دستگاه", "في الآلة"),
    "cash.coins": Words("Pieces", "تعداد", "القطع"),
    "cash.where": Words("From", "از", "من"),
    "cash.card_text": Words(
        "Cards: what was charged and not given back. Compare it with the card company's statement.",
        "کارت‌ها: آنچه برداشت شده و برنگشته است. آن را با صورت‌حساب شرکت کارت بسنجید.",
        "البطاقات: ما خُصم ولم يُردّ. قارنه بكشف شركة البطاقات.",
    ),
    "cash.collections": Words("Collections", "برداشت‌ها", "التحصيلات"),
    "cash.collections_text": Words(
        "Cash box and note stackers are emptied and counted at the machine, in service.",
        "صندوق سکه و جعبهٔ اسکناس در خود دستگاه و در حالت سرویس خالی و شمرده می‌شوند.",
        "يُفرَغ صندوق العملات وخزنة الأوراق وتُعدّ عند الآلة في وضع الصيانة.",
    ),
    "cash.when": Words("When", "کی", "متى"),
    "cash.clerk": Words("Clerk", "کارمند", "الموظف"),
    "cash.expected": Words("Expected", "مورد انتظار", "المتوقع"),
    "cash.counted": Words("Counted", "شمرده", "المعدود"),
    "cash.variance": Words("Difference", "اختلاف", "الفرق"),
    "cash.balanced": Words("balanced", "درست", "مطابق"),
    "cash.no_collections": Words("No collection yet.", "هنوز برداشتی نشده است.", "لا تحصيل بعد."),
    "cash.debts": Words("Owed to shoppers", "بدهی به مشتریان", "مستحق للزبائن"),
    "cash.debt": Words("Debt", "بدهی", "الدين"),
    "cash.why": Words("Why", "چرا", "لماذا"),
    "cash.uncertain": Words(
        "uncertain: the owner decides, after a look at the goods and the coins",
        "نامعلوم: صاحب دستگاه پس از دیدن کالا و سکه‌ها تصمیم می‌گیرد",
        "غير مؤكد: يقرر المالك بعد النظر في البضاعة والنقود",
    ),
    "cash.decide": Words("Look and decide", "دیدن و تصمیم", "انظر وقرّر"),
    "cash.no_debts": Words("Nothing is owed.", "بدهی نیست.", "لا شيء مستحق."),
    "owed_for.goodwill": Words("Granted by the vendor", "دادهٔ فروشنده", "منحه البائع"),
    # --- devices
    "health.device": Words("Device", "قطعه", "الجهاز"),
    "health.port": Words("Port", "درگاه", "المنفذ"),
    "health.state": Words("State", "وضعیت", "الحالة"),
    "health.since": Words("Since", "از", "منذ"),
    "health.todo": Words("What to do", "چه باید کرد", "ما العمل"),
    "health.online": Words("answers", "پاسخ می‌دهد", "يستجيب"),
    "health.offline": Words("silent", "خاموش", "صامت"),
    "health.trouble": Words("trouble", "مشکل", "خلل"),
    "health.never": Words("never seen", "دیده نشده", "لم يُرَ"),
    "health.fine": Words("Nothing to do.", "کاری لازم نیست.", "لا شيء مطلوب."),
    "health.connect": Words(
        "It has not answered yet: check power, cable and the port in the configuration.",
        "هنوز پاسخ نداده: برق، کابل و درگاه را در پیکربندی وارسی کنید.",
        "لم يستجب بعد: افحص الكهرباء والكابل والمنفذ في الإعدادات.",
    ),
    "health.gone": Words("not configured any more", "دیگر در پیکربندی نیست", "لم يعد في الإعدادات"),
    "health.none": Words("No device is configured.", "قطعه‌ای پیکربندی نشده.", "لا جهاز في الإعدادات."),
    "health.entries": Words("Entries about devices", "ردیف‌های مربوط به قطعه‌ها", "قيود الأجهزة"),
    "health.DeviceTroubled": Words("Trouble", "مشکل‌ها", "الأعطال"),
    "health.DeviceWentOffline": Words("Silence", "بی‌پاسخی‌ها", "الانقطاعات"),
    "health.LineWasNoisy": Words("Noisy lines", "نویز خط‌ها", "تشويش الخطوط"),
    "health.MoneyPossiblySwallowed": Words(
        "Money possibly swallowed", "پول شاید بلعیده‌شده", "نقود ربما ابتُلعت"
    ),
    # --- journal
    "journal.filter": Words("Show", "نشان بده", "اعرض"),
    "journal.account": Words("Account", "حساب", "الحساب"),
    "journal.kind": Words("Kind", "نوع", "النوع"),
    "journal.visit": Words("Visit", "خرید", "الزيارة"),
    "journal.slot": Words("Place", "جا", "الموضع"),
    "journal.day": Words("Day", "روز", "اليوم"),
    "journal.any": Words("all", "همه", "الكل"),
    "journal.balance": Words("{account}: {amount}", "{account}: {amount}", "{account}: {amount}"),
    "journal.entry": Words("Entry", "ردیف", "القيد"),
    "journal.when": Words("When", "کی", "متى"),
    "journal.what": Words("What", "چه", "ماذا"),
    "journal.amount": Words("Amount", "مبلغ", "المبلغ"),
    "journal.older": Words("Go on", "ادامه", "تابع"),
    "journal.newest": Words("From the start", "از آغاز", "من البداية"),
    "journal.nothing": Words(
        "No such entry on this stretch.", "در این بازه چنین ردیفی نیست.", "لا قيد كهذا في هذا المدى."
    ),
    "journal.meters": Words("Meters (EVA-DTS)", "شمارنده‌ها (EVA-DTS)", "العدادات (EVA-DTS)"),
    "journal.meters_help": Words(
        "The trade's audit file, for other programs. On the kiosk's machine:",
        "پروندهٔ شمارنده‌ها برای برنامه‌های دیگر. روی دستگاه کیوسک:",
        "ملف العدادات للبرامج الأخرى. على جهاز الكشك:",
    ),
    "journal.interval": Words(
        "I have the file: begin a new interval",
        "پرونده را دارم: دورهٔ تازه آغاز شود",
        "لديّ الملف: ابدأ فترة جديدة",
    ),
    "journal.interval_begun": Words("A new interval begins.", "دورهٔ تازه آغاز شد.", "بدأت فترة جديدة."),
    "journal.end": Words("That is all.", "همین بود.", "هذا كل شيء."),
    "entry.title": Words("Entry {place}", "ردیف {place}", "القيد {place}"),
    "entry.at": Words("Time", "زمان", "الوقت"),
    "entry.unsure": Words("clock not sure", "ساعت نامطمئن", "الساعة غير مؤكدة"),
    "entry.kind": Words("Kind and version", "نوع و نسخه", "النوع والإصدار"),
    "entry.boot": Words("Start and ms since", "راه‌اندازی و میلی‌ثانیه", "التشغيل والمللي ثانية"),
    "entry.actor": Words("Who asked", "به درخواست", "بطلب من"),
    "entry.machine": Words("the machine itself", "خود دستگاه", "الآلة نفسها"),
    "entry.digest": Words("Digest (SHA-256)", "چکیده (SHA-256)", "البصمة (SHA-256)"),
    "entry.body": Words("As it is stored", "چنان‌که ذخیره شده", "كما هو مخزون"),
    "entry.postings": Words("Postings", "ثبت حساب‌ها", "القيود المحاسبية"),
    "entry.no_postings": Words("No money moved.", "پولی جابه‌جا نشد.", "لم يتحرك مال."),
    "entry.debit": Words("Debit", "بدهکار", "مدين"),
    "entry.credit": Words("Credit", "بستانکار", "دائن"),
    "entry.before": Words("Entry before", "ردیف پیش", "القيد السابق"),
    "entry.after": Words("Entry after", "ردیف پس", "القيد التالي"),
    # --- codes
    "codes.text": Words(
        "Scanned, but none of our goods. Add the barcode to a product to sell it.",
        "اسکن شده ولی از کالاهای ما نیست. برای فروش، بارکد را به کالایی بیفزایید.",
        "مُسحت وليست من بضائعنا. أضف الرمز إلى منتج لبيعه.",
    ),
    "codes.code": Words("Code", "کد", "الرمز"),
    "codes.times": Words("Times", "بار", "المرات"),
    "codes.last": Words("Last", "آخرین", "الأخير"),
    "codes.none": Words("No unknown codes.", "کد ناشناخته‌ای نیست.", "لا رموز مجهولة."),
    # --- users
    "users.name": Words("Name", "نام", "الاسم"),
    "users.name_help": Words(
        "A nickname of letters and digits. It stays in the journal for ever.",
        "نامی کوتاه از حرف و رقم. برای همیشه در دفتر می‌ماند.",
        "لقب من حروف وأرقام. يبقى في السجل دائمًا.",
    ),
    "users.role": Words("Role", "نقش", "الدور"),
    "users.desk": Words("Desk", "میز کار", "المكتب"),
    "users.kiosk": Words("Machine", "دستگاه", "الآلة"),
    "users.failures": Words("Wrong tries", "تلاش نادرست", "محاولات خاطئة"),
    "users.can": Words("password", "گذرواژه", "كلمة مرور"),
    "users.can_pin": Words("PIN", "رمز عددی", "رمز سري"),
    "users.add": Words(
        "Add somebody, or give new secrets", "افزودن کسی، یا دادن رمز تازه", "أضف شخصًا أو أعطِ أسرارًا جديدة"
    ),
    "users.password": Words("Password for the desk", "گذرواژهٔ میز کار", "كلمة مرور المكتب"),
    "users.password_help": Words(
        "At least 12 characters; a sentence is good. Empty: stays as it is.",
        "دست‌کم ۱۲ نویسه؛ یک جمله خوب است. خالی: همان می‌ماند.",
        "١٢ محرفًا على الأقل؛ جملة تصلح. فارغ: يبقى كما هو.",
    ),
    "users.pin": Words("PIN for the machine", "رمز عددی دستگاه", "الرمز السري للآلة"),
    "users.pin_help": Words(
        "6 to 12 digits, no runs, repeats or dates. Empty: stays as it is.",
        "۶ تا ۱۲ رقم، نه پیاپی، نه تکراری، نه تاریخ. خالی: همان می‌ماند.",
        "من ٦ إلى ١٢ رقمًا، لا متتالية ولا مكررة ولا تاريخ. فارغ: يبقى كما هو.",
    ),
    "users.save": Words("Save", "ذخیره", "حفظ"),
    "users.saved": Words(
        "{name} is saved. Their open sessions have ended.",
        "{name} ذخیره شد. نشست‌های باز او پایان یافت.",
        "حُفظ {name}. انتهت جلساته المفتوحة.",
    ),
    "users.remove": Words("Take access away", "گرفتن دسترسی", "سحب الدخول"),
    "users.remove_label": Words("Take access away: {name}", "گرفتن دسترسی: {name}", "سحب الدخول: {name}"),
    "users.removed": Words(
        "{name} can no longer sign in.", "{name} دیگر نمی‌تواند وارد شود.", "لم يعد {name} قادرًا على الدخول."
    ),
    "form.last_owner": Words(
        "The last owner stays: somebody must hold the keys.",
        "آخرین مالک می‌ماند: یک نفر باید کلیددار باشد.",
        "يبقى آخر مالك: لا بد من صاحب مفاتيح.",
    ),
    # --- forms
    "form.missing": Words("Please fill this in.", "لطفاً پر کنید.", "املأ هذا من فضلك."),
    "form.too_long": Words("That is too long.", "بیش از حد بلند است.", "هذا أطول مما ينبغي."),
    "form.amount": Words(
        "Please write an amount in digits, with at most one decimal mark.",
        "لطفاً مبلغ را با رقم و حداکثر یک ممیز بنویسید.",
        "اكتب المبلغ بالأرقام وبفاصلة عشرية واحدة على الأكثر.",
    ),
    "form.day_like": Words(
        en="such as 2026/11/22",
        fa="مانند ۱۴۰۵/۰۹/۰۱",
        ar="مثل ٢٠٢٦/١١/٢٢",
    ),
    "form.count": Words(
        "Please write a whole number.", "لطفاً یک عدد صحیح بنویسید.", "اكتب عددًا صحيحًا من فضلك."
    ),
    "form.choice": Words(
        "Please choose from the list.", "لطفاً از فهرست برگزینید.", "اختر من القائمة من فضلك."
    ),
    "form.name_form": Words(
        "A name has 1 to 32 letters, digits, dots or dashes.",
        "نام ۱ تا ۳۲ حرف، رقم، نقطه یا خط تیره دارد.",
        "الاسم من ١ إلى ٣٢ حرفًا أو رقمًا أو نقطة أو شرطة.",
    ),
    "form.password_short": Words(
        "A password has at least 12 characters.",
        "گذرواژه دست‌کم ۱۲ نویسه دارد.",
        "كلمة المرور ١٢ محرفًا على الأقل.",
    ),
    "form.password_long": Words(
        "A password has at most 128 characters.",
        "گذرواژه حداکثر ۱۲۸ نویسه دارد.",
        "كلمة المرور ١٢٨ محرفًا على الأكثر.",
    ),
    "form.password_plain": Words(
        "This password would be tried early. Take several words that do not belong together.",
        "این گذرواژه زود آزموده می‌شود. چند واژهٔ نامربوط برگزینید.",
        "هذه الكلمة مما يُجرَّب أولًا. اختر عدة كلمات لا صلة بينها.",
    ),
    "form.pin_form": Words(
        "A PIN has 6 to 12 digits.", "رمز عددی ۶ تا ۱۲ رقم دارد.", "الرمز السري من ٦ إلى ١٢ رقمًا."
    ),
    "form.pin_plain": Words(
        "This PIN would be tried early: no runs, repeats or dates.",
        "این رمز زود آزموده می‌شود: نه پیاپی، نه تکراری، نه تاریخ.",
        "هذا الرمز مما يُجرَّب أولًا: لا متتالية ولا مكررة ولا تاريخ.",
    ),
    "form.secret_needed": Words(
        "Please give a password or a PIN.", "گذرواژه یا رمز عددی بدهید.", "أعطِ كلمة مرور أو رمزًا سريًا."
    ),
}
"""Keys by page."""
