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
    "COUNTERSIGN_INBOX",
    "COUNTERSIGN_RETRY_POLICY",
]
#: The same, in seconds.
SECONDS = ["COUNTERSIGN_WAIT", "COUNTERSIGN_LEASE"]
#: Those of the guards that are on unless they are switched ``off``.
GUARDS = {"COUNTERSIGN_RATE_LIMIT": "600/60", "COUNTERSIGN_STORE": "memory"}
#: What this program reads itself.
OTHERS = [
    "COUNTERSIGN_SCHEME",
    "COUNTERSIGN_SECRET",
    "COUNTERSIGN_OLD_SECRET",
    "COUNTERSIGN_EVENTS_TOKEN",
    "COUNTERSIGN_WORKERS",
    "COUNTERSIGN_ADDRESS",
]


class SettingsError(Exception):
    """A variable is missing or wrong: the receiver must not start."""


@dataclass(frozen=True)
class Settings:
    """What the receiver is run with."""

    #: The configuration of the extension, by its own names.
    countersign: Mapping[str, Any] = field(repr=False)
    events_token: Optional[str] = field(default=None, repr=False)
    #: How many events of an inbox ``python -m flask_app`` handles at a time.
    workers: int = 4

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the variables that the README lists. Raises :class:`SettingsError`."""
        _check_names(environment)
        scheme = _required(environment, "COUNTERSIGN_SCHEME", "the name of the provider's scheme")
        config: dict[str, Any] = {
            "COUNTERSIGN_SCHEME": scheme,
            "COUNTERSIGN_SECRET": _secrets(environment, scheme),
        }
        config.update({name: environment[name] for name in PASSED_ON if name in environment})
        for name in SECONDS:
            if name in environment:
                config[name] = _number(environment, name)
        for name, default in GUARDS.items():
            value = environment.get(name, default)
            config[name] = None if value == "off" else value
        return cls(config, environment.get("COUNTERSIGN_EVENTS_TOKEN"), _workers(environment))


def _check_names(environment: Mapping[str, str]) -> None:
    """A guard whose name is misspelt would be off."""
    known = {*PASSED_ON, *SECONDS, *GUARDS, *OTHERS}
    for name in environment:
        if name.startswith("COUNTERSIGN_") and name not in known:
            raise SettingsError(f"there is no setting {name}")


def _number(environment: Mapping[str, str], name: str) -> float:
    try:
        return float(environment[name])
    except ValueError:
        raise SettingsError(f"{name} must be a number of seconds") from None


def _workers(environment: Mapping[str, str]) -> int:
    text = environment.get("COUNTERSIGN_WORKERS", "4")
    if text == "off":
        return 0
    if not text.isdecimal() or int(text) == 0:
        raise SettingsError("COUNTERSIGN_WORKERS must be a number above 0, or 'off'")
    if "COUNTERSIGN_WORKERS" in environment and "COUNTERSIGN_INBOX" not in environment:
        raise SettingsError("COUNTERSIGN_WORKERS is for receivers with COUNTERSIGN_INBOX")
    return int(text)


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
