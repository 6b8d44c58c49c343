"""Texts of the shopper's screen."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Counted, Table, Words

SCREEN: Final[Table] = {
    # --- on every page
    "vendor.machine": Words("Machine {machine}", "دستگاه {machine}", "الآلة {machine}"),
    "vendor.call": Words("Questions? Call {phone}", "پرسشی دارید؟ {phone}", "هل لديك سؤال؟ اتصل بـ {phone}"),
    "page.title": Words(
        "{vendor}, machine {machine}", "{vendor}، دستگاه {machine}", "{vendor}، الآلة {machine}"
    ),
    "page.script": Words(
        "This screen needs JavaScript.",
        "این صفحه به جاوااسکریپت نیاز دارد.",
        "تحتاج هذه الشاشة إلى جافاسكريبت.",
    ),
    "foot.label": Words("Language and comfort", "زبان و راحتی", "اللغة والراحة"),
    "foot.larger": Words("Larger text", "متن درشت‌تر", "خط أكبر"),
    "foot.more_time": Words("More time", "زمان بیشتر", "وقت أطول"),
    "foot.mute": Words("Mute", "بی‌صدا", "كتم الصوت"),
    "foot.help": Words("Help", "کمک", "مساعدة"),
    "close": Words("Close", "بستن", "إغلاق"),
    "back": Words("Back", "بازگشت", "رجوع"),
    # --- starting, halted, link lost
    "starting.title": Words("One moment", "یک لحظه", "لحظة من فضلك"),
    "starting.text": Words(
        "The machine is checking itself. Nothing you paid is lost.",
        "دستگاه خود را وارسی می‌کند. پولی که داده‌اید از دست نمی‌رود.",
        "تفحص الآلة نفسها الآن. لن يضيع شيء مما دفعته.",
    ),
    "halted.title": Words("Out of service", "خارج از سرویس", "خارج الخدمة"),
    "halted.text": Words(
        "Please put no money in. If the machine owes you money, call us: we can see what happened.",
        "لطفاً پول نیندازید. اگر دستگاه به شما بدهکار است تماس بگیرید: می‌بینیم چه شده است.",
        "من فضلك لا تُدخل نقودًا. إن كان لك عند الآلة مال فاتصل بنا: نستطيع معرفة ما حدث.",
    ),
    "halted.code": Words(
        "Keep this code: take a photo or write it down. It pays here once the machine works again. "
        "Or call us with it: we see the debt and settle it.",
        "این کد را نگه دارید: عکس بگیرید یا بنویسید. وقتی دستگاه دوباره کار کند همین‌جا پرداخت می‌شود. "
        "یا با آن به ما زنگ بزنید: بدهی را می‌بینیم و تسویه می‌کنیم.",
        "احتفظ بهذا الرمز: صوّره أو اكتبه. يُدفع هنا حين تعمل الآلة من جديد. "
        "أو اتصل بنا ومعك الرمز: نرى الدين ونسوّيه.",
    ),
    "halted.uncertain": Words(
        "Keep this code: take a photo or write it down. The machine cannot tell what happened; call us, and a person decides.",
        "این کد را نگه دارید: عکس بگیرید یا بنویسید. دستگاه نمی‌داند چه شده است؛ زنگ بزنید تا یک نفر تصمیم بگیرد.",
        "احتفظ بهذا الرمز: صوّره أو اكتبه. لا تعرف الآلة ما حدث؛ اتصل بنا ليقرر شخص.",
    ),
    "covered.title": Words("Reconnecting", "در حال اتصال دوباره", "جارٍ إعادة الاتصال"),
    "covered.text": Words(
        "The screen has lost the till, so prices are hidden. Please put no money in just now.",
        "ارتباط صفحه با صندوق قطع شده و قیمت‌ها پوشیده‌اند. لطفاً فعلاً پول نیندازید.",
        "انقطع اتصال الشاشة بالصندوق، لذلك أُخفيت الأسعار. من فضلك لا تُدخل نقودًا الآن.",
    ),
    # --- idle
    "idle.title": Words("Help yourself", "خوش آمدید", "أهلًا وسهلًا"),
    "idle.lead": Words(
        "Scan it, choose it, or start with a coin.",
        "اسکن کنید، انتخاب کنید، یا با یک سکه آغاز کنید.",
        "امسح المنتج ضوئيًا أو اختره، أو ابدأ بقطعة نقدية.",
    ),
    "idle.step_scan": Words("Scan or choose", "اسکن یا انتخاب", "امسح أو اختر"),
    "idle.step_pay": Words("Put in coins", "سکه بیندازید", "أدخل النقود"),
    "idle.step_take": Words("Take it", "بردارید", "خذ مشترياتك"),
    "idle.lead_money": Words(
        "Scan it, choose it, or start with your money.",
        "اسکن کنید، انتخاب کنید، یا با پول آغاز کنید.",
        "امسح المنتج ضوئيًا أو اختره، أو ابدأ بنقودك.",
    ),
    "idle.lead_card": Words(
        "Scan it or choose it, then pay by card.",
        "اسکن یا انتخاب کنید، سپس با کارت بپردازید.",
        "امسح المنتج أو اختره، ثم ادفع بالبطاقة.",
    ),
    "idle.step_any": Words("Pay", "بپردازید", "ادفع"),
    "exact.title": Words("Choose first", "نخست انتخاب کنید", "اختر أولًا"),
    "exact.text": Words(
        "Then pay the exact amount: the machine is low on change.",
        "سپس مبلغ دقیق را بپردازید: پول خرد دستگاه کم است.",
        "ثم ادفع المبلغ المضبوط: الفكة في الآلة قليلة.",
    ),
    "money.closed": Words("No payments just now", "فعلاً پرداخت ممکن نیست", "لا يمكن الدفع الآن"),
    "means.label": Words("You can pay with", "با این‌ها می‌توانید بپردازید", "يمكنك الدفع بـ"),
    "means.coin": Words("Coin {value}", "سکهٔ {value}", "قطعة {value}"),
    "means.note": Words("Note {value}", "اسکناس {value}", "ورقة {value}"),
    "means.card": Words("Card", "کارت", "بطاقة"),
    "notes.low": Words(
        "No notes just now: the change is low.",
        "فعلاً اسکناس نمی‌گیریم: پول خرد دستگاه کم است.",
        "لا أوراق نقدية الآن: الفكة في الآلة قليلة.",
    ),
    "notes.off": Words("No notes just now.", "فعلاً اسکناس نمی‌گیریم.", "لا أوراق نقدية الآن."),
    "notes.no_more": Words(
        "No more notes just now.", "فعلاً اسکناس دیگری نمی‌گیریم.", "لا مزيد من الأوراق النقدية الآن."
    ),
    "cards.only": Words("Cards only just now.", "فعلاً فقط کارت می‌گیریم.", "البطاقات فقط الآن."),
    "cards.off": Words("No cards just now.", "فعلاً کارت نمی‌گیریم.", "لا بطاقات الآن."),
    "note.kept": Words(
        "One moment: your note of {amount} is being taken.",
        "یک لحظه: اسکناس {amount} شما گرفته می‌شود.",
        "لحظة: يجري أخذ ورقتك {amount}.",
    ),
    "note.back": Words(
        "Please take your note back.", "لطفاً اسکناس خود را پس بگیرید.", "استعد ورقتك النقدية من فضلك."
    ),
    "coins.here": Words(
        "Coins go into the coin slot", "سکه‌ها را در شیار سکه بیندازید", "أدخل النقود في فتحة العملات"
    ),
    "coins.closed": Words(
        "Coins are not taken just now", "فعلاً سکه پذیرفته نمی‌شود", "لا تُقبل العملات المعدنية الآن"
    ),
    "coins.closed_text": Words(
        "A code of ours still pays. For everything else, please come back a little later.",
        "با کد ما هنوز می‌توانید بپردازید. برای بقیه لطفاً کمی بعد بیایید.",
        "ما زال الدفع برمز منا ممكنًا. لغير ذلك عُد بعد قليل من فضلك.",
    ),
    "coins.exact": Words(
        "Exact change, please: the machine is low on coins.",
        "لطفاً پول دقیق بدهید: سکهٔ دستگاه کم است.",
        "المبلغ المضبوط من فضلك: الفكة في الآلة قليلة.",
    ),
    "scanner.off": Words(
        "The scanner rests just now; tap your goods on the screen.",
        "اسکنر فعلاً کار نمی‌کند؛ کالا را روی صفحه لمس کنید.",
        "الماسح متوقف الآن؛ المس بضاعتك على الشاشة.",
    ),
    "printer.off": Words(
        "No paper receipts just now; a receipt by QR code is there.",
        "فعلاً رسید کاغذی نداریم؛ رسید با کد QR آماده است.",
        "لا إيصالات ورقية الآن؛ الإيصال متاح برمز QR.",
    ),
    # --- choosing
    "browse.label": Words("Goods to choose", "کالاها برای انتخاب", "بضائع للاختيار"),
    "browse.machine": Words("From the machine", "از دستگاه", "من الآلة"),
    "browse.loose": Words("Without barcode", "بدون بارکد", "بلا رمز شريطي"),
    "browse.search": Words("Search", "جستجو", "بحث"),
    "machine.choose": Words(
        "You may choose at the vending machine, for up to {money}.",
        "می‌توانید در دستگاه فروش خودکار هم تا {money} انتخاب کنید.",
        "يمكنك الاختيار من آلة البيع بما لا يتجاوز {money}.",
    ),
    "browse.machine_off": Words(
        "No goods from the machine just now; the shelf is open.",
        "فعلاً از دستگاه کالایی نمی‌آید؛ قفسه باز است.",
        "لا بضائع من الآلة الآن؛ الرف مفتوح.",
    ),
    "browse.nothing": Words("There is nothing here today.", "امروز اینجا چیزی نیست.", "لا شيء هنا اليوم."),
    "tile.sold_out": Words("Sold out", "تمام شد", "نفد"),
    "tile.expired": Words("Past its date", "تاریخ‌گذشته", "منتهي الصلاحية"),
    "tile.was": Words("was {money}", "پیش‌تر {money}", "كان {money}"),
    "cart.was": Words(
        "Marked down, its date is near: was {money}",
        "ارزان‌تر، تاریخش نزدیک است: پیش‌تر {money}",
        "مخفَّض لقرب تاريخه: كان {money}",
    ),
    "tile.off": Words("Closed", "موقتاً بسته", "متوقف"),
    "tile.add": Words("Add {name}, {price}", "افزودن {name}، {price}", "أضف {name}، {price}"),
    "tile.add_slot": Words(
        "Choose {slot}: {name}, {price}", "انتخاب {slot}: {name}، {price}", "اختر {slot}: {name}، {price}"
    ),
    "tile.gone": Words(
        "{slot}: {name}, {price}, {why}", "{slot}: {name}، {price}، {why}", "{slot}: {name}، {price}، {why}"
    ),
    "card.kcal": Words("{kcal} kcal", "{kcal} کیلوکالری", "{kcal} سعرة حرارية"),
    "card.contains": Words("Contains: {allergens}", "دارای: {allergens}", "يحتوي على: {allergens}"),
    "card.no_allergens": Words(
        "None of the 14 declared allergens",
        "بدون ۱۴ مادهٔ حساسیت‌زای اعلام‌شدنی",
        "خالٍ من مسببات الحساسية الأربعة عشر",
    ),
    "card.from_slot": Words("Falls from {slot}", "از {slot} می‌افتد", "يسقط من {slot}"),
    "card.from_shelf": Words("Yours from the shelf", "از قفسه بردارید", "خذه من الرف"),
    "list.comma": Words(", ", "، ", "، "),
    # --- basket and money
    "cart.title": Words("Your basket", "سبد شما", "سلتك"),
    "cart.pieces": Counted(
        en={"one": "{n} piece", "other": "{n} pieces"},
        fa={"one": "{n} کالا", "other": "{n} کالا"},
        ar={
            "zero": "لا قطع",
            "one": "قطعة واحدة",
            "two": "قطعتان",
            "few": "{n} قطع",
            "many": "{n} قطعة",
            "other": "{n} قطعة",
        },
    ),
    "cart.empty": Words(
        "Your money is in. Choose what you like.",
        "پول شما رسید. هر چه می‌خواهید انتخاب کنید.",
        "وصلت نقودك. اختر ما تشاء.",
    ),
    "cart.weighed": Words("{weight} × {price}/kg", "{weight} × {price} هر کیلو", "{weight} × {price} للكيلو"),
    "cart.deposit": Words("with {money} deposit", "با {money} سپردهٔ ظرف", "منها {money} رهن عبوة"),
    "tile.deposit": Words("+ {money} deposit", "+ {money} سپردهٔ ظرف", "+ {money} رهن عبوة"),
    "cart.more": Words("One more {name}", "یکی دیگر: {name}", "واحد آخر: {name}"),
    "cart.less": Words("Put back one {name}", "یکی را برگردانید: {name}", "أرجع واحدًا: {name}"),
    "cart.delivered": Words("delivered", "تحویل شد", "سُلّم"),
    "cart.times": Words("{n} ×", "{n} ×", "{n} ×"),
    "money.total": Words("Total", "جمع", "المجموع"),
    "money.held": Words("You put in", "پرداختی شما", "ما أدخلته"),
    "money.due": Words("Still to pay", "مانده برای پرداخت", "المتبقي للدفع"),
    "money.change": Words("Comes back", "برمی‌گردد", "يرجع إليك"),
    "money.credit": Words("Your credit", "اعتبار شما", "رصيدك"),
    "money.covered": Words("Paid", "پرداخت شد", "مدفوع"),
    "bar.money_back": Words("Money back", "پس گرفتن پول", "استرجاع النقود"),
    "bar.load": Words("Onto my card", "به کارت من", "إلى بطاقتي"),
    "bar.cancel": Words("Cancel", "لغو", "إلغاء"),
    "bar.card": Words("Pay by card", "پرداخت با کارت", "ادفع بالبطاقة"),
    "bar.pay_now": Words("Finish now", "همین حالا تمام", "أنهِ الآن"),
    "bar.closing": Words(
        "Paid. Add more, or the sale closes by itself.",
        "پرداخت شد. باز هم بیفزایید، وگرنه خرید خودش بسته می‌شود.",
        "تم الدفع. أضف المزيد، وإلا أُغلقت العملية تلقائيًا.",
    ),
    "leaving.title": Words("Are you still there?", "هنوز اینجا هستید؟", "هل ما زلت هنا؟"),
    "leaving.money": Words(
        "Your money comes back in a moment.", "پول شما به‌زودی برمی‌گردد.", "ستعود نقودك بعد لحظات."
    ),
    "leaving.empty": Words(
        "The basket is emptied in a moment.", "سبد به‌زودی خالی می‌شود.", "ستُفرغ السلة بعد لحظات."
    ),
    "leaving.stay": Words("I am here", "اینجا هستم", "أنا هنا"),
    "count.seconds": Words("seconds", "ثانیه", "ثانية"),
    # --- a failed vend
    "choice.title": Words("{slot} did not deliver", "{slot} کالا را نداد", "لم تُسلّم {slot} المنتج"),
    "choice.text": Words(
        "Your {money} is safe. Choose something else, or it comes back by itself.",
        "{money} شما محفوظ است. چیز دیگری انتخاب کنید، وگرنه خودش برمی‌گردد.",
        "مبلغك {money} محفوظ. اختر شيئًا آخر، وإلا عاد إليك تلقائيًا.",
    ),
    "choice.refunded": Words(
        "Your card was refunded {money}. Choose something else, or touch “I am done”.",
        "{money} به کارت شما برگشت. چیز دیگری انتخاب کنید، یا «کارم تمام است» را بزنید.",
        "عاد {money} إلى بطاقتك. اختر شيئًا آخر، أو المس «انتهيت».",
    ),
    "choice.unrefunded": Words(
        "Your card could not be refunded. Your {money} is safe here: choose something else, or it comes back in cash.",
        "پول به کارت شما برنگشت. {money} شما اینجا محفوظ است: چیز دیگری انتخاب کنید، وگرنه نقد برمی‌گردد.",
        "تعذّر الرد إلى بطاقتك. مبلغك {money} محفوظ هنا: اختر شيئًا آخر، وإلا عاد إليك نقدًا.",
    ),
    "doubt.note": Words(
        "Your note of {amount} is being looked into. You get a code for it at the end.",
        "اسکناس {amount} شما در دست بررسی است. در پایان کدی برای آن می‌گیرید.",
        "ورقتك {amount} قيد النظر. ستحصل في النهاية على رمز لها.",
    ),
    "doubt.card": Words(
        "{amount} of your card is being looked into. You get a code for it at the end.",
        "{amount} از کارت شما در دست بررسی است. در پایان کدی برای آن می‌گیرید.",
        "مبلغ {amount} من بطاقتك قيد النظر. ستحصل في النهاية على رمز له.",
    ),
    "choice.done": Words("I am done", "کارم تمام است", "انتهيت"),
    # --- a card's request on its way
    "tender.asked": Words(
        "Hold your card to the reader", "کارت را نزدیک کارت‌خوان بگیرید", "قرّب بطاقتك من القارئ"
    ),
    "tender.asked_text": Words(
        "Or put it in, and follow the reader's own display.",
        "یا داخل کنید و از نمایشگر کارت‌خوان پیروی کنید.",
        "أو أدخلها واتبع شاشة القارئ.",
    ),
    "tender.amount": Words("By card", "با کارت", "بالبطاقة"),
    "tender.cancel": Words("Cancel", "لغو", "إلغاء"),
    "tender.asked_rest": Words(
        "You have already paid {amount}; this is the rest.",
        "{amount} را پیش‌تر پرداخته‌اید؛ این باقی‌مانده است.",
        "دفعت {amount} من قبل؛ وهذا هو الباقي.",
    ),
    "tender.cancelling": Words(
        "Cancelling the card payment", "پرداخت با کارت لغو می‌شود", "يجري إلغاء الدفع بالبطاقة"
    ),
    "tender.cancelling_rest": Words(
        "The {amount} you had already paid stays yours.",
        "{amount} که پیش‌تر پرداخته‌اید از آن شما می‌ماند.",
        "ويبقى لك {amount} الذي دفعته من قبل.",
    ),
    "tender.cancelling_text": Words(
        "One moment. We wait until the reader says that your card was not charged.",
        "یک لحظه. منتظریم کارت‌خوان بگوید از کارت شما برداشت نشده است.",
        "لحظة. ننتظر حتى يؤكد القارئ أن بطاقتك لم يُخصم منها شيء.",
    ),
    "tender.approved": Words("Approved", "پذیرفته شد", "تمت الموافقة"),
    "tender.approved_text": Words("Your goods come now.", "کالای شما می‌آید.", "بضاعتك قادمة الآن."),
    "tender.settling": Words(
        "Completing the card payment", "پرداخت با کارت کامل می‌شود", "يجري إتمام الدفع بالبطاقة"
    ),
    "tender.settling_text": Words(
        "Please take your goods. You need not do anything else.",
        "لطفاً کالای خود را بردارید. کار دیگری لازم نیست.",
        "خذ مشترياتك من فضلك. لا يلزمك فعل شيء آخر.",
    ),
    "tender.refunding": Words(
        "Your card is being refunded", "پول به کارت شما برمی‌گردد", "يُردّ المبلغ إلى بطاقتك"
    ),
    "tender.refunding_text": Words(
        "One moment. The machine tells you when it is done.",
        "یک لحظه. دستگاه پایان کار را به شما می‌گوید.",
        "لحظة. ستخبرك الآلة حين يتم ذلك.",
    ),
    "tender.failed_text": Words(
        "Not everything came out, so the charge goes back to your card. One moment.",
        "همهٔ کالا بیرون نیامد؛ پس مبلغ به کارت شما برمی‌گردد. یک لحظه.",
        "لم يخرج كل ما اخترته، لذلك يعود المبلغ إلى بطاقتك. لحظة.",
    ),
    "load.title": Words(
        "Hold your card to the reader", "کارت را نزدیک کارت‌خوان بگیرید", "قرّب بطاقتك من القارئ"
    ),
    "load.text": Words(
        "The money goes onto it. Without a card it comes back in coins after half a minute.",
        "پول به آن می‌رود. اگر کارتی نبود، پس از نیم دقیقه سکه پس داده می‌شود.",
        "يُضاف المبلغ إليها. وبلا بطاقة يعود نقدًا بعد نصف دقيقة.",
    ),
    "tender.wait": Words("The reader waits", "کارت‌خوان منتظر است", "القارئ ينتظر"),
    # --- goods and coins on their way
    "fulfilling.title": Words("On its way", "در راه است", "في الطريق إليك"),
    "fulfilling.text": Words(
        "Please take it from the tray below.",
        "لطفاً از سینی پایین بردارید.",
        "خذه من الدرج في الأسفل من فضلك.",
    ),
    "settling.title": Words("Your money is coming", "پول شما در راه است", "نقودك في الطريق"),
    "settling.of": Words("{paid} of {all}", "{paid} از {all}", "{paid} من {all}"),
    "settling.text": Words(
        "Please take your coins from the coin tray.",
        "لطفاً سکه‌ها را از سینی سکه بردارید.",
        "خذ نقودك من صينية العملات من فضلك.",
    ),
    "settling.note": Words(
        "Please take your note from the note slot.",
        "لطفاً اسکناس را از شیار اسکناس بردارید.",
        "خذ ورقتك من فتحة الأوراق النقدية من فضلك.",
    ),
    # --- thanks
    "thanks.title": Words("Thank you", "سپاس از شما", "شكرًا لك"),
    "thanks.enjoy": Words("Enjoy it!", "نوش جان!", "بالهناء والشفاء!"),
    "thanks.returned": Words("Your money is back", "پول شما برگشت", "عادت إليك نقودك"),
    "thanks.bought": Words("Your goods", "خرید شما", "مشترياتك"),
    "thanks.paid_in": Words("You put in", "پرداختی شما", "ما أدخلته"),
    "thanks.change": Words("Back to you", "برگشتی شما", "ما عاد إليك"),
    "thanks.coins": Words("Coins", "سکه", "عملات"),
    "thanks.notes": Words("Notes", "اسکناس", "أوراق نقدية"),
    "thanks.card": Words("Charged to your card", "برداشت از کارت شما", "خُصم من بطاقتك"),
    "thanks.granted": Words("Left off by the card", "تخفیف کارت", "خصم البطاقة"),
    "thanks.unsure_card": Words("Card, not certain", "کارت، نامطمئن", "البطاقة، غير مؤكد"),
    "thanks.unsure_note": Words("Note, not certain", "اسکناس، نامطمئن", "ورقة نقدية، غير مؤكد"),
    "thanks.redeemed": Words("By code", "با کد", "بالرمز"),
    "thanks.paid": Words("Back in cash", "برگشتی نقدی", "عاد إليك نقدًا"),
    "thanks.loaded": Words("Put onto your card", "شارژ کارت شما", "أُضيف إلى بطاقتك"),
    "thanks.loaded_text": Words(
        "The money is on your card.", "پول به کارت شما رفت.", "المبلغ الآن على بطاقتك."
    ),
    "thanks.refunded": Words("Back to your card", "برگشتی به کارت شما", "عاد إلى بطاقتك"),
    "thanks.refunded_text": Words(
        "Your card was refunded. Your bank may take a few days to show it.",
        "پول به کارت شما برگشت. شاید چند روز طول بکشد تا بانک نشان دهد.",
        "عاد المبلغ إلى بطاقتك. قد يحتاج مصرفك بضعة أيام لإظهاره.",
    ),
    "thanks.unrefunded_text": Words(
        "{amount} could not go back to your card: it counts as your cash.",
        "{amount} به کارت شما برنگشت: مانند پول نقد شما حساب شد.",
        "تعذّر رد {amount} إلى بطاقتك: حُسب كأنه نقد منك.",
    ),
    "thanks.doubt": Words("Being looked into", "در دست بررسی", "قيد النظر"),
    "thanks.take_all": Words(
        "Please take all your money, coins and notes.",
        "لطفاً همهٔ پول خود را بردارید، سکه و اسکناس.",
        "خذ كل نقودك من فضلك، العملات والأوراق.",
    ),
    "thanks.take_along": Words(
        "{amount} came back in cash: do not leave it behind.",
        "{amount} نقد به شما برگشت: آن را جا نگذارید.",
        "عاد إليك {amount} نقدًا: لا تنسَ أخذه.",
    ),
    "thanks.owed": Words("We owe you", "بدهی ما به شما", "لك عندنا"),
    "thanks.done": Words("Done", "تمام", "تم"),
    "owed.title": Words("We owe you {amount}", "{amount} به شما بدهکاریم", "لك عندنا {amount}"),
    "owed.certain": Words(
        "Type this code here to get it: under Help, “I have a code”. Or call {phone}.",
        "برای دریافت، این کد را همین‌جا وارد کنید: کمک، «کد دارم». یا با {phone} تماس بگیرید.",
        "لاستلامه اكتب هذا الرمز هنا: مساعدة، «لديّ رمز». أو اتصل بـ {phone}.",
    ),
    "owed.uncertain": Words(
        "The machine cannot tell what happened. {vendor} looks into it. Keep this code, or call {phone}.",
        "دستگاه نمی‌داند چه شده است. {vendor} بررسی می‌کند. کد را نگه دارید یا با {phone} تماس بگیرید.",
        "لا تعرف الآلة ما حدث. سيتحقق {vendor} من ذلك. احتفظ بالرمز أو اتصل بـ {phone}.",
    ),
    "owed.doubt_title": Words("We look into {amount}", "{amount} در دست بررسی است", "ننظر في أمر {amount}"),
    "owed.load_doubt": Words(
        "Nobody can tell yet whether the money is on your card. {vendor} looks into it: keep this code, or call {phone}.",
        "هنوز معلوم نیست پول به کارت شما رسیده است یا نه. {vendor} بررسی می‌کند: کد را نگه دارید یا با {phone} تماس بگیرید.",
        "لا يُعرف بعد هل وصل المبلغ إلى بطاقتك. سيتحقق {vendor} من ذلك: احتفظ بالرمز أو اتصل بـ {phone}.",
    ),
    "owed.card_doubt": Words(
        "Nobody can tell yet whether your card was charged. {vendor} looks into it: keep this code, or call {phone}.",
        "هنوز معلوم نیست از کارت شما برداشت شده است یا نه. {vendor} بررسی می‌کند: کد را نگه دارید یا با {phone} تماس بگیرید.",
        "لا يُعرف بعد هل خُصم من بطاقتك. سيتحقق {vendor} من ذلك: احتفظ بالرمز أو اتصل بـ {phone}.",
    ),
    "owed.note_doubt": Words(
        "Nobody can tell yet where your note is. {vendor} looks into it: keep this code, or call {phone}.",
        "هنوز معلوم نیست اسکناس شما کجاست. {vendor} بررسی می‌کند: کد را نگه دارید یا با {phone} تماس بگیرید.",
        "لا يُعرف بعد أين ورقتك النقدية. سيتحقق {vendor} من ذلك: احتفظ بالرمز أو اتصل بـ {phone}.",
    ),
    "owed.code": Words("Your code", "کد شما", "رمزك"),
    "receipt.paper": Words("Paper receipt", "رسید کاغذی", "إيصال ورقي"),
    "receipt.qr": Words("Receipt as QR code", "رسید با کد QR", "إيصال برمز QR"),
    "receipt.printing": Words("Printing", "در حال چاپ", "جارٍ الطباعة"),
    "receipt.printed": Words("Printed", "چاپ شد", "تمت الطباعة"),
    "receipt.failed": Words(
        "The printer failed; your purchase stands.",
        "چاپ نشد؛ خرید شما پابرجاست.",
        "فشلت الطباعة؛ عملية الشراء صحيحة.",
    ),
    "receipt.uncertain": Words(
        "The printer did not confirm. You can print a copy.",
        "چاپگر تأیید نکرد. می‌توانید نسخهٔ دیگری چاپ کنید.",
        "لم تؤكد الطابعة. يمكنك طباعة نسخة.",
    ),
    "receipt.copy": Words("Print a copy", "چاپ نسخهٔ دیگر", "اطبع نسخة"),
    "receipt.title": Words("Your receipt", "رسید شما", "إيصالك"),
    "receipt.take": Words(
        "Point your phone's camera at the square to take the receipt with you.",
        "دوربین گوشی را روی این مربع بگیرید تا رسید را با خود ببرید.",
        "وجّه كاميرا هاتفك إلى المربع لتأخذ الإيصال معك.",
    ),
    "receipt.none": Words(
        "There is no receipt for this visit.", "برای این خرید رسیدی نیست.", "لا يوجد إيصال لهذه الزيارة."
    ),
    # --- sheets: search, code, keys
    "search.title": Words("Search goods", "جستجوی کالا", "ابحث عن منتج"),
    "search.field": Words("Name of the goods", "نام کالا", "اسم المنتج"),
    "search.none": Words("Nothing of that name", "کالایی با این نام نیست", "لا يوجد منتج بهذا الاسم"),
    "code.title": Words("I have a code", "کد دارم", "لديّ رمز"),
    "code.text": Words(
        "Type the eight letters and digits. The money is paid out at once, or buys what is in your basket.",
        "هشت حرف و رقم کد را وارد کنید. پول همان لحظه پرداخت می‌شود یا صرف سبد شما می‌شود.",
        "اكتب الأحرف والأرقام الثمانية. يُدفع المبلغ فورًا أو يُستعمل لسلتك.",
    ),
    "code.field": Words("Code", "کد", "الرمز"),
    "code.use": Words("Use the code", "استفاده از کد", "استعمل الرمز"),
    "key.delete": Words("Delete", "پاک کردن", "حذف"),
    "key.space": Words("Space", "فاصله", "مسافة"),
    "key.label": Words("Keys", "کلیدها", "لوحة المفاتيح"),
    # --- help
    "help.title": Words("How can we help?", "چه کمکی کنیم؟", "كيف نساعدك؟"),
    "help.lead": Words(
        "Tell us what happened. The machine keeps a record of every payment.",
        "بگویید چه شد. دستگاه همهٔ پرداخت‌ها را ثبت کرده است.",
        "أخبرنا بما حدث. تحتفظ الآلة بسجل لكل دفعة.",
    ),
    "help.staff": Words("For staff", "ویژهٔ کارکنان", "للموظفين"),
    "claim.sum": Words("How much is it about?", "موضوع چه مبلغی است؟", "ما المبلغ؟"),
    "claim.seen": Words(
        "Our record of {time} shows {amount}. Is that it?",
        "در ثبت ما در {time} مبلغ {amount} دیده می‌شود. همین است؟",
        "يُظهر سجلنا في {time} مبلغ {amount}. أهذا هو؟",
    ),
    "claim.unseen": Words(
        "Choose the amount. Without a record we look into it all the same.",
        "مبلغ را انتخاب کنید. حتی بدون ثبت هم بررسی می‌کنیم.",
        "اختر المبلغ. سننظر في الأمر حتى دون سجل.",
    ),
    "claim.yes": Words("Yes, {amount}", "بله، {amount}", "نعم، {amount}"),
    "claim.other": Words("Another amount", "مبلغ دیگر", "مبلغ آخر"),
    "claim.send": Words("Send", "ارسال", "إرسال"),
    "claim.number": Words("Your claim number", "شمارهٔ درخواست شما", "رقم طلبك"),
    "claim.keep": Words(
        "Keep this number. You reach us at {phone}.",
        "این شماره را نگه دارید. تلفن ما: {phone}.",
        "احتفظ بهذا الرقم. هاتفنا: {phone}.",
    ),
    "help.phone": Words("Or tell us with your phone.", "یا با گوشی به ما بگویید.", "أو أخبرنا عبر هاتفك."),
    "claim.follow": Words("Or follow it on your phone.", "یا با گوشی پیگیری کنید.", "أو تابعه على هاتفك."),
}
"""Keys of the shopper's screen."""
