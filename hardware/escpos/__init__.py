"""Receipt printers that speak ESC/POS: our end of the wire, theirs, and the drawing of Persian and Arabic
lines.

Importing this package costs nothing; python-escpos and Pillow load when the first
`hardware.escpos.host.Printer` is made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FONT_FILE: Final = Path(__file__).parent / "fonts" / "Vazirmatn.woff2"
"""The one font of receipts and screens: Vazirmatn, variable weight 100 to 900; its licence stands beside it.
"""
