"""What receivers answer before a provider delivers, and providers that want other answers."""

from __future__ import annotations

import json
from typing import Any, Dict, List

from casebook import Case
from deliveries import JSON_TYPE, case, request
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, b64, tag
from topics.signed_handshakes import hexadecimal, twitch, zoom

_ANY: Dict[str, Any] = {"secrets": [TEXT_SECRET], "handlers": {"*": "succeed"}}
_AGREES: Dict[str, Any] = {"agrees": True}
_BAD, _REFUSED, _METHOD = "malformed_handshake", "handshake_refused", "method_not_allowed"


def _of(scheme: Any, **more: Any) -> Dict[str, Any]:
    return {**_ANY, "scheme": scheme, **more}


def _sent(want: str, body: bytes, headers: Any, **more: Any) -> Any:
    return request(want, [*JSON_TYPE, *headers], body, **more)


def _bare(want: str, method: str, headers: Any = (), query: Any = None) -> Any:
    return request(want, list(headers), method=method, query=query)


def _signed() -> List[Case]:
    asked = b'{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
    challenge = b'{"challenge":"pogchamp-kappa","subscription":{"type":"channel.follow"}}'
    kind = "webhook_callback_verification"
    proof = tag(TEXT_SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw").hex()
    discord = {
        "name": "discord-like", "headers": {"signature": "x-signature"},
        "handshake": "discord-ping",
    }  # fmt: skip
    pings = (b'{"type":1,"version":1}', b'{"type":0,"version":1}')
    return [
        case("zoom-validation", "Signed, forged, stale, without its token.",
             [_sent("handshake", asked, zoom(asked), says=proof),
              _sent("signature_mismatch", asked, zoom(asked, TEXT_OTHER)),
              _sent("timestamp_too_old", asked, zoom(asked, at=NOW - 301)),
              _sent("missing_field", asked.replace(b"plain", b"other"),
                    zoom(asked.replace(b"plain", b"other")))], **_of("zoom")),
        case("twitch-verification", "Signed, forged, and a revocation, which is an event.",
             [_sent("handshake", challenge, twitch(challenge, kind)),
              _sent("signature_mismatch", challenge, twitch(challenge, kind, TEXT_OTHER)),
              _sent("handled", challenge, twitch(challenge, "revocation"))],
             [("*", "msg_2a9f", "channel.follow")], **_of("twitch")),
        case("discord-ping", "Of interactions and of events, and what is none.",
             [*(_sent("handshake", body, hexadecimal(body)) for body in pings),
              _sent("signature_mismatch", pings[0], [("X-Signature", "00" * 32)]),
              _sent("handled", b'{"type":2}', hexadecimal(b'{"type":2}'))],
             [("*", None, None)], **_of(discord)),
    ]  # fmt: skip


def _by_get() -> List[Case]:
    token = ("Authorization", TEXT_SECRET)
    name = "X-Okta-Verification-Challenge"
    probed = {"name": "probed", "headers": {"signature": "x-s"}, "handshake": "get-probe"}
    return [
        case("dropbox-challenge", "Sent back as plain text, and not if it is odd.",
             [_bare("handshake", "GET", query="challenge=abc%3Cb%3E"),
              _bare(_BAD, "GET", query="challenge=a%0d%0aSet-Cookie:b"), _bare(_BAD, "GET"),
              _bare(_METHOD, "HEAD", query="challenge=a")], **_of("dropbox")),
        case("okta-verification", "With the token, and not without.",
             [_bare("handshake", "GET", [token, (name, "mxHI2e9")]),
              _bare(_REFUSED, "GET", [(name, "mxHI2e9")]),
              _bare(_REFUSED, "GET", [("Authorization", TEXT_OTHER), (name, "a")]),
              _bare(_BAD, "GET", [token])], **_of("okta")),
        case("get-probe", "Answered with nothing.",
             [_bare("handshake", "GET", query="challenge=a"), _bare(_METHOD, "HEAD"),
              _sent("missing_header", b"{}", [])], **_of(probed)),
        case("head-probe", "Answered before a secret is looked at.",
             [_bare("handshake", "HEAD"), _bare(_METHOD, "GET"), _bare(_METHOD, "PUT"),
              _sent("missing_header", b"{}", [])], **_of("intercom")),
        case("head-probe-not-allowed", "But from an allowed address.",
             [_bare("address_not_allowed", "HEAD")], allow=["203.0.113.0/24"], **_of("intercom")),
    ]  # fmt: skip


def _handed_over() -> List[Case]:
    secret = [("X-Hook-Secret", "b537207f20cbfa02357cf448134da559")]
    event = b'{"events":[]}'
    delivered = [("X-Hook-Signature", tag(TEXT_SECRET.encode(), event).hex())]
    token = b'{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}'
    arn = "arn:aws:sns:us-west-2:123456789012:MyTopic"
    sns = {
        "name": "sns-like", "headers": {"signature": "x-signature"},
        "handshake": "sns-confirmation", "event_type": "body:Type",
    }  # fmt: skip

    def message(host: str, kind: str = "SubscriptionConfirmation") -> bytes:
        return json.dumps({"Type": kind, "TopicArn": arn, "SubscribeURL": f"https://{host}/"}).encode()

    ours, other = message("sns.us-west-2.amazonaws.com"), message("evil.example")
    unsubscribed = message("sns.us-west-2.amazonaws.com", "UnsubscribeConfirmation")
    return [
        case("asana-secret", "Sent back in its header, if the program agrees; deliveries go on.",
             [_sent("handshake", b"{}", secret), _bare("handshake", "POST", secret),
              _sent(_BAD, b"{}", [("X-Hook-Secret", "a b")]),
              _sent("handled", event, delivered), _sent("handled", event, secret + delivered)],
             [("*", None, None)] * 2, **_of("asana"), **_AGREES),
        case("asana-secret-unexpected", "Anybody can send one: without consent it is refused.",
             [_sent(_REFUSED, b"{}", secret), _sent("handled", event, delivered)],
             [("*", None, None)], **_of("asana")),
        case("notion-token", "Taken, if the program agrees.",
             [_sent("handshake", token, []), _sent("missing_header", b"{}", [])],
             **_of("notion"), **_AGREES),
        case("notion-token-unexpected", "Refused without its consent.",
             [_sent(_REFUSED, token, [])], **_of("notion")),
        case("sns-confirmation", "Signed and of Amazon, if the program agrees.",
             [_sent("handshake", ours, hexadecimal(ours)),
              _sent("malformed_field", other, hexadecimal(other)),
              _sent("signature_mismatch", ours, hexadecimal(other)),
              _sent("handled", unsubscribed, hexadecimal(unsubscribed))],
             [("*", None, "UnsubscribeConfirmation")], **_of(sns), **_AGREES),
        case("sns-confirmation-unexpected", "Of a topic that nobody here asked for.",
             [_sent(_REFUSED, ours, hexadecimal(ours))], **_of(sns)),
    ]  # fmt: skip


def _answers() -> List[Case]:
    intent = b'{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}'

    def signed(secret: str) -> Any:
        return [("X-Xero-Signature", b64(tag(secret.encode(), intent)))]

    passcode = {
        "name": "passcode", "headers": {"signature": "x-passcode"}, "algorithm": "token",
        "content": "", "answers": "described-400",
    }  # fmt: skip
    return [
        case("answers-empty", "Xero's intent to receive, and whatever else it may send.",
             [_sent("handled", intent, signed(TEXT_SECRET)),
              _sent("signature_mismatch", intent, signed(TEXT_OTHER)),
              _sent("missing_header", intent, []), _bare(_METHOD, "GET")],
             [("*", None, None)], **_of("xero")),
        case("answers-400", "A provider that wants 400 for a wrong passcode.",
             [_sent("handled", b"{}", [("X-Passcode", TEXT_SECRET)]),
              _sent("signature_mismatch", b"{}", [("X-Passcode", TEXT_OTHER)]),
              _sent("missing_header", b"{}", []), _bare(_METHOD, "GET")],
             [("*", None, None)], **_of(passcode)),
    ]  # fmt: skip


def cases() -> List[Case]:
    return _signed() + _by_get() + _handed_over() + _answers()
