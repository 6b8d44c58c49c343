"""The adapter boxes as bodies: simulated peripherals on one MDB bus, seen through a Qibixx or a Waferstar box on a serial line.

`MdbPeripheral` is what every peripheral has: power, a boot, silence and bad blocks by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hardware.events import DeviceKind
from hardware.mdb import qibixx, waferstar
from hardware.mdb.device import Firmware, Reply
from hardware.mdb.frames import address_of, seal
from hardware.mdb.link import LineReader
from hardware.sansio import DeviceMachine
from hardware.simulators.line_faults import (
    CORRUPT_BYTE,
    EVERY,
    HALF_FRAME,
    LINE_FAULTS,
    LOST_REPLIES,
    LOST_REPLY,
    MUTE,
    NOISE,
    SLOW_BOOT,
)
from hardware.simulators.model import Hand, UnknownActError

EXCHANGE_MS: Final = 5
"""One block there and one back at 9600 baud, about."""
BLOCK_GAP_MS: Final = 8
"""A Waferstar box takes a pause of this length for the end of a block; bytes of one block follow each other in 1 ms."""
BOOT_MS: Final = 300
SLOW_BOOT_MS: Final = 12_000
"""Longer than any non-response time."""
EXCHANGED_MS: Final = 12_000
"""Nobody exchanges a peripheral so quickly that its master would not notice."""
ACK_LOST: Final = "ack_lost"
FAULTS: Final = (*LINE_FAULTS, ACK_LOST)
"""What can be wrong between a peripheral and its box: a block that is damaged, cut or behind noise has a wrong sum, and the box
takes that for silence; a lost acknowledgement makes the peripheral say the same again."""


class MdbPeripheral:
    """One peripheral on the bus; a `hardware.simulators.model.Simulator`.

    Attributes:
        name: The configured device name.
        address: Its MDB address.
    """

    def __init__(self, name: str, firmware: Firmware, own_faults: Sequence[str]) -> None:
        self.name = name
        self.address = firmware.address
        self._firmware = firmware
        self._faults = dict.fromkeys((*own_faults, *FAULTS), False)
        self._is_powered = True
        self._deaf_until_ms = 0
        self._answered = 0
        self._to_lose = 0
        self._resets = 0
        self._machine = QibixxBox((self,))

    # --- the simulator's model ----------------------------------------------------------------------------------------

    @property
    def kind(self) -> DeviceKind:
        """What it is for."""
        raise NotImplementedError

    @property
    def hands(self) -> tuple[Hand, ...]:
        """What a person can do to it."""
        raise NotImplementedError

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Do it now; see `hardware.simulators.model.Simulator.act`."""
        raise NotImplementedError

    def snapshot(self) -> Mapping[str, object]:
        """Its physical truth."""
        raise NotImplementedError

    def remember(self) -> Mapping[str, object]:
        """What must survive a restart of the simulator process."""
        raise NotImplementedError

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave."""
        raise NotImplementedError

    @property
    def machine(self) -> DeviceMachine:
        """This peripheral alone behind a Qibixx box; `QibixxBox` and `WaferstarBox` join several."""
        return self._machine

    @property
    def faults(self) -> Mapping[str, bool]:
        """All its faults by name, and whether each is on."""
        return dict(self._faults)

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - the fault's own switch position
        """Turn a named fault on or off.

        Raises:
            UnknownActError: It has no such fault.
        """
        if name not in self._faults:
            raise UnknownActError(f"{self.name} has no fault {name}; it has {', '.join(self._faults)}")
        self.tick(now_ms)
        self._faults[name] = is_on
        if name == LOST_REPLY:
            self._to_lose = LOST_REPLIES if is_on else 0
        self._fault_switched(name, now_ms)

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: FBT001 - a power switch
        """Cut or restore its power."""
        self.tick(now_ms)
        if is_on == self._is_powered:
            return
        self._is_powered = is_on
        if is_on:
            self._deaf_until_ms = now_ms + (SLOW_BOOT_MS if self._faults[SLOW_BOOT] else BOOT_MS)
            self._firmware.reset()
            self._resets += 1
            self._restarted()
        else:
            self._power_failed()

    @property
    def resets(self) -> int:
        """How often it began anew."""
        return self._resets

    # --- the bus ------------------------------------------------------------------------------------------------------

    @property
    def is_awake(self) -> bool:
        """Whether it could answer anything at all."""
        return self._is_powered and not self._faults[MUTE]

    @property
    def poll_block(self) -> bytes:
        """What asks it for news."""
        return self._firmware.poll_block

    @property
    def wake_at_ms(self) -> int | None:
        """When the next physical thing happens."""
        return self._motion_due_ms()

    def tick(self, now_ms: int) -> None:
        """Let everything physical happen that is due."""
        self._move(now_ms)

    def exchange(self, block: bytes, now_ms: int) -> Reply:
        """One block and its answer, acknowledged; None when the box saw no good block."""
        self.tick(now_ms)
        if not self.is_awake or now_ms < self._deaf_until_ms:
            return None
        before = self._firmware.answer(block)
        self._obeyed(now_ms)
        if before is None:
            return None
        if self._to_lose and block != self.poll_block:
            self._to_lose -= 1
            self._faults[LOST_REPLY] = self._to_lose > 0
            return None
        self._answered += 1
        is_bad = self._faults[CORRUPT_BYTE] or self._faults[HALF_FRAME] or self._faults[NOISE]
        if is_bad and self._answered % EVERY == 0:
            return None
        # What a POLL said is confirmed by the acknowledgement of that POLL alone.
        if before and block == self.poll_block and not (self._faults[ACK_LOST] and self._answered % 2):
            self._firmware.acknowledged()
        return before

    # --- what each kind adds ------------------------------------------------------------------------------------------

    def _motion_due_ms(self) -> int | None:
        """When the next physical thing happens; None when nothing moves."""
        raise NotImplementedError

    def _move(self, now_ms: int) -> None:
        """Let everything physical happen that is due."""
        raise NotImplementedError

    def _obeyed(self, now_ms: int) -> None:
        """A block was just obeyed."""

    def _power_failed(self) -> None:
        """Power has just gone."""

    def _restarted(self) -> None:
        """It has just been powered."""

    def _fault_switched(self, name: str, now_ms: int) -> None:
        """A fault has just been turned on or off."""


class _Box:
    """What both boxes are: peripherals by address, and lines that leave a little later."""

    def __init__(self, peripherals: Sequence[MdbPeripheral]) -> None:
        if len({each.address for each in peripherals}) < len(peripherals):
            raise ValueError("two peripherals of one MDB bus share an address")
        self._peripherals = {each.address: each for each in peripherals}
        self._due: list[tuple[int, bytes]] = []
        self._out = bytearray()

    @property
    def peripherals(self) -> tuple[MdbPeripheral, ...]:
        """Who is on the bus."""
        return tuple(self._peripherals.values())

    def _motions(self) -> list[int]:
        wakes = [each.wake_at_ms for each in self._peripherals.values()]
        return [at_ms for at_ms in wakes if at_ms is not None]

    def _exchange(self, block: bytes, now_ms: int) -> Reply:
        peripheral = self._peripherals.get(address_of(block[0]))
        return None if peripheral is None else peripheral.exchange(block, now_ms)

    def _say(self, line: bytes, at_ms: int) -> None:
        self._due.append((max(at_ms, self._due[-1][0] if self._due else 0), line))

    def _pass_time(self, now_ms: int) -> None:
        for each in self._peripherals.values():
            each.tick(now_ms)
        while self._due and self._due[0][0] <= now_ms:
            self._out += self._due.pop(0)[1]

    def bytes_to_send(self) -> bytes:
        """Drain what the box puts on the line now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out


