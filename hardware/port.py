"""Byte transports: a serial line, an in-memory line that can be damaged, and a tap that remembers what
passed.

A port never waits. The driver waits, on `Port.fileno`, and asks the port for what is there and what it will
take now. So a printer that holds the line, or a cable that is pulled while bytes go out, costs the thread
nothing.
"""

from __future__ import annotations

import errno
import fcntl
import glob
import os
import re
import socket
import termios
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

import serial
from serial.tools.list_ports import comports

READ_BYTES = 4096
"""Most bytes taken in one read: the size of a tty's own input buffer."""

TAP_BYTES = 16_384
"""What a tap keeps by default: ten minutes of an idle ccTalk bus, or a whole text receipt with its status
answers.
"""

_WOULD_WAIT = (errno.EAGAIN, errno.EINTR)
_GLOB_SIGNS = frozenset("*?[")
_GRAB_INPUT: Final = 0x40044590
"""``EVIOCGRAB``, the same number on x86 and ARM."""


USB_PREFIX: Final = "usb:"
"""Begins a path that names an adapter instead of a file: ``usb:0403:6001:A50285BI``, wherever it is plugged in now."""

USB_FORM: Final = (
    "usb:VENDOR:PRODUCT, four hexadecimal digits each, then :SERIAL of the adapter, or @SOCKET such as @1-1.4"
)
"""What such a path looks like, for messages."""

_USB: Final = re.compile(
    r"usb:(?P<vid>[0-9A-Fa-f]{4}):(?P<pid>[0-9A-Fa-f]{4})(?::(?P<serial>[^@:/]{1,64}))?(?:@(?P<place>[0-9][0-9.:-]{0,31}))?"
)


class PortError(OSError):
    """The line cannot be used now: it is absent, somebody else has it, or it went away."""


class Port(Protocol):
    """A line of bytes. All calls come from one thread, that of its driver."""

    @property
    def name(self) -> str:
        """What the configuration calls it."""

    @property
    def is_open(self) -> bool:
        """Whether it can be read and written."""

    def open(self) -> None:
        """Take the line, alone.

        Raises:
            PortError: Absent, or held by somebody else.
        """

    def close(self) -> None:
        """Let the line go and forget bytes that have not left yet; does nothing when it is closed."""

    def fileno(self) -> int:
        """The descriptor to wait on; valid while open."""

    def read(self) -> bytes:
        """Take what has arrived; empty when nothing has.

        Raises:
            PortError: The line is gone.
        """

    def write(self, data: bytes) -> int:
        """Hand over as many bytes as the line takes now, and say how many; 0 when it is full.

        Raises:
            PortError: The line is gone.
        """


@dataclass(frozen=True, slots=True)
class UsbLine:
    """A serial adapter on USB, as the system sees it now.

    Attributes:
        path: Its device, such as /dev/ttyUSB0.
        vid: Vendor id.
        pid: Product id.
        serial: Its serial number; empty when it has none.
        place: Bus and sockets, such as 1-1.4, with the interface behind a colon where it has several.
    """

    path: str
    vid: int
    pid: int
    serial: str = ""
    place: str = ""


def usb_lines() -> tuple[UsbLine, ...]:
    """The serial adapters that are plugged in now, by path."""
    found = (
        UsbLine(port.device, port.vid, port.pid, port.serial_number or "", port.location or "")
        for port in comports()
        if port.vid is not None and port.pid is not None
    )
    return tuple(sorted(found, key=lambda line: line.path))


def usb_name(line: UsbLine) -> str:
    """The path that names this adapter wherever it is: by its serial number, or by its socket when it has none."""
    begin = f"{USB_PREFIX}{line.vid:04x}:{line.pid:04x}"
    if line.serial and not set(line.serial) & set("@:/"):
        return f"{begin}:{line.serial}"
    return f"{begin}@{line.place}" if line.place else begin


def is_usb_name(path: str) -> bool:
    """Whether ``path`` names an adapter as `USB_FORM` says."""
    return _USB.fullmatch(path) is not None


def read_usb_name(path: str) -> UsbLine | None:
    """What ``path`` says of its adapter, without a device; None when it names none."""
    asked = _USB.fullmatch(path)
    if asked is None:
        return None
    return UsbLine(
        "", int(asked["vid"], 16), int(asked["pid"], 16), asked["serial"] or "", asked["place"] or ""
    )


