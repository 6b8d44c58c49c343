"""Small emblems for packs: what is inside, told without a word. Each is drawn about 0,0 and fits a circle of radius 12."""

# ruff: noqa: E501 - the outline of a shape is one string, as a drawing program would write it

from __future__ import annotations

from collections.abc import Callable

from inventory.pictures.draw import SHINE, block, glint, line, moved, oval, path

_LEAF = "#4c9a5a"
_STEM = "#6a4a32"


def _leaf(turn: float = 0, x: float = 0, y: float = 0, scale: float = 1, fill: str = _LEAF) -> str:
    blade = path("M0 0C3-6 9-7 12-6C11 0 6 4 0 0Z", fill) + line("M1-.5L8-4", "#ffffff", 0.8, ".55")
    return moved(blade, x, y, scale, turn)


def _round_fruit(fill: str, dark: str) -> str:
    return (
        oval(0, 1.5, 9.5, 9, fill=fill)
        + path("M3-7A9.5 9 0 0 1 3 10A13 13 0 0 0 3-7Z", dark, ".45")
        + glint("M-6-1.5A6.5 6.5 0 0 1-2.5-4.8", 2.2, ".65")
    )


def _apple() -> str:
    return (
        path(
            "M0-5C-4-8.5-11-6.5-11 1.5C-11 8-6 12-3 11.5C-1.5 11.2-1 10.8 0 10.8C1 10.8 1.5 11.2 3 11.5C6 12 11 8 11 1.5C11-6.5 4-8.5 0-5Z",
            "#d9534a",
        )
        + glint("M-7.5 2A6 6 0 0 1-5-3", 2, ".6")
        + line("M0-5C0-8 1-9.5 2.5-11", _STEM, 1.8)
        + _leaf(0, 1.5, -7, 0.7)
    )


def _orange() -> str:
    return _round_fruit("#f39a35", "#d2731b") + _leaf(-8, 0, -7, 0.8)


def _peach() -> str:
    return (
        _round_fruit("#f7a97f", "#e2705f")
        + line("M-1-7C-4-2-4 4-1 10", "#d96f5b", 1.3, ".7")
        + _leaf(0, 0, -7, 0.8)
    )


def _lemon() -> str:
    return (
        path(
            "M-12 3C-11-5-4-10 3-8C6-7.5 8-8.5 10.5-9C10.5-6 10-4 10.5-1C10 6 3 10.5-4 9C-7 8.5-9 7-10 5.5Z",
            "#f6cf45",
        )
        + glint("M-7 1C-6-3-3-5 0-5.4", 2.2, ".7")
        + _leaf(20, 6, -8, 0.6)
    )


def _cherry() -> str:
    return (
        line("M-4 3C-3-4 1-8 6-10M6 4C6-2 6-6 6-10", "#557a3c", 1.6)
        + oval(-4.5, 5.5, 5.5, fill="#c9364a")
        + oval(6, 6.5, 5, fill="#b52b40")
        + glint("M-7.5 4.5A3 3 0 0 1-5.5 2.4M3.8 5.4A2.8 2.8 0 0 1 5.2 4", 1.4, ".7")
        + _leaf(10, 3, -9, 0.6)
    )


def _strawberry() -> str:
    seeds = "".join(
        oval(x, y, 0.8, 1.1, fill="#ffe3a3")
        for x, y in ((-4, -1), (0, 1), (4, -1), (-2, 5), (2.5, 5), (0, 9))
    )
    return (
        path("M-9-4C-9-9 9-9 9-4C9 3 4 11 0 12C-4 11-9 3-9-4Z", "#dc4450")
        + seeds
        + path("M-8-6C-5-9-3-8 0-11C3-8 5-9 8-6C5-4 3-5.5 0-3C-3-5.5-5-4-8-6Z", _LEAF)
    )


def _grape() -> str:
    spots = ((-6, -3), (0, -4), (6, -3), (-3, 1.5), (3, 1.5), (0, 6.5))
    berries = "".join(
        oval(x, y, 3.7, fill="#7d5bb0") + oval(x - 1.1, y - 1.2, 1, fill=SHINE, opacity=".6")
        for x, y in spots
    )
    return line("M0-6L1-11", _STEM, 1.6) + berries + _leaf(0, 1, -8, 0.7)


