"""Handshakes that come as signed events. Every signature and answer is stated by hand."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from casebook import Case, Topic, verify_case
from fixtures import MSG, NOW, TEXT_OTHER, TEXT_SECRET, Headers, tag

_TIME = "2023-11-14T22:13:20Z"
_MISSING, _BAD = "missing_field", "malformed_field"
_KEY = TEXT_SECRET.encode()
_TEXT, _JSON = "text/plain; charset=utf-8", "application/json"


def _reply(
    body: str,
    content_type: str = _TEXT,
    status: int = 200,
    confirmation_url: Optional[str] = None,
    topic: Optional[str] = None,
) -> Dict[str, Any]:
    headers = [
        ["content-type", content_type], ["cache-control", "no-store"],
        ["x-content-type-options", "nosniff"],
    ]  # fmt: skip
    return {
        "handshake": {
            "answer": {"status": status, "headers": headers, "body": body},
            "needs_consent": confirmation_url is not None, "secret": None,
            "confirmation_url": confirmation_url, "topic": topic,
        }
    }  # fmt: skip


def _case(
    called: str, about: str, event: Any, body: bytes, headers: Headers, **more: Any
) -> Case:
    fields: Any = {"secrets": [TEXT_SECRET], "now": NOW, "want": "accept", **more}
    says = fields.pop("says", None)
    return verify_case(f"handshake-{called}", about, fields.pop("want"), headers=headers,
                       body=body, event=event, event_says=says, **fields)  # fmt: skip


def _written(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def zoom(body: bytes, secret: str = TEXT_SECRET, at: int = NOW) -> Headers:
    content = f"v0:{at}:".encode() + body
    return [
        ("X-Zm-Request-Timestamp", str(at)),
        ("X-Zm-Signature", "v0=" + tag(secret.encode(), content).hex()),
    ]


def _zoom() -> List[Case]:
    def asked(token: object, event: str = "endpoint.url_validation") -> bytes:
        return _written({"payload": {"plainToken": token}, "event_ts": 1654503849680, "event": event})

    def answered(token: str, key: bytes = _KEY) -> Dict[str, Any]:
        proof = tag(key, token.encode()).hex()
        written = token.replace("\\", "\\\\").replace('"', '\\"')
        return _reply(f'{{"plainToken":"{written}","encryptedToken":"{proof}"}}', _JSON)

    def case(called: str, about: str, event: Any, body: bytes, **more: Any) -> Case:
        signed = more.pop("signed", zoom(body))
        return _case(f"zoom-{called}", about, event, body, signed, scheme="zoom", **more)

    plain = "qgg8vlvZRS6UYooatFL8Aw"
    other = zoom(asked(plain), TEXT_OTHER)
    odd = "is not 1 to 1024 visible ASCII characters"
    return [
        case("validation", "The token and its HMAC by the secret.", answered(plain), asked(plain)),
        case("second-secret", "By the secret that fits, which is not always the first.",
             answered(plain, TEXT_OTHER.encode()), asked(plain), signed=other,
             secrets=[TEXT_SECRET, TEXT_OTHER], gives={"key_index": 1}),
        case("escapes", "As JSON writes it.", answered('a"\\<b>'), asked('a"\\<b>')),
        case("longest", "1024 characters.", answered("t" * 1024), asked("t" * 1024)),
        case("too-long", "1025 characters.", _BAD, asked("t" * 1025), says=odd),
        case("space", "With a space.", _BAD, asked("a b"), says=odd),
        case("beyond-ascii", "Beyond ASCII.", _BAD, asked("\u00e9"), says=odd),
        case("number", "A number.", _BAD, asked(7), says="payload.plainToken is not a string"),
        case("none", "No token.", _MISSING, b'{"event":"endpoint.url_validation","payload":{}}',
             says="the payload has no payload.plainToken"),
        case("other-type", "Another event with such a field.", {"type": "meeting.started"},
             asked(plain, "meeting.started")),
        case("wrong-secret", "Signed by another, it gets no HMAC.", None, asked(plain),
             signed=other, want="signature_mismatch"),
        case("unsigned", "Nor without a signature.", None, asked(plain), signed=[],
             want="missing_header"),
        case("stale", "Nor replayed later.", None, asked(plain), signed=zoom(asked(plain), at=NOW - 301),
             want="timestamp_too_old"),
    ]  # fmt: skip


def twitch(body: bytes, kind: Optional[str], secret: str = TEXT_SECRET) -> Headers:
    content = f"{MSG}{_TIME}".encode() + body
    return [
        *([] if kind is None else [("Twitch-Eventsub-Message-Type", kind)]),
        ("Twitch-Eventsub-Message-Id", MSG),
        ("Twitch-Eventsub-Message-Timestamp", _TIME),
        ("Twitch-Eventsub-Subscription-Type", "channel.follow"),
        ("Twitch-Eventsub-Message-Signature", "sha256=" + tag(secret.encode(), content).hex()),
    ]


def _twitch() -> List[Case]:
    kind = "webhook_callback_verification"
    pending = {"id": "f1c2a387", "status": f"{kind}_pending", "type": "channel.follow"}

    def asked(challenge: object) -> bytes:
        return _written({"challenge": challenge, "subscription": pending})

    def case(called: str, about: str, event: Any, body: bytes, **more: Any) -> Case:
        signed = more.pop("signed", twitch(body, kind))
        return _case(f"twitch-{called}", about, event, body, signed, scheme="twitch", **more)

    published = "pogchamp-kappa-360noscope-vohiyo"
    body, no_challenge = asked(published), _written({"subscription": pending, "event": {}})
    twice: Headers = [*twitch(body, kind), ("Twitch-Eventsub-Message-Type", "notification")]
    return [
        case("verification", "The challenge, raw.", _reply(published), body),
        case("markup", "As plain text, so that it is no page.", _reply("<b>&"), asked("<b>&")),
        case("too-long", "1025 characters.", _BAD, asked("c" * 1025)),
        case("empty", "An empty one.", _BAD, asked("")),
        case("none", "None: who puts the header on a notification gets nothing back.", _MISSING,
             no_challenge, says="the payload has no challenge"),
        case("notification", "A notification.", {"type": "channel.follow"}, no_challenge,
             signed=twitch(no_challenge, "notification")),
        case("notification-challenge", "The header decides.", {"type": "channel.follow"}, body,
             signed=twitch(body, "notification")),
        case("revocation", "A revocation.", {"type": "channel.follow"}, body,
             signed=twitch(body, "revocation")),
        case("no-message-type", "Without the header it is an event.", {"type": "channel.follow"}, body,
             signed=twitch(body, None)),
        case("two-message-types", "Of two headers none is believed.", None, body, signed=twice,
             want="conflicting_header"),
        case("empty-message-type", "Nor one that says nothing.", None, body,
             signed=twitch(body, ""), want="malformed_header"),
        case("wrong-secret", "Signed by another.", None, body,
             signed=twitch(body, kind, TEXT_OTHER), want="signature_mismatch"),
    ]  # fmt: skip


def _described(called: str, **parts: Any) -> Dict[str, Any]:
    return {"name": called, "headers": {"signature": "x-signature"}, **parts}


def hexadecimal(body: bytes) -> Headers:
    return [("X-Signature", tag(_KEY, body).hex())]


def _discord() -> List[Case]:
    scheme = _described("discord-like", handshake="discord-ping", event_type="body:event.type")

    def case(called: str, about: str, event: Any, text: str) -> Case:
        body = text.encode()
        return _case(f"discord-{called}", about, event, body, hexadecimal(body), scheme=scheme)

    ping, none = _reply('{"type":1}', _JSON), {"type": None}
    return [
        case("interaction", "A ping of interactions.", ping,
             '{"id":"1","application_id":"2","type":1,"version":1,"token":"t"}'),
        case("event", "A ping of webhook events.", _reply("", status=204),
             '{"version":1,"application_id":"1234560123453231555","type":0}'),
        case("no-ping", "An event of webhook events.", {"type": "ENTITLEMENT_CREATE"},
             '{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}'),
        case("null-event", "An event that is null is none.", ping, '{"type":1,"event":null}'),
        case("command", "Another interaction.", none, '{"type":2}'),
        case("fraction", "Another number.", none, '{"type":1.0}'),
        case("string", "A string.", none, '{"type":"1"}'),
        case("absent", "No type.", none, '{"id":"1"}'),
        case("twice", "Two types.", _BAD, '{"type":2,"type":1}'),
    ]  # fmt: skip


def _sns() -> List[Case]:
    scheme = _described("sns-like", handshake="sns-confirmation", event_type="body:Type")
    arn = "arn:aws:sns:us-west-2:123456789012:MyTopic"
    query = f"?Action=ConfirmSubscription&TopicArn={arn}&Token=2336412f37"

    def message(url: object, kind: str = "SubscriptionConfirmation", topic: object = arn) -> bytes:
        return _written({"Type": kind, "TopicArn": topic, "SubscribeURL": url})

    def case(called: str, about: str, event: Any, body: bytes, **more: Any) -> Case:
        return _case(f"sns-{called}", about, event, body, hexadecimal(body), scheme=scheme, **more)

    def confirmed(called: str, about: str, url: str) -> Case:
        want = _reply("", confirmation_url=url, topic=arn)
        return case(called, about, want, message(url))

    def refused(called: str, about: str, url: object) -> Case:
        says = "the field SubscribeURL is not an HTTPS URL of Amazon SNS"
        return case(called, about, _BAD, message(url), says=says)

    home = "https://sns.us-west-2.amazonaws.com/"
    return [
        confirmed("confirmation", "The URL to GET, which is Amazon's.", home + query),
        confirmed("china", "In China.", "https://sns.cn-north-1.amazonaws.com.cn/" + query),
        confirmed("shortest-region", "A region of three.", "https://sns.abc.amazonaws.com/"),
        confirmed("longest", "2048 characters.", home + "?" + "a" * (2047 - len(home))),
        refused("too-long", "2049 characters.", home + "?" + "a" * (2048 - len(home))),
        refused("http", "Not encrypted.", "http://sns.us-west-2.amazonaws.com/" + query),
        refused("other-host", "Another host.", "https://sns.us-west-2.example.com/" + query),
        refused("host-before", "One that ends so.", "https://evil-sns.us-west-2.amazonaws.com/"),
        refused("host-behind", "One that begins so.",
                "https://sns.us-west-2.amazonaws.com.evil.com/" + query),
        refused("other-service", "Another service, where anybody can put a page.",
                "https://sns.us-west-2.s3.amazonaws.com/" + query),
        refused("no-region", "No region.", "https://sns.amazonaws.com/" + query),
        refused("short-region", "A region of two.", "https://sns.ab.amazonaws.com/"),
        refused("port", "With a port.", "https://sns.us-west-2.amazonaws.com:8443/" + query),
        refused("default-port", "Even the usual one.", "https://sns.us-west-2.amazonaws.com:443/"),
        refused("user", "With a user.", "https://sns.us-west-2.amazonaws.com@evil.com/" + query),
        refused("user-before", "With a user before it.",
                "https://a@sns.us-west-2.amazonaws.com/" + query),
        refused("backslash", "With a backslash.",
                "https://evil.com\\@sns.us-west-2.amazonaws.com/" + query),
        refused("no-path", "Without a path.", "https://sns.us-west-2.amazonaws.com" + query),
        refused("capitals", "A scheme in capitals.", "HTTPS://sns.us-west-2.amazonaws.com/"),
        refused("two-cn", "China twice.", "https://sns.cn-north-1.amazonaws.com.cn.cn/"),
        refused("space", "With a space.", home + "?a b"),
        refused("line-break", "With a line break.", home + "?a\r\nb"),
        refused("empty", "Empty.", ""),
        case("number", "A number.", _BAD, message(7), says="SubscribeURL is not a string"),
        case("no-url", "None.", _MISSING, message(None), says="the payload has no SubscribeURL"),
        case("no-topic", "No topic.", _MISSING, message(home, topic=None),
             says="the payload has no TopicArn"),
        case("odd-topic", "A topic with a space.", _BAD, message(home, topic="a b")),
        case("notification", "A notification.", {"type": "Notification"},
             message("https://evil.com/", "Notification")),
        case("unsubscribed", "Its URL would subscribe again: it is an event.",
             {"type": "UnsubscribeConfirmation"}, message(home + query, "UnsubscribeConfirmation")),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-handshakes.json",
        "verify",
        "Handshakes that are signed: what answers them, and what they hand over.",
        _zoom() + _twitch() + _discord() + _sns(),
    )
