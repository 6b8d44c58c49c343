"""The K1 wire under every kind of damage: no false word about goods, no parser that spins or grows, no piece lost.

More of it by hand: ``python -m tests.hardware.vmc96.test_damage SEEDS``.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable

import pytest

from hardware.events import DeviceEvent, VendDelivered, VendFailed, VendUnknown
from hardware.simulators.k1_board import K1_COILS, K1BoardSim
from hardware.vmc96.frames import LONGEST
from hardware.vmc96.host import FINAL_MS, K1Board
from tests.hardware.vmc96.conversation import NAME, Conversation, started
from tests.parsers.benches import Bench, Device, Host
from tests.parsers.damage import LINE_KINDS, Damage

SHARES = (5, 20, 50)
END = (VendDelivered, VendFailed, VendUnknown)
FAULTS = ("jam", "no_drop", "lost_ack", "motor_stuck", "home_stuck")


def full() -> K1BoardSim:
    return K1BoardSim(NAME, dict.fromkeys(K1_COILS, 5), 10)


def joined(damage: Damage) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(damage(data)) if data else data


def story(seed: int) -> tuple[list[str], Counter[str]]:
    """Coils turn over a spoilt line; what was told falsely, and how the jobs ended."""
    chance = random.Random(seed)
    talk = started(Conversation(full()))
    kinds = tuple(kind for kind in LINE_KINDS if chance.random() < 0.7)
    damages = [Damage(chance, chance.choice(SHARES), kinds) for _ in range(2)]
    talk.to_host, talk.to_board = (joined(damage) for damage in damages)
    for slot in range(1, 9):
        for fault in FAULTS:
            if not talk.sim.is_turning:
                talk.fault(fault, is_on=chance.random() < 0.12)
        if chance.random() < 0.1:
            talk.sim.set_power(not talk.sim.is_powered, talk.now_ms)
        talk.turn(slot, str(slot))
        talk.run(chance.choice((500, 3_000, 9_000)))
    for damage in damages:
        damage.heal()
    talk.sim.set_power(True, talk.now_ms)
    talk.run(9 * FINAL_MS)
    ends = [event for event in talk.seen if isinstance(event, END)]
    false = [] if sorted(event.job for event in ends) == [str(slot) for slot in range(1, 9)] else ["ends"]
    false += [f"{seed}: {event}" for event in ends if is_false(event, talk.sim.tray.get(int(event.job), 0))]
    return false, Counter(type(event).__name__ for event in ends)


def is_false(event: DeviceEvent, fallen: int) -> bool:
    return bool(fallen) if isinstance(event, VendFailed) else isinstance(event, VendDelivered) and not fallen


@pytest.mark.parametrize("seed", range(12))
def test_no_damage_makes_goods_fall_or_hang_that_did_not(seed: int) -> None:
    false, _ = story(seed)
    assert false == []


def kept_in(heard: list[bytes]) -> Callable[[bytes], bytes]:
    def keep(data: bytes) -> bytes:
        if data:
            heard.append(data)
        return data

    return keep


def goods(sim: K1BoardSim) -> int:
    return sum(sim.inside(slot) for slot in K1_COILS) + sum(sim.tray.values())


@pytest.mark.parametrize("seed", range(4))
def test_neither_end_spins_grows_or_loses_a_piece_over_damaged_bytes(seed: int) -> None:
    chance = random.Random(seed)
    heard: dict[bool, list[bytes]] = {True: [], False: []}
    talk = Conversation(to_host=kept_in(heard[False]), to_board=kept_in(heard[True]))
    talk.run(3_000)
    for slot in (1, 12, 96):
        talk.vend(slot, f"job{slot}")
    host, sim = K1Board(NAME), full()
    ends: dict[bool, Bench] = {
        False: Host(host, lambda: len(host._reader._held)),
        True: Device(sim, lambda: goods(sim)),
    }
    for way, end in ends.items():
        damage = Damage(chance, 60)
        now_ms = 0
        for data in heard[way]:
            now_ms += chance.choice((0, 1, 20, 49, 51, 500))
            for piece in damage(data):
                end.feed(piece, now_ms)
                assert end.held <= 2 * LONGEST
        assert end.probe(now_ms)
        assert damage.damaged > 50


if __name__ == "__main__":
    told: Counter[str] = Counter()
    for number in range(int(sys.argv[1])):
        wrong, how = story(1_000 + number)
        told += how
        for line in wrong:
            print(line)
    print(dict(told))
