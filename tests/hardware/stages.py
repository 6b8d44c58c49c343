"""A driver before its simulator with something to do, on a wire that can be spoilt; and what may be told of what is there.

In virtual time: the clock jumps to whoever wakes next.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hardware.cctalk.host import AcceptorConfig, CcTalkBus, HopperConfig, ValidatorConfig
from hardware.commands import (
    Authority,
    PayCoins,
    Print,
    RequestCard,
    SetAccept,
    SettleCard,
    StackNote,
    TurnCoil,
)
from hardware.document import Cut, Document, Line
from hardware.escpos.host import Printer
from hardware.events import (
    CardApproved,
    CardSettled,
    CodeScanned,
    CoinAccepted,
    CoinsPaid,
    DeviceEvent,
    NoteEscrowed,
    NoteStacked,
    PrintEnded,
    PrintResult,
    VendDelivered,
)
from hardware.fafb.host import CoilBoard
from hardware.mdb.host import Adapter, ChangerConfig, MdbBus, ReaderConfig, TubeConfig
from hardware.mdb.host import ValidatorConfig as MdbValidatorConfig
from hardware.sansio import DeviceMachine, HostMachine
from hardware.scanner.host import Scanner
from hardware.simulators.cctalk_validator import NoteValidatorSim
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.k1_board import K1BoardSim
from hardware.simulators.mdb_box import WaferstarBox
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.printer import PrinterSim
from hardware.simulators.scanner import ScannerSim
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim as NoteUnitSim
from hardware.ssp.host import NotesConfig, SspBus, UnitConfig
from hardware.ssp.host import TubeConfig as SspTubeConfig
from hardware.vmc96.host import K1Board

COINS: Final[Mapping[int, int]] = {1: 10, 2: 20, 3: 50}
NOTES: Final[Mapping[int, int]] = {1: 500, 2: 1000}
NOBODYS: Final = 4
"""A position that the device knows and the configuration does not."""
ALL_COINS: Final[Mapping[int, int]] = {**COINS, NOBODYS: 100}
ALL_NOTES: Final[Mapping[int, int]] = {**NOTES, NOBODYS: 5000}
SERIAL: Final = 12345678
SLOT: Final = 12
PIECES: Final = 3
AUTHORITY: Final = Authority(1, 1)
DECIDES_MS: Final = 500
"""How long the till takes to decide: what it says is in its journal first."""
RECEIPT: Final = Document("en", False, (Line("3.00"), Cut()))
CODE: Final = "96385074"

Spoil = Callable[[bytes], Sequence[bytes]]


def whole(data: bytes) -> Sequence[bytes]:
    return (data,)


@dataclass(slots=True)
class Stage:
    """One driver and what is before it.

    Attributes:
        device: Its name.
        host, far: Both ends.
        sim: The body that hands and faults work on.
        opening: Commands that make it ready.
        act: The one thing that moves money or goods: a hand, or an order of the till.
        stranger: The same with a position that the configuration does not know; None where there is none.
        invented: What was told beyond what is really there, in words; empty when nothing.
        answers: What the till says to an event, a while later.
    """

    device: str
    host: HostMachine
    far: DeviceMachine
    sim: Any
    opening: Sequence[Any]
    act: Callable[[Stage], None]
    invented: Callable[[Stage], str]
    stranger: Callable[[Stage], None] | None = None
    answers: Callable[[DeviceEvent], Any] = lambda _: None
    spoil: Spoil = whole
    now_ms: int = 1_000_000
    seen: list[DeviceEvent] = field(default_factory=list)
    decided: list[tuple[int, Any]] = field(default_factory=list)

    def open(self) -> None:
        for command in self.opening:
            self.host.request(command, AUTHORITY)

    def order(self, command: Any) -> None:
        self.host.request(command, AUTHORITY)

    def hand(self, hand: str, **values: str) -> None:
        self.sim.act(hand, values, self.now_ms)

    def run(self, for_ms: int) -> list[DeviceEvent]:
        """Let time pass and give what the driver learned meanwhile."""
        before, end_ms = len(self.seen), self.now_ms + for_ms
        while True:
            self._exchange()
            wakes = [at_ms for at_ms in (self.host.wake_at_ms, self.far.wake_at_ms) if at_ms is not None]
            wakes += [at_ms for at_ms, _ in self.decided]
            self.now_ms = max(self.now_ms + 1, min(wakes, default=end_ms))
            if self.now_ms > end_ms:
                self.now_ms = end_ms
                return self.seen[before:]

    def _exchange(self) -> None:
        while self.decided and self.decided[0][0] <= self.now_ms:
            self.order(self.decided.pop(0)[1])
        self.far.tick(self.now_ms)
        self.host.tick(self.now_ms)
        while True:
            there = self.far.bytes_to_send()
            for piece in self.spoil(there) if there else ():
                self.host.receive(piece, self.now_ms)
            back = self.host.bytes_to_send()
            if back:
                self.far.receive(back, self.now_ms)
            learned = self.host.events()
            self.seen += learned
            for event in learned:
                answer = self.answers(event)
                if answer is not None:
                    self.decided.append((self.now_ms + DECIDES_MS, answer))
            if not there and not back and not learned:
                return

    def of(self, kind: type[DeviceEvent]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]


# --- what is really there ---------------------------------------------------------------------------------------------


def total(counts: object, values: Mapping[int, int]) -> int:
    """What pieces by position are worth."""
    assert isinstance(counts, Mapping)
    return sum(values[int(position)] * int(qty) for position, qty in counts.items())


def more_than(told: int, there: int, what: str) -> str:
    return f"{told} told, {there} {what}" if told > there else ""


def beyond_coins(stage: Stage) -> str:
    told = sum(event.value_minor for event in stage.of(CoinAccepted))
    truth = stage.sim.snapshot()
    inside = total(truth["cash_box"], ALL_COINS) + total(truth.get("tubes", {}), ALL_COINS)
    return more_than(told, inside - total(truth.get("filled", {}), ALL_COINS), "inside")


def beyond_notes(stage: Stage) -> str:
    told = sum(event.value_minor for event in stage.of(NoteStacked))
    truth = stage.sim.snapshot()
    return more_than(told, total(truth["stacker"], ALL_NOTES), "inside")


def beyond_paid(stage: Stage) -> str:
    """What is told as paid lies in the tray: more would be change that nobody got, less a coin that is paid again."""
    told = sum(event.paid_qty for event in stage.of(CoinsPaid))
    truth = stage.sim.snapshot()
    if "values" in truth:
        there = sum(int(each["tray"]) for each in truth["values"].values())
    else:
        there = sum(truth["paid_tray"].values()) if "paid_tray" in truth else int(truth["tray"])
    return "" if not stage.of(CoinsPaid) or told == there else f"{told} told, {there} in the tray"


def beyond_goods(stage: Stage) -> str:
    told = sum(event.seen for event in stage.of(VendDelivered))
    return more_than(told, sum(stage.sim.tray.values()), "in the tray")


def beyond_cards(stage: Stage) -> str:
    told = sum(event.amount_minor for event in stage.of(CardApproved)) if stage.of(CardSettled) else 0
    return more_than(told, stage.sim.charged_minor, "charged")


def beyond_paper(stage: Stage) -> str:
    told = sum(event.result is PrintResult.PRINTED for event in stage.of(PrintEnded))
    return more_than(told, int(stage.sim.snapshot()["sheets"]), "sheets")


def beyond_codes(stage: Stage) -> str:
    told = {event.text for event in stage.of(CodeScanned)}
    return "" if told <= {CODE} else f"{told - {CODE}} was never held before it"


# --- the stages -------------------------------------------------------------------------------------------------------


def drop(position: int) -> Callable[[Stage], None]:
    return lambda stage: stage.hand("drop", position=str(position))


def insert(position: int) -> Callable[[Stage], None]:
    return lambda stage: stage.hand("insert", position=str(position))


def pay(device: str) -> Callable[[Stage], None]:
    return lambda stage: stage.order(PayCoins(device, "P", PIECES, None))


def keeps_notes(device: str) -> Callable[[DeviceEvent], Any]:
    return lambda event: StackNote(device, "N") if isinstance(event, NoteEscrowed) else None


def cctalk_coin() -> Stage:
    sim = CoinAcceptorSim("coin", 2, SERIAL, ALL_COINS)
    sim.set_fault("no_echo", True, 0)
    host = CcTalkBus([AcceptorConfig("coin", 2, COINS, "EUR")])
    opening = [SetAccept("coin", (1, 2, 3))]
    return Stage("coin", host, sim.machine, sim, opening, drop(3), beyond_coins, drop(NOBODYS))


def cctalk_hopper() -> Stage:
    sim = HopperSim("hopper", 3, SERIAL, 10)
    sim.set_fault("no_echo", True, 0)
    sim.fill(50)
    return Stage(
        "hopper", CcTalkBus([HopperConfig("hopper", 3)]), sim.machine, sim, [], pay("hopper"), beyond_paid
    )


def cctalk_note() -> Stage:
    sim = NoteValidatorSim("note", 40, SERIAL, ALL_NOTES)
    sim.set_fault("no_echo", True, 0)
    host = CcTalkBus([ValidatorConfig("note", 40, NOTES, "EUR")])
    opening = [SetAccept("note", (1, 2))]
    return Stage(
        "note", host, sim.machine, sim, opening, insert(2), beyond_notes, insert(NOBODYS), keeps_notes("note")
    )


def changer(*, pays: bool = False, adapter: Adapter = Adapter.QIBIXX) -> Stage:
    tubes = {"tube": 1}
    sim = ChangerSim("coin", SERIAL, ALL_COINS, tubes)
    sim.fill(1, 20)
    config = ChangerConfig(
        name="coin", coins=COINS, currency="EUR", into={1: "tube"}, tubes=(TubeConfig("tube", 1, COINS[1]),)
    )
    far = sim.machine if adapter is Adapter.QIBIXX else WaferstarBox([sim])
    opening = [SetAccept("coin", (1, 2, 3))]
    if pays:
        return Stage("tube", MdbBus([config], adapter), far, sim, opening, pay("tube"), beyond_paid)
    return Stage("coin", MdbBus([config], adapter), far, sim, opening, drop(3), beyond_coins, drop(NOBODYS))


def mdb_note() -> Stage:
    sim = ValidatorSim("notes", SERIAL, ALL_NOTES, {})
    host = MdbBus([MdbValidatorConfig("notes", NOTES, "EUR")])
    opening = [SetAccept("notes", (1, 2))]
    return Stage(
        "notes",
        host,
        sim.machine,
        sim,
        opening,
        insert(2),
        beyond_notes,
        insert(NOBODYS),
        keeps_notes("notes"),
    )


def mdb_card() -> Stage:
    sim = ReaderSim("card", SERIAL)

    def act(stage: Stage) -> None:
        stage.order(RequestCard("card", "C", 250))
        stage.hand("tap")

    def answers(event: DeviceEvent) -> Any:
        return SettleCard("card", "C") if isinstance(event, CardApproved) else None

    host = MdbBus([ReaderConfig("card", "EUR")])
    return Stage("card", host, sim.machine, sim, [SetAccept("card", (1,))], act, beyond_cards, None, answers)


def ssp_note() -> Stage:
    sim = NoteUnitSim("notes", SERIAL, ALL_NOTES)
    host = SspBus([UnitConfig(0, "EUR", NotesConfig("notes", NOTES))], random.Random(1).getrandbits)
    opening = [SetAccept("notes", (1, 2))]
    return Stage(
        "notes",
        host,
        sim.machine,
        sim,
        opening,
        insert(2),
        beyond_notes,
        insert(NOBODYS),
        keeps_notes("notes"),
    )


def ssp_hopper() -> Stage:
    sim = SmartHopperSim("coins", SERIAL, (10, 20))
    sim.fill(20, 30)
    tubes = tuple(SspTubeConfig(f"coins-{value}", value) for value in (10, 20))
    host = SspBus([UnitConfig(0x10, "EUR", tubes=tubes)], random.Random(1).getrandbits)
    return Stage("coins-20", host, sim.machine, sim, [], pay("coins-20"), beyond_paid)


def turn(stage: Stage) -> None:
    stage.order(TurnCoil("coils", "V", SLOT))


def fafb() -> Stage:
    sim = CoilBoardSim("coils", {SLOT: 5}, 10)
    return Stage("coils", CoilBoard("coils"), sim.machine, sim, [], turn, beyond_goods)


def k1() -> Stage:
    sim = K1BoardSim("coils", {SLOT: 5}, 10)
    return Stage("coils", K1Board("coils"), sim.machine, sim, [], turn, beyond_goods)


def printer() -> Stage:
    sim = PrinterSim("printer")
    host = Printer("printer")
    return Stage(
        "printer",
        host,
        sim.machine,
        sim,
        [],
        lambda stage: stage.order(Print("printer", "R", RECEIPT)),
        beyond_paper,
    )


def scanner() -> Stage:
    sim = ScannerSim("scanner")
    host = Scanner("scanner")
    return Stage(
        "scanner", host, sim.machine, sim, [], lambda stage: stage.hand("scan", code=CODE), beyond_codes
    )


STAGES: Final[Mapping[str, Callable[[], Stage]]] = {
    "cctalk coins": cctalk_coin,
    "cctalk hopper": cctalk_hopper,
    "cctalk notes": cctalk_note,
    "mdb coins": changer,
    "mdb coins, waferstar": lambda: changer(adapter=Adapter.WAFERSTAR),
    "mdb tube": lambda: changer(pays=True),
    "mdb notes": mdb_note,
    "mdb card": mdb_card,
    "ssp notes": ssp_note,
    "ssp hopper": ssp_hopper,
    "fafb coils": fafb,
    "k1 coils": k1,
    "printer": printer,
    "scanner": scanner,
}
