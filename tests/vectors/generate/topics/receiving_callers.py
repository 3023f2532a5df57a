"""Addresses and rates. All requests come from 127.0.0.1."""

from __future__ import annotations

from typing import Any, Dict, List

from casebook import Case
from deliveries import case, delivery, event, forged, paid, request
from fixtures import MSG
from topics.handshakes import ALL_PARAMETERS

_REFUSED = "address_not_allowed"
_LIST: Dict[str, Any] = {"allow": ["203.0.113.0/24", "2001:db8:a::/48"]}
_PROXY: Dict[str, Any] = {"trusted_proxies": ["127.0.0.0/8", "10.0.0.0/8"]}
_RFC_7239: Dict[str, Any] = {**_PROXY, "forwarding_header": "forwarded"}
_ONE: Dict[str, Any] = {"rate_limit": {"requests": 1, "window_ms": 3_600_000}}


def _from(want: str, *values: str, name: str = "X-Forwarded-For", **rest: Any) -> Any:
    return delivery(want, more=[(name, value) for value in values], **rest)


def _case(called: str, about: str, want: str, *values: str, **settings: Any) -> Case:
    name = settings.pop("name", "X-Forwarded-For")
    handled = [paid()] if want == "handled" else []
    return case(f"address-{called}", about, [_from(want, *values, name=name)], handled, **settings)


def _addresses() -> List[Case]:
    return [
        _case("allowed", "The connection's own address is on the list.", "handled",
              allow=["127.0.0.0/8"]),
        _case("not-allowed", "It is not.", _REFUSED, **_LIST),
        _case("empty-list", "An empty list allows nobody.", _REFUSED, allow=[]),
        _case("mapped", "The list says it as a mapped address.", "handled",
              allow=["::ffff:127.0.0.1"]),
        _case("spoofed", "Without a trusted proxy the header is the caller's own word.", _REFUSED,
              "203.0.113.9", **_LIST),
        _case("spoofed-beside-proxies", "So it is for a caller that is none of the proxies.",
              _REFUSED, "203.0.113.9", trusted_proxies=["10.0.0.0/8"], **_LIST),
        _case("spoofed-other-header", "No other header is believed, even of a proxy.", _REFUSED,
              "203.0.113.9", name="X-Real-IP", **_LIST, **_PROXY),
        _case("spoofed-forwarded", "Nor is the one that this proxy does not write.", _REFUSED,
              "for=203.0.113.9", name="Forwarded", **_LIST, **_PROXY),
        _case("behind-proxy", "Whom the trusted proxy saw is on the list.", "handled",
              "203.0.113.9", **_LIST, **_PROXY),
        _case("behind-proxy-refused", "Whom it saw is not.", _REFUSED, "198.51.100.1", **_LIST,
              **_PROXY),
        _case("proxy-is-not-the-client", "The proxy's own address is on the list, the client's is"
              " not.", _REFUSED, "198.51.100.1", allow=["127.0.0.0/8"], **_PROXY),
        _case("spoofed-first", "What the caller wrote before the proxy is not read.", _REFUSED,
              "203.0.113.9, 198.51.100.1", **_LIST, **_PROXY),
        _case("two-proxies", "Two trusted proxies.", "handled",
              "198.51.100.1, 203.0.113.9, 10.9.9.9", **_LIST, **_PROXY),
        _case("two-lines", "Several headers are one list: the last proxy's line counts.", _REFUSED,
              "203.0.113.9", "198.51.100.1", **_LIST, **_PROXY),
        _case("two-lines-allowed", "The other way round.", "handled", "198.51.100.1",
              "203.0.113.9, 10.9.9.9", **_LIST, **_PROXY),
        _case("no-header", "A proxy that names nobody calls itself.", "handled",
              allow=["127.0.0.1"], **_PROXY),
        _case("unknown", "A client that cannot be told is on no list.", _REFUSED, "unknown",
              allow=["0.0.0.0/0", "::/0"], **_PROXY),
        _case("v6", "A client of IPv6.", "handled", "[2001:db8:a::9]:4711", **_LIST, **_PROXY),
        _case("rfc-7239", "A proxy that writes Forwarded.", "handled",
              'for="[2001:db8:a::9]:4711";proto=https;by=10.0.0.1', name="Forwarded", **_LIST,
              **_RFC_7239),
        _case("rfc-7239-refused", "Whom it saw is not on the list.", _REFUSED,
              "for=203.0.113.9, for=198.51.100.1", name="Forwarded", **_LIST, **_RFC_7239),
        _case("rfc-7239-other-header", "Then X-Forwarded-For is the caller's own word.", _REFUSED,
              "203.0.113.9", **_LIST, **_RFC_7239),
        case("address-before-handshake", "A handshake comes from an allowed address too.",
             [request(_REFUSED, [], method="GET", query=ALL_PARAMETERS)],
             scheme="meta", secrets=["app secret"], verify_token="meatyhamhock", **_LIST),
        case("address-refused-not-counted", "A caller that is refused uses up nothing.",
             [_from(_REFUSED, "198.51.100.1"), _from(_REFUSED, "198.51.100.1"),
              _from("handled", "203.0.113.9"), _from("rate_limited", "203.0.113.9"),
              _from(_REFUSED, "198.51.100.1")], [paid()], **_LIST, **_PROXY, **_ONE),
    ]  # fmt: skip


