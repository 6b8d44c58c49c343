"""Tampered journals: all found, each with its first bad entry named, and nothing trusted that was touched."""

from __future__ import annotations

import os

import pytest

from tests.kiosk.store.tampering import _subject, _verified, tamper_run

PUSH_QTY = 5_000
"""The push tier's count of tampered journals."""

SEEDS = tuple(range(4))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_tampered_journal_is_found_and_its_first_bad_entry_named(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = tamper_run(seed, int(os.environ.get("TAMPER_QTY", PUSH_QTY)) // len(SEEDS))
    with capsys.disabled():
        print(f"\n{counts}")
    assert counts.missed == []
    assert counts.found.total() > counts.tried.total() * 0.9, "most changes do change something"
    rows = ("flip", "delete", "swap", "cut_tail", "rewrite", "rewrite_unsigned", "rewrite_signed")
    files = ("old_copy", "file_bit", "file_cut", "file_sector", "log_bit", "log_cut", "log_missing", "table")
    assert {kind for kind in (*rows, *files) if not counts.found[kind]} == set(), "every kind was tried"


def test_a_row_that_says_another_kiosk_than_the_index_that_leads_to_it_is_found() -> None:
    with _subject() as (subject, folder):
        path = folder / "tampered.db"
        row, moved = b"K1\x0b2026", b"K9\x0b2026"  # entry 11: its kiosk, its number, its time
        assert subject.file.count(row) == 1
        path.write_bytes(subject.file.replace(row, moved))
        problem, _ = _verified(path, subject.anchor)
    assert "its rows and its index differ" in problem
