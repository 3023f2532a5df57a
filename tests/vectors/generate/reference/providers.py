"""The registered schemes of providers, as their documentation and code have them."""

from __future__ import annotations

from typing import Any, Dict

_Description = Dict[str, Any]


def _family(*families: str, **more: Any) -> _Description:
    """Standard Webhooks, under these names of headers."""
    return {
        "headers": [
            {part: f"{family}-{part}" for part in ("signature", "id", "timestamp")}
            for family in families
        ],
        "prefix": "v1,", "separator": " ", "encoding": "base64", "key": "base64",
        "secret_prefix": "whsec_", "ed25519_prefix": "v1a,", "content": "{id}.{timestamp}.{body}",
        "event_id": "id",
        "event_type": "body:type", **more,
    }  # fmt: skip


def _body(header: str, **more: Any) -> _Description:
    """Lower-case hexadecimal over the body."""
    return {"headers": {"signature": header}, **more}


def _labelled(header: str, label: str, prefix: str, past: int, **more: Any) -> _Description:
    """`t=...,v1=...`; only old timestamps are refused."""
    return {
        "headers": {"signature": header}, "prefix": prefix, "separator": ",",
        "timestamp_label": label, "content": "{timestamp}.{body}",
        "tolerance": {"past": past, "future": None}, **more,
    }  # fmt: skip


def _timed(signature: str, timestamp: str, content: str, **more: Any) -> _Description:
    """A header for the time and one for the signature."""
    return {
        "headers": {"signature": signature, "timestamp": timestamp}, "content": content, **more,
    }  # fmt: skip


def _past(seconds: int) -> Dict[str, Any]:
    return {"tolerance": {"past": seconds, "future": None}}


_MS = {"timestamp_format": "milliseconds"}
_DATED = {"event_time_format": "rfc3339"}
_EITHER = {"event_time_format": "seconds-or-rfc3339"}
_IN_MS = {"event_time_format": "milliseconds"}
_BASE64 = {"encoding": "base64"}
_SHA256 = {"prefix": "sha256="}
_PROBED = {"handshake": "head-probe"}
_ID_TYPE = {"event_id": "body:id", "event_type": "body:type"}

STANDARD_FAMILY: Dict[str, _Description] = {
    "openai": _family(
        "webhook", key="base64-or-text", event_id="body:id", dedupe="id",
        event_time="body:created_at", data="data",
    ),
    "clerk": _family("svix", event_time="body:timestamp", data="data", **_IN_MS),
    "resend": _family("svix", event_time="body:created_at", data="data", **_DATED),
    "dodo-payments": _family("webhook", event_time="body:timestamp", data="data", **_DATED),
    "replicate": _family("webhook", event_type="body:status"),
    "fathom": _family("svix", "webhook", event_type=[]),
    "polar": _family(
        "webhook", key="base64-and-text", event_time="body:timestamp", data="data", **_DATED
    ),
    "gitlab": _family("webhook", event_type="header:x-gitlab-event"),
    "folk": _family(
        "webhook", event_id="body:id", dedupe="id", event_time="body:createdAt", data="data",
        **_DATED,
    ),
}  # fmt: skip

