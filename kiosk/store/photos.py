"""The folder of photographs: each is a file named by the SHA-256 of its bytes, so that none is ever overwritten.

Which product has which is the journal's to say; a file is there before any fact names it. A photograph that is missing or
damaged is looked for beside the copies of the store; where it is not there either, it is none, and whoever shows it draws the
product's built-in picture instead.
"""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Final

from inventory.photos import is_photo, make_photo, name_photo
from kiosk.store.anchor import write_durably

PHOTOS_FOLDER: Final = "photos"
"""Its name beside the store."""

ENDING: Final = ".webp"

MIB: Final = 1 << 20


class PhotoNotKeptError(Exception):
    """The disk is full, or refused the file; nothing of it is kept. Make room and send it again."""


class PhotoFolder:
    """Photographs on the disk. Any thread may ask."""

    def __init__(self, folder: Path, *, reserve_mib: int, copies: Path | None = None) -> None:
        """Nothing is made yet.

        Args:
            folder: Where they are kept; its parent must be there.
            reserve_mib: With less free than this the disk belongs to the till, and no photograph is kept.
            copies: Where `copy_photos` puts them on another medium.
        """
        self._folder = folder
        self._copies = copies
        self._reserve_mib = reserve_mib
        # One at a time: an unpacked photograph takes the memory that `inventory.photos.PIXELS_LIMIT` allows.
        self._turn = threading.Lock()

    def keep(self, data: bytes) -> str:
        """Make a picture of a photograph and keep it durably; the name to find it by.

        Raises:
            PhotoError: It is no photograph that can be taken.
            PhotoNotKeptError: There is no room.
        """
        with self._turn:
            photo = make_photo(data)
            name = name_photo(photo)
            if _read(self._folder, name) is None:
                self._write(self._folder / f"{name}{ENDING}", photo)
        return name

    def read(self, name: str) -> bytes | None:
        """A photograph's bytes (WebP); None when it is not there, or not what its name says."""
        if not is_photo(name):
            return None
        photo = _read(self._folder, name)
        if photo is None and self._copies is not None:
            photo = _read(self._copies, name)
        return photo

    def _write(self, path: Path, photo: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if shutil.disk_usage(self._folder).free // MIB < self._reserve_mib:
                raise PhotoNotKeptError(PhotoNotKeptError.__doc__)
            try:
                write_durably(path, photo)
            finally:
                path.with_name(f"{path.name}.new").unlink(missing_ok=True)
        except OSError as error:
            raise PhotoNotKeptError(PhotoNotKeptError.__doc__) from error


def copy_photos(folder: Path, copies: Path) -> None:
    """Bring to ``copies`` what is in ``folder`` and not there yet, each durably; none is ever taken away.

    Raises:
        OSError: The medium's word; what was copied until then stays.
    """
    there = {path.name for path in copies.glob(f"*{ENDING}")}
    for path in sorted(folder.glob(f"*{ENDING}")):
        if path.name in there:
            continue
        photo = _read(folder, path.stem)
        if photo is not None:
            copies.mkdir(mode=0o700, exist_ok=True)
            write_durably(copies / path.name, photo)


def _read(folder: Path, name: str) -> bytes | None:
    """A photograph in a folder; None when it is not there, or not what its name says."""
    try:
        photo = (folder / f"{name}{ENDING}").read_bytes()
    except OSError:
        return None
    return photo if name_photo(photo) == name else None
