"""The shopper's screen: one page that shows what the till publishes and sends what fingers do; it decides nothing.

GET  /               the page                     POST /tap/<kind>      a touch, as a typed event
GET  /stream         screens as they come         POST /seen            "this screen was drawn"
GET  /sheet/<name>   help, search, code, ...      POST /scan            a keyboard scanner (demo only)
GET  /search         tiles for a query            POST /claim           "it swallowed my money"
GET  /receipt/<v>    the receipt of this visit    POST /service/<act>   a clerk's act
GET  /goods/<n>.svg  a picture
GET  /goods/photos/<n>.webp  a photograph of the vendor's
"""

from __future__ import annotations

import threading
from typing import Annotated

import flask
import msgspec
from flask.typing import ResponseReturnValue
from msgspec import Meta

from inventory.catalogue import Product
from inventory.pictures import is_picture, picture_svg
from kiosk.config import Config
from kiosk.core.draft import Notice
from kiosk.core.facts import About, Verdict
from kiosk.core.screen import View
from kiosk.i18n import LANGUAGES, direction, parse_amount
from kiosk.runtime.door import TillDoor
from web.kiosk_ui.backroom import Backroom
from web.kiosk_ui.painter import Painter, is_shown_anyway
from web.kiosk_ui.service import RoundBody, ServiceActs
from web.kiosk_ui.sheets import Sheets
from web.kiosk_ui.stream import Streams, stream_response
from web.kiosk_ui.taps import KINDS, Id, Whole
from web.kiosk_ui.voice import Voice
from web.photos import picture_address, send_photo

SCAN_CHARS = 4_096
"""The longest code anybody may try; the reading of scans refuses far shorter ones in words."""

QUERY_CHARS = 64
"""Longest search."""


class SeenBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /seen."""

    stream: Whole


class ScanBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /scan."""

    code: Annotated[str, Meta(max_length=SCAN_CHARS)]


class ClaimBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /claim: the sum as a number the page was given, or as it was typed."""

    token: Id
    about: About
    said_minor: Whole | None = None
    said: Annotated[str, Meta(max_length=32)] = ""


def make_kiosk_ui(
    door: TillDoor, config: Config, backroom: Backroom, stop: threading.Event
) -> flask.Blueprint:
    """The blueprint of the shopper's screen.

    Args:
        door: The border to the till.
        config: Everything the kiosk was told.
        backroom: What the screen needs beside the till.
        stop: Set when the process ends.
    """
    ui = flask.Blueprint("kiosk_ui", __name__)
    sheets = Sheets(door, config, backroom)
    _add_page(ui, door, config, backroom)
    _add_stream(ui, door, config, backroom, stop)
    _add_goods(ui, backroom, sheets)
    _add_taps(ui, door, config)
    _add_claims(ui, door, config, backroom, sheets)
    _add_service(ui, door, config, backroom, sheets)
    if config.has_keyboard_wedge:
        _add_wedge(ui, door, config, backroom)
    return ui


def _told(
    door: TillDoor, config: Config, notice: Notice, *, said: str = "", sheet: str = "", closes: bool = False
) -> ResponseReturnValue:
    """The till's answer for the page: words (its own unless ``said``), whether it refuses, and the sheet to show next."""
    screen = door.screen()
    voice = Voice(screen, config.timezone)
    return flask.jsonify(
        key=notice.key,
        said=voice.say(said) if said else voice.notice(notice, door.catalogue()),
        refused=notice.is_refusal,
        quiet=is_shown_anyway(screen, notice.key),
        sheet=sheet,
        closes=closes and not notice.is_refusal,
        stream=screen.stream,
    )


def _add_page(ui: flask.Blueprint, door: TillDoor, config: Config, backroom: Backroom) -> None:
    @ui.get("/")
    def page() -> ResponseReturnValue:
        screen = door.screen()
        painter = Painter(door, config, backroom)
        voice = Voice(screen, config.timezone)
        return flask.render_template(
            "kiosk_ui/page.html",
            screen=screen,
            voice=voice,
            direction=direction(screen.language),
            vendor=config.vendor,
            has_wedge=config.has_keyboard_wedge,
            regions=painter.regions(screen),
            frame=painter.frame(screen),
            languages=LANGUAGES,
        )


