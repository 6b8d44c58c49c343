"""The desk's own texts, beside the house's phrasebook."""

from __future__ import annotations

from typing import Final

from kiosk.i18n import Phrasebook
from web.admin.texts.all_claims import ALL_CLAIMS
from web.admin.texts.change import CHANGE
from web.admin.texts.claims import CLAIMS
from web.admin.texts.coils import COILS
from web.admin.texts.collections import COLLECTIONS
from web.admin.texts.each_kiosk import EACH_KIOSK
from web.admin.texts.evidence import EVIDENCE
from web.admin.texts.exports import EXPORTS
from web.admin.texts.facts import FACTS
from web.admin.texts.figures import FIGURES
from web.admin.texts.fleet import FLEET
from web.admin.texts.goods_import import GOODS_IMPORT
from web.admin.texts.home import HOME
from web.admin.texts.journal import JOURNAL
from web.admin.texts.kinds import KINDS
from web.admin.texts.labels import LABELS
from web.admin.texts.lots import LOTS
from web.admin.texts.pages import PAGES
from web.admin.texts.people import PEOPLE
from web.admin.texts.photos import PHOTOS
from web.admin.texts.places import PLACES
from web.admin.texts.planogram import PLANOGRAM
from web.admin.texts.prices import PRICES
from web.admin.texts.problems import PROBLEMS
from web.admin.texts.product_form import PRODUCT_FORM
from web.admin.texts.restock import RESTOCK
from web.admin.texts.rounds import ROUNDS
from web.admin.texts.shrink import SHRINK
from web.admin.texts.store import STORE
from web.admin.texts.transit import TRANSIT

DESK_BOOK: Final = Phrasebook(
    PAGES,
    ALL_CLAIMS,
    CHANGE,
    CLAIMS,
    COILS,
    COLLECTIONS,
    EACH_KIOSK,
    EVIDENCE,
    EXPORTS,
    PEOPLE,
    FACTS,
    FIGURES,
    FLEET,
    GOODS_IMPORT,
    HOME,
    JOURNAL,
    KINDS,
    LABELS,
    LOTS,
    PHOTOS,
    PLACES,
    PLANOGRAM,
    PRICES,
    PROBLEMS,
    RESTOCK,
    SHRINK,
    PRODUCT_FORM,
    ROUNDS,
    STORE,
    TRANSIT,
)
"""What only the desk says."""
