"""The workshop: the simulated devices under a person's hand, for the demo, for training and for the smoke test.

It runs in the simulators' own process, on loopback only, and knows nothing of the kiosk: a coin dropped here reaches the
till as bytes on a wire, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, runtime_checkable

import flask
import msgspec
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

import hardware
from hardware.simulators.bench import Bench
from hardware.simulators.model import Simulator, UnknownActError
from hardware.simulators.pty_line import WireClosedError
from inventory.catalogue import Place, Product, Slot
from web.origin import is_foreign
from web.workshop.decoding import spoken
from web.workshop.mishaps import fault_words, going_on, offered
from web.workshop.texts import LANGUAGES, texts_in

BODY_BYTES = 65_536
"""Longest request: the longest scan anybody may try is 4 KB; the rest is room to spare."""

TRUSTED_HOSTS = ["127.0.0.1", "localhost"]
"""The names of loopback: a page elsewhere that points its own name here (DNS rebinding) is refused."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

FONT_FOLDER = Path(hardware.__file__).parent / "escpos" / "fonts"
"""One font serves receipts and screens."""

HOUSE_FOLDER = Path(__file__).parent.parent / "static"
"""Where the colours and shapes that all our screens share are kept."""

SHEETS_SHOWN = 6
"""Newest sheets of a printer that the page shows; a person compares two or three."""

DIRECTIONS = {"en": "ltr", "fa": "rtl", "ar": "rtl"}


class ForeignOriginError(PermissionError):
    """A page that is not the workshop's asked for this."""


@runtime_checkable
class Printing(Protocol):
    """A simulator that leaves sheets of paper."""

    def sheets(self) -> list[bytes]:
        """Each sheet as PNG, oldest first."""


