"""A sender from the configuration of an application: the keys that begin with
``COUNTERSIGN_SENDER_``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from countersign.flask.configuration import PREFIX, SENDER, database_from, policy_from
from countersign.sender import EnforcingProxy, Sender

#: What is passed to a sender as it is, by key.
_PLAIN = {
    "CONCURRENCY": "concurrency",
    "CONNECT_TIMEOUT": "connect_timeout",
    "ENDPOINT_CONCURRENCY": "endpoint_concurrency",
    "FIRST_BYTE_TIMEOUT": "first_byte_timeout",
    "HEALTH_POLICY": "health_policy",
    "LEASE": "lease",
    "PAYLOAD_LIMIT": "payload_limit",
    "RETENTION": "retention",
    "ROOT_CERTIFICATES": "root_certificates",
    "SCHEMAS": "schemas",
    "SCHEME": "scheme",
    "SCHEMES": "schemes",
    "SECRET": "secret",
    "SURVIVES_POWER_CUT": "survives_power_cut",
    "TOTAL_TIMEOUT": "total_timeout",
}
_OTHER = {"DATABASE", "DISPATCH", "ENCRYPTION_KEYS", "ENFORCING_PROXY", "RETRY_POLICY"}


def sender_from(config: Mapping[str, Any]) -> Sender | None:
    """The sender that the configuration describes; ``None`` without ``COUNTERSIGN_SENDER_DATABASE``:
    ``sqlite:///file`` or ``postgresql://host/name``.

    Raises ``ValueError`` for a key that there is not and for certificates and a proxy that are none,
    ``ConfigurationError`` for a secret that is none, and ``DeliveryError`` (``outbox_unavailable``)
    if the database cannot be opened.
    """
    prefix = f"{PREFIX}{SENDER}"
    given = {key[len(prefix) :]: config[key] for key in config if key.startswith(prefix)}
    unknown = given.keys() - _PLAIN.keys() - _OTHER
    if unknown:
        raise ValueError(f"there is no setting {prefix}{min(unknown)}")
    if given.get("DATABASE") is None:
        return None
    options = {name: given[key] for key, name in _PLAIN.items() if given.get(key) is not None}
    if given.get("RETRY_POLICY") is not None:
        options["retry_policy"] = policy_from(f"{prefix}RETRY_POLICY", given["RETRY_POLICY"])
    if given.get("ENCRYPTION_KEYS") is not None:
        options["encryption_keys"] = _keys(f"{prefix}ENCRYPTION_KEYS", given["ENCRYPTION_KEYS"])
    if given.get("ENFORCING_PROXY") is not None:
        options["proxy"] = _proxy(f"{prefix}ENFORCING_PROXY", given["ENFORCING_PROXY"])
    return Sender(database_from(f"{prefix}DATABASE", given["DATABASE"]), **options)


def dispatches(config: Mapping[str, Any]) -> bool:
    """Whether the processes of the server deliver, by ``COUNTERSIGN_SENDER_DISPATCH``."""
    return bool(config.get(f"{PREFIX}{SENDER}DISPATCH", True))


def _proxy(name: str, value: object) -> EnforcingProxy:
    """A proxy, or its URL, in which user and password may be."""
    if isinstance(value, EnforcingProxy):
        return value
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a URL or an EnforcingProxy")
    try:
        parts = urlsplit(value)
    except ValueError:
        # Its message may quote the password.
        raise ValueError(f"{name} is no URL") from None
    user = None if parts.username is None else unquote(parts.username)
    host = parts.netloc.rpartition("@")[2]
    url = parts._replace(netloc=host).geturl()
    return EnforcingProxy(url, user, unquote(parts.password or ""))


def _keys(name: str, value: object) -> list[bytes]:
    """Keys as bytes, or in base64 as environments have them, with commas between."""
    given: Any = value.replace(",", " ").split() if isinstance(value, str) else value
    if isinstance(given, bytes):
        return [given]
    try:
        return [
            base64.b64decode(key, validate=True) if isinstance(key, str) else bytes(key)
            for key in given
        ]
    except (TypeError, binascii.Error):
        raise ValueError(f"{name} must be keys as bytes or in base64") from None
