"""A vendor's own photograph of a product: whatever a phone took becomes one small, square picture, or is refused.

The picture is drawn anew from the pixels alone: no metadata (where and when it was taken, by whom), no hidden second file and no
code survives. Nothing here writes anywhere.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_LIMIT_BYTES: Final = 16 * 1024 * 1024
"""A phone's photograph has 2 to 8 MB, at its best 12; a lossless one of 12 megapixels up to 16."""

PIXELS_LIMIT: Final = 26_000_000
"""Phones take 12 megapixels, some 24. As four bytes each that is 104 MB for a moment: what a board with 1 GB can spare once. A
file that names more (a decompression bomb names gigapixels in a few bytes) is refused before a pixel of it is unpacked."""

SIDE_LEAST: Final = 120
"""Pixels of the shorter side. A tile shows a picture this large; below it there is nothing to see."""

SIDE_PX: Final = 480
"""Twice the largest picture that a screen shows (240), for screens with two dots to a pixel."""

QUALITY: Final = 82
"""Of WebP, 0 to 100: 15 to 40 kB a picture, and no seams that anybody sees at this size."""

FORMATS: Final = ("JPEG", "PNG", "WEBP")
"""What is read, judged by the bytes and never by a file's name. Each reader more is another way in for a bad file."""

_NAME = re.compile(r"[0-9a-f]{64}")

_UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, LookupError, TypeError)
"""What the readers of the library say to files that are broken; its own words are for programmers."""


class PhotoError(ValueError):
    """Not a photograph that can be taken: ``key`` is the message's, ``parameters`` are its values."""

    def __init__(self, key: str, **parameters: int) -> None:
        """``key`` is one of too_large, not_read, too_many_pixels, too_small."""
        super().__init__(key, parameters)
        self.key = key
        self.parameters = parameters


def is_photo(name: str) -> bool:
    """Whether a text has the form of a photograph's name: the SHA-256 of its bytes, hex."""
    return _NAME.fullmatch(name) is not None


def name_photo(photo: bytes) -> str:
    """The name of a made photograph, by its bytes alone."""
    return hashlib.sha256(photo).hexdigest()


def make_photo(data: bytes) -> bytes:
    """Make a product's picture of a photograph.

    Args:
        data: A JPEG, PNG or WebP file as it came; turned as its EXIF says, its middle square is taken.

    Returns:
        WebP, square, `SIDE_PX` pixels a side or as many as the photograph has, in sRGB, without any metadata.

    Raises:
        PhotoError: It is too large, too small, or cannot be read; the key says which.
    """
    # Late: most of what the kiosk does needs no pictures decoded.
    from PIL import Image

    if len(data) > FILE_LIMIT_BYTES:
        raise PhotoError("too_large", limit_mb=FILE_LIMIT_BYTES // 1024 // 1024)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > PIXELS_LIMIT:
                raise PhotoError("too_many_pixels", limit_mp=PIXELS_LIMIT // 1_000_000)
            if min(width, height) < SIDE_LEAST:
                raise PhotoError("too_small", least=SIDE_LEAST)
            # A JPEG is unpacked at an eighth, a quarter or half where that is enough: little memory, little time.
            opened.draft(None, (SIDE_PX, SIDE_PX))
            return _square(opened)
    except PhotoError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError("too_many_pixels", limit_mp=PIXELS_LIMIT // 1_000_000) from error
    except _UNREADABLE as error:
        raise PhotoError("not_read") from error


def _square(opened: Image) -> bytes:
    """The middle of a picture, upright and bare, as WebP."""
    from PIL import Image, ImageOps

    plain = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    side = min(SIDE_PX, *plain.size)
    small = ImageOps.fit(plain, (side, side), Image.Resampling.LANCZOS)
    upright = _as_srgb(ImageOps.exif_transpose(small))
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _as_srgb(picture: Image) -> Image:
    """Its colours as every screen means them; phones take pictures in wider colours and say so in a profile."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    try:
        seen = ImageCms.profileToProfile(
            picture, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode=picture.mode
        )
    except (ImageCms.PyCMSError, *_UNREADABLE):
        return picture  # the profile is broken or of another kind of picture (print): the colours are shown as they are
    return picture if seen is None else seen
