"""A phone's photograph becomes a small, square, bare picture; what is none, or too much, is refused by name."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from inventory.photos import (
    FILE_LIMIT_BYTES,
    PIXELS_LIMIT,
    SIDE_LEAST,
    SIDE_PX,
    PhotoError,
    is_photo,
    make_photo,
    name_photo,
)

RED, BLUE = (200, 30, 30), (30, 30, 200)
TURNED = 6
"""EXIF: the camera was held upright; what is left in the file is up on the screen."""


def photographed(
    file_format: str = "JPEG", *, size: tuple[int, int] = (640, 480), orientation: int = 0
) -> bytes:
    """Red on the left, blue on the right, with a place and a camera in its EXIF."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    exif = picture.getexif()
    exif[0x010F] = "Somebody's camera"
    exif.get_ifd(0x8825)[1] = "N"
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    picture.save(out, file_format, exif=exif)
    return out.getvalue()


def made(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(make_photo(data)), formats=("WEBP",))


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(int(one) - two) < 40 for one, two in zip(pixel[:3], colour, strict=True))


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as told:
        make_photo(data)
    return told.value.key


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_turned_photograph_is_upright_square_and_says_nothing_of_who_took_it(file_format: str) -> None:
    data = photographed(file_format, orientation=TURNED)
    picture = made(data)
    assert picture.size == (SIDE_PX, SIDE_PX)
    assert is_near(picture.getpixel((240, 40)), RED)
    assert is_near(picture.getpixel((240, 440)), BLUE)
    assert b"Somebody" in data
    assert b"Somebody" not in make_photo(data)
    assert not picture.getexif()
    assert not {"exif", "icc_profile", "xmp"} & picture.info.keys()


def test_what_can_be_seen_through_stays_so_and_a_small_one_is_not_blown_up() -> None:
    cut_out = Image.new("RGBA", (200, 300), (0, 0, 0, 0))
    out = io.BytesIO()
    cut_out.save(out, "PNG")
    picture = made(out.getvalue())
    assert (picture.mode, picture.size) == ("RGBA", (200, 200))
    assert picture.getpixel((100, 100)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "profile", [b"no profile at all", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_does_not_fit_changes_nothing(profile: bytes) -> None:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), RED).save(out, "JPEG", icc_profile=profile)
    assert is_near(made(out.getvalue()).getpixel((100, 100)), RED)


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that names more pixels than any board has room for."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [5_200, 9_500, 13_500, 60_000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    assert side * side > PIXELS_LIMIT
    assert refusal(bomb(side, side)) == "too_many_pixels"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "not_read"),
        (b"sku,gtin\r\n", "not_read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_read"),
        (b"GIF89a" + bytes(60), "not_read"),
        (b"\xff\xd8\xff" + bytes(FILE_LIMIT_BYTES), "too_large"),
        (photographed(size=(SIDE_LEAST - 1, 900)), "too_small"),
        (photographed()[:2_000], "not_read"),
    ],
)
def test_what_is_no_photograph_is_refused_by_name(data: bytes, key: str) -> None:
    assert refusal(data) == key


def test_a_picture_with_a_page_hidden_behind_it_loses_the_page() -> None:
    page = b"<script>alert(document.domain)</script>"
    assert page not in make_photo(photographed("PNG") + page)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # it says of broken tags that it passes them over
def test_no_damage_to_a_file_ends_in_anything_but_a_picture_or_a_refusal() -> None:
    dice = random.Random(7)
    for file_format in ("JPEG", "PNG", "WEBP"):
        whole = photographed(file_format, size=(160, 130), orientation=TURNED)
        for _ in range(40):
            data = bytearray(whole)
            for _ in range(dice.randrange(1, 6)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            try:
                photo = make_photo(bytes(data[: dice.choice((len(data), dice.randrange(len(data))))]))
            except PhotoError:
                continue
            assert photo[:4] == b"RIFF"


def test_a_photograph_is_named_by_its_bytes() -> None:
    name = name_photo(make_photo(photographed()))
    assert is_photo(name)
    assert not any(map(is_photo, ("", "../../etc/passwd", name.upper(), name[:-1], f"{name}\n")))
