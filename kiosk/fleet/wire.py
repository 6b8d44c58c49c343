"""The batch and its acknowledgement: how journal entries travel from a kiosk to the vendor's desk, both ends.

A batch is a run of stored entries, byte for byte, packed (msgpack, zlib) and signed with the kiosk's own key (Ed25519). It says
nothing that the journal does not say; a batch that is lost, doubled or late is harmless, because an entry's place and digest
name it. The acknowledgement is the last place that the desk holds durably; a sender needs no memory of its own.

Beside the journal travels what it has no words for: the goods with their names and places (`Goods`), as a whole, the newest wins.
"""

from __future__ import annotations

import zlib
from typing import Final

import msgspec
from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from inventory.catalogue import Product, Slot
from kiosk.journal.entry import Entry

BATCH_TAG: Final = b"kiosk batch 1\n"
"""Stands before what is signed, so that no other signature of the key fits a batch."""

GOODS_TAG: Final = b"kiosk goods 1\n"
"""The same before a goods list."""

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


class Goods(Struct, frozen=True):
    """What a kiosk sells at ``at`` (UTC), in words that its journal does not hold. A newer kiosk may say more than we read."""

    kiosk_id: str
    at: str
    products: tuple[Product, ...]
    slots: tuple[Slot, ...]


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
    return _sign(BATCH_TAG, batch, key)


def pack_goods(goods: Goods, key: SigningKey) -> bytes:
    """The signed bytes of a goods list."""
    return _sign(GOODS_TAG, goods, key)


def _sign(tag: bytes, what: Batch | Goods, key: SigningKey) -> bytes:
    packed = zlib.compress(msgspec.msgpack.encode(what))
    return key.sign(tag + packed).signature + packed


def _opened(tag: bytes, data: bytes, kiosk_id: str, public_key: VerifyKey) -> bytes:
    """The plain bytes behind a signature that was checked before anything is unpacked.

    Raises:
        BatchError: Too long, not signed by this kiosk's key, or cut off.
    """
    if len(data) > MOST_PACKED_BYTES:
        raise BatchError(f"{len(data)} bytes are more than a batch may have ({MOST_PACKED_BYTES})")
    signature, packed = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
    try:
        public_key.verify(tag + packed, signature)
    except (BadSignatureError, ValueError) as error:
        raise BatchError(f"it is not signed by the key that the desk knows for {kiosk_id}") from error
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MOST_PLAIN_BYTES)
    except zlib.error as error:
        raise BatchError(f"it cannot be read: {error}") from error
    if not unpacker.eof:
        raise BatchError(f"it is cut off, or longer than {MOST_PLAIN_BYTES} bytes when unpacked")
    return plain


def unpack_batch(data: bytes, kiosk_id: str, public_key: VerifyKey) -> Batch:
    """Read what `pack_batch` wrote; the signature is checked before anything is unpacked.

    Raises:
        BatchError: Too long, not signed by this kiosk's key, of another kiosk, or not of this shape.
    """
    plain = _opened(BATCH_TAG, data, kiosk_id, public_key)
    try:
        batch = msgspec.msgpack.decode(plain, type=Batch)
    except msgspec.MsgspecError as error:
        raise BatchError(f"it cannot be read: {error}") from error
    if batch.kiosk_id != kiosk_id or any(entry.kiosk_id != kiosk_id for entry in batch.entries):
        raise BatchError(f"it holds entries of another kiosk than {kiosk_id}")
    if len(batch.entries) > MOST_ENTRIES:
        raise BatchError(f"{len(batch.entries)} entries are more than a batch may have ({MOST_ENTRIES})")
    return batch


def unpack_goods(data: bytes, kiosk_id: str, public_key: VerifyKey) -> Goods:
    """Read what `pack_goods` wrote.

    Raises:
        BatchError: Too long, not signed by this kiosk's key, of another kiosk, or not of this shape.
    """
    plain = _opened(GOODS_TAG, data, kiosk_id, public_key)
    goods = read_goods_list(plain)
    if goods.kiosk_id != kiosk_id:
        raise BatchError(f"it holds goods of another kiosk than {kiosk_id}")
    return goods


def write_goods_list(goods: Goods) -> bytes:
    """The form in which the desk keeps a goods list."""
    return msgspec.msgpack.encode(goods)


def read_goods_list(data: bytes) -> Goods:
    """Read what `write_goods_list` wrote.

    Raises:
        BatchError: It is no goods list.
    """
    try:
        return msgspec.msgpack.decode(data, type=Goods)
    except msgspec.MsgspecError as error:
        raise BatchError(f"it cannot be read: {error}") from error


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