def named_usb_lines(path: str, lines: Iterable[UsbLine]) -> tuple[str, ...]:
    """The device paths of the adapters that the name ``path`` fits."""
    asked = read_usb_name(path)
    if asked is None:
        return ()
    return tuple(
        line.path
        for line in lines
        if (line.vid, line.pid) == (asked.vid, asked.pid)
        and asked.serial in {"", line.serial}
        and asked.place in {"", line.place}
    )


class SerialPort:
    """A serial line or pty, opened alone through pyserial, eight data bits, no parity, one stop bit or two.

    ``path`` is a device, a symbolic link, a pattern such as ``/dev/serial/by-id/*FTDI*``, or the name of a USB adapter
    (`USB_FORM`). It is looked up again at every opening, so a line that comes back under another name is found.
    """

    def __init__(
        self,
        name: str,
        path: str,
        baud: int,
        stop_bits: int = 1,
        find_usb: Callable[[], Iterable[UsbLine]] = usb_lines,
    ) -> None:
        self._name = name
        self._path = path
        self._baud = baud
        self._stop_bits = stop_bits
        self._find_usb = find_usb
        self._serial: serial.Serial | None = None

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    @property
    def is_open(self) -> bool:
        """Whether it can be read and written."""
        return self._serial is not None

    @property
    def candidates(self) -> tuple[str, ...]:
        """The device paths that ``path`` names at this moment, in order."""
        if self._path.startswith(USB_PREFIX):
            return named_usb_lines(self._path, self._find_usb())
        return _candidates(self._path)

    def open(self) -> None:
        """Take the first candidate that opens.

        Raises:
            PortError: None is there, all are held by somebody else, or a USB name fits several: which of two hoppers answers
                must not depend on who was plugged in first.
        """
        if self._serial is not None:
            return
        problem = f"nothing is at {self._path}"
        candidates = self.candidates
        if self._path.startswith(USB_PREFIX) and len(candidates) > 1:
            raise PortError(
                f"{self._path} fits {', '.join(candidates)}: add the serial number or the place, {USB_FORM}"
            )
        for path in candidates:
            try:
                # exclusive: a second kiosk, or a terminal program left open, must not eat half of the bytes.
                self._serial = serial.Serial(
                    path, self._baud, stopbits=self._stop_bits, timeout=0, exclusive=True
                )
            except (OSError, ValueError, termios.error) as error:
                problem = f"{path}: {error}"
            else:
                return
        raise PortError(problem)

    def close(self) -> None:
        """Let the line go; bytes still in the system's buffer are dropped, not sent to whoever comes next."""
        line, self._serial = self._serial, None
        if line is None:
            return
        try:
            line.reset_output_buffer()
        except (OSError, termios.error):
            pass  # The line is already gone, and its buffer with it; the descriptor is still ours to close.
        finally:
            line.close()

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._line().fileno()

    def read(self) -> bytes:
        """Take what has arrived.

        Raises:
            PortError: The line is gone.
        """
        try:
            return bytes(self._line().read(READ_BYTES))
        except (OSError, TypeError) as error:  # TypeError: pyserial, when the descriptor vanished under it
            raise PortError(f"{self._path}: {error}") from error

    def write(self, data: bytes) -> int:
        """Hand over what the line takes now.

        Raises:
            PortError: The line is gone.

        The descriptor is written directly: pyserial's own non-blocking write spins while the line is full.
        """
        try:
            return os.write(self._line().fileno(), data)
        except OSError as error:
            if error.errno in _WOULD_WAIT:
                return 0
            raise PortError(f"{self._path}: {error}") from error

    def _line(self) -> serial.Serial:
        if self._serial is None:
            raise PortError(f"{self._name} is not open")
        return self._serial


def grab_input_device(descriptor: int) -> None:
    """Take a Linux input device for ourselves (``EVIOCGRAB``): nobody else sees its keys until we let go.

    Raises:
        OSError: It is no input device, or somebody else has it.
    """
    fcntl.ioctl(descriptor, _GRAB_INPUT, 1)


