"""Networks, and the address of a client behind trusted proxies."""

from __future__ import annotations

import re
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import List, Optional, Sequence, Tuple, Union

from reference.refusal import Refusal

Address = Union[IPv4Address, IPv6Address]
Network = Union[IPv4Network, IPv6Network]

_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]*")
_WITH_PORT = re.compile(r"([^:\[\]]+):[0-9]{1,5}")
_BRACKETED = re.compile(r"\[([^\]]*)\](?::[0-9]{1,5})?")
_MAPPED_BITS = 96


def parse_network(text: str) -> Network:
    try:
        return _network(text)
    except ValueError:
        raise Refusal(
            "malformed_network",
            "a network is not an IP address or a CIDR range without host bits, such as"
            " 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32",
        ) from None


def _network(text: str) -> Network:
    address, slash, length = text.partition("/")
    if "%" in address or (slash and not _PREFIX_LENGTH.fullmatch(length)):
        raise ValueError(text)
    parsed = ip_address(address)
    unified = _unify(parsed)
    if not slash:
        return ip_network(unified)
    bits = int(length)
    if unified.version != parsed.version:
        bits -= _MAPPED_BITS
        if bits < 0:
            raise ValueError(text)
    return ip_network((unified.packed, bits) if bits <= 128 else text, strict=True)


def _unify(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped if mapped is not None else address


def parse_address(text: str) -> Optional[Address]:
    """With or without a port; None for anything else."""
    bracketed, with_port = _BRACKETED.fullmatch(text), _WITH_PORT.fullmatch(text)
    try:
        if "%" in text:
            return None
        if bracketed:
            return _unify(IPv6Address(bracketed.group(1)))
        if with_port:
            return IPv4Address(with_port.group(1))
        return _unify(ip_address(text))
    except ValueError:
        return None


def client(
    peer: str, forwarded: Sequence[str], proxies: Sequence[Network], header: str
) -> Optional[Address]:
    """Walks from the connection to the first address that no trusted proxy has."""
    hops = [hop.strip(" \t") for line in forwarded for hop in line.split(",")]
    address = parse_address(peer)
    for hop in list(reversed(hops))[:32]:
        if address is None or not lies_in(address, proxies):
            break
        node = hop if header == "x-forwarded-for" else _forwarded_for(hop)
        address = None if node is None else parse_address(node)
    return address


def _forwarded_for(hop: str) -> Optional[str]:
    pairs: List[Tuple[str, str, str]] = [pair.strip(" \t").partition("=") for pair in hop.split(";")]
    for name, equals, value in pairs:
        if equals and name.lower() == "for":
            if value.startswith('"'):
                return value[1:-1] if len(value) > 1 and value.endswith('"') else None
            return value
    return None


def lies_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == one.version and address in one for one in networks)


def rate_limit_key(address: Optional[Address], requests: int, window_ms: int) -> str:
    return f"{_counted(address)} {requests}/{window_ms}"


def _counted(address: Optional[Address]) -> str:
    if address is None:
        return "unknown"
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address.packed, 64), strict=False))
