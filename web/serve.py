"""HTTP servers of our processes, each in its own thread, ending when told: waitress on loopback, cheroot where TLS is needed."""

from __future__ import annotations

import ipaddress
import socket
import threading
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import flask
from waitress import wasyncore
from waitress.server import create_server

STREAMS_MOST: Final = 8
"""Open screens at once; more are told to come back."""

THREADS: Final = STREAMS_MOST + 8
"""Every open stream holds a thread; eight more answer everything else."""

CLOSE_SECONDS: Final = 1

REQUEST_SECONDS: Final = 10
"""A peer on the network that sends nothing for this long is hung up on."""


class PortTakenError(Exception):
    """Another program listens there; choose another port in the configuration or on the command line."""


class TlsMissingError(Exception):
    """A page off loopback needs a certificate and its key; nothing is served in the clear on a network."""


class _Server(Protocol):
    """What both servers do for us."""

    def serve(self) -> None:
        """Answer until closed."""

    def close(self) -> None:
        """Stop answering."""


class _Waitress:
    """waitress on an already bound socket."""

    def __init__(self, app: flask.Flask, listener: socket.socket) -> None:
        self._sockets: dict[int, Any] = {}
        self._server: Any = create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            channel_timeout=60,
            cleanup_interval=10,
        )

    def serve(self) -> None:
        try:
            self._server.run()
        except OSError:
            # The listening socket was closed under the server: that is how `close` ends it.
            return

    def close(self) -> None:
        # Answers first, sockets after: a stream that writes its last word must not find its socket gone.
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=CLOSE_SECONDS)
        # From inside the server's own loop, which otherwise looks up once a second only.
        self._server.trigger.pull_trigger(partial(wasyncore.close_all, self._sockets))


class _Cheroot:
    """cheroot with TLS on an address."""

    def __init__(self, app: flask.Flask, host: str, port: int, certificate: Path, private_key: Path) -> None:
        # Late: a kiosk that serves loopback alone needs none of it.
        from cheroot.ssl.builtin import BuiltinSSLAdapter
        from cheroot.wsgi import Server

        self._server = Server(
            (host, port), app, numthreads=THREADS, timeout=REQUEST_SECONDS, shutdown_timeout=CLOSE_SECONDS
        )
        self._server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(private_key))
        self._server.prepare()
        self.address: tuple[str, int] = self._server.socket.getsockname()[:2]

    def serve(self) -> None:
        self._server.serve()

    def close(self) -> None:
        self._server.stop()


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket's beginning: bound, or closed again."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


class WebServer:
    """One Flask application on one address."""

    def __init__(
        self,
        app: flask.Flask,
        host: str,
        port: int,
        *,
        name: str,
        certificate: Path | None = None,
        private_key: Path | None = None,
    ) -> None:
        """Bind at once, so that a taken port is said before anything starts.

        Args:
            app: What to serve.
            host: Address; loopback unless the configuration says otherwise.
            port: TCP port; 0 lets the system choose.
            name: For threads and messages.
            certificate: PEM file; TLS when given.
            private_key: PEM file.

        Raises:
            PortTakenError: The port is in use.
            TlsMissingError: Off loopback without a certificate.
        """
        is_tls = certificate is not None and private_key is not None
        if not ipaddress.ip_address(host).is_loopback and not is_tls:
            raise TlsMissingError(TlsMissingError.__doc__)
        self._server: _Server
        try:
            if certificate is not None and private_key is not None:
                server = _Cheroot(app, host, port, certificate, private_key)
                self.host, self.port = server.address
                self._server = server
            else:
                listener = _bound(host, port)
                self.host, self.port = listener.getsockname()[:2]
                self._server = _Waitress(app, listener)
        except OSError as error:
            raise PortTakenError(
                f"{name}: {host}:{port} cannot be used ({error.strerror or error})"
            ) from error
        self.name = name
        self._scheme = "https" if is_tls else "http"
        self._thread = threading.Thread(target=self._server.serve, name=f"web-{name}", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering; open streams must have been told to end by their own stop event."""
        self._server.close()
        self._thread.join(timeout=CLOSE_SECONDS)

    def url(self, shown_host: str = "") -> str:
        """Where a browser finds it; ``shown_host`` stands in for an address that means all of them."""
        return f"{self._scheme}://{shown_host or self.host}:{self.port}/"
