"""What the head of a request says."""

from __future__ import annotations

import re
from typing import Optional

from reference.handshake import METHODS
from reference.refusal import Refusal
from reference.scheme import Scheme

_STRUCTURED = re.compile(r"application/[a-z0-9!#$&^_.+-]+\+json")
_FORM = "application/x-www-form-urlencoded"
_SPACES = " \t\n\x0c\r"


def allowed_methods(scheme: Scheme, verify_token: Optional[str]) -> str:
    method = METHODS.get(scheme.handshake or "")
    if scheme.handshake == "meta-verification" and verify_token is None:
        method = None
    return "POST" if method is None else f"{method}, POST"


def check_head(
    scheme: Scheme,
    verify_token: Optional[str],
    method: str,
    content_type: Optional[str],
    content_encoding: Optional[str],
    content_length: Optional[int],
    body_limit: int,
) -> str:
    allowed = allowed_methods(scheme, verify_token).split(", ")
    if method not in allowed:
        handshake = f", and their handshake comes with {allowed[0]}" if len(allowed) > 1 else ""
        raise Refusal("method_not_allowed", f"webhooks are delivered with POST{handshake}")
    if method != "POST":
        return "handshake"
    if content_type is not None and not _fits(scheme, content_type):
        kinds = {
            "json": "not application/json",
            "form": f"not {_FORM}",
            "json-or-form": f"neither application/json nor {_FORM}",
        }
        raise Refusal("unsupported_media_type", f"the content type is {kinds[scheme.payload]}")
    if content_encoding is not None and content_encoding.strip(_SPACES).lower() not in ("", "identity"):
        raise Refusal(
            "unsupported_media_type", "the body has a content encoding; send it as it was signed"
        )
    if content_length is not None and content_length > body_limit:
        raise Refusal("payload_too_large", f"the payload is larger than {body_limit} bytes")
    return "delivery"


def _fits(scheme: Scheme, content_type: str) -> bool:
    if "," in content_type:
        return False
    essence = content_type.split(";")[0].strip(_SPACES).lower()
    if essence == "text/plain" and scheme.handshake == "sns-confirmation":
        return True
    is_json = essence == "application/json" or _STRUCTURED.fullmatch(essence) is not None
    return (is_json and "json" in scheme.payload) or (essence == _FORM and "form" in scheme.payload)
