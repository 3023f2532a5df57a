"""URLs as they may have been called, on the other side of a proxy."""

from __future__ import annotations

import itertools
import re
from typing import Callable, Iterator, List, Optional, Tuple

from reference.explain_text import Facts

Look = Callable[[str], Optional[str]]
Part = Tuple[str, Facts]

_HOSTS = ("x-forwarded-host", "x-original-host", "host")
_PATHS = (
    "x-original-uri", "x-original-url", "x-forwarded-uri", "x-rewrite-url", "x-envoy-original-path",
)  # fmt: skip
_ABSOLUTE = re.compile(r"(.*?)://([^/?#]*)(.*)", re.DOTALL)
_PORT = re.compile(r":[0-9]+\Z")


def visible(value: Optional[str]) -> Optional[str]:
    return value if value and re.fullmatch("[!-~]+", value) else None


def url_variants(url: str, header: Look) -> Iterator[Tuple[Facts, str]]:
    """Those with the fewest changes first. `header` gives the value of a header."""
    parts = _parts(url, header)
    variants = []
    for (scheme, a), (authority, b), (path, c) in itertools.product(*parts):
        facts = {**a, **b, **c}
        if facts:
            variants.append((facts, f"{scheme}://{authority}{path}"))
    yield from sorted(variants, key=lambda variant: len(variant[0]))


def _parts(url: str, header: Look) -> List[List[Part]]:
    if url.startswith("/"):
        schemes: List[Part] = [(scheme, {"scheme": scheme}) for scheme in ("https", "http")]
        return [schemes, _hosts(None, header), _paths(url, header)]
    found = _ABSOLUTE.fullmatch(url)
    if found is None:
        return [[], [], []]
    scheme, authority, path = found.groups()
    schemes = [(scheme, {})]
    other = {"http": "https", "https": "http"}.get(scheme.lower())
    if other is not None:
        schemes.append((other, {"scheme": other}))
    host = _PORT.sub("", authority)
    authorities: List[Part] = [(authority, {})]
    for text, port in ((host, "none"), (f"{host}:443", "443"), (f"{host}:80", "80")):
        if text != authority:
            authorities.append((text, {"port": port}))
    return [schemes, authorities + _hosts(authority, header), _paths(path, header)]


def _hosts(given: Optional[str], header: Look) -> List[Part]:
    hosts: List[Part] = []
    for name in _HOSTS:
        first = visible((header(name) or "").partition(",")[0]) or ""
        if 1 <= len(first) <= 255 and not set(first) & set("/?#") and first != given:
            hosts.append((first, {"host": name}))
    port = visible(header("x-forwarded-port"))
    if given is not None and port is not None and re.fullmatch("[0-9]{1,5}", port):
        with_port = _PORT.sub("", given) + ":" + port
        if with_port != given:
            hosts.append((with_port, {"port": "x-forwarded-port"}))
    return hosts


def _paths(given: str, header: Look) -> List[Part]:
    path = re.split(r"[?#]", given)[0]
    query = given[len(path) :]
    if path.endswith("/"):
        paths: List[Part] = [(given, {}), (path[:-1] + query, {"path": "without_slash"})]
    else:
        paths = [(given, {}), (path + "/" + query, {"path": "with_slash"})]
    if query:
        paths.append((path, {"query": "none"}))
    for name in _PATHS:
        value = visible(header(name))
        if value is not None and value.startswith("/") and value != given:
            paths.append((value, {"path": name}))
    return paths
