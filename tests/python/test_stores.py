"""The stores decide alike, whoever asks them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from countersign import GuardError, RateLimit, Receiver, Webhook
from countersign.receiver import (
    AsyncRedisStore,
    MemoryRateStore,
    MemoryReplayStore,
    RedisStore,
    SqliteStore,
    decide_claim,
)

from conftest import SECRET
from incoming import Delivery
from redis_server import RedisServer


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        return MemoryReplayStore()
    if request.param == "sqlite":
        return SqliteStore(tmp_path / "claims.db")
    server: RedisServer = request.getfixturevalue("redis_server")
    redis_store = RedisStore.from_url(server.url)
    redis_store._client.flushall()
    return redis_store


def code(action: Callable[[], object]) -> str:
    try:
        action()
    except GuardError as error:
        return error.code
    return "done"


def test_claims(store: Any) -> None:
    token = store.claim("k", 300)
    with pytest.raises(GuardError) as busy:
        store.claim("k", 300)
    assert busy.value.code == "event_in_progress"
    assert busy.value.retry_after is not None and 0 < busy.value.retry_after <= 300
    store.release("k", "0" * 32 if len(token) == 32 else "999")
    assert code(lambda: store.claim("k", 300)) == "event_in_progress"
    store.release("k", token)
    token = store.claim("k", 300)
    store.complete("k", token, 3600)
    store.release("k", token)
    assert code(lambda: store.claim("k", 300)) == "duplicate_event"
    assert code(lambda: store.claim("other", 300)) == "done"


def test_a_lease_ends_by_itself(store: Any) -> None:
    first = store.claim("k", 0.05)
    time.sleep(0.08)
    second = store.claim("k", 300)
    # Whoever lost a claim does not release that of the next.
    store.release("k", first)
    assert code(lambda: store.claim("k", 300)) == "event_in_progress"
    store.release("k", second)
    assert code(lambda: store.claim("k", 300)) == "done"


def test_keys_are_any_text(store: Any) -> None:
    for key in ("", "a\nb", "ü€😀", "a\0b", "'; DROP TABLE countersign_claims; --", "k" * 5000):
        token = store.claim(key, 300)
        store.complete(key, token, 300)
        assert code(lambda key=key: store.claim(key, 300)) == "duplicate_event"


def test_sqlite_decides_as_memory_does(tmp_path: Path) -> None:
    random = Random(7)
    clock = Clock()
    sqlite = SqliteStore(tmp_path / "store.db", clock=clock)
    memory = MemoryReplayStore(clock=clock)
    rates = MemoryRateStore(clock=clock)
    limits = RateLimit(2, 5)
    tokens: dict[str, tuple[str, str]] = {}
    seen: Counter[str] = Counter()
    for _ in range(3_000):
        clock.now = round(clock.now + random.choice([0, 0.001, 0.25, 1.5]), 3)
        key = random.choice("abcd")
        action = random.choice(["claim", "complete", "release", "admit"])
        if action == "claim":
            verdicts = []
            for number, one in enumerate((sqlite, memory)):
                try:
                    token = one.claim(key, 1.5)
                except GuardError as error:
                    verdicts.append((error.code, error.retry_after))
                else:
                    held = list(tokens.get(key, ("", "0")))
                    held[number] = token
                    tokens[key] = (held[0], held[1])
                    verdicts.append(("claimed", None))
            assert verdicts[0] == verdicts[1]
            seen[verdicts[0][0]] += 1
        elif action == "admit":
            outcomes = []
            for counter in (sqlite, rates):
                try:
                    counter.admit(key, limits)
                    outcomes.append(("admitted", None))
                except GuardError as error:
                    outcomes.append((error.code, error.retry_after))
            assert outcomes[0] == outcomes[1]
            seen[outcomes[0][0]] += 1
        elif key in tokens:
            for one, token in zip((sqlite, memory), tokens.pop(key)):
                if action == "complete":
                    one.complete(key, token, 3)
                else:
                    one.release(key, token)
    assert min(seen[name] for name in ("claimed", "duplicate_event", "event_in_progress")) > 50
    assert min(seen[name] for name in ("admitted", "rate_limited")) > 50


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
def test_rates(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    stores: dict[str, Callable[[], Any]] = {
        "memory": MemoryRateStore,
        "sqlite": lambda: SqliteStore(tmp_path / "rates.db"),
        "redis": lambda: RedisStore.from_url(request.getfixturevalue("redis_server").url),
    }
    rates = stores[kind]()
    limit = RateLimit(3, 60)
    for _ in range(3):
        rates.admit("198.51.100.7", limit)
    with pytest.raises(GuardError) as refused:
        rates.admit("198.51.100.7", limit)
    assert refused.value.code == "rate_limited"
    assert refused.value.retry_after is not None and 50 < refused.value.retry_after <= 63
    rates.admit("198.51.100.8", limit)


def test_threads_claim_once(store: Any) -> None:
    with ThreadPoolExecutor(16) as threads:
        verdicts = Counter(threads.map(lambda _: code(lambda: store.claim("k", 300)), range(64)))
    assert verdicts["done"] == 1
    assert verdicts["event_in_progress"] == 63


CLAIMER = """
import sys
from countersign import GuardError
from countersign.receiver import RedisStore, SqliteStore
place = sys.argv[1]
store = RedisStore.from_url(place) if place.startswith("redis:") else SqliteStore(place, timeout=20)
won = 0
for number in range(200):
    try:
        token = store.claim(f"race:{number}", 300)
        store.complete(f"race:{number}", token, 300)
        won += 1
    except GuardError as error:
        assert error.code in ("event_in_progress", "duplicate_event"), error.code
