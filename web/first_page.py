"""The page of a first start: while there is no configuration, the kiosk's own screen finds the devices and asks for the rest.

It listens on loopback alone, as the shopper's screen will, and ends when the configuration is written. The work is that of
`web.first_run`; a configuration that came meanwhile is never written over.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click
import flask
from flask.typing import ResponseReturnValue

from hardware.mdb.messages import exponent_of
from hardware.wires.probe import found_ports
from kiosk.config import ConfigError
from kiosk.i18n import LANGUAGES, OWN_NAMES, AmountError, direction, format_amount, format_count, parse_amount
from web import LOOPBACK_NAMES, new_app, setup_font, setup_headers
from web.demo import CONFIG_FILE, write_address
from web.first_run import (
    Answers,
    Line,
    SetupError,
    Slot,
    draft,
    own_name,
    own_timezone,
    slots_of,
    survey,
    told_currency,
    told_kept,
    told_values,
    write_draft,
)
from web.first_texts import FIRST
from web.origin import is_foreign_form
from web.serve import WebServer
from web.setup_command import tax_bp
from web.typed import typed

PEOPLE: Final = ("vendor", "phone", "machine", "currency", "timezone", "tax")
"""Fields that only people know."""

FIELD_CHARS: Final = 120
"""Longest field: one line of a receipt."""

USUAL_CURRENCY: Final = "EUR"

LAST_PAGE_SECONDS: Final = 1.0
"""So long the browser that saved has for its last page, and a line that is being asked for its answer."""


class FirstStart:
    """What the page knows: what was found so far, and whether the configuration is written.

    Args:
        folder: The kiosk's.
        look: Asks the lines; called in a thread of its own, tells of each line as it is done.
    """

    def __init__(self, folder: Path, look: Callable[[Callable[[Line], None]], tuple[Line, ...]]) -> None:
        self.folder = folder
        self.written = threading.Event()
        self._look = look
        self._lock = threading.Lock()
        self._told: list[Line] = []
        self._lines: tuple[Line, ...] | None = None
        self._asking: threading.Thread | None = None

    @property
    def is_looking(self) -> bool:
        """Whether lines are being asked now."""
        return self._asking is not None and self._asking.is_alive()

    @property
    def lines(self) -> tuple[Line, ...] | None:
        """What was found; None before anybody looked."""
        with self._lock:
            return self._lines

    def told(self) -> tuple[Line, ...]:
        """The lines that are done so far."""
        with self._lock:
            return tuple(self._told)

    def look(self) -> None:
        """Begin to ask, unless that goes on already."""
        with self._lock:
            if self.is_looking:
                return
            self._told.clear()
            self._lines = None
            self._asking = threading.Thread(target=self._ask, name="setup-look", daemon=True)
            self._asking.start()

    def wait(self, seconds: float) -> None:
        """Wait until nobody is asked any more, at most so long."""
        if self._asking is not None:
            self._asking.join(seconds)

    def _ask(self) -> None:
        lines = self._look(self._tell)
        with self._lock:
            self._lines = lines

    def _tell(self, line: Line) -> None:
        with self._lock:
            self._told.append(line)


def ask_all_ports(tell: Callable[[Line], None]) -> tuple[Line, ...]:
    """Ask every serial line of this machine."""
    return survey([found.stable for found in found_ports()], tell=tell)


class _Words:
    """One reader's language, for the template."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.direction = direction(self.language)

    def say(self, key: str, **values: str) -> str:
        return FIRST.say(self.language, key, **values)

    def count(self, number: int) -> str:
        return format_count(number, self.language)


