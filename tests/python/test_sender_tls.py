"""TLS with endpoints and with PostgreSQL, and proxies."""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg
import pytest
from countersign import AsyncSender, DeliveryError, RetryPolicy, Sender
from countersign.flask.sender import sender_from
from countersign.sender import EnforcingProxy

from certificates import Certificates
from inboxes import until
from postgres_server import PostgresServer
from sink import Sink, sinking

ONCE = RetryPolicy.exponential(0.01, attempts=1)
NOTHING: dict[str, Any] = {"allow_networks": []}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("tls") / "with spaces & more")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def sink(certificates: Certificates) -> Iterator[Sink]:
    with sinking(certificates.issue("127.0.0.1").server()) as running:
        yield running


def secure(sink: Sink) -> str:
    return sink.url().replace("http", "https", 1)


def outcome(sender: Sender, id: str = "a") -> int | str | None:
    """The status or the class of the error of the only attempt."""
    with sender:
        sent = sender.send(id, "x", {})
        until(lambda: sender.counts()["waiting"] + sender.counts()["running"] == 0)
    (delivery,) = sender.deliveries_of(sent.id)
    (attempt,) = sender.attempts(delivery.number)
    return attempt.error or attempt.status


@pytest.mark.parametrize("form", [Path, str, Path.read_bytes, bytearray])
def test_authorities_of_ones_own_are_trusted(
    path: Path, sink: Sink, certificates: Certificates, form: Any
) -> None:
    file = certificates.authority
    given = form(file.read_bytes()) if form is bytearray else form(file)
    sender = Sender(path, retry_policy=ONCE, root_certificates=given)
    sender.put_endpoint(sink.endpoint(url=secure(sink)))
    assert outcome(sender) == 200
    assert len(sink.arrivals) == 1


def test_other_authorities_are_not_trusted(path: Path, sink: Sink, tmp_path: Path) -> None:
    other = Certificates(tmp_path / "other").authority
    for given in (None, other):
        sender = Sender(path, retry_policy=ONCE, root_certificates=given)
        sender.put_endpoint(sink.endpoint(url=secure(sink)))
        assert outcome(sender) == "tls"
    assert sink.arrivals == []


@pytest.mark.parametrize("maker", [Sender, AsyncSender])
def test_certificates_that_are_none(maker: Any, tmp_path: Path) -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
    for given in (b"", b"no certificate", pem % b"?", pem % b"aGVsbG8="):
        with pytest.raises(ValueError, match="certificate"):
            maker(":memory:", root_certificates=given)
    with pytest.raises(FileNotFoundError):
        maker(":memory:", root_certificates=tmp_path / "nowhere.pem")
    with pytest.raises(TypeError):
        maker(":memory:", root_certificates=7.5)


class Asked(NamedTuple):
    target: str
    authorization: str | None


