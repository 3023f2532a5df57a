"""The stores that a case may name."""

from __future__ import annotations

from typing import Any

from countersign.receiver import (
    AsyncRedisStore,
    MemoryRateStore,
    MemoryReplayStore,
    RedisStore,
    SqliteStore,
)


def stores_of(described: dict[str, Any], *, is_async: bool) -> dict[str, Any]:
    """The options of a receiver for ``{"memory": capacity}``, ``{"sqlite": path}`` or
    ``{"redis": url}``."""
    ((kind, value),) = described.items()
    if kind == "memory":
        return {"replay": MemoryReplayStore(value), "rate_store": MemoryRateStore(value)}
    store: Any
    if kind == "sqlite":
        store = SqliteStore(value)
    elif kind == "redis":
        store = (AsyncRedisStore if is_async else RedisStore).from_url(value)
    else:
        raise ValueError(f"there is no store {kind}")
    return {"replay": store, "rate_store": store}
