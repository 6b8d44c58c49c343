"""Names of shelves and allergens."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Table, Words

GOODS: Final[Table] = {
    "category.drinks": Words("Drinks", "نوشیدنی", "مشروبات"),
    "category.hot_drinks": Words("Hot drinks", "نوشیدنی گرم", "مشروبات ساخنة"),
    "category.dairy": Words("Dairy", "لبنیات", "ألبان"),
    "category.snacks": Words("Snacks", "تنقلات", "وجبات خفيفة"),
    "category.nuts": Words("Nuts", "آجیل", "مكسرات"),
    "category.sweets": Words("Sweets", "شیرینی و شکلات", "حلويات"),
    "category.bakery": Words("Bakery", "نان و شیرینی", "مخبوزات"),
    "category.meals": Words("Meals", "خوراک آماده", "وجبات"),
    "category.fruit": Words("Fruit", "میوه", "فواكه"),
    "category.ice_cream": Words("Ice cream", "بستنی", "مثلجات"),
    "category.everyday": Words("Everyday things", "نیازهای روزانه", "مستلزمات يومية"),
    "goods.machine_item": Words("Machine item {item}", "کالای {item} دستگاه", "صنف الآلة {item}"),
    "goods.machine_goods": Words("Goods of the machine", "کالای دستگاه", "صنف من الآلة"),
    "allergen.celery": Words("celery", "کرفس", "كرفس"),
    "allergen.crustaceans": Words("crustaceans", "سخت‌پوستان", "قشريات"),
    "allergen.eggs": Words("eggs", "تخم‌مرغ", "بيض"),
    "allergen.fish": Words("fish", "ماهی", "سمك"),
    "allergen.gluten": Words("gluten", "گلوتن", "غلوتين"),
    "allergen.lupin": Words("lupin", "لوپین", "ترمس"),
    "allergen.milk": Words("milk", "شیر", "حليب"),
    "allergen.molluscs": Words("molluscs", "نرم‌تنان", "رخويات"),
    "allergen.mustard": Words("mustard", "خردل", "خردل"),
    "allergen.nuts": Words("nuts", "مغزها", "مكسرات"),
    "allergen.peanuts": Words("peanuts", "بادام‌زمینی", "فول سوداني"),
    "allergen.sesame": Words("sesame", "کنجد", "سمسم"),
    "allergen.soybeans": Words("soy", "سویا", "صويا"),
    "allergen.sulphites": Words("sulphites", "سولفیت‌ها", "كبريتيت"),
}
"""Keys are ``category.`` and ``allergen.`` with the catalogue's own keys."""
