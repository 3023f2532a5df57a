"""Keys that a provider publishes: fetched once, kept, fetched anew when they were replaced."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from countersign import GuardError, Receiver, VerificationError, Webhook
from countersign._fetch_key import fetch_key
from countersign.keys import KeyFetcher

VECTORS = Path(__file__).parents[1] / "vectors"
Case = dict[str, Any]


def cases(name: str) -> dict[str, Case]:
    document = json.loads((VECTORS / name).read_text("utf-8"))
    return {case["id"]: case for case in document["cases"]}


FETCHED = cases("public-keys-fetched.json")
SNS = cases("public-keys-in-body.json")["sns-valid"]
PAYPAL = FETCHED["fetched-paypal-valid"]


class Provider(KeyFetcher):
    """Answers in place of the network, and counts."""

    def __init__(self, *answers: bytes | Exception, **options: Any) -> None:
        super().__init__(**options)
        self.answers = list(answers)
        self.asked: list[tuple[str | None, str | None]] = []

    def _ask(self, url: str | None, key_id: str | None) -> bytes:
        if url is None:
            return super()._ask(url, key_id)
        self.asked.append((url, key_id))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def verify(keys: KeyFetcher, case: Case) -> int:
    webhook = Webhook(case["scheme"], case["secrets"])
    body = base64.b64decode(case["body_b64"])
    headers = [(name, value) for name, value in case["headers"]]
    return keys.verify(webhook, body, headers, now=case["now"]).key_index


def with_certificate(number: int) -> Case:
    """PayPal's request, whose certificate is at another URL."""
    headers = [
        [name, f"{value}{number}" if name.lower() == "paypal-cert-url" else value]
        for name, value in PAYPAL["headers"]
    ]
    return {**PAYPAL, "headers": headers}


@pytest.mark.parametrize("case", [SNS, PAYPAL], ids=["sns", "paypal"])
def test_a_key_is_fetched_once(case: Case) -> None:
    keys = Provider(case["key"].encode())
    for _ in range(3):
        assert verify(keys, case) == 0
    assert len(keys.asked) == 1
    assert str(keys.asked[0][0]).startswith("https://")


def test_a_key_is_forgotten_in_time() -> None:
    keys = Provider(PAYPAL["key"].encode(), lifetime=1e-9)
    verify(keys, PAYPAL)
    verify(keys, PAYPAL)
    assert len(keys.asked) == 2


def test_what_is_refused_without_a_key_asks_for_none() -> None:
    keys = Provider(PAYPAL["key"].encode())
    with pytest.raises(VerificationError, match="is missing"):
        verify(keys, {**PAYPAL, "headers": []})
    assert keys.asked == []


def test_a_key_that_was_replaced_is_fetched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    other = FETCHED["fetched-paypal-by-other-key"]["key"].encode()
    of_other_name = next(
        case["key"].encode()
        for case in FETCHED.values()
        if case["expect"].get("code") == "expired_certificate" and case["scheme"] == "paypal"
    )
    assert other == PAYPAL["key"].encode()
    keys = Provider(of_other_name, other)
    with pytest.raises(VerificationError) as caught:
        verify(keys, PAYPAL)
    assert caught.value.code == "expired_certificate"
    assert len(keys.asked) == 1

    now = [10_000.0]
    monkeypatch.setattr("countersign.keys.time.monotonic", lambda: now[0])
    keys = Provider(of_other_name, other)
    with pytest.raises(VerificationError):
        verify(keys, PAYPAL)
    now[0] += 61
    assert verify(keys, PAYPAL) == 0
    assert len(keys.asked) == 2


def test_a_refusal_stands_if_no_other_key_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10_000.0]
    monkeypatch.setattr("countersign.keys.time.monotonic", lambda: now[0])
    keys = Provider(PAYPAL["key"].encode(), OSError("no way there"))
    assert verify(keys, PAYPAL) == 0
    now[0] += 61
    with pytest.raises(VerificationError) as caught:
        verify(keys, FETCHED["fetched-paypal-tampered-body"])
    assert caught.value.code == "signature_mismatch"
    assert len(keys.asked) == 2


def test_forgeries_do_not_have_keys_fetched_again_and_again() -> None:
    keys = Provider(PAYPAL["key"].encode())
    tampered = FETCHED["fetched-paypal-tampered-body"]
    for _ in range(5):
        with pytest.raises(VerificationError) as caught:
            verify(keys, tampered)
        assert caught.value.code == "signature_mismatch"
    assert len(keys.asked) == 1


