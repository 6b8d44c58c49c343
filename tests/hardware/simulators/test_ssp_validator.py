"""Note units as a stranger meets them: raw bytes and hands; nothing of the codec is imported here."""

from __future__ import annotations

import pytest

from hardware.simulators.model import NoteTaker, Simulator, UnknownActError
from hardware.simulators.ssp_validator import NoteValidatorSim

SYNC, SYNC_OK = "7F 80 01 11 65 82", "7F 80 01 F0 23 80"
OK0, OK1 = "7F 00 01 F0 20 0A", "7F 80 01 F0 23 80"
ALL_ON0, ENABLE1 = "7F 00 03 02 FF FF 26 18", "7F 80 01 0A 3F 82"
POLL0, POLL1 = "7F 00 01 07 11 88", "7F 80 01 07 12 02"
HOLD0, HOLD1 = "7F 00 01 18 50 08", "7F 80 01 18 53 82"
IN_ESCROW0, IN_ESCROW1 = "7F 00 03 F0 EF 01 C9 F6", "7F 80 03 F0 EF 01 CA 4A"
STACKED1 = "7F 80 02 F0 EB 45 A2"
COUNTERS0 = "7F 00 01 58 D3 89"
ONE_STACKED0 = "7F 00 16 F0 05 01" + " 00" * 19 + " F2 D5"

NOTES = {1: 500, 2: 1000}


def say(sim: NoteValidatorSim, text: str, now_ms: int) -> str:
    sim.machine.receive(bytes.fromhex(text), now_ms)
    sim.machine.tick(now_ms + 10)
    return sim.machine.bytes_to_send().hex(" ").upper()


def opened() -> NoteValidatorSim:
    """Channels on, enabled, the report of the reset fetched; the last sequence was 0."""
    sim = NoteValidatorSim("notes", 7, NOTES)
    assert say(sim, SYNC, 0) == SYNC_OK
    assert say(sim, ALL_ON0, 20) == OK0
    assert say(sim, ENABLE1, 40) == OK1
    assert say(sim, POLL0, 60) == "7F 00 02 F0 F1 25 A2", "it was switched on since"
    return sim


def in_escrow() -> NoteValidatorSim:
    """A five lies in escrow since 1000; the last sequence was 0."""
    sim = opened()
    sim.act("insert", {"position": "1"}, 100)
    sim.tick(1000)
    return sim


def test_it_is_a_simulator_that_takes_notes() -> None:
    simulator: Simulator = opened()
    assert simulator.name == "notes"
    assert isinstance(simulator, NoteTaker)


def test_switched_on_it_is_disabled_and_says_that_it_was_reset() -> None:
    sim = NoteValidatorSim("notes", 7, NOTES)
    assert say(sim, POLL0, 0) == "7F 00 03 F0 F1 E8 BC 30"
    assert say(sim, POLL1, 300) == "7F 80 02 F0 E8 4F A2"
    sim.insert(1, 400)
    sim.tick(3000)
    assert sim.hand == {1: 1}


def test_the_poll_after_the_one_that_shows_a_note_keeps_it_and_credits_it_once() -> None:
    sim = in_escrow()
    assert say(sim, POLL1, 1000) == IN_ESCROW1
    assert say(sim, POLL0, 1300) == "7F 00 02 F0 CC A8 22"
    assert sim.snapshot()["stacker"] == {}
    assert say(sim, POLL1, 1800) == "7F 80 04 F0 EE 01 CC 6B 48"
    assert say(sim, POLL0, 2100) == "7F 00 02 F0 CC A8 22"
    assert say(sim, POLL1, 3000) == STACKED1
    assert sim.snapshot()["stacker"] == {"1": 1}
    assert say(sim, COUNTERS0, 3300) == ONE_STACKED0


def test_the_same_sequence_bit_is_answered_again_without_keeping_the_note() -> None:
    sim = in_escrow()
    for now_ms in (1000, 1200, 1400):
        assert say(sim, POLL1, now_ms) == IN_ESCROW1
    assert sim.snapshot()["place"] == "escrow"


