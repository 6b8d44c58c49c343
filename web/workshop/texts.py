"""Every text of the workshop in three languages, in one table: page, hands, devices, and faults with what they do."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "fa": "فارسی", "ar": "العربية"}
"""Language codes and their own names, in the order of the switch."""

Row = tuple[str, str, str]
"""English, Persian, Arabic."""

PAGE: Mapping[str, Row] = {
    "title": ("Workshop", "کارگاه", "الورشة"),
    "lead": (
        "The machine's devices, under your hand.",
        "دستگاه‌های ماشین، زیر دست شما.",
        "أجهزة الآلة بين يديك.",
    ),
    "language": ("Language", "زبان", "اللغة"),
    "skip": ("Skip to the devices", "پرش به دستگاه‌ها", "انتقل إلى الأجهزة"),
    "script": (
        "The workshop needs JavaScript.",
        "کارگاه به جاوااسکریپت نیاز دارد.",
        "تحتاج الورشة إلى جافاسكريبت.",
    ),
    "box.cut": ("Cut all power", "قطع همهٔ برق", "اقطع الكهرباء كلها"),
    "box.dip": ("Brown-out", "افت برق", "هبوط الكهرباء"),
    "box.restore": ("Restore all power", "وصل همهٔ برق", "أعد الكهرباء كلها"),
    "coins": ("Coin slot", "شیار سکه", "فتحة العملات"),
    "coins.hint": ("Press a coin to drop it in.", "سکه‌ای را بزنید تا بیفتد.", "اضغط على عملة لإسقاطها."),
    "coins.lost": ("Stuck or swallowed", "گیرکرده یا بلعیده", "عالقة أو مبتلعة"),
    "coin_acceptor": ("Coin acceptor", "سکه‌گیر", "قارئ العملات"),
    "coil_board": ("Coil board", "برد مارپیچ‌ها", "لوحة اللوالب"),
    "cashbox": ("Cash box", "صندوق سکه", "صندوق النقود"),
    "tray.coins": ("Coin tray", "سینی سکه", "صينية العملات"),
    "tray.goods": ("Delivery tray", "سینی کالا", "صينية البضائع"),
    "tray.take": ("Take", "برداشتن", "خذ"),
    "tray.empty": ("empty", "خالی", "فارغة"),
    "notes": ("Note slot", "شیار اسکناس", "فتحة الأوراق النقدية"),
    "notes.hint": (
        "Press a note to put it in.",
        "اسکناسی را بزنید تا وارد شود.",
        "اضغط على ورقة لإدخالها.",
    ),
    "notes.hand": ("Back in the hand", "بازگشته به دست", "عادت إلى اليد"),
    "notes.box": ("Note box", "صندوق اسکناس", "صندوق الأوراق"),
    "notes.lost": ("Stuck or swallowed", "گیرکرده یا بلعیده", "عالقة أو مبتلعة"),
    "notes.escrow": ("{name} in escrow", "{name} در انتظار", "{name} قيد الانتظار"),
    "inserted": ("{name} put in", "{name} وارد شد", "أُدخلت {name}"),
    "card": ("Card reader", "کارت‌خوان", "قارئ البطاقات"),
    "card.hint": (
        "Hold the card to the reader; faults decide what its bank says.",
        "کارت را به کارت‌خوان بزنید؛ خرابی‌ها پاسخ بانک را می‌سازند.",
        "قرّب البطاقة من القارئ؛ الأعطال تحدد جواب مصرفها.",
    ),
    "card.tap": ("Show the card", "نشان دادن کارت", "قرّب البطاقة"),
    "card.shown": ("The card was shown", "کارت نشان داده شد", "قُرّبت البطاقة"),
    "card.balance": ("On the account", "در حساب", "في الحساب"),
    "card.charged": ("Charged for good", "برداشت نهایی", "خُصم نهائيًا"),
    "card.open": ("Approved, still open", "پذیرفته، هنوز باز", "موافَق عليه وما زال مفتوحًا"),
    "card.refunded": ("Given back", "برگشته", "رُدّ"),
    "machine": ("Old vending machine", "دستگاه فروش قدیمی", "آلة بيع قديمة"),
    "machine.hint": (
        "Press a button when it shows credit; it asks the kiosk before it sells.",
        "وقتی اعتبار را نشان داد دکمه‌ای را بزنید؛ پیش از فروش از کیوسک می‌پرسد.",
        "اضغط زرًا حين تعرض الرصيد؛ تسأل الكشك قبل البيع.",
    ),
    "machine.return": ("Press the return lever", "فشردن اهرم برگشت", "اضغط ذراع الإرجاع"),
    "machine.funds": ("Credit on its display", "اعتبار روی نمایشگر", "الرصيد على شاشتها"),
    "machine.pressed": ("Button {name} pressed", "دکمهٔ {name} زده شد", "ضُغط الزر {name}"),
    "vending_machine": ("Old vending machine", "دستگاه فروش قدیمی", "آلة بيع قديمة"),
    "note_validator": ("Note reader", "اسکناس‌خوان", "قارئ الأوراق"),
    "card_reader": ("Card reader", "کارت‌خوان", "قارئ البطاقات"),
    "hoppers": ("Change hoppers", "هاپرهای پول خرد", "خزانات الفكة"),
    "hoppers.hint": (
        "Fill before the kiosk can give change.",
        "پیش از دادن پول خرد، پر کنید.",
        "املأها قبل أن تعطي الآلة الباقي.",
    ),
    "hopper.qty": ("{qty} coins", "{qty} سکه", "{qty} قطعة"),
    "hopper.notes": ("{qty} notes", "{qty} اسکناس", "{qty} ورقة"),
    "hopper.remove": ("Take 10 out", "برداشتن ۱۰", "أخرج 10"),
    "coils": ("Spiral machine", "ماشین مارپیچ", "آلة اللوالب"),
    "coils.hint": (
        "Press a coil to refill it.",
        "مارپیچ را بزنید تا پر شود.",
        "اضغط على لولب لتعبئته.",
    ),
    "coils.jamming": (
        "Press a coil to jam it or to free it.",
        "مارپیچ را بزنید تا گیر کند یا آزاد شود.",
        "اضغط على لولب لتعطيله أو تحريره.",
    ),
    "coils.load": ("Refill", "پرکردن", "تعبئة"),
    "coils.jam": ("Jam one", "گیر دادن", "تعطيل لولب"),
    "coils.fill_all": ("Refill all", "پرکردن همه", "املأ الكل"),
    "coils.shake": ("Shake the machine", "تکان دادن ماشین", "هز الآلة"),
    "coil.jammed": ("jammed", "گیرکرده", "عالق"),
    "coil.hanging": ("hanging", "آویزان", "معلق"),
    "scanner": ("Scanner", "بارکدخوان", "الماسح"),
    "scanner.hint": (
        "Press a picture to scan it.",
        "تصویری را بزنید تا خوانده شود.",
        "اضغط على صورة لمسحها.",
    ),
    "scanner.find": ("Find goods", "جست‌وجوی کالا", "ابحث عن بضاعة"),
    "scanner.type": ("Any code", "هر بارکد", "أي رمز"),
    "scanner.scan": ("Scan", "خواندن", "امسح"),
    "scanner.none": ("Nothing is called that.", "کالایی به این نام نیست.", "لا شيء بهذا الاسم."),
    "printer": ("Receipt printer", "چاپگر رسید", "طابعة الإيصالات"),
    "printer.hint": (
        "Drawn from the bytes that arrived.",
        "از روی بایت‌های رسیده کشیده شده است.",
        "مرسوم من البايتات التي وصلت.",
    ),
    "printer.empty": ("No paper has come out yet.", "هنوز کاغذی بیرون نیامده است.", "لم يخرج ورق بعد."),
    "printer.left": ("{qty} mm of paper left", "{qty} میلی‌متر کاغذ مانده", "بقي {qty} مم من الورق"),
    "printer.open": ("The cover is open", "در باز است", "الغطاء مفتوح"),
    "sheet": ("Receipt {qty}", "رسید {qty}", "إيصال {qty}"),
    "lines": ("Wires", "سیم‌ها", "الأسلاك"),
    "lines.hint": (
        "The last bytes, as they passed.",
        "آخرین بایت‌ها، همان‌گونه که گذشتند.",
        "آخر البايتات كما مرت.",
    ),
    "lines.faults": ("Damage on this wire", "آسیب این سیم", "تلف هذا السلك"),
    "lines.none": ("Nothing has passed yet.", "هنوز چیزی نگذشته است.", "لم يمر شيء بعد."),
    "lines.host": ("kiosk", "کیوسک", "الكشك"),
    "lines.device": ("device", "دستگاه", "الجهاز"),
    "faults": ("Faults", "خرابی‌ها", "الأعطال"),
    "power": ("Power", "برق", "الكهرباء"),
    "cable": ("Cable", "کابل", "الكابل"),
    "hands": ("More", "بیشتر", "المزيد"),
    "off": ("no power", "بی‌برق", "بلا كهرباء"),
    "out": ("cable out", "کابل کشیده", "الكابل مفصول"),
    "well": ("on", "روشن", "يعمل"),
    "faulty": ("fault", "خراب", "عطل"),
    "done": ("Done", "انجام شد", "تم"),
    "lost": (
        "The workshop does not answer. It will go on by itself.",
        "کارگاه پاسخ نمی‌دهد. خودش ادامه خواهد داد.",
        "الورشة لا تجيب. ستتابع من تلقاء نفسها.",
    ),
    "dropped": ("{name} dropped", "{name} افتاد", "أُسقطت {name}"),
    "scanned": ("{name} scanned", "{name} خوانده شد", "تم مسح {name}"),
    "taken": ("Tray emptied", "سینی خالی شد", "أُفرغت الصينية"),
    "damage": ("Damage is on", "آسیب‌های روشن", "أعطال قائمة"),
    "damage.end": ("End all", "پایان همه", "أنهِ الكل"),
    "damage.ended": ("Everything is mended", "همه درست شد", "أُصلح كل شيء"),
    "filled": ("{name} filled", "{name} پر شد", "تمت تعبئة {name}"),
}
"""What the page itself says; ``{name}`` and ``{qty}`` are put in by the page."""

HANDS: Mapping[str, Row] = {
    "press": ("Press a button", "فشردن دکمه", "اضغط زرًا"),
    "return": ("Press the return lever", "فشردن اهرم برگشت", "اضغط ذراع الإرجاع"),
    "slugs": ("Throw washers", "انداختن واشر", "ألق حلقات"),
    "replace": ("Exchange it", "تعویض دستگاه", "استبدله"),
    "empty": ("Empty it", "خالی کردن", "أفرغه"),
    "drop": ("Drop a coin", "انداختن سکه", "أسقط عملة"),
    "empty_box": ("Empty the cash box", "خالی کردن صندوق سکه", "أفرغ صندوق النقد"),
    "take_tray": ("Take from the tray", "برداشتن از سینی", "خذ من الصينية"),
    "insert": ("Put a note in", "گذاشتن اسکناس", "أدخل ورقة"),
    "pull": ("Pull the note back", "پس کشیدن اسکناس", "اسحب الورقة"),
    "take_hand": ("Take the notes back", "برداشتن اسکناس‌ها", "خذ الأوراق"),
    "empty_stacker": ("Empty the note box", "خالی کردن صندوق اسکناس", "أفرغ صندوق الأوراق"),
    "remove_box": ("Take the box out", "بیرون آوردن صندوق", "أخرج الصندوق"),
    "insert_box": ("Put the box in", "گذاشتن صندوق", "أعد الصندوق"),
    "dispense_by_hand": ("Press a tube's key", "فشردن کلید لوله", "اضغط مفتاح أنبوب"),
    "press_lever": ("Press the return lever", "فشردن اهرم برگشت", "اضغط ذراع الإرجاع"),
    "tap": ("Show the card", "نشان دادن کارت", "قرّب البطاقة"),
    "fill": ("Fill", "پر کردن", "املأ"),
    "remove": ("Take out", "برداشتن", "أخرج"),
    "load": ("Load", "بار کردن", "حمّل"),
    "unload": ("Unload", "تخلیه", "فرّغ"),
    "shake": ("Shake", "تکان دادن", "هز"),
    "jam_coil": ("Jam one coil", "گیر دادن مارپیچ", "عطّل لولبا"),
    "free_coil": ("Free one coil", "آزاد کردن مارپیچ", "حرّر لولبا"),
    "scan": ("Scan", "خواندن", "امسح"),
    "tear": ("Tear off", "پاره کردن", "اقطع الورق"),
    "new_roll": ("New roll", "رول تازه", "لفافة جديدة"),
    "open_cover": ("Open the cover", "باز کردن در", "افتح الغطاء"),
    "close_cover": ("Close the cover", "بستن در", "أغلق الغطاء"),
}
"""What a hand's button says."""

