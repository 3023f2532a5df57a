"""The description of a scheme as typed values, and the table of registered schemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Union

from reference.content import Part, parse_content
from reference.providers import ALIASES, PROVIDERS
from reference.refusal import Refusal
from reference.scheme_rules import check_description

Description = Mapping[str, Any]

TAG_BYTES = {
    "hmac-sha256": 32, "hmac-sha1": 20, "hmac-sha512": 64, "plain-sha256": 32, "plain-md5": 16,
    "ed25519": 64,
}  # fmt: skip
#: How signatures of an algorithm are verified with public keys.
METHOD_OF = {
    "ed25519": "ed25519",
    "ecdsa-p256-sha256": "ecdsa-der",
    "rsa-pkcs1-sha256": "rsa-sha256",
}


class HeaderSet(NamedTuple):
    """Names of the headers that carry one signature."""

    signature: str
    id: Optional[str]
    timestamp: Optional[str]

    def names(self) -> List[str]:
        return [name for name in self if name is not None]


class Source(NamedTuple):
    """Where a field of the event comes from: kind is id, header or body."""

    kind: str
    name: str


class Tolerance(NamedTuple):
    """Seconds; None is unchecked."""

    past: Optional[int]
    future: Optional[int]


@dataclass(frozen=True)
class Scheme:
    """A checked scheme."""

    name: str
    header_sets: List[HeaderSet]
    prefix: str
    separator: Optional[str]
    timestamp_label: Optional[str]
    timestamp_field: Optional[str]
    signature_field: Optional[str]
    signature_items: Optional[str]
    further_signatures: List[str]
    algorithm: str
    encoding: str
    key: str
    secret_prefix: str
    content: List[Part]
    url_form: str
    body_digest_parameter: Optional[str]
    timestamp_format: str
    tolerance: Tolerance
    payload: str
    event_id: List[Source]
    event_type: List[Source]
    event_time: List[Source]
    dedupe: List[Source]
    event_time_format: str
    required: List[str]
    data: Optional[str]
    handshake: Optional[str]
    answers: str
    #: What stands before signatures by Ed25519, beside those by the algorithm.
    ed25519_prefix: Optional[str]
    #: How the host comes by a key that no secret gives.
    key_source: Optional[Dict[str, Any]]
    #: What a JSON Web Signature says.
    jws: Optional[Dict[str, Any]]
    #: Where a request says whose it is.
    identity: Optional[str]
    #: The field that says with which hash RSA signed.
    rsa_version_field: Optional[str]
    #: Whether a type or a time that is malformed is none.
    free_fields: bool

    @property
    def is_asymmetric(self) -> bool:
        return self.algorithm in METHOD_OF or self.algorithm == "jws"

    @property
    def tag_bytes(self) -> int:
        """Of those whose length is fixed."""
        return TAG_BYTES[self.algorithm]

    def signs(self, part_name: str) -> bool:
        return any(part.name == part_name for part in self.content)


_DEFAULTS: Dict[str, Any] = {
    "name": "",
    "headers": [],
    "prefix": "",
    "separator": None,
    "timestamp_label": None,
    "timestamp_field": None,
    "signature_field": None,
    "signature_items": None,
    "further_signatures": [],
    "algorithm": "hmac-sha256",
    "encoding": "hex",
    "key": "text",
    "secret_prefix": "",
    "content": "{body}",
    "url_form": "as-given",
    "body_digest_parameter": None,
    "timestamp_format": "seconds",
    "tolerance": {"past": 300, "future": 300},
    "payload": "json",
    "event_id": [],
    "event_type": [],
    "event_time": [],
    "event_time_format": "seconds",
    "required": [],
    "data": None,
    "handshake": None,
    "answers": "described",
    # Of registered schemes only.
    "ed25519_prefix": None,
    "key_source": None,
    "jws": None,
    "identity": None,
    "rsa_version_field": None,
    "free_fields": False,
}
_TAKEN_AS_GIVEN = (
    "name",
    "prefix",
    "separator",
    "timestamp_label",
    "timestamp_field",
    "signature_field",
    "signature_items",
    "further_signatures",
    "algorithm",
    "encoding",
    "key",
    "secret_prefix",
    "url_form",
    "body_digest_parameter",
    "timestamp_format",
    "payload",
    "event_time_format",
    "required",
    "data",
    "handshake",
    "answers",
    "ed25519_prefix",
    "key_source",
    "jws",
    "identity",
    "rsa_version_field",
    "free_fields",
)


def as_list(value: Any) -> List[Any]:
    """A list of one for a single value."""
    return list(value) if isinstance(value, list) else [value]


def build_scheme(given: Description) -> Scheme:
    """Checks a description and fills in its defaults."""
    described = {**_DEFAULTS, **given}
    described.setdefault("dedupe", described["event_id"])
    for key in (
        "headers", "further_signatures", "event_id", "event_type", "event_time", "dedupe", "required"
    ):  # fmt: skip
        described[key] = as_list(described[key])
    check_description(described)
    parts = parse_content(described["content"])
    assert parts is not None
    return Scheme(
        header_sets=[
            HeaderSet(one["signature"], one.get("id"), one.get("timestamp"))
            for one in described["headers"]
        ],
        content=parts,
        tolerance=Tolerance(described["tolerance"]["past"], described["tolerance"]["future"]),
        event_id=_sources(described["event_id"]),
        event_type=_sources(described["event_type"]),
        event_time=_sources(described["event_time"]),
        dedupe=_sources(described["dedupe"]),
        **{key: described[key] for key in _TAKEN_AS_GIVEN},
    )


def _sources(texts: List[str]) -> List[Source]:
    return [Source(kind, name) for kind, _, name in (text.partition(":") for text in texts)]


def find_scheme(named: Union[str, Description]) -> Scheme:
    """A registered scheme by name, or the scheme that a description describes."""
    if not isinstance(named, str):
        return build_scheme(named)
    named = ALIASES.get(named, named)
    if named not in REGISTERED:
        raise Refusal(
            "unknown_scheme",
            "no scheme is registered under this name; names are lower-case, such as standard,"
            " stripe or github",
        )
    return build_scheme({"name": named, **REGISTERED[named]})


_STANDARD: Dict[str, Any] = {
    "prefix": "v1,",
    "separator": " ",
    "encoding": "base64",
    "key": "base64",
    "secret_prefix": "whsec_",
    "ed25519_prefix": "v1a,",
    "content": "{id}.{timestamp}.{body}",
    "tolerance": {"past": 300, "future": 300},
    "event_id": "id",
    "event_type": "body:type",
    "data": "data",
}


def _standard_headers(family: str) -> Dict[str, str]:
    return {part: f"{family}-{part}" for part in ("signature", "id", "timestamp")}


REGISTERED: Dict[str, Dict[str, Any]] = {
    **PROVIDERS,
    "standard": {
        **_STANDARD,
        "headers": _standard_headers("webhook"),
        "event_time": "body:timestamp",
        "event_time_format": "rfc3339",
    },
    "svix": {**_STANDARD, "headers": [_standard_headers("svix"), _standard_headers("webhook")]},
    "github": {
        "headers": {"signature": "x-hub-signature-256"},
        "prefix": "sha256=",
        "event_id": "header:x-github-delivery",
        "event_type": "header:x-github-event",
        "payload": "json-or-form",
    },
    "stripe": {
        "headers": {"signature": "stripe-signature"},
        "prefix": "v1=",
        "separator": ",",
        "timestamp_label": "t",
        "content": "{timestamp}.{body}",
        "tolerance": {"past": 300, "future": None},
        "event_id": "body:id",
        "event_type": "body:type",
        "event_time": "body:created",
        "event_time_format": "seconds-or-rfc3339",
        "required": ["id", "type"],
        "data": "data",
    },
    "slack": {
        "headers": {"signature": "x-slack-signature", "timestamp": "x-slack-request-timestamp"},
        "prefix": "v0=",
        "content": "v0:{timestamp}:{body}",
        "tolerance": {"past": 300, "future": 300},
        "payload": "json-or-form",
        "event_id": ["body:event_id", "body:trigger_id"],
        "event_type": ["body:event.type", "body:type", "body:command"],
        "event_time": "body:event_time",
        "handshake": "slack-url-verification",
    },
    "shopify": {
        "headers": [{"signature": f"{x}shopify-hmac-sha256"} for x in ("x-", "")],
        "encoding": "base64",
        "event_id": [f"header:{x}shopify-webhook-id" for x in ("x-", "")],
        "event_type": [f"header:{x}shopify-topic" for x in ("x-", "")],
        "event_time": [f"header:{x}shopify-triggered-at" for x in ("x-", "")],
        "event_time_format": "rfc3339",
    },
    "meta": {
        "headers": {"signature": "x-hub-signature-256"},
        "prefix": "sha256=",
        "event_type": "body:object",
        "handshake": "meta-verification",
    },
    "sha256": {
        "headers": {"signature": "x-webhook-signature"},
        "prefix": "sha256=",
        "event_id": ["body:id", "header:x-webhook-event-id"],
        "event_type": "body:type",
        "event_time": "body:timestamp",
        "required": ["type"],
        "data": "data",
    },
}
