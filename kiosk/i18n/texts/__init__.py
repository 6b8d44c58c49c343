"""All texts of screens and receipts, by subject; each row holds the three languages side by side."""

from __future__ import annotations

from typing import Final

from kiosk.i18n.phrases import Phrasebook
from kiosk.i18n.texts.claims import CLAIMS
from kiosk.i18n.texts.devices import DEVICES
from kiosk.i18n.texts.errors import ERRORS
from kiosk.i18n.texts.goods import GOODS
from kiosk.i18n.texts.live import LIVE
from kiosk.i18n.texts.notices import NOTICES
from kiosk.i18n.texts.receipts import RECEIPTS
from kiosk.i18n.texts.rounds import ROUNDS
from kiosk.i18n.texts.screen import SCREEN
from kiosk.i18n.texts.service import SERVICE
from kiosk.i18n.texts.training import TRAINING

BOOK: Final = Phrasebook(
    SCREEN, NOTICES, ERRORS, CLAIMS, DEVICES, GOODS, SERVICE, LIVE, RECEIPTS, ROUNDS, TRAINING
)
"""The house's phrasebook."""
