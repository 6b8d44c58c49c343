"""The picture family: every product's picture is drawn from a form, a palette and, on packs, a motif.

A picture name is ``form-palette`` or ``form-palette-motif``: ``apple-green``, ``can-red-cola``. The drawing is made of
code, not of files, so that a new product needs no artist and all of them share one light and one hand.
"""

from __future__ import annotations

from functools import lru_cache

from inventory.pictures.draw import Palette
from inventory.pictures.food import FOOD
from inventory.pictures.motifs import MOTIFS
from inventory.pictures.packs import PACKS

PALETTES = {
    "red": Palette("#d64a45", "#a93236", "#f39a8c", "#fff4ec"),
    "orange": Palette("#f08b38", "#cb6a1e", "#ffc58a", "#fff6e9"),
    "amber": Palette("#f0b03a", "#c98a1b", "#fbd98b", "#fffaea"),
    "yellow": Palette("#f6d257", "#d8ac2b", "#fdeba3", "#fffbe8"),
    "lime": Palette("#a8ca50", "#7fa331", "#d6e998", "#f9fdec"),
    "green": Palette("#4fa56e", "#327f50", "#9bd5ac", "#f0faf1"),
    "mint": Palette("#97d3bb", "#65b093", "#cdeee0", "#f6fdfa"),
    "teal": Palette("#329b95", "#1f7773", "#86d3cb", "#eefaf8"),
    "sky": Palette("#71b9e4", "#4491c2", "#bbe1f5", "#f2fafe"),
    "blue": Palette("#3f7bc4", "#2a5b9b", "#97bdea", "#eff6fd"),
    "navy": Palette("#344a78", "#233457", "#7a8fbb", "#eef2fa"),
    "violet": Palette("#7f5fb6", "#5d428f", "#bda7df", "#f6f1fc"),
    "pink": Palette("#ec94b3", "#cb698e", "#f9c9d9", "#fff3f7"),
    "rose": Palette("#cf6082", "#a44161", "#eea6ba", "#fff2f5"),
    "brown": Palette("#8c5d40", "#674029", "#bf9374", "#fbf3ea"),
    "copper": Palette("#bb5a2b", "#8c3d1a", "#dd9464", "#fdf2ea"),
    "tan": Palette("#d6a566", "#ae7c3e", "#eecb98", "#fdf6e8"),
    "cream": Palette("#efdfbd", "#cdb486", "#faf1dc", "#fffdf7"),
    "white": Palette("#eef1f1", "#bccacf", "#fbfcfc", "#ffffff"),
    "silver": Palette("#b9c4ca", "#8c9aa2", "#dfe6e9", "#ffffff"),
    "charcoal": Palette("#414b53", "#2a3238", "#7d8992", "#f2f4f5"),
}
"""Palette name to its four tones."""

FORMS = {**PACKS, **FOOD}
"""Form name to what draws it."""

UNKNOWN_PICTURE = "box-silver-star"
"""Drawn for a name that is none: a plain box, so that a screen never has a hole."""


def is_picture(name: str) -> bool:
    """Whether a name is made of a form, a palette and at most one motif that exist."""
    parts = name.split("-")
    return (
        len(parts) in {2, 3}
        and parts[0] in FORMS
        and parts[1] in PALETTES
        and (len(parts) == 2 or parts[2] in MOTIFS)
    )


@lru_cache(maxsize=1024)  # a kiosk shows some hundred pictures; each is about 3 kB
def picture_svg(name: str) -> str:
    """Draw a picture as one SVG element.

    Args:
        name: A picture name; any other text gives the plain box.

    Returns:
        SVG text of 2 to 6 kB: square view box, no ids, no text, no style, no script, only presentation attributes. It is
        decoration (``aria-hidden``): the product's name stands beside it.
    """
    parts = (name if is_picture(name) else UNKNOWN_PICTURE).split("-")
    motif = MOTIFS[parts[2]]() if len(parts) == 3 else ""
    drawing = FORMS[parts[0]](PALETTES[parts[1]], motif)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" aria-hidden="true" focusable="false">'
        f"{drawing}</svg>"
    )
