"""Packs: cans, bottles, bags and boxes in a palette, each with a place for a motif."""

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
    turned,
)

_METAL, _METAL_DARK, _METAL_LIGHT = "#c9d2d6", "#98a5ab", "#eef2f3"
_PAPER, _PAPER_DARK = "#fbfaf6", "#dcd8cd"
_CLEAR, _CLEAR_EDGE = "#dcebf1", "#a9c6d3"


def can(p: Palette, motif: str) -> str:
    """A drinks can of 0.33 l."""
    return (
        ground(27)
        + path("M39 20H81L86 31V99L80 108H40L34 99V31Z", _METAL)
        + path("M34 31C34 28 86 28 86 31V98C86 101 34 101 34 98Z", p.body)
        + path("M34 72C50 60 66 82 86 66V98C86 101 34 101 34 98Z", p.dark)
        + oval(60, 20, 21, 4, fill=_METAL_LIGHT)
        + oval(60, 20, 17.5, 2.8, fill=_METAL_DARK)
        + oval(63, 19.6, 6, 1.3, fill=_METAL_LIGHT)
        + oval(60, 58, 19.5, fill=p.label)
        + moved(motif, 60, 58, 1.28)
        + shade("M72 16.8C78 17.6 81 19 81 20L86 31V99L80 108H70C74 104 75 98 75 92V31Z", ".15")
        + glint("M41 35V93", 4, ".45")
    )


def slimcan(p: Palette, motif: str) -> str:
    """A tall slim can, as energy drinks come in."""
    return (
        ground(20)
        + path("M45 12H75L79 22V101L74 108H46L41 101V22Z", _METAL)
        + path("M41 22C41 20 79 20 79 22V100C79 102.6 41 102.6 41 100Z", p.body)
        + path("M41 78L79 52V66L41 92Z", p.light, ".85")
        + path("M41 97L79 71V77L41 103Z", p.dark)
        + oval(60, 12, 15, 3, fill=_METAL_LIGHT)
        + oval(60, 12, 12.4, 2, fill=_METAL_DARK)
        + oval(60, 46, 15.5, fill=p.dark)
        + moved(motif, 60, 46, 1.05)
        + shade("M69 9.5C73 10 75 11 75 12L79 22V101L74 108H67C70 104 70.5 98 70.5 92V22Z", ".15")
        + glint("M47 27V94", 3.4, ".45")
    )


def bottle(p: Palette, motif: str) -> str:
    """A half-litre plastic bottle of a coloured drink."""
    body = "M52 14H68V24C68 32 82 36 82 48V58C82 61 80 62 80 65C80 68 82 69 82 72V101C82 106 79 108 75 108H45C41 108 38 106 38 101V72C38 69 40 68 40 65C40 62 38 61 38 58V48C38 36 52 32 52 24Z"
    return (
        ground(25)
        + path(body, p.body)
        + path("M52 14H68V24C68 27 66.5 29 64.4 31H55.6C53.5 29 52 27 52 24Z", p.light)
        + block(50, 6, 20, 10, r=2.5, fill=p.dark)
        + line("M54 8.5V14M58 8.5V14M62 8.5V14M66 8.5V14", SHADE, 1, ".25")
        + path(
            "M38.4 50H81.6V58C81.6 61 80 62 80 65C80 68 82 69 82 72V86H38V72C38 69 40 68 40 65C40 62 38.4 61 38.4 58Z",
            p.label,
        )
        + path("M38 81H82V86H38Z", p.dark)
        + moved(motif, 60, 65.5, 1.08)
        + shade(
            "M70 29C75 33 82 38 82 48V58C82 61 80 62 80 65C80 68 82 69 82 72V101C82 106 79 108 75 108H68C72 104 72 98 72 92V46C72 38 68 36 66 30Z",
            ".13",
        )
        + glint("M44 48C44.6 41 49 38 52.5 34M44 90V100", 3.2, ".55")
    )


