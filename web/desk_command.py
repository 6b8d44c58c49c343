"""`kiosk desk`: the vendor's desk for several kiosks; `kiosk desk add-kiosk`, `add-user`; and `kiosk show-key` at a kiosk."""

from __future__ import annotations

import hashlib
import re
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import flask
from nacl.signing import VerifyKey

from kiosk.config import NAME_FORM, Config, ConfigError, load_config
from kiosk.i18n import say
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.hub import Hub, open_hub
from kiosk.runtime.keys import KeyFileError, load_keys
from kiosk.runtime.log import start_log
from kiosk.runtime.service import AlreadyRunningError
from kiosk.store.database import StoreError
from web import LOOPBACK_NAMES, create_network_app
from web.admin import register_desk
from web.auth import Role, WeakSecretError, add_user
from web.demo import CONFIG_FILE, DESK_ADDRESS, STORE_FAILED, write_address
from web.hub_api import register_hub_api
from web.network import on_local_network
from web.serve import PortTakenError, TlsMissingError, WebServer
from web.starter import STARTER_OPTION, stop_event
from web.store_commands import data_option

DESK_FILE: Final = "desk.toml"
"""Of the same form as a kiosk's file: vendor, money, taxes, time zone, ``[desk]`` and ``[machines]`` count, the rest does not."""

KNOWN_ERRORS: Final = (
    ConfigError,
    KeyFileError,
    AlreadyRunningError,
    StoreError,
    PortTakenError,
    TlsMissingError,
    OSError,
)

desk_data_option: Final[Callable[[Any], Any]] = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".desk"),
    envvar="KIOSK_DESK_DATA",
    show_default=True,
    help="The one folder where everything of this desk lives.",
)


def create_hub_app(
    hub: Hub, config: Config, *, on_failure: Callable[[StoreError], None], **desk: Any
) -> flask.Flask:
    """The application of a desk for several kiosks: its pages, and the door where kiosks push.

    Args:
        hub: The open desk.
        config: Vendor, money, taxes, time zone; with a certificate for the desk, cookies are sent over TLS only.
        on_failure: Told when a write's outcome is unknown.
        **desk: For `web.admin.register_desk`; tests bring a clock and a cheap hasher.
    """
    app = create_network_app(trusted_hosts=[*LOOPBACK_NAMES, config.desk.host, *config.desk.names])
    register_desk(
        app,
        door=hub.door,
        reader=hub.reader,
        config=config,
        keys=hub.keys,
        fleet=hub,
        **desk,
    )
    register_hub_api(
        app, hub.inbox, clock=desk.get("clock") or SystemClock(), turn=hub.turn, on_failure=on_failure
    )
    return app


def _desk_config(folder: Path) -> Config:
    """The desk's configuration.

    Raises:
        click.ClickException: There is none yet; the message says how to make one.
    """
    path = folder / DESK_FILE
    if not path.exists():
        raise click.ClickException(
            f"there is no {path}. Copy the {CONFIG_FILE} of one of your kiosks there: vendor, money, tax rates, time zone and "
            "[desk] are used, its devices are not"
        )
    return load_config(path)


@click.group(name="desk", invoke_without_command=True)
@desk_data_option
@click.option("--port", type=int, default=None, help="Port of the desk.")
@click.option(
    "--lan",
    "is_lan",
    is_flag=True,
    help="Serve on the local network too, over TLS with a certificate of the desk's own.",
)
@STARTER_OPTION
@click.pass_context
def desk_command(
    context: click.Context, folder: Path, port: int | None, *, is_lan: bool, ends_with_starter: bool
) -> None:
    """Run the desk for several kiosks, which push their journals to it."""
    context.obj = folder
    if context.invoked_subcommand is not None:
        return
    stop = stop_event(ends_with_starter=ends_with_starter)
    failures: list[StoreError] = []

    def failed(error: StoreError) -> None:
        failures.append(error)
        stop.set()

    try:
        config = _desk_config(folder)
        start_log(folder / "logs", "desk")
        if is_lan:
            config = on_local_network(config, folder, port)
        hub = open_hub(folder)
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    try:
        secure = config.desk.certificate
        server = WebServer(
            create_hub_app(hub, config, on_failure=failed),
            config.desk.host,
            config.desk.port if port is None else port,
            name="desk",
            certificate=Path(secure) if secure else None,
            private_key=Path(config.desk.private_key) if secure else None,
        )
        server.start()
        shown = server.url(config.desk.names[0] if config.desk.names else "")
        write_address(folder, DESK_ADDRESS, {"desk": server.url()})
        click.echo(f"desk: {shown} ({len(hub.machines())} kiosks)")
        if secure:
            click.echo(f'kiosks that push here: [hub] url = "{shown}", key = "{fingerprint(Path(secure))}"')
        stop.wait()
        server.close()
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    finally:
        hub.close()
    if failures:
        click.echo(f"desk: {failures[0]}; start it again", err=True)
        sys.exit(STORE_FAILED)


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate's bytes, as `[hub] key` wants it."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))).hexdigest()


def _open(folder: Path) -> Hub:
    try:
        return open_hub(folder)
    except AlreadyRunningError as error:
        raise click.ClickException(f"{error}; stop the desk first") from error
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error


@desk_command.command(name="add-kiosk")
@click.argument("kiosk_id")
@click.argument("public_key")
@click.option("--name", default="", help="What people call it; its id when nothing is given.")
@click.pass_obj
def add_kiosk(folder: Path, kiosk_id: str, public_key: str, name: str) -> None:
    """Let a kiosk push to this desk; KIOSK_ID and PUBLIC_KEY as `kiosk show-key` prints them there."""
    if re.fullmatch(NAME_FORM, kiosk_id) is None:
        raise click.ClickException("a kiosk's id has 1 to 32 letters, digits and dashes")
    try:
        VerifyKey(bytes.fromhex(public_key))
    except ValueError as error:
        raise click.ClickException(
            "that is no public key: it has 64 hexadecimal digits; run 'kiosk show-key' at the kiosk"
        ) from error
    hub = _open(folder)
    try:
        hub.inbox.register(kiosk_id, name.strip() or kiosk_id, public_key.lower())
    finally:
        hub.close()
    click.echo(f"{kiosk_id} may push its journal to this desk")


@desk_command.command(name="add-user")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([str(role) for role in Role]),
    default=str(Role.OWNER),
    show_default=True,
)
@click.pass_obj
def add_desk_user(folder: Path, name: str, role: str) -> None:
    """Let somebody sign in at this desk, or give them a new password. The desk must not be running."""
    password = click.prompt("Password", hide_input=True)
    hub = _open(folder)
    try:
        made = add_user(hub.door, name, role, password, "")
    except WeakSecretError as error:
        raise click.ClickException(say("en", error.key)) from error
    finally:
        hub.close()
    click.echo(f"{made} may sign in as {role}")


@click.command(name="show-key")
@data_option
def show_key(folder: Path) -> None:
    """Print this kiosk's id and public key, by which a desk for several kiosks knows it."""
    try:
        config = load_config(folder / CONFIG_FILE)
        if not (folder / "keys" / "kiosk.key").exists():
            raise click.ClickException(
                f"there is no key in {folder / 'keys'}: it is made when the kiosk starts for the first time"
            )
        keys = load_keys(folder / "keys")
    except (ConfigError, KeyFileError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{config.kiosk_id} {keys.public_hex}")
