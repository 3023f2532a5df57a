"""What becomes of authentic events: handshakes, schemas, handlers, claims."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case
from deliveries import (
    FORM_TYPE,
    JSON_TYPE,
    PAID,
    case,
    delivery,
    event,
    of_scheme,
    paid,
    request,
    sample,
)
from fixtures import MSG, NOW, SAMPLES, TEXT_OTHER, plain_sha256, slack, stripe
from topics.handshakes import ALL_PARAMETERS

_META: Dict[str, Any] = {
    **of_scheme("meta"), "verify_token": "meatyhamhock", "handlers": {"page": "succeed"},
}  # fmt: skip
_SLACK: Dict[str, Any] = {**of_scheme("slack"), "handlers": {"*": "succeed"}}
_CHALLENGE = b'{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}'


def _get(want: str, query: str) -> Any:
    return request(want, [], method="GET", query=query)


def _meta() -> List[Case]:
    malformed = "malformed_handshake"
    return [
        case("meta-handshake", "Each time it is asked, and it is no event.",
             [_get("handshake", ALL_PARAMETERS), _get("handshake", ALL_PARAMETERS)], **_META),
        case("meta-handshake-escaped", "Its query is a form.",
             [_get("handshake", "hub.mode=subscribe&hub.verify_token=%C3%A9+%26%3D"
                                "&hub.challenge=%3Cscript%3E")],
             **{**_META, "verify_token": "\u00e9 &="}),
        case("meta-handshake-refused", "With another token.",
             [_get("handshake_refused", ALL_PARAMETERS + "x")], **_META),
        case("meta-handshake-malformed", "Without what belongs to it.",
             [_get(malformed, "hub.mode=subscribe"),
              _get(malformed, ALL_PARAMETERS + "&hub.mode=subscribe"),
              _get(malformed, ALL_PARAMETERS.replace("subscribe", "unsubscribe")),
              _get(malformed, "a=b"), request(malformed, [], method="GET")], **_META),
        case("meta-handshake-no-token", "Where no token is set there is no handshake.",
             [_get("method_not_allowed", ALL_PARAMETERS)],
             **of_scheme("meta")),
        case("meta-other-methods", "Where GET is allowed, other methods are not.",
             [request("method_not_allowed", [], method=method, query=ALL_PARAMETERS)
              for method in ("HEAD", "PUT")], **_META),
        case("meta-events", "An event without a key is handled each time it comes.",
             [sample("handled", "meta"), sample("handled", "meta")],
             [("page", None, "page")] * 2, **_META),
    ]  # fmt: skip


def _slack() -> List[Case]:
    def asked(want: str, body: bytes, content_type: Any = JSON_TYPE, **signed: Any) -> Any:
        return request(want, [*content_type, *slack(body, **signed)], body)

    command = b"command=%2Fdeploy&text=to+the+moon%26back&trigger_id=13345224609.738474920"
    return [
        case("slack-handshake", "A signed event with a challenge: no handler or schema sees it.",
             [asked("handshake", _CHALLENGE), asked("handshake", _CHALLENGE)],
             schemas={"*": False}, **_SLACK),
        case("slack-handshake-refused", "Not signed, forged, stale, without its challenge.",
             [request("missing_header", JSON_TYPE, _CHALLENGE),
              asked("signature_mismatch", _CHALLENGE, secret=TEXT_OTHER),
              asked("timestamp_too_old", _CHALLENGE, at=NOW - 301),
              asked("missing_field", b'{"type":"url_verification"}'),
              asked("malformed_field", b'{"type":"url_verification","challenge":"a b"}')],
             **_SLACK),
        case("slack-command", "A command comes as a form.",
             [asked("handled", command, FORM_TYPE), asked("duplicate", command, FORM_TYPE)],
             [("*", "13345224609.738474920", "/deploy")], **_SLACK),
    ]  # fmt: skip


def _schemas() -> List[Case]:
    amount: Dict[str, Any] = {
        "type": "object", "required": ["data"],
        "properties": {"data": {
            "type": "object", "required": ["amount"],
            "properties": {"amount": {"type": "integer"}}, "additionalProperties": False,
        }},
    }  # fmt: skip
    strange = b'{"type":"invoice.paid","data":{"amount":"1999"}}'
    any_handler: Dict[str, Any] = {"handlers": {"*": "succeed"}}
    return [
        case("schema", "A mismatch claims nothing: the well-formed event is handled.",
             [delivery("schema_mismatch", strange),
              delivery("schema_mismatch", b'{"type":"invoice.paid"}'),
              delivery("handled"), delivery("duplicate")],
             [paid()], schemas={"invoice.paid": amount}),
        case("schema-whole-payload", "It is about the whole payload.",
             [delivery("schema_mismatch", b'{"type":"invoice.paid","livemode":false}'),
              delivery("handled", b'{"type":"invoice.paid","livemode":true,"data":{}}')],
             [paid()], schemas={"invoice.paid": {"required": ["livemode", "data"]}}),
        case("schema-most-specific", "The most specific pattern's schema alone.",
             [delivery("handled", strange, msg="msg_1"),
              delivery("schema_mismatch", event("invoice.void"), msg="msg_2"),
              delivery("handled", event("charge.paid"), msg="msg_3")],
             [("*", "msg_1", "invoice.paid"), ("*", "msg_3", "charge.paid")],
             schemas={"*": True, "invoice.*": False, "invoice.paid": {"type": "object"}},
             **any_handler),
        case("schema-other-type", "A type without a schema is taken as it is.",
             [delivery("handled", event("other"))], [("*", MSG, "other")],
             schemas={"invoice.paid": False}, **any_handler),
        case("schema-no-type", "An event without a type has the schema of all.",
             [delivery("schema_mismatch", b'{"data":1}'), delivery("handled", b'{"data":"x"}')],
             [("*", MSG, None)], schemas={"*": {"properties": {"data": {"type": "string"}}}},
             **any_handler),
    ]  # fmt: skip


def _handlers() -> List[Case]:
    patterns = {"*": "succeed", "invoice.*": "succeed", "invoice.paid": "succeed",
                "invoice.item.*": "succeed"}  # fmt: skip
    by_type = [
        ("invoice.paid", "invoice.paid"), ("invoice.void", "invoice.*"),
        ("invoice.item.added", "invoice.item.*"), ("invoice", "*"), ("invoice.", "*"),
        ("Invoice.Paid", "*"), ("invoices.paid", "*"),
    ]  # fmt: skip
    odd = "pay\u00e9.\"\\/\u79d8\U0001f511\x7f"
    odd_body = (
        b'{"id":"evt_\\u0000\\n\\u2028","type":"pay\xc3\xa9.\\"\\\\/\\u79d8\\ud83d\\udd11\x7f"}'
    )
    return [
        case("handler-most-specific", "The handler of the most specific pattern, and no other.",
             [delivery("handled", event(one), msg=f"msg_{at}")
              for at, (one, _) in enumerate(by_type)],
             [(pattern, f"msg_{at}", one) for at, (one, pattern) in enumerate(by_type)],
             handlers=patterns),
        case("handler-none", "What nobody takes is not claimed.",
             [delivery("ignored", event("invoice.void")),
              delivery("ignored", event("invoice.void")), delivery("handled")], [paid()]),
        case("handler-none-at-all", "A receiver without handlers.", [delivery("ignored")],
             handlers={}),
        case("handler-no-type", "An event without a type goes to all alone.",
             [delivery("handled", b"{}")], [("*", MSG, None)],
             handlers={"*": "succeed", "invoice.*": "succeed"}),
        case("handler-no-type-none", "And to nobody without it.", [delivery("ignored", b"{}")],
             handlers={"invoice.*": "succeed"}),
        case("handler-escapes", "Answers are ASCII, whatever the event is called.",
             [request("handled", JSON_TYPE + stripe(odd_body), odd_body)],
             [("*", "evt_\x00\n\u2028", odd)], **of_scheme("stripe"), handlers={"*": "succeed"}),
        case("handler-fails", "A handler that fails releases its claim each time.",
             [delivery("handler_failed"), delivery("handler_failed")],
             handlers={"invoice.paid": "fail"}),
        case("handler-fails-once", "The next attempt is handled, and the one after it is not.",
             [delivery("handler_failed"), delivery("handled"), delivery("duplicate")], [paid()],
             handlers={"invoice.paid": "fail-once"}),
        case("handler-fails-alone", "Others go on.",
             [delivery("handler_failed", event("invoice.void"), msg="msg_1"), delivery("handled"),
              delivery("handler_failed", event("invoice.void"), msg="msg_1")], [paid()],
             handlers={"invoice.paid": "succeed", "invoice.void": "fail"}),
    ]  # fmt: skip


def _claims() -> List[Case]:
    slow: Dict[str, Any] = {"handlers": {"invoice.paid": "slow"}}
    other = b'{"type":"invoice.paid","data":{"amount":2000}}'
    resent = SAMPLES["stripe"].body.replace(b"1999", b"2000")
    no_id = b'{"type":"invoice.paid"}'
    return [
        case("duplicate", "Handled once, however often it comes.",
             [delivery("handled"), delivery("duplicate"), delivery("duplicate")], [paid()]),
        case("duplicate-signed-anew", "Later attempts have other timestamps.",
             [delivery("handled", at=NOW - 200), delivery("duplicate", at=NOW - 100),
              delivery("duplicate")], [paid()]),
        case("duplicate-other-body", "The id decides, not the body.",
             [delivery("handled"), delivery("duplicate", other)], [paid()]),
        case("duplicate-in-body", "Where the id lies in the body.",
             [sample("handled", "stripe"),
              request("duplicate", JSON_TYPE + stripe(resent, at=NOW - 9), resent)],
             [paid("evt_1")], **of_scheme("stripe")),
        case("duplicate-without-id", "Without an id every delivery is one of its own.",
             [request("handled", JSON_TYPE + plain_sha256(no_id)[1:], no_id)] * 2,
             [("invoice.paid", None, "invoice.paid")] * 2, **of_scheme("sha256")),
        case("replay-off", "Where nothing is remembered.",
             [delivery("handled"), delivery("handled")], [paid()] * 2, replay=False),
        case("parallel", "While a handler runs, another attempt shall come back.",
             [delivery("handled", parallel=True), delivery("event_in_progress", parallel=True),
              delivery("duplicate")], [paid()], **slow),
        case("parallel-many", "Of eight at once one is handled.",
             [delivery("handled", parallel=True),
              *(delivery("event_in_progress", parallel=True) for _ in range(7)),
              delivery("duplicate")], [paid()], **slow),
        case("parallel-others", "Other events do not wait.",
             [delivery("handled", PAID, msg=f"msg_{n}", parallel=True) for n in range(4)],
             [paid(f"msg_{n}") for n in range(4)], **slow),
    ]  # fmt: skip


def cases() -> List[Case]:
    return [*_meta(), *_slack(), *_schemas(), *_handlers(), *_claims()]
