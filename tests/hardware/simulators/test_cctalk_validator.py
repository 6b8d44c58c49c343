"""The bill validator as a stranger meets it: raw bytes and hands; nothing of the codec is imported here."""

from __future__ import annotations

import pytest

from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.model import Simulator, UnknownActError

POLL = "28 00 01 FE D9"
EVENTS = "28 00 01 9F 38"
OPEN_ALL = "28 02 01 E7 FF FF F0"
ACCEPT = "28 01 01 E4 01 F1"
USE_ESCROW = "28 01 01 99 03 3A"
STACK = "28 01 01 9A 01 3B"
RETURN = "28 01 01 9A 00 3C"
MORE_TIME = "28 01 01 9A FF 3D"
TOTAL = "28 00 01 E1 F6"
RESET = "28 00 01 01 D6"
ACK = "01 00 28 00 D7"
EMPTY = "01 01 28 00 FE D8"
NOTHING_YET = "01 0B 28 00 00 00 00 00 00 00 00 00 00 00 00 CC"
ESCROWED = "01 0B 28 00 01 03 01 00 00 00 00 00 00 00 00 C7"
STACKED = "01 0B 28 00 02 03 00 03 01 00 00 00 00 00 00 C3"
RETURNED = "01 0B 28 00 02 00 01 03 01 00 00 00 00 00 00 C5"


def made() -> NoteValidatorSim:
    return NoteValidatorSim("note", 40, 12345678, {1: 500, 2: 1000, 3: 2000})


def say(sim: NoteValidatorSim, text: str, now_ms: int) -> str:
    """What comes back, as hexadecimal, without the echo."""
    sim.machine.receive(bytes.fromhex(text), now_ms)
    sim.machine.tick(now_ms + 20)
    heard = sim.machine.bytes_to_send().hex(" ").upper()
    assert heard.startswith(text)
    return heard.removeprefix(text).strip()


def opened() -> NoteValidatorSim:
    sim = made()
    for now_ms, text in enumerate((USE_ESCROW, OPEN_ALL, ACCEPT)):
        assert say(sim, text, now_ms * 100) == ACK
    say(sim, EVENTS, 300)
    return sim


def waiting() -> NoteValidatorSim:
    """A note of type 3 is in escrow at 1200 ms."""
    sim = opened()
    sim.act("insert", {"position": "3"}, 400)
    sim.machine.tick(1200)
    assert say(sim, EVENTS, 1200) == ESCROWED
    return sim


def places(sim: NoteValidatorSim) -> tuple[object, ...]:
    truth = sim.snapshot()
    return tuple(truth[place] for place in ("hand", "escrow", "stacker", "stuck", "kept_total"))


def test_it_is_a_simulator() -> None:
    simulator: Simulator = made()
    assert simulator.name == "note"


def test_a_note_goes_over_the_escrow_into_the_stacker() -> None:
    sim = made()
    assert say(sim, POLL, 0) == ACK
    assert say(sim, EVENTS, 100) == NOTHING_YET
    sim = waiting()
    assert places(sim) == ({}, 3, {}, {}, 0)
    assert say(sim, STACK, 1300) == ACK
    assert say(sim, EVENTS, 1400) == ESCROWED, "an ACK is no credit: it is still on its way"
    assert say(sim, EVENTS, 2400) == STACKED
    assert places(sim) == ({}, 0, {"3": 1}, {}, 1)
    assert say(sim, TOTAL, 2500) == "01 03 28 00 01 00 00 D3"
    assert say(sim, STACK, 2600) == EMPTY


def test_a_note_goes_back() -> None:
    sim = waiting()
    assert say(sim, RETURN, 1300) == ACK
    assert say(sim, EVENTS, 2400) == RETURNED
    assert places(sim) == ({"3": 1}, 0, {}, {}, 0)


def test_without_a_word_the_note_goes_back_after_thirty_seconds_and_more_time_is_granted() -> None:
    sim = waiting()
    sim.machine.tick(30_000)
    assert places(sim)[1] == 3
    assert say(sim, MORE_TIME, 30_100) == ACK
    sim.machine.tick(59_000)
    assert places(sim)[1] == 3
    sim.machine.tick(62_000)
    assert say(sim, EVENTS, 62_000) == RETURNED


@pytest.mark.parametrize(
    "text",
    ["28 00 01 FE DA", "29 00 01 FE D8", "28 00 01 63 74", "28 00 01"],
    ids=["bad sum", "another's address", "unknown header", "half a frame"],
)
def test_it_keeps_silent_on_what_is_not_for_it(text: str) -> None:
    sim = made()
    assert say(sim, text, 0) == ""
    assert say(sim, POLL, 100) == ACK


def test_closed_or_unwatched_it_gives_notes_back() -> None:
    sim = made()
    sim.insert(2, 0)
    sim.machine.tick(1000)
    assert places(sim)[0] == {"2": 1}
    sim = opened()
    sim.insert(2, 6000)  # nobody polled for more than five seconds
    sim.machine.tick(7000)
    assert places(sim)[0] == {"2": 1}