class QibixxBox(_Box):
    """A `hardware.sansio.DeviceMachine`: an MDB-USB as generic master (`R`), with its `V`, `H`, `F` and `M` lines.

    The box has power as long as one peripheral has.
    """

    def __init__(self, peripherals: Sequence[MdbPeripheral]) -> None:
        super().__init__(peripherals)
        self._reader = LineReader()
        self._is_master = False
        self._patience_ms = qibixx.PATIENCE_MS

    @property
    def wake_at_ms(self) -> int | None:
        """When a line is due, or something moves."""
        return min([*self._motions(), *(at_ms for at_ms, _ in self._due[:1])], default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take lines from the host."""
        self._pass_time(now_ms)
        if not any(each.is_powered for each in self._peripherals.values()):
            self._is_master = False
            return
        for line in self._reader.receive(data, now_ms):
            self._obey(line.decode("ascii", "replace").strip(), now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass."""
        self._pass_time(now_ms)

    def _obey(self, line: str, now_ms: int) -> None:
        block = qibixx.read_order(line)
        if block is not None:
            if not self._is_master:
                self._say(b'r,ERR,"master is off"\r\n', now_ms)
                return
            data = self._exchange(block, now_ms)
            late_ms = EXCHANGE_MS if data is not None else EXCHANGE_MS + self._patience_ms
            self._say(qibixx.answer_line(data), now_ms + late_ms)
            return
        match line.split(","):
            case ["V"]:
                self._say(b"v,4.0.2.0,simulated\r\n", now_ms)
            case ["H"]:
                self._say(b"h,10,3\r\n", now_ms)
            case ["F", "RESPTIMEOUT", text] if text.isascii() and text.isdigit() and 10 <= int(text) <= 1000:
                self._patience_ms = int(text)
                self._say(b"f,ACK\r\n", now_ms)
            case ["F", "RESET"]:
                self._is_master = False
            case ["M", "0" | "1" as mode]:
                self._is_master = mode == "1"
                self._say(b"m,ACK\r\n", now_ms)
            case _:
                self._say(b'e,ERR,"unknown"\r\n', now_ms)


class WaferstarBox(_Box):
    """A `hardware.sansio.DeviceMachine`: an MDB-RS232 box that polls by itself, and passes blocks on."""

    def __init__(self, peripherals: Sequence[MdbPeripheral]) -> None:
        super().__init__(peripherals)
        self._block = bytearray()
        self._block_ms = 0
        self._poll_ms: int | None = None

    @property
    def wake_at_ms(self) -> int | None:
        """When a line is due, a block ends, the box polls, or something moves."""
        wakes = [*self._motions(), *(at_ms for at_ms, _ in self._due[:1])]
        if self._block:
            wakes.append(self._block_ms + BLOCK_GAP_MS)
        if self._poll_ms is not None:
            wakes.append(self._poll_ms)
        return min(wakes, default=None)

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take raw blocks from the host."""
        self.tick(now_ms)
        self._block += data
        self._block_ms = now_ms
        if self._poll_ms is None:
            self._poll_ms = now_ms + waferstar.BOX_POLL_MS

    def tick(self, now_ms: int) -> None:
        """Let time pass: a block ends with silence; everybody is polled in turn."""
        self._pass_time(now_ms)
        if self._block and now_ms - self._block_ms >= BLOCK_GAP_MS:
            block = bytes(self._block)
            self._block.clear()
            data = self._exchange(block, now_ms)
            if data is not None:
                self._say(waferstar.answer_line(seal(data) if data else b"\x00"), now_ms + EXCHANGE_MS)
        if self._poll_ms is not None and now_ms >= self._poll_ms:
            self._poll_ms = now_ms + waferstar.BOX_POLL_MS
            for each in self._peripherals.values():
                said = each.exchange(each.poll_block, now_ms)
                if said:
                    self._say(waferstar.report_line(each.address, said), now_ms + EXCHANGE_MS)
        self._pass_time(now_ms)