def water(p: Palette, motif: str) -> str:
    """A clear water bottle with a coloured cap and label."""
    body = "M52 15H68V22C68 30 81 33 81 45V101C81 106 78 108 74 108H46C42 108 39 106 39 101V45C39 33 52 30 52 22Z"
    return (
        ground(24)
        + path(body, _CLEAR)
        + path(
            "M39 46C46 49 52 43 60 46C68 49 74 43 81 46V101C81 106 78 108 74 108H46C42 108 39 106 39 101Z",
            "#bfe0ee",
        )
        + line("M40 93C52 97 68 97 80 93M40 100C52 104 68 104 80 100", "#8fbfd3", 1.6, ".7")
        + block(50.5, 6, 19, 10, r=2.5, fill=p.body)
        + line("M55 8.5V14M60 8.5V14M65 8.5V14", SHADE, 1, ".22")
        + path("M39 54C50 57 70 57 81 54V84C70 87 50 87 39 84Z", p.body)
        + path("M39 78C50 81 70 81 81 78V84C70 87 50 87 39 84Z", p.dark)
        + oval(60, 68, 12.8, fill=p.label)
        + moved(motif, 60, 68, 0.88)
        + shade(
            "M69 27C74 31 81 35 81 45V101C81 106 78 108 74 108H67C71 104 71.5 98 71.5 92V44C71.5 36 68 33 66 28Z",
            ".1",
        )
        + glint("M45 52V45C45 39 50 36 53 32M45 89V100", 3.2, ".8")
    )


def glass(p: Palette, motif: str) -> str:
    """A glass bottle with a crown of metal; the palette is the drink."""
    body = "M53 14H67V34C67 40 78 44 78 56V101C78 105.5 75 108 71 108H49C45 108 42 105.5 42 101V56C42 44 53 40 53 34Z"
    return (
        ground(22)
        + path(body, _CLEAR)
        + path(
            "M53 30H67V34C67 40 78 44 78 56V101C78 105.5 75 108 71 108H49C45 108 42 105.5 42 101V56C42 44 53 40 53 34Z",
            p.body,
        )
        + path("M42 100C50 103 70 103 78 100V101C78 105.5 75 108 71 108H49C45 108 42 105.5 42 101Z", p.dark)
        + block(51, 8, 18, 8, r=2, fill=_METAL)
        + block(51, 13, 18, 3, r=1.4, fill=_METAL_DARK)
        + path("M42 61C52 63.5 68 63.5 78 61V91C68 93.5 52 93.5 42 91Z", p.label)
        + line("M42.5 64.5C52 67 68 67 77.5 64.5M42.5 88C52 90.5 68 90.5 77.5 88", p.body, 1.3, ".8")
        + moved(motif, 60, 77, 0.95)
        + shade(
            "M67 20V34C67 40 78 44 78 56V101C78 105.5 75 108 71 108H65C69 104 69.5 99 69.5 94V54C69.5 45 64 42 63 36V16H67Z",
            ".13",
        )
        + glint("M47.5 57C48 49 54 46 56.5 41V20", 2.8, ".65")
    )


def carton(p: Palette, motif: str) -> str:
    """A gable-top carton, as milk comes in."""
    return (
        ground(27)
        + path("M36 42L60 42V108H40C37.5 108 36 106.5 36 104Z", p.label)
        + path("M36 42H72V108H39C37 108 36 107 36 105Z", p.label)
        + path("M72 42L86 38V102C86 105 84 106 82 106.5L72 108Z", _PAPER_DARK)
        + path("M36 78C46 70 60 86 72 76V108H39C37 108 36 107 36 105Z", p.body)
        + path("M72 76L86 70V102C86 105 84 106 82 106.5L72 108Z", p.dark)
        + path("M36 42L44 22H76L72 42Z", p.body)
        + path("M72 42L76 22L86 38Z", p.dark)
        + block(43, 12, 34, 11, r=2, fill=p.light)
        + line("M45 17.5H75", p.dark, 1.2, ".5")
        + moved(motif, 54, 60, 1.15)
        + glint("M40.5 46V74M47 27L43.5 37", 2.6, ".7")
    )


def juicebox(p: Palette, motif: str) -> str:
    """A small drink carton with a straw."""
    return (
        ground(25)
        + line("M66 32V12L78 7", "#f7f7f4", 4.6)
        + line("M66 30V12L78 7", p.dark, 1.5, ".6")
        + path("M38 30H74V108H41C39 108 38 107 38 105Z", p.body)
        + path("M74 30L84 26V103C84 105 83 106 81.5 106.4L74 108Z", p.dark)
        + path("M38 30L47 25.5H84L74 30Z", p.light)
        + oval(66, 28, 3, 1.1, fill=SHADE, opacity=".4")
        + path("M38 88C50 79 62 97 74 87V108H41C39 108 38 107 38 105Z", p.dark)
        + block(42, 41, 28, 38, r=9, fill=p.label)
        + moved(motif, 56, 60, 1.12)
        + glint("M41.2 36V98", 2.4, ".5")
    )


