"""Spans of OpenTelemetry, if ``opentelemetry-api`` is installed.

>>> from countersign import Receiver, Webhook
>>> from countersign.monitor import tracing
>>> receiver = Receiver(Webhook("github", "hush"))
>>> tracing.trace(receiver)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.trace import Status, StatusCode, TracerProvider, get_tracer

from countersign._countersign import __version__, shortened

if TYPE_CHECKING:
    from countersign.receiver.outcome import Outcome
    from countersign.receiver.receiver import Receiver

__all__ = ["trace"]

_BILLION = 1_000_000_000


def trace(receiver: Receiver, tracer_provider: TracerProvider | None = None) -> None:
    """Makes a span of each request, from its arrival to its answer, below the span that is current
    then: that of the server's own instrumentation.

    Its attributes are ``countersign.scheme``, ``countersign.result``, ``http.response.status_code``
    and, where known, ``countersign.event.id`` and ``countersign.event.type``; never a payload or a
    secret. It is an error if the status is 500 or above. The span is made when the request has been
    answered, so that spans of a handler are beside it, not below it.

    :param tracer_provider: the global one by default.
    """
    tracer = get_tracer("countersign", __version__, tracer_provider)

    def observe(outcome: Outcome) -> None:
        attributes: dict[str, str | int] = {
            "countersign.scheme": outcome.scheme,
            "countersign.result": outcome.result,
            "http.response.status_code": outcome.status,
        }
        if outcome.event_id is not None:
            attributes["countersign.event.id"] = shortened(outcome.event_id)
        if outcome.event_type is not None:
            attributes["countersign.event.type"] = shortened(outcome.event_type)
        start = int(outcome.time * _BILLION)
        span = tracer.start_span("webhook", attributes=attributes, start_time=start)
        if outcome.status >= 500:
            span.set_status(Status(StatusCode.ERROR, outcome.result))
        span.end(start + int(outcome.duration * _BILLION))

    receiver.observe(observe)
