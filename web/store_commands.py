"""`kiosk backup`, `restore`, `drill`, `verify-journal`: the store's own commands, each a screen of words.

The first and the last two may run beside a kiosk that sells; a restore wants the data folder for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from kiosk.config import Config, ConfigError, load_config
from kiosk.core.state import Totals
from kiosk.i18n import format_money
from kiosk.money import Currency
from kiosk.runtime.backup import Backups
from kiosk.runtime.clock import SystemClock, stamp_of
from kiosk.runtime.keys import KeyFileError, Keys, load_keys
from kiosk.runtime.service import SOFTWARE, STORE_FILE, AlreadyRunningError, FolderLock
from kiosk.store.anchor import ANCHOR_FILE, AnchorDamagedError, AnchorFile, read_anchor
from kiosk.store.copies import Copy, journal_name, list_copies
from kiosk.store.database import StoreError, open_unlimited_reader, sqlite_url
from kiosk.store.restore import Drill, Restoring, restore_copy
from kiosk.store.restore import drill as run_drill
from kiosk.store.verify import Verification, verify_journal
from web.demo import CONFIG_FILE

KNOWN_ERRORS: Final = (
    ConfigError,
    KeyFileError,
    StoreError,
    AlreadyRunningError,
    AnchorDamagedError,
    OSError,
)

data_option: Final[Callable[[Any], Any]] = click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    envvar="KIOSK_DATA",
    show_default=True,
    help="The one folder where everything of this kiosk lives.",
)


def _tell(done: int) -> None:
    click.echo(f"  {done} entries ...", err=True)


def _has_key(folder: Path) -> bool:
    return (folder / "keys" / "kiosk.key").exists()


def make_copies_folder(config: Config, folder: Path) -> None:
    """Make the folder for copies where it lies below the data folder; anywhere else it is a medium's, which may be unplugged.

    Args:
        config: Names the folder, relative to the data folder or absolute.
        folder: The data folder.

    Raises:
        OSError: The disk's word.
    """
    if not config.backup.folder:
        return
    copies = folder / config.backup.folder
    if copies.resolve().is_relative_to(folder.resolve()):
        copies.mkdir(mode=0o700, parents=True, exist_ok=True)


def _copies_folder(config: Config, folder: Path) -> Path:
    if not config.backup.folder:
        raise click.ClickException(
            f"no folder for copies is configured; add to {folder / CONFIG_FILE} where they go, best on another disk:\n"
            '\n  [backup]\n  folder = "/media/usb/copies"'
        )
    make_copies_folder(config, folder)
    return folder / config.backup.folder


def _restoring(config: Config, keys: Keys, *, is_key_new: bool = False) -> Restoring:
    return Restoring(
        kiosk_id=config.kiosk_id,
        currency=Currency(config.money.currency, config.money.exponent),
        key=keys.signing,
        stamp=stamp_of(SystemClock()),
        software=SOFTWARE,
        is_key_new=is_key_new,
    )


@click.command()
@data_option
def backup(folder: Path) -> None:
    """Make a copy of the store now, and check it. The kiosk may be running."""
    try:
        config = load_config(folder / CONFIG_FILE)
        store = folder / config.store.folder / STORE_FILE
        if not store.exists():
            raise click.ClickException(f"there is no journal at {store}")
        keys = load_keys(folder / "keys")
        copies = Backups(
            store,
            _copies_folder(config, folder),
            config.backup,
            # The anchor beside the store is the running kiosk's to move; this command leaves one beside the copy.
            anchor=AnchorFile(_copies_folder(config, folder) / "last.anchor", keys.signing),
            clock=SystemClock(),
            kiosk_id=config.kiosk_id,
        )
        status = copies.run_once()
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    if status.problem:
        raise click.ClickException(f"no copy was made: {status.problem}")
    click.echo(f"copied and checked up to entry {status.place[0]}-{status.place[1]}")
    if status.is_same_disk:
        click.echo("the folder is on the kiosk's own disk: when that dies, the copy dies with it")


@click.command()
@data_option
@click.option(
    "--from",
    "copy",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The copy's file, as 'kiosk backup' named it.",
)
@click.option("--set-aside-newer", is_flag=True, help="The store here is newer than the copy, and I know it.")
@click.option(
    "--new-key",
    "is_key_new",
    is_flag=True,
    help="The kiosk's key is lost: go on with a new one. Codes printed before pay only through the desk.",
)
def restore(folder: Path, copy: Path, *, set_aside_newer: bool, is_key_new: bool) -> None:
    """Put a copy in the place of the store, as a new epoch. The kiosk must not be running.

    The copy holds no keys: the kiosk's key folder must be there, or --new-key be said.
    """
    try:
        config = load_config(folder / CONFIG_FILE)
        if not _has_key(folder) and not is_key_new:
            raise click.ClickException(
                f"the kiosk's key is not in {folder / 'keys'}: bring that folder back, or say --new-key (the journal then "
                "shows the change, and codes of money owed that were printed before pay only through the desk)"
            )
        try:
            lock = FolderLock(folder)
        except AlreadyRunningError as error:
            raise click.ClickException(f"{error}; stop the kiosk first") from error
        try:
            keys = load_keys(folder / "keys")
            done = restore_copy(
                copy,
                folder / config.store.folder / STORE_FILE,
                _restoring(config, keys, is_key_new=is_key_new),
                may_set_aside=set_aside_newer,
                copies=_copies_folder(config, folder) if config.backup.folder else None,
                progress=_tell,
            )
        finally:
            lock.release()
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"restored up to entry {done.head[0]}-{done.head[1]}; epoch {done.epoch} has begun")
    if done.kept is not None:
        click.echo(f"the replaced files are in {done.kept}")
    click.echo(
        "Next: start the kiosk with its devices. What they counted after the copy appears as found or differing money; count the "
        "cash box and the slots, because goods sold after the copy are not in the books. Codes of money owed from before wait "
        "for your decision at the desk: the lost part may have paid them."
    )


@click.command()
@data_option
def drill(folder: Path) -> None:
    """Restore the last copy into a scratch folder and compare it with the books. The kiosk may be running."""
    try:
        config = load_config(folder / CONFIG_FILE)
        store = folder / config.store.folder / STORE_FILE
        copies = list_copies(_copies_folder(config, folder), journal_name(store)) if store.exists() else ()
        if not copies:
            raise click.ClickException(f"there is no copy in {_copies_folder(config, folder)}")
        if not _has_key(folder):
            raise click.ClickException(f"the kiosk's key is not in {folder / 'keys'}")
        found = run_drill(copies[-1], store, _restoring(config, load_keys(folder / "keys")), _tell)
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    _print_drill(found, copies[-1])
    if not found.is_good:
        raise click.ClickException("a restore would not give the same books")
    click.echo("a restore would give the same books")


def _print_drill(found: Drill, copy: Copy) -> None:
    click.echo(f"{copy.path.name}")
    width = max(len(row.what) for row in found.rows)
    click.echo(f"{'':{width}}  {'restored':>16}  {'journal':>16}")
    for row in found.rows:
        mark = "" if row.is_same else "  DIFFERENT"
        click.echo(f"{row.what:{width}}  {row.restored:>16}  {row.live:>16}{mark}")


@click.command(name="verify-journal")
@data_option
@click.option(
    "--anchor",
    "anchor_path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="An anchor kept elsewhere; without it, the one beside the store.",
)
def verify(folder: Path, anchor_path: Path | None) -> None:
    """Check every entry, signature, sum and projection of the journal, and that it holds its anchor."""
    try:
        config = load_config(folder / CONFIG_FILE)
        path = folder / config.store.folder / STORE_FILE
        if not path.exists():
            raise click.ClickException(f"there is no journal at {path}")
        anchor = read_anchor(anchor_path or path.with_name(ANCHOR_FILE))
        public_key = load_keys(folder / "keys").public_hex if _has_key(folder) else ""
    except KNOWN_ERRORS as error:
        raise click.ClickException(str(error)) from error
    if anchor is not None and public_key and anchor.public_key != public_key:
        raise click.ClickException("the anchor is signed by another key than this kiosk's: it proves nothing")
    engine = open_unlimited_reader(sqlite_url(path))
    with engine.connect() as connection:
        found = verify_journal(
            connection,
            public_key=public_key,
            anchor=anchor.head if anchor is not None else None,
            progress=_tell,
        )
    engine.dispose()
    _print_verification(found, config)
    if not public_key:
        click.echo("the kiosk's key is not here: signatures were checked, not whose they are")
    if anchor is None:
        click.echo("there is no anchor: entries cut off at the end would not be seen")
    if found.problems:
        raise click.ClickException("the journal does not hold")
    click.echo("the journal holds: every digest, signature, sum and projection agrees")


def _print_verification(found: Verification, config: Config) -> None:
    click.echo(f"kiosk {found.kiosk_id}: {found.entries} entries, {found.checkpoints} signed checkpoints")
    click.echo(f"head {found.epoch}-{found.seq} {found.head[:16]}")
    for note in found.notes:
        click.echo(f"note: {note}")
    for problem in found.problems:
        click.echo(f"PROBLEM: {problem}", err=True)
    if not found.problems:
        return
    if found.bad is None:
        click.echo("every entry of the journal is as it was written; what is wrong is read from it", err=True)
        return
    first, last = found.bad
    where = f"{first[0]}-{first[1]}"
    if last != first:
        where = f"one of {where} to {last[0]}-{last[1]}"
    click.echo(f"first bad entry: {where}", err=True)
    trust = found.trust
    if trust.signed != (0, 0):
        whose = "the kiosk's own signature" if trust.is_key_known else "a signature"
        click.echo(f"{whose} covers everything up to {trust.signed[0]}-{trust.signed[1]}:", err=True)
        _print_totals(trust.signed_totals, config)
    if trust.last > trust.signed:
        click.echo(f"the chain alone fits up to {trust.last[0]}-{trust.last[1]}:", err=True)
        _print_totals(trust.last_totals, config)


def _print_totals(totals: Totals, config: Config) -> None:
    money = config.money
    for name in ("taken", "sold", "paid_out", "owed"):
        amount = format_money(getattr(totals, name), money.currency, money.exponent, "en")
        click.echo(f"  {name.replace('_', ' '):10} {amount}", err=True)


STORE_COMMANDS: Final = (backup, restore, drill, verify)