FIELDS: Mapping[str, Row] = {
    "item": ("Item", "کالا", "الصنف"),
    "position": ("Coin", "سکه", "العملة"),
    "qty": ("How many", "چند تا", "العدد"),
    "value": ("Value", "ارزش", "القيمة"),
    "amount_minor": ("Balance in minor units", "موجودی به واحد خرد", "الرصيد بالوحدة الصغرى"),
    "slot": ("Coil", "مارپیچ", "اللولب"),
    "total": ("Lifetime count", "شمار کل", "العداد الدائم"),
    "mm": ("Millimetres", "میلی‌متر", "مليمترات"),
    "code": ("Code", "بارکد", "الرمز"),
}
"""What a hand is asked for, beside its button."""

Fault = tuple[Row, Row]
"""Its name, and one line on what it does."""

LINE_FAULTS: Mapping[str, Fault] = {
    "mute": (
        ("Silent", "بی‌صدا", "صامت"),
        (
            "It hears everything and answers nothing.",
            "همه‌چیز را می‌شنود و هیچ پاسخ نمی‌دهد.",
            "يسمع كل شيء ولا يجيب.",
        ),
    ),
    "lost_reply": (
        ("Answer lost", "پاسخ گمشده", "جواب ضائع"),
        (
            "It does what it is told, but the answer never arrives.",
            "کار را انجام می‌دهد، اما پاسخش نمی‌رسد.",
            "ينفذ الأمر لكن جوابه لا يصل.",
        ),
    ),
    "lost_ack": (
        ("Acknowledgement lost", "تأیید گمشده", "إشعار ضائع"),
        (
            "It carries out orders without saying so.",
            "دستور را بی‌آنکه بگوید اجرا می‌کند.",
            "ينفذ الأوامر دون أن يقول.",
        ),
    ),
    "corrupt_byte": (
        ("Damaged bytes", "بایت خراب", "بايتات تالفة"),
        (
            "Some messages arrive with a flipped bit.",
            "برخی پیام‌ها با یک بیت وارونه می‌رسند.",
            "تصل بعض الرسائل وفيها بت مقلوب.",
        ),
    ),
    "half_frame": (
        ("Half messages", "پیام نیمه‌کاره", "رسائل ناقصة"),
        (
            "Some messages break off in the middle.",
            "برخی پیام‌ها در میانه قطع می‌شوند.",
            "تنقطع بعض الرسائل في منتصفها.",
        ),
    ),
    "noise": (
        ("Noise", "نویز", "تشويش"),
        (
            "Meaningless bytes appear on the wire.",
            "بایت‌های بی‌معنا روی سیم می‌آیند.",
            "تظهر بايتات بلا معنى على السلك.",
        ),
    ),
    "no_echo": (
        ("No echo", "بی‌پژواک", "بلا صدى"),
        (
            "The wire does not repeat the kiosk's own bytes.",
            "سیم بایت‌های خود کیوسک را تکرار نمی‌کند.",
            "لا يعيد السلك بايتات الكشك نفسه.",
        ),
    ),
    "slow_boot": (
        ("Slow start", "آغاز کند", "بدء بطيء"),
        (
            "It needs long after power before it answers.",
            "پس از برق مدتی پاسخ نمی‌دهد.",
            "يتأخر في الإجابة بعد عودة الكهرباء.",
        ),
    ),
}
"""Faults of the wire, which several devices share."""

