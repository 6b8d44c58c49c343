"""A kiosk that starts itself again: after an error of its store the process is replaced by a fresh one, which recovers.

The process keeps its number and its signals; a service manager sees one process that runs. Files, wires and the folder's lock are
let go in between, so nobody polls the acceptors and they take no coins. Waits grow from half a second to half a minute and are
never given up: a full disk is emptied some day. Meanwhile the screen's address shows that the machine is out of service.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

import click
import flask
import structlog

from kiosk.config import Config, ConfigError
from kiosk.i18n import LANGUAGES, direction, format_label, format_phone, say
from kiosk.runtime.service import AlreadyRunningError
from kiosk.store.database import StoreError, StoreRefusedError
from web import LOOPBACK_NAMES, POLICY, new_app, setup_font, setup_headers
from web.serve import PortTakenError, WebServer

FIRST_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 30.0
"""A person who mends the disk waits no longer than this for the kiosk to notice."""

HEALTHY_SECONDS: Final = 60.0
"""A kiosk that ran this long was well: the next trouble is waited for anew."""

TRIES: Final = "KIOSK_START_TRIES"
PORTS: Final = "KIOSK_START_PORTS"
"""Handed to the fresh process: how often it was tried in a row, and the ports that pages know."""

DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
DISK_WORDS: Final = ("disk is full", "disk I/O error", "No space left", "readonly database")
"""How the disk's trouble is spelled where no number comes with it."""

TEMPLATES: Final = Path(__file__).parent / "templates"

log = structlog.get_logger("restart")


def wait_seconds(tries: int) -> float:
    """How long to wait before the next start, after so many in a row."""
    return min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(tries, 10))


def _csp_hash(inline: str) -> str:
    """How a policy names the one inline text that it allows (W3C, Content Security Policy Level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def closed_app(config: Config) -> flask.Flask:
    """The page of a machine that is out of service: in all its languages, with the vendor's number.

    The one answer holds its style and its script, because nothing else may answer a moment later; the script loads the page anew
    once a kiosk answers.
    """
    app = new_app(trusted_hosts=list(LOOPBACK_NAMES))
    style = (TEMPLATES / "closed.css").read_text("utf-8")
    script = (TEMPLATES / "closed.js").read_text("utf-8")
    policy = POLICY.replace("style-src 'self'", f"style-src {_csp_hash(style)}")
    policy = policy.replace("script-src 'self'", f"script-src {_csp_hash(script)}")

    @app.after_request
    def allow_inline(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = policy
        return response

    setup_headers(app)  # what is registered last answers first: the policy above stays
    setup_font(app)
    vendor = config.vendor

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def closed(path: str) -> tuple[str, int, Mapping[str, str]]:  # noqa: ARG001 -- every address says the same
        words = [
            {
                "language": language,
                "direction": direction(language),
                "title": say(language, "halted.title"),
                "text": say(language, "halted.text"),
                "machine": say(language, "vendor.machine", machine=format_label(vendor.machine, language)),
                "phone": format_phone(vendor.phone, language),
            }
            for language in config.languages or LANGUAGES
        ]
        page = flask.render_template("closed.html", words=words, vendor=vendor, style=style, script=script)
        return page, 503, {"Retry-After": "3"}

    return app


class Restarts:
    """Knows how often this kiosk was started in a row, and starts it again."""

    def __init__(
        self,
        stop: threading.Event,
        environment: Mapping[str, str] = os.environ,
        *,
        asked_port: int | None = None,
    ) -> None:
        """``stop`` is set by whoever wants the process to end; it ends the waiting too.

        ``asked_port`` is the screen's port as the command line says it; None leaves it to the configuration.
        """
        self._stop = stop
        self._asked_port = asked_port
        tries = environment.get(TRIES, "")
        self.tries = int(tries) if tries.isdecimal() else 0
        names = (part.partition("=") for part in environment.get(PORTS, "").split(",") if part)
        self._ports = {name: int(port) for name, _, port in names if port.isdecimal()}
        self._began = time.monotonic()

    def port(self, name: str, asked: int | None) -> int | None:
        """The port to serve on: a free one that an earlier start chose stays, so that pages find the kiosk again."""
        return self._ports.get(name, asked) if asked == 0 else asked

    def keep(self, servers: list[WebServer]) -> None:
        """Remember where pages found this start."""
        self._ports.update({server.name: server.port for server in servers})

    def may_try(self, error: BaseException) -> bool:
        """Whether another start may help: trouble of the disk always, anything but a person's mistake after a good start."""
        if isinstance(error, ConfigError):
            return False
        if isinstance(error, AlreadyRunningError):
            return self.tries > 0  # between two tries a command of a clerk may hold the folder for a moment
        if self.tries or (isinstance(error, StoreError) and not isinstance(error, StoreRefusedError)):
            return True
        number = getattr(error, "errno", None)
        return number in DISK_ERRORS or any(words in str(error) for words in DISK_WORDS)

    def start_again(self, reason: str, config: Config | None = None) -> NoReturn:
        """Wait, showing that the machine is out of service, then become a fresh process.

        Args:
            reason: Why, for the terminal and the log.
            config: For the page; None shows none.
        """
        if time.monotonic() - self._began > HEALTHY_SECONDS:
            self.tries = 0
        seconds = wait_seconds(self.tries)
        log.critical("starting again", reason=reason, tries=self.tries, seconds=seconds)
        with suppress(OSError):  # a terminal that is a file on a full disk
            click.echo(f"kiosk: {reason}; starting again in {seconds:g} s, it recovers by itself", err=True)
        server = self._closed_page(config) if config is not None else None
        self._stop.wait(seconds)
        if server is not None:
            server.close()
        if self._stop.is_set():
            sys.exit(0)
        ports = ",".join(f"{name}={port}" for name, port in self._ports.items())
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        fresh = {**os.environ, TRIES: str(self.tries + 1), PORTS: ports}
        # Everything that this process has open closes by itself (PEP 446): wires, store, lock.
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], fresh)  # noqa: S606 -- our own command line, no shell

    def _closed_page(self, config: Config) -> WebServer | None:
        """The page, or None when its port is not to be had: then browsers say so in their own words."""
        asked = config.screen.port if self._asked_port is None else self._asked_port
        port = self._ports.get("screen", asked)
        try:
            server = WebServer(closed_app(config), "127.0.0.1", port, name="closed")
        except PortTakenError as error:
            log.warning("no page meanwhile", reason=str(error))
            return None
        server.start()
        self._ports["screen"] = server.port  # one that was free is kept: pages look for the kiosk there
        return server
