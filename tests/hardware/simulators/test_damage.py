"""What a bad cable does: each damage by its name, in order, and the same for equal dice."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from hardware.simulators.damage import FOREIGN, MERGE_MS, DamagedWay, Noise

DATA = bytes(range(1, 21))


def arrived(noise: Noise, chunks: int = 40, seed: int = 1) -> list[tuple[int, bytes]]:
    way = DamagedWay(random.Random(seed))
    way.noise = noise
    found = []
    for number in range(chunks):
        way.put(DATA, number * 10)
    while way.wake_at_ms is not None:
        now_ms = way.wake_at_ms
        found += [(now_ms, piece) for piece in way.due(now_ms)]
    return found


def test_a_good_cable_changes_nothing() -> None:
    assert Noise().is_quiet
    assert arrived(Noise()) == [(number * 10, DATA) for number in range(40)]


@pytest.mark.parametrize("name", [each.name for each in fields(Noise)])
def test_every_damage_damages_something_and_equal_dice_damage_equally(name: str) -> None:
    noise = Noise(**{name: 300})
    assert not noise.is_quiet
    assert arrived(noise) != arrived(Noise())
    assert arrived(noise) == arrived(noise)
    assert arrived(noise) != arrived(noise, seed=2)


def test_each_damage_is_what_it_is_called() -> None:
    def bytes_of(noise: Noise) -> list[bytes]:
        return [piece for _, piece in arrived(noise, 3)]

    assert bytes_of(Noise(drop=1000)) == []
    assert bytes_of(Noise(double=1000)) == [DATA] * 6
    assert all(
        sum(a != b for a, b in zip(piece, DATA, strict=True)) == 1 for piece in bytes_of(Noise(flip=1000))
    )
    assert all(len(piece) == len(DATA) + 1 for piece in bytes_of(Noise(insert=1000)))
    assert all(DATA.startswith(piece) and piece != DATA for piece in bytes_of(Noise(cut_short=1000)))
    assert b"".join(bytes_of(Noise(split=1000))) == DATA * 3
    assert len(bytes_of(Noise(split=1000))) == 6
    assert bytes_of(Noise(merge=1000)) == [DATA * 3]
    assert all(piece.endswith(DATA) and len(piece) > len(DATA) for piece in bytes_of(Noise(burst=1000)))
    assert all(piece.removesuffix(DATA) in FOREIGN for piece in bytes_of(Noise(foreign=1000)))
    assert all(len(piece) == len(DATA) and piece != DATA for piece in bytes_of(Noise(wrong_speed=1000)))


def test_late_bytes_never_overtake_others() -> None:
    way = DamagedWay(random.Random(1))
    way.noise = Noise(delay=1000)
    way.put(b"first", 0)
    way.noise = Noise()
    way.put(b"second", 1)
    late_ms = way.wake_at_ms
    assert late_ms is not None
    assert late_ms >= 40
    assert way.due(late_ms - 1) == []
    assert way.due(late_ms) == [b"first", b"second"]


def test_a_chunk_that_waits_for_company_goes_alone_after_a_while() -> None:
    way = DamagedWay(random.Random(1))
    way.noise = Noise(merge=1000)
    way.put(b"lonely", 5)
    assert way.due(5 + MERGE_MS - 1) == []
    assert way.due(5 + MERGE_MS) == [b"lonely"]


def test_what_is_forgotten_never_arrives() -> None:
    way = DamagedWay(random.Random(1))
    way.put(b"gone", 0)
    way.clear()
    assert way.wake_at_ms is None
