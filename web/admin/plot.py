"""The bars of the desk: sales by hour or by day, as an SVG picture; the table beside it holds the same figures."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

import hardware
from web.admin.voice import Voice

# pygal hangs an old-style finder for its plugins, of which we use none, into every import of the process; Python warns of it.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

FONT: Final = Path(hardware.__file__).parent / "escpos" / "fonts" / "Vazirmatn.woff2"
LEAF: Final = "#0c5b53"
INK: Final = "#17302d"
INK_SOFT: Final = "#475a56"
LINE: Final = "#d9cfba"
CARD: Final = "#fffdf8"

STEPS_MOST: Final = 4
"""Lines across the plot: enough to read a bar by, few enough to be quiet."""


@lru_cache(maxsize=1)
def font_css() -> str:
    """The house's font inside the picture: a picture may fetch nothing, and a small machine has no Persian letters."""
    data = base64.b64encode(FONT.read_bytes()).decode()
    return (
        "inline:@font-face{font-family:Vazirmatn;src:url(data:font/woff2;base64,"
        + data
        + ") format('woff2');font-weight:100 900}"
    )


def round_steps(least: float, most: float, unit: int, lines: int) -> list[int]:
    """Round values around what is drawn, 0 among them, in whole ``unit``s; about ``lines`` of them."""
    step = unit
    for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000):
        step = factor * unit
        if step * lines >= most - least:
            break
    low = -(-max(0, -int(least)) // step)
    high = max(1, -(-int(max(0.0, most) + 0.999) // step))
    return [step * each for each in range(-low, high + 1)]


def house_style(colours: tuple[str, ...]) -> Style:
    """The house's colours and letters, with these for the bars."""
    return Style(
        background=CARD,
        plot_background=CARD,
        foreground=INK_SOFT,
        foreground_strong=INK,
        foreground_subtle=LINE,
        colors=colours,
        opacity=1,
        font_family="Vazirmatn, sans-serif",
        label_font_size=22,
        major_label_font_size=22,
        legend_font_size=20,
    )


def house_options(*, is_small: bool) -> dict[str, Any]:
    """What all plots share: one file with its font and no script, and fewer dots on a phone."""
    return {
        "css": ["file://style.css", "file://graph.css", font_css()],
        "js": [],
        "width": 480 if is_small else 900,
        "margin": 12,
        "margin_right": 32,
        "print_values": False,
        "truncate_label": -1,  # the library's guess at the width of our digits would dot them out
        "show_minor_y_labels": True,
        "explicit_size": True,
        "disable_xml_declaration": True,
        "pretty_print": False,
    }


def drawn(chart: pygal.graph.graph.Graph) -> bytes:
    """The plot as a picture without the library's scripts."""
    chart.add_xml_filter(without_scripts)
    rendered = chart.render()
    return rendered if isinstance(rendered, bytes) else str(rendered).encode()


def without_scripts(root: Element) -> Element:
    """The picture without the library's scripts, which no page of ours would run."""
    for parent in root.iter():
        for child in [each for each in parent if str(each.tag).rpartition("}")[2] == "script"]:
            parent.remove(child)
    return root


def sales_plot(voice: Voice, sums_minor: Mapping[int, int], *, is_small: bool) -> bytes:
    """Bars of sales by hour.

    Args:
        voice: The reader's: digits and money. The axis of time keeps its direction in every language.
        sums_minor: Hour of the day (0 to 23) -> minor units.
        is_small: For a phone: fewer dots, so that the letters stay readable, and every second hour named.
    """
    first, last = min((*sums_minor, 8)), max((*sums_minor, 18))
    hours = range(first, last + 1)
    labels = ["" if is_small and (hour - first) % 2 else voice.digits(str(hour)) for hour in hours]
    return bar_plot(voice, labels, [sums_minor.get(hour, 0) for hour in hours], is_small=is_small)


def bar_plot(voice: Voice, labels: Sequence[str], sums_minor: Sequence[int], *, is_small: bool) -> bytes:
    """One bar of money for each label; an empty label leaves a bar without a name.

    Args:
        voice: The reader's: digits and money.
        labels: Below the bars, short.
        sums_minor: Minor units, as many as labels.
        is_small: For a phone: fewer dots, so that the letters stay readable.
    """
    chart = pygal.Bar(
        style=house_style((LEAF,)),
        show_legend=False,
        height=320 if is_small else 360,
        spacing=6 if len(labels) < 32 else 1,
        rounded_bars=4 if len(labels) < 32 else 1,
        value_formatter=lambda value: voice.money(int(value)),
        **house_options(is_small=is_small),
    )
    chart.x_labels = labels
    chart.y_labels = round_steps(0, max((*sums_minor, 1)), 10**voice.exponent, STEPS_MOST)
    chart.add("", sums_minor)
    return drawn(chart)
