"""Claims and rates in Redis, for the processes of several machines.

Each decision is one script of core's, so that two processes never both take a delivery.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from typing import TYPE_CHECKING, Any

from countersign._countersign import RateLimit, redis_scripts, refusal

if TYPE_CHECKING:
    from redis import Redis
    from redis.asyncio import Redis as AsyncRedis

_CONSTANTS = dict(redis_scripts())
_HANDLED, _CLAIMED = -2, -1


class _Script:
    def __init__(self, name: str) -> None:
        self.text = _CONSTANTS[name]
        # Redis names scripts so; it protects nothing.
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


_CLAIM, _COMPLETE, _RELEASE, _ADMIT = map(_Script, ("claim", "complete", "release", "admit"))


class RedisStore:
    """Claims and rates in Redis, for both stores of a receiver.

    ``client`` is a ``redis.Redis`` of the package ``redis``. Give it a ``socket_timeout``: it is
    how long a request waits for a Redis that does not answer. :meth:`from_url` sets one second.
    """

    def __init__(self, client: Redis) -> None:
        # The types of its answers differ between versions of the package.
        self._client: Any = client

    @classmethod
    def from_url(cls, url: str, **options: Any) -> RedisStore:
        """One for a URL such as ``redis://localhost:6379/0``, with options of ``Redis.from_url``."""
        from redis import Redis

        return cls(Redis.from_url(url, **_impatient(options)))

    def claim(self, key: str, lease: float) -> str:
        token = secrets.token_hex(16)
        return _claimed(self._run(_CLAIM, _claim_name(key), token, _milliseconds(lease)), token)

    def complete(self, key: str, token: str, lifetime: float) -> None:
        self._run(_COMPLETE, _claim_name(key), _milliseconds(lifetime))

    def release(self, key: str, token: str) -> None:
        self._run(_RELEASE, _claim_name(key), token)

    def admit(self, caller: str, limit: RateLimit) -> None:
        _admitted(self._run(_ADMIT, _rate_name(caller), *_limit_arguments(limit)))

    def _run(self, script: _Script, key: str, *arguments: str | int) -> int:
        from redis.exceptions import NoScriptError

        try:
            return int(self._client.evalsha(script.sha, 1, key, *arguments))
        except NoScriptError:
            # A server that was restarted has forgotten the script.
            return int(self._client.eval(script.text, 1, key, *arguments))


class AsyncRedisStore:
    """:class:`RedisStore` for asynchronous applications, over a ``redis.asyncio.Redis``."""

    blocking = False

    def __init__(self, client: AsyncRedis) -> None:
        self._client: Any = client

    @classmethod
    def from_url(cls, url: str, **options: Any) -> AsyncRedisStore:
        """One for a URL such as ``redis://localhost:6379/0``, with options of ``Redis.from_url``."""
        from redis.asyncio import Redis

        return cls(Redis.from_url(url, **_impatient(options)))

    async def claim(self, key: str, lease: float) -> str:
        token = secrets.token_hex(16)
        answer = await self._run(_CLAIM, _claim_name(key), token, _milliseconds(lease))
        return _claimed(answer, token)

    async def complete(self, key: str, token: str, lifetime: float) -> None:
        await self._run(_COMPLETE, _claim_name(key), _milliseconds(lifetime))

    async def release(self, key: str, token: str) -> None:
        await self._run(_RELEASE, _claim_name(key), token)

    async def admit(self, caller: str, limit: RateLimit) -> None:
        _admitted(await self._run(_ADMIT, _rate_name(caller), *_limit_arguments(limit)))

    async def _run(self, script: _Script, key: str, *arguments: str | int) -> int:
        from redis.exceptions import NoScriptError

        try:
            return int(await self._client.evalsha(script.sha, 1, key, *arguments))
        except NoScriptError:
            return int(await self._client.eval(script.text, 1, key, *arguments))


def _impatient(options: dict[str, Any]) -> dict[str, Any]:
    return {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, **options}


def _claim_name(key: str) -> str:
    return _CONSTANTS["claim_prefix"] + key


def _rate_name(caller: str) -> str:
    return _CONSTANTS["rate_prefix"] + caller


def _claimed(answer: int, token: str) -> str:
    if answer == _HANDLED:
        raise refusal("duplicate_event")
    if answer != _CLAIMED:
        raise refusal("event_in_progress", answer)
    return token


def _limit_arguments(limit: RateLimit) -> tuple[int, int, int]:
    return limit.requests, limit.window_ms, limit.slot_ms


def _admitted(wait: int) -> None:
    if wait > 0:
        raise refusal("rate_limited", wait)


def _milliseconds(seconds: float) -> int:
    return math.ceil(seconds * 1e3)
