"""Food as it is: fruit, pastry, sandwiches and plates, in a palette."""

# ruff: noqa: E501 - the outline of a shape is one string, as a drawing program would write it

from __future__ import annotations

from collections.abc import Callable

from inventory.pictures.draw import (
    SHADE,
    Palette,
    block,
    glint,
    ground,
    line,
    moved,
    oval,
    path,
    shade,
    shine,
)

_LEAF, _LEAF_DARK, _STEM = "#5aa55f", "#3d8148", "#6a4a32"
_CUP, _WRAP_PAPER = "#e3eff3", "#fbf8ef"
_CRUST, _CRUST_DARK, _CRUST_LIGHT = "#d99a4a", "#b5742c", "#f0c27d"


def _leaf(x: float, y: float, scale: float, turn: float = 0) -> str:
    blade = path("M0 0C5-12 18-14 26-12C24 0 13 8 0 0Z", _LEAF) + line("M3-1.5L18-8.5", "#ffffff", 1.4, ".5")
    return moved(blade, x, y, scale, turn)


def apple(p: Palette, motif: str) -> str:
    """One apple."""
    del motif
    return (
        ground(29)
        + path(
            "M60 40C46 28 22 34 22 64C22 90 40 108 50 108C55 108 56 106 60 106C64 106 65 108 70 108C80 108 98 90 98 64C98 34 74 28 60 40Z",
            p.body,
        )
        + shade(
            "M76 34.5C90 37 98 48 98 64C98 90 80 108 70 108C66 108 65 107 63 106.4C86 96 90 60 76 34.5Z",
            ".14",
        )
        + path("M50 39C54 43 66 43 70 39C66 46 54 46 50 39Z", p.dark)
        + line("M60 42C59 33 61 26 66 19", _STEM, 4)
        + _leaf(63, 29, 1.05)
        + shine("M31 64C30 52 36 43 45 41C39 48 37 56 37 68C36 74 32 72 31 64Z", ".5")
    )


def pear(p: Palette, motif: str) -> str:
    """One pear."""
    del motif
    return (
        ground(26)
        + path(
            "M60 24C70 24 73 33 74 43C76 57 92 64 92 84C92 100 78 108 60 108C42 108 28 100 28 84C28 64 44 57 46 43C47 33 50 24 60 24Z",
            p.body,
        )
        + shade(
            "M66 26C71 29 73 36 74 43C76 57 92 64 92 84C92 100 78 108 62 108C82 98 78 70 71 58C66 49 68 36 66 26Z",
            ".13",
        )
        + line("M60 26C59 19 61 14 65 9", _STEM, 4)
        + _leaf(62, 19, 0.85, 10)
        + shine("M36 84C35 74 42 66 48 60C46 70 44 76 43 86C42 92 37 92 36 84Z", ".45")
        + "".join(
            oval(x, y, 1.2, fill=p.dark, opacity=".45")
            for x, y in ((56, 88), (66, 80), (60, 98), (52, 76), (72, 92))
        )
    )


def orange(p: Palette, motif: str) -> str:
    """One orange, tangerine or peach."""
    del motif
    return (
        ground(29)
        + oval(60, 69, 39, 39, fill=p.body)
        + shade(
            "M70 31.3C88 36 99 51 99 69C99 91 82 108 60 108C56 108 52 107.5 49 106.5C84 100 90 60 70 31.3Z",
            ".13",
        )
        + "".join(
            oval(x, y, 1.3, fill=p.dark, opacity=".45")
            for x, y in ((48, 84), (58, 92), (66, 80), (74, 92), (54, 72), (72, 68), (80, 80))
        )
        + oval(60, 35, 6, 2.6, fill=p.dark)
        + _leaf(60, 35, 1.05, -6)
        + shine("M29 68C29 54 38 44 50 40C42 48 38 56 37 68C36 76 30 76 29 68Z", ".5")
    )


def banana(p: Palette, motif: str) -> str:
    """Two bananas."""
    del motif
    one = (
        path("M20 30C22 70 52 100 100 98C106 97.6 107 91 102 89C68 84 44 62 35 27C33 20 20 22 20 30Z", p.body)
        + path(
            "M20 30C22 70 52 100 100 98C103 97.8 104.8 95.8 105 93.6C60 96 30 68 24 25C21.5 26 20 27.6 20 30Z",
            p.dark,
            ".55",
        )
        + glint("M33 36C42 62 62 79 88 86", 3.2, ".5")
        + path("M19 31L22 13C22.5 10.5 30 10 31 13L36 30C30 33 24 33.5 19 31Z", "#8a6a2c")
        + path("M99 89.5L107 90C109 92 108.5 96 106.5 97.5L99 98Z", "#6f5524")
    )
    return ground(36, cx=64) + moved(one, 16, 4, 0.86) + moved(one, -6, 14, 0.96)


