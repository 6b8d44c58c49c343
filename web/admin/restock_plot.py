"""Plots of the pages “Restock” and “Shrink”: bars by day and by week, with the table of the same figures beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pygal
from pygal.style import Style

from web.admin.plot import CARD, INK, INK_SOFT, LINE, font_css, without_scripts

SAFFRON: Final = "#d99a1c"
BRICK: Final = "#93301f"
PALE: Final = "#9dbdb5"

STEPS_MOST: Final = 5
"""Lines across the plot: enough to read a bar by, few enough to be quiet."""


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bars: what it is called, its colour, and a value for each place of the axis; None draws nothing."""

    name: str
    colour: str
    values: Sequence[float | None]


def _steps(least: float, most: float, unit: int) -> list[int]:
    """Round values around what is drawn, 0 among them."""
    step = unit
    for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000):
        step = factor * unit
        if step * STEPS_MOST >= most - least:
            break
    low = -(-max(0, -int(least)) // step)
    high = max(1, -(-int(max(0.0, most) + 0.999) // step))
    return [step * each for each in range(-low, high + 1)]


def stacked_bars(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    say: Callable[[int], str],
    unit: int = 1,
    is_small: bool = False,
) -> bytes:
    """Bars standing on one another, as an SVG without scripts; the axis of time keeps its direction in every language.

    Args:
        labels: Below each place, in the reader's digits; empty text draws none.
        series: From the bottom up.
        say: How a value of the other axis is said.
        unit: The smallest step of that axis: 1 for pieces, the major unit for money.
        is_small: For a phone: fewer dots, so that the letters stay readable.
    """
    columns = list(zip(*(each.values for each in series), strict=True))
    most = max((sum(value for value in column if value and value > 0) for column in columns), default=0)
    least = min((sum(value for value in column if value and value < 0) for column in columns), default=0)
    style = Style(
        background=CARD,
        plot_background=CARD,
        foreground=INK_SOFT,
        foreground_strong=INK,
        foreground_subtle=LINE,
        colors=tuple(each.colour for each in series),
        opacity=1,
        font_family="Vazirmatn, sans-serif",
        label_font_size=22,
        major_label_font_size=22,
        legend_font_size=20,
    )
    chart = pygal.StackedBar(
        style=style,
        css=["file://style.css", "file://graph.css", font_css()],
        js=[],
        show_legend=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if is_small else len(series),
        legend_box_size=16,
        width=480 if is_small else 900,
        height=400,
        margin=12,
        spacing=6,
        rounded_bars=3,
        print_values=False,
        truncate_label=-1,
        truncate_legend=-1,
        show_minor_y_labels=True,
        explicit_size=True,
        disable_xml_declaration=True,
        pretty_print=False,
        value_formatter=lambda value: say(round(value)),
    )
    chart.x_labels = list(labels)
    chart.y_labels = _steps(least, most, unit)
    for each in series:
        chart.add(each.name, list(each.values))
    chart.add_xml_filter(without_scripts)
    rendered = chart.render()
    return rendered if isinstance(rendered, bytes) else str(rendered).encode()
