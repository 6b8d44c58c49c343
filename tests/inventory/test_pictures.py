"""Every product has a picture of our own, and a picture can do nothing but be seen."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from inventory.goods_file import read_goods
from inventory.pictures import FORMS, PALETTES, UNKNOWN_PICTURE, is_picture, picture_svg
from inventory.pictures.motifs import MOTIFS

SAMPLE = Path(__file__).parents[2] / "inventory" / "sample" / "goods.csv"
ALLOWED = {
    "svg": {"viewBox", "aria-hidden", "focusable"},
    "g": {"transform"},
    "path": {"d", "fill", "opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"},
    "ellipse": {"cx", "cy", "rx", "ry", "fill", "opacity"},
    "rect": {"x", "y", "width", "height", "rx", "fill", "opacity"},
}
PALETTE_NAMES = tuple(PALETTES)
NAMES = [f"{form}-{PALETTE_NAMES[at % len(PALETTE_NAMES)]}-apple" for at, form in enumerate(FORMS)]
NAMES += [f"bag-{palette}" for palette in PALETTES]
NAMES += [f"can-red-{motif}" for motif in MOTIFS]


def test_every_product_of_the_sample_market_has_its_picture() -> None:
    files = read_goods(SAMPLE.read_bytes(), exponent=2, tax_classes=("standard", "reduced", "zero"))
    names = [product.picture for product in files.products]
    assert names
    assert [name for name in names if not is_picture(name)] == []
    drawn = {name: picture_svg(name) for name in names}
    assert len(set(drawn.values())) == len(set(names))
    assert picture_svg(UNKNOWN_PICTURE) not in drawn.values()


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_well_formed_and_made_of_plain_shapes(name: str) -> None:
    svg = picture_svg(name)
    root = ET.fromstring(svg)
    assert root.get("viewBox") == "0 0 120 120"
    assert len(svg) < 12_000
    for element in root.iter():
        tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
        assert set(element.attrib) <= ALLOWED[tag], (name, tag)
        assert not (element.text or "").strip()
        assert re.fullmatch(r"#[0-9a-f]{6}|none|", element.get("fill", "")), element.attrib
        if tag == "path":
            assert re.fullmatch(r"[MLHVCSQAZmlhvcsqaz0-9., -]+", element.attrib["d"]), element.attrib["d"]


@pytest.mark.parametrize("palette", PALETTES.values())
def test_a_palette_goes_from_dark_to_light(palette: object) -> None:
    tones = [getattr(palette, tone) for tone in ("dark", "body", "light", "label")]
    brightness = [
        sum(int(tone[at : at + 2], 16) * weight for at, weight in ((1, 3), (3, 6), (5, 1))) for tone in tones
    ]
    assert brightness == sorted(brightness)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "can",
        "can-red-cola-ice",
        "can-plaid",
        "ufo-red",
        "can-red-ufo",
        "<script>",
        "../can-red",
        "CAN-red",
    ],
)
def test_a_name_that_is_none_gives_the_plain_box(name: str) -> None:
    assert not is_picture(name)
    assert picture_svg(name) == picture_svg(UNKNOWN_PICTURE)


def test_a_motif_shows_on_a_pack() -> None:
    assert picture_svg("can-red-cola") != picture_svg("can-red-lemon") != picture_svg("can-red")


def test_the_readme_lists_every_form_palette_and_motif() -> None:
    readme = (SAMPLE.parents[1] / "README.md").read_text(encoding="utf-8")
    listed = readme[readme.index("## Pictures") :]
    assert [name for name in (*FORMS, *PALETTES, *MOTIFS) if f"`{name}`" not in listed] == []
