"""The checks of a request in their order, which is the same in every language.

They are written once, as generators that yield what is to be waited for: threads and event loops
do so in their own ways (:mod:`countersign.receiver.hosts`).
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, TypeVar, Union

from countersign._countersign import (
    Answer,
    Event,
    HandshakeReply,
    Webhook,
    rate_limit_key,
    refusal,
)
from countersign.errors import CountersignError, VerificationError
from countersign.receiver.framing import declared_length

if TYPE_CHECKING:
    from countersign.receiver.incoming import Request
    from countersign.receiver.outcome import Journal
    from countersign.receiver.settings import Handler, Settings
    from countersign.receiver.stores import EventStore

T = TypeVar("T")

#: What a store may refuse with by its rules. Anything else that it raises is its failure.
_STORE_REFUSALS = frozenset({"duplicate_event", "event_in_progress", "rate_limited"})


class ReadBody(NamedTuple):
    """The body is wanted; its bytes are sent back."""

    limit: int
    timeout: float


class Ask(NamedTuple):
    """A store is to be asked; its answer is sent back."""

    question: Callable[[], Any]
    blocking: bool


class Handle(NamedTuple):
    """The handler is to be run and its claim settled. Whether it succeeded is sent back, or
    ``None`` if it did not end in time."""

    handler: Handler
    event: Event
    deadline: float
    settle: Callable[[bool], Generator[Step, Any, None]]
    journal: Journal


class Await(NamedTuple):
    """It is to be waited whether a worker handles the event. What it tells is sent back, or
    ``None`` if it tells nothing in time."""

    outcome: Future[bool]
    seconds: float


Step = Union[ReadBody, Ask, Handle, Await]
Steps = Generator[Step, Any, T]


class Conclusion(NamedTuple):
    """How a request ended that was not refused."""

    result: str
    answer: Answer


class Pipeline:
    """Works through requests."""

    def __init__(self, webhook: Webhook, settings: Settings) -> None:
        self.webhook = webhook
        self.settings = settings

    def run(self, request: Request, journal: Journal) -> Steps[Conclusion]:
        """All that a receiver does. Raises the ``CountersignError`` of the first check that fails."""
        event = yield from self.admit(request, journal)
        if isinstance(event, Conclusion):
            return event
        route = self.settings.handler(event.type)
        if route is None:
            return self.concluded("ignored", event)
        if self.settings.inbox is not None:
            return (yield from self._defer(self.settings.inbox, event, journal))
        claim = Claim(self, event, journal)
        if not (yield from claim.take()):
            return self.concluded("duplicate", event)
        deadline = self.settings.deadline
        succeeded = yield Handle(route[1], event, deadline, claim.settle, journal)
        if succeeded is None:
            raise refusal("handler_timeout")
        if not succeeded:
            raise refusal("handler_failed")
        return self.concluded("handled", event)

    def deliver(self, request: Request, journal: Journal) -> Steps[Claim | Conclusion]:
        """The same as far as the claim, for programs that handle the event themselves."""
        event = yield from self.admit(request, journal)
        if isinstance(event, Conclusion):
            return event
        claim = Claim(self, event, journal)
        if not (yield from claim.take()):
            return self.concluded("duplicate", event)
        return claim

    def admit(self, request: Request, journal: Journal) -> Steps[Event | Conclusion]:
        """The checks before a claim: the event, or the answer to a handshake."""
        intake = self._check_head(request)
        yield from self._check_caller(request, journal)
        body = b""
        if intake == "delivery":
            body = yield ReadBody(self.settings.body_limit, self.settings.body_timeout)
        if intake == "handshake" or self.webhook.has_unsigned_posts:
            reply = self.webhook.handshake(
                body, request.headers, url=request.url, method=request.method
            )
            if reply is not None:
                return (yield from self._agree(reply, journal))
        event = yield from self._verify(request, body, journal)
        if event.handshake is not None:
            return (yield from self._agree(event.handshake, journal))
        if self.settings.schemas is not None:
            self.settings.schemas.check(event.type, event.payload)
        return event

    def _agree(self, reply: HandshakeReply, journal: Journal) -> Steps[Conclusion]:
        """The answer to a handshake, to which the program agrees where that is needed."""
        if reply.needs_consent:
            handler = self.settings.on_handshake
            if handler is None:
                raise refusal("handshake_refused")
            try:
                agrees = yield Ask(partial(handler, reply), True)
            except Exception as error:
                journal.log(logging.ERROR, "the handler failed", "handler_failed", error)
                raise refusal("handler_failed") from None
            if agrees is not True:
                raise refusal("handshake_refused")
        return Conclusion("handshake", reply.answer)

    def _defer(self, inbox: EventStore, event: Event, journal: Journal) -> Steps[Conclusion]:
        """Leaves the event to workers. What could not be stored is refused, whatever its owner
        chose for the guards: it would be lost."""
        wait = self.settings.wait
        outcome: Future[bool] | None = Future() if wait else None
        insert = partial(inbox.insert, event, self.webhook.scheme_name, outcome)
        try:
            number = yield Ask(insert, getattr(inbox, "blocking", True))
        except Exception as error:
            journal.log(logging.ERROR, "the inbox failed", "store_unavailable", error)
            raise refusal("store_unavailable") from None
        if number is None:
            return self.concluded("duplicate", event)
        if outcome is None:
            return self.concluded("accepted", event)
        return self.concluded("handled" if (yield Await(outcome, wait)) else "pending", event)

    def concluded(self, result: str, event: Event) -> Conclusion:
        form = self.webhook.answer_form
        return Conclusion(result, Answer.event(result, event.id, event.type, form))

    def _check_head(self, request: Request) -> str:
        return self.webhook.check_head(
            request.method,
            _joined(request, "content-type"),
            _joined(request, "content-encoding"),
            declared_length(_joined(request, "content-length")),
            self.settings.body_limit,
        )

    def _check_caller(self, request: Request, journal: Journal) -> Steps[None]:
        settings = self.settings
        name = settings.address.header_name
        forwarded = [] if name is None else request.header(name)
        client = settings.address.client(request.peer or "", forwarded)
        settings.address.check(client)
        limit, store = settings.rate_limit, settings.rate_store
        if limit is not None:
            caller = rate_limit_key(client, limit)
            yield from ask(self, store, partial(store.admit, caller, limit), journal)

    def _verify(self, request: Request, body: bytes, journal: Journal) -> Steps[Event]:
        clock = self.settings.clock
        verify = partial(
            self.webhook.verify,
            body,
            request.headers,
            now=None if clock is None else clock(),
            url=self.settings.public_url(request.url),
            method=request.method,
        )
        try:
            verified = verify()
        except VerificationError as error:
            keys = self.settings.keys
            if error.code != "key_needed" or keys is None:
                raise
            verified = yield Ask(partial(keys.decide, lambda key: verify(key=key)), True)
        journal.key_index = verified.key_index
        event = verified.event()
        journal.event_id, journal.event_type = event.id, event.type
        return event


class Claim:
    """The claim on one event."""

    def __init__(self, pipeline: Pipeline, event: Event, journal: Journal) -> None:
        self.event = event
        self._pipeline = pipeline
        self._journal = journal
        self._token: str | None = None

    def take(self) -> Steps[bool]:
        """Takes the event's key, if it has one; ``False`` if it was handled before. Raises what
        else the store refuses with."""
        store, key = self._pipeline.settings.replay, self.event.dedupe_key
        if store is None or key is None:
            return True
        try:
            question = partial(store.claim, key, self._pipeline.settings.lease)
            self._token = yield from ask(self._pipeline, store, question, self._journal)
        except CountersignError as error:
            if error.code == "duplicate_event":
                return False
            raise
        return True

    def handled(self) -> Conclusion:
        """The answer for it when it was handled."""
        return self._pipeline.concluded("handled", self.event)

    def settle(self, succeeded: bool) -> Steps[None]:
        """Notes what became of the event. A store that fails now changes no answer."""
        store, key, token = self._pipeline.settings.replay, self.event.dedupe_key, self._token
        if store is None or key is None or token is None:
            return
        if succeeded:
            note = partial(store.complete, key, token, self._pipeline.webhook.dedupe_lifetime)
        else:
            note = partial(store.release, key, token)

        try:
            yield Ask(note, getattr(store, "blocking", True))
        except Exception as error:
            message = "what became of an event could not be noted; its lease ends by itself"
            self._journal.log(logging.ERROR, message, "store_unavailable", error)


def ask(
    pipeline: Pipeline, store: object, question: Callable[[], Any], journal: Journal
) -> Steps[Any]:
    """What the store answers; ``None`` if it fails and its owner chose to admit then."""
    try:
        return (yield Ask(question, getattr(store, "blocking", True)))
    except Exception as error:
        if isinstance(error, CountersignError) and error.code in _STORE_REFUSALS:
            raise
        journal.log(logging.ERROR, "a store failed", "store_unavailable", error)
        if pipeline.settings.when_store_fails == "admit":
            return None
        raise refusal("store_unavailable") from None


def _joined(request: Request, name: str) -> str | None:
    values = request.header(name)
    return ", ".join(values) if values else None
