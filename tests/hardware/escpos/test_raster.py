from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hardware.document import Columns, Line, Rule
from hardware.escpos import FONT_FILE
from hardware.escpos.raster import FontMissingError, Typesetter

TYPESETTER = Typesetter(FONT_FILE, 576)


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    """The ink's box; Pillow's own looks for what is not black."""
    box = picture.point(lambda dot: 255 - dot).getbbox()
    assert box is not None
    return box


def drawn(*parts: Line | Columns | Rule, language: str = "fa", is_rtl: bool = True) -> Image.Image:
    return TYPESETTER.draw(parts, language=language, is_rtl=is_rtl)


def test_a_persian_line_begins_at_the_right_and_an_english_one_at_the_left() -> None:
    assert ink_box(drawn(Line("سلام")))[2] > 570
    assert ink_box(drawn(Line("Hello"), language="en", is_rtl=False))[0] < 6


def test_amounts_of_one_table_end_in_one_line() -> None:
    picture = drawn(Columns("آب", "۱٫۲۰ €"), Columns("نان", "۱۲۳٫۵۰ €"))
    half = picture.height // 2
    first = ink_box(picture.crop((0, 0, 288, half)))
    second = ink_box(picture.crop((0, half, 288, picture.height)))
    assert first[2] == second[2]
    assert first[0] > second[0]


def test_a_long_label_is_wrapped_to_three_lines_and_touches_no_amount() -> None:
    picture = drawn(Columns("پسته " * 80, "۶٫۹۰ €"))
    single = drawn(Columns("پسته", "۶٫۹۰ €"))
    assert picture.height == 3 * single.height
    amount_end = ink_box(single.crop((0, 0, 288, single.height)))[2]
    last = picture.crop((amount_end + 1, 2 * single.height, amount_end + 12, picture.height))
    assert last.getextrema() == (255, 255)


def test_a_word_wider_than_the_paper_is_broken_and_never_lost() -> None:
    assert drawn(Line("ب" * 200)).height > drawn(Line("ب")).height
    assert ink_box(drawn(Line("W" * 200)))[2] <= 576


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.woff2"
    broken.write_bytes(b"no font")
    with pytest.raises(FontMissingError, match=r"broken\.woff2"):
        Typesetter(broken, 576)


def test_without_fribidi_the_debian_package_is_named(tmp_path: Path) -> None:
    """The loader finds a broken library first, so Pillow has none; it would draw unjoined letters and say nothing."""
    (tmp_path / "libfribidi.so.0").write_bytes(b"")
    code = (
        "from hardware.escpos import FONT_FILE\n"
        "from hardware.escpos.raster import ShapingMissingError, Typesetter\n"
        "try:\n"
        "    Typesetter(FONT_FILE, 576)\n"
        "except ShapingMissingError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert "libfribidi0" in done.stdout


def test_importing_the_host_loads_neither_pillow_nor_escpos() -> None:
    code = "import sys, hardware.escpos.host; print(sorted({'PIL', 'escpos', 'yaml', 'segno'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("text", ["Чай", "中文茶", "茶 😀 Ω"])
def test_letters_that_the_font_lacks_are_question_marks_and_not_nothing(text: str) -> None:
    def drawn(line: str) -> bytes:
        sheet = Typesetter(FONT_FILE, 576).draw([Line(line)], language="en", is_rtl=False)
        return sheet.tobytes()

    marks = "".join("?" if letter != " " else " " for letter in text)
    assert drawn(text) == drawn(marks) != drawn("")
