"""Our HTTP servers: bound before anything starts, TLS off loopback, and gone at once when told."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import urllib.request
from pathlib import Path

import flask
import pytest

from web.certificate import own_certificate
from web.network import own_address
from web.serve import PortTakenError, TlsMissingError, WebServer

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def make_app(stop: threading.Event | None = None) -> flask.Flask:
    app = flask.Flask("served")

    @app.get("/")
    def word() -> str:
        return "here"

    @app.get("/stream")
    def stream() -> flask.Response:
        def events() -> object:
            yield "first\n"
            if stop is not None:
                stop.wait(20)
            yield "last\n"

        return flask.Response(events(), mimetype="text/event-stream")  # type: ignore[arg-type]  # a generator of text

    return app


def test_a_server_answers_where_it_says() -> None:
    server = WebServer(make_app(), "127.0.0.1", 0, name="screen")
    server.start()
    with urllib.request.urlopen(server.url(), timeout=5) as answer:
        assert answer.read() == b"here"
        assert "Server" not in answer.headers
    server.close()


def test_a_closed_server_leaves_its_port_free_and_ends_open_streams() -> None:
    stop = threading.Event()
    server = WebServer(make_app(stop), "127.0.0.1", 0, name="screen")
    server.start()
    with urllib.request.urlopen(server.url() + "stream", timeout=5) as answer:
        assert answer.readline() == b"first\n"
        stop.set()
        server.close()
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTakenError, match=r"desk: 127\.0\.0\.1"):
            WebServer(make_app(), "127.0.0.1", other.getsockname()[1], name="desk")


def test_nothing_is_served_in_the_clear_on_a_network() -> None:
    with pytest.raises(TlsMissingError):
        WebServer(make_app(), "0.0.0.0", 0, name="desk")


def test_a_certificate_of_our_own_serves_the_network(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, ("127.0.0.1",), dt.datetime.now(dt.UTC))
    server = WebServer(make_app(), "127.0.0.1", 0, name="desk", certificate=certificate, private_key=key)
    server.start()
    trusted = ssl.create_default_context(cafile=str(certificate))
    with urllib.request.urlopen(server.url(), timeout=5, context=trusted) as answer:
        assert answer.read() == b"here"
    server.close()


def test_a_certificate_is_kept_while_it_fits_and_made_anew_when_it_does_not(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path, ("192.0.2.7",), NOW)
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    assert own_certificate(tmp_path, ("192.0.2.7",), NOW)[0].read_bytes() == first
    assert own_certificate(tmp_path, ("192.0.2.8",), NOW)[0].read_bytes() != first
    later = NOW + dt.timedelta(days=500)
    second = certificate.read_bytes()
    assert own_certificate(tmp_path, ("192.0.2.8",), later)[0].read_bytes() != second


def test_this_machine_knows_an_address_of_its_own() -> None:
    assert own_address().count(".") == 3
