"""A note unit as a body: notes between hand, escrow, stacker and recycler, and all that goes wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.events import DeviceKind
from hardware.simulators.model import Field, Hand, UnknownActError, counted, number_in, plain
from hardware.simulators.ssp_wire import EXCHANGE_MS, JAM, PayingUnit
from hardware.ssp.device import ESCROW_MS, UnitChip, UnitFirmware
from hardware.ssp.messages import CHANNELS, NEWEST_PROTOCOL, ROUTE_RECYCLE, Event, Seen, UnitType

READ_MS: Final = 600
"""From the mouth to escrow."""
CREDIT_MS: Final = 400
"""From the decision to the point of no return, where the credit is told."""
STACK_MS: Final = 900
"""From there into the stacker or the recycler."""
RETURN_MS: Final = 500
"""From escrow back into the hand."""
APART_MS: Final = 300
"""Between two notes that a person puts in one after the other."""
NOTE_MS: Final = 700
"""A recycler pays a note in about so long."""
STACKER: Final = 500
"""Notes that the stacker holds."""
STORE: Final = 80
"""Notes that the recycler holds."""
NEXT_SERIAL: Final = 1000
"""How far the serial number of an exchanged unit is from the old one's."""

REJECT, STRING, PULLED_BACK, IMPATIENT, BY_ITSELF, RESET_STACKING = (
    "reject",
    "string",
    "pulled_back",
    "impatient",
    "stacks_by_itself",
    "reset_while_stacking",
)
WRONG_NOTE, SWALLOW, STACKER_FULL, BOX_OUT = "wrong_note", "swallow", "stacker_full", "box_out"
NO_COUNTS, NO_HOLD, NO_KEYS, INSISTS, OTHER_KEY, CREDITS_TWICE, NO_CURRENCY = (
    "no_counts",
    "no_hold",
    "no_keys",
    "insists_on_keys",
    "other_key",
    "credits_twice",
    "other_currency",
)
OWN_FAULTS: Final = (
    *(REJECT, STRING, PULLED_BACK, IMPATIENT, BY_ITSELF, RESET_STACKING),
    *(WRONG_NOTE, SWALLOW, STACKER_FULL, BOX_OUT),
    *(NO_COUNTS, NO_HOLD, NO_KEYS, INSISTS, OTHER_KEY, CREDITS_TWICE, NO_CURRENCY),
)
"""Faults beside those of everything that pays; "jam" stops notes on either way."""
SOON_MS: Final = 400
"""How long a note lies in escrow under the faults that do not wait for a host: a poll or two."""

# Reject codes of command 17 that this body can bring about.
CODE_INHIBITED: Final = 0x06
CODE_NOT_READ: Final = 0x02
CODE_STRING: Final = 0x0E
CODE_ESCROW_TIME: Final = 0x13
CODE_NO_STACKER: Final = 0x1D


