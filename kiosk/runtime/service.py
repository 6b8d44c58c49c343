"""One kiosk, put together: lock, keys, store, till, devices. Everything that runs, stops here."""

from __future__ import annotations

import fcntl
import gc
import os
import platform
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Engine

from hardware.document import Document
from hardware.events import DeviceEvent
from hardware.port import USB_PREFIX, Port
from hardware.rig import PortConfig, Rig, RigConfig, build_rig
from hardware.sansio import AcceptorMemory
from inventory.stockroom import load_catalogue
from kiosk.config import Config
from kiosk.core.effects import PrintReceipt
from kiosk.core.rules import Shop
from kiosk.core.state import State
from kiosk.money import Currency
from kiosk.runtime.backup import Backups, BackupStatus
from kiosk.runtime.clock import Clock, SystemClock, stamp_of
from kiosk.runtime.courier import NO_HUB, Courier, CourierStatus, HttpLine
from kiosk.runtime.health import Space
from kiosk.runtime.hearing import Hearing, LiveDevice
from kiosk.runtime.idle_check import CheckStatus, IdleCheck
from kiosk.runtime.keys import Keys, load_keys
from kiosk.runtime.loop import Till, TillParts
from kiosk.runtime.shop import rules_of
from kiosk.runtime.supervise import Supervisor
from kiosk.store.anchor import ANCHOR_FILE, Anchor, AnchorFile
from kiosk.store.copies import anchors_in
from kiosk.store.database import (
    StoreRefusedError,
    open_reader,
    open_unlimited_reader,
    open_writer,
    require_safe_sqlite,
    sqlite_url,
    sqlite_version,
)
from kiosk.store.ledger import Ledger
from kiosk.store.photos import PHOTOS_FOLDER, PhotoFolder
from kiosk.store.restore import refuse_half_restored

SOFTWARE: Final = "0.2"
"""Version text in every boot entry."""

STORE_FILE: Final = "kiosk.db"


log = structlog.get_logger("service")


class AlreadyRunningError(Exception):
    """Another kiosk process has this data folder; two tills would spend one credit twice. Stop the other first."""


class NeedsRecoveryError(Exception):
    """The last run left something open; start the kiosk with its devices once, so that it can ask them what became of it."""


class FolderLock:
    """Holds a data folder for one process; the system lets go when the process dies, however it dies."""

    def __init__(self, folder: Path, name: str = "kiosk") -> None:
        """Take the lock ``name`` of the folder.

        Raises:
            AlreadyRunningError: Another process holds it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._handle)
            raise AlreadyRunningError(f"{folder} is in use by another {name} process") from error

    def release(self) -> None:
        """Let go."""
        os.close(self._handle)


NO_SERIAL: Final = -1
"""Of no device: an acceptor is then met as a new one, and what its buffer still tells is not credited."""


def memories_of(state: State) -> dict[str, AcceptorMemory]:
    """What the journal last knew of each acceptor's event counter.

    After a restore the buffer of an acceptor that was not met yet tells of coins that a lost part of the journal knew, and
    whose worth was given long ago: crediting them would be money for whoever stands there.
    """
    return {
        device: AcceptorMemory(
            serial=NO_SERIAL if state.is_unmet(device) else book.serial,
            device_epoch=book.device_epoch,
            event_no=book.event_no,
            has_counts=book.counts is not None,
            kept_total=book.kept_total,
        )
        for device, book in state.acceptors.items()
    }


def witnesses_of(copies: Path, kiosk_id: str, keys: Keys) -> tuple[Anchor, ...]:
    """This kiosk's anchors beside its copies: they remember heads on another medium."""
    return tuple(
        anchor
        for anchor in anchors_in(copies)
        if anchor.kiosk_id == kiosk_id and anchor.public_key == keys.public_hex
    )


