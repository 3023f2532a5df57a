"""Signatures, freshness and payloads."""

from __future__ import annotations

from typing import Any, List

from casebook import Case
from deliveries import JSON_TYPE, PAID, case, delivery, forged, of_scheme, paid, request, sample
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    STANDARD_OTHER,
    STANDARD_SECRET,
    TEXT_SECRET,
    github,
    plain_sha256,
    standard,
    stripe,
    tag,
    value_of,
    with_value,
    without,
)

_HANDLED = {
    "standard": paid(),
    "svix": paid(),
    "github": ("push", MSG, "push"),
    "stripe": paid("evt_1"),
    "slack": ("app_mention", "Ev0PV52K21", "app_mention"),
    "shopify": ("orders/create", MSG, "orders/create"),
    "meta": ("page", None, "page"),
    "sha256": paid("evt_1"),
}


def _schemes() -> List[Case]:
    def of(scheme: str) -> Case:
        pattern = _HANDLED[scheme][0]
        one = SAMPLES[scheme]
        exchanges = [
            request("missing_header", JSON_TYPE, one.body),
            request("signature_mismatch", [*JSON_TYPE, *one.headers()], one.body[:-1] + b" }"),
            request("signature_mismatch",
                    [*JSON_TYPE, *one.signed(one.body, secret=one.other_secret)], one.body),
            sample("handled", scheme),
        ]  # fmt: skip
        about = f"{scheme}: not signed, changed, of another secret, and sound."
        settings = {**of_scheme(scheme), "handlers": {pattern: "succeed"}}
        return case(f"scheme-{scheme}", about, exchanges, [_HANDLED[scheme]], **settings)

    by_method = {
        "name": "by-method", "headers": {"signature": "x-signature"},
        "content": "{method} {body}", "event_type": "body:type",
    }  # fmt: skip
    signature = tag(TEXT_SECRET.encode(), b"POST " + PAID).hex()
    return [
        *(of(scheme) for scheme in _HANDLED),
        case("scheme-described", "A scheme of one's own that signs the method.",
             [request("handled", [*JSON_TYPE, ("X-Signature", signature)], PAID)],
             [("invoice.paid", None, "invoice.paid")], scheme=by_method, secrets=[TEXT_SECRET]),
    ]  # fmt: skip


def _signatures() -> List[Case]:
    headers = standard(PAID)
    good = value_of(headers, "webhook-signature")

    def signed(want: str, value: str) -> Any:
        return request(want, JSON_TYPE + with_value(headers, "webhook-signature", value), PAID)

    hexadecimal = github(SAMPLES["github"].body)
    upper = "sha256=" + value_of(hexadecimal, "x-hub-signature-256")[7:].upper()
    return [
        case("forged-then-sound", "A forged request takes no key.", [forged(), delivery("handled")],
             [paid()]),
        case("tampered-id", "The id is signed.", [
            request("signature_mismatch",
                    JSON_TYPE + with_value(headers, "webhook-id", "msg_other"), PAID)]),
        case("tampered-timestamp", "So is the timestamp.", [
            request("signature_mismatch",
                    JSON_TYPE + with_value(headers, "webhook-timestamp", str(NOW + 1)), PAID)]),
        case("missing-timestamp", "Without a timestamp.", [
            request("missing_header", JSON_TYPE + without(headers, "webhook-timestamp"), PAID)]),
        case("malformed-timestamp", "With one that is none.", [
            request("malformed_timestamp",
                    JSON_TYPE + with_value(headers, "webhook-timestamp", "now"), PAID)]),
        case("signature-forms", "Signatures that are not in their form.", [
            signed("malformed_signature", "v1,=" + good[3:]),
            signed("unsupported_signature", "v2," + good[3:]),
            signed("malformed_signature", good.rstrip("=")),
            signed("handled", f"v2,xyz {good}")], [paid()]),
        case("signature-upper-case", "Hexadecimal in upper case.", [
            request("malformed_signature",
                    JSON_TYPE + with_value(hexadecimal, "x-hub-signature-256", upper),
                    SAMPLES["github"].body)], **of_scheme("github")),
        case("signature-twice", "Two signature headers that differ.", [
            _github_twice()], **of_scheme("github")),
        case("rotation", "The old secret and the new one.", [
            delivery("handled", msg="msg_old", secret=STANDARD_OTHER),
            delivery("handled", msg="msg_new")], [paid("msg_old"), paid("msg_new")],
            secrets=[STANDARD_SECRET, STANDARD_OTHER]),
    ]  # fmt: skip


def _github_twice() -> Any:
    """Joined, the two are no signature of this scheme."""
    body = SAMPLES["github"].body
    other = github(body, secret=SAMPLES["github"].other_secret)
    return request("conflicting_header", [*JSON_TYPE, *other[2:], *github(body)], body)


def _freshness() -> List[Case]:
    return [
        case("stale", "Too old; the same delivery, signed anew, is handled.",
             [delivery("timestamp_too_old", at=NOW - 301), delivery("handled")], [paid()]),
        case("ahead", "Too far ahead.", [delivery("timestamp_too_new", at=NOW + 301)]),
        case("just-in-time", "As old, and as far ahead, as it may be.",
             [delivery("handled", at=NOW - 300, msg="msg_1"),
              delivery("handled", at=NOW + 300, msg="msg_2")], [paid("msg_1"), paid("msg_2")]),
        case("stale-stripe", "Stripe's timestamp lies in its signature.",
             [_stripe("timestamp_too_old", NOW - 301), _stripe("handled", NOW - 300)],
             [paid("evt_1")], **of_scheme("stripe")),
    ]  # fmt: skip


def _stripe(want: str, at: int) -> Any:
    body = SAMPLES["stripe"].body
    return request(want, JSON_TYPE + stripe(body, at=at), body)


def _payloads() -> List[Case]:
    def refused(called: str, about: str, want: str, body: bytes) -> Case:
        exchanges = [delivery(want, body), delivery("handled")]
        return case(f"payload-{called}", about, exchanges, [paid()])

    no_id = b'{"type":"invoice.paid"}'
    no_type = b'{"id":"evt_1"}'
    return [
        refused("malformed", "No JSON: the well-formed event takes the key.", "payload_not_json",
                b'{"type":"invoice.paid"'),
        refused("list", "JSON, but no object.", "payload_not_object", b"[]"),
        refused("deep", "Nested too deep.", "payload_too_deep",
                b'{"type":"invoice.paid","data":' + b"[" * 200 + b"]" * 200 + b"}"),
        refused("type-number", "A type that is a number.", "malformed_field", b'{"type":7}'),
        refused("type-twice", "Two types.", "malformed_field",
                b'{"type":"invoice.paid","type":"invoice.void"}'),
        case("payload-no-id", "Stripe's events have an id.",
             [request("missing_field", JSON_TYPE + stripe(no_id), no_id)], **of_scheme("stripe")),
        case("payload-no-type", "The plain scheme's have a type.",
             [request("missing_field", JSON_TYPE + plain_sha256(no_type), no_type)],
             **of_scheme("sha256")),
    ]  # fmt: skip


def cases() -> List[Case]:
    return _schemes() + _signatures() + _freshness() + _payloads()
