"""The far end of the slave's lines: a box between a kiosk and a vending machine's bus, as a simulator plays it.

The machine's controller works it by method calls, one per MDB command; the kiosk by lines. The states are those of a card reader
in MDB/ICP 4.2, section 7.
"""

from __future__ import annotations

from enum import Enum, auto

from hardware.mdb.link import LineReader
from hardware.mdb.slave_lines import (
    DENY,
    OFF,
    ON,
    STOP,
    AlreadyOn,
    Approve,
    Asked,
    Begin,
    Broken,
    Delivered,
    Ended,
    Plain,
    Rejected,
    Said,
    Seen,
    Setting,
    SettingTaken,
    Status,
    line_of,
    read_order,
)


class Answer(Enum):
    """What the kiosk answered to a request of the machine."""

    APPROVED = auto()
    DENIED = auto()


class SlaveBox:
    """The box's own state; lines that it wants to say wait in ``said``.

    Attributes:
        is_on: Whether it plays a card reader now.
        seen: How the machine sees it.
        funds: What the session offers, as decimal text; empty without one.
        answer: The kiosk's answer to the request that is open.
        settings: What it was set to since it has power.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self._reader = LineReader()
        self.restart()

    def restart(self) -> None:
        """Its power came: off, nothing set."""
        self.is_on = False
        self.seen = Seen.INACTIVE
        self.funds = ""
        self.answer: Answer | None = None
        self.settings: dict[str, str] = {}
        self.said.clear()
        self._reader = LineReader()

    # --- the kiosk's side ---------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take lines from the kiosk."""
        for raw in self._reader.receive(data, now_ms):
            self._obey(raw.decode("ascii", "replace").strip())

    def _obey(self, line: str) -> None:
        order = read_order(line)
        match order:
            case Plain(text) if text == ON:
                self._switch_on()
            case Plain(text) if text == OFF:
                self.is_on = False
                self.seen = Seen.INACTIVE
                self.funds = ""
                self.answer = None
                self._tell(SettingTaken())
            case Setting(text) if not self.is_on:
                name, _, value = text.partition("=")
                self.settings[name] = value
                self._tell(SettingTaken())
            case Begin(funds) if self.seen is Seen.ENABLED:
                self.funds = funds
                self._become(Seen.IDLE)
            case Begin():
                self._tell(Rejected("START", -3))
            case Approve() | Plain():
                self._decide(order)
            case _:
                self._answer_unread(line)

    def _answer_unread(self, line: str) -> None:
        if line.startswith("V"):
            self.said.append("v,4.0.2.0,simulated")
        elif line.startswith("H"):
            self.said.append("h,10,3")
        elif not line.startswith("C,"):
            self.said.append('e,ERR,"unknown"')
        else:
            self._tell(Rejected("START" if "START" in line else "VEND", -2))

    def _switch_on(self) -> None:
        if self.is_on:
            self._tell(AlreadyOn())
            return
        self.is_on = True
        self._become(Seen.INACTIVE)

    def _decide(self, order: Approve | Plain) -> None:
        """Yes or no to the open request, or the end of a session without one."""
        is_open = self.seen is Seen.VEND and self.answer is None
        match order:
            case Plain(text) if text == STOP and self.seen is Seen.IDLE:
                self.completed()
            case Approve() if is_open:
                self.answer = Answer.APPROVED
            case Plain(text) if text in {STOP, DENY} and is_open:
                self.answer = Answer.DENIED
            case _:
                self._tell(Rejected("VEND", -3))

    # --- the machine's side -------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """RESET, or the machine's polls stopped: whatever was open is over."""
        if not self.is_on:
            return
        if self.seen is Seen.VEND:
            self._tell(Ended(Broken.MACHINE_RESET))
        self.funds = ""
        self.answer = None
        if self.seen is not Seen.INACTIVE:
            self._become(Seen.INACTIVE)

    def contacted(self) -> None:
        """The machine set it up and leaves it disabled."""
        self._end_session(Seen.DISABLED)

    def enabled(self) -> None:
        """READER ENABLE."""
        self._end_session(Seen.ENABLED)

    def requested(self, amount: str, item: int) -> None:
        """VEND REQUEST: wait for the kiosk's answer."""
        self.answer = None
        self.seen = Seen.VEND
        self._tell(Asked(amount, item))

    def denied(self) -> None:
        """The machine was told no; its session goes on."""
        self.answer = None
        self._become(Seen.IDLE)

    def cancelled(self) -> None:
        """VEND CANCEL."""
        self._tell(Ended(Broken.CANCELLED))
        self.denied()

    def succeeded(self) -> None:
        """VEND SUCCESS."""
        self._tell(Delivered())
        self.denied()

    def failed(self) -> None:
        """VEND FAILURE."""
        self._tell(Ended(Broken.NOT_DELIVERED))
        self.denied()

    def completed(self) -> None:
        """SESSION COMPLETE."""
        self._end_session(Seen.ENABLED)

    def _end_session(self, seen: Seen) -> None:
        self.funds = ""
        self.answer = None
        self._become(seen)

    def _become(self, seen: Seen) -> None:
        self.seen = seen
        self._tell(Status(seen))

    def _tell(self, said: Said) -> None:
        self.said.append(line_of(said))
