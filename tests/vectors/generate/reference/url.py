"""The URL of a call, in the forms in which providers sign it."""

from __future__ import annotations

import re
from typing import List, Optional
from urllib.parse import parse_qsl, unquote_to_bytes

# What HubSpot decodes before it signs.
_DECODED = ":/?@!$'()*,;"
_ENCODED = re.compile("|".join(f"%{ord(character):02X}" for character in _DECODED), re.IGNORECASE)
_WITH_AUTHORITY = re.compile(
    r"(?P<scheme>[^:]*)://(?P<user>[^/?#]*@)?(?P<host>\[[^/?#]*\]|[^:/?#]*)(?P<port>:[0-9]*)?(?P<rest>[/?#].*)?",
    re.DOTALL,
)


def url_forms(form: str, url: str) -> List[str]:
    """As it is given, and the other form in which it may have been signed."""
    if form == "partly-decoded":
        return [url, _ENCODED.sub(lambda found: chr(int(found.group()[1:], 16)), url)]
    found = _WITH_AUTHORITY.fullmatch(url)
    if form == "as-given" or found is None:
        return [url]
    user, rest = found["user"] or "", found["rest"] or ""
    port = "" if (found["port"] or ":") != ":" else None
    if port is None:
        port = ":443" if found["scheme"].lower() == "https" else ":80"
    return [url, f"{found['scheme']}://{user}{found['host']}{port}{rest}"]


def query_parameter(url: str, name: str) -> Optional[str]:
    """The one value of this name, decoded."""
    query = url.partition("#")[0].partition("?")[2]
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace", separator="&")
    values = [value for key, value in pairs if key == name]
    return values[0] if len(values) == 1 else None


def sorted_form(body: bytes) -> bytes:
    """Names and values of a form, decoded, in the order of their bytes, each pair once."""
    pairs = set()
    for pair in body.split(b"&"):
        if pair:
            name, _, value = pair.replace(b"+", b" ").partition(b"=")
            pairs.add((unquote_to_bytes(name), unquote_to_bytes(value)))
    return b"".join(name + value for name, value in sorted(pairs))