def cup(p: Palette, motif: str) -> str:
    """A paper cup with a lid and a coloured sleeve, for hot drinks."""
    return (
        ground(22)
        + path("M36 30H84L77.5 104C77.2 107 75.5 108 73 108H47C44.5 108 42.8 107 42.5 104Z", _PAPER)
        + path("M37.6 48H82.4L78.7 90H41.3Z", p.body)
        + path("M41 86.5H79L78.7 90H41.3Z", p.dark)
        + oval(60, 69, 14.5, fill=p.label)
        + moved(motif, 60, 69, 0.98)
        + path("M38 22C38 19 40 18 43 18H77C80 18 82 19 82 22V27H38Z", p.dark)
        + block(33, 25, 54, 7.5, r=3, fill=p.dark)
        + block(64, 15, 9, 4, r=2, fill=p.dark)
        + shade(
            "M72 18H77C80 18 82 19 82 22V25H84C86 25 87 26.5 87 28.5C87 31 86 32.5 84 32.5L77.5 104C77.2 107 75.5 108 73 108H65C68 106 68.6 103 69 100Z",
            ".11",
        )
        + glint("M43 38L47.4 98", 3, ".6")
        + glint("M37.5 28.7H62", 1.8, ".35")
    )


def tallcup(p: Palette, motif: str) -> str:
    """A clear cup with a domed lid and a straw, for cold drinks."""
    return (
        ground(21)
        + line("M62 40L70 6", p.dark, 3.6)
        + path("M38 40H82L76.5 104C76.2 107 74.5 108 72 108H48C45.5 108 43.8 107 43.5 104Z", _CLEAR)
        + path("M39 50H81L76.5 104C76.2 107 74.5 108 72 108H48C45.5 108 43.8 107 43.5 104Z", p.body)
        + path("M39 50H81L80.4 57C70 61 62 52 52 57C47 59.5 43 59 39.7 57.5Z", p.light)
        + moved(block(-6, -6, 12, 12, r=2.5, fill="#ffffff", opacity=".4"), 50, 66, 1, 18)
        + moved(block(-5.5, -5.5, 11, 11, r=2.5, fill="#ffffff", opacity=".32"), 70, 62, 1, -14)
        + oval(60, 83, 12.5, fill=p.label, opacity=".95")
        + moved(motif, 60, 83, 0.85)
        + path("M40 37C42 24 52 20 60 20C68 20 78 24 80 37Z", "#edf5f8", ".85")
        + block(35, 35.5, 50, 6, r=3, fill="#f7fafb")
        + shade(
            "M71 22C76 25 79 30 80 35.5H82C84 35.5 85 37 85 38.5C85 40.5 84 41.5 82 41.5L76.5 104C76.2 107 74.5 108 72 108H66C68.5 106 69 103 69.2 100L73 41Z",
            ".1",
        )
        + glint("M44.5 58L48 99", 2.8, ".5")
    )


def mug(p: Palette, motif: str) -> str:
    """A small cup on a saucer, for coffee that is drunk standing."""
    del motif
    return (
        ground(38, cy=106)
        + oval(60, 98, 42, 8.5, fill="#e9e6df")
        + oval(60, 96.5, 42, 8.5, fill=_PAPER)
        + oval(60, 96.5, 26, 4.8, fill=SHADE, opacity=".1")
        + line("M82 60C98 56 100 80 79 80", _PAPER_DARK, 7)
        + line("M82 59C97 56 98 78 80 79", _PAPER, 5)
        + path("M30 50H86C86 74 80 96 66 97H50C36 96 30 74 30 50Z", _PAPER)
        + path("M31 62C48 66 68 66 85 62C84.6 66 84 70 83 74C66 78 50 78 33 74C32 70 31.4 66 31 62Z", p.body)
        + oval(58, 50, 28, 7.5, fill="#efece5")
        + oval(58, 50.5, 24.5, 5.8, fill="#5f3a23")
        + oval(57, 50.5, 18, 3.8, fill="#b57d4c")
        + oval(55, 50.2, 10, 1.9, fill="#dcb184")
        + shade("M68 57.2C76 56.2 84 54 86 50C86 74 80 96 66 97H58C68 94 70 74 68 57.2Z", ".1")
        + glint("M38 66C39.5 76 42 84 46 89", 3.2, ".8")
        + line("M48 40C45 35 51 31 48 25M61 39C58 33 64 29 61 22", "#b9c3c7", 2.6, ".6")
    )


