"""What the desk's pages are given: the door, a reader, the configuration, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import flask
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Connection, Engine

from hardware.events import DeviceKind
from hardware.rig import DeviceConfig
from inventory.catalogue import Catalogue
from kiosk.claims.desk import ClaimDesk
from kiosk.config import Config, SecondStep
from kiosk.core.draft import Notice
from kiosk.core.events import PersonEvent
from kiosk.core.postings import stacker_container
from kiosk.core.state import State
from kiosk.fleet.inbox import Registered
from kiosk.fleet.state import read_state
from kiosk.i18n import LANGUAGES, local_time
from kiosk.runtime.clock import Clock
from kiosk.runtime.door import TillDoor
from kiosk.runtime.keys import Keys
from kiosk.runtime.shop import rules_of
from kiosk.store.change_needs import read_hopper_values
from kiosk.store.database import reading
from kiosk.store.deeds import read_second_step
from kiosk.store.photos import PhotoFolder
from kiosk.store.rounds import RoundPlans
from web.admin.voice import Voice
from web.auth import MOVES_MONEY, DeskUser, Sessions, SignIn, Stage
from web.exports import MIMES, Format, Letterhead, Table, TooManyRowsError, write_table
from web.forms import NothingForm

LANGUAGE_COOKIE: Final = "desk_language"


ALL: Final = "all"
"""What an address says instead of a kiosk's id when all are meant."""

OF_ALL: Final = frozenset(
    {
        "desk.fleet",
        "desk.claims",
        "desk.sales",
        "desk.sales_plot",
        "desk.month",
        "desk.coils",
        "desk.users",
        "desk.transit",
    }
)
"""Pages that can show all kiosks at once; the others show one."""

READ_HERE: Final[Mapping[str, str]] = {
    "desk.stock": "stock",
    "desk.dates": "stock",
    "desk.place": "stock",
    "desk.moves": "stock",
    "desk.restock": "restock",
    "desk.pick": "restock",
    "desk.buy": "",
    "desk.forecast": "",
    "desk.forecast_plot": "",
    "desk.shrink": "stock",
    "desk.shrink_plot": "",
    "desk.claims": "claims",
    "desk.claim": "claims",
    "desk.cash": "cash",
    "desk.collection": "cash",
    "desk.bags": "cash",
    "desk.change": "",
    "desk.days": "cash",
    "desk.day": "",
}
"""Pages of one kiosk that a desk for several only reads -> where its acts are done (a text's last word); nothing where it has
none."""

LISTS: Final[Mapping[str, str]] = {
    "desk.collection": "desk.cash",
    "desk.day": "desk.days",
    "desk.place": "desk.dates",
    "desk.moves": "desk.dates",
    "desk.entry": "desk.journal",
    "desk.forecast": "desk.restock",
    "desk.claim": "desk.claims",
}
"""A page about a thing that only one kiosk has -> the page of all such things, to which the links from kiosk to kiosk lead."""

OF_FLEET: Final = (
    OF_ALL
    | READ_HERE.keys()
    | {
        "desk.sign_in",
        "desk.language",
        "desk.sign_out",
        "desk.second_step",
        "desk.set_up_second_step",
        "desk.remove_second_step",
        "desk.account",
        "desk.end_session",
        "desk.end_sessions",
        "desk.journal",
        "desk.entry",
        "desk.health",
        "desk.coils",
        "desk.codes",
        "desk.deeds",
        "desk.users",
        "desk.save_user",
        "desk.remove_user",
    }
)
"""Pages that need no till: those of a desk for several kiosks."""

OF_ONE: Final = (
    READ_HERE.keys() | {"desk.journal", "desk.entry", "desk.health", "desk.codes", "desk.deeds"}
) - OF_ALL
"""Pages that show one kiosk: asked for all of several, they list them (`web.admin.pages.each_kiosk`)."""

ONLY_OF_FLEET: Final = frozenset({"desk.fleet"})