def grapes(p: Palette, motif: str) -> str:
    """A bunch of grapes."""
    del motif
    spots = (
        (38, 48),
        (53, 44),
        (68, 45),
        (83, 50),
        (45, 62),
        (60, 60),
        (75, 62),
        (52, 76),
        (67, 76),
        (59, 91),
        (47, 88),
        (72, 89),
        (60, 103),
    )
    berries = "".join(
        oval(x, y, 9.4, fill=p.dark)
        + oval(x - 0.8, y - 0.8, 8.6, fill=p.body)
        + glint(f"M{x - 5} {y - 0.5}A5 5 0 0 1 {x - 1} {y - 5}", 2, ".6")
        for x, y in spots[:10] + spots[12:]
    )
    return (
        ground(20)
        + line("M60 46C59 34 62 24 70 16", _STEM, 4.4)
        + _leaf(62, 34, 1.25, -4)
        + moved(_leaf(0, 0, 1), 58, 36, 1, 196)
        + berries
    )


def dates(p: Palette, motif: str) -> str:
    """Dates in a small bowl."""
    del motif
    one = (
        oval(0, 0, 9, 16, fill=p.body)
        + path("M3-15C10-10 10 10 3 15C7 5 7-5 3-15Z", p.dark, ".7")
        + glint("M-4.5 6A9 14 0 0 1-3.5-8", 2.4, ".45")
        + oval(0, -14.6, 3, 1.8, fill="#c79a5a")
    )
    return (
        ground(34)
        + "".join(
            moved(one, x, y, 1, turn)
            for x, y, turn in (
                (38, 52, -38),
                (60, 44, 6),
                (82, 52, 40),
                (49, 58, -14),
                (72, 58, 20),
                (60, 62, -4),
            )
        )
        + path("M18 66H102C102 90 86 108 66 108H54C34 108 18 90 18 66Z", "#f5f1e6")
        + path(
            "M20.5 78C44 86 76 86 99.5 78C98.6 82 97 85.6 95 89C72 96 48 96 25 89C23 85.6 21.4 82 20.5 78Z",
            "#3f8f97",
        )
        + "".join(
            oval(x, y, 2.4, fill="#f5f1e6") for x, y in ((36, 88), (48, 90.3), (60, 91), (72, 90.3), (84, 88))
        )
        + oval(60, 66, 42, 3, fill="#e3dcc9")
        + shade("M80 68H102C102 90 86 108 66 108H60C76 104 84 88 80 68Z", ".09")
        + glint("M27 84C31 93 37 99 44 102.5", 3, ".8")
    )


def pomegranate(p: Palette, motif: str) -> str:
    """A pomegranate, opened."""
    del motif
    seeds = "".join(
        oval(x, y, 4.2, 5, fill="#d8374f") + oval(x - 1.2, y - 1.6, 1.2, 1.6, fill="#ffffff", opacity=".7")
        for x, y in (
            (50, 62),
            (60, 57),
            (70, 62),
            (46, 74),
            (56, 70),
            (66, 71),
            (75, 75),
            (51, 85),
            (61, 82),
            (70, 86),
            (60, 93),
        )
    )
    return (
        ground(29)
        + path("M50 34L44 17L54 24L60 12L66 24L76 17L70 34Z", p.dark)
        + oval(60, 69, 39, 39, fill=p.body)
        + path(
            "M60 44C78 46 88 60 86 76C84 92 72 100 60 101C48 100 36 92 34 76C32 60 42 46 60 44Z", "#f8dfae"
        )
        + path("M60 49C74 51 82 62 81 75C79 88 70 95 60 96C50 95 41 88 39 75C38 62 46 51 60 49Z", "#a81e3a")
        + seeds
        + shade("M74 32.6C90 38 99 52 99 69C99 91 82 108 60 108C94 96 94 56 74 32.6Z", ".13")
        + shine("M27 66C28 52 36 42 46 38C38 46 33 56 32 68C31 74 27 73 27 66Z", ".45")
    )