def teaglass(p: Palette, motif: str) -> str:
    """Tea in a waisted glass on a saucer with a sugar lump; the palette is the tea."""
    del motif
    return (
        ground(36, cy=106)
        + oval(60, 99, 40, 8, fill="#dfe5e6")
        + oval(60, 97.5, 40, 8, fill="#fbfbf8")
        + oval(60, 97.5, 33, 5.8, fill="none")
        + line("M27 97.5A33 5.8 0 0 0 93 97.5", p.light, 1.6, ".8")
        + oval(60, 97, 20, 4, fill=SHADE, opacity=".1")
        + path(
            "M40 30H80C81 46 72 54 72 63C72 73 79 80 77 90C76 95.5 72 97 68 97H52C48 97 44 95.5 43 90C41 80 48 73 48 63C48 54 39 46 40 30Z",
            _CLEAR,
        )
        + path(
            "M40.6 40H79.4C78 50 72 55 72 63C72 73 78.5 80 76.5 89C75.5 93.5 72 94.5 68 94.5H52C48 94.5 44.5 93.5 43.5 89C41.5 80 48 73 48 63C48 55 42 50 40.6 40Z",
            p.body,
        )
        + path(
            "M43.2 84C50 88 70 88 76.8 84C77 86 77 87.5 76.5 89C75.5 93.5 72 94.5 68 94.5H52C48 94.5 44.5 93.5 43.5 89C43 87.5 43 86 43.2 84Z",
            p.dark,
            ".7",
        )
        + oval(60, 40, 19.4, 4, fill=p.light)
        + oval(60, 30, 20, 4.2, fill="#f4fafc", opacity=".7")
        + line("M40 30A20 4.2 0 0 0 80 30A20 4.2 0 0 0 40 30Z", "#d9b45c", 1.4)
        + shade(
            "M70 33.6C75 33 79.6 31.8 80 30C81 46 72 54 72 63C72 73 79 80 77 90C76 95.5 72 97 68 97H64C70 88 66 74 65 64C66 54 71 46 70 33.6Z",
            ".1",
        )
        + glint("M45 36C45.5 44 50 50 52 56M50.5 72C48.5 77 47 82 47.8 87", 2.8, ".7")
        + moved(
            block(-5, -4.5, 10, 9, r=1.6, fill="#ffffff") + block(-5, 1, 10, 3.5, r=1.5, fill="#d9dfe1"),
            88,
            90,
            1,
            8,
        )
        + line("M52 21C49 16 55 13 52 7M66 21C63 16 69 13 66 7", "#b9c3c7", 2.6, ".6")
    )


def bag(p: Palette, motif: str) -> str:
    """A pillow bag of crisps."""
    return (
        ground(31)
        + path("M30 18H90L88 27C92 48 92 80 88 99L90 108H30L32 99C28 80 28 48 32 27Z", p.body)
        + path(
            "M29.6 70C46 60 74 88 90.6 68C90.6 80 89.5 91 88 99L90 108H30L32 99C30.6 91 29.6 80 29.6 70Z",
            p.dark,
        )
        + path("M30 18H90L88 27H32ZM32 99H88L90 108H30Z", p.light)
        + line(
            "M36 18V26.5M44 18V26.5M52 18V26.5M60 18V26.5M68 18V26.5M76 18V26.5M84 18V26.5M36 99.5V108M44 99.5V108M52 99.5V108M60 99.5V108M68 99.5V108M76 99.5V108M84 99.5V108",
            p.dark,
            1,
            ".45",
        )
        + oval(60, 58, 22.5, fill=p.label)
        + moved(motif, 60, 58, 1.5)
        + shade("M80 27H88C92 48 92 80 88 99H79C85 80 86 48 80 27Z", ".14")
        + shade(
            "M32 99C36 92 36 88 33 82C31.8 88 31.6 93 32 99ZM88 27C84 33 85 38 88 43C89 38 89 32 88 27Z",
            ".12",
        )
        + shine("M36 32C34 50 34 66 35.5 78C38 62 38 46 40 32Z", ".42")
    )