def _pomegranate() -> str:
    seeds = "".join(
        oval(x, y, 1.5, 2, fill="#f3a5a9") for x, y in ((-2.6, 1), (1, -0.6), (2.8, 3), (-0.6, 4.6))
    )
    return (
        path(
            "M-3-7L-4-11L-1-9L0-12L1-9L4-11L3-7C8-6 11-2 11 3C11 8 6 12 0 12C-6 12-11 8-11 3C-11-2-8-6-3-7Z",
            "#c2384d",
        )
        + oval(0, 2.4, 5.4, 5.2, fill="#8f1f35")
        + seeds
        + glint("M-8 3A7 7 0 0 1-6-2.5", 1.8, ".5")
    )


def _mango() -> str:
    return (
        path("M-10 4C-11-3-5-9 3-9C9-9 12-5 11 1C10 8 3 11-3 10.5C-7 10-9.6 8-10 4Z", "#f5a93a")
        + path("M3-9C9-9 12-5 11 1C10.5 4 9 6.5 7 8C8 1 7-5 3-9Z", "#e0694a", ".6")
        + glint("M-6 3C-6-1-4-4-1-5.5", 2, ".6")
        + _leaf(15, 3, -8, 0.7)
    )


def _banana() -> str:
    return (
        path("M-10-6C-9 4-2 10 8 9.5C10 9.4 11 8 10 7C3 6 -3 1-6-7.5C-7-9.5-10-8.5-10-6Z", "#f4cd4a")
        + line("M-8-5C-6 2 0 7 7 8", "#d3a51f", 1.2, ".7")
        + path("M-10.5-9L-6.5-10L-6-7L-10-6Z", "#8d6b2a")
    )


def _coconut() -> str:
    return (
        path("M-11-1A11 11 0 0 0 11-1Z", "#7b5238")
        + oval(0, -1, 11, 4.6, fill="#5d3b27")
        + oval(0, -1, 9.2, 3.5, fill="#fdf8ee")
        + oval(0, -0.4, 6.5, 2, fill="#e6dcc7")
    )


def _mint() -> str:
    return (
        _leaf(0, -1, 3, 1.05, "#3f9c6a")
        + moved(_leaf(0, 0, 0, 1.05, "#5bb583"), 1, 4, 1, 245)
        + line("M0 3V11", "#3a7d53", 1.6)
    )


def _leaf_motif() -> str:
    return moved(
        path("M0 11C-9 5-9-5 0-12C9-5 9 5 0 11Z", "#58a55c")
        + line("M0 12V-6M0 5L4 1M0 5L-4 1M0-0L3-3M0 0L-3-3", "#ffffff", 1.2, ".6"),
        0,
        0,
        1,
        25,
    )


def _rose() -> str:
    return (
        "".join(
            moved(oval(0, -6, 5.4, 5.6, fill="#e58aa6"), 0, 0, 1, turn) for turn in (0, 72, 144, 216, 288)
        )
        + oval(0, 0, 6, fill="#d76488")
        + line("M-2.6 1A3 3 0 1 1 2 2A4.6 4.6 0 0 1-4 3", "#fbd5e0", 1.4)
    )


def _saffron() -> str:
    petals = "".join(
        moved(path("M0 2C-5-2-4-9 0-12C4-9 5-2 0 2Z", fill), 0, 3, 1, turn)
        for turn, fill in ((-58, "#9a79c9"), (58, "#9a79c9"), (-24, "#8461b8"), (24, "#8461b8"))
    )
    return petals + line("M0 4V10M0 4C-1 0-3-2-4-4M0 4C0 0 0-3 0-5M0 4C1 0 3-2 4-4", "#e4572e", 1.5)


def _cola() -> str:
    return (
        path("M-12-1C-7-8-2-6 2-3C6-.6 9-1 12-4C11 4 5 6 0 3C-4 .6-8 0-12 4Z", "#a9323c")
        + path("M-11 6C-6 1-2 3 2 5.4C5 7 8 7 10 5.4C7 11.5-4 13-11 6Z", "#e88e84")
        + oval(-5, -9, 1.9, fill="#a9323c")
        + oval(1, -10, 1.2, fill="#a9323c", opacity=".7")
        + oval(5, -7, 1.5, fill="#e88e84")
    )