@contextmanager
def proxying(port: int) -> Iterator[tuple[str, list[Asked]]]:
    """A proxy that leads everything to this port; its URL, and what it was asked for."""
    asked: list[Asked] = []

    def lead(here: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += here.recv(4096)
        lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        credentials = next(
            (line.split(": ", 1)[1] for line in lines if line.lower().startswith("proxy-auth")),
            None,
        )
        assert "content-type" not in headers
        asked.append(Asked(lines[0], credentials))
        there = socket.create_connection(("127.0.0.1", port))
        here.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=copy, args=(there, here), daemon=True).start()
        copy(here, there)

    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while part := source.recv(65_536):
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # The other side has ended.
            pass

    def accept() -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=lead, args=(here,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def test_everything_goes_through_a_proxy(path: Path) -> None:
    with sinking() as sink, proxying(sink.port) as (url, asked):
        proxy = EnforcingProxy(url, user="shop", password="pass word")
        sender = Sender(path, retry_policy=ONCE, proxy=proxy)
        # Nobody here knows the name.
        sender.put_endpoint(sink.endpoint(url="http://customer.invalid/hook", **NOTHING))
        assert outcome(sender) == 200
        credentials = base64.b64encode(b"shop:pass word").decode()
        assert asked == [Asked("CONNECT customer.invalid:80 HTTP/1.1", f"Basic {credentials}")]
        assert sink.arrivals[0].headers["host"] == "customer.invalid"
        assert "proxy-authorization" not in sink.arrivals[0].headers
        # Addresses are still judged here.
        with pytest.raises(DeliveryError) as caught:
            sender.put_endpoint(sink.endpoint(url="http://10.0.0.1/", **NOTHING))
        assert caught.value.code == "forbidden_destination"
    assert "pass word" not in repr(proxy)


def test_proxies_of_the_environment_are_not_used(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sinking() as sink, proxying(sink.port) as (url, asked):
        monkeypatch.setenv("http_proxy", url)
        sender = Sender(path, retry_policy=ONCE)
        sender.put_endpoint(sink.endpoint(url="http://customer.invalid/hook", **NOTHING))
        assert outcome(sender) == "dns"
        assert asked == []


@pytest.mark.parametrize("maker", [Sender, AsyncSender])
def test_proxies_that_are_none(maker: Any) -> None:
    for url in ("", "proxy:3128", "https://proxy:3128", "http://user:hush@proxy:3128", "http://x"):
        with pytest.raises(ValueError, match="the proxy is not") as caught:
            maker(":memory:", proxy=EnforcingProxy(url))
        assert "hush" not in str(caught.value)
    # That it enforces anything was not said.
    with pytest.raises(TypeError, match="EnforcingProxy"):
        maker(":memory:", proxy="http://proxy:3128")
    with pytest.raises(TypeError):
        maker(":memory:", proxy=EnforcingProxy("http://proxy:3128", user=7))  # type: ignore[arg-type]


def test_flask_has_the_same_settings(path: Path, sink: Sink, certificates: Certificates) -> None:
    prefix = "COUNTERSIGN_SENDER_"
    config = {
        f"{prefix}DATABASE": f"sqlite:///{path}",
        f"{prefix}RETRY_POLICY": "0.01/1",
        f"{prefix}ROOT_CERTIFICATES": str(certificates.authority),
    }
    sender = sender_from(config)
    assert sender is not None
    sender.put_endpoint(sink.endpoint(url=secure(sink)))
    assert outcome(sender) == 200
    with sinking() as plain, proxying(plain.port) as (url, asked):
        with_user = url.replace("http://", "http://shop:pass%20word@")
        for given in (with_user, EnforcingProxy(url, "shop", "pass word")):
            sender = sender_from({**config, f"{prefix}ENFORCING_PROXY": given})
            assert sender is not None
            sender.put_endpoint(plain.endpoint(url="http://customer.invalid/", **NOTHING))
            assert outcome(sender) == 200
    assert len(asked) == 2 and asked[0] == asked[1]
    for bad in (7, "socks5://proxy:1080", "http://[hush"):
        with pytest.raises(ValueError) as caught:
            sender_from({**config, f"{prefix}ENFORCING_PROXY": bad})
        assert "hush" not in str(caught.value)


@pytest.fixture(scope="module")
def server(certificates: Certificates) -> Iterator[PostgresServer]:
    running = PostgresServer(certificates)
    running.start()
    folder = running.conninfo.split()[0].partition("=")[2]
    local = f"host={folder} port={running.port} dbname=postgres user=postgres"
    with psycopg.connect(local) as connection:
        connection.execute("CREATE ROLE shop LOGIN SUPERUSER")
        connection.execute("CREATE ROLE known LOGIN SUPERUSER PASSWORD 'hush'")
    yield running
    running.stop()
    running.remove()


def url_of(
    server: PostgresServer, settings: str, user: str = "known:hush", host: str = "127.0.0.1"
) -> str:
    return f"postgresql://{user}@{host}:{server.port}/postgres?{settings}"


def is_reached(url: str) -> bool:
    sender = Sender(url)
    try:
        sender.counts()
    except DeliveryError as error:
        assert error.code == "outbox_unavailable"
        return False
    finally:
        sender.close()
    return True


def quoted(file: Path) -> str:
    return quote(str(file), safe="")


@pytest.mark.parametrize(
    "settings",
    [
        "sslmode=verify-full&{authority}",
        "{authority}&connect_timeout=5&sslmode=verify-ca",
        "sslmode=require&{authority}&channel_binding=require",
        "{authority}",
    ],
)
def test_postgres_is_spoken_to_with_tls(
    server: PostgresServer, certificates: Certificates, settings: str
) -> None:
    authority = f"sslrootcert={quoted(certificates.authority)}"
    assert is_reached(url_of(server, settings.format(authority=authority)))


def test_dispatchers_are_woken_over_tls(server: PostgresServer, certificates: Certificates) -> None:
    url = url_of(server, f"sslmode=verify-full&sslrootcert={quoted(certificates.authority)}")
    with sinking() as sink, Sender(url) as dispatching:
        dispatching.put_endpoint(sink.endpoint("tls"))
        sending = Sender(url)
        sending.send("tls", "x", {})
        sink.wait(1)
        until(lambda: sending.counts()["delivered"] == 1)
        sending.close()


def test_certificates_of_postgres_are_verified(
    server: PostgresServer, certificates: Certificates, tmp_path: Path
) -> None:
    authority = f"sslrootcert={quoted(certificates.authority)}"
    other = Certificates(tmp_path / "other").authority
    refused = [
        url_of(server, "sslmode=disable"),
        url_of(server, ""),
        # What refuses TLS counts, whatever else there is.
        url_of(server, f"{authority}&sslmode=disable"),
        url_of(server, "sslmode=require"),
        url_of(server, "sslmode=require&sslrootcert=system"),
        url_of(server, f"sslmode=require&sslrootcert={quoted(other)}"),
        # Another name than that of the certificate.
        url_of(server, f"sslmode=require&{authority}", host="localhost"),
        # The user who must show a certificate.
        url_of(server, f"sslmode=require&{authority}", user="shop"),
    ]
    for url in refused:
        assert not is_reached(url), url


def test_postgres_knows_its_clients_by_certificates(
    server: PostgresServer, certificates: Certificates
) -> None:
    shop, other = certificates.issue("shop"), certificates.issue("other")
    files = f"sslrootcert={quoted(certificates.authority)}"
    for issued, reaches in ((shop, True), (other, False)):
        own = f"{files}&sslcert={quoted(issued.chain)}&sslkey={quoted(issued.key)}"
        assert is_reached(url_of(server, own, user="shop")) is reaches


def test_the_environment_can_name_authorities(
    server: PostgresServer, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    assert is_reached(url_of(server, "sslmode=verify-full"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("sslmode=prefer", "sslmode must be"),
        ("sslmode=allow", "sslmode must be"),
        ("sslmode=", "sslmode must be"),
        ("sslrootcert=%2Fnowhere.pem", "sslrootcert"),
        (f"sslrootcert={quote(os.devnull, safe='')}", "no certificate"),
        ("sslcert=%2Fnowhere.pem", "belong together"),
        ("sslkey=%2Fnowhere.pem", "belong together"),
        ("sslcert=%2Fnowhere.pem&sslkey=%2Fnowhere.key", "sslkey"),
        ("sslmode=require&sslpassword=hush", "cannot be opened"),
        ("sslrootcert=%FF", "cannot be opened"),
    ],
)
def test_tls_that_cannot_be(settings: str, told: str) -> None:
    for maker in (Sender, AsyncSender):
        with pytest.raises(DeliveryError, match=told) as caught:
            maker(f"postgresql://user:hush@localhost/shop?{settings}")
        assert caught.value.code == "outbox_unavailable"
        assert "hush" not in str(caught.value)
