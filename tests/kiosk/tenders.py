"""Validators, tubes and card readers in a test's hand, and a world that has them; they count what really happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from hardware import events as hw
from hardware.commands import (
    Authority,
    CancelCard,
    Command,
    LeaveFloat,
    LoadCard,
    PayCoins,
    RefundCard,
    RequestCard,
    ReturnNote,
    SetAccept,
    SettleCard,
    StackNote,
)
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions
from kiosk.core.fold import check
from kiosk.core.state import AcceptorBook
from tests.kiosk.devices import Acceptor, Cut, Hopper, Tell
from tests.kiosk.world import COIN_VALUES, HOPPER_VALUES, KEY, RULES, Happened, World

NOTE_VALUES: Final = {1: 500, 2: 1000}
TUBES: Final = {"tube-10": 10, "tube-50": 50}
RECYCLER: Final = "recycler"
FED: Final = {"coin": {1: "tube-10", 3: "tube-50"}, "notes": {1: RECYCLER}}
"""Coins of 10 and 50 fall into tubes, notes of 500 into a recycler; everything else into the box or the stacker."""

ALL: Final = ("coin", *HOPPER_VALUES, "tube-10", "tube-50", RECYCLER, "notes", "card", "coils", "printer")
PUBLIC: Final = KEY.verify_key.encode().hex()


@dataclass
class SortingAcceptor(Acceptor):
    """A coin acceptor whose sorter leads some coins into tubes; with tubes it may keep no counts, as a changer does."""

    into: dict[int, str] = field(default_factory=dict)
    tubes: dict[str, Tube] = field(default_factory=dict)

    def drop(self, value_minor: int) -> int:
        counter = super().drop(value_minor)
        tube = self.into.get(next(place for place, value in self.coins.items() if value == value_minor))
        if counter and tube:
            self.box_minor -= value_minor
            self.tubes[tube].fall()
        return counter

    def event(self, counter: int, position: int) -> hw.CoinAccepted:
        return replace(super().event(counter, position), into=self.into.get(position, ""))


@dataclass
class Tube(Hopper):
    """A tube or recycler: it counts its pieces exactly, and keeps no lifetime count."""

    paid_total: int | None = None
    keeps_level: bool = True
    taken_minor: int = 0
    """What fell in since the world began."""
    boxed_minor: int = 0
    """What it sent into its validator's stacker."""
    next_move: str = "moves"
    """What the next order to leave a float leads to: moves, jams (one piece goes), is_silent (all go, nobody is told),
    cannot_tell (nothing goes, and nobody is told)."""

    @property
    def level(self) -> int | None:
        return self.qty if self.keeps_level else None

    def fall(self) -> None:
        self.qty += 1
        self.taken_minor += self.value_minor

    def answer(self, tell: Tell) -> None:
        def with_level(event: hw.DeviceEvent) -> None:
            assert isinstance(event, hw.HopperIdentified)
            tell(replace(event, level=self.level))

        super().answer(with_level)

    def pay(self, command: PayCoins, *, tray: list[int], cut: Cut, tell: Tell) -> None:
        def with_level(event: hw.DeviceEvent) -> None:
            tell(replace(event, level=self.level) if isinstance(event, hw.CoinsPaid) else event)

        super().pay(command, tray=tray, cut=cut, tell=with_level)

    def leave_float(self, command: LeaveFloat, *, cut: Cut, tell: Tell) -> None:
        does, self.next_move = self.next_move, "moves"
        surplus = max(0, self.qty - command.keep)
        surplus = {"jams": min(1, surplus), "cannot_tell": 0}.get(does, surplus)
        cut("nothing is in the box yet")
        for _ in range(surplus):
            self.qty -= 1
            self.boxed_minor += self.value_minor
            cut("a piece is in the box")
        fault = hw.Fault.JAM if does == "jams" else None
        match does:
            case "is_silent":
                pass
            case "cannot_tell":
                tell(hw.PiecesMoved(self.name, command.job, None, None, hw.Fault.NO_REPLY))
            case _:
                tell(hw.PiecesMoved(self.name, command.job, surplus, self.level, fault))