def melon(p: Palette, motif: str) -> str:
    """Slices of watermelon in a clear cup; the palette is the flesh."""
    del motif
    wedge = (
        path("M-20 10L0-28L20 10C8 17-8 17-20 10Z", p.body)
        + path("M-20 10C-8 17 8 17 20 10L22.5 15C9 23-9 23-22.5 15Z", "#4c9a5a")
        + path("M-20 10C-8 17 8 17 20 10L21 12.2C8 19.4-8 19.4-21 12.2Z", "#e9f3cf")
    )
    pips = "".join(
        oval(x, y, 1.7, 2.7, fill="#3a2a28") for x, y in ((-6, 0), (5, -4), (8, 6), (-2, 9), (-1, -13))
    )
    return (
        ground(25)
        + moved(wedge + pips, 47, 50, 0.8, -13)
        + moved(wedge + pips, 74, 50, 0.8, 13)
        + moved(wedge + pips, 60.5, 44, 1.05)
        + path("M30 54H90L83 103C82.5 106.5 80.5 108 77 108H43C39.5 108 37.5 106.5 37 103Z", _CUP, ".86")
        + path(
            "M33.6 66C44 60 52 72 62 66C70 61 78 70 86.5 65L82 100C81.6 103 80 104.5 77 104.5H43C40 104.5 38.4 103 38 100Z",
            p.body,
            ".72",
        )
        + block(27, 50, 66, 7, r=3.5, fill="#f6fafb")
        + shade(
            "M84 50H90C92 50 93 51.5 93 53.5C93 55.5 92 57 90 57L83 103C82.5 106.5 80.5 108 77 108H70C74 106 75 103 75.5 100Z",
            ".1",
        )
        + glint("M38 64L42.5 98", 3, ".7")
    )


def fruitcup(p: Palette, motif: str) -> str:
    """Cut fruit in a clear cup with a lid."""
    del motif
    pieces = (
        (40, 66, "#f2a23a"),
        (54, 62, "#dc4450"),
        (68, 66, "#9fc64d"),
        (80, 62, "#f6cf45"),
        (46, 79, "#9fc64d"),
        (60, 77, "#f6cf45"),
        (74, 80, "#f2a23a"),
        (52, 92, "#dc4450"),
        (67, 93, "#7d5bb0"),
        (44, 93, "#f6cf45"),
        (77, 93, "#dc4450"),
    )
    cut = "".join(
        moved(
            block(-8, -7, 16, 14, r=4.5, fill=fill) + glint("M-4.5-2.5H1", 2, ".5"),
            x,
            y,
            1,
            (x * 7 + y * 3) % 50 - 25,
        )
        for x, y, fill in pieces
    )
    return (
        ground(25)
        + path("M28 48H92L84 103C83.5 106.5 81.5 108 78 108H42C38.5 108 36.5 106.5 36 103Z", _CUP)
        + cut
        + path("M28 48H92L84 103C83.5 106.5 81.5 108 78 108H42C38.5 108 36.5 106.5 36 103Z", "#ffffff", ".16")
        + path("M34 44C38 32 82 32 86 44Z", "#f1f6f8")
        + block(25, 42, 70, 8, r=4, fill=p.body)
        + shade(
            "M86 42H91C94 42 95 44 95 46C95 48.5 94 50 92 50L84 103C83.5 106.5 81.5 108 78 108H71C75 106 76 103 76.5 100Z",
            ".1",
        )
        + glint("M35 56L41 98", 3, ".7")
    )


def croissant(p: Palette, motif: str) -> str:
    """A croissant, seen from the front."""
    del motif
    return (
        oval(60, 96, 46, 5, fill=SHADE, opacity=".13")
        + path(
            "M10 84C8 60 30 36 60 36C90 36 112 60 110 84C109 94 98 96 94 88C90 80 84 76 76 76H44C36 76 30 80 26 88C22 96 11 94 10 84Z",
            p.body,
        )
        + path("M46 38C50 36.6 70 36.6 74 38L78 76C70 82 50 82 42 76Z", p.light)
        + path("M30 47C34 43 41 39.5 46 38L42 76C38 76.5 34 78 31 81.5C27 70 27 58 30 47Z", p.body)
        + path("M90 47C86 43 79 39.5 74 38L78 76C82 76.5 86 78 89 81.5C93 70 93 58 90 47Z", p.dark, ".55")
        + path(
            "M30 47C18 56 10 70 10 84C11 94 22 96 26 88C27.5 85 29 83 31 81.5C27 70 27 58 30 47Z",
            p.dark,
            ".5",
        )
        + path(
            "M90 47C102 56 110 70 110 84C109 94 98 96 94 88C92.5 85 91 83 89 81.5C93 70 93 58 90 47Z",
            p.dark,
            ".8",
        )
        + line(
            "M46 38L42 76M74 38L78 76M30 47C27 58 27 70 31 81.5M90 47C93 58 93 70 89 81.5", p.dark, 2, ".75"
        )
        + glint("M51 43C56 41.5 62 41.5 67 42.5M36 48C38 46.5 40 45.5 42 44.8", 3.4, ".6")
    )


