"""The tests run against the installed wheel, never the source tree."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import countersign
import psycopg
import pytest
from countersign.inbox import Inbox, PostgresInbox, SqliteInbox
from hypothesis import HealthCheck, settings

from incoming import Receive, receive_in_loop, receive_in_thread
from postgres_server import PostgresServer
from schemes import OF_ANY_BODY

NOW = 1_700_000_000
#: A secret that every scheme of `OF_ANY_BODY` takes.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

settings.register_profile(
    "countersign",
    deadline=None,
    # Regressions are committed as examples.
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("countersign")


def pytest_configure() -> None:
    installed = Path(countersign.__file__).resolve()
    if Path(sys.prefix).resolve() not in installed.parents:
        raise pytest.UsageError(f"the package is not the installed one: {installed}")


@pytest.fixture
def webhook() -> countersign.Webhook:
    return countersign.Webhook("standard", SECRET)


@pytest.fixture(params=OF_ANY_BODY)
def scheme_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(params=["sqlite", "postgres"])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> Inbox:
    if request.param == "sqlite":
        return SqliteInbox(tmp_path / "inbox.db")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made = PostgresInbox(server.conninfo)
    with made._database.transaction("store") as work:
        work.change("DELETE FROM countersign_inbox")
    return made


@pytest.fixture(params=[receive_in_thread, receive_in_loop])
def receive(request: pytest.FixtureRequest) -> Receive:
    chosen: Receive = request.param
    return chosen


@pytest.fixture
def postgres_outbox(postgres_server: PostgresServer) -> str:
    """The URL of an outbox that is empty."""
    folder = postgres_server.conninfo.split()[0].partition("=")[2]
    url = f"postgresql:///postgres?host={folder}&user=postgres"
    sender = countersign.Sender(url)
    # It makes the tables.
    sender.counts()
    sender.close()
    with psycopg.connect(url) as connection:
        for table in ("delivery", "message", "subscription", "endpoint", "attempt"):
            connection.execute(f"DELETE FROM countersign_{table}".encode())
    return url
