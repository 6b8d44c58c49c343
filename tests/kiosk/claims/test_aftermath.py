"""What a clerk reads after a power cut: known, not known, and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.commands import TurnCoil
from kiosk.claims.aftermath import AFTERMATH, Aftermath, read_aftermath, say_aftermath
from kiosk.i18n import LANGUAGES, strip_marks
from kiosk.store.database import reading
from tests.kiosk.ledger_world import KIOSK_ID, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def read(world: World) -> Aftermath | None:
    with reading(world.reader) as connection:
        return read_aftermath(connection, KIOSK_ID)


def told(world: World, language: str = "en") -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = read(world)
    assert found is not None
    said = say_aftermath(language, found, currency="EUR", exponent=2, timezone="Europe/Berlin")
    return said.known, said.unknown


def keys(world: World) -> tuple[set[str], set[str]]:
    found = read(world)
    assert found is not None
    return {each.key for each in found.known}, {each.key for each in found.unknown}


def cut_and_wait(world: World) -> None:
    world.cut_power()
    world.tell(hw.AcceptorIdentified("coins", 7001, 1, world._events, None, restarted=False))
    world.wait(10_000)


def test_the_first_start_and_a_clean_one_are_no_cut(world: World) -> None:
    assert read(world) is None


def test_a_cut_with_nobody_there_says_so(world: World) -> None:
    world.sale()
    world.done()
    cut_and_wait(world)
    known, unknown = told(world)
    assert known == ("No shopper's money was in the machine.",)
    assert unknown == ()


def test_money_that_was_in_is_summed_up(world: World) -> None:
    world.coin(100)
    world.coin(50)
    world.cut_power()
    assert keys(world)[1] == {"after.asking"}, "while devices are asked"
    world.tell(hw.AcceptorIdentified("coins", 7001, 1, world._events, None, restarted=False))
    world.wait(10_000)
    known, _ = told(world)
    plain = strip_marks(known[0])
    assert plain.startswith("A shopper had put in €1.50. Goods for €0.00 were sold")
    assert "€1.50 is owed under a code" in plain


def test_a_coil_that_nobody_watched_is_to_be_looked_at(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    cut_and_wait(world)
    assert keys(world) == ({"after.visit"}, {"after.vend_unknown"})
    _, unknown = told(world)
    assert "count" in unknown[0]
    assert "A1" in unknown[0]
    assert "1.50" in unknown[0]


def test_a_hopper_that_cannot_tell_is_to_be_counted(world: World) -> None:
    world.coin(100)
    world.money_back()
    cut_and_wait(world)
    assert keys(world) == ({"after.visit"}, {"after.payout_unknown"})


def test_what_a_device_told_is_known(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    command = world.sent[0]
    assert isinstance(command, TurnCoil)
    world.cut_power()
    world.tell(hw.VendDelivered("coils", command.job, seen=True))
    world.tell(hw.AcceptorIdentified("coins", 7001, 1, world._events, None, restarted=True))
    world.wait(10_000)
    known, unknown = keys(world)
    assert known == {"after.visit", "after.vend_delivered"}
    assert unknown == {"after.swallowed"}


def test_what_the_next_shopper_does_is_not_about_the_cut(world: World) -> None:
    world.coin(100)
    cut_and_wait(world)
    before = told(world)
    world.identify()
    world.done()
    world.choose("A1")
    world.coin(200)
    world.vend("unknown")
    assert told(world) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole_in_every_language(world: World, language: str) -> None:
    world.choose("A1")
    world.coin(200)
    cut_and_wait(world)
    found = read(world)
    assert found is not None
    said = say_aftermath(language, found, currency="EUR", exponent=2, timezone="Asia/Tehran")
    for sentence in (said.heading, *said.known, *said.unknown):
        assert sentence
        assert "{" not in sentence
    assert all(AFTERMATH.rows[key] for key in AFTERMATH.rows)