def donut(p: Palette, motif: str) -> str:
    """A ring doughnut with icing in the palette."""
    del motif
    sprinkles = "".join(
        moved(block(-3.5, -1.2, 7, 2.4, r=1.2, fill=fill), x, y, 1, turn)
        for x, y, turn, fill in (
            (40, 50, 30, "#ffffff"),
            (56, 41, -20, "#f6cf45"),
            (74, 46, 40, "#6cb8e6"),
            (86, 58, -60, "#ffffff"),
            (35, 66, 80, "#f6cf45"),
            (80, 74, 20, "#ffffff"),
            (48, 76, -30, "#6cb8e6"),
            (64, 83, 12, "#f6cf45"),
        )
    )
    return (
        ground(36, cy=102)
        + oval(60, 68, 42, 34, fill=_CRUST)
        + path(
            "M18 70C20 92 40 102 60 102C80 102 100 92 102 70C98 86 80 94 60 94C40 94 22 86 18 70Z",
            _CRUST_DARK,
            ".7",
        )
        + path(
            "M60 32C84 32 100 46 100 62C100 70 95 72 92 77C88 84 82 78 76 84C70 90 64 84 58 88C51 92 46 84 39 83C31 82 31 74 26 72C21 70 20 66 20 62C20 46 36 32 60 32Z",
            p.body,
        )
        + path(
            "M84 38C94 43 100 52 100 62C100 70 95 72 92 77C91 78.6 89.8 79.6 88.6 80C96 66 94 50 84 38Z",
            p.dark,
            ".6",
        )
        + oval(60, 62, 14, 9.5, fill=_CRUST_DARK)
        + path("M47 65C50 72 70 72 73 65C73 69 68 71.5 60 71.5C52 71.5 47 69 47 65Z", _CRUST_LIGHT)
        + sprinkles
        + glint("M29 56C32 46 42 40 50 38.5", 3.6, ".6")
    )


def muffin(p: Palette, motif: str) -> str:
    """A muffin in its paper; the palette is the crumb."""
    del motif
    return (
        ground(25)
        + path("M30 62H90L83 103C82.5 106.5 80.5 108 77 108H43C39.5 108 37.5 106.5 37 103Z", "#f3e5cf")
        + line("M40 66L45 106M50 66L52.5 106M60 66V106M70 66L67.5 106M80 66L75 106", "#cfb894", 2, ".9")
        + path(
            "M24 62C18 52 26 42 34 42C36 28 48 22 60 22C74 22 84 29 86 42C95 42 102 52 96 62C92 70 84 66 80 70C74 74 68 68 60 71C52 74 46 68 40 70C34 71 28 68 24 62Z",
            p.body,
        )
        + shade("M70 23.6C79 27 85 33 86 42C95 42 102 52 96 62C92 70 84 66 80 70C86 54 82 34 70 23.6Z", ".13")
        + "".join(
            oval(x, y, 4, 3.4, fill=p.dark)
            for x, y in ((46, 40), (62, 33), (74, 47), (56, 53), (38, 55), (84, 58))
        )
        + glint("M33 51C35 46 38 46 41 40C44 33 50 30 55 29", 3.4, ".45")
        + shade("M80 70L90 62L83 103C82.5 106.5 80.5 108 77 108H71C75 96 79 80 80 70Z", ".1")
    )


def cookie(p: Palette, motif: str) -> str:
    """Two cookies with pieces in the palette's dark tone."""
    del motif
    chips = "".join(
        oval(x, y, rx, rx * 0.85, fill=p.dark)
        for x, y, rx in (
            (-14, -12, 4.5),
            (6, -18, 3.8),
            (16, 2, 4.6),
            (-4, 4, 4),
            (-18, 10, 3.6),
            (6, 18, 4.6),
            (22, -12, 3),
        )
    )
    one = (
        oval(0, 0, 32, 31, fill=p.body)
        + path("M10-29.6C34-18 36 20 4 31C26 34 36 14 31-8C28-20 20-27 10-29.6Z", SHADE, ".13")
        + chips
        + glint("M-25-6A26 26 0 0 1-9-23", 3.2, ".5")
    )
    return (
        ground(38, cy=105)
        + moved(one, 76, 56, 0.92)
        + oval(50, 80, 33, 28, fill=SHADE, opacity=".1")
        + moved(one, 46, 72, 1, -30)
    )


