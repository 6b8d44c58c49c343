"""A few strokes to draw with, and the light that every picture shares.

The sheet is 120 units square. Light falls from the upper left: every body carries a soft bright strip at its left, a darker
side at its right, and a shadow on the ground at y = 110. Only presentation attributes are written: no ids, styles, scripts
or text, so that many pictures live on one page under a strict content policy.
"""

from __future__ import annotations

from dataclasses import dataclass

SHADE = "#14252e"
SHINE = "#ffffff"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one pack: its body, the body's dark and bright tone, and the pale field that a motif stands on."""

    body: str
    dark: str
    light: str
    label: str


def path(d: str, fill: str, opacity: str = "") -> str:
    """A filled shape."""
    return f'<path d="{d}" fill="{fill}"{_opacity(opacity)}/>'


def line(d: str, stroke: str, width: float = 2, opacity: str = "") -> str:
    """A round-ended stroke."""
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round"'
        f' stroke-linejoin="round"{_opacity(opacity)}/>'
    )


def oval(cx: float, cy: float, rx: float, ry: float = 0, *, fill: str, opacity: str = "") -> str:
    """An ellipse; a circle when ``ry`` is left out."""
    return f'<ellipse cx="{cx}" cy="{cy}" rx="{rx}" ry="{ry or rx}" fill="{fill}"{_opacity(opacity)}/>'


def block(x: float, y: float, w: float, h: float, *, r: float = 0, fill: str, opacity: str = "") -> str:
    """A rectangle with rounded corners."""
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{_opacity(opacity)}/>'


def moved(inner: str, x: float, y: float, scale: float = 1, turn: float = 0) -> str:
    """A part put somewhere else: turned, scaled, then moved."""
    turned = f" rotate({turn})" if turn else ""
    return f'<g transform="translate({x} {y}) scale({scale}){turned}">{inner}</g>'


def turned(inner: str, angle: float, x: float = 60, y: float = 60) -> str:
    """A part turned about a point of the sheet."""
    return f'<g transform="rotate({angle} {x} {y})">{inner}</g>'


def ground(rx: float, cx: float = 60, cy: float = 109) -> str:
    """The soft shadow that a thing stands on."""
    return oval(cx, cy, rx, 4.5, fill=SHADE, opacity=".13") + oval(
        cx, cy, rx * 0.78, 3, fill=SHADE, opacity=".1"
    )


def shade(d: str, opacity: str = ".14") -> str:
    """The side away from the light."""
    return path(d, SHADE, opacity)


def shine(d: str, opacity: str = ".4") -> str:
    """The strip that the light falls on."""
    return path(d, SHINE, opacity)


def glint(d: str, width: float = 3, opacity: str = ".5") -> str:
    """A bright stroke along an edge."""
    return line(d, SHINE, width, opacity)


def _opacity(value: str) -> str:
    return f' opacity="{value}"' if value else ""
