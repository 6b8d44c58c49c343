"""The running till and the table of labels: kept in the store, used from the next idle moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import events as hw
from inventory.catalogue import EmbeddedLayout, Measure
from inventory.stockroom import load_catalogue
from kiosk.core import events as ev
from kiosk.store.database import reading
from tests.kiosk.goods import CATALOGUE
from tests.kiosk.runtime.kiosk_thread import KioskThread

WATER_CODE = hw.CodeScanned("scanner", "4006381333931", "E0")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[KioskThread]:
    """A stocked kiosk, running."""
    running = KioskThread(tmp_path)
    running.start()
    running.stock()
    yield running
    running.end()


def test_a_table_of_labels_is_used_at_once_and_outlives_a_goods_file_in_the_store(
    kiosk: KioskThread,
) -> None:
    label = hw.CodeScanned("scanner", "2012345012349", "E0")
    row = EmbeddedLayout("20", "PPPPPPPPVVVV", Measure.PRICE, 2, sku="apple")
    kiosk.tell(label)
    assert kiosk.till.state().visit is None
    kiosk.ask(ev.LabelsOffered("owner", (row,), "digest"))
    kiosk.ask(ev.CatalogueOffered("owner", CATALOGUE, "digest"))
    kiosk.settle()
    assert kiosk.till.catalogue().labels == (row,)
    kiosk.tell(label)
    visit = kiosk.till.state().visit
    assert visit is not None
    assert [(line.sku, line.price_minor) for line in visit.lines] == [("apple", 1_230)]
    with reading(kiosk.reader) as connection:
        assert load_catalogue(connection).labels == (row,)


def test_a_changed_table_waits_until_the_open_cart_is_gone(kiosk: KioskThread) -> None:
    kiosk.tell(WATER_CODE)
    row = EmbeddedLayout("20", "PPPPPPPPVVVV", Measure.PRICE, 2, sku="apple")
    kiosk.ask(ev.LabelsOffered("owner", (row,), "digest"))
    assert kiosk.till.catalogue().labels == ()
