"""A process that works for another one ends with it: nothing goes on trading, or writing files, for somebody who was killed."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Let this worker end when the process that started it ends, however that came; for the initializer of a pool."""
    threading.Thread(target=_wait_for_parent, name="parent", daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nobody is there to hear a reason, and the thread that works would not stop for one
