from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.claims.code import ALPHABET, LENGTH, clean_code, code_of, match_code

KEY = bytes(range(32))
CODE = code_of(KEY, "K1", 1, 42)
PLACES = st.tuples(st.text("KX12", min_size=1, max_size=3), st.integers(1, 9), st.integers(1, 10**6))


@given(place=PLACES)
@settings(max_examples=80, deadline=None)
def test_a_code_is_eight_plain_characters_and_reads_back(place: tuple[str, int, int]) -> None:
    code = code_of(KEY, *place)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert clean_code(code) == code


def test_a_code_depends_on_key_kiosk_epoch_and_entry() -> None:
    others = {
        code_of(bytes(32), "K1", 1, 42),
        code_of(KEY, "K2", 1, 42),
        code_of(KEY, "K1", 2, 42),
        code_of(KEY, "K1", 1, 43),
    }
    assert len(others | {CODE}) == 5
    assert code_of(KEY, "K1", 1, 42) == CODE


def test_people_type_codes_in_their_own_way() -> None:
    spaced = f" {CODE[:4].lower()}-{CODE[4:].lower()} "
    assert clean_code(spaced) == CODE
    assert clean_code(CODE.replace("V", "U")) == CODE


@given(place=PLACES, index=st.integers(0, LENGTH - 1), character=st.sampled_from(ALPHABET))
@settings(max_examples=100, deadline=None)
def test_every_single_wrong_character_is_found(
    place: tuple[str, int, int], index: int, character: str
) -> None:
    code = code_of(KEY, *place)
    wrong = code[:index] + character + code[index + 1 :]
    assert clean_code(wrong) == (code if wrong == code else "")


def test_most_swaps_of_neighbours_are_found() -> None:
    missed = 0
    for seq in range(200):
        code = code_of(KEY, "K1", 1, seq)
        for index, (left, right) in enumerate(pairwise(code)):
            swapped = code[:index] + right + left + code[index + 2 :]
            missed += swapped != code and clean_code(swapped) == swapped
    assert missed < 10


def test_what_cannot_be_a_code_is_none() -> None:
    for typed in ("", "2222", CODE + "2", "!" * LENGTH, "00000000"):
        assert clean_code(typed) == ""


def test_a_code_belongs_to_its_debt_and_to_no_other() -> None:
    codes = [("D1", code_of(KEY, "K1", 1, 1)), ("D2", CODE)]
    assert match_code(CODE.lower(), codes) == "D2"
    assert match_code(code_of(KEY, "K1", 1, 3), codes) == ""
    assert match_code("", codes) == ""
    assert match_code(CODE, []) == ""
