"""Proofs other than one keyed hash in one header: tokens, plain hashes, several headers, a timestamp
in the body, secrets in two forms."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List

from casebook import Case, Topic, verify_case
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, TEXT_THIRD, Headers, b64, tag

_BODY = b'{"id":"evt_1","type":"ping"}'
_MISMATCH, _MALFORMED = "signature_mismatch", "malformed_signature"
_URL = "https://example.com/hooks?a=1"


def _case(called: str, about: str, want: str, scheme: Dict[str, Any], headers: Headers,
          *, secrets: Any = (TEXT_SECRET,), body: bytes = _BODY, now: int = NOW,
          **more: Any) -> Case:  # fmt: skip
    return verify_case(
        f"other-{called}", about, want,
        scheme={"name": "custom", "headers": {"signature": "x-proof"}, **scheme},
        secrets=list(secrets), headers=headers, body=body, now=now, **more,
    )  # fmt: skip


def _tokens() -> List[Case]:
    scheme = {"algorithm": "token", "content": ""}
    sent: Headers = [("X-Proof", TEXT_SECRET)]
    spaced = "It's a Secret to Everybody"
    listed = {**scheme, "separator": ","}
    return [
        _case("token", "A token that is one of the secrets.", "accept", scheme, sent,
              gives={"key_index": 0, "timestamp": None}),
        _case("token-covers-no-body", "A token says nothing of the body.", "accept", scheme, sent,
              body=b"anything", event="payload_not_json"),
        _case("token-second", "The second of two secrets.", "accept", scheme, sent,
              secrets=(TEXT_OTHER, TEXT_SECRET), gives={"key_index": 1}),
        _case("token-other", "Another token.", _MISMATCH, scheme, [("x-proof", TEXT_OTHER)]),
        _case("token-shorter", "The beginning of the token.", _MISMATCH, scheme,
              [("x-proof", TEXT_SECRET[:-1])]),
        _case("token-longer", "The token and one character more.", _MISMATCH, scheme,
              [("x-proof", TEXT_SECRET + "x")]),
        _case("token-case", "The token in another case.", _MISMATCH, scheme,
              [("x-proof", TEXT_SECRET.swapcase())]),
        _case("token-digest", "The token's digest is not the token.", _MISMATCH, scheme,
              [("x-proof", hashlib.sha256(TEXT_SECRET.encode()).hexdigest())]),
        _case("token-spaces-around", "Spaces around a token are none of its own.", "accept",
              scheme, [("x-proof", f"  {TEXT_SECRET} ")]),
        _case("token-spaces-inside", "Spaces inside of a token are its own.", "accept",
              scheme, [("x-proof", spaced)], secrets=(spaced,)),
        _case("token-only-spaces", "A header of spaces holds no token.", _MALFORMED, scheme,
              [("x-proof", "  ")], says="the header x-proof holds no token"),
        _case("token-empty", "An empty header.", "malformed_header", scheme, [("x-proof", "")],
              says="the header x-proof is empty"),
        _case("token-absent", "No header.", "missing_header", scheme, []),
        _case("token-twice", "Two different tokens.", "conflicting_header", scheme,
              [("x-proof", TEXT_SECRET), ("x-proof", TEXT_OTHER)]),
        _case("token-long", "A token of 4,096 characters.", "accept", scheme,
              [("x-proof", "k" * 4096)], secrets=("k" * 4096,)),
        _case("token-prefix", "After a prefix.", "accept", {**scheme, "prefix": "token="},
              [("x-proof", f"token={TEXT_SECRET}")]),
        _case("token-prefix-absent", "Without its prefix.", _MALFORMED,
              {**scheme, "prefix": "token="}, [("x-proof", TEXT_SECRET)],
              says="the header x-proof holds no token"),
        _case("token-prefix-alone", "Nothing after the prefix.", _MALFORMED,
              {**scheme, "prefix": "token="}, [("x-proof", "token=")]),
        _case("token-prefix-other", "Another prefix.", "unsupported_signature",
              {**scheme, "prefix": "token="}, [("x-proof", f"key={TEXT_SECRET}")]),
        _case("token-list", "One of a list.", "accept", listed,
              [("x-proof", f"{TEXT_OTHER}, {TEXT_SECRET}")]),
    ]  # fmt: skip


def _plain_hashes() -> List[Case]:
    scheme = {"algorithm": "plain-sha256", "content": "{secret}{body}"}
    secret = TEXT_SECRET.encode()

    def digest(content: bytes) -> Headers:
        return [("x-proof", hashlib.sha256(content).hexdigest())]

    calling = {**scheme, "content": "{secret}{method}{url}{body}"}
    called = b"POST" + _URL.encode() + _BODY
    return [
        _case("plain-hash", "A plain SHA-256 over secret and body.", "accept", scheme,
              digest(secret + _BODY)),
        _case("plain-hash-of-call", "Over secret, method, URL and body.", "accept", calling,
              digest(secret + called), method="POST", url=_URL),
        _case("plain-hash-other-url", "Another URL.", _MISMATCH, calling, digest(secret + called),
              method="POST", url="https://example.com/hooks"),
        _case("plain-hash-no-url", "No URL is given.", "missing_context", calling,
              digest(secret + called), method="POST"),
        _case("plain-hash-secret-last", "The secret where the scheme has it.", "accept",
              {**scheme, "content": "{body}{secret}"}, digest(_BODY + secret)),
        _case("plain-hash-other-order", "The secret in another place.", _MISMATCH, scheme,
              digest(_BODY + secret)),
        _case("plain-hash-second", "The second of two secrets.", "accept", scheme,
              digest(secret + _BODY), secrets=(TEXT_OTHER, TEXT_SECRET), gives={"key_index": 1}),
        _case("plain-hash-other-secret", "Another secret.", _MISMATCH, scheme,
              digest(TEXT_OTHER.encode() + _BODY)),
        _case("plain-hash-without-secret", "The body alone.", _MISMATCH, scheme, digest(_BODY)),
        _case("plain-hash-keyed", "A keyed hash in its place.", _MISMATCH, scheme,
              [("x-proof", tag(secret, _BODY).hex())]),
        _case("plain-hash-body", "Another body.", _MISMATCH, scheme, digest(secret + _BODY),
              body=_BODY + b" "),
        _case("plain-hash-short", "A digest that is cut short.", _MALFORMED, scheme,
              [("x-proof", "0" * 62)], says="no 32-byte signature in canonical lower-case"),
    ]  # fmt: skip


def _several_headers() -> List[Case]:
    scheme = {
        "headers": {"signature": "x-proof-1"}, "encoding": "base64",
        "further_signatures": ["x-proof-2", "x-proof-3"],
    }  # fmt: skip
    tags = [b64(tag(secret.encode(), _BODY)) for secret in (TEXT_SECRET, TEXT_OTHER, TEXT_THIRD)]
    names = ["X-Proof-1", "X-Proof-2", "X-Proof-3"]
    every: Headers = list(zip(names, tags))
    return [
        _case("further-first", "The first header alone.", "accept", scheme, every[:1]),
        _case("further-second", "The second header fits.", "accept", scheme, every,
              secrets=(TEXT_OTHER,), gives={"key_index": 0}),
        _case("further-third", "The third header fits.", "accept", scheme, every,
              secrets=(TEXT_THIRD,)),
        _case("further-gap", "The second header is absent.", "accept", scheme,
              [every[0], every[2]], secrets=(TEXT_THIRD,)),
        _case("further-none-fits", "None of them fits.", _MISMATCH, scheme, every[1:2] + every[:1],
              secrets=(TEXT_THIRD,)),
        _case("further-without-first", "Without the first header the rest is not looked at.",
              "missing_header", scheme, every[1:], says="the header x-proof-1 is missing"),
        _case("further-malformed-first", "The first is no signature, the second fits.", "accept",
              scheme, [("x-proof-1", "?"), every[1]], secrets=(TEXT_OTHER,)),
        _case("further-all-malformed", "None is a signature: the first is reported.", _MALFORMED,
              scheme, [("x-proof-1", "?"), ("x-proof-2", "?")],
              says="the header x-proof-1 holds no 32-byte signature in canonical base64"),
        _case("further-empty", "A further header that is empty.", "malformed_header", scheme,
              [every[0], ("x-proof-2", "")], says="the header x-proof-2 is empty"),
        _case("further-not-ascii", "A further header beyond ASCII.", "malformed_header", scheme,
              [every[0], ("x-proof-3", "caf\u00e9")]),
        _case("further-twice", "A further header with two values.", "conflicting_header", scheme,
              [every[0], ("x-proof-2", tags[1]), ("x-proof-2", tags[2])]),
        _case("further-before-events", "It is checked before the event's headers.",
              "malformed_header", {**scheme, "event_id": "header:x-event"},
              [every[0], ("x-event", ""), ("x-proof-2", "")],
              says="the header x-proof-2 is empty"),
        _case("further-unknown", "A header that the scheme does not name.", _MISMATCH, scheme,
              [("x-proof-1", tags[0]), ("x-proof-4", tags[1])], secrets=(TEXT_OTHER,)),
    ]  # fmt: skip


def _body_times() -> List[Case]:
    scheme = {"timestamp_field": "sent", "timestamp_format": "milliseconds"}
    nested = {"timestamp_field": "meta.sent"}
    dated = {"timestamp_field": "sent", "timestamp_format": "rfc3339"}
    not_there = "the body has no timestamp at sent that is a Unix time in whole milliseconds"

    def case(called: str, about: str, want: str, body: bytes, parts: Dict[str, Any] = scheme,
             **more: Any) -> Case:  # fmt: skip
        headers: Headers = [("x-proof", tag(TEXT_SECRET.encode(), body).hex())]
        return _case(f"body-time-{called}", about, want, parts, headers, body=body, **more)

    def sent(value: object) -> bytes:
        return f'{{"sent":{value}}}'.encode()

    fresh = sent(f"{NOW}250")
    malformed = "malformed_timestamp"
    return [
        case("fresh", "A time in the body.", "accept", fresh, gives={"timestamp": NOW + 0.25}),
        case("text", "As text.", "accept", sent(f'"{NOW}000"'), gives={"timestamp": NOW}),
        case("escaped", "As text with an escape.", "accept", sent(f'"\\u0031{str(NOW)[1:]}000"'),
             gives={"timestamp": NOW}),
        case("nested", "Deeper in the body.", "accept", b'{"meta":{"sent":%d}}' % NOW, nested,
             gives={"timestamp": NOW}),
        case("rfc3339", "As RFC 3339.", "accept", sent('"2023-11-14T22:13:20Z"'), dated,
             gives={"timestamp": NOW}),
        case("old", "Too old.", "timestamp_too_old", sent(f"{NOW - 301}000"),
             says="the timestamp is 301 s old"),
        case("new", "Too new.", "timestamp_too_new", sent(f"{NOW + 301}000")),
        case("tolerance", "Within a tolerance that is given.", "accept", sent(f"{NOW - 301}000"),
             tolerance=(301, 0)),
        case("unchecked", "Read though its age is not checked.", malformed, b"{}",
             tolerance=(None, None), says=not_there),
        case("absent", "No such field.", malformed, b"{}", says=not_there),
        case("null", "It is null.", malformed, sent("null"), says=not_there),
        case("fraction", "A number with a fraction.", malformed, sent(f"{NOW}000.5")),
        case("exponent", "A number with an exponent.", malformed, sent("17e11")),
        case("negative", "A negative number.", malformed, sent("-1")),
        case("object", "An object.", malformed, sent("{}")),
        case("seconds-for-milliseconds", "Seconds are taken for milliseconds.",
             "timestamp_too_old", sent(NOW)),
        case("repeated", "Named twice.", malformed, f'{{"sent":{NOW}000,"sent":{NOW}000}}'.encode()),
        case("repeated-parent", "Its parent is named twice.", malformed,
             b'{"meta":{"sent":%d},"meta":{"sent":%d}}' % (NOW, NOW), nested),
        case("parent-no-object", "Its parent is no object.", malformed, b'{"meta":[]}', nested),
        case("lone-surrogate", "A text with a lone surrogate.", malformed, sent('"\\ud800"')),
        case("not-json", "A body that is no JSON.", malformed, b"sent=1", says=not_there),
        case("not-object", "A body that is no object.", malformed, b"[1]"),
        case("not-utf8", "A body that is no UTF-8.", malformed, b'{"sent":"\xff"}'),
        case("too-deep", "A body that is too deep.", malformed, b"[" * 129 + b"]" * 129),
        _case("body-time-signature-first", "Without a right signature the body is not read.",
              _MISMATCH, scheme, [("x-proof", "0" * 64)], body=b"{}"),
        _case("body-time-header-unsigned", "A header of the same name is not looked at.",
              "timestamp_too_old", scheme,
              [("x-proof", tag(TEXT_SECRET.encode(), sent("0")).hex()), ("sent", f"{NOW}000")],
              body=sent("0")),
    ]  # fmt: skip


def _secret_forms() -> List[Case]:
    scheme = {"key": "base64-or-text", "secret_prefix": "whsec_"}
    key = bytes(range(32))
    encoded = "whsec_" + b64(key)

    def signed(by: bytes) -> Headers:
        return [("x-proof", tag(by, _BODY).hex())]

    return [
        _case("secret-with-prefix", "A secret with the prefix is base64.", "accept", scheme,
              signed(key), secrets=(encoded,)),
        _case("secret-without-prefix", "One without it is its text.", "accept", scheme,
              signed(TEXT_SECRET.encode())),
        _case("secret-bare-base64", "Base64 without the prefix is its text.", "accept", scheme,
              signed(b64(key).encode()), secrets=(b64(key),)),
        _case("secret-bare-base64-decoded", "It is not decoded.", _MISMATCH, scheme, signed(key),
              secrets=(b64(key),)),
        _case("secret-prefix-as-text", "The text of a secret with the prefix.", _MISMATCH, scheme,
              signed(encoded.encode()), secrets=(encoded,)),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-other-proofs.json",
        "verify",
        "Tokens, plain hashes, several headers of signatures, timestamps in bodies, secrets that are"
        " base64 or text.",
        _tokens() + _plain_hashes() + _several_headers() + _body_times() + _secret_forms(),
    )