class InputPort:
    """A Linux input device (a scanner that plays a keyboard), opened and grabbed for ourselves; it is only read.

    Written here with the system's own calls: the library for it is only given out as source, and would need a compiler and
    kernel headers wherever a kiosk is installed. ``path`` is a device or a pattern such as
    ``/dev/input/by-id/usb-*Scanner*-event-kbd``, looked up again at every opening.
    """

    def __init__(self, name: str, path: str, grab: Callable[[int], None] = grab_input_device) -> None:
        self._name = name
        self._path = path
        self._grab = grab
        self._descriptor = -1

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    @property
    def is_open(self) -> bool:
        """Whether it can be read."""
        return self._descriptor >= 0

    def open(self) -> None:
        """Take the first candidate that opens and can be grabbed.

        Raises:
            PortError: None is there, none is an input device, or all are held by somebody else.
        """
        if self.is_open:
            return
        problem = f"nothing is at {self._path}"
        for path in _candidates(self._path):
            try:
                self._descriptor = self._opened(path)
            except OSError as error:
                problem = f"{path}: {error}"
            else:
                return
        raise PortError(problem)

    def _opened(self, path: str) -> int:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._grab(descriptor)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def close(self) -> None:
        """Let the device go; the system ends the grab with it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def fileno(self) -> int:
        """The descriptor to wait on."""
        if not self.is_open:
            raise PortError(f"{self._name} is not open")
        return self._descriptor

    def read(self) -> bytes:
        """Take what was typed.

        Raises:
            PortError: The device is gone.
        """
        try:
            data = os.read(self.fileno(), READ_BYTES)
        except OSError as error:
            if error.errno in _WOULD_WAIT:
                return b""
            raise PortError(f"{self._path}: {error}") from error
        if not data:
            raise PortError(f"{self._path}: gone")
        return data

    def write(self, data: bytes) -> int:
        """Drop ``data``: a keyboard takes nothing from us."""
        return len(data)


def _candidates(path: str) -> tuple[str, ...]:
    """The device paths that ``path`` names at this moment, in order."""
    if _GLOB_SIGNS.isdisjoint(path):
        return (path,)
    return tuple(sorted(glob.glob(path)))  # noqa: PTH207 - pathlib cannot glob an absolute pattern


Manipulate = Callable[[bytes], Iterable[bytes]]
"""What really travels instead of one write: no chunk (dropped), several (split, doubled), or other bytes
(damaged).
"""


class MemoryLine:
    """A line in memory with two ends, which a test can damage, pull out and put back.

    ``host`` is the port for a driver; ``far_end`` is the socket a test or simulator speaks on, None while
    unplugged. ``to_host`` and ``to_device`` see every write and decide what arrives; splits arrive as
    separate reads.
    """

    def __init__(self, name: str = "memory") -> None:
        self.to_host: Manipulate = lambda data: (data,)
        self.to_device: Manipulate = lambda data: (data,)
        self._near: socket.socket | None = None
        self.far_end: socket.socket | None = None
        self.host = MemoryPort(name, self)
        self.plug()

    def plug(self) -> None:
        """Lay a fresh line; bytes of an earlier one are gone."""
        self.unplug()
        # Packets, not a stream: what a manipulator splits must not be glued together again on the way.
        self._near, self.far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._near, self.far_end):
            end.setblocking(False)

    def unplug(self) -> None:
        """Pull the line out: an open host port finds it gone, a closed one cannot open."""
        far, self.far_end = self.far_end, None
        if far is not None:
            far.close()
        if not self.host.is_open and self._near is not None:
            self._near.close()
        self._near = None

    def take(self) -> socket.socket:
        """The host's end, for `MemoryPort.open`.

        Raises:
            PortError: The line is unplugged, or was taken before.
        """
        near, self._near = self._near, None
        if near is None:
            raise PortError("the line in memory is unplugged or taken")
        return near

    def give_back(self, near: socket.socket) -> None:
        """The host closed its end; it can be opened again while the line is plugged."""
        if self.far_end is None or self._near is not None:
            near.close()  # the end of a line that was pulled out; a fresh one may lie ready
        else:
            self._near = near

    def send(self, data: bytes) -> None:
        """The device says ``data``; what arrives is what ``to_host`` makes of it."""
        if self.far_end is None:
            raise PortError("the line in memory is unplugged")
        for chunk in self.to_host(data):
            if chunk:
                self.far_end.send(chunk)

    def heard(self) -> bytes:
        """What the device heard since the last call."""
        heard = b""
        while self.far_end is not None:
            try:
                packet = self.far_end.recv(READ_BYTES)
            except BlockingIOError:
                break
            heard += packet
        return heard

    def close(self) -> None:
        """End both ends."""
        self.host.close()
        self.unplug()


class MemoryPort:
    """The host's end of a `MemoryLine`."""

    def __init__(self, name: str, line: MemoryLine) -> None:
        self._name = name
        self._memory = line
        self._socket: socket.socket | None = None

    @property
    def name(self) -> str:
        """What the test calls it."""
        return self._name

    @property
    def is_open(self) -> bool:
        """Whether it can be read and written."""
        return self._socket is not None

    def open(self) -> None:
        """Take the line.

        Raises:
            PortError: It is unplugged.
        """
        if self._socket is None:
            self._socket = self._memory.take()

    def close(self) -> None:
        """Let the line go."""
        near, self._socket = self._socket, None
        if near is not None:
            self._memory.give_back(near)

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._line().fileno()

    def read(self) -> bytes:
        """Take one chunk that arrived.

        Raises:
            PortError: The line was pulled out.
        """
        try:
            data = self._line().recv(READ_BYTES)
        except BlockingIOError:
            return b""
        except ConnectionError as error:
            raise PortError(f"{self._name}: {error}") from error
        if not data:
            raise PortError(f"{self._name} was pulled out")
        return data

    def write(self, data: bytes) -> int:
        """Send ``data`` as the line's ``to_device`` lets it pass.

        Raises:
            PortError: The line was pulled out.
        """
        line = self._line()
        try:
            for chunk in self._memory.to_device(data[:READ_BYTES]):
                if chunk:
                    line.send(chunk)
        except BlockingIOError:
            return 0
        except ConnectionError as error:
            raise PortError(f"{self._name}: {error}") from error
        return min(len(data), READ_BYTES)

    def _line(self) -> socket.socket:
        if self._socket is None:
            raise PortError(f"{self._name} is not open")
        return self._socket


