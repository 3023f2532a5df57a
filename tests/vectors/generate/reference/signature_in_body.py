"""Section 3, for signatures that are a field of the body."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

from reference.content import field_of, fill_content
from reference.asymmetric.deciding import Received, mismatch, usable_keys
from reference.body_time import text_at
from reference.json_text import Value, parse_json
from reference.refusal import Refusal
from reference.scheme import METHOD_OF, Scheme
from reference.secret import Key
from reference.signature import (
    ENCODING_NAMES,
    MOST_CANDIDATES,
    PUBLIC_BYTES,
    decode,
    decode_tag,
    mac,
)


class _Item(NamedTuple):
    """What is signed for itself: an element of an array, or the whole body."""

    signature: Value
    values: Dict[str, bytes]


def fitting_in_body(scheme: Scheme, keys: List[List[Key]], received: Received) -> int:
    """The first secret that every signature in the body is of. All items are read before a signature is
    decoded."""
    items = _items(scheme, received.body)
    if scheme.is_asymmetric:
        return _prove_items(scheme, keys, received, items)
    tags = [_tag(scheme, item.signature) for item in items]

    def fits(key: Key) -> bool:
        assert isinstance(key, bytes)
        contents = [fill_content(scheme.content, {**item.values, "secret": key}) for item in items]
        return [mac(scheme, key, content) for content in contents] == tags

    fitting = [index for index, of_secret in enumerate(keys) if any(map(fits, of_secret))]
    if not fitting:
        raise mismatch()
    return fitting[0]


def _prove_items(
    scheme: Scheme, keys: List[List[Key]], received: Received, items: List[_Item]
) -> int:
    """The same with public keys; the sender is looked at before a key is."""
    method = METHOD_OF[scheme.algorithm]
    if scheme.rsa_version_field is not None:
        version = text_at(scheme.rsa_version_field, received.body)
        if version not in ("1", "2"):
            raise Refusal(
                "unsupported_signature",
                f"the field {scheme.rsa_version_field} of the body says a version of signatures that"
                " this scheme does not verify",
            )
        method = "rsa-sha1" if version == "1" else "rsa-sha256"
    signatures = [_public_signature(scheme, item.signature) for item in items]
    sender = _expected_sender(scheme, keys, received)
    contents = [fill_content(scheme.content, item.values) for item in items]
    for index, key in usable_keys(scheme, keys, received, None):
        if all(key.verifies(method, *pair) for pair in zip(contents, signatures)):
            return index if sender is None else sender
    raise mismatch()


def _public_signature(scheme: Scheme, signature: Value) -> bytes:
    least, most = PUBLIC_BYTES[METHOD_OF[scheme.algorithm]]
    decoded = decode(scheme, signature.text)
    if decoded is None or not least <= len(decoded) <= most:
        raise _no_signature(scheme)
    return decoded


def _expected_sender(
    scheme: Scheme, keys: List[List[Key]], received: Received
) -> Optional[int]:
    """The secret that is whose the request says it is, where a scheme has such."""
    if scheme.identity is None:
        return None
    kind, _, name = scheme.identity.partition(":")
    assert kind == "body"
    sender = text_at(name, received.body)
    for index, of_secret in enumerate(keys):
        if sender is not None and sender.encode("utf-8") in of_secret:
            return index
    raise Refusal(
        "unexpected_sender",
        "the request is of another account or topic than those given; is it this endpoint's?",
    )


def _items(scheme: Scheme, body: bytes) -> List[_Item]:
    signature = scheme.signature_field
    assert signature is not None
    sought = scheme.signature_items or signature
    try:
        text = body.decode("utf-8")
        whole = parse_json(text)
    except (UnicodeDecodeError, Refusal):
        raise not_object(sought) from None
    if whole.kind != "object":
        raise not_object(sought)
    if scheme.signature_items is None:
        return [_item(scheme, signature, whole, text)]
    array = value_at(scheme.signature_items, whole)
    elements = [] if array is None or array.kind != "array" else array.members
    items: List[_Item] = []
    for _, element in elements:
        if len(items) == MOST_CANDIDATES:
            raise malformed(scheme.signature_items, f" has more than {MOST_CANDIDATES} items")
        if element.kind != "object":
            raise not_object(signature)
        items.append(_item(scheme, signature, element, text))
    if not items:
        raise Refusal(
            "missing_signature",
            f"the body has nothing at {scheme.signature_items} that could be signed; is this"
            " another scheme's request?",
        )
    return items


def _item(scheme: Scheme, path: str, value: Value, text: str) -> _Item:
    found = value_at(path, value)
    if found is None:
        raise Refusal(
            "missing_signature",
            f"the body has no signature at {path}; is this another scheme's request?",
        )
    if found.kind != "string" or found.holds_lone_surrogate():
        raise _no_signature(scheme)
    return _Item(found, values_of(scheme, value, found, text))


def _tag(scheme: Scheme, signature: Value) -> bytes:
    tag = decode_tag(scheme, signature.text)
    if tag is None:
        raise _no_signature(scheme)
    return tag


def _no_signature(scheme: Scheme) -> Refusal:
    assert scheme.signature_field is not None
    if scheme.algorithm == "token":
        return malformed(scheme.signature_field, " holds no token")
    varies = scheme.algorithm in ("ecdsa-p256-sha256", "rsa-pkcs1-sha256")
    length = "" if varies else f"{scheme.tag_bytes}-byte "
    return malformed(
        scheme.signature_field,
        f" holds no {length}signature in canonical {ENCODING_NAMES[scheme.encoding]}",
    )


def values_of(scheme: Scheme, value: Value, signature: Value, text: str) -> Dict[str, bytes]:
    values = {
        "before_signature": text[: signature.start + 1].encode("utf-8"),
        "after_signature": text[signature.start + len(signature.source) - 1 :].encode("utf-8"),
    }
    for part in scheme.content:
        path = field_of(part)
        if path is None:
            continue
        assert part.name is not None
        written = _text(path, value)
        if written is None:
            values[part.name] = b""
        elif part.name.startswith("line:"):
            values[part.name] = f"{path}\n{written}\n".encode("utf-8")
        else:
            values[part.name] = written.encode("utf-8")
    return values


def value_at(path: str, value: Value) -> Optional[Value]:
    """The one value there; None if it is absent or null."""
    for name in path.split("."):
        if value.kind != "object":
            return None
        named = [member for key, member in value.members if key == name]
        if len(named) > 1:
            raise malformed(path, ", which is signed, appears more than once")
        if not named:
            return None
        value = named[0]
    return None if value.kind == "null" else value


def _text(path: str, value: Value) -> Optional[str]:
    found = value_at(path, value)
    if found is None:
        return None
    if found.kind in ("object", "array"):
        raise malformed(path, ", which is signed, is an object or array")
    if found.kind != "string":
        return found.source
    if found.holds_lone_surrogate():
        raise malformed(path, ", which is signed, holds a lone surrogate")
    return found.text


def malformed(path: str, what: str) -> Refusal:
    return Refusal("malformed_signature", f"the field {path} of the body{what}")


def not_object(path: str) -> Refusal:
    return Refusal(
        "missing_signature",
        f"the body is no JSON object and has no signature at {path}; was it cut short, or is it of"
        " another content type?",
    )
