"""The journal's bytes, read by their documented recipe alone: digests, canonical bodies, checkpoint texts, anchors.

README.md in this folder is the specification; nothing here is shared with the code that wrote the bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from kiosk.audit.file import Row

ROOT: Final = bytes(32)
"""What the first entry of an epoch is chained to."""


class BodyError(Exception):
    """The stored body is not in canonical form; the message says how."""


def digest(before: bytes, row: Row) -> bytes:
    """Recompute an entry's digest from its fields and the digest before it."""
    place = (
        row.kiosk_id,
        str(row.epoch),
        str(row.seq),
        row.at,
        str(row.now_ms),
        str(row.time_ok),
        str(row.boot),
    )
    texts = (*place, row.kind, str(row.version), row.visit, row.actor)
    fields = [b"kiosk entry 1", before, *[text.encode("utf-8", "surrogatepass") for text in texts], row.body]
    return sha256(b"".join([len(field).to_bytes(4, "big") + field for field in fields])).digest()


def _no_fraction(text: str) -> Any:
    raise BodyError(f"it holds {text[:20]}, which is no whole number")


_READER: Final = json.JSONDecoder(parse_float=_no_fraction, parse_constant=_no_fraction)
_WRITER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_body(body: bytes) -> Any:
    """The content of a canonical body.

    Raises:
        BodyError: It is no JSON, holds fractions, or is not spelled the one canonical way: sorted keys, none twice, no spaces,
            Unicode normal form C.
    """
    try:
        text = body.decode("utf-8")
        content = _READER.decode(text)
        again = _WRITER.encode(content)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"it is no JSON text: {error}") from error
    if again != text:
        raise BodyError(
            "it is not canonical: a key stands twice, keys are not sorted, or it is spelled otherwise"
        )
    if not body.isascii() and not unicodedata.is_normalized("NFC", text):
        raise BodyError("its text is not in Unicode normal form C")
    return content


def is_signed(row: Row, fact: Mapping[str, Any]) -> bool:
    """Whether a checkpoint's signature is the named key's over what the checkpoint says."""
    sums = " ".join(str(fact[name]) for name in ("sold_minor", "taken_minor", "paid_out_minor", "owed_minor"))
    lines = ("kiosk checkpoint 1", row.kiosk_id, row.epoch, fact["covers_seq"], fact["head"], sums, "")
    return _is_signature("\n".join(str(line) for line in lines), fact["public_key"], fact["signature"])


def _is_signature(text: str, public_key: str, signature: str) -> bool:
    """Whether an Ed25519 signature is that key's over the text; key and signature are hex."""
    try:
        VerifyKey(bytes.fromhex(public_key)).verify(
            text.encode("utf-8", "surrogatepass"), bytes.fromhex(signature)
        )
    except (BadSignatureError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that somebody kept elsewhere."""

    epoch: int
    seq: int
    digest: str


class AnchorError(ValueError):
    """The anchor cannot be used; the message says why."""


_WORDS: Final = re.compile(r"(\d{1,9})[-\s]+(\d{1,18})\s+([0-9a-fA-F]{64})(?![0-9a-fA-F])")


def read_anchor(text: str) -> Anchor:
    """Read an anchor: ``epoch-seq digest`` somewhere in a text, or a kiosk's anchor file (JSON, signed).

    Raises:
        AnchorError: It names no head, or its signature does not fit.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        if "signature" in content and not _is_signed_anchor(content):
            raise AnchorError("the anchor's signature does not fit: it is not what the kiosk wrote")
        text = f"{content.get('epoch')} {content.get('seq')} {content.get('digest')}"
    found = _WORDS.search(text)
    if found is None:
        raise AnchorError(
            "the anchor names no head: it needs an epoch, a number and a digest of 64 hex digits"
        )
    return Anchor(int(found[1]), int(found[2]), found[3].lower())


def _is_signed_anchor(content: Mapping[str, Any]) -> bool:
    parts = (
        "kiosk anchor 1",
        *(str(content.get(name)) for name in ("kiosk_id", "epoch", "seq", "digest")),
        "",
    )
    return _is_signature("\n".join(parts), str(content.get("public_key")), str(content.get("signature")))
