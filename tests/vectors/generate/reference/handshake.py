"""Handshakes: what is sent back before a provider delivers."""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import unquote_to_bytes

from reference.refusal import Refusal

_CHALLENGE = re.compile(r"[!-~]{1,1024}")


def is_challenge(text: str) -> bool:
    return _CHALLENGE.fullmatch(text) is not None


def answer_query(query: str, verify_token: Optional[str]) -> str:
    """The challenge of Meta's handshake."""
    mode, token, challenge = (
        _parameter(query, name) for name in ("hub.mode", "hub.verify_token", "hub.challenge")
    )
    if mode != "subscribe" or token is None or challenge is None or not is_challenge(challenge):
        raise Refusal(
            "malformed_handshake", "the handshake has no challenge that can be answered"
        )
    if token != verify_token:
        raise Refusal(
            "handshake_refused",
            "the handshake's verify token is not the one set for this endpoint",
        )
    return challenge


def _parameter(query: str, name: str) -> Optional[str]:
    """The one value of this name, read as a form."""
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    values = [_decode(value) for known, _, value in pairs if _decode(known) == name]
    return values[0] if len(values) == 1 else None


def _decode(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")
