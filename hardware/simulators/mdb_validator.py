"""A note validator as a body: a slot, an escrow, a stacker, a recycler, and the hand that the notes come from and go back to."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import Final, cast

from hardware.events import DeviceKind
from hardware.mdb.device import ValidatorFirmware
from hardware.mdb.messages import (
    MOST_NOTES,
    RECYCLER_FEATURE,
    TOKEN,
    TYPES,
    Attempts,
    Identity,
    NoteMoved,
    NoteRoute,
    Pieces,
    Said,
    Stacker,
    ValidatorSetup,
    ValidatorState,
)
from hardware.simulators.mdb_box import EXCHANGED_MS, MdbPeripheral
from hardware.simulators.mdb_tube import TubeSim
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain

READ_MS: Final = 800
"""From the slot to escrow."""
MOVE_MS: Final = 1_200
"""From escrow into the stacker, or back into the hand."""
NOTE_MS: Final = 1_000
"""Between two notes of a payout."""
STACKER_CAPACITY: Final = 600
RECYCLER_CAPACITY: Final = 60
COMPLAIN_MS: Final = 1_000
IMPATIENT_MS: Final = 8_000
"""How long it holds a note under "impatient"."""
GIVE_UP_MS: Final = 3_000
NEXT_SERIAL: Final = 1_000
EURO: Final = 0x1978
CENTS: Final = 2

(
    JAM, PULLED_BACK, REJECT, WRONG_NOTE, CHEAT, STACKS_BY_ITSELF, IMPATIENT, STACKER_FULL, BOX_OUT, RECYCLER_JAM,
    STALLS, FORGETS, WRONG_SCALE, NOT_COUNTING, SAYS_STACKED,
) = OWN_FAULTS = (
    "jam", "pulled_back", "reject", "wrong_note", "cheat", "stacks_by_itself", "impatient", "stacker_full", "box_out",
    "recycler_jam", "stalls", "reset_while_stacking", "wrong_scale", "not_counting", "says_stacked",
)  # fmt: skip


class ValidatorSim(MdbPeripheral):
    """A `hardware.simulators.model.Simulator` of a note validator, with a recycler when ``recyclers`` names one.

    Args:
        name: The configured device name.
        serial: Its serial number.
        notes: Note position (MDB type plus one, 1 to 16) -> value in minor units.
        recyclers: Recycler name -> position.
        level: 1, or 2 with options and recycler.
        factor: Scaling units of one of its units.
    """

    def __init__(
        self,
        name: str,
        serial: int,
        notes: Mapping[int, int],
        recyclers: Mapping[str, int],
        *,
        level: int = 2,
        factor: int = 100,
    ) -> None:
        self._notes = dict(notes)
        self._serial = serial
        values = [0] * TYPES
        for position, value_minor in notes.items():
            values[position - 1] = min(value_minor // factor, TOKEN)
        setup = ValidatorSetup(
            level, EURO, factor, CENTS, STACKER_CAPACITY, frozenset(), has_escrow=True, values=tuple(values)
        )
        features = 1 << RECYCLER_FEATURE if recyclers and level > 1 else 0
        identity = Identity("SIM", f"{serial:012d}", "validator", 0x0200, features)
        recyclable = [position - 1 for position in recyclers.values()]
        self.firmware = ValidatorFirmware(
            setup, identity, self._stacker_status, self._recycler_status, recyclable
        )
        self._names = dict(recyclers)
        self._hand: Counter[int] = Counter()
        self._taken_back: Counter[int] = Counter()
        self._given: Counter[int] = Counter()
        self._stacker: Counter[int] = Counter()
        self._collected: Counter[int] = Counter()
        self._inside: Counter[int] = Counter()
        self._stuck: Counter[int] = Counter()
        self._paid_tray: Counter[int] = Counter()
        self._paid_taken: Counter[int] = Counter()
        self._filled: Counter[int] = Counter()
        self._removed: Counter[int] = Counter()
        self._counted = 0
        self._escrow: int | None = None
        self._coming: deque[tuple[int, int]] = deque()
        self._moving: tuple[int, bool] | None = None
        self._held_ms: int | None = None
        self._pay_ms: int | None = None
        self._moved_ms = 0
        self._complain_ms: int | None = None
        choices = tuple(str(position) for position in sorted(notes))
        self._position = Field("position", choices[0], choices=choices)
        self._qty = Field("qty", "1", least=1, most=10)
        super().__init__(name, self.firmware, OWN_FAULTS)

    @property
    def kind(self) -> DeviceKind:
        """A note validator."""
        return DeviceKind.NOTE_VALIDATOR

    @property
    def tubes(self) -> tuple[TubeSim, ...]:
        """A view of each recycler."""
        return tuple(
            TubeSim(self, name, position, RECYCLER_CAPACITY) for name, position in self._names.items()
        )

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Put notes in; take what came back or was paid; empty the stacker; put another validator in its place."""
        return (
            Hand("insert", (self._position, self._qty)),
            Hand("take_tray"),
            Hand("take_hand"),
            Hand("empty_stacker"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "insert":
                self.insert(number_in(self._position, values), now_ms, number_in(self._qty, values))
            case "take_tray":
                self.take_tray()
            case "take_hand":
                self.take_hand()
            case "empty_stacker":
                self.empty_stacker()
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    def insert(self, position: int, now_ms: int, qty: int = 1) -> None:
        """Put ``qty`` notes of one kind in, each when the one before it is out of the way."""
        self.tick(now_ms)
        at_ms = now_ms + READ_MS
        if self._coming:
            at_ms = max(at_ms, self._coming[-1][0] + READ_MS)
        self._coming.extend((at_ms + number * READ_MS, position) for number in range(qty))
        self._given[position] += qty

    def take_tray(self) -> None:
        """Take the notes that were paid; what came back is in the hand already."""
        self._paid_taken.update(self._paid_tray)
        self._paid_tray.clear()

    def take_hand(self) -> None:
        """Put away what came back."""
        self._taken_back.update(self._hand)
        self._hand.clear()

    def empty_stacker(self) -> int:
        """Take every note out of the stacker; its count begins anew. Returns what they are worth."""
        worth_minor = sum(self._notes[position] * qty for position, qty in self._stacker.items())
        self._collected.update(self._stacker)
        self._stacker.clear()
        self._counted = 0
        return worth_minor

    def fill(self, position: int, qty: int) -> None:
        """Put notes into the recycler.

        Raises:
            UnknownActError: They do not fit.
        """
        if self._inside[position] + qty > RECYCLER_CAPACITY:
            raise UnknownActError(
                f"{self.name} recycles {RECYCLER_CAPACITY} and has {self._inside[position]}"
            )
        self._inside[position] += qty
        self._filled[position] += qty

    def remove(self, position: int, qty: int) -> None:
        """Take notes out of the recycler.

        Raises:
            UnknownActError: There are not so many.
        """
        if qty > self._inside[position]:
            raise UnknownActError(f"{self.name} has only {self._inside[position]} such notes")
        self._inside[position] -= qty
        self._removed[position] += qty

    def replace(self, now_ms: int) -> None:
        """Put another validator of the same model in its place; the notes stay, its count goes on from them."""
        was_powered = self.is_powered
        self.set_power(False, now_ms)
        self._serial += NEXT_SERIAL
        self._rename()
        if was_powered:
            self.set_power(True, now_ms)
            self._deaf_until_ms = now_ms + EXCHANGED_MS

    def _rename(self) -> None:
        old = self.firmware.identity
        self.firmware.identity = Identity(
            old.maker, f"{self._serial:012d}", old.model, old.version, old.features
        )

    def inside(self, position: int) -> int:
        """Notes of a kind in the recycler."""
        return self._inside[position]

    def paid(self, position: int) -> int:
        """Notes of a kind that were paid and wait to be taken."""
        return self._paid_tray[position]

    @property
    def stacked(self) -> Mapping[int, int]:
        """Notes in the stacker: position -> qty."""
        return dict(+self._stacker)

    @property
    def hand(self) -> Mapping[int, int]:
        """Notes that came back: position -> qty."""
        return dict(+self._hand)

    def snapshot(self) -> Mapping[str, object]:
        """Where every note is, by position; ``given`` are all that a hand ever put in."""
        return {
            "value_minor": plain(self._notes),
            "given": plain(self._given),
            "hand": plain(self._hand),
            "taken_back": plain(self._taken_back),
            "lost": plain(self._stuck),
            "escrow": self._escrow,
            "coming": len(self._coming),
            "stacker": plain(self._stacker),
            "collected": plain(self._collected),
            "stuck": plain(self._stuck),
            "tubes": plain(self._inside),
            "paid_tray": plain(self._paid_tray),
            "paid_taken": plain(self._paid_taken),
            "filled": plain(self._filled),
            "removed": plain(self._removed),
            "is_powered": self.is_powered,
            "is_open": bool(self.firmware.accepted) and self.is_powered,
            "enabled": [position for position in self._notes if position - 1 in self.firmware.accepted],
            "resets": self.resets,
        }

    def remember(self) -> Mapping[str, object]:
        """Truth, identity and the stacker's count. Notes on their way are remembered as back in the hand."""
        hand = Counter(self._hand)
        hand.update(position for _, position in self._coming)
        if self._escrow is not None:
            hand[self._escrow] += 1
        return {
            "serial": self._serial,
            "counted": self._counted,
            "hand": plain(hand),
            **{name: plain(getattr(self, f"_{name}")) for name in _KEPT},
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._serial = cast("int", memory["serial"])
        self._counted = cast("int", memory["counted"])
        self._rename()
        self._hand = counted(memory["hand"])
        for name in _KEPT:
            setattr(self, f"_{name}", counted(memory[name]))

    # --- the body -----------------------------------------------------------------------------------------------------

    def _stacker_status(self) -> Stacker:
        is_full = self._faults[STACKER_FULL] or self._stacker.total() >= STACKER_CAPACITY
        return Stacker(0 if self._faults[NOT_COUNTING] else self._counted, is_full)

    def _recycler_status(self) -> Pieces:
        counts = [0] * TYPES
        for position in self._names.values():
            counts[position - 1] = self._inside[position]
        full = frozenset(kind for kind in range(TYPES) if counts[kind] >= RECYCLER_CAPACITY)
        return Pieces(tuple(counts), full, MOST_NOTES)

    def _motion_due_ms(self) -> int | None:
        wakes = [
            self._coming[0][0] if self._coming and self._escrow is None else None,
            None if self._moving is None else self._moving[0],
            self._held_ms,
            self._pay_ms,
            self._complain_ms,
        ]
        return min((at_ms for at_ms in wakes if at_ms is not None), default=None)

    def _move(self, now_ms: int) -> None:
        while (due_ms := self._motion_due_ms()) is not None and due_ms <= now_ms:
            if self._moving is not None and self._moving[0] == due_ms:
                self._arrive(due_ms, stacks=self._moving[1])
            elif self._held_ms == due_ms:
                self._lose_patience(due_ms)
            elif self._pay_ms == due_ms:
                self._turn(due_ms)
            elif self._complain_ms == due_ms:
                self._complain(due_ms)
            else:
                self._meet(self._coming.popleft()[1], due_ms)

    def _obeyed(self, now_ms: int) -> None:
        if self.firmware.is_reset_asked:
            self.firmware.is_reset_asked = False
            self._let_go()
        decision, self.firmware.decision = self.firmware.decision, None
        if decision is not None and self._escrow is not None and self._moving is None:
            self._moving = (now_ms + MOVE_MS, decision)
            self._held_ms = None
        if self.firmware.payouts and self._pay_ms is None:
            self._pay_ms = now_ms + NOTE_MS
            self._moved_ms = now_ms

    def _meet(self, position: int, at_ms: int) -> None:
        """One note comes to the sensors."""
        kind = position - 1
        if not self._is_powered or at_ms < self._deaf_until_ms or self._stuck:
            self._hand[position] += 1
        elif self._faults[WRONG_NOTE]:
            unknown = next(each for each in reversed(range(TYPES)) if each + 1 not in self._notes)
            self._escrow, self.firmware.in_escrow = position, unknown
            self.firmware.push(NoteMoved(unknown, NoteRoute.ESCROW))
        elif not self.firmware.accepted:
            self._hand[position] += 1
            self.firmware.push(Attempts(1))
        elif kind not in self.firmware.accepted:
            self._hand[position] += 1
            self.firmware.push(NoteMoved(kind, NoteRoute.DISABLED_REJECTED))
        elif self._faults[REJECT] or self._faults[STACKER_FULL] or self._faults[BOX_OUT]:
            self._hand[position] += 1
            self.firmware.push(Said(ValidatorState.REJECTED))
        else:
            self._take(position, at_ms)

    def _take(self, position: int, at_ms: int) -> None:
        self._escrow, self.firmware.in_escrow = position, position - 1
        if self._faults[STACKS_BY_ITSELF] or position - 1 not in self.firmware.escrowed:
            self._moving = (at_ms + MOVE_MS, True)
            return
        self.firmware.push(NoteMoved(position - 1, NoteRoute.ESCROW))
        if self._faults[IMPATIENT]:
            self._held_ms = at_ms + IMPATIENT_MS
        if self._faults[PULLED_BACK]:
            self._held_ms = at_ms + 1
        if self._faults[CHEAT]:
            # It says that the note is in, and gives it back.
            self.firmware.push(NoteMoved(position - 1, NoteRoute.STACKED))
            self._let_go()

    def _lose_patience(self, _at_ms: int) -> None:
        self._held_ms = None
        if self._escrow is None or self._moving is not None:
            return
        kind = self.firmware.in_escrow
        self._let_go()
        if self._faults[PULLED_BACK]:
            self.firmware.push(Said(ValidatorState.LEFT_ESCROW))
        elif kind is not None:
            self.firmware.push(NoteMoved(kind, NoteRoute.RETURNED))

    def _let_go(self) -> None:
        """The note in escrow goes back into the hand."""
        if self._escrow is not None:
            self._hand[self._escrow] += 1
        self._escrow = self.firmware.in_escrow = self._moving = self._held_ms = None

    def _arrive(self, at_ms: int, *, stacks: bool) -> None:
        """The note comes to its end."""
        position, kind = self._escrow, self.firmware.in_escrow
        if position is None or kind is None:
            self._moving = None
            return
        if self._faults[JAM]:
            self._moving = None
            self._escrow = self.firmware.in_escrow = None
            self._stuck[position] += 1
            self._complain(at_ms)
        elif not stacks:
            self._let_go()
            self.firmware.push(NoteMoved(kind, NoteRoute.RETURNED))
        elif self._faults[SAYS_STACKED]:
            # It gives the note back, and says that it is in.
            self._let_go()
            self.firmware.push(NoteMoved(kind, NoteRoute.STACKED))
        elif self._faults[FORGETS]:
            self._faults[FORGETS] = False
            self._keep_note(position, kind)
            self.firmware.reset()
            self._resets += 1
        else:
            route = self._keep_note(position, kind)
            self.firmware.push(NoteMoved(kind, route))

    def _keep_note(self, position: int, kind: int) -> NoteRoute:
        self._escrow = self.firmware.in_escrow = self._moving = self._held_ms = None
        if kind in self.firmware.routed and self._inside[position] < RECYCLER_CAPACITY:
            self._inside[position] += 1
            return NoteRoute.TO_RECYCLER
        self._stacker[position] += 1
        self._counted += 1
        return NoteRoute.STACKED

    def _turn(self, at_ms: int) -> None:
        """One note of a payout."""
        self._pay_ms = None
        if not self.firmware.payouts:
            return
        kind = self.firmware.payouts[0].kind
        position = kind + 1
        if self._faults[RECYCLER_JAM] or self._faults[STALLS] or not self._inside[position]:
            if at_ms - self._moved_ms >= GIVE_UP_MS and not self._faults[STALLS]:
                self.firmware.payouts.popleft()
                if self._faults[RECYCLER_JAM]:
                    self.firmware.push(Said(ValidatorState.RECYCLER_JAM))
        else:
            self._inside[position] -= 1
            self._paid_tray[position] += 1
            self._moved_ms = at_ms
            self.firmware.note_left(kind)
        if self.firmware.payouts:
            self._pay_ms = at_ms + NOTE_MS

    def _complain(self, at_ms: int) -> None:
        """Say what is wrong, again and again while it is."""
        self._complain_ms = None
        if not self._is_powered:
            return
        states = []
        if self._stuck:
            states.append(ValidatorState.JAM)
        if self._faults[BOX_OUT]:
            states.append(ValidatorState.BOX_OUT)
        if states:
            self._complain_ms = at_ms + COMPLAIN_MS
        if not len(self.firmware.events):
            for state in states:
                self.firmware.push(Said(state))

    def _power_failed(self) -> None:
        self._pay_ms = None
        self._held_ms = None
        if self._moving is not None and self._moving[1] and self._escrow is not None:
            # It was on its way into the stacker: the spring finishes what the motor began.
            self._keep_note(
                self._escrow, self.firmware.in_escrow if self.firmware.in_escrow is not None else 0
            )
        self._moving = None

    def _restarted(self) -> None:
        self._let_go()
        self._complain_ms = self._deaf_until_ms

    def _fault_switched(self, name: str, now_ms: int) -> None:
        if name == JAM and not self._faults[JAM]:
            for position in self._stuck.elements():
                self._hand[position] += 1
                self.firmware.push(NoteMoved(position - 1, NoteRoute.RETURNED))
            self._stuck.clear()
        if name == BOX_OUT and self._faults[BOX_OUT]:
            self._complain_ms = now_ms
        if name == WRONG_SCALE:
            old = self.firmware.setup
            factor = old.factor * 2 if self._faults[WRONG_SCALE] else old.factor // 2
            self.firmware.setup = ValidatorSetup(
                old.level, old.currency, factor, old.decimals, old.stacker_size, old.security,
                has_escrow=old.has_escrow, values=old.values,
            )  # fmt: skip


_KEPT: Final = (
    "given", "stacker", "collected", "inside", "stuck", "taken_back", "paid_tray", "paid_taken", "filled", "removed",
)  # fmt: skip
