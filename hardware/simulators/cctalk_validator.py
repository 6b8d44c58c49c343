"""A bill validator as a body: a note goes from a hand over the escrow into the stacker, back into the hand, or sticks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

from hardware.cctalk.device import ValidatorFirmware, ValidatorMemoryChip
from hardware.cctalk.frames import Check
from hardware.cctalk.messages import ESCROWED, STACKED, BillCode, Header, Route, Scale
from hardware.events import DeviceKind
from hardware.simulators.cctalk_wire import EXCHANGE_MS, CcTalkSlave
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain

LOOK_MS = 800
"""From the mouth to the end of validation."""
STACK_MS = 900
"""From escrow into the stacker."""
RETURN_MS = 500
"""From escrow back into the hand."""
ESCROW_MS = 30_000
"""Without a word of the host the note is given back (specification part 2, header 154: typically 30 s or more)."""
SHORT_ESCROW_MS = 3000
"""The same under "impatient"."""
AT_ONCE_MS = 10
"""Under "stacks_by_itself" and "pulled_back": no host can answer so soon."""
CAPACITY = 300
"""Notes that the stacker holds."""
NEXT_SERIAL = 1000
"""How far the serial number of an exchanged device is from the old one's."""
FAR_OFF = 10
"""By how much "wrong_scale" is off: the money's unit was changed, and not in the device."""

(
    JAM,
    JAM_MOUTH,
    JAM_SAFE,
    REJECT,
    WRONG_NOTE,
    STRING,
    STRING_FROM_BOX,
    PULLED_BACK,
    BY_ITSELF,
    RESET_STACKING,
    DOUBLE_REPORT,
    IMPATIENT,
    STUCK_ROUTE,
    NO_COUNTS,
    COUNTS_SEEN,
    WRONG_SCALE,
    HOLDS,
    STACKS,
    BOX_OUT,
    STACKER_FULL,
) = OWN_FAULTS = (
    "jam",
    "jam_mouth",
    "jam_safe",
    "reject",
    "wrong_note",
    "string",
    "string_from_box",
    "pulled_back",
    "stacks_by_itself",
    "reset_while_stacking",
    "double_report",
    "impatient",
    "stuck_route",
    "no_counts",
    "counts_seen",
    "wrong_scale",
    "holds_at_power_up",
    "stacks_at_power_up",
    "box_out",
    "stacker_full",
)


class _Stage(Enum):
    """Where the one note on its way is."""

    ENTERING = auto()
    ESCROW = auto()
    STACKING = auto()
    RETURNING = auto()


@dataclass(slots=True)
class _Note:
    position: int
    stage: _Stage
    due_ms: int


