"""From the configuration to the rules the till decides with."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from hardware.events import DeviceKind
from hardware.rig import Wire
from kiosk.config import Config
from kiosk.core.postings import CASH_BOX, stacker_container
from kiosk.core.rules import Rules

SECOND_MS: Final = 1_000

EMPTYING: Final = frozenset({Wire.SSP})
"""Wires whose recyclers and coin units can be told to leave a float and send the rest into their own box."""
PAYOUT_HOUR_CREDITS: Final = 20
PAYOUT_DAY_CREDITS: Final = 100
GOODWILL_HOUR_CLAIMS: Final = 4
GOODWILL_DAY_CLAIMS: Final = 10
AUTO_DAY_CREDITS: Final = 10
"""Limits grow with the currency's own figures: the most credit of one shopper, the most goodwill for one claim. For the reasons
see `kiosk.core.rules.Rules`."""


def rules_of(config: Config) -> Rules:
    """The part of the configuration that the till decides with."""
    devices = [device for port in config.rig.ports for device in port.devices]
    times, claims = config.times, config.claims
    return Rules(
        coins={each.name: dict(each.coins) for each in devices if each.kind is DeviceKind.COIN_ACCEPTOR},
        notes={each.name: dict(each.notes) for each in devices if each.kind is DeviceKind.NOTE_VALIDATOR},
        into={each.name: dict(each.into) for each in devices if each.into},
        readers=tuple(each.name for each in devices if each.kind is DeviceKind.CARD_READER),
        hoppers={each.name: each.value_minor or 0 for each in devices if each.kind is DeviceKind.HOPPER},
        boxes=boxes_of(config),
        loaders=tuple(each.name for each in devices if each.loads_credit),
        cash_reports=tuple(each.name for each in devices if each.reports_cash_sales),
        boards=tuple(each.name for each in devices if each.kind is DeviceKind.COIL_BOARD),
        machines=tuple(each.name for each in devices if each.kind is DeviceKind.VENDING_MACHINE),
        printers=tuple(each.name for each in devices if each.kind is DeviceKind.PRINTER),
        drawers=tuple(each.name for each in devices if each.kind is DeviceKind.PRINTER and each.drawer_pin),
        scanners=tuple(each.name for each in devices if each.kind is DeviceKind.SCANNER),
        languages=config.languages,
        tax_rates_bp=dict(config.tax_rates_bp),
        zone=ZoneInfo(config.timezone),
        ladder=config.expiry.ladder,
        cash_step_minor=config.money.cash_step_minor,
        max_credit_minor=config.money.max_credit_minor,
        max_payout_hour_minor=PAYOUT_HOUR_CREDITS * config.money.max_credit_minor,
        max_payout_day_minor=PAYOUT_DAY_CREDITS * config.money.max_credit_minor,
        max_goodwill_minor=config.money.max_goodwill_minor,
        max_goodwill_hour_minor=GOODWILL_HOUR_CLAIMS * config.money.max_goodwill_minor,
        max_goodwill_day_minor=GOODWILL_DAY_CLAIMS * config.money.max_goodwill_minor,
        max_auto_claim_minor=_or(claims.auto_most_minor, config.money.max_credit_minor),
        max_auto_day_minor=_or(claims.auto_day_minor, AUTO_DAY_CREDITS * config.money.max_credit_minor),
        max_auto_day_claims=claims.auto_day_claims,
        second_above_minor=_or(claims.second_above_minor, config.money.max_credit_minor),
        close_bar_ms=times.close_bar * SECOND_MS,
        choice_ms=times.choice * SECOND_MS,
        idle_ms=times.idle * SECOND_MS,
        idle_money_ms=times.idle_money * SECOND_MS,
        thanks_ms=times.thanks * SECOND_MS,
        owed_ms=times.owed * SECOND_MS,
        job_ms=times.job * SECOND_MS,
        recovery_ms=times.recovery * SECOND_MS,
        service_ms=times.service * SECOND_MS,
    )


def _or(configured: int | None, usual: int) -> int:
    """What the vendor configured, 0 too; the usual when nothing."""
    return usual if configured is None else configured


def boxes_of(config: Config) -> dict[str, str]:
    """What can empty itself into a box of its own: recycled notes into their reader's stacker, coins into the cash box."""
    boxes: dict[str, str] = {}
    for port in config.rig.ports:
        if port.protocol not in EMPTYING:
            continue
        fed = {name: device.name for device in port.devices for name in device.into.values()}
        for device in port.devices:
            if device.kind is DeviceKind.HOPPER:
                reader = fed.get(device.name, "")
                boxes[device.name] = stacker_container(reader) if reader else CASH_BOX
    return boxes
