"""Devices as a till sees them, at the level of events: they have a physical truth of their own and survive the kiosk's death."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware import events as hw
from hardware.commands import PayCoins, Print, SetAccept, TurnCoil
from kiosk.core.state import AcceptorBook

Tell = Callable[[hw.DeviceEvent], None]
Cut = Callable[[str], None]


@dataclass
class Acceptor:
    """A coin acceptor: a volatile event counter, non-volatile accept counts unless it keeps none, and a box below it."""

    name: str
    coins: dict[int, int]
    serial: int = 4711
    counter: int = 0
    totals: dict[int, int] | None = None
    positions: tuple[int, ...] = ()
    box_minor: int = 0
    turned_back: list[int] = field(default_factory=list)
    epoch: int = 0
    base: int = 0
    """Host side: what the driver adds to ``counter`` to unwrap it."""
    ring: list[tuple[int, int]] = field(default_factory=list)
    """(counter, position) of the coins that the device still remembers."""

    def keep_counts(self) -> None:
        self.totals = dict.fromkeys(self.coins, 0)

    def drop(self, value_minor: int) -> int:
        """Drop a coin in; its event number in the device's counter, or 0 when it fell through."""
        position = next(place for place, value in self.coins.items() if value == value_minor)
        if position not in self.positions:
            self.turned_back.append(value_minor)
            return 0
        self.box_minor += value_minor
        self.counter += 1
        if self.totals is not None:
            self.totals[position] += 1
        self.ring.append((self.counter, position))
        return self.counter

    def event(self, counter: int, position: int) -> hw.CoinAccepted:
        return hw.CoinAccepted(
            self.name,
            serial=self.serial,
            device_epoch=self.epoch,
            event_no=self.base + counter,
            position=position,
            value_minor=self.coins[position],
            currency="EUR",
            path=1,
        )

    def answer(self, tell: Tell, book: AcceptorBook | None) -> None:
        """First contact as the driver reports it: with counts the ring is not credited, without them it is."""
        self.positions = ()
        restarted = False
        unread: list[tuple[int, int]] = []
        if book is None:
            self.epoch, self.base = 1, 0
        elif book.serial != self.serial:
            self.epoch, self.base = book.device_epoch + 1, 0
        elif self.base + self.counter < book.event_no:
            self.epoch, self.base, restarted = book.device_epoch + 1, 0, True
            unread = list(self.ring)
        else:
            self.epoch = book.device_epoch
            unread = [(counter, place) for counter, place in self.ring if self.base + counter > book.event_no]
        if self.totals is None:
            for counter, position in unread:
                tell(self.event(counter, position))
        counts = None
        if self.totals is not None:
            counts = tuple(hw.AcceptCount(place, total) for place, total in sorted(self.totals.items()))
        tell(
            hw.AcceptorIdentified(
                self.name,
                serial=self.serial,
                device_epoch=self.epoch,
                event_no=self.base + self.counter,
                accept_counts=counts,
                restarted=restarted,
            )
        )

    def lose_power(self) -> None:
        self.counter = 0
        self.ring.clear()
        self.positions = ()

    def take(self, command: SetAccept) -> None:
        self.positions = command.positions


@dataclass
class Hopper:
    """A hopper with a non-volatile count of coins paid, unless it has none."""

    name: str
    value_minor: int
    qty: int = 0
    serial: int = 0
    paid_total: int | None = 1_000
    low_below: int = 0
    stops_after: int | None = None
    """It runs dry or jams after so many coins of the next job."""
    extra: int = 0
    """Coins that fall with the next job without being asked for."""
    cannot_tell: bool = False
    """The next job ends without anybody knowing what left."""

    def answer(self, tell: Tell) -> None:
        tell(
            hw.HopperIdentified(
                self.name,
                serial=self.serial,
                paid_total=self.paid_total,
                is_low=self.qty < self.low_below if self.low_below else None,
                lost_power=False,
            )
        )

    def _let_one_fall(self, tray: list[int]) -> None:
        self.qty -= 1
        tray.append(self.value_minor)
        if self.paid_total is not None:
            self.paid_total += 1

    def pay(self, command: PayCoins, *, tray: list[int], cut: Cut, tell: Tell) -> None:
        most = min(command.qty, self.qty)
        if self.stops_after is not None:
            most = min(most, self.stops_after)
        for _ in range(most):
            cut(f"{self.name} is about to pay a coin")
            self._let_one_fall(tray)
        for _ in range(self.extra):
            self._let_one_fall(tray)
        paid_qty = most + self.extra
        is_unknown, self.cannot_tell, self.stops_after, self.extra = self.cannot_tell, False, None, 0
        cut(f"{self.name} has paid")
        if is_unknown:
            tell(hw.PayoutUnknown(self.name, command.job, hw.Fault.NO_REPLY))
            return
        fault = hw.Fault.EMPTY if most < command.qty else None
        tell(hw.CoinsPaid(self.name, command.job, paid_qty, self.paid_total, fault))


@dataclass
class Board:
    """A coil board with a drop sensor that remembers nothing."""

    name: str
    qty: dict[int, int] = field(default_factory=dict)
    fallen: list[int] = field(default_factory=list)
    jams: set[int] = field(default_factory=set)
    blind: set[int] = field(default_factory=set)
    """Coils that turn, and whose goods nobody sees fall."""
    hanging: set[int] = field(default_factory=set)
    """Coils whose next piece hangs at its end; it falls instead of the next coil's, which hangs then."""
    hung: list[int] = field(default_factory=list)

    def answer(self, tell: Tell) -> None:
        tell(hw.CoilBoardIdentified(self.name))

    def turn(self, command: TurnCoil, *, cut: Cut, tell: Tell) -> None:
        cut("the coil is about to turn")
        if command.slot in self.jams or not self.qty.get(command.slot):
            tell(hw.VendFailed(self.name, command.job, hw.Fault.JAM))
            return
        self.qty[command.slot] -= 1
        if command.slot in self.hanging:
            self.hung.append(command.slot)
            tell(hw.VendFailed(self.name, command.job, hw.Fault.NOT_SEEN))
            return
        falling = self.hung.pop() if self.hung else command.slot
        if falling != command.slot:
            self.hung.append(command.slot)
        self.fallen.append(falling)
        cut("the goods have fallen")
        if command.slot in self.blind:
            tell(hw.VendUnknown(self.name, command.job, hw.Fault.NO_REPLY))
        else:
            tell(hw.VendDelivered(self.name, command.job, seen=True))


@dataclass
class Printer:
    """A printer that says how it is, and whether it printed."""

    name: str
    paper: hw.Paper = hw.Paper.OK
    printed: list[str] = field(default_factory=list)
    result: hw.PrintResult = hw.PrintResult.PRINTED

    def status(self) -> hw.PrinterStatus:
        return hw.PrinterStatus(self.name, self.paper, is_online=True, cover_open=False)

    def answer(self, tell: Tell) -> None:
        tell(self.status())

    def print(self, command: Print, tell: Tell) -> None:
        self.printed.append(command.job)
        tell(hw.PrintEnded(self.name, command.job, self.result))
