"""The configuration, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional

from countersign import ConfigurationError, Webhook


class SettingsError(Exception):
    """A variable is missing or wrong: the receiver must not start."""


@dataclass(frozen=True)
class Settings:
    """What the receiver is run with."""

    webhook: Webhook
    events_token: Optional[str] = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads ``COUNTERSIGN_SCHEME``, ``_SECRET``, ``_OLD_SECRET`` and ``_EVENTS_TOKEN``."""
        scheme = _required(environment, "COUNTERSIGN_SCHEME", "the name of the provider's scheme")
        secrets = {
            "COUNTERSIGN_SECRET": _required(
                environment, "COUNTERSIGN_SECRET", "the endpoint's secret"
            )
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
        return cls(
            Webhook(scheme, list(secrets.values())),
            events_token=environment.get("COUNTERSIGN_EVENTS_TOKEN"),
        )


def _required(environment: Mapping[str, str], name: str, what: str) -> str:
    if name not in environment:
        raise SettingsError(f"{name} is not set; it holds {what}")
    return environment[name]
