from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.escpos.strips import STRIP_ROWS, Block, Feed, Strip, plan

WIDTH = 48
pictures = st.lists(
    st.one_of(st.just(0), st.integers(0, 2**WIDTH - 1), st.sampled_from([1, 1 << 47, 2**WIDTH - 1])),
    max_size=70,
)


def printed(pieces: tuple[Feed | Strip | Block, ...], rows: list[int]) -> list[int]:
    """What comes out when each piece is printed where the one before it ended."""
    below = [*rows, *[0] * STRIP_ROWS]
    out: list[int] = []
    for piece in pieces:
        match piece:
            case Feed():
                out += [0] * piece.rows
            case Strip():
                assert piece.top == len(out)
                mask = sum((1 << (end - first)) - 1 << (WIDTH - end) for first, end in piece.runs)
                out += [row & mask for row in below[piece.top : piece.top + STRIP_ROWS]]
            case Block():
                assert piece.top == len(out)
                mask = (1 << WIDTH) - (1 << (WIDTH - piece.end))
                if piece.is_solid:
                    assert piece.rows % 2 == piece.end % 2 == 0
                    assert below[piece.top : piece.top + piece.rows] == [mask] * piece.rows
                out += [row & mask for row in below[piece.top : piece.top + piece.rows]]
    return out


@given(pictures)
@settings(deadline=None)
def test_the_pieces_together_are_the_picture(rows: list[int]) -> None:
    out = printed(plan(rows, WIDTH), rows)
    assert out[: len(rows)] == rows
    assert not any(out[len(rows) :])


@given(pictures)
@settings(deadline=None)
def test_no_picture_costs_more_than_sending_it_whole(rows: list[int]) -> None:
    whole = 0
    for start in range(0, len(rows), STRIP_ROWS):
        whole += 8 + WIDTH // 8 * len(rows[start : start + STRIP_ROWS])
    assert sum(piece.size for piece in plan(rows, WIDTH) if not isinstance(piece, Feed)) <= whole


def test_white_costs_nothing() -> None:
    assert plan([0] * 100, WIDTH) == (Feed(100),)


def test_a_rule_across_the_paper_is_sent_at_half_density() -> None:
    rule = 2**576 - 1
    assert plan([0, rule, rule, 0], 576) == (Feed(1), Block(1, 2, 576, is_solid=True), Feed(1))


def test_white_between_two_words_is_jumped_over() -> None:
    bar = (1 << 575) | 1
    assert plan([bar] * 24, 576) == (Strip(0, ((0, 1), (575, 576))),)