RAW_BODY: Dict[str, _Description] = {
    "bitbucket": _body(
        "x-hub-signature", event_id=["header:x-request-uuid", "header:x-request-id"],
        event_type="header:x-event-key", **_SHA256,
    ),
    "jira": _body(
        "x-hub-signature", event_id="header:x-atlassian-webhook-identifier",
        event_type="body:webhookEvent", event_time="body:timestamp", **_SHA256, **_IN_MS,
    ),
    "intercom": _body(
        "x-hub-signature", prefix="sha1=", algorithm="hmac-sha1", event_id="body:id",
        event_type="body:topic", event_time="body:created_at", data="data", **_PROBED,
    ),
    "notion": _body(
        "x-notion-signature", event_time="body:timestamp", handshake="notion-verification-token",
        **_ID_TYPE, **_SHA256, **_DATED,
    ),
    "woocommerce": _body(
        "x-wc-webhook-signature", payload="json-batch", event_type="header:x-wc-webhook-topic",
        **_BASE64,
    ),
    "line": _body("x-line-signature", **_BASE64),
    "xero": _body("x-xero-signature", answers="empty", **_BASE64),
    "typeform": _body(
        "typeform-signature", event_id="body:event_id", event_type="body:event_type",
        event_time="body:form_response.submitted_at", **_SHA256, **_BASE64, **_DATED,
    ),
    "docusign": _body(
        "x-docusign-signature-1", event_type="body:event", event_time="body:generatedDateTime",
        data="data", further_signatures=[f"x-docusign-signature-{n}" for n in range(2, 17)],
        **_BASE64, **_DATED,
    ),
    "sentry": {
        "headers": [{"signature": "sentry-hook-signature"}, {"signature": "sentry-app-signature"}],
        "event_id": "header:request-id", "event_type": "header:sentry-hook-resource",
        "event_time": "header:sentry-hook-timestamp", "data": "data",
    },
    "linear": _body(
        "linear-signature", timestamp_field="webhookTimestamp",
        tolerance={"past": 60, "future": 60}, event_id="header:linear-delivery",
        event_type="body:type", event_time="body:createdAt", data="data", **_MS, **_DATED,
    ),
    "razorpay": _body(
        "x-razorpay-signature", event_id="header:x-razorpay-event-id", event_type="body:event",
        event_time="body:created_at", data="payload",
    ),
    "paystack": _body(
        "x-paystack-signature", algorithm="hmac-sha512", event_type="body:event", data="data"
    ),
    "coinbase-commerce": _body(
        "x-cc-webhook-signature", event_id="body:event.id", event_type="body:event.type",
        event_time="body:event.created_at", data="event.data", **_DATED,
    ),
    "dropbox": _body("x-dropbox-signature", handshake="dropbox-challenge"),
    "pagerduty": _body(
        "x-pagerduty-signature", prefix="v1=", separator=",", event_id="body:event.id",
        event_type="body:event.event_type", event_time="body:event.occurred_at",
        data="event.data", **_DATED,
    ),
    "circleci": _body(
        "circleci-signature", prefix="v1=", separator=",", event_time="body:happened_at",
        **_ID_TYPE, **_DATED,
    ),
    "vercel": _body(
        "x-vercel-signature", algorithm="hmac-sha1", event_time="body:createdAt", data="payload",
        **_ID_TYPE, **_IN_MS,
    ),
    "asana": _body("x-hook-signature", handshake="asana-hook-secret"),
    "launchdarkly": _body(
        "x-ld-signature", event_id="body:_id", event_type="body:kind", event_time="body:date",
        **_IN_MS,
    ),
    "lemon-squeezy": _body(
        "x-signature", event_type="body:meta.event_name",
        event_time="body:data.attributes.updated_at", data="data", **_DATED,
    ),
    "cal-com": _body(
        "x-cal-signature-256", payload="json-or-form", event_type="body:triggerEvent",
        event_time="body:createdAt", data="payload", **_DATED,
    ),
    "attio": {
        "headers": [{"signature": "attio-signature"}, {"signature": "x-attio-signature"}],
        "event_id": "header:idempotency-key",
    },
    "checkr": _body("x-checkr-signature", event_time="body:created_at", data="data",
                    **_ID_TYPE, **_DATED),
    "mailersend": _body(
        "signature", event_id="body:data.id", event_type="body:type",
        event_time="body:created_at", data="data", handshake="mailersend-test", **_DATED,
    ),
    "doppler": _body(
        "x-doppler-signature", payload="json-batch", event_type="body:type", **_SHA256
    ),
    "cursor": _body(
        "x-webhook-signature", event_id="header:x-webhook-id", event_type="body:event",
        event_time="body:timestamp", **_SHA256, **_DATED,
    ),
    "adyen-header": _body("hmacsignature", key="hex", event_type="body:type", data="data",
                          **_BASE64),
    "grafana": _body("x-grafana-alerting-signature", event_type="body:status"),
}  # fmt: skip

