"""Texts of the clerk's pages at the kiosk."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

SERVICE: Final[Table] = {
    "sign_in.title": Words("Staff sign-in", "ورود کارکنان", "دخول الموظفين"),
    "sign_in.name": Words("Name", "نام", "الاسم"),
    "sign_in.pin": Words("PIN", "رمز عددی", "الرمز السري"),
    "sign_in.go": Words("Sign in", "ورود", "دخول"),
    "service.title": Words("Service", "سرویس", "الصيانة"),
    "service.who": Words(
        "{clerk} is signed in. Nothing is sold meanwhile.",
        "{clerk} وارد شده است. در این مدت فروش بسته است.",
        "سجّل {clerk} الدخول. البيع متوقف في هذه الأثناء.",
    ),
    "service.coins": Words("Cash", "پول نقد", "النقود"),
    "service.goods": Words("Goods", "کالاها", "البضائع"),
    "service.cut": Words("Power cuts", "قطع برق", "انقطاع الكهرباء"),
    "service.leave": Words("Leave service", "پایان سرویس", "إنهاء الصيانة"),
    "service.halt": Words("Stop selling", "توقف فروش", "أوقف البيع"),
    "service.release": Words("Sell again", "فروش دوباره", "استأنف البيع"),
    "service.halted": Words(
        "Selling is stopped: {reason}", "فروش متوقف است: {reason}", "البيع متوقف: {reason}"
    ),
    "service.halted_by_clerk": Words("by a member of staff", "به دست کارکنان", "من أحد الموظفين"),
    "service.hopper": Words("Hopper {value}", "هاپر {value}", "خزان {value}"),
    "service.tube": Words("Tube {value}", "لولهٔ {value}", "أنبوب {value}"),
    "service.recycler": Words("Notes to give back, {value}", "اسکناس برگشتی {value}", "أوراق للرد {value}"),
    "service.stacker": Words("Note stacker", "جعبهٔ اسکناس", "خزنة الأوراق النقدية"),
    "service.holds": Words("{n} by the book", "{n} به حساب دفتر", "{n} حسب الدفتر"),
    "service.fill": Words("Fill in coins", "افزودن سکه", "تعبئة نقود"),
    "service.fill_title": Words("Fill the hopper of {value}", "پر کردن هاپر {value}", "تعبئة خزان {value}"),
    "service.fill_text": Words("How many coins did you put in?", "چند سکه ریختید؟", "كم قطعة وضعت؟"),
    "service.fill_tube": Words("Fill the tube of {value}", "پر کردن لولهٔ {value}", "تعبئة أنبوب {value}"),
    "service.fill_recycler": Words(
        "Fill in notes of {value}", "افزودن اسکناس {value}", "تعبئة أوراق {value}"
    ),
    "service.fill_notes": Words("How many notes did you put in?", "چند اسکناس گذاشتید؟", "كم ورقة وضعت؟"),
    "service.notes_qty": Words("Notes put in", "تعداد اسکناس", "عدد الأوراق"),
    "service.coins_qty": Words("Coins put in", "تعداد سکه", "عدد القطع"),
    "service.box": Words("Cash box", "صندوق سکه", "صندوق النقود"),
    "service.drawer": Words("Cash drawer", "کشوی پول", "درج النقود"),
    "service.drawer_open": Words("Open it", "باز کردن", "افتحه"),
    "service.drawer_title": Words("Open the cash drawer", "باز کردن کشوی پول", "فتح درج النقود"),
    "service.drawer_text": Words(
        "Your name and the time are written down.", "نام شما و زمان یادداشت می‌شود.", "يُسجَّل اسمك والوقت."
    ),
    "service.collect": Words("Empty and count", "خالی کردن و شمردن", "إفراغ وعدّ"),
    "service.collect_title": Words("Take the cash out", "بیرون آوردن پول", "إخراج النقود"),
    "service.collect_text": Words(
        "Take box and stacker out, then tap: from that moment on coins belong to the next collection. A power cut loses nothing.",
        "صندوق و جعبهٔ اسکناس را بیرون بیاورید و بعد بزنید: از آن لحظه سکه‌ها از آن برداشت بعدی‌اند. با قطع برق چیزی گم نمی‌شود.",
        "أخرج الصندوق وخزنة الأوراق ثم اضغط: من تلك اللحظة تخص القطع التحصيل التالي. لا يضيع شيء بانقطاع الكهرباء.",
    ),
    "service.is_out": Words("They are out", "بیرون‌اند", "أُخرجت"),
    "service.count_title": Words("Count the collection", "شمردن برداشت", "عدّ التحصيل"),
    "service.count_waits": Words("Out, not counted yet", "بیرون است، شمرده نشده", "خارج الآلة ولم يُعدّ"),
    "service.count_text": Words(
        "Tap a coin and type how many there are. Empty means none.",
        "روی هر سکه بزنید و تعدادش را بنویسید. خالی یعنی هیچ.",
        "اضغط قطعة واكتب عددها. الفارغ يعني صفرًا.",
    ),
    "service.and_then": Words("And then", "و سپس", "ثم"),
    "service.float_left": Words("Change left inside", "پول خرد مانده", "الفكة الباقية"),
    "service.float_is": Words(
        "Change left inside: {amount}", "پول خرد مانده: {amount}", "الفكة الباقية: {amount}"
    ),
    "service.other_piece": Words("Another coin or note", "سکه یا اسکناس دیگر", "قطعة أو ورقة أخرى"),
    "service.bag": Words("Bag number", "شمارهٔ کیسه", "رقم الكيس"),
    "service.count_save": Words("Sealed and counted", "بسته و شمرده شد", "خُتم وعُدّ"),
    "service.try": Words("Turn once, no sale", "یک بار بچرخان، فروش نیست", "دورة واحدة، ليست بيعًا"),
    "service.empty_recycler": Words(
        "Notes of {value} to the box", "اسکناس {value} به جعبه", "أوراق {value} إلى الخزنة"
    ),
    "service.empty_hopper": Words(
        "Coins of {value} to the box", "سکهٔ {value} به صندوق", "قطع {value} إلى الصندوق"
    ),
    "service.leave_float": Words("All, or leave a float", "همه، یا با ماندن تنخواه", "الكل، أو مع ترك عهدة"),
    "service.moving": Words("On the way …", "در راه …", "في الطريق …"),
    "service.float_notes": Words(
        "How many notes stay to give back? The rest goes into the note stacker.",
        "چند اسکناس برای پس دادن بماند؟ بقیه خودکار به جعبهٔ اسکناس می‌رود.",
        "كم ورقة تبقى للرد؟ تنتقل البقية وحدها إلى خزنة الأوراق النقدية.",
    ),
    "service.float_coins": Words(
        "How many coins stay to give back? The rest goes into the cash box.",
        "چند سکه برای پس دادن بماند؟ بقیه خودکار به صندوق سکه می‌رود.",
        "كم قطعة تبقى للرد؟ تنتقل البقية وحدها إلى صندوق النقود.",
    ),
    "service.keep_qty": Words("Pieces that stay", "تعدادی که می‌ماند", "عدد القطع الباقية"),
    "service.keep_these": Words("Leave so many", "همین تعداد بماند", "اترك هذا العدد"),
    "service.send_all": Words("Send all to the box", "همه به جعبه برود", "أرسل الكل إلى الخزنة"),
    "service.counted": Words("Counted sum", "جمع شمارش", "المجموع المعدود"),
    "service.counted_title": Words("Emptied and counted", "خالی و شمرده شد", "أُفرغ وعُدّ"),
    "service.expected": Words("Expected", "مورد انتظار", "المتوقع"),
    "service.variance": Words("Difference", "اختلاف", "الفرق"),
    "service.balanced": Words(
        "Balanced to the smallest coin", "تا کوچک‌ترین سکه درست است", "مطابق حتى أصغر قطعة"
    ),
    "service.short": Words("{amount} is missing", "{amount} کم است", "ينقص {amount}"),
    "service.over": Words("{amount} too much", "{amount} زیاد است", "يزيد {amount}"),
    "service.slot_title": Words("Slot {slot}: {name}", "خانهٔ {slot}: {name}", "الخانة {slot}: {name}"),
    "service.slot_holds": Words(
        "{qty} of {capacity} by the book",
        "{qty} از {capacity} به حساب دفتر",
        "{qty} من {capacity} حسب الدفتر",
    ),
    "service.fill_up": Words("Filled up: it holds {qty}", "پر شد: اکنون {qty}", "امتلأت: فيها {qty}"),
    "service.count": Words("It holds", "اکنون دارد", "فيها الآن"),
    "service.spoilage": Words("Thrown away", "دورریز", "أُتلف"),
    "service.pieces": Words("Pieces", "تعداد", "عدد القطع"),
    "service.save": Words("Save", "ذخیره", "حفظ"),
}
"""Keys of sign-in and service."""
