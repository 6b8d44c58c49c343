"""Claims of all kiosks on one page, by the day their answer is promised for; and the search for one by its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from kiosk.claims.code import LENGTH, clean_code
from kiosk.claims.desk import NUMBER_PREFIX, ClaimStatus
from kiosk.i18n import ascii_digits, strip_marks
from kiosk.store.claims import read_claims_at
from web.admin.desk import Desk

NUMBER_MOST: Final = 32
"""Characters of a number as it is typed, blanks and dashes with it."""

ENTRY: Final = re.compile(r"(?:C?([0-9]{1,9})-)?([0-9]{1,15})")
"""The entry with which a claim was opened: ``C1-76049``, ``1-76049`` or ``76049``."""


@dataclass(frozen=True, slots=True)
class KioskClaim:
    """A claim and the kiosk that answers it."""

    kiosk_id: str
    status: ClaimStatus


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found; ``is_slip`` when the number is of the kind that only a kiosk can read, and none here does."""

    typed: str
    found: tuple[KioskClaim, ...]
    is_slip: bool


def open_claims(desk: Desk) -> tuple[KioskClaim, ...]:
    """What waits at all kiosks, the answer that is due first first; what was promised nothing comes last, the oldest first."""
    found = [
        KioskClaim(kiosk_id, status)
        for kiosk_id in desk.kiosks()
        for status in desk.claims_of(kiosk_id).statuses(is_open=True)
    ]
    return tuple(sorted(found, key=lambda each: (not each.status.due_at, each.status.due_at, each.status.at)))


def asked_number() -> str:
    """The number in the address, as somebody typed it."""
    return strip_marks(flask.request.args.get("number", "")[:NUMBER_MOST]).strip()


def search(desk: Desk, typed: str) -> Search:
    """The claims of this number: the slip's where the kiosk's key is, else the entry with which they were opened."""
    bare = "".join(ascii_digits(typed).upper().split())
    letters = bare.replace("-", "")
    number = letters[1:] if len(letters) > LENGTH and letters.startswith(NUMBER_PREFIX[0]) else letters
    is_slip = bool(clean_code(number))
    if is_slip and not desk.is_fleet:
        status = desk.claims.status_of_number(number)
        return Search(typed, (KioskClaim(desk.kiosk_id, status),) if status is not None else (), is_slip)
    match = ENTRY.fullmatch(bare)
    if match is None:
        return Search(typed, (), is_slip)
    with desk.reading() as connection:
        names = read_claims_at(connection, desk.kiosk_ids(), int(match[2]), int(match[1] or 0))
    found = ((kiosk_id, desk.claims_of(kiosk_id).status(claim)) for kiosk_id, claim in names)
    claims = tuple(KioskClaim(kiosk_id, status) for kiosk_id, status in found if status is not None)
    return Search(typed, claims, is_slip and not claims)


def straight_to(desk: Desk, found: Search) -> ResponseReturnValue | None:
    """The one claim that was found; None when there is none, or a choice."""
    if len(found.found) != 1:
        return None
    (one,) = found.found
    values = {"kiosk": one.kiosk_id} if desk.is_fleet else {}
    return flask.redirect(flask.url_for("desk.claim", claim=one.status.claim, **values))  # type: ignore[arg-type]


def all_claims(desk: Desk, found: Search | None) -> ResponseReturnValue:
    """The page of all kiosks."""
    return desk.render(
        "all_claims.html",
        "nav.claims",
        rows=open_claims(desk),
        kiosks=desk.kiosks(),
        search=found,
        now=desk.claims.now_text(),
    )