def simit(p: Palette, motif: str) -> str:
    """A ring of bread with sesame."""
    del motif
    spots = (
        (30, 62),
        (36, 50),
        (48, 42),
        (60, 38),
        (73, 41),
        (85, 50),
        (91, 62),
        (89, 76),
        (80, 88),
        (67, 95),
        (53, 95),
        (40, 88),
        (31, 76),
        (42, 58),
        (52, 50),
        (68, 50),
        (78, 59),
        (80, 72),
        (72, 82),
        (60, 85),
        (47, 81),
        (39, 70),
    )
    seeds = "".join(
        moved(oval(0, 0, 1.4, 2.6, fill="#fbefd2"), x, y, 1, (x * 31 + y * 17) % 180) for x, y in spots
    )
    return (
        oval(60, 103, 36, 5, fill=SHADE, opacity=".13")
        + path(
            "M60 28A40 38 0 1 1 60 104A40 38 0 1 1 60 28ZM60 56A16 13 0 1 0 60 82A16 13 0 1 0 60 56Z", p.body
        )
        + path("M74 30.6A40 38 0 0 1 60 104C56 104 52 103.3 48.5 102C92 96 96 56 74 30.6Z", p.dark, ".55")
        + line(
            "M34 44C42 48 44 54 43 62M84 42C78 48 76 54 77 62M96 80C88 80 80 80 74 76M50 102C52 94 52 88 50 81M23 76C32 78 40 78 45 75",
            p.dark,
            2,
            ".6",
        )
        + seeds
        + glint("M26 58C29 45 40 36 52 34", 3.2, ".45")
    )


def pie(p: Palette, motif: str) -> str:
    """A three-cornered filled pastry; the palette shows at its mouth."""
    del motif
    return (
        ground(42, cy=102)
        + path(
            "M60 22C66 22 70 28 74 36L106 90C110 98 106 102 98 102H22C14 102 10 98 14 90L46 36C50 28 54 22 60 22Z",
            _CRUST,
        )
        + path(
            "M68 26C71 29 72.5 33 74 36L106 90C110 98 106 102 98 102H72C92 84 80 50 68 26Z", _CRUST_DARK, ".6"
        )
        + path("M60 50C70 62 82 76 88 88C72 92 48 92 32 88C38 76 50 62 60 50Z", p.body)
        + path("M60 50C50 62 38 76 32 88C40 90 50 91 60 91C52 80 52 62 60 50Z", p.light, ".7")
        + line("M60 34V48M36 84L24 92M84 84L96 92", _CRUST_DARK, 2.6, ".8")
        + "".join(
            oval(x, y, 1.5, 2.2, fill="#fbefd2")
            for x, y in ((46, 46), (72, 44), (84, 66), (34, 70), (52, 34), (92, 82), (28, 82))
        )
        + glint("M28 80L50 40", 3.4, ".55")
    )


def baklava(p: Palette, motif: str) -> str:
    """Pieces of baklava with green on top."""
    del motif
    piece = (
        path("M0-20L30-4L0 12L-30-4Z", _CRUST_LIGHT)
        + path("M-30-4L0 12V30L-30 14Z", _CRUST)
        + path("M30-4L0 12V30L30 14Z", _CRUST_DARK)
        + line("M-29 1.5L0 17.5L29 1.5M-29 7L0 23L29 7", "#8f5a20", 1.5, ".6")
        + oval(0, -4, 13, 6, fill=p.body)
        + oval(-3, -5.5, 6, 2.6, fill=p.light)
        + glint("M-20-5L-6-12", 2.6, ".7")
    )
    return (
        ground(40, cy=103) + moved(piece, 60, 42, 0.9) + moved(piece, 34, 66, 0.9) + moved(piece, 86, 66, 0.9)
    )


