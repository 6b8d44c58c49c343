"""Roles, the second step of signing in, sessions, and who did what."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

PEOPLE: Final[Table] = {
    "may.owner": Words("decides about everything", "دربارهٔ همه چیز تصمیم می‌گیرد", "يقرر في كل شيء"),
    "may.accountant": Words(
        "reads figures, takes files, notes transfers and banked bags, closes days",
        "رقم‌ها را می‌خواند، فایل می‌گیرد، حواله‌ها و کیسه‌های به‌بانک‌رفته را ثبت می‌کند، روز را می‌بندد",
        "يقرأ الأرقام ويأخذ الملفات ويسجّل التحويلات والأكياس المودعة ويقفل الأيام",
    ),
    "may.support": Words(
        "answers claims and reads the entries behind them; sees no sums of cash and no users",
        "به درخواست‌ها پاسخ می‌دهد و ردیف‌های پشت آن‌ها را می‌خواند؛ جمع نقدینگی و کاربران را نمی‌بیند",
        "يجيب عن الطلبات ويقرأ القيود التي وراءها؛ ولا يرى مجاميع النقد ولا المستخدمين",
    ),
    "may.clerk": Words(
        "fills, counts and hands over; also at the machine",
        "پر می‌کند، می‌شمارد و تحویل می‌دهد؛ پای دستگاه هم",
        "يعبئ ويعدّ ويسلّم؛ وعند الآلة أيضًا",
    ),
    "form.pin_role": Words(
        "Only owners and clerks work at the machine: leave the PIN empty, or give another role.",
        "تنها مالک و کارمند پای دستگاه کار می‌کنند: رمز عددی را خالی بگذارید یا نقش دیگری بدهید.",
        "لا يعمل عند الآلة سوى المالك والموظف: اترك الرمز السري فارغًا أو اختر دورًا آخر.",
    ),
    "nav.deeds": Words("Who did what", "چه کسی چه کرد", "من فعل ماذا"),
    "deeds.text": Words(
        "Everything that a person decided or changed, as the journal has it. Nobody can take a line away.",
        "هر چه کسی تصمیم گرفته یا تغییر داده، همان‌گونه که در دفتر ثبت است. هیچ کس نمی‌تواند سطری را بردارد.",
        "كل ما قرره شخص أو غيّره كما هو في السجل. لا يستطيع أحد أن يزيل سطرًا.",
    ),
    "deeds.who": Words("Who", "چه کسی", "من"),
    "deeds.anybody": Words("anybody", "هر کس", "أي شخص"),
    "deeds.topic": Words("About", "دربارهٔ", "حول"),
    "deeds.anything": Words("anything", "هر چیز", "أي شيء"),
    "deeds.goods": Words("Goods and prices", "کالا و قیمت", "البضاعة والأسعار"),
    "deeds.people": Words("People and sign-ins", "افراد و ورودها", "الأشخاص والدخول"),
    "deeds.claims": Words("Claims and debts", "ادعاها و بدهی‌ها", "المطالبات والديون"),
    "deeds.cash": Words("Cash", "نقدینگی", "النقد"),
    "deeds.stock": Words("Stock", "موجودی", "المخزون"),
    "deeds.machine": Words("Machine and settings", "دستگاه و تنظیم‌ها", "الآلة والإعدادات"),
    "deeds.about": Words("Only about {subject}", "تنها دربارهٔ {subject}", "حول {subject} فقط"),
    "deeds.or_month": Words("or a month", "یا یک ماه", "أو شهر"),
    "deeds.clear": Words("Show all", "نمایش همه", "عرض الكل"),
    "deeds.none": Words(
        "Nobody did anything of this kind here.",
        "اینجا کسی کاری از این دست نکرده است.",
        "لم يفعل أحد شيئًا من هذا هنا.",
    ),
    "deeds.older": Words("Earlier", "پیش‌تر", "أقدم"),
    "deeds.newest": Words("Newest", "تازه‌ترین", "الأحدث"),
    "users.can_both": Words("password and code", "گذرواژه و کد", "كلمة مرور ورمز"),
    "account.title": Words("Your sign-in", "ورود شما", "دخولك"),
    "second.title": Words("Second step", "گام دوم", "الخطوة الثانية"),
    "second.code": Words("Code from your phone", "کد از گوشی شما", "الرمز من هاتفك"),
    "second.code_help": Words(
        "Six digits from the authenticator app, or one of your recovery codes.",
        "شش رقم از برنامهٔ احراز هویت، یا یکی از کدهای بازیابی شما.",
        "ستة أرقام من تطبيق المصادقة، أو أحد رموز الاسترداد.",
    ),
    "second.wrong": Words(
        "This code is not right, or it was used before. Wait for the next one and try again.",
        "این کد درست نیست یا پیش‌تر به کار رفته است. منتظر کد بعدی بمانید و دوباره بزنید.",
        "هذا الرمز غير صحيح أو سبق استخدامه. انتظر الرمز التالي وحاول مجددًا.",
    ),
    "second.clock": Words(
        "The kiosk's clock says {clock}; your phone's must agree to half a minute.",
        "ساعت کیوسک {clock} است؛ ساعت گوشی شما باید تا نیم دقیقه با آن یکی باشد.",
        "ساعة الكشك {clock}؛ ويجب أن توافقها ساعة هاتفك إلى نصف دقيقة.",
    ),
    "second.back": Words("Somebody else signs in", "کس دیگری وارد می‌شود", "يدخل شخص آخر"),
    "second.set_up": Words("Set up the second step", "برپا کردن گام دوم", "تفعيل الخطوة الثانية"),
    "second.anew": Words("Set it up on another phone", "برپا کردن روی گوشی دیگر", "تفعيلها على هاتف آخر"),
    "second.owed": Words(
        "Your role moves money: a password alone is not enough for it. Set this up once, it takes a minute.",
        "نقش شما پول را جابه‌جا می‌کند: گذرواژه به‌تنهایی بس نیست. یک بار این را برپا کنید؛ یک دقیقه طول می‌کشد.",
        "دورك يحرّك المال: كلمة المرور وحدها لا تكفي. فعّل هذا مرة واحدة، ويستغرق دقيقة.",
    ),
    "second.scan": Words(
        "Open an authenticator app on your phone and scan this picture.",
        "یک برنامهٔ احراز هویت روی گوشی باز کنید و این تصویر را اسکن کنید.",
        "افتح تطبيق مصادقة على هاتفك وامسح هذه الصورة.",
    ),
    "second.qr": Words(
        "QR code for the authenticator app", "کد QR برای برنامهٔ احراز هویت", "رمز QR لتطبيق المصادقة"
    ),
    "second.no_camera": Words(
        "No camera? Type this key", "دوربین ندارید؟ این کلید را بزنید", "لا كاميرا؟ اكتب هذا المفتاح"
    ),
    "second.now": Words(
        "A code of the present second step, or a recovery code",
        "یک کد از گام دوم کنونی، یا یک کد بازیابی",
        "رمز من الخطوة الثانية الحالية، أو رمز استرداد",
    ),
    "second.first": Words(
        "The six digits that it shows now", "شش رقمی که اکنون نشان می‌دهد", "الأرقام الستة التي يعرضها الآن"
    ),
    "second.go": Words("Switch it on", "روشن کن", "فعّل"),
    "second.demo": Words(
        "This is a demo: here you may leave it. A real kiosk asks for it.",
        "این یک نمایش است: اینجا می‌توانید از آن بگذرید. کیوسک واقعی آن را می‌خواهد.",
        "هذا عرض تجريبي: يمكنك هنا تركها. أما الكشك الحقيقي فيطلبها.",
    ),
    "second.skip": Words("Not now", "اکنون نه", "ليس الآن"),
    "second.ask": Words(
        "Your sign-in has no second step yet.", "ورود شما هنوز گام دوم ندارد.", "ليس لدخولك خطوة ثانية بعد."
    ),
    "second.codes": Words("Recovery codes", "کدهای بازیابی", "رموز الاسترداد"),
    "second.done": Words(
        "The second step is on. You are asked for a code at your next sign-in.",
        "گام دوم روشن است. در ورود بعدی از شما کد خواسته می‌شود.",
        "الخطوة الثانية مفعّلة. سيُطلب منك رمز عند دخولك القادم.",
    ),
    "second.codes_text": Words(
        "Each of these works once, if the phone is lost. Write them down or print this page: they are not shown again.",
        "هر یک از این‌ها یک بار کار می‌کند، اگر گوشی گم شود. آن‌ها را بنویسید یا این صفحه را چاپ کنید: دیگر نشان داده نمی‌شوند.",
        "يعمل كل منها مرة واحدة إذا ضاع الهاتف. اكتبها أو اطبع هذه الصفحة: لن تُعرض مرة أخرى.",
    ),
    "second.kept": Words("I have kept them", "نگهشان داشتم", "احتفظتُ بها"),
    "second.on": Words(
        "It is on. Recovery codes left: {n}.",
        "روشن است. کدهای بازیابی مانده: {n}.",
        "إنها مفعّلة. رموز الاسترداد المتبقية: {n}.",
    ),
    "second.off": Words(
        "It is off: whoever knows your password is you.",
        "خاموش است: هر که گذرواژهٔ شما را بداند شماست.",
        "إنها متوقفة: من يعرف كلمة مرورك فهو أنت.",
    ),
    "second.remove": Words("Reset the second step", "بازنشانی گام دوم", "إعادة ضبط الخطوة الثانية"),
    "second.remove_label": Words(
        "Reset the second step of {name}", "بازنشانی گام دوم {name}", "إعادة ضبط الخطوة الثانية لـ {name}"
    ),
    "second.removed": Words(
        "The second step of {name} is off; they set it up anew at their next sign-in.",
        "گام دوم {name} خاموش شد؛ در ورود بعدی دوباره برپا می‌کند.",
        "أُوقفت الخطوة الثانية لـ {name}؛ ويفعّلها من جديد عند دخوله القادم.",
    ),
    "sessions.mine": Words("Where you are signed in", "جاهایی که وارد شده‌اید", "حيث سجّلت الدخول"),
    "sessions.others": Words(
        "Everybody else who is signed in", "دیگر کسانی که وارد شده‌اند", "سائر من سجّلوا الدخول"
    ),
    "sessions.device": Words("Device", "دستگاه", "الجهاز"),
    "sessions.since": Words("Since", "از", "منذ"),
    "sessions.seen": Words("Last seen", "آخرین بار", "آخر ظهور"),
    "sessions.this": Words("this one", "همین", "هذا"),
    "sessions.unknown": Words("unknown device", "دستگاه ناشناس", "جهاز مجهول"),
    "sessions.end": Words("End", "پایان", "إنهاء"),
    "sessions.end_label": Words(
        "End the session of {name}: {device}",
        "پایان دادن به نشست {name}: {device}",
        "إنهاء جلسة {name}: {device}",
    ),
    "sessions.end_others": Words("End all my others", "پایان همهٔ نشست‌های دیگرم", "إنهاء كل جلساتي الأخرى"),
    "sessions.ended": Words("Sessions ended: {n}.", "نشست‌های پایان‌یافته: {n}.", "الجلسات المنهاة: {n}."),
    "fact.SecondStepSet": Words(
        "{by} set up the second step of {user}'s sign-in.",
        "{by} گام دوم ورود {user} را برپا کرد.",
        "فعّل {by} الخطوة الثانية لدخول {user}.",
    ),
    "fact.SecondStepSet.off": Words(
        "{by} took away the second step of {user}'s sign-in.",
        "{by} گام دوم ورود {user} را برداشت.",
        "ألغى {by} الخطوة الثانية لدخول {user}.",
    ),
    "fact.SignedIn": Words(
        "{by} signed in, with a code of the second step.",
        "{by} با کد گام دوم وارد شد.",
        "سجّل {by} الدخول برمز الخطوة الثانية.",
    ),
    "fact.SignedIn.recovery": Words(
        "{by} signed in, with a recovery code. It works no second time.",
        "{by} با یک کد بازیابی وارد شد. آن کد بار دوم کار نمی‌کند.",
        "سجّل {by} الدخول برمز استرداد، ولن يعمل مرة أخرى.",
    ),
    "fact.SettingsChanged": Words(
        "The kiosk was started with other settings: {names}.",
        "کیوسک با تنظیم‌های دیگری روشن شد: {names}.",
        "شُغّل الكشك بإعدادات أخرى: {names}.",
    ),
    "settings.more": Words("{names} and {n} more", "{names} و {n} تنظیم دیگر", "{names} و{n} أخرى"),
}
"""Keys are ``may.`` with a role, and ``form.`` for what a form refuses."""
