"""The auditor of a simulated world: counts what is physically there and compares it with the audited books.

The physical side is read from the simulators' own memory and from what passed through people's hands; the books side is the
report of `kiosk.audit.walk.audit_journal` on the stored bytes. Nothing of the till is asked. A difference is accepted only
where the journal itself recorded that it could not know: a possible-swallowed window, a payout or vend with an unknown end,
coins that a device says left without a job. What is left is *unaccounted*, and must be 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from kiosk.audit.findings import spell_money
from kiosk.audit.report import AuditReport, LostPayout, Window, place_of

COINS_PER_POLL: Final = 8
"""The fault model drops at most so many coins between two polls: what one window of unknown size may hide."""

PIECES_PER_TURN: Final = 2
"""A motor that passes its home switch drops a second piece before it is given up."""

BOX: Final = "box"
CARDS: Final = "clearing.card"
LOADS: Final = "load.card"
"""What cards were charged, as the accounts behind them say."""
Place = tuple[int, int]
"""An entry's epoch and sequence number."""

NO_BOUND: Final = 1 << 62
LAST: Final[Place] = (NO_BOUND, 0)


@dataclass(frozen=True, slots=True)
class CashCount:
    """Money that physically lies in a container.

    ``container`` is the ledger's name (``box``, ``hopper.<device>``) or a bag (``transit.<collection>``). ``hidden_minor`` is
    what the world itself put in (above 0) or took out past every sensor and every entry: a hand in the bowl, coins poured in and
    not typed. It is no fault of the books, and is told apart. ``box`` is the container that a device sends its pieces into when
    a clerk asks; empty where it has none.
    """

    container: str
    minor: int
    hidden_minor: int = 0
    box: str = ""


@dataclass(frozen=True, slots=True)
class GoodsCount:
    """Pieces that physically are in a slot; up to ``gone_qty`` of those missing fell past every sensor (the world let them)."""

    slot: str
    qty: int
    gone_qty: int = 0


@dataclass(frozen=True, slots=True)
class Shopper:
    """What passed through one person's hands, between two heads of the journal (after the first, up to the second).

    Attributes:
        name: For the report.
        put_in_minor: Every coin that went from their hand into the slot.
        got_back_minor: Every coin that came out for them, from the return tray and from the payout trays.
        goods_minor: Price of the pieces that fell for them.
        shelf_minor: Price of what they kept from the shelf; None: exactly what their receipts say (nothing else can see a shelf).
        windfall_minor: Worth of what the world gave them past every sensor (a second piece, an extra coin).
        from_entry: The head when they came.
        until_entry: The head when the next one came.
    """

    name: str
    put_in_minor: int
    got_back_minor: int
    goods_minor: int = 0
    shelf_minor: int | None = None
    windfall_minor: int = 0
    from_entry: Place = (0, 0)
    until_entry: Place = LAST


@dataclass(frozen=True, slots=True)
class VendorsHands:
    """Coins that the vendor's people brought (into hoppers) and carried off (out of the cash box, or anything else)."""

    brought_minor: int = 0
    carried_off_minor: int = 0


NOTHING_MOVED: Final = VendorsHands()


@dataclass(frozen=True, slots=True)
class PhysicalCount:
    """Everything that was counted.

    ``strays_minor`` lies in no container of the books: coins in trays, stuck, or swallowed by the acceptor. ``brought_minor`` is
    what the vendor's people brought, ``carried_off_minor`` what they took away. ``largest_coin_minor`` bounds what a window can
    hide, ``largest_note_minor`` what one of a note validator can; 0: no bound by value.
    """

    cash: tuple[CashCount, ...]
    goods: tuple[GoodsCount, ...] = ()
    shoppers: tuple[Shopper, ...] = ()
    strays_minor: int = 0
    brought_minor: int = 0
    carried_off_minor: int = 0
    largest_coin_minor: int = 0
    largest_note_minor: int = 0


