"""Section 1: what makes a description malformed, in the order in which it is reported."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from reference.content import Part, field_of, parse_content
from reference.refusal import Refusal

Described = Dict[str, Any]

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,16}")
_PREFIX = re.compile(r"[A-Za-z0-9_-]{1,16}[=,]")
_SOURCE_KEYS = ("event_id", "event_type", "event_time", "dedupe")
_TIME_FORMS = ["seconds", "milliseconds", "rfc3339", "seconds-or-rfc3339"]
_WORDS: Dict[str, List[str]] = {
    "algorithm": [
        "hmac-sha256", "hmac-sha1", "hmac-sha512", "plain-sha256", "plain-md5", "token", "ed25519",
        "ecdsa-p256-sha256", "rsa-pkcs1-sha256", "jws",
    ],
    "encoding": ["hex", "hex-upper", "hex-any-case", "base64", "base64url"],
    "key": [
        "text", "base64", "hex", "base64-or-text", "base64-and-text", "public-key",
        "public-key-or-text", "identity",
    ],
    "url_form": ["as-given", "either-port", "partly-decoded"],
    "timestamp_format": _TIME_FORMS,
    "payload": ["json", "json-batch", "form", "json-or-form"],
    "event_time_format": _TIME_FORMS,
    "required": ["id", "type"],
    "handshake": [
        "slack-url-verification", "meta-verification", "zoom-url-validation",
        "twitch-callback-verification", "discord-ping", "sns-confirmation", "dropbox-challenge",
        "okta-verification", "asana-hook-secret", "notion-verification-token",
        "mailersend-test", "head-probe", "get-probe",
    ],
    "answers": ["described", "empty", "described-400"],
}  # fmt: skip
_ASYMMETRIC = ("ed25519", "ecdsa-p256-sha256", "rsa-pkcs1-sha256", "jws")


def check_description(described: Described) -> None:
    """Raises the first reason; `described` has every key, and lists where one value may stand."""
    checks = (
        _words, _name, _header_sets, _header_names, _further_signatures, _same_parts, _twice_named, _id_of_proof,
        _prefix, _separator, _bare_in_body, _timestamp_label, _content, _unsigned_timestamp, _handshake, _key, _secret_prefix, _sources, _required,
    )  # fmt: skip
    for check in checks:
        reason = check(described)
        if reason is not None:
            raise Refusal("malformed_scheme", f"the scheme is malformed: {reason}")


def _words(described: Described) -> Optional[str]:
    for key, allowed in _WORDS.items():
        values = described[key] if key == "required" else [described[key]]
        if key == "handshake" and described[key] is None:
            continue
        if any(value not in allowed for value in values):
            return f"{key} is not one of {', '.join(allowed)}"
    return None


def _name(described: Described) -> Optional[str]:
    if not _NAME.fullmatch(described["name"]):
        return "its name is not 1 to 64 of a-z, 0-9 and -"
    return None


def _header_sets(described: Described) -> Optional[str]:
    sets = described["headers"]
    in_body = described["signature_field"] is not None
    if in_body and (sets or described["further_signatures"]):
        return "it has a signature in the body and another in a header"
    if (not sets and not in_body) or any(not one.get("signature") for one in sets):
        return "it names no signature header"
    if len(sets) > 4:
        return "it has more than 4 header sets"
    return None


def _header_names(described: Described) -> Optional[str]:
    names = [
        one[part]
        for one in described["headers"]
        for part in ("signature", "id", "timestamp")
        if one.get(part) is not None
    ]
    for key in _SOURCE_KEYS:
        names += [text[len("header:") :] for text in described[key] if text.startswith("header:")]
    if any(not _NAME.fullmatch(name) for name in names):
        return "a header name is not lower-case letters, digits and - (1 to 64)"
    return None


def _further_signatures(described: Described) -> Optional[str]:
    further = described["further_signatures"]
    if len(further) > 15:
        return "it has more than 15 further signature headers"
    if any(not _NAME.fullmatch(name) for name in further):
        return "a header name is not lower-case letters, digits and - (1 to 64)"
    in_sets = {name for one in described["headers"] for name in one.values()}
    if len(set(further)) < len(further) or in_sets & set(further):
        return "it names a further signature header twice"
    return None


def _parts_of(one: Dict[str, Optional[str]]) -> List[str]:
    return sorted(part for part, name in one.items() if name is not None)


def _same_parts(described: Described) -> Optional[str]:
    shapes = [_parts_of(one) for one in described["headers"]]
    if any(shape != shapes[0] for shape in shapes):
        return "its header sets do not have the same parts"
    return None


def _twice_named(described: Described) -> Optional[str]:
    for one in described["headers"]:
        names = [name for name in one.values() if name is not None]
        if len(names) != len(set(names)):
            return "a header set names one header for two parts"
    return None


def _id_of_proof(described: Described) -> Optional[str]:
    proofs = {one.get(part) for one in described["headers"] for part in ("signature", "timestamp")}
    if any(text.startswith("header:") and text[7:] in proofs for text in described["event_id"]):
        return "its event id is the header of the signature or the timestamp"
    return None


def _prefix(described: Described) -> Optional[str]:
    if described["prefix"] and not _PREFIX.fullmatch(described["prefix"]):
        return "its prefix does not end in = or , after a label of 1 to 16 letters, digits, _ and -"
    return None


def _separator(described: Described) -> Optional[str]:
    separator = described["separator"]
    if separator is None:
        return None
    if separator not in (" ", ",", ";", ", ", "; "):
        return "its separator is not a space, a comma or a semicolon"
    if described["prefix"].endswith(separator[0]):
        return "its separator also ends its prefix"
    return None


def _bare_in_body(described: Described) -> Optional[str]:
    is_bare = not described["prefix"] and described["separator"] is None
    if described["signature_field"] is not None and not is_bare:
        return "it has a signature in the body, and a prefix or separator"
    return None


def _timestamp_label(described: Described) -> Optional[str]:
    label = described["timestamp_label"]
    if label is None:
        return None
    if described["separator"] is None or not described["prefix"].endswith("="):
        return "a timestamp label needs a separator and a prefix that ends in ="
    if not _LABEL.fullmatch(label):
        return "its timestamp label is not 1 to 16 letters, digits, _ and -"
    if label == described["prefix"][:-1]:
        return "its timestamp label is also the label of its signatures"
    if _has_header(described, "timestamp"):
        return "it has both a timestamp header and a timestamp label"
    return None


def _has_header(described: Described, part: str) -> bool:
    return bool(described["headers"]) and described["headers"][0].get(part) is not None


def _has_timestamp(described: Described) -> bool:
    return _has_header(described, "timestamp") or described["timestamp_label"] is not None


def _content(described: Described) -> Optional[str]:
    parts = parse_content(described["content"])
    if parts is None:
        return "its content has an unknown part or an unmatched brace"
    names = [part.name for part in parts]
    is_token = described["algorithm"] == "token"
    is_jws = described["algorithm"] == "jws"
    if is_jws != (described["jws"] is not None) or (is_jws and parts):
        return "its algorithm is of registered schemes only"
    if is_token and (parts or described["key"] != "text"):
        return "a token has content, or a key that is not text"
    has_field = any(field_of(part) is not None for part in parts)
    covered = {"body", "form", "sha256"} & set(names) or _surrounds(names) or has_field
    # What PayPal signs.
    covered = covered or described["key_source"] is not None and "crc32" in names
    if not is_token and not is_jws and not covered:
        return "its content does not cover the body"
    reason = _content_in_body(described, parts)
    if reason is not None:
        return reason
    if "form" in names and described["payload"] in ("json", "json-batch"):
        return "its content has the form of a payload that is none"
    if described["url_form"] != "as-given" and "url" not in names:
        return "it has a form of the URL, which its content does not cover"
    parameter = described["body_digest_parameter"]
    if parameter is not None and (not parameter or "url" not in names or "form" not in names):
        return "it has a digest of the body in a URL, or for a form, that its content does not cover"
    has_secret = described["algorithm"].startswith("plain-")
    if ("secret" in names) != has_secret and described["key"] != "identity":
        return "its content has the secret and its algorithm is keyed, or the other way round"
    if "id" in names and not _has_header(described, "id"):
        return "its content has the id but no id header is named"
    if "timestamp" in names and not _has_timestamp(described):
        return "its content has the timestamp but no timestamp is named"
    if len(parts) > 16:
        return "its content has more than 16 parts"
    return None


def _surrounds(names: List[Optional[str]]) -> bool:
    return "before_signature" in names and "after_signature" in names


def _content_in_body(described: Described, parts: List[Part]) -> Optional[str]:
    around = ("before_signature", "after_signature")
    fields = [field_of(part) for part in parts if field_of(part) is not None]
    is_around = any(part.name in around for part in parts)
    if described["signature_field"] is None:
        if fields or is_around:
            return "its content has a field of a body that holds no signature"
        if described["signature_items"] is not None:
            return "it has items but no signature in the body"
        return None
    others = [part for part in parts if field_of(part) is None and part.name not in around]
    if any(part.name not in (None, "secret") for part in others):
        return "it has a signature in the body, and content that is no field of the body"
    if described["signature_field"] in fields:
        return "its content has the field of its signature"
    if described["payload"] != "json":
        return "it has a signature in a body that may be no JSON"
    time = described["timestamp_field"]
    if described["signature_items"] is not None and (is_around or time is not None):
        return "it has items, and a timestamp or content that is of no item"
    if time is not None and time not in fields and not _surrounds([part.name for part in parts]):
        return "it has a timestamp in the body that its content does not cover"
    return None


def _unsigned_timestamp(described: Described) -> Optional[str]:
    if described["timestamp_field"] is not None:
        if _has_timestamp(described) or described["algorithm"] == "token":
            return "it has a timestamp in the body and another, or a body that nothing covers"
        if described["payload"] != "json":
            return "it has a timestamp in a body that may be no JSON"
    if _has_timestamp(described):
        parts = parse_content(described["content"]) or []
        if all(part.name != "timestamp" for part in parts):
            return "it names a timestamp that its content does not cover"
    return None


def _handshake(described: Described) -> Optional[str]:
    needed = {"zoom-url-validation": "hmac-sha256", "okta-verification": "token"}
    algorithm = described["algorithm"]
    if needed.get(described["handshake"], algorithm) != algorithm:
        return "its handshake needs hmac-sha256 (zoom-url-validation) or a token (okta-verification)"
    return None


def _key(described: Described) -> Optional[str]:
    key, algorithm = described["key"], described["algorithm"]
    is_public = key in ("public-key", "identity")
    if algorithm == "jws":
        fits = is_public or key in ("text", "public-key-or-text")
    else:
        fits = is_public == (algorithm in _ASYMMETRIC) and key != "public-key-or-text"
    if not fits:
        return "its algorithm and the form of its key do not fit"
    if key == "identity" and (described["key_source"] is None or algorithm not in _ASYMMETRIC):
        return "the form of its key is of registered schemes only"
    return None


def _secret_prefix(described: Described) -> Optional[str]:
    if described["secret_prefix"] and described["key"] == "text":
        return "a secret prefix needs a base64 or hex key"
    if not described["secret_prefix"] and described["key"] in (
        "base64-or-text", "base64-and-text",
    ):  # fmt: skip
        return "a key that is base64 or text needs a secret prefix"
    return None


def _sources(described: Described) -> Optional[str]:
    lists = [described[key] for key in _SOURCE_KEYS]
    every = [text for sources in lists for text in sources]
    joined = [text[len("joined:") :].split(",") for text in every if text.startswith("joined:")]
    kinds = ("header:", "body:", "joined:")
    if any(text != "id" and not text.startswith(kinds) for text in every) or [] in [
        paths[1:] for paths in joined
    ]:
        return "an event source is not id, header:NAME, body:PATH or joined:PATH,PATH"
    if "id" in every and not _has_header(described, "id"):
        return "it has the event source id but no id header"
    if any(len(sources) > 4 for sources in lists):
        return "an event field has more than 4 sources"
    paths = [text[len("body:") :] for text in every if text.startswith("body:")]
    paths += [path for paths_of_one in joined for path in paths_of_one]
    keys = ("data", "timestamp_field", "signature_field", "signature_items")
    paths += [described[key] for key in keys if described[key] is not None]
    paths += [field for field in map(field_of, parse_content(described["content"]) or []) if field is not None]
    for path in paths:
        names = path.split(".")
        if len(names) > 4 or "" in names:
            return "a body path is not 1 to 4 names joined by dots"
    if any(len(paths_of_one) > 4 for paths_of_one in joined):
        return "a joined event source has more than 4 paths"
    return None


def _required(described: Described) -> Optional[str]:
    if any(not described[f"event_{field}"] for field in described["required"]):
        return "it requires an event id or type that it has no source for"
    return None
