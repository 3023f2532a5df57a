"""The libraries that bring many others, which takes minutes to install."""

from __future__ import annotations

from datetime import datetime, timezone
from random import Random

from cashfree_pg.api_client import Cashfree
from elevenlabs.client import ElevenLabs
from linebot.v3.webhook import SignatureValidator as LineValidator
from openai import OpenAI
from svix import Webhook as SvixWebhook
from workos.webhooks._verification import verify_header as verify_workos_header

from sample import Request, Source, any_body, base64_secret, json_body, text_body, text_secret
from sdk import BYTES, NO_AGE, NUMBER, PADDING, TIMES, TWICE, Difference, Sdk


def svix_signature(request: Request, now: int) -> dict[str, str]:
    time = datetime.fromtimestamp(now, timezone.utc)
    signature = SvixWebhook(request.secret).sign("msg_1", time, request.text)
    return {"svix-id": "msg_1", "svix-timestamp": str(now), "svix-signature": signature}


def verify_svix(request: Request) -> bool:
    SvixWebhook(request.secret).verify(request.body, request.headers)
    return True


SVIX = Sdk(
    "svix",
    "Webhook.verify",
    Source(
        "svix",
        "svix-signature",
        timestamp="svix-timestamp",
        separator=" ",
        secret=base64_secret,
        body=any_body,
        sign=svix_signature,
    ),
    verify_svix,
    [BYTES, NUMBER, PADDING, TWICE],
)


def openai_secret(random: Random) -> str:
    return base64_secret(random) if random.random() < 0.7 else text_secret(random)


OPENAI_CLIENT = OpenAI(api_key="unused")


def verify_openai(request: Request) -> bool:
    OPENAI_CLIENT.webhooks.verify_signature(request.body, request.headers, secret=request.secret)
    return True


OPENAI = Sdk(
    "openai",
    "webhooks.verify_signature",
    Source(
        "openai",
        "webhook-signature",
        timestamp="webhook-timestamp",
        separator=" ",
        secret=openai_secret,
        body=any_body,
    ),
    verify_openai,
    [
        BYTES,
        Difference(
            "it takes a signature that does not say its version",
            True,
            lambda request: request.kind == "signature: without its prefix",
        ),
    ],
)


def verify_workos(request: Request) -> bool:
    verify_workos_header(
        event_body=request.body,
        event_signature=request.header("workos-signature"),
        secret=request.secret,
    )
    return True


WORKOS = Sdk(
    "workos",
    "webhooks.verify_header",
    Source(
        "workos",
        "workos-signature",
        timestamp="workos-signature",
        separator=",",
        body=any_body,
    ),
    verify_workos,
    [
        BYTES,
        Difference(
            "it refuses times ahead too, which WorkOS's JavaScript library does not",
            False,
            lambda request: request.kind == "ahead",
        ),
        Difference(
            "it wants one signature in the header, where we find the one that fits",
            False,
            lambda request: request.kind in {"signature: another before", "signature: another after"},
        ),
        Difference(
            "it does not look at the version of a signature",
            True,
            lambda request: request.kind == "signature: of another version",
        ),
    ],
)
ELEVENLABS_CLIENT = ElevenLabs(api_key="unused")


def verify_elevenlabs(request: Request) -> bool:
    signature = request.header("elevenlabs-signature")
    ELEVENLABS_CLIENT.webhooks.construct_event(request.text, signature, request.secret)
    return True


ELEVENLABS = Sdk(
    "elevenlabs",
    "webhooks.construct_event",
    Source(
        "elevenlabs",
        "elevenlabs-signature",
        timestamp="elevenlabs-signature",
        separator=",",
        secret=lambda random: text_secret(random, "wsec_"),
        body=json_body,
    ),
    verify_elevenlabs,
    [
        TIMES,
        Difference(
            "it looks at the last signature only, where we find the one that fits",
            False,
            lambda request: request.kind == "signature: another after",
        ),
    ],
)


def cashfree_body(random: Random) -> bytes:
    # Its verdict is of the event, which has a type.
    return json_body(random, type="PAYMENT_SUCCESS_WEBHOOK")


def verify_cashfree(request: Request) -> bool:
    client = Cashfree(Cashfree.SANDBOX, XClientSecret=request.secret)
    stamp = request.header("x-webhook-timestamp")
    client.PGVerifyWebhookSignature(request.header("x-webhook-signature"), request.text, stamp)
    return True


CASHFREE = Sdk(
    "cashfree_pg",
    "Cashfree.PGVerifyWebhookSignature",
    Source(
        "cashfree", "x-webhook-signature", timestamp="x-webhook-timestamp", body=cashfree_body
    ),
    verify_cashfree,
    [NO_AGE],
)
LINE = Sdk(
    "line-bot-sdk",
    "v3 SignatureValidator.validate",
    Source("line", "x-line-signature", body=text_body),
    lambda request: LineValidator(request.secret).validate(
        request.text, request.header("x-line-signature")
    ),
)

SDKS = [SVIX, OPENAI, WORKOS, ELEVENLABS, CASHFREE, LINE]
