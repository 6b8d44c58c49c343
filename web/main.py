"""The composition root and the command line; nothing imports it.

Each command is one screen of code: read the configuration, put the parts together, run, and say in plain words what went wrong.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import threading
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from hardware.simulators.bench import Bench
from hardware.simulators.rigs import CCTALK, RIGS, rig_of
from inventory.catalogue import Catalogue
from inventory.goods_changes import with_photos
from inventory.goods_file import MarketFiles, read_goods, read_planogram
from inventory.pictures import picture_svg
from inventory.sample import sample_catalogue
from kiosk.config import Config, ConfigError, WebConfig, load_config
from kiosk.core import events as ev
from kiosk.core.diagram import diagram
from kiosk.core.events import SecondStepOffered
from kiosk.i18n import say
from kiosk.runtime.halt import BY_CLERK, keep_evidence
from kiosk.runtime.hub import open_hub
from kiosk.runtime.keys import KeyFileError
from kiosk.runtime.log import start_log
from kiosk.runtime.service import (
    STORE_FILE,
    AlreadyRunningError,
    FolderLock,
    NeedsRecoveryError,
    Service,
    open_service,
)
from kiosk.runtime.settings import note_settings
from kiosk.store.database import StoreError, StoreRefusedError
from web import LOOPBACK_NAMES, create_kiosk_app, create_network_app
from web.admin import register_desk
from web.admin.care import show_care
from web.audit_command import audit
from web.auth import Role, WeakSecretError, add_user
from web.backroom import layout_receipt, make_backroom, receipts_of
from web.claim_page import register_claim_page
from web.demo import (
    CONFIG_FILE,
    FLOAT_COINS,
    STORE_FAILED,
    Demo,
    coil_goods,
    stock_market,
    write_address,
    write_config,
    write_users,
)
from web.desk_command import desk_command, show_key
from web.devices_command import devices
from web.evidence_commands import evidence, verify_evidence
from web.export_commands import export_audit, export_postings, read_audit
from web.first_page import serve_first_start
from web.network import on_local_network
from web.restart import Restarts
from web.serve import PortTakenError, TlsMissingError, WebServer
from web.setup_command import setup_command
from web.simulate_command import simulate_command
from web.simulator_command import simulator_command
from web.starter import STARTER_OPTION, stop_event
from web.store_commands import STORE_COMMANDS, make_copies_folder
from web.typed import CHECKOUT
from web.wire_command import wire
from web.workshop import create_workshop_app
from web.year_demo import DESK_FOLDER, DESK_PORT, OTHERS, YEAR_DAYS, YEAR_FOLDER, all_desk_of, make_year

DATA_OPTION: Final = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    envvar="KIOSK_DATA",
    show_default=True,
    help="The one folder where everything of this kiosk lives.",
)

LAN_OPTION: Final = click.option(
    "--lan",
    "is_lan",
    is_flag=True,
    help="Serve desk and claim page on the local network too, over TLS with a certificate of the kiosk's own.",
)

RIG_OPTION: Final = click.option(
    "--rig",
    type=click.Choice(list(RIGS)),
    default=CCTALK.name,
    show_default=True,
    help="For a new market: " + "; ".join(f"{rig.name}: {rig.says}" for rig in RIGS.values()) + ".",
)

FIRST_PORT: Final = WebConfig().port
"""Where a kiosk without a configuration shows how to make one: where its screen will be."""

TILL_HANGS_MS: Final = 10_000
"""A till thread that has not looked up for this long is stuck; its longest honest wait is one second of reading."""

KNOWN_ERRORS: Final = (
    ConfigError,
    KeyFileError,
    AlreadyRunningError,
    NeedsRecoveryError,
    StoreError,
    PortTakenError,
    TlsMissingError,
    OSError,
)
"""What a person can put right: said in one sentence, without a trace. OSError is the disk's word: full, read-only."""


def _config(folder: Path) -> Config:
    return load_config(folder / CONFIG_FILE)


