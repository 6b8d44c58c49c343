"""Who may sign in, at the desk and at the machine; the owner's page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import flask
from flask.typing import ResponseReturnValue

from kiosk.core.events import UserOffered
from kiosk.core.limits import BY_EVIDENCE
from kiosk.store.deeds import read_second_steps
from kiosk.store.people import PersonRow, read_people
from kiosk.store.reading import UserRow, read_users
from web.admin.desk import Desk
from web.auth import NO_ONE, PIN_PREFIX, Role, WeakSecretError, add_user, clean_name
from web.auth import remove_user as take_away
from web.forms import NothingForm, UserForm


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with up to two doors."""

    name: str
    role: str
    has_password: bool
    has_pin: bool
    failures: int
    has_second: bool = False


def people_of(rows: tuple[UserRow, ...]) -> tuple[Person, ...]:
    """One person per name, with or without access."""
    by_name: dict[str, list[UserRow]] = {}
    for row in rows:
        by_name.setdefault(row.name.removeprefix(PIN_PREFIX), []).append(row)
    people = []
    for name, doors in sorted(by_name.items()):
        open_doors = [row for row in doors if row.role != NO_ONE]
        people.append(
            Person(
                name=name,
                role=open_doors[0].role if open_doors else NO_ONE,
                has_password=any(not row.name.startswith(PIN_PREFIX) for row in open_doors),
                has_pin=any(row.name.startswith(PIN_PREFIX) for row in open_doors),
                failures=sum(row.failures for row in open_doors),
            )
        )
    return tuple(people)


def _people(desk: Desk) -> tuple[Person, ...]:
    with desk.reading() as connection:
        people, second = people_of(read_users(connection)), read_second_steps(connection)
    return tuple(replace(each, has_second=each.name in second) for each in people)


def people_elsewhere(rows: tuple[PersonRow, ...]) -> tuple[PersonRow, ...]:
    """One row for each person of a kiosk, whichever of its doors they have; who lost them and did nothing is left out."""
    found: dict[tuple[str, str], PersonRow] = {}
    for row in rows:
        name = row.name.removeprefix(PIN_PREFIX)
        if name == BY_EVIDENCE:
            continue  # a claim that paid itself was nobody's deed
        other = found.get((row.kiosk_id, name))
        late, early = (row, other) if other is None or row.position > other.position else (other, row)
        roles = [each.role for each in (row, other) if each is not None and each.role not in {"", NO_ONE}]
        role = roles[0] if roles else late.role or (early.role if early else "")
        found[row.kiosk_id, name] = replace(late, name=name, role=role)
    return tuple(each for each in found.values() if each.at or each.role != NO_ONE)


def _leaves_no_owner(desk: Desk, name: str) -> bool:
    """Whether nobody could own the desk without ``name``."""
    owners = {each.name for each in _people(desk) if each.role == Role.OWNER and each.has_password}
    return owners == {name}


def _give_role(desk: Desk, name: str, role: str) -> None:
    """One role at both doors; the secrets stay."""
    with desk.reading() as connection:
        rows = read_users(connection)
    for row in rows:
        if row.name.removeprefix(PIN_PREFIX) == name and row.role not in {role, NO_ONE}:
            desk.door.ask(UserOffered(user=row.name, role=role, by=desk.by(), secret_hash=row.secret_hash))


def _save(desk: Desk, form: UserForm) -> str:
    """Store what the form says and give the name back.

    Raises:
        WeakSecretError: The name or a secret will not do, or nobody could own the desk any more.
    """
    name, role = clean_name(str(form.name.data)), str(form.role.data)
    if role != Role.OWNER and _leaves_no_owner(desk, name):
        raise WeakSecretError("last_owner")
    password, pin = str(form.password.data or ""), str(form.pin.data or "")
    is_known = any(each.name == name and each.role != NO_ONE for each in _people(desk))
    if password or pin or not is_known:
        add_user(desk.door, name, role, password, pin, by=desk.by(), hasher=desk.sign_in.hasher)
    _give_role(desk, name, role)
    return name


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    def page(form: UserForm) -> str:
        kiosks = desk.kiosks() if desk.is_fleet else {}
        with desk.reading() as connection:
            elsewhere = people_elsewhere(read_people(connection, desk.kiosk_ids())) if kiosks else ()
        return desk.render(
            "users.html",
            "nav.users",
            people=_people(desk),
            form=form,
            roles=tuple(Role),
            kiosks=kiosks,
            elsewhere=elsewhere,
        )

    @pages.get("/users")
    def users() -> ResponseReturnValue:
        return page(UserForm(role=Role.CLERK.value))

    @pages.post("/users")
    def save_user() -> ResponseReturnValue:
        form = UserForm()
        if not form.is_sent():
            return page(form), 400
        try:
            name = _save(desk, form)
        except WeakSecretError as error:
            field = next(
                (each for each in (form.pin, form.name) if error.key.startswith(each.name)), form.password
            )
            field = form.name if error.key == "last_owner" else field
            field.errors = [*field.errors, f"form.{error.key}"]
            return page(form), 400
        desk.tell("users.saved", name=name)
        return flask.redirect(flask.url_for("desk.users"))

    @pages.post("/users/<name>/remove")
    def remove_user(name: str) -> ResponseReturnValue:
        if not NothingForm().is_sent() or name not in {each.name for each in _people(desk)}:
            flask.abort(400)
        if _leaves_no_owner(desk, name):
            desk.tell("form.last_owner")
        else:
            take_away(desk.door, name, by=desk.by())
            desk.tell("users.removed", name=name)
        return flask.redirect(flask.url_for("desk.users"))