FAULTS: Mapping[str, Mapping[str, Fault]] = {
    "coin_acceptor": {
        "tube_jam": (
            ("Tube jam", "گیر لوله", "انحشار الأنبوب"),
            ("A tube lets no coin out.", "یک لوله هیچ سکه‌ای بیرون نمی‌دهد.", "أنبوب لا يخرج أي عملة."),
        ),
        "stalls": (
            ("Stops paying", "پرداخت نیمه‌کاره", "يتوقف عن الدفع"),
            ("It stops in the middle of a payout.", "در میانهٔ پرداخت می‌ایستد.", "يتوقف في وسط الدفع."),
        ),
        "silent_payout": (
            ("Silent while paying", "بی‌صدا هنگام پرداخت", "صامت عند الدفع"),
            (
                "It answers nothing until it has paid.",
                "تا پایان پرداخت پاسخ نمی‌دهد.",
                "لا يجيب حتى ينتهي الدفع.",
            ),
        ),
        "reset_while_paying": (
            ("Restarts while paying", "بازراه‌اندازی هنگام پرداخت", "يعيد التشغيل أثناء الدفع"),
            (
                "It starts anew with coins still to pay.",
                "با سکه‌های پرداخت‌نشده دوباره راه می‌افتد.",
                "يبدأ من جديد ولم تُدفع كل العملات.",
            ),
        ),
        "ack_lost": (
            ("Says it twice", "دو بار می‌گوید", "يكرر كلامه"),
            (
                "It does not hear that it was heard, and repeats its report.",
                "نمی‌شنود که شنیده شده و گزارش را تکرار می‌کند.",
                "لا يسمع أنه سُمع فيكرر تقريره.",
            ),
        ),
        "jam": (
            ("Coin jam", "گیر سکه", "انحشار عملة"),
            (
                "Coins stop in the slot; none gets through.",
                "سکه‌ها در شیار می‌مانند و نمی‌گذرند.",
                "تتوقف العملات في الفتحة ولا تمر.",
            ),
        ),
        "swallow": (
            ("Swallows coins", "سکه را می‌بلعد", "يبتلع العملات"),
            (
                "The coin is gone, and no credit comes.",
                "سکه می‌رود و اعتباری نمی‌آید.",
                "تختفي العملة ولا يأتي رصيد.",
            ),
        ),
        "string": (
            ("Coin on a string", "سکه با نخ", "عملة بخيط"),
            (
                "Somebody pulls the coin out again.",
                "کسی سکه را دوباره بیرون می‌کشد.",
                "يسحب أحدهم العملة من جديد.",
            ),
        ),
        "reject": (
            ("Refuses all", "همه را رد می‌کند", "يرفض الكل"),
            (
                "Every coin falls back into the tray.",
                "هر سکه به سینی برمی‌گردد.",
                "تعود كل عملة إلى الصينية.",
            ),
        ),
        "burst": (
            ("Coin shower", "رگبار سکه", "وابل عملات"),
            (
                "Six events come between two questions; five fit.",
                "شش رویداد میان دو پرسش؛ پنج جا هست.",
                "ستة أحداث بين سؤالين والمكان لخمسة.",
            ),
        ),
        "wrong_coin": (
            ("Unknown coin", "سکهٔ ناشناخته", "عملة مجهولة"),
            (
                "It credits a coin that has no value in the settings.",
                "سکه‌ای را می‌پذیرد که در تنظیمات ارزشی ندارد.",
                "يقبل عملة لا قيمة لها في الإعدادات.",
            ),
        ),
        "no_counts": (
            ("No lifetime counts", "بدون شمار کل", "بلا عدّاد دائم"),
            (
                "An older model that keeps no count of coins.",
                "مدلی قدیمی که شمار سکه‌ها را نگه نمی‌دارد.",
                "طراز قديم لا يحفظ عدد العملات.",
            ),
        ),
    },
    "note_validator": {
        "jam": (
            ("Note jam", "گیر اسکناس", "انحشار ورقة"),
            ("A note stops on its way in or out.", "اسکناس در راه می‌ماند.", "تتوقف الورقة في طريقها."),
        ),
        "reject": (
            ("Turns notes away", "پس زدن اسکناس", "يرفض الأوراق"),
            ("Every note comes back.", "هر اسکناسی برمی‌گردد.", "تعود كل ورقة."),
        ),
        "string": (
            ("Note on a thread", "اسکناس نخ‌بسته", "ورقة بخيط"),
            (
                "A note is pulled out after it was read.",
                "اسکناس پس از خوانده‌شدن بیرون کشیده می‌شود.",
                "تُسحب الورقة بعد قراءتها.",
            ),
        ),
        "pulled_back": (
            ("Pulled back", "پس‌کشیدن", "سحب الورقة"),
            (
                "The note in escrow is pulled out by hand.",
                "اسکناسِ در انتظار با دست بیرون کشیده می‌شود.",
                "تُسحب الورقة المنتظرة باليد.",
            ),
        ),
        "stacker_full": (
            ("Box full", "صندوق پر", "الصندوق ممتلئ"),
            ("No note fits any more.", "دیگر اسکناسی جا نمی‌شود.", "لا تتسع ورقة أخرى."),
        ),
        "box_out": (
            ("Box out", "صندوق بیرون", "الصندوق خارج مكانه"),
            (
                "The note box is not in its place.",
                "صندوق اسکناس سر جایش نیست.",
                "صندوق الأوراق ليس في مكانه.",
            ),
        ),
        "wrong_note": (
            ("Unknown note", "اسکناس ناشناس", "ورقة مجهولة"),
            (
                "It takes a note that has no value here.",
                "اسکناسی می‌گیرد که اینجا ارزشی ندارد.",
                "يقبل ورقة لا قيمة لها هنا.",
            ),
        ),
        "impatient": (
            ("Impatient", "بی‌صبر", "غير صبور"),
            (
                "It gives the note back before it is told to keep it.",
                "پیش از دستور، اسکناس را پس می‌دهد.",
                "يعيد الورقة قبل أن يؤمر بحفظها.",
            ),
        ),
        "stacks_by_itself": (
            ("Keeps unasked", "بی‌پرسش نگه می‌دارد", "يحفظ دون طلب"),
            (
                "It keeps each note without being asked.",
                "هر اسکناس را بی‌دستور نگه می‌دارد.",
                "يحفظ كل ورقة دون أن يُطلب منه.",
            ),
        ),
        "reset_while_stacking": (
            ("Restarts while keeping", "بازراه‌اندازی هنگام نگه‌داشتن", "يعيد التشغيل أثناء الحفظ"),
            (
                "It starts anew with the note on its way in.",
                "با اسکناسِ در راه دوباره راه می‌افتد.",
                "يبدأ من جديد والورقة في طريقها.",
            ),
        ),
        "no_counts": (
            ("No counts", "بی‌شمار", "بلا عدّاد"),
            (
                "It cannot say how many notes it kept.",
                "نمی‌تواند بگوید چند اسکناس نگه داشته است.",
                "لا يعرف كم ورقة حفظ.",
            ),
        ),
    },
    "card_reader": {
        "declines": (
            ("Declines", "رد می‌کند", "يرفض"),
            ("Every request is refused.", "هر درخواستی رد می‌شود.", "يُرفض كل طلب."),
        ),
        "late_approval": (
            ("Approves late", "پذیرش دیرهنگام", "يوافق متأخرًا"),
            (
                "It approves after the request was cancelled.",
                "پس از لغو درخواست آن را می‌پذیرد.",
                "يوافق بعد إلغاء الطلب.",
            ),
        ),
        "other_amount": (
            ("Another amount", "مبلغ دیگر", "مبلغ آخر"),
            (
                "It charges another amount than it was asked for.",
                "مبلغی جز آنچه خواسته شده برمی‌دارد.",
                "يخصم مبلغًا غير المطلوب.",
            ),
        ),
        "refund_fails": (
            ("Refund fails", "برگشت ناموفق", "يفشل الرد"),
            (
                "What was charged cannot be given back.",
                "آنچه برداشت شده برنمی‌گردد.",
                "لا يمكن رد ما خُصم.",
            ),
        ),
        "never_answers": (
            ("Never answers", "هرگز پاسخ نمی‌دهد", "لا يجيب أبدًا"),
            ("A request stays without an answer.", "درخواست بی‌پاسخ می‌ماند.", "يبقى الطلب بلا جواب."),
        ),
        "cancels_session": (
            ("Card taken away", "کارت کنار رفت", "أُبعدت البطاقة"),
            (
                "The session ends before the answer.",
                "نشست پیش از پاسخ پایان می‌یابد.",
                "تنتهي الجلسة قبل الجواب.",
            ),
        ),
        "out_of_sequence": (
            ("Out of sequence", "بیرون از نوبت", "خارج التسلسل"),
            (
                "It says that an order came at the wrong time.",
                "می‌گوید دستور در زمان نادرست رسید.",
                "يقول إن أمرًا جاء في غير وقته.",
            ),
        ),
        "reset_after_approval": (
            ("Restarts after approval", "بازراه‌اندازی پس از پذیرش", "يعيد التشغيل بعد الموافقة"),
            (
                "It starts anew when the charge is not final yet.",
                "پیش از نهایی شدن برداشت دوباره راه می‌افتد.",
                "يبدأ من جديد ولم يصبح الخصم نهائيًا.",
            ),
        ),
        "no_refund": (
            ("Cannot refund", "بی‌برگشت", "لا يرد المال"),
            (
                "It has no way to give money back.",
                "راهی برای برگرداندن پول ندارد.",
                "لا سبيل لديه لرد المال.",
            ),
        ),
        "wrong_currency": (
            ("Another currency", "ارز دیگر", "عملة أخرى"),
            ("It speaks of another currency.", "از ارز دیگری سخن می‌گوید.", "يتحدث عن عملة أخرى."),
        ),
        "token": (
            ("Token card", "کارت ژتونی", "بطاقة رموز"),
            ("The card has tokens, not money.", "کارت ژتون دارد، نه پول.", "في البطاقة رموز لا مال."),
        ),
        "broken": (
            ("Broken", "خراب", "معطّل"),
            (
                "It reports an error and takes no card.",
                "خطا می‌دهد و کارت نمی‌گیرد.",
                "يبلغ عن خطأ ولا يقبل بطاقة.",
            ),
        ),
        "ack_lost": (
            ("Says it twice", "دو بار می‌گوید", "يكرر كلامه"),
            (
                "It does not hear that it was heard, and repeats its report.",
                "نمی‌شنود که شنیده شده و گزارش را تکرار می‌کند.",
                "لا يسمع أنه سُمع فيكرر تقريره.",
            ),
        ),
    },
    "hopper": {
        "jam": (
            ("Jammed", "گیرکرده", "منحشر"),
            (
                "The disc cannot turn; it gives up after a while.",
                "صفحه نمی‌چرخد و پس از مدتی رها می‌کند.",
                "القرص لا يدور ويستسلم بعد حين.",
            ),
        ),
        "sensor_lies": (
            ("Level sensor lies", "حسگر سطح دروغ می‌گوید", "حساس المستوى يكذب"),
            (
                "It says full when it is low, and low when it is full.",
                "هنگام کمبود می‌گوید پر است، و برعکس.",
                "يقول ممتلئ وهو ناقص، والعكس.",
            ),
        ),
        "stalls": (
            ("Stalls", "درجا می‌زند", "يتعثر"),
            (
                "The motor runs, no coin comes, and it never says it is done.",
                "موتور می‌چرخد، سکه نمی‌آید و پایانی نمی‌گوید.",
                "يعمل المحرك ولا تخرج عملة ولا يقول إنه انتهى.",
            ),
        ),
        "wrong_coin_extra": (
            ("One coin too many", "یک سکه اضافه", "عملة زائدة"),
            (
                "One more coin falls than was asked for.",
                "یک سکه بیش از خواسته می‌افتد.",
                "تسقط عملة أكثر من المطلوب.",
            ),
        ),
        "resumes_after_power": (
            ("Pays on after a power cut", "ادامهٔ پرداخت پس از قطع برق", "يتابع الدفع بعد انقطاع"),
            (
                "It finishes an old payout by itself when power returns.",
                "با آمدن برق، پرداخت قدیمی را خودش تمام می‌کند.",
                "يكمل دفعا قديما من نفسه حين تعود الكهرباء.",
            ),
        ),
        "no_pay_count": (
            ("No lifetime count", "بدون شمار کل", "بلا عدّاد دائم"),
            (
                "An older model that forgets what it paid.",
                "مدلی قدیمی که پرداخت‌ها را به یاد ندارد.",
                "طراز قديم ينسى ما دفع.",
            ),
        ),
    },
    "vending_machine": {
        "jam": (
            ("Coils jam", "گیر مارپیچ‌ها", "انحشار اللوالب"),
            ("Nothing falls, and it says so.", "چیزی نمی‌افتد و همین را می‌گوید.", "لا يسقط شيء، وتقول ذلك."),
        ),
        "no_drop": (
            ("Goods hang", "کالا آویزان می‌ماند", "البضاعة تعلق"),
            (
                "The goods hang at their coil, and it says that nothing fell.",
                "کالا در مارپیچ آویزان می‌ماند و می‌گوید چیزی نیفتاد.",
                "تعلق البضاعة في لولبها، وتقول إن شيئًا لم يسقط.",
            ),
        ),
        "double_drop": (
            ("Two at once", "دوتا با هم", "اثنتان معا"),
            ("Two pieces fall in one turn.", "با یک چرخش دو عدد می‌افتد.", "تسقط قطعتان في دورة واحدة."),
        ),
        "sold_out": (
            ("Says sold out", "می‌گوید تمام شد", "تقول إنها نفدت"),
            ("It asks for nothing.", "چیزی نمی‌پرسد.", "لا تطلب شيئًا."),
        ),
        "door_open": (
            ("Door open", "در باز", "الباب مفتوح"),
            (
                "It sells for nobody until its door is closed.",
                "تا بسته شدن در برای کسی نمی‌فروشد.",
                "لا تبيع لأحد حتى يُغلق بابها.",
            ),
        ),
        "machine_off": (
            ("Switched off", "خاموش", "مطفأة"),
            (
                "The machine has no power, its box has.",
                "دستگاه برق ندارد، جعبهٔ رابط دارد.",
                "الآلة بلا كهرباء، وعلبتها موصولة.",
            ),
        ),
        "impatient": (
            ("Impatient", "بی‌صبر", "غير صبورة"),
            (
                "It withdraws its question before an answer can come.",
                "پیش از رسیدن پاسخ پرسش خود را پس می‌گیرد.",
                "تسحب سؤالها قبل أن يصل الجواب.",
            ),
        ),
        "reset_while_vending": (
            ("Restarts while vending", "بازراه‌اندازی هنگام تحویل", "تعيد التشغيل أثناء التسليم"),
            (
                "It begins anew while a coil turns, and tells no end.",
                "هنگام چرخش مارپیچ از نو راه می‌افتد و پایان را نمی‌گوید.",
                "تبدأ من جديد واللولب يدور، ولا تقول كيف انتهى.",
            ),
        ),
        "lost_word": (
            ("Outcome lost", "نتیجهٔ گمشده", "نتيجة ضائعة"),
            (
                "Its word on the next vend never arrives.",
                "خبر تحویل بعدی هرگز نمی‌رسد.",
                "خبر التسليم التالي لا يصل أبدًا.",
            ),
        ),
        "wrong_scale": (
            ("Wrong scale", "مقیاس نادرست", "مقياس خاطئ"),
            (
                "It names prices with three decimals.",
                "قیمت‌ها را با سه رقم اعشار می‌گوید.",
                "تذكر الأسعار بثلاث خانات عشرية.",
            ),
        ),
        "lies": (
            ("Says success always", "همیشه می‌گوید موفق", "تقول نجح دائمًا"),
            (
                "It says that goods fell, whatever happened.",
                "هر چه شود می‌گوید کالا افتاد.",
                "تقول إن البضاعة سقطت مهما حدث.",
            ),
        ),
    },
    "coil_board": {
        "jam": (
            ("All coils jam", "گیر همهٔ مارپیچ‌ها", "تعطل كل اللوالب"),
            (
                "The motor is stopped by something and gives up.",
                "چیزی موتور را نگه می‌دارد و رها می‌کند.",
                "يوقف شيء ما المحرك فيستسلم.",
            ),
        ),
        "no_drop": (
            ("Goods hang", "کالا آویزان می‌ماند", "البضاعة تعلق"),
            (
                "The spiral turns, but the goods do not fall.",
                "مارپیچ می‌چرخد، اما کالا نمی‌افتد.",
                "يدور اللولب لكن البضاعة لا تسقط.",
            ),
        ),
        "double_drop": (
            ("Two at once", "دوتا با هم", "اثنتان معا"),
            (
                "Two pieces fall in one turn.",
                "با یک چرخش دو عدد می‌افتد.",
                "تسقط قطعتان في دورة واحدة.",
            ),
        ),
        "motor_stuck": (
            ("Motor will not stop", "موتور نمی‌ایستد", "المحرك لا يتوقف"),
            (
                "It misses its home and turns on.",
                "از جای خود می‌گذرد و می‌چرخد.",
                "يتجاوز موضعه ويواصل الدوران.",
            ),
        ),
        "no_motor": (
            ("Motors missing", "بدون موتور", "بلا محركات"),
            (
                "The board finds no motor behind any coil.",
                "برد پشت هیچ مارپیچی موتوری نمی‌یابد.",
                "لا تجد اللوحة محركا خلف أي لولب.",
            ),
        ),
        "home_stuck": (
            ("Home switch stuck", "کلید خانه گیر کرده", "مفتاح الموضع عالق"),
            (
                "It always says that the motor is home.",
                "همیشه می‌گوید موتور سر جای خود است.",
                "يقول دائمًا إن المحرك في موضعه.",
            ),
        ),
        "lift_stuck": (
            ("Lift stuck", "بالابر گیر کرده", "المصعد عالق"),
            (
                "The goods lie in the lift and do not reach the tray.",
                "کالا در بالابر می‌ماند و به سینی نمی‌رسد.",
                "تبقى البضاعة في المصعد ولا تصل إلى الصينية.",
            ),
        ),
        "sensor_blind": (
            ("Drop sensor blind", "حسگر افتادن کور", "حساس السقوط أعمى"),
            (
                "Goods fall, and nothing sees them.",
                "کالا می‌افتد و چیزی نمی‌بیند.",
                "تسقط البضاعة ولا يراها شيء.",
            ),
        ),
        "sensor_blocked": (
            ("Drop sensor blocked", "حسگر افتادن بسته", "حساس السقوط محجوب"),
            (
                "Something stands in the light beam.",
                "چیزی جلوی پرتو نور است.",
                "شيء ما يحجب شعاع الضوء.",
            ),
        ),
    },
    "scanner": {
        "no_suffix": (
            ("No line end", "بدون پایان خط", "بلا نهاية سطر"),
            (
                "Codes end with silence only.",
                "بارکد تنها با سکوت پایان می‌یابد.",
                "ينتهي الرمز بالصمت فقط.",
            ),
        ),
        "double_read": (
            ("Reads twice", "دوبار می‌خواند", "يقرأ مرتين"),
            (
                "One scan is sent two times.",
                "یک خواندن دو بار فرستاده می‌شود.",
                "يُرسل المسح الواحد مرتين.",
            ),
        ),
        "split": (
            ("In pieces", "تکه‌تکه", "مجزأ"),
            (
                "A code arrives in several pieces.",
                "بارکد در چند تکه می‌رسد.",
                "يصل الرمز على أجزاء.",
            ),
        ),
        "aim_prefix": (
            ("With prefix", "با پیشوند", "مع بادئة"),
            (
                "The kind of barcode is sent before it.",
                "نوع بارکد پیش از آن فرستاده می‌شود.",
                "يُرسل نوع الرمز قبله.",
            ),
        ),
        "gs_missing": (
            ("Separators missing", "بدون جداکننده", "بلا فواصل"),
            (
                "The marks between the parts of long codes are lost.",
                "نشان‌های میان بخش‌های بارکدهای بلند گم می‌شوند.",
                "تضيع العلامات بين أجزاء الرموز الطويلة.",
            ),
        ),
        "control_chars": (
            ("Control characters", "نویسه‌های کنترلی", "أحرف تحكم"),
            (
                "A code carries characters that no barcode should.",
                "بارکد نویسه‌هایی دارد که نباید.",
                "يحمل الرمز أحرفا لا ينبغي أن تكون فيه.",
            ),
        ),
        "flood": (
            ("Endless code", "بارکد بی‌پایان", "رمز لا ينتهي"),
            (
                "Four thousand characters in one code.",
                "چهار هزار نویسه در یک بارکد.",
                "أربعة آلاف حرف في رمز واحد.",
            ),
        ),
        "persian_digits": (
            ("Persian digits", "رقم‌های فارسی", "أرقام فارسية"),
            (
                "Digits are sent as a Persian keyboard writes them.",
                "رقم‌ها به شکل صفحه‌کلید فارسی فرستاده می‌شوند.",
                "تُرسل الأرقام كما تكتبها لوحة مفاتيح فارسية.",
            ),
        ),
    },
    "printer": {
        "paper_low": (
            ("Paper low", "کاغذ کم", "الورق قليل"),
            (
                "The sensor at the roll says that little is left.",
                "حسگر رول می‌گوید کم مانده است.",
                "يقول حساس اللفافة إن القليل بقي.",
            ),
        ),
        "paper_out": (
            ("No paper", "بدون کاغذ", "لا ورق"),
            (
                "The printer stops until there is paper.",
                "چاپگر تا رسیدن کاغذ می‌ایستد.",
                "تتوقف الطابعة حتى يوضع الورق.",
            ),
        ),
        "cutter_jam": (
            ("Blade stuck", "تیغه گیرکرده", "الشفرة عالقة"),
            (
                "The cutter does not come back.",
                "تیغه برنمی‌گردد.",
                "لا تعود الشفرة إلى موضعها.",
            ),
        ),
        "head_hot": (
            ("Head too hot", "داغی بیش از حد", "الرأس ساخن"),
            (
                "It pauses until it has cooled down.",
                "تا خنک شدن درنگ می‌کند.",
                "تتوقف حتى تبرد.",
            ),
        ),
        "lost_answer": (
            ("Never says done", "هرگز نمی‌گوید تمام", "لا تقول انتهى"),
            (
                "It prints, but the proof of it never comes.",
                "چاپ می‌کند، اما گواهش نمی‌رسد.",
                "تطبع لكن الدليل لا يصل.",
            ),
        ),
        "drawer_open": (
            ("Drawer open", "کشو باز", "الدرج مفتوح"),
            (
                "The cash drawer's switch says open.",
                "کلید کشوی پول می‌گوید باز است.",
                "يقول مفتاح درج النقود إنه مفتوح.",
            ),
        ),
        "says_no_but_prints": (
            ("Says no, but prints", "می‌گوید نه، چاپ می‌کند", "تقول لا وتطبع"),
            (
                "It claims to have no paper and prints all the same.",
                "می‌گوید کاغذ ندارد و باز چاپ می‌کند.",
                "تدعي أن لا ورق لديها وتطبع مع ذلك.",
            ),
        ),
    },
}
"""Faults of one kind of device, beside those of its wire."""