def cake(p: Palette, motif: str) -> str:
    """A slice of layer cake."""
    return (
        ground(42, cy=104)
        + oval(60, 99, 48, 8, fill="#dfe5e6")
        + oval(60, 97, 48, 8, fill="#fbfbf8")
        + path("M18 58L92 44C98 50 101 54 102 58V94H18Z", "#efd09a")
        + path("M18 58H102V66H18Z", p.light)
        + path("M18 78H102V85H18Z", p.light)
        + path("M18 58L92 44C98 50 101 54 102 58V62H18Z", p.body)
        + path(
            "M18 58H102V64C98 70 94 62 89 65C84 70 80 62 74 66C68 71 64 62 58 65C51 69 46 62 41 66C35 70 30 63 25 65C21 66 18 62 18 62Z",
            p.body,
        )
        + moved(motif, 78, 41, 0.9)
        + shade("M84 45.5L92 44C98 50 101 54 102 58V94H84Z", ".09")
        + glint("M23 71V75M23 88V91", 2.6, ".6")
    )


def icecream(p: Palette, motif: str) -> str:
    """Ice cream on a stick."""
    del motif
    return (
        block(53, 80, 14, 32, r=7, fill="#e6c48d")
        + block(53, 80, 14, 12, fill=SHADE, opacity=".16")
        + path(
            "M34 38C34 22 45 10 60 10C75 10 86 22 86 38V80C86 86 83 88 78 88H42C37 88 34 86 34 80Z", p.light
        )
        + path(
            "M34 38C34 22 45 10 60 10C75 10 86 22 86 38V66C82 74 78 66 73 70C68 75 64 66 58 70C52 75 49 68 44 71C39 74 36 70 34 66Z",
            p.body,
        )
        + line("M48 34V58M60 30V60M72 34V58", p.dark, 4, ".45")
        + shade("M70 12.6C80 17 86 26 86 38V80C86 86 83 88 78 88H72C79 76 80 34 70 12.6Z", ".13")
        + glint("M41 40C41 29 46 21 54 17.5", 3.6, ".6")
    )


def cone(p: Palette, motif: str) -> str:
    """A scoop in a wafer cone."""
    del motif
    return (
        path("M36 56H84L63 109C62 112 58 112 57 109Z", _CRUST_LIGHT)
        + line(
            "M44 58L62 102M56 58L68 90M68 58L74 76M76 58L58 102M64 58L52 90M52 58L46 76",
            _CRUST_DARK,
            1.7,
            ".7",
        )
        + path(
            "M30 50C26 28 42 10 60 10C78 10 94 28 90 50C92 58 84 64 78 60C73 66 66 66 62 61C57 67 50 66 46 60C40 65 28 60 30 50Z",
            p.body,
        )
        + shade("M70 11.6C84 17 93 33 90 50C92 58 84 64 78 60C84 44 82 24 70 11.6Z", ".12")
        + path(
            "M40 20C44 14 52 10 60 10C66 10 72 12 77 15.5C74 22 70 20 66 24C61 29 56 22 51 25C46 28 42 24 40 20Z",
            p.dark,
            ".7",
        )
        + glint("M37 44C36 36 39 30 43 27", 3.6, ".65")
        + shade("M70 64L84 56L63 109C62 112 60 112 59 111Z", ".1")
    )


def sandwich(p: Palette, motif: str) -> str:
    """A cut sandwich; the palette is the filling."""
    del motif
    return (
        ground(42, cy=104)
        + path("M14 88L82 22C86 18 92 19 94 24L108 88C109 94 106 98 100 98H20C13 98 10 92 14 88Z", "#e8bf82")
        + path("M20 88L83 29C85 27 88 28 89 30L102 88Z", "#fbeed3")
        + path("M14 88H108L104 80C92 84 84 74 74 79C64 85 56 75 46 80C38 84 28 79 22 80.5Z", _LEAF)
        + path("M22 81L34 69.5C50 74 76 66 98.5 70L101 81C76 85 44 78 22 81Z", p.body)
        + path("M34 69.5L43 61C60 65 80 60 96.5 62.5L98.5 70C76 66 50 74 34 69.5Z", "#f6cf5c")
        + path("M12 88H108C109 95 106 100 100 100H20C13 100 10 94 12 88Z", "#fbeed3")
        + path(
            "M11.5 93C11 97.5 14.5 101 20 101H100C105.5 101 108.5 97.5 108.5 93C106 96 103 96.5 100 96.5H20C17 96.5 14 96 11.5 93Z",
            "#d39f58",
        )
        + "".join(
            oval(x, y, 1.3, fill="#e0c08b")
            for x, y in ((72, 50), (80, 42), (84, 52), (64, 57), (30, 93), (58, 94), (86, 93))
        )
        + shade("M88 19.6C91 20 93 21.5 94 24L108 88C109 95 106 101 100 101H94C98 76 94 44 88 19.6Z", ".1")
        + glint("M56 57L78 36.5", 3, ".7")
    )


