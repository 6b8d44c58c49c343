"""Everything that can befall a device or its cable, each by one name: the simulation doses them, the workshop offers them.

A trouble says by what means it is brought about; whoever can reach the devices (the bench on ptys, a world on virtual time)
lets it begin and end. What cannot be done to a device (a full disk, a wrong clock, a person's mistake) is named elsewhere, by the
simulation alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from hardware.events import DeviceKind
from hardware.simulators.damage import Noise
from hardware.simulators.hopper import MOST_TOTAL
from hardware.simulators.model import Simulator


class Boundary(StrEnum):
    """Where the outside gets at a device."""

    POWER = "power"
    LINE = "line"
    COIN = "coin"
    NOTE = "note"
    CARD = "card"
    HOPPER = "hopper"
    VEND = "vend"
    PRINTER = "printer"
    SCANNER = "scanner"


class Reach(Protocol):
    """Whoever has hands on the devices."""

    def act(self, device: str, hand: str, values: Mapping[str, str]) -> None:
        """Do something with a hand."""

    def set_fault(self, device: str, fault: str, *, is_on: bool) -> None:
        """Turn a fault on or off."""

    def set_power(self, device: str, *, is_on: bool) -> None:
        """Cut or restore one device's power."""

    def unplug(self, wire: str) -> None:
        """Pull a cable."""

    def plug(self, wire: str) -> None:
        """Put it back."""

    def set_noise(self, wire: str, noise: Noise) -> None:
        """Damage a cable, or mend it with a quiet `Noise`."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a trouble sees it: by its kind, where it hangs, and what can be wrong with it or done to it."""

    name: str
    kind: DeviceKind
    wire: str
    faults: frozenset[str]
    hands: frozenset[str]

    @classmethod
    def of(cls, simulator: Simulator, wire: str) -> Device:
        """What a simulator on ``wire`` offers."""
        hands = frozenset(hand.name for hand in simulator.hands)
        return cls(simulator.name, simulator.kind, wire, frozenset(simulator.faults), hands)


@dataclass(frozen=True, slots=True)
class Switched:
    """A fault of the device itself; ``after`` is a hand that follows when it ends (hanging goods are shaken loose)."""

    fault: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Something that a hand does, ``times`` times; ``undo`` is the hand that makes it good again, if one can.

    ``shows`` names what the device's snapshot says is true meanwhile.
    """

    hand: str
    values: Mapping[str, str] = field(default_factory=dict)
    undo: str = ""
    shows: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Dark:
    """No power."""


@dataclass(frozen=True, slots=True)
class Blink:
    """Power gone and back at once: the device starts anew."""


@dataclass(frozen=True, slots=True)
class CableOut:
    """The port vanishes; it comes back as another one."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A bad cable."""

    noise: Noise


Means = Switched | Done | Dark | Blink | CableOut | Damaged


@dataclass(frozen=True, slots=True)
class Trouble:
    """One named trouble.

    Attributes:
        name: The one name, everywhere.
        boundary: Where it comes from.
        kinds: Whom it can befall; empty: every device, or for cables every wire.
        means: How it is brought about.
        says: What happened, in one English sentence, for reports.
    """

    name: str
    boundary: Boundary
    kinds: frozenset[DeviceKind]
    means: Means
    says: str

    @property
    def is_lasting(self) -> bool:
        """Whether it goes on until it is ended; else it is over as soon as it happened."""
        return not (isinstance(self.means, Blink) or (isinstance(self.means, Done) and not self.means.undo))

    def targets(self, devices: Iterable[Device]) -> tuple[str, ...]:
        """Names of the devices, or for cables of the wires, that it can befall; in their order."""
        hit = [device for device in devices if not self.kinds or device.kind in self.kinds]
        if isinstance(self.means, CableOut | Damaged):
            return tuple(dict.fromkeys(device.wire for device in hit))
        return tuple(device.name for device in hit if self._can_befall(device))

    def _can_befall(self, device: Device) -> bool:
        """Devices of one kind are not all alike: this one must have the fault, or the hand."""
        match self.means:
            case Switched(fault, after):
                return fault in device.faults and (not after or after in device.hands)
            case Done(hand=hand, undo=undo):
                return hand in device.hands and (not undo or undo in device.hands)
            case _:
                return True

    def begin(self, reach: Reach, target: str) -> None:
        """Let it happen to ``target``."""
        match self.means:
            case Switched(fault):
                reach.set_fault(target, fault, is_on=True)
            case Done(hand=hand, values=values, times=times):
                for _ in range(times):
                    reach.act(target, hand, values)
            case Dark():
                reach.set_power(target, is_on=False)
            case Blink():
                reach.set_power(target, is_on=False)
                reach.set_power(target, is_on=True)
            case CableOut():
                reach.unplug(target)
            case Damaged(noise):
                reach.set_noise(target, noise)

    def end(self, reach: Reach, target: str) -> None:
        """Make it good again, as far as a hand can."""
        match self.means:
            case Switched(fault, after):
                reach.set_fault(target, fault, is_on=False)
                if after:
                    reach.act(target, after, {})
            case Done(undo=undo):
                if undo:
                    reach.act(target, undo, {})
            case Dark():
                reach.set_power(target, is_on=True)
            case CableOut():
                reach.plug(target)
            case Damaged():
                reach.set_noise(target, Noise())
            case Blink():
                return


