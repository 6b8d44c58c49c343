"""The same receipt in three languages, as a kiosk lays it out: digits are already translated."""

from __future__ import annotations

from hardware.document import Align, Columns, Cut, Document, Line, Qr, Rule

LINK = "https://market.example/c/K1-000123"

ENGLISH = Document(
    "en",
    is_rtl=False,
    parts=(
        Line("Corner Market", is_bold=True, is_large=True, align=Align.CENTRE),
        Line("12 Harbour Street, Ground Floor", align=Align.CENTRE),
        Line("Phone +49 30 555 0199 · VAT ID DE000000000", align=Align.CENTRE),
        Rule(),
        Columns("Receipt", "K1-000123"),
        Columns("21 November 2026", "14:05"),
        Rule(),
        Columns("Sparkling water 0.5 l", "€1.20"),
        Columns("2 × Dark chocolate 70 %", "€3.80"),
        Columns("Café au lait with oat milk", "€2.50"),
        Columns("Roasted pistachios with sea salt, family bag 250 g", "€6.90"),
        Columns("Discount: second coffee", "-€0.50"),
        Rule(),
        Columns("Total", "€13.90", is_bold=True, is_large=True),
        Columns("Coins in", "€15.00"),
        Columns("Change", "€1.10"),
        Rule(),
        Columns("VAT 7 % in €6.54", "€0.43"),
        Columns("VAT 19 % in €7.36", "€1.18"),
        Rule(),
        Line("Something wrong? Scan the code or call us.", align=Align.CENTRE),
        Qr(LINK, "Receipt K1-000123"),
        Line("Thank you for your visit", align=Align.CENTRE),
        Cut(),
    ),
)

PERSIAN = Document(
    "fa",
    is_rtl=True,
    parts=(
        Line("بازارچهٔ سر کوچه", is_bold=True, is_large=True, align=Align.CENTRE),
        Line("خیابان بندر، پلاک ۱۲، طبقهٔ هم‌کف", align=Align.CENTRE),
        Line("تلفن \u2066+۴۹ ۳۰ ۵۵۵ ۰۱۹۹\u2069 · شناسهٔ مالیاتی DE000000000", align=Align.CENTRE),
        Rule(),
        Columns("رسید", "K1-000123"),
        Columns("۳۰ آبان ۱۴۰۵", "۱۴:۰۵"),
        Rule(),
        Columns("آب گازدار ۰٫۵ لیتری", "۱٫۲۰ €"),
        Columns("۲ × شکلات تلخ ۷۰٪", "۳٫۸۰ €"),
        Columns("قهوه با شیر جو Café au lait", "۲٫۵۰ €"),
        Columns("پستهٔ بوداده و نمک‌زده، بستهٔ خانوادگی ۲۵۰ گرمی", "۶٫۹۰ €"),
        Columns("تخفیف: قهوهٔ دوم", "-۰٫۵۰ €"),
        Rule(),
        Columns("جمع کل", "۱۳٫۹۰ €", is_bold=True, is_large=True),
        Columns("سکه‌های دریافتی", "۱۵٫۰۰ €"),
        Columns("باقی پول", "۱٫۱۰ €"),
        Rule(),
        Columns("مالیات ۷٪ در ۶٫۵۴ €", "۰٫۴۳ €"),
        Columns("مالیات ۱۹٪ در ۷٫۳۶ €", "۱٫۱۸ €"),
        Rule(),
        Line("مشکلی پیش آمد؟ کد را بخوانید یا زنگ بزنید.", align=Align.CENTRE),
        Qr(LINK, "رسید K1-000123"),
        Line("از خرید شما سپاسگزاریم", align=Align.CENTRE),
        Cut(),
    ),
)

ARABIC = Document(
    "ar",
    is_rtl=True,
    parts=(
        Line("سوق الزاوية", is_bold=True, is_large=True, align=Align.CENTRE),
        Line("١٢ شارع الميناء، الطابق الأرضي", align=Align.CENTRE),
        Line(
            "هاتف \u2066+٤٩\u200e ٣٠\u200e ٥٥٥\u200e ٠١٩٩\u2069 · الرقم الضريبي DE000000000",
            align=Align.CENTRE,
        ),
        Rule(),
        Columns("إيصال", "K1-000123"),
        Columns("٢١ نوفمبر ٢٠٢٦", "١٤:٠٥"),
        Rule(),
        Columns("مياه غازية ٠٫٥ لتر", "١٫٢٠ €"),
        Columns("٢ × شوكولاتة داكنة ٧٠٪", "٣٫٨٠ €"),
        Columns("قهوة بحليب الشوفان Café au lait", "٢٫٥٠ €"),
        Columns("فستق محمّص ومملّح، عبوة عائلية ٢٥٠ غ", "٦٫٩٠ €"),
        Columns("خصم: القهوة الثانية", "-٠٫٥٠ €"),
        Rule(),
        Columns("المجموع", "١٣٫٩٠ €", is_bold=True, is_large=True),
        Columns("النقود المُدخلة", "١٥٫٠٠ €"),
        Columns("الباقي", "١٫١٠ €"),
        Rule(),
        Columns("ضريبة ٧٪ من ٦٫٥٤ €", "٠٫٤٣ €"),
        Columns("ضريبة ١٩٪ من ٧٫٣٦ €", "١٫١٨ €"),
        Rule(),
        Line("هل هناك خطأ؟ امسح الرمز أو اتصل بنا.", align=Align.CENTRE),
        Qr(LINK, "إيصال K1-000123"),
        Line("شكرًا لزيارتكم", align=Align.CENTRE),
        Cut(),
    ),
)

RECEIPTS = {"en": ENGLISH, "fa": PERSIAN, "ar": ARABIC}
