"""The live page of the devices: their state, their last words, and what to do."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

LIVE: Final[Table] = {
    "live.title": Words("Devices", "دستگاه‌ها", "الأجهزة"),
    "live.online": Words("well", "سالم", "سليم"),
    "live.trouble": Words("trouble", "مشکل", "خلل"),
    "live.offline": Words("no answer", "بی‌پاسخ", "لا يجيب"),
    "live.never": Words("never answered", "هرگز پاسخ نداده", "لم يُجب قط"),
    "live.serial": Words("Serial number", "شمارهٔ سریال", "الرقم التسلسلي"),
    "live.heard": Words("Last answer", "آخرین پاسخ", "آخر رد"),
    "live.polls": Words("Questions and answers on the line", "پرسش و پاسخ روی خط", "أسئلة وأجوبة على الخط"),
    "live.noise": Words("Noise, bytes", "نویز، بایت", "تشويش، بايت"),
    "live.ago": Words("{age} s ago", "{age} ثانیه پیش", "قبل {age} ث"),
    "live.long_ago": Words("{age} min ago", "{age} دقیقه پیش", "قبل {age} د"),
    "live.none": Words("none", "هیچ", "لا يوجد"),
    "live.events": Words("Last events", "آخرین رویدادها", "آخر الأحداث"),
    "live.empty": Words(
        "No device is in the configuration.", "هیچ دستگاهی در پیکربندی نیست.", "لا جهاز في الإعدادات."
    ),
    "live.fine": Words("All is well.", "همه چیز خوب است.", "كل شيء على ما يرام."),
    "live.connect": Words(
        "It never answered. Check power, cable, and the port and address in the configuration.",
        "هرگز پاسخ نداده است. برق، کابل و درگاه و نشانی را در پیکربندی وارسی کنید.",
        "لم يُجب قط. افحص الكهرباء والكابل والمنفذ والعنوان في الإعدادات.",
    ),
    "live.no_table": Words(
        "The {kind} answers but is inhibited: no table for {currency} that fits the configuration. Load its maker's table, or "
        "correct the values in the configuration.",
        "{kind} پاسخ می‌دهد ولی بسته است: جدولی برای {currency} که با پیکربندی بخواند ندارد. جدول سازنده را بار کنید یا ارزش‌ها را "
        "در پیکربندی درست کنید.",
        "{kind} يجيب لكنه مغلق: لا جدول فيه لعملة {currency} يوافق الإعدادات. حمّل جدول الصانع أو صحّح القيم في الإعدادات.",
    ),
    "live.shut_change": Words(
        "The {kind} answers but is inhibited: what it takes could not be given back. Fill the change, or look at the hoppers.",
        "{kind} پاسخ می‌دهد ولی بسته است: آنچه می‌گیرد پس‌دادنی نیست. پول خرد بریزید یا هاپرها را ببینید.",
        "{kind} يجيب لكنه مغلق: لا يمكن رد ما يأخذه. عبّئ الفكة أو انظر في الخزانات.",
    ),
    "live.shut_limit": Words(
        "The {kind} answers but is inhibited: so much was paid out that payouts rest for a while.",
        "{kind} پاسخ می‌دهد ولی بسته است: آن‌قدر پرداخت شده که پرداخت‌ها مدتی متوقف‌اند.",
        "{kind} يجيب لكنه مغلق: دُفع كثير حتى توقّف الدفع مدة.",
    ),
    "live.shut_disk": Words(
        "The {kind} answers but is inhibited: the disk is nearly full. Make room on it.",
        "{kind} پاسخ می‌دهد ولی بسته است: دیسک نزدیک به پر شدن است. جا باز کنید.",
        "{kind} يجيب لكنه مغلق: القرص يكاد يمتلئ. أفسح فيه مكانًا.",
    ),
    "live.shut_halted": Words(
        "The {kind} answers but is inhibited: the kiosk is halted. Let it sell again when all is well.",
        "{kind} پاسخ می‌دهد ولی بسته است: کیوسک متوقف است. وقتی همه چیز خوب شد فروش را از سر بگیرید.",
        "{kind} يجيب لكنه مغلق: الكشك متوقف. استأنف البيع حين يصلح كل شيء.",
    ),
    "seen.DeviceLost": Words("It is lost", "از دست رفت", "انقطع"),
    "seen.LineNoise": Words("Noise on the line", "نویز روی خط", "تشويش في الخط"),
    "seen.DeviceFaulted": Words("It reports trouble", "مشکلی گزارش کرد", "أبلغ عن خلل"),
    "seen.DeviceRecovered": Words("It is well again", "دوباره خوب شد", "عاد سليمًا"),
    "seen.AcceptorIdentified": Words("It introduced itself", "خود را معرفی کرد", "عرّف بنفسه"),
    "seen.CoinAccepted": Words("Coin of {money} came in", "سکهٔ {money} آمد", "دخلت قطعة {money}"),
    "seen.CoinUnvalued": Words(
        "Coin of position {position}, of no known value",
        "سکهٔ جایگاه {position} با ارزش ناشناخته",
        "قطعة من الموضع {position} بلا قيمة معروفة",
    ),
    "seen.CoinRefused": Words("Coin turned away", "سکه پذیرفته نشد", "رُفضت قطعة"),
    "seen.CoinEventsLost": Words("Events were lost", "رویدادهایی از دست رفت", "ضاعت أحداث"),
    "seen.NoteEscrowed": Words(
        "Note of {money} in escrow", "اسکناس {money} در انتظار", "ورقة {money} في الانتظار"
    ),
    "seen.NoteStacked": Words("Note of {money} kept", "اسکناس {money} نگه داشته شد", "حُفظت ورقة {money}"),
    "seen.NoteReturned": Words("Note given back", "اسکناس پس داده شد", "رُدّت ورقة"),
    "seen.NoteRefused": Words("Note turned away", "اسکناس پذیرفته نشد", "رُفضت ورقة"),
    "seen.NoteUnknown": Words(
        "Nobody knows where a note is", "معلوم نیست اسکناسی کجاست", "لا يُعرف أين ورقة نقدية"
    ),
    "seen.NoteUnvalued": Words(
        "Note of position {position}, of no known value",
        "اسکناس جایگاه {position} با ارزش ناشناخته",
        "ورقة من الموضع {position} بلا قيمة معروفة",
    ),
    "seen.HopperIdentified": Words("It introduced itself", "خود را معرفی کرد", "عرّف بنفسه"),
    "seen.HopperLevel": Words("Its level changed", "سطح آن تغییر کرد", "تغيّر مستواه"),
    "seen.HopperCounted": Words("It holds {qty} pieces", "{qty} عدد دارد", "فيه {qty} قطعة"),
    "seen.PayoutProgressed": Words(
        "{qty} pieces paid so far", "تاکنون {qty} عدد پرداخت", "دُفع {qty} حتى الآن"
    ),
    "seen.CoinsPaid": Words("{qty} pieces paid", "{qty} عدد پرداخت شد", "دُفعت {qty} قطعة"),
    "seen.PiecesMoved": Words(
        "{qty} pieces moved to its own box", "{qty} عدد به صندوق خودش رفت", "نُقلت {qty} قطعة إلى صندوقه"
    ),
    "seen.MachineIdentified": Words(
        "The old machine answers", "دستگاه قدیمی پاسخ داد", "أجابت الآلة القديمة"
    ),
    "seen.MachineVendAsked": Words(
        "The old machine asks for {money}", "دستگاه قدیمی {money} می‌خواهد", "تطلب الآلة القديمة {money}"
    ),
    "seen.MachineVendWithdrawn": Words(
        "The old machine asks no more", "دستگاه قدیمی دیگر نمی‌خواهد", "لم تعد الآلة القديمة تطلب"
    ),
    "seen.MachineSessionEnded": Words(
        "The old machine ended without a sale", "دستگاه قدیمی بی‌فروش پایان داد", "أنهت الآلة القديمة دون بيع"
    ),
    "seen.PayoutUnknown": Words("Nobody knows what was paid", "معلوم نیست چه پرداخت شده", "لا يُعرف ما دُفع"),
    "seen.CardReaderIdentified": Words("It introduced itself", "خود را معرفی کرد", "عرّف بنفسه"),
    "seen.CardSessionBegan": Words("A card was shown", "کارتی نشان داده شد", "أُبرزت بطاقة"),
    "seen.CardSessionEnded": Words("The card is gone", "کارت رفت", "ذهبت البطاقة"),
    "seen.CardApproved": Words("Card paid {money}", "کارت {money} پرداخت", "دفعت البطاقة {money}"),
    "seen.CardDenied": Words("Card was refused", "کارت رد شد", "رُفضت البطاقة"),
    "seen.CardCancelled": Words("Card payment withdrawn", "پرداخت کارت لغو شد", "سُحب طلب البطاقة"),
    "seen.CardSettled": Words("Card payment is final", "پرداخت کارت قطعی شد", "ثبت دفع البطاقة"),
    "seen.CardRefunded": Words("Card payment given back", "پول کارت پس داده شد", "رُدّ مال البطاقة"),
    "seen.CardRefundFailed": Words(
        "Card payment could not be given back", "پس دادن پول کارت ممکن نشد", "تعذّر رد مال البطاقة"
    ),
    "seen.CardLoaded": Words("{money} put onto the card", "{money} روی کارت رفت", "أُضيف {money} إلى البطاقة"),
    "seen.CardLoadRefused": Words(
        "Nothing was put onto the card", "چیزی روی کارت نرفت", "لم يُضف شيء إلى البطاقة"
    ),
    "seen.CardLoadUnknown": Words(
        "Nobody knows whether the money is on the card",
        "معلوم نیست پول روی کارت رفته باشد",
        "لا يُعرف هل أُضيف المال إلى البطاقة",
    ),
    "seen.CardUnknown": Words(
        "Nobody knows what the card paid", "معلوم نیست کارت چه پرداخت", "لا يُعرف ما دفعته البطاقة"
    ),
    "seen.CoilBoardIdentified": Words("It introduced itself", "خود را معرفی کرد", "عرّف بنفسه"),
    "seen.VendProgressed": Words("A coil turns", "مارپیچی می‌چرخد", "لولب يدور"),
    "seen.VendDelivered": Words("Goods came out", "کالا بیرون آمد", "خرجت البضاعة"),
    "seen.VendFailed": Words("No goods came out", "کالایی بیرون نیامد", "لم تخرج بضاعة"),
    "seen.VendUnknown": Words(
        "Nobody knows whether goods came out", "معلوم نیست کالا بیرون آمد یا نه", "لا يُعرف هل خرجت البضاعة"
    ),
    "seen.DropSeen": Words("Something fell unasked", "چیزی بی‌سفارش افتاد", "سقط شيء بلا طلب"),
    "seen.CodeScanned": Words("A code was scanned", "کدی اسکن شد", "مُسح رمز"),
    "seen.CodeUnreadable": Words("A scan could not be read", "اسکنی خوانده نشد", "تعذّرت قراءة مسح"),
    "seen.PrinterStatus": Words("It told its status", "وضعیت خود را گفت", "أبلغ عن حاله"),
    "seen.PrintEnded": Words("A print ended", "چاپی پایان یافت", "انتهت طباعة"),
}
"""Keys are ``live.`` and ``seen.`` with the name of a device event."""
