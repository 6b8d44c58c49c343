"""Pictures of products on any page: the vendor's own photograph where there is one, the drawn picture otherwise."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.catalogue import Product
from inventory.photos import is_photo
from inventory.pictures import UNKNOWN_PICTURE, is_picture, picture_svg

YEAR_SECONDS: Final = 31_536_000
"""A photograph's address names its bytes: what is behind it never changes."""


def picture_address(product: Product, *, drawn: str, photo: str) -> str:
    """Where a page finds a product's picture.

    Args:
        product: Whose.
        drawn: Endpoint of drawn pictures, given ``name``.
        photo: Endpoint of photographs, given ``name`` and, for when the file is gone, ``drawn``.
    """
    picture = product.picture or UNKNOWN_PICTURE
    if product.photo:
        return flask.url_for(photo, name=product.photo, drawn=picture)
    return flask.url_for(drawn, name=picture)


def send_photo(name: str, photo: bytes | None) -> ResponseReturnValue:
    """A photograph for as long as anybody likes to keep it; without one the drawn picture that the address names instead."""
    if not is_photo(name):
        flask.abort(404)
    if photo is not None:
        answer = flask.Response(photo, mimetype="image/webp")
        answer.cache_control.private = True
        answer.cache_control.max_age = YEAR_SECONDS
        answer.cache_control.immutable = True
        return answer
    drawn = flask.request.args.get("drawn", "")
    return flask.Response(picture_svg(drawn if is_picture(drawn) else ""), mimetype="image/svg+xml")
