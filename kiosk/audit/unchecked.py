"""What an audit of a file alone cannot know, in plain words: said in every report, because silence would read as "fine"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiosk.audit.books import Books

NEEDS_A_COUNT: Final = (
    "Coins and goods themselves: a journal says what should lie in each container. Count them and compare."
)
NEEDS_THE_BOX: Final = (
    "Coins or notes of {} possible-swallowed window(s) since the box or stacker was last emptied: "
    "the next count shows them as a variance."
)
NEEDS_A_REASON: Final = (
    "Whether the variances of collections are the coins of the {} possible-swallowed window(s) before them."
)
NEEDS_THE_HOPPER: Final = "What {} payout(s) with an unknown end really paid: count those hoppers."
NEEDS_THE_READER: Final = (
    "Where {} note(s) or card charge(s) with an unknown end are: "
    "look into the validator, ask the card's operator."
)
NEEDS_THE_OPERATOR: Final = (
    "Whether the card's side pays what it approved: compare clearing.card with its statement."
)
NEEDS_THE_TUBE: Final = (
    "Why {} tube(s) count other pieces than the books say: clerks' hands, or a refill not typed in."
)
NEEDS_THE_COIL: Final = (
    "What lies in coils whose vend failed or ended unknown and that nobody has counted since."
)
NEEDS_AN_ANCHOR: Final = (
    "Whether entries were cut off at the end, or everything was rewritten: that "
    "needs a head kept elsewhere (--anchor)."
)
NEEDS_THE_KEY: Final = (
    "Whose key signed the checkpoints: it stands in the journal itself; compare "
    "it with the vendor's (--public-key)."
)
NOTHING_SIGNED: Final = "Any signature: this journal has no signed checkpoint."
SEVERAL_KEYS: Final = "Why {} different keys signed it: a restored kiosk may have a new one; ask the vendor."
NOT_SIGNED_YET: Final = "Entries after the last signed checkpoint are chained, not signed."
EARLIER_EPOCHS: Final = "Earlier epochs: this journal continues one that is not in this file."
UNKNOWN_KINDS: Final = "Entries of kinds that this auditor does not know: {}."
UNSURE_TIMES: Final = "The wall time of {} entries: the kiosk itself did not trust its clock there."
CLERKS_WORDS: Final = (
    "Whether cash that clerks say they handed over, or transfers that they noted, reached anybody: "
    "they came from the vendor's pocket."
)
LIMITS: Final = (
    "The vendor's limits (payouts, claims and goodwill an hour or a day): they are settings, not entries."
)
SCREENS: Final = (
    "What a shopper was shown: of screens and papers only the announcement of a print is written down."
)


def unchecked(
    books: Books,
    *,
    has_anchor: bool,
    is_key_known: bool,
    is_end_signed: bool,
    is_continued: bool,
    unknown_kinds: Sequence[str],
    unsure_times: int,
) -> tuple[str, ...]:
    """The sentences that apply to these books."""
    machine, shoppers = books.machine, books.shoppers
    open_windows, old_windows = len(machine.windows), len(machine.collected_windows)
    lost = len(shoppers.lost_payouts)
    said: tuple[tuple[object, str], ...] = (
        (True, NEEDS_A_COUNT),
        (open_windows, NEEDS_THE_BOX.format(open_windows)),
        (old_windows, NEEDS_A_REASON.format(old_windows)),
        (books.tenders.lost, NEEDS_THE_READER.format(len(books.tenders.lost))),
        (books.tenders.charged_minor, NEEDS_THE_OPERATOR),
        (machine.levels, NEEDS_THE_TUBE.format(len(machine.levels))),
        (lost, NEEDS_THE_HOPPER.format(lost)),
        (any(shoppers.doubts.values()), NEEDS_THE_COIL),
        (not has_anchor, NEEDS_AN_ANCHOR),
        (not books.checkpoints, NOTHING_SIGNED),
        (books.checkpoints and not is_key_known, NEEDS_THE_KEY),
        (len(books.keys) > 1, SEVERAL_KEYS.format(len(books.keys))),
        (books.checkpoints and not is_end_signed, NOT_SIGNED_YET),
        (is_continued, EARLIER_EPOCHS),
        (unknown_kinds, UNKNOWN_KINDS.format(", ".join(unknown_kinds))),
        (unsure_times, UNSURE_TIMES.format(unsure_times)),
        (shoppers.handed_over_minor or shoppers.transferred_minor or shoppers.goodwill_minor, CLERKS_WORDS),
        (True, LIMITS),
        (True, SCREENS),
    )
    return tuple(words for applies, words in said if applies)
