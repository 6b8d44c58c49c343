"""One kiosk as a process of its own, which a story may kill: ``python -m tests.stories.kiosk_process FOLDER [FLOAT]``.

It opens the ports that the story's simulators left in ``FOLDER/ports`` as it would open ``/dev/ttyUSB0``, and prints what it
shows and what its books say, as a JSON line ten times a second and whenever the screen says something new. ``FLOAT`` is how many
coins a clerk says to have put into each hopper.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hardware.document import Document
from hardware.simulators.market import HOPPERS, demo_rig_config
from kiosk.config import Config, MoneyConfig, Times, Vendor
from kiosk.core import events as ev
from kiosk.core.events import PersonEvent
from kiosk.runtime.log import start_log
from kiosk.runtime.service import Service, open_service

CONFIG = Config(
    kiosk_id="K1",
    vendor=Vendor(name="Corner Market", phone="+49 30 1234567", machine="7"),
    money=MoneyConfig("EUR", 2, 10),
    tax_rates_bp={"standard": 1900},
    times=Times(screen_silent=3_600),
    rig=demo_rig_config(Path("ports")),
)


def fill(service: Service, coins: int) -> None:
    """A clerk's float: without it the till takes no coin that it could not give back."""
    acts: list[PersonEvent] = [ev.ClerkEntered("clerk")]
    acts += [ev.HopperFilled(f"float-{name}", "clerk", name, coins) for name in HOPPERS]
    for act in (*acts, ev.ClerkLeft("clerk")):
        service.till.ask(act)


def tell(service: Service) -> None:
    """Print what the kiosk shows and what its books say."""
    screen, state = service.till.screen(), service.till.state()
    print(
        json.dumps(
            {
                "view": screen.view,
                "takes_coins": screen.takes_coins,
                "held": screen.held_minor,
                "taken": state.totals.taken,
                "owed": state.totals.owed,
                "suspense": state.totals.suspense,
                "online": sorted(name for name, book in state.devices.items() if book.is_online),
                "seq": state.seq,
            }
        ),
        flush=True,
    )


def main() -> None:
    """Run until killed."""
    folder = Path(sys.argv[1])
    start_log(folder / "logs", "kiosk")  # only what is told to the story goes to its pipe
    service = open_service(
        CONFIG,
        folder,
        layout=lambda _till, _reader, effect: Document(effect.language, is_rtl=False, parts=()),
        on_rig_failure=lambda port, error: print(f"port {port} ended: {error}", file=sys.stderr),
    )
    if len(sys.argv) > 2:
        fill(service, int(sys.argv[2]))
    while not service.till.ended.is_set():
        tell(service)
        service.till.wait_for_screen(service.till.screen().stream, 100)


if __name__ == "__main__":
    main()
