"""Vectors of providers and their SDKs whose signatures are by public keys."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, Dict, Optional

from casebook import Case, Topic, verify_case
from fixtures import NOW
from key_fixtures import certificate
from reference.asymmetric.pem import read_pem

_FILE = Path(__file__).parent.parent / "data" / "published_public_keys.json"


def _key(one: Dict[str, Any]) -> Optional[str]:
    """What is fetched. PayPal's certificate is not published: its key was computed from the signatures,
    and the certificate around it was made here."""
    if "public_key" not in one:
        return one.get("key")
    info = read_pem(one["public_key"], "PUBLIC KEY")
    assert info is not None
    return certificate(info, "messageverificationcerts.paypal.com")


def _case(one: Dict[str, Any]) -> Case:
    return verify_case(
        f"public-published-{one['id']}", f"A published vector of {one['scheme']}.", "accept",
        source=one["source"], scheme=one["scheme"], secrets=[one["secret"]] if "secret" in one else [],
        headers=list(one["headers"].items()), body=base64.b64decode(one["body_b64"]),
        now=one.get("now", NOW), key=_key(one), event=one.get("event"),
    )  # fmt: skip


def topic() -> Topic:
    return Topic(
        "public-keys-published.json",
        "verify",
        "Vectors of providers and their SDKs whose signatures are by public keys. They were not made"
        " here.",
        [_case(one) for one in json.loads(_FILE.read_text("utf-8"))],
    )
