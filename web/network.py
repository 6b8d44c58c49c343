"""The desk and the claim page on a local network: this machine's address, and a configuration that serves it over TLS."""

from __future__ import annotations

import datetime as dt
import socket
from dataclasses import replace
from pathlib import Path
from typing import Final

from kiosk.config import Config
from web.certificate import own_certificate

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - what --lan asks for; TLS and sign-in stand before it
ROUTE_PROBE: Final = ("192.0.2.1", 9)
"""An address for documentation, to which nothing is sent: the route to it tells which of our addresses it would use."""


def own_address() -> str:
    """This machine's address on the network it would use; loopback when there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ROUTE_PROBE)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def on_local_network(config: Config, folder: Path, desk_port: int | None) -> Config:
    """The configuration with desk and claim page on all addresses, over TLS, and the claim page's address on receipts."""
    address = own_address()
    names = tuple(dict.fromkeys((address, "127.0.0.1")))
    certificate, private_key = own_certificate(folder / "keys", names, dt.datetime.now(dt.UTC))
    desk = replace(
        config.desk,
        host=EVERYWHERE,
        port=config.desk.port if desk_port is None else desk_port,
        certificate=str(certificate),
        private_key=str(private_key),
        names=names,
    )
    public_url = config.vendor.public_url or f"https://{address}:{desk.port}"
    return replace(config, desk=desk, vendor=replace(config.vendor, public_url=public_url))