COIN, NOTE, CARD, HOPPER, COILS, MACHINE, SCANNER, PRINTER = (
    frozenset({kind})
    for kind in (
        DeviceKind.COIN_ACCEPTOR,
        DeviceKind.NOTE_VALIDATOR,
        DeviceKind.CARD_READER,
        DeviceKind.HOPPER,
        DeviceKind.COIL_BOARD,
        DeviceKind.VENDING_MACHINE,
        DeviceKind.SCANNER,
        DeviceKind.PRINTER,
    )
)
ANY: Final[frozenset[DeviceKind]] = frozenset()
BUS: Final = COIN | HOPPER | NOTE
"""Devices on a wire that repeats the host's own bytes."""

OFTEN: Final = 120
"""Per thousand chunks: most sales meet it once or twice, and three tries still get through."""

NEAR_WRAP: Final = str(MOST_TOTAL - 5)
"""A hopper that will pass the end of its 24-bit count within two payouts."""

MANY_SCANS: Final = 100
"""A finger that rests on the trigger before a shelf of codes: as many as a kiosk must swallow at once."""


def _by_fault(
    boundary: Boundary, kinds: frozenset[DeviceKind], *rows: tuple[str, str, str]
) -> tuple[Trouble, ...]:
    return tuple(Trouble(name, boundary, kinds, Switched(fault), says) for name, fault, says in rows)


_POWER: Final = (
    Trouble("device_dark", Boundary.POWER, ANY, Dark(), "A device has no power."),
    Trouble("brown_out", Boundary.POWER, ANY, Blink(), "The voltage dips: some devices start anew."),
)

_LINE: Final = (
    *(
        Trouble(name, Boundary.LINE, ANY, Damaged(noise), says)
        for name, noise, says in (
            ("line_drop", Noise(drop=OFTEN), "Messages on a cable get lost."),
            ("line_duplicate", Noise(double=OFTEN), "Messages on a cable arrive twice."),
            ("line_flip", Noise(flip=OFTEN), "Bits on a cable are turned."),
            ("line_insert", Noise(insert=OFTEN), "Stray bytes get into messages."),
            ("line_cut_short", Noise(cut_short=OFTEN), "Messages lose their end."),
            ("line_delay", Noise(delay=OFTEN), "Messages on a cable come late."),
            ("line_split", Noise(split=4 * OFTEN), "Messages on a cable come in pieces."),
            ("line_merge", Noise(merge=4 * OFTEN), "Messages on a cable run together."),
            ("line_burst", Noise(burst=OFTEN), "Bursts of noise come before messages."),
            ("line_foreign", Noise(foreign=OFTEN), "Another device's messages are on the cable."),
            ("line_wrong_speed", Noise(wrong_speed=1000), "The two ends of a cable have different speeds."),
        )
    ),
    Trouble("cable_out", Boundary.LINE, ANY, CableOut(), "A cable is pulled out."),
    Trouble(
        "echo_lost", Boundary.LINE, BUS, Switched("no_echo"), "A wire stops repeating the kiosk's bytes."
    ),
)

