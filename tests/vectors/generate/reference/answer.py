"""Answers, to the byte."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

_STATUS = {
    "payload_too_large": 413,
    "method_not_allowed": 405,
    "unsupported_media_type": 415,
    "address_not_allowed": 403,
    "handshake_refused": 403,
    "rate_limited": 429,
    "body_timeout": 408,
    "incomplete_body": 400,
    "malformed_handshake": 400,
    "duplicate_event": 200,
    "event_in_progress": 409,
    "store_unavailable": 503,
    "key_unavailable": 503,
    "key_needed": 503,
}
_STATUS_OF_CLASS = {"VerificationError": 401, "PayloadError": 400}
_COMMON = [["cache-control", "no-store"], ["x-content-type-options", "nosniff"]]


def status_of(code: str, error_class: str) -> int:
    return _STATUS.get(code, _STATUS_OF_CLASS.get(error_class, 500))


def event_answer(
    handling: str, event_id: Optional[str], event_type: Optional[str], form: str = "described"
) -> Dict[str, Any]:
    status = 202 if handling == "pending" else 200
    return _in_form(form, status, {"status": handling, "id": event_id, "type": event_type}, [])


def refusal_answer(
    status: int,
    code: str,
    message: str,
    retry_after_ms: Optional[int],
    allowed_methods: str,
    form: str = "described",
) -> Dict[str, Any]:
    more = [["allow", allowed_methods]] if status == 405 else []
    if retry_after_ms is not None:
        more.append(["retry-after", str(-(-retry_after_ms // 1000))])
    return _in_form(form, status, {"error": code, "message": message}, more)


def _in_form(form: str, status: int, value: Dict[str, Any], more: List[List[str]]) -> Dict[str, Any]:
    if form == "empty":
        return text_answer(status, "", more)
    if form == "described-400" and status == 401:
        status = 400
    return json_answer(status, value, more)


def text_answer(status: int, text: str, more: Optional[List[List[str]]] = None) -> Dict[str, Any]:
    return _answer(status, "text/plain; charset=utf-8", text, more or [])


def json_answer(status: int, value: Dict[str, Any], more: List[List[str]]) -> Dict[str, Any]:
    # RFC 8259 leaves DEL as it is; here all but visible ASCII and space is escaped.
    text = json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")
    for short, long in (("\\n", "000a"), ("\\r", "000d"), ("\\t", "0009"), ("\\b", "0008"), ("\\f", "000c")):
        text = _lengthen(text, short, long)
    return _answer(status, "application/json", text, more)


def _lengthen(text: str, short: str, long: str) -> str:
    """Writes a control character in the long form, but not a backslash before a letter."""
    parts = text.split("\\\\")
    return "\\\\".join(part.replace(short, "\\u" + long) for part in parts)


def _answer(status: int, content_type: str, body: str, more: List[List[str]]) -> Dict[str, Any]:
    return {"status": status, "headers": [["content-type", content_type], *_COMMON, *more], "body": body}
