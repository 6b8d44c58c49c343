"""Reads the list of what needs somebody out of a page, as its reader sees it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Final

_ONE: Final = re.compile(
    r'<li class="need( urgent)?">.*?<p class="need-text">(.*?)</p>(?:<p class="need-advice">.*?</p>)?'
    r'(?:\s*<p class="need-where">(.*?)</p>)?'
    r'\s*</div>\s*<a class="button[^"]*" href="([^"]+)">(.*?)<span class="heard">',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: its sentence, its kiosk and time, and the one action."""

    text: str
    where: str
    href: str
    act: str
    is_urgent: bool


def plain(part: str) -> str:
    """The words of a piece of a page."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", part))
    return " ".join(re.sub("[\u2066-\u2069]", "", words).split())


def needs_on(page: str) -> list[Shown]:
    """Every line in order, also those that unfold; each line has its action, or it is missing here and the count differs."""
    found = [
        Shown(plain(text), plain(where or ""), html.unescape(href), plain(act), bool(urgent))
        for urgent, text, where, href, act in _ONE.findall(page)
    ]
    assert len(found) == page.count('<p class="need-text">'), "a line without its one action"
    return found