def pouch(p: Palette, motif: str) -> str:
    """A stand-up pouch with a zip, for nuts and dried fruit."""
    return (
        ground(29)
        + path(
            "M33 16C33 14 34 13 36 13H84C86 13 87 14 87 16L89 100C89 106 86 108 80 108H40C34 108 31 106 31 100Z",
            p.body,
        )
        + path("M31.3 90C44 99 76 99 88.7 90L89 100C89 106 86 108 80 108H40C34 108 31 106 31 100Z", p.dark)
        + path("M33 16C33 14 34 13 36 13H84C86 13 87 14 87 16L87.2 25H32.8Z", p.light)
        + line("M33 30H87", p.dark, 1.6, ".5")
        + line("M33 34H87", p.dark, 1.6, ".3")
        + oval(60, 19, 5, 2.2, fill=p.dark, opacity=".55")
        + path(
            "M40 44C40 41 42 40 44 40H76C78 40 80 41 80 44V74C80 84 70 88 60 90C50 88 40 84 40 74Z", p.label
        )
        + moved(motif, 60, 63, 1.4)
        + shade("M77 13H84C86 13 87 14 87 16L89 100C89 106 86 108 80 108H74C80 104 80.5 98 80.2 90Z", ".13")
        + glint("M37.6 38L36.4 84", 3, ".45")
    )


def bar(p: Palette, motif: str) -> str:
    """A wrapped bar, lying aslant."""
    wrapped = (
        path("M12 44L20 46L20 74L12 76L15 72L11 68L15 64L11 60L15 56L11 52L15 48Z", p.light)
        + path("M108 44L100 46L100 74L108 76L105 72L109 68L105 64L109 60L105 56L109 52L105 48Z", p.light)
        + block(18, 43, 84, 34, r=5, fill=p.body)
        + path("M18 64C40 56 74 76 102 62V72C102 75 100 77 97 77H23C20 77 18 75 18 72Z", p.dark)
        + block(38, 43, 44, 34, r=12, fill=p.label)
        + moved(motif, 60, 60, 1.15, 24)
        + shade("M18 70H102V72C102 75 100 77 97 77H23C20 77 18 75 18 72Z", ".16")
        + glint("M24 48.5H34M86 48.5H96", 2.8, ".5")
        + line("M22.5 47V73M97.5 47V73", SHADE, 1, ".2")
    )
    return oval(61, 92, 44, 5, fill=SHADE, opacity=".13") + turned(wrapped, -24)


def tablet(p: Palette, motif: str) -> str:
    """A tablet of chocolate that looks out of its wrapper."""
    chocolate = block(31, 9, 58, 40, r=4, fill="#5d3822")
    squares = "".join(
        block(x, y, 16.4, 14, r=2, fill="#7b4a2d") + block(x + 2.4, y + 2.2, 11.6, 9.6, r=1.6, fill="#8f5b3a")
        for x in (33.5, 51.8, 70.1)
        for y in (11.5, 27.5)
    )
    return (
        ground(31)
        + chocolate
        + squares
        + path("M27 44L34 38L41 44L48 38L55 44L62 38L69 44L76 38L83 44L90 38L93 42V56H27Z", _METAL_LIGHT)
        + path("M60 50L62 38L69 44L76 38L83 44L90 38L93 42V56H60Z", _METAL, ".8")
        + path("M27 48H93V104C93 106.5 91.5 108 89 108H31C28.5 108 27 106.5 27 104Z", p.body)
        + path("M27 90C48 80 72 102 93 88V104C93 106.5 91.5 108 89 108H31C28.5 108 27 106.5 27 104Z", p.dark)
        + oval(60, 75, 19, fill=p.label)
        + moved(motif, 60, 75, 1.25)
        + shade("M83 9H85C87.5 9 89 10.5 89 13V40L93 42V104C93 106.5 91.5 108 89 108H83Z", ".12")
        + glint("M32 54V96", 3, ".4")
    )


