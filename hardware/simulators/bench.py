"""The bench: simulated devices on ptys, each wire with its own thread, all under a person's hand.

A kiosk opens ``<data>/ports/<wire>`` with pyserial exactly as it would open ``/dev/ttyUSB0``. What the
devices must not forget (coins, goods, counters) lies in ``<data>/simulators.json`` and outlives this
process, as it would outlive a kiosk.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from hardware.port import Passed
from hardware.simulators.damage import Noise
from hardware.simulators.model import Simulator, UnknownActError
from hardware.simulators.pty_line import Wire, WireThread
from hardware.simulators.troubles import TROUBLES, Device, Trouble

Result = TypeVar("Result")

MEMORY_FILE = "simulators.json"
PORTS_FOLDER = "ports"


class BenchMemoryError(ValueError):
    """The file of what the simulators remember cannot be read: move it away to start with empty devices."""


class Bench:
    """Simulated wires and devices, addressed by name; safe to use from any thread.

    Args:
        wires: What is connected; device and wire names are unique.
        data: A folder for the links and the memory; made when it is missing.
        clock_ns: Monotonic nanoseconds.

    Raises:
        BenchMemoryError: The remembered state cannot be read.
    """

    def __init__(
        self, wires: Iterable[Wire], data: Path, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._ports = data / PORTS_FOLDER
        self._ports.mkdir(parents=True, exist_ok=True)
        self._memory_path = data / MEMORY_FILE
        self._memory = self._read_memory()
        self._saving = threading.Lock()
        self._wires: dict[str, WireThread] = {}
        self._home: dict[str, WireThread] = {}
        self._simulators: dict[str, Simulator] = {}
        for wire in wires:
            thread = WireThread(wire, self._ports / wire.name, clock_ns, self._save)
            self._wires[wire.name] = thread
            for simulator in wire.simulators:
                self._home[simulator.name] = thread
                self._simulators[simulator.name] = simulator
                if simulator.name in self._memory:
                    self._recall(simulator)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Lay all ptys; when this returns every port can be opened."""
        for thread in self._wires.values():
            thread.start()

    def close(self) -> None:
        """End every thread and remove every pty and link; what the devices remember is saved."""
        for thread in self._wires.values():
            thread.close()

    @property
    def wires(self) -> tuple[str, ...]:
        """The names of the wires, in order."""
        return tuple(self._wires)

    @property
    def devices(self) -> tuple[str, ...]:
        """The names of the devices, in order."""
        return tuple(self._simulators)

    def port_path(self, wire: str) -> Path:
        """The stable name under which a host opens ``wire``."""
        return self._ports / self._wire(wire).wire.name

    def protocol(self, wire: str) -> str:
        """The rig's word for what ``wire`` speaks.

        Raises:
            UnknownActError: No such wire.
        """
        return self._wire(wire).wire.protocol

    def act(self, device: str, hand: str, values: Mapping[str, str]) -> None:
        """Do something with a hand: drop a coin, refill, take what lies in the tray.

        Raises:
            UnknownActError: No such device or hand, or a value out of its range.
        """
        simulator = self._simulator(device)
        self._home[device].run(lambda now_ms: simulator.act(hand, values, now_ms))

    def set_fault(self, device: str, fault: str, *, is_on: bool) -> None:
        """Turn a fault on or off.

        Raises:
            UnknownActError: No such device or fault.
        """
        simulator = self._simulator(device)
        self._home[device].run(lambda now_ms: simulator.set_fault(fault, is_on, now_ms))

    def set_power(self, device: str, *, is_on: bool) -> None:
        """Cut or restore one device's power.

        Raises:
            UnknownActError: No such device.
        """
        self._home[self._simulator(device).name].set_power(self._simulators[device], is_on=is_on)

    def set_box_power(self, *, is_on: bool) -> None:
        """Cut or restore the power of every device; the cables stay where they are."""
        for device in self._simulators:
            self.set_power(device, is_on=is_on)

    def unplug(self, wire: str) -> None:
        """Pull the cable of ``wire``: its port vanishes.

        Raises:
            UnknownActError: No such wire.
        """
        self._wire(wire).unplug()

    def plug(self, wire: str) -> None:
        """Put the cable back: the same link, another pty behind it.

        Raises:
            UnknownActError: No such wire.
        """
        self._wire(wire).plug()

    def set_noise(self, wire: str, noise: Noise) -> None:
        """Damage the cable of ``wire``, or mend it with a quiet `Noise`.

        Raises:
            UnknownActError: No such wire.
        """
        self._wire(wire).set_noise(noise)

    @property
    def places(self) -> tuple[Device, ...]:
        """Every device by its kind, and where it hangs; in order."""
        return tuple(
            Device.of(simulator, self._home[name].wire.name) for name, simulator in self._simulators.items()
        )

    def begin(self, trouble: str, target: str) -> None:
        """Let a trouble of `TROUBLES` befall one of its targets.

        Raises:
            UnknownActError: No such trouble, or none that can befall ``target``.
        """
        self._trouble(trouble, target).begin(self, target)

    def end(self, trouble: str, target: str) -> None:
        """Mend it.

        Raises:
            UnknownActError: No such trouble, or none that can befall ``target``.
        """
        self._trouble(trouble, target).end(self, target)

    def _trouble(self, name: str, target: str) -> Trouble:
        trouble = TROUBLES.get(name)
        if trouble is None:
            raise UnknownActError(f"no mishap {name!r}; there are: " + ", ".join(TROUBLES))
        targets = trouble.targets(self.places)
        if target not in targets:
            raise UnknownActError(f"{name} cannot befall {target!r}, only: " + ", ".join(targets))
        return trouble

    def ask(self, device: str, question: Callable[[Simulator], Result]) -> Result:
        """Read something of a simulator that its snapshot does not carry, in the thread that owns it.

        Raises:
            UnknownActError: No such device.
        """
        simulator = self._simulator(device)
        return self._home[device].run(lambda _now_ms: question(simulator))

    def passed(self, wire: str) -> tuple[Passed, ...]:
        """The last bytes of ``wire``; outgoing means from the host to the device.

        Raises:
            UnknownActError: No such wire.
        """
        return self._wire(wire).trace.passed()

    def snapshot(self) -> dict[str, object]:
        """Everything a person at the bench can see, as plain JSON values: ``devices`` and ``wires``, in
        order.
        """
        devices: list[dict[str, object]] = []
        wires: list[dict[str, object]] = []
        for name, thread in self._wires.items():
            devices += thread.run(partial(_devices, thread.wire))
            wires.append(
                {
                    "name": name,
                    "protocol": thread.wire.protocol,
                    "baud": thread.wire.baud,
                    "is_plugged": thread.is_plugged,
                    "path": thread.path if thread.is_plugged else "",
                    "noise": {name: rate for name, rate in asdict(thread.noise).items() if rate},
                }
            )
        return {"devices": devices, "wires": wires}

    def _simulator(self, name: str) -> Simulator:
        simulator = self._simulators.get(name)
        if simulator is None:
            raise UnknownActError(f"no device {name!r}; there are: " + ", ".join(self._simulators))
        return simulator

    def _wire(self, name: str) -> WireThread:
        thread = self._wires.get(name)
        if thread is None:
            raise UnknownActError(f"no wire {name!r}; there are: " + ", ".join(self._wires))
        return thread

    def _read_memory(self) -> dict[str, Mapping[str, object]]:
        try:
            read = json.loads(self._memory_path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise BenchMemoryError(f"{self._memory_path}: {error}") from error
        if not isinstance(read, dict) or not all(isinstance(value, dict) for value in read.values()):
            raise BenchMemoryError(f"{self._memory_path}: not a table of devices")
        return read

    def _recall(self, simulator: Simulator) -> None:
        try:
            simulator.recall(self._memory[simulator.name])
        except (KeyError, TypeError, ValueError) as error:
            raise BenchMemoryError(f"{self._memory_path}: {simulator.name}: {error}") from error

    def _save(self, memory: Mapping[str, Mapping[str, object]]) -> None:
        """Write the file anew, whole or not at all. Not synced: a simulated coin need not survive a real
        power cut.
        """
        with self._saving:
            self._memory = {**self._memory, **memory}
            fresh = self._memory_path.with_suffix(".new")
            fresh.write_text(json.dumps(self._memory, indent=1, sort_keys=True), "utf-8")
            fresh.replace(self._memory_path)


def _devices(wire: Wire, _now_ms: int) -> list[dict[str, object]]:
    return [_device(simulator, wire.name) for simulator in wire.simulators]


def _device(simulator: Simulator, wire: str) -> dict[str, object]:
    return {
        "name": simulator.name,
        "kind": str(simulator.kind),
        "wire": wire,
        "is_powered": simulator.is_powered,
        "faults": dict(simulator.faults),
        "hands": [
            {
                "name": hand.name,
                "fields": [
                    {
                        "name": field.name,
                        "default": field.default,
                        "least": field.least,
                        "most": field.most,
                        "choices": list(field.choices),
                    }
                    for field in hand.fields
                ],
            }
            for hand in simulator.hands
        ],
        "truth": dict(simulator.snapshot()),
    }
