"""Pushes the journal to the vendor's desk while the kiosk sells: what the desk does not hold yet, batch by batch.

A thread of its own reads through its own connection and never in the till's way: it holds no transaction while it waits for the
line, and nothing waits for it. The desk says what it holds, so nothing is remembered here; a line that is down for a month costs
nothing but the time to send a month.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import quote

import structlog
from nacl.signing import SigningKey
from sqlalchemy.exc import SQLAlchemyError

from inventory.stockroom import load_catalogue
from kiosk.config import HubConfig
from kiosk.fleet.outbox import HistoriesDifferError, batch_after
from kiosk.fleet.wire import Ack, Batch, BatchError, Goods, pack_batch, pack_goods, read_ack
from kiosk.runtime.clock import Clock, at_text
from kiosk.store.database import StoreError, open_unlimited_reader

LOOK_SECONDS: Final = 5.0
"""Between two looks for new entries: the desk is a few seconds behind at most."""

FIRST_BACKOFF_SECONDS: Final = 5.0
LONGEST_BACKOFF_SECONDS: Final = 900.0
"""A quarter of an hour: a desk that was away for days is found again soon, and a line that is paid by the byte is left alone."""

HEARTBEAT_MS: Final = 300_000
"""A kiosk that sells nothing asks this often how far the desk is, so that the desk knows that it lives."""

GOODS_MS: Final = 600_000
"""The goods are looked through this often: a market may have many, and they change seldom."""

STOP_SECONDS: Final = 2.0
"""Nobody waits longer at the end for a line that hangs: the thread only reads."""

CONNECT_SECONDS: Final = 10.0
ANSWER_SECONDS: Final = 60.0
"""A thousand entries are checked and stored in a second or two; a slow line may need the rest."""

ANSWER_BYTES: Final = 65_536
"""An acknowledgement has 200 bytes; a longer answer comes from something else than a desk."""

BATCHES: Final = "hub/batches"
GOODS: Final = "hub/goods"

_SPREAD: Final = random.SystemRandom().random

log = structlog.get_logger("courier")


class HubUnreachableError(Exception):
    """The desk did not answer; the message says what the line said."""


class HubRefusedError(Exception):
    """The desk answered no; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """An HTTP answer: status and body, the latter at most `ANSWER_BYTES` long."""

    status: int
    body: bytes


class Line(Protocol):
    """The way to the desk."""

    def post(self, path: str, body: bytes) -> HubAnswer:
        """Send ``body`` to a path below the desk's address.

        Raises:
            HubUnreachableError: Nobody answered.
        """

    def close(self) -> None:
        """Let open connections go."""


class HttpLine:
    """The real one: urllib3, with the desk's certificate pinned where its fingerprint is configured."""

    def __init__(self, hub: HubConfig) -> None:
        """Nothing is connected yet."""
        # Late: a kiosk without a desk elsewhere needs none of it.
        import urllib3

        self._errors = urllib3.exceptions.HTTPError
        self._base = hub.url.rstrip("/")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
        fingerprint = hub.key.replace(":", "").lower()
        if fingerprint:
            # The fingerprint is the whole proof: a desk on a local network has a certificate that nobody else signed.
            self._pool = urllib3.PoolManager(
                num_pools=1,
                timeout=timeout,
                retries=False,
                assert_fingerprint=fingerprint,
                cert_reqs="CERT_NONE",
                assert_hostname=False,
            )
        else:
            self._pool = urllib3.PoolManager(num_pools=1, timeout=timeout, retries=False)

    def post(self, path: str, body: bytes) -> HubAnswer:
        """Send ``body``; redirects are not followed, or a stranger's page could lead the journal away."""
        try:
            response = self._pool.request(
                "POST",
                f"{self._base}/{path}",
                body=body,
                headers={"Content-Type": "application/octet-stream"},
                redirect=False,
                preload_content=False,
            )
            answer = HubAnswer(response.status, response.read(ANSWER_BYTES))
            response.drain_conn()
            response.release_conn()
        except (self._errors, OSError) as error:
            raise HubUnreachableError(" ".join(str(error).split())) from error
        return answer

    def close(self) -> None:
        """Let open connections go."""
        self._pool.clear()


@dataclass(frozen=True, slots=True)
class CourierStatus:
    """How far the desk is: ``at`` is when it last answered (empty: never), ``problem`` why it does not take more now."""

    is_set_up: bool
    at: str = ""
    place: tuple[int, int] = (0, 0)
    problem: str = ""


NO_HUB: Final = CourierStatus(is_set_up=False)
"""Of a kiosk that pushes to no desk."""


