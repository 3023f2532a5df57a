"""The libraries that install in little time."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import datetime, timezone
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import razorpay.utility
from Adyen.util import is_valid_hmac_payload
from discord_interactions import verify_key as verify_discord_key
from hubspot.utils.signature import Signature as HubSpotSignature
from linebot.webhook import SignatureValidator as LineValidator
from paddle_billing.Notifications.PaddleSignature import PaddleSignature
from paddle_billing.Notifications.Secret import Secret as PaddleSecret
from paddle_billing.Notifications.Verifier import Verifier as PaddleVerifier
from sendgrid.helpers.eventwebhook import EventWebhook as SendGridWebhook
from slack_sdk.signature import SignatureVerifier as SlackVerifier
from square.utils.webhooks_helper import verify_signature as verify_square
from standardwebhooks import Webhook as StandardWebhook
from stripe import WebhookSignature as StripeSignature
from twilio.request_validator import RequestValidator as TwilioValidator

from keys import (
    ed25519_pair, ed25519_public, ed25519_rewritten, ed25519_signature, p256_public, p256_rewritten, p256_signature,
)  # fmt: skip
from sample import (
    Request, Source, any_body, any_text, any_url, base64_secret, hex_secret, json_body, text_body, text_secret,
)  # fmt: skip
from sdk import BYTES, NO_AGE, NUMBER, PADDING, TIMES, TWICE, Difference, Sdk


def has_bom(request: Request) -> bool:
    return request.body.startswith(b"\xef\xbb\xbf")


STRIPE = Sdk(
    "stripe",
    "WebhookSignature.verify_header",
    Source(
        "stripe",
        "stripe-signature",
        timestamp="stripe-signature",
        separator=",",
        secret=lambda random: text_secret(random, "whsec_"),
        body=any_body,
        sign=lambda request, now: {
            "stripe-signature": StripeSignature.generate_signature_header(request.text, request.secret, now)
        },
    ),
    lambda request: StripeSignature.verify_header(
        request.body, request.header("stripe-signature"), request.secret, 300
    ),
    [
        BYTES,
        NUMBER,
        TIMES,
    ],
)


class Fields(dict[str, list[str]]):
    """The parameters of a form, as a framework has them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def form_body(random: Random) -> bytes:
    names = ["From", "To", "Body", "MediaUrl0", "é", "a b", "A", "a"]
    pairs = [(random.choice(names), any_text(random)) for _ in range(random.randint(0, 8))]
    if random.random() < 0.05:
        # Of which UTF-16 and code points have another order.
        pairs.extend([("a", "\ufffd"), ("a", "\U0001f9fe")])
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()


def twilio_url(random: Random, _: bytes) -> str:
    return any_url(random)


def twilio_json_url(random: Random, body: bytes) -> str:
    url = any_url(random)
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}bodySHA256={hashlib.sha256(body).hexdigest()}"