def test_keys_are_fetched_at_most_so_often() -> None:
    keys = Provider(OSError("no way there"))
    for number in range(40):
        with pytest.raises(GuardError) as caught:
            verify(keys, with_certificate(number))
        assert (caught.value.code, caught.value.status) == ("key_unavailable", 503)
    assert len(keys.asked) == 30


def test_what_failed_is_not_asked_for_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10_000.0]
    monkeypatch.setattr("countersign.keys.time.monotonic", lambda: now[0])
    keys = Provider(OSError("no way there"), PAYPAL["key"].encode())
    for _ in range(3):
        with pytest.raises(GuardError, match="could not be fetched"):
            verify(keys, PAYPAL)
    assert len(keys.asked) == 1
    now[0] += 5
    assert verify(keys, PAYPAL) == 0
    assert len(keys.asked) == 2


@pytest.mark.parametrize("fails", [False, True])
def test_threads_that_want_the_same_key_wait_for_one_answer(fails: bool) -> None:
    begun, may_end = threading.Event(), threading.Event()

    class Slow(Provider):
        def _ask(self, url: str | None, key_id: str | None) -> bytes:
            answer = super()._ask(url, key_id)
            begun.set()
            assert may_end.wait(10)
            if fails:
                raise OSError("no way there")
            return answer

    keys = Slow(PAYPAL["key"].encode())
    with ThreadPoolExecutor(40) as threads:
        verdicts = [threads.submit(verify, keys, PAYPAL) for _ in range(40)]
        assert begun.wait(10)
        assert not any(verdict.done() for verdict in verdicts)
        may_end.set()
        outcomes = [verdict.exception() or verdict.result() for verdict in verdicts]
    assert len(keys.asked) == 1
    assert all(isinstance(it, GuardError) for it in outcomes) if fails else outcomes == [0] * 40


def test_who_waits_waits_no_longer_than_a_fetch_may_take() -> None:
    begun, may_end = threading.Event(), threading.Event()

    class Stuck(Provider):
        def _ask(self, url: str | None, key_id: str | None) -> bytes:
            begun.set()
            assert may_end.wait(10)
            return super()._ask(url, key_id)

    keys = Stuck(PAYPAL["key"].encode(), timeout=0.05)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(verify, keys, PAYPAL)
        assert begun.wait(10)
        with pytest.raises(GuardError, match="could not be fetched"):
            verify(keys, PAYPAL)
        may_end.set()
        assert first.result() == 0
    assert verify(keys, PAYPAL) == 0
    assert len(keys.asked) == 1


def test_a_thread_that_is_ended_leaves_nobody_waiting() -> None:
    class Ended(Provider):
        def _ask(self, url: str | None, key_id: str | None) -> bytes:
            raise KeyboardInterrupt

    keys = Ended(PAYPAL["key"].encode())
    with pytest.raises(KeyboardInterrupt):
        verify(keys, PAYPAL)
    assert keys._fetching == {}


def test_at_most_so_many_keys_are_kept() -> None:
    keys = Provider(PAYPAL["key"].encode())
    for number in range(25):
        verify(keys, with_certificate(number))
    assert len(keys._kept) == 25


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(VerificationError) as caught:
        verify(Provider(b"<html>"), PAYPAL)
    assert caught.value.code == "malformed_key"


CIRCLE = next(
    case for case in FETCHED.values()
    if case["scheme"] == "circle" and case["expect"]["verdict"] == "accept" and case.get("key")
)  # fmt: skip


def test_a_key_by_its_id() -> None:
    case = CIRCLE
    asked: list[str] = []

    def by_key_id(key_id: str) -> str:
        asked.append(key_id)
        return str(case["key"])

    keys = KeyFetcher(by_key_id=by_key_id)
    verify(keys, case)
    verify(keys, case)
    assert asked == ["k1"]
    with pytest.raises(GuardError, match="could not be fetched"):
        verify(KeyFetcher(), case)


async def awaited() -> str:
    return ""


def test_what_a_program_gives_for_a_key_and_is_none() -> None:
    coroutine = awaited()
    given: list[Any] = [{}, None, 5, coroutine]
    for value in given:
        with pytest.raises(GuardError, match="could not be fetched") as caught:
            verify(KeyFetcher(by_key_id=lambda _: value), CIRCLE)
        cause = caught.value.__cause__
        assert isinstance(cause, TypeError)
        kind = type(value).__name__
        assert str(cause) == f"by_key_id must return bytes or a str, not {kind}"
    coroutine.close()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_keys_of_bytes(kind: Any) -> None:
    assert verify(KeyFetcher(by_key_id=lambda _: kind(CIRCLE["key"].encode())), CIRCLE) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"by_key_id": "x"},
        {"lifetime": "x"},
        {"lifetime": 0},
        {"timeout": -1},
        {"timeout": None},
        {"timeout": True},
        {"timeout": float("nan")},
    ],
)
def test_options_of_another_type(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(options))):
        KeyFetcher(**options)


