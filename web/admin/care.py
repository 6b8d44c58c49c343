"""How the store is cared for, in words: its anchor, its copies, the verification, the desk elsewhere.

On the devices' page, and as alerts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import flask

from kiosk.runtime.service import StoreCare
from web.admin.voice import Voice

_KEY: Final = "store-care"


@dataclass(frozen=True, slots=True)
class CareLine:
    """One line: a heading's key, the words, and whether somebody should act, or must at once."""

    key: str
    text: str
    needs_hand: bool = False
    is_urgent: bool = False


def show_care(app: flask.Flask, source: Callable[[], StoreCare]) -> None:
    """Let the desk on ``app`` show what ``source`` knows; a desk without a running service shows nothing of it."""
    app.extensions[_KEY] = source


def care_lines(voice: Voice) -> tuple[CareLine, ...]:
    """The store's condition for this request's reader; empty where there is no running service."""
    source = cast("Callable[[], StoreCare] | None", flask.current_app.extensions.get(_KEY))
    if source is None:
        return ()
    care = source()
    anchor = CareLine(
        "store.anchor", voice.say(f"store.anchor.{care.anchor or 'well'}"), needs_hand=bool(care.anchor)
    )
    lines = (anchor, _copies(care, voice), _check(care, voice))
    return (*lines, _hub(care, voice)) if care.hub.is_set_up else lines


def _hub(care: StoreCare, voice: Voice) -> CareLine:
    """How far the desk for several kiosks is; selling does not depend on it, so nothing here is urgent."""
    hub = care.hub
    place = f"{hub.place[0]}-{hub.place[1]}"
    words = []
    if hub.problem:
        words.append(voice.say("store.hub.failed", why=hub.problem))
    if hub.at:
        words.append(voice.say("store.hub.good", at=voice.moment(hub.at), place=place))
    elif not hub.problem:
        words.append(voice.say("store.hub.waiting"))
    return CareLine("store.hub", " ".join(words), needs_hand=bool(hub.problem))


def _copies(care: StoreCare, voice: Voice) -> CareLine:
    copies = care.copies
    if not copies.is_set_up:
        return CareLine("store.copies", voice.say("store.copies.none"), needs_hand=True)
    words = []
    if copies.problem:
        words.append(voice.say("store.copies.failed", why=copies.problem))
    if copies.at:
        place = f"{copies.place[0]}-{copies.place[1]}"
        words.append(voice.say("store.copies.good", at=voice.moment(copies.at), place=place))
    elif not copies.problem:
        words.append(voice.say("store.copies.waiting"))
    if copies.is_same_disk:
        words.append(voice.say("store.copies.same_disk"))
    return CareLine("store.copies", " ".join(words), needs_hand=bool(copies.problem) or copies.is_same_disk)


def _check(care: StoreCare, voice: Voice) -> CareLine:
    check = care.check
    if check.bad is not None:
        place = f"{check.bad[0][0]}-{check.bad[0][1]}"
        text = voice.say("store.check.bad", place=place)
        return CareLine("store.check", text, needs_hand=True, is_urgent=True)
    if check.at and check.done == check.total:
        text = voice.say("store.check.good", done=voice.count(check.done), at=voice.moment(check.at))
        return CareLine("store.check", text)
    text = voice.say("store.check.running", done=voice.count(check.done), total=voice.count(check.total))
    return CareLine("store.check", text)
