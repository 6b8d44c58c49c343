"""The note that is on its way through a validator: escrowed, kept or given back, and told as money once, when it is credited.

No commands are sent from here; `unit` speaks, and tells this what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hardware.commands import ReturnNote, StackNote
from hardware.events import (
    AcceptorIdentified,
    DeviceEvent,
    DeviceKind,
    Fault,
    NoteEscrowed,
    NoteRefused,
    NoteReturned,
    NoteStacked,
    NoteUnknown,
    NoteUnvalued,
)
from hardware.sansio import AcceptorMemory
from hardware.ssp.messages import CHANNELS, Event, Seen

ESCROW_MS: Final = 30_000
"""The longest that a note is held without a decision: nobody waits longer for a slot to make up its mind."""
MOVING_MS: Final = 20_000
"""A note that was told to move is in or out after a second or two; after this long nobody can say where it is."""
PLACE_MS: Final = 2_000
"""How long a credited note may take to say whether the recycler or the stacker has it; then its route is believed."""
KEPT_TURN: Final = 1 << 32
"""Units count kept notes in four bytes."""


@dataclass(frozen=True, slots=True)
class NotesConfig:
    """The note reader of a unit.

    Attributes:
        name: The configured device name.
        notes: Channel (1 to 16) -> value in minor units; only these can ever be credited.
        into: Channel -> name of the recycler's device that notes of this channel fall into.
        memory: What the journal remembers, or None when it never knew this device.
    """

    name: str
    notes: Mapping[int, int] = field(hash=False)
    into: Mapping[int, str] = field(default_factory=dict, hash=False)
    memory: AcceptorMemory | None = None


class Stage(StrEnum):
    """Where the note is."""

    NONE = "none"
    ESCROW = "escrow"
    STACKING = "stacking"
    RETURNING = "returning"
    CREDITED = "credited"


_AT_POWER_UP: Final = frozenset(
    {Event.CLEARED_TO_CASHBOX, Event.STACKED_AT_POWER_UP, Event.STORED_AT_POWER_UP}
)
"""Events that say: the note that was on its way when the power went is inside."""


class NotePath:
    """One note at a time, and the numbers that name it.

    Attributes:
        stage: Where it is.
        position: Its channel.
        job: What was asked of it, empty when nothing was.
        since_ms: When it came to this stage.
        decision: What the till asked and the unit has not been told yet.
        kept: The unit's own count of kept notes as far as it was told to the till; None when it keeps none.
        unexpected: Channels credited although no note was on its way: told only if the unit's own count has risen too.
        is_doubted: The unit's counts should be compared with what was told.
    """

    def __init__(self, config: NotesConfig, currency: str, tell: Callable[[DeviceEvent], None]) -> None:
        self._config = config
        self._currency = currency
        self._tell = tell
        self._memory = config.memory
        self._fault: Fault | None = None
        self.stage = Stage.NONE
        self.position = 0
        self.job = ""
        self.since_ms = 0
        self.decision: StackNote | ReturnNote | None = None
        self.kept: int | None = None if config.memory is None else config.memory.kept_total
        self.is_doubted = False
        self.unexpected: list[int] = []

    @property
    def is_idle(self) -> bool:
        """Whether no note is on its way."""
        return self.stage is Stage.NONE

    @property
    def has_memory(self) -> bool:
        """Whether this unit was known before."""
        return self._memory is not None

    # --- on its way -----------------------------------------------------------------------------------------------

    def escrow(self, position: int, now_ms: int) -> bool:
        """A note came to rest in escrow; False when it has no value and must go back."""
        if self.stage is Stage.ESCROW and self.position == position:
            return True
        if self.stage in {Stage.STACKING, Stage.RETURNING} and self.position == position:
            return True  # the poll that moves it still shows it
        self._close_former()
        self.position = position
        value_minor = self._config.notes.get(position)
        if value_minor is None:
            self._go(Stage.RETURNING, now_ms)
            self._fault = Fault.UNKNOWN_NOTE
            return False
        self._go(Stage.ESCROW, now_ms)
        self._tell(NoteEscrowed(self._config.name, position, value_minor, self._currency, self.kept))
        return True

    def _close_former(self) -> None:
        """Another note shows itself although the former one never said what became of it."""
        if self.stage is Stage.CREDITED:
            self.place(is_recycled=None)
        elif self.stage in {Stage.STACKING, Stage.ESCROW}:
            self.lose(Fault.OUT_OF_SEQUENCE)
        elif self.stage is Stage.RETURNING:
            self._returned(None)

    def _go(self, stage: Stage, now_ms: int) -> None:
        if stage is Stage.ESCROW:
            self.job = ""
            self._fault = None
        self.stage = stage
        self.since_ms = now_ms

    def decide(self, command: StackNote | ReturnNote) -> bool:
        """Take the till's decision; False when no note waits for one, which was told."""
        if self.stage is Stage.ESCROW and self.decision is None:
            self.decision = command
            self.job = command.job
            return True
        if self.stage is Stage.STACKING and not self.job and isinstance(command, StackNote):
            self.job = command.job  # the unit took it by itself a moment ago
            return True
        self._tell(NoteReturned(self._config.name, self.position, command.job, Fault.NO_REPLY))
        return False

    def move(self, stage: Stage, now_ms: int, fault: Fault | None = None) -> None:
        """It was told to move, or moves by itself."""
        self.decision = None
        self._fault = fault
        self._go(stage, now_ms)

    def stacking(self, now_ms: int) -> None:
        """The unit moves it inwards."""
        if self.stage is Stage.ESCROW:
            self.move(Stage.STACKING, now_ms)

    def rejecting(self, now_ms: int) -> None:
        """The unit moves it outwards."""
        if self.stage in {Stage.ESCROW, Stage.STACKING}:
            self.move(Stage.RETURNING, now_ms)

    def credit(self, position: int, now_ms: int) -> None:
        """The one word that makes it money."""
        if self.stage is Stage.CREDITED:
            self.place(is_recycled=None)
        if not self.is_idle and position != self.position and position not in self._config.notes:
            # It held a note that has a value, and says that it kept one that has none: one of the two words is wrong.
            self.lose(Fault.OUT_OF_SEQUENCE)
        if self.stage is Stage.NONE:
            if self.kept is not None:
                self.unexpected.append(position)
                self.is_doubted = True
                return
            self.job = ""
        self.position = position
        self.decision = None
        self._go(Stage.CREDITED, now_ms)
        if position not in self._config.into:
            self.place(is_recycled=None)

    def explain(self, kept_now: int) -> tuple[int, ...]:
        """Tell unexpected credits as far as the unit's count has risen; gives the channels of those that it has not."""
        more = (kept_now - self.kept) % KEPT_TURN if self.kept is not None else 0
        known = more if more < KEPT_TURN // 2 else 0
        told, self.unexpected = self.unexpected[:known], self.unexpected[known:]
        for channel in told:
            self._stacked(channel, self._config.into.get(channel, ""), "")
        self.is_doubted = False
        return tuple(self.unexpected)

    def place(self, *, is_recycled: bool | None) -> None:
        """Tell the credited note, now that it is known where it is; None: believe its route."""
        if self.stage is not Stage.CREDITED:
            self.is_doubted = True
            return
        into = "" if is_recycled is False else self._config.into.get(self.position, "")
        self._stacked(self.position, into, self.job)

    def _stacked(self, position: int, into: str, job: str) -> None:
        memory = self._memory
        if memory is None:
            memory = AcceptorMemory(0, 1, 0)
        event_no = memory.event_no + 1
        self.kept = None if self.kept is None else (self.kept + 1) % KEPT_TURN
        self._memory = AcceptorMemory(memory.serial, memory.device_epoch, event_no, kept_total=self.kept)
        value_minor = self._config.notes.get(position)
        self._end()
        if value_minor is None:
            self._tell(
                NoteUnvalued(self._config.name, memory.serial, memory.device_epoch, event_no, position)
            )
            return
        self._tell(
            NoteStacked(
                self._config.name,
                serial=memory.serial,
                device_epoch=memory.device_epoch,
                event_no=event_no,
                position=position,
                value_minor=value_minor,
                currency=self._currency,
                into=into,
                job=job,
                kept_total=self.kept,
            )
        )

    def rejected(self, code: int, fault: Fault) -> None:
        """The unit gave a note back, for the reason ``code`` (17)."""
        if self.stage is Stage.NONE or (self.stage is Stage.RETURNING and self._fault is Fault.UNKNOWN_NOTE):
            is_unknown = self.stage is Stage.RETURNING
            self._end()
            why = Fault.UNKNOWN_NOTE if is_unknown else fault
            self._tell(NoteRefused(self._config.name, code, why, is_returned=True))
            return
        if self.stage is Stage.CREDITED:
            self.place(is_recycled=None)  # a credit stands, whatever comes after it
            return
        is_asked = self.stage is Stage.RETURNING and bool(self.job)
        self._returned(self._fault or (None if is_asked else fault))

    def _returned(self, fault: Fault | None) -> None:
        position, job = self.position, self.job
        self._end()
        self._tell(NoteReturned(self._config.name, position, job, fault))

    def lose(self, fault: Fault) -> None:
        """Nobody can say where it is."""
        position, job = self.position, self.job
        self._end()
        self.is_doubted = True
        self._tell(NoteUnknown(self._config.name, position, fault, job))

    def _end(self) -> None:
        self.stage = Stage.NONE
        self.job = ""
        self.decision = None
        self._fault = None
        self.is_doubted = True

    # --- after silence or a restart -------------------------------------------------------------------------------

    def recognise(self, serial: int) -> None:
        """Which unit this is; another one starts a new epoch, and its count says nothing about the former one's notes."""
        memory = self._memory
        if memory is None:
            self._memory = AcceptorMemory(serial, 1, 0)
        elif memory.serial == 0:
            self._memory = AcceptorMemory(serial, memory.device_epoch, memory.event_no)
        elif memory.serial != serial:
            if not self.is_idle:
                self.lose(Fault.UNSPECIFIED)
            self._memory = AcceptorMemory(serial, memory.device_epoch + 1, 0)
            self.kept = None

    def settle(
        self,
        kept_now: int | None,
        seen: Sequence[Seen],
        fault: Fault,
        values: Mapping[int, int],
        *,
        repeats: bool,
    ) -> None:
        """Tell what became of a note that was on its way, and of notes that the unit reports and we do not know.

        Args:
            kept_now: The unit's count of kept notes, read while nothing moves.
            seen: What it reported since contact.
            fault: Why there was no contact.
            values: Channel -> value, to know a note by.
            repeats: The unit repeats a report until it is acknowledged, so that one may be known already.
        """
        more = None if kept_now is None or self.kept is None else (kept_now - self.kept) % KEPT_TURN
        if more is not None and more >= KEPT_TURN // 2:
            more = 0
        credited = [*self.unexpected, *(one.channel for one in seen if one.event is Event.CREDIT)]
        self.unexpected.clear()
        inside = [_channel_of(one, values) for one in seen if one.event in _AT_POWER_UP]
        is_out = any(one.event in {Event.CLEARED_TO_FRONT, Event.REJECTED} for one in seen)
        if not self.is_idle:
            if self.position in credited:
                credited.remove(self.position)
            more = self._settle_note(more, [*credited, *inside], seen, fault, is_out=is_out)
            inside.clear()
        else:
            for one in seen:
                if one.event is Event.CLEARED_TO_FRONT:
                    self._tell(NoteReturned(self._config.name, _channel_of(one, values), "", fault))
        if more is None and repeats and self.has_memory:
            for channel in credited:
                self._tell(NoteUnknown(self._config.name, channel, fault))
            credited.clear()
        for channel in credited if more is None else credited[-more:] if more else ():
            self._stacked(channel, self._into(channel, seen), "")
        if more is None:
            for channel in inside:
                self._tell(NoteUnknown(self._config.name, channel, fault))
        elif more > len(credited) and len(inside) == 1 and inside[0] in self._config.notes:
            self._stacked(inside[0], self._into(inside[0], seen), "")

    def _into(self, position: int, seen: Sequence[Seen]) -> str:
        """Where a kept note lies: where the unit said, or else where its route leads."""
        return "" if _place_of(seen) is False else self._config.into.get(position, "")

    def _settle_note(
        self, more: int | None, inside: Sequence[int], seen: Sequence[Seen], fault: Fault, *, is_out: bool
    ) -> int | None:
        """The note that we know was on its way; gives how many kept notes are still unexplained."""
        if self.stage is Stage.CREDITED:
            self.place(is_recycled=_place_of(seen))
            return None if more is None else max(0, more - 1)
        was_credited = any(one.event is Event.CREDIT and one.channel == self.position for one in seen)
        is_inside = any(channel in {0, self.position} for channel in inside)
        if was_credited or is_inside or more:
            job = "" if self.stage is Stage.RETURNING else self.job
            self._stacked(self.position, self._into(self.position, seen), job)
            return None if more is None else max(0, more - 1)
        if is_out or (more == 0 and self.stage is not Stage.STACKING):
            self._returned(fault)
        else:
            self.lose(fault)
        return more

    def identify(self, kept_now: int | None, *, restarted: bool) -> None:
        """Announce the unit, with everything told that happened before."""
        memory = self._memory
        if memory is None:
            return
        self.kept = kept_now
        self._memory = AcceptorMemory(
            memory.serial, memory.device_epoch, memory.event_no, kept_total=kept_now
        )
        self._tell(
            AcceptorIdentified(
                self._config.name,
                serial=memory.serial,
                device_epoch=memory.device_epoch,
                event_no=memory.event_no,
                accept_counts=None,
                restarted=restarted,
                kind=DeviceKind.NOTE_VALIDATOR,
                kept_total=kept_now,
            )
        )


def _place_of(seen: Sequence[Seen]) -> bool | None:
    """Whether the last note went into the recycler; None when the unit did not say."""
    for one in reversed(seen):
        if one.event in {Event.STORED, Event.STORED_AT_POWER_UP}:
            return True
        if one.event in {Event.NOTE_STACKED, Event.STACKED_AT_POWER_UP, Event.CLEARED_TO_CASHBOX}:
            return False
    return None


def _channel_of(one: Seen, values: Mapping[int, int]) -> int:
    """The channel that an event at power-up names, directly or by its value; 0 when it does not say."""
    if one.channel in CHANNELS:
        return one.channel
    return next(
        (channel for channel, value in values.items() for money in one.money if money.value == value), 0
    )