def _bolt() -> str:
    return path("M3-12L-7 2H-1L-3 12L7-3H1Z", "#f8d44c")


def _star() -> str:
    return path("M0-11L3.2-4 10.8-3.2 5.2 2 6.7 9.4 0 5.7-6.7 9.4-5.2 2-10.8-3.2-3.2-4Z", "#f6c443")


def _sun() -> str:
    rays = "".join(
        moved(block(-1.1, -12, 2.2, 4, r=1.1, fill="#f4b73d"), 0, 0, 1, turn) for turn in range(0, 360, 45)
    )
    return rays + oval(0, 0, 6.4, fill="#f7c948")


def _drop() -> str:
    return path("M0-12C5-5 8-1 8 4A8 8 0 0 1-8 4C-8-1-5-5 0-12Z", "#5fb0e0") + glint(
        "M-4.4 4A4.4 4.4 0 0 0-1 8", 1.8, ".75"
    )


def _peak() -> str:
    return path("M-12 9L-4-6L0 1L4-5L12 9Z", "#5a8fbd") + path(
        "M-4-6L-7-.4L-4.6-1.6L-3 .6L-1.6-1.4L-.9-.4ZM4-5L1.7.2 3.6-.8 5 1 7 .2Z", "#ffffff"
    )


def _flame() -> str:
    return path(
        "M1-12C3-6 9-4 9 3A9 9 0 0 1-9 3C-9-1-6-3-5-7C-3-6-2-5-1.6-3C0-5 1-8 1-12Z", "#e8542f"
    ) + path("M0 0C2 2 4 4 4 7A4 4 0 0 1-4 7C-4 4-1 3 0 0Z", "#f9c74f")


def _chili() -> str:
    return (
        path("M-6-6C-8 3-2 9 10 9.5C4 6 2 1 1-6C0-9-5.5-9-6-6Z", "#d5402f")
        + line("M-2.6-8C-2.6-10-1.6-11.4 0-12", "#4c8a46", 2)
        + path("M-6.4-5.6C-5-9.4 0-9.4 1.4-5.6C-1-4.6-4-4.6-6.4-5.6Z", "#5aa052")
        + glint("M-3.6-3C-3.6 1-2 4 1 6", 1.3, ".6")
    )


def _potato() -> str:
    return (
        path("M-12-2C-11-8-3-11 4-9C10-7.5 13-3 12 1C10-2 5-3 0-1C-5 1-9 2-12-2Z", "#f6d061")
        + path("M-12-2C-9 2-5 1 0-1C5-3 10-2 12 1C11 8 4 11-3 9.5C-9 8-12.5 3-12-2Z", "#efbb3f")
        + "".join(
            oval(x, y, 1, 0.8, fill="#c98f22")
            for x, y in ((-5, -5), (2, -6), (6, -4), (-4, 5), (3, 3), (6, 5), (-1, 7.5))
        )
        + glint("M-8.6-4.4C-6-7-2-8 1-7.8", 1.6, ".7")
    )


def _corn() -> str:
    return (
        path("M0-12C5-9 6-2 4 6H-4C-6-2-5-9 0-12Z", "#f6c945")
        + line("M-2-8V5M2-8V5M-4.2-4H4.2M-4.6 0H4.6", "#dc9f22", 1, ".8")
        + path("M-4 12C-10 8-9 1-6-2C-6 4-3 7 0 12C3 7 6 4 6-2C9 1 10 8 4 12Z", "#6cae57")
    )


def _cheese() -> str:
    return (
        path("M-11 0L8-7C10-6 11-3 11 0V8H-11Z", "#f4c54a")
        + path("M-11 0H11V8H-11Z", "#e9b034")
        + oval(-5, 4, 1.8, fill="#c98b1d")
        + oval(2, 5.2, 1.4, fill="#c98b1d")
        + oval(6.6, 3, 1.8, fill="#c98b1d")
        + oval(3, -2.6, 1.6, 1, fill="#c98b1d", opacity=".8")
    )


def _tomato() -> str:
    return _round_fruit("#dd4b3e", "#b02f2c") + path(
        "M-6-6C-3-7-1-6 0-9C1-6 3-7 6-6C3-4 2-5 0-3C-2-5-3-4-6-6Z", _LEAF
    )


