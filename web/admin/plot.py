"""The bars of the desk: sales by hour or by day, as an SVG picture; the table beside it holds the same figures."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final
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


def _steps(most_minor: int, unit_minor: int) -> list[int]:
    """Round amounts from 0 to above ``most_minor``, in whole units of money."""
    step = unit_minor
    for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000):
        step = factor * unit_minor
        if step * STEPS_MOST >= most_minor:
            break
    return list(range(0, max(most_minor, step) + step, step))


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
    style = Style(
        background=CARD,
        plot_background=CARD,
        foreground=INK_SOFT,
        foreground_strong=INK,
        foreground_subtle=LINE,
        colors=(LEAF,),
        opacity=1,
        font_family="Vazirmatn, sans-serif",
        label_font_size=22,
        major_label_font_size=22,
    )
    chart = pygal.Bar(
        style=style,
        css=["file://style.css", "file://graph.css", font_css()],
        js=[],
        show_legend=False,
        width=480 if is_small else 900,
        height=320 if is_small else 360,
        margin=12,
        spacing=6 if len(labels) < 32 else 1,
        rounded_bars=4 if len(labels) < 32 else 1,
        print_values=False,
        truncate_label=-1,  # an hour has two digits; the library's guess at their width would dot them out
        show_minor_y_labels=True,
        explicit_size=True,
        disable_xml_declaration=True,
        pretty_print=False,
        value_formatter=lambda value: voice.money(int(value)),
    )
    chart.x_labels = labels
    chart.y_labels = _steps(max((*sums_minor, 1)), 10**voice.exponent)
    chart.add("", sums_minor)
    chart.add_xml_filter(without_scripts)
    rendered = chart.render()
    return rendered if isinstance(rendered, bytes) else str(rendered).encode()
