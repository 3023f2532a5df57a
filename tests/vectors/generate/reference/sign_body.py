"""Section 5, for signatures that are a field of the body: the body with its signature in it."""

from __future__ import annotations

from typing import List, Optional

from reference.content import field_of, fill_content
from reference.json_text import Value, parse_json
from reference.refusal import Refusal
from reference.scheme import Scheme
from reference.sign import written_timestamp
from reference.signature import encode_tag, mac
from reference.signature_in_body import malformed, not_object, value_at, values_of


def sign_body(
    scheme: Scheme, key: bytes, body: bytes, message_id: Optional[str], now: int
) -> bytes:
    """The attempt's time and the delivery's identity are written too, if they are covered."""
    if scheme.signature_field is None:
        return body
    sought = scheme.signature_items or scheme.signature_field
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise not_object(sought) from None
    if scheme.timestamp_field is not None:
        time = written_timestamp(scheme, now)
        text = _with_field(text, scheme.timestamp_field, _quoted(time))
    identity = scheme.dedupe[0] if scheme.dedupe else None
    covered = [scheme.signature_field, *map(field_of, scheme.content)]
    is_covered = identity is not None and identity.kind == "body" and identity.name in covered
    if message_id is not None and identity is not None and is_covered:
        text = _with_field(text, identity.name, _quoted(message_id))
    if scheme.signature_items is None:
        return _signed(scheme, key, text).encode("utf-8")
    array = value_at(scheme.signature_items, _object(text, sought))
    elements = array.members if array is not None and array.kind == "array" else []
    if not elements:
        raise Refusal(
            "missing_signature",
            f"the body has nothing at {scheme.signature_items} that could be signed; is this"
            " another scheme's request?",
        )
    signed = [_signed(scheme, key, element.source) for _, element in elements]
    return _with_field(text, scheme.signature_items, f"[{','.join(signed)}]").encode("utf-8")


def _signed(scheme: Scheme, key: bytes, text: str) -> str:
    path = scheme.signature_field
    assert path is not None
    unsigned = _with_field(text, path, '""')
    whole = _object(unsigned, path)
    empty = value_at(path, whole)
    assert empty is not None
    values = {**values_of(scheme, whole, empty, unsigned), "secret": key}
    proof = encode_tag(scheme, mac(scheme, key, fill_content(scheme.content, values)))
    return _with_field(unsigned, path, _quoted(proof))


def _object(text: str, path: str) -> Value:
    try:
        whole = parse_json(text)
    except Refusal:
        raise not_object(path) from None
    if whole.kind != "object":
        raise not_object(path)
    return whole


def _with_field(text: str, path: str, json: str) -> str:
    """What is there is replaced; else it becomes the first of the innermost object on its way."""
    names = path.split(".")
    value = _object(text, path)
    while names and value.kind == "object":
        named = [member for key, member in value.members if key == names[0]]
        if len(named) > 1:
            raise malformed(path, ", which is signed, appears more than once")
        if not named:
            break
        value, names = named[0], names[1:]
    if names and value.kind == "object":
        comma = "," if value.members else ""
        member = f"{_quoted(names[0])}:{_nested(names[1:], json)}{comma}"
        return text[: value.start + 1] + member + text[value.start + 1 :]
    end = value.start + len(value.source)
    return text[: value.start] + _nested(names, json) + text[end:]


def _nested(names: List[str], json: str) -> str:
    if not names:
        return json
    return f"{{{_quoted(names[0])}:{_nested(names[1:], json)}}}"


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(text: str) -> str:
    def written(character: str) -> str:
        if character in _ESCAPED:
            return _ESCAPED[character]
        return f"\\u{ord(character):04x}" if character < " " else character

    return f'"{"".join(map(written, text))}"'
