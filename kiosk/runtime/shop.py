"""From the configuration to the rules the till decides with."""

from __future__ import annotations

from hardware.events import DeviceKind
from kiosk.config import Config
from kiosk.core.rules import Rules

SECOND_MS = 1_000


def rules_of(config: Config) -> Rules:
    """The part of the configuration that the till decides with."""
    devices = [device for port in config.rig.ports for device in port.devices]
    times = config.times
    return Rules(
        coins={each.name: dict(each.coins) for each in devices if each.kind is DeviceKind.COIN_ACCEPTOR},
        hoppers={each.name: each.value_minor or 0 for each in devices if each.kind is DeviceKind.HOPPER},
        boards=tuple(each.name for each in devices if each.kind is DeviceKind.COIL_BOARD),
        printers=tuple(each.name for each in devices if each.kind is DeviceKind.PRINTER),
        languages=config.languages,
        tax_rates_bp=dict(config.tax_rates_bp),
        cash_step_minor=config.money.cash_step_minor,
        max_credit_minor=config.money.max_credit_minor,
        max_goodwill_minor=config.money.max_goodwill_minor,
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
