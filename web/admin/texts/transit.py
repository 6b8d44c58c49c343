"""Goods on their way between kiosks."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Counted, Table, Words

TRANSIT: Final[Table] = {
    "nav.transit": Words("On the way", "در راه", "في الطريق"),
    "transit.lead": Counted(
        en={"one": "{n} piece is on its way.", "other": "{n} pieces are on their way."},
        fa={"one": "{n} عدد در راه است.", "other": "{n} عدد در راه است."},
        ar={
            "zero": "لا قطعة في الطريق.",
            "one": "قطعة واحدة في الطريق.",
            "two": "قطعتان في الطريق.",
            "few": "{n} قطع في الطريق.",
            "many": "{n} قطعة في الطريق.",
            "other": "{n} قطعة في الطريق.",
        },
    ),
    "transit.age": Counted(
        en={
            "one": "Sent {n} day ago, not received.",
            "other": "Sent {n} days ago, not received.",
        },
        fa={"one": "{n} روز پیش فرستاده شد، تحویل نشده.", "other": "{n} روز پیش فرستاده شد، تحویل نشده."},
        ar={
            "zero": "أُرسلت اليوم ولم تُستلم.",
            "one": "أُرسلت قبل يوم ولم تُستلم.",
            "two": "أُرسلت قبل يومين ولم تُستلم.",
            "few": "أُرسلت قبل {n} أيام ولم تُستلم.",
            "many": "أُرسلت قبل {n} يومًا ولم تُستلم.",
            "other": "أُرسلت قبل {n} يوم ولم تُستلم.",
        },
    ),
    "transit.today": Words(
        "Sent today, not received.", "امروز فرستاده شد، تحویل نشده.", "أُرسلت اليوم ولم تُستلم."
    ),
    "transit.nothing": Words(
        "Nothing is on its way. What leaves a place “to another site” stands here until it has arrived.",
        "چیزی در راه نیست. آنچه از جایی «به جای دیگر» می‌رود تا رسیدنش اینجا می‌ماند.",
        "لا شيء في الطريق. ما يخرج «إلى موقع آخر» يبقى هنا حتى يصل.",
    ),
    "transit.write": Words(
        "Write {transfer} on the box: whoever receives it types that number.",
        "روی جعبه بنویسید {transfer}: گیرنده همین شماره را وارد می‌کند.",
        "اكتب {transfer} على الصندوق: المستلم يكتب هذا الرقم.",
    ),
    "transit.close.arrived": Words("It has arrived", "رسیده است", "وصلت"),
    "transit.close.lost": Words("It is lost", "گم شده است", "فُقدت"),
    "transit.came_back": Words("It came back", "برگشته است", "عادت"),
    "transit.closed.arrived": Words("{transfer} has arrived.", "{transfer} رسیده است.", "وصل {transfer}."),
    "transit.closed.lost": Words(
        "{transfer} is written off as lost on the way.",
        "{transfer} به عنوان گم‌شده در راه ثبت شد.",
        "شُطب {transfer} على أنه فُقد في الطريق.",
    ),
    "transit.receive": Words("Receive a transfer", "تحویل گرفتن کالای فرستاده", "استلام نقل"),
    "transit.receive_do": Words("Receive into the storeroom", "تحویل به انبار", "استلام في المخزن"),
    "transit.known": Words(
        "This desk knows the transfer: its amounts are filled in. Count what is there.",
        "این میز آن را می‌شناسد: مقدارها پر شده‌اند. آنچه رسیده را بشمارید.",
        "هذا المكتب يعرف النقل: الكميات مكتوبة. عُدّ ما وصل.",
    ),
    "transit.slip": Words(
        "Number and amount stand on the box or on the sender's page “On the way”.",
        "شماره و مقدار روی جعبه یا در صفحهٔ «در راه» فرستنده است.",
        "الرقم والكمية على الصندوق أو في صفحة «في الطريق» عند المرسل.",
    ),
    "transit.source": Words("From which kiosk", "از کدام دستگاه", "من أي جهاز"),
    "transit.to": Words("to {place}", "به {place}", "إلى {place}"),
    "transit.goes_to": Words("To", "به", "إلى"),
    "transit.from": Words("From", "از", "من"),
    "transit.number": Words("Number of the transfer", "شمارهٔ جابه‌جایی", "رقم النقل"),
    "transit.sent": Words("Pieces sent", "تعداد فرستاده", "القطع المرسلة"),
    "transit.found": Words("Pieces found", "تعداد رسیده", "القطع الواصلة"),
    "transit.found_help": Words(
        "What is missing is booked as lost on the way; 0 if nothing came.",
        "آنچه کم است گم‌شده در راه ثبت می‌شود؛ اگر چیزی نرسیده ۰.",
        "الناقص يُسجَّل مفقودًا في الطريق؛ ٠ إن لم يصل شيء.",
    ),
    "transit.got": Words("Received with a number", "تحویل‌شده با شماره", "استُلم برقم"),
    "transit.difference": Words("Difference", "تفاوت", "الفرق"),
    "transit.lost_n": Words("{n} lost on the way", "{n} گم‌شده در راه", "{n} مفقود في الطريق"),
    "transit.more_n": Words("{n} more than sent", "{n} بیش از فرستاده", "{n} أكثر من المرسل"),
    "transit.received": Words("All {n} received.", "هر {n} تحویل شد.", "استُلمت كلها: {n}."),
    "transit.received_less": Words(
        "{n} received; {lost} are booked as lost on the way.",
        "{n} تحویل شد؛ {lost} گم‌شده در راه ثبت شد.",
        "استُلم {n}؛ وسُجّل {lost} مفقودًا في الطريق.",
    ),
    "transit.received_more": Words(
        "{n} received, {lost} more than were sent; the difference is in the books.",
        "{n} تحویل شد، {lost} بیش از آنچه فرستاده شده؛ تفاوت در دفتر است.",
        "استُلم {n}، أكثر من المرسل بـ {lost}؛ والفرق في الدفتر.",
    ),
}