class NoteValidatorSim(CcTalkSlave):
    """A `hardware.simulators.model.Simulator` of a bill validator with escrow and stacker.

    Args:
        name: The configured device name.
        address: Its ccTalk address.
        serial: Its serial number, 24 bits.
        notes: Bill type (1 to 16) -> value in minor units, as its maker programmed it; whole main units.
        check: How its bus checks frames.
        currency: The two letters before each value.
    """

    def __init__(
        self,
        name: str,
        address: int,
        serial: int,
        notes: Mapping[int, int],
        *,
        check: Check = Check.SUM,
        currency: str = "EU",
    ) -> None:
        self._notes = dict(notes)
        self._chip = ValidatorMemoryChip(serial)
        ids = {
            position: f"{currency}{value // 100:04d}A" for position, value in notes.items() if not value % 100
        }
        self.firmware = ValidatorFirmware(self._chip, ids, Scale(100, 2))
        self._note: _Note | None = None
        self._inserted: Counter[int] = Counter()
        self._hand: Counter[int] = Counter()
        self._taken_back: Counter[int] = Counter()
        self._stacker: Counter[int] = Counter()
        self._collected: Counter[int] = Counter()
        self._stuck: Counter[int] = Counter()
        self._has_box = True
        choices = tuple(str(position) for position in sorted(self._notes))
        self._position = Field("position", choices[0], choices=choices)
        super().__init__(name, address, self.firmware, OWN_FAULTS, check)

    @property
    def kind(self) -> DeviceKind:
        """A note validator."""
        return DeviceKind.NOTE_VALIDATOR

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Insert a note; pull it back; take the box out and put it in, empty it; put another validator in its place."""
        return (
            Hand("insert", (self._position,)),
            Hand("pull"),
            Hand("remove_box"),
            Hand("insert_box"),
            Hand("empty_stacker"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "insert":
                self.insert(number_in(self._position, values), now_ms)
            case "pull":
                self.pull(now_ms)
            case "remove_box":
                self.move_box(is_in=False)
            case "insert_box":
                self.move_box(is_in=True)
            case "empty_stacker":
                self.empty_stacker()
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def insert(self, position: int, now_ms: int) -> bool:
        """Hold a note to the mouth; False when there is another note in the way, so that it stays in the hand."""
        self.tick(now_ms)
        self._inserted[position] += 1
        is_free = self._note is None and not self._stuck
        if is_free and self._is_powered and now_ms >= self._deaf_until_ms:
            self._note = _Note(position, _Stage.ENTERING, now_ms + LOOK_MS)
        else:
            self._hand[position] += 1
        return is_free

    @property
    def hand(self) -> Mapping[int, int]:
        """Notes that came back, or were never taken: bill type -> qty."""
        return dict(+self._hand)

    def take_hand(self) -> None:
        """Put away what came back."""
        self._taken_back.update(self._hand)
        self._hand.clear()

    def pull(self, now_ms: int) -> bool:
        """Pull the note back out of the escrow by force; False when there is none to be had."""
        self.tick(now_ms)
        note = self._note
        if note is None or note.stage not in (_Stage.ENTERING, _Stage.ESCROW):
            return False
        self._give_back(note)
        if self._is_powered:
            self.firmware.push(0, BillCode.PULLED_BACK)
        return True

    def move_box(self, *, is_in: bool) -> None:
        """Take the stacker's box out, or put it back in; the notes in it stay in it."""
        if is_in == self._has_box:
            return
        self._has_box = is_in
        if self._is_powered:
            self.firmware.push(0, BillCode.STACKER_INSERTED if is_in else BillCode.STACKER_REMOVED)

    def empty_stacker(self) -> int:
        """Take every note out of the box, as a clerk does; returns what they are worth."""
        worth_minor = sum(self._notes.get(position, 0) * qty for position, qty in self._stacker.items())
        self._collected.update(self._stacker)
        self._stacker.clear()
        return worth_minor

    def replace(self, now_ms: int) -> None:
        """Put a new validator of the same model in its place: another serial number, its count at 0; the box stays."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        if self._note is not None:
            self._give_back(self._note)
        self._chip.serial += NEXT_SERIAL
        self._chip.kept = 0
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGE_MS

    def snapshot(self) -> Mapping[str, object]:
        """Where every note is, by bill type; ``value_minor`` says what a type is worth."""
        note = self._note
        return {
            "value_minor": plain(self._notes),
            "inserted": plain(self._inserted),
            "hand": plain(self._hand),
            "taken_back": plain(self._taken_back),
            "lost": plain(self._stuck),
            "escrow": note.position if note is not None and note.stage is _Stage.ESCROW else 0,
            "moving": note.position if note is not None and note.stage is not _Stage.ESCROW else 0,
            "stacker": plain(self._stacker),
            "collected": plain(self._collected),
            "stuck": plain(self._stuck),
            "kept_total": self._chip.kept,
            "has_box": self._has_box,
            "is_powered": self.is_powered,
            "is_open": self.firmware.is_open,
            "enabled": [position for position in self._notes if self.firmware.accepts(position, 0)],
            "counter": self.firmware.ring.counter,
        }

    def remember(self) -> Mapping[str, object]:
        """Truth and non-volatile memory. A note on its way is remembered as back in the hand."""
        hand = Counter(self._hand)
        if self._note is not None:
            hand[self._note.position] += 1
        return {
            "serial": self._chip.serial,
            "kept": self._chip.kept,
            "inserted": plain(self._inserted),
            "hand": plain(hand),
            "taken_back": plain(self._taken_back),
            "stacker": plain(self._stacker),
            "collected": plain(self._collected),
            "stuck": plain(self._stuck),
            "has_box": self._has_box,
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._chip.serial = cast("int", memory["serial"])
        self._chip.kept = cast("int", memory["kept"])
        self._inserted = counted(memory["inserted"])
        self._hand = counted(memory["hand"])
        self._taken_back = counted(memory["taken_back"])
        self._stacker = counted(memory["stacker"])
        self._collected = counted(memory["collected"])
        self._stuck = counted(memory["stuck"])
        self._has_box = cast("bool", memory["has_box"])

    # --- the body -------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now_ms: int) -> None:
        """Hear bytes; a route sets the transport in motion."""
        super().receive(data, now_ms)
        note, route = self._note, self.firmware.route
        if note is None or note.stage is not _Stage.ESCROW or route is None:
            return
        if route is Route.MORE_TIME:
            self.firmware.route = None
            note.due_ms = now_ms + ESCROW_MS
        elif route is Route.STACK:
            note.stage, note.due_ms = _Stage.STACKING, now_ms + STACK_MS
        else:
            note.stage, note.due_ms = _Stage.RETURNING, now_ms + RETURN_MS

    def _motion_due_ms(self) -> int | None:
        return None if self._note is None or not self._is_powered else self._note.due_ms

    def _move(self, now_ms: int) -> None:
        while self._note is not None and self._is_powered and self._note.due_ms <= now_ms:
            note = self._note
            match note.stage:
                case _Stage.ENTERING:
                    self._judge(note)
                case _Stage.ESCROW if self._faults[PULLED_BACK]:
                    self._refuse(note, BillCode.PULLED_BACK)
                case _Stage.ESCROW if self._faults[BY_ITSELF]:
                    note.stage, note.due_ms = _Stage.STACKING, note.due_ms + STACK_MS
                case _Stage.ESCROW:
                    self._leave_escrow()
                    note.stage, note.due_ms = _Stage.RETURNING, note.due_ms + RETURN_MS
                case _Stage.STACKING:
                    self._stack(note)
                case _Stage.RETURNING:
                    self._return(note)

    def _judge(self, note: _Note) -> None:
        """The sensors have seen the note: let it in, or give it back."""
        firmware = self.firmware
        if self._faults[REJECT]:
            self._refuse(note, BillCode.INVALID)
        elif not firmware.accepts(note.position, note.due_ms):
            self._refuse(note, BillCode.INHIBITED_BY_SERIAL)
        elif not self._has_box:
            self._refuse(note, BillCode.STACKER_REMOVED)
        elif self._is_full:
            self._refuse(note, BillCode.STACKER_FULL)
        elif self._faults[WRONG_NOTE] or not firmware.uses_escrow:
            note.stage, note.due_ms = _Stage.STACKING, note.due_ms + STACK_MS
        else:
            if self._faults[COUNTS_SEEN]:
                self._chip.kept += 1
            self._wait(note, note.due_ms)

    @property
    def _is_full(self) -> bool:
        return self._faults[STACKER_FULL] or self._stacker.total() >= CAPACITY

    def _wait(self, note: _Note, now_ms: int) -> None:
        note.stage = _Stage.ESCROW
        is_at_once = self._faults[BY_ITSELF] or self._faults[PULLED_BACK]
        short_ms = AT_ONCE_MS if is_at_once else SHORT_ESCROW_MS
        note.due_ms = now_ms + (short_ms if is_at_once or self._faults[IMPATIENT] else ESCROW_MS)
        self.firmware.escrow = note.position
        self.firmware.push(note.position, ESCROWED)

    def _stack(self, note: _Note) -> None:
        self._leave_escrow()
        if self._faults[JAM] or self._faults[JAM_SAFE]:
            self._stick(note, BillCode.JAM_IN_STACKER if self._faults[JAM] else BillCode.JAM_SAFE)
            return
        if self._faults[JAM_MOUTH]:
            self._refuse(note, BillCode.JAM_UNSAFE)  # its end looks out, and the shopper pulls it
            return
        if self._faults[STRING]:
            self._refuse(
                note, BillCode.STRING
            )  # out of the escrow on a thread, past the gate that should hold it
            return
        if self._faults[RESET_STACKING]:
            self._faults[RESET_STACKING] = False
            self._restart(note.due_ms)  # which finds the note past the escrow
            return
        event = (0, BillCode.UNKNOWN_STACKED) if self._faults[WRONG_NOTE] else (note.position, STACKED)
        self._keep(note)
        self.firmware.push(*event)
        if self._faults[DOUBLE_REPORT]:
            self.firmware.push(*event)
        if self._faults[STRING_FROM_BOX]:
            self._stacker[note.position] -= 1
            self._hand[note.position] += 1
            self.firmware.push(0, BillCode.STRING)

    def _return(self, note: _Note) -> None:
        self._leave_escrow()
        if self._faults[JAM_MOUTH]:
            self._stick(note, BillCode.JAM_UNSAFE)
            return
        self._give_back(note)
        self.firmware.push(0, BillCode.RETURNED)

    def _keep(self, note: _Note) -> None:
        self._note = None
        self._stacker[note.position] += 1
        if not self._faults[COUNTS_SEEN]:
            self._chip.kept += 1

    def _refuse(self, note: _Note, code: BillCode) -> None:
        self._give_back(note)
        self.firmware.push(0, code)

    def _give_back(self, note: _Note) -> None:
        self._leave_escrow()
        self._note = None
        self._hand[note.position] += 1

    def _stick(self, note: _Note, code: BillCode) -> None:
        self._note = None
        self._stuck[note.position] += 1
        self.firmware.push(0, code)

    def _leave_escrow(self) -> None:
        self.firmware.escrow = 0
        self.firmware.route = None

    def _restarted(self) -> None:
        """What a device does with the note that it finds on its way when it wakes."""
        note = self._note
        if note is None:
            return
        if note.stage is _Stage.STACKING or (note.stage is _Stage.ESCROW and self._faults[STACKS]):
            self._keep(note)  # past the escrow, or so it believes: without an event
        elif note.stage is _Stage.ESCROW and self._faults[HOLDS]:
            self._wait(note, self._deaf_until_ms)
        else:
            self._give_back(note)

    def _loses_reply(self, header: int) -> bool:
        """A validator's "lost_reply" takes the answers that matter: those to a route."""
        return header == Header.ROUTE_BILL and super()._loses_reply(header)

    def _fault_switched(self, name: str) -> None:
        if name == NO_COUNTS:
            self.firmware.has_total = not self._faults[NO_COUNTS]
        if name == BOX_OUT:
            self.move_box(is_in=not self._faults[BOX_OUT])
        if name == STACKER_FULL and self._is_powered:
            full = self._faults[STACKER_FULL]
            self.firmware.push(0, BillCode.STACKER_FULL if full else BillCode.STACKER_OK)
        if name == STUCK_ROUTE:
            self.firmware.refuses_route = self._faults[STUCK_ROUTE]
        if name == WRONG_SCALE:
            self.firmware.scale = Scale(100 * (FAR_OFF if self._faults[WRONG_SCALE] else 1), 2)
        if not any(self._faults[jam] for jam in (JAM, JAM_MOUTH, JAM_SAFE)):
            # Whoever frees it gives the note back.
            self._hand.update(self._stuck)
            self._stuck.clear()
