"""The far end of a card reader on the bus: its states, and what it answers in each, as a simulator plays it.

Who decides about money is the simulator: the firmware keeps the order of a vend, and says "out of sequence" to everything else.

Source: MDB/ICP 4.2, section 7.
"""

from __future__ import annotations

from enum import IntEnum

from hardware.mdb import reader_messages as rm
from hardware.mdb.device import ACK, EventQueue, Reply
from hardware.mdb.frames import MAX_BLOCK
from hardware.mdb.messages import FEATURE_BYTES, IDENTITY_BYTES, Identity
from hardware.mdb.reader_messages import (
    Code,
    Extra,
    Mode,
    Option,
    ReaderConfig,
    ReaderEvent,
    ReaderOrder,
    Reported,
    Setup,
    Switch,
    Vend,
)


class ReaderState(IntEnum):
    """States of the specification, as "out of sequence" names them."""

    INACTIVE = 1
    DISABLED = 2
    ENABLED = 3
    SESSION_IDLE = 4
    VEND = 5
    REVALUE = 6
    NEGATIVE_VEND = 7


class ReaderFirmware:
    """A card reader's registers. After `reset` it is inactive, and an open approval has become a charge.

    Attributes:
        config: What it says of itself.
        identity: Who it says it is, with its options.
        state: Where it is in a vend.
        asked: Units and item of a vend request that the simulator has not decided about.
        approved: Units of an approval that was neither delivered nor given back.
        given_back: Units that a failed vend gives back; the simulator takes them.
        finals: Units of approvals that became charges since they were taken last.
        is_cancelled: The master withdrew the open request.
        revalued: Units that the master wants to put onto the card.
        load_limit: Units that a card may take; None: it takes none.
        cash_sales: What was reported as sold for cash: units and item.
        is_busy: It does not answer at all for the moment.
    """

    def __init__(self, address: int, config: ReaderConfig, identity: Identity) -> None:
        self.address = address
        self.poll_block = rm.order(address, ReaderOrder.POLL)
        self.config = config
        self.identity = identity
        self.events = EventQueue(MAX_BLOCK - 1)
        self.approved: int | None = None
        self.given_back: int | None = None
        self.finals: list[int] = []
        self.cash_sales: list[tuple[int, int]] = []
        self.is_busy = False
        self.load_limit: int | None = None
        self.reset()

    def reset(self) -> None:
        """Begin anew; what was approved and not given back is charged."""
        if self.approved is not None:
            self.finals.append(self.approved)
        self.approved = None
        self.asked: tuple[int, int] | None = None
        self.is_cancelled = False
        self.revalued: int | None = None
        self.state = ReaderState.INACTIVE
        self.options = 0
        self.mode = Mode()
        self._master_level = 1
        self.events.clear()
        self.events.push(bytes((Code.JUST_RESET,)))

    @property
    def is_always_idle(self) -> bool:
        """Whether requests are taken before a card is shown."""
        return bool(self.options >> Option.ALWAYS_IDLE & 1)

    def push(self, event: ReaderEvent) -> None:
        """The next POLL hears of ``event``."""
        self.events.push(rm.write_reader_event(event, self.mode))

    def acknowledged(self) -> None:
        """What was said was heard."""
        self.events.acknowledged()

    # --- what the simulator decides ---------------------------------------------------------------------------------------

    def begin_session(self, units: int) -> None:
        """A card was shown."""
        self.state = ReaderState.SESSION_IDLE
        self.push(Reported(Code.BEGIN_SESSION, units))

    def approve(self, units: int, said: int) -> None:
        """Charge ``units`` and say ``said``."""
        self.asked = None
        self.approved = units
        self.state = ReaderState.VEND
        self.push(Reported(Code.APPROVED, said))

    def deny(self) -> None:
        """Refuse the open request, or confirm its withdrawal."""
        self.asked = None
        self.is_cancelled = False
        self.state = ReaderState.SESSION_IDLE
        self.push(Reported(Code.DENIED))

    # --- what the master says -----------------------------------------------------------------------------------------

    def answer(self, block: bytes) -> Reply:
        """The answer to one block; silence for what it does not know, or while it is busy."""
        if self.is_busy:
            return None
        order, data = block[0] & 0x07, block[1:]
        match order:
            case ReaderOrder.RESET if not data:
                self.reset()
                return ACK
            case ReaderOrder.POLL if not data:
                return self.events.say()
            case ReaderOrder.SETUP if data:
                return self._setup(data[0], data[1:])
            case ReaderOrder.READER if data:
                return self._switch(data[0], data[1:])
            case ReaderOrder.VEND if data:
                return self._vend(data[0], data[1:])
            case ReaderOrder.REVALUE if data:
                return self._revalue(data[0], data[1:])
            case ReaderOrder.EXPANSION if data:
                return self._extra(data[0], data[1:])
            case _:
                return None

    def _setup(self, what: int, data: bytes) -> Reply:
        if what == Setup.CONFIG and len(data) == 4:
            self._master_level = data[0]
            self.mode = Mode(min(self.config.level, data[0]) or 1)
            self.state = ReaderState.DISABLED
            return rm.write_reader_event(rm.ConfigReported(self.config), self.mode)
        wide = len(data) == 10
        return ACK if what == Setup.PRICES and (len(data) == 4 or wide) else None

    def _switch(self, what: int, data: bytes) -> Reply:
        match what:
            case Switch.DISABLE if not data:
                self.state = ReaderState.DISABLED
                return ACK
            case Switch.ENABLE if not data:
                if self.state is ReaderState.INACTIVE:
                    return self._out_of_sequence()
                self.state = ReaderState.ENABLED
                return ACK
            case Switch.CANCEL if not data:
                return bytes((Code.CANCELLED,))
            case Switch.DATA_ENTRY if len(data) == 8:
                return ACK
            case _:
                return None

    def _vend(self, step: int, data: bytes) -> Reply:
        match step:
            case Vend.REQUEST:
                return self._request(data)
            case Vend.CANCEL if not data:
                if self.state is not ReaderState.VEND:
                    return self._out_of_sequence()
                self.is_cancelled = True
                return ACK
            case Vend.SUCCESS if len(data) == 2:
                if self.approved is None:
                    return self._out_of_sequence()
                self.finals.append(self.approved)
                self.approved = None
                self.state = ReaderState.SESSION_IDLE
                return ACK
            case Vend.FAILURE if not data:
                if self.approved is None:
                    return self._out_of_sequence()
                self.given_back = self.approved
                self.approved = None
                self.is_cancelled = False
                self.state = ReaderState.SESSION_IDLE
                return ACK
            case Vend.COMPLETE if not data:
                if self.state is ReaderState.VEND:
                    return self._out_of_sequence()
                self.state = ReaderState.ENABLED
                self.push(Reported(Code.END_SESSION))
                return self.events.say()
            case Vend.CASH_SALE:
                sale = rm.read_request(data, self.mode)
                if sale is not None:
                    self.cash_sales.append(sale)
                return None if sale is None else ACK
            case _:
                return None

    def _request(self, data: bytes) -> Reply:
        wanted = rm.read_request(data, self.mode)
        is_free = self.state is ReaderState.SESSION_IDLE or (
            self.state is ReaderState.ENABLED and self.is_always_idle
        )
        if wanted is None or len(data) != self.mode.money_bytes + 2:
            return None
        if not is_free:
            return self._out_of_sequence()
        self.state = ReaderState.VEND
        self.asked = wanted
        return ACK

    def _revalue(self, what: int, data: bytes) -> Reply:
        if what == 1 and not data and self.state is ReaderState.SESSION_IDLE:
            self.push(
                Reported(Code.REVALUE_DENIED)
                if self.load_limit is None
                else Reported(Code.REVALUE_LIMIT, self.load_limit)
            )
            return self.events.say()
        if what == 0 and len(data) == self.mode.money_bytes and self.state is ReaderState.SESSION_IDLE:
            self.revalued = int.from_bytes(data)
            return ACK
        return self._out_of_sequence() if what in {0, 1} else None

    def _extra(self, what: int, data: bytes) -> Reply:
        match what:
            case Extra.IDENTIFY if len(data) == IDENTITY_BYTES:
                return rm.write_reader_event(rm.IdentityReported(self.identity), self.mode)
            case Extra.OPTIONS if len(data) == FEATURE_BYTES and self.mode.level > 2:
                self.options = int.from_bytes(data) & self.identity.features
                self.mode = Mode(self.mode.level, bool(self.options >> Option.WIDE_MONEY & 1))
                return ACK
            case _:
                return None

    def _out_of_sequence(self) -> Reply:
        self.push(Reported(Code.OUT_OF_SEQUENCE, int(self.state) if self.mode.level > 1 else 0))
        return self.events.say()
