"""The configuration, from the environment."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

#: What the program reads. A variable whose name is misspelt would do nothing.
KNOWN = {
    "SENDER_ENDPOINTS",
    "SENDER_OUTBOX",
    "SENDER_ENCRYPTION_KEY",
    "SENDER_RETRY_POLICY",
    "SENDER_TIMEOUT",
    "SENDER_ALLOW_LOCAL",
    "SENDER_STATUS_TOKEN",
    "SENDER_STATUS_PORT",
}
#: What an endpoint has here. ``countersign.sender.Endpoint`` knows more.
OF_ENDPOINT = {"url", "secret", "event_types"}


class SettingsError(Exception):
    """A variable is missing or wrong: the sender must not start."""


@dataclass(frozen=True)
class Settings:
    """What the sender is run with."""

    #: What is to be registered, by the id of the endpoint.
    endpoints: Mapping[str, Mapping[str, Any]] = field(repr=False)
    outbox: str = "outbox.db"
    #: Encrypts the secrets of the endpoints in the outbox: 32 random bytes, the same for all
    #: processes. Without one, who reads the file can sign.
    encryption_key: Optional[bytes] = field(default=None, repr=False)
    #: Seconds before the second attempt, which double each time, and how many attempts there are;
    #: the schedule of Standard Webhooks if ``None``.
    retry: Optional[tuple[float, int]] = None
    #: How long an attempt may take, in seconds.
    timeout: float = 30
    #: Whether endpoints may be on this machine, without TLS.
    allow_local: bool = False
    #: Opens the status page to who has it.
    status_token: Optional[str] = field(default=None, repr=False)
    status_port: int = 8001

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the variables that the README lists. Raises :class:`SettingsError`."""
        for name in environment:
            if name.startswith("SENDER_") and name not in KNOWN:
                raise SettingsError(f"there is no setting {name}")
        return cls(
            endpoints=_endpoints(environment.get("SENDER_ENDPOINTS")),
            outbox=environment.get("SENDER_OUTBOX", cls.outbox),
            encryption_key=_key(environment.get("SENDER_ENCRYPTION_KEY")),
            retry=_retry(environment.get("SENDER_RETRY_POLICY")),
            timeout=_seconds(environment.get("SENDER_TIMEOUT"), cls.timeout),
            allow_local=environment.get("SENDER_ALLOW_LOCAL") == "1",
            status_token=environment.get("SENDER_STATUS_TOKEN"),
            status_port=_port(environment.get("SENDER_STATUS_PORT"), cls.status_port),
        )


def _endpoints(text: Optional[str]) -> Mapping[str, Mapping[str, Any]]:
    if text is None:
        raise SettingsError("SENDER_ENDPOINTS is not set; it holds who is told of what, as JSON")
    try:
        endpoints = json.loads(text)
    except ValueError:
        # Its message would quote what may hold a secret.
        raise SettingsError("SENDER_ENDPOINTS is not JSON") from None
    if not isinstance(endpoints, dict) or not endpoints:
        raise SettingsError("SENDER_ENDPOINTS must be an object with endpoints by their ids")
    for name, endpoint in endpoints.items():
        if not isinstance(endpoint, dict) or not {"url", "secret"} <= endpoint.keys() <= OF_ENDPOINT:
            raise SettingsError(f"SENDER_ENDPOINTS: {name} must have url, secret, event_types")
    return endpoints


def _key(text: Optional[str]) -> Optional[bytes]:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SettingsError("SENDER_ENCRYPTION_KEY is not base64") from None


def _retry(text: Optional[str]) -> Optional[tuple[float, int]]:
    """Such as ``5/8``."""
    if text is None:
        return None
    base, _, attempts = text.partition("/")
    try:
        return float(base), int(attempts)
    except ValueError:
        raise SettingsError("SENDER_RETRY_POLICY must be like 5/8") from None


def _seconds(text: Optional[str], default: float) -> float:
    if text is None:
        return default
    try:
        return float(text)
    except ValueError:
        raise SettingsError("SENDER_TIMEOUT must be a number of seconds") from None


def _port(text: Optional[str], default: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        raise SettingsError("SENDER_STATUS_PORT must be a port")
    return int(text)