@dataclass(frozen=True, slots=True)
class Explanation:
    """A difference that the journal itself recorded as one, or that the world says nobody could see."""

    what: str
    minor: int
    words: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounts:
    """The auditor's answer. ``unaccounted_minor`` and ``unaccounted_pieces`` must be 0.

    Attributes:
        unaccounted_minor: The greater of what containers and what shoppers leave unexplained (one lost coin is both).
        suspense_minor: Found, gone and dropped money together; parts never net each other out.
        uncertain_owed_minor: Debts that were uncertain when they were recorded.
        goodwill_minor: Granted by the vendor.
        swallowed_minor: Coins in containers that only possible-swallowed windows explain.
        hidden_minor: What the world did past every sensor, all containers.
    """

    unaccounted_minor: int
    unaccounted_pieces: int
    suspense_minor: int
    uncertain_owed_minor: int
    goodwill_minor: int
    swallowed_minor: int
    hidden_minor: int
    explanations: tuple[Explanation, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """Something written down that explains at most ``most_minor``; ``entry`` is empty for what the world itself knows."""

    most_minor: int
    words: str
    entry: str


def _account_of(count: CashCount) -> str:
    """The account that a container's money stands in."""
    is_elsewhere = count.container.startswith("transit.") or count.container in {CARDS, LOADS}
    return count.container if is_elsewhere else f"cash.{count.container}"


@dataclass(slots=True)
class _Comparison:
    """One audit in the making."""

    report: AuditReport
    counts: PhysicalCount
    explanations: list[Explanation] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    cash_minor: int = 0
    shoppers_minor: int = 0
    pieces: int = 0
    swallowed_minor: int = 0
    used: dict[str, int] = field(default_factory=dict)

    def money(self, minor: int) -> str:
        return spell_money(minor, self.report.currency, self.report.exponent)

    # --- containers ---------------------------------------------------------------------------------------------------

    def compare_cash(self) -> None:
        """Each container: what lies in it against what the books say."""
        counted = set()
        taken_minor = self._taken_before_a_move()
        for count in self.counts.cash:
            account = _account_of(count)
            counted.add(account)
            if count.hidden_minor:
                words = "the world's own doing, past every sensor"
                self.explanations.append(Explanation(count.container, count.hidden_minor, words))
            rest_minor = self._rest_minor(count) - taken_minor.get(count.container, 0)
            rest_minor -= self._by_refills(count.container, rest_minor)
            if rest_minor > 0 and count.container == BOX:
                rest_minor -= self._by_windows(BOX, rest_minor)
            elif rest_minor < 0 and count.container.startswith("hopper."):
                rest_minor += self._by_lost_payouts(count.container, -rest_minor)
            elif count.container == CARDS:
                # Charged and never told, or given back and never told: either way it was owed, uncertain.
                part = self._by_debts(count.container, "card_unknown", abs(rest_minor))
                rest_minor -= part if rest_minor > 0 else -part
            elif rest_minor < 0 and count.container == LOADS:
                rest_minor += self._by_debts(count.container, "load_unknown", -rest_minor)
            elif rest_minor > 0 and count.container.startswith("stacker."):
                rest_minor -= self._by_debts(count.container, "note_unknown", rest_minor)
                rest_minor -= self._by_windows(count.container, rest_minor)
            if rest_minor:
                self.cash_minor += abs(rest_minor)
                side = "more" if rest_minor > 0 else "less"
                self.problems.append(
                    f"{count.container} holds {self.money(abs(rest_minor))} {side} than the books can explain"
                )
        for account, minor in self.report.accounts.items():
            if account.startswith("cash.") and account not in counted:
                self.cash_minor += abs(minor)
                self.problems.append(f"the books say {self.money(minor)} in {account}, and nobody counted it")

    def _rest_minor(self, count: CashCount) -> int:
        """What lies in a container beyond the books and the world's own doing."""
        return count.minor - count.hidden_minor - self.report.accounts.get(_account_of(count), 0)

    def _taken_before_a_move(self) -> Mapping[str, int]:
        """Container -> how much of its rest is pieces that a hand took and the device believed to send into its box later.

        The device tells both ends of such a move, so the lack goes from the one to the other, and no further than what was taken.
        """
        moved: Counter[str] = Counter()
        rests = {count.container: self._rest_minor(count) for count in self.counts.cash}
        for count in self.counts.cash:
            lacks_minor = -(rests.get(count.box, 0) - moved[count.box])
            part = min(rests[count.container], -count.hidden_minor, lacks_minor)
            if part > 0:
                moved[count.container] += part
                moved[count.box] -= part
                words = "taken by a hand; the device believed to send it into its box"
                self.explanations.append(Explanation(count.box, -part, words))
        return moved

    def _by_windows(self, container: str, minor: int) -> int:
        """How much of a surplus the windows since the last emptying can explain, of the devices whose money lies there."""
        windows = [
            window
            for window in self.report.windows
            if not window.is_collected and container == _home_of(window, self.counts)
        ]
        if not windows or not minor:
            return 0
        most_each = [_most_in(window, self.counts) for window in windows]
        part = min(minor, sum(most_each)) if all(most_each) else minor
        self.swallowed_minor += part
        names = tuple(window.entry for window in windows)
        words = "coins of possible-swallowed windows"
        if container != BOX:
            words = "notes of possible-swallowed windows"
        self.explanations.append(Explanation(container, part, words, names))
        return part

    def _by_refills(self, container: str, rest_minor: int) -> int:
        """How much of a rest is a refill of a tube that counts itself, typed in and not counted yet, or the other way round.

        Until the tube begins anew nobody knows better; then the till books what is not there.
        """
        differing = next((each for each in self.report.levels if f"hopper.{each.device}" == container), None)
        if differing is None:
            return 0
        typed_minor = differing.typed * differing.value_minor
        if rest_minor * typed_minor >= 0:
            return 0
        part = max(rest_minor, -typed_minor) if rest_minor < 0 else min(rest_minor, -typed_minor)
        words = "a refill that was typed in and not counted yet, or counted and not typed in"
        self.explanations.append(Explanation(container, part, words))
        return part

    def _by_lost_payouts(self, container: str, minor: int) -> int:
        """How much of a lack the payouts with an unknown end can explain."""
        lost = [each for each in self.report.lost_payouts if f"hopper.{each.device}" == container]
        part = min(minor, sum(self._still_open(each) for each in lost))
        if part:
            names = tuple(each.entry for each in lost)
            self.explanations.append(
                Explanation(container, -part, "coins of payouts with an unknown end", names)
            )
        return part

    def _by_debts(self, container: str, reason: str, minor: int) -> int:
        """How much the uncertain debts of this reason can explain; each only once."""
        part = 0
        for debt in self.report.debts:
            if debt.reason == reason and not debt.was_certain:
                used_minor = self.used.get(f"{container} {debt.entry}", 0)
                step = min(minor - part, debt.amount_minor - used_minor)
                if step > 0:
                    self.used[f"{container} {debt.entry}"] = used_minor + step
                    words = "money of a note or card that nobody could say the end of"
                    self.explanations.append(Explanation(container, step, words, (debt.entry,)))
                    part += step
        return part

    def _still_open(self, lost: LostPayout) -> int:
        """What of a lost payout was not booked later, when the hopper could tell after all."""
        booked = sum(gone.amount_minor for gone in self.report.coins_gone if gone.job == lost.job)
        return max(0, lost.most_minor - booked)

    def check_world(self) -> None:
        """Coins do not come from nowhere: if the world's own sums differ, the count is wrong and not the books."""
        counts = self.counts
        came = counts.brought_minor + sum(shopper.put_in_minor for shopper in counts.shoppers)
        cash = sum(count.minor for count in counts.cash if not count.container.startswith("transit."))
        back = sum(shopper.got_back_minor for shopper in counts.shoppers)
        went = cash + counts.strays_minor + counts.carried_off_minor + back
        if counts.shoppers and came != went:
            self.problems.append(
                f"the count itself is wrong: {self.money(came)} came into this world, {self.money(went)} is somewhere in it"
            )
            self.cash_minor += abs(came - went)

    # --- goods --------------------------------------------------------------------------------------------------------

    def compare_goods(self) -> None:
        """Each slot: pieces that are there against pieces that should be."""
        for count in self.counts.goods:
            rest = count.qty - self.report.stock.get(count.slot, 0)
            rest += min(max(0, -rest), count.gone_qty)
            doubts = [
                doubt
                for doubt in self.report.vends_in_doubt
                if doubt.slot == count.slot and not doubt.is_counted
            ]
            fewer = [doubt for doubt in doubts if doubt.outcome != "unseen"]
            more = [doubt for doubt in doubts if doubt.outcome in {"unseen", "mistaken"}]
            part = min(-rest, PIECES_PER_TURN * len(fewer)) if rest < 0 else -min(rest, len(more))
            if part:
                names = tuple(doubt.entry for doubt in doubts)
                side = "fewer" if part > 0 else "more"
                words = f"{abs(part)} piece(s) {side} than booked: vends that nobody saw the end of"
                self.explanations.append(Explanation(f"slot {count.slot}", 0, words, names))
            rest += part
            if rest:
                self.pieces += abs(rest)
                side = "more" if rest > 0 else "fewer"
                self.problems.append(
                    f"slot {count.slot} holds {abs(rest)} piece(s) {side} than the books can explain"
                )

    # --- shoppers -----------------------------------------------------------------------------------------------------

    def compare_shoppers(self) -> None:
        """Each shopper: money in = goods + change + claims, or more in their favour and recorded as such."""
        index = _Index(self.report, self.counts)
        for shopper in self.counts.shoppers:
            missing_minor = index.missing(shopper)
            if missing_minor > 0:
                missing_minor -= self._explain(shopper, missing_minor, index.losses(shopper))
            elif missing_minor < 0:
                windfall = _Source(shopper.windfall_minor, "windfall: past every sensor", "")
                gifts = [windfall, *index.gifts(shopper)]
                missing_minor += self._explain(shopper, -missing_minor, gifts)
            if missing_minor:
                self.shoppers_minor += abs(missing_minor)
                side = "lost" if missing_minor > 0 else "got beyond what is theirs"
                self.problems.append(
                    f"shopper {shopper.name} {side} {self.money(abs(missing_minor))}, unexplained"
                )

    def _explain(self, shopper: Shopper, minor: int, sources: Iterable[_Source]) -> int:
        """How much of ``minor`` these recorded things explain; each record is used up only once."""
        left = minor
        for source in sources:
            part = min(left, source.most_minor - (self.used.get(source.entry, 0) if source.entry else 0))
            if part > 0:
                entries = (source.entry,) if source.entry else ()
                self.used[source.entry] = self.used.get(source.entry, 0) + part
                self.explanations.append(Explanation(f"shopper {shopper.name}", part, source.words, entries))
                left -= part
        return minor - left


def _home_of(window: Window, counts: PhysicalCount) -> str:
    """Where what a window hides lies: in a note validator's stacker, or in the cash box."""
    stacker = f"stacker.{window.device}"
    return stacker if any(count.container == stacker for count in counts.cash) else BOX


def _most_in(window: Window, counts: PhysicalCount) -> int:
    """What a window can hide at most; 0 where the count sets no bound. Notes come one at a time."""
    if _home_of(window, counts) != BOX:
        return (window.qty or 1) * counts.largest_note_minor
    return (window.qty or COINS_PER_POLL) * counts.largest_coin_minor


class _InTime:
    """Records in the order of their entries, cut out by place."""

    def __init__(self, sources: Iterable[_Source]) -> None:
        self._sources = sorted(sources, key=lambda source: place_of(source.entry))
        self._places = [place_of(source.entry) for source in self._sources]

    def of(self, shopper: Shopper) -> list[_Source]:
        """What was written down in their time."""
        return self._sources[
            bisect_right(self._places, shopper.from_entry) : bisect_right(self._places, shopper.until_entry)
        ]

    def until(self, shopper: Shopper) -> list[_Source]:
        """What was written down until they went, latest first."""
        return self._sources[: bisect_right(self._places, shopper.until_entry)][::-1]


class _Index:
    """The report's records by place, so that each shopper is explained by what was written down in their own time."""

    def __init__(self, report: AuditReport, counts: PhysicalCount) -> None:
        coin_minor = counts.largest_coin_minor or NO_BOUND
        shelf: dict[str, int] = {}
        for sale in report.sales:
            shelf[sale.visit] = shelf.get(sale.visit, 0) + sale.shelf_minor
        self._visits = _InTime(
            _Source(each.redeemed_minor - each.owed_minor - each.remaining_minor, "", name)
            for name, each in report.visits.items()
        )
        self._shelf = _InTime(_Source(minor, "", visit) for visit, minor in shelf.items())
        self._tested = _InTime(_aside(report, "tested", "a clerk's own coins"))
        self._losses = _InTime(
            (
                *_aside(report, "found", "found and belonging to nobody: suspense"),
                *(
                    _Source(_most_in(window, counts) or NO_BOUND, "a possible-swallowed window", window.entry)
                    for window in report.windows
                ),
                *(
                    _Source(coin_minor, "a coin that the acceptor did not give back for certain", each.entry)
                    for each in report.coins_not_back
                ),
                *_doubts(report, "unseen", "goods that only the motor says were delivered"),
                *_doubts(report, "mistaken", "goods seen falling that may have hung elsewhere before"),
            )
        )
        self._gifts = _InTime(
            (
                *(
                    _Source(debt.amount_minor, "an uncertain debt beside what was delivered", debt.entry)
                    for debt in report.debts
                    if not debt.was_certain
                ),
                *(
                    _Source(gone.amount_minor, "coins that left a hopper without a job", gone.entry)
                    for gone in report.coins_gone
                ),
                *(
                    _Source(each.amount_minor, "a charge of less than was asked for", each.entry)
                    for each in report.discounts
                ),
            )
        )
        self._hanging = _InTime(_doubts(report, "failed", "goods that the machine said had not fallen"))

    def missing(self, shopper: Shopper) -> int:
        """What went in less what came out and what is written down for them; below 0: they have more."""
        shelf_minor = shopper.shelf_minor
        if shelf_minor is None:
            shelf_minor = sum(source.most_minor for source in self._shelf.of(shopper))
        written_minor = sum(source.most_minor for source in self._visits.of(shopper))
        tested_minor = sum(source.most_minor for source in self._tested.of(shopper))
        came_out_minor = shopper.got_back_minor + shopper.goods_minor + shelf_minor + tested_minor
        return shopper.put_in_minor + written_minor - came_out_minor

    def losses(self, shopper: Shopper) -> list[_Source]:
        """What the journal recorded in their time that may have cost them money."""
        return self._losses.of(shopper)

    def gifts(self, shopper: Shopper) -> list[_Source]:
        """What may have given them more than they paid for; goods that hung fall for whoever comes next."""
        return self._gifts.of(shopper) + self._hanging.until(shopper)


def _aside(report: AuditReport, how: str, words: str) -> Iterator[_Source]:
    for each in report.coins_aside:
        if each.how == how:
            yield _Source(each.amount_minor, words, each.entry)


def _doubts(report: AuditReport, outcome: str, words: str) -> Iterator[_Source]:
    for each in report.vends_in_doubt:
        if each.outcome == outcome:
            yield _Source(each.price_minor, words, each.entry)


def audit_world(report: AuditReport, counts: PhysicalCount) -> Accounts:
    """Compare the audited books with what was counted; the report's own problems are taken over."""
    comparison = _Comparison(report, counts)
    comparison.problems += [str(problem) for problem in report.problems]
    comparison.check_world()
    comparison.compare_cash()
    comparison.compare_goods()
    comparison.compare_shoppers()
    figures = report.figures
    found_minor = sum(each.amount_minor for each in report.coins_aside if each.how == "found")
    return Accounts(
        unaccounted_minor=max(comparison.cash_minor, comparison.shoppers_minor),
        unaccounted_pieces=comparison.pieces,
        suspense_minor=found_minor + figures.gone_minor + figures.dropped_minor,
        uncertain_owed_minor=figures.uncertain_ever_minor,
        goodwill_minor=figures.goodwill_minor,
        swallowed_minor=comparison.swallowed_minor,
        hidden_minor=sum(abs(count.hidden_minor) for count in counts.cash),
        explanations=tuple(comparison.explanations),
        problems=tuple(comparison.problems),
    )


# --- reading the simulators' own memory -------------------------------------------------------------------------------

Snapshot = Mapping[str, object]
"""What a simulator's ``snapshot()`` gives."""


def _coins(snapshot: Snapshot, *places: str) -> int:
    """Worth of an acceptor's coins in these places."""
    values = cast("Mapping[str, int]", snapshot["value_minor"])
    return sum(
        values[position] * qty
        for place in places
        for position, qty in cast("Mapping[str, int]", snapshot[place]).items()
    )


def count_devices(  # noqa: PLR0913 - each kind of device is counted in its own way
    *,
    acceptors: Iterable[Snapshot],
    hoppers: Mapping[str, Snapshot],
    boards: Iterable[Snapshot] = (),
    slots: Mapping[str, int] | None = None,
    shoppers: Iterable[Shopper] = (),
    vendor: VendorsHands = NOTHING_MOVED,
    hidden_minor: Mapping[str, int] | None = None,
    validators: Mapping[str, Snapshot] | None = None,
    charged_minor: int | None = None,
    machines: Iterable[Snapshot] = (),
    machine_slots: Mapping[str, int] | None = None,
    boxes: Mapping[str, str] | None = None,
    loaded_minor: int = 0,
) -> PhysicalCount:
    """Count a world at rest (nothing falling, nothing paying) from its simulators' snapshots.

    Args:
        acceptors: All of them; their coins fall into the one cash box.
        hoppers: Device name -> snapshot.
        boards: Coil boards.
        slots: Slot -> coil number, for goods.
        shoppers: What passed through people's hands.
        vendor: What the vendor's people moved.
        hidden_minor: Container -> what the world did to it past every sensor and every entry, see `CashCount`.
        validators: Note validator -> snapshot.
        loaded_minor: What was put onto all cards: owed to their side.
        charged_minor: What all cards were charged, less what was given back; None where no card is taken.
        machines: Old machines that sell for the kiosk.
        machine_slots: Slot -> item of an old machine.
        boxes: Recycler or coin unit -> the container that it sends its pieces into.
    """
    hidden = hidden_minor or {}
    acceptors, boards = tuple(acceptors), tuple(boards)
    box_minor = sum(_coins(each, "cash_box") for each in acceptors) + sum(
        cast("int", snapshot["value_minor"]) * cast("int", snapshot["boxed"])
        for device, snapshot in hoppers.items()
        if (boxes or {}).get(device) == BOX
    )
    cash = [CashCount(BOX, box_minor, hidden.get(BOX, 0))]
    strays_minor = sum(_coins(each, "tray", "swallowed", "stuck") for each in acceptors)
    for device, snapshot in sorted(hoppers.items()):
        value_minor = cast("int", snapshot["value_minor"])
        name = f"hopper.{device}"
        inside_minor = value_minor * cast("int", snapshot["inside"])
        cash.append(CashCount(name, inside_minor, hidden.get(name, 0), (boxes or {}).get(device, "")))
        strays_minor += value_minor * cast("int", snapshot["tray"])
    largest_note_minor = 0
    for device, snapshot in sorted((validators or {}).items()):
        notes = cast("Mapping[str, int]", snapshot["value_minor"])
        largest_note_minor = max(largest_note_minor, *notes.values())
        name = f"stacker.{device}"
        cash.append(CashCount(name, _coins(snapshot, "stacker"), hidden.get(name, 0)))
        strays_minor += _coins(snapshot, "hand", "lost")
    if charged_minor is not None:
        cash.append(CashCount(CARDS, charged_minor))
        cash.append(CashCount(LOADS, -loaded_minor))
    goods = [
        GoodsCount(
            slot,
            sum(_pieces(board, coil) for board in bodies),
            sum(cast("Mapping[str, int]", board["extra"]).get(str(coil), 0) for board in bodies),
        )
        for bodies, numbers in ((boards, slots), (tuple(machines), machine_slots))
        for slot, coil in sorted((numbers or {}).items())
    ]
    largest_minor = max(
        (value for each in acceptors for value in cast("Mapping[str, int]", each["value_minor"]).values()),
        default=0,
    )
    return PhysicalCount(
        cash=tuple(cash),
        goods=tuple(goods),
        shoppers=tuple(shoppers),
        strays_minor=strays_minor,
        brought_minor=vendor.brought_minor,
        carried_off_minor=vendor.carried_off_minor,
        largest_coin_minor=largest_minor,
        largest_note_minor=largest_note_minor,
    )


def _pieces(board: Snapshot, coil: int) -> int:
    """Pieces in a coil, the one that hangs at its end among them."""
    places = ("coils", "hanging")
    return sum(cast("Mapping[str, int]", board[place]).get(str(coil), 0) for place in places)