print(won)
"""


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_processes_claim_once(kind: str, tmp_path: Path, redis_server: RedisServer) -> None:
    place = redis_server.url if kind == "redis" else str(tmp_path / "fresh.db")
    command = [sys.executable, "-c", CLAIMER, place]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    won = [int(process.communicate(timeout=60)[0]) for process in racing]
    assert sum(won) == 200


def test_a_file_survives_the_process(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path / "kept.db")
    first.complete("k", first.claim("k", 300), 300)
    first.close()
    second = SqliteStore(tmp_path / "kept.db")
    assert code(lambda: second.claim("k", 300)) == "duplicate_event"


def test_a_file_is_opened_again_after_a_fork(tmp_path: Path) -> None:
    parent = SqliteStore(tmp_path / "forked.db")
    parent.claim("of the parent", 300)
    child = os.fork()
    if child == 0:
        verdict = code(lambda: parent.claim("of the parent", 300))
        parent.claim("of the child", 300)
        os._exit(0 if verdict == "event_in_progress" else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert code(lambda: parent.claim("of the child", 300)) == "event_in_progress"


def test_a_locked_file_is_a_store_that_is_down(tmp_path: Path) -> None:
    webhook = Webhook("standard", SECRET)
    receiver = Receiver(webhook, replay=SqliteStore(tmp_path / "locked.db", timeout=0.05))
    receiver.on("*", lambda event: None)
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert receiver.receive(Delivery(webhook)).status == 503
    other.execute("ROLLBACK")
    assert receiver.receive(Delivery(webhook)).status == 200


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    webhook = Webhook("standard", SECRET)
    store = SqliteStore(tmp_path / "full.db")
    # As many pages as there are: SQLite then says that the disk is full.
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    receiver = Receiver(webhook, replay=store)
    handled: list[object] = []
    receiver.on("*", handled.append)
    statuses = Counter(
        receiver.receive(Delivery(webhook, identity=f"msg_{number}")).status for number in range(400)
    )
    assert statuses[503] > 0
    assert len(handled) == statuses[200]
    assert set(statuses) == {200, 503}
    store._connection.execute("PRAGMA max_page_count = 1000000")
    again = [
        receiver.receive(Delivery(webhook, identity=f"msg_{number}")).status for number in range(400)
    ]
    assert set(again) == {200}
    assert len(handled) == 400


def test_expired_rows_are_deleted(tmp_path: Path) -> None:
    clock = Clock()
    store = SqliteStore(tmp_path / "old.db", clock=clock)
    for number in range(50):
        store.complete(str(number), store.claim(str(number), 1), 1)
        store.admit(str(number), RateLimit(1, 1))
    clock.now += 10
    for number in range(10):
        store.claim(f"new {number}", 100)
        store.admit(f"new {number}", RateLimit(1, 100))
    for table in ("countersign_claims", "countersign_rates"):
        count = store._connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count == (10,)


def test_a_redis_that_restarts(redis_server: RedisServer) -> None:
    webhook = Webhook("standard", SECRET)
    store = RedisStore.from_url(redis_server.url)
    receiver = Receiver(webhook, replay=store, rate_store=store, rate_limit=RateLimit(1000, 60))
    receiver.on("*", lambda event: None)
    assert receiver.receive(Delivery(webhook, identity="before")).status == 200
    redis_server.stop()
    assert receiver.receive(Delivery(webhook, identity="during")).status == 503
    redis_server.start()
    # It has forgotten the scripts, and what it held.
    assert receiver.receive(Delivery(webhook, identity="during")).status == 200
    assert receiver.receive(Delivery(webhook, identity="during")).body.startswith(
        b'{"status":"duplicate"'
    )


def test_redis_for_event_loops(redis_server: RedisServer) -> None:
    async def story() -> list[str]:
        store = AsyncRedisStore.from_url(redis_server.url)
        await store._client.flushall()
        verdicts = []
        token = await store.claim("k", 300)
        for settle in (store.release("k", token), None):
            if settle is not None:
                await settle
            try:
                token = await store.claim("k", 300)
                verdicts.append("claimed")
            except GuardError as error:
                verdicts.append(error.code)
        await store.complete("k", token, 300)
        await store.admit("caller", RateLimit(1, 60))
        for refused in (store.claim("k", 300), store.admit("caller", RateLimit(1, 60))):
            with pytest.raises(GuardError) as error:
                await refused
            verdicts.append(error.value.code)
        await store._client.aclose()
        return verdicts

    wanted = ["claimed", "event_in_progress", "duplicate_event", "rate_limited"]
    assert asyncio.run(story()) == wanted


def test_memory_is_bounded() -> None:
    clock = Clock()
    rates, claims = MemoryRateStore(100, clock=clock), MemoryReplayStore(100, clock=clock)
    for number in range(10_000):
        rates.admit(f"caller {number}", RateLimit(5, 60))
        claims.complete(str(number), claims.claim(str(number), 300), 86_400)
    assert (len(rates), len(claims)) == (100, 100)


def test_decide_claim() -> None:
    decide_claim(None, 0)
    decide_claim(("handled", 10), 10)
    with pytest.raises(GuardError):
        decide_claim(("handled", 10), 9)
    with pytest.raises(TypeError):
        decide_claim(("another state", 10), 9)