def _olive() -> str:
    return (
        oval(0, 1, 7, 9, fill="#7f9440")
        + oval(0, -4.4, 2.4, 2, fill="#c8452e")
        + glint("M-4 3A6 6 0 0 1-3.4-2", 1.6, ".55")
        + _leaf(-15, 2, -6, 0.7)
    )


def _cucumber() -> str:
    seeds = "".join(
        moved(oval(0, -4.6, 0.9, 1.7, fill="#a9c97a"), 0, 0, 1, turn) for turn in range(0, 360, 60)
    )
    return oval(0, 0, 11, fill="#5d9c4d") + oval(0, 0, 9.2, fill="#e5f0c4") + seeds


def _chickpea() -> str:
    one = oval(0, 0, 5.2, 4.8, fill="#e3bd76") + line("M-2.4-1.6C-.6-3 1.4-2.6 2.4-1", "#b98d45", 1.1, ".8")
    return moved(one, -4.6, -2.4) + moved(one, 5, -1.4) + moved(one, 0, 5.4)


def _fish() -> str:
    return (
        path("M-11 0C-6-7 3-7 7-1L12-6V6L7 1C3 7-6 7-11 0Z", "#5b9cc4")
        + oval(-6.2, -1.2, 1.2, fill="#ffffff")
        + line("M-1-3.6C.6-1.4.6 1.4-1 3.6", "#ffffff", 1.2, ".7")
    )


def _chicken() -> str:
    bone = (
        block(2, -2.2, 9, 4.4, r=2.2, fill="#e6cda0")
        + oval(11.4, -2.3, 2.8, fill="#e6cda0")
        + oval(11.4, 2.3, 2.8, fill="#e6cda0")
    )
    return (
        moved(bone, 0, 2.5, 0.95, 45)
        + path("M5 5C0 9-10 5-10.5-3C-10.8-11-1-13 4.6-8C9-4.5 9 1.5 5 5Z", "#cf7f34")
        + path("M5 5C0 9-10 5-10.5-3C-7 4 1 4.6 6.6-5.6C9-3 8 2.5 5 5Z", "#a85c1e", ".5")
        + glint("M-6.8-4C-6-7-3.4-8.6-.6-8.6", 2, ".6")
    )


def _egg() -> str:
    return (
        path("M-12 3C-13-4-7-6-4-9C0-13 8-11 10-5C11-2 13 1 12 5C10 12 2 9-2 11C-7 13-11 9-12 3Z", "#e7dcc3")
        + path(
            "M-10.5 3C-11.5-3-6-5-3.4-7.6C0-11 7-9.4 8.6-4.4C9.6-1.6 11.4 1 10.6 4.4C9 10 2 7.4-2 9.4C-6 11-9.6 8-10.5 3Z",
            "#ffffff",
        )
        + oval(0, 0, 5.2, fill="#f5b83d")
        + glint("M-2.6-.4A3 3 0 0 1-.4-2.7", 1.3, ".8")
    )


def _milk() -> str:
    return (
        path(
            "M-3-12H3V-8C3-6 6.5-4 6.5-.5V9C6.5 11 5.5 12 3.5 12H-3.5C-5.5 12-6.5 11-6.5 9V-.5C-6.5-4-3-6-3-8Z",
            "#cfe6f3",
        )
        + path("M-6.5 1C-3-1 1 3 6.5 1V9C6.5 11 5.5 12 3.5 12H-3.5C-5.5 12-6.5 11-6.5 9Z", "#ffffff")
        + line(
            "M-3-12H3V-8C3-6 6.5-4 6.5-.5V9C6.5 11 5.5 12 3.5 12H-3.5C-5.5 12-6.5 11-6.5 9V-.5C-6.5-4-3-6-3-8Z",
            "#5f9cc6",
            1.3,
        )
        + path("M-4-13.5H4V-10H-4Z", "#5f9cc6")
    )


def _honey() -> str:
    cell = "M0-5.4L4.7-2.7V2.7L0 5.4-4.7 2.7V-2.7Z"
    return (
        moved(path(cell, "#f1b02f"), -5, -4)
        + moved(path(cell, "#e59a1c"), 5, -4)
        + moved(path(cell, "#f6c44f"), 0, 5)
    )


