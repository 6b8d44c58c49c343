"""How a process of ours ends: by Ctrl-C, by the system's wish, or with whoever started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Final

import click

WITH_STARTER: Final = "--ends-with-starter"
"""Makes a child end when its standard input does. A demo that is killed leaves no kiosk behind: one that nobody sees would go on
asking at its ports, and so eat the bytes of whatever opens a pty of the same number next."""

STARTER_OPTION: Final = click.option(
    WITH_STARTER,
    "ends_with_starter",
    is_flag=True,
    hidden=True,
    help="End when standard input ends: whoever started this process holds it open, and takes it along when killed.",
)


def stop_event(*, ends_with_starter: bool = False) -> threading.Event:
    """Set by Ctrl-C, by the system's wish that we end, and, where asked for, by the end of whoever started us."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if ends_with_starter:
        threading.Thread(target=_wait_for_starter, args=(stop,), name="starter", daemon=True).start()
    return stop


def _wait_for_starter(stop: threading.Event) -> None:
    """Return when the other end of standard input is closed, by hand or by a kill that nobody could answer."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.set()
