"""What a monitor keeps, and its metrics and spans."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import Any

import pytest
from countersign import Receiver, Webhook
from countersign.monitor import CONTENT_TYPE, Monitor, tracing
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from prometheus_client.openmetrics import exposition

from conftest import SECRET
from incoming import BODY, Delivery
from metrics import samples, value
from observed import FakeInbox, Letter, Source, watched


def test_requests_are_counted_and_kept() -> None:
    monitor = Monitor()
    receiver = watched(monitor)
    webhook = receiver.webhook
    for delivery in (
        Delivery(webhook),
        Delivery(webhook),
        Delivery(webhook, b'{"type":"other"}', identity="msg_2"),
        Delivery(webhook, tamper=True),
        Delivery(webhook, b"[", identity="msg_3"),
    ):
        receiver.receive(delivery)
    snapshot = monitor.snapshot()
    assert [outcome["result"] for outcome in snapshot["recent"]] == [
        "payload_not_json",
        "signature_mismatch",
        "ignored",
        "duplicate",
        "handled",
    ]
    (described,) = snapshot["receivers"]
    assert described["requests"] == 5
    assert described["types"] == {"invoice.paid": 2, "other": 1}
    assert described["scheme"] == "standard"
    assert 0 < described["latency"]["p50"] <= described["latency"]["p99"] < 10
    text = json.dumps(snapshot) + monitor.openmetrics()
    assert SECRET not in text
    assert BODY.decode() not in text


def test_memory_is_bounded() -> None:
    monitor = Monitor(recent=10, most_types=5)
    source = Source()
    monitor.watch(source, "source")  # type: ignore[arg-type]
    for number in range(1000):
        source.tell(event_id="i" * 10_000, event_type=f"type {number} " + "t" * 10_000)
        source.tell(result=f"code_{number}", event_type=None, event_id=None)
    snapshot = monitor.snapshot()
    assert len(snapshot["recent"]) == 10
    (described,) = snapshot["receivers"]
    assert len(described["types"]) == 6
    assert described["types"]["other"] == 995
    assert len(described["results"]) <= 129
    assert described["requests"] == 2000
    assert len(json.dumps(snapshot)) < 20_000


def test_threads_lose_no_count() -> None:
    monitor = Monitor()
    source = Source()
    monitor.watch(source, "source")  # type: ignore[arg-type]

    def tell() -> None:
        for number in range(500):
            source.tell(event_type=f"type {number % 150}")
            if number % 50 == 0:
                monitor.snapshot()
                monitor.openmetrics()

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (described,) = monitor.snapshot()["receivers"]
    assert described["requests"] == sum(described["types"].values()) == 4000


def test_watching_is_cheap() -> None:
    monitor = Monitor()
    source = Source()
    monitor.watch(source, "source")  # type: ignore[arg-type]
    source.tell()
    (observer,) = source.observers
    kept = source.given()
    runs, best = 5_000, float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(runs):
            observer(kept)
        best = min(best, (time.perf_counter() - start) / runs)
    # A few microseconds; the limit leaves room for machines that are busy.
    assert best < 30e-6


def test_metrics_are_read_by_prometheus() -> None:
    monitor = Monitor()
    receiver = watched(monitor, "eu")
    receiver.receive(Delivery(receiver.webhook))
    receiver.receive(Delivery(receiver.webhook, tamper=True))
    labels = {"receiver": "eu", "scheme": "standard"}
    assert value(monitor, "countersign_requests_total", result="handled", **labels) == 1
    assert (
        value(monitor, "countersign_requests_total", result="signature_mismatch", **labels) == 1
    )
    assert value(monitor, "countersign_events_total", receiver="eu", type="invoice.paid") == 1
    duration = "countersign_request_duration_seconds"
    assert value(monitor, f"{duration}_bucket", receiver="eu", le="+Inf") == 2
    assert value(monitor, f"{duration}_count", receiver="eu") == 2
    assert monitor.openmetrics().endswith("\n# EOF\n")
    assert CONTENT_TYPE == exposition.CONTENT_TYPE_LATEST


def test_metrics_of_nothing_are_read_by_prometheus() -> None:
    assert samples(Monitor()) == {}


@pytest.mark.parametrize(
    "event_type",
    [
        'a"} 7\n# EOF\ncountersign_requests_total{x="',
        "back\\slash\\",
        "line\r\nfeed\u2028\x00\x85",
        '\\n"\\"',
        "ünï çødé 🦀",
        "{}",
    ],
)
def test_labels_are_escaped(event_type: str) -> None:
    monitor = Monitor()
    source = Source()
    monitor.watch(source, event_type)  # type: ignore[arg-type]
    source.tell(event_type=event_type)
    name = "countersign_events_total"
    assert value(monitor, name, receiver=event_type, type=event_type) == 1


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_every_label_comes_back(event_type: str) -> None:
    monitor = Monitor()
    source = Source()
    monitor.watch(source, "source")  # type: ignore[arg-type]
    source.tell(event_type=event_type)
    assert value(monitor, "countersign_events_total", receiver="source", type=event_type) == 1


def test_the_inbox_has_gauges(caplog: pytest.LogCaptureFixture) -> None:
    monitor = Monitor()
    monitor.attach_inbox(FakeInbox(Letter(1, "msg_1", "invoice.paid")))
    assert value(monitor, "countersign_inbox_up") == 1
    assert value(monitor, "countersign_inbox_events", state="dead") == 1
    monitor.attach_inbox(FakeInbox(down=True))
    assert value(monitor, "countersign_inbox_up") == 0
    assert value(monitor, "countersign_inbox_events", state="dead") is None
    assert monitor.snapshot()["inbox"] == {"counts": None, "dead_letters": None}
    assert "ConnectionError" in caplog.text
    assert "secret host name" not in caplog.text


def test_dead_letters_are_bounded() -> None:
    monitor = Monitor()
    letters = (Letter(number, "i" * 1000, None) for number in range(1000))
    monitor.attach_inbox(FakeInbox(*letters))
    shown = monitor.snapshot()["inbox"]["dead_letters"]
    assert len(shown) == 100
    assert shown[0] == {
        "number": 0,
        "event_id": "i" * 199 + "…",
        "event_type": None,
        "received": 1_700_000_000.0,
        "attempts": 7,
        "error": "builtins.ValueError",
    }


def test_names_are_distinct() -> None:
    monitor = Monitor()
    watched(monitor, "eu")
    with pytest.raises(ValueError, match="already"):
        watched(monitor, "eu")
    with pytest.raises(ValueError, match="surrogates"):
        watched(monitor, "\ud800")
    with pytest.raises(TypeError):
        Monitor(recent=0)


def traced(receiver: Receiver) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace(receiver, provider)
    return exporter


def attributes(span: Any) -> dict[str, Any]:
    return dict(span.attributes)


def test_requests_have_spans() -> None:
    receiver = Receiver(Webhook("standard", SECRET))
    receiver.on("invoice.paid", lambda event: time.sleep(0.01))
    exporter = traced(receiver)
    before = time.time()
    receiver.receive(Delivery(receiver.webhook))
    receiver.receive(Delivery(receiver.webhook, tamper=True))
    handled, refused = exporter.get_finished_spans()
    assert handled.name == "webhook"
    assert attributes(handled) == {
        "countersign.scheme": "standard",
        "countersign.result": "handled",
        "http.response.status_code": 200,
        "countersign.event.id": "msg_1",
        "countersign.event.type": "invoice.paid",
    }
    assert handled.start_time is not None
    assert handled.end_time is not None
    assert handled.end_time - handled.start_time >= 10_000_000
    assert abs(handled.start_time / 1e9 - before) < 60
    assert attributes(refused) == {
        "countersign.scheme": "standard",
        "countersign.result": "signature_mismatch",
        "http.response.status_code": 401,
    }
    assert refused.status.status_code is StatusCode.UNSET


def test_spans_hold_no_secret_and_no_payload(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(Webhook("standard", SECRET))
    receiver.on("*", lambda event: 1 / 0)
    exporter = traced(receiver)
    receiver.receive(Delivery(receiver.webhook))
    (failed,) = exporter.get_finished_spans()
    assert failed.status.status_code is StatusCode.ERROR
    text = failed.to_json()
    assert SECRET not in text
    assert '"data"' not in text
    assert not failed.events
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_span_is_below_the_current_one() -> None:
    receiver = Receiver(Webhook("standard", SECRET))
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace(receiver, provider)
    with provider.get_tracer("server").start_as_current_span("POST /webhooks"):
        receiver.receive(Delivery(receiver.webhook))
    webhook, server = exporter.get_finished_spans()
    assert webhook.parent is not None
    assert server.context is not None
    assert webhook.parent.span_id == server.context.span_id