def test_a_second_note_stays_in_the_hand_while_the_first_is_on_its_way() -> None:
    sim = waiting()
    assert sim.insert(1, 1300) is False
    assert sim.hand == {1: 1}
    sim.take_hand()
    assert (sim.hand, sim.snapshot()["taken_back"]) == ({}, {"1": 1})


@pytest.mark.parametrize(
    ("fault", "place"),
    [(None, 0), ("holds_at_power_up", 1), ("stacks_at_power_up", 2)],
    ids=["returns", "holds", "stacks"],
)
def test_what_becomes_of_the_note_in_escrow_when_power_is_back(fault: str | None, place: int) -> None:
    sim = waiting()
    if fault:
        sim.set_fault(fault, True, 1300)
    sim.set_power(False, 1400)
    assert say(sim, POLL, 1500) == ""
    sim.set_power(True, 2000)
    assert say(sim, POLL, 2100) == "", "still booting"
    after: list[object] = [{}, 0, {}]
    after[place] = 3 if place == 1 else {"3": 1}
    assert list(places(sim)[:3]) == after
    assert say(sim, EVENTS, 2500) == (ESCROWED if fault == "holds_at_power_up" else NOTHING_YET)
    assert sim.snapshot()["is_open"] is False


def test_a_note_past_the_escrow_is_kept_without_an_event_when_power_goes() -> None:
    sim = waiting()
    say(sim, STACK, 1300)
    sim.set_power(False, 1400)
    sim.set_power(True, 2000)
    assert say(sim, EVENTS, 2500) == NOTHING_YET
    assert places(sim) == ({}, 0, {"3": 1}, {}, 1)


def test_reset_is_acknowledged_then_silent_then_new() -> None:
    sim = waiting()
    assert say(sim, RESET, 1300) == ACK
    assert say(sim, POLL, 1400) == ""
    assert say(sim, EVENTS, 2000) == NOTHING_YET


def test_every_note_is_somewhere_whatever_is_wrong() -> None:
    sim = opened()
    now_ms = 300
    faults = ("jam", "jam_mouth", "jam_safe", "reject", "wrong_note", "string", "double_report", "impatient")
    for fault in faults:
        for decide in (STACK, RETURN, MORE_TIME):
            sim.set_fault(fault, True, now_ms)
            sim.insert(2, now_ms)
            for text in (EVENTS, decide, EVENTS, EVENTS, EVENTS):
                now_ms += 1000
                say(sim, text, now_ms)
            truth = sim.snapshot()
            lies = sum(
                sum(where.values())
                for where in (truth["hand"], truth["stacker"], truth["stuck"])
                if isinstance(where, dict)
            ) + bool(truth["escrow"] or truth["moving"])
            inserted = truth["inserted"]
            assert isinstance(inserted, dict)
            assert lies == sum(inserted.values()), (fault, decide)
            sim.set_fault(fault, False, now_ms)
            sim.pull(now_ms)
    assert sim.snapshot()["stuck"] == {}


def test_the_box_is_taken_out_emptied_and_put_back() -> None:
    sim = waiting()
    say(sim, STACK, 1300)
    sim.machine.tick(3000)
    sim.act("remove_box", {}, 3100)
    assert say(sim, EVENTS, 3200).startswith("01 0B 28 00 03 00 0B 03 00")
    sim.insert(1, 3300)
    say(sim, EVENTS, 4200)
    assert places(sim)[0] == {"1": 1}
    assert sim.empty_stacker() == 2000
    sim.act("insert_box", {}, 4300)
    assert sim.snapshot()["collected"] == {"3": 1}


def test_another_validator_has_another_serial_and_count_and_the_box_stays() -> None:
    sim = waiting()
    say(sim, STACK, 1300)
    sim.machine.tick(3000)
    sim.act("replace", {}, 3100)
    assert places(sim) == ({}, 0, {"3": 1}, {}, 0)
    assert sim.remember()["serial"] == 12345678 + 1000


def test_what_must_survive_the_process_does() -> None:
    sim = waiting()
    again = made()
    again.recall(sim.remember())
    assert places(again) == ({"3": 1}, 0, {}, {}, 0)
    assert again.remember() == sim.remember()


def test_it_answers_an_address_poll_with_its_bare_address_when_its_turn_comes() -> None:
    sim = made()
    assert say(sim, "00 00 01 FD 02", 0) == "", "its turn comes after 160 ms"
    sim.machine.tick(160)
    assert sim.machine.bytes_to_send() == b"\x28"


@pytest.mark.parametrize(("hand", "values"), [("kick", {}), ("insert", {"position": "9"})])
def test_hands_that_it_has_not_are_refused(hand: str, values: dict[str, str]) -> None:
    with pytest.raises(UnknownActError):
        made().act(hand, values, 0)
