"""A whole market as real processes: kiosk and simulators, started, killed and asked as a user or a power cut would.

Used by the smoke test, the stories and the contact sheets. Everything goes over HTTP, wires and the stored journal.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from sqlalchemy import Connection, text

from hardware.simulators.market import COINS
from kiosk.core.state import State
from kiosk.store.database import open_unlimited_reader, sqlite_driver, sqlite_url
from kiosk.store.verify import Verification, verify_journal
from web.starter import WITH_STARTER

PATIENCE_SECONDS: Final = 60.0
"""Longest wait for anything; a slow machine needs a few seconds."""

LOOK_SECONDS: Final = 0.03

POSITIONS: Final = {value: position for position, value in COINS.items()}
"""Coin value -> the acceptor's position for it."""


class MarketError(Exception):
    """The market did not do what was waited for; the message says what."""


class Market:
    """One data folder and its two processes."""

    def __init__(
        self, folder: Path | None = None, *, times: Mapping[str, int] | None = None, rig: str = "cctalk"
    ) -> None:
        """Make a new market in ``folder`` (a temporary one by default); nothing runs yet.

        Args:
            folder: Where its data goes.
            times: Waits in seconds that differ from the product's, so that a story need not last minutes.
            rig: Which devices it has.
        """
        self.rig = rig
        self._times = times or {}
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="kiosk-market-")
        self.folder = folder or Path(self._temporary.name if self._temporary else "")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.addresses: dict[str, str] = {}
        self._waiting = threading.Event()
        self._frame: dict[str, Any] = {}
        self._watcher: threading.Thread | None = None
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.callback(self.close)  # a start that fails half way leaves no process behind
            self.make()
            self.start_devices()
            self.start_kiosk()
            self.watch()
            self.wait_for("a screen", lambda: bool(self._frame))
            begun.pop_all()
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    # --- processes ----------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Lay out the demo market: configuration, goods, float, users."""
        done = subprocess.run(
            [
                sys.executable,
                "-P",
                "-m",
                "web.main",
                "make-market",
                "--data",
                str(self.folder),
                "--rig",
                self.rig,
            ],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise MarketError(f"the market could not be made: {done.stdout}{done.stderr}")
        if self._times:
            path = self.folder / "kiosk.toml"
            lines = ["[times]", *(f"{name} = {seconds}" for name, seconds in self._times.items()), ""]
            path.write_text(path.read_text(encoding="utf-8") + "\n".join(lines), encoding="utf-8")

    def _start(self, name: str, *arguments: str) -> None:
        address = self.folder / f"{name}.address.json"
        address.unlink(missing_ok=True)
        log = (self.folder / f"{name}.log").open("ab")
        self._processes[name] = subprocess.Popen(
            [sys.executable, "-P", "-m", "web.main", *arguments, WITH_STARTER],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        log.close()
        self.wait_for(f"{name} answers", address.exists)
        self.addresses.update(json.loads(address.read_text(encoding="utf-8")))

    def start_devices(self) -> None:
        """Start the simulators and the workshop on a free port."""
        self._start("simulators", "simulators", "--data", str(self.folder), "--port", "0")

    def start_kiosk(self) -> None:
        """Start the kiosk on free ports."""
        self._start("kiosk", "run", "--data", str(self.folder), "--screen-port", "0", "--desk-port", "0")

    def watch(self) -> None:
        """Be the page of the shopper's screen: follow the stream and acknowledge; a kiosk nobody sees takes no money."""
        self._watcher = threading.Thread(target=self._follow, name="page", daemon=True)
        self._watcher.start()

    def _follow(self) -> None:
        while not self._closing.is_set():
            try:
                with urllib.request.urlopen(self.addresses["screen"] + "stream", timeout=5) as stream:
                    for line in stream:
                        if line.startswith(b"data: "):
                            event = json.loads(line[6:])
                            frame = event.get("frame", event)
                            self._frame = {**self._frame, **frame}
                            self.screen_post("seen", {"stream": self._frame["stream"]})
                        if self._closing.is_set():
                            return
            except (OSError, KeyError, ValueError):
                # The kiosk was killed or is starting: a page tries again.
                self._closing.wait(0.1)

    def kill_kiosk(self) -> None:
        """SIGKILL: no handler of ours runs."""
        process = self._processes.pop("kiosk")
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()

    def stop_kiosk(self) -> int:
        """SIGTERM, as a service manager would; returns the exit code."""
        process = self._processes.pop("kiosk")
        process.terminate()
        process.communicate(timeout=10)
        return process.returncode

    def close_devices(self) -> None:
        """End the simulators, as Ctrl-C would."""
        process = self._processes.pop("simulators")
        process.terminate()
        process.communicate(timeout=10)

    def abandon(self) -> tuple[int, int]:
        """Let go of both as a starter that was killed does; returns their exit codes."""
        kiosk, simulators = (self._processes.pop(name) for name in ("kiosk", "simulators"))
        for process in (kiosk, simulators):
            process.communicate(timeout=PATIENCE_SECONDS)
        return kiosk.returncode, simulators.returncode

    def close(self) -> None:
        """End everything and remove a temporary folder."""
        self._closing.set()
        for name in ("kiosk", "simulators"):
            process = self._processes.pop(name, None)
            if process is None:
                continue
            process.terminate()
            try:
                process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        if self._temporary is not None:
            self._temporary.cleanup()

    def log_of(self, name: str) -> str:
        """What a process printed."""
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    # --- waiting ------------------------------------------------------------------------------------------------------

    def wait_for(self, what: str, is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> float:
        """Look until it is so; returns the seconds it took.

        Raises:
            MarketError: It did not come to be.
        """
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            if is_so():
                return time.monotonic() - began
            self._waiting.wait(LOOK_SECONDS)
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise MarketError(f"{name} ended ({process.returncode}): {self.log_of(name)[-2000:]}")
        raise MarketError(f"waited {seconds:.0f} s in vain: {what}")

    # --- asking -------------------------------------------------------------------------------------------------------

    def _send(self, url: str, body: Mapping[str, object] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as error:
            raw = error.read()
        return json.loads(raw) if raw else {}

    def workshop(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Ask the workshop's API."""
        return self._send(self.addresses["workshop"] + path, body)

    def screen_post(self, path: str, body: Mapping[str, object]) -> Any:
        """Post to the shopper's screen as its page would."""
        return self._send(self.addresses["screen"] + path, body)

    def frame(self) -> dict[str, Any]:
        """The screen's frame as the stream last gave it."""
        return self._frame

    def tap(self, kind: str, **values: object) -> Any:
        """Touch the screen as it is now."""
        answer: Any = {}
        for _ in range(3):
            tap = {"tap": secrets.token_hex(8), "screen": self.frame()["version"], **values}
            answer = self.screen_post(f"tap/{kind}", tap)
            if answer.get("key") != "stale_tap":
                break
            self._waiting.wait(0.2)  # the page has not drawn the newest screen yet
        return answer

    # --- hands on devices ---------------------------------------------------------------------------------------------

    def act(self, device: str, hand: str, **values: object) -> None:
        """Do something to a simulated device."""
        self.workshop(
            "api/act",
            {"device": device, "hand": hand, "values": {key: str(value) for key, value in values.items()}},
        )

    def fault(self, device: str, fault: str, *, is_on: bool) -> None:
        """Switch a fault of a device."""
        self.workshop("api/fault", {"device": device, "fault": fault, "is_on": is_on})

    def power(self, device: str | None, *, is_on: bool) -> None:
        """Cut or restore the power of one device or of the whole box."""
        self.workshop("api/power", {"device": device, "is_on": is_on})

    def truth(self, device: str) -> dict[str, Any]:
        """A device's physical truth, from its own memory."""
        devices = self.workshop("api/snapshot")["devices"]
        found: dict[str, Any] = next(each["truth"] for each in devices if each["name"] == device)
        return found

    def wait_for_slot(self, value_minor: int) -> None:
        """Wait until the acceptor would take this coin."""

        def is_open() -> bool:
            truth = self.truth("coin")
            return bool(truth["is_open"]) and POSITIONS[value_minor] in truth["enabled"]

        self.wait_for(f"a slot open for {value_minor}", is_open)

    def drop(self, value_minor: int) -> None:
        """Drop one coin into the acceptor."""
        self.act("coin", "drop", position=POSITIONS[value_minor], qty=1)

    def scan(self, code: str) -> None:
        """Hold a code before the scanner."""
        self.act("scanner", "scan", code=code)

    # --- the stored journal -------------------------------------------------------------------------------------------

    def _reading(self) -> Connection:
        return open_unlimited_reader(sqlite_url(self.folder / "store" / "kiosk.db")).connect()

    def facts(self, *kinds: str, after: int = 0) -> list[tuple[int, str, dict[str, Any]]]:
        """Stored facts of these kinds after a sequence number, as (seq, kind, fields)."""
        with self._reading() as connection:
            rows = connection.execute(
                text("SELECT seq, kind, body FROM journal WHERE seq > :after ORDER BY seq"), {"after": after}
            ).fetchall()
        return [
            (row[0], row[1], msgspec.json.decode(bytes(row[2]))["fact"])
            for row in rows
            if not kinds or row[1] in kinds
        ]

    def seq(self) -> int:
        """The journal's last sequence number."""
        with self._reading() as connection:
            return int(connection.execute(text("SELECT max(seq) FROM journal")).scalar() or 0)

    def balance(self, account: str) -> int:
        """A balance as kept in the store."""
        with self._reading() as connection:
            row = connection.execute(
                text("SELECT amount_minor FROM balance WHERE account = :account"), {"account": account}
            ).scalar()
        return int(row or 0)

    def verify(self) -> Verification:
        """Check the whole journal, as `verify-journal` does."""
        with self._reading() as connection:
            return verify_journal(connection)

    def spoil_journal(self) -> None:
        """Change one amount in a stored entry, behind every trigger's back; the kiosk must not run."""
        path = self.folder / "store" / "kiosk.db"
        with sqlite_driver.connect(path) as connection:
            connection.execute("DROP TRIGGER journal_never_update")
            connection.execute(
                "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '200', '100') AS BLOB) "
                "WHERE seq = (SELECT max(seq) FROM journal WHERE kind = 'CoinCredited')"
            )
        connection.close()

    def state(self) -> State:
        """The journal folded from its first entry."""
        return self.verify().state

    def wait_for_fact(self, kind: str, *, after: int, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The first fact of a kind after a sequence number."""
        self.wait_for(f"{kind} in the journal", lambda: bool(self.facts(kind, after=after)), seconds)
        return self.facts(kind, after=after)[0][2]

    def wait_until_settled(self, after: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the visit that runs is settled."""
        self.wait_for_fact("VisitSettled", after=after, seconds=seconds)
