"""The kiosk's secrets: made once from the system's randomness, kept in files that only the owner may read."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nacl.signing import SigningKey

SEED_BYTES: Final = 32
OWNER_ONLY: Final = 0o600


class KeyFileError(Exception):
    """The kiosk's key file cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """``signing`` signs checkpoints; ``codes`` makes the codes of money owed; ``sessions`` signs the desk's cookies;
    ``second_steps`` seals the secrets of second steps.
    """

    signing: SigningKey = field(repr=False)
    codes: bytes = field(repr=False)
    sessions: bytes = field(repr=False)
    second_steps: bytes = field(repr=False)

    @property
    def public_hex(self) -> str:
        """The public half of the signing key."""
        return self.signing.verify_key.encode().hex()


def _keys_of(seed: bytes) -> Keys:
    return Keys(
        signing=SigningKey(seed),
        codes=hmac.digest(seed, b"kiosk debt codes 1", "sha256"),
        sessions=hmac.digest(seed, b"kiosk desk sessions 1", "sha256"),
        second_steps=hmac.digest(seed, b"kiosk second steps 1", "sha256"),
    )


def load_keys(folder: Path) -> Keys:
    """Read the kiosk's keys, or make them at the first start.

    Raises:
        KeyFileError: The file is damaged, or others may read it.
    """
    path = folder / "kiosk.key"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(SEED_BYTES))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        folder_handle = os.open(folder, os.O_RDONLY)
        os.fsync(folder_handle)
        os.close(folder_handle)
    if path.stat().st_mode & 0o077:
        raise KeyFileError(f"{path} may be read by others: run chmod 600 {path}")
    seed = path.read_bytes()
    if len(seed) != SEED_BYTES:
        raise KeyFileError(
            f"{path} must hold {SEED_BYTES} bytes, it holds {len(seed)}; restore it from a backup"
        )
    return _keys_of(seed)
