"""The claim page on an application as the kiosk serves it: beside the desk, over a real till turned by hand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flask
from nacl.signing import SigningKey
from werkzeug.serving import make_server

from kiosk.claims.deadline import promise_of
from kiosk.claims.desk import ClaimDesk
from kiosk.config import Config
from kiosk.runtime.keys import Keys
from tests.kiosk.ledger_world import KIOSK_ID, World
from tests.kiosk.receipts.papers import CONFIG, receipts_of
from web import create_network_app
from web.admin import register_desk
from web.claim_page import register_claim_page
from web.errors import install_errors


def claims_of(world: World) -> ClaimDesk:
    return ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall, promise=promise_of(CONFIG))


def app_of(world: World, config: Config = CONFIG) -> flask.Flask:
    app = create_network_app(trusted_hosts=["localhost", "127.0.0.1"])
    vendor = (config.vendor.name, config.vendor.phone, config.vendor.machine)
    install_errors(app, language=lambda: "en", vendor=vendor)
    keys = Keys(signing=SigningKey(b"s" * 32), codes=b"c" * 32, sessions=b"x" * 32, second_steps=b"t" * 32)
    register_desk(app, door=world, reader=world.reader, config=config, keys=keys, clock=world.clock)
    register_claim_page(
        app,
        claims=claims_of(world),
        receipts=receipts_of(world, config),
        reader=world.reader,
        config=config,
        now_ms=world.monotonic_ms,
    )
    return app


@contextmanager
def served(app: flask.Flask) -> Iterator[str]:
    """The application on a free port, for a browser; one request at a time, as the hand-turned till wants it."""
    server = make_server("127.0.0.1", 0, app, threaded=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
