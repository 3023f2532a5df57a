"""Why requests under public keys, and with signatures in the body, are refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any, List, Optional, Sequence, Tuple, Union

from casebook import Case, Headers
from explainbook import explain_case
from fixtures import MSG, NOW, TEXT_OTHER, TEXT_SECRET, b64, github, tag, with_value, without
from key_fixtures import (
    ED_KEY,
    ED_OTHER,
    RSA_INFO,
    WHPK,
    by_ecdsa_fixed,
    by_ed25519,
    by_rsa,
    certificate,
    p256_jwk,
    text_of,
    token,
)

PROVEN, LIKELY = "proven", "likely"
Want = Union[str, Sequence[Tuple[str, str]]]

_BODY = b'{"id":"1","type":2,"data":{"name":"blep"}}'
_SPACED = b'{"id": "1", "type": 2, "data": {"name": "blep"}}'
_CERTIFICATE = certificate(RSA_INFO, "messageverificationcerts.paypal.com")
_CERT_URL = "https://api.paypal.com/v1/notifications/certs/CERT-1"
_TOPIC = "arn:aws:sns:us-east-2:123456789012:orders"
_OTHER_TOPIC = "arn:aws:sns:us-east-2:210987654321:orders"


def _case(
    called: str, about: str, want: Want, scheme: Any, secrets: Sequence[str], headers: Headers,
    body: bytes, now: int = NOW, **more: Any,
) -> Case:  # fmt: skip
    return explain_case(
        f"explain-{called}", about, [(want, PROVEN)] if isinstance(want, str) else want,
        scheme=scheme, secrets=secrets, headers=headers, body=body, now=now, **more,
    )  # fmt: skip


def _discord(body: bytes) -> Headers:
    return [
        ("X-Signature-Timestamp", str(NOW)),
        ("X-Signature-Ed25519", by_ed25519(str(NOW).encode() + body).hex()),
    ]


def _public_keys() -> List[Case]:
    key, other = ED_KEY.hex(), ED_OTHER.hex()
    sent = _discord(_BODY)
    signature = "x-signature-ed25519"
    renamed = [(name.replace("X-Signature-Ed", "HTTP_X_SIGNATURE_ED"), value) for name, value in sent]
    standard = [
        ("webhook-id", MSG), ("webhook-timestamp", str(NOW)),
        ("webhook-signature", "v1a," + b64(by_ed25519(f"{MSG}.{NOW}.".encode() + _BODY))),
    ]  # fmt: skip
    by_key = "sha256=" + tag(key.encode(), _BODY).hex()

    def case(called: str, about: str, want: Want, headers: Headers = sent, body: bytes = _BODY,
             secret: str = key, **more: Any) -> Case:  # fmt: skip
        return _case(f"public-key-{called}", about, want, "discord", [secret], headers, body, **more)

    return [
        case("accepted", "A public key fits.", []),
        case("reserialised", "The body was written again.", "body_reserialised", body=_SPACED,
             gives={"layout": "compact", "escapes": "kept"}),
        case("newline", "A line break at the end.", "trailing_newline", body=_BODY + b"\n"),
        case("other-key", "Another key: it has no other forms.", [], secret=other),
        case("renamed", "A header under another name.", "header_renamed", renamed,
             gives={"header": signature, "found": "http_x_signature_ed25519",
                    "how": "prefix"}),
        case("dropped", "Without the signature.", "header_dropped", without(sent, signature),
             gives={"header": signature}),
        case("malformed", "A signature in base64.", [],
             with_value(sent, signature, b64(by_ed25519(str(NOW).encode() + _BODY)))),
        case("stale", "An old request, where a tolerance is set.", "clock_skew", now=NOW + 301,
             tolerance=(300, 300), gives={"seconds": 301, "tolerance": 300, "direction": "past"}),
        case("reserialised-stale", "Two at once.",
             [("body_reserialised", PROVEN), ("clock_skew", PROVEN)], body=_SPACED,
             now=NOW + 301, tolerance=(300, 300)),
        case("is-no-secret", "Anybody can key a hash with a public key: it proves nothing.",
             [("other_scheme", LIKELY)], [("X-Hub-Signature-256", by_key)],
             gives={"scheme": "github"}),
        _case("public-key-other-scheme", "Discord's headers at another scheme's endpoint.",
              [("other_scheme", LIKELY)], "github", [TEXT_SECRET], sent, _BODY,
              gives={"scheme": "discord"}),
        _case("public-key-of-other-scheme", "A key that fits the scheme of the headers.",
              [("other_scheme", PROVEN)], "highlevel", [WHPK], sent, _BODY,
              gives={"scheme": "discord", "secret": 0}),
        _case("public-key-beside-secrets", "The key of Standard Webhooks, and a body that was written again.",
              "body_reserialised", "standard", [WHPK], standard, _SPACED),
        _case("public-key-other-version", "A signature by the shared secret, where the key is public.",
              [], "standard", [WHPK],
              with_value(standard, "webhook-signature", "v1," + b64(bytes(32))), _BODY),
    ]  # fmt: skip


def _fetched_keys() -> List[Case]:
    time = "2023-11-14T22:13:20Z"

    def paypal(body: bytes) -> Headers:
        # The CRC-32 of the body, as PayPal signs it.
        content = f"t-1|{time}|W1|{binascii.crc32(body)}".encode()
        return [
            ("PAYPAL-TRANSMISSION-ID", "t-1"), ("PAYPAL-TRANSMISSION-TIME", time),
            ("PAYPAL-TRANSMISSION-SIG", b64(by_rsa(content))), ("PAYPAL-CERT-URL", _CERT_URL),
        ]  # fmt: skip

    def case(called: str, about: str, want: Want, headers: Headers = paypal(_BODY),
             key: Optional[str] = _CERTIFICATE, body: bytes = _BODY, secret: str = "W1",
             **more: Any) -> Case:  # fmt: skip
        return _case(f"fetched-{called}", about, want, "paypal", [secret], headers, body, key=key,
                     **more)  # fmt: skip

    locator = "paypal-cert-url"
    return [
        case("accepted", "With the certificate.", []),
        case("needed", "Without the certificate.", "key_needed", key=None),
        case("reserialised", "The body was written again.", "body_reserialised", body=_SPACED),
        case("other-webhook", "Another webhook's id: it has no other forms.", [], secret="W2"),
        case("no-url", "The header that says where the certificate is was dropped.",
             "header_dropped", without(paypal(_BODY), locator), gives={"header": locator}),
        case("url-renamed", "That header has another name.", "header_renamed",
             [(name.replace("-", "_"), value) if "CERT" in name else (name, value)
              for name, value in paypal(_BODY)],
             gives={"header": locator, "found": "paypal_cert_url", "how": "underscores"}),
        case("url-renamed-needed", "That header has another name, and no key was fetched.",
             [("header_renamed", LIKELY)],
             [(name.replace("-", "_"), value) if "CERT" in name else (name, value)
              for name, value in paypal(_BODY)], key=None),
    ]  # fmt: skip


def _web_signatures() -> List[Case]:
    kid = "6c5516e1-92dc-479e-a8ff-5a51992e0001"
    jwk = text_of(p256_jwk(kid=kid, use="sig", alg="ES256"))
    claims = {"iat": NOW, "request_body_sha256": hashlib.sha256(_BODY).hexdigest()}
    value = token({"alg": "ES256", "kid": kid, "typ": "JWT"}, claims, by_ecdsa_fixed)

    def case(called: str, about: str, want: Want, text: str = value, body: bytes = _BODY,
             secrets: Sequence[str] = (jwk,), **more: Any) -> Case:  # fmt: skip
        return _case(f"jws-{called}", about, want, "plaid", secrets, [("Plaid-Verification", text)],
                     body, **more)  # fmt: skip

    return [
        case("accepted", "A JSON Web Signature fits.", []),
        case("needed", "Its key was not fetched.", "key_needed", secrets=[]),
        case("reserialised", "The body was written again.", "body_reserialised", body=_SPACED),
        case("stale", "It was made long ago.", [("clock_skew", PROVEN), ("time_zone", LIKELY)],
             now=NOW + 3600),
        case("malformed", "What is none.", [], text="a.b"),
        _case("jws-dropped", "Without it.", "header_dropped", "plaid", [jwk], [], _BODY),
    ]  # fmt: skip


def _in_body() -> List[Case]:
    key, code = TEXT_SECRET, "0123456789abcdef"
    proof = {
        "token": code, "timestamp": str(NOW),
        "signature": tag(key.encode(), f"{NOW}{code}".encode()).hex(),
    }  # fmt: skip
    body = json.dumps({"signature": proof, "event-data": {"id": "e1"}}).encode()

    def mailgun(called: str, about: str, want: Want, body: bytes = body, secret: str = key,
                headers: Headers = (), **more: Any) -> Case:  # fmt: skip
        return _case(f"in-body-{called}", about, want, "mailgun", [secret], list(headers), body,
                     **more)  # fmt: skip

    message = {
        "Type": "Notification", "MessageId": "m-1", "TopicArn": _TOPIC, "Message": "hello",
        "Timestamp": "2023-11-14T22:13:20.000Z", "SignatureVersion": "2",
        "SigningCertURL": "https://sns.us-east-2.amazonaws.com/SimpleNotificationService-1.pem",
    }  # fmt: skip
    fields = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")
    lines = "".join(f"{field}\n{message[field]}\n" for field in fields)
    message["Signature"] = b64(by_rsa(lines.encode()))
    notification = json.dumps(message).encode()
    of_sns = certificate(RSA_INFO, "sns.amazonaws.com")

    def sns(called: str, about: str, want: Want, key: Optional[str] = of_sns,
            secret: str = _TOPIC, body: bytes = notification) -> Case:  # fmt: skip
        return _case(f"sns-{called}", about, want, "sns", [secret], [], body, key=key)

    return [
        mailgun("accepted", "A signature in the body fits.", []),
        mailgun("wrong-secret", "Another secret.", [], secret=TEXT_OTHER),
        mailgun("secret-form", "The secret is in quotes.", "secret_form", secret=f'"{key}"',
                gives={"secret": 0, "form": "without_quotes"}),
        mailgun("stale", "An old delivery.", "clock_skew", now=NOW + 301),
        mailgun("base64", "The body is in base64.", "body_is_base64", body=base64.b64encode(body)),
        mailgun("json-string", "The body is a JSON string.", "body_is_json_string",
                body=json.dumps(body.decode()).encode()),
        mailgun("empty", "No body.", [("body_empty", LIKELY)], body=b""),
        mailgun("absent", "A body without a signature.", [], body=b"{}"),
        mailgun("other-scheme", "A request of another scheme, which the secret fits.",
                "other_scheme", body=_BODY, headers=github(_BODY),
                gives={"scheme": "github", "secret": 0}),
        sns("accepted", "A signature by a certificate fits.", []),
        sns("needed", "The certificate was not fetched.", "key_needed", key=None),
        sns("other-topic", "A topic that is not expected.", "unexpected_sender", secret=_OTHER_TOPIC),
        sns("changed", "Another message.", [], body=notification.replace(b"hello", b"hallo")),
    ]  # fmt: skip


def cases() -> List[Case]:
    return [*_public_keys(), *_fetched_keys(), *_web_signatures(), *_in_body()]