def below(folder: Path, rig: RigConfig) -> RigConfig:
    """The rig with relative port paths taken from the data folder; absolute ones and names of USB adapters stay."""
    return replace(
        rig,
        ports=tuple(
            port if port.path.startswith(USB_PREFIX) else replace(port, path=str(folder / port.path))
            for port in rig.ports
        ),
    )


@dataclass(frozen=True, slots=True)
class StoreCare:
    """How the store is cared for: the anchor's note (empty: all is well), the copies, the verification, the desk elsewhere."""

    anchor: str
    copies: BackupStatus
    check: CheckStatus
    hub: CourierStatus = NO_HUB


@dataclass(frozen=True, slots=True)
class Service:
    """A running kiosk: its door for the web, its read-only store, and how to stop it."""

    config: Config
    till: Till
    rig: Rig
    reader: Engine
    keys: Keys
    folder: Path
    lock: FolderLock
    ledger: Ledger
    anchor: AnchorFile
    check: IdleCheck
    backups: Backups | None
    courier: Courier | None
    supervisor: Supervisor
    hearing: Hearing
    photos: PhotoFolder

    def devices(self) -> tuple[LiveDevice, ...]:
        """Every configured device as it is now."""
        return self.hearing.look(self.config.rig, self.till.state(), rules_of(self.config), self.rig.traces)

    def care(self) -> StoreCare:
        """How the store's anchor, copies and verification stand."""
        copies = BackupStatus(is_set_up=False) if self.backups is None else self.backups.status
        hub = NO_HUB if self.courier is None else self.courier.status
        return StoreCare(anchor=self.anchor.note, copies=copies, check=self.check.status, hub=hub)

    def stop(self) -> None:
        """Stop devices' commands, the till, the devices, the store, in that order; then one last copy."""
        self.check.stop()
        if self.backups is not None:
            self.backups.stop()
        if self.courier is not None:
            self.courier.stop()
        self.till.stop()
        self.rig.stop()
        self.ledger.close()
        self.reader.dispose()
        if self.backups is not None:
            self.backups.close()
        self.lock.release()