MISHAPS: Mapping[str, Fault] = {
    "card_restart": (
        ("Card reader restarts", "بازراه‌اندازی کارت‌خوان", "إعادة تشغيل قارئ البطاقات"),
        (
            "It starts anew; what it had approved counts as charged.",
            "دوباره راه می‌افتد و آنچه پذیرفته بود برداشت‌شده به شمار می‌آید.",
            "يبدأ من جديد ويُحسب ما وافق عليه مخصومًا.",
        ),
    ),
    "note_restart": (
        ("Note reader restarts", "بازراه‌اندازی اسکناس‌خوان", "إعادة تشغيل قارئ الأوراق"),
        (
            "It starts anew and has forgotten everything but its notes.",
            "دوباره راه می‌افتد و جز اسکناس‌ها همه‌چیز را فراموش کرده است.",
            "يبدأ من جديد وقد نسي كل شيء سوى أوراقه.",
        ),
    ),
    "device_dark": (
        ("No power", "بی‌برق", "بلا كهرباء"),
        ("The device has no power.", "دستگاه برق ندارد.", "لا كهرباء للجهاز."),
    ),
    "brown_out": (
        ("Brown-out", "افت برق", "هبوط الكهرباء"),
        (
            "The voltage dips: some devices start anew.",
            "برق می‌افتد و برخی دستگاه‌ها از نو آغاز می‌کنند.",
            "يهبط الجهد فتبدأ بعض الأجهزة من جديد.",
        ),
    ),
    "line_drop": (
        ("Messages lost", "پیام‌های گمشده", "رسائل ضائعة"),
        ("Some messages never arrive.", "برخی پیام‌ها نمی‌رسند.", "لا تصل بعض الرسائل."),
    ),
    "line_duplicate": (
        ("Messages twice", "پیام‌های دوباره", "رسائل مكررة"),
        ("Some messages arrive two times.", "برخی پیام‌ها دو بار می‌رسند.", "تصل بعض الرسائل مرتين."),
    ),
    "line_flip": (
        ("Flipped bits", "بیت‌های وارونه", "بتات مقلوبة"),
        ("One bit of a message is turned.", "یک بیت پیام وارونه می‌شود.", "ينقلب بت واحد من الرسالة."),
    ),
    "line_insert": (
        ("Stray bytes", "بایت‌های سرگردان", "بايتات شاردة"),
        (
            "A stray byte gets into a message.",
            "بایتی سرگردان به پیام راه می‌یابد.",
            "يدخل بايت شارد إلى الرسالة.",
        ),
    ),
    "line_cut_short": (
        ("Cut short", "پیام بریده", "رسائل مبتورة"),
        ("The end of a message is missing.", "پایان پیام گم می‌شود.", "تضيع نهاية الرسالة."),
    ),
    "line_delay": (
        ("Late messages", "پیام دیررس", "رسائل متأخرة"),
        ("Some messages come late.", "برخی پیام‌ها دیر می‌رسند.", "تتأخر بعض الرسائل."),
    ),
    "line_split": (
        ("In pieces", "تکه‌تکه", "مجزأة"),
        (
            "A message comes with a pause inside.",
            "پیام با درنگی در میانه می‌رسد.",
            "تصل الرسالة وفي وسطها توقف.",
        ),
    ),
    "line_merge": (
        ("Run together", "به‌هم‌چسبیده", "متلاصقة"),
        ("Two messages arrive as one.", "دو پیام یک‌جا می‌رسند.", "تصل رسالتان معا."),
    ),
    "line_burst": (
        ("Bursts of noise", "رگبار نویز", "دفعات تشويش"),
        (
            "Random bytes come before a message.",
            "پیش از پیام بایت‌های درهم می‌آیند.",
            "تسبق الرسالة بايتات عشوائية.",
        ),
    ),
    "line_foreign": (
        ("Another's messages", "پیام دیگری", "رسائل جهاز آخر"),
        (
            "Messages of a device that is not ours pass by.",
            "پیام‌های دستگاهی دیگر از سیم می‌گذرد.",
            "تمر رسائل جهاز ليس لنا.",
        ),
    ),
    "line_wrong_speed": (
        ("Wrong speed", "سرعت نادرست", "سرعة خاطئة"),
        (
            "The two ends speak at different speeds; nothing is understood.",
            "دو سر با سرعت‌های گوناگون می‌گویند و هیچ فهمیده نمی‌شود.",
            "يتكلم الطرفان بسرعتين مختلفتين فلا يُفهم شيء.",
        ),
    ),
    "cable_out": (
        ("Cable out", "کابل کشیده", "الكابل مفصول"),
        ("The cable is pulled out.", "کابل کشیده شده است.", "الكابل منزوع."),
    ),
    "coin_restart": (
        ("Starts anew", "آغاز از نو", "بدء من جديد"),
        (
            "It loses its power for a moment; its counter is 0.",
            "برقش دمی می‌رود و شمارنده‌اش صفر می‌شود.",
            "تنقطع كهرباؤه لحظة فيعود عداده إلى الصفر.",
        ),
    ),
    "coin_counter_wrap": (
        ("A bag of washers", "یک کیسه واشر", "كيس من الحلقات"),
        (
            "So many are turned away that the event counter goes round.",
            "چندان رد می‌شوند که شمارندهٔ رویداد دور می‌زند.",
            "يُرفض منها ما يكفي ليدور عداد الأحداث.",
        ),
    ),
    "coin_replaced": (
        ("Exchanged", "تعویض‌شده", "مستبدل"),
        ("Another acceptor stands in its place.", "سکه‌گیر دیگری به جایش می‌نشیند.", "يحل قارئ آخر محله."),
    ),
    "hopper_restart": (
        ("Starts anew", "آغاز از نو", "بدء من جديد"),
        ("It loses its power for a moment.", "برقش دمی می‌رود.", "تنقطع كهرباؤه لحظة."),
    ),
    "hopper_count_wrap": (
        ("Old hopper", "هاپر کهنه", "خزان قديم"),
        (
            "Exchanged for one near the end of its lifetime count.",
            "تعویض با هاپری نزدیک به پایان شمار کل.",
            "يُستبدل بواحد يوشك عداده الدائم أن ينتهي.",
        ),
    ),
    "hopper_replaced": (
        ("Exchanged", "تعویض‌شده", "مستبدل"),
        (
            "Another hopper is built in, with the same coins.",
            "هاپری دیگر با همان سکه‌ها نشانده می‌شود.",
            "يركب خزان آخر بالعملات نفسها.",
        ),
    ),
    "hopper_empty": (
        ("Emptied", "خالی‌شده", "مفرغ"),
        (
            "Somebody takes all coins and tells nobody.",
            "کسی همهٔ سکه‌ها را بی‌خبر برمی‌دارد.",
            "يأخذ أحدهم العملات كلها دون أن يخبر.",
        ),
    ),
    "hopper_coins_removed": (
        ("Coins taken", "سکهٔ برداشته", "عملات مأخوذة"),
        (
            "Somebody takes three coins and tells nobody.",
            "کسی سه سکه را بی‌خبر برمی‌دارد.",
            "يأخذ أحدهم ثلاث عملات دون أن يخبر.",
        ),
    ),
    "vend_late_drop": (
        ("Late drop", "افتادن دیرهنگام", "سقوط متأخر"),
        (
            "Goods hang; when this ends, somebody shakes the machine.",
            "کالا آویزان می‌ماند؛ در پایان کسی ماشین را تکان می‌دهد.",
            "تعلق البضاعة، وعند انتهائه يهز أحدهم الآلة.",
        ),
    ),
    "machine_restart": (
        ("Machine restarts", "بازراه‌اندازی دستگاه", "تعيد الآلة التشغيل"),
        (
            "The old machine and its box start anew.",
            "دستگاه قدیمی و جعبهٔ رابطش از نو راه می‌افتند.",
            "تبدأ الآلة القديمة وعلبتها من جديد.",
        ),
    ),
    "vend_restart": (
        ("Starts anew", "آغاز از نو", "بدء من جديد"),
        ("It loses its power for a moment.", "برقش دمی می‌رود.", "تنقطع كهرباؤها لحظة."),
    ),
    "printer_cover_open": (
        ("Cover open", "در باز", "الغطاء مفتوح"),
        ("Nothing is printed until it is closed.", "تا بسته نشود چیزی چاپ نمی‌شود.", "لا يطبع شيء حتى يُغلق."),
    ),
    "printer_unplugged": (
        ("Unplugged", "کابل کشیده", "مفصولة"),
        ("Its cable is pulled out.", "کابلش کشیده شده است.", "كابلها منزوع."),
    ),
    "scanner_flood": (
        ("A hundred scans", "صد بارکد", "مئة مسح"),
        ("A hundred codes arrive at once.", "صد بارکد یک‌باره می‌رسد.", "تصل مئة رمز دفعة واحدة."),
    ),
    "scanner_unplugged": (
        ("Unplugged", "کابل کشیده", "مفصول"),
        ("Its cable is pulled out.", "کابلش کشیده شده است.", "كابله منزوع."),
    ),
}
"""Mishaps that are no fault of one device, by the simulation's name."""


def fault_texts(kind: str, fault: str) -> Fault | None:
    """The name and the explanation of a fault; None when nobody wrote them."""
    return FAULTS.get(kind, {}).get(fault) or LINE_FAULTS.get(fault)


def texts_in(language: str) -> dict[str, str]:
    """All texts in one language: page keys, ``hand.<name>`` and ``field.<name>``; mishaps have an answer of their own.

    Raises:
        ValueError: Not one of `LANGUAGES`.
    """
    column = tuple(LANGUAGES).index(language)
    texts = {key: row[column] for key, row in PAGE.items()}
    texts |= {f"hand.{key}": row[column] for key, row in HANDS.items()}
    texts |= {f"field.{key}": row[column] for key, row in FIELDS.items()}
    return texts
