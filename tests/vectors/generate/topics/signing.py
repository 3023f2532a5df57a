"""The headers that a sender sends; every one of these verifies at the same second."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from casebook import Case, Topic, sign_case
from fixtures import (
    MSG,
    NOW,
    SAMPLES,
    STANDARD_OTHER,
    STANDARD_SECRET,
    TEXT_OTHER,
    TEXT_SECRET,
    Headers,
    b64,
    sha256_equals,
    standard,
    stripe,
    svix,
    tag,
    v1,
)

_BODY = b'{"type":"ping"}'
_KEY = TEXT_SECRET.encode()
_NO_ID = "the scheme needs the message's id and none was given; pass it"


def _registered(case_id: str, about: str, scheme: str, message_id: Optional[str],
                want: Headers, **more: Any) -> Case:  # fmt: skip
    sample = SAMPLES[scheme]
    return sign_case(
        f"sign-{case_id}", about, want, scheme=scheme, secrets=[sample.secret],
        message_id=message_id, **{"body": sample.body, "now": NOW, **more},
    )  # fmt: skip


def _lower(headers: Headers) -> Headers:
    return [(name.lower(), value) for name, value in headers]


def _of_each_scheme() -> List[Case]:
    body = {name: sample.body for name, sample in SAMPLES.items()}
    delivered = ("x-github-delivery", MSG)
    github = ("x-hub-signature-256", sha256_equals(body["github"]))
    shopify = ("x-shopify-hmac-sha256", b64(tag(_KEY, body["shopify"])))
    plain = ("x-webhook-signature", sha256_equals(body["sha256"]))
    slack = _lower(SAMPLES["slack"].headers())
    return [
        _registered("standard", "Id, timestamp and signature, in this order.",
                    "standard", MSG, standard(body["standard"])),
        _registered("svix", "The first header set is used: svix-*.",
                    "svix", MSG, svix(body["svix"])),
        _registered("github", "The id goes into the header that the event's id comes from.",
                    "github", MSG, [delivered, github]),
        _registered("github-without-id", "Without an id the header is left out.",
                    "github", None, [github]),
        _registered("stripe", "The timestamp goes into the signature's header.",
                    "stripe", None, _lower(stripe(body["stripe"]))),
        _registered("stripe-id-ignored", "Stripe has no place for an id: it is ignored.",
                    "stripe", MSG, _lower(stripe(body["stripe"]))),
        _registered("stripe-any-id-ignored", "An id that has no place is not looked at.",
                    "stripe", "a\nb", _lower(stripe(body["stripe"]))),
        _registered("slack", "Timestamp and signature.", "slack", None, slack),
        _registered("slack-id-ignored", "Slack has no place for an id.", "slack", MSG, slack),
        _registered("shopify", "The id goes into X-Shopify-Webhook-Id.", "shopify", MSG,
                    [("x-shopify-webhook-id", MSG), shopify]),
        _registered("shopify-without-id", "Without an id.", "shopify", None, [shopify]),
        _registered("sha256", "The id goes into X-Webhook-Event-Id.", "sha256", MSG,
                    [("x-webhook-event-id", MSG), plain]),
        _registered("sha256-without-id", "Without an id.", "sha256", None, [plain]),
        _registered("standard-epoch", "The first second of 1970.", "standard", MSG,
                    standard(body["standard"], at=0), now=0),
        _registered("standard-largest-clock", "The largest clock that every language holds.",
                    "standard", MSG, standard(body["standard"], at=2**53 - 1), now=2**53 - 1),
        _registered("standard-empty-body", "An empty body.", "standard", MSG,
                    standard(b""), body=b""),
        _registered("standard-any-bytes", "A body that is no text.", "standard", MSG,
                    standard(bytes(range(256))), body=bytes(range(256))),
        _registered("github-replacement-characters", "A body that looks like a template.",
                    "github", None,
                    [("x-hub-signature-256", sha256_equals(b"$& {body} %s \\1"))],
                    body=b"$& {body} %s \\1"),
        _registered("standard-id-with-spaces", "An id of visible ASCII and spaces.", "standard",
                    "a b~!", standard(body["standard"], msg="a b~!")),
        _registered("github-id-with-dot", "An id that is not signed may hold a dot.", "github",
                    "a.b", [("x-github-delivery", "a.b"), github]),
    ]  # fmt: skip


def _secrets() -> List[Case]:
    body = SAMPLES["standard"].body
    return [
        sign_case(
            "sign-first-secret-signs", "Of several secrets the first signs.", standard(body),
            scheme="standard", secrets=[STANDARD_SECRET, STANDARD_OTHER], message_id=MSG,
            body=body, now=NOW,
        ),
        sign_case(
            "sign-first-secret-signs-alone", "The list holds one signature, not one per secret.",
            [
                ("webhook-id", MSG),
                ("webhook-timestamp", str(NOW)),
                ("webhook-signature", v1(body, secret=STANDARD_OTHER)),
            ],
            scheme="standard", secrets=[STANDARD_OTHER, STANDARD_SECRET], message_id=MSG,
            body=body, now=NOW,
        ),
        sign_case(
            "sign-text-secret-order", "The first of two text secrets signs.",
            [("x-hub-signature-256", sha256_equals(_BODY, TEXT_OTHER))],
            scheme="github", secrets=[TEXT_OTHER, TEXT_SECRET], body=_BODY, now=NOW,
        ),
    ]  # fmt: skip


def _refused() -> List[Case]:
    def refused(called: str, about: str, want: str, scheme: str, message_id: Optional[str],
                says: str) -> Case:  # fmt: skip
        return sign_case(
            f"sign-{called}", about, want, scheme=scheme, secrets=[SAMPLES[scheme].secret],
            message_id=message_id, body=_BODY, now=NOW, says=says,
        )  # fmt: skip

    bad = "malformed_header"
    characters = "holds a character other than visible ASCII and space"
    ends = "contains the character that ends the id in the signed content"
    return [
        refused("standard-no-id", "Standard Webhooks signs the id.",
                "missing_context", "standard", None, _NO_ID),
        refused("svix-no-id", "So does Svix.", "missing_context", "svix", None, _NO_ID),
        refused("standard-empty-id", "An empty id.", bad, "standard", "",
                "the header webhook-id is empty"),
        refused("standard-id-with-separator", "A dot would end the id.", bad, "standard", "msg.1",
                f"the header webhook-id {ends}"),
        refused("svix-id-with-separator", "The first set's header is named.", bad, "svix", "msg.1",
                f"the header svix-id {ends}"),
        refused("standard-id-newline", "A line break in the id would begin another header.", bad,
                "standard", "msg\r\nx-admin: 1", f"the header webhook-id {characters}"),
        refused("standard-id-non-ascii", "A letter beyond ASCII.", bad, "standard", "m\u00e9",
                f"the header webhook-id {characters}"),
        refused("github-empty-id", "An empty id where it is optional.", bad, "github", "",
                "the header x-github-delivery is empty"),
        refused("sha256-id-control", "A control character where the id is optional.", bad,
                "sha256", "a\x1bb", f"the header x-webhook-event-id {characters}"),
        refused("shopify-id-nul", "A NUL.", bad, "shopify", "a\0b",
                f"the header x-shopify-webhook-id {characters}"),
        sign_case(
            "sign-of-body", "No header can carry a signature that is in the body.",
            "missing_signature", scheme="mailgun", secrets=[TEXT_SECRET], body=_BODY, now=NOW,
            says="the scheme's signature is no header but the field signature.signature of the body",
        ),
    ]  # fmt: skip


def _described() -> List[Case]:
    def case(called: str, about: str, parts: Mapping[str, Any], want: Any, **more: Any) -> Case:
        scheme: Dict[str, Any] = {
            "name": "custom", "headers": {"signature": "x-signature"}, **parts,
        }  # fmt: skip
        return sign_case(
            f"sign-custom-{called}", about, want, scheme=scheme, secrets=[TEXT_SECRET],
            **{"body": _BODY, "now": NOW, **more},
        )  # fmt: skip

    def signed(text: str, content: bytes, algorithm: str = "sha256") -> Headers:
        """`text` with its % replaced by the hexadecimal tag."""
        return [("x-signature", text.replace("%", tag(_KEY, content, algorithm).hex()))]

    timed = {"signature": "x-signature", "timestamp": "x-time"}
    method_and_url = {"content": "{method}\n{url}\n{body}"}
    url = "https://example.com/?a=1"
    stamped = b"%d." % NOW + _BODY
    milliseconds = b"%d000." % NOW + _BODY
    rfc3339 = b"2023-11-14T22:13:20Z." + _BODY
    late = b"9999-12-31T23:59:59Z." + _BODY
    context = "missing_context"
    return [
        case("plain", "Only a header is described.", {}, signed("%", _BODY)),
        case("sha1", "SHA-1.", {"algorithm": "hmac-sha1"}, signed("%", _BODY, "sha1")),
        case("sha512", "SHA-512.", {"algorithm": "hmac-sha512"}, signed("%", _BODY, "sha512")),
        case("base64", "Base64 after a comma prefix.", {"encoding": "base64", "prefix": "s1,"},
             [("x-signature", "s1," + b64(tag(_KEY, _BODY)))]),
        case("upper", "Upper-case digits.", {"encoding": "hex-upper"},
             [("x-signature", tag(_KEY, _BODY).hex().upper())]),
        case("any-case", "Any case signs in lower case.", {"encoding": "hex-any-case"},
             signed("%", _BODY)),
        case("label-semicolon", "A timestamp label with a semicolon.",
             {"prefix": "h1=", "separator": ";", "timestamp_label": "ts",
              "content": "{timestamp}.{body}"}, signed(f"ts={NOW};h1=%", stamped)),
        case("label-space", "A timestamp label with a space.",
             {"prefix": "h1=", "separator": " ", "timestamp_label": "ts",
              "content": "{timestamp}.{body}"}, signed(f"ts={NOW} h1=%", stamped)),
        case("milliseconds", "Milliseconds.",
             {"headers": timed, "timestamp_format": "milliseconds",
              "content": "{timestamp}.{body}"},
             [("x-time", f"{NOW}000"), *signed("%", milliseconds)]),
        case("rfc3339", "RFC 3339, in UTC and whole seconds.",
             {"headers": timed, "timestamp_format": "rfc3339", "content": "{timestamp}.{body}"},
             [("x-time", "2023-11-14T22:13:20Z"), *signed("%", rfc3339)]),
        case("rfc3339-small-numbers", "Every number has two digits.",
             {"headers": timed, "timestamp_format": "rfc3339", "content": "{timestamp}.{body}"},
             [("x-time", "2001-02-03T04:05:06Z"),
              *signed("%", b"2001-02-03T04:05:06Z." + _BODY)], now=981173106),
        case("rfc3339-last-second", "The last second of year 9999.",
             {"headers": timed, "timestamp_format": "rfc3339", "content": "{timestamp}.{body}"},
             [("x-time", "9999-12-31T23:59:59Z"), *signed("%", late)], now=253402300799),
        case("rfc3339-leap-day", "February 29.",
             {"headers": timed, "timestamp_format": "rfc3339", "content": "{timestamp}.{body}"},
             [("x-time", "2024-02-29T23:59:59Z"),
              *signed("%", b"2024-02-29T23:59:59Z." + _BODY)], now=1709251199),
        case("rfc3339-year-10000", "Year 10000 has no RFC 3339 form.",
             {"headers": timed, "timestamp_format": "rfc3339", "content": "{timestamp}.{body}"},
             "malformed_timestamp", now=253402300800, says="the timestamp is not an RFC 3339 time"),
        case("method-and-url", "Method and URL are signed as they are given.", method_and_url,
             signed("%", b"POST\n" + url.encode() + b"\n" + _BODY), method="POST", url=url),
        case("no-method", "No method.", method_and_url, context, url=url,
             says="the scheme signs the request's method and none was given; pass it"),
        case("no-url", "No URL.", method_and_url, context, method="POST",
             says="the scheme signs the request's URL and none was given; pass it"),
        case("no-id-nor-url", "The URL is reported before the id.",
             {"headers": {"signature": "x-signature", "id": "x-id"}, "content": "{id}{url}{body}"},
             context, says="the scheme signs the request's URL and none was given; pass it"),
        case("id-header-unsigned", "An id header that is not signed is sent all the same.",
             {"headers": {"signature": "x-signature", "id": "x-id"}},
             [("x-id", "a.b"), *signed("%", _BODY)], message_id="a.b"),
        case("id-header-unsigned-no-id", "Without its header, verify would refuse the request.",
             {"headers": {"signature": "x-signature", "id": "x-id"}}, context, says=_NO_ID),
        case("id-header-before-event-header",
             "The set has an id header: the event's header source is not filled.",
             {"headers": {"signature": "x-signature", "id": "x-id"},
              "event_id": ["header:x-event", "id"]},
             [("x-id", MSG), *signed("%", _BODY)], message_id=MSG),
        case("second-event-source", "The first header among the event id's sources.",
             {"event_id": ["body:id", "header:x-first", "header:x-second"]},
             [("x-first", MSG), *signed("%", _BODY)], message_id=MSG),
        case("dedupe-header-not-filled", "A header that only dedupe names is no place for the id.",
             {"dedupe": "header:x-delivery"}, signed("%", _BODY), message_id=MSG),
        case("id-and-timestamp", "Both of them without anything between.",
             {"headers": {**timed, "id": "x-id"}, "content": "{id}{timestamp}{body}",
              "prefix": "sha256="},
             [("x-id", "a.b"), ("x-time", str(NOW)),
              *signed("sha256=%", b"a.b%d" % NOW + _BODY)], message_id="a.b"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "sign.json",
        "sign",
        "The headers that signing gives, and what it refuses.",
        _of_each_scheme() + _secrets() + _refused() + _described(),
    )