def _add_stream(
    ui: flask.Blueprint, door: TillDoor, config: Config, backroom: Backroom, stop: threading.Event
) -> None:
    streams = Streams()

    @ui.get("/stream")
    def stream() -> ResponseReturnValue:
        return stream_response(streams, lambda: Painter(door, config, backroom), door, stop)

    @ui.post("/seen")
    def seen() -> ResponseReturnValue:
        body = msgspec.json.decode(flask.request.get_data(), type=SeenBody)
        door.acknowledge(body.stream)
        return "", 204


def _picture_of(product: Product) -> str:
    """Where the screen finds a product's picture."""
    return picture_address(product, drawn="kiosk_ui.picture", photo="kiosk_ui.photo")


def _add_goods(ui: flask.Blueprint, backroom: Backroom, sheets: Sheets) -> None:
    ui.add_app_template_global(_picture_of, "picture_of")

    @ui.get("/goods/photos/<name>.webp")
    def photo(name: str) -> ResponseReturnValue:
        return send_photo(name, backroom.photo(name))

    @ui.get("/goods/<name>.svg")
    def picture(name: str) -> ResponseReturnValue:
        if not is_picture(name):
            flask.abort(404)
        return flask.Response(picture_svg(name), mimetype="image/svg+xml")

    @ui.get("/search")
    def search() -> ResponseReturnValue:
        return sheets.found(flask.request.args.get("q", "")[:QUERY_CHARS])

    @ui.get("/sheet/<name>")
    def sheet(name: str) -> ResponseReturnValue:
        return sheets.draw(name, flask.request.args.get("of", ""))

    @ui.get("/receipt/<visit>")
    def receipt(visit: str) -> ResponseReturnValue:
        return sheets.draw("receipt", visit)


def _add_taps(ui: flask.Blueprint, door: TillDoor, config: Config) -> None:
    @ui.post("/tap/<kind>")
    def tap(kind: str) -> ResponseReturnValue:
        if kind not in KINDS:
            flask.abort(404)
        event = KINDS[kind].read(flask.request.get_data(), door)
        return _told(door, config, door.ask(event).notice, closes=kind == "code")


def _add_wedge(ui: flask.Blueprint, door: TillDoor, config: Config, backroom: Backroom) -> None:
    @ui.post("/scan")
    def scan() -> ResponseReturnValue:
        body = msgspec.json.decode(flask.request.get_data(), type=ScanBody)
        return _told(door, config, door.ask(backroom.read_scan(body.code)).notice)


def _add_claims(
    ui: flask.Blueprint, door: TillDoor, config: Config, backroom: Backroom, sheets: Sheets
) -> None:
    @ui.post("/claim")
    def claim() -> ResponseReturnValue:
        body = msgspec.json.decode(flask.request.get_data(), type=ClaimBody)
        if door.screen().training is not None:
            return _told(door, config, Notice("not_while_training", is_refusal=True))
        said_minor = body.said_minor
        if said_minor is None:
            said_minor = parse_amount(body.said, door.screen().exponent)
        notice = backroom.open_claim(body.about, body.token, said_minor)
        if notice.key != "claim_opened":
            return _told(door, config, notice)
        if notice.params.get("verdict") == Verdict.PROVEN and door.screen().view is View.SETTLING:
            # The coins fall already: a sheet would cover where to take them, and nothing is left to follow.
            return _told(door, config, notice, said="told.proven", closes=True)
        return _told(door, config, notice, sheet=sheets.told(notice.params))


def _add_service(
    ui: flask.Blueprint, door: TillDoor, config: Config, backroom: Backroom, sheets: Sheets
) -> None:
    acts = ServiceActs(door, backroom)

    @ui.post("/service/round")
    def service_round() -> ResponseReturnValue:
        """A step of the clerk's round; the answer brings what comes next."""
        body = msgspec.json.decode(flask.request.get_data(), type=RoundBody)
        notice = acts.go_round(body)
        if notice.is_refusal or body.act == "end":
            return _told(door, config, notice, closes=True)
        return _told(door, config, notice, sheet=sheets.draw("round", ""))

    @ui.post("/service/<act>")
    def service(act: str) -> ResponseReturnValue:
        if act not in acts:
            flask.abort(404)
        notice = acts.do(act, flask.request.get_data())
        if act == "count" and notice.is_refusal:
            return _told(door, config, notice)  # what was counted stays on the sheet
        if notice.key == "boxes_out":
            return _told(door, config, notice, sheet=sheets.draw("count", ""))
        if notice.key != "collected":
            return _told(door, config, notice, closes=True)
        figures = sheets.counted(int(notice.params["expected_minor"]), int(notice.params["counted_minor"]))
        return _told(door, config, notice, sheet=figures)
