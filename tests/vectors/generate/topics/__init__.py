"""One module for each file of the corpus."""

from __future__ import annotations

from typing import List

from casebook import Topic
from topics import (
    answers,
    backoff,
    bodies,
    choices,
    clients,
    codes,
    custom_schemes,
    destination_addresses,
    destinations,
    encodings,
    endpoints,
    handshakes,
    headers,
    heads,
    networks,
    payload_fields,
    payload_forms,
    payload_json,
    payloads,
    published,
    rate_limits,
    receiving,
    replays,
    retry_after,
    retrying,
    rotation,
    routing,
    schemes,
    secrets,
    signature_lists,
    signing,
    signing_with_every_secret,
    stale,
    tampered,
    timestamps,
    valid,
)

_IN_ORDER = (
    published,
    valid,
    tampered,
    stale,
    rotation,
    headers,
    timestamps,
    encodings,
    signature_lists,
    bodies,
    custom_schemes,
    payload_json,
    payload_fields,
    payload_forms,
    secrets,
    schemes,
    heads,
    networks,
    clients,
    rate_limits,
    handshakes,
    replays,
    routing,
    answers,
    receiving,
    signing,
    signing_with_every_secret,
    payloads,
    backoff,
    retrying,
    retry_after,
    endpoints,
    choices,
    destinations,
    destination_addresses,
    codes,
)


def all_topics() -> List[Topic]:
    """In the order in which the rules are applied, sending last."""
    return [module.topic() for module in _IN_ORDER]