class Act(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/act: a hand's work on a device."""

    device: str
    hand: str
    values: dict[str, str] = {}


class FaultSwitch(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/fault: a fault of a device, on or off."""

    device: str
    fault: str
    is_on: bool


class MishapSwitch(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/mishap: one of the simulation's mishaps begins or ends, at a device or a wire."""

    mishap: str
    target: str
    is_on: bool


class Mending(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/mend: every mishap that goes on ends."""


class PowerSwitch(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/power: one device's power, or with no device the whole box's."""

    is_on: bool
    device: str | None = None


class Cable(msgspec.Struct, forbid_unknown_fields=True):
    """POST /api/plug and /api/unplug: the cable of one wire."""

    wire: str


def create_workshop_app(
    bench: Bench,
    *,
    products: Sequence[Product],
    slots: Sequence[Slot],
    draw: Callable[[str], str],
    currency: str,
    exponent: int,
    kiosk_name: str = "",
) -> flask.Flask:
    """Build the workshop's web application around a running bench.

    Args:
        bench: The simulated devices; started and closed by the caller.
        products: What a click can scan, and what stands in the coils.
        slots: The planogram; its coils say what goods each coil holds.
        draw: A product's picture name -> its SVG.
        currency: ISO code in which coins are shown.
        exponent: Its decimals.
        kiosk_name: Shown beside the title.
    """
    app = flask.Flask(__name__, static_folder="static", template_folder="templates")
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, TRUSTED_HOSTS=TRUSTED_HOSTS)
    app.json.sort_keys = False  # type: ignore[attr-defined] # Flask's own provider has it; a device's order is ours
    _setup_guards(app)
    _setup_errors(app)
    _setup_page(app, kiosk_name)
    _setup_goods(app, products, slots, draw, currency=currency, exponent=exponent)
    _setup_readings(app, bench)
    _setup_hands(app, bench)
    _setup_mishaps(app, bench)
    return app


def _setup_guards(app: flask.Flask) -> None:
    @app.before_request
    def refuse_foreign_pages() -> None:
        request = flask.request
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if is_foreign(request):
            raise ForeignOriginError("only the workshop's own page may do this")
        if request.mimetype != "application/json":
            flask.abort(415)

    @app.after_request
    def add_headers(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not flask.request.path.startswith(("/static/", "/pictures/", "/font/")):
            response.headers["Cache-Control"] = "no-store"
        return response


def _setup_errors(app: flask.Flask) -> None:
    def refusal(status: int, message: str) -> ResponseReturnValue:
        return flask.jsonify(error=message), status

    @app.errorhandler(UnknownActError)
    def unknown_act(error: UnknownActError) -> ResponseReturnValue:
        return refusal(400, str(error))

    @app.errorhandler(msgspec.DecodeError)
    def not_understood(error: msgspec.DecodeError) -> ResponseReturnValue:
        return refusal(400, str(error))

    @app.errorhandler(ForeignOriginError)
    def foreign(error: ForeignOriginError) -> ResponseReturnValue:
        return refusal(403, str(error))

    @app.errorhandler(WireClosedError)
    def closed(error: WireClosedError) -> ResponseReturnValue:
        return refusal(503, str(error))

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> ResponseReturnValue:
        return refusal(error.code or 500, error.name)


def _setup_page(app: flask.Flask, kiosk_name: str) -> None:
    @app.get("/")
    def page() -> ResponseReturnValue:
        language = flask.request.args.get("lang", "en")
        if language not in LANGUAGES:
            language = "en"
        return flask.render_template(
            "workshop/page.html",
            language=language,
            direction=DIRECTIONS[language],
            languages=LANGUAGES,
            text=texts_in(language),
            kiosk_name=kiosk_name,
        )

    @app.get("/house/tokens.css")
    def tokens() -> ResponseReturnValue:
        return flask.send_from_directory(HOUSE_FOLDER, "tokens.css", mimetype="text/css")

    @app.get("/font/Vazirmatn.woff2")
    def font() -> ResponseReturnValue:
        return flask.send_from_directory(
            FONT_FOLDER, "Vazirmatn.woff2", mimetype="font/woff2", max_age=86_400
        )


def _setup_goods(
    app: flask.Flask,
    products: Sequence[Product],
    slots: Sequence[Slot],
    draw: Callable[[str], str],
    *,
    currency: str,
    exponent: int,
) -> None:
    drawn = {product.picture for product in products}
    by_sku = {product.sku: product for product in products}
    setting = {
        "currency": currency,
        "exponent": exponent,
        "products": [_product(product) for product in products],
        "coils": [
            {"coil": slot.coil, "code": slot.code, "sku": slot.sku, "capacity": slot.capacity}
            for slot in sorted(slots, key=lambda slot: slot.coil)
            if slot.place is Place.COIL and slot.sku in by_sku
        ],
    }

    @app.get("/api/setting")
    def read_setting() -> ResponseReturnValue:
        language = flask.request.args.get("lang", "en")
        return flask.jsonify(texts=texts_in(language if language in LANGUAGES else "en"), **setting)

    @app.get("/pictures/<name>.svg")
    def picture(name: str) -> ResponseReturnValue:
        if name not in drawn:
            flask.abort(404)
        return flask.Response(
            draw(name), mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"}
        )


def _product(product: Product) -> dict[str, object]:
    return {
        "sku": product.sku,
        "names": dict(product.names),
        "code": _as_printed(product.gtins[0]) if product.gtins else "",
        "picture": f"/pictures/{product.picture}.svg" if product.picture else "",
        "category": product.category,
    }


def _as_printed(gtin: str) -> str:
    """The digits under the barcode: a GTIN-14 without the zeros that its shorter kinds do not print."""
    if gtin.startswith("000000"):
        return gtin[6:]
    return gtin.removeprefix("0")


def _setup_readings(app: flask.Flask, bench: Bench) -> None:
    @app.get("/api/snapshot")
    def snapshot() -> ResponseReturnValue:
        return flask.jsonify(_seen(bench))

    @app.get("/api/wires/<wire>")
    def wire(wire: str) -> ResponseReturnValue:
        lines = spoken(bench.protocol(wire), bench.passed(wire))
        return flask.jsonify(wire=wire, lines=[asdict(line) for line in lines])

    @app.get("/api/paper/<device>")
    def paper(device: str) -> ResponseReturnValue:
        return flask.jsonify(device=device, qty=min(SHEETS_SHOWN, len(bench.ask(device, _sheets))))

    @app.get("/paper/<device>/<int:number>.png")
    def sheet(device: str, number: int) -> ResponseReturnValue:
        """One sheet of those on the tray, 0 the newest."""
        sheets = bench.ask(device, _sheets)
        if number >= len(sheets):
            flask.abort(404)
        return flask.Response(sheets[-1 - number], mimetype="image/png")


def _seen(bench: Bench) -> dict[str, object]:
    """Everything that the page shows: the devices' truth, and which mishaps are on."""
    snapshot = bench.snapshot()
    return {**snapshot, "mishaps": going_on(snapshot, bench.places)}


def _sheets(simulator: Simulator) -> list[bytes]:
    return simulator.sheets() if isinstance(simulator, Printing) else []


def _setup_hands(app: flask.Flask, bench: Bench) -> None:
    def done() -> ResponseReturnValue:
        return flask.jsonify(_seen(bench))

    @app.post("/api/act")
    def act() -> ResponseReturnValue:
        wish = msgspec.json.decode(flask.request.get_data(), type=Act)
        bench.act(wish.device, wish.hand, wish.values)
        return done()

    @app.post("/api/fault")
    def fault() -> ResponseReturnValue:
        wish = msgspec.json.decode(flask.request.get_data(), type=FaultSwitch)
        bench.set_fault(wish.device, wish.fault, is_on=wish.is_on)
        return done()

    @app.post("/api/power")
    def power() -> ResponseReturnValue:
        wish = msgspec.json.decode(flask.request.get_data(), type=PowerSwitch)
        if wish.device is None:
            bench.set_box_power(is_on=wish.is_on)
        else:
            bench.set_power(wish.device, is_on=wish.is_on)
        return done()

    @app.post("/api/plug")
    def plug() -> ResponseReturnValue:
        bench.plug(msgspec.json.decode(flask.request.get_data(), type=Cable).wire)
        return done()

    @app.post("/api/unplug")
    def unplug() -> ResponseReturnValue:
        bench.unplug(msgspec.json.decode(flask.request.get_data(), type=Cable).wire)
        return done()


def _setup_mishaps(app: flask.Flask, bench: Bench) -> None:
    @app.get("/api/mishaps")
    def mishaps() -> ResponseReturnValue:
        language = flask.request.args.get("lang", "en")
        language = language if language in LANGUAGES else "en"
        return flask.jsonify(mishaps=offered(language, bench.places), faults=fault_words(language))

    @app.post("/api/mishap")
    def mishap() -> ResponseReturnValue:
        wish = msgspec.json.decode(flask.request.get_data(), type=MishapSwitch)
        (bench.begin if wish.is_on else bench.end)(wish.mishap, wish.target)
        return flask.jsonify(_seen(bench))

    @app.post("/api/mend")
    def mend() -> ResponseReturnValue:
        msgspec.json.decode(flask.request.get_data(), type=Mending)
        for name, targets in going_on(bench.snapshot(), bench.places).items():
            for target in targets:
                bench.end(name, target)
        return flask.jsonify(_seen(bench))
