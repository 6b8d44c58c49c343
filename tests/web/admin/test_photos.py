"""A vendor's own photograph of a product, from the form to the screen: the fact names it, and nothing waits for it."""

from __future__ import annotations

import html
import io
import re
import resource
from dataclasses import replace

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from inventory.goods_file import GOODS_COLUMNS, write_goods
from inventory.photos import PhotoError, is_photo
from inventory.pictures import picture_svg
from kiosk.core import facts as f
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of
from web.admin.texts import DESK_BOOK


def photographed(colour: str = "red", size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def send(visitor: Visitor, data: bytes, *, sku: str = "COLA", token: str = "") -> TestResponse:
    page = visitor.get(f"/desk/goods/{sku}").text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    fields: dict[str, object] = {"token": token or found[1], "csrf_token": visitor.token()}
    fields["photo"] = (io.BytesIO(data), "photo.jpg")
    return visitor.client.post(
        f"/desk/goods/{sku}/photo", data=fields, content_type="multipart/form-data", follow_redirects=True
    )


def shown(page: str) -> str:
    """Where the page of a product finds its picture."""
    found = re.search(r'own-photo".*?<img src="([^"]+)"', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_a_photograph_is_shown_its_fact_names_it_and_it_may_be_kept_for_ever(office: Office) -> None:
    visitor = office.client(OWNER)
    assert shown(visitor.get("/desk/goods/COLA").text).endswith(".svg")
    page = send(visitor, photographed(), token="once").text
    assert "has its own photo" in text_of(page)
    send(visitor, photographed("blue"), token="once")
    office.tell()
    (saved,) = office.facts(f.ProductSaved)
    assert isinstance(saved.fact, f.ProductSaved)
    ((column, was, name),) = saved.fact.fields
    assert (column, was, is_photo(name)) == ("photo", "", True)
    assert office.catalogue().products["COLA"].photo == name
    address = shown(visitor.get("/desk/goods/COLA").text)
    assert address.startswith(f"/desk/photos/{name}.webp")
    answer = visitor.get(address)
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "image/webp", b"RIFF")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "img-src 'self'" in answer.headers["Content-Security-Policy"]
    assert address in html.unescape(visitor.get("/desk/planogram").text)


def test_a_lost_file_falls_back_to_the_drawn_picture_and_is_not_kept(office: Office) -> None:
    visitor = office.client(OWNER)
    send(visitor, photographed())
    office.tell()
    address = shown(visitor.get("/desk/goods/COLA").text)
    for path in (office.folder / "photos").iterdir():
        path.unlink()
    answer = visitor.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get(f"{address[:-4]}teal").text == picture_svg("box-silver-star")
    apple = visitor.get(address.replace("box-silver-star", "apple-red"))
    assert apple.data == visitor.get("/desk/pictures/apple-red.svg").data
    assert visitor.get("/desk/photos/..%2f..%2fkeys.webp").status_code == 404


def test_the_drawn_picture_comes_back_and_other_changes_leave_the_photograph(office: Office) -> None:
    visitor = office.client(OWNER)
    send(visitor, photographed())
    office.tell()
    name = office.catalogue().products["COLA"].photo
    visitor.post("/desk/goods/COLA/price", price="1.80")
    office.tell()
    assert office.catalogue().products["COLA"].photo == name
    answer = visitor.post("/desk/goods/COLA/photo/remove", follow=True, token="away")
    assert "with its drawn picture again" in text_of(answer.text)
    office.tell()
    assert office.catalogue().products["COLA"].photo == ""
    assert office.desk.photos is not None
    assert office.desk.photos.read(name) is not None


def test_what_is_no_photograph_is_refused_in_words_and_changes_nothing(office: Office) -> None:
    visitor = office.client(OWNER)
    for language, data, key, values in (
        ("en", b"", "missing", {}),
        ("fa", b"sku,gtin", "not_read", {}),
        ("ar", photographed(size=(300, 60)), "too_small", {"least": 120}),
    ):
        visitor.client.set_cookie("desk_language", language, domain="localhost")
        answer = send(visitor, data)
        assert answer.status_code == 400
        wanted = DESK_BOOK.say(language, f"photo.{key}", **values)
        assert wanted in html.unescape(answer.text)
    assert list((office.folder / "photos").glob("*")) == []
    assert office.facts(f.ProductSaved) == []


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(office: Office) -> None:
    visitor = office.client(OWNER)
    answer = visitor.client.post(
        "/desk/goods/COLA/photo",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 << 20)},
    )
    assert answer.status_code == 413
    assert "larger than 16 MB" in text_of(answer.text)


def test_nothing_of_a_strangers_file_is_read_and_little_of_a_clerks(office: Office) -> None:
    for visitor, status in ((office.client(), 302), (office.client(CLERK), 413)):
        for path in ("/desk/goods/COLA/photo", "/desk/goods/import"):
            answer = visitor.client.post(
                path,
                data=b"x",
                content_type="multipart/form-data; boundary=x",
                environ_overrides={"CONTENT_LENGTH": str(1 << 20)},
            )
            assert answer.status_code == status, path


def test_a_photograph_is_read_where_the_disk_takes_no_more(office: Office) -> None:
    """The kernel's limit for one file stands in for a full disk."""
    visitor = office.client(OWNER)
    parts = {"token": "t", "csrf_token": visitor.token(), "photo": None}
    heads = [f'--x\r\nContent-Disposition: form-data; name="{name}"' for name in parts]
    values = [f"\r\n\r\n{value}\r\n" if value else '; filename="x.jpg"\r\n\r\n' for value in parts.values()]
    body = "".join(map("".join, zip(heads, values, strict=True))).encode() + bytes(2 << 20) + b"\r\n--x--\r\n"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    try:
        answer = visitor.client.post(
            "/desk/goods/COLA/photo", data=body, content_type="multipart/form-data; boundary=x"
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert answer.status_code == 400
    assert "no photo that can be read" in text_of(answer.text)


def test_a_clerk_sees_the_photograph_and_cannot_change_it(office: Office) -> None:
    page = office.client(CLERK).get("/desk/goods/COLA").text
    assert "own-photo" in page
    assert "photo-file" not in page


def test_a_goods_file_keeps_photographs_whether_it_names_them_or_not(office: Office) -> None:
    visitor = office.client(OWNER)
    send(visitor, photographed())
    office.tell()
    product = office.catalogue().products["COLA"]
    assert product.photo
    file = visitor.get("/desk/goods.csv").data
    assert product.photo.encode() in file
    plain = write_goods(
        [replace(each, photo="") for each in office.catalogue().products.values()], exponent=2
    )
    old = b"\r\n".join(row.rpartition(b",")[0] for row in plain.split(b"\r\n") if row)
    assert GOODS_COLUMNS[-1].encode() not in old
    for data in (file, old):
        answer = visitor.client.post(
            "/desk/goods/import",
            data={"goods": (io.BytesIO(data), "goods.csv"), "csrf_token": visitor.token()},
            content_type="multipart/form-data",
            follow_redirects=True,
        )
        assert "Nothing changes" in text_of(answer.text)


def test_an_address_that_no_till_ever_named_is_none(office: Office) -> None:
    assert office.desk.photos is not None
    with pytest.raises(PhotoError):
        office.desk.photos.keep(b"RIFF")
    assert office.client(OWNER).get("/desk/photos/nobody.webp").status_code == 404
