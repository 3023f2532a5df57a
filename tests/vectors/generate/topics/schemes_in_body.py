"""Descriptions of schemes that have their signature in the body."""

from __future__ import annotations

from typing import Any, List, Optional

from casebook import Case, construct_case
from fixtures import TEXT_SECRET

_PATH = "a body path is not 1 to 4 names joined by dots"
_FIELD = "{field:a}"


def _case(called: str, about: str, reason: Optional[str] = None, **parts: Any) -> Case:
    """`reason` is why it is malformed."""
    scheme = {"name": "custom", "signature_field": "proof", "content": _FIELD, **parts}
    return construct_case(
        f"scheme-in-body-{called}", about, "accept" if reason is None else "malformed_scheme",
        scheme={key: value for key, value in scheme.items() if value is not None},
        secrets=[TEXT_SECRET], says=reason,
    )  # fmt: skip


def cases() -> List[Case]:
    both = "it has a signature in the body and another in a header"
    decorated = "it has a signature in the body, and a prefix or separator"
    foreign = "its content has a field of a body that holds no signature"
    other = "it has a signature in the body, and content that is no field of the body"
    of_no_item = "it has items, and a timestamp or content that is of no item"
    uncovered = "it has a timestamp in the body that its content does not cover"
    braces = "its content has an unknown part or an unmatched brace"
    around = "{before_signature}{after_signature}"
    header = {"signature": "x-signature"}
    return [
        _case("field", "A signature in the body."),
        _case("four-names", "Four names.", signature_field="a.b.c.d", content="{line:a.b.c.e}"),
        _case("field-of-signature", "A signature that covers itself.",
              "its content has the field of its signature", signature_field="a"),
        _case("no-sets", "An empty list of header sets.", headers=[]),
        _case("header", "And another in a header.", both, headers=header),
        _case("further", "And others in further headers.", both, further_signatures="x-a"),
        _case("neither", "No signature.", "it names no signature header", signature_field=None,
              content="{body}"),
        _case("path", "A path of five names.", _PATH, signature_field="a.b.c.d.e"),
        _case("path-empty", "An empty path.", _PATH, signature_field=""),
        _case("field-path", "A field of five names.", _PATH, content="{field:a.b.c.d.e}"),
        _case("field-path-empty", "A field without a name.", _PATH, content="{field:}"),
        _case("line-path-empty", "A line without a name.", _PATH, content="{line:a.}"),
        _case("field-unknown", "Another part of a field.", braces, content="{value:a}"),
        _case("prefix", "A prefix.", decorated, prefix="v1="),
        _case("separator", "A separator.", decorated, separator=","),
        _case("label", "A label of a timestamp needs what is not there.",
              "a timestamp label needs a separator and a prefix that ends in =",
              timestamp_label="t"),
        _case("no-content", "Content that covers nothing.", "its content does not cover the body",
              content="text"),
        _case("before-alone", "What is before the signature alone.",
              "its content does not cover the body", content="{before_signature}"),
        _case("around", "The body around the signature.", content=around),
        _case("body", "The whole body, in which the signature is.", other, content="{body}"),
        _case("url", "The URL.", other, content=_FIELD + "{url}"),
        _case("method", "The method.", other, content=_FIELD + "{method}"),
        _case("id", "An id.", other, content=_FIELD + "{id}"),
        _case("timestamp", "A timestamp of a header.", other, content=_FIELD + "{timestamp}"),
        _case("form", "The form of the body.", other, content=_FIELD + "{form}", payload="form"),
        _case("of-form", "A body that is a form.", "it has a signature in a body that may be no JSON",
              payload="form"),
        _case("of-batch", "A body that may be an array.",
              "it has a signature in a body that may be no JSON", payload="json-batch"),
        _case("field-of-header", "A field, and the signature in a header.", foreign,
              signature_field=None, headers=header),
        _case("around-of-header", "The body around a signature that is in a header.", foreign,
              signature_field=None, headers=header, content="{body}{before_signature}"),
        _case("items-of-header", "Items, and the signature in a header.",
              "it has items but no signature in the body", signature_field=None, headers=header,
              content="{body}", signature_items="a"),
        _case("items", "Items.", signature_items="a.b"),
        _case("items-path", "A path of items that is none.", _PATH, signature_items="a..b"),
        _case("items-around", "Items, and the body around a signature.", of_no_item,
              signature_items="a", content=around),
        _case("items-time", "Items, and a timestamp.", of_no_item, signature_items="a",
              timestamp_field="a"),
        _case("time", "A timestamp that is covered.", timestamp_field="a"),
        _case("time-line", "As a line.", timestamp_field="a", content="{line:a}"),
        _case("time-around", "With the rest of the body.", timestamp_field="b", content=around),
        _case("time-uncovered", "A timestamp that is not.", uncovered, timestamp_field="b"),
        _case("token", "A token in the body.", algorithm="token", content=""),
        _case("token-time", "A token covers no timestamp.", uncovered, algorithm="token",
              content="", timestamp_field="a"),
        _case("token-content", "A token with content.",
              "a token has content, or a key that is not text", algorithm="token"),
        _case("md5", "A plain MD5.", algorithm="plain-md5", content="{secret}" + _FIELD),
        _case("md5-without-secret", "A plain MD5 without the secret.",
              "its content has the secret and its algorithm is keyed, or the other way round",
              algorithm="plain-md5"),
        _case("source-id", "An id header that is not there.",
              "it has the event source id but no id header", event_id="id"),
        _case("sources", "Sources of the event in headers and in the body.",
              event_id="header:x-id", event_type="body:type"),
        _case("parts-16", "Sixteen parts.", content=_FIELD * 16),
        _case("parts-17", "Seventeen.", "its content has more than 16 parts", content=_FIELD * 17),
    ]  # fmt: skip