class Courier:
    """Pushes one kiosk's journal. Build, `start`, later `stop`."""

    def __init__(
        self,
        url: str,
        kiosk_id: str,
        key: SigningKey,
        line: Line,
        *,
        clock: Clock,
        chance: Callable[[], float] = _SPREAD,
    ) -> None:
        """Nothing runs yet.

        Args:
            url: Of the kiosk's store.
            kiosk_id: Whose journal.
            key: The kiosk's own; every batch is signed with it.
            line: The way to the desk.
            clock: For the status.
            chance: From 0 to 1: spreads the tries of many kiosks after a desk that was away.
        """
        self._reader = open_unlimited_reader(url)
        self._kiosk_id = kiosk_id
        self._key = key
        self._line = line
        self._clock = clock
        self._chance = chance
        self._ack: Ack | None = None
        self._goods = b""
        self._goods_due_ms = self._heartbeat_due_ms = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self.status = CourierStatus(is_set_up=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, within `STOP_SECONDS` also when the line hangs."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=STOP_SECONDS)
        self._line.close()
        self._reader.dispose()

    def run_once(self) -> CourierStatus:
        """Send everything that the desk lacks, and say how it stands."""
        try:
            if self._clock.now_ms() >= self._heartbeat_due_ms:
                self._ack = None
            while not self._stop.is_set() and self._send_next():
                pass
            if self._clock.now_ms() >= self._goods_due_ms and not self._stop.is_set():
                self._send_goods()
        except (
            HubUnreachableError,
            HubRefusedError,
            HistoriesDifferError,
            BatchError,
            StoreError,
            SQLAlchemyError,
        ) as error:
            self._ack = None  # whatever happened, the desk knows best how far it is
            problem = " ".join(str(error).split())
            if problem != self.status.problem:
                log.warning("the desk has not taken the journal", reason=problem)
            self.status = replace(self.status, problem=problem)
        return self.status

    def _run(self) -> None:
        wait = backoff = 0.0
        while not self._stop.wait(wait):
            if not self.run_once().problem:
                wait, backoff = LOOK_SECONDS, 0.0
                continue
            backoff = min(max(backoff * 2, FIRST_BACKOFF_SECONDS), LONGEST_BACKOFF_SECONDS)
            wait = backoff * (1.0 - self._chance() / 4)

    def _send_next(self) -> bool:
        """Send one batch, or ask how far the desk is; whether there may be more to send."""
        if self._ack is None:
            self._heard(self._line.post(self._path(BATCHES), self._packed(Batch(self._kiosk_id, ()))))
            return True
        with self._reader.connect() as connection:
            batch = batch_after(connection, self._ack)
        if not batch.entries:
            return False
        was = self._ack.place
        self._heard(self._line.post(self._path(BATCHES), self._packed(batch)))
        if self._ack.place == was:
            raise HubRefusedError("the desk took a batch and holds no more than before")
        return True

    def _send_goods(self) -> None:
        """Tell the desk what is sold here, when it is not what it was told last."""
        with self._reader.connect() as connection:
            catalogue = load_catalogue(connection)
        products, slots = tuple(catalogue.products.values()), tuple(catalogue.slots.values())
        same = pack_goods(Goods(self._kiosk_id, "", products, slots), self._key)
        if same == self._goods:
            self._goods_due_ms = self._clock.now_ms() + GOODS_MS
            return
        goods = Goods(self._kiosk_id, at_text(self._clock.wall()), products, slots)
        answer = self._line.post(self._path(GOODS), pack_goods(goods, self._key))
        if answer.status != HTTPStatus.NO_CONTENT:
            raise HubRefusedError(_reason(answer))
        self._goods = same
        self._goods_due_ms = self._clock.now_ms() + GOODS_MS

    def _packed(self, batch: Batch) -> bytes:
        return pack_batch(batch, self._key)

    def _path(self, name: str) -> str:
        return f"{name}/{quote(self._kiosk_id)}"

    def _heard(self, answer: HubAnswer) -> None:
        """Take the desk's word for what it holds, also where it refuses a batch because of a gap.

        Raises:
            HubRefusedError: It said no.
            BatchError: It answered what no desk answers.
        """
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CONFLICT}:
            raise HubRefusedError(_reason(answer))
        ack = read_ack(answer.body, self._kiosk_id)
        self._ack = ack
        self._heartbeat_due_ms = self._clock.now_ms() + HEARTBEAT_MS
        self.status = CourierStatus(is_set_up=True, at=at_text(self._clock.wall()), place=ack.place)


def _reason(answer: HubAnswer) -> str:
    """Why the desk said no, in a line that can be shown."""
    said = answer.body.decode(errors="replace").strip()
    if answer.status == HTTPStatus.NOT_FOUND:
        return f"the desk does not know this kiosk: run 'kiosk desk add-kiosk' there ({said[:200]})"
    return f"the desk answered {answer.status}: {said[:400]}"
