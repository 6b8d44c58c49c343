"""Texts of a clerk's round, at the kiosk's screen and at the desk."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

ROUNDS: Final[Table] = {
    "round.title": Words("Round", "سرکشی", "جولة"),
    "round.short_text": Words(
        "Waste, filling, counts, cash: one thing after the other. It goes on where it was stopped.",
        "دورریز، پر کردن، شمردن، پول: یکی پس از دیگری. هر جا بایستد، از همان‌جا ادامه می‌یابد.",
        "التالف والتعبئة والعدّ والنقد: واحدًا بعد الآخر. تتابع من حيث توقفت.",
    ),
    "round.begin": Words("Begin the round", "آغاز سرکشی", "ابدأ الجولة"),
    "round.waste": Words("Waste", "دورریز", "التالف"),
    "round.clear": Words("Make room", "جا باز کردن", "إفساح المكان"),
    "round.fill": Words("Fill", "پر کردن", "تعبئة"),
    "round.count": Words("Count", "شمردن", "عدّ"),
    "round.cash": Words("Cash", "پول نقد", "النقد"),
    "round.waste_text": Words(
        "Past their last day. Take them out, and say how many there were.",
        "از آخرین روزشان گذشته است. بیرونشان بیاورید و بگویید چند تا بودند.",
        "انقضى آخر يوم لها. أخرجها وقل كم كانت.",
    ),
    "round.clear_text": Words(
        "These places are planned for something else now. Take the old goods out; they go to the storeroom.",
        "این جاها اکنون برای کالای دیگری است. کالای پیشین را بیرون بیاورید؛ به انبار می‌رود.",
        "هذه الأماكن مخططة الآن لغيرها. أخرج البضاعة السابقة؛ تذهب إلى المخزن.",
    ),
    "round.fill_text": Words(
        "The number is what should go in. Change it only if you put in another.",
        "عدد همان است که باید گذاشته شود. تنها اگر عدد دیگری گذاشتید آن را عوض کنید.",
        "الرقم هو ما ينبغي وضعه. غيّره فقط إن وضعت غيره.",
    ),
    "round.count_text": Words(
        "Here the book is least sure. Count what lies there; the number is what the book says.",
        "اینجا دفتر کمتر از همه مطمئن است. آنچه هست را بشمارید؛ عدد، گفتهٔ دفتر است.",
        "هنا الدفتر أقل يقينًا. عدّ ما هو موجود؛ الرقم هو ما يقوله الدفتر.",
    ),
    "round.cash_text": Words(
        "Collect at the kiosk: sign in on its screen, tap “Collect”. It tells at once whether everything is there.",
        "پول را در خود کیوسک جمع کنید: روی صفحه‌اش وارد شوید و «برداشت» را بزنید. همان دم می‌گوید همه چیز هست یا نه.",
        "اجمع النقد عند الكشك: سجّل الدخول على شاشته واضغط «جمع». يخبرك فورًا هل كل شيء موجود.",
    ),
    "round.expired": Words("last day {day}", "آخرین روز {day}", "آخر يوم {day}"),
    "round.last_day": Words("Last day {day}", "آخرین روز {day}", "آخر يوم {day}"),
    "round.last_day_stored": Words(
        "Last day {day}, from the storeroom", "آخرین روز {day}، از انبار", "آخر يوم {day}، من المخزن"
    ),
    "round.last_day_none": Words("Last day not told", "آخرین روز گفته نشده", "آخر يوم غير مذكور"),
    "round.day_sooner": Words("A day sooner", "یک روز زودتر", "قبل بيوم"),
    "round.day_later": Words("A day later", "یک روز دیرتر", "بعد بيوم"),
    "round.week_sooner": Words("A week sooner", "یک هفته زودتر", "قبل بأسبوع"),
    "round.week_later": Words("A week later", "یک هفته دیرتر", "بعد بأسبوع"),
    "round.unsure": Words(
        "Off sale until it is counted", "تا شمرده نشود فروخته نمی‌شود", "موقوف عن البيع حتى يُعدّ"
    ),
    "round.done_waste": Words("Taken out", "بیرون آوردم", "أُخرج"),
    "round.done_clear": Words("Taken out", "بیرون آوردم", "أُخرج"),
    "round.done_fill": Words("Put in", "گذاشتم", "وُضع"),
    "round.done_count": Words("That many", "همین تعداد", "هذا العدد"),
    "round.qty": Words("Pieces", "تعداد", "القطع"),
    "round.more": Words("One more", "یکی بیشتر", "زِد واحدة"),
    "round.less": Words("One less", "یکی کمتر", "أنقص واحدة"),
    "round.leave": Words("Not now", "اکنون نه", "ليس الآن"),
    "round.label": Words(
        "{what}: {name}, place {slot}", "{what}: {name}، جای {slot}", "{what}: {name}، الموضع {slot}"
    ),
    "round.cash_here": Words(
        "Take out the box, count it, and say how much there was.",
        "صندوق را بردارید، بشمارید و بگویید چقدر بود.",
        "أخرج الصندوق وعدّه وقل كم كان فيه.",
    ),
    "round.finish": Words("End the round", "پایان سرکشی", "أنهِ الجولة"),
    "round.left": Words(
        "Still open: {n}. They are in the next round again.",
        "هنوز باز: {n}. در سرکشی بعد دوباره می‌آیند.",
        "ما زال مفتوحًا: {n}. يعود في الجولة القادمة.",
    ),
    "round.all_done": Words("Everything here is done.", "همهٔ این‌جا انجام شد.", "أُنجز كل ما هنا."),
    "round.progress": Words("{done} of {all}", "{done} از {all}", "{done} من {all}"),
    "round.next": Words("Go on: {step}", "ادامه: {step}", "تابع: {step}"),
}
"""Amounts are filled in beforehand; what a clerk reads is short, because a clerk stands."""