def _rates() -> List[Case]:
    return [
        case("rate", "So many, and no more.",
             [*(delivery("handled", msg=f"msg_{n}") for n in range(3)),
              delivery("rate_limited", msg="msg_3"), delivery("rate_limited", msg="msg_4")],
             [paid(f"msg_{n}") for n in range(3)],
             rate_limit={"requests": 3, "window_ms": 3_600_000}),
        case("rate-all-counted", "Whatever becomes of them.",
             [forged(), delivery("handled"), delivery("duplicate"),
              delivery("ignored", event("other")), delivery("payload_not_json", b"{"),
              delivery("rate_limited", msg="msg_other")],
             [paid()], rate_limit={"requests": 5, "window_ms": 3_600_000}),
        case("rate-per-client", "Each client behind the proxy has its own.",
             [_from("handled", "203.0.113.9"), _from("rate_limited", "203.0.113.9"),
              _from("handled", "203.0.113.10", msg="msg_1")],
             [paid(), paid("msg_1")], **_PROXY, **_ONE),
        case("rate-v6-network", "All addresses of one network of 64 bits are one client.",
             [_from("handled", "2001:db8::1"), _from("rate_limited", "2001:db8::ffff:2"),
              _from("handled", "2001:db8:0:1::1", msg="msg_1")],
             [paid(), paid("msg_1")], **_PROXY, **_ONE),
        case("rate-spoofed", "Whoever is no proxy gets no second budget by a header.",
             [_from("handled", "203.0.113.9"), _from("rate_limited", "203.0.113.10"),
              _from("rate_limited", "203.0.113.11")], [paid()], **_ONE),
        case("rate-unknown", "Those that cannot be told are one client.",
             [_from("handled", "unknown"), _from("rate_limited", "garbage")], [paid()],
             **_PROXY, **_ONE),
        case("rate-handshake", "Handshakes count.",
             [request("handshake", [], method="GET", query=ALL_PARAMETERS),
              request("rate_limited", [], method="GET", query=ALL_PARAMETERS)],
             scheme="meta", secrets=["app secret"], verify_token="meatyhamhock", **_ONE),
        case("rate-parallel", "Of requests that come together no more are admitted.",
             [delivery("handled", msg=MSG, parallel=True),
              *(delivery("rate_limited", msg=MSG, parallel=True) for _ in range(5))],
             [paid()], **_ONE),
    ]  # fmt: skip


def cases() -> List[Case]:
    return _addresses() + _rates()