_COIN: Final = (
    *_by_fault(
        Boundary.COIN,
        COIN,
        ("coin_jam", "jam", "A coin sticks in the acceptor."),
        ("coin_string", "string", "Coins on a string are pulled out again."),
        ("coin_reject", "reject", "The acceptor turns every coin away."),
        ("coin_swallow", "swallow", "The acceptor swallows coins."),
        ("coin_burst", "burst", "Coins rain: up to eight between two polls."),
        ("coin_unknown", "wrong_coin", "The acceptor credits a coin that has no value."),
        ("coin_no_counts", "no_counts", "The acceptor keeps no lifetime counts."),
        ("coin_mute", "mute", "The acceptor stops answering."),
        ("coin_lost_reply", "lost_reply", "Answers of the acceptor get lost."),
        ("coin_bad_frames", "corrupt_byte", "The acceptor sends damaged messages."),
        ("coin_half_frames", "half_frame", "The acceptor breaks off in its messages."),
        ("coin_noise", "noise", "The acceptor's wire is noisy."),
        ("coin_slow_start", "slow_boot", "The acceptor needs long to start."),
    ),
    Trouble("coin_restart", Boundary.COIN, COIN, Blink(), "The acceptor starts anew: its counter is 0."),
    Trouble(
        "coin_counter_wrap",
        Boundary.COIN,
        COIN,
        Done("slugs", {"qty": "255"}),
        "Somebody throws washers until the event counter has gone round.",
    ),
    Trouble(
        "coin_replaced",
        Boundary.COIN,
        COIN,
        Done("replace"),
        "Another acceptor stands in the first one's place.",
    ),
)

_NOTE: Final = (
    *_by_fault(
        Boundary.NOTE,
        NOTE,
        ("note_jam", "jam", "A note sticks on its way."),
        ("note_reject", "reject", "The note reader turns every note away."),
        ("note_string", "string", "A note in escrow is pulled out again on a thread."),
        ("note_pulled_back", "pulled_back", "Somebody pulls the note in escrow back."),
        ("note_box_full", "stacker_full", "The note box is full."),
        ("note_box_out", "box_out", "The note box is not in its place."),
        ("note_unknown", "wrong_note", "The note reader takes a note that has no value."),
        ("note_impatient", "impatient", "The note reader gives a note back before it is told to keep it."),
        ("note_by_itself", "stacks_by_itself", "The note reader keeps notes without being asked."),
        (
            "note_restart_stacking",
            "reset_while_stacking",
            "The note reader starts anew while it keeps a note.",
        ),
        ("note_no_counts", "no_counts", "The note reader keeps no counts."),
        ("note_mute", "mute", "The note reader stops answering."),
        ("note_lost_reply", "lost_reply", "Answers of the note reader get lost."),
        ("note_bad_frames", "corrupt_byte", "The note reader sends damaged messages."),
        ("note_half_frames", "half_frame", "The note reader breaks off in its messages."),
        ("note_slow_start", "slow_boot", "The note reader needs long to start."),
    ),
    Trouble("note_restart", Boundary.NOTE, NOTE, Blink(), "The note reader starts anew."),
)

_CHANGER: Final = _by_fault(
    Boundary.COIN,
    COIN,
    ("tube_jam", "tube_jam", "A tube of the changer is jammed."),
    ("tube_stalls", "stalls", "The changer stops in the middle of a payout."),
    ("tube_silent", "silent_payout", "The changer says nothing while it pays."),
    ("tube_restart_paying", "reset_while_paying", "The changer starts anew while it pays."),
    ("coin_ack_lost", "ack_lost", "The changer does not hear that it was heard, and says everything twice."),
)

_CARD: Final = (
    *_by_fault(
        Boundary.CARD,
        CARD,
        ("card_declines", "declines", "The bank refuses every request."),
        ("card_late_approval", "late_approval", "The reader approves after the request was cancelled."),
        ("card_other_amount", "other_amount", "The reader charges another amount than it was asked for."),
        ("card_refund_fails", "refund_fails", "What was charged cannot be given back."),
        ("card_out_of_sequence", "out_of_sequence", "The reader says that an order came at a wrong time."),
        ("card_never_answers", "never_answers", "A request stays without an answer."),
        ("card_cancels_session", "cancels_session", "The card is taken away before the answer."),
        ("card_token", "token", "The card has tokens, not money."),
        ("card_broken", "broken", "The reader reports an error and takes no card."),
        (
            "card_restart_approved",
            "reset_after_approval",
            "The reader starts anew when a charge is not final yet.",
        ),
        ("card_no_refund", "no_refund", "The reader has no way to give money back."),
        ("card_wrong_currency", "wrong_currency", "The reader speaks of another currency."),
        ("card_mute", "mute", "The reader stops answering."),
        ("card_lost_reply", "lost_reply", "Answers of the reader get lost."),
        ("card_bad_frames", "corrupt_byte", "The reader sends damaged messages."),
        ("card_half_frames", "half_frame", "The reader breaks off in its messages."),
        ("card_noise", "noise", "The reader's wire is noisy."),
        ("card_slow_start", "slow_boot", "The reader needs long to start."),
        (
            "card_ack_lost",
            "ack_lost",
            "The reader does not hear that it was heard, and says everything twice.",
        ),
    ),
    Trouble("card_restart", Boundary.CARD, CARD, Blink(), "The reader starts anew."),
)

