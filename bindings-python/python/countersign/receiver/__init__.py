"""Takes deliveries: guards, handlers and stores, for every server.

The order of its checks, their codes and its answers are the same in every language.
"""

from countersign.receiver.incoming import AsyncIncomingRequest, IncomingRequest
from countersign.receiver.outcome import Observer, Outcome
from countersign.receiver.receiver import Receiver
from countersign.receiver.redis import AsyncRedisStore, RedisStore
from countersign.receiver.settings import Handler
from countersign.receiver.sqlite import SqliteStore
from countersign.receiver.stores import (
    EventStore,
    MemoryRateStore,
    MemoryReplayStore,
    RateStore,
    ReplayStore,
    decide_claim,
    refusal,
)
from countersign.receiver.visit import Answered

__all__ = [
    "Answered",
    "AsyncIncomingRequest",
    "AsyncRedisStore",
    "EventStore",
    "Handler",
    "IncomingRequest",
    "MemoryRateStore",
    "MemoryReplayStore",
    "Observer",
    "Outcome",
    "RateStore",
    "Receiver",
    "RedisStore",
    "ReplayStore",
    "SqliteStore",
    "decide_claim",
    "refusal",
]
