"""Vectors that providers and their SDKs publish for their own schemes."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from casebook import Topic, verify_case
from fixtures import NOW

_FILE = Path(__file__).parent.parent / "data" / "published_providers.json"


def topic() -> Topic:
    cases = [
        verify_case(
            f"provider-published-{one['id']}", f"A published vector of {one['scheme']}.", "accept",
            source=one["source"], scheme=one["scheme"], secrets=[one["secret"]],
            headers=list(one["headers"].items()), body=base64.b64decode(one["body_b64"]),
            now=one.get("now", NOW), method=one.get("method"), url=one.get("url"),
            event=one.get("event"),
        )
        for one in json.loads(_FILE.read_text("utf-8"))
    ]  # fmt: skip
    return Topic(
        "providers-published.json",
        "verify",
        "Vectors of providers and their SDKs for their own schemes. The signatures were not made"
        " here.",
        cases,
    )
