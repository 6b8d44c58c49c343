"""The stream of screens: one server-sent event for each published screen, and a beat in between, so that silence means loss."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Final

import flask
import msgspec

from kiosk.runtime.door import TillDoor
from web.errors import TooManyStreamsError
from web.kiosk_ui.painter import Painter

MOST_STREAMS: Final = 8
"""Each open stream holds a thread of the server; a kiosk has one screen, and a few are looked at while it is set up."""

BEAT_MS: Final = 700
"""Two beats fit into the two seconds after which a page covers its prices."""

QUICK_MS: Final = BEAT_MS // 2
"""A wait that ends sooner without a screen means that the till has stopped."""


class Streams:
    """Counts open streams."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._open = 0

    @property
    def open_qty(self) -> int:
        """How many are open now."""
        return self._open

    def enter(self) -> None:
        """Open one more.

        Raises:
            TooManyStreamsError: As many as allowed are open.
        """
        with self._lock:
            if self._open >= self._most:
                raise TooManyStreamsError(TooManyStreamsError.__doc__)
            self._open += 1

    def leave(self) -> None:
        """One is closed."""
        with self._lock:
            self._open -= 1


def event_text(kind: str, data: object) -> str:
    """One server-sent event. JSON keeps it on one line, as the format wants it."""
    return f"event: {kind}\ndata: {msgspec.json.encode(data).decode()}\n\n"


def screens(door: TillDoor, painter: Painter, stop: threading.Event) -> Iterator[str]:
    """Every screen from now on, each with the regions that changed; ends soon after ``stop`` is set."""
    screen = door.screen()
    yield event_text("screen", painter.changes(screen))
    while not stop.is_set():
        began_ms = door.monotonic_ms()
        fresh = door.wait_for_screen(screen.stream, BEAT_MS)
        if fresh is None:
            if door.monotonic_ms() - began_ms < QUICK_MS and not stop.wait(QUICK_MS / 1_000):
                return  # the till has stopped: no beat may say otherwise, and the page covers its prices
            yield event_text("beat", {"stream": screen.stream})
        else:
            screen = fresh
            yield event_text("screen", painter.changes(screen))


def stream_response(
    streams: Streams, make_painter: Callable[[], Painter], door: TillDoor, stop: threading.Event
) -> flask.Response:
    """Answer a page that wants to see the screens.

    Raises:
        TooManyStreamsError: As many as allowed are open.
    """
    streams.enter()
    events = flask.stream_with_context(screens(door, make_painter(), stop))
    response = flask.Response(events, mimetype="text/event-stream")
    response.call_on_close(streams.leave)  # also runs when not a single event was sent
    return response