def test_redirects_and_long_answers_are_refused() -> None:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/redirect" else 200)
            self.send_header("location", "https://example.com/")
            self.end_headers()
            self.wfile.write(b"a" * 70_000)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(ValueError, match="HTTPS"):
            fetch_key(f"{address}/", 5)
        # Past that check.
        with pytest.raises(HTTPError, match="redirect"):
            fetch_key(Https(f"{address}/redirect"), 5)
        with pytest.raises(HTTPException, match="no key"):
            fetch_key(Https(f"{address}/long"), 5)
    finally:
        server.shutdown()


class Https(str):
    """A URL that passes for HTTPS."""

    def startswith(self, *arguments: Any) -> bool:
        return True


class Request:
    """A delivery of Amazon SNS as an adapter hands it over."""

    method, url, peer = "POST", "https://localhost/webhooks", "198.51.100.7"
    headers: list[tuple[str | bytes, str | bytes]] = [("content-type", "text/plain; charset=UTF-8")]

    def header(self, name: str) -> list[str]:
        return ["text/plain; charset=UTF-8"] if name == "content-type" else []

    def read_body(self, limit: int, timeout: float) -> bytes:
        return base64.b64decode(SNS["body_b64"])


class AsyncRequest(Request):
    async def read_body(self, limit: int, timeout: float) -> bytes:  # type: ignore[override]
        return super().read_body(limit, timeout)


def test_receivers_fetch_keys() -> None:
    keys = Provider(SNS["key"].encode())
    seen: list[str] = []

    def receiver(keys: KeyFetcher | None) -> Receiver:
        made = Receiver(
            Webhook("sns", SNS["secrets"]), keys=keys, replay=None, clock=lambda: SNS["now"]
        )
        made.on("*", lambda event: seen.append(event.id))
        return made

    assert receiver(keys).receive(Request()).status == 200
    assert asyncio.run(receiver(keys).receive_async(AsyncRequest())).status == 200
    assert seen == ["m-1", "m-1"]
    assert len(keys.asked) == 1
    assert receiver(None).receive(Request()).status == 503
    assert receiver(Provider(OSError())).receive(Request()).status == 503


def test_receivers_log_why_there_is_no_key(caplog: pytest.LogCaptureFixture) -> None:
    class Delivery(Request):
        headers = [*CIRCLE["headers"], ("content-type", "application/json")]

        def header(self, name: str) -> list[str]:
            return ["application/json"] if name == "content-type" else []

        def read_body(self, limit: int, timeout: float) -> bytes:
            return base64.b64decode(CIRCLE["body_b64"])

    def fail(key_id: str) -> str:
        raise OSError("a secret of the account's")

    webhook = Webhook("circle", CIRCLE["secrets"])
    for keys in (KeyFetcher(), KeyFetcher(by_key_id=fail)):
        receiver = Receiver(webhook, keys=keys, clock=lambda: CIRCLE["now"])
        assert receiver.receive(Delivery()).status == 503
    without, failed = (vars(record)["countersign"] for record in caplog.records)
    assert without["code"] == failed["code"] == "key_unavailable"
    assert without["exception"] == "builtins.LookupError"
    assert any(frame.endswith("in _ask") for frame in without["frames"])
    assert failed["exception"] == "builtins.OSError"
    assert any(frame.endswith("in fail") for frame in failed["frames"])
    assert "a secret of the account's" not in caplog.text


def test_what_is_needed_survives_pickling() -> None:
    webhook = Webhook("sns", SNS["secrets"])
    with pytest.raises(VerificationError) as caught:
        webhook.verify(base64.b64decode(SNS["body_b64"]), {}, now=SNS["now"])
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.code, error.key_url, error.key_id) == (
        "key_needed", SNS_URL, None,
    )  # fmt: skip
    assert webhook.verify(base64.b64decode(SNS["body_b64"]), {}, now=SNS["now"], key=SNS["key"])


SNS_URL = json.loads(base64.b64decode(SNS["body_b64"]))["SigningCertURL"]


def test_keys_of_other_types() -> None:
    webhook = Webhook("sns", SNS["secrets"])
    with pytest.raises(TypeError, match="key must be bytes, a str or None"):
        webhook.verify(b"{}", {}, key=1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="keys must be a KeyFetcher"):
        Receiver(webhook, keys=object())  # type: ignore[arg-type]
