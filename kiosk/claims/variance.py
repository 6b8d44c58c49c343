"""Why a count of cash differs: what the journal holds that could explain it, how much each could explain, and what nothing does.

Pure: it is given the incidents of one container's period. It never says what happened, only what could have: a coin that
fell unseen makes a count too large, one that was credited and is not there makes it too small. A reason explains at most its
own amount; what is left is said plainly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kiosk.core.postings import CASH_BOX, hopper_of, stacker_container
from kiosk.store.cash import Incident, PartRow
from kiosk.store.reading import Position

MORE: Final = 1
"""The count is larger than the books."""

LESS: Final = -1
"""The count is smaller than the books."""

SIGNS: Final[Mapping[str, tuple[int, ...]]] = {
    "swallowed": (MORE,),
    "reset": (MORE,),
    "not_back": (MORE,),
    "note_lost": (MORE,),
    "claim_paid": (MORE,),
    "jam": (MORE, LESS),
    "move": (MORE, LESS),
    "found": (LESS,),
    "by_hand": (LESS,),
    "handed_over": (LESS,),
    "hopper": (LESS,),
    "payout": (LESS,),
}
"""Incident -> which way it can bend a count. ``found`` money was credited on a device's own counts though nobody saw it fall;
``handed_over`` was paid by a clerk, perhaps from the box in hand."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Incidents of one kind that could explain some of a difference; ``most_minor`` None: nobody can say how much."""

    kind: str
    most_minor: int | None
    places: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A container's difference, what could explain it, and what is left when all of that is believed."""

    container: str
    variance_minor: int
    reasons: tuple[Reason, ...]
    unexplained_minor: int


def explain(
    part: PartRow,
    incidents: Iterable[Incident],
    *,
    largest_minor: Mapping[str, int],
    stackers: Iterable[str],
    by_piece: bool = True,
) -> Explanation:
    """What could explain one container's difference.

    Args:
        part: The container, as expected and counted.
        incidents: Of its period.
        largest_minor: Acceptor or validator -> its largest coin or note: the most that a piece of unknown value can be worth.
        stackers: Note validators; what concerns any other device lies in the cash box.
        by_piece: Whether it was counted by pieces: then coins of one value cannot explain that others are missing.
    """
    variance_minor = part.variance_minor
    sign = MORE if variance_minor > 0 else LESS
    homes = {device: stacker_container(device) for device in stackers}
    differs = {
        each.value_minor: abs(each.variance_minor) for each in part.pieces if each.variance_minor * sign > 0
    }
    found: dict[str, list[Incident]] = {}
    for incident in incidents if variance_minor else ():
        home = incident.container or homes.get(incident.device, CASH_BOX)
        is_here = home == part.container or (not incident.device and not hopper_of(part.container))
        if is_here and sign in SIGNS.get(incident.kind, ()):
            found.setdefault(incident.kind, []).append(incident)
    reasons: list[Reason] = []
    for kind, group in found.items():
        most_minor = _most(group, largest_minor, differs if by_piece and _is_exact(kind) else None)
        if most_minor != 0:
            places = tuple(each.position for each in group)
            reasons.append(Reason(kind, most_minor, places))
    reasons.sort(key=lambda each: (each.most_minor is None, -(each.most_minor or 0), each.kind))
    return Explanation(part.container, variance_minor, tuple(reasons), _left(variance_minor, reasons))


def _is_exact(kind: str) -> bool:
    """Whether an incident of this kind is about pieces of its very value."""
    return kind in {"found", "by_hand", "note_lost", "hopper", "payout"}


def _most(
    group: list[Incident], largest_minor: Mapping[str, int], differs: Mapping[int, int] | None
) -> int | None:
    """The most that these incidents could explain together."""
    if differs is not None:
        sums: dict[int, int] = {}
        for each in group:
            sums[each.value_minor] = sums.get(each.value_minor, 0) + each.value_minor * each.qty
        return sum(min(most_minor, differs.get(value, 0)) for value, most_minor in sums.items())
    total_minor = 0
    for each in group:
        value_minor = each.value_minor or largest_minor.get(each.device, 0)
        if not each.qty or not value_minor:
            return None
        total_minor += value_minor * each.qty
    return total_minor


def _left(variance_minor: int, reasons: Iterable[Reason]) -> int:
    """What nothing explains, of the same sign as the difference."""
    left_minor = abs(variance_minor)
    for reason in reasons:
        left_minor = 0 if reason.most_minor is None else max(0, left_minor - reason.most_minor)
    return left_minor if variance_minor > 0 else -left_minor