@click.group(name="kiosk", context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A micro-market kiosk: till, devices, journal and desk."""


def _open(config: Config, folder: Path, *, has_devices: bool) -> Service:
    """Start the till, and wait until it shows something.

    Raises:
        StoreError: It ended before it did, or does not come up.
    """
    if not has_devices:
        start_log(folder / "logs", "command")
    service = open_service(
        config,
        folder,
        layout=lambda till, reader, effect: layout_receipt(reader, receipts_of(config, till), effect),
        on_rig_failure=lambda port, error: click.echo(f"kiosk: port {port} ended: {error}", err=True),
        has_devices=has_devices,
    )
    try:
        service.till.screen()
    except TimeoutError as error:
        failure = service.till.failure or error
        service.stop()
        raise StoreError(f"the till did not start: {failure}") from error
    if has_devices:
        gc.freeze()  # what was made by now, many goods above all, stays: no collection need look through it
    return service


class StoreFailedError(click.ClickException):
    """Ends with the code that tells a service manager to start the kiosk again."""

    exit_code = STORE_FAILED


def _said(error: Exception) -> click.ClickException:
    """An error that a person can put right."""
    is_unknown = isinstance(error, StoreError) and not isinstance(error, StoreRefusedError)
    return StoreFailedError(str(error)) if is_unknown else click.ClickException(str(error))


@main.command()
@DATA_OPTION
@click.option("--screen-port", type=int, default=None, help="Port of the shopper's screen (loopback).")
@click.option("--desk-port", type=int, default=None, help="Port of the vendor's desk.")
@click.option(
    "--once",
    is_flag=True,
    help=f"After an error of the store end with code {STORE_FAILED}, for a service manager that starts it again.",
)
@LAN_OPTION
@STARTER_OPTION
def run(
    *,
    folder: Path,
    screen_port: int | None,
    desk_port: int | None,
    once: bool,
    is_lan: bool,
    ends_with_starter: bool,
) -> None:
    """Run the kiosk on its configured devices; after an error of the store it starts itself again."""
    wanted = stop_event(ends_with_starter=ends_with_starter)
    streams = threading.Event()
    again = Restarts(wanted, asked_port=screen_port)
    config: Config | None = None
    try:
        # A folder without a configuration and without books is a first start; a mistyped one is not made.
        is_first = folder.is_dir() and not any((folder / name).exists() for name in (CONFIG_FILE, "keys"))
        if is_first and not serve_first_start(
            folder, wanted, FIRST_PORT if screen_port is None else screen_port
        ):
            return
        config = _config(folder)  # first: a mistyped folder is not made, and a disk that is full has its page
        start_log(folder / "logs", "kiosk")
        make_copies_folder(config, folder)
        if is_lan:
            config = on_local_network(config, folder, desk_port)
        service = _open(config, folder, has_devices=True)
    except KNOWN_ERRORS as error:
        if not once and again.may_try(error):
            again.start_again(str(error), config)
        raise _said(error) from error
    reason = ""
    servers: list[WebServer] = []
    try:
        servers = _serve(
            service,
            streams,
            screen_port=again.port("screen", screen_port),
            desk_port=again.port("desk", desk_port),
        )
        again.keep(servers)
        names = {"desk": config.desk.names[0]} if config.desk.names else {}
        write_address(folder, "kiosk", {each.name: each.url(names.get(each.name, "")) for each in servers})
        reason = _watch(service, wanted, again, once=once)
    except KNOWN_ERRORS as error:
        reason = "" if once or not again.may_try(error) else str(error)
        if not reason:
            raise _said(error) from error
    finally:
        streams.set()
        failure = service.till.failure
        failure = _stopped(service) or failure
        for server in servers:
            server.close()
    if failure is not None and not isinstance(failure, StoreError) and once:
        raise failure
    reason = reason or (str(failure) if failure is not None else "")
    if not reason:
        return
    if once:
        click.echo(f"kiosk: {reason}; start it again, it recovers", err=True)
        sys.exit(STORE_FAILED)
    if wanted.is_set():
        click.echo(f"kiosk: {reason}; the next start recovers", err=True)
        return
    again.start_again(reason, config)


def _stopped(service: Service) -> Exception | None:
    """Stop the service; what the store said to that is one more reason to start again, never one to stay down."""
    try:
        service.stop()
    except (StoreError, OSError) as error:
        return error
    return None


def _watch(service: Service, stop: threading.Event, again: Restarts, *, once: bool) -> str:
    """Stand by a running kiosk until it is to end; why it must start again, or empty."""
    till = service.till
    # Halted when it started: that was kept by the start that found it.
    broken = till.state().halted_for
    while not stop.wait(0.1) and not till.ended.is_set():
        if till.monotonic_ms() - till.beat_ms > TILL_HANGS_MS:
            # Nothing of ours can be trusted to stop it: end hard, as a power cut would, and start into recovery.
            click.echo("kiosk: the till hangs; ending", err=True)
            if once:
                os._exit(STORE_FAILED)
            # Its drivers would go on polling, and so taking coins, while nobody books them.
            service.rig.stop()
            again.start_again("the till hangs")
        reason = service.supervisor.look()
        if reason:
            return reason
        halted_for = till.state().halted_for
        if halted_for and halted_for not in {BY_CLERK, broken}:
            broken = halted_for
            kept = keep_evidence(service)
            click.echo(f"kiosk: a promise is broken ({halted_for}); evidence is kept in {kept}", err=True)
        elif not halted_for and broken not in {"", BY_CLERK}:
            return "a clerk put the halted till back to work"
    return ""


def _serve(
    service: Service, stop: threading.Event, *, screen_port: int | None, desk_port: int | None
) -> list[WebServer]:
    """The two web servers of a kiosk: the screen on loopback, the desk where the configuration says."""
    config, till = service.config, service.till
    desk_app = create_network_app(trusted_hosts=[*LOOPBACK_NAMES, config.desk.host, *config.desk.names])
    desk = register_desk(
        desk_app,
        door=till,
        reader=service.reader,
        config=config,
        keys=service.keys,
        photos=service.photos,
    )
    show_care(desk_app, service.care)
    register_claim_page(
        desk_app,
        claims=desk.claims,
        receipts=receipts_of(config, till),
        reader=service.reader,
        config=config,
        now_ms=till.monotonic_ms,
    )
    screen_app = create_kiosk_app(till, config, make_backroom(service, desk.sign_in, desk.rounds), stop=stop)
    secure = config.desk.certificate
    servers = [
        WebServer(
            screen_app,
            "127.0.0.1",
            config.screen.port if screen_port is None else screen_port,
            name="screen",
        ),
        WebServer(
            desk_app,
            config.desk.host,
            config.desk.port if desk_port is None else desk_port,
            name="desk",
            certificate=Path(secure) if secure else None,
            private_key=Path(config.desk.private_key) if secure else None,
        ),
    ]
    for server in servers:
        server.start()
    note_settings(till, service.reader, config)
    return servers


@main.command()
@DATA_OPTION
@click.option("--port", type=int, default=8082, show_default=True, help="Port of the workshop (loopback).")
@STARTER_OPTION
def simulators(folder: Path, port: int, *, ends_with_starter: bool) -> None:
    """Run the simulated devices and their workshop."""
    stop = stop_event(ends_with_starter=ends_with_starter)
    try:
        config = _config(folder)
        start_log(folder / "logs", "simulators")
        lock = FolderLock(folder, "simulators")
        catalogue, _ = sample_catalogue(config.money.exponent, config.tax_rates_bp)
        is_fresh = not (folder / "simulators.json").exists()
        rig = rig_of(config.rig)
        bench = Bench(rig.wires(coil_goods(catalogue) if is_fresh else {}), folder)
        app = create_workshop_app(
            bench,
            products=tuple(catalogue.products.values()),
            slots=tuple(catalogue.slots.values()),
            draw=picture_svg,
            currency=config.money.currency,
            exponent=config.money.exponent,
            kiosk_name=config.vendor.name,
        )
        server = WebServer(app, "127.0.0.1", port, name="workshop")
    except KNOWN_ERRORS as error:
        raise _said(error) from error
    with bench:
        if is_fresh:
            for device in rig.hoppers:
                bench.act(device, "fill", {"qty": str(FLOAT_COINS)})
        server.start()
        write_address(folder, "simulators", {"workshop": server.url()})
        stop.wait()
        server.close()
    lock.release()


@main.command()
@DATA_OPTION
@click.option("--screen-port", type=int, default=8080, show_default=True)
@click.option("--desk-port", type=int, default=8081, show_default=True)
@click.option("--workshop-port", type=int, default=8082, show_default=True)
@LAN_OPTION
@RIG_OPTION
@click.option(
    "--all-port",
    type=int,
    default=DESK_PORT,
    show_default=True,
    help="With --year: port of the desk for all kiosks, kept from when the year was made.",
)
@click.option(
    "--year", "has_year", is_flag=True, help="Begin with a year of trade on three kiosks behind you."
)
@click.option(
    "--seed", type=click.IntRange(min=0), help="What happens in that year; drawn and printed by default."
)
@click.option(
    "--days",
    type=click.IntRange(1, YEAR_DAYS),
    default=YEAR_DAYS,
    show_default=True,
    help="With --year: how much of it, its end; a few days are made in seconds.",
)
def demo(  # noqa: PLR0913 - one for each option
    *,
    folder: Path,
    screen_port: int,
    desk_port: int,
    workshop_port: int,
    is_lan: bool,
    rig: str,
    has_year: bool,
    seed: int | None,
    days: int,
    all_port: int,
) -> None:
    """A whole market on simulated devices: shopper's screen, workshop and desk."""
    folder = _year_folder(folder, seed, rig=rig, has_year=has_year).resolve()
    try:
        if has_year and not folder.exists():
            own_desk = "" if is_lan else f"http://127.0.0.1:{desk_port}"
            _make_users(make_year(folder, seed, port=all_port, own_desk=own_desk, days=days), folder)
        path = write_config(folder, RIGS[rig])
        config = load_config(path)
        _refuse_another_rig(config, folder, rig)
        if not (folder / config.store.folder / STORE_FILE).exists():
            click.echo(f"demo: making a new market in {folder} ...")
            _make_market(config, folder)
        # Held until this process ends: a second demo would take the first one's wires away.
        lock = FolderLock(folder, "demo")
    except KNOWN_ERRORS as error:
        raise _said(error) from error
    try:
        Demo(
            folder,
            screen_port=screen_port,
            desk_port=desk_port,
            workshop_port=workshop_port,
            is_lan=is_lan,
            all_desk=all_desk_of(config, folder) if has_year else None,
        ).run()
    finally:
        lock.release()


def _year_folder(folder: Path, seed: int | None, *, rig: str, has_year: bool) -> Path:
    """The demo's folder: a year of trade has one of its own unless one was named.

    Raises:
        click.UsageError: What was asked for does not go together, or a year that is there would have to be another one.
    """
    if not has_year:
        if seed is not None:
            raise click.UsageError("--seed chooses what happens in the year of trade: add --year")
        return folder
    if rig != CCTALK.name:
        raise click.UsageError(
            f"the year of trade was sold on the devices of '{CCTALK.name}': leave --rig out"
        )
    if click.get_current_context().get_parameter_source("folder") is ParameterSource.DEFAULT:
        folder = YEAR_FOLDER
    if folder.exists() and not (folder / OTHERS).exists():
        raise click.UsageError(
            f"in {folder} is no year of trade, and it is not overwritten: choose another --data"
        )
    if folder.exists() and seed is not None:
        raise click.UsageError(
            f"the year in {folder} is made already: start it without --seed, or choose another --data"
        )
    return folder


@main.command(name="make-market")
@DATA_OPTION
@RIG_OPTION
def make_market(folder: Path, rig: str) -> None:
    """Lay out the demo's market and stop: configuration, goods, stock, float and users."""
    folder = folder.resolve()
    try:
        config = load_config(write_config(folder, RIGS[rig]))
        _refuse_another_rig(config, folder, rig)
        _make_market(config, folder)
    except KNOWN_ERRORS as error:
        raise _said(error) from error
    click.echo(f"a new market is in {folder}")


def _refuse_another_rig(config: Config, folder: Path, rig: str) -> None:
    """Say that a market keeps the devices it was made with: whoever types ``--rig`` would look for them in vain.

    Raises:
        click.UsageError: A rig was asked for by name, and the folder's market has another.
    """
    source = click.get_current_context().get_parameter_source("rig")
    there = rig_of(config.rig).name
    if source is ParameterSource.COMMANDLINE and there != rig:
        raise click.UsageError(
            f"the market in {folder} has the devices of '{there}' and keeps them.\n"
            f"  Start it without --rig, or make another one: --rig {rig} --data {folder}-{rig}"
        )


def _make_market(config: Config, folder: Path) -> None:
    """Goods, stock, float and users of a new demo, through the till's own door."""
    catalogue, data = sample_catalogue(config.money.exponent, config.tax_rates_bp)
    service = _open(config, folder, has_devices=False)
    try:
        service.till.screen()
        digest = hashlib.sha256(data).hexdigest()
        stock_market(service.till, catalogue, digest, clerk="demo", hoppers=rig_of(config.rig).hoppers)
        write_users(service.till, folder)
    finally:
        service.stop()


def _make_users(config: Config, folder: Path) -> None:
    """The users of a market that has everything else; they may sign in at the desk for all kiosks as well."""
    service = _open(config, folder, has_devices=False)
    hub = open_hub(folder / DESK_FOLDER)
    try:
        service.till.screen()
        write_users(service.till, folder, hub.door)
    finally:
        hub.close()
        service.stop()


@main.command(name="import")
@DATA_OPTION
@click.argument("goods", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--planogram",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Which product is in which slot; without it the slots stay as they are.",
)
def import_goods(folder: Path, goods: Path, planogram: Path | None) -> None:
    """Take over a goods file (CSV) as a whole, or nothing of it.

    The kiosk must not be running; while it runs, import at the desk.
    """
    try:
        config = _config(folder)
        data = goods.read_bytes()
        read = read_goods(data, exponent=config.money.exponent, tax_classes=tuple(config.tax_rates_bp))
        _fail_on_problems(goods, read)
        service = _open(config, folder, has_devices=False)
    except KNOWN_ERRORS as error:
        raise _said(error) from error
    try:
        service.till.screen()
        slots = tuple(service.till.catalogue().slots.values())
        if planogram is not None:
            plan = read_planogram(planogram.read_bytes(), read.products)
            _fail_on_problems(planogram, plan)
            slots = plan.slots
        products = (
            read.products if read.names_photos else with_photos(read.products, service.till.catalogue())
        )
        known = {product.sku for product in products}
        catalogue = Catalogue.of(products, tuple(slot for slot in slots if slot.sku in known))
        digest = hashlib.sha256(data).hexdigest()
        answer = service.till.ask(ev.CatalogueOffered(by="import", catalogue=catalogue, digest=digest))
        if answer.notice.is_refusal:
            raise click.ClickException(
                f"nothing was imported: {answer.notice.key} {dict(answer.notice.params)}"
            )
        click.echo(f"{len(catalogue.products)} products and {len(catalogue.slots)} slots imported")
    finally:
        service.stop()


def _fail_on_problems(path: Path, read: MarketFiles) -> None:
    """Say every problem with its line and column; then nothing is imported."""
    if not read.problems:
        return
    for problem in read.problems:
        click.echo(f"{path}: {problem}", err=True)
    more = f" and {read.more_qty} more" if read.more_qty else ""
    raise click.ClickException(f"{len(read.problems)} problems{more}; nothing was imported")


@main.group()
def user() -> None:
    """People who may sign in at the desk and at the kiosk."""


@user.command(name="add")
@DATA_OPTION
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default=str(Role.OWNER),
    show_default=True,
)
@click.option(
    "--reset-second-step",
    is_flag=True,
    help="Also take away the second step, for somebody who lost the phone and the recovery codes.",
)
def add(folder: Path, name: str, role: str, *, reset_second_step: bool) -> None:
    """Make a desk user, or give one new secrets. The kiosk must not be running."""
    password = click.prompt(
        "Password for the desk (empty: none)", hide_input=True, default="", show_default=False
    )
    pin = click.prompt(
        "PIN for the kiosk's service screen (empty: none)", hide_input=True, default="", show_default=False
    )
    try:
        service = _open(_config(folder), folder, has_devices=False)
    except KNOWN_ERRORS as error:
        raise _said(error) from error
    try:
        service.till.screen()
        made = add_user(service.till, name, role, password, pin)
        if reset_second_step:
            service.till.ask(SecondStepOffered(user=made, by="console", sealed=b""))
    except WeakSecretError as error:
        raise click.ClickException(say("en", error.key)) from error
    finally:
        service.stop()
    click.echo(f"{made} may sign in as {role}")


@main.command(name="diagram")
def show_diagram() -> None:
    """Print the till's state machine, made from its table."""
    click.echo(diagram())


main.add_command(audit)
main.add_command(simulate_command)

for store_command in STORE_COMMANDS:
    main.add_command(store_command)


main.add_command(evidence)
for export_command in (export_audit, read_audit, export_postings):
    main.add_command(export_command)
main.add_command(verify_evidence)
main.add_command(desk_command)
main.add_command(show_key)
main.add_command(devices)
main.add_command(setup_command)
main.add_command(simulator_command)
main.add_command(wire)


if __name__ == "__main__":
    main(prog_name=CHECKOUT)
