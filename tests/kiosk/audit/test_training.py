"""The auditor follows practice: a gap in its numbers, sums of its own, an end that nobody wrote."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.audit.findings import Findings
from kiosk.audit.shapes import SHAPES, misfit
from kiosk.audit.training import Training

LINE = {"line": 1, "sku": "COLA", "slot": "A1", "coil": 1, "price_minor": 150, "tax_class": "standard"}
SETTLED: dict[str, Any] = {
    "training": "T1-5",
    "number": 1,
    "lines": [LINE],
    "total_minor": 150,
    "coins_minor": 200,
    "notes_minor": 0,
    "card_minor": 0,
    "back_minor": 50,
    "undelivered": 0,
    "is_finished": True,
    "perpetual_minor": 150,
}


def problems(*settled: dict[str, Any], visits: int = 1, training: str = "T1-5") -> list[str]:
    """What is found in a training with these visits."""
    findings = Findings()
    book = Training(findings)
    book.began({"training": "T1-5", "clerk": "sami"}, "1-5")
    for number, fact in enumerate(settled, 6):
        assert misfit(fact, SHAPES["TrainingSettled", 1]) == ""
        book.settled(fact, f"1-{number}")
    book.ended({"training": training, "clerk": "sami", "reason": "asked", "visits": visits}, "1-9")
    return [problem.words for problem in findings.kept]


def test_practice_that_is_counted_as_it_should_be_is_not_named() -> None:
    assert problems(SETTLED, SETTLED | {"number": 2, "perpetual_minor": 300}, visits=2) == []


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        ({"number": 2}, "a gap in their numbers"),
        ({"total_minor": 100}, "not that of its lines"),
        ({"perpetual_minor": 100}, "not the sum of what was practised"),
        ({"training": "T1-4"}, "a training that is not open"),
    ],
)
def test_a_forged_visit_is_named(forged: dict[str, Any], words: str) -> None:
    assert any(words in each for each in problems(SETTLED | forged)), problems(SETTLED | forged)


def test_an_end_that_does_not_fit_is_named() -> None:
    assert problems(SETTLED, visits=3) == ["a training had another number of visits"]
    assert problems(SETTLED, training="T1-4") == ["it belongs to a training that is not open"]


def test_a_second_training_within_one_is_named() -> None:
    findings = Findings()
    book = Training(findings)
    book.began({"training": "T1-5", "clerk": "sami"}, "1-5")
    book.began({"training": "T1-6", "clerk": "sami"}, "1-6")
    assert [problem.words for problem in findings.kept] == ["training T1-5 is still open"]


def close(book: Training, entry: str, *counters: int) -> None:
    """Close a day that says these counters; an old one says none."""
    keys = ("practice", "practice_ever")
    parts = zip(counters[::2], counters[1::2], strict=True)
    told = [{"visits": visits, "total_minor": total_minor} for visits, total_minor in parts]
    book.day_closed(dict(zip(keys, told, strict=False)), entry)


@pytest.mark.parametrize("forged", [(2, 300, 2, 300), (1, 150, 1, 150)])
def test_a_day_close_that_says_other_practice_than_the_entries_is_named(forged: tuple[int, ...]) -> None:
    findings = Findings()
    book = Training(findings)
    book.began({"training": "T1-5", "clerk": "sami"}, "1-5")
    book.settled(SETTLED, "1-6")
    close(book, "1-7")
    close(book, "1-8", 0, 0, 1, 150)
    book.settled(SETTLED | {"number": 2, "perpetual_minor": 300}, "1-9")
    close(book, "1-10", *forged)
    assert [problem.entry for problem in findings.kept] == ["1-10"]
