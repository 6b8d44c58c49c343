"""Workers end with whoever started them, also when that was killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

PARENT = """
import multiprocessing, os, signal
from concurrent.futures import ProcessPoolExecutor
from kiosk.simulation.worker import end_with_parent

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(signal.pause).result()
"""

PATIENCE_SECONDS = 60.0


def test_a_worker_of_somebody_who_was_killed_ends(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, "utf-8")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        parent.wait()
        ended, _, _ = select.select([worker], [], [], PATIENCE_SECONDS)
        os.close(worker)
    assert ended, "it would go on writing what nobody waits for"
