"""Several kiosks' years at once, a process for each: traded, verified, audited, and left as folders to start a kiosk on.

The processes share nothing but a queue of words about how far they are.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from hardware.simulators.bench import MEMORY_FILE
from hardware.simulators.rigs import CCTALK
from inventory.catalogue import Catalogue, Place
from inventory.sample import sample_catalogue
from inventory.stockroom import load_catalogue
from kiosk.audit.walk import audit_journal
from kiosk.config import load_config
from kiosk.core.rules import Shop
from kiosk.fleet.inbox import Inbox
from kiosk.fleet.outbox import batch_after
from kiosk.fleet.wire import Goods
from kiosk.money import Currency
from kiosk.runtime.clock import at_text
from kiosk.runtime.keys import load_keys
from kiosk.runtime.service import STORE_FILE
from kiosk.runtime.shop import rules_of
from kiosk.simulation.event_kiosk import Devices, Identity
from kiosk.simulation.worker import end_with_parent
from kiosk.simulation.year import KioskYear, Traded, YearOrder
from kiosk.store.anchor import ANCHOR_FILE, AnchorFile
from kiosk.store.database import StoreError, open_unlimited_reader, sqlite_url
from kiosk.store.verify import verify_journal

LOOK_SECONDS: Final = 0.5
"""How often the words of the processes are looked for."""

VERIFIED: Final = "verified"
AUDITED: Final = "audited"
SENT: Final = "at the desk"

Word = tuple[int, str]
"""Whose (by its place in the order) and what: a day in ISO 8601, `VERIFIED`, `AUDITED` or `SENT`."""


@dataclass(frozen=True, slots=True)
class YearTask:
    """One kiosk's year in its own folder.

    Attributes:
        order: The same for all kiosks.
        number: The site's place in `kiosk.simulation.sites.SITES`.
        folder: Of the kiosk; made ready but for its store.
        config: Its configuration file.
    """

    order: YearOrder
    number: int
    folder: Path
    config: Path


def trade_one(task: YearTask, tell: Callable[[Word], None] = lambda _word: None) -> Traded:
    """Make one kiosk's store, keys, anchor and the memory of its simulated devices, and check the journal twice.

    Raises:
        StoreError: The journal is not what it must be, or its disk failed.
    """
    config = load_config(task.config)
    folder = task.folder
    store = folder / config.store.folder
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = load_keys(folder / "keys")
    catalogue, _ = sample_catalogue(config.money.exponent, config.tax_rates_bp)
    path = store / STORE_FILE
    currency = Currency(config.money.currency, config.money.exponent)
    year = KioskYear(
        task.order,
        task.number,
        path,
        Identity(config.kiosk_id, currency, keys.signing),
        Shop(rules_of(config), catalogue),
    )
    told = date.min

    def progress(day: date) -> None:
        nonlocal told
        if (day.year, day.month) != (told.year, told.month):
            told = day
            tell((task.number, day.isoformat()))

    traded = year.run(progress)
    _check(path, keys.public_hex, lambda word: tell((task.number, word)))
    AnchorFile(store / ANCHOR_FILE, keys.signing).keep(year.kiosk.past.head)
    memory = remember(year.kiosk.devices, catalogue)
    (folder / MEMORY_FILE).write_text(json.dumps(memory, indent=1, sort_keys=True), "utf-8")
    return traded


def _check(path: Path, public_key: str, tell: Callable[[str], None]) -> None:
    """Verify and audit a finished journal.

    Raises:
        StoreError: Something was found.
    """
    engine = open_unlimited_reader(sqlite_url(path))
    try:
        with engine.connect() as connection:
            verified = verify_journal(connection, public_key=public_key)
    finally:
        engine.dispose()
    if verified.problems:
        raise StoreError(f"the journal {path} does not verify: {verified.problems[0]}")
    tell(VERIFIED)
    report = audit_journal(path, public_key=public_key)
    if report.problem_count:
        raise StoreError(
            f"the audit of {path} found {report.problem_count} problems; see 'kiosk audit {path}'"
        )
    tell(AUDITED)


def remember(devices: Devices, catalogue: Catalogue) -> Mapping[str, Mapping[str, object]]:
    """What the demo's simulators would remember after such a year, in the shape of their own file."""
    memory: dict[str, Mapping[str, object]] = {}
    for wire in CCTALK.wires({}):
        memory.update((simulator.name, simulator.remember()) for simulator in wire.simulators)
    taken = {str(position): qty for position, qty in sorted(devices.taken.items())}
    memory[CCTALK.acceptor] = {
        **memory[CCTALK.acceptor],
        "accept_counts": taken,
        "inserted": devices.taken.total() + devices.refused,
        "accepted": devices.taken.total(),
        "cash_box": {str(position): qty for position, qty in sorted(devices.box.items())},
        "collected": {str(position): qty for position, qty in sorted(devices.collected.items())},
    }
    for name in CCTALK.hoppers:
        memory[name] = {
            **memory[name],
            "total": devices.paid[name],
            "inside": devices.hoppers[name],
            "filled": devices.filled[name],
            "taken": devices.paid[name],
        }
    coils = {
        slot.coil: devices.coils[slot.code] for slot in catalogue.slots.values() if slot.place is Place.COIL
    }
    memory[CCTALK.board] = {
        **memory[CCTALK.board],
        "coils": {str(coil): qty for coil, qty in sorted(coils.items())},
        "loaded_total": sum(coils.values()) + devices.fallen,
        "dropped_total": devices.fallen,
        "taken_total": devices.fallen,
        "turns_total": devices.turned,
    }
    return memory


