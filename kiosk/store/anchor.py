"""The anchor: a small signed file that remembers the journal's head, so that a cut tail or an old copy put back is seen.

The chain alone cannot know that something was behind its end. The anchor is written only after its head is durable, so a power
cut between the two leaves an anchor that is older than the journal, never one that is ahead of it. It finds what was cut off or
rewritten up to its head; what came after its head is for the device counters and the next backup to miss.

A store without its anchor is not refused: whoever could put an old store back could delete one more file, so a refusal would
stop an honest kiosk after a small mishap and no thief. It is said instead (log, desk), and the anchors beside the backups, on
another medium, are asked too.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import Connection, text

from kiosk.journal.entry import Entry, Head

ANCHOR_TAG: Final = "kiosk anchor 1"
ANCHOR_FILE: Final = "kiosk.anchor"
"""Its name beside the store."""

ANCHOR_MOST_BYTES: Final = 4_096
"""Ten times what one takes: a file that is no anchor is not read into memory."""


class AnchorDamagedError(Exception):
    """The anchor file is no anchor of this kiosk; the message says why."""


class Anchor(Struct, frozen=True):
    """A head that was durable: its place and digest, with the kiosk's signature over them (Ed25519, hex)."""

    kiosk_id: str
    epoch: int
    seq: int
    digest: str
    public_key: str
    signature: str

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and sequence number."""
        return self.epoch, self.seq

    @property
    def head(self) -> tuple[int, int, str]:
        """What `kiosk.store.verify.verify_journal` wants to find."""
        return self.epoch, self.seq, self.digest


def _text(kiosk_id: str, epoch: int, seq: int, digest: str) -> bytes:
    return f"{ANCHOR_TAG}\n{kiosk_id}\n{epoch}\n{seq}\n{digest}\n".encode()


def make_anchor(head: Head, key: SigningKey) -> Anchor:
    """Sign a head, which must be durable already."""
    digest = head.digest.hex()
    signature = key.sign(_text(head.kiosk_id, head.epoch, head.seq, digest)).signature.hex()
    return Anchor(head.kiosk_id, head.epoch, head.seq, digest, key.verify_key.encode().hex(), signature)


def read_anchor(path: Path) -> Anchor | None:
    """The anchor in a file, its signature checked with the key it names; None when there is no file.

    Raises:
        AnchorDamagedError: It cannot be read, or its signature does not fit.
    """
    try:
        with path.open("rb") as file:
            anchor = msgspec.json.decode(file.read(ANCHOR_MOST_BYTES), type=Anchor)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise AnchorDamagedError(f"{path} cannot be read as an anchor: {error}") from error
    try:
        signed = _text(anchor.kiosk_id, anchor.epoch, anchor.seq, anchor.digest)
        VerifyKey(bytes.fromhex(anchor.public_key)).verify(signed, bytes.fromhex(anchor.signature))
    except (BadSignatureError, ValueError) as error:
        raise AnchorDamagedError(f"{path}: the anchor's signature does not fit") from error
    return anchor


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file whole: the old content or the new one is there after a power cut, never a mixture.

    Raises:
        OSError: The disk's word; the old file is left as it was.
    """
    draft = path.with_name(f"{path.name}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_anchor(path: Path, anchor: Anchor) -> None:
    """Put an anchor into a file, durably.

    Raises:
        OSError: The disk's word.
    """
    write_durably(path, msgspec.json.encode(anchor, order="sorted") + b"\n")


class AnchorFile:
    """The anchor beside one store; it never goes back.

    ``note`` says what is wrong with it in a word: ``missing``, ``damaged`` (also: of another key or kiosk), ``unwritten`` (the
    disk refused the last one), or nothing.
    """

    def __init__(self, path: Path, key: SigningKey, witnesses: tuple[Anchor, ...] = ()) -> None:
        """Nothing is read yet; ``witnesses`` are anchors kept on other media."""
        self.path = path
        self.witnesses = witnesses
        self.note = ""
        self.kept: Anchor | None = None
        """The newest anchor that is known to be on the disk."""
        self._key = key
        self._lock = threading.Lock()

    def read(self, kiosk_id: str, *, is_expected: bool) -> Anchor | None:
        """The anchor to hold the journal against; None, with a ``note``, when there is none to be had.

        Args:
            kiosk_id: Whose it must be.
            is_expected: The journal has a signed checkpoint, so an anchor was written once.
        """
        try:
            anchor = read_anchor(self.path)
        except AnchorDamagedError:
            self.note = "damaged"
            return None
        if anchor is None:
            self.note = "missing" if is_expected else ""
            return None
        if anchor.kiosk_id != kiosk_id or anchor.public_key != self._key.verify_key.encode().hex():
            self.note = "damaged"
            return None
        self.kept = anchor
        return anchor

    def sign(self, head: Head) -> Anchor:
        """An anchor of a durable head, with this file's key."""
        return make_anchor(head, self._key)

    def keep(self, head: Head) -> None:
        """Remember a durable head, unless a newer one is remembered.

        Called by the till's thread and by the backup's. A disk that refuses is noted: selling does not depend on it.
        """
        with self._lock:
            if self.kept is not None and (head.epoch, head.seq) <= self.kept.place:
                return
            anchor = self.sign(head)
            try:
                write_anchor(self.path, anchor)
            except OSError:
                self.note = "unwritten"
                return
            self.kept = anchor
            if self.note == "unwritten":
                self.note = ""


def head_of(entry: Entry) -> Head:
    """The head that an entry is."""
    return Head(entry.kiosk_id, "", entry.epoch, entry.seq, entry.digest, entry.boot)


def missed_by(connection: Connection, anchor: Anchor, *, is_witness: bool = False) -> str:
    """Why the journal does not hold the anchor's head; empty when it does.

    Args:
        connection: Of the store.
        anchor: Kept elsewhere, its signature checked.
        is_witness: It lies beside a backup: of an epoch that a restore has ended, the entries after the restored copy are rightly
            not there.
    """
    row = connection.execute(
        text("SELECT digest FROM journal WHERE kiosk_id = :kiosk_id AND epoch = :epoch AND seq = :seq"),
        {"kiosk_id": anchor.kiosk_id, "epoch": anchor.epoch, "seq": anchor.seq},
    ).first()
    name = f"entry {anchor.epoch}-{anchor.seq}"
    if row is not None:
        return "" if bytes(row[0]).hex() == anchor.digest else f"{name} is not the one that was signed"
    last = connection.execute(
        text(
            "SELECT epoch, seq FROM journal WHERE kiosk_id = :kiosk_id ORDER BY epoch DESC, seq DESC LIMIT 1"
        ),
        {"kiosk_id": anchor.kiosk_id},
    ).first()
    place = (last[0], last[1]) if last is not None else (0, 0)
    if is_witness and place[0] > anchor.epoch:
        return ""
    return f"it ends at {place[0]}-{place[1]}, but {name} was durable"
