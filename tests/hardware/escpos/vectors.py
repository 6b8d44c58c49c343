"""The worked exchanges, each asserted on both ends."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

VECTORS: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[2] / "vectors" / "escpos.toml").read_text(encoding="utf-8")
)