def roll(p: Palette, motif: str) -> str:
    """A roll of round biscuits in its wrapper."""
    lying = (
        block(16, 42, 82, 36, r=8, fill=p.body)
        + path("M16 66C40 58 74 76 98 64V70C98 75 95 78 90 78H24C19 78 16 75 16 70Z", p.dark)
        + oval(96, 60, 10, 18, fill="#d9a35b")
        + oval(97.5, 60, 8, 15, fill="#ecc384")
        + "".join(oval(x, y, 1, 1.5, fill="#a9722f") for x, y in ((95, 53), (99.5, 57), (95.5, 64), (99, 68)))
        + block(34, 42, 38, 36, r=12, fill=p.label)
        + moved(motif, 53, 60, 1.15, 22)
        + shade("M16 70H97V72C96 76 94 78 90 78H24C19 78 16 75 16 70Z", ".13")
        + glint("M22 48H31M76 48H86", 2.8, ".5")
    )
    return oval(61, 92, 44, 5, fill=SHADE, opacity=".13") + turned(lying, -22)


def box(p: Palette, motif: str) -> str:
    """A folding box."""
    return (
        ground(34)
        + path("M28 32H80V108H31C29 108 28 107 28 105Z", p.body)
        + path("M80 32L94 26V100C94 102 93 103 91.5 103.6L80 108Z", p.dark)
        + path("M28 32L42 26H94L80 32Z", p.light)
        + path("M28 86C44 76 62 98 80 86V108H31C29 108 28 107 28 105Z", p.dark)
        + path("M80 86L94 80V100C94 102 93 103 91.5 103.6L80 108Z", SHADE, ".18")
        + oval(54, 62, 20, fill=p.label)
        + moved(motif, 54, 62, 1.32)
        + glint("M32 38V100", 2.6, ".5")
    )


def tin(p: Palette, motif: str) -> str:
    """A flat tin with a ring, as fish comes in."""
    return (
        ground(42, cy=98)
        + path(
            "M16 62C16 50 36 42 60 42C84 42 104 50 104 62V78C104 90 84 98 60 98C36 98 16 90 16 78Z", p.body
        )
        + path("M16 70C22 84 42 90 60 90C78 90 98 84 104 70V78C104 90 84 98 60 98C36 98 16 90 16 78Z", p.dark)
        + oval(60, 61, 44, 20, fill=_METAL)
        + oval(60, 60, 41, 17.8, fill=_METAL_LIGHT)
        + oval(60, 60, 35, 14.2, fill=p.label)
        + moved(motif, 56, 60.5, 0.98)
        + oval(82, 56, 7, 4, fill=_METAL_DARK)
        + oval(83, 55.4, 4, 2, fill=_METAL_LIGHT)
        + shade("M84 44C96 48 104 54 104 62V78C104 86 96 92 86 95C94 82 94 60 84 44Z", ".13")
        + glint("M22 72C24 80 30 85 37 88", 3, ".5")
    )


def jar(p: Palette, motif: str) -> str:
    """A glass jar with a screw lid; the palette is what is inside."""
    return (
        ground(29)
        + path(
            "M40 30H80C88 34 91 39 91 46V98C91 105 87 108 81 108H39C33 108 29 105 29 98V46C29 39 32 34 40 30Z",
            _CLEAR,
        )
        + path(
            "M33 44C44 47 50 41 60 44C70 47 76 41 87 44V97C87 102 84 104.5 80 104.5H40C36 104.5 33 102 33 97Z",
            p.body,
        )
        + block(37, 14, 46, 17, r=4, fill=p.dark)
        + line("M44 18V27M52 18V27M60 18V27M68 18V27M76 18V27", SHADE, 1.2, ".22")
        + block(36, 54, 48, 38, r=7, fill=p.label)
        + moved(motif, 60, 73, 1.22)
        + shade(
            "M76 14H79C82 14 83 15.5 83 18V31C88.5 35 91 39 91 46V98C91 105 87 108 81 108H74C79 104 80 99 80 94V44C80 38 77 34 76 31Z",
            ".11",
        )
        + glint("M35 48V46C35 42 37 38.5 40.5 36.5M35 95V98", 3, ".8")
        + glint("M41.5 18V27", 2.4, ".45")
    )