def open_service(
    config: Config,
    folder: Path,
    *,
    layout: Callable[[Till, Engine, PrintReceipt], Document],
    on_rig_failure: Callable[[str, Exception], None],
    clock: Clock | None = None,
    has_devices: bool = True,
    open_port: Callable[[PortConfig], Port] | None = None,
) -> Service:
    """Build and start one kiosk on a data folder.

    Args:
        config: Checked configuration; relative port paths are below ``folder``.
        folder: Where everything of this kiosk lives.
        layout: Lays out a receipt from the stored journal.
        on_rig_failure: Told when a device's driver ends by an error or hangs.
        clock: The machine's clocks unless a test passes its own.
        has_devices: False for the command line's own acts on a kiosk that does not run (import, users): no port is opened.
        open_port: Gives each port's line; None for the line that is configured.

    Raises:
        NeedsRecoveryError: Without devices, and something is open that only they can explain.
        AlreadyRunningError, KeyFileError, StoreRefusedError: It cannot start; the message says what to do.
    """
    clock = clock or SystemClock()
    with ExitStack() as undo:
        lock = FolderLock(folder)
        undo.callback(lock.release)
        keys = load_keys(folder / "keys")
        store = folder / config.store.folder
        store.mkdir(mode=0o700, exist_ok=True)
        space = Space(store, low_mib=config.store.low_mib, full_mib=config.store.full_mib)
        space.lay_ballast()
        space.read()  # a full disk gets the ballast now: the start itself writes
        warning = require_safe_sqlite(sqlite_version(), platform.machine())
        if warning:
            log.warning("old SQLite", warning=warning)
        refuse_half_restored(store / STORE_FILE)
        url = sqlite_url(store / STORE_FILE)
        copies = folder / config.backup.folder if config.backup.folder else None
        witnesses = () if copies is None else witnesses_of(copies, config.kiosk_id, keys)
        anchor = AnchorFile(store / ANCHOR_FILE, keys.signing, witnesses)
        ledger, state = Ledger.open(
            open_writer(url),
            kiosk_id=config.kiosk_id,
            currency=Currency(config.money.currency, config.money.exponent),
            key=keys.signing,
            stamp=stamp_of(clock),
            software=SOFTWARE,
            anchor=anchor,
        )
        undo.callback(ledger.close)
        if anchor.note:
            log.warning("the anchor is not as it was left", anchor=anchor.note)
        if not has_devices and state.visit is not None:
            raise NeedsRecoveryError(NeedsRecoveryError.__doc__)
        undo.pop_all()
    reader = open_reader(url)
    catalogue = ledger.read(
        load_catalogue
    )  # not as a reader: many goods on a slow card take longer than one may
    classes = {product.tax_class for product in catalogue.products.values()} - set(config.tax_rates_bp)
    if classes:
        ledger.close()
        lock.release()
        raise StoreRefusedError(
            f"goods in the store have tax classes that the configuration does not name: {', '.join(sorted(classes))}; "
            "add them to [tax_rates_bp]"
        )
    log_path = store / f"{STORE_FILE}-wal"
    till = Till(
        TillParts(
            ledger=ledger,
            state=state,
            shop=Shop(rules=rules_of(config), catalogue=catalogue),
            clock=clock,
            codes_key=keys.codes,
            timezone=ZoneInfo(config.timezone),
            screen_silent_ms=config.times.screen_silent * 1_000,
            layout=lambda effect: layout(till, reader, effect),
            space=space.read,
            wal_bytes=lambda: log_path.stat().st_size if log_path.exists() else 0,
            goods_stay=gc.freeze,
        )
    )
    hearing = Hearing(clock.now_ms)

    def deliver(events: tuple[DeviceEvent, ...]) -> None:
        hearing.note(events)
        till.deliver(events)

    supervisor = Supervisor(
        deliver=deliver,
        state=till.state,
        memories=memories_of,
        clock=clock.now_ms,
        on_failure=on_rig_failure,
    )
    rig = build_rig(
        below(folder, config.rig) if has_devices else RigConfig(),
        currency=config.money.currency,
        memories=memories_of(state),
        deliver=deliver,
        on_failure=supervisor.failed,
        clock=clock.now_ms,
        exponent=config.money.exponent,
        open_port=open_port,
    )
    till.attach(rig)
    supervisor.attach(rig)
    check = IdleCheck(
        open_unlimited_reader(url),
        config.kiosk_id,
        public_key=keys.public_hex,
        anchor=anchor,
        clock=clock,
        is_idle=lambda: till.state().visit is None,
        on_damage=till.halt,
    )
    backups = None
    if copies is not None:
        backups = Backups(
            store / STORE_FILE,
            copies,
            config.backup,
            anchor=anchor,
            clock=clock,
            kiosk_id=config.kiosk_id,
            is_sound=lambda: not ledger.has_failed and till.failure is None,
        )
    courier = None
    if config.hub.url and has_devices:
        courier = Courier(url, config.kiosk_id, keys.signing, HttpLine(config.hub), clock=clock)
    till.start(SOFTWARE)
    rig.start()
    if courier is not None:
        courier.start()
    if has_devices:  # the command line's own acts are over in a moment
        check.start()
        if backups is not None:
            backups.start()
    return Service(
        config=config,
        till=till,
        rig=rig,
        reader=reader,
        keys=keys,
        folder=folder,
        lock=lock,
        ledger=ledger,
        anchor=anchor,
        check=check,
        backups=backups if has_devices else None,
        courier=courier,
        supervisor=supervisor,
        hearing=hearing,
        photos=PhotoFolder(
            store / PHOTOS_FOLDER,
            reserve_mib=config.store.low_mib,
            copies=None if copies is None else copies / PHOTOS_FOLDER,
        ),
    )
