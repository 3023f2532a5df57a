"""Handshakes: what is sent back before a provider delivers."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Optional
from urllib.parse import unquote_to_bytes

from reference.answer import json_answer, text_answer
from reference.json_text import parse_json
from reference.refusal import Refusal
from reference.secret import Key
from reference.signature import Kinds, candidates, mac

if TYPE_CHECKING:
    from reference.headers import RequestHeaders
    from reference.scheme import Scheme

_CHALLENGE = re.compile(r"[!-~]{1,1024}")
_CONFIRMATION_URL = re.compile(
    r"https://sns\.[a-zA-Z0-9-]{3,}\.amazonaws\.com(\.cn)?/[!-~]*"
)

_MAILERSEND_SECRET = b"test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G"

METHODS = {
    "meta-verification": "GET",
    "dropbox-challenge": "GET",
    "okta-verification": "GET",
    "get-probe": "GET",
    "head-probe": "HEAD",
}
"""Those of handshakes without a body."""

EVENT_HEADERS = {"twitch-callback-verification": "twitch-eventsub-message-type"}
"""Headers that are checked with those of an event."""


@dataclass(frozen=True)
class Reply:
    """The answer to a handshake, and what it hands over."""

    answer: Dict[str, Any]
    secret: Optional[str] = None
    confirmation_url: Optional[str] = None
    topic: Optional[str] = None

    @property
    def needs_consent(self) -> bool:
        return self.secret is not None or self.confirmation_url is not None

    def expected(self) -> Dict[str, Any]:
        """As cases state it."""
        return {
            "answer": self.answer, "needs_consent": self.needs_consent, "secret": self.secret,
            "confirmation_url": self.confirmation_url, "topic": self.topic,
        }  # fmt: skip


def is_challenge(text: str) -> bool:
    return _CHALLENGE.fullmatch(text) is not None


def is_confirmation_url(url: str) -> bool:
    return len(url) <= 2048 and _CONFIRMATION_URL.fullmatch(url) is not None


def proof(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("ascii"), hashlib.sha256).hexdigest()


def unsigned_reply(
    scheme: Scheme,
    keys: List[List[Key]],
    verify_token: Optional[str],
    method: Optional[str],
    url: Optional[str],
    headers: RequestHeaders,
    body: bytes,
) -> Optional[Reply]:
    """The reply to a handshake that is not signed, if this is one."""
    called, method = scheme.handshake, method or "POST"
    if called is None or method != METHODS.get(called, "POST"):
        return None
    query = (url or "").partition("?")[2].partition("#")[0]
    if called == "meta-verification":
        return Reply(text_answer(200, _meta(query, verify_token)))
    if called == "dropbox-challenge":
        return Reply(text_answer(200, _echo(_parameter(query, "challenge"))))
    if called == "okta-verification":
        challenge = _echo(_only(headers, "x-okta-verification-challenge"))
        name = scheme.header_sets[0].signature
        if not _knows_token(scheme, keys, _only(headers, name)):
            raise _refused()
        return Reply(json_answer(200, {"verification": challenge}, []))
    if called in ("head-probe", "get-probe"):
        return Reply(text_answer(200, ""))
    if called == "mailersend-test":
        signature = _only(headers, scheme.header_sets[0].signature)
        is_test = _text_field(body, "type") == "webhook.test"
        right = hmac.new(_MAILERSEND_SECRET, body, hashlib.sha256).hexdigest()
        return Reply(text_answer(200, "")) if is_test and signature == right else None
    if any(one.signature in headers for one in scheme.header_sets):
        return None
    if called == "asana-hook-secret" and "x-hook-secret" in headers:
        secret = _echo(_only(headers, "x-hook-secret"))
        return Reply(text_answer(200, "", [["x-hook-secret", secret]]), secret=secret)
    if called == "notion-verification-token":
        token = _text_field(body, "verification_token")
        if token is None or not is_challenge(token):
            return None
        return Reply(text_answer(200, ""), secret=token)
    return None


def _meta(query: str, verify_token: Optional[str]) -> str:
    """The challenge of Meta's handshake."""
    mode, token, challenge = (
        _parameter(query, name) for name in ("hub.mode", "hub.verify_token", "hub.challenge")
    )
    if mode != "subscribe" or token is None:
        raise _malformed()
    challenge = _echo(challenge)
    if token != verify_token:
        raise _refused()
    return challenge


def _text_field(body: bytes, wanted: str) -> Optional[str]:
    try:
        found = parse_json(body.decode("utf-8"))
    except (UnicodeDecodeError, Refusal):
        return None
    values = [value for name, value in found.members if name == wanted]
    if found.kind != "object" or len(values) != 1 or values[0].kind != "string":
        return None
    return None if values[0].holds_lone_surrogate() else values[0].text


def _knows_token(scheme: Scheme, keys: List[List[Key]], token: Optional[str]) -> bool:
    if token is None:
        return False
    try:
        tags = candidates(
            scheme, Kinds(tags=True, public=False), scheme.header_sets[0].signature, [token]
        ).tags
    except Refusal:
        return False
    return any(mac(scheme, key, b"") in tags for of_secret in keys for key in of_secret)


def _only(headers: RequestHeaders, name: str) -> Optional[str]:
    values = set(headers.instances(name))
    return values.pop() if len(values) == 1 else None


def _echo(text: Optional[str]) -> str:
    if text is None or not is_challenge(text):
        raise _malformed()
    return text


def _malformed() -> Refusal:
    return Refusal("malformed_handshake", "the handshake has no challenge that can be answered")


def _refused() -> Refusal:
    return Refusal("handshake_refused", "the handshake's token is not the one set for this endpoint, if one is set")


def _parameter(query: str, name: str) -> Optional[str]:
    """The one value of this name, read as a form."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    values = [_decode(value) for known, _, value in pairs if _decode(known) == name]
    return values[0] if len(values) == 1 else None


def _decode(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")