TIMESTAMPED: Dict[str, _Description] = {
    "mux": _labelled("mux-signature", "t", "v1=", 300, event_time="body:created_at", data="data",
                     **_ID_TYPE, **_DATED),
    "calendly": _labelled(
        "calendly-webhook-signature", "t", "v1=", 180, event_type="body:event",
        event_time="body:created_at", data="payload", **_DATED,
    ),
    "workos": _labelled("workos-signature", "t", "v1=", 180, event_id="body:id",
                        event_type="body:event", data="data", separator=", ", **_MS),
    "sanity": {
        **_labelled("sanity-webhook-signature", "t", "v1=", 1800, encoding="base64url",
                    payload="json-batch", event_type="header:sanity-operation",
                    event_time="header:sanity-transaction-time", **_MS, **_DATED),
        "event_id": "header:idempotency-key", "tolerance": {"past": 1800, "future": 300},
    },
    "elevenlabs": _labelled("elevenlabs-signature", "t", "v0=", 1800, event_type="body:type",
                            event_time="body:event_timestamp", data="data", **_EITHER),
    "paddle": {
        **_labelled("paddle-signature", "ts", "h1=", 5, event_id="body:event_id",
                    event_type="body:event_type", event_time="body:occurred_at", data="data",
                    dedupe="body:notification_id", **_DATED),
        "separator": ";", "content": "{timestamp}:{body}",
    },
    "coinbase-cdp": {
        **_labelled("x-hook0-signature", "t", "v0=", 300,
                    event_id=["body:eventId", "body:eventID", "header:x-event-id"],
                    event_type=["body:eventType", "header:x-event-type"],
                    event_time="body:timestamp", **_DATED),
        "tolerance": {"past": 300, "future": 300},
    },
    "webflow": _timed("x-webflow-signature", "x-webflow-timestamp", "{timestamp}:{body}",
                      event_type="body:triggerType", data="payload", **_past(300), **_MS),
    "zoom": _timed("x-zm-signature", "x-zm-request-timestamp", "v0:{timestamp}:{body}",
                   prefix="v0=", event_type="body:event", event_time="body:event_ts",
                   data="payload", handshake="zoom-url-validation", **_IN_MS),
    "zendesk": _timed(
        "x-zendesk-webhook-signature", "x-zendesk-webhook-signature-timestamp",
        "{timestamp}{body}", timestamp_format="rfc3339", payload="json-or-form",
        event_id="header:x-zendesk-webhook-invocation-id", event_type="body:type",
        event_time="body:time", free_fields=True, **_BASE64, **_DATED,
    ),
    "twitch": {
        "headers": {
            "signature": "twitch-eventsub-message-signature",
            "id": "twitch-eventsub-message-id",
            "timestamp": "twitch-eventsub-message-timestamp",
        },
        "content": "{id}{timestamp}{body}", "timestamp_format": "rfc3339", "event_id": "id",
        "event_type": "header:twitch-eventsub-subscription-type",
        "event_time": "header:twitch-eventsub-message-timestamp", "data": "event",
        "handshake": "twitch-callback-verification",
        **_SHA256, **_past(600), **_DATED,
    },
    "hubspot-v3": _timed(
        "x-hubspot-signature-v3", "x-hubspot-request-timestamp", "{method}{url}{body}{timestamp}",
        url_form="partly-decoded", payload="json-batch", **_BASE64, **_past(300), **_MS,
    ),
    "hubspot-v1": _body("x-hubspot-signature", algorithm="plain-sha256", content="{secret}{body}",
                        payload="json-batch"),
    "hubspot-v2": _body(
        "x-hubspot-signature", algorithm="plain-sha256", content="{secret}{method}{url}{body}",
        payload="json-batch",
    ),
    "statsig": _timed("x-statsig-signature", "x-statsig-request-timestamp", "v0:{timestamp}:{body}",
                      prefix="v0=", payload="json-batch", **_MS),
    "cashfree": _timed("x-webhook-signature", "x-webhook-timestamp", "{timestamp}{body}",
                       event_id="header:x-idempotency-key", event_type="body:type", event_time="body:event_time", data="data",
                       **_BASE64, **_MS, **_DATED),
}  # fmt: skip

OF_URLS: Dict[str, _Description] = {
    "twilio": _body(
        "x-twilio-signature", algorithm="hmac-sha1", content="{url}{form}",
        url_form="either-port", body_digest_parameter="bodySHA256", payload="json-or-form",
        event_id="header:i-twilio-idempotency-token", **_BASE64,
    ),
    "twilio-shared-key": _body(
        "x-twilio-signature", content="{url}{form}", url_form="either-port",
        body_digest_parameter="bodySHA256", payload="json-or-form",
        event_id="header:i-twilio-idempotency-token", **_BASE64,
    ),
    "square": _body(
        "x-square-hmacsha256-signature", content="{url}{body}", event_id="body:event_id",
        event_type="body:type", event_time="body:created_at", data="data", **_BASE64, **_DATED,
    ),
    "trello": _body(
        "x-trello-webhook", algorithm="hmac-sha1", content="{body}{url}",
        event_id="body:action.id", event_type="body:action.type", event_time="body:action.date",
        data="action", **_BASE64, **_DATED, **_PROBED,
    ),
    "mandrill": _body("x-mandrill-signature", algorithm="hmac-sha1", content="{url}{form}",
                      payload="form", **_BASE64, **_PROBED),
}  # fmt: skip