_words: list[Callable[[Word], None]] = []
"""Of a worker's process: where its words go."""


def _begin_worker(words: multiprocessing.queues.Queue[Word]) -> None:
    end_with_parent()
    _words.append(words.put)


def _work(task: YearTask) -> Traded:
    return trade_one(task, _words[0])


def trade_all(
    tasks: Sequence[YearTask],
    progress: Callable[[Word], None],
    done: Callable[[YearTask], None] = lambda _task: None,
) -> tuple[Traded, ...]:
    """All kiosks' years, as many at a time as there are processors.

    Args:
        tasks: One for each kiosk.
        progress: Hears each word, in this process.
        done: Is handed each kiosk that is ready, in this process, while others are still traded.

    Raises:
        StoreError: One of the journals is not what it must be.
    """
    context = multiprocessing.get_context("spawn")
    words: multiprocessing.queues.Queue[Word] = context.Queue()
    most = min(len(tasks), os.cpu_count() or 1)
    with ProcessPoolExecutor(most, mp_context=context, initializer=_begin_worker, initargs=(words,)) as pool:
        running: list[Future[Traded]] = [pool.submit(_work, task) for task in tasks]
        waiting = dict(zip(running, tasks, strict=True))
        while waiting:
            try:
                progress(words.get(timeout=LOOK_SECONDS))
            except queue.Empty:
                for future in [each for each in waiting if each.done()]:
                    future.result()  # an error ends the whole
                    done(waiting.pop(future))
    return tuple(each.result() for each in running)


def send_to_desk(task: YearTask, inbox: Inbox, name: str) -> None:
    """Register a finished kiosk at the desk for several kiosks and hand its journal over, as its courier would.

    Each entry is checked again, as from anybody. The kiosk's own courier finds everything there and goes on from the end.

    Raises:
        StoreError, BatchRefusedError: It was not taken.
    """
    config = load_config(task.config)
    keys = load_keys(task.folder / "keys")
    inbox.register(config.kiosk_id, name, keys.public_hex)
    at = at_text(task.order.until)
    engine = open_unlimited_reader(sqlite_url(task.folder / config.store.folder / STORE_FILE))
    try:
        with engine.connect() as connection:
            ack = inbox.ack(config.kiosk_id)
            while (batch := batch_after(connection, ack)).entries:
                ack = inbox.take(batch, at)
            catalogue = load_catalogue(connection)
    finally:
        engine.dispose()
    inbox.take_goods(
        Goods(config.kiosk_id, at, tuple(catalogue.products.values()), tuple(catalogue.slots.values()))
    )
