"""The configuration, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Optional, TypeVar

from countersign import AddressPolicy, ConfigurationError, RateLimit, Webhook
from countersign.monitor import Monitor, StatusPage
from countersign.receiver import RedisStore, SqliteStore

PROVIDERS = ("github", "stripe")
PREFIX = "COUNTERSIGN_"
#: For each provider, such as ``COUNTERSIGN_GITHUB_SECRET``.
OF_PROVIDERS = ("SECRET", "OLD_SECRET", "ALLOW")
OF_ALL = (
    "ADDRESS",
    "FORWARDING_HEADER",
    "RATE_LIMIT",
    "STATUS_TOKEN",
    "STORE",
    "TRUSTED_PROXIES",
    "WHEN_STORE_FAILS",
)

T = TypeVar("T")


class SettingsError(Exception):
    """A variable is missing or wrong: the receiver must not start."""


@dataclass(frozen=True)
class Settings:
    """What the receivers are run with."""

    #: What each provider's receiver has for itself: ``webhook`` and ``address``.
    endpoints: Mapping[str, Mapping[str, Any]] = field(repr=False)
    #: What they share.
    guards: Mapping[str, Any]
    status_token: Optional[str] = field(default=None, repr=False)

    def options(self, provider: str) -> dict[str, Any]:
        """The options of the provider's :class:`countersign.Receiver`."""
        return {**self.endpoints[provider], **self.guards}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads the variables that the README lists. Raises :class:`SettingsError`."""
        given = {
            name[len(PREFIX) :]: value
            for name, value in environment.items()
            if name.startswith(PREFIX)
        }
        of_providers = {
            f"{provider.upper()}_{name}" for provider in PROVIDERS for name in OF_PROVIDERS
        }
        unknown = given.keys() - of_providers - set(OF_ALL)
        if unknown:
            # A guard whose name is misspelt would be off.
            raise SettingsError(f"there is no setting {PREFIX}{min(unknown)}")
        endpoints = {
            provider: _endpoint(given, provider)
            for provider in PROVIDERS
            if f"{provider.upper()}_SECRET" in given
        }
        if not endpoints:
            wanted = " or ".join(f"{PREFIX}{provider.upper()}_SECRET" for provider in PROVIDERS)
            raise SettingsError(f"{wanted} must be set; it holds the endpoint's secret")
        token = given.get("STATUS_TOKEN")
        if token is not None:
            _checked("STATUS_TOKEN", lambda: StatusPage(Monitor(), token))
        return cls(endpoints, _guards(given), token)


def _endpoint(given: Mapping[str, str], provider: str) -> dict[str, Any]:
    secrets: list[str] = []
    for name in (f"{provider.upper()}_SECRET", f"{provider.upper()}_OLD_SECRET"):
        if name in given:
            _checked(name, lambda: Webhook(provider, given[name]))
            secrets.append(given[name])
    allow = f"{provider.upper()}_ALLOW"
    options: dict[str, Any] = {"trusted_proxies": _list(given.get("TRUSTED_PROXIES", ""))}
    # Each alone first, so that what is malformed is reported under its own name.
    _checked("TRUSTED_PROXIES", lambda: AddressPolicy(**options))
    if "FORWARDING_HEADER" in given:
        options["forwarding_header"] = given["FORWARDING_HEADER"]
        _checked("FORWARDING_HEADER", lambda: AddressPolicy(**options))
    if allow in given:
        options["allow"] = _list(given[allow])
    address = _checked(allow, lambda: AddressPolicy(**options))
    return {"webhook": Webhook(provider, secrets), "address": address}


def _guards(given: Mapping[str, str]) -> dict[str, Any]:
    when_store_fails = given.get("WHEN_STORE_FAILS", "refuse")
    if when_store_fails not in ("refuse", "admit"):
        raise SettingsError(f"{PREFIX}WHEN_STORE_FAILS must be 'refuse' or 'admit'")
    return {
        "rate_limit": _rate_limit(given.get("RATE_LIMIT", "600/60")),
        "when_store_fails": when_store_fails,
        **_stores(given.get("STORE", "memory")),
    }


def _rate_limit(value: str) -> RateLimit | None:
    if value == "off":
        return None
    requests, _, seconds = value.partition("/")
    try:
        return RateLimit(int(requests), float(seconds))
    except (ValueError, TypeError, ConfigurationError):
        raise SettingsError(
            f"{PREFIX}RATE_LIMIT must be requests and seconds, such as '600/60', or 'off'"
        ) from None


def _stores(value: str) -> dict[str, Any]:
    """Where claims on deliveries and the rates are kept."""
    if value == "memory":
        return {}
    if value == "off":
        return {"replay": None}
    store: SqliteStore | RedisStore
    if value.startswith("sqlite:///"):
        store = _checked("STORE", lambda: SqliteStore(value[len("sqlite:///") :]))
    elif value.startswith(("redis://", "rediss://")):
        store = _checked("STORE", lambda: RedisStore.from_url(value))
    else:
        raise SettingsError(
            f"{PREFIX}STORE must be 'memory', 'off', or begin with sqlite:/// or redis://"
        )
    return {"replay": store, "rate_store": store}


def _list(value: str) -> list[str]:
    return value.replace(",", " ").split()


def _checked(name: str, make: Callable[[], T]) -> T:
    """What is made of a variable, which is named if it cannot be."""
    try:
        return make()
    except (ConfigurationError, ValueError, TypeError) as error:
        raise SettingsError(f"{PREFIX}{name}: {error}") from None
