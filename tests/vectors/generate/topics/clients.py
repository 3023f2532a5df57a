"""The client's address behind proxies."""

from __future__ import annotations

from typing import Any, List, Optional

from casebook import Case, Topic
from guardbook import client_case

_PROXIES = ["10.0.0.0/8", "2001:db8:f::/48"]


def _case(called: str, about: str, want: Optional[str], peer: str, *forwarded: str, **more: Any) -> Case:
    return client_case(
        f"client-{called}", about, want, peer=peer, forwarded=forwarded, **more
    )


def _behind(
    called: str,
    about: str,
    want: Optional[str],
    *forwarded: str,
    peer: str = "10.0.0.1",
    **more: Any,
) -> Case:
    return _case(called, about, want, peer, *forwarded, **{"proxies": _PROXIES, **more})


def _peers() -> List[Case]:
    return [
        _case("direct", "No proxy.", "198.51.100.1", "198.51.100.1"),
        _case("direct-limit", "Other limits are other counts.", "198.51.100.1", "198.51.100.1",
              limit=(1000, 86_400_000)),
        _case("direct-port", "With its port.", "198.51.100.1", "198.51.100.1:4711"),
        _case("direct-v6", "IPv6 is counted by its first 64 bits.", "2001:db8::1", "2001:db8::1",
              key="2001:db8::/64"),
        _case("direct-v6-port", "With its port.", "2001:db8::1", "[2001:db8::1]:4711",
              key="2001:db8::/64"),
        _case("direct-v6-long", "One text for one address.", "2001:db8::1",
              "2001:0DB8:0000:0:0:0:0:0001", key="2001:db8::/64"),
        _case("direct-v6-other-64", "Another network of 64 bits.", "2001:db8:0:1:2:3:4:5",
              "2001:db8:0:1:2:3:4:5", key="2001:db8:0:1::/64"),
        _case("direct-mapped", "A mapped address is the IPv4 address.", "198.51.100.1",
              "::ffff:198.51.100.1"),
        _case("direct-mapped-port", "In brackets too.", "198.51.100.1",
              "[::ffff:198.51.100.1]:80"),
        _case("loopback-v6", "Loopback.", "::1", "::1", key="::/64"),
        _case("no-address", "A socket of the file system has none.", None, ""),
        _case("path", "Nor has its path.", None, "/run/app.sock"),
        _case("name", "A name is no address.", None, "localhost"),
        _case("zone", "Nor is one with a zone.", None, "fe80::1%eth0"),
        _case("no-address-allow", "A list allows nobody without an address.", None, "",
              allow=["0.0.0.0/0", "::/0"], allowed=False),
    ]  # fmt: skip


def _lists() -> List[Case]:
    allow = ["203.0.113.0/24", "2001:db8:a::/48"]
    return [
        _case("allowed", "On the list.", "203.0.113.9", "203.0.113.9", allow=allow),
        _case("allowed-mapped", "As a mapped address.", "203.0.113.9", "::ffff:203.0.113.9",
              allow=allow),
        _case("allowed-v6", "Of IPv6.", "2001:db8:a::9", "2001:db8:a::9", allow=allow,
              key="2001:db8:a::/64"),
        _case("not-allowed", "Not on the list.", "203.0.114.9", "203.0.114.9", allow=allow,
              allowed=False),
        _case("empty-list", "An empty list allows nobody.", "203.0.113.9", "203.0.113.9", allow=[],
              allowed=False),
        _case("spoofed", "Without a trusted proxy the header is the caller's own word.",
              "198.51.100.1", "198.51.100.1", "203.0.113.9", allow=allow, allowed=False),
        _case("spoofed-beside-proxies", "So it is for a caller that is no proxy.", "198.51.100.1",
              "198.51.100.1", "203.0.113.9", proxies=_PROXIES, allow=allow, allowed=False),
        _behind("allowed-behind-proxy", "Whom the proxy saw.", "203.0.113.9", "203.0.113.9",
                allow=allow),
        _behind("proxy-is-not-allowed", "The proxy's own address is not the client's.",
                "198.51.100.1", "198.51.100.1", allow=["10.0.0.0/8"], allowed=False),
    ]  # fmt: skip


