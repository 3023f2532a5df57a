"""Requests judged by their head."""

from __future__ import annotations

from typing import Any, List

from casebook import Case, Topic
from guardbook import head_case

_TYPE = "unsupported_media_type"
_FORM = "application/x-www-form-urlencoded"


def _case(called: str, about: str, want: str, **head: Any) -> Case:
    return head_case(f"head-{called}", about, want, **head)


def _methods() -> List[Case]:
    def refused(method: str, called: str = "") -> Case:
        about = f"The method {method or '(none)'}."
        return _case(f"method-{called or method.lower()}", about, "method_not_allowed", method=method)

    meta: Any = {"scheme": "meta", "verify_token": "meatyhamhock", "content_type": None}
    return [
        _case("post", "A delivery.", "delivery"),
        *(refused(method) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
        refused("post", "lower-case"),
        refused("POST ", "trailing-space"),
        refused("", "empty"),
        _case("get-meta", "Meta's handshake comes with GET.", "handshake", method="GET", **meta),
        _case("get-meta-no-token", "Without a verify token no handshake is answered.",
              "method_not_allowed", method="GET", **{**meta, "verify_token": None}),
        _case("put-meta", "Meta, and another method.", "method_not_allowed", method="PUT", **meta),
        _case("post-meta", "Meta's deliveries.", "delivery", **meta),
        _case("get-token-other-scheme", "A verify token alone makes no handshake.",
              "method_not_allowed", method="GET", verify_token="meatyhamhock"),
        _case("get-slack", "Slack's handshake is a POST.", "method_not_allowed", scheme="slack",
              method="GET", verify_token="meatyhamhock"),
        *(case for scheme, method in _WITHOUT_BODY for case in _probed(scheme, method)),
        *(_case(f"{method.lower()}-{scheme}", "Its handshake is a POST.", "method_not_allowed",
                scheme=scheme, method=method)
          for scheme in ("zoom", "twitch", "asana", "notion") for method in ("GET", "HEAD")),
    ]  # fmt: skip


_WITHOUT_BODY = (
    ("dropbox", "GET"), ("okta", "GET"), ("trello", "HEAD"), ("mandrill", "HEAD"),
    ("intercom", "HEAD"),
)  # fmt: skip


def _probed(scheme: str, method: str) -> List[Case]:
    other = "HEAD" if method == "GET" else "GET"
    some: Any = {"scheme": scheme, "content_type": None, "content_length": None}
    return [
        _case(f"{method.lower()}-{scheme}", f"A handshake by {method}.", "handshake",
              method=method, **some),
        _case(f"{other.lower()}-{scheme}", f"And not by {other}.", "method_not_allowed",
              method=other, **some),
        _case(f"put-{scheme}", "Nor by another.", "method_not_allowed", method="PUT", **some),
        _case(f"post-{scheme}", "Its deliveries.", "delivery", **some),
    ]  # fmt: skip


def _types() -> List[Case]:
    fits = (
        ("plain", "application/json"), ("charset", "application/json; charset=utf-8"),
        ("capitals", "Application/JSON"), ("no-space", "application/json;charset=UTF-8"),
        ("space-before", "application/json ; charset=utf-8"), ("spaces-around", " application/json "),
        ("other-charset", "application/json; charset=iso-8859-1"),
        ("cloudevents", "application/cloudevents+json"), ("vendor", "application/vnd.acme.v1+json"),
        ("suffix-capitals", "application/vnd.acme+JSON; v=1"), ("semicolon-end", "application/json;"),
    )  # fmt: skip
    fails = (
        ("text", "text/plain"), ("text-json", "text/json"), ("form", _FORM), ("empty", ""),
        ("json-alone", "json"), ("longer", "application/jsonp"), ("no-subtype", "application/+json"),
        ("twice", "application/json, application/json"), ("two-types", "application/json, text/plain"),
        ("comma-in-parameter", 'application/json; a="b,c"'), ("inner-space", "application /json"),
        ("odd-vendor", "application/a b+json"), ("other-tree", "image/svg+json"),
        ("multipart", "multipart/form-data; boundary=x"), ("nul", "application/json\0"),
    )  # fmt: skip
    slack: Any = {"scheme": "slack"}
    form: Any = {"scheme": {"name": "f", "headers": {"signature": "x-s"}, "payload": "form"}}
    return [
        *(_case(f"type-{called}", f"{text!r} is JSON.", "delivery", content_type=text)
          for called, text in fits),
        *(_case(f"type-{called}", f"{text!r} is not JSON.", _TYPE, content_type=text)
          for called, text in fails),
        _case("type-none", "No type claims nothing.", "delivery", content_type=None),
        _case("type-either-json", "Slack sends JSON.", "delivery", **slack),
        _case("type-either-form", "And forms.", "delivery", content_type=_FORM, **slack),
        _case("type-either-text", "And nothing else.", _TYPE, content_type="text/plain", **slack),
        _case("type-sns", "Amazon SNS sends its JSON as text.", "delivery", scheme="sns",
              content_type="text/plain; charset=UTF-8"),
        _case("type-sns-other", "But not as every text.", _TYPE, scheme="sns",
              content_type="text/html"),
        _case("type-form-only", "A scheme of forms.", "delivery", content_type=_FORM, **form),
        _case("type-form-only-json", "A scheme of forms takes no JSON.", _TYPE, **form),
    ]  # fmt: skip


def _rest() -> List[Case]:
    def encoded(called: str, value: str, want: str) -> Case:
        return _case(f"encoding-{called}", f"The encoding {value!r}.", want, content_encoding=value)

    return [
        encoded("identity", "identity", "delivery"),
        encoded("identity-capitals", " Identity ", "delivery"),
        encoded("empty", "", "delivery"),
        encoded("gzip", "gzip", _TYPE),
        encoded("br", "br", _TYPE),
        encoded("two", "identity, gzip", _TYPE),
        encoded("identity-twice", "identity, identity", _TYPE),
        _case("length-limit", "As long as the limit.", "delivery", content_length=1024),
        _case("length-over", "One byte longer.", "payload_too_large", content_length=1025),
        _case("length-large", "As long as a number can say.", "payload_too_large",
              content_length=2**53 - 1),
        _case("length-zero", "Empty.", "delivery", content_length=0),
        _case("length-none", "Not announced: the body is counted as it comes.", "delivery",
              content_length=None),
        _case("length-limit-zero", "A limit of nothing.", "payload_too_large", content_length=1,
              body_limit=0),
        _case("order-method", "The method comes first.", "method_not_allowed", method="PUT",
              content_type="text/plain", content_length=2000),
        _case("order-type", "Then the type.", _TYPE, content_type="text/plain",
              content_encoding="gzip", content_length=2000),
        _case("order-encoding", "Then the encoding.", _TYPE, content_encoding="gzip",
              content_length=2000),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "head.json",
        "head",
        "What a request's method and headers say before its body is read.",
        _methods() + _types() + _rest(),
    )