@dataclass
class Validator:
    """A note validator with an escrow; ``kept_total`` survives a power cut, its event numbers are its driver's."""

    name: str
    notes: dict[int, int]
    into: dict[int, Tube]
    serial: int = 900
    kept_total: int | None = 40
    """All notes ever kept; with ``is_counting_inside`` it counts what lies in its stacker and recyclers instead."""
    is_counting_inside: bool = False
    stacker_qty: int = 0
    positions: tuple[int, ...] = ()
    escrow: int = 0
    stacker_minor: int = 0
    hand: list[int] = field(default_factory=list)
    """Notes that came back."""
    taken_minor: int = 0
    at_power_up: str = "returns"
    """What it does with a note in escrow when the power comes back: returns, holds or stacks."""
    next_stack: str = "stacks"
    """What the next order to keep a note leads to: stacks, returns, waits, jams (the note stays), hides (it is in, untold)."""
    says_returned: bool | None = True
    """What it says of a note that it refuses."""
    next_return: str = "returns"
    """What the next order to give one back leads to: returns, stacks, jams."""
    event_no: int = 0
    epoch: int = 1
    late: list[hw.DeviceEvent] = field(default_factory=list)
    """Words that it has not said yet."""

    @property
    def recycled(self) -> int | None:
        return sum(tube.qty for tube in self.into.values()) if self.is_counting_inside else None

    @property
    def counted(self) -> int | None:
        """Its count of notes kept, as it tells it."""
        return self.kept_total if self.recycled is None else self.stacker_qty + self.recycled

    def answer(self, tell: Tell, book: AcceptorBook | None) -> None:
        self.positions = ()
        if book is not None and book.serial == self.serial:
            self.epoch, self.event_no = book.device_epoch, book.event_no
        elif book is not None:
            self.epoch, self.event_no = book.device_epoch + 1, 0
        tell(
            hw.AcceptorIdentified(
                self.name,
                serial=self.serial,
                device_epoch=self.epoch,
                event_no=self.event_no,
                accept_counts=None,
                restarted=False,
                kind=hw.DeviceKind.NOTE_VALIDATOR,
                kept_total=self.counted,
                recycled=self.recycled,
            )
        )
        if self.escrow:
            self._offer(tell)

    def _offer(self, tell: Tell) -> None:
        position = self.escrow
        tell(hw.NoteEscrowed(self.name, position, self.notes[position], "EUR", kept_total=self.counted))

    def insert(self, value_minor: int, tell: Tell) -> bool:
        """Push a note in; whether it lies in escrow now."""
        position = next(place for place, value in self.notes.items() if value == value_minor)
        if position not in self.positions or self.escrow:
            self.hand.append(value_minor)
            tell(hw.NoteRefused(self.name, code=7, fault=hw.Fault.REFUSED, is_returned=self.says_returned))
            return False
        self.escrow = position
        self._offer(tell)
        return True

    def keep(self) -> None:
        """The note in escrow goes in, told or not."""
        position, self.escrow = self.escrow, 0
        value_minor = self.notes[position]
        self.taken_minor += value_minor
        if position in self.into:
            self.into[position].fall()
        else:
            self.stacker_minor += value_minor
            self.stacker_qty += 1
        if self.kept_total is not None:
            self.kept_total += 1

    def stacked(self, position: int, job: str) -> hw.NoteStacked:
        self.event_no += 1
        return hw.NoteStacked(
            self.name,
            serial=self.serial,
            device_epoch=self.epoch,
            event_no=self.event_no,
            position=position,
            value_minor=self.notes[position],
            currency="EUR",
            into=self.into[position].name if position in self.into else "",
            job=job,
            kept_total=self.counted,
        )

    def give_back(self) -> None:
        self.hand.append(self.notes[self.escrow])
        self.escrow = 0

    def obey(self, command: StackNote | ReturnNote, *, cut: Cut, tell: Tell) -> None:
        is_stack = isinstance(command, StackNote)
        does = self.next_stack if is_stack else self.next_return
        self.next_stack, self.next_return = "stacks", "returns"
        position = self.escrow
        cut("the note is about to move")
        match does:
            case "stacks" | "hides":
                self.keep()
                cut("the note is in")
                word = self.stacked(position, command.job)
                if does == "stacks":
                    tell(word)
                else:
                    self.late.append(word)
            case "waits":
                return
            case "returns":
                self.give_back()
                cut("the note is out")
                tell(hw.NoteReturned(self.name, position, command.job))
            case _:
                tell(hw.NoteUnknown(self.name, position, hw.Fault.JAM, command.job))

    def lose_power(self) -> None:
        self.positions = ()
        if self.escrow and self.at_power_up == "returns":
            self.give_back()
        elif self.escrow and self.at_power_up == "stacks":
            self.keep()