_ADYEN_ITEM = "NotificationRequestItem"
_ADYEN_FIELDS = (
    "pspReference", "originalReference", "merchantAccountCode", "merchantReference",
    "amount.value", "amount.currency", "eventCode", "success",
)  # fmt: skip

IN_BODY: Dict[str, _Description] = {
    "mailgun": {
        "signature_field": "signature.signature", "timestamp_field": "signature.timestamp",
        "content": "{field:signature.timestamp}{field:signature.token}",
        "event_id": "body:event-data.id", "event_type": "body:event-data.event",
        "dedupe": "body:signature.token", "data": "event-data",
    },
    "adyen": {
        "signature_items": "notificationItems",
        "signature_field": f"{_ADYEN_ITEM}.additionalData.hmacSignature", "key": "hex",
        "content": ":".join(f"{{field:{_ADYEN_ITEM}.{field}}}" for field in _ADYEN_FIELDS),
        "event_type": f"body:{_ADYEN_ITEM}.eventCode",
        "dedupe": f"joined:{_ADYEN_ITEM}.pspReference,{_ADYEN_ITEM}.eventCode",
        **_BASE64,
    },
    "figma": {
        "signature_field": "passcode", "algorithm": "token", "content": "",
        "event_type": "body:event_type", "event_time": "body:timestamp",
        "answers": "described-400", **_DATED,
    },
    "unisender-go": {
        "signature_field": "auth", "algorithm": "plain-md5",
        "content": "{before_signature}{secret}{after_signature}", "event_type": "body:event_name",
        "handshake": "get-probe",
    },
}  # fmt: skip

_UNCHECKED = {"tolerance": {"past": None, "future": None}}
_PUBLIC = {"key": "public-key"}


def _jws(header: str, algorithms: str, claim: str, encoding: str, **more: Any) -> _Description:
    """A JSON Web Signature with a claim that is the SHA-256 of the body."""
    form = {"issuer": None, "timestamp_claim": None, **more.pop("says", {})}
    return {
        "headers": {"signature": header}, "algorithm": "jws", "content": "",
        "jws": {
            "algorithms": algorithms.split(), "digest_claim": claim, "digest_encoding": encoding,
            **form,
        },
        **more,
    }  # fmt: skip


