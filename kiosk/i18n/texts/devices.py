"""Devices and their faults: what a shopper is told, and what a clerk should do."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

_MACHINE_OFF: Final = Words(
    "No goods from the machine just now. The shelf is open.",
    "فعلاً از دستگاه کالایی نمی‌آید. قفسه باز است.",
    "لا بضائع من الآلة الآن. الرف مفتوح.",
)
_SLOT: Final = Words(
    "This slot did not work. Your money is safe.",
    "این خانه کار نکرد. پول شما محفوظ است.",
    "لم تعمل هذه الخانة. مالك محفوظ.",
)
_NO_PAPER: Final = Words("No paper receipts just now.", "فعلاً رسید کاغذی نداریم.", "لا إيصالات ورقية الآن.")
_COIN: Final = Words(
    "The coin was not taken. Please look into the coin tray.",
    "سکه پذیرفته نشد. لطفاً سینی سکه را ببینید.",
    "لم تُقبل القطعة. انظر في صينية العملات من فضلك.",
)
_NOTE: Final = Words(
    "Notes are not taken just now. Coins and goods are as usual.",
    "فعلاً اسکناس پذیرفته نمی‌شود. سکه و کالا مانند همیشه است.",
    "لا تُقبل الأوراق النقدية الآن. العملات والبضائع كالمعتاد.",
)
_CARD: Final = Words(
    "The card did not pay. Please try again, or use coins.",
    "پرداخت با کارت انجام نشد. دوباره امتحان کنید یا سکه بیندازید.",
    "لم يتم الدفع بالبطاقة. أعد المحاولة أو استخدم العملات.",
)
_WORKING: Final = Words("The machine looks after itself.", "دستگاه خود را سامان می‌دهد.", "الآلة تعالج الأمر.")

DEVICES: Final[Table] = {
    "kind.coin_acceptor": Words("Coin acceptor", "سکه‌گیر", "قارئ العملات"),
    "kind.note_validator": Words("Note reader", "اسکناس‌خوان", "قارئ الأوراق النقدية"),
    "kind.card_reader": Words("Card reader", "کارت‌خوان", "قارئ البطاقات"),
    "kind.hopper": Words("Change hopper", "هاپر پول خرد", "خزان الفكة"),
    "kind.coil_board": Words("Coil board", "برد مارپیچ‌ها", "لوحة اللوالب"),
    "kind.vending_machine": Words("Vending machine", "دستگاه فروش خودکار", "آلة بيع"),
    "kind.scanner": Words("Scanner", "اسکنر", "الماسح الضوئي"),
    "kind.printer": Words("Receipt printer", "چاپگر رسید", "طابعة الإيصالات"),
    "fault.jam.shopper": _SLOT,
    "fault.jam.clerk": Words(
        "Something is jammed. Open, free it, and count the slot.",
        "چیزی گیر کرده است. باز کنید، آزاد کنید و خانه را بشمارید.",
        "هناك شيء عالق. افتح وحرّره ثم عُدّ الخانة.",
    ),
    "fault.empty.shopper": _SLOT,
    "fault.empty.clerk": Words(
        "It is empty. Fill it and enter the count.",
        "خالی است. پر کنید و تعداد را وارد کنید.",
        "إنه فارغ. املأه وأدخل العدد.",
    ),
    "fault.no_motor.shopper": _SLOT,
    "fault.no_motor.clerk": Words(
        "No motor answers here. Check the plug of this coil.",
        "موتوری پاسخ نمی‌دهد. اتصال این مارپیچ را وارسی کنید.",
        "لا محرك يستجيب هنا. افحص وصلة هذا اللولب.",
    ),
    "fault.motor_runs.shopper": _SLOT,
    "fault.motor_runs.clerk": Words(
        "The motor does not find its home. Check the switch of this coil.",
        "موتور به جای خود نمی‌رسد. کلید این مارپیچ را وارسی کنید.",
        "لا يصل المحرك إلى موضعه. افحص مفتاح هذا اللولب.",
    ),
    "fault.not_seen.shopper": _SLOT,
    "fault.not_seen.clerk": Words(
        "Nothing was seen falling. Look into the slot and the tray, then count.",
        "افتادن کالا دیده نشد. خانه و سینی را ببینید و بشمارید.",
        "لم يُرَ سقوط شيء. انظر في الخانة والدرج ثم عُدّ.",
    ),
    "fault.sensor_blocked.shopper": _MACHINE_OFF,
    "fault.sensor_blocked.clerk": Words(
        "The drop sensor is covered. Clear the tray and wipe the sensor.",
        "حسگر افتادن پوشیده است. سینی را خالی و حسگر را پاک کنید.",
        "حسّاس السقوط محجوب. أفرغ الدرج وامسح الحسّاس.",
    ),
    "fault.refused.shopper": _COIN,
    "fault.refused.clerk": Words(
        "The device refused the order. Switch it off and on.",
        "دستگاه فرمان را نپذیرفت. آن را خاموش و روشن کنید.",
        "رفض الجهاز الأمر. أطفئه ثم شغّله.",
    ),
    "fault.no_reply.shopper": _MACHINE_OFF,
    "fault.no_reply.clerk": Words(
        "The device is silent. Check its power and its cable.",
        "دستگاه پاسخ نمی‌دهد. برق و کابل را وارسی کنید.",
        "الجهاز صامت. افحص الكهرباء والكابل.",
    ),
    "fault.line_noise.shopper": _WORKING,
    "fault.line_noise.clerk": Words(
        "The line is noisy. Check plugs and keep the cable away from motors.",
        "خط نویز دارد. اتصال‌ها را وارسی و کابل را از موتورها دور کنید.",
        "في الخط تشويش. افحص الوصلات وأبعد الكابل عن المحركات.",
    ),
    "fault.restarted.shopper": _WORKING,
    "fault.restarted.clerk": Words(
        "The device started anew. If it happens often, check its power.",
        "دستگاه دوباره روشن شد. اگر تکرار شد برق را وارسی کنید.",
        "أعاد الجهاز التشغيل. إن تكرر ذلك فافحص الكهرباء.",
    ),
    "fault.fraud.shopper": _COIN,
    "fault.fraud.clerk": Words(
        "Somebody may have pulled a coin back. Look at the coin path.",
        "شاید کسی سکه را بیرون کشیده باشد. مسیر سکه را ببینید.",
        "ربما سحب أحدهم قطعة. افحص مسار العملات.",
    ),
    "fault.swallowed.shopper": _COIN,
    "fault.swallowed.clerk": Words(
        "A coin went in and was not counted. Look at the coin path.",
        "سکه‌ای رفته و شمرده نشده است. مسیر سکه را ببینید.",
        "دخلت قطعة ولم تُحسب. افحص مسار العملات.",
    ),
    "fault.self_check.shopper": _MACHINE_OFF,
    "fault.self_check.clerk": Words(
        "The device failed its own test. Switch it off and on; if it stays, change it.",
        "خودآزمایی دستگاه ناموفق بود. خاموش و روشن کنید؛ اگر ماند، عوض کنید.",
        "فشل الفحص الذاتي للجهاز. أطفئه وشغّله؛ إن بقي فاستبدله.",
    ),
    "fault.paper_out.shopper": _NO_PAPER,
    "fault.paper_out.clerk": Words("Put in a new roll.", "رول تازه بگذارید.", "ضع لفافة جديدة."),
    "fault.paper_low.shopper": Words(
        "Paper receipts are there.", "رسید کاغذی داریم.", "الإيصالات الورقية متاحة."
    ),
    "fault.paper_low.clerk": Words(
        "The roll is nearly used up. Bring a new one.",
        "رول رو به پایان است. رول تازه بیاورید.",
        "قاربت اللفافة الانتهاء. أحضر جديدة.",
    ),
    "fault.cover_open.shopper": _NO_PAPER,
    "fault.cover_open.clerk": Words(
        "Close the printer's cover.", "درِ چاپگر را ببندید.", "أغلق غطاء الطابعة."
    ),
    "fault.cutter.shopper": _NO_PAPER,
    "fault.cutter.clerk": Words(
        "The cutter is stuck. Open the cover and free it.",
        "تیغه گیر کرده است. در را باز و آزاد کنید.",
        "القاطعة عالقة. افتح الغطاء وحرّرها.",
    ),
    "fault.unreadable.shopper": Words(
        "That could not be read. Please scan again.",
        "خوانده نشد. لطفاً دوباره اسکن کنید.",
        "تعذّرت القراءة. امسح مرة أخرى من فضلك.",
    ),
    "fault.unreadable.clerk": Words(
        "Wipe the scanner's window.", "شیشهٔ اسکنر را پاک کنید.", "امسح زجاج الماسح."
    ),
    "fault.too_long.shopper": Words(
        "This code is too long for goods.",
        "این کد برای کالا بیش از حد بلند است.",
        "هذا الرمز أطول مما ينبغي.",
    ),
    "fault.too_long.clerk": Words(
        "Somebody scanned a very long code.", "کسی کد بسیار بلندی اسکن کرد.", "مسح أحدهم رمزًا طويلًا جدًا."
    ),
    "fault.unknown_coin.shopper": _COIN,
    "fault.unknown_coin.clerk": Words(
        "The acceptor takes a coin that has no value in the configuration.",
        "سکه‌گیر سکه‌ای می‌گیرد که در پیکربندی ارزشی ندارد.",
        "يقبل القارئ قطعة لا قيمة لها في الإعدادات.",
    ),
    "fault.unknown_note.shopper": _NOTE,
    "fault.unknown_note.clerk": Words(
        "The note reader takes a note that has no value in the configuration.",
        "اسکناس‌خوان اسکناسی می‌گیرد که در پیکربندی ارزشی ندارد.",
        "يقبل القارئ ورقة لا قيمة لها في الإعدادات.",
    ),
    "fault.stacker_full.shopper": _NOTE,
    "fault.stacker_full.clerk": Words(
        "The note box is full. Empty it and count it.",
        "صندوق اسکناس پر است. خالی کنید و بشمارید.",
        "صندوق الأوراق ممتلئ. أفرغه وعُدّه.",
    ),
    "fault.box_out.shopper": _NOTE,
    "fault.box_out.clerk": Words(
        "The note box is not in its place. Put it back until it clicks.",
        "صندوق اسکناس سر جایش نیست. آن را تا صدای قفل جا بزنید.",
        "صندوق الأوراق ليس في مكانه. أعده حتى يُسمع القفل.",
    ),
    "fault.declined.shopper": _CARD,
    "fault.declined.clerk": Words(
        "The card's side refused. Nothing was charged.",
        "طرفِ کارت نپذیرفت. چیزی برداشت نشد.",
        "رفض طرف البطاقة. لم يُخصم شيء.",
    ),
    "fault.timed_out.shopper": _CARD,
    "fault.timed_out.clerk": Words(
        "No answer came in time. Check the reader's connection.",
        "پاسخ به‌موقع نیامد. اتصال دستگاه را وارسی کنید.",
        "لم يصل رد في الوقت. افحص اتصال الجهاز.",
    ),
    "fault.wrong_scale.shopper": _WORKING,
    "fault.wrong_scale.clerk": Words(
        "The device counts money in steps that do not fit the configured values. Compare its scale and currency.",
        "دستگاه پول را با گام‌هایی می‌شمارد که با مقادیر پیکربندی نمی‌خواند. مقیاس و ارز آن را بسنجید.",
        "يحسب الجهاز المال بخطوات لا تناسب القيم المضبوطة. قارن مقياسه وعملته.",
    ),
    "fault.address_clash.shopper": _WORKING,
    "fault.address_clash.clerk": Words(
        "Two devices answer at one address. Give one of them another address.",
        "دو دستگاه به یک نشانی پاسخ می‌دهند. به یکی نشانی دیگری بدهید.",
        "جهازان يردّان على عنوان واحد. غيّر عنوان أحدهما.",
    ),
    "fault.out_of_sequence.shopper": _CARD,
    "fault.out_of_sequence.clerk": Words(
        "The reader lost the thread and was started anew. Look at the open card payments.",
        "کارت‌خوان رشته را گم کرد و دوباره راه افتاد. پرداخت‌های باز کارت را ببینید.",
        "فقد القارئ التسلسل وأُعيد تشغيله. راجع دفعات البطاقة المفتوحة.",
    ),
    "fault.lost_power.shopper": _MACHINE_OFF,
    "fault.lost_power.clerk": Words(
        "The device lost power at work. Count it.",
        "برق دستگاه حین کار قطع شد. بشمارید.",
        "انقطعت كهرباء الجهاز أثناء العمل. عُدّ محتواه.",
    ),
    "fault.not_counted.shopper": _NOTE,
    "fault.not_counted.clerk": Words(
        "The note reader said that a note was in, and its own count did not rise. Count the note box; if it happens again, "
        "exchange the reader.",
        "اسکناس‌خوان گفت اسکناس داخل رفت، ولی شمارش خودش بالا نرفت. صندوق اسکناس را بشمارید؛ اگر تکرار شد اسکناس‌خوان را عوض کنید.",
        "قال القارئ إن ورقة دخلت ولم يزد عدّاده. عُدّ صندوق الأوراق؛ وإن تكرر ذلك فاستبدل القارئ.",
    ),
    "fault.hung.shopper": _WORKING,
    "fault.hung.clerk": Words(
        "The kiosk lost hold of this line and starts it anew. If it stays, pull its plug, put it back and restart the kiosk.",
        "کیوسک ارتباط با این خط را از دست داد و دوباره راهش می‌اندازد. اگر ماند، فیش آن را بکشید، دوباره بزنید و کیوسک را از نو "
        "روشن کنید.",
        "فقد الكشك هذا الخط ويعيد تشغيله. إن بقي فانزع قابسه وأعده ثم شغّل الكشك من جديد.",
    ),
    "fault.unspecified.shopper": _MACHINE_OFF,
    "fault.unspecified.clerk": Words(
        "The device reports trouble. Switch it off and on.",
        "دستگاه مشکلی گزارش می‌کند. خاموش و روشن کنید.",
        "يُبلغ الجهاز عن خلل. أطفئه ثم شغّله.",
    ),
}
"""Keys are ``kind.`` and a `DeviceKind`, ``fault.`` and a `Fault` with ``.shopper`` or ``.clerk``."""
