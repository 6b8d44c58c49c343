"""What the receipt tests are laid out with."""

from __future__ import annotations

from dataclasses import replace

from kiosk.config import Config, MoneyConfig, Vendor
from kiosk.receipts.layout import Receipts
from tests.kiosk.ledger_world import KIOSK_ID, World

VENDOR = Vendor(
    name="Corner Market",
    phone="+49 30 555 0199",
    machine="M-12",
    address="12 Harbour Street",
    tax_number="DE000000000",
    public_url="https://market.example",
)
CONFIG = Config(
    kiosk_id=KIOSK_ID,
    vendor=VENDOR,
    money=MoneyConfig(currency="EUR", exponent=2, cash_step_minor=10),
    tax_rates_bp={"standard": 1900, "reduced": 700},
    timezone="Europe/Berlin",
)
HIDDEN = replace(CONFIG, vendor=replace(VENDOR, public_url=""))
"""No phone can reach this one."""


def receipts_of(world: World, config: Config = CONFIG) -> Receipts:
    return Receipts(config, debt_code=world.debt_code, catalogue=world.catalogue)