def test_held_it_waits_and_unheld_it_goes_back_after_five_seconds() -> None:
    sim = in_escrow()
    assert say(sim, POLL1, 1000) == IN_ESCROW1
    for number, now_ms in enumerate((4000, 8000, 12_000)):
        text, answer = ((HOLD0, OK0), (HOLD1, OK1))[number % 2]
        assert say(sim, text, now_ms) == answer
    assert sim.snapshot()["place"] == "escrow"
    sim.tick(17_600)
    assert sim.hand == {1: 1}
    assert say(sim, POLL1, 17_700) == "7F 80 02 F0 EC 54 22"
    assert say(sim, "7F 00 01 17 71 08", 17_800) == "", "a wrong check is no command"
    assert say(sim, "7F 00 01 17 72 08", 18_000) == "7F 00 02 F0 13 69 A0", "escrow time-out"


def test_rejected_it_comes_back() -> None:
    sim = in_escrow()
    say(sim, POLL1, 1000)
    assert say(sim, "7F 00 01 08 33 88", 1200) == OK0
    sim.tick(3000)
    assert sim.hand == {1: 1}
    assert say(sim, HOLD1, 3100) == "7F 80 01 F5 3D 80", "nothing is in escrow any more"


@pytest.mark.parametrize(
    ("at_ms", "report", "stacker"),
    [(1250, "7F 00 05 F0 F1 E1 01 E8 49 37", {}), (1900, "7F 00 05 F0 F1 E2 01 E8 75 37", {"1": 1})],
    ids=["in escrow", "credited"],
)
def test_after_a_power_cut_it_says_where_the_note_went(
    at_ms: int, report: str, stacker: dict[str, int]
) -> None:
    sim = in_escrow()
    say(sim, POLL1, 1000)
    if at_ms > 1300:
        say(sim, POLL0, 1300)
    sim.set_power(False, at_ms)
    sim.set_power(True, 3000)
    assert say(sim, POLL0, 3500) == "", "it is still starting"
    assert say(sim, POLL0, 6000) == report
    assert sim.snapshot()["stacker"] == stacker


def test_a_unit_that_hears_nothing_for_ten_seconds_takes_nothing() -> None:
    sim = opened()
    sim.insert(1, 11_000)
    sim.tick(15_000)
    assert sim.hand == {1: 1}


def test_payouts_are_refused_without_keys() -> None:
    sim = NoteValidatorSim("notes", 7, NOTES, recycled=(1,))
    sim.fill(500, 3)
    assert say(sim, SYNC, 0) == SYNC_OK
    assert say(sim, "7F 00 09 33 F4 01 00 00 45 55 52 58 FC CE", 100) == "7F 00 01 FA 1C 0A"
    assert sim.inside(500) == 3


def test_commands_for_another_address_are_not_answered() -> None:
    sim = NoteValidatorSim("notes", 7, NOTES)
    assert say(sim, "7F 90 01 05 5E 03", 0) == ""


def test_what_must_survive_the_process_does() -> None:
    sim = in_escrow()
    say(sim, POLL1, 1000)
    again = NoteValidatorSim("notes", 1, NOTES)
    again.recall(sim.remember())
    assert again.hand == {1: 1}, "a note on its way came back"
    assert again.remember()["serial"] == 7


@pytest.mark.parametrize(
    ("hand", "values"),
    [("kick", {}), ("insert", {"position": "3"}), ("insert", {"qty": "21"}), ("insert", {"qty": "x"})],
)
def test_hands_that_it_has_not_are_refused(hand: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownActError):
        opened().act(hand, values, 0)


def test_a_clerk_empties_the_stacker_and_knows_what_was_in_it() -> None:
    sim = in_escrow()
    for now_ms, text in ((1000, POLL1), (1300, POLL0), (1800, POLL1), (3000, POLL0)):
        say(sim, text, now_ms)
    assert sim.empty_stacker() == 500
    assert (sim.snapshot()["stacker"], sim.snapshot()["collected"]) == ({}, {"1": 1})