class _FieldError(ValueError):
    """A field cannot be used: the key of the text, and what was typed."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(key)
        self.key, self.what = key, what


def create_first_app(start: FirstStart, now: Callable[[], datetime]) -> flask.Flask:
    """Build the application of a first start."""
    app = new_app(trusted_hosts=LOOPBACK_NAMES)
    setup_headers(app)
    setup_font(app)

    @app.before_request
    def refuse_foreign_pages() -> None:
        if flask.request.method != "GET" and is_foreign_form(flask.request):
            flask.abort(403)

    _add_pages(app, start, now)
    return app


def _words() -> _Words:
    return _Words(flask.request.values.get("lang", LANGUAGES[0]))


def _drawn(start: FirstStart, problem: str = "", typed_in: Mapping[str, str] | None = None) -> str:
    """The page as things stand, with what was typed when that could not be used."""
    lines, given = start.lines, dict(typed_in or {})
    currency = given.get("currency") or told_currency(lines or ()) or USUAL_CURRENCY
    slots = slots_of(lines or (), currency.upper())
    usual = {
        "vendor": own_name(), "phone": "", "machine": "1", "currency": currency,
        "timezone": own_timezone(), "tax": "0",
    }  # fmt: skip
    proposed = {slot.key: _amount(slot, currency.upper()) for slot in slots}
    # A box that somebody left empty comes back without a word.
    kept = {f"kept.{key}": "yes" for key in told_kept(slots)} if typed_in is None else {}
    return flask.render_template(
        "first/page.html",
        words=_words(),
        languages=OWN_NAMES,
        is_looking=start.is_looking,
        told=start.told(),
        lines=lines,
        slots=slots,
        people=PEOPLE,
        given={**usual, **proposed, **kept, **given},
        problem=problem,
        is_written=start.written.is_set(),
        command=typed(f"user add NAME --data {start.folder}"),
    )


def _add_pages(app: flask.Flask, start: FirstStart, now: Callable[[], datetime]) -> None:
    def back() -> ResponseReturnValue:
        return flask.redirect(flask.url_for("page", lang=_words().language), code=303)

    @app.get("/")
    def page() -> ResponseReturnValue:
        return _drawn(start)

    @app.post("/look")
    def look() -> ResponseReturnValue:
        if not start.written.is_set():
            start.look()
        return back()

    @app.post("/write")
    def write() -> ResponseReturnValue:
        lines = start.lines
        if lines is None or start.written.is_set():
            return back()
        form = {key: value.strip()[:FIELD_CHARS] for key, value in flask.request.form.items()}
        said = _words()
        try:
            made = draft(lines, _answers(form, lines), now())
            write_draft(start.folder, made, now())
        except _FieldError as error:
            return _drawn(start, said.say(error.key, what=error.what), form), 400
        except SetupError:
            return _drawn(start, said.say("first.bad_currency", what=form.get("currency", "")), form), 400
        except (ConfigError, OSError) as error:
            return _drawn(start, said.say("first.bad_setting", what=str(error)), form), 400
        start.written.set()
        return _drawn(start)


def _amount(slot: Slot, currency: str) -> str:
    return format_amount(slot.minor, exponent_of(currency), "en") if slot.minor else ""


def _answers(form: Mapping[str, str], lines: Sequence[Line]) -> Answers:
    """What was typed.

    Raises:
        _FieldError: Something of it cannot be used.
    """
    if not all(form.get(name) for name in PEOPLE):
        raise _FieldError("first.missing", "")
    currency = form["currency"].upper()
    try:
        rate = tax_bp(form["tax"])
    except click.BadParameter as error:
        raise _FieldError("first.bad_tax", form["tax"]) from error
    values = told_values(())
    slots = slots_of(lines, currency)
    for slot in slots:
        text = form.get(slot.key, "")
        try:
            values[slot.key] = parse_amount(text, exponent_of(currency)) if text else 0
        except AmountError as error:
            raise _FieldError("first.bad_amount", text) from error
    return Answers(
        vendor=form["vendor"],
        phone=form["phone"],
        machine=form["machine"],
        currency=currency,
        tax_bp=rate,
        timezone=form["timezone"],
        values=values,
        scanners=tuple(number for number in range(len(lines)) if form.get(f"scanner.{number}")),
        kept=frozenset(slot.key for slot in slots if slot.can_be_kept and form.get(f"kept.{slot.key}")),
    )


def serve_first_start(folder: Path, stop: threading.Event, port: int) -> bool:
    """Serve the page until the configuration is written; whether it was, and not somebody wished to end before.

    Raises:
        PortTakenError: The screen's port is in use.
    """
    start = FirstStart(folder, ask_all_ports)
    server = WebServer(
        create_first_app(start, lambda: datetime.now().astimezone()), "127.0.0.1", port, name="first start"
    )
    server.start()
    write_address(folder, "kiosk", {"screen": server.url()})
    click.echo(f"there is no {CONFIG_FILE} in {folder} yet: set the kiosk up at {server.url()}")
    click.echo(f"or in a terminal: {typed(f'setup --data {folder}')}")
    while not stop.wait(0.2) and not start.written.is_set() and not (folder / CONFIG_FILE).exists():
        pass
    # The browser that saved gets its last page before the kiosk takes the port over.
    stop.wait(LAST_PAGE_SECONDS)
    server.close()
    start.wait(LAST_PAGE_SECONDS)
    return (folder / CONFIG_FILE).exists() and not stop.is_set()
