"""Makes the frozen journal of a landing, once: ``python -m tests.kiosk.store.freeze landing-1``.

The file is committed and never made again: every later commit must open, read and verify it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.kiosk.varied import varied_morning
from tests.kiosk.world import KEY, World

VECTORS = Path(__file__).parents[2] / "vectors"


def main() -> None:
    """Write the store and the public key beside it."""
    name = f"journal-{sys.argv[1]}"
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        varied_morning(world)
        world.stop()
        shutil.copy(Path(folder) / "kiosk.db", VECTORS / f"{name}.db")
    (VECTORS / f"{name}.pub").write_text(KEY.verify_key.encode().hex() + "\n", "utf-8")


if __name__ == "__main__":
    main()