class NoteValidatorSim(PayingUnit):
    """A `hardware.simulators.model.Simulator` of a note validator, with a recycler when ``recycled`` names any channels.

    Args:
        name: The configured device name.
        serial: Its serial number, 32 bits.
        notes: Channel -> value in minor units, as its data set has it.
        recycled: Channels that its recycler can hold.
        currency: Of its data set.
        address: Its SSP address.
        newest_protocol: The newest version it speaks.
    """

    def __init__(
        self,
        name: str,
        serial: int,
        notes: Mapping[int, int],
        *,
        recycled: tuple[int, ...] = (),
        currency: str = "EUR",
        address: int = 0,
        newest_protocol: int = NEWEST_PROTOCOL,
    ) -> None:
        self._notes = dict(notes)
        self._recycled = recycled
        self._waiting: list[tuple[int, int]] = []
        self._in_hand: dict[int, int] = {}
        self._taken_back: dict[int, int] = {}
        self._stacker: dict[int, int] = {}
        self._collected: dict[int, int] = {}
        self._lost: dict[int, int] = {}
        self._inserted: dict[int, int] = {}
        self._note = 0
        self._place = ""
        self._note_ms: int | None = None
        self._stepped_ms = 0
        self._code = 0
        unit = UnitType.SMART_PAYOUT if recycled else UnitType.VALIDATOR
        firmware = UnitFirmware(
            UnitChip(serial), unit, notes, currency, self, newest_protocol=newest_protocol
        )
        choices = tuple(str(channel) for channel in sorted(self._notes))
        self._channel = Field("position", choices[0], choices=choices)
        self._qty = Field("qty", "1", least=1, most=20)
        super().__init__(name, address, firmware, OWN_FAULTS, piece_ms=NOTE_MS, capacity=STORE)

    @property
    def kind(self) -> DeviceKind:
        """A note validator."""
        return DeviceKind.NOTE_VALIDATOR

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Put notes in; pull at one; take what came back or was paid; empty the stacker; put another unit in its place."""
        return (
            Hand("insert", (self._channel, self._qty)),
            Hand("pull"),
            Hand("take_hand"),
            Hand("take_tray"),
            Hand("empty_stacker"),
            Hand("replace"),
        )

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        self.tick(now_ms)
        match hand:
            case "insert":
                self.insert(number_in(self._channel, values), now_ms, number_in(self._qty, values))
            case "pull":
                self.pull(now_ms)
            case "take_hand":
                self.take_hand()
            case "take_tray":
                self.take_tray()
            case "empty_stacker":
                self.empty_stacker()
            case "replace":
                self.replace(now_ms)
            case _:
                names = ", ".join(one.name for one in self.hands)
                raise UnknownActError(f"{self.name} has no hand {hand}; it has {names}")

    @property
    def hand(self) -> Mapping[int, int]:
        """Notes that came back, or were never taken, and lie in the hand: channel -> qty."""
        return dict(self._in_hand)

    def take_hand(self) -> None:
        """Put away what came back."""
        for channel, qty in self._in_hand.items():
            self._taken_back[channel] = self._taken_back.get(channel, 0) + qty
        self._in_hand.clear()

    def insert(self, position: int, now_ms: int, qty: int = 1) -> None:
        """Hold ``qty`` notes to the mouth, one after the other; one that is not taken stays in the hand."""
        self.tick(now_ms)
        at_ms = max(now_ms, self._waiting[-1][0] if self._waiting else 0) + APART_MS
        self._waiting += [(at_ms + number * APART_MS, position) for number in range(qty)]

    def pull(self, now_ms: int) -> None:
        """Pull the note in escrow out; the unit sees it go."""
        if self._place == "escrow":
            self._code = CODE_STRING
            self._go("returning", now_ms)

    def empty_stacker(self) -> int:
        """Take every note out of the stacker, as a clerk does; returns what they are worth."""
        for places in (self._stacker, self._boxed_channels()):
            for channel, qty in places.items():
                self._collected[channel] = self._collected.get(channel, 0) + qty
        worth_minor = sum(self._notes[channel] * qty for channel, qty in self._stacker.items())
        worth_minor += sum(value * qty for value, qty in self._boxed.items())
        self._stacker.clear()
        self._boxed.clear()
        return worth_minor

    def _boxed_channels(self) -> dict[int, int]:
        """Notes that the recycler put into the cash box, by channel."""
        of_value = {value: channel for channel, value in self._notes.items()}
        return {of_value[value]: qty for value, qty in self._boxed.items()}

    def replace(self, now_ms: int) -> None:
        """Put another unit of the same model in its place, whose counters begin at nothing; all notes are moved over."""

        def change() -> None:
            self.firmware.chip.serial += NEXT_SERIAL
            self.firmware.chip.counters = {}
            self.firmware.chip.asked = 0

        self.exchange(now_ms, change)
        self._deaf_until_ms = now_ms + EXCHANGE_MS

    # --- the simulator's model ------------------------------------------------------------------------------------

    def snapshot(self) -> Mapping[str, object]:
        """Where every note is, by channel; ``value_minor`` says what a channel is worth."""
        stored = {channel: self._inside.get(self._notes[channel], 0) for channel in self._recycled}
        stacker = dict(self._stacker)
        for channel, qty in self._boxed_channels().items():
            stacker[channel] = stacker.get(channel, 0) + qty
        return {
            "value_minor": plain(self._notes),
            "stacker": plain(stacker),
            "collected": plain(self._collected),
            "recycler": plain(stored),
            "hand": plain(self._in_hand),
            "taken_back": plain(self._taken_back),
            "lost": plain(self._lost),
            "inserted": plain(self._inserted),
            "waiting": len(self._waiting),
            "note": self._note,
            "place": self._place,
            "counters": dict(self.firmware.chip.counters),
            "is_powered": self.is_powered,
            "is_open": self.firmware.is_enabled,
            "enabled": [channel for channel in self._notes if self.firmware.is_let_in(channel)],
        }

    def remember(self) -> Mapping[str, object]:
        """Truth and non-volatile memory. A note on its way is remembered as one that came back."""
        hand = dict(self._in_hand)
        for channel in [channel for _, channel in self._waiting] + ([self._note] if self._note else []):
            hand[channel] = hand.get(channel, 0) + 1
        return {
            **self._remember_pieces(),
            "stacker": plain(self._stacker),
            "collected": plain(self._collected),
            "lost": plain(self._lost),
            "inserted": plain(self._inserted),
            "hand": plain(hand),
            "taken_back": plain(self._taken_back),
        }

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        self._recall_pieces(memory)
        self._stacker = counted(memory["stacker"])
        self._collected = counted(memory["collected"])
        self._lost = counted(memory["lost"])
        self._inserted = counted(memory["inserted"])
        self._in_hand = counted(memory["hand"])
        self._taken_back = counted(memory["taken_back"])

    # --- the firmware's wishes ------------------------------------------------------------------------------------

    @property
    def escrow(self) -> int:
        """Channel of the note that rests in escrow; 0 for none."""
        return self._note if self._place == "escrow" else 0

    @property
    def is_busy(self) -> bool:
        """Whether it pays, empties or moves a note."""
        return super().is_busy or bool(self._place)

    @property
    def standing(self) -> tuple[Seen, ...]:
        """Conditions that every poll shows."""
        shown = list(self._paying_shows)
        if self._place == "reading":
            shown.append(Seen(Event.READ, 0))
        elif self._place in {"stacking", "credited"}:
            shown.append(Seen(Event.STACKING))
        elif self._place == "returning":
            shown.append(Seen(Event.REJECTING))
        elif self._place == "jammed":
            shown.append(Seen(Event.JAM_SAFE))
        if self._faults[STACKER_FULL]:
            shown.append(Seen(Event.STACKER_FULL))
        return tuple(shown)

    def keep(self, now_ms: int) -> None:
        """Draw the note in escrow in."""
        if self._place == "escrow":
            self._go("stacking", now_ms)

    def give_back(self, now_ms: int) -> None:
        """Put the note in escrow out."""
        if self._place == "escrow":
            self._code = 0x08
            self._go("returning", now_ms)

    # --- the body -------------------------------------------------------------------------------------------------

    def _motion_due_ms(self) -> int | None:
        due = [super()._motion_due_ms()]
        if self._is_powered:
            due.append(self._note_ms)
        if self._waiting and not self._place:
            due.append(self._waiting[0][0])
        return min((at for at in due if at is not None), default=None)

    def _move(self, now_ms: int) -> None:
        super()._move(now_ms)
        while True:
            if self._place and self._note_ms is not None and self._is_powered and self._note_ms <= now_ms:
                self._stepped_ms = self._note_ms
                self._step(self._note_ms)
            elif not self._place and self._waiting and self._waiting[0][0] <= now_ms:
                at_ms, channel = self._waiting.pop(0)
                self._meet(channel, max(at_ms, self._stepped_ms))
            else:
                break
        held_ms = self.firmware.held_at_ms
        if self._place == "escrow" and held_ms is not None and now_ms - held_ms >= ESCROW_MS:
            self._code = CODE_ESCROW_TIME
            self._go("returning", now_ms)

    def _go(self, place: str, now_ms: int) -> None:
        self._place = place
        took_ms = {"reading": READ_MS, "stacking": CREDIT_MS, "credited": STACK_MS, "returning": RETURN_MS}
        self._note_ms = now_ms + took_ms[place] if place in took_ms else None
        if place == "escrow":
            self.firmware.held_at_ms = None
            is_hasty = any(self._faults[name] for name in (PULLED_BACK, IMPATIENT, BY_ITSELF))
            self._note_ms = now_ms + (SOON_MS if is_hasty else ESCROW_MS)

    def _meet(self, channel: int, at_ms: int) -> None:
        """A note is held to the mouth: drawn in, or left in the hand."""
        is_awake = self._is_powered and at_ms >= self._deaf_until_ms
        is_open = is_awake and self.firmware.is_watched(at_ms) and not self._faults[BOX_OUT]
        if not is_open or self._faults[STACKER_FULL] or self.firmware.chip.asked or self._next_ms is not None:
            self._in_hand[channel] = self._in_hand.get(channel, 0) + 1
            return
        self._inserted[channel] = self._inserted.get(channel, 0) + 1
        self._note = channel
        self._go("reading", at_ms)

    def _step(self, at_ms: int) -> None:
        """The note comes to the next place."""
        match self._place:
            case "reading":
                self._was_read(at_ms)
            case "escrow":
                self._code = CODE_STRING if self._faults[PULLED_BACK] else CODE_ESCROW_TIME
                if self._faults[BY_ITSELF]:
                    self._go("stacking", at_ms)
                elif (
                    self._faults[PULLED_BACK]
                    or self._faults[IMPATIENT]
                    or self.firmware.held_at_ms is None
                    or at_ms - self.firmware.held_at_ms >= ESCROW_MS
                ):
                    self._go("returning", at_ms)
                else:
                    self._note_ms = self.firmware.held_at_ms + ESCROW_MS
            case "stacking":
                self._pass_credit(at_ms)
            case "credited":
                self._put_away()
            case _:
                self._came_back()

    def _was_read(self, at_ms: int) -> None:
        if self._faults[REJECT]:
            self._code = CODE_NOT_READ
            self._go("returning", at_ms)
        elif not self.firmware.takes(self._note, at_ms):
            self._code = CODE_INHIBITED
            self._go("returning", at_ms)
        else:
            self._go("escrow", at_ms)

    def _pass_credit(self, at_ms: int) -> None:
        if self._faults[JAM]:
            self._go("jammed", at_ms)
            return
        if self._faults[STRING]:
            self.firmware.report(Event.FRAUD, self._note, value=self._notes[self._note])
            self._code = CODE_STRING
            self._go("returning", at_ms)
            return
        if self._faults[SWALLOW]:
            # Behind the credit sensor, and gone: nothing is told, and nothing counted.
            self._lost[self._note] = self._lost.get(self._note, 0) + 1
            self._leave()
            return
        shown = self._unknown() if self._faults[WRONG_NOTE] else self._note
        self.firmware.report(Event.CREDIT, shown)
        if self._faults[CREDITS_TWICE]:
            self.firmware.report(Event.CREDIT, shown)
        self._go("credited", at_ms)
        if self._faults[RESET_STACKING]:
            self._faults[RESET_STACKING] = False
            self._power_failed()
            self._restart(at_ms)

    def _unknown(self) -> int:
        """A channel that its data set left empty."""
        return next(channel for channel in reversed(CHANNELS) if channel not in self._notes)

    def _put_away(self, *, at_power_up: bool = False) -> None:
        """The note comes to rest where its route leads; at power-up always in the stacker."""
        channel, value = self._note, self._notes[self._note]
        has_room = sum(self._inside.values()) < STORE
        is_kept = channel in self._recycled and self.firmware.route_of(value) == ROUTE_RECYCLE and has_room
        if is_kept and not at_power_up:
            self._inside[value] = self._inside.get(value, 0) + 1
            levels = self.firmware.chip.levels
            levels[value] = levels.get(value, 0) + 1
            self.firmware.chip.count("stored")
            self.firmware.report(Event.STORED)
        else:
            self._stacker[channel] = self._stacker.get(channel, 0) + 1
            self.firmware.chip.count("stacked")
            if not at_power_up:
                self.firmware.report(Event.NOTE_STACKED)
        self._leave()

    def _came_back(self) -> None:
        self._in_hand[self._note] = self._in_hand.get(self._note, 0) + 1
        self.firmware.chip.count("rejected")
        self.firmware.last_reject = self._code
        self.firmware.report(Event.REJECTED)
        self._leave()

    def _leave(self) -> None:
        self._note, self._place, self._note_ms = 0, "", None

    def _power_failed(self) -> None:
        super()._power_failed()
        self._note_ms = None

    def _restarted(self) -> None:
        """What was on its way is cleared: inwards from the point where the shopper cannot reach it, else to the front."""
        if self._place in {"stacking", "credited", "jammed"}:
            channel = self._note
            self._put_away(at_power_up=True)
            self.firmware.report(Event.CLEARED_TO_CASHBOX, channel)
        elif self._place:
            channel = self._note
            self._in_hand[channel] = self._in_hand.get(channel, 0) + 1
            self._leave()
            self.firmware.report(Event.CLEARED_TO_FRONT, channel)
        super()._restarted()

    def _fault_switched(self, name: str) -> None:
        super()._fault_switched(name)
        is_on = self._faults[name]
        match name:
            case "no_counts":
                self.firmware.has_counters = not is_on
            case "no_hold":
                self.firmware.has_hold = not is_on
            case "no_keys":
                self.link.can_encrypt = not is_on
            case "insists_on_keys":
                self.link.insists = is_on
            case "other_key":
                self.link.fixed_key ^= 1
            case "other_currency":
                self.firmware.currency = "XTS" if is_on else "EUR"
            case "box_out":
                self.firmware.report(Event.CASHBOX_OUT if is_on else Event.CASHBOX_BACK)
            case "jam" if not is_on and self._place == "jammed":
                # Whoever frees it pulls the note out in front.
                self._came_back()
            case _:
                pass