_HOPPER: Final = (
    *_by_fault(
        Boundary.HOPPER,
        HOPPER,
        ("hopper_jam", "jam", "A hopper jams."),
        ("hopper_stalls", "stalls", "A hopper turns, pays nothing and never says that it is done."),
        ("hopper_extra_coin", "wrong_coin_extra", "A hopper throws one coin too many."),
        ("hopper_resumes", "resumes_after_power", "A hopper goes on paying after a power cut."),
        ("hopper_sensor_lies", "sensor_lies", "A hopper's level sensor lies."),
        ("hopper_no_count", "no_pay_count", "A hopper keeps no lifetime count."),
        ("hopper_mute", "mute", "A hopper stops answering."),
        ("hopper_lost_reply", "lost_reply", "Answers to a payout get lost."),
        ("hopper_bad_frames", "corrupt_byte", "A hopper sends damaged messages."),
        ("hopper_half_frames", "half_frame", "A hopper breaks off in its messages."),
        ("hopper_noise", "noise", "The hoppers' wire is noisy."),
        ("hopper_slow_start", "slow_boot", "A hopper needs long to start."),
    ),
    Trouble("hopper_restart", Boundary.HOPPER, HOPPER, Blink(), "A hopper starts anew."),
    Trouble(
        "hopper_count_wrap",
        Boundary.HOPPER,
        HOPPER,
        Done("replace", {"total": NEAR_WRAP}),
        "An old hopper is built in, near the end of its lifetime count.",
    ),
    Trouble("hopper_replaced", Boundary.HOPPER, HOPPER, Done("replace"), "Another hopper is built in."),
    Trouble("hopper_empty", Boundary.HOPPER, HOPPER, Done("empty"), "Somebody empties a hopper's bowl."),
    Trouble(
        "hopper_coins_removed",
        Boundary.HOPPER,
        HOPPER,
        Done("remove", {"qty": "3"}),
        "Somebody takes coins out of a hopper's bowl.",
    ),
)

_VEND: Final = (
    *_by_fault(
        Boundary.VEND,
        COILS,
        ("vend_jam", "jam", "The coils jam."),
        ("vend_no_drop", "no_drop", "Goods hang in the coils."),
        ("vend_two_drops", "double_drop", "Two pieces fall in one turn."),
        ("vend_motor_stuck", "motor_stuck", "A motor misses its home switch and turns on."),
        ("vend_no_motor", "no_motor", "The board finds no motors."),
        ("vend_sensor_blind", "sensor_blind", "The drop sensor sees nothing."),
        ("vend_sensor_blocked", "sensor_blocked", "Something stands in the drop sensor's beam."),
        ("vend_home_stuck", "home_stuck", "The home switches stick: every motor seems to be home."),
        ("vend_lift_stuck", "lift_stuck", "The lift does not reach the tray."),
        ("vend_mute", "mute", "The coil board stops answering."),
        ("vend_lost_ack", "lost_ack", "The board obeys and does not say so."),
        ("vend_bad_frames", "corrupt_byte", "The board sends damaged messages."),
        ("vend_half_frames", "half_frame", "The board breaks off in its messages."),
        ("vend_noise", "noise", "The board's wire is noisy."),
    ),
    Trouble(
        "vend_late_drop",
        Boundary.VEND,
        COILS,
        Switched("no_drop", after="shake"),
        "Goods hang, and fall later when somebody shakes the machine.",
    ),
    Trouble("vend_restart", Boundary.VEND, COILS, Blink(), "The coil board starts anew."),
)

