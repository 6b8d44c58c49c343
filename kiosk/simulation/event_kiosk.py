"""A kiosk driven event by event: the real till and the real readings, devices that are a few numbers, and a clock that jumps.

No bytes pass here and nothing is waited for, so that a year takes a minute. What devices count is counted here as a device would:
an acceptor's accept counts and a hopper's lifetime count survive a power cut, an event counter does not.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from nacl.signing import SigningKey

from hardware import events as hw
from hardware.commands import PayCoins, TurnCoil
from inventory.catalogue import Place
from inventory.stockroom import save_catalogue, save_prices, with_prices
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.acceptance import accepted_positions
from kiosk.core.draft import Notice, Stamp
from kiosk.core.effects import PrintReceipt, effect_of
from kiosk.core.rules import Shop
from kiosk.core.state import Phase
from kiosk.core.till import decide
from kiosk.core.timing import next_deadline
from kiosk.invariant import ensure
from kiosk.money import Currency
from kiosk.runtime.clock import at_text
from kiosk.store.bulk import Past
from kiosk.store.projections import Write

SOFTWARE: Final = "year"
FIRST_SERIAL: Final = 410_001
COIL_MS: Final = 2_500
COIN_MS: Final = 150
PRINT_MS: Final = 2_000
"""What the simulated devices of the demo need for a turn, a coin and a receipt."""
BOOT_MS: Final = 6_000

Answer = Callable[[], hw.DeviceEvent]


@dataclass(slots=True)
class Devices:
    """What is really in the devices, and what they count."""

    position: Mapping[int, int]
    """Value of a coin -> its position."""
    box: Counter[int] = field(default_factory=Counter)
    """Coin position -> pieces in the cash box."""
    taken: Counter[int] = field(default_factory=Counter)
    """Coin position -> the acceptor's own count since it was made."""
    collected: Counter[int] = field(default_factory=Counter)
    event_no: int = 0
    device_epoch: int = 1
    hoppers: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    """Hopper -> the lifetime count of what it paid."""
    filled: Counter[str] = field(default_factory=Counter)
    coils: Counter[str] = field(default_factory=Counter)
    turned: int = 0
    fallen: int = 0
    refused: int = 0
    tray_minor: int = 0
    paper: hw.Paper = hw.Paper.OK
    sticks: set[str] = field(default_factory=set)
    """Hoppers whose next payout ends after one coin."""

    @property
    def box_minor(self) -> int:
        """What lies in the cash box."""
        values = {position: value for value, position in self.position.items()}
        return sum(values[position] * qty for position, qty in self.box.items())


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose journal it is."""

    kiosk_id: str
    currency: Currency
    key: SigningKey


class RefusedError(Exception):
    """The till refused what the simulation counts on: a defect of the simulation."""


class EventKiosk:
    """One kiosk from its first start; `close` ends it."""

    def __init__(
        self,
        path: Path,
        identity: Identity,
        shop: Shop,
        *,
        opens_at: datetime,
        jams: Callable[[str], bool],
        is_mute: Callable[[], bool],
    ) -> None:
        """Make the journal at ``path`` and start the till.

        Args:
            path: Of the store; nothing may be there.
            identity: Whose.
            shop: The rules of its configuration (one coin acceptor, hoppers, one coil board, one printer) and its goods.
            opens_at: Wall time of the first start.
            jams: Whether the next turn of a slot's coil jams.
            is_mute: Whether the board loses its tongue while this one turns.
        """
        self.shop, rules = shop, shop.rules
        self.wall = opens_at.astimezone(UTC)
        self.now_ms = 1_000
        self._jams, self._is_mute = jams, is_mute
        ((self._acceptor, coins),) = rules.coins.items()
        self._board = rules.boards[0]
        self._printer = rules.printers[0]
        self.devices = Devices({value: position for position, value in coins.items()})
        self.past = Past(
            path,
            kiosk_id=identity.kiosk_id,
            currency=identity.currency,
            key=identity.key,
            stamp=self.stamp(),
            software=SOFTWARE,
        )
        self._currency = identity.currency.code
        self.kiosk_id = identity.kiosk_id
        self.state = self.past.first_state
        self._slot_of = {
            slot.coil: slot.code for slot in shop.catalogue.slots.values() if slot.place is Place.COIL
        }
        self._answers: deque[tuple[int, Answer]] = deque()
        self._touched_ms = 0
        self._taps = 0
        self._accepted: tuple[object, tuple[int, ...]] = (None, ())
        self.sales: deque[f.SaleClosed] = deque()
        """Sales since somebody last looked."""
        self.boot()

    # --- time ---------------------------------------------------------------------------------------------------------

    def stamp(self) -> Stamp:
        """Now."""
        return Stamp(at=at_text(self.wall), now_ms=self.now_ms)

    def _advance(self, ms: int) -> None:
        self.now_ms += ms
        self.wall += timedelta(milliseconds=ms)

    def wait(self, ms: int) -> None:
        """Let time go by, with every deadline met at its moment."""
        self.wait_until(self.wall + timedelta(milliseconds=ms))

    def wait_until(self, moment: datetime) -> None:
        """The same, until a moment; one that is over changes nothing."""
        left_ms = round((moment - self.wall).total_seconds() * 1000)
        end_ms = self.now_ms + left_ms
        while True:
            deadline = next_deadline(self.state, self.shop.rules, self._touched_ms)
            if deadline is None or deadline[0] > end_ms:
                break
            self._advance(max(0, deadline[0] - self.now_ms))
            self._step(ev.DeadlinePassed(deadline[1]))
            self._work()
        self._advance(max(0, end_ms - self.now_ms))

    # --- starts and stops ---------------------------------------------------------------------------------------------

    def boot(self, *, lost_power: bool = False) -> None:
        """A new process; the devices make contact, and what was open is closed by the till's own rules."""
        devices = self.devices
        if lost_power:
            devices.device_epoch += 1
            devices.event_no = 0
        self._advance(BOOT_MS)
        self.now_ms = 1_000
        boot = self.state.boot + 1
        self.past.set_boot(boot)
        self._touched_ms = self.now_ms
        self._answers.clear()
        self._step(ev.BootStarted(boot=boot, is_clean=self.state.is_stopped, software=SOFTWARE))
        counts = tuple(
            hw.AcceptCount(position, devices.taken[position])
            for position in sorted(devices.position.values())
        )
        self._step(
            hw.AcceptorIdentified(
                self._acceptor,
                serial=FIRST_SERIAL,
                device_epoch=devices.device_epoch,
                event_no=devices.event_no,
                accept_counts=counts,
                restarted=lost_power,
            )
        )
        for number, device in enumerate(self.shop.rules.hoppers):
            self._step(
                hw.HopperIdentified(
                    device,
                    serial=FIRST_SERIAL + 3 + number,
                    paid_total=devices.paid[device],
                    is_low=self._is_low(device),
                    lost_power=False,
                )
            )
        self._step(hw.CoilBoardIdentified(self._board))
        self.show_paper(devices.paper)
        if self.state.phase is Phase.STARTING:
            self.wait(self.shop.rules.recovery_ms + 1)
        self._work()

    def stop(self) -> None:
        """A clean end of the process."""
        self._step(ev.StopAsked())

    def close(self) -> None:
        """Sign the head and leave a durable file."""
        self.stop()
        self.state = self.past.checkpoint(self.state, self.stamp())
        self.past.close()

    # --- the loop, small ----------------------------------------------------------------------------------------------

    def ask(self, event: ev.Event) -> Notice:
        """Somebody's act, and what follows from it."""
        notice = self._step(event)
        self._work()
        return notice

    def must(self, event: ev.Event) -> Notice:
        """An act that cannot be refused here.

        Raises:
            RefusedError: It was.
        """
        notice = self.ask(event)
        if notice.is_refusal:
            raise RefusedError(f"{event}: {notice.key} {dict(notice.params)} in {self.state.phase}")
        return notice

    def tap(self, kind: Callable[..., ev.Tap], **values: object) -> Notice:
        """A touch on the screen as it is now."""
        self._taps += 1
        return self.ask(kind(tap=f"t{self._taps}", screen=self.state.screen, **values))

    def _step(self, event: ev.Event) -> Notice:
        if isinstance(event, ev.Tap | ev.ScanRead | hw.CoinAccepted | ev.ClerkEntered):
            self._touched_ms = self.now_ms
        stamp = self.stamp()
        decision = decide(self.state, event, stamp, self.shop)
        if decision.facts:
            actor = getattr(event, "by", "") or getattr(event, "clerk", "")
            self.past.append(
                decision.facts, stamp, actor, _beside(event, stamp), also=self._goods_change(event)
            )
            self.state = decision.state
            for fact in decision.facts:
                self._act(fact)
        if self.past.wants_checkpoint and self.state.phase is Phase.IDLE:
            self.state = self.past.checkpoint(self.state, self.stamp())
        return decision.notice

    def _goods_change(self, event: ev.Event) -> Callable[..., None] | None:
        if isinstance(event, ev.CatalogueOffered):
            self.shop = Shop(self.shop.rules, event.catalogue)
            return partial(save_catalogue, catalogue=event.catalogue)
        if isinstance(event, ev.PriceOffered):
            prices = {event.sku: event.price_minor}
            self.shop = Shop(self.shop.rules, with_prices(self.shop.catalogue, prices))
            return partial(save_prices, prices=prices)
        return None

    def _work(self) -> None:
        while self._answers:
            after_ms, answer = self._answers.popleft()
            self._advance(after_ms)
            self._step(answer())

    def _act(self, fact: f.Fact) -> None:
        if isinstance(fact, f.SaleClosed):
            self.sales.append(fact)
        effect = effect_of(fact)
        match effect:
            case PayCoins():
                self._answers.append((COIN_MS * effect.qty, partial(self._pay, effect)))
            case TurnCoil():
                self._answers.append((COIL_MS, partial(self._turn, effect)))
            case PrintReceipt():
                self._answers.append((PRINT_MS, partial(self._print, effect)))
            case _:
                ensure(effect is None, f"{effect} has no device here")

    # --- devices ------------------------------------------------------------------------------------------------------

    def _pay(self, command: PayCoins) -> hw.DeviceEvent:
        devices = self.devices
        qty = min(command.qty, devices.hoppers[command.device])
        fault = hw.Fault.EMPTY if qty < command.qty else None
        if command.device in devices.sticks and command.qty > 1:
            devices.sticks.remove(command.device)
            qty, fault = min(qty, 1), hw.Fault.JAM
        devices.hoppers[command.device] -= qty
        devices.paid[command.device] += qty
        devices.tray_minor += qty * self.shop.rules.hoppers[command.device]
        return hw.CoinsPaid(command.device, command.job, qty, devices.paid[command.device], fault)

    def _turn(self, command: TurnCoil) -> hw.DeviceEvent:
        slot = self._slot_of[command.slot]
        self.devices.turned += 1
        if not self.devices.coils[slot]:
            return hw.VendFailed(self._board, command.job, hw.Fault.NOT_SEEN)
        if self._jams(slot):
            return hw.VendFailed(self._board, command.job, hw.Fault.JAM)
        self.devices.coils[slot] -= 1
        self.devices.fallen += 1
        if self._is_mute():
            return hw.VendUnknown(self._board, command.job, hw.Fault.NO_REPLY)
        return hw.VendDelivered(self._board, command.job, seen=True)

    def _print(self, effect: PrintReceipt) -> hw.DeviceEvent:
        is_out = self.devices.paper is hw.Paper.OUT
        result = hw.PrintResult.FAILED if is_out else hw.PrintResult.PRINTED
        return hw.PrintEnded(self._printer, effect.job, result, hw.Fault.PAPER_OUT if is_out else None)

    def show_paper(self, paper: hw.Paper) -> None:
        """The printer says how its paper is."""
        self.devices.paper = paper
        self._step(hw.PrinterStatus(self._printer, paper, is_online=True, cover_open=False))

    def _is_low(self, device: str) -> bool:
        return self.devices.hoppers[device] < LOW_COINS

    def show_levels(self) -> None:
        """The hoppers' sensors say when they change."""
        for device in self.shop.rules.hoppers:
            book = self.state.hoppers.get(device)
            if book is not None and bool(book.is_low) != self._is_low(device):
                self._step(hw.HopperLevel(device, self._is_low(device)))

    def takes(self, value_minor: int) -> bool:
        """Whether the acceptor's gate is open for such a coin now."""
        state = self.state
        if self._accepted[0] is not state:
            positions = accepted_positions(state, self.shop.rules, self.now_ms)[self._acceptor]
            self._accepted = (state, positions)
        return self.devices.position[value_minor] in self._accepted[1]

    def coin(self, value_minor: int) -> bool:
        """A coin is dropped; whether it stayed in."""
        if not self.takes(value_minor):
            return False
        devices, position = self.devices, self.devices.position[value_minor]
        devices.event_no += 1
        devices.taken[position] += 1
        devices.box[position] += 1
        self.ask(
            hw.CoinAccepted(
                self._acceptor,
                serial=FIRST_SERIAL,
                device_epoch=devices.device_epoch,
                event_no=devices.event_no,
                position=position,
                value_minor=value_minor,
                currency=self._currency,
                path=1,
            )
        )
        return True

    def bad_coin(self) -> None:
        """A coin is refused and falls back."""
        self.devices.refused += 1
        self.devices.event_no += 1
        self.ask(
            hw.CoinRefused(
                self._acceptor,
                serial=FIRST_SERIAL,
                device_epoch=self.devices.device_epoch,
                event_no=self.devices.event_no,
                code=1,
                fault=hw.Fault.REFUSED,
                is_returned=True,
            )
        )


LOW_COINS: Final = 10
"""Below this many coins a hopper's sensor says low."""


def _beside(event: ev.Event, stamp: Stamp) -> tuple[Write, ...]:
    """A claimant's details lie beside the journal."""
    if isinstance(event, ev.ClaimMade) and event.details and event.subject:
        return (("contact", {"subject": event.subject, "details": event.details, "at": stamp.at}),)
    return ()
