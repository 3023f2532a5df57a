"""The body of a message that is sent."""

from __future__ import annotations

from reference.timestamps import format_time

_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_payload(message_id: str, event_type: str, now_ms: int, data: str) -> str:
    """Four members without white space between them; the data as it is given."""
    members = [
        ("id", _string(message_id)),
        ("type", _string(event_type)),
        ("timestamp", _time(now_ms)),
        ("data", data),
    ]
    return "{" + ",".join(f'"{name}":{text}' for name, text in members) + "}"


def _string(text: str) -> str:
    """Escaped is what RFC 8259 does not allow as it is, and nothing else."""
    return '"' + "".join(_character(one) for one in text) + '"'


def _character(one: str) -> str:
    if one in _NAMED:
        return _NAMED[one]
    return f"\\u{ord(one):04x}" if one < " " else one


def _time(now_ms: int) -> str:
    """Null for a time that RFC 3339 cannot write."""
    seconds, milliseconds = divmod(now_ms, 1000)
    text = format_time(seconds, "rfc3339")
    if not text:
        return "null"
    return f'"{text[:-1]}.{milliseconds:03}Z"' if milliseconds else f'"{text}"'
