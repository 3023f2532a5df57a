"""Requests with several faults: each is answered for the first one."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case
from deliveries import PAID, case, delivery, event, forged, paid
from fixtures import NOW

_NO_JSON = b'{"type":'
_NOBODY: Dict[str, Any] = {"allow": ["203.0.113.0/24"]}
_LIMITED: Dict[str, Any] = {"rate_limit": {"requests": 1, "window_ms": 3_600_000}}
_SHORT: Dict[str, Any] = {"body_limit": 512}
_GZIP = [("Content-Encoding", "gzip")]
_AMOUNT: Dict[str, Any] = {
    "schemas": {"invoice.paid": {"type": "object", "properties": {"data": {"type": "object"}}}}
}


def _heads() -> List[Case]:
    # The body never arrives: a receiver that waits for it does not answer in this order.
    absent: Dict[str, Any] = {"framing": "stall", "announces": 4096}
    silent: Dict[str, Any] = {"framing": "stall", "announces": 512}
    text: Dict[str, Any] = {"content_type": "text/plain"}
    return [
        case("order-method", "The method comes before all else.",
             [forged("method_not_allowed", b"", method="PUT", more=_GZIP, **text, **absent)],
             **_NOBODY, **_LIMITED, **_SHORT),
        case("order-type", "Then the content type.",
             [forged("unsupported_media_type", b"", says="content type", more=_GZIP, **text,
                     **absent)],
             **_NOBODY, **_LIMITED, **_SHORT),
        case("order-encoding", "Then the content encoding.",
             [forged("unsupported_media_type", b"", says="encoding", more=_GZIP, **absent)],
             **_NOBODY, **_LIMITED, **_SHORT),
        case("order-length", "Then the length that is announced.",
             [forged("payload_too_large", b"", **absent)], **_NOBODY, **_LIMITED, **_SHORT),
        case("order-address", "Then the address, before anything of the body is read.",
             [forged("address_not_allowed", b"", **silent)], **_NOBODY, **_LIMITED, **_SHORT),
        case("order-rate", "Then the rate, before anything of the body is read.",
             [forged("signature_mismatch"), forged("rate_limited", b"", **silent)],
             **_LIMITED, **_SHORT),
        case("order-refused-early-not-counted", "What is refused before does not count.",
             [delivery("method_not_allowed", method="PUT"),
              delivery("unsupported_media_type", content_type="text/plain"),
              delivery("unsupported_media_type", more=_GZIP),
              delivery("payload_too_large", b"", **absent),
              delivery("handled"), delivery("rate_limited")],
             [paid()], **_LIMITED, **_SHORT),
    ]  # fmt: skip


def _bodies() -> List[Case]:
    return [
        case("order-body", "Then the size of the body, before its signature.",
             [forged("payload_too_large", PAID + b" " * 512, framing="chunked")], **_SHORT),
        case("order-signature", "Then the signature, before freshness.",
             [forged("signature_mismatch", at=NOW - 4000)]),
        case("order-signature-payload", "And before what the body says.",
             [forged("signature_mismatch", _NO_JSON)]),
        case("order-freshness", "Then freshness, before the payload.",
             [delivery("timestamp_too_old", _NO_JSON, at=NOW - 4000)]),
        case("order-payload", "Then the payload, before the schema and the claim.",
             [delivery("handled"), delivery("payload_not_json", _NO_JSON)], [paid()], **_AMOUNT),
        case("order-schema", "Then the schema, before the claim.",
             [delivery("handled"),
              delivery("schema_mismatch", b'{"type":"invoice.paid","data":7}')],
             [paid()], **_AMOUNT),
        case("order-schema-without-handler", "The schema comes before the handler is looked for.",
             [delivery("schema_mismatch", b'{"type":"invoice.paid","data":7}')],
             handlers={"other": "succeed"}, **_AMOUNT),
        case("order-match", "Then the handler's pattern: what nobody takes claims nothing.",
             [delivery("handled"), delivery("ignored", event("invoice.void"))], [paid()]),
        case("order-claim", "Then the claim, before the handler.",
             [delivery("handled"), delivery("duplicate", event("invoice.failing"))], [paid()],
             handlers={"invoice.paid": "succeed", "invoice.failing": "fail"}),
    ]  # fmt: skip


def cases() -> List[Case]:
    return _heads() + _bodies()
