"""A large goods file comes into a till that sells: piece by piece between everything else, and it holds at one stroke."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from inventory.catalogue import Catalogue
from inventory.stockroom import PIECE_ROWS, load_catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.runtime.door import Answer, TillBusyError
from kiosk.runtime.loop import _Stop
from kiosk.store.database import reading
from tests.kiosk.goods import CATALOGUE, WATER, product
from tests.kiosk.runtime.kiosk_thread import KioskThread, keep_goods
from tests.kiosk.world import fresh

NUMBERS = count()
GOODS = 5 * PIECE_ROWS


@pytest.fixture
def folder(quick_folder: Path, template: Path) -> Path:
    made = fresh(quick_folder / f"large-{next(NUMBERS)}", template)
    keep_goods(made)
    return made


@pytest.fixture
def kiosk(folder: Path) -> Iterator[KioskThread]:
    """A kiosk whose turns the test counts: its thread does not run."""
    still = begun(folder)
    yield still
    still.end()


def begun(folder: Path) -> KioskThread:
    kiosk = KioskThread(folder)
    kiosk.till.begin("test")
    for event in kiosk.introductions():
        kiosk.till.deliver((event,))
    kiosk.till.work()
    return kiosk


def large(price_minor: int, before: Catalogue | None = None, token: str = "") -> ev.CatalogueOffered:
    many = tuple(product(f"G{number:05}", price_minor) for number in range(GOODS))
    catalogue = Catalogue.of((*CATALOGUE.products.values(), *many), tuple(CATALOGUE.slots.values()))
    return ev.CatalogueOffered("owner", catalogue, "digest", before=before, token=token)


def turn(kiosk: KioskThread) -> None:
    assert kiosk.till._turn(may_wait=False)


def stored(kiosk: KioskThread) -> Catalogue:
    with reading(kiosk.reader) as connection:
        return load_catalogue(connection)


def take(kiosk: KioskThread, offer: ev.CatalogueOffered) -> Answer:
    reply = kiosk.till.post(offer)
    kiosk.till.work()
    return reply.result(timeout=0)


def written(kiosk: KioskThread) -> int:
    rows = kiosk.scalar("SELECT (SELECT count(*) FROM product_twin) + (SELECT count(*) FROM slot_twin)")
    assert isinstance(rows, int)
    return rows


def test_a_coin_is_credited_in_its_usual_time_while_a_large_goods_file_comes(kiosk: KioskThread) -> None:
    """A turn writes a piece at most, whatever the file holds, and before it deals with whatever came."""
    offer = large(90)
    reply: Future[Answer] = kiosk.till.post(offer)
    turns, coins = 0, 0
    while not reply.done():
        had = written(kiosk)
        kiosk.till.deliver((kiosk.coin(50),))
        turn(kiosk)
        turns += 1
        assert written(kiosk) - had <= PIECE_ROWS
        visit = kiosk.till.state().visit
        # The first turn opens the offer itself; after it each coin is credited in the very turn that is told of it.
        assert (visit.held_minor if visit else 0) == 50 * coins
        coins += 1
        if not reply.done():
            assert kiosk.till.catalogue() is not offer.catalogue
            assert stored(kiosk).products == CATALOGUE.products
    assert turns > GOODS // PIECE_ROWS
    assert reply.result().notice.key == "done"
    assert stored(kiosk) == offer.catalogue
    assert [type(fact) for fact in kiosk.facts(f.CatalogueImported)] == [f.CatalogueImported]


def test_what_a_power_cut_left_of_a_large_file_is_not_sold_and_the_next_one_comes_whole(folder: Path) -> None:
    cut = begun(folder)
    cut.till.post(large(90))
    for _ in range(4):
        turn(cut)
    assert written(cut) > PIECE_ROWS
    cut.end()
    kiosk = begun(folder)
    assert stored(kiosk) == CATALOGUE
    for price_minor in (80, 70, 60):  # into the one pair of tables, the other, and the first again
        offer = large(price_minor)
        assert take(kiosk, offer).notice.key == "done"
        assert stored(kiosk) == offer.catalogue == kiosk.till.catalogue()
    kiosk.end()


def test_changes_after_a_large_file_are_made_where_it_lies(kiosk: KioskThread) -> None:
    take(kiosk, large(90))
    now = kiosk.till.catalogue()
    dear = replace(now.products["G00007"], price_minor=500)
    kiosk.till.post(ev.ProductOffered("owner", "t1", dear, now.products["G00007"], ()))
    kiosk.till.post(ev.PriceOffered("owner", "water", 200))
    kiosk.till.work()
    assert stored(kiosk) == kiosk.till.catalogue()
    assert stored(kiosk).products["G00007"] == dear
    assert stored(kiosk).products["water"] == replace(WATER, price_minor=200)


def test_what_came_while_a_large_file_was_written_is_told_and_not_overwritten(kiosk: KioskThread) -> None:
    reply = kiosk.till.post(large(90, before=kiosk.till.catalogue()))
    turn(kiosk)
    turn(kiosk)
    fewer = Catalogue.of((WATER,), ())
    kiosk.till.post(ev.CatalogueOffered("other", fewer, "digest"))
    kiosk.till.work()
    assert reply.result(timeout=0).notice.key == "catalogue_changed"
    assert stored(kiosk) == kiosk.till.catalogue() == fewer


def test_the_same_large_file_asked_twice_is_taken_once(kiosk: KioskThread) -> None:
    offer = large(90, token="once")
    first, again = kiosk.till.post(offer), kiosk.till.post(offer)
    kiosk.till.work()
    assert first.result(timeout=0) == again.result(timeout=0)
    assert len(kiosk.facts(f.CatalogueImported)) == 1


def test_many_goods_are_not_looked_through_for_garbage(kiosk: KioskThread) -> None:
    """A full collection stops every thread, the till's too, for as long as there are goods to look at."""
    take(kiosk, large(90))
    goods = set(map(id, kiosk.till.catalogue().products.values()))
    assert goods.isdisjoint(map(id, gc.get_objects()))


def test_whoever_offered_a_large_file_hears_that_the_till_ended(folder: Path) -> None:
    kiosk = KioskThread(folder)
    reply = kiosk.till.post(large(90))
    kiosk.till.begin("test")
    kiosk.till._inbox.put(_Stop())
    kiosk.till._run()
    with pytest.raises(TillBusyError):
        reply.result(timeout=0)
    assert stored(kiosk) == CATALOGUE
    kiosk.end()