def _hops() -> List[Case]:
    return [
        _behind("one-hop", "Whom the proxy saw.", "198.51.100.1", "198.51.100.1"),
        _behind("spoofed-first", "What the caller wrote before is not read.", "198.51.100.1",
                "203.0.113.9, 198.51.100.1"),
        _behind("spoofed-garbage", "Not even looked at.", "198.51.100.1",
                "'; drop table, , 198.51.100.1"),
        _behind("two-proxies", "Two trusted proxies.", "198.51.100.1",
                "203.0.113.9, 198.51.100.1, 10.9.9.9"),
        _behind("two-lines", "Several headers are one list.", "198.51.100.1", "203.0.113.9",
                "198.51.100.1, 10.9.9.9"),
        _behind("all-trusted", "Proxies alone: the first of them calls.", "10.1.1.1",
                "10.1.1.1, 10.2.2.2"),
        _behind("no-header", "The proxy itself calls.", "10.0.0.1"),
        _behind("empty-header", "An empty header names nobody.", None, ""),
        _behind("unknown", "A word names nobody.", None, "unknown"),
        _behind("garbage-last", "What the proxy saw is no address.", None,
                "198.51.100.1, garbage"),
        _behind("empty-last", "Nor is nothing.", None, "198.51.100.1,"),
        _behind("tabs", "White space around an address.", "198.51.100.1", "\t198.51.100.1 \t"),
        _behind("port", "Some proxies write the port.", "198.51.100.1", "198.51.100.1:4711"),
        _behind("long-port", "A port has five digits at most.", None, "198.51.100.1:471100"),
        _behind("empty-port", "And one at least.", None, "198.51.100.1:"),
        _behind("v6", "IPv6.", "2001:db8::9", "2001:db8::9", key="2001:db8::/64"),
        _behind("v6-brackets", "In brackets.", "2001:db8::9", "[2001:db8::9]", key="2001:db8::/64"),
        _behind("v6-port", "With its port.", "2001:db8::9", "[2001:db8::9]:80",
                key="2001:db8::/64"),
        _behind("v6-open", "A bracket that does not close.", None, "[2001:db8::9"),
        _behind("v4-brackets", "IPv4 has no brackets.", None, "[198.51.100.1]"),
        _behind("v6-proxy", "A trusted proxy of IPv6.", "198.51.100.1",
                "203.0.113.9, 198.51.100.1", peer="2001:db8:f::1"),
        _behind("mapped-proxy", "A trusted proxy as a mapped address.", "198.51.100.1",
                "203.0.113.9, 198.51.100.1", peer="::ffff:10.0.0.1"),
        _behind("32-hops", "32 hops are followed.", "10.0.0.99", ", ".join(
            ["198.51.100.1", "10.0.0.99", *["10.0.0.2"] * 31])),
        _behind("31-proxies", "The 32nd hop is the client.", "198.51.100.1", ", ".join(
            ["203.0.113.9", "198.51.100.1", *["10.0.0.2"] * 31])),
    ]  # fmt: skip


def _forwarded() -> List[Case]:
    def forwarded(called: str, about: str, want: Optional[str], *lines: str, **more: Any) -> Case:
        return _behind(f"forwarded-{called}", about, want, *lines, **{"header": "forwarded", **more})

    return [
        forwarded("for", "RFC 7239.", "198.51.100.1", "for=198.51.100.1"),
        forwarded("parameters", "Other parameters are passed over.", "198.51.100.1",
                  "by=203.0.113.43;for=198.51.100.1; proto=https;host=example.com"),
        forwarded("capitals", "Names in any case.", "198.51.100.1", "For=198.51.100.1"),
        forwarded("quoted-v6", "IPv6 in quotes and brackets.", "2001:db8::9",
                  'for="[2001:db8::9]:4711"', key="2001:db8::/64"),
        forwarded("quoted-v4", "IPv4 in quotes.", "198.51.100.1", 'for="198.51.100.1:80"'),
        forwarded("spoofed-first", "What the caller wrote is not read.", "198.51.100.1",
                  "for=203.0.113.9, for=198.51.100.1, for=10.9.9.9"),
        forwarded("unknown", "A proxy that will not say.", None, "for=unknown"),
        forwarded("obfuscated", "A name of the proxy's own.", None, "for=_hidden"),
        forwarded("open-quote", "A quote that does not close.", None, 'for="198.51.100.1'),
        forwarded("no-for", "No client.", None, "proto=https"),
        forwarded("bare", "An address alone.", None, "198.51.100.1"),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "client-address.json",
        "client_address",
        "Who called: the connection's address, what trusted proxies say, and the list of who may.",
        _peers() + _lists() + _hops() + _forwarded(),
    )
