"""The people and papers behind the shopper's screen: scans, receipts, claims and clerks of one running kiosk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from hardware.document import Document
from kiosk.claims.aftermath import Told, read_aftermath, say_aftermath
from kiosk.claims.deadline import promise_of
from kiosk.claims.desk import ClaimDesk
from kiosk.config import Config
from kiosk.core.effects import PrintReceipt
from kiosk.core.events import ScanRead
from kiosk.core.facts import About
from kiosk.core.state import HopperBook
from kiosk.receipts.account import Tenders, account_of, read_visit
from kiosk.receipts.layout import Receipts
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.door import TillDoor
from kiosk.runtime.scan import CodeMoney, read_code
from kiosk.runtime.service import Service
from kiosk.store.cash import read_parts
from kiosk.store.database import reading
from kiosk.store.rounds import OpenRound, RoundPlans
from web.auth import SignIn, service_sign_in
from web.kiosk_ui.backroom import Backroom, ClaimOffer, ScreenReceipt


class NoSuchVisitError(LookupError):
    """A receipt was asked for a visit that the journal does not have."""


def receipts_of(config: Config, door: TillDoor) -> Receipts:
    """Receipts of a kiosk, for printer, screen and phone."""
    return Receipts(config, debt_code=door.debt_code, catalogue=door.catalogue)


def layout_receipt(reader: Engine, receipts: Receipts, effect: PrintReceipt) -> Document:
    """The document that the printer gets.

    Raises:
        NoSuchVisitError: The journal has no such visit.
    """
    document = receipts.document(reader, effect.visit, effect.language, is_copy=effect.is_copy)
    if document is None:
        raise NoSuchVisitError(effect.visit)
    return document


def make_backroom(service: Service, sign_in: SignIn, rounds: RoundPlans) -> Backroom:
    """Put together what the screen needs beside the till's door."""
    till, reader, config = service.till, service.reader, service.config
    receipts = receipts_of(config, till)
    desk = ClaimDesk(
        reader,
        till,
        config.kiosk_id,
        wall=SystemClock().wall,
        public_url=config.vendor.public_url,
        promise=promise_of(config),
    )

    def read_scan(code: str) -> ScanRead:
        today = dt.datetime.now(ZoneInfo(config.timezone)).date()
        money = CodeMoney(config.money.currency, config.money.exponent)
        return read_code(code, "", till.catalogue(), today, money)

    def offer_claim(about: About) -> ClaimOffer:
        offer = desk.offer_at_screen(about)
        return ClaimOffer(visit=offer.visit, amount_minor=offer.amount_minor, at=offer.at)

    def receipt(visit: str, language: str) -> ScreenReceipt | None:
        practised = till.practised()
        if practised is not None:
            paper = receipts.practised(
                practised.facts, number=practised.number, at=practised.at, language=language
            )
            return ScreenReceipt(paper)
        document = receipts.document(reader, visit, language)
        return None if document is None else ScreenReceipt(document, receipts.qr(document, visit))

    def tenders(visit: str) -> Tenders | None:
        with reading(reader) as connection:
            entries = read_visit(connection, config.kiosk_id, visit)
        return account_of(entries).tenders if entries else None

    def hoppers() -> Mapping[str, HopperBook]:
        return till.state().hoppers

    def tell_cut(language: str) -> Told | None:
        with reading(reader) as connection:
            found = read_aftermath(connection, config.kiosk_id)
        if found is None:
            return None
        money = config.money
        return say_aftermath(
            language, found, currency=money.currency, exponent=money.exponent, timezone=config.timezone
        )

    def held_in(collection: str) -> Mapping[str, frozenset[int]]:
        with reading(reader) as connection:
            parts = read_parts(connection, config.kiosk_id, collection)
        return {
            part.container: frozenset(each.value_minor for each in part.pieces if each.expected_qty)
            for part in parts
        }

    def read_round() -> OpenRound | None:
        return rounds.read(
            till.catalogue(),
            today=dt.datetime.now(ZoneInfo(config.timezone)).date(),
            unsure=till.screen().resting,
        )

    return Backroom(
        read_scan=read_scan,
        offer_claim=offer_claim,
        open_claim=desk.open_at_screen,
        sign_in=service_sign_in(sign_in, till),
        receipt=receipt,
        hoppers=hoppers,
        tenders=tenders,
        tell_cut=tell_cut,
        devices=service.devices,
        held_in=held_in,
        round=read_round,
        photo=service.photos.read,
    )
