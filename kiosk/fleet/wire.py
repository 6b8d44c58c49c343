"""The batch and its acknowledgement: how journal entries travel from a kiosk to the vendor's desk, both ends.

A batch is a run of stored entries, byte for byte, packed (msgpack, zlib) and signed with the kiosk's own key (Ed25519). It says
nothing that the journal does not say; a batch that is lost, doubled or late is harmless, because an entry's place and digest
name it. The acknowledgement is the last place that the desk holds durably; a sender needs no memory of its own.
"""

from __future__ import annotations

import zlib
from typing import Final

import msgspec
from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from kiosk.journal.entry import Entry

BATCH_TAG: Final = b"kiosk batch 1\n"
"""Stands before what is signed, so that no other signature of the key fits a batch."""

MOST_ENTRIES: Final = 1_000
"""About half a megabyte before packing: one transaction of the desk, a second on a slow line."""

MOST_PACKED_BYTES: Final = 2 << 20
"""Twenty times what a full batch takes: a body that is larger is no batch of ours and is not read into memory."""

MOST_PLAIN_BYTES: Final = 16 << 20
"""What a packed batch may grow to: a bomb of zeros stops here."""

SIGNATURE_BYTES: Final = 64


class BatchError(Exception):
    """The bytes are no batch of this kiosk; the message says why. Nothing of it was used."""


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Entries of one kiosk in the order of its journal; none is a question: how far are you?"""

    kiosk_id: str
    entries: tuple[Entry, ...]


class Ack(Struct, frozen=True, forbid_unknown_fields=True):
    """The last place of this kiosk's journal that the desk holds, and its digest (hex); (0, 0, "") when it holds nothing."""

    kiosk_id: str
    epoch: int
    seq: int
    digest: str

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and sequence number."""
        return self.epoch, self.seq


def pack_batch(batch: Batch, key: SigningKey) -> bytes:
    """The signed bytes of a batch."""
    packed = zlib.compress(msgspec.msgpack.encode(batch))
    return key.sign(BATCH_TAG + packed).signature + packed


def unpack_batch(data: bytes, kiosk_id: str, public_key: VerifyKey) -> Batch:
    """Read what `pack_batch` wrote; the signature is checked before anything is unpacked.

    Raises:
        BatchError: Too long, not signed by this kiosk's key, of another kiosk, or not of this shape.
    """
    if len(data) > MOST_PACKED_BYTES:
        raise BatchError(f"{len(data)} bytes are more than a batch may have ({MOST_PACKED_BYTES})")
    signature, packed = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    try:
        public_key.verify(BATCH_TAG + packed, signature)
    except (BadSignatureError, ValueError) as error:
        raise BatchError(f"it is not signed by the key that the desk knows for {kiosk_id}") from error
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MOST_PLAIN_BYTES)
        if not unpacker.eof:
            raise BatchError(f"it is cut off, or longer than {MOST_PLAIN_BYTES} bytes when unpacked")
        batch = msgspec.msgpack.decode(plain, type=Batch)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BatchError(f"it cannot be read: {error}") from error
    if batch.kiosk_id != kiosk_id or any(entry.kiosk_id != kiosk_id for entry in batch.entries):
        raise BatchError(f"it holds entries of another kiosk than {kiosk_id}")
    if len(batch.entries) > MOST_ENTRIES:
        raise BatchError(f"{len(batch.entries)} entries are more than a batch may have ({MOST_ENTRIES})")
    return batch


def write_ack(ack: Ack) -> bytes:
    """The answer's bytes (JSON)."""
    return msgspec.json.encode(ack)


def read_ack(data: bytes, kiosk_id: str) -> Ack:
    """Read what `write_ack` wrote.

    Raises:
        BatchError: It is no acknowledgement for this kiosk.
    """
    try:
        ack = msgspec.json.decode(data, type=Ack)
    except msgspec.MsgspecError as error:
        raise BatchError(f"the desk's answer is no acknowledgement: {error}") from error
    if ack.kiosk_id != kiosk_id or ack.epoch < 0 or ack.seq < 0:
        raise BatchError(f"the desk's answer is not for {kiosk_id}")
    return ack