class Fleet(Protocol):
    """The kiosks of a desk for several, as they told of themselves."""

    def machines(self) -> tuple[Registered, ...]:
        """All of them, by id."""

    def goods_of(self, kiosk_id: str) -> Catalogue:
        """What one of them sells and where it lies."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one kiosk, or, with ``fleet``, of all that push their journals to it; ``claims_of`` finds a kiosk's claims."""

    door: TillDoor
    reader: Engine
    config: Config
    clock: Clock
    sign_in: SignIn
    sessions: Sessions
    claims_of: Callable[[str], ClaimDesk]
    keys: Keys
    rounds: RoundPlans
    fleet: Fleet | None = None
    photos: PhotoFolder | None = None

    @property
    def is_fleet(self) -> bool:
        """Whether this desk serves several kiosks and has no till."""
        return self.fleet is not None

    @property
    def claims(self) -> ClaimDesk:
        """The claims of the kiosk that the page shows."""
        return self.claims_of(self.kiosk_id)

    def has_page(self, endpoint: str) -> bool:
        """Whether this desk has the page at all."""
        return endpoint in OF_FLEET if self.is_fleet else endpoint not in ONLY_OF_FLEET

    def kiosks(self) -> dict[str, str]:
        """Kiosk id -> what people call it."""
        if self.fleet is None:
            return {self.config.kiosk_id: self.own_name(self.voice())}
        # Every link of a page asks, so a request reads them once.
        if "kiosks" not in flask.g:
            flask.g.kiosks = {each.kiosk_id: each.name for each in self.fleet.machines()}
        known: dict[str, str] = flask.g.kiosks
        return known

    def chosen(self) -> str:
        """The kiosk that the address names; empty when it means all. One that is not of this desk ends the request with 404."""
        wanted = flask.request.args.get("kiosk", ALL)
        if wanted == ALL or not self.is_fleet:
            return ""
        if wanted not in self.kiosks():
            flask.abort(404)
        return wanted

    @property
    def kiosk_id(self) -> str:
        """Whose journal the page reads: the one that the address names, or the only one; empty when it is about several."""
        if not self.is_fleet:
            return self.config.kiosk_id
        return self.chosen() or self._only()

    def _only(self) -> str:
        """The one kiosk of a desk that has no other; empty where there are several: never the first of them for all."""
        kiosks = tuple(self.kiosks())
        return kiosks[0] if len(kiosks) == 1 else ""

    def asks_which(self) -> bool:
        """Whether the address asks for all kiosks a page that shows one."""
        return (
            self.is_fleet
            and flask.request.endpoint in OF_ONE
            and len(self.kiosks()) > 1
            and not self.chosen()
        )

    def kiosk_ids(self) -> tuple[str, ...]:
        """Whose journals a page of figures reads."""
        chosen = self.chosen()
        return (chosen,) if chosen else tuple(self.kiosks())

    def catalogue(self) -> Catalogue:
        """The goods of the kiosk that the page shows, with their places; of a page about all, all products without places."""
        kiosk_id = self._one()
        return self.fleet.goods_of(kiosk_id) if self.fleet is not None and kiosk_id else self.door.catalogue()

    def _one(self) -> str:
        """The one kiosk elsewhere that the page is about; empty when it is about all, or the address names none of ours."""
        if self.fleet is None:
            return ""
        wanted = flask.request.args.get("kiosk", ALL)
        if wanted == ALL:
            return "" if flask.request.endpoint in OF_ALL else self._only()
        return wanted if wanted in self.kiosks() else ""

    def told(self) -> State | None:
        """The till of the kiosk that the page shows, as this desk heard of it last; None where a till stands behind the desk."""
        kiosk_id = self._one()
        return self.till_of(kiosk_id) if kiosk_id else None

    def till_of(self, kiosk_id: str) -> State | None:
        """The till of a kiosk elsewhere, as this desk heard of it last; read once for each request."""
        known: dict[str, State | None] = flask.g.setdefault("told", {})
        if kiosk_id not in known:
            with self.reading() as connection:
                known[kiosk_id] = read_state(connection, kiosk_id)
        return known[kiosk_id]

    def goods_of(self, kiosk_id: str) -> Catalogue:
        """What a kiosk of this desk sells and where it lies."""
        return self.fleet.goods_of(kiosk_id) if self.fleet is not None else self.door.catalogue()

    def resting(self) -> frozenset[str]:
        """Places that are off sale until somebody has counted them."""
        if self.fleet is None:
            return self.door.screen().resting
        told = self.told()
        return frozenset(slot for slot, book in told.coils.items() if book.is_off) if told else frozenset()

    def today(self) -> date:
        """Today on the kiosks' clock."""
        return self.clock.wall().astimezone(ZoneInfo(self.config.timezone)).date()

    def switch(self) -> tuple[tuple[str, str, bool], ...]:
        """The frame's links from kiosk to kiosk: name, address of this page for it, and whether it is the one shown."""
        kiosks = self.kiosks()
        if not self.is_fleet or not kiosks:
            return ()
        endpoint = flask.request.endpoint or ""
        is_of_all = endpoint in OF_ALL
        path, values = flask.request.path, flask.request.args.to_dict()
        if not self.has_page(endpoint) or flask.request.view_args or flask.request.method != "GET":
            # An entry or a form is of one kiosk only.
            path, values = flask.url_for(LISTS.get(endpoint, "desk.journal")), {}
        wanted = flask.request.args.get(
            "kiosk", ALL
        )  # an unknown one has an error page, which has this frame too
        has_all = is_of_all or len(kiosks) > 1
        shown = wanted if wanted in kiosks else ALL if has_all else next(iter(kiosks))
        names = ({ALL: ""} if has_all else {}) | kiosks
        path = path.partition("?")[0]
        return tuple(
            (name, f"{path}?{urlencode({**values, 'kiosk': each})}", each == shown)
            for each, name in names.items()
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A short reading transaction."""
        with reading(self.reader) as connection:
            yield connection

    def devices(self) -> dict[str, tuple[DeviceConfig, str]]:
        """Configured devices by name, each with the path of its port; those of kiosks elsewhere are written there."""
        if self.fleet is not None:
            return {}
        return {device.name: (device, port.path) for port in self.config.rig.ports for device in port.devices}

    def hopper_values(self) -> dict[str, int]:
        """Hopper -> value of its coin, of the kiosk that the page shows."""
        kiosk_id = self._one() if self.fleet is not None else self.config.kiosk_id
        return self.hoppers_of(kiosk_id) if kiosk_id else {}

    def hoppers_of(self, kiosk_id: str) -> dict[str, int]:
        """Hopper -> value of its coin, of any kiosk of this desk: by its configuration, or elsewhere by what its journal says."""
        if self.fleet is not None:
            return self._hoppers_elsewhere(kiosk_id)
        return {
            name: device.value_minor or 0
            for name, (device, _) in self.devices().items()
            if device.kind is DeviceKind.HOPPER
        }

    def _hoppers_elsewhere(self, kiosk_id: str) -> dict[str, int]:
        """By what a kiosk's journal says of them; right after an update of this desk, by the pieces that they gave lately."""
        told = self.till_of(kiosk_id)
        if told is not None:
            return {name: book.value_minor for name, book in told.hoppers.items()}
        known: dict[str, dict[str, int]] = flask.g.setdefault("hoppers", {})
        if kiosk_id not in known:
            with self.reading() as connection:
                known[kiosk_id] = read_hopper_values(
                    connection, kiosk_id, today=self.today(), timezone=self.config.timezone
                )
        return known[kiosk_id]

    def stackers(self) -> tuple[str, ...]:
        """Note validators: each has a stacker."""
        if self.fleet is not None:
            told, of_validator = self.told(), stacker_container("")
            found = told.pieces if told else {}
            return tuple(name.removeprefix(of_validator) for name in found if name.startswith(of_validator))
        return tuple(
            name for name, (device, _) in self.devices().items() if device.kind is DeviceKind.NOTE_VALIDATOR
        )

    def has_cards(self) -> bool:
        """Whether a card reader is configured."""
        if self.fleet is not None:
            told = self.told()
            return told is not None and any(
                book.kind == DeviceKind.CARD_READER for book in told.devices.values()
            )
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

    def second_above_minor(self) -> int:
        """Above it two people agree before a claim is paid."""
        return rules_of(self.config).second_above_minor

    def who(self) -> DeskUser | None:
        """The signed-in person."""
        user = self._user()
        return user if user is not None and user.session.stage is Stage.OPEN else None

    def halfway(self, stage: Stage) -> DeskUser | None:
        """Whoever gave a right password and still owes this step."""
        user = self._user()
        return user if user is not None and user.session.stage is stage else None

    def _user(self) -> DeskUser | None:
        return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 -- werkzeug's public way to a proxy's object

    def asks_second_step(self) -> bool:
        """Whether to ask somebody who may leave it for now: only where the configuration says so, for roles that move money."""
        who = self.who()
        if who is None or who.role not in MOVES_MONEY:
            return False
        if self.config.sign_in.second_step is not SecondStep.ASKED:
            return False
        with self.reading() as connection:
            return read_second_step(connection, who.name) is None

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

    def place(self, voice: Voice) -> str:
        """What the page is about, for the head of a file: the machine, or all of them."""
        if self.is_fleet:
            # Also of an error page, whose address may name a kiosk that is none of ours.
            return self.kiosks().get(self._one(), voice.say("fleet.all"))
        machine = voice.say("desk.machine", machine=voice.digits(self.config.vendor.machine))
        site = self.config.vendor.site
        return f"{machine} · {voice.isolate(site)}" if site else machine

    def own_name(self, voice: Voice) -> str:
        """What people call the one kiosk of this desk, in few words: its place, or else its number."""
        vendor = self.config.vendor
        return vendor.site or voice.say("desk.machine", machine=voice.digits(vendor.machine))

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
            machine=self.place(voice),
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
        # Written out: names of the address's own choice are no arguments for `url_for`, which knows some of its own.
        return flask.redirect(f"{flask.request.path}?{urlencode(kept, doseq=True)}")

    def read_only(self, voice: Voice) -> str:
        """Where to do what this page only shows; empty where everything can be done here."""
        what, kiosk_id = READ_HERE.get(flask.request.endpoint or "", ""), self._one()
        if not what or not kiosk_id:
            return ""
        return voice.say(f"fleet.there.{what}", kiosk=voice.isolate(self.kiosks()[kiosk_id]))

    def own_desk(self, kiosk_id: str) -> str:
        """The own desk of a kiosk elsewhere, without a slash at its end; empty where the configuration tells none."""
        machine = self.config.machines.get(kiosk_id)
        if self.fleet is None or machine is None:
            return ""
        return machine.desk.rstrip("/").removesuffix("/desk")

    def done_at(self) -> str:
        """This very page on the own desk of the kiosk that it shows; empty where that desk's address is not known."""
        front = self.own_desk(self._one())
        if not front:
            return ""
        values = {name: text for name, text in flask.request.args.items() if name != "kiosk"}
        return f"{front}{flask.request.path}" + (f"?{urlencode(values)}" if values else "")

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
            asks_second_step=page == "nav.overview" and self.asks_second_step(),
            languages=LANGUAGES,
            nothing=NothingForm(
                formdata=None
            ),  # a body that is too long must not be read again for its error page
            here=flask.request.full_path.rstrip("?"),
            switch=self.switch(),
            is_fleet=self.is_fleet,
            read_only=self.read_only(voice),
            done_at=self.done_at(),
            kiosk_name=self.kiosks().get(self._one(), ""),
            on_paper=(self.place(voice), voice.moment(self.clock.wall().isoformat())),
            whose=voice.say("fleet.desk") if self.is_fleet else self.place(voice),
            **values,
        )
