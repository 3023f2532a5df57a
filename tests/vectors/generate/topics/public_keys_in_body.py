"""Amazon SNS: a signature in the body by a key whose URL is in it, too."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW, b64
from key_fixtures import EC_INFO, RSA_INFO, Signer, by_other_rsa, by_rsa, by_rsa_sha1, certificate

_TOPIC = "arn:aws:sns:us-east-2:123456789012:orders"
_OTHER_TOPIC = "arn:aws:sns:us-east-2:210987654321:orders"
_URL = "https://sns.us-east-2.amazonaws.com/SimpleNotificationService-7ff53184.pem"
_CERTIFICATE = certificate(RSA_INFO, "sns.amazonaws.com")
_SIGNED = (
    "Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
)  # fmt: skip
_NOTIFICATION = {
    "Type": "Notification", "MessageId": "m-1", "TopicArn": _TOPIC, "Subject": "A sale",
    "Message": '{"amount":"20 \u20ac"}\n', "Timestamp": "2023-11-14T22:13:20.000Z",
    "UnsubscribeURL": "https://sns.us-east-2.amazonaws.com/?Action=Unsubscribe",
}  # fmt: skip
_CONFIRMATION = {
    "Type": "SubscriptionConfirmation", "MessageId": "m-2", "Token": "2336412f37fb",
    "TopicArn": _TOPIC, "Message": "You have chosen to subscribe.",
    "SubscribeURL": "https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37fb",
    "Timestamp": "2023-11-14T22:13:20.000Z",
}  # fmt: skip
_MISMATCH, _MALFORMED = "signature_mismatch", "malformed_signature"


def _signed(
    message: Dict[str, Any], *, version: Any = "2", signer: Optional[Signer] = None,
    url: Optional[str] = _URL,
) -> Dict[str, Any]:  # fmt: skip
    lines = "".join(
        f"{field}\n{message[field]}\n" for field in _SIGNED if message.get(field) is not None
    )
    chosen = signer or (by_rsa_sha1 if version == "1" else by_rsa)
    whole = {**message, "SignatureVersion": version, "Signature": b64(chosen(lines.encode("utf-8")))}
    return whole if url is None else {**whole, "SigningCertURL": url}


def _sns(
    called: str, about: str, want: str, message: Optional[Dict[str, Any]] = None, *,
    body: Optional[bytes] = None, key: Optional[str] = _CERTIFICATE,
    secrets: Optional[List[str]] = None, now: int = NOW, **more: Any,
) -> Case:  # fmt: skip
    message = _signed(_NOTIFICATION) if message is None else message
    text = json.dumps(message, indent=2, ensure_ascii=False).encode("utf-8")
    return verify_case(
        f"sns-{called}", about, want, scheme="sns", secrets=secrets or [_TOPIC],
        headers=[("x-amz-sns-message-type", "Notification")], body=text if body is None else body,
        now=now, key=key, **more,
    )  # fmt: skip


def _messages() -> List[Case]:
    version_1 = _signed(_NOTIFICATION, version="1")
    no_subject = {name: value for name, value in _NOTIFICATION.items() if name != "Subject"}
    return [
        _sns("valid", "A message with SHA-256.", "accept",
             event={"id": "m-1", "type": "Notification", "timestamp": NOW, "dedupe_key": "sns:m-1",
                    "data": '"{\\"amount\\":\\"20 \u20ac\\"}\\n"'},
             gives={"id": None, "timestamp": NOW}),
        _sns("valid-sha1", "A message with SHA-1, which is what topics have unless told otherwise.",
             "accept", version_1),
        _sns("no-subject", "A message without a subject.", "accept", _signed(no_subject)),
        _sns("null-subject", "A subject that is null is not signed.", "accept",
             _signed({**_NOTIFICATION, "Subject": None})),
        _sns("empty-subject", "An empty subject is signed.", "accept",
             _signed({**_NOTIFICATION, "Subject": ""})),
        _sns("confirmation", "The question whether to subscribe.", "accept", _signed(_CONFIRMATION)),
        _sns("end", "That a subscription has ended has a token, too.", "accept",
             _signed({**_CONFIRMATION, "Type": "UnsubscribeConfirmation"})),
        _sns("needed", "The certificate was not fetched yet.", "key_needed", key=None,
             needs={"url": _URL, "key_id": None}),
        _sns("of-china", "A host of another partition.", "accept",
             _signed(_NOTIFICATION, url="https://sns.cn-north-1.amazonaws.com.cn/a.pem"),
             key=certificate(RSA_INFO, "sns.cn-north-1.amazonaws.com.cn")),
        _sns("second-topic", "One of two topics.", "accept", secrets=[_OTHER_TOPIC, _TOPIC],
             gives={"key_index": 1}),
        _sns("old", "An old message: SNS names no tolerance.", "accept", now=NOW + 9_999_999),
        _sns("stale", "An old message, where a tolerance is set.", "timestamp_too_old",
             now=NOW + 301, tolerance=(300, 300)),
    ]  # fmt: skip


def _forgeries() -> List[Case]:
    right = _signed(_NOTIFICATION)
    return [
        _sns("tampered-body", "Another message.", _MISMATCH, {**right, "Message": "other"}),
        _sns("tampered-header", "Another id.", _MISMATCH, {**right, "MessageId": "m-3"}),
        _sns("other-type", "A message made a question whether to subscribe.", _MISMATCH,
             {**right, "Type": "SubscriptionConfirmation"}),
        _sns("wrong-secret", "Another topic's message, rightly signed: no key is needed to refuse it.",
             "unexpected_sender", key=None, secrets=[_OTHER_TOPIC]),
        _sns("no-topic", "A message of no topic.", "unexpected_sender",
             _signed({**_NOTIFICATION, "TopicArn": None})),
        _sns("by-other-key", "Signed by another key than the certificate's.", _MISMATCH,
             _signed(_NOTIFICATION, signer=by_other_rsa)),
        _sns("other-version", "A version that says SHA-1 over a signature with SHA-256.", _MISMATCH,
             {**right, "SignatureVersion": "1"}),
        _sns("unknown-version", "A version that is not known.", "unsupported_signature",
             {**right, "SignatureVersion": "3"}),
        _sns("no-version", "No version.", "unsupported_signature",
             {name: value for name, value in right.items() if name != "SignatureVersion"}),
        _sns("malformed", "A signature that is no base64.", _MALFORMED,
             {**right, "Signature": "?"}, key=None),
        _sns("short", "A signature that is too short.", _MALFORMED,
             {**right, "Signature": b64(bytes(255))}, key=None),
        _sns("no-signature", "A message without a signature.", "missing_signature", _NOTIFICATION),
        _sns("raw", "A message that is delivered raw.", "missing_signature", body=b"hello", key=None),
        _sns("topic-twice", "Two topics.", _MALFORMED,
             body=json.dumps(right).replace("{", '{"TopicArn":"' + _OTHER_TOPIC + '",', 1).encode()),
        _sns("other-certificate", "A certificate of another name.", "untrusted_certificate",
             key=certificate(RSA_INFO, "sns.example.com")),
        _sns("other-key-type", "A certificate with a key of another type.", "malformed_key",
             key=certificate(EC_INFO, "sns.amazonaws.com")),
    ]  # fmt: skip


def _urls() -> List[Case]:
    refused = (
        ("http", "HTTP.", "http://sns.us-east-2.amazonaws.com/a.pem"),
        ("other-host", "Another host.", "https://internetbadguys.com/cert.pem"),
        ("bucket", "A bucket that anybody may have.", "https://sns.s3.eu.amazonaws.com/a.pem"),
        ("two-labels", "A host with a label more.", "https://sns.evil.us-east-2.amazonaws.com/a.pem"),
        ("not-pem", "Another ending.", "https://sns.us-east-2.amazonaws.com/a.key"),
        ("ending-in-query", "The ending in a query.", "https://sns.us-east-2.amazonaws.com/a?b.pem"),
        ("port", "A port.", "https://sns.us-east-2.amazonaws.com:444/a.pem"),
        ("user", "A name before another host.", "https://sns.us-east-2.amazonaws.com@evil.example/a.pem"),
    )  # fmt: skip
    return [
        *(
            _sns(f"url-{called}", about, "untrusted_key_url", _signed(_NOTIFICATION, url=url))
            for called, about, url in refused
        ),
        _sns("no-url", "No URL.", "untrusted_key_url", _signed(_NOTIFICATION, url=None)),
    ]


def topic() -> Topic:
    return Topic(
        "public-keys-in-body.json",
        "verify",
        "Signatures in the body by keys that are fetched: Amazon SNS.",
        [*_messages(), *_forgeries(), *_urls()],
    )
