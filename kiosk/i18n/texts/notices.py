"""Answers of the till in words: one row for every key that `decide` or the reading of a scan can give.

Values: ``name`` is the product's, ``amount``-like ones are formatted money, ``most`` a count.
"""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

NOTICES: Final[Table] = {
    "notice.done": Words("Done.", "انجام شد.", "تم."),
    "notice.added_stale": Words(
        "Added: {name}. Its best-before date has passed: please look and smell before you eat.",
        "افزوده شد: {name}. «بهتر است تا» گذشته است: پیش از خوردن ببینید و بو کنید.",
        "أُضيف: {name}. مضى تاريخ «يفضل قبل»: انظر وشم قبل الأكل من فضلك.",
    ),
    "notice.added": Words("Added: {name}", "افزوده شد: {name}", "أُضيف: {name}"),
    "notice.refused": Words("That is not possible now.", "اکنون ممکن نیست.", "هذا غير ممكن الآن."),
    # the phase does not allow it
    "notice.busy": Words(
        "One moment, the machine is still working.",
        "یک لحظه، دستگاه هنوز کار می‌کند.",
        "لحظة، ما زالت الآلة تعمل.",
    ),
    "notice.starting": Words(
        "One moment, the machine is starting.", "یک لحظه، دستگاه روشن می‌شود.", "لحظة، الآلة تبدأ العمل."
    ),
    "notice.out_of_service": Words(
        "The machine is out of service.", "دستگاه خارج از سرویس است.", "الآلة خارج الخدمة."
    ),
    "notice.in_service": Words(
        "A member of staff is working on the machine.",
        "کارمند ما با دستگاه کار می‌کند.",
        "أحد الموظفين يعمل على الآلة.",
    ),
    "notice.not_in_service": Words(
        "Please sign in first.", "لطفاً نخست وارد شوید.", "سجّل الدخول أولًا من فضلك."
    ),
    "notice.already_in_service": Words(
        "Somebody is signed in already.", "کسی پیش‌تر وارد شده است.", "هناك من سجّل الدخول بالفعل."
    ),
    "notice.stale_tap": Words(
        "The screen had just changed. Please tap again.",
        "صفحه همان لحظه عوض شد. لطفاً دوباره بزنید.",
        "تغيّرت الشاشة للتو. المس مرة أخرى من فضلك.",
    ),
    "notice.till_busy": Words(
        "That took too long. Please tap again: nothing is done twice.",
        "طول کشید. لطفاً دوباره بزنید: هیچ کاری دو بار انجام نمی‌شود.",
        "استغرق ذلك طويلًا. المس مرة أخرى: لن يُنفَّذ شيء مرتين.",
    ),
    # goods
    "notice.unknown_product": Words(
        "We do not know these goods. The vendor is told.",
        "این کالا را نمی‌شناسیم. به فروشنده خبر می‌دهیم.",
        "لا نعرف هذا المنتج. سنُعلم البائع.",
    ),
    "notice.catalogue_changed": Words(
        "The goods have changed meanwhile, and nothing was overwritten. Look at them once more, then try again.",
        "کالاها در این میان عوض شده‌اند و چیزی بازنویسی نشد. یک بار دیگر ببینید و دوباره بکوشید.",
        "تغيرت البضائع في الأثناء ولم يُستبدل شيء. انظر إليها مرة أخرى ثم حاول من جديد.",
    ),
    "notice.barcode_taken": Words(
        "This barcode is already that of {name}. One barcode is one product.",
        "این بارکد از آنِ {name} است. هر بارکد یک کالاست.",
        "هذا الرمز يخص {name} بالفعل. لكل رمز منتج واحد.",
    ),
    "notice.sku_taken": Words(
        "There is a product with nearly this code: {name}. Choose another one.",
        "کالایی با کدی بسیار همانند هست: {name}. کد دیگری برگزینید.",
        "يوجد منتج برمز شبه مطابق: {name}. اختر رمزًا آخر.",
    ),
    "notice.product_planned": Words(
        "Slot {slot} is planned for it. Plan another product there first.",
        "خانهٔ {slot} برای آن است. نخست کالای دیگری آنجا بگذارید.",
        "الخانة {slot} مخططة له. خطّط لمنتج آخر فيها أولًا.",
    ),
    "notice.plan_day": Words(
        "This is no day of the calendar. Choose one from today on.",
        "این روز در تقویم نیست. روزی از امروز به بعد برگزینید.",
        "هذا ليس يومًا في التقويم. اختر يومًا من اليوم فصاعدًا.",
    ),
    "notice.too_many_plans": Words(
        "{most} plans wait already. Drop one, or wait until one has been taken.",
        "هم‌اکنون {most} برنامه در انتظار است. یکی را لغو کنید یا تا برقرار شدن یکی صبر کنید.",
        "ينتظر {most} خطط بالفعل. ألغِ واحدة أو انتظر حتى تسري إحداها.",
    ),
    "notice.plan_size": Words(
        "A plan has at least one and at most {most} prices or places. Choose fewer.",
        "هر برنامه دست کم یک و دست بالا {most} قیمت یا جا دارد. کمتر برگزینید.",
        "في الخطة سعر أو مكان واحد على الأقل و{most} على الأكثر. اختر أقل.",
    ),
    "notice.place_unfit": Words(
        "{slot} cannot be planned so. Open the place to see why, and plan again.",
        "{slot} را نمی‌توان چنین برنامه‌ریزی کرد. جا را باز کنید تا علت را ببینید و دوباره برنامه بریزید.",
        "لا يمكن تخطيط {slot} هكذا. افتح المكان لترى السبب ثم خطّط من جديد.",
    ),
    "notice.place_taken": Words(
        "There is a place {slot} already. Choose another code.",
        "جای {slot} از پیش هست. کد دیگری برگزینید.",
        "المكان {slot} موجود من قبل. اختر رمزًا آخر.",
    ),
    "notice.coil_taken": Words(
        "Number {coil} serves another place already. Choose another one, or remove that place first.",
        "شمارهٔ {coil} از آنِ جای دیگری است. شمارهٔ دیگری برگزینید یا نخست آن جا را بردارید.",
        "الرقم {coil} لمكان آخر. اختر غيره أو أزل ذلك المكان أولًا.",
    ),
    "notice.place_not_empty": Words(
        "By the book, {slot} is not empty. Take everything out or count it, then remove it.",
        "در دفتر، {slot} خالی نیست. همه را بیرون بیاورید یا بشمارید، سپس آن را بردارید.",
        "بحسب الدفتر ليس {slot} فارغًا. أخرج كل شيء أو عُدّه ثم أزله.",
    ),
    "notice.place_unsure": Words(
        "Nobody knows what lies in {slot}. Count it first, then remove it.",
        "کسی نمی‌داند در {slot} چیست. نخست بشمارید، سپس آن را بردارید.",
        "لا يعلم أحد ما في {slot}. عُدّه أولًا ثم أزله.",
    ),
    "notice.plan_gone": Words(
        "This plan was taken or dropped meanwhile.",
        "این برنامه در این میان برقرار یا لغو شده است.",
        "سرت هذه الخطة أو أُلغيت في الأثناء.",
    ),
    "notice.age_limit": Words(
        "Only people of a certain age may buy this, and a kiosk cannot look at a passport. Please put it back.",
        "این کالا محدودیت سنی دارد و کیوسک نمی‌تواند کارت شناسایی ببیند. لطفاً آن را سر جایش بگذارید.",
        "لهذا المنتج حدّ للعمر، والكشك لا يستطيع التحقق من الهوية. أعده إلى مكانه من فضلك.",
    ),
    "notice.not_sold_now": Words(
        "These goods are not sold any more. Please put them back.",
        "این کالا دیگر فروخته نمی‌شود. لطفاً آن را سر جایش بگذارید.",
        "لم يعد هذا المنتج يُباع. أعده إلى مكانه من فضلك.",
    ),
    "notice.unknown_slot": Words("There is no such slot.", "چنین خانه‌ای نیست.", "لا توجد خانة كهذه."),
    "notice.machine_off": Words(
        "No goods from the machine just now. The shelf is open.",
        "فعلاً از دستگاه کالایی نمی‌آید. قفسه باز است.",
        "لا بضائع من الآلة الآن. الرف مفتوح.",
    ),
    "notice.sold_out": Words("{slot} is sold out.", "{slot} تمام شده است.", "نفدت الخانة {slot}."),
    "notice.cart_full": Words(
        "The basket holds {most} pieces. Please pay for these first.",
        "سبد {most} کالا جا دارد. لطفاً نخست همین‌ها را بپردازید.",
        "تتسع السلة لـ {most} قطعة. ادفع ثمن هذه أولًا من فضلك.",
    ),
    "notice.nothing_chosen": Words(
        "Please choose something first.", "لطفاً نخست چیزی انتخاب کنید.", "اختر شيئًا أولًا من فضلك."
    ),
    "notice.not_enough": Words(
        "Some money is still missing.", "هنوز مقداری پول کم است.", "ما زال ينقص بعض المال."
    ),
    "notice.nothing_held": Words(
        "The machine holds no money of yours.",
        "پولی از شما در دستگاه نیست.",
        "لا مال لك في الآلة الآن.",
    ),
    # notes and cards
    "notice.note_not_taken": Words(
        "The machine cannot take this note now. Please take it back.",
        "دستگاه این اسکناس را اکنون نمی‌پذیرد. لطفاً پس بگیرید.",
        "لا تستطيع الآلة قبول هذه الورقة الآن. استعدها من فضلك.",
    ),
    "notice.note_first": Words(
        "One moment: your note is still on its way.",
        "یک لحظه: اسکناس شما هنوز در راه است.",
        "لحظة: ما زالت ورقتك في الطريق.",
    ),
    "notice.machine_busy": Words(
        "Finish or clear your basket here first, then choose at the machine.",
        "نخست سبد خود را در اینجا تمام یا خالی کنید، سپس در دستگاه انتخاب کنید.",
        "أنهِ سلتك هنا أو أفرغها أولًا، ثم اختر من الآلة.",
    ),
    "notice.machine_price": Words(
        "The price at the machine is not the one we know. Please choose something else there.",
        "قیمت در دستگاه با قیمت ما یکی نیست. لطفاً چیز دیگری انتخاب کنید.",
        "السعر على الآلة يختلف عن سعرنا. اختر شيئًا آخر منها من فضلك.",
    ),
    "notice.no_card_reader": Words(
        "No cards just now. Please use coins or notes.",
        "فعلاً کارت نمی‌گیریم. لطفاً نقد بپردازید.",
        "لا بطاقات الآن. ادفع نقدًا من فضلك.",
    ),
    "notice.card_open": Words(
        "The card reader is waiting for your card. Touch “Cancel” first.",
        "کارت‌خوان منتظر کارت شماست. نخست «لغو» را بزنید.",
        "قارئ البطاقات ينتظر بطاقتك. المس «إلغاء» أولًا.",
    ),
    "notice.card_denied": Words(
        "The card was not accepted, and nothing was charged. Try again, or pay in cash.",
        "کارت پذیرفته نشد و چیزی برداشت نشد. دوباره بکوشید یا نقد بپردازید.",
        "لم تُقبل البطاقة ولم يُخصم شيء. حاول مرة أخرى أو ادفع نقدًا.",
    ),
    "notice.card_cancelled": Words(
        "The card payment is cancelled. Nothing was charged.",
        "پرداخت با کارت لغو شد. چیزی برداشت نشد.",
        "أُلغي الدفع بالبطاقة. لم يُخصم شيء.",
    ),
    "notice.card_refunded": Words(
        "Your card was refunded.", "پول به کارت شما برگشت.", "عاد المبلغ إلى بطاقتك."
    ),
    "notice.card_refund_failed": Words(
        "Your card could not be refunded. The amount is yours here: choose again, or take it in coins.",
        "برگرداندن پول به کارت شما نشد. این مبلغ اینجا از آن شماست: دوباره انتخاب کنید یا نقد بگیرید.",
        "تعذّر رد المبلغ إلى بطاقتك. المبلغ لك هنا: اختر مرة أخرى أو خذه نقدًا.",
    ),
    "notice.load_refused": Words(
        "Your card did not take the money. It comes back in coins.",
        "کارت شما پول را نپذیرفت. پول به‌صورت سکه برمی‌گردد.",
        "لم تقبل بطاقتك المبلغ. يعود إليك نقدًا.",
    ),
    "notice.load_unknown": Words(
        "The reader does not say whether the money is on your card. It is written down and the vendor looks into it.",
        "کارت‌خوان نمی‌گوید پول به کارت شما رسیده است یا نه. ثبت شد و فروشنده بررسی می‌کند.",
        "لا يقول القارئ هل وصل المبلغ إلى بطاقتك. سُجّل ذلك وسينظر فيه البائع.",
    ),
    "notice.card_unknown": Words(
        "Nobody can tell whether your card was charged. You get a code for it at the end.",
        "معلوم نیست از کارت شما برداشت شده است یا نه. در پایان کدی برای آن می‌گیرید.",
        "لا يُعرف هل خُصم من بطاقتك. ستحصل في النهاية على رمز لذلك.",
    ),
    # scans
    "notice.code_unreadable": Words(
        "That was no barcode. Please scan again.",
        "این بارکد نبود. لطفاً دوباره اسکن کنید.",
        "لم يكن هذا رمزًا شريطيًا. امسح مرة أخرى من فضلك.",
    ),
    "notice.code_unknown": Words(
        "We do not sell these goods, or not yet. The vendor is told.",
        "این کالا را نمی‌فروشیم، یا هنوز نه. به فروشنده خبر می‌دهیم.",
        "لا نبيع هذا المنتج، أو ليس بعد. سنُعلم البائع.",
    ),
    "notice.code_not_goods": Words(
        "That was no barcode of goods. Please scan again, or use Search.",
        "این بارکد کالا نبود. دوباره اسکن کنید یا از جستجو بردارید.",
        "لم يكن هذا رمز بضاعة. امسح مرة أخرى أو استعمل البحث.",
    ),
    "notice.empty": Words(
        "The scan was empty. Please scan again.",
        "چیزی خوانده نشد. لطفاً دوباره اسکن کنید.",
        "لم يُقرأ شيء. امسح مرة أخرى من فضلك.",
    ),
    "notice.too_long": Words(
        "This code is too long for goods. Look for the smaller barcode.",
        "این کد برای کالا بیش از حد بلند است. بارکد کوچک‌تر را اسکن کنید.",
        "هذا الرمز أطول مما ينبغي. ابحث عن الرمز الشريطي الأصغر.",
    ),
    "notice.control_characters": Words(
        "That was no barcode of goods. Please scan again.",
        "این بارکد کالا نبود. لطفاً دوباره اسکن کنید.",
        "لم يكن هذا رمز بضاعة. امسح مرة أخرى من فضلك.",
    ),
    "notice.bad_length": Words(
        "The barcode was read in part only. Please scan again.",
        "بارکد ناقص خوانده شد. لطفاً دوباره اسکن کنید.",
        "قُرئ الرمز ناقصًا. امسح مرة أخرى من فضلك.",
    ),
    "notice.bad_check_digit": Words(
        "The barcode was misread. Please scan again.",
        "بارکد درست خوانده نشد. لطفاً دوباره اسکن کنید.",
        "لم يُقرأ الرمز صحيحًا. امسح مرة أخرى من فضلك.",
    ),
    "notice.all_zeros": Words(
        "This barcode has only zeros. Please choose the goods under Search.",
        "این بارکد فقط صفر دارد. لطفاً کالا را از جستجو بردارید.",
        "هذا الرمز أصفار فقط. اختر المنتج من البحث من فضلك.",
    ),
    "notice.bad_elements": Words(
        "This code could not be read. Try the other barcode on the pack.",
        "این کد خوانده نشد. بارکد دیگر روی بسته را امتحان کنید.",
        "تعذّرت قراءة الرمز. جرّب الرمز الآخر على العبوة.",
    ),
    "notice.bad_date": Words(
        "The date in this code cannot be right. Please choose the goods under Search.",
        "تاریخ این کد درست نیست. لطفاً کالا را از جستجو بردارید.",
        "تاريخ هذا الرمز غير صحيح. اختر المنتج من البحث من فضلك.",
    ),
    "notice.bad_value": Words(
        "The price in this code cannot be right. Please choose the goods under Search.",
        "قیمت این کد درست نیست. لطفاً کالا را از جستجو بردارید.",
        "السعر في هذا الرمز غير صحيح. اختر المنتج من البحث من فضلك.",
    ),
    "notice.foreign_currency": Words(
        "This label has a price in another currency.",
        "قیمت این برچسب به ارز دیگری است.",
        "السعر على هذه البطاقة بعملة أخرى.",
    ),
    "notice.not_goods": Words(
        "This code belongs to no goods of ours. The vendor is told.",
        "این کد از کالاهای ما نیست. به فروشنده خبر می‌دهیم.",
        "هذا الرمز ليس من بضائعنا. سنُعلم البائع.",
    ),
    "notice.label_too_dear": Words(
        "The price on this label is above {most}, and labels here go no higher. The vendor is told.",
        "قیمت این برچسب بیش از {most} است و برچسب‌ها اینجا از آن بالاتر نمی‌روند. به فروشنده خبر می‌دهیم.",
        "سعر هذه الملصقة أعلى من {most}، ولا تزيد الملصقات هنا على ذلك. سنُعلم البائع.",
    ),
    "notice.label_too_cheap": Words(
        "The price on this label is below {least}, and labels here go no lower. The vendor is told.",
        "قیمت این برچسب کمتر از {least} است و برچسب‌ها اینجا از آن پایین‌تر نمی‌روند. به فروشنده خبر می‌دهیم.",
        "سعر هذه الملصقة أقل من {least}، ولا تنقص الملصقات هنا عن ذلك. سنُعلم البائع.",
    ),
    "notice.expired": Words(
        "These goods are past their date and are not sold. Please leave them with us.",
        "تاریخ این کالا گذشته و فروخته نمی‌شود. لطفاً همین‌جا بگذارید.",
        "انتهت صلاحية هذا المنتج ولا يُباع. اتركه لدينا من فضلك.",
    ),
    # codes, receipts
    "notice.codes_locked": Words(
        "Too many wrong codes. Please try again in a quarter of an hour.",
        "کد نادرست زیاد بود. لطفاً یک ربع دیگر امتحان کنید.",
        "رموز خاطئة كثيرة. حاول بعد ربع ساعة من فضلك.",
    ),
    "notice.code_pays_nothing": Words(
        "This code pays nothing here. Please check each letter.",
        "این کد اینجا پولی ندارد. لطفاً حرف‌ها را وارسی کنید.",
        "لا يدفع هذا الرمز شيئًا هنا. تحقق من كل حرف من فضلك.",
    ),
    "notice.code_waits_for_vendor": Words(
        "The vendor is still looking into this code.",
        "فروشنده هنوز این کد را بررسی می‌کند.",
        "ما زال البائع ينظر في هذا الرمز.",
    ),
    "notice.code_too_old": Words(
        "This code is older than a day. The money is still yours: please call us, we open it again.",
        "این کد بیش از یک روز دارد. پول هنوز از آن شماست: لطفاً تماس بگیرید تا دوباره بازش کنیم.",
        "مضى على هذا الرمز أكثر من يوم. المال ما زال لك: اتصل بنا لنعيد فتحه من فضلك.",
    ),
    "notice.cannot_pay_now": Words(
        "The machine has no coins for this just now. Your code stays good.",
        "دستگاه اکنون سکهٔ کافی ندارد. کد شما معتبر می‌ماند.",
        "لا فكة كافية في الآلة الآن. يبقى رمزك صالحًا.",
    ),
    "notice.no_receipt": Words(
        "There is no receipt to print.", "رسیدی برای چاپ نیست.", "لا يوجد إيصال للطباعة."
    ),
    "notice.printing": Words("Your receipt is being printed.", "رسید شما چاپ می‌شود.", "يُطبع إيصالك الآن."),
    "notice.printer_off": Words(
        "The printer is off or has no paper. Take the QR code instead.",
        "چاپگر خاموش یا بی‌کاغذ است. کد QR را بردارید.",
        "الطابعة متوقفة أو بلا ورق. خذ رمز QR بدلًا منها.",
    ),
    "notice.unknown_language": Words(
        "This language is not spoken here.", "این زبان اینجا نیست.", "هذه اللغة غير متاحة هنا."
    ),
    # claims
    "notice.round_goes_on": Words(
        "A round is open already; you go on with it.",
        "یک سرکشی باز است؛ آن را ادامه می‌دهید.",
        "هناك جولة مفتوحة؛ تتابعها الآن.",
    ),
    "notice.round_over": Words(
        "That round is over. Begin a new one.",
        "آن سرکشی پایان یافته است. یکی تازه آغاز کنید.",
        "انتهت تلك الجولة. ابدأ جولة جديدة.",
    ),
    "notice.claim_known": Words("We have this already.", "این را پیش‌تر گرفته‌ایم.", "وصلنا هذا من قبل."),
    "notice.too_many_claims": Words(
        "Many claims came this hour. Please call us.",
        "در این ساعت درخواست زیاد بود. لطفاً تماس بگیرید.",
        "وردت طلبات كثيرة هذه الساعة. اتصل بنا من فضلك.",
    ),
    "notice.too_many_claims_of_visit": Words(
        "There are many claims about this visit already. Please call us.",
        "دربارهٔ این خرید پیش‌تر درخواست‌های زیادی آمده است. لطفاً تماس بگیرید.",
        "وردت طلبات كثيرة بشأن هذه الزيارة. اتصل بنا من فضلك.",
    ),
    "notice.claim_opened": Words(
        "Your claim {claim} is noted.", "درخواست {claim} ثبت شد.", "سُجّل طلبك {claim}."
    ),
    "notice.claim_approved": Words("The claim is approved.", "درخواست پذیرفته شد.", "قُبل الطلب."),
    "notice.claim_refused": Words("The claim is refused.", "درخواست رد شد.", "رُفض الطلب."),
    "notice.claim_proposed": Words(
        "{amount} is above what one person decides. It waits for a second person.",
        "{amount} بیش از آن است که یک نفر تصمیم بگیرد. در انتظار نفر دوم است.",
        "{amount} أكثر مما يقرره شخص واحد. ينتظر شخصًا ثانيًا.",
    ),
    "notice.claim_not_proposed": Words(
        "Nobody has proposed this payment yet. Approve the claim first.",
        "هنوز کسی این پرداخت را پیشنهاد نکرده است. نخست درخواست را بپذیرید.",
        "لم يقترح أحد هذا الدفع بعد. اقبل الطلب أولًا.",
    ),
    "notice.claim_own": Words(
        "You typed this claim in yourself. Please let another person decide it.",
        "این درخواست را خودتان ثبت کرده‌اید. لطفاً بگذارید نفر دیگری تصمیم بگیرد.",
        "سجّلت هذا الطلب بنفسك. دع شخصًا آخر يبتّ فيه من فضلك.",
    ),
    "notice.claim_second_own": Words(
        "The second person must be somebody else. Please ask a colleague to sign in.",
        "نفر دوم باید کس دیگری باشد. لطفاً از همکاری بخواهید وارد شود.",
        "يجب أن يكون الشخص الثاني غيرك. اطلب من زميل تسجيل الدخول من فضلك.",
    ),
    "notice.claim_changed": Words(
        "The sum has changed since it was proposed. Please approve the claim again.",
        "مبلغ پس از پیشنهاد تغییر کرده است. لطفاً درخواست را دوباره بپذیرید.",
        "تغيّر المبلغ منذ اقتراحه. اقبل الطلب من جديد من فضلك.",
    ),
    "notice.claim_debt_whole": Words(
        "{amount} is certainly owed and is paid whole. Type no smaller sum.",
        "{amount} بی‌گمان بدهی است و کامل پرداخت می‌شود. مبلغ کمتری ننویسید.",
        "{amount} دين مؤكد ويُدفع كاملًا. لا تكتب مبلغًا أقل.",
    ),
    "notice.reference_needed": Words(
        "Please write the reference of the transfer, at most 64 characters, so that it can be found again.",
        "لطفاً شمارهٔ پیگیری انتقال را بنویسید، حداکثر ۶۴ نویسه، تا دوباره پیدا شود.",
        "اكتب مرجع التحويل من فضلك، ٦٤ حرفًا على الأكثر، ليمكن العثور عليه.",
    ),
    "notice.claim_decided_already": Words(
        "This claim is decided already.", "دربارهٔ این درخواست تصمیم گرفته شده است.", "بُتّ في هذا الطلب من قبل."
    ),
    "notice.reason_needed": Words(
        "Please write a reason; both sides see it.",
        "لطفاً دلیل را بنویسید؛ هر دو طرف می‌بینند.",
        "اكتب السبب من فضلك؛ يراه الطرفان.",
    ),
    "notice.goodwill_too_high": Words(
        "At most {most} can be granted.", "حداکثر {most} می‌توان داد.", "لا يمكن منح أكثر من {most}."
    ),
    "notice.goodwill_limit": Words(
        "The limit for goodwill is nearly reached: {most} can be granted now.",
        "سقف جبران نزدیک است: اکنون {most} می‌توان داد.",
        "اقترب حد التعويض: يمكن منح {most} الآن.",
    ),
    "notice.claim_debt_promised": Words(
        "This money is already approved for another claim. Refuse this one with that reason.",
        "این پول پیش‌تر برای درخواست دیگری پذیرفته شده است. این یکی را با همین دلیل رد کنید.",
        "قُبل هذا المبلغ لطلب آخر من قبل. ارفض هذا الطلب بهذا السبب.",
    ),
    "notice.claim_debt_open": Words(
        "This visit is still owed {amount}. Pay that debt; goodwill beside it would pay twice.",
        "هنوز {amount} به این خرید بدهکاریم. همان را بپردازید؛ جبران در کنار آن دو بار پرداختن است.",
        "ما زال لهذه الزيارة {amount} دينًا. ادفع ذلك الدين؛ التعويض معه يعني الدفع مرتين.",
    ),
    # clerks and the desk
    "notice.money_is_held": Words(
        "A shopper's money is still in the machine. Give it back first.",
        "پول مشتری هنوز در دستگاه است. نخست آن را پس دهید.",
        "ما زال مال الزبون في الآلة. أعده أولًا.",
    ),
    "notice.already_done": Words(
        "That was done already; once is enough.", "این کار پیش‌تر انجام شد.", "تم ذلك من قبل؛ مرة واحدة تكفي."
    ),
    "notice.coil_expired": Words(
        "What would come out of {slot} next is past its date and is not sold. Please choose something else.",
        "تاریخ کالای بعدی {slot} گذشته است و فروخته نمی‌شود. لطفاً چیز دیگری انتخاب کنید.",
        "القطعة التالية في {slot} انتهت صلاحيتها ولا تُباع. اختر شيئًا آخر من فضلك.",
    ),
    "notice.count_needed": Words("Please enter a count.", "لطفاً تعداد را وارد کنید.", "أدخل العدد من فضلك."),
    "notice.count_outdated": Words(
        "{slot} changed while this page was open: from {was_qty} to {now_qty} by the book. Nothing was saved; count again.",
        "تا این صفحه باز بود {slot} تغییر کرد: دفتر {was_qty} می‌گفت و اکنون {now_qty} می‌گوید. چیزی ذخیره نشد؛ دوباره بشمارید.",
        "تغيّر {slot} والصفحة مفتوحة: كان في الدفتر {was_qty} وصار {now_qty}. لم يُحفظ شيء؛ أعد العدّ.",
    ),
    "notice.store_outdated": Words(
        "The storeroom changed while this page was open: from {was_qty} to {now_qty} by the book. Nothing was saved; "
        "count again.",
        "تا این صفحه باز بود انبار تغییر کرد: دفتر {was_qty} می‌گفت و اکنون {now_qty} می‌گوید. چیزی ذخیره نشد؛ دوباره بشمارید.",
        "تغيّر المخزن والصفحة مفتوحة: كان في الدفتر {was_qty} وصار {now_qty}. لم يُحفظ شيء؛ أعد العدّ.",
    ),
    "notice.transfer_unclear": Words(
        "Write the transfer's number as it stands on the box (T, digits, a dash, digits), and how many were sent.",
        "شمارهٔ جابه‌جایی را همان‌گونه که روی جعبه است (T، رقم، خط تیره، رقم) و تعداد فرستاده‌شده را بنویسید.",
        "اكتب رقم النقل كما على الصندوق (T ثم أرقام ثم شرطة ثم أرقام) وعدد القطع المرسلة.",
    ),
    "notice.source_needed": Words(
        "Say from which kiosk the goods come.",
        "بگویید کالا از کدام دستگاه می‌آید.",
        "اذكر من أي جهاز جاءت البضاعة.",
    ),
    "notice.transfer_over": Words(
        "{transfer} is in the books already: it was received or closed before. Nothing was booked twice.",
        "{transfer} پیش‌تر ثبت شده است: تحویل یا بسته شده. چیزی دو بار ثبت نشد.",
        "{transfer} مسجَّل من قبل: استُلم أو أُغلق. لم يُسجَّل شيء مرتين.",
    ),
    "notice.other_goods": Words(
        "By the book other goods still hang in {slot}. Take them out, count it, then fill it.",
        "به گفتهٔ دفتر هنوز کالای دیگری در {slot} است. بیرونش بیاورید، بشمارید و سپس پر کنید.",
        "بحسب الدفتر ما زالت في {slot} بضاعة أخرى. أخرجها وعُدّ الخانة ثم املأها.",
    ),
    "notice.date_past": Words(
        "{day} is over: goods with that date would never be sold. Look at the date again, or put them with what is thrown away.",
        "{day} گذشته است: کالایی با این تاریخ هرگز فروخته نمی‌شود. تاریخ را دوباره ببینید یا آن را در دورریز ثبت کنید.",
        "مضى {day}: بضاعة بهذا التاريخ لن تُباع أبدًا. راجع التاريخ أو سجّلها مع التالف.",
    ),
    "notice.date_unclear": Words(
        "That is no date that goods can have. Write it as on the pack: year, month, day.",
        "این تاریخ برای کالا درست نیست. آن را چنان که روی بسته است بنویسید: سال، ماه، روز.",
        "ليس هذا تاريخًا يصلح لبضاعة. اكتبه كما على العبوة: السنة ثم الشهر ثم اليوم.",
    ),
    "notice.waste_reason_needed": Words(
        "Say why it is thrown away: past its date, damaged, or something else.",
        "بگویید چرا دور ریخته می‌شود: تاریخ‌گذشته، آسیب‌دیده یا دلیل دیگر.",
        "اذكر سبب الإتلاف: انتهى تاريخه أو تلف أو سبب آخر.",
    ),
    "notice.site_needed": Words(
        "Say where the goods go: the name of the other site.",
        "بگویید کالا به کجا می‌رود: نام جای دیگر.",
        "اذكر إلى أين تذهب البضاعة: اسم الموقع الآخر.",
    ),
    "notice.count_first": Words(
        "Count {slot} first: nobody knows what hangs in it.",
        "اول {slot} را بشمارید: معلوم نیست چه چیزی در آن گیر کرده است.",
        "عُدّ {slot} أولًا: لا أحد يعلم ما علق فيها.",
    ),
    "notice.claim_debt_closed": Words(
        "The money of this claim was paid or dropped meanwhile. Refuse the claim with that reason.",
        "پول این درخواست در این میان پرداخت یا کنار گذاشته شده است. درخواست را با همین دلیل رد کنید.",
        "مبلغ هذا الطلب دُفع أو أُسقط في الأثناء. ارفض الطلب بهذا السبب.",
    ),
    "notice.drawer_opens": Words("The drawer opens.", "کشوی پول باز می‌شود.", "يُفتح درج النقود."),
    "notice.no_drawer": Words(
        "No cash drawer is set up for this machine.",
        "برای این دستگاه کشوی پولی تنظیم نشده است.",
        "لم يُضبط درج نقود لهذه الآلة.",
    ),
    "notice.drawer_off": Words(
        "The printer, which opens the drawer, does not answer. Use the key.",
        "چاپگر که کشو را باز می‌کند پاسخ نمی‌دهد. از کلید استفاده کنید.",
        "الطابعة التي تفتح الدرج لا تستجيب. استعمل المفتاح.",
    ),
    "notice.drawer_busy": Words(
        "One moment: the drawer was just asked to open.",
        "یک لحظه: همین حالا از کشو خواسته شد باز شود.",
        "لحظة: طُلب فتح الدرج للتو.",
    ),
    "notice.over_capacity": Words(
        "This slot holds {most} at most.",
        "این خانه حداکثر {most} جا دارد.",
        "تتسع هذه الخانة لـ {most} على الأكثر.",
    ),
    "notice.unknown_device": Words(
        "There is no device {device}.", "دستگاهی به نام {device} نیست.", "لا يوجد جهاز باسم {device}."
    ),
    "notice.cannot_move": Words(
        "This device has no box of its own to send its pieces to. Take them out by hand.",
        "این دستگاه جعبه‌ای از خود ندارد. با دست خالی‌اش کنید.",
        "ليس لهذا الجهاز خزنة خاصة به. أفرغه باليد.",
    ),
    "notice.device_away": Words(
        "The device does not answer, or reports a fault. See to it first, then try again.",
        "دستگاه پاسخ نمی‌دهد یا خطا دارد. نخست به آن برسید و دوباره امتحان کنید.",
        "الجهاز لا يجيب أو يبلّغ عن عطل. عالج ذلك أولًا ثم حاول ثانية.",
    ),
    "notice.move_runs": Words(
        "Pieces are still on their way into the box. Wait until that has ended.",
        "هنوز پول در راه جعبه است. تا پایان آن صبر کنید.",
        "ما زالت قطع في طريقها إلى الخزنة. انتظر حتى تنتهي.",
    ),
    "notice.move_started": Words(
        "It goes into the box now; the count shows when it has ended.",
        "اکنون به جعبه می‌رود؛ در پایان شمار تازه دیده می‌شود.",
        "ينتقل الآن إلى الخزنة؛ ويظهر العدد عند الانتهاء.",
    ),
    "notice.nothing_to_move": Words(
        "It holds no more than that; nothing needs to go.",
        "بیش از این ندارد؛ چیزی برای فرستادن نیست.",
        "ليس فيه أكثر من ذلك؛ لا شيء يُنقل.",
    ),
    "notice.not_halted": Words("The machine is not halted.", "دستگاه متوقف نیست.", "الآلة ليست متوقفة."),
    "notice.unknown_tax_class": Words(
        "No rate is set for: {tax_class}",
        "نرخی تعیین نشده برای: {tax_class}",
        "لا نسبة محددة لـ: {tax_class}",
    ),
    "notice.price_step": Words(
        "Prices go in steps of {step}.", "قیمت‌ها مضربی از {step} هستند.", "الأسعار من مضاعفات {step}."
    ),
    "notice.price_too_high": Words(
        "The highest price is {most}.", "بالاترین قیمت {most} است.", "أعلى سعر هو {most}."
    ),
    "notice.boxes_out": Words(
        "What falls in from now on belongs to the next collection. Count what you took out.",
        "هرچه از این پس بیفتد از آن برداشت بعدی است. آنچه را بیرون آوردید بشمارید.",
        "ما يسقط من الآن فصاعدًا يخص التحصيل التالي. عُدّ ما أخرجته.",
    ),
    "notice.collection_open": Words(
        "A collection is out and not counted yet. Count it first, here or at the desk.",
        "یک برداشت بیرون است و هنوز شمرده نشده. اول آن را بشمارید، اینجا یا در میز کار.",
        "هناك تحصيل خارج الآلة لم يُعدّ بعد. عُدّه أولًا، هنا أو في المكتب.",
    ),
    "notice.no_collection": Words(
        "This collection was counted already, or was never taken out. Look at the list of collections.",
        "این برداشت پیش‌تر شمرده شده یا هرگز بیرون نیامده است. فهرست برداشت‌ها را ببینید.",
        "هذا التحصيل عُدّ من قبل أو لم يُخرج قط. انظر قائمة التحصيلات.",
    ),
    "notice.bags_waiting": Words(
        "Too many bags are on their way. Note at the desk which of them were paid in.",
        "کیسه‌های زیادی در راه‌اند. در میز کار بنویسید کدام‌ها واریز شده‌اند.",
        "أكياس كثيرة في الطريق. سجّل في المكتب أيها أُودع.",
    ),
    "notice.bag_too_long": Words(
        "The number of a bag has at most {most} characters.",
        "شمارهٔ کیسه حداکثر {most} نویسه دارد.",
        "رقم الكيس لا يزيد على {most} محرفًا.",
    ),
    "notice.bag_used": Words(
        "Bag {bag} was used before. Take another bag, or check the number.",
        "کیسهٔ {bag} پیش‌تر به کار رفته است. کیسهٔ دیگری بردارید یا شماره را وارسی کنید.",
        "الكيس {bag} استُعمل من قبل. خذ كيسًا آخر أو تحقق من الرقم.",
    ),
    "notice.bag_not_here": Words(
        "This bag is not on its way: it was paid in already, and what the bank counted stands.",
        "این کیسه در راه نیست: پیش‌تر واریز شده و شمارش بانک پابرجاست.",
        "هذا الكيس ليس في الطريق: أُودع من قبل، وعدّ المصرف هو المعتمد.",
    ),
    "notice.name_needed": Words(
        "Write down who has it now.", "بنویسید اکنون دست کیست.", "اكتب من يحمله الآن."
    ),
    "notice.recounted": Words(
        "The count is corrected; the first one stays in the journal.",
        "شمارش درست شد؛ شمارش نخست در دفتر می‌ماند.",
        "صُحّح العدّ؛ ويبقى العدّ الأول في السجل.",
    ),
    "notice.bag_given": Words("Noted who has the bag.", "نوشته شد کیسه دست کیست.", "سُجّل من يحمل الكيس."),
    "notice.bag_banked": Words("Noted: paid in.", "نوشته شد: واریز شد.", "سُجّل: أُودع."),
    "notice.day_closed": Words(
        "The day is closed: number {number}.", "روز بسته شد: شمارهٔ {number}.", "أُقفل اليوم: رقم {number}."
    ),
    "notice.test_started": Words(
        "{slot} turns once. This is no sale.",
        "{slot} یک بار می‌چرخد. این فروش نیست.",
        "تدور {slot} مرة واحدة. هذا ليس بيعًا.",
    ),
    "notice.test_runs": Words(
        "A coil still turns. Wait until it has stopped.",
        "یک مارپیچ هنوز می‌چرخد. تا ایستادنش صبر کنید.",
        "ما زال لولب يدور. انتظر حتى يتوقف.",
    ),
    "notice.collected": Words(
        "Expected {expected}, counted {counted}: difference {variance}.",
        "انتظار {expected}، شمارش {counted}: اختلاف {variance}.",
        "المتوقع {expected}، المعدود {counted}: الفرق {variance}.",
    ),
    "notice.sign_in_wrong": Words(
        "Name and PIN do not fit.", "نام و رمز با هم نمی‌خوانند.", "الاسم والرمز السري غير متطابقين."
    ),
    "notice.sign_in_locked": Words(
        "Too many tries. Please wait a while.",
        "تلاش زیاد بود. لطفاً کمی صبر کنید.",
        "محاولات كثيرة. انتظر قليلًا من فضلك.",
    ),
}
"""Keys are ``notice.`` and the key of the till's `Notice`."""
