"""Handshakes that are not signed."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, List, Optional

from casebook import Case, Topic
from guardbook import handshake_case

_MODE, _TOKEN, _CHALLENGE = (
    "hub.mode=subscribe", "hub.verify_token=meatyhamhock", "hub.challenge=1158201444",
)  # fmt: skip
_MAILERSEND = "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G"
ALL_PARAMETERS = "&".join((_MODE, _CHALLENGE, _TOKEN))


def _case(called: str, about: str, want: str, query: str, **more: Any) -> Case:
    fields: Any = {"verify_token": "meatyhamhock", **more}
    return handshake_case(f"handshake-{called}", about, want, query=query, **fields)


def _malformed(called: str, about: str, *parameters: str) -> Case:
    return _case(called, about, "malformed_handshake", "&".join(parameters))


def _meta() -> List[Case]:
    refused = "handshake_refused"
    return [
        _case("published", "As Meta's documentation shows it.", "1158201444", ALL_PARAMETERS),
        _case("other-order", "In another order.", "1158201444",
              "&".join((_TOKEN, _CHALLENGE, _MODE))),
        _case("more", "With more parameters.", "1158201444", f"a=b&{ALL_PARAMETERS}&c"),
        _case("escaped-names", "Names may be escaped.", "1158201444",
              ALL_PARAMETERS.replace("hub.", "hub%2E")),
        _case("escaped-token", "Tokens may be escaped.", "1158201444",
              "&".join((_MODE, _CHALLENGE, "hub.verify_token=%C3%A9+%26%3D")),
              verify_token="\u00e9 &="),
        _case("text-challenge", "A challenge is visible ASCII.", "<script>&'\"",
              "&".join((_MODE, _TOKEN, "hub.challenge=%3Cscript%3E%26'%22"))),
        _case("long-challenge", "Of 1024 characters at most.", "9" * 1024,
              "&".join((_MODE, _TOKEN, "hub.challenge=" + "9" * 1024))),
        _case("wrong-token", "Another token.", refused, ALL_PARAMETERS + "x"),
        _case("token-case", "With regard to case.", refused, ALL_PARAMETERS.replace("meaty", "Meaty")),
        _case("token-beginning", "The beginning of the token.", refused,
              ALL_PARAMETERS.replace("meatyhamhock", "meaty")),
        _case("token-empty", "An empty token.", refused, ALL_PARAMETERS.replace("meatyhamhock", "")),
        _case("token-none-set", "No token is set.", refused, ALL_PARAMETERS, verify_token=None),
        _case("token-empty-none-set", "An empty token while none is set.", refused,
              ALL_PARAMETERS.replace("meatyhamhock", ""), verify_token=None),
        _malformed("empty", "Nothing.", ""),
        _malformed("no-mode", "No mode.", _TOKEN, _CHALLENGE),
        _malformed("no-token", "No token.", _MODE, _CHALLENGE),
        _malformed("no-challenge", "No challenge.", _MODE, _TOKEN),
        _malformed("other-mode", "Another mode.", "hub.mode=unsubscribe", _TOKEN, _CHALLENGE),
        _malformed("mode-case", "The mode in capitals.", "hub.mode=SUBSCRIBE", _TOKEN, _CHALLENGE),
        _malformed("two-tokens", "Two tokens.", _MODE, _CHALLENGE, _TOKEN, "hub.verify_token=x"),
        _malformed("two-challenges", "Two challenges.", ALL_PARAMETERS, _CHALLENGE),
        _malformed("empty-challenge", "An empty challenge.", _MODE, _TOKEN, "hub.challenge="),
        _malformed("bare-challenge", "A challenge without a value.", _MODE, _TOKEN, "hub.challenge"),
        _malformed("space-challenge", "A challenge with a space.", _MODE, _TOKEN,
                   "hub.challenge=a+b"),
        _malformed("line-challenge", "A challenge with a line break.", _MODE, _TOKEN,
                   "hub.challenge=a%0d%0ab"),
        _malformed("unicode-challenge", "A challenge beyond ASCII.", _MODE, _TOKEN,
                   "hub.challenge=%C3%A9"),
        _malformed("bytes-challenge", "A challenge that is no text.", _MODE, _TOKEN,
                   "hub.challenge=%FF"),
        _malformed("too-long-challenge", "1025 characters.", _MODE, _TOKEN,
                   "hub.challenge=" + "9" * 1025),
        _malformed("semicolons", "Separated otherwise.", ALL_PARAMETERS.replace("&", ";")),
        _malformed("malformed-before-refused", "Malformed, and another token.", _MODE,
                   "hub.verify_token=x"),
    ]  # fmt: skip


_NONE: Any = None
_BAD, _REFUSED = "malformed_handshake", "handshake_refused"


def _others_of_meta() -> List[Case]:
    return [
        _case("meta-post", "A POST is a delivery.", _NONE, ALL_PARAMETERS, method="POST"),
        _case("meta-head", "A HEAD is nothing.", _NONE, ALL_PARAMETERS, method="HEAD"),
        _case("meta-no-method", "No method is a POST.", _NONE, ALL_PARAMETERS, method=None),
        _case("meta-fragment", "A fragment is no part of the query.", "1158201444",
              ALL_PARAMETERS + "#&hub.challenge=2"),
        handshake_case("handshake-meta-no-query", "No query.", _BAD, verify_token="meatyhamhock"),
        handshake_case("handshake-none", "A scheme without a handshake.", _NONE, scheme="stripe",
                       secret="whsec_test", query=ALL_PARAMETERS),
        handshake_case("handshake-signed-one", "A handshake that is signed is an event.", _NONE,
                       scheme="slack", method="POST",
                       body=b'{"type":"url_verification","challenge":"a"}'),
    ]  # fmt: skip


def _dropbox() -> List[Case]:
    def case(called: str, about: str, want: Any, query: Any, **more: Any) -> Case:
        return handshake_case(f"handshake-dropbox-{called}", about, want, scheme="dropbox",
                              query=query, **more)  # fmt: skip

    return [
        case("challenge", "The challenge is sent back.", "abc123", "challenge=abc123"),
        case("markup", "As plain text, so that it is no page.", "<script>alert(1)</script>",
             "challenge=%3Cscript%3Ealert(1)%3C/script%3E"),
        case("longest", "1024 characters.", "c" * 1024, "challenge=" + "c" * 1024),
        case("too-long", "1025 characters.", _BAD, "challenge=" + "c" * 1025),
        case("line-break", "With a line break.", _BAD, "challenge=a%0d%0aSet-Cookie:%20b"),
        case("beyond-ascii", "Beyond ASCII.", _BAD, "challenge=%C3%A9"),
        case("empty", "Empty.", _BAD, "challenge="),
        case("twice", "Two.", _BAD, "challenge=a&challenge=b"),
        case("none", "None.", _BAD, "a=b"),
        case("no-query", "No query at all.", _BAD, None),
        case("post", "A POST is a delivery.", _NONE, "challenge=abc123", method="POST"),
    ]


def _okta() -> List[Case]:
    name, token = "X-Okta-Verification-Challenge", ("Authorization", "app secret")

    def case(called: str, about: str, want: Any, *headers: Any, **more: Any) -> Case:
        return handshake_case(f"handshake-okta-{called}", about, want, scheme="okta",
                              headers=headers, **more)  # fmt: skip

    return [
        case("challenge", "The challenge as JSON.", '{"verification":"mxHI2e9"}', token,
             (name, "mxHI2e9")),
        case("escapes", "As JSON writes it.", '{"verification":"a\\"b\\\\<c>"}', token,
             (name, 'a"b\\<c>')),
        case("longest", "1024 characters.", '{"verification":"' + "c" * 1024 + '"}', token,
             (name, "c" * 1024)),
        case("too-long", "1025 characters.", _BAD, token, (name, "c" * 1025)),
        case("space", "With a space.", _BAD, token, (name, "a b")),
        case("beyond-ascii", "Beyond ASCII.", _BAD, token, (name, "\u00e9")),
        case("no-challenge", "No challenge.", _BAD, token),
        case("two-challenges", "Two challenges.", _BAD, token, (name, "a"), (name, "b")),
        case("wrong-token", "Another token.", _REFUSED, ("Authorization", "app secre"), (name, "a")),
        case("no-token", "No token.", _REFUSED, (name, "a")),
        case("two-tokens", "The token and another.", _REFUSED, token, ("Authorization", "x"),
             (name, "a")),
        case("malformed-before-refused", "Malformed, and another token.", _BAD,
             ("Authorization", "x")),
        case("post", "A POST is a delivery.", _NONE, token, (name, "a"), method="POST"),
    ]  # fmt: skip


def _probes() -> List[Case]:
    probed: Any = {"name": "probed", "headers": {"signature": "x-s"}, "handshake": "get-probe"}
    return [
        *(handshake_case(f"handshake-{scheme}-head", "A HEAD, before any secret is known.", "",
                         scheme=scheme, method="HEAD", query="challenge=abc")
          for scheme in ("trello", "mandrill", "intercom")),
        *(handshake_case(f"handshake-{scheme}-{called}", "No other method.", _NONE,
                         scheme=scheme, method=method)
          for scheme in ("trello", "mandrill", "intercom")
          for called, method in (("get", "GET"), ("post", "POST"), ("lower-case", "head"))),
        handshake_case("handshake-get-probe", "A GET, whose query is not sent back.", "",
                       scheme=probed, query="challenge=abc"),
        handshake_case("handshake-get-probe-head", "And no HEAD.", _NONE, scheme=probed,
                       method="HEAD"),
    ]  # fmt: skip


def _asana() -> List[Case]:
    name, secret = "X-Hook-Secret", "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"

    def case(called: str, about: str, want: Any, *headers: Any, **more: Any) -> Case:
        fields: Any = {"method": "POST", "body": b"{}", **more}
        return handshake_case(f"handshake-asana-{called}", about, want, scheme="asana",
                              headers=headers, **fields)  # fmt: skip

    return [
        case("secret", "The secret is sent back in its header, and handed over.",
             f"secret: {secret}", (name, secret)),
        case("no-body", "Without a body.", f"secret: {secret}", (name, secret), body=b""),
        case("twice-equal", "The same one twice.", f"secret: {secret}", (name, secret),
             (name, secret)),
        case("longest", "1024 characters.", "secret: " + "5" * 1024, (name, "5" * 1024)),
        case("too-long", "1025 characters.", _BAD, (name, "5" * 1025)),
        case("empty", "Empty.", _BAD, (name, "")),
        case("space", "With a space.", _BAD, (name, "a b")),
        case("beyond-ascii", "Beyond ASCII.", _BAD, (name, "\u00e9")),
        case("two", "Two secrets.", _BAD, (name, "a"), (name, "b")),
        case("signed", "Beside a signature it is a delivery.", _NONE, (name, secret),
             ("X-Hook-Signature", "00")),
        case("none", "Without a secret it is a delivery.", _NONE),
        case("get", "A GET is nothing.", _NONE, (name, secret), method="GET"),
        case("no-method", "No method is a POST.", f"secret: {secret}", (name, secret), method=None),
    ]  # fmt: skip


def _notion() -> List[Case]:
    token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"

    def case(called: str, about: str, want: Any, body: str, *headers: Any, **more: Any) -> Case:
        fields: Any = {"method": "POST", **more}
        return handshake_case(f"handshake-notion-{called}", about, want, scheme="notion",
                              headers=headers, body=body.encode("utf-8"), **fields)  # fmt: skip

    plain = f'{{"verification_token":"{token}"}}'
    return [
        case("published", "As Notion's documentation shows it.", f"secret: {token}", plain),
        case("spaces", "With white space, and more.", f"secret: {token}",
             f' {{"a": [1], "verification_token": "{token}"}}\n'),
        case("escaped", "Escapes are unescaped.", "secret: a/b", '{"verification_token":"a\\/b"}'),
        case("signed", "Beside a signature it is a delivery.", _NONE, plain,
             ("X-Notion-Signature", "sha256=00")),
        case("too-long", "1025 characters are no token.", _NONE,
             '{"verification_token":"' + "s" * 1025 + '"}'),
        case("space", "Nor is one with a space.", _NONE, '{"verification_token":"a b"}'),
        case("number", "Nor a number.", _NONE, '{"verification_token":7}'),
        case("null", "Nor null.", _NONE, '{"verification_token":null}'),
        case("surrogate", "Nor half a character.", _NONE, '{"verification_token":"\\ud800"}'),
        case("twice", "Nor two.", _NONE, '{"verification_token":"a","verification_token":"b"}'),
        case("nested", "Nor one deeper in.", _NONE, '{"a":{"verification_token":"b"}}'),
        case("array", "Nor one in an array.", _NONE, '[{"verification_token":"b"}]'),
        case("not-json", "Nor what is no JSON.", _NONE, '{"verification_token":"b"'),
        case("empty", "Nor nothing.", _NONE, ""),
        case("get", "A GET is nothing.", _NONE, plain, method="GET"),
    ]  # fmt: skip


def _mailersend() -> List[Case]:
    plain = '{"type":"webhook.test","message":"This is a ping test message"}'

    def case(called: str, about: str, want: Any, body: str = plain, *, secret: str = _MAILERSEND,
             signed: Optional[str] = None, name: str = "Signature", **more: Any) -> Case:  # fmt: skip
        text = (body if signed is None else signed).encode("utf-8")
        tag = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
        fields: Any = {"method": "POST", **more}
        headers = fields.pop("headers", [(name, tag)])
        return handshake_case(f"handshake-mailersend-{called}", about, want, scheme="mailersend",
                              headers=headers, body=body.encode("utf-8"), **fields)  # fmt: skip

    return [
        case("test", "The ping before a webhook is saved.", ""),
        case("spaces", "With white space, and more.", "", ' {"a": [1], "type": "webhook.test"}\n'),
        case("other-type", "Its secret opens nothing else.", _NONE, '{"type":"activity.sent"}'),
        case("type-twice", "Nor what has two types.", _NONE,
             '{"type":"webhook.test","type":"activity.sent"}'),
        case("type-number", "Nor another kind of type.", _NONE, '{"type":7}'),
        case("other-secret", "By another secret it is a delivery.", _NONE, secret="hush"),
        case("tampered", "Another body than was signed.", _NONE, signed=plain + " "),
        case("unsigned", "Without a signature it is nothing.", _NONE, headers=[]),
        case("upper-case", "In capitals.", _NONE, headers=[("Signature", "AB" * 32)]),
        case("cut", "A signature that was cut.", _NONE, headers=[("Signature", "ab" * 31)]),
        case("not-json", "What is no JSON.", _NONE, '{"type":"webhook.test"'),
        case("get", "A GET is nothing.", _NONE, method="GET"),
    ]


def topic() -> Topic:
    cases = [
        *_meta(), *_others_of_meta(), *_dropbox(), *_okta(), *_probes(), *_asana(), *_notion(),
        *_mailersend(),
    ]  # fmt: skip
    return Topic(
        "handshake.json",
        "handshake",
        "Handshakes that are not signed: what answers them, and what they hand over.",
        cases,
    )