@dataclass
class Reader:
    """A card reader and the card's side behind it: what was really charged and really given back."""

    name: str
    charged_minor: int = 0
    refunded_minor: int = 0
    positions: tuple[int, ...] = ()
    next_request: str = "approves"
    """approves, waits, denies, is_unknown (nothing charged), charges_silently (unknown, and charged)."""
    next_cancel: str = "cancels"
    """cancels, crosses (the approval was on its way), is_silent."""
    next_settle: str = "settles"
    """settles, is_unknown, is_silent."""
    next_refund: str = "refunds"
    """refunds, fails, is_unknown (not given back), refunds_silently (unknown, and given back)."""
    next_load: str = "loads"
    """loads, refuses, is_silent (not loaded), loads_silently (unknown, and loaded)."""
    loaded_minor: int = 0
    discount_minor: int = 0
    open: tuple[str, int] | None = None
    last_charge_minor: int = 0

    def answer(self, tell: Tell) -> None:
        self.open, self.positions = None, ()
        tell(hw.CardReaderIdentified(self.name, serial=55, can_refund=True, restarted=True))

    def _charge(self, minor: int) -> None:
        self.charged_minor += minor
        self.last_charge_minor = minor

    def approve(self, tell: Tell, cut: Cut) -> None:
        """The card was shown, and its side says yes."""
        assert self.open is not None
        job, asked_minor = self.open
        self.open = None
        charge_minor = asked_minor - self.discount_minor
        self._charge(charge_minor)
        cut("the card is charged")
        tell(hw.CardApproved(self.name, job, charge_minor))

    def obey(self, command: Command, *, cut: Cut, tell: Tell) -> None:
        match command:
            case RequestCard():
                does, self.next_request = self.next_request, "approves"
                self.open = (command.job, command.amount_minor)
                cut("the card is about to be asked")
                self._answer_request(does, command.job, cut, tell)
            case CancelCard():
                does, self.next_cancel = self.next_cancel, "cancels"
                if does == "crosses":
                    self.approve(tell, cut)
                elif does == "cancels":
                    self.open = None
                    tell(hw.CardCancelled(self.name, command.job))
            case LoadCard():
                self._load(command, cut, tell)
            case SettleCard():
                does, self.next_settle = self.next_settle, "settles"
                cut("the charge is about to be made final")
                if does == "settles":
                    tell(hw.CardSettled(self.name, command.job))
                elif does == "is_unknown":
                    tell(hw.CardUnknown(self.name, command.job, hw.Fault.NO_REPLY))
            case RefundCard():
                does, self.next_refund = self.next_refund, "refunds"
                cut("the charge is about to go back")
                self._answer_refund(does, command.job, cut, tell)

    def _load(self, command: LoadCard, cut: Cut, tell: Tell) -> None:
        does, self.next_load = self.next_load, "loads"
        cut("the card is about to be loaded")
        if does in {"loads", "loads_silently"}:
            self.loaded_minor += command.amount_minor
            cut("the money is on the card")
        if does == "loads":
            tell(hw.CardLoaded(self.name, command.job, command.amount_minor))
        elif does == "refuses":
            tell(hw.CardLoadRefused(self.name, command.job))
        elif does == "loads_silently":
            tell(hw.CardLoadUnknown(self.name, command.job, hw.Fault.NO_REPLY))

    def _answer_request(self, does: str, job: str, cut: Cut, tell: Tell) -> None:
        match does:
            case "approves":
                self.approve(tell, cut)
            case "denies":
                self.open = None
                tell(hw.CardDenied(self.name, job))
            case "charges_silently":
                assert self.open is not None
                self._charge(self.open[1])
                self.open = None
                tell(hw.CardUnknown(self.name, job, hw.Fault.NO_REPLY))
            case "is_unknown":
                self.open = None
                tell(hw.CardUnknown(self.name, job, hw.Fault.NO_REPLY))

    def _answer_refund(self, does: str, job: str, cut: Cut, tell: Tell) -> None:
        if does in {"refunds", "refunds_silently"}:
            self.refunded_minor += self.last_charge_minor
            cut("the charge went back")
        match does:
            case "refunds":
                tell(hw.CardRefunded(self.name, job))
            case "fails":
                tell(hw.CardRefundFailed(self.name, job, hw.Fault.REFUSED))
            case _:
                tell(hw.CardUnknown(self.name, job, hw.Fault.NO_REPLY))


