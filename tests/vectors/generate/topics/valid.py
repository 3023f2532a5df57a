"""Requests that each registered scheme accepts, and the events in them."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from casebook import Case, Topic, verify_case
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    STANDARD_SECRET,
    TEXT_SECRET,
    Headers,
    github,
    plain_sha256,
    shopify,
    slack,
    standard,
    stripe,
    svix,
)

_DATA = '{"amount":1999}'
_RESULTS: Dict[str, Mapping[str, Any]] = {
    "standard": {"id": MSG, "timestamp": NOW, "dedupe_key": f"standard:{MSG}"},
    "svix": {"id": MSG, "timestamp": NOW, "dedupe_key": f"svix:{MSG}"},
    "github": {"id": MSG, "timestamp": None, "dedupe_key": f"github:{MSG}"},
    "stripe": {"id": None, "timestamp": NOW, "dedupe_key": None},
    "slack": {"id": None, "timestamp": NOW, "dedupe_key": None},
    "shopify": {"id": MSG, "timestamp": None, "dedupe_key": f"shopify:{MSG}"},
    "meta": {"id": None, "timestamp": None, "dedupe_key": None},
    "sha256": {"id": MSG, "timestamp": None, "dedupe_key": None},
}
_EVENTS: Dict[str, Mapping[str, Any]] = {
    "standard": {
        "id": MSG, "type": "invoice.paid", "timestamp": NOW,
        "dedupe_key": f"standard:{MSG}", "data": _DATA,
    },
    "svix": {
        "id": MSG, "type": "invoice.paid", "timestamp": None,
        "dedupe_key": f"svix:{MSG}", "data": _DATA,
    },
    "github": {
        "id": MSG, "type": "push", "timestamp": None,
        "dedupe_key": f"github:{MSG}", "data": '{"zen":"Keep it simple."}',
    },
    "stripe": {
        "id": "evt_1", "type": "invoice.paid", "timestamp": 1699999990,
        "dedupe_key": "stripe:evt_1", "data": '{"object":{"amount":1999}}',
    },
    "slack": {
        "id": "Ev0PV52K21", "type": "app_mention", "timestamp": 1699999999,
        "dedupe_key": "slack:Ev0PV52K21", "data": SAMPLES["slack"].body.decode("ascii"),
    },
    "shopify": {
        "id": MSG, "type": "orders/create", "timestamp": 1700000000.5,
        "dedupe_key": f"shopify:{MSG}", "data": '{"id":820982911946154508}',
    },
    "meta": {
        "id": None, "type": "page", "timestamp": None,
        "dedupe_key": None, "data": SAMPLES["meta"].body.decode("ascii"),
    },
    "sha256": {
        "id": "evt_1", "type": "invoice.paid", "timestamp": None,
        "dedupe_key": "sha256:evt_1", "data": _DATA,
    },
}  # fmt: skip


def _accepted(
    case_id: str,
    about: str,
    scheme: str,
    headers: Headers,
    body: bytes,
    *,
    secret: Optional[str] = None,
    gives: Optional[Mapping[str, Any]] = None,
    event: Optional[Mapping[str, Any]] = None,
) -> Case:
    return verify_case(
        case_id,
        about,
        "accept",
        scheme=scheme,
        secrets=[secret or SAMPLES[scheme].secret],
        headers=headers,
        body=body,
        now=NOW,
        gives=gives,
        event=event,
    )


def _standard_variants() -> List[Case]:
    body = b'{"type":"ping","timestamp":"2023-11-14T22:13:20.25+01:00"}'
    whole_second = SAMPLES["standard"]
    return [
        _accepted(
            "valid-standard-secret-without-prefix",
            "The secret may come without its whsec_ prefix.",
            "standard", whole_second.headers(), whole_second.body,
            secret=STANDARD_SECRET[len("whsec_"):],
        ),
        _accepted(
            "valid-standard-secret-unpadded",
            "The secret may come without any padding.",
            "standard", whole_second.headers(), whole_second.body,
            secret=STANDARD_SECRET.rstrip("="),
        ),
        _accepted(
            "valid-standard-event-time-offset",
            "The event's time has an offset and a fraction; there is no data.",
            "standard", standard(body), body,
            event={"timestamp": 1699996400.25, "data": None},
        ),
        _accepted(
            "valid-standard-minimal",
            "An empty object is an event without type, time and data.",
            "standard", standard(b"{}"), b"{}",
            event={"id": MSG, "type": None, "timestamp": None, "data": None},
        ),
        _accepted(
            "valid-standard-other-headers",
            "Headers that the scheme does not name play no part, whatever they hold.",
            "standard",
            [("content-type", "application/json"), ("x-note", ""), ("x-note", "caf\u00e9")]
            + whole_second.headers(),
            whole_second.body,
        ),
        _accepted(
            "valid-svix-fallback",
            "Without svix-* headers the webhook-* ones are used.",
            "svix", standard(b'{"type":"ping"}'), b'{"type":"ping"}',
            gives={"id": MSG, "dedupe_key": f"svix:{MSG}"},
            event={"id": MSG, "type": "ping"},
        ),
        _accepted(
            "valid-svix-body-timestamp-unused",
            "Svix has no event time: a timestamp in the body is not looked at.",
            "svix", svix(b'{"type":"ping","timestamp":false}'),
            b'{"type":"ping","timestamp":false}',
            event={"timestamp": None},
        ),
    ]  # fmt: skip


def _provider_variants() -> List[Case]:
    form = b"payload=%7B%22zen%22%3A%22Keep+it+simple.%22%7D"
    bare = b'{"order":1}'
    interactive = b"payload=%7B%22type%22%3A%22block_actions%22%7D"
    challenge = b'{"token":"x","challenge":"3eZbrw1aB","type":"url_verification"}'
    no_id = b'{"type":"ping"}'
    number_id = b'{"id":-7,"type":"ping","timestamp":1699999000}'
    return [
        _accepted(
            "valid-github-form",
            "A webhook of content type form: the signature is over the form, and it is the data.",
            "github", github(form), form,
            event={"id": MSG, "type": "push", "data": form.decode("ascii")},
        ),
        _accepted(
            "valid-github-no-optional-headers",
            "The delivery and event headers are optional for the verdict.",
            "github", github(bare)[2:], bare,
            gives={"id": None, "dedupe_key": None},
            event={"id": None, "type": None, "dedupe_key": None},
        ),
        _accepted(
            "valid-stripe-secret-is-text",
            "Stripe's key is the text of the secret with its whsec_, not decoded.",
            "stripe", stripe(SAMPLES["stripe"].body, secret="whsec_AAAA"), SAMPLES["stripe"].body,
            secret="whsec_AAAA",
        ),
        _accepted(
            "valid-slack-interactive",
            "An interactive payload is a form with one field; it has no id and no type.",
            "slack", slack(interactive), interactive,
            event={"id": None, "type": None, "dedupe_key": None, "data": interactive.decode()},
        ),
        _accepted(
            "valid-slack-url-verification",
            "Without event.type the outer type is the event's type.",
            "slack", slack(challenge), challenge,
            event={"id": None, "type": "url_verification"},
        ),
        _accepted(
            "valid-shopify-no-optional-headers",
            "Without the optional headers there is no id, type or time.",
            "shopify", shopify(bare)[3:], bare,
            gives={"id": None, "dedupe_key": None},
            event={"id": None, "type": None, "timestamp": None},
        ),
        _accepted(
            "valid-sha256-id-in-header-only",
            "Without an id in the body the header names the event.",
            "sha256", plain_sha256(no_id), no_id,
            gives={"id": MSG, "dedupe_key": None},
            event={"id": MSG, "dedupe_key": f"sha256:{MSG}"},
        ),
        _accepted(
            "valid-sha256-no-id-anywhere",
            "The id is not required: it is null.",
            "sha256", plain_sha256(no_id)[1:], no_id,
            gives={"id": None}, event={"id": None, "dedupe_key": None},
        ),
        _accepted(
            "valid-sha256-integer-id",
            "An integer id is taken as it is written; the body's time is in seconds.",
            "sha256", plain_sha256(number_id), number_id,
            event={"id": "-7", "timestamp": 1699999000, "dedupe_key": "sha256:-7"},
        ),
        _accepted(
            "valid-github-secret-with-inner-spaces",
            "Spaces inside a text secret belong to it.",
            "github", github(bare, secret="a  b c"), bare, secret="a  b c",
        ),
        _accepted(
            "valid-github-secret-of-other-scripts",
            "A text secret is its UTF-8 bytes.",
            "github", github(bare, secret="\u79d8\u5bc6 \U0001f511"), bare,
            secret="\u79d8\u5bc6 \U0001f511",
        ),
        _accepted(
            "valid-github-secret-longer-than-block",
            "A secret of more than 64 bytes is hashed first, as RFC 2104 says.",
            "github", github(bare, secret=TEXT_SECRET * 4), bare, secret=TEXT_SECRET * 4,
        ),
    ]  # fmt: skip


def topic() -> Topic:
    cases = [
        _accepted(
            f"valid-{name}",
            f"A request as {name} sends it.",
            name,
            sample.headers(),
            sample.body,
            gives=_RESULTS[name],
            event=_EVENTS[name],
        )
        for name, sample in SAMPLES.items()
    ]
    return Topic(
        "verify-valid.json",
        "verify",
        "Requests that each registered scheme accepts, with the identity and the event in them.",
        cases + _standard_variants() + _provider_variants(),
    )
