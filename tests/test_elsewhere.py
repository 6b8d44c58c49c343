"""What has hurt people at other tills and kiosks, and the tests that keep it from hurting ours.

Each row names a pain as public threads tell it, with one or two of them, and the tests that hold our answer. A row without a
living test is a promise that nobody keeps: renaming or deleting a named test fails here, so that its row is thought of again.
Coupons, shared gift cards and campaigns have no rows because the product has none yet.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent


class Pain(NamedTuple):
    """One row: what hurt, where it was seen, and ``file::test`` of what answers it."""

    what: str
    seen: str
    tests: tuple[str, ...]


PAINS = (
    Pain(
        "sales made without a line arrive twice, or a paid one opens again and vanishes",
        "odoo#152259, odoo#288974, erpnext#11000",
        (
            "kiosk/fleet/test_inbox.py::test_batches_lost_doubled_and_reordered_end_in_the_same_books",
            "kiosk/fleet/test_inbox.py::test_a_second_send_of_everything_changes_nothing",
            "kiosk/fleet/test_inbox.py::test_a_batch_that_does_not_fit_is_refused_whole_and_the_next_good_one_clears_it",
        ),
    ),
    Pain(
        "the card is charged, the till shows an error, and there is no sale; the reader still asks for the last shopper's sum",
        "odoo#256042, odoo#217534, stripe-terminal-android#747",
        (
            "kiosk/core/test_cards.py::test_an_unknown_request_is_owed_uncertain_whether_it_was_charged_or_not",
            "kiosk/core/test_cards.py::test_a_cancel_waits_for_the_readers_word_before_anything_else_is_asked",
            "kiosk/core/test_cards.py::test_an_approval_told_twice_charges_once",
            "kiosk/core/test_cards.py::test_a_cut_at_every_moment_leaves_no_charge_unaccounted",
            "hardware/mdb/test_cashless.py::test_only_one_request_is_open_at_a_time",
            "hardware/mdb/test_cashless.py::test_a_step_whose_answer_is_lost_never_charges_twice",
        ),
    ),
    Pain(
        "a note is credited twice, or before it is in the box",
        "chezbob#5, lamassu-machine#149",
        (
            "kiosk/core/test_notes.py::test_a_note_in_escrow_is_not_money_yet",
            "kiosk/core/test_notes.py::test_a_stacked_note_read_and_not_committed_is_credited_once",
            "hardware/mdb/test_validator.py::test_a_report_said_again_because_its_acknowledgement_was_lost_is_one_note",
            "hardware/mdb/test_validator.py::test_a_credit_out_of_nothing_is_evidence_and_no_money",
        ),
    ),
    Pain(
        "a payout goes wrong and what is still owed is written nowhere",
        "lamassu-server#145, lamassu-machine#353",
        (
            "kiosk/claims/test_evidence.py::test_a_debt_left_by_a_power_cut_is_proven",
            "kiosk/core/test_recovery.py::test_a_job_that_was_closed_before_its_count_could_be_read_owes_nothing_twice",
        ),
    ),
    Pain(
        "coins that fall with nobody there become the next shopper's",
        "chez-betty#252, chez-betty#279",
        (
            "kiosk/core/test_recovery.py::test_a_coin_that_fell_with_nobody_there_is_found_money_in_suspense",
            "kiosk/core/test_tubes.py::test_a_coin_in_a_tube_with_nobody_there_is_found_money_in_suspense",
        ),
    ),
    Pain(
        "the cash close is wrong because it cuts by the clock, or forgets what was there in the morning",
        "odoo#108694, odoo#121753, erpnext#43855",
        (
            "kiosk/core/test_collection.py::test_a_day_close_between_a_coin_and_its_sale_puts_each_into_its_own_day",
            "kiosk/core/test_collection.py::test_a_collection_is_balanced_to_the_smallest_coin",
            "kiosk/claims/test_variance.py::test_a_period_begins_where_the_last_one_ended",
        ),
    ),
    Pain(
        "taking a part of the cash and leaving the change in looks like a loss",
        "chez-betty#123",
        (
            "kiosk/core/test_collection.py::test_the_float_that_stays_is_the_hoppers_and_what_the_clerk_says_of_it_is_kept",
            "kiosk/core/test_collection.py::test_a_stacker_may_stay_while_the_box_goes",
        ),
    ),
    Pain(
        "Arabic and Persian receipts come out blank, reversed or in single letters",
        "odoo#25007, escpos-php#455",
        ("hardware/escpos/test_golden.py::*", "hardware/escpos/test_text.py::*"),
    ),
    Pain(
        "the printer fails after the money was taken",
        "odoo#263487, OCA/l10n-italy#4672",
        (
            "kiosk/core/test_recovery.py::test_a_failed_print_changes_no_sale_and_the_next_print_is_a_copy",
            "kiosk/core/test_recovery.py::test_a_print_that_a_crash_cut_leaves_the_sale_and_its_number",
            "hardware/escpos/test_host.py::test_a_late_answer_to_an_old_job_proves_nothing_about_a_new_one",
        ),
    ),
    Pain(
        "one dead device stops the others",
        "odoo#232797, odoo#32967",
        (
            "web/test_dead_means.py::test_a_dead_device_takes_away_its_own_means_and_gives_them_back",
            "web/test_dead_means.py::test_the_shopper_is_told_before_anything_is_chosen",
            "hardware/test_flood.py::test_an_hour_of_a_dead_cable_is_told_once_for_each_device",
        ),
    ),
    Pain(
        "'I paid and nothing came': somebody digs through logs by hand",
        "service manuals of laundry card systems",
        (
            "kiosk/core/test_claims.py::test_what_pays_itself_promises_no_answer",
            "kiosk/core/test_claims.py::test_what_is_proven_above_a_bound_waits_for_a_person_and_says_which",
        ),
    ),
    Pain(
        "a refund goes to another means than the one that paid, or a deposit stays behind",
        "odoo#257854",
        (
            "kiosk/core/test_cards.py::test_coins_beside_a_card_stay_when_its_charge_goes_back",
            "kiosk/core/test_cards.py::test_a_note_taken_while_a_card_is_asked_pays_and_the_card_gets_its_money_back",
            "kiosk/core/test_deposits.py::test_a_vend_that_fails_owes_price_and_deposit_back",
        ),
    ),
    Pain(
        "shrink is a guess, and somebody is accused by it",
        "trade press: 3 to 5 % planned, 10 % advertised by a competitor",
        (
            "inventory/test_shrink.py::test_known_intervals_of_the_literature",
            "inventory/test_shrink.py::test_every_missing_piece_has_exactly_one_cause",
            "inventory/test_shrink.py::test_the_five_largest_doubts_are_counted_first",
        ),
    ),
    Pain(
        "expired goods are sold without a word",
        "odoo#236456, NexoPOS#135",
        (
            "kiosk/core/test_expiry.py::test_a_coil_whose_next_piece_is_past_its_day_is_off_sale_in_words",
            "kiosk/core/test_expiry.py::test_shelf_goods_are_refused_when_every_piece_is_past_its_day",
            "kiosk/core/test_expiry.py::test_the_next_piece_of_a_coil_is_marked_down_by_its_days_and_sold_for_that",
            "web/admin/test_rounds.py::test_expired_pieces_come_first_and_are_thrown_away_with_their_reason",
        ),
    ),
    Pain(
        "a chain that should show tampering cries wolf, or is checked by nobody",
        "odoo#32665, OCA/l10n-spain#4921",
        (
            "kiosk/store/test_verify.py::test_an_untouched_journal_has_no_problem_and_contains_its_anchor",
            "kiosk/store/test_verify.py::test_the_first_bad_entry_and_what_still_holds_are_named",
        ),
    ),
    Pain(
        "numbers of cards are stolen from a market's till",
        "public notices of a breach in 2017",
        (
            "hardware/mdb/test_cashless.py::test_what_a_reader_says_of_the_card_itself_is_dropped_where_it_is_read",
            "bad_input/test_secrets.py::test_no_log_and_no_journal_entry_holds_a_secret",
        ),
    ),
)  # fmt: skip


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("pain", PAINS, ids=lambda pain: pain.what.replace(" ", "_")[:60])
def test_each_pain_of_others_has_its_living_tests(pain: Pain) -> None:
    for named in pain.tests:
        path, _, name = named.partition("::")
        found = _tests_in(TESTS / path)
        assert found
        assert name == "*" or name in found, f"{named} is gone: what answers {pain.what!r} now?"