def sub(p: Palette, motif: str) -> str:
    """A long roll, filled."""
    del motif
    return (
        oval(60, 96, 50, 5.5, fill=SHADE, opacity=".13")
        + path("M10 76C10 72 110 72 110 76C112 90 102 96 92 96H28C18 96 8 90 10 76Z", _CRUST)
        + path("M12 84C20 90 100 90 108 84C106 92 100 96 92 96H28C20 96 14 92 12 84Z", _CRUST_DARK, ".7")
        + path(
            "M8 72C14 84 22 74 30 80C38 87 45 76 54 81C62 86 70 76 78 81C86 86 94 76 100 80C106 83 111 78 112 72Z",
            _LEAF,
        )
        + path(
            "M14 68H106C110 68 110 76 106 76C92 80 76 73 60 77C44 80 28 73 14 76C10 76 10 68 14 68Z", p.body
        )
        + path("M20 66H98L88 75L78 67L66 75L54 67L42 75L32 67Z", "#f6cf5c")
        + path("M8 66C6 48 22 40 42 38C56 36.6 66 36.6 80 38C98 40 114 48 112 66C112 69 8 69 8 66Z", _CRUST)
        + path(
            "M88 39.2C102 42 113 50 112 66C112 67.5 94 68.3 76 68.5C96 62 96 48 88 39.2Z", _CRUST_DARK, ".55"
        )
        + line(
            "M32 42C38 47 40 52 39 58M52 38.5C58 44 60 50 59 56M72 38.5C78 44 80 50 79 56", _CRUST_LIGHT, 3.6
        )
        + glint("M15 58C17 51 23 47 29 45", 3.2, ".6")
    )


def wrap(p: Palette, motif: str) -> str:
    """A rolled flat bread in paper; the palette is the paper's print."""
    del motif
    return (
        ground(22)
        + path("M40 30C40 20 50 15 62 16C74 17 82 22 81 31L76 64H44Z", "#f0d6a4")
        + oval(61, 25.5, 19, 9.5, fill="#e0bb7a")
        + oval(61, 25, 16.5, 7.6, fill="#fbeed3")
        + path("M46 24C50 16 55 22 60 17C65 21 70 16 76 24C77 29 70 32 61 32C52 32 45 29 46 24Z", _LEAF)
        + oval(54, 25, 5, 3.4, fill="#d9534a")
        + oval(68, 25.5, 5.5, 3.4, fill="#b9733a")
        + oval(61, 21.6, 4.4, 2.8, fill="#f6cf5c")
        + oval(60.5, 28.6, 4.4, 2.4, fill="#fff7e6")
        + "".join(
            oval(x, y, 2.3, 1.5, fill="#c9924a", opacity=".8") for x, y in ((49, 40), (60, 44), (71, 40))
        )
        + path(
            "M36 54L48 46L60 53L73 46L86 54L76 102C75 106.5 73 108 70 108H51C48 108 46 106.5 45 102Z",
            _WRAP_PAPER,
        )
        + path("M38 64L84.5 61L82.3 71L40 75ZM42 86L79.7 83L77.6 93L44 96Z", p.body)
        + shade("M74 46.5L86 54L76 102C75 106.5 73 108 70 108H63C69 100 75 66 74 46.5Z", ".12")
        + glint("M42 60L49.5 99", 3, ".7")
    )


