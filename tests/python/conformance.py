"""Runs the corpus on the installed package and writes what came of each case.

usage: python conformance.py OUTPUT_PATH

Prints each difference, and exits with 1 if there is one.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import countersign
from countersign import (
    Backoff,
    CountersignError,
    Event,
    Explanation,
    RetryPolicy,
    Scheme,
    Tolerance,
    VerificationError,
    Verified,
    Webhook,
)
from countersign._countersign import Answer

import conformance_destinations as destinations
import conformance_endpoints as endpoints
import conformance_guards as guards
from conformance_guards import seconds

CORPUS = Path(__file__).resolve().parent.parent / "vectors"

Case = dict[str, Any]


def verify(case: Case) -> Any:
    body = base64.b64decode(case["body_b64"])
    context = {
        "now": case["now"], "url": case.get("url"), "method": case.get("method"),
        "key": case.get("key"),
    }  # fmt: skip
    tolerance = Tolerance(**case["tolerance"]) if "tolerance" in case else None
    webhook = build(case, tolerance)

    results = []
    for form_of_body, form_of_headers in forms(body, case["headers"]):
        try:
            verified = webhook.verify(form_of_body, form_of_headers, **context)
        except CountersignError as error:
            results.append(rejection(error))
        else:
            results.append(acceptance(verified, body, case))
    if any(result != results[0] for result in results):
        raise AssertionError(f"the forms of one request give {results}")
    return results[0]


def forms(body: bytes, headers: list[list[str]]) -> Iterator[tuple[Any, Any]]:
    """One request as different frameworks give it. The verdict must be the same."""
    pairs = [(name, value) for name, value in headers]
    encoded = [(name.encode(), value.encode()) for name, value in pairs]
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    yield body, pairs
    yield bytearray(body), encoded
    yield memoryview(body), grouped
    if len(grouped) == len(pairs):
        yield body, dict(pairs)


def acceptance(verified: Verified, body: bytes, case: Case) -> Any:
    expect = case["expect"]
    result = {
        "verdict": "accept",
        "key_index": verified.key_index,
        "id": verified.id,
        "dedupe_key": verified.dedupe_key,
    }
    insert_timestamp(result, verified, expect)
    expected_event = expect.get("event", {})
    try:
        event = verified.event()
    except CountersignError as error:
        result["event"] = {"code": error.code, "message": str(error)}
    else:
        result["event"] = fields(event, body, case["scheme"], expected_event)
    return result


def fields(event: Event, body: bytes, scheme: Any, expect: Any) -> Any:
    result = {
        "id": event.id,
        "type": event.type,
        "dedupe_key": event.dedupe_key,
        "data": event.data,
    }
    insert_timestamp(result, event, expect)
    if event.handshake is not None:
        result["handshake"] = guards.written(event.handshake)
    text = expect.get("data")
    if isinstance(text, str):
        # Only an object or a batch passes as JSON, so that any other text is a form.
        always_form = isinstance(scheme, dict) and scheme.get("payload") == "form"
        is_form = always_form or not body.lstrip(b" \t\r\n").startswith((b"{", b"["))
        pairs = parse_qsl(text, keep_blank_values=True) if is_form else []
        expected_data = dict(pairs) if is_form else json.loads(text)
        # Texts of JSON tell 1 from 1.0 and True.
        if json.dumps(event.data) == json.dumps(expected_data):
            result["data"] = text
    if event.raw != body:
        raise AssertionError("event.raw is not the body")
    return result


def insert_timestamp(result: Any, timed: Verified | Event, expect: Any) -> None:
    # A case leaves out what not every language has a number for.
    if "timestamp" in expect or "code" in expect:
        result["timestamp"] = timed.timestamp


def rejection(error: CountersignError) -> Any:
    SEEN[error.code] = type(error).__name__
    result: Any = {"verdict": "reject", "code": error.code, "message": str(error)}
    if isinstance(error, VerificationError) and error.code == "key_needed":
        result["needs"] = {"url": error.key_url, "key_id": error.key_id}
    return result


#: The class of each error that was raised.
SEEN: dict[str, str] = {}


def build(case: Case, tolerance: Tolerance | None = None, **options: Any) -> Webhook:
    scheme = case["scheme"]
    if isinstance(scheme, dict):
        parts = dict(scheme)
        if parts.get("tolerance") is not None:
            parts["tolerance"] = Tolerance(**{"past": None, "future": None, **parts["tolerance"]})
        scheme = Scheme(**{"name": "", "headers": [], **parts})
    return Webhook(scheme, case["secrets"], tolerance=tolerance, **options)


def explain(case: Case) -> Any:
    body = base64.b64decode(case["body_b64"])
    context = {name: case.get(name) for name in ("now", "url", "method", "key")}
    tolerance = Tolerance(**case["tolerance"]) if "tolerance" in case else None
    webhook = build(case, tolerance)
    reports = [
        report(webhook.explain(form_of_body, form_of_headers, **context))
        for form_of_body, form_of_headers in forms(body, case["headers"])
    ]
    if any(one != reports[0] for one in reports):
        raise AssertionError(f"the forms of one request give {reports}")
    return reports[0]


def report(explanation: Explanation) -> Any:
    return {
        "key_index": explanation.key_index,
        "code": explanation.code,
        "message": explanation.message,
        "findings": [
            {
                "code": finding.code,
                "certainty": finding.certainty,
                "evidence": finding.evidence,
                "suggestion": finding.suggestion,
            }
            for finding in explanation.findings
        ],
        "text": explanation.text,
    }


def detect(case: Case) -> Any:
    return {"schemes": countersign.detect([(name, value) for name, value in case["headers"]])}


def construct(case: Case) -> Any:
    try:
        build(case)
    except CountersignError as error:
        return rejection(error)
    return {"verdict": "accept"}


def sign(case: Case) -> Any:
    body = base64.b64decode(case["body_b64"])
    context = {"now": case["now"], "url": case.get("url"), "method": case.get("method")}
    every_secret_signs = case.get("every_secret_signs", False)
    webhook = build(case, every_secret_signs=every_secret_signs)
    try:
        headers = webhook.sign(body, id=case.get("message_id"), **context)
    except CountersignError as error:
        return rejection(error)
    webhook.verify(body, headers, **context)
    result: Any = {"headers": [list(pair) for pair in headers.items()]}
    if every_secret_signs:
        alone = [build({**case, "secrets": [secret]}) for secret in case["secrets"]]
        fits = [verifies(webhook, body, headers, context) for webhook in alone]
        result["verified_by"] = [index for index, one in enumerate(fits) if one]
    return result


def sign_body(case: Case) -> Any:
    body = base64.b64decode(case["body_b64"])
    webhook = build(case)
    try:
        signed = webhook.sign_body(body, id=case.get("message_id"), now=case["now"])
    except CountersignError as error:
        return rejection(error)
    if webhook.signs_in_body:
        webhook.verify(signed, {}, now=case["now"])
    return {"body_b64": base64.b64encode(signed).decode("ascii")}


def verifies(webhook: Webhook, body: bytes, headers: dict[str, str], context: Any) -> bool:
    try:
        webhook.verify(body, headers, **context)
    except CountersignError:
        return False
    return True


def write_payload(case: Case) -> Any:
    # Half a millisecond more, so that flooring gives back the milliseconds.
    now = (case["now_ms"] + 0.5) / 1000
    payload = countersign.write_payload(
        case["message_id"], case["event_type"], case["data"], now=now
    )
    return {"payload": payload}


def backoff(case: Case) -> Any:
    delays = schedule(case).delays(case["entropy"])
    return {"delays_ms": [round(delay * 1000) for delay in delays]}


def schedule(case: Case) -> Backoff:
    described, jitter = case["schedule"], case["jitter"]
    if described == "standard":
        return Backoff.standard(jitter=jitter)
    if "fixed_ms" in described:
        return Backoff.fixed([seconds(delay) for delay in described["fixed_ms"]], jitter=jitter)
    parts = described["exponential"]
    return Backoff.exponential(
        seconds(parts["base_ms"]),
        parts["factor"],
        seconds(parts["cap_ms"]),
        attempts=parts["attempts"],
        jitter=jitter,
    )


def retry(case: Case) -> Any:
    described, outcome = case["policy"], case["outcome"]
    options: Any = {"retry_statuses": described.get("retry_statuses", [])}
    if described.get("retry_after_cap_ms") is not None:
        options["retry_after_cap"] = seconds(described["retry_after_cap_ms"])
    decision = RetryPolicy(schedule(described), **options).decide(
        case["attempt"],
        outcome.get("status"),
        outcome.get("retry_after"),
        now=seconds(case["now_ms"]),
        entropy=case["entropy"],
        forbidden=outcome.get("forbidden", False),
    )
    result: Any = {"decision": decision.action}
    if decision.at is not None:
        result["at_ms"] = round(decision.at * 1000)
    if decision.reason is not None:
        result["reason"] = decision.reason
    return result


def retry_after(case: Case) -> Any:
    return {"delay_seconds": countersign.parse_retry_after(case["value"], now=case["now"])}


def codes(case: Case) -> Any:
    error_class = getattr(countersign, case["class"], None)
    known = isinstance(error_class, type) and issubclass(error_class, CountersignError)
    status = Answer.refusal(case["id"], "", None, "").status
    return {"class": SEEN.get(case["id"], case["class"] if known else None), "status": status}


RUNNERS: dict[str, Callable[[Case], Any]] = {
    "verify": verify,
    "explain": explain,
    "detect": detect,
    "construct": construct,
    "sign": sign,
    "sign_body": sign_body,
    "write_payload": write_payload,
    "backoff": backoff,
    "retry": retry,
    "retry_after": retry_after,
    "endpoint_health": endpoints.endpoint_health,
    "choice": endpoints.choice,
    "head": guards.head,
    "handshake": guards.handshake,
    "network": guards.network,
    "client_address": guards.client_address,
    "rate_limit": guards.rate_limit,
    "replay": guards.replay,
    "routes": guards.routes,
    "answer": guards.answer,
    "destination": destinations.destination,
    "destination_addresses": destinations.addresses,
    "codes": codes,
}


def run() -> tuple[dict[str, Any], list[str]]:
    """What came of each case, and one text for each difference."""
    files = [json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))]
    if not files:
        raise SystemExit("the corpus is empty")
    # The codes come last: their classes are compared with all that was raised.
    files.sort(key=lambda file: file["kind"] == "codes")
    results: dict[str, Any] = {}
    differences = []
    for file in files:
        runner = RUNNERS.get(file["kind"])
        if runner is None:
            raise SystemExit(f"there is no kind {file['kind']}")
        for case in file["cases"]:
            if case["id"] in results:
                raise SystemExit(f"the id {case['id']} is used twice")
            try:
                actual = runner(case)
            except CountersignError as error:
                actual = rejection(error)
            except Exception as error:  # A difference like any other, so that all are shown.
                actual = {"raised": f"{type(error).__name__}: {error}"}
            is_code = file["kind"] == "codes"
            of_code = {part: case.get(part) for part in ("class", "status")}
            expected = of_code if is_code else case["expect"]
            if json.dumps(actual, sort_keys=True) != json.dumps(expected, sort_keys=True):
                shown = json.dumps(expected), json.dumps(actual)
                differences.append(f"{case['id']}\n    expected {shown[0]}\n    actual   {shown[1]}")
            results[case["id"]] = actual
    unlisted = SEEN.keys() - results.keys()
    differences.extend(f"{code}\n    is not in the corpus" for code in sorted(unlisted))
    return results, differences


def main() -> int:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    results, differences = run()
    output = Path(sys.argv[1])
    output.parent.mkdir(parents=True, exist_ok=True)
    report = {"runner": "python", "results": results}
    output.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for difference in differences:
        print(difference, file=sys.stderr)
    print(f"python: {len(results)} cases, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
