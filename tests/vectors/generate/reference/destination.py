"""Which URLs and addresses a sender may reach.

The ranges are written from IANA's registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry,
https://www.iana.org/assignments/iana-ipv6-special-registry), as first and last address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import List, Optional, Sequence, Tuple

from reference.address import Address, Network, lies_in
from reference.refusal import Refusal

MAX_URL_LENGTH = 2048

_URL = re.compile(r"([A-Za-z]+)://([^/?]*)(?:[/?].*)?")
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([^:]*))?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_LABEL = r"[A-Za-z0-9_-]{1,63}"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_ENDS_IN_NUMBER = re.compile(r"(.*\.)?([0-9]+|0[xX][0-9A-Fa-f]*)")
_QUAD = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}")

# First and last address, and what the range is.
_SPECIAL: Tuple[Tuple[str, str, str], ...] = (
    ("0.0.0.0", "0.255.255.255", "this network"),
    ("10.0.0.0", "10.255.255.255", "private use"),
    ("100.64.0.0", "100.127.255.255", "shared address space"),
    ("127.0.0.0", "127.255.255.255", "loopback"),
    ("169.254.0.0", "169.254.255.255", "link local"),
    ("172.16.0.0", "172.31.255.255", "private use"),
    ("192.0.0.0", "192.0.0.255", "IETF protocol assignments"),
    ("192.0.2.0", "192.0.2.255", "TEST-NET-1"),
    ("192.31.196.0", "192.31.196.255", "AS112-v4"),
    ("192.52.193.0", "192.52.193.255", "AMT"),
    ("192.88.99.0", "192.88.99.255", "deprecated 6to4 relay anycast"),
    ("192.168.0.0", "192.168.255.255", "private use"),
    ("192.175.48.0", "192.175.48.255", "direct delegation AS112 service"),
    ("198.18.0.0", "198.19.255.255", "benchmarking"),
    ("198.51.100.0", "198.51.100.255", "TEST-NET-2"),
    ("203.0.113.0", "203.0.113.255", "TEST-NET-3"),
    ("224.0.0.0", "239.255.255.255", "multicast"),
    ("240.0.0.0", "255.255.255.255", "reserved, limited broadcast"),
    ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not global unicast"),
    ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "IETF protocol assignments, Teredo"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "direct delegation AS112 service"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"),
    ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "not global unicast"),
)

# What clouds document.
_METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "169.254.42.42",
        "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd00:ec2::23",
        "fd20:ce::254", "fd00:42::42", "fe80::a9fe:a9fe",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Rules:
    allow_http: bool
    networks: Sequence[Network]


@dataclass(frozen=True)
class Parsed:
    host: str
    port: int
    https: bool
    address: Optional[str]


def parse_url(url: str, rules: Rules) -> Parsed:
    """The form first, then the scheme, then the address of a literal."""
    scheme, authority = _split(url)
    halves = _WITH_PORT.fullmatch(authority)
    if halves is None:
        raise _malformed(_NOT_IPV6)
    written, port_text = halves.groups()
    address = _literal(written)
    https = scheme == "https"
    port = 443 if https else 80
    if port_text is not None:
        if not _PORT.fullmatch(port_text) or int(port_text) > 65535:
            raise _malformed("the URL's port is not a number from 1 to 65535 without leading zeros")
        port = int(port_text)
    if not https and not rules.allow_http:
        raise Refusal("insecure_url", "the URL is not https, and http is not allowed")
    if address is None:
        return Parsed(written.lower(), port, https, None)
    judge(address, rules)
    return Parsed(_show(address), port, https, _show(address))


def check(addresses: List[Address], rules: Rules) -> None:
    if not addresses:
        raise Refusal("forbidden_destination", "the URL's host has no address")
    for address in addresses:
        judge(address, rules)


def judge(address: Address, rules: Rules) -> None:
    forms = [_unmapped(address), _meant(address)]
    metadata = any(form in _METADATA for form in [*forms, _hidden(address)])
    for network in rules.networks:
        if metadata and network.num_addresses > 1:
            continue
        if any(lies_in(form, [network]) for form in forms):
            return
    if metadata:
        raise Refusal(
            "forbidden_destination",
            "the URL leads to the metadata service of a cloud;"
            " only an entry of this very address allows it, no wider network",
        )
    if _is_special(_meant(address)):
        raise Refusal(
            "forbidden_destination",
            "the URL leads to a private, loopback or otherwise special address;"
            " if that is meant, allow its network",
        )


def _is_special(address: Address) -> bool:
    for first_text, last_text, _ in _SPECIAL:
        first, last = ip_address(first_text), ip_address(last_text)
        if first.version == address.version and int(first) <= int(address) <= int(last):
            return True
    return False


def _groups(address: IPv6Address) -> List[int]:
    return [int(group, 16) for group in address.exploded.split(":")]


def _from_groups(high: int, low: int) -> IPv4Address:
    return IPv4Address(high * 0x10000 + low)


def _unmapped(address: Address) -> Address:
    """::ffff:0:0/96 is IPv4."""
    if isinstance(address, IPv6Address):
        groups = _groups(address)
        if groups[:6] == [0, 0, 0, 0, 0, 0xFFFF]:
            return _from_groups(*groups[6:])
    return address


def _meant(address: Address) -> Address:
    """NAT64 (64:ff9b::/96) has IPv4 at its end, 6to4 (2002::/16) after its first group."""
    if isinstance(address, IPv6Address):
        groups = _groups(address)
        if groups[:6] == [0x64, 0xFF9B, 0, 0, 0, 0]:
            return _from_groups(*groups[6:])
        if groups[0] == 0x2002:
            return _from_groups(*groups[1:3])
    return _unmapped(address)


def _hidden(address: Address) -> Address:
    """64:ff9b:1::/48 and ::/96 can have IPv4 at their end."""
    if isinstance(address, IPv6Address):
        groups = _groups(address)
        if groups[:3] == [0x64, 0xFF9B, 1] or groups[:6] == [0] * 6:
            return _from_groups(*groups[6:])
    return address


_NOT_IPV6 = (
    "the URL's host is not an IPv6 address in brackets, without a zone, such as [2606:4700::1111]"
)


def _malformed(message: str) -> Refusal:
    return Refusal("malformed_url", message)


def _split(url: str) -> Tuple[str, str]:
    if not url:
        raise _malformed("the URL is empty; is the setting that holds it set?")
    if len(url.encode()) > MAX_URL_LENGTH:
        raise _malformed("the URL is longer than 2048 bytes")
    if not all("!" <= character <= "~" for character in url):
        raise _malformed(
            "the URL holds a space, a control character or one outside of ASCII; host names in"
            " other scripts are written in punycode (xn--), other characters as percent-escapes"
        )
    if "\\" in url:
        raise _malformed(
            "the URL holds a backslash, which parsers read differently; write / or %5C"
        )
    match = _URL.fullmatch(url)
    if match is None or match.group(1).lower() not in ("https", "http"):
        raise _malformed("the URL does not begin with https:// and a host")
    if "#" in url:
        raise _malformed("the URL has a fragment, which is never sent; write %23 if # is meant")
    scheme, authority = match.groups()
    if "@" in authority:
        raise _malformed(
            "the URL has a user name or password before the host;"
            " if @ is part of the path, is the / before the path missing?"
        )
    return scheme.lower(), authority


def _literal(written: str) -> Optional[Address]:
    """The address, or None for a name."""
    if written.startswith("["):
        try:
            if "%" in written:
                raise ValueError(written)
            return IPv6Address(written[1:-1])
        except ValueError:
            raise _malformed(_NOT_IPV6) from None
    if not written:
        raise _malformed("the URL has no host")
    if "%" in written:
        raise _malformed(
            "the URL's host has a percent-escape; write the characters themselves, names in other"
            " scripts in punycode (xn--)"
        )
    if written.endswith(".") and _NAME.fullmatch(written[:-1]):
        raise _malformed("the URL's host ends with a dot; leave it out")
    if len(written) > 253 or not _NAME.fullmatch(written):
        raise _malformed(
            "the URL's host is not labels of 1 to 63 letters, digits, - or _ with single dots"
            " between them, 253 characters in all"
        )
    if not _ENDS_IN_NUMBER.fullmatch(written):
        return None
    numbers = [int(number) for number in written.split(".")] if _QUAD.fullmatch(written) else []
    if not numbers or max(numbers) > 255:
        raise _malformed(
            "the URL's host ends with a number and is not an IPv4 address of four decimal"
            " numbers; other forms of addresses are not taken"
        )
    return IPv4Address(".".join(map(str, numbers)))


def _show(address: Address) -> str:
    unmapped = _unmapped(address)
    return str(address) if unmapped == address else f"::ffff:{unmapped}"