def salad(p: Palette, motif: str) -> str:
    """A salad in a clear bowl; the palette is the band."""
    return (
        ground(34)
        + oval(60, 52, 40, 17, fill=_LEAF_DARK)
        + path(
            "M20 52C20 40 30 42 34 36C40 28 48 38 54 33C60 26 68 34 74 33C82 30 84 40 92 42C100 44 100 50 100 54H20Z",
            _LEAF,
        )
        + oval(38, 50, 8, 7, fill="#dd4b3e")
        + oval(36, 48, 2.5, 2, fill="#ffffff", opacity=".6")
        + oval(60, 44, 9, 7.5, fill="#e5f0c4")
        + oval(60, 44, 6, 4.8, fill="#c7dd97")
        + oval(80, 50, 8, 7, fill="#dd4b3e")
        + moved(block(-6, -5, 12, 10, r=2.4, fill="#fff9ec"), 70, 55, 1, 16)
        + moved(block(-6, -5, 12, 10, r=2.4, fill="#fff9ec"), 48, 57, 1, -18)
        + oval(90, 56, 4.5, fill="#4a3b4f")
        + oval(27, 57, 4.5, fill="#4a3b4f")
        + path("M16 58H104C104 84 90 108 68 108H52C30 108 16 84 16 58Z", "#e6f0f2", ".93")
        + path(
            "M22 62H98C96 70 92 73 88 70C82 66 76 76 68 72C60 68 54 76 46 72C38 68 34 75 28 71C25 69 23 66 22 62Z",
            _LEAF,
            ".55",
        )
        + path("M19.5 76H100.5C99 83 96.6 88.6 93 94H27C23.4 88.6 21 83 19.5 76Z", p.body)
        + oval(60, 86, 14, fill=p.label)
        + moved(motif, 60, 86, 0.95)
        + oval(60, 58, 44, 2.6, fill="#f8fbfc")
        + shade("M84 60H104C104 84 90 108 68 108H62C78 102 86 82 84 60Z", ".09")
        + glint("M22 66C24 80 31 92 39 98", 3, ".8")
    )


def plate(p: Palette, motif: str) -> str:
    """A dish of dip with oil on top, as hummus is served; the palette is the dip."""
    del motif
    return (
        ground(44, cy=102)
        + oval(60, 82, 50, 20, fill="#cfd8da")
        + oval(60, 78, 50, 20, fill="#fbfbf8")
        + oval(60, 76, 40, 14.5, fill=p.body)
        + line("M28 76C34 66 50 64 62 66C78 68 84 76 72 80C60 84 44 80 50 75C54 72 62 73 64 75", p.light, 5)
        + line("M34 78C40 85 56 88 72 85", p.dark, 2.6, ".5")
        + oval(62, 75.5, 9, 3.4, fill="#d8a927", opacity=".85")
        + "".join(oval(x, y, 3, 2.4, fill="#e3bd76") for x, y in ((58, 71), (66, 70), (63, 75)))
        + moved(_leaf(0, 0, 0.5), 72, 68)
        + "".join(
            oval(x, y, 1.1, fill="#c8452e") for x, y in ((44, 72), (80, 74), (50, 80), (76, 81), (40, 77))
        )
        + path("M70 60C92 62 110 70 110 78C110 90 90 98 66 98C96 92 98 70 70 60Z", SHADE, ".06")
        + glint("M15 74C18 68 26 64 34 61.6", 2.8, ".9")
    )


def eggs(p: Palette, motif: str) -> str:
    """Boiled eggs, one of them cut."""
    del motif
    return (
        ground(40, cy=102)
        + path("M42 22C56 22 66 46 66 66C66 84 56 96 42 96C28 96 18 84 18 66C18 46 28 22 42 22Z", p.body)
        + shade("M48 23.6C59 30 66 49 66 66C66 84 56 96 44 96C62 82 60 46 48 23.6Z", ".1")
        + shine("M25 62C26 50 31 40 37 34C33 44 31.5 54 31.5 64C31 70 25 69 25 62Z", ".8")
        + path(
            "M76 44C92 44 106 60 106 78C106 92 94 102 78 102C62 102 50 92 50 78C50 62 62 44 76 44Z", "#d3dad8"
        )
        + path(
            "M76 46.5C90 46.5 103 61.5 103 77C103 89 92.5 97.5 78 97.5C63.5 97.5 53 89 53 77C53 61.5 63 46.5 76 46.5Z",
            "#fcfcfa",
        )
        + oval(77, 75, 16, 15, fill="#f5b83d")
        + shade("M82 60.8C92 63 95 72 92 80C90 86 84 90 77 90C90 84 90 70 82 60.8Z", ".08")
        + glint("M67 74A10 10 0 0 1 73 66", 2.8, ".7")
    )


FOOD: dict[str, Callable[[Palette, str], str]] = {
    "apple": apple,
    "baklava": baklava,
    "banana": banana,
    "cake": cake,
    "cone": cone,
    "cookie": cookie,
    "croissant": croissant,
    "dates": dates,
    "donut": donut,
    "eggs": eggs,
    "fruitcup": fruitcup,
    "grapes": grapes,
    "icecream": icecream,
    "melon": melon,
    "muffin": muffin,
    "orange": orange,
    "pear": pear,
    "pie": pie,
    "plate": plate,
    "pomegranate": pomegranate,
    "salad": salad,
    "sandwich": sandwich,
    "simit": simit,
    "sub": sub,
    "wrap": wrap,
}
"""Form name to what draws it."""
