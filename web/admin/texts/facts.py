"""Every entry in one sentence: keys are ``fact.`` and the fact's name, with a variant behind a dot where it has any."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

FACTS: Final[Table] = {
    "fact.JournalOpened": Words("The journal begins.", "دفتر آغاز شد.", "بدأ السجل."),
    "fact.Booted": Words("Start number {boot}.", "راه‌اندازی شمارهٔ {boot}.", "التشغيل رقم {boot}."),
    "fact.Recovered": Words(
        "Recovery is done; {owed} became owed.",
        "بازیابی انجام شد؛ {owed} بدهی ثبت شد.",
        "تم الاسترداد؛ سُجّل {owed} دينًا.",
    ),
    "fact.Stopped": Words("A clean stop.", "خاموشی درست.", "توقف سليم."),
    "fact.ClockStepped": Words(
        "The clock was set from {was} to {now}.",
        "ساعت از {was} به {now} تنظیم شد.",
        "ضُبطت الساعة من {was} إلى {now}.",
    ),
    "fact.CheckpointSigned": Words(
        "Signed checkpoint up to entry {covers_seq}.",
        "نقطهٔ وارسی امضاشده تا ردیف {covers_seq}.",
        "نقطة تحقق موقّعة حتى القيد {covers_seq}.",
    ),
    "fact.TillHalted": Words(
        "Selling was stopped: {reason}", "فروش متوقف شد: {reason}", "أُوقف البيع: {reason}"
    ),
    "fact.HaltCleared": Words(
        "{clerk} let the till sell again.", "{clerk} فروش را باز کرد.", "استأنف {clerk} البيع."
    ),
    "fact.ScreenLost": Words(
        "No screen answered for {silent_ms} ms; coins were refused.",
        "صفحه {silent_ms} هزارم ثانیه پاسخ نداد؛ سکه‌ای پذیرفته نشد.",
        "لم تستجب الشاشة مدة {silent_ms} جزء من ألف من الثانية؛ رُفضت النقود.",
    ),
    "fact.ScreenSeen": Words("The screen answers again.", "صفحه دوباره پاسخ می‌دهد.", "عادت الشاشة تستجيب."),
    "fact.SpaceShrank": Words(
        "Disk space: {level}, {free_mib} MiB free.",
        "فضای دیسک: {level}، {free_mib} مبی‌بایت آزاد.",
        "مساحة القرص: {level}، المتاح {free_mib} ميبيبايت.",
    ),
    "fact.DeviceWentOffline": Words(
        "{device} stopped answering.", "{device} دیگر پاسخ نمی‌دهد.", "توقف {device} عن الاستجابة."
    ),
    "fact.DeviceCameOnline": Words("{device} answers.", "{device} پاسخ می‌دهد.", "{device} يستجيب."),
    "fact.DeviceTroubled": Words(
        "{device} reports trouble.", "{device} مشکلی گزارش کرد.", "أبلغ {device} عن خلل."
    ),
    "fact.DeviceTroubled.well": Words(
        "{device} is well again.", "{device} دوباره خوب است.", "عاد {device} سليمًا."
    ),
    "fact.LineWasNoisy": Words(
        "The line of {device} was noisy ({dropped} bytes).",
        "خط {device} نویز داشت ({dropped} بایت).",
        "كان خط {device} مشوشًا ({dropped} بايت).",
    ),
    "fact.AcceptorBaselined": Words(
        "First contact with {device}; its counters are noted.",
        "نخستین تماس با {device}؛ شمارنده‌ها ثبت شد.",
        "أول اتصال مع {device}؛ سُجّلت عدّاداته.",
    ),
    "fact.CoinCredited": Words("A coin of {value} came in.", "یک سکهٔ {value} وارد شد.", "دخلت قطعة {value}."),
    "fact.CoinFound": Words(
        "{qty} × {value} found by the acceptor's own count.",
        "{qty} × {value} با شمارندهٔ سکه‌گیر پیدا شد.",
        "وُجد {qty} × {value} بعدّاد القارئ نفسه.",
    ),
    "fact.CoinTested": Words(
        "A test coin of {value} by {clerk}.",
        "سکهٔ آزمایشی {value} از {clerk}.",
        "قطعة اختبار {value} من {clerk}.",
    ),
    "fact.CoinTurnedAway": Words(
        "{device} turned a coin away.", "{device} سکه‌ای را نپذیرفت.", "ردّ {device} قطعة نقدية."
    ),
    "fact.MoneyPossiblySwallowed": Words(
        "{device} may have taken coins without a record.",
        "شاید {device} بی‌ثبت سکه گرفته باشد.",
        "ربما أخذ {device} قطعًا دون تسجيل.",
    ),
    "fact.HopperBaselined": Words(
        "First contact with {device}; its count is noted.",
        "نخستین تماس با {device}؛ شمارش ثبت شد.",
        "أول اتصال مع {device}؛ سُجّل عدّاده.",
    ),
    "fact.HopperLevelRead.low": Words(
        "{device} runs low.", "سکهٔ {device} رو به پایان است.", "قارب {device} النفاد."
    ),
    "fact.HopperLevelRead": Words(
        "{device} holds enough again.", "{device} دوباره سکهٔ کافی دارد.", "عاد في {device} ما يكفي."
    ),
    "fact.HopperCounted": Words(
        "{device} counts {level} pieces after somebody's hands.",
        "{device} پس از دست کسی {level} عدد می‌شمارد.",
        "يعدّ {device} بعد يد أحدهم {level} قطعة.",
    ),
    "fact.NotesMoved": Words(
        "{qty} × {value} went from {device} into the note box of {validator}.",
        "{qty} × {value} از {device} به صندوق اسکناس {validator} رفت.",
        "انتقل {qty} × {value} من {device} إلى صندوق أوراق {validator}.",
    ),
    "fact.CashMoveStarted": Words(
        "{clerk} has {device} send all but {keep} into its box.",
        "{clerk} از {device} خواست همه جز {keep} را به جعبه بفرستد.",
        "طلب {clerk} من {device} إرسال الكل عدا {keep} إلى خزنته.",
    ),
    "fact.CashMoveEnded": Words(
        "{qty} × {value} went from {device} into its box.",
        "{qty} × {value} از {device} به جعبه‌اش رفت.",
        "انتقل {qty} × {value} من {device} إلى خزنته.",
    ),
    "fact.HopperDiffered": Words(
        "{qty} × {value} left {device} without a job of ours.",
        "{qty} × {value} بی‌دستور ما از {device} بیرون رفت.",
        "خرج {qty} × {value} من {device} دون أمر منا.",
    ),
    "fact.NoteStackStarted": Words(
        "{device} is to keep a note of {value}.",
        "{device} باید اسکناس {value} را نگه دارد.",
        "على {device} الاحتفاظ بورقة {value}.",
    ),
    "fact.NoteReturnStarted": Words(
        "{device} is to give a note of {value} back.",
        "{device} باید اسکناس {value} را پس دهد.",
        "على {device} إعادة ورقة {value}.",
    ),
    "fact.NoteReturnStarted.unknown": Words(
        "{device} is to give a note back that has no value here.",
        "{device} باید اسکناسی را پس دهد که اینجا ارزشی ندارد.",
        "على {device} إعادة ورقة لا قيمة لها هنا.",
    ),
    "fact.NoteCredited": Words(
        "A note of {value} came in.", "یک اسکناس {value} وارد شد.", "دخلت ورقة {value}."
    ),
    "fact.NoteCredited.stray": Words(
        "A note of {value} came in that is nobody's so far.",
        "اسکناس {value} وارد شد که هنوز از آن کسی نیست.",
        "دخلت ورقة {value} ولا صاحب لها بعد.",
    ),
    "fact.NoteFound": Words(
        "A note of {value} found by the validator's own count.",
        "اسکناس {value} با شمارندهٔ خود دستگاه پیدا شد.",
        "وُجدت ورقة {value} بعدّاد القارئ نفسه.",
    ),
    "fact.NoteReturned": Words(
        "{device} gave the note back.", "{device} اسکناس را پس داد.", "أعاد {device} الورقة النقدية."
    ),
    "fact.NoteLost": Words(
        "Nobody knows where the note of {value} in {device} is.",
        "معلوم نیست اسکناس {value} در {device} کجاست.",
        "لا يُعرف أين ورقة {value} في {device}.",
    ),
    "fact.NoteTurnedAway": Words(
        "{device} turned a note away.", "{device} اسکناسی را نپذیرفت.", "ردّ {device} ورقة نقدية."
    ),
    "fact.NoteTurnedAway.returned": Words(
        "{device} turned a note away and gave it back.",
        "{device} اسکناسی را نپذیرفت و پس داد.",
        "ردّ {device} ورقة نقدية وأعادها.",
    ),
    "fact.StrayDropSeen": Words(
        "Something fell while nothing was being delivered.",
        "بی‌آنکه تحویلی در کار باشد چیزی افتاد.",
        "سقط شيء دون أن يكون هناك تسليم.",
    ),
    "fact.DropDoubted": Words(
        "What fell for {slot} may be a piece that hung in another coil.",
        "آنچه برای {slot} افتاد شاید کالایی باشد که در مارپیچ دیگری گیر کرده بود.",
        "ما سقط للموضع {slot} قد يكون قطعة كانت عالقة في لولب آخر.",
    ),
    "fact.MachineVendDenied": Words(
        "{device} asked to sell item {item} for {amount} and was told no.",
        "{device} برای فروش کالای {item} به {amount} پرسید و پاسخ منفی گرفت.",
        "طلب {device} بيع الصنف {item} بمبلغ {amount} فقيل له لا.",
    ),
    "fact.VisitOpened": Words("A shopper began.", "مشتری آغاز کرد.", "بدأ زبون."),
    "fact.LanguageChosen": Words("Another language was chosen.", "زبان عوض شد.", "تغيّرت اللغة."),
    "fact.ComfortChosen": Words(
        "Larger text or more time was chosen.",
        "متن درشت‌تر یا زمان بیشتر انتخاب شد.",
        "اختير خط أكبر أو وقت أطول.",
    ),
    "fact.LineAdded": Words(
        "In the basket: {name}, {price}.", "در سبد: {name}، {price}.", "في السلة: {name}، {price}."
    ),
    "fact.LineAdded.weighed": Words(
        "In the basket: {name}, {weight} at {unit} a kilogram by the label {code}: {price}.",
        "در سبد: {name}، {weight} کیلویی {unit} از روی برچسب {code}: {price}.",
        "في السلة: {name}، {weight} بسعر {unit} للكيلو حسب الملصقة {code}: {price}.",
    ),
    "fact.LineAdded.labelled": Words(
        "In the basket: {name}, {price}. The label {code} says {said}.",
        "در سبد: {name}، {price}. برچسب {code} می‌گوید {said}.",
        "في السلة: {name}، {price}. تقول الملصقة {code}: {said}.",
    ),
    "fact.LineRemoved": Words("Line {line} was put back.", "ردیف {line} برگردانده شد.", "أُعيد السطر {line}."),
    "fact.CodeUnknown": Words(
        "A code that is none of our goods: {code}",
        "کدی که از کالاهای ما نیست: {code}",
        "رمز ليس من بضائعنا: {code}",
    ),
    "fact.CodeUnknown.refused": Words(
        "A code whose goods were not sold: {code}",
        "کدی که کالای آن فروخته نشد: {code}",
        "رمز لم تُبع بضاعته: {code}",
    ),
    "fact.VendStarted": Words(
        "{slot} is to deliver {name}.", "{slot} باید {name} را بدهد.", "على {slot} تسليم {name}."
    ),
    "fact.VendEnded.delivered": Words(
        "{slot} delivered {name}.", "{slot} کالای {name} را داد.", "سلّم {slot} المنتج {name}."
    ),
    "fact.VendEnded.failed": Words(
        "{slot} did not deliver {name}; the money stays the shopper's.",
        "{slot} کالای {name} را نداد؛ پول از آن مشتری است.",
        "لم يسلّم {slot} المنتج {name}؛ المال للزبون.",
    ),
    "fact.VendEnded.unknown": Words(
        "Nobody knows whether {slot} delivered {name}.",
        "معلوم نیست {slot} کالای {name} را داده باشد.",
        "لا يُعرف هل سلّم {slot} المنتج {name}.",
    ),
    "fact.SaleClosed": Words(
        "Receipt {receipt_no}: goods for {total}.",
        "رسید {receipt_no}: کالا به مبلغ {total}.",
        "الإيصال {receipt_no}: بضائع بمبلغ {total}.",
    ),
    "fact.SecondChoiceOffered": Words(
        "A second choice was offered.", "انتخاب دوم پیشنهاد شد.", "عُرض اختيار ثانٍ."
    ),
    "fact.SettlingStarted": Words("{amount} go back.", "{amount} پس داده می‌شود.", "يُعاد {amount}."),
    "fact.PayoutStarted": Words(
        "{device} is to pay {qty} × {value}.",
        "{device} باید {qty} × {value} بپردازد.",
        "على {device} دفع {qty} × {value}.",
    ),
    "fact.PayoutEnded": Words(
        "{device} paid {paid_qty} of {asked_qty} × {value}.",
        "{device} از {asked_qty} سکه {paid_qty} × {value} پرداخت.",
        "دفع {device} عدد {paid_qty} من {asked_qty} × {value}.",
    ),
    "fact.PayoutLost": Words(
        "Nobody knows what {device} paid of {asked_qty} × {value}.",
        "معلوم نیست {device} از {asked_qty} × {value} چه پرداخته است.",
        "لا يُعرف ما دفعه {device} من {asked_qty} × {value}.",
    ),
    "fact.DebtRecorded": Words(
        "{amount} are owed under {debt}.", "{amount} زیر {debt} بدهی است.", "{amount} دين تحت {debt}."
    ),
    "fact.DebtRecorded.uncertain": Words(
        "{amount} may be owed under {debt}; a person decides.",
        "شاید {amount} زیر {debt} بدهی باشد؛ یک نفر تصمیم می‌گیرد.",
        "ربما {amount} دين تحت {debt}؛ القرار لشخص.",
    ),
    "fact.VisitSettled": Words("The visit is settled.", "خرید تسویه شد.", "سُوّيت الزيارة."),
    "fact.ThanksEnded": Words("The thank-you page was left.", "صفحهٔ سپاس بسته شد.", "أُغلقت صفحة الشكر."),
    "fact.PrintStarted": Words("The receipt is printed.", "رسید چاپ می‌شود.", "يُطبع الإيصال."),
    "fact.PrintClosed.printed": Words("The receipt was printed.", "رسید چاپ شد.", "طُبع الإيصال."),
    "fact.PrintClosed": Words(
        "The receipt was not surely printed.", "چاپ رسید قطعی نیست.", "طباعة الإيصال غير مؤكدة."
    ),
    "fact.CardRequested": Words(
        "{device} is to charge a card {amount}.",
        "{device} باید {amount} از کارت بردارد.",
        "على {device} خصم {amount} من بطاقة.",
    ),
    "fact.CardCancelStarted": Words(
        "{device} is to withdraw the card request.",
        "{device} باید درخواست کارت را پس بگیرد.",
        "على {device} سحب طلب البطاقة.",
    ),
    "fact.CardApproved": Words(
        "The card was charged {charged} of {asked}.",
        "از {asked} مبلغ {charged} از کارت برداشته شد.",
        "خُصم من البطاقة {charged} من {asked}.",
    ),
    "fact.CardDenied": Words(
        "The card request was refused; nothing was charged.",
        "درخواست کارت رد شد؛ چیزی برداشته نشد.",
        "رُفض طلب البطاقة؛ لم يُخصم شيء.",
    ),
    "fact.CardCancelled": Words(
        "The card request was withdrawn; nothing was charged.",
        "درخواست کارت پس گرفته شد؛ چیزی برداشته نشد.",
        "سُحب طلب البطاقة؛ لم يُخصم شيء.",
    ),
    "fact.CardSettleStarted": Words(
        "{device} is told that the goods were delivered.",
        "به {device} گفته می‌شود که کالا داده شد.",
        "يُبلَّغ {device} بأن البضاعة سُلّمت.",
    ),
    "fact.CardSettled": Words(
        "The card's charge is final.", "برداشت از کارت قطعی شد.", "صار الخصم من البطاقة نهائيًا."
    ),
    "fact.CardRefundStarted": Words(
        "{device} is to give the card's charge back.",
        "{device} باید پول کارت را برگرداند.",
        "على {device} إعادة المبلغ إلى البطاقة.",
    ),
    "fact.CardRefunded": Words(
        "{charged} went back to the card.", "{charged} به کارت برگشت.", "عاد {charged} إلى البطاقة."
    ),
    "fact.CardRefundFailed": Words(
        "The card's charge could not be given back; it stays the shopper's money.",
        "پول کارت برنگشت؛ از آن مشتری می‌ماند.",
        "تعذّرت إعادة المبلغ إلى البطاقة؛ يبقى مال الزبون.",
    ),
    "fact.CardLost": Words(
        "Nobody knows whether the card was charged {amount}.",
        "معلوم نیست {amount} از کارت برداشته شده باشد.",
        "لا يُعرف هل خُصم {amount} من البطاقة.",
    ),
    "fact.CardLost.charged": Words(
        "The card was charged {amount}; nobody knows what became of it after that.",
        "{amount} از کارت برداشته شد؛ معلوم نیست پس از آن چه شد.",
        "خُصم {amount} من البطاقة؛ لا يُعرف ما حدث بعد ذلك.",
    ),
    "fact.CardApprovedLate": Words(
        "A card was charged {charged} after its request had ended.",
        "پس از پایان درخواست {charged} از کارت برداشته شد.",
        "خُصم {charged} من بطاقة بعد انتهاء طلبها.",
    ),
    "fact.CardLateRefundEnded": Words(
        "Nobody knows whether the late charge of {charged} went back to the card; it stays owed.",
        "معلوم نیست برداشت دیررسیدهٔ {charged} به کارت برگشته باشد؛ بدهی می‌ماند.",
        "لا يُعرف هل عاد الخصم المتأخر {charged} إلى البطاقة؛ يبقى دينًا.",
    ),
    "fact.CardLateRefundEnded.refunded": Words(
        "The late charge of {charged} went back to the card.",
        "برداشت دیررسیدهٔ {charged} به کارت برگشت.",
        "عاد الخصم المتأخر {charged} إلى البطاقة.",
    ),
    "fact.CardLoadStarted": Words(
        "{amount} are to go onto the shopper's card.",
        "{amount} باید به کارت مشتری برود.",
        "يُضاف {amount} إلى بطاقة الزبون.",
    ),
    "fact.CardLoaded": Words(
        "{amount} went onto the shopper's card.",
        "{amount} به کارت مشتری رفت.",
        "أُضيف {amount} إلى بطاقة الزبون.",
    ),
    "fact.CardLoadRefused": Words(
        "Nothing went onto the card; the money goes back in coins.",
        "چیزی به کارت نرفت؛ پول به‌صورت سکه برمی‌گردد.",
        "لم يُضف شيء إلى البطاقة؛ يعود المبلغ نقدًا.",
    ),
    "fact.CardLoadLost": Words(
        "Nobody knows whether {amount} went onto the card.",
        "معلوم نیست {amount} به کارت رسیده باشد.",
        "لا يُعرف هل أُضيف {amount} إلى البطاقة.",
    ),
    "fact.DebtRedeemed": Words(
        "{amount} of {debt} were claimed with the code.",
        "{amount} از {debt} با کد گرفته شد.",
        "صُرف {amount} من {debt} بالرمز.",
    ),
    "fact.DebtCodeRefused": Words(
        "A typed code paid nothing.", "کدی وارد شد که پولی ندارد.", "أُدخل رمز لا يدفع شيئًا."
    ),
    "fact.DebtReleased": Words(
        "{by} decided that {debt} is paid.",
        "{by} تصمیم گرفت {debt} پرداخت شود.",
        "قرر {by} دفع {debt}.",
    ),
    "fact.DebtReduced": Words(
        "{by} decided that of {debt} only {left} is owed, {amount} less: {reason}",
        "{by} تصمیم گرفت از {debt} تنها {left} بدهی است، {amount} کمتر: {reason}",
        "قرر {by} أن المستحق من {debt} هو {left} فقط، أقل بمبلغ {amount}: {reason}",
    ),
    "fact.VoucherMade": Words(
        "{by} made the code of {debt} a voucher for goods.",
        "{by} کد {debt} را اعتبار خرید کرد.",
        "جعل {by} رمز {debt} قسيمة شراء.",
    ),
    "fact.DebtTransferred.bank": Words(
        "{by} transferred {amount} for {debt}; reference {reference}.",
        "{by} برای {debt} مبلغ {amount} حواله کرد؛ شمارهٔ پیگیری {reference}.",
        "حوّل {by} مبلغ {amount} عن {debt}؛ المرجع {reference}.",
    ),
    "fact.DebtTransferred.card": Words(
        "{by} had {amount} for {debt} given back to the card; reference {reference}.",
        "{by} مبلغ {amount} را برای {debt} به کارت برگرداند؛ شمارهٔ پیگیری {reference}.",
        "أعاد {by} مبلغ {amount} عن {debt} إلى البطاقة؛ المرجع {reference}.",
    ),
    "fact.DebtTransferred": Words(
        "{by} paid {amount} for {debt} outside the machine; reference {reference}.",
        "{by} مبلغ {amount} را برای {debt} بیرون از دستگاه پرداخت؛ شمارهٔ پیگیری {reference}.",
        "دفع {by} مبلغ {amount} عن {debt} خارج الآلة؛ المرجع {reference}.",
    ),
    "fact.DebtDropped": Words(
        "{by} decided that {debt} ({amount}) is not owed: {reason}",
        "{by} تصمیم گرفت {debt} ({amount}) بدهی نیست: {reason}",
        "قرر {by} أن {debt} ({amount}) ليس دينًا: {reason}",
    ),
    "fact.GoodwillGranted": Words(
        "{by} granted {amount} as goodwill.",
        "{by} از روی حسن نیت {amount} داد.",
        "منح {by} مبلغ {amount} مراعاةً.",
    ),
    "fact.CashHandedOver": Words(
        "{by} handed over {amount} for {debt}.",
        "{by} برای {debt} مبلغ {amount} نقد داد.",
        "سلّم {by} نقدًا {amount} عن {debt}.",
    ),
    "fact.ClaimOpened": Words("Claim {claim} was made.", "درخواست {claim} ثبت شد.", "سُجّل الطلب {claim}."),
    "fact.ClaimWeighed": Words(
        "Claim {claim} was weighed: {verdict}.",
        "درخواست {claim} سنجیده شد: {verdict}.",
        "وُزن الطلب {claim}: {verdict}.",
    ),
    "fact.ClaimPromised": Words(
        "An answer to claim {claim} was promised.",
        "پاسخ به درخواست {claim} قول داده شد.",
        "وُعد بالرد على الطلب {claim}.",
    ),
    "fact.ClaimReminded.soon": Words(
        "The answer to claim {claim} is due soon.",
        "زمان پاسخ به درخواست {claim} نزدیک است.",
        "اقترب موعد الرد على الطلب {claim}.",
    ),
    "fact.ClaimReminded.late": Words(
        "The answer to claim {claim} is late.",
        "پاسخ به درخواست {claim} دیر شده است.",
        "تأخر الرد على الطلب {claim}.",
    ),
    "fact.ClaimReminded": Words(
        "The answer to claim {claim} is due.",
        "زمان پاسخ به درخواست {claim} رسیده است.",
        "حان موعد الرد على الطلب {claim}.",
    ),
    "fact.ClaimWithheld": Words(
        "Claim {claim} is proven, and above what is paid without a person ({most}).",
        "درخواست {claim} ثابت شد، و بیش از آن است که بدون یک نفر پرداخت شود ({most}).",
        "ثبت الطلب {claim}، وهو فوق ما يُدفع دون شخص ({most}).",
    ),
    "fact.ClaimProposed": Words(
        "{by} proposed to pay {amount} for claim {claim}.",
        "{by} پیشنهاد کرد برای درخواست {claim} مبلغ {amount} پرداخت شود.",
        "اقترح {by} دفع {amount} عن الطلب {claim}.",
    ),
    "fact.ClaimSeconded": Words(
        "{by} agreed to what {first} proposed for claim {claim}.",
        "{by} با پیشنهاد {first} برای درخواست {claim} موافقت کرد.",
        "وافق {by} على ما اقترحه {first} بشأن الطلب {claim}.",
    ),
    "fact.GoodsReturned.shelf": Words(
        "{name} came back with claim {claim} and is on the shelf again ({by}).",
        "{name} با درخواست {claim} برگشت و دوباره در قفسه است ({by}).",
        "عاد {name} مع الطلب {claim} وهو على الرف ثانية ({by}).",
    ),
    "fact.GoodsReturned.spoiled": Words(
        "{name} came back with claim {claim} and was thrown away ({by}).",
        "{name} با درخواست {claim} برگشت و دور ریخته شد ({by}).",
        "عاد {name} مع الطلب {claim} وأُتلف ({by}).",
    ),
    "fact.GoodsReturned": Words(
        "{name} came back with claim {claim} ({by}).",
        "{name} با درخواست {claim} برگشت ({by}).",
        "عاد {name} مع الطلب {claim} ({by}).",
    ),
    "fact.ClaimApproved": Words(
        "{by} approved claim {claim} for {amount}.",
        "{by} درخواست {claim} را به مبلغ {amount} پذیرفت.",
        "قبل {by} الطلب {claim} بمبلغ {amount}.",
    ),
    "fact.ClaimApproved.evidence": Words(
        "The evidence approved claim {claim} for {amount}.",
        "شواهد درخواست {claim} را به مبلغ {amount} پذیرفت.",
        "قُبل الطلب {claim} بمبلغ {amount} بناءً على الدليل.",
    ),
    "fact.ClaimRefused": Words(
        "{by} refused claim {claim}: {reason}",
        "{by} درخواست {claim} را رد کرد: {reason}",
        "رفض {by} الطلب {claim}: {reason}",
    ),
    "fact.ContactErased": Words(
        "{by} erased contact details.", "{by} نشانی تماس را پاک کرد.", "محا {by} بيانات الاتصال."
    ),
    "fact.ServiceStarted": Words(
        "{clerk} signed in at the kiosk.", "{clerk} در دستگاه وارد شد.", "سجّل {clerk} الدخول في الآلة."
    ),
    "fact.ServiceEnded": Words(
        "{clerk} left the kiosk's service page.",
        "{clerk} از صفحهٔ سرویس بیرون رفت.",
        "غادر {clerk} صفحة الصيانة.",
    ),
    "fact.CashFilled": Words(
        "{clerk} filled {qty} × {value} into {device}.",
        "{clerk} در {device} {qty} × {value} ریخت.",
        "عبّأ {clerk} في {device} عدد {qty} × {value}.",
    ),
    "fact.CashCollected": Words(
        "{clerk} emptied the cash box: {expected} expected, {counted} counted.",
        "{clerk} صندوق را خالی کرد: انتظار {expected}، شمارش {counted}.",
        "أفرغ {clerk} الصندوق: المتوقع {expected}، المعدود {counted}.",
    ),
    "fact.CashCollected.stacker": Words(
        "{clerk} emptied a note stacker: {expected} expected, {counted} counted.",
        "{clerk} جعبهٔ اسکناس را خالی کرد: انتظار {expected}، شمارش {counted}.",
        "أفرغ {clerk} خزنة الأوراق النقدية: المتوقع {expected}، المعدود {counted}.",
    ),
    "fact.CollectionStarted": Words(
        "{clerk} took the cash out: collection {collection} begins.",
        "{clerk} پول را بیرون آورد: برداشت {collection} آغاز شد.",
        "أخرج {clerk} النقود: بدأ التحصيل {collection}.",
    ),
    "fact.CollectionCounted": Words(
        "{by} counted collection {collection}: {expected} expected, {counted} counted.",
        "{by} برداشت {collection} را شمرد: انتظار {expected}، شمارش {counted}.",
        "عدّ {by} التحصيل {collection}: المتوقع {expected}، المعدود {counted}.",
    ),
    "fact.CollectionRecounted": Words(
        "{by} corrected the count of {collection} from {was} to {counted}: {reason}",
        "{by} شمارش {collection} را از {was} به {counted} درست کرد: {reason}",
        "صحّح {by} عدّ {collection} من {was} إلى {counted}: {reason}",
    ),
    "fact.BagHandedOver": Words(
        "{by} handed the bag of {collection} ({amount}) to {to}.",
        "{by} کیسهٔ {collection} ({amount}) را به {to} داد.",
        "سلّم {by} كيس {collection} ({amount}) إلى {to}.",
    ),
    "fact.BagBanked": Words(
        "{by} paid in the bag of {collection}: {amount} counted, {banked} paid in.",
        "{by} کیسهٔ {collection} را به بانک داد: شمارش {amount}، واریز {banked}.",
        "أودع {by} كيس {collection}: المعدود {amount}، المودع {banked}.",
    ),
    "fact.DayClosed": Words(
        "{by} closed the day: number {number}.",
        "{by} روز را بست: شمارهٔ {number}.",
        "أقفل {by} اليوم: رقم {number}.",
    ),
    "fact.CoilTestStarted": Words(
        "{clerk} tries {slot} ({name}): no sale.",
        "{clerk} {slot} ({name}) را امتحان می‌کند: فروش نیست.",
        "يجرّب {clerk} الخانة {slot} ({name}): ليس بيعًا.",
    ),
    "fact.CoilTestEnded": Words(
        "The trial of {slot} ended without goods.",
        "امتحان {slot} بی‌کالا پایان یافت.",
        "انتهت تجربة {slot} دون خروج بضاعة.",
    ),
    "fact.CoilTestEnded.delivered": Words(
        "The trial of {slot} let {name} fall: no sale.",
        "در امتحان {slot} کالای {name} افتاد: فروش نیست.",
        "أسقطت تجربة {slot} بضاعة {name}: ليس بيعًا.",
    ),
    "fact.TrainingBegan": Words(
        "{clerk} began a training: nothing is sold until it ends.",
        "{clerk} آموزشی آغاز کرد: تا پایانش چیزی فروخته نمی‌شود.",
        "بدأ {clerk} تدريبًا: لا يُباع شيء حتى ينتهي.",
    ),
    "fact.TrainingSettled": Words(
        "Practised visit {number}: {total}, no sale.",
        "تمرین شمارهٔ {number}: {total}، فروش نیست.",
        "زيارة تدريبية رقم {number}: {total}، ليست بيعًا.",
    ),
    "fact.TrainingSettled.cut": Words(
        "Practised visit {number} was left unfinished: no sale.",
        "تمرین شمارهٔ {number} نیمه‌کاره ماند: فروش نیست.",
        "الزيارة التدريبية رقم {number} لم تكتمل: ليست بيعًا.",
    ),
    "fact.TrainingEnded": Words(
        "The training of {clerk} ended; visits practised: {visits}.",
        "آموزش {clerk} پایان یافت؛ تمرین‌ها: {visits}.",
        "انتهى تدريب {clerk}؛ الزيارات التدريبية: {visits}.",
    ),
    "fact.TrainingEnded.time_out": Words(
        "The training of {clerk} ended because nobody touched it; visits practised: {visits}.",
        "آموزش {clerk} چون کسی دست نزد پایان یافت؛ تمرین‌ها: {visits}.",
        "انتهى تدريب {clerk} لأن أحدًا لم يلمس الشاشة؛ الزيارات التدريبية: {visits}.",
    ),
    "fact.TrainingEnded.power": Words(
        "The training of {clerk} ended with the power; visits practised before: {visits}.",
        "آموزش {clerk} با قطع برق پایان یافت؛ تمرین‌های پیش از آن: {visits}.",
        "انتهى تدريب {clerk} بانقطاع الكهرباء؛ الزيارات التدريبية قبله: {visits}.",
    ),
    "fact.TrainingEnded.broken": Words(
        "The training of {clerk} broke off by a fault of its own; visits practised: {visits}.",
        "آموزش {clerk} با خطای خودش بریده شد؛ تمرین‌ها: {visits}.",
        "انقطع تدريب {clerk} بخلل فيه؛ الزيارات التدريبية: {visits}.",
    ),
    "fact.StockMoved.fill": Words(
        "{by} put in {qty} × {name}.", "{by} {qty} × {name} گذاشت.", "وضع {by} عدد {qty} × {name}."
    ),
    "fact.StockMoved.return": Words(
        "{by} took back {qty} × {name}.", "{by} {qty} × {name} پس گرفت.", "استرد {by} عدد {qty} × {name}."
    ),
    "fact.StockMoved.spoilage": Words(
        "{by} threw away {name}: {qty}.",
        "{by} {name} دور ریخت: {qty}.",
        "أتلف {by} {name}: {qty}.",
    ),
    "fact.StockMoved.receive": Words(
        "{by} received {qty} × {name} in the storeroom.",
        "{by} {qty} × {name} را در انبار تحویل گرفت.",
        "استلم {by} عدد {qty} × {name} في المخزن.",
    ),
    "fact.StockMoved.take_out": Words(
        "{by} took {name} out of its place: {qty}.",
        "{by} {name} را از جایش برداشت: {qty}.",
        "أخرج {by} من {name}: {qty}.",
    ),
    "fact.StockMoved.transfer": Words(
        "{by} sent {name} to {other}: {qty}.",
        "{by} {name} را به {other} فرستاد: {qty}.",
        "أرسل {by} من {name} إلى {other}: {qty}.",
    ),
    "fact.StockMoved.count": Words(
        "{by} counted {name}: {qty} against the book.",
        "{by} {name} را شمرد: {qty} نسبت به دفتر.",
        "عدّ {by} {name}: {qty} مقارنةً بالدفتر.",
    ),
    "fact.StockMoved": Words(
        "{by} corrected the stock of {name}: {qty}.",
        "{by} موجودی {name} را درست کرد: {qty}.",
        "صحّح {by} مخزون {name}: {qty}.",
    ),
    "fact.TransferClosed": Words(
        "{by} closed transfer {transfer}: {qty} × {name}.",
        "{by} جابه‌جایی {transfer} را بست: {qty} × {name}.",
        "أغلق {by} النقل {transfer}: {qty} × {name}.",
    ),
    "fact.TransferClosed.arrived": Words(
        "{by} was told that transfer {transfer} arrived: {qty} × {name}.",
        "به {by} گفته شد که جابه‌جایی {transfer} رسیده است: {qty} × {name}.",
        "قيل لـ {by} إن النقل {transfer} وصل: {qty} × {name}.",
    ),
    "fact.TransferClosed.lost": Words(
        "{by} wrote off transfer {transfer}, which is lost: {qty} × {name}.",
        "{by} جابه‌جایی {transfer} را که گم شده کنار گذاشت: {qty} × {name}.",
        "شطب {by} النقل {transfer} لأنه فُقد: {qty} × {name}.",
    ),
    "fact.SlotCounted": Words(
        "{by} counted {slot}: {qty} × {name}.",
        "{by} {slot} را شمرد: {qty} × {name}.",
        "عدّ {by} الخانة {slot}: {qty} × {name}.",
    ),
    "fact.CatalogueImported": Words(
        "{by} imported {products} products.",
        "{by} {products} کالا وارد کرد.",
        "استورد {by} عدد {products} منتجًا.",
    ),
    "fact.DrawerOpenStarted": Words(
        "{clerk} opens the cash drawer at {device}.",
        "{clerk} کشوی پول {device} را باز می‌کند.",
        "{clerk} يفتح درج النقود عند {device}.",
    ),
    "fact.DrawerOpenEnded": Words(
        "The pulse for the cash drawer ended: {result}.",
        "فرمان باز شدن کشوی پول پایان یافت: {result}.",
        "انتهى أمر فتح درج النقود: {result}.",
    ),
    "fact.DrawerOpenEnded.printed": Words(
        "The printer gave the cash drawer its pulse.",
        "چاپگر فرمان باز شدن را به کشوی پول داد.",
        "أعطت الطابعة درج النقود أمر الفتح.",
    ),
    "fact.DrawerOpenEnded.failed": Words(
        "The cash drawer was not opened.", "کشوی پول باز نشد.", "لم يُفتح درج النقود."
    ),
    "fact.DrawerOpenEnded.uncertain": Words(
        "Nobody can tell whether the cash drawer was opened.",
        "معلوم نیست کشوی پول باز شده است یا نه.",
        "لا يُعرف هل فُتح درج النقود.",
    ),
    "fact.LabelsSet": Words(
        "{by} saved the table of price and weight labels: {rows} rows.",
        "{by} جدول برچسب‌های قیمت و وزن را ذخیره کرد: {rows} ردیف.",
        "حفظ {by} جدول ملصقات السعر والوزن: {rows} صف.",
    ),
    "fact.RoundStarted": Words("{by} began a round.", "{by} یک سرکشی را آغاز کرد.", "بدأ {by} جولة."),
    "fact.RoundTaskLeft": Words(
        "{by} left a task of the round undone.",
        "{by} یک کار سرکشی را نکرده گذاشت.",
        "ترك {by} مهمة من الجولة.",
    ),
    "fact.RoundEnded": Words("{by} ended the round.", "{by} سرکشی را پایان داد.", "أنهى {by} الجولة."),
    "fact.PriceSet": Words(
        "{by} changed the price of {name} from {was} to {price}.",
        "{by} قیمت {name} را از {was} به {price} برد.",
        "غيّر {by} سعر {name} من {was} إلى {price}.",
    ),
    "fact.AuditTaken": Words(
        "{by} read the meters; a new interval begins.",
        "{by} شمارنده‌ها را خواند؛ دورهٔ تازه آغاز شد.",
        "قرأ {by} العدادات؛ تبدأ فترة جديدة.",
    ),
    "fact.UserSaved": Words(
        "{by} saved the sign-in of {user}.",
        "{by} ورود {user} را ذخیره کرد.",
        "حفظ {by} بيانات دخول {user}.",
    ),
    "fact.SignInRefused": Words(
        "A wrong secret for {user}; {failures} in a row.",
        "رمز نادرست برای {user}؛ {failures} بار پشت سر هم.",
        "سر خاطئ لـ {user}؛ {failures} على التوالي.",
    ),
}
"""Values are the fact's own fields; amounts lose their ``_minor``, and a ``sku`` becomes the ``name`` of the goods."""
