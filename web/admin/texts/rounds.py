"""Texts of the desk's page of rounds; what the kiosk's screen says, too, stands in the house's phrasebook."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Table, Words

ROUNDS: Final[Table] = {
    "nav.rounds": Words("Round", "سرکشی", "جولة"),
    "rounds.text": Words(
        "Waste first, then fill, count where doubt is largest, then the cash. Stop at any time: it goes on where you stopped.",
        "نخست دورریز، سپس پر کردن، شمردن جایی که شک بیشتر است، و در پایان پول. هر جا بایستید، از همان‌جا ادامه می‌یابد.",
        "التالف أولًا، ثم التعبئة، ثم العدّ حيث الشك أكبر، ثم النقد. توقف متى شئت: تتابع من حيث توقفت.",
    ),
    "rounds.begun": Words("{by} began it at {at}.", "{by} آن را {at} آغاز کرد.", "بدأها {by} في {at}."),
    "rounds.earlier": Words("Rounds before", "سرکشی‌های پیشین", "الجولات السابقة"),
    "rounds.none": Words(
        "No round yet. The first one also tells how often you come.",
        "هنوز سرکشی‌ای نبوده است. نخستین آن‌ها نشان می‌دهد هر چند وقت می‌آیید.",
        "لا جولات بعد. الأولى تبيّن أيضًا كم مرة تأتي.",
    ),
    "rounds.began": Words("Begun", "آغاز", "البداية"),
    "rounds.ended": Words("Ended", "پایان", "النهاية"),
    "rounds.still_open": Words("open", "باز", "مفتوحة"),
    "rounds.by": Words("By", "از", "بواسطة"),
    "rounds.finished": Words(
        "The round is over. Thank you.", "سرکشی پایان یافت. سپاس.", "انتهت الجولة. شكرًا."
    ),
    "rounds.waiting": Words(
        "No signal. What you did is kept on this phone and sent as soon as it can be: keep this page open.",
        "آنتن نیست. کارهای شما در همین گوشی می‌ماند و هرگاه شد فرستاده می‌شود: این صفحه را باز نگه دارید.",
        "لا توجد إشارة. ما فعلته محفوظ في هذا الهاتف ويُرسل حالما أمكن: أبقِ هذه الصفحة مفتوحة.",
    ),
}
"""What only the desk says of rounds."""
