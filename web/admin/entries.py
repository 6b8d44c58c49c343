"""An entry of the journal in one sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from inventory.catalogue import Product
from kiosk.core import facts as f
from kiosk.core.facts import Fact
from kiosk.core.postings import CASH_BOX
from web.admin.voice import Voice

MINOR = "_minor"

SETTINGS_MOST = 6
"""Settings that a sentence names; the entry itself has them all."""

UNSAID = frozenset({"language", "key"})
"""Fields whose names the phrasebook needs for itself; no sentence says them."""


def _variant(fact: Fact) -> str:
    """Which of a fact's sentences fits, where it has more than one."""
    match fact:
        case f.DeviceTroubled(fault=""):
            return "well"
        case f.NoteTurnedAway(is_returned=True):
            return "returned"
        case f.CardLateRefundEnded(is_refunded=True):
            return "refunded"
        case f.HopperLevelRead(is_low=True):
            return "low"
        case f.NoteReturnStarted(value_minor=0):
            return "unknown"
        case f.NoteCredited(visit=""):
            return "stray"
        case f.CashCollected(container=container) if container != CASH_BOX:
            return "stacker"
        case f.CardLost(is_charged=True):
            return "charged"
        case (
            f.VendEnded(outcome=word)
            | f.CoilTestEnded(outcome=word)
            | f.PrintClosed(result=word)
            | f.DrawerOpenEnded(result=word)
            | f.StockMoved(move=word)
            | f.DebtTransferred(means=word)
            | f.ClaimReminded(stage=word)
            | f.GoodsReturned(fate=word)
            | f.TransferClosed(outcome=word)
            | f.TrainingEnded(reason=word)
        ):
            return word
        case f.DebtRecorded(is_certain=False):
            return "uncertain"
        case f.ClaimApproved(by="evidence"):
            return "evidence"
        case _:
            return _people_variant(fact) or _scan_variant(fact)


def _people_variant(fact: Fact) -> str:
    """Of how somebody signs in, and of what they practise."""
    match fact:
        case f.TrainingSettled(is_finished=False):
            return "cut"
        case f.SecondStepSet(is_on=False):
            return "off"
        case f.SignedIn(means=means):
            return means
        case _:
            return ""


def _scan_variant(fact: Fact) -> str:
    """Of what a scan led to, and of what had been planned."""
    match fact:
        case f.PriceSet(plan=str()):
            return "planned"
        case f.CodeUnknown(reason="expired" | "label_too_dear" | "label_too_cheap"):
            return "refused"
        case f.LineAdded(said=f.CodeSaid(weight_mg=weight_mg)) if weight_mg:
            return "weighed"
        case f.LineAdded(said=f.CodeSaid(step_minor=step_minor)) if step_minor:
            return "labelled"
        case _:
            return ""


def _day(voice: Voice, text: str) -> str:
    """A day with its month in words; what is none stays what it says."""
    try:
        return voice.iso_day(text)
    except ValueError:
        return text


def _settings(voice: Voice, changed: tuple[str, ...]) -> str:
    """The first settings by the names of their file, and how many more."""
    names = ", ".join(voice.isolate(name) for name in changed[:SETTINGS_MOST])
    more = len(changed) - SETTINGS_MOST
    return voice.say("settings.more", names=names, n=voice.count(more)) if more > 0 else names


def _planned_qty(fact: f.PricesPlanned | f.PlacesPlanned) -> int:
    """How many prices or places a plan changes."""
    if isinstance(fact, f.PricesPlanned):
        return len(fact.prices)
    return len(fact.places) + len(fact.gone or ())


def _values(voice: Voice, products: Mapping[str, Product], fact: Fact) -> dict[str, str | int]:
    """The fact's plain fields, as a sentence wants them."""
    values: dict[str, str | int] = {}
    for field in dataclasses.fields(fact):
        value = getattr(fact, field.name)
        if field.name in UNSAID or value is None:
            continue
        if field.name.endswith(MINOR):
            values[field.name.removesuffix(MINOR)] = voice.money(value)
        elif (isinstance(value, int) and not isinstance(value, bool)) or isinstance(value, str):
            values[field.name] = value
    match fact:
        case f.ClockStepped():
            values["was"], values["now"] = voice.moment(fact.was), voice.moment(fact.now)
        case f.LineAdded(said=f.CodeSaid() as said):
            values["code"], values["said"] = said.code, voice.money(said.price_minor)
            values["weight"], values["unit"] = (
                voice.weight(said.weight_mg),
                voice.money(said.unit_price_minor),
            )
        case f.SettingsChanged():
            values["names"] = _settings(voice, fact.changed)
        case f.PricesPlanned() | f.PlacesPlanned():
            values["from_day"], values["count"] = _day(voice, fact.from_day), voice.count(_planned_qty(fact))
        case f.PlaceSet():
            values["was_name"] = voice.name(products.get(fact.was_sku), fact.was_sku)
        case f.ClaimWeighed():
            values["verdict"] = voice.say(f"verdict.{fact.verdict}")
        case _:
            pass
    sku = str(values.get("sku", ""))
    if sku:
        values["name"] = voice.name(products.get(sku), sku)
    return values


def entry_words(voice: Voice, products: Mapping[str, Product], fact: Fact) -> str:
    """What an entry says.

    Args:
        voice: The reader's.
        products: Goods by SKU, for their names.
        fact: The entry's; every kind has a sentence (a test holds that).
    """
    key = f"fact.{type(fact).__name__}"
    variant = _variant(fact)
    if variant and voice.knows(f"{key}.{variant}"):
        key = f"{key}.{variant}"
    text = voice.say(key, **_values(voice, products, fact))
    # A coin or a note that was turned away is no fault of the device: nobody has to do anything about it.
    fault = (
        "" if isinstance(fact, f.CoinTurnedAway | f.NoteTurnedAway) else str(getattr(fact, "fault", "") or "")
    )
    advice = f"fault.{fault}.clerk"
    return f"{text} {voice.say(advice)}" if fault and voice.knows(advice) else text
