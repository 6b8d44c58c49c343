"""Several simulated ccTalk slaves on one wire, with its echo; and what every slave has: power, boot, delays, wire faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import zip_longest
from operator import and_
from typing import Protocol
from zlib import crc32

from hardware.cctalk.device import Answer
from hardware.cctalk.frames import Check, Frame, FrameReader
from hardware.cctalk.messages import RAW_ANSWERED, Header
from hardware.simulators.line_faults import LINE_FAULTS, LOST_REPLIES, LOST_REPLY, MUTE, SLOW_BOOT, spoilt
from hardware.simulators.model import UnknownActError

REPLY_MS = 5
"""From the end of a command to the answer; real devices start within 10 ms."""
BOOT_MS = 300
"""Silence after power-up or reset."""
SLOW_BOOT_MS = 6000
"""Silence of the "slow_boot" fault."""
EXCHANGE_MS = 6000
"""Silence while a device is exchanged: nobody is so quick that a host would not notice."""
POLL_DELAY_MS = 4
"""The answer to an address poll comes so many milliseconds later for each address (specification part 2, header 253)."""
LONGEST_CLASH_MS = 1024
"""The answer to an address clash comes within this (specification part 2, header 252)."""
IDLE_BYTE = 0xFF
"""A wire that nobody pulls low."""
NOISE_BYTES = bytes.fromhex("80ff0013")
"""What "noise" puts before an answer: never a frame."""

NO_ECHO = "no_echo"


class Firmware(Protocol):
    """What `hardware.cctalk.device` offers for each kind of slave."""

    is_reset_asked: bool

    def reset(self) -> None:
        """Lose everything volatile."""

    def answer(self, header: int, data: bytes, now_ms: int) -> Answer | None:
        """The answer to one command, None for silence."""


class CcTalkSlave:
    """One powered slave on the wire: hears every byte there, answers what is addressed to it.

    Attributes:
        name: The configured device name.
        address: Its ccTalk address.
        reply_ms: From the end of a command to its answer.
    """

    line_faults: tuple[str, ...] = (*LINE_FAULTS, NO_ECHO)

    def __init__(
        self,
        name: str,
        address: int,
        firmware: Firmware,
        own_faults: Sequence[str],
        check: Check = Check.SUM,
    ) -> None:
        self.name = name
        self.address = address
        self._firmware = firmware
        self._faults = dict.fromkeys((*own_faults, *self.line_faults), False)
        self._check = check
        self._reader = FrameReader(check)
        self._replies: list[tuple[int, bytes]] = []
        self._out = bytearray()
        self._is_powered = True
        self._deaf_until_ms = 0
        self._answered = 0
        self._to_lose = 0
        self.reply_ms = REPLY_MS
        self._calls = 0
        self._machine = CcTalkWire((self,))

    # --- the simulator's model ------------------------------------------------------------------------------------

    @property
    def machine(self) -> CcTalkWire:
        """This slave alone on a wire of its own; `CcTalkWire` joins several."""
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
        self._fault_switched(name)

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
            self._restart(now_ms)
        else:
            self._replies.clear()
            self._out.clear()
            self._power_failed()

    # --- the wire -------------------------------------------------------------------------------------------------

    @property
    def hides_echo(self) -> bool:
        """Whether the adapter that this slave pretends to hang on keeps the echo from the host."""
        return self._faults[NO_ECHO]

    @property
    def wake_at_ms(self) -> int | None:
        """When something is due: an answer, or a motion of its own."""
        motion_ms = self._motion_due_ms()
        if not self._replies:
            return motion_ms
        reply_ms = self._replies[0][0]
        return reply_ms if motion_ms is None or reply_ms < motion_ms else motion_ms

    def receive(self, data: bytes, now_ms: int) -> None:
        """Hear bytes on the wire, whoever sent them."""
        self.tick(now_ms)
        if not self._is_powered or now_ms < self._deaf_until_ms:
            return
        address = self.address
        for frame in self._reader.receive(data, now_ms):
            if frame.destination in (0, address) and frame.source != address:
                self._obey(frame, now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass: motions first, then answers that are due."""
        self._move(now_ms)
        while self._replies and self._replies[0][0] <= now_ms:
            self._out += self._replies.pop(0)[1]
            if self._firmware.is_reset_asked:
                self._restart(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what it puts on the wire now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _obey(self, frame: Frame, now_ms: int) -> None:
        if self._faults[MUTE]:
            return
        if frame.header in RAW_ANSWERED:
            self._call_out(frame, now_ms)
            return
        answer = self._firmware.answer(frame.header, frame.data, now_ms)
        if answer is None:
            return
        if self._loses_reply(frame.header):
            self._to_lose -= 1
            self._faults[LOST_REPLY] = self._to_lose > 0
            raw = b""
        else:
            self._answered += 1
            raw = spoilt(answer.frame(self.address, self._check), self._answered, self._faults, NOISE_BYTES)
        self._replies.append((now_ms + self.reply_ms, raw))

    def _call_out(self, frame: Frame, now_ms: int) -> None:
        """Say the own address as one bare byte: after a delay by the address, or as if by chance."""
        if frame.destination == 0 and frame.header == Header.ADDRESS_POLL:
            delay_ms = POLL_DELAY_MS * self.address
        elif frame.destination == self.address and frame.header == Header.ADDRESS_CLASH:
            self._calls += 1
            delay_ms = crc32(f"{self.name} {self._calls}".encode()) % LONGEST_CLASH_MS
        else:
            return
        self._replies.append((now_ms + delay_ms, bytes((self.address,))))

    def _loses_reply(self, header: int) -> bool:
        """Whether the fault "lost_reply" takes the answer to this command; it was obeyed all the same."""
        return self._to_lose > 0 and header != Header.RESET

    def _restart(self, now_ms: int) -> None:
        self._replies.clear()
        self._reader = FrameReader(self._check)
        self._firmware.reset()
        self._deaf_until_ms = now_ms + (SLOW_BOOT_MS if self._faults[SLOW_BOOT] else BOOT_MS)
        self._restarted()

    # --- what each kind of slave adds -----------------------------------------------------------------------------

    def _motion_due_ms(self) -> int | None:
        """When the next physical thing happens; None when nothing moves."""
        return None

    def _move(self, now_ms: int) -> None:
        """Let everything physical happen that is due."""

    def _power_failed(self) -> None:
        """Power has just gone."""

    def _restarted(self) -> None:
        """It has just been powered or reset."""

    def _fault_switched(self, name: str) -> None:
        """A fault has just been turned on or off."""


class CcTalkWire:
    """A `hardware.sansio.DeviceMachine`: one open-collector wire on which everybody, the host included, hears everybody.

    Args:
        slaves: Who hangs on it.
        has_clash: Somebody forgot to set an address: two slaves may share one.

    Attributes:
        slaves: The same.

    Raises:
        ValueError: Two slaves share an address, and nobody forgot anything.
    """

    def __init__(self, slaves: Sequence[CcTalkSlave], *, has_clash: bool = False) -> None:
        if not has_clash and len({slave.address for slave in slaves}) < len(slaves):
            raise ValueError("two slaves of one ccTalk wire share an address")
        self.slaves = tuple(slaves)
        self._out = bytearray()

    @property
    def wake_at_ms(self) -> int | None:
        """When the first slave wants a tick."""
        first_ms: int | None = None
        for slave in self.slaves:
            due_ms = slave.wake_at_ms
            if due_ms is not None and (first_ms is None or due_ms < first_ms):
                first_ms = due_ms
        return first_ms

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take the host's bytes: echoed, and heard by every slave."""
        hides_echo = False
        for slave in self.slaves:
            hides_echo = hides_echo or slave.hides_echo
            slave.receive(data, now_ms)
        if not hides_echo:
            self._out += data
        self._collect(now_ms)

    def tick(self, now_ms: int) -> None:
        """Let time pass for every slave."""
        for slave in self.slaves:
            slave.tick(now_ms)
        self._collect(now_ms)

    def bytes_to_send(self) -> bytes:
        """Drain what the host hears now."""
        if not self._out:
            return b""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _collect(self, now_ms: int) -> None:
        voices = [(speaker, spoken) for speaker in self.slaves if (spoken := speaker.bytes_to_send())]
        if not voices:
            return
        spoken = voices[0][1] if len(voices) == 1 else _together([each for _, each in voices])
        self._out += spoken
        speakers = [speaker for speaker, _ in voices]
        for listener in self.slaves:
            if listener not in speakers:
                listener.receive(spoken, now_ms)


def _together(voices: Sequence[bytes]) -> bytes:
    """What is heard when several speak at once: the wire is low wherever anybody pulls it low."""
    heard = (reduce(and_, together) for together in zip_longest(*voices, fillvalue=IDLE_BYTE))
    return bytes(heard)