def pot(p: Palette, motif: str) -> str:
    """A yoghurt pot with a foil lid."""
    return (
        ground(25)
        + path("M32 42H88L80.5 103C80 106.5 78.5 108 75.5 108H44.5C41.5 108 40 106.5 39.5 103Z", p.label)
        + path(
            "M36.6 80C48 72 66 92 83.4 80L80.5 103C80 106.5 78.5 108 75.5 108H44.5C41.5 108 40 106.5 39.5 103Z",
            p.body,
        )
        + moved(motif, 60, 66, 1.35)
        + block(28, 33, 64, 11, r=3.5, fill=p.body)
        + path("M30 33C40 28 80 28 90 33Z", p.light)
        + path("M84 30L97 24L92 36Z", p.light)
        + shade(
            "M82 33H88.5C91 33 92 35 92 38.5C92 42 91 44 88 44L80.5 103C80 106.5 78.5 108 75.5 108H68C71.5 106 72.5 103 73 100Z",
            ".13",
        )
        + glint("M38.5 50L43.5 97", 3.2, ".75")
        + glint("M33 38.5H60", 2.2, ".4")
    )


def bowl(p: Palette, motif: str) -> str:
    """A paper bowl with a lid: noodles, soup, oats to pour water on."""
    return (
        ground(30)
        + path("M24 42H96L84 101C83 106 80 108 76 108H44C40 108 37 106 36 101Z", p.body)
        + path("M29.6 70C48 60 74 86 91 68L84 101C83 106 80 108 76 108H44C40 108 37 106 36 101Z", p.dark)
        + oval(60, 71, 20, fill=p.label)
        + moved(motif, 60, 71, 1.32)
        + block(20, 34, 80, 10, r=4, fill=_PAPER)
        + path("M24 34C34 27 86 27 96 34Z", "#eeeae0")
        + shade(
            "M88 34H96C99 34 100 36 100 39C100 42 99 44 96 44L84 101C83 106 80 108 76 108H68C73 106 74.5 103 75.5 100Z",
            ".13",
        )
        + glint("M31 50L41 98", 3.2, ".45")
    )


def tray(p: Palette, motif: str) -> str:
    """A ready meal: a tray in a printed sleeve, lying."""
    return (
        ground(45, cy=96)
        + path("M12 58L24 50H96L108 58L102 90C101 95 98 97 94 97H26C22 97 19 95 18 90Z", _METAL)
        + path("M12 58H108L107 63H13Z", _METAL_LIGHT)
        + path("M30 40H90L96 46V97H24V46Z", p.body)
        + path("M30 40H90L96 46H24Z", p.light)
        + path("M24 84C44 76 74 94 96 82V97H24Z", p.dark)
        + oval(60, 69, 20, fill=p.label)
        + moved(motif, 60, 69, 1.32)
        + shade("M90 46H108L102 90C101 95 98 97 94 97H88Z", ".12")
        + glint("M29 51V90", 2.8, ".45")
    )


def icetub(p: Palette, motif: str) -> str:
    """A tub of ice cream with a scoop on top."""
    return (
        ground(24)
        + oval(60, 46, 25, 25, fill=p.light)
        + path(
            "M34 50C36 58 42 54 46 58C50 62 55 55 60 58C66 62 70 55 75 58C80 60 84 56 86 50C86 60 34 60 34 50Z",
            p.body,
        )
        + shade("M66 22C80 25 86 38 85 52C80 55 76 54 74 54C78 42 74 30 66 22Z", ".1")
        + glint("M42 42A18 18 0 0 1 52 29", 3.6, ".7")
        + path("M32 56H88L81 103C80.5 106.5 78.5 108 75.5 108H44.5C41.5 108 39.5 106.5 39 103Z", p.body)
        + path(
            "M37 90C50 82 68 100 83 88L81 103C80.5 106.5 78.5 108 75.5 108H44.5C41.5 108 39.5 106.5 39 103Z",
            p.dark,
        )
        + block(29, 52, 62, 8, r=4, fill=p.label)
        + oval(60, 80, 15, fill=p.label)
        + moved(motif, 60, 80, 1)
        + shade(
            "M82 52H87C90 52 91 54 91 56C91 58.5 90 60 88 60L81 103C80.5 106.5 78.5 108 75.5 108H69C72 106 72.6 103 73 100Z",
            ".12",
        )
        + glint("M38.5 65L43.5 98", 2.8, ".5")
    )