def _wheat() -> str:
    grains = "".join(
        _leaf(turn, x, y, 0.52, "#d9a441") for x, y in ((0, 6), (0, 1.5), (0, -3)) for turn in (0, 255)
    )
    return (
        line("M0 12V-5", "#b98227", 1.6)
        + grains
        + moved(path("M0 0C-2.4-3-2-6 0-8C2-6 2.4-3 0 0Z", "#d9a441"), 0, -4)
    )


def _coffee() -> str:
    return moved(
        oval(0, 0, 7.6, 10.6, fill="#7a4b2e")
        + line("M0-9.6C-4-4 4 3 0 9.6", "#4b2a17", 2)
        + glint("M-4.8 2A7 8 0 0 1-3.6-5", 1.5, ".4"),
        0,
        0,
        1,
        28,
    )


def _chocolate() -> str:
    squares = "".join(
        block(x, y, 9, 9, r=1.6, fill="#7b4a2d") + block(x + 1.8, y + 1.8, 5.4, 5.4, r=1, fill="#935e3d")
        for x, y in ((-10, -10), (1, -10), (-10, 1), (1, 1))
    )
    return moved(squares, 0, 0, 1, 10)


def _nut() -> str:
    one = path("M0-9C5-6 6 3 0 9C-6 3-5-6 0-9Z", "#c08a54") + line(
        "M0-6V6M-2.2-3.6V3.6M2.2-3.6V3.6", "#8f5f34", 0.9, ".7"
    )
    return moved(one, -4.4, 0, 1, -24) + moved(one, 5, 1, 0.95, 22)


def _pistachio() -> str:
    one = (
        path("M-10 4C-11-5-4-11 5-9C1-5-2 1-3 9C-7 10-9.6 8-10 4Z", "#e6cc98")
        + path("M5-9C11-8 12 2 7 7C4 10 0 10.5-3 9C-2 1 1-5 5-9Z", "#cfa968")
        + path("M6-8C9-3 7 5-2 9C-1.5 2 2-4.5 6-8Z", "#7fb03c")
        + line("M5-5C5 0 3 4 0 7", "#5d8a28", 1, ".8")
        + line("M-7.4 3C-7-2-4.6-5-1-6.6", "#ffffff", 1.6, ".6")
    )
    return moved(one, 0, 0, 1.08)


def _peanut() -> str:
    return moved(
        path(
            "M0-12C5-12 6.4-8 5-4.4C4-2 4-1 5.4 2C8 8 4 12 0 12C-4 12-8 8-5.4 2C-4-1-4-2-5-4.4C-6.4-8-5-12 0-12Z",
            "#d9a860",
        )
        + line("M-2-9V-5M2-9V-5M-3 3V8M0 2V9M3 3V8", "#a87936", 1.1, ".7"),
        0,
        0,
        1,
        28,
    )


def _seed() -> str:
    one = (
        path("M0-7C4-2 4 4 0 7C-4 4-4-2 0-7Z", "#3f464b")
        + line("M0-4V4", "#ffffff", 1.1, ".8")
        + line("M-1.9-1V3M1.9-1V3", "#ffffff", 0.7, ".6")
    )
    return moved(one, -5.4, 1, 1, -22) + moved(one, 5.2, 1, 1, 22) + moved(one, 0, -2.6, 1, 0)


def _date() -> str:
    one = (
        oval(0, 0, 4.6, 8, fill="#7a3f22")
        + glint("M-2 2.6A4 6 0 0 1-1.4-4", 1.3, ".45")
        + oval(0, -7.2, 1.6, 1, fill="#c79a5a")
    )
    return moved(one, -4.6, 1, 1, -18) + moved(one, 5, 1.4, 1, 16)


def _raisin() -> str:
    one = oval(0, 0, 4.4, 3.6, fill="#7c4b63") + line("M-2-1C-.6.4.8.4 2-.6", "#c79ab0", 0.9, ".8")
    return (
        moved(one, -5, -3, 1, 20)
        + moved(one, 4.6, -4, 1, -25)
        + moved(one, -3, 4.6, 1, -10)
        + moved(one, 5.4, 4, 1, 30)
    )


