"""The configuration, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional

from countersign import ConfigurationError, Webhook

#: Settings of the extension that are passed to it as they are, if they are set.
PASSED_ON = [
    "COUNTERSIGN_VERIFY_TOKEN",
    "COUNTERSIGN_ALLOW",
    "COUNTERSIGN_TRUSTED_PROXIES",
    "COUNTERSIGN_FORWARDING_HEADER",
    "COUNTERSIGN_WHEN_STORE_FAILS",
    "COUNTERSIGN_STATUS_TOKEN",
]
#: Those of the guards that are on unless they are switched ``off``.
GUARDS = {"COUNTERSIGN_RATE_LIMIT": "600/60", "COUNTERSIGN_STORE": "memory"}


class SettingsError(Exception):
    """A variable is missing or wrong: the receiver must not start."""


@dataclass(frozen=True)
class Settings:
    """What the receiver is run with."""

    #: The configuration of the extension, by its own names.
    countersign: Mapping[str, Any] = field(repr=False)
    events_token: Optional[str] = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the variables that the README lists. Raises :class:`SettingsError`."""
        scheme = _required(environment, "COUNTERSIGN_SCHEME", "the name of the provider's scheme")
        config: dict[str, Any] = {
            "COUNTERSIGN_SCHEME": scheme,
            "COUNTERSIGN_SECRET": _secrets(environment, scheme),
        }
        config.update({name: environment[name] for name in PASSED_ON if name in environment})
        for name, default in GUARDS.items():
            value = environment.get(name, default)
            config[name] = None if value == "off" else value
        return cls(config, events_token=environment.get("COUNTERSIGN_EVENTS_TOKEN"))


def _secrets(environment: Mapping[str, str], scheme: str) -> list[str]:
    secrets = {
        "COUNTERSIGN_SECRET": _required(environment, "COUNTERSIGN_SECRET", "the endpoint's secret")
    }
    if "COUNTERSIGN_OLD_SECRET" in environment:
        secrets["COUNTERSIGN_OLD_SECRET"] = environment["COUNTERSIGN_OLD_SECRET"]
    for name, secret in secrets.items():
        # Each secret alone first, so that a malformed one is reported under its own name.
        try:
            Webhook(scheme, secret)
        except ConfigurationError as error:
            at_fault = "COUNTERSIGN_SCHEME" if error.code == "unknown_scheme" else name
            raise SettingsError(f"{at_fault}: {error}") from None
    return list(secrets.values())


def _required(environment: Mapping[str, str], name: str, what: str) -> str:
    if name not in environment:
        raise SettingsError(f"{name} is not set; it holds {what}")
    return environment[name]