def tissues(p: Palette, motif: str) -> str:
    """A pocket pack of tissues."""
    return (
        ground(36, cy=100)
        + path("M44 46C48 30 56 40 62 26C68 36 76 32 76 46Z", "#ffffff")
        + path("M62 26C68 36 76 32 76 46H64C66 38 64 32 62 26Z", "#dfe7ea")
        + path(
            "M26 50C26 45 29 43 33 43H87C91 43 94 45 94 50V92C94 97 91 100 87 100H33C29 100 26 97 26 92Z",
            p.body,
        )
        + path("M26 82C46 74 74 92 94 80V92C94 97 91 100 87 100H33C29 100 26 97 26 92Z", p.dark)
        + path("M40 43C46 52 74 52 80 43Z", p.dark)
        + path("M44 43C49 49 71 49 76 43Z", "#f4f7f8")
        + oval(60, 73, 16.5, fill=p.label)
        + moved(motif, 60, 73, 1.1)
        + shade("M84 43H87C91 43 94 45 94 50V92C94 97 91 100 87 100H82C87 86 87 58 84 43Z", ".13")
        + glint("M32 52V90", 3, ".5")
    )


def tube(p: Palette, motif: str) -> str:
    """A tube of cream or toothpaste, standing on its cap."""
    return (
        ground(19)
        + path("M36 12H84L76 92H44Z", p.label)
        + path("M36 12H84L83 22H37Z", p.light)
        + line("M42 12V21M48 12V21M54 12V21M60 12V21M66 12V21M72 12V21M78 12V21", p.dark, 1, ".5")
        + path("M40.3 55C52 46 68 64 79.7 54L76 92H44Z", p.body)
        + oval(60, 46, 15.5, fill=p.label)
        + moved(motif, 60, 46, 1.08)
        + block(43, 90, 34, 18, r=4, fill=p.dark)
        + line("M49 95V104M54.5 95V104M60 95V104M65.5 95V104M71 95V104", SHADE, 1.2, ".25")
        + shade("M75 12H84L76 92H77V104C77 106.5 75.5 108 73 108H66C69.5 106 70 98 70.5 90Z", ".12")
        + glint("M42 28L47 84", 3, ".7")
    )


def sachet(p: Palette, motif: str) -> str:
    """A flat sachet: gum, sweets, a plaster."""
    return (
        ground(27)
        + path("M34 22H86V108H34L36 104L34 100L36 96L34 92L36 88Z", p.body)
        + block(33, 20, 54, 88, r=4, fill=p.body)
        + path("M33 76C50 66 70 90 87 74V104C87 106.5 85.5 108 83 108H37C34.5 108 33 106.5 33 104Z", p.dark)
        + path("M37 20H83C85.5 20 87 21.5 87 24V32H33V24C33 21.5 34.5 20 37 20Z", p.light)
        + oval(60, 26, 4.6, 2.4, fill=p.dark, opacity=".6")
        + oval(60, 62, 19.5, fill=p.label)
        + moved(motif, 60, 62, 1.3)
        + shade(
            "M78 20H83C85.5 20 87 21.5 87 24V104C87 106.5 85.5 108 83 108H76C80 104 80.5 98 80.5 92V34C80.5 28 80 24 78 20Z",
            ".13",
        )
        + glint("M39 38V96", 3, ".45")
    )


PACKS: dict[str, Callable[[Palette, str], str]] = {
    "bag": bag,
    "bar": bar,
    "bottle": bottle,
    "bowl": bowl,
    "box": box,
    "can": can,
    "carton": carton,
    "cup": cup,
    "glass": glass,
    "icetub": icetub,
    "jar": jar,
    "juicebox": juicebox,
    "mug": mug,
    "pot": pot,
    "pouch": pouch,
    "roll": roll,
    "sachet": sachet,
    "slimcan": slimcan,
    "tablet": tablet,
    "tallcup": tallcup,
    "teaglass": teaglass,
    "tin": tin,
    "tissues": tissues,
    "tray": tray,
    "tube": tube,
    "water": water,
}
"""Form name to what draws it."""
