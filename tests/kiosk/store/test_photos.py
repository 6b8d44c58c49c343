"""The folder of photographs: whole or not at all, never overwritten, and a damaged one is none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from inventory.photos import PhotoError
from kiosk.store.photos import PhotoFolder, PhotoNotKeptError, copy_photos


def photographed(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (160, 130), colour).save(out, "JPEG")
    return out.getvalue()


def test_a_photograph_is_kept_under_its_own_name_once(tmp_path: Path) -> None:
    photos = PhotoFolder(tmp_path / "photos", reserve_mib=1)
    red, blue = photos.keep(photographed("red")), photos.keep(photographed("blue"))
    kept = (tmp_path / "photos" / f"{red}.webp").stat()
    assert photos.keep(photographed("red")) == red
    again = (tmp_path / "photos" / f"{red}.webp").stat()
    assert (again.st_ino, again.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
    assert sorted(path.stem for path in (tmp_path / "photos").iterdir()) == sorted((red, blue))
    found = photos.read(red)
    assert found is not None
    assert found[:4] == b"RIFF"


def test_a_damaged_photograph_is_none_and_the_next_one_mends_it(tmp_path: Path) -> None:
    photos = PhotoFolder(tmp_path, reserve_mib=1)
    name = photos.keep(photographed("red"))
    (tmp_path / f"{name}.webp").write_bytes(b"RIFF")
    assert photos.read(name) is None
    assert photos.keep(photographed("red")) == name
    assert photos.read(name) is not None
    assert photos.read(f"../{tmp_path.name}/{name}") is None


def test_copies_bring_photographs_along_and_a_lost_one_is_shown_from_there(tmp_path: Path) -> None:
    own, copies = tmp_path / "photos", tmp_path / "copies"
    copy_photos(own, copies)
    assert not copies.exists()
    photos = PhotoFolder(own, reserve_mib=1, copies=copies)
    name, damaged = photos.keep(photographed("red")), photos.keep(photographed("blue"))
    (own / f"{damaged}.webp").write_bytes(b"RIFF")
    copy_photos(own, copies)
    assert [path.stem for path in copies.iterdir()] == [name]
    (own / f"{name}.webp").unlink()
    found = photos.read(name)
    assert found is not None
    assert photos.read(damaged) is None
    assert photos.keep(photographed("red")) == name
    assert (own / f"{name}.webp").read_bytes() == found


def test_a_disk_without_room_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(PhotoNotKeptError):
        PhotoFolder(tmp_path / "photos", reserve_mib=1 << 40).keep(photographed("red"))
    assert list((tmp_path / "photos").iterdir()) == []
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PhotoNotKeptError):
        PhotoFolder(tmp_path / "file", reserve_mib=1).keep(photographed("red"))
    with pytest.raises(PhotoError):
        PhotoFolder(tmp_path / "never", reserve_mib=1).keep(b"no picture")
    assert not (tmp_path / "never").exists()