@dataclass(frozen=True, slots=True)
class Passed:
    """Bytes that passed a tap together: when (monotonic), which way, and what."""

    at_ms: int
    is_outgoing: bool
    data: bytes


class Trace:
    """The last bytes of a line, both ways; bounded, and safe to read from any thread."""

    def __init__(self, limit_bytes: int = TAP_BYTES) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._passed: deque[Passed] = deque()
        self._lock = threading.Lock()
        self.asked_qty = 0
        """Pieces that went out."""
        self.heard_qty = 0
        """Pieces that came in."""
        self.heard_ms: int | None = None
        """When the last one came in."""

    def add(self, at_ms: int, data: bytes, *, is_outgoing: bool) -> None:
        """Remember ``data``; the oldest bytes make room."""
        if not data:
            return
        kept = data[-self._limit :]
        with self._lock:
            if is_outgoing:
                self.asked_qty += 1
            else:
                self.heard_qty += 1
                self.heard_ms = at_ms
            self._passed.append(Passed(at_ms, is_outgoing, kept))
            self._size += len(kept)
            while self._size > self._limit:
                self._size -= len(self._passed.popleft().data)

    def passed(self) -> tuple[Passed, ...]:
        """What is remembered, oldest first."""
        with self._lock:
            return tuple(self._passed)


class WrappedPort:
    """A port that passes everything to another one; its heirs do something on the way."""

    def __init__(self, port: Port) -> None:
        self._port = port

    @property
    def name(self) -> str:
        """The wrapped port's name."""
        return self._port.name

    @property
    def is_open(self) -> bool:
        """Whether the wrapped port is open."""
        return self._port.is_open

    def open(self) -> None:
        """Open the wrapped port."""
        self._port.open()

    def close(self) -> None:
        """Close the wrapped port."""
        self._port.close()

    def fileno(self) -> int:
        """The wrapped port's descriptor."""
        return self._port.fileno()

    def read(self) -> bytes:
        """Read."""
        return self._port.read()

    def write(self, data: bytes) -> int:
        """Write."""
        return self._port.write(data)


class RecordingTap(WrappedPort):
    """A port that remembers the last bytes that passed, also after it was closed: a gift to whoever gets the claim."""

    def __init__(self, port: Port, clock: Callable[[], int], limit_bytes: int = TAP_BYTES) -> None:
        super().__init__(port)
        self._clock = clock
        self.trace = Trace(limit_bytes)

    def read(self) -> bytes:
        """Read, and remember what came."""
        data = super().read()
        self.trace.add(self._clock(), data, is_outgoing=False)
        return data

    def write(self, data: bytes) -> int:
        """Write, and remember what the line took."""
        taken = super().write(data)
        self.trace.add(self._clock(), data[:taken], is_outgoing=True)
        return taken