class TenderWorld(World):
    """A kiosk that also takes notes and cards, and whose coins and notes fall into tubes and a recycler."""

    validator: Validator
    reader: Reader

    def furnish(self) -> None:
        tubes = {
            name: Tube(name, value, serial=200 + place)
            for place, (name, value) in enumerate({**TUBES, RECYCLER: 500}.items())
        }
        self.hoppers.update(tubes)
        acceptor = SortingAcceptor("coin", dict(COIN_VALUES), into=dict(FED["coin"]), tubes=tubes)
        acceptor.totals = self.acceptor.totals
        self.acceptor = acceptor
        self.validator = Validator("notes", dict(NOTE_VALUES), into={1: tubes[RECYCLER]})
        self.reader = Reader("card")
        self.shop = replace(
            self.shop,
            rules=replace(
                RULES,
                hoppers={**HOPPER_VALUES, **TUBES, RECYCLER: 500},
                notes={"notes": NOTE_VALUES},
                into=FED,
                readers=("card",),
                loaders=("card",),
                boxes={RECYCLER: "stacker.notes"},
            ),
        )

    def start(self, *, answering: tuple[str, ...] = ALL) -> None:
        super().start(answering=answering)

    def crash(self, *, answering: tuple[str, ...] = ALL) -> None:
        super().crash(answering=answering)

    def power_cut(self) -> None:
        super().power_cut()
        self.validator.lose_power()

    def answer(self, *names: str) -> None:
        for name in names:
            if name == "notes":
                self.validator.answer(self.tell, self.state.acceptors.get("notes"))
                self.work()
            elif name == "card":
                self.reader.answer(self.tell)
                self.work()
            else:
                super().answer(name)

    def stock(self, *, coins: int, goods: int) -> None:
        """The clerk fills the tubes too; the recycler starts empty."""
        recycler = self.hoppers.pop(RECYCLER)
        super().stock(coins=coins, goods=goods)
        self.hoppers[RECYCLER] = recycler
        self.ask(ev.ClerkEntered("clerk"))
        for name in TUBES:
            # The tube counted its coins by itself while the clerk's hand was in it.
            self.step(hw.HopperCounted(name, self.hoppers[name].qty))
        self.ask(ev.ClerkLeft("clerk"))

    def _tell_acceptor(self) -> None:
        super()._tell_acceptor()
        wanted = accepted_positions(self.state, self.shop.rules, self.now_ms)
        for device in (self.validator, self.reader):
            if device.name in self.state.awaited:
                device.positions = wanted[device.name]

    def request(self, command: Command, authority: Authority | None) -> None:
        match command:
            case (
                StackNote()
                | ReturnNote()
                | RequestCard()
                | CancelCard()
                | SettleCard()
                | RefundCard()
                | LoadCard()
            ):
                assert authority is not None
                # Giving back is never too early; everything else waits for the end of recovery.
                what = "give back" if isinstance(command, ReturnNote | RefundCard | CancelCard) else "request"
                name = f"{type(command).__name__} {command.job}"
                assert name not in {line.names[0] for line in self.diary}, "no job is sent twice"
                self.diary.append(Happened(what, (name,), self.boots))
                device = self.validator if isinstance(command, StackNote | ReturnNote) else self.reader
                device.obey(command, cut=self.cut, tell=self.tell)  # type: ignore[arg-type]  # each gets its own commands
            case LeaveFloat():
                assert authority is not None
                self.diary.append(Happened("request", (f"LeaveFloat {command.job}",), self.boots))
                tube = self.hoppers[command.device]
                assert isinstance(tube, Tube)
                tube.leave_float(command, cut=self.cut, tell=self.tell)
            case SetAccept() if command.device != "coin":
                pass
            case _:
                super().request(command, authority)

    # --- hands --------------------------------------------------------------------------------------------------------

    def note(self, value_minor: int, *, is_late: bool = False) -> bool:
        """A shopper pushes a note in, which takes a while; whether the validator pulled it into escrow.

        ``is_late``: it was pulled in before the validator heard that it must not.
        """
        self.pass_time(1_000)
        if is_late:
            self.validator.positions = tuple(self.validator.notes)
        was_pulled = self.validator.insert(value_minor, self.inbox.append)
        self.cut("a note lies in escrow")
        self.work()
        return was_pulled

    def card(self) -> str:
        """A shopper taps "card"; the job of the request, empty when it was refused."""
        before = len(self.diary)
        self.tap(ev.CardTapped)
        asked = [line.names[0] for line in self.diary[before:] if line.names[0].startswith("RequestCard ")]
        return asked[0].removeprefix("RequestCard ") if asked else ""

    # --- looking ------------------------------------------------------------------------------------------------------

    @property
    def put_in_minor(self) -> int:
        """Everything that shoppers really gave: coins, notes, charges."""
        tubes_minor = sum(tube.taken_minor for tube in self.hoppers.values() if isinstance(tube, Tube))
        notes_minor = self.validator.stacker_minor
        return self.acceptor.box_minor + tubes_minor + notes_minor + self.reader.charged_minor

    def lost_minor(self) -> int:
        """What notes and requests lost sight of may have brought."""
        notes_minor = sum(fact.value_minor for fact in self.facts(f.NoteLost) if isinstance(fact, f.NoteLost))
        cards_minor = sum(
            fact.amount_minor
            for fact in self.facts(f.CardLost)
            if isinstance(fact, f.CardLost) and not fact.is_charged
        )
        return notes_minor + cards_minor

    def audit(self, *, goods_taken_minor: int = 0) -> None:
        """Both sums: what lies in each container, and what shoppers gave against what they got or are owed."""
        check(self.state)
        assert self.verify().problems == ()
        report = audit_journal(self.folder / "kiosk.db", public_key=PUBLIC)
        assert report.problems == (), [str(problem) for problem in report.problems]
        cash = self.state.cash
        lost = {fact.value_minor for fact in self.facts(f.NoteLost) if isinstance(fact, f.NoteLost)}
        has_uncertain = any(
            not fact.is_certain for fact in self.facts(f.DebtRecorded) if isinstance(fact, f.DebtRecorded)
        )
        assert cash.get("box", 0) == self.acceptor.box_minor, "the cash box"
        if 1000 not in lost:
            recycler = self.hoppers[RECYCLER]
            assert isinstance(recycler, Tube)
            stacker_minor = self.validator.stacker_minor + recycler.boxed_minor
            assert cash.get("stacker.notes", 0) == stacker_minor, "the stacker"
        for name, hopper in self.hoppers.items():
            if (hopper.value_minor in lost or hopper.cannot_tell) and name == RECYCLER:
                continue
            assert self.state.hoppers[name].qty == hopper.qty, name
            assert cash.get(f"hopper.{name}", 0) == hopper.qty * hopper.value_minor, name
        totals = self.state.totals
        given_minor = self.tray_minor + self.goods_minor() + goods_taken_minor + self.reader.refunded_minor
        given_minor += self.reader.loaded_minor
        theirs_minor = totals.owed + totals.held + totals.suspense + self.lost_minor()
        if has_uncertain:
            assert self.put_in_minor <= given_minor + theirs_minor, "a shopper lost money"
        else:
            assert self.put_in_minor + totals.granted == given_minor + theirs_minor, (
                "money in is money out and money owed"
            )
        acts = self.physical_acts()
        assert len(acts) == len(set(acts)), "no job is sent twice"
        self._audit_boots()
