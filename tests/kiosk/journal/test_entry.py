"""Canonical bytes, the chain, and what a changed byte does to it."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.invariant import InvariantBroken
from kiosk.journal.entry import (
    NO_DIGEST,
    Entry,
    Head,
    JournalDamagedError,
    body_of,
    check_chain,
    checkpoint_text,
    digest_of,
    postings_as_stored,
    read_content,
    recorded_of,
    write_entries,
)
from kiosk.journal.upcast import upcast

OPENED = f.JournalOpened("K1", "EUR", 2, "test")
HANDED = f.CashHandedOver(debt="D1-5", amount_minor=150, by="clerk")
STAMP = Stamp("2026-03-02T08:00:00.000Z", 1_000)
HEAD = Head("K1", "EUR", 1, 0, NO_DIGEST, 0)


def chain() -> tuple[Entry, ...]:
    return write_entries(HEAD, (OPENED, HANDED, f.ScreenSeen()), STAMP, "clerk")


def changed(entry: Entry, name: str) -> Entry:
    """The entry with one field a little different."""
    value = getattr(entry, name)
    other: Any
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int):
        other = value + 1
    elif isinstance(value, bytes):
        other = value + b" "
    else:
        other = value + "x"
    return dataclasses.replace(entry, **{name: other})


def test_a_body_is_sorted_compact_json_with_its_postings_inside() -> None:
    assert body_of(HANDED, "EUR") == (
        b'{"fact":{"amount_minor":150,"by":"clerk","debt":"D1-5"},'
        b'"postings":[["owed",150,"EUR"],["float",-150,"EUR"]]}'
    )


def test_the_bytes_and_digests_of_these_entries_never_change() -> None:
    assert [entry.digest.hex()[:16] for entry in chain()] == [
        "742ea5271160030b",
        "4545f22e5bd8de22",
        "c826cfbfe3bb7553",
    ]


def test_the_digest_of_an_entry_of_unknown_time_never_changes() -> None:
    stamp = Stamp("2026-03-02T08:00:00.000Z", 1_000, time_ok=False)
    (entry,) = write_entries(HEAD, (OPENED,), stamp, "clerk")
    assert entry.digest.hex()[:16] == "6bc548279e173385"


def test_texts_are_stored_in_normal_form_c() -> None:
    decomposed = f.CodeUnknown("", "Cafe\u0301", "code_unknown")
    assert body_of(decomposed, "EUR") == body_of(f.CodeUnknown("", "Caf\u00e9", "code_unknown"), "EUR")


def test_text_outside_ascii_is_kept_beside_numbers_and_lists() -> None:
    fact = f.Booted(boot=3, is_clean=True, software="Cafe\u0301", languages=("de", "e\u0301"))
    (entry,) = write_entries(HEAD, (fact,), STAMP, "")
    assert read_content(entry).fact == f.Booted(
        3, is_clean=True, software="Caf\u00e9", languages=("de", "\u00e9")
    )


def test_an_entry_reads_back_as_its_fact_and_postings() -> None:
    entry = chain()[1]
    content = read_content(entry)
    assert content.fact == HANDED
    assert content.postings == postings_as_stored(HANDED, "EUR")
    assert recorded_of(entry) == f.Recorded(2, STAMP.at, STAMP.now_ms, HANDED)


@pytest.mark.parametrize(
    "name", [field.name for field in dataclasses.fields(Entry) if field.name != "digest"]
)
def test_the_digest_covers_every_field(name: str) -> None:
    first, second, _ = chain()
    assert digest_of(first.digest, changed(second, name)) != second.digest


def test_the_digest_covers_the_entry_before() -> None:
    first, second, _ = chain()
    assert digest_of(first.digest, second) == second.digest
    assert digest_of(NO_DIGEST, second) != second.digest


@given(text=st.text(max_size=12), cut=st.integers(0, 12))
@settings(max_examples=60, deadline=None)
def test_no_two_rows_spell_the_same_text(text: str, cut: int) -> None:
    entry = chain()[1]
    left = dataclasses.replace(entry, visit=text[:cut], actor=text[cut:])
    right = dataclasses.replace(entry, visit=text, actor="")
    assert (digest_of(NO_DIGEST, left) == digest_of(NO_DIGEST, right)) == (text[cut:] == "")


def test_a_chain_holds_link_by_link() -> None:
    previous = None
    for entry in chain():
        check_chain(previous, entry)
        previous = entry


@pytest.mark.parametrize(
    ("previous", "entry", "words"),
    [
        (None, 1, "begins with JournalOpened"),
        (0, 2, "entries are missing"),
        (1, 0, "entries are missing"),
    ],
)
def test_a_gap_a_swap_or_a_missing_beginning_is_named(previous: int | None, entry: int, words: str) -> None:
    entries = chain()
    with pytest.raises(JournalDamagedError, match=words):
        check_chain(None if previous is None else entries[previous], entries[entry])


def test_a_changed_entry_is_named() -> None:
    first, second, _ = chain()
    with pytest.raises(JournalDamagedError, match="entry 1-2: its digest does not fit"):
        check_chain(first, changed(second, "actor"))


def test_a_new_epoch_begins_its_own_chain_and_none_comes_back() -> None:
    last = chain()[-1]
    (second,) = write_entries(Head("K1", "EUR", 2, 0, NO_DIGEST, 0), (OPENED,), STAMP, "")
    (third,) = write_entries(Head("K1", "EUR", 3, 0, NO_DIGEST, 0), (OPENED,), STAMP, "")
    check_chain(last, second)
    check_chain(last, third)  # an epoch that a lost store had used is not used again
    with pytest.raises(JournalDamagedError, match="epochs rise"):
        check_chain(third, second)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": b"no json"},
        {"body": b"[]"},
        {"body": b'{"fact":{}}'},
        {"body": b'{"fact":{"debt":1},"postings":[]}'},
        {"kind": "NoSuchFact"},
        {"version": 0},
    ],
)
def test_a_body_that_cannot_be_read_is_damage_and_names_its_entry(changes: dict[str, object]) -> None:
    entry = dataclasses.replace(chain()[1], **changes)  # type: ignore[arg-type]  # one of its fields, as the table says
    with pytest.raises(JournalDamagedError, match="1-2"):
        read_content(entry)


def test_only_facts_of_the_journal_are_written() -> None:
    @dataclasses.dataclass(frozen=True)
    class Rumour(f.Fact):
        words: str

    with pytest.raises(InvariantBroken, match="Rumour is a fact"):
        write_entries(HEAD, (Rumour("they say"),), STAMP, "")


def test_todays_facts_need_no_step() -> None:
    fields = msgspec.to_builtins(HANDED)
    assert upcast("CashHandedOver", 1, fields) == ("CashHandedOver", fields)


def test_every_version_below_todays_has_a_step() -> None:
    for kind, version in f.VERSIONS.items():
        for old in range(1, version):
            upcast(kind, old, {})


def test_a_checkpoint_signs_place_head_and_totals() -> None:
    signed = checkpoint_text("K1", 1, 7, "ab", (1, 2, 3, 4))
    assert signed == b"kiosk checkpoint 1\nK1\n1\n7\nab\n1 2 3 4\n"
