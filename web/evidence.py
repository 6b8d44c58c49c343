"""The evidence file of a claim or a visit, put together for the desk and the command line: journal, verdict and receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from nacl.signing import SigningKey
from sqlalchemy import Engine

from inventory.catalogue import Catalogue
from kiosk.claims.desk import ClaimDesk
from kiosk.claims.pack import Circumstances, pack_claim, pack_evidence
from kiosk.config import Config
from kiosk.i18n import LANGUAGES
from kiosk.receipts.layout import Receipts, receipt_text
from kiosk.runtime.clock import at_text
from kiosk.runtime.service import SOFTWARE

MASK: Final = "********"
"""Stands for the code of money owed: whoever reads the file must not be able to take the money."""

WHOLE_RECEIPT_BYTES: Final = 100_000


def evidence_file(
    reader: Engine,
    claims: ClaimDesk,
    config: Config,
    visit: str,
    *,
    key: SigningKey,
    catalogue: Callable[[], Catalogue],
    wall: datetime,
) -> bytes:
    """The signed evidence file of a settled visit.

    Raises:
        NoSuchVisitError, VisitOpenError: From `kiosk.claims.pack`.
    """
    circumstances = _circumstances(reader, config, visit, catalogue, wall)
    return pack_evidence(reader, claims, kiosk_id=config.kiosk_id, visit=visit, key=key, about=circumstances)


def claim_file(
    reader: Engine,
    claims: ClaimDesk,
    config: Config,
    claim: str,
    *,
    key: SigningKey,
    catalogue: Callable[[], Catalogue],
    wall: datetime,
) -> bytes:
    """The signed evidence file of a claim, with or without a visit.

    Raises:
        NoSuchClaimError, VisitOpenError: From `kiosk.claims.pack`.
    """
    status = claims.status(claim)
    visit = status.visit if status is not None else ""
    circumstances = _circumstances(reader, config, visit, catalogue, wall)
    return pack_claim(reader, claims, kiosk_id=config.kiosk_id, claim=claim, key=key, about=circumstances)


def _circumstances(
    reader: Engine, config: Config, visit: str, catalogue: Callable[[], Catalogue], wall: datetime
) -> Circumstances:
    vendor = config.vendor
    return Circumstances(
        made_at=at_text(wall),
        software=SOFTWARE,
        vendor={"name": vendor.name, "phone": vendor.phone, "machine": vendor.machine},
        currency=config.money.currency,
        exponent=config.money.exponent,
        receipt=_receipts(reader, config, visit, catalogue) if visit else {},
    )


def _receipts(
    reader: Engine, config: Config, visit: str, catalogue: Callable[[], Catalogue]
) -> Mapping[str, str]:
    """The receipt in each language, without what pays or opens anything."""
    bare = replace(config, vendor=replace(config.vendor, public_url=""))
    receipts = Receipts(bare, debt_code=lambda *_place: MASK, catalogue=catalogue)
    found = {language: receipts.document(reader, visit, language) for language in LANGUAGES}
    return {
        language: receipt_text(document, most_bytes=WHOLE_RECEIPT_BYTES)
        for language, document in found.items()
        if document is not None
    }
