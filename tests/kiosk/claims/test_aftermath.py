"""What a clerk reads after a power cut: known, not known, and where to look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.commands import TurnCoil
from kiosk.claims.aftermath import AFTERMATH, Aftermath, read_aftermath, say_aftermath
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Verdict
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


def test_practice_that_was_cut_is_over_and_said_to_have_been_nothing_real(world: World) -> None:
    world.ask(ev.ClerkEntered("sami"))
    world.ask(ev.TrainingAsked("sami"))
    cut_and_wait(world)
    known, unknown = told(world)
    assert any("\u2068sami\u2069 let somebody practise" in each for each in known), known
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
    assert plain == "A shopper had put in €1.50. €1.50 became owed under a code.", (
        "sums of nothing are left out"
    )


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


def test_certain_and_uncertain_debts_are_told_apart(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    cut_and_wait(world)
    known, unknown = told(world)
    assert strip_marks(known[0]) == "A shopper had put in €2.00. €0.50 became owed under a code."
    assert "€1.50 waits as an uncertain debt" in strip_marks(unknown[0])


def decide(world: World, amount_minor: int) -> None:
    (debt,) = (each for each in world.state.debts.values() if not each.is_certain)
    world.ask(
        ev.ClaimMade(
            token="t",
            about=About.NO_GOODS,
            visit=debt.visit,
            said_minor=debt.amount_minor,
            channel="desk",
            subject="",
            verdict=Verdict.CONSISTENT,
            amount_minor=debt.amount_minor,
            debt=debt.debt,
            evidence=(debt.seq,),
        )
    )
    (claim,) = world.state.claims
    world.ask(ev.ClaimDecided(claim=claim, by="owner", amount_minor=amount_minor, reason="looked"))


@pytest.mark.parametrize("stop", ["clean", "cut"])
def test_what_is_unknown_outlives_every_later_start_until_somebody_decided(world: World, stop: str) -> None:
    world.choose("A1")
    world.coin(200)
    cut_and_wait(world)
    before = told(world)
    if stop == "clean":
        world.identify()
        world.wait(200_000)
        world.tell(ev.StopAsked())
        world.cut_power()
        (*_, start) = (each.fact for each in world.facts(f.Booted))
        assert isinstance(start, f.Booted)
        assert start.is_clean
        assert told(world) == before
    else:
        cut_and_wait(world)
        assert told(world)[1] == before[1]
    world.count("A1", 4)
    assert keys(world)[1] == {"after.vend_counted"}
    decide(world, 0)
    if stop == "clean":
        assert read(world) is None
    else:
        assert keys(world) == ({"after.nobody"}, set())


def test_a_released_debt_is_unknown_no_more(world: World) -> None:
    world.choose("A1")
    world.coin(200)
    cut_and_wait(world)
    decide(world, 150)
    assert world.facts(f.DebtReleased)
    assert keys(world)[1] == set()


def test_a_swallowed_coin_is_asked_for_until_the_next_collection(world: World) -> None:
    world.coin(100)
    world.cut_power()
    world.tell(hw.AcceptorIdentified("coins", 7001, 1, world._events, None, restarted=True))
    world.wait(10_000)
    assert "after.swallowed" in keys(world)[1]
    world.ask(ev.ClerkEntered("clerk"))
    assert "after.swallowed" in keys(world)[1]
    world.ask(ev.CashBoxCollected("box-1", "clerk", 100))
    assert "after.swallowed" not in keys(world)[1]


def test_a_swallowed_coin_is_asked_for_until_a_box_that_was_taken_out_after_it_is_counted(
    world: World,
) -> None:
    def count(token: str) -> None:
        assert world.state.collection is not None
        name = world.state.collection.collection
        world.ask(ev.CollectionCount(token, "clerk", name, (("box", ()),), token, 0))

    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.BoxesTaken("out-1", "clerk"))
    world.ask(ev.ClerkLeft("clerk"))
    world.coin(100)
    world.cut_power()
    world.tell(hw.AcceptorIdentified("coins", 7001, 1, world._events, None, restarted=True))
    world.wait(10_000)
    count("count-1")
    assert "after.swallowed" in keys(world)[1], "that box was out before the coin came"
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.BoxesTaken("out-2", "clerk"))
    count("count-2")
    assert "after.swallowed" not in keys(world)[1]


def test_devices_are_called_what_a_clerk_calls_them(world: World) -> None:
    world.coin(100)
    world.money_back()
    cut_and_wait(world)
    _, unknown = told(world)
    assert strip_marks(unknown[0]).startswith("Whether hopper €0.50 paid €1.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cut_within_one_minute_is_not_from_a_time_to_the_same_time(world: World, language: str) -> None:
    world.sale()
    world.done()
    cut_and_wait(world)
    found = read(world)
    assert found is not None
    told_of = [
        say_aftermath(language, each, currency="EUR", exponent=2, timezone="Europe/Berlin").heading
        for each in (found, replace(found, cut_at="2026-11-21T09:00:00.000Z"))
    ]
    times = [len(re.findall(r"[\d]{2}:[\d]{2}", each)) for each in told_of]
    assert times == [1, 2]


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
