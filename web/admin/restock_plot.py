"""Plots of the pages “Restock” and “Shrink”: bars by day and by week, with the table of the same figures beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pygal

from web.admin.plot import drawn, house_options, house_style, round_steps

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
    chart = pygal.StackedBar(
        style=house_style(tuple(each.colour for each in series)),
        show_legend=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if is_small else len(series),
        legend_box_size=16,
        height=400,
        spacing=6,
        rounded_bars=3,
        truncate_legend=-1,
        value_formatter=lambda value: say(round(value)),
        **house_options(is_small=is_small),
    )
    chart.x_labels = list(labels)
    chart.y_labels = round_steps(least, most, unit, STEPS_MOST)
    for each in series:
        chart.add(each.name, list(each.values))
    return drawn(chart)
