"""Schemes that a user describes: other providers' published vectors, then every part in turn."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Union

from casebook import Case, Topic, verify_case
from fixtures import NOW, TEXT_OTHER, TEXT_SECRET, Headers, b64, tag
from topics import described_providers

_KEY = TEXT_SECRET.encode()
_BODY = b'{"id":"evt_1","type":"ping"}'
_CONTEXT = "missing_context"
_URL = "https://example.com/hooks?from=shop&n=1"


def _request_parts() -> List[Case]:
    """{method} and {url}."""
    scheme = {
        "name": "hubspot-like",
        "headers": {"signature": "x-signature-v3", "timestamp": "x-request-timestamp"},
        "encoding": "base64",
        "content": "{method}{url}{body}{timestamp}",
        "timestamp_format": "milliseconds",
    }
    stamp = f"{NOW}000"
    content = b"POST" + _URL.encode() + _BODY + stamp.encode()
    good: Headers = [
        ("X-Signature-v3", b64(tag(_KEY, content))),
        ("X-Request-Timestamp", stamp),
    ]

    def case(
        called: str, about: str, want: str, method: Optional[str], url: Optional[str],
        headers: Headers = good, says: Optional[str] = None,
    ) -> Case:  # fmt: skip
        return verify_case(
            f"custom-context-{called}", about, want, says=says, scheme=scheme,
            secrets=[TEXT_SECRET], headers=headers, body=_BODY, now=NOW, method=method, url=url,
        )  # fmt: skip

    mismatch = "signature_mismatch"
    no_method = "the scheme signs the request's method and none was given; pass it"
    no_url = "the scheme signs the request's URL and none was given; pass it"
    github_like = {"name": "plain", "headers": {"signature": "x-signature"}}
    return [
        case("given", "Method and URL are given as they were signed.", "accept", "POST", _URL),
        case("no-method", "No method.", _CONTEXT, None, _URL, says=no_method),
        case("no-url", "No URL.", _CONTEXT, "POST", None, says=no_url),
        case("neither", "Neither: the method is reported.", _CONTEXT, None, None, says=no_method),
        case("before-headers", "A missing part is reported before a missing header.",
             _CONTEXT, "POST", None, headers=[], says=no_url),
        case("other-method", "Another method.", mismatch, "PUT", _URL),
        case("method-case", "The method is taken as it is given.", mismatch, "post", _URL),
        case("url-without-query", "The URL without its query.", mismatch, "POST",
             "https://example.com/hooks"),
        case("url-reordered-query", "The query in another order.", mismatch, "POST",
             "https://example.com/hooks?n=1&from=shop"),
        case("url-upper-case-host", "The URL is not normalised.", mismatch, "POST",
             _URL.replace("example", "EXAMPLE")),
        verify_case(
            "custom-context-not-signed", "A scheme that signs neither does not look at them.",
            "accept", scheme=github_like, secrets=[TEXT_SECRET],
            headers=[("x-signature", tag(_KEY, _BODY).hex())], body=_BODY, now=NOW,
            method="DELETE", url="not a url",
        ),
    ]  # fmt: skip


def _one(
    case_id: str,
    about: str,
    want: str,
    parts: Mapping[str, Any],
    content: bytes,
    headers: Headers,
    *,
    body: bytes = _BODY,
    key: bytes = _KEY,
    secret: str = TEXT_SECRET,
    **more: Any,
) -> Case:
    """Hexadecimal in x-signature over `content`; `parts` are added to the description."""
    scheme = {"name": "custom", "headers": {"signature": "x-signature"}, **parts}
    return verify_case(
        f"custom-{case_id}", about, want, scheme=scheme, secrets=[secret],
        headers=[*headers, ("X-Signature", tag(key, content).hex())], body=body, now=NOW, **more,
    )  # fmt: skip


def _content() -> List[Case]:
    with_id = {"signature": "x-signature", "id": "x-id"}

    def ids(content: str) -> Mapping[str, Any]:
        return {"headers": with_id, "content": content}

    ends = "the header x-id contains the character that ends the id in the signed content"
    malformed = "malformed_header"
    return [
        _one("content-body-twice", "A content may hold the body twice.", "accept",
             {"content": "{body}|{body}"}, _BODY + b"|" + _BODY, []),
        _one("content-braces", "Doubled braces are literal braces.", "accept",
             {"content": "{{{body}}}"}, b"{" + _BODY + b"}", []),
        _one("content-literal-only-around", "Literal text before and after the body.", "accept",
             {"content": "begin\n{body}\u00e9"}, b"begin\n" + _BODY + b"\xc3\xa9", []),
        _one("content-part-in-body", "A body that looks like a part is not filled in again.",
             "accept", {"content": "<{body}>"}, b"<{body}>", [], body=b"{body}",
             event="payload_not_json"),
        _one("content-id-pipe", "The id ends at the literal after it, here |.", malformed,
             ids("{id}|{body}"), b"a|b|" + _BODY, [("x-id", "a|b")], says=ends),
        _one("content-id-other-literal", "A dot is fine where | ends the id.", "accept",
             ids("{id}|{body}"), b"a.b|" + _BODY, [("x-id", "a.b")], gives={"id": "a.b"}),
        _one("content-id-literal-of-several", "Only the literal's first character ends the id.",
             "accept", ids("{id}--{body}".replace("--", ":/")), b"a/b:/" + _BODY,
             [("x-id", "a/b")]),
        _one("content-id-last", "An id at the end of the content may hold anything visible.",
             "accept", ids("{body}.{id}"), _BODY + b".a.b", [("x-id", "a.b")]),
        _one("content-id-twice", "Of two places of the id both literals end it.", malformed,
             ids("{id}.{id}:{body}"), b"a:b.a:b:" + _BODY, [("x-id", "a:b")], says=ends),
        _one("content-id-brace", "An escaped brace ends the id like any other literal.", malformed,
             ids("{id}}}{body}"), b"a}b}" + _BODY, [("x-id", "a}b")], says=ends),
        _one("content-id-not-covered", "An id that is named but not signed is still reported.",
             "accept", {"headers": with_id, "event_id": "id"}, _BODY, [("x-id", "a.b")],
             gives={"id": "a.b", "dedupe_key": "custom:a.b"}),
        _one("content-id-beside-part", "An id beside another part is ended by no literal.",
             "accept",
             {"headers": {**with_id, "timestamp": "x-time"}, "content": "{id}{timestamp}{body}"},
             b"a.b:c" + str(NOW).encode() + _BODY, [("x-id", "a.b:c"), ("x-time", str(NOW))]),
        _one("content-timestamp-verbatim", "The timestamp is signed as text, in any place.",
             "accept",
             {"headers": {"signature": "x-signature", "timestamp": "x-time"},
              "content": "{body}:{timestamp}:v9"},
             _BODY + b":" + str(NOW).encode() + b":v9", [("x-time", str(NOW))]),
    ]  # fmt: skip


def _identity() -> List[Case]:
    def sources(*names: str) -> Union[str, List[str]]:
        return list(names) if len(names) > 1 else names[0]

    first, second = "header:x-event", "header:x-delivery"
    return [
        _one("identity-second-header", "The first of the id's headers that is present.", "accept",
             {"event_id": sources(first, second)}, _BODY, [("x-delivery", "d1")],
             gives={"id": "d1", "dedupe_key": "custom:d1"}, event={"id": "d1"}),
        _one("identity-first-header", "Both are present.", "accept",
             {"event_id": sources(first, second)}, _BODY, [("x-delivery", "d1"), ("x-event", "e1")],
             gives={"id": "e1", "dedupe_key": "custom:e1"}, event={"id": "e1"}),
        _one("identity-body-then-header", "The body's id wins in the event.", "accept",
             {"event_id": sources("body:id", second)}, _BODY, [("x-delivery", "d1")],
             gives={"id": "d1", "dedupe_key": None},
             event={"id": "evt_1", "dedupe_key": "custom:evt_1"}),
        _one("identity-dedupe-header", "The delivery has an identity of its own.", "accept",
             {"event_id": "body:id", "dedupe": second}, _BODY, [("x-delivery", "d1")],
             gives={"id": None, "dedupe_key": "custom:d1"},
             event={"id": "evt_1", "dedupe_key": "custom:d1"}),
        _one("identity-dedupe-absent", "Its header is absent, and the body has another source.",
             "accept", {"event_id": "body:id", "dedupe": sources(second, "body:type")}, _BODY, [],
             gives={"dedupe_key": None}, event={"dedupe_key": "custom:ping"}),
        _one("identity-no-source", "A scheme without any source.", "accept", {}, _BODY, [],
             gives={"id": None, "dedupe_key": None},
             event={"id": None, "type": None, "timestamp": None, "dedupe_key": None,
                    "data": _BODY.decode()}),
        _one("identity-dedupe-header-twice", "A header that only dedupe names is checked too.",
             "conflicting_header", {"dedupe": second}, _BODY,
             [("x-delivery", "d1"), ("x-delivery", "d2")],
             says="the header x-delivery was sent more than once"),
        _one("identity-required-header", "A required id whose only source is an absent header.",
             "accept", {"event_id": sources(first, second), "required": ["id"]}, _BODY, [],
             event="missing_field", event_says="the request has no header x-event"),
        _one("identity-time-header", "The event's time in a header, in milliseconds.", "accept",
             {"event_time": "header:x-sent", "event_time_format": "milliseconds"}, _BODY,
             [("x-sent", "1699999999250")], event={"timestamp": 1699999999.25}),
        _one("identity-time-header-malformed",
             "The event's time is no part of the verdict, and a malformed one no event.", "accept",
             {"event_time": "header:x-sent"}, _BODY, [("x-sent", "1699999999.5")],
             event="malformed_field",
             event_says="the header x-sent is not a Unix time in whole seconds"),
    ]  # fmt: skip


def _shapes() -> List[Case]:
    hex_secret = "key_00ff10AB"
    hex_key = bytes.fromhex("00ff10ab")
    sets = [{"signature": f"x-signature-{n}"} for n in range(1, 5)]
    digits = tag(_KEY, _BODY).hex()

    def raw(case_id: str, about: str, want: str, parts: Mapping[str, Any], headers: Headers,
            **more: Any) -> Case:  # fmt: skip
        scheme = {"name": "custom", "headers": {"signature": "x-signature"}, **parts}
        return verify_case(
            f"custom-{case_id}", about, want, scheme=scheme, secrets=[TEXT_SECRET],
            headers=headers, body=_BODY, now=NOW, **more,
        )  # fmt: skip

    bare_list = {"separator": ","}
    window = {
        "headers": {"signature": "x-signature", "timestamp": "x-time"},
        "content": "{timestamp}{body}",
        "tolerance": {"past": 10, "future": None},
    }
    aged = str(NOW - 11)
    aged_headers: Headers = [
        ("x-time", aged), ("x-signature", tag(_KEY, aged.encode() + _BODY).hex()),
    ]  # fmt: skip
    return [
        _one("key-hex", "A hexadecimal key after a prefix, in mixed case.", "accept",
             {"key": "hex", "secret_prefix": "key_"}, _BODY, [], key=hex_key, secret=hex_secret),
        _one("key-hex-used-as-text", "The sender used the text of a hexadecimal key.",
             "signature_mismatch", {"key": "hex", "secret_prefix": "key_"}, _BODY, [],
             key=hex_secret.encode(), secret=hex_secret),
        _one("key-base64-without-prefix", "A base64 key whose scheme has no prefix.", "accept",
             {"key": "base64"}, _BODY, [], key=b"\x00\xff\x10", secret="AP8Q"),
        raw("fourth-set", "Only the fourth of four header sets is there.", "accept",
            {"headers": sets}, [("x-signature-4", digits)]),
        raw("no-set-of-four", "None of four sets is there: the first is reported.",
            "missing_header", {"headers": sets}, [],
            says="the header x-signature-1 is missing"),
        raw("set-as-list-of-one", "A list of one header set is that set.", "accept",
            {"headers": [{"signature": "x-signature"}]}, [("x-signature", digits)]),
        raw("null-parts", "Parts that are null are parts that are not given.", "accept",
            {"headers": {"signature": "x-signature", "id": None, "timestamp": None},
             "separator": None, "timestamp_label": None, "data": None},
            [("x-signature", digits)]),
        raw("bare-list", "A list without any prefix: every entry is ours.", "accept",
            bare_list, [("x-signature", f"{'0' * 64}, sha1=abc,{digits}")]),
        raw("bare-list-malformed", "Without a prefix nothing is of another version.",
            "malformed_signature", bare_list, [("x-signature", "sha1=abc,v2=def")],
            says="the header x-signature holds no 32-byte signature in canonical lower-case"
                 " hexadecimal"),
        raw("bare-list-65th", "The bound of 64 candidates holds without a prefix too.",
            "signature_mismatch", bare_list,
            [("x-signature", ",".join(["0" * 64] * 64 + [digits]))]),
        raw("prefix-of-16", "A prefix of a label of 16 characters.", "accept",
            {"prefix": "abcdefghij_-4567="}, [("x-signature", f"abcdefghij_-4567={digits}")]),
        raw("comma-prefix", "A prefix that ends in a comma, without a list.", "accept",
            {"prefix": "s1,"}, [("x-signature", f"s1,{digits}")]),
        raw("comma-prefix-other-version", "Of a comma prefix, a label with = is no version.",
            "malformed_signature", {"prefix": "s1,"}, [("x-signature", f"s2={digits}")]),
        raw("tolerance-of-scheme", "The scheme's own tolerance.", "timestamp_too_old",
            window, aged_headers, says="is 11 s old and the tolerance is 10 s"),
        raw("tolerance-replaced", "A tolerance that is given replaces the scheme's.", "accept",
            window, aged_headers, tolerance=(11, 11)),
        raw("wrong-secret", "Another secret under a described scheme.", "signature_mismatch",
            {}, [("x-signature", tag(TEXT_OTHER.encode(), _BODY).hex())]),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "verify-custom-schemes.json",
        "verify",
        "Described schemes: other providers' published vectors, and each part of a description.",
        described_providers.cases() + _request_parts() + _content() + _identity() + _shapes(),
    )