PUBLIC_KEYS: Dict[str, _Description] = {
    "discord": _timed(
        "x-signature-ed25519", "x-signature-timestamp", "{timestamp}{body}", algorithm="ed25519",
        event_id="body:id", event_type="body:event.type", handshake="discord-ping", **_PUBLIC,
    ),
    "sendgrid": _timed(
        "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp",
        "{timestamp}{body}", algorithm="ecdsa-p256-sha256", payload="json-batch", **_PUBLIC,
        **_BASE64, **_UNCHECKED,
    ),
    "circle": _body(
        "x-circle-signature", algorithm="ecdsa-p256-sha256",
        key_source={"by_id": True, "named_by": "header:x-circle-key-id"}, handshake="head-probe",
        event_id="body:notificationId", event_type="body:notificationType",
        event_time="body:timestamp", **_PUBLIC, **_BASE64, **_DATED,
    ),
    "highlevel": _body(
        "x-ghl-signature", algorithm="ed25519", event_id="body:webhookId", event_type="body:type",
        event_time="body:timestamp", **_PUBLIC, **_BASE64, **_DATED,
    ),
    "highlevel-rsa": _body(
        "x-wh-signature", algorithm="rsa-pkcs1-sha256", event_id="body:webhookId",
        event_type="body:type", event_time="body:timestamp", **_PUBLIC, **_BASE64, **_DATED,
    ),
    "paypal": {
        "headers": {
            "signature": "paypal-transmission-sig", "id": "paypal-transmission-id",
            "timestamp": "paypal-transmission-time",
        },
        "algorithm": "rsa-pkcs1-sha256", "key": "identity",
        "key_source": {
            "named_by": "header:paypal-cert-url",
            "hosts": [
                "api.paypal.com", "api.sandbox.paypal.com", "api-m.paypal.com",
                "api-m.sandbox.paypal.com",
            ],
            "path": ("/v1/notifications/certs/", ""),
            "certificate": [
                "messageverificationcerts.paypal.com", "messageverificationcerts.*.paypal.com",
            ],
        },
        "content": "{id}|{timestamp}|{secret}|{crc32}", "timestamp_format": "rfc3339",
        "event_id": "body:id", "event_type": "body:event_type", "event_time": "body:create_time",
        "required": ["id", "type"], "data": "resource", **_BASE64, **_UNCHECKED, **_DATED,
    },
    "sns": {
        "headers": [], "signature_field": "Signature", "algorithm": "rsa-pkcs1-sha256",
        "rsa_version_field": "SignatureVersion", "key": "identity", "identity": "body:TopicArn",
        "key_source": {
            "named_by": "body:SigningCertURL",
            "hosts": ["sns.*.amazonaws.com", "sns.*.amazonaws.com.cn"],
            "path": ("/", ".pem"),
            "certificate": [
                "sns.amazonaws.com", "sns.*.amazonaws.com", "sns.amazonaws.com.cn",
                "sns.*.amazonaws.com.cn",
            ],
        },
        "content": "".join(
            f"{{line:{field}}}" for field in (
                "Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn",
                "Type",
            )
        ),
        "timestamp_field": "Timestamp", "timestamp_format": "rfc3339", "event_id": "body:MessageId",
        "event_type": "body:Type", "event_time": "body:Timestamp", "required": ["id", "type"],
        "data": "Message", "handshake": "sns-confirmation", **_BASE64, **_UNCHECKED, **_DATED,
    },
    "fal": {
        "headers": {
            "signature": "x-fal-webhook-signature", "id": "x-fal-webhook-request-id",
            "timestamp": "x-fal-webhook-timestamp",
        },
        "algorithm": "ed25519", "key": "identity",
        "key_source": {"published": "https://rest.fal.ai/.well-known/jwks.json"},
        "content": "{id}\n{secret}\n{timestamp}\n{sha256}", "event_id": "id",
        "event_type": "body:status", "data": "payload",
    },
    "plaid": _jws(
        "plaid-verification", "ES256", "request_body_sha256", "hex",
        says={"timestamp_claim": "iat"}, key_source={"by_id": True, "named_by": None},
        event_type="body:webhook_code", **_PUBLIC, **_past(300),
    ),
    "netlify": _jws(
        "x-webhook-signature", "HS256", "sha256", "hex", says={"issuer": "netlify"},
        event_id="body:id", event_type="body:state", event_time="body:updated_at", dedupe=[],
        **_DATED,
    ),
    "fusionauth": _jws(
        "x-fusionauth-signature-jwt", "HS256 HS512 RS256 ES256 EdDSA", "request_body_sha256",
        "base64", key="public-key-or-text", key_source={"by_id": True, "named_by": None},
        event_id="body:event.id", event_type="body:event.type",
        event_time="body:event.createInstant", data="event", **_IN_MS,
    ),
}  # fmt: skip

TOKENS: Dict[str, _Description] = {
    "gitlab-token": _body(
        "x-gitlab-token", algorithm="token", content="", event_id="header:idempotency-key",
        event_type="header:x-gitlab-event",
    ),
    "telegram": _body(
        "x-telegram-bot-api-secret-token", algorithm="token", content="",
        event_id="body:update_id",
    ),
    "okta": _body(
        "authorization", algorithm="token", content="", event_id="body:eventId",
        event_type="body:eventType", event_time="body:eventTime", data="data",
        handshake="okta-verification", **_DATED,
    ),
}  # fmt: skip

ALIASES = {
    "standard-webhooks": "standard",
    **dict.fromkeys(("facebook", "instagram", "messenger", "threads", "whatsapp"), "meta"),
    "github-enterprise": "github",
    "dodo": "dodo-payments",
    **dict.fromkeys(("bitbucket-cloud", "bitbucket-data-center", "bitbucket-server"), "bitbucket"),
    "jira-cloud": "jira",
    "docusign-connect": "docusign",
    "lemonsqueezy": "lemon-squeezy",
    "calcom": "cal-com",
    "paddle-billing": "paddle",
    "twitch-eventsub": "twitch",
    "hubspot": "hubspot-v3",
    "grafana-alerting": "grafana",
    "mailchimp-transactional": "mandrill",
    "unisender": "unisender-go",
    **dict.fromkeys(("gohighlevel", "ghl", "leadconnector"), "highlevel"),
    "fal-ai": "fal",
    **dict.fromkeys(("aws-sns", "amazon-sns"), "sns"),
}
PROVIDERS = {
    **STANDARD_FAMILY, **RAW_BODY, **TIMESTAMPED, **OF_URLS, **IN_BODY, **PUBLIC_KEYS, **TOKENS,
}  # fmt: skip
