"""What the desk's pages are given: the door, a reader, the configuration, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Connection, Engine

from hardware.events import DeviceKind
from hardware.rig import DeviceConfig
from kiosk.claims.desk import ClaimDesk
from kiosk.config import Config
from kiosk.core.draft import Notice
from kiosk.core.events import PersonEvent
from kiosk.i18n import LANGUAGES, local_time
from kiosk.runtime.clock import Clock
from kiosk.runtime.door import TillDoor
from kiosk.runtime.keys import Keys
from kiosk.store.database import reading
from web.admin.voice import Voice
from web.auth import DeskUser, Sessions, SignIn
from web.exports import MIMES, Format, Letterhead, Table, TooManyRowsError, write_table
from web.forms import NothingForm

LANGUAGE_COOKIE: Final = "desk_language"


@dataclass(frozen=True, slots=True)
class Desk:
    """One kiosk's desk."""

    door: TillDoor
    reader: Engine
    config: Config
    clock: Clock
    sign_in: SignIn
    sessions: Sessions
    claims: ClaimDesk
    keys: Keys

    @property
    def kiosk_id(self) -> str:
        """Whose journal the pages read."""
        return self.config.kiosk_id

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A short reading transaction."""
        with reading(self.reader) as connection:
            yield connection

    def devices(self) -> dict[str, tuple[DeviceConfig, str]]:
        """Configured devices by name, each with the path of its port."""
        return {device.name: (device, port.path) for port in self.config.rig.ports for device in port.devices}

    def hopper_values(self) -> dict[str, int]:
        """Hopper -> value of its coin."""
        return {
            name: device.value_minor or 0
            for name, (device, _) in self.devices().items()
            if device.kind is DeviceKind.HOPPER
        }

    def stackers(self) -> tuple[str, ...]:
        """Note validators: each has a stacker."""
        return tuple(
            name for name, (device, _) in self.devices().items() if device.kind is DeviceKind.NOTE_VALIDATOR
        )

    def has_cards(self) -> bool:
        """Whether a card reader is configured."""
        return any(device.kind is DeviceKind.CARD_READER for device, _ in self.devices().values())

    def language(self) -> str:
        """The reader's language: chosen before, else what the browser asks for, else the kiosk's first."""
        chosen = flask.request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen in LANGUAGES:
            return chosen
        return flask.request.accept_languages.best_match(LANGUAGES) or self.config.languages[0]

    def voice(self) -> Voice:
        """Speaks to the reader of this request."""
        money = self.config.money
        return Voice(
            self.language(),
            currency=money.currency,
            exponent=money.exponent,
            timezone=self.config.timezone,
            hoppers=self.hopper_values(),
        )

    def who(self) -> DeskUser | None:
        """The signed-in person."""
        return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 -- werkzeug's public way to a proxy's object

    def by(self) -> str:
        """Their name, for the journal."""
        who = self.who()
        return who.name if who else ""

    def ask(self, event: PersonEvent) -> Notice:
        """Put an event to the till and remember its answer for the next page."""
        notice = self.door.ask(event).notice
        if notice.is_refusal:
            self.tell_notice(notice)
        return notice

    def tell_notice(self, notice: Notice) -> None:
        """Show the till's answer on the next page."""
        flask.flash(
            self.voice().notice(notice, self.door.catalogue()), "refusal" if notice.is_refusal else "done"
        )

    def tell(self, key: str, **values: str | int) -> None:
        """Say something on the next page."""
        flask.flash(self.voice().say(key, **values), "done")

    def wanted_file(self) -> Format | None:
        """The file that the address asks for by ``?format=``, or None for the page; any other word ends the request with 400."""
        word = flask.request.args.get("format", "")
        if not word:
            return None
        try:
            return Format(word)
        except ValueError:
            flask.abort(400)

    def send_file(self, wanted: Format, name: str, table: Table) -> ResponseReturnValue:
        """What the page shows as a file; a list that is too long for it leads back to the page, which says so.

        Args:
            wanted: See `wanted_file`.
            name: Beginning of the file's name, ASCII; today's date follows.
            table: The page's rows under the filters of its address, all of them and not only the page's first ones.
        """
        voice = self.voice()
        wall = self.clock.wall()
        head = Letterhead(
            vendor=self.config.vendor.name,
            machine=voice.say("desk.machine", machine=voice.digits(self.config.vendor.machine)),
            language=voice.language,
            currency=voice.currency,
            exponent=voice.exponent,
            timezone=voice.timezone,
            made_at=wall.isoformat(),
            page=voice.say("exports.page", page="{page}", pages="{pages}"),
        )
        try:
            data = write_table(table, head, wanted)
        except TooManyRowsError as error:
            return self.refuse_file(error)
        day = local_time(wall.isoformat(), self.config.timezone).date().isoformat()
        return flask.Response(
            data,
            mimetype=MIMES[wanted],
            headers={"Content-Disposition": f'attachment; filename="{name}-{day}.{wanted.value}"'},
        )

    def refuse_file(self, error: TooManyRowsError) -> ResponseReturnValue:
        """Back to the page that a file was asked of, with what to do instead."""
        flask.flash(self.voice().say("exports.too_many", n=self.voice().count(error.most)), "refusal")
        kept = {name: values for name, values in flask.request.args.lists() if name != "format"}
        path = {**(flask.request.view_args or {}), **kept}
        return flask.redirect(flask.url_for(flask.request.endpoint or "desk.overview", **path))

    def render(self, template: str, page: str, **values: object) -> str:
        """A page in the reader's language.

        Args:
            template: File name below ``desk/``.
            page: Key of the page's title; also marks its place in the menu.
            **values: For the template.
        """
        voice = self.voice()
        return flask.render_template(
            f"desk/{template}",
            voice=voice,
            page=page,
            who=self.who(),
            vendor=self.config.vendor,
            languages=LANGUAGES,
            nothing=NothingForm(
                formdata=None
            ),  # a body that is too long must not be read again for its error page
            here=flask.request.full_path.rstrip("?"),
            **values,
        )
