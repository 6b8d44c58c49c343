"""Stands between a host program and a device: a pty for the one, the real port for the other, and a tap on what passes.

Whatever the two ends are, ours or a stranger's, they talk as if the cable were whole.
"""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.port import READ_BYTES, Port
from hardware.trace import TraceWriter

WAITING_BYTES: Final = 65_536
"""Bytes that wait for a side that takes none; beyond that side's bytes are lost, as on a line that nobody reads."""


class Bridge:
    """Carries bytes between a pty and ``port`` and writes each piece down.

    Args:
        port: The device's line; opened by `open`.
        writer: Where what passes is written.
        clock: Monotonic milliseconds.
        link: A stable name for the pty; empty for none. One that exists and is no symbolic link is left alone.
    """

    def __init__(
        self, port: Port, writer: TraceWriter, clock: Callable[[], int], link: Path | None = None
    ) -> None:
        self._port = port
        self._writer = writer
        self._clock = clock
        self._link = link
        self._master = self._slave = -1
        self._to_port = b""
        self._to_pty = b""
        self._wake_reader, self._wake_writer = os.pipe()
        self.path = ""
        """The pty for the host program, once open."""
        self.passed_qty = 0
        """Bytes that passed, both ways."""

    def open(self) -> None:
        """Take the device's line and lay the pty.

        Raises:
            PortError: The line is absent, or somebody else has it.
            OSError: The link cannot be made.
        """
        self._port.open()
        self._master, self._slave = os.openpty()
        # Raw, before any host comes: else the terminal would echo, and turn CR into LF. Our own hold on the far side keeps
        # the pty alive while no host has it open.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        if self._link is not None:
            if self._link.is_symlink():
                self._link.unlink()
            self._link.symlink_to(self.path)

    def run(self) -> None:
        """Carry bytes until `stop`.

        Raises:
            PortError: The device's line went away.
            OSError: The trace cannot be written.
        """
        while True:
            poll = select.poll()
            poll.register(self._wake_reader, select.POLLIN)
            poll.register(self._port.fileno(), select.POLLIN | (select.POLLOUT if self._to_port else 0))
            poll.register(self._master, select.POLLIN | (select.POLLOUT if self._to_pty else 0))
            woken = dict(poll.poll())
            if self._wake_reader in woken:
                return
            if woken.get(self._port.fileno(), 0) & ~select.POLLOUT:
                self._to_pty = self._take(self._port.read(), self._to_pty, is_outgoing=False)
            if woken.get(self._master, 0) & select.POLLIN:
                self._to_port = self._take(self._read_pty(), self._to_port, is_outgoing=True)
            self._send()

    def stop(self) -> None:
        """End `run`, from any thread or a signal."""
        os.write(self._wake_writer, b"!")

    def close(self) -> None:
        """Let both lines go, and say in the trace when that was."""
        self._writer.end(self._clock())
        self._port.close()
        if self._link is not None and self._link.is_symlink() and str(self._link.readlink()) == self.path:
            self._link.unlink()
        for descriptor in (self._master, self._slave, self._wake_reader, self._wake_writer):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = self._wake_reader = self._wake_writer = -1

    def _take(self, data: bytes, waiting: bytes, *, is_outgoing: bool) -> bytes:
        self._writer.add(self._clock(), data, is_outgoing=is_outgoing)
        self.passed_qty += len(data)
        return (waiting + data)[-WAITING_BYTES:]

    def _read_pty(self) -> bytes:
        try:
            return os.read(self._master, READ_BYTES)
        except BlockingIOError:
            return b""

    def _send(self) -> None:
        if self._to_port:
            self._to_port = self._to_port[self._port.write(self._to_port) :]
        if self._to_pty:
            try:
                self._to_pty = self._to_pty[os.write(self._master, self._to_pty) :]
            except BlockingIOError:
                return  # the host reads nothing now; the bytes wait
