"""Requests of every registered scheme, signed by hand: no part of the reference is used here."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

Headers = List[Tuple[str, str]]

NOW = 1_700_000_000
"""2023-11-14T22:13:20Z"""
MSG = "msg_2a9f"

STANDARD_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
STANDARD_OTHER = "whsec_8PHy8/T19vf4+fr7/P3+/w=="
STANDARD_THIRD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXT_SECRET = "It's a Secret to Everybody"
TEXT_OTHER = "not the secret of this endpoint"
TEXT_THIRD = "the secret before the last rotation"
STRIPE_SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"
STRIPE_OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def tag(key: bytes, content: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(key, content, getattr(hashlib, algorithm)).digest()


def whsec(secret: str) -> bytes:
    """The key of a canonical whsec_ secret."""
    return base64.b64decode(secret[len("whsec_") :])


def v1(body: bytes, *, secret: str = STANDARD_SECRET, msg: str = MSG, at: object = NOW) -> str:
    """A Standard Webhooks entry."""
    content = f"{msg}.{at}.".encode() + body
    return "v1," + b64(tag(whsec(secret), content))


def standard(
    body: bytes,
    *,
    secret: str = STANDARD_SECRET,
    msg: str = MSG,
    at: object = NOW,
    family: str = "webhook",
) -> Headers:
    return [
        (f"{family}-id", msg),
        (f"{family}-timestamp", str(at)),
        (f"{family}-signature", v1(body, secret=secret, msg=msg, at=at)),
    ]


def svix(
    body: bytes, *, secret: str = STANDARD_SECRET, msg: str = MSG, at: object = NOW
) -> Headers:
    return standard(body, secret=secret, msg=msg, at=at, family="svix")


def sha256_equals(body: bytes, secret: str = TEXT_SECRET) -> str:
    """The entry of GitHub and of the plain scheme."""
    return "sha256=" + tag(secret.encode("utf-8"), body).hex()


def github(body: bytes, *, secret: str = TEXT_SECRET, msg: str = MSG, at: object = NOW) -> Headers:
    return [
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", msg),
        ("X-Hub-Signature-256", sha256_equals(body, secret)),
    ]


def stripe_v1(body: bytes, *, secret: str = STRIPE_SECRET, at: object = NOW) -> str:
    return "v1=" + tag(secret.encode("utf-8"), f"{at}.".encode() + body).hex()


def stripe(
    body: bytes, *, secret: str = STRIPE_SECRET, msg: str = MSG, at: object = NOW
) -> Headers:
    return [("Stripe-Signature", f"t={at},{stripe_v1(body, secret=secret, at=at)}")]


def slack(body: bytes, *, secret: str = TEXT_SECRET, msg: str = MSG, at: object = NOW) -> Headers:
    content = f"v0:{at}:".encode() + body
    return [
        ("X-Slack-Request-Timestamp", str(at)),
        ("X-Slack-Signature", "v0=" + tag(secret.encode("utf-8"), content).hex()),
    ]


def shopify(body: bytes, *, secret: str = TEXT_SECRET, msg: str = MSG, at: object = NOW) -> Headers:
    return [
        ("X-Shopify-Topic", "orders/create"),
        ("X-Shopify-Webhook-Id", msg),
        ("X-Shopify-Triggered-At", "2023-11-14T22:13:20.5Z"),
        ("X-Shopify-Hmac-Sha256", b64(tag(secret.encode("utf-8"), body))),
    ]


def meta(body: bytes, *, secret: str = TEXT_SECRET, msg: str = MSG, at: object = NOW) -> Headers:
    return [("X-Hub-Signature-256", sha256_equals(body, secret))]


def plain_sha256(
    body: bytes, *, secret: str = TEXT_SECRET, msg: str = MSG, at: object = NOW
) -> Headers:
    return [("X-Webhook-Event-Id", msg), ("X-Webhook-Signature", sha256_equals(body, secret))]


class Sample(NamedTuple):
    """One registered scheme, with a request that it accepts."""

    scheme: str
    secret: str
    other_secret: str
    third_secret: str
    body: bytes
    signed: Callable[..., Headers]
    signature_header: str
    id_header: Optional[str] = None
    timestamp_header: Optional[str] = None

    def headers(self) -> Headers:
        return self.signed(self.body, secret=self.secret)


_EVENT = b'{"id":"evt_1","type":"invoice.paid","data":{"amount":1999}}'
_TIMED = b'{"type":"invoice.paid","timestamp":"2023-11-14T22:13:20Z","data":{"amount":1999}}'
_STRIPE = (
    b'{"id":"evt_1","object":"event","type":"invoice.paid","created":1699999990,'
    b'"data":{"object":{"amount":1999}}}'
)
_SLACK = (
    b'{"type":"event_callback","event":{"type":"app_mention","text":"hi"},'
    b'"event_id":"Ev0PV52K21","event_time":1699999999}'
)

_META = b'{"object":"page","entry":[{"id":"1","time":1699999999,"changes":[]}]}'

SAMPLES: Dict[str, Sample] = {
    sample.scheme: sample
    for sample in (
        Sample(
            "standard", STANDARD_SECRET, STANDARD_OTHER, STANDARD_THIRD, _TIMED, standard,
            "webhook-signature", "webhook-id", "webhook-timestamp",
        ),
        Sample(
            "svix", STANDARD_SECRET, STANDARD_OTHER, STANDARD_THIRD, _EVENT, svix,
            "svix-signature", "svix-id", "svix-timestamp",
        ),
        Sample(
            "github", TEXT_SECRET, TEXT_OTHER, TEXT_THIRD, b'{"zen":"Keep it simple."}', github,
            "x-hub-signature-256",
        ),
        Sample(
            "stripe", STRIPE_SECRET, STRIPE_OTHER, TEXT_THIRD, _STRIPE, stripe, "stripe-signature"
        ),
        Sample(
            "slack", TEXT_SECRET, TEXT_OTHER, TEXT_THIRD, _SLACK, slack,
            "x-slack-signature", None, "x-slack-request-timestamp",
        ),
        Sample(
            "shopify", TEXT_SECRET, TEXT_OTHER, TEXT_THIRD, b'{"id":820982911946154508}', shopify,
            "x-shopify-hmac-sha256",
        ),
        Sample(
            "meta", TEXT_SECRET, TEXT_OTHER, TEXT_THIRD, _META, meta, "x-hub-signature-256",
        ),
        Sample(
            "sha256", TEXT_SECRET, TEXT_OTHER, TEXT_THIRD, _EVENT, plain_sha256,
            "x-webhook-signature",
        ),
    )
}  # fmt: skip
TIMED = ("standard", "svix", "stripe", "slack")


def value_of(headers: Headers, name: str) -> str:
    return next(value for key, value in headers if key.lower() == name)


def without(headers: Headers, name: str) -> Headers:
    return [(key, value) for key, value in headers if key.lower() != name]


def with_value(headers: Headers, name: str, value: str) -> Headers:
    """Every instance of `name` replaced."""
    return [(key, value if key.lower() == name else old) for key, old in headers]


def mapped(headers: Headers, name: str, change: Callable[[str], str]) -> Headers:
    return with_value(headers, name, change(value_of(headers, name)))
