"""A receiver from the configuration of an application: the keys that begin with ``COUNTERSIGN_``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from countersign._countersign import AddressPolicy, RateLimit, RetryPolicy, Webhook
from countersign.inbox import Inbox, PostgresInbox, SqliteInbox
from countersign.monitor import Monitor, StatusPage
from countersign.receiver import Receiver, RedisStore, SqliteStore

PREFIX = "COUNTERSIGN_"
#: What the keys of a sender have after it.
SENDER = "SENDER_"

Store = Union[RedisStore, SqliteStore]

#: What is passed to a receiver as it is, by key.
_PLAIN = {
    "BODY_LIMIT": "body_limit",
    "BODY_TIMEOUT": "body_timeout",
    "CLOCK": "clock",
    "DEADLINE": "deadline",
    "LEASE": "lease",
    "ORIGIN": "origin",
    "SCHEMAS": "schemas",
    "WAIT": "wait",
    "WHEN_STORE_FAILS": "when_store_fails",
}
_ADDRESS = {
    "ALLOW": "allow",
    "TRUSTED_PROXIES": "trusted_proxies",
    "FORWARDING_HEADER": "forwarding_header",
}
_OTHER = {
    "SCHEME",
    "SECRET",
    "VERIFY_TOKEN",
    "PATH",
    "RATE_LIMIT",
    "STORE",
    "INBOX",
    "RETRY_POLICY",
    "STATUS_TOKEN",
    "STATUS_PATH",
}


def inbox_from(config: Mapping[str, Any]) -> Inbox | None:
    """The inbox at the URL ``COUNTERSIGN_INBOX``: ``sqlite:///file`` or ``postgresql://host/name``.
    """
    url = config.get(f"{PREFIX}INBOX")
    if url is None:
        return None
    database = database_from(f"{PREFIX}INBOX", url)
    return PostgresInbox(database) if "://" in database else SqliteInbox(database)


def database_from(name: str, url: object) -> str:
    """The path of an SQLite file, or the URL of a PostgreSQL database."""
    if isinstance(url, str) and url.startswith("sqlite:///"):
        return url[len("sqlite:///") :]
    if isinstance(url, str) and url.startswith(("postgresql://", "postgres://")):
        return url
    raise ValueError(f"{name} must begin with sqlite:/// or postgresql://")


def receiver_from(config: Mapping[str, Any], inbox: Inbox | None) -> Receiver | None:
    """The receiver that the configuration describes; ``None`` without ``COUNTERSIGN_SCHEME``.

    Raises ``ValueError`` for a key that there is not, since a guard whose name is misspelt would be
    off, and ``ConfigurationError`` for a secret that is none.
    """
    given = {key[len(PREFIX) :]: config[key] for key in config if key.startswith(PREFIX)}
    given = {key: value for key, value in given.items() if not key.startswith(SENDER)}
    unknown = given.keys() - _PLAIN.keys() - _ADDRESS.keys() - _OTHER
    if unknown:
        raise ValueError(f"there is no setting {PREFIX}{min(unknown)}")
    if given.get("SCHEME") is None:
        return None
    webhook = Webhook(
        given["SCHEME"], given.get("SECRET") or "", verify_token=given.get("VERIFY_TOKEN")
    )
    options: dict[str, Any] = _named(given, _PLAIN)
    address = _named(given, _ADDRESS)
    if address:
        for name in ("allow", "trusted_proxies"):
            if isinstance(address.get(name), str):
                address[name] = address[name].replace(",", " ").split()
        options["address"] = AddressPolicy(**address)
    if given.get("RATE_LIMIT") is not None:
        options["rate_limit"] = _rate_limit(given["RATE_LIMIT"])
    return Receiver(webhook, inbox=inbox, **options, **_stores(given.get("STORE", "memory")))


def retry_policy_from(config: Mapping[str, Any]) -> RetryPolicy:
    """When workers try an event of the inbox again, by ``COUNTERSIGN_RETRY_POLICY``: a policy, or
    the first delay in seconds, which doubles, and the number of attempts: a pair, or text such as
    ``5/8``."""
    value = config.get(f"{PREFIX}RETRY_POLICY")
    return RetryPolicy.standard() if value is None else policy_from(f"{PREFIX}RETRY_POLICY", value)


def policy_from(name: str, value: object) -> RetryPolicy:
    """A policy, or what stands for one."""
    if isinstance(value, RetryPolicy):
        return value
    parts: Any = value.split("/") if isinstance(value, str) else value
    try:
        delay, attempts = parts
        return RetryPolicy.exponential(float(delay), int(attempts))
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be a delay in seconds and attempts, such as '5/8'"
        ) from None


def status_page_from(config: Mapping[str, Any], monitor: Monitor) -> StatusPage | None:
    """The status page that the configuration describes; ``None`` without
    ``COUNTERSIGN_STATUS_TOKEN``.

    Raises ``ValueError`` for a token that is empty or short, which would not keep it closed.
    """
    token = config.get(f"{PREFIX}STATUS_TOKEN")
    if token is None:
        return None
    return StatusPage(monitor, token, config.get(f"{PREFIX}STATUS_PATH", "/webhooks/status"))


def _named(given: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: given[key] for key, name in names.items() if given.get(key) is not None}


def _rate_limit(value: object) -> RateLimit:
    """From requests and seconds: a pair, or text such as ``100/60``."""
    parts: Any = value.split("/") if isinstance(value, str) else value
    try:
        requests, window = parts
        return RateLimit(int(requests), float(window))
    except (TypeError, ValueError):
        raise ValueError(
            f"{PREFIX}RATE_LIMIT must be requests and seconds, such as '100/60'"
        ) from None


def _stores(value: object) -> dict[str, Any]:
    """Where claims and rates are kept: ``memory``, ``sqlite:///file``, ``redis://host:port/0``, or
    ``None`` for no replay guard."""
    if value == "memory":
        return {}
    if value is None:
        return {"replay": None}
    if not isinstance(value, str):
        raise ValueError(f"{PREFIX}STORE must be a URL, 'memory' or None")
    store: Store
    if value.startswith("sqlite:///"):
        store = SqliteStore(value[len("sqlite:///") :])
    elif value.startswith(("redis://", "rediss://", "unix://")):
        store = RedisStore.from_url(value)
    else:
        raise ValueError(f"{PREFIX}STORE must begin with sqlite:/// or redis://")
    return {"replay": store, "rate_store": store}
