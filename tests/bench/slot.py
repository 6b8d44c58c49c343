"""A child of the P7 bench: the simulated devices in a process of their own, as in the demo, and a hand that drops coins.

Reads coin positions from standard input, one a line; answers each with the moment (monotonic nanoseconds) at which that coin
passes the acceptor's credit sensor, which is when the device makes the event. An empty line or the end of input ends it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hardware.simulators.bench import Bench
from hardware.simulators.coin_acceptor import FALL_MS, CoinAcceptorSim
from hardware.simulators.market import ACCEPTOR, HOPPERS, demo_wires
from hardware.simulators.model import Simulator
from hardware.simulators.pty_line import NS_PER_MS, WireThread

COINS_PER_HOPPER = 250
"""Enough change for any credit that a bench builds up."""


def _drop(wire: WireThread, simulator: Simulator, position: int) -> int:
    """Drop a coin in the wire's own thread; returns when it will pass the sensor."""
    if not isinstance(simulator, CoinAcceptorSim):
        raise TypeError(f"{simulator.name} takes no coins")

    def order(now_ms: int) -> int:
        simulator.drop(position, 1, now_ms)
        return now_ms

    return (wire.run(order) + FALL_MS) * NS_PER_MS


def main(folder: Path) -> None:
    """Serve the demo's wires below ``folder`` until told to stop."""
    wires = demo_wires(dict.fromkeys(range(1, 41), 5))
    with Bench(wires, folder) as bench:
        for name in HOPPERS:  # an empty hopper's sensor says low, and then no coin is taken
            bench.act(name, "fill", {"qty": str(COINS_PER_HOPPER)})
        print("ready", flush=True)
        home = bench._home[ACCEPTOR]
        simulator = bench._simulators[ACCEPTOR]
        for line in sys.stdin:
            if not line.strip():
                break
            print(_drop(home, simulator, int(line)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
