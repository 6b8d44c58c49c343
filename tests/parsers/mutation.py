"""The mutation loop: so many damaged frames for a parser, from one seed, and what became of them.

`mutate` is what the push tier and the longer tiers call. What is found wrong stops it, with a note that names the parser
and the seed of the batch: ``python -m tests.parsers.mutation PARSER --batch SEED`` plays that batch alone.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Final

from tests.parsers import mdb_lines, ssp_lines
from tests.parsers.benches import STREAMS, TEXTS, TOKENS, StreamParser, TextParser
from tests.parsers.damage import LINE_KINDS, Damage
from tests.parsers.lines import STORIES as BUS_STORIES
from tests.parsers.lines import swarm

STORIES: Final = {**BUS_STORIES, **ssp_lines.STORIES, **mdb_lines.STORIES}

PARSERS: Final = (*STORIES, *STREAMS, *TEXTS)
"""Every parser by name: whole lines with their truth, readers of streams, readers of texts."""

BATCH: Final = 200
"""Damaged frames of one batch; small enough to be read when it fails."""

PAUSES_MS: Final = (0, 0, 0, 1, 4, 20, 49, 51, 99, 101, 500)
"""Between two transmissions: around every gap that a reader waits for."""

STREAM_SHARES: Final = (20, 50, 100)
"""Spoilt transmissions of a hundred where nobody answers: good ones teach little there."""

SAMPLED: Final = 61
"""Every so many feeds the steps are counted; counting slows them."""

STEPS: Final = 3_000
STEPS_PER_BYTE: Final = 120
"""Calls that one feed may take at most. The dearest seen took 2,400 for a file of 700 bytes and 517 for 128 bytes of a
stream; work that grows with the square of what came passes this long before it hangs."""

SLOW_NS: Final = 1_000_000
"""Feeds longer than 1 ms are counted, never judged: the machine may be busy."""

Progress = Callable[[int], None]


@dataclass
class Counts:
    """What a run did: ``frames`` passed, ``damaged`` of them, events of money or goods ``told``, and the costs of a feed."""

    parser: str
    seed: int
    frames: int = 0
    damaged: int = 0
    told: int = 0
    false: list[str] = field(default_factory=list)
    probes: int = 0
    held_most: int = 0
    slow: int = 0
    worst_us: int = 0
    steps_most: int = 0
    marks: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """One line of a table."""
        return (
            f"{self.parser:24} {self.damaged:9,} damaged of {self.frames:9,}; told {self.told:6,}, false "
            f"{len(self.false)}; well again {self.probes:6,}; held {self.held_most:3}; steps {self.steps_most:6,}; "
            f"over 1 ms {self.slow} (worst {self.worst_us:,} us)"
        )


class _Watch:
    """Counts what one feed costs: its time, and now and then its calls."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._feeds = 0

    def run(self, act: Callable[[], object], size: int) -> None:
        """Feed, and hold the cost against its bound."""
        self._feeds += 1
        if self._feeds % SAMPLED == 0:
            steps = steps_of(act)
            self._counts.steps_most = max(self._counts.steps_most, steps)
            assert steps <= STEPS + STEPS_PER_BYTE * size, f"{steps} steps for {size} bytes"
            return
        began_ns = time.perf_counter_ns()
        act()
        took_ns = time.perf_counter_ns() - began_ns
        self._counts.slow += took_ns > SLOW_NS
        self._counts.worst_us = max(self._counts.worst_us, took_ns // 1000)


def steps_of(act: Callable[[], object]) -> int:
    """Calls, of Python and of C, that ``act`` makes: the same on any machine."""
    steps = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal steps
        steps += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return steps


@contextmanager
def named(parser: str, seed: str) -> Iterator[None]:
    """Whatever goes wrong inside says where it can be seen again."""
    try:
        yield
    finally:
        failure = sys.exc_info()[1]
        if failure is not None:
            failure.add_note(f"again: python -m tests.parsers.mutation {parser!r} --batch {seed!r}")


def mutate(parser: str, seed: int, count: int, progress: Progress | None = None) -> Counts:
    """Give ``parser`` at least ``count`` damaged frames (or texts) and say what became of them.

    Args:
        parser: One of `PARSERS`.
        seed: Equal seeds give equal damage.
        count: Damaged frames wanted; a little more are made, because batches and stories are whole.
        progress: Told how many were damaged so far, after each batch.

    Raises:
        KeyError: No such parser.
        Exception: Whatever the parser raises, or an AssertionError for what must hold; both with a note that names the batch.
    """
    counts = Counts(parser, seed)
    for batch in itertools.count():
        if counts.damaged >= count:
            return counts
        run_batch(counts, f"{seed}:{parser}:{batch}", min(BATCH, count - counts.damaged))
        if progress is not None:
            progress(counts.damaged)
    return counts


def run_batch(counts: Counts, seed: str, qty: int) -> None:
    """One batch; its seed alone decides what happens, but for where it stops."""
    with named(counts.parser, seed):
        if counts.parser in STORIES:
            _tell(counts, seed)
        elif counts.parser in STREAMS:
            _feed(counts, STREAMS[counts.parser], seed, qty)
        else:
            _read(counts, TEXTS[counts.parser], seed, qty)


def _tell(counts: Counts, seed: str) -> None:
    story = STORIES[counts.parser](seed)
    counts.frames += story.frames
    counts.damaged += story.damaged
    counts.told += story.told
    counts.marks.update(story.marks)
    counts.false += [f"{seed}: {each}" for each in story.false]


def _feed(counts: Counts, parser: StreamParser, seed: str, qty: int) -> None:
    chance, watch = random.Random(seed), _Watch(counts)
    good, bench = parser.good(), parser.open()
    damage = Damage(chance, chance.choice(STREAM_SHARES), swarm(chance))
    at, now_ms = chance.randrange(len(good)), 0
    while damage.damaged < qty and damage.passed < 50 * qty:
        for piece in damage(good[at % len(good)]):
            now_ms += chance.choice(PAUSES_MS)
            watch.run(lambda piece=piece, now_ms=now_ms: bench.feed(piece, now_ms), len(piece))  # type: ignore[misc]
            counts.held_most = max(counts.held_most, bench.held)
            assert bench.held <= parser.held_most
        at += 1
        if at % 40 == 0:
            assert bench.probe(now_ms), "it does not read what comes after damage"
            counts.probes += 1
            now_ms += 10_000
    counts.frames += damage.passed
    counts.damaged += damage.damaged


def _read(counts: Counts, parser: TextParser, seed: str, qty: int) -> None:
    chance, watch = random.Random(seed), _Watch(counts)
    good = parser.good()
    damage = Damage(chance, 100, LINE_KINDS)
    for _ in range(qty):
        text = chance.choice(good)
        match chance.randrange(5):
            case 0 | 1:
                text = b"".join(damage(text))
            case 2:
                text = _cut_at(chance, text).join((chance.choice(TOKENS),) * 2)
            case 3:
                text = _with_token(chance, text)
            case _:
                text = _with_token(chance, _with_token(chance, text))
        watch.run(lambda text=text: parser.read(text), len(text))  # type: ignore[misc]
    counts.frames += qty
    counts.damaged += qty


def _cut_at(chance: random.Random, text: bytes) -> bytes:
    first, second = sorted(chance.randrange(len(text) + 1) for _ in range(2))
    return text[first:second]


def _with_token(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(TOKENS) + text[at + chance.choice((0, 0, 1, 3)) :]


def main(arguments: Sequence[str] | None = None) -> int:
    """Play one batch again, or any number of damaged frames of one parser or all."""
    reader = argparse.ArgumentParser(description=main.__doc__)
    reader.add_argument("parser", nargs="?", choices=PARSERS)
    reader.add_argument("--batch")
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--count", type=int, default=10_000)
    wanted = reader.parse_args(arguments)
    found: list[Counts] = []
    for parser in PARSERS if wanted.parser is None else (wanted.parser,):
        if wanted.batch is None:
            found.append(mutate(parser, wanted.seed, wanted.count))
        else:
            found.append(Counts(parser, wanted.seed))
            run_batch(found[-1], wanted.batch, BATCH)
        print(found[-1].line())
        print("\n".join(found[-1].false))
    return int(any(each.false for each in found))


if __name__ == "__main__":
    sys.exit(main())