_MACHINE: Final = (
    *_by_fault(
        Boundary.VEND,
        MACHINE,
        ("machine_jam", "jam", "A coil of the old machine jams."),
        ("machine_no_drop", "no_drop", "Goods hang in the old machine, and it says so."),
        ("machine_two_drops", "double_drop", "Two pieces fall in one turn of the old machine."),
        ("machine_sold_out", "sold_out", "The old machine says that it is sold out."),
        ("machine_door_open", "door_open", "The door of the old machine is open."),
        ("machine_off", "machine_off", "The old machine is switched off, its box is not."),
        ("machine_impatient", "impatient", "The old machine withdraws before it can be answered."),
        ("machine_reset_vending", "reset_while_vending", "The old machine begins anew while it vends."),
        ("machine_lost_word", "lost_word", "The old machine's word about a vend gets lost."),
        ("machine_wrong_scale", "wrong_scale", "The old machine counts in tenths of a cent."),
        ("machine_mute", "mute", "The old machine's box stops answering."),
        ("machine_lost_reply", "lost_reply", "Lines of the old machine's box get lost."),
        ("machine_bad_frames", "corrupt_byte", "The old machine's box sends damaged lines."),
        ("machine_half_frames", "half_frame", "The old machine's box breaks off in its lines."),
        ("machine_noise", "noise", "The wire of the old machine's box is noisy."),
    ),
    Trouble("machine_restart", Boundary.VEND, MACHINE, Blink(), "The old machine and its box start anew."),
)

_PRINTER: Final = (
    *_by_fault(
        Boundary.PRINTER,
        PRINTER,
        ("printer_paper_out", "paper_out", "The printer has no paper."),
        ("printer_paper_low", "paper_low", "The paper is near its end."),
        ("printer_cutter_jam", "cutter_jam", "The printer's blade sticks."),
        ("printer_head_hot", "head_hot", "The printer's head is too hot."),
        ("printer_mute", "mute", "The printer answers nothing."),
        ("printer_lost_answer", "lost_answer", "The printer prints and does not say so."),
        ("printer_noise", "noise", "The printer's wire is noisy."),
        ("printer_says_no", "says_no_but_prints", "The printer says no, and prints."),
        ("printer_drawer_open", "drawer_open", "The drawer's switch says open."),
    ),
    Trouble(
        "printer_cover_open",
        Boundary.PRINTER,
        PRINTER,
        Done("open_cover", undo="close_cover", shows="cover_open"),
        "The printer's cover is open.",
    ),
    Trouble("printer_unplugged", Boundary.PRINTER, PRINTER, CableOut(), "The printer is unplugged."),
)

_SCANNER: Final = (
    *_by_fault(
        Boundary.SCANNER,
        SCANNER,
        ("scanner_no_suffix", "no_suffix", "Codes end with silence only."),
        ("scanner_double_read", "double_read", "The scanner reads everything twice."),
        ("scanner_split", "split", "Codes come in pieces."),
        ("scanner_aim_prefix", "aim_prefix", "The kind of code comes before each code."),
        ("scanner_gs_missing", "gs_missing", "The separators in long codes are lost."),
        ("scanner_control_chars", "control_chars", "Codes carry control characters."),
        ("scanner_long_code", "flood", "Codes of four thousand characters arrive."),
        ("scanner_persian_digits", "persian_digits", "Digits arrive as a Persian keyboard writes them."),
        ("scanner_noise", "noise", "The scanner's wire is noisy."),
    ),
    Trouble(
        "scanner_flood",
        Boundary.SCANNER,
        SCANNER,
        Done("scan", {"code": "0000000000000"}, times=MANY_SCANS),
        "The scanner sends a hundred codes at once.",
    ),
    Trouble("scanner_unplugged", Boundary.SCANNER, SCANNER, CableOut(), "The scanner is unplugged."),
)

TROUBLES: Final[Mapping[str, Trouble]] = {
    trouble.name: trouble
    for trouble in (
        *_POWER,
        *_LINE,
        *_COIN,
        *_CHANGER,
        *_NOTE,
        *_CARD,
        *_HOPPER,
        *_VEND,
        *_MACHINE,
        *_PRINTER,
        *_SCANNER,
    )
}
"""All of them, by boundary."""