def fields_of(body: str) -> Fields:
    fields = Fields()
    for name, value in parse_qsl(body, keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    return fields


def verify_twilio(request: Request) -> Any:
    signature = request.header("x-twilio-signature")
    parameters = request.text if "bodySHA256" in request.url else fields_of(request.text)
    return TwilioValidator(request.secret).validate(request.url, parameters, signature)


def twilio_signature(request: Request, _: int) -> dict[str, str]:
    parameters = {} if "bodySHA256" in request.url else fields_of(request.text)
    signature = TwilioValidator(request.secret).compute_signature(request.url, parameters)
    return {"x-twilio-signature": signature}


TWILIO_FORM = Sdk(
    "twilio",
    "RequestValidator.validate, forms",
    Source(
        "twilio",
        "x-twilio-signature",
        secret=hex_secret,
        body=form_body,
        url=twilio_url,
        sign=twilio_signature,
    ),
    verify_twilio,
    [
        Difference(
            "it drops a question mark with nothing behind it, although that was signed",
            False,
            lambda request: request.url.endswith("?"),
        ),
    ],
)
TWILIO_JSON = Sdk(
    "twilio",
    "RequestValidator.validate, JSON",
    Source(
        "twilio",
        "x-twilio-signature",
        secret=hex_secret,
        body=json_body,
        url=twilio_json_url,
        sign=twilio_signature,
    ),
    verify_twilio,
)


def slack_signature(request: Request, now: int) -> dict[str, str]:
    signature = SlackVerifier(request.secret).generate_signature(timestamp=str(now), body=request.body)
    return {"x-slack-request-timestamp": str(now), "x-slack-signature": signature or ""}


SLACK = Sdk(
    "slack_sdk",
    "SignatureVerifier.is_valid_request",
    Source(
        "slack",
        "x-slack-signature",
        timestamp="x-slack-request-timestamp",
        body=text_body,
        sign=slack_signature,
    ),
    lambda request: SlackVerifier(request.secret).is_valid_request(request.body, request.headers),
)
SQUARE = Sdk(
    "squareup",
    "verify_signature",
    Source("square", "x-square-hmacsha256-signature", body=text_body),
    lambda request: verify_square(
        request_body=request.text,
        signature_header=request.header("x-square-hmacsha256-signature"),
        signature_key=request.secret,
        notification_url=request.url,
    ),
    [Difference("it refuses an empty body", False, lambda request: request.body == b"")],
)
LINE = Sdk(
    "line-bot-sdk",
    "SignatureValidator.validate",
    Source("line", "x-line-signature", body=text_body),
    lambda request: LineValidator(request.secret).validate(
        request.text, request.header("x-line-signature")
    ),
)
RAZORPAY = Sdk(
    "razorpay",
    "Utility.verify_webhook_signature",
    Source("razorpay", "x-razorpay-signature", body=text_body),
    lambda request: razorpay.utility.Utility().verify_webhook_signature(
        request.text, request.header("x-razorpay-signature"), request.secret
    ),
)
ADYEN = Sdk(
    "Adyen",
    "is_valid_hmac_payload",
    Source("adyen-header", "hmacsignature", secret=hex_secret, body=any_body),
    lambda request: is_valid_hmac_payload(
        request.header("hmacsignature"), request.secret, request.body
    ),
)


def hubspot(version: int, signature: str, timestamp: str | None = None) -> Sdk:
    def signed(request: Request, now: int) -> dict[str, str]:
        stamp = None if timestamp is None else str(now * 1000)
        value = HubSpotSignature.get_signature(
            request.secret, request.text, f"v{version}", request.url, request.method, stamp
        )
        return {signature: value} if timestamp is None else {signature: value, timestamp: str(stamp)}

    return Sdk(
        "hubspot-api-client",
        f"Signature.is_valid, v{version}",
        Source(f"hubspot-v{version}", signature, timestamp, body=text_body, sign=signed),
        lambda request: HubSpotSignature.is_valid(
            request.header(signature),
            request.secret,
            request.text,
            request.url,
            request.method,
            f"v{version}",
            None if timestamp is None else request.header(timestamp),
        ),
        )


HUBSPOT = [
    hubspot(1, "x-hubspot-signature"),
    hubspot(2, "x-hubspot-signature"),
    hubspot(3, "x-hubspot-signature-v3", "x-hubspot-request-timestamp"),
]


def paddle_signature(request: Request, now: int) -> dict[str, str]:
    value = PaddleSignature.calculate_hmac(request.secret, f"{now}:{request.text}".encode())
    return {"paddle-signature": f"ts={now};h1={value.hexdigest()}"}


@dataclass
class PaddleRequest:
    """What a framework gives, as Paddle's library wants it."""

    headers: dict[str, str]
    body: bytes


logging.disable()  # Paddle's library tells of each verdict.
PADDLE = Sdk(
    "paddle-python-sdk",
    "Verifier.verify",
    Source(
        "paddle",
        "paddle-signature",
        timestamp="paddle-signature",
        separator=";",
        secret=lambda random: text_secret(random, "pdl_ntfset_"),
        body=text_body,
        sign=paddle_signature,
    ),
    lambda request: PaddleVerifier().verify(
        PaddleRequest({"Paddle-Signature": request.header("paddle-signature")}, request.body),
        PaddleSecret(request.secret),
    ),
    [
        NUMBER,
        TWICE,
        Difference(
            "it refuses times ahead too, which Paddle's other libraries do not",
            False,
            lambda request: request.kind == "ahead",
        ),
    ],
)


def standard_signature(request: Request, now: int) -> dict[str, str]:
    time = datetime.fromtimestamp(now, timezone.utc)
    signature = StandardWebhook(request.secret).sign("msg_1", time, request.text)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": signature}


def verify_standard(request: Request) -> bool:
    StandardWebhook(request.secret).verify(request.body, request.headers, json_parse=False)
    return True


STANDARD = Sdk(
    "standardwebhooks",
    "Webhook.verify",
    Source(
        "standard",
        "webhook-signature",
        timestamp="webhook-timestamp",
        separator=" ",
        secret=base64_secret,
        body=any_body,
        sign=standard_signature,
    ),
    verify_standard,
    [
        BYTES,
        NUMBER,
        TWICE,
        PADDING,
    ],
)


def discord_signature(request: Request, now: int) -> dict[str, str]:
    signature = ed25519_signature(request.secret, str(now).encode() + request.body)
    return {"x-signature-ed25519": signature, "x-signature-timestamp": str(now)}


def verify_discord(request: Request) -> bool:
    signature = request.header("x-signature-ed25519")
    stamp = request.header("x-signature-timestamp")
    # It prints why it refuses.
    with contextlib.redirect_stdout(io.StringIO()):
        return verify_discord_key(request.body, signature, stamp, request.secret)


DISCORD = Sdk(
    "discord-interactions",
    "verify_key",
    Source(
        "discord",
        "x-signature-ed25519",
        timestamp="x-signature-timestamp",
        secret=ed25519_public,
        body=any_body,
        sign_otherwise=discord_signature,
        pair=ed25519_pair,
        rewritten=ed25519_rewritten,
    ),
    verify_discord,
    [
        NO_AGE,
        Difference(
            "its decoder of hexadecimal takes capitals, which Discord does not write",
            True,
            lambda request: request.kind == "signature: in the other case",
        ),
    ],
)


def sendgrid_signature(request: Request, now: int) -> dict[str, str]:
    signature = p256_signature(request.secret, str(now).encode() + request.body)
    return {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": str(now),
    }


SENDGRID = Sdk(
    "sendgrid",
    "EventWebhook.verify_signature",
    Source(
        "sendgrid",
        "x-twilio-email-event-webhook-signature",
        timestamp="x-twilio-email-event-webhook-timestamp",
        secret=p256_public,
        body=text_body,
        sign_otherwise=sendgrid_signature,
        rewritten=p256_rewritten,
    ),
    lambda request: SendGridWebhook(request.secret).verify_signature(
        request.text,
        request.header("x-twilio-email-event-webhook-signature"),
        request.header("x-twilio-email-event-webhook-timestamp"),
    ),
    [PADDING],
)

SDKS = [
    STRIPE, TWILIO_FORM, TWILIO_JSON, SLACK, SQUARE, LINE, RAZORPAY, ADYEN, *HUBSPOT, PADDLE, STANDARD,
    DISCORD, SENDGRID,
]  # fmt: skip