def _vanilla() -> str:
    return (
        line("M3 4C8 6 10 9 9 12", "#5a3d26", 2)
        + "".join(
            moved(path("M0 0C-5-3-4-10 0-12C4-10 5-3 0 0Z", "#f6dd8f"), 0, 0, 1, turn)
            for turn in range(0, 360, 72)
        )
        + "".join(moved(line("M0-3V-9", "#e3b94a", 1), 0, 0, 1, turn) for turn in range(0, 360, 72))
        + oval(0, 0, 3, fill="#eba93a")
    )


def _snow() -> str:
    return "".join(
        moved(line("M0 0V-10.5M0-7L-2.6-9.4M0-7L2.6-9.4", "#6fb3dd", 1.7), 0, 0, 1, turn)
        for turn in range(0, 360, 60)
    )


def _heart() -> str:
    return path("M0 10C-14 0-11-9-5-9C-2 -9 0-7 0-5C0-7 2-9 5-9C11-9 14 0 0 10Z", "#e0566a") + glint(
        "M-6.8-2.6A3.6 3.6 0 0 1-4.4-5.6", 1.6, ".6"
    )


def _carrot() -> str:
    return (
        path("M-3-9C-2-13 0-12 0-9C1-13 4-13 3-8Z", "#5aa052")
        + path("M-5-7C-3-9 3-9 5-7C5 0 2 8 0 12C-2 8-5 0-5-7Z", "#ee8a34")
        + line("M-4-3H-.6M4 0H1M-2.6 4H0", "#c9651d", 1.2, ".8")
    )


def _biscuit() -> str:
    dots = "".join(oval(x, y, 1, fill="#a9722f") for x, y in ((-4, -4), (4, -4), (0, 0), (-4, 4), (4, 4)))
    notches = "".join(moved(oval(0, -10, 2.4, fill="#e2b068"), 0, 0, 1, turn) for turn in range(0, 360, 30))
    return notches + oval(0, 0, 10, fill="#e2b068") + oval(0, 0, 7.6, fill="#edc484") + dots


def _noodle() -> str:
    return (
        line(
            "M-9-2C-5-8-3 4 1-2C4-7 6 2 9-3M-9 3C-5-3-3 9 1 3C4-2 6 7 9 2M-7 8C-4 4-1 11 3 7C5 5 7 8 8 7",
            "#f2d27c",
            2.4,
        )
        + line("M-10-10L9 4", "#8a5a3c", 1.6)
        + line("M-6-12L11 1", "#8a5a3c", 1.6)
    )


def _ginger() -> str:
    return path(
        "M-9 5C-12 0-8-4-4-3C-5-8 0-11 3-8C5-6 4-4 3-2C7-4 12-1 10 4C8 8 4 6 2 5C1 10-6 11-9 5Z", "#dcb27a"
    ) + line("M-6 1C-4 2-3 4-3 6M0-5C1-4 2-4 3-5M4 1C5 2 7 2 8 1", "#ad7f43", 1.2, ".8")


MOTIFS: dict[str, Callable[[], str]] = {
    "apple": _apple,
    "banana": _banana,
    "biscuit": _biscuit,
    "bolt": _bolt,
    "carrot": _carrot,
    "cheese": _cheese,
    "cherry": _cherry,
    "chicken": _chicken,
    "chickpea": _chickpea,
    "chili": _chili,
    "chocolate": _chocolate,
    "coconut": _coconut,
    "coffee": _coffee,
    "cola": _cola,
    "corn": _corn,
    "cucumber": _cucumber,
    "date": _date,
    "drop": _drop,
    "egg": _egg,
    "fish": _fish,
    "flame": _flame,
    "ginger": _ginger,
    "grape": _grape,
    "heart": _heart,
    "honey": _honey,
    "leaf": _leaf_motif,
    "lemon": _lemon,
    "mango": _mango,
    "milk": _milk,
    "mint": _mint,
    "noodle": _noodle,
    "nut": _nut,
    "olive": _olive,
    "orange": _orange,
    "peach": _peach,
    "peak": _peak,
    "peanut": _peanut,
    "pistachio": _pistachio,
    "pomegranate": _pomegranate,
    "potato": _potato,
    "raisin": _raisin,
    "rose": _rose,
    "saffron": _saffron,
    "seed": _seed,
    "snow": _snow,
    "star": _star,
    "strawberry": _strawberry,
    "sun": _sun,
    "tomato": _tomato,
    "vanilla": _vanilla,
    "wheat": _wheat,
}
"""Motif name to what draws it."""
