"""What an outbox holds. Times are in Unix seconds, durations in seconds."""

from __future__ import annotations

from typing import Literal, NamedTuple

from countersign._countersign import EndpointHealth

#: ``waiting`` for its time; ``running``: a dispatcher has it; ``delivered``; or ``dead``: nobody
#: tries again unless told to.
DeliveryState = Literal["waiting", "running", "delivered", "dead"]
ReplayState = Literal["running", "done", "cancelled"]


class Sent(NamedTuple):
    """What became of a call to send."""

    #: The message's id: that of the first call, if its idempotency key was used before.
    id: str
    #: Whether this call stored it; ``False`` if one of its id or key was there.
    is_new: bool


class Delivery(NamedTuple):
    """One message and one endpoint that it goes to."""

    #: What it is named by; never used twice.
    number: int
    message_id: str
    type: str
    #: When the message was sent.
    created: float
    #: The id of the endpoint; ``None`` if it was deleted.
    endpoint: str | None
    state: DeliveryState
    #: How many attempts were made, since it was last replayed.
    attempts: int
    is_replay: bool
    #: When it is due; until when it is leased; since when it is delivered or dead.
    due: float
    #: Why it is dead: ``exhausted``, ``redirected``, ``rejected`` or ``forbidden``, ``disabled`` or
    #: ``deleted`` after the endpoint, or the code of an error that kept it from being signed.
    reason: str | None


class Attempt(NamedTuple):
    """One attempt to deliver."""

    #: Which one, counted from 1 and again after a replay.
    number: int
    #: When it began.
    at: float
    duration: float
    #: The status of the answer, if there was one.
    status: int | None
    #: What kept the answer away: ``dns``, ``connect``, ``tls``, ``timeout``, ``http``, ``body`` or
    #: ``forbidden``; ``interrupted`` if the process died or froze, so that it is not known whether
    #: it arrived; or the code of an error that kept the message from being signed.
    error: str | None
    #: The first 4 KiB of the answer's body.
    answer: bytes | None


class RegisteredEndpoint(NamedTuple):
    """An endpoint as it is registered, without its secrets."""

    id: str
    owner: str
    url: str
    #: The name of the signature scheme; ``None`` for the sender's own.
    scheme: str | None
    #: How many secrets sign.
    secret_count: int
    event_types: tuple[str, ...]
    #: What the attempts to send to it tell of it.
    health: EndpointHealth
    created: float


class Replay(NamedTuple):
    """A replay of many dead letters, and how far it is."""

    number: int
    #: How many were meant when it began.
    total: int
    #: How many wait to be delivered again, or were.
    replayed: int
    per_second: int
    state: ReplayState
    created: float
