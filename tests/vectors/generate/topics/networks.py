"""Networks in CIDR notation."""

from __future__ import annotations

from typing import List, Sequence, Union

from casebook import Case, Topic
from guardbook import network_case


def _case(
    called: str, about: str, want: Union[str, List[bool]], network: str, *addresses: str
) -> Case:
    return network_case(f"network-{called}", about, want, network=network, addresses=addresses)


def _malformed(pairs: Sequence[Sequence[str]]) -> List[Case]:
    return [
        _case(called, f"{text!r} is no network.", "malformed_network", text)
        for called, text in pairs
    ]


def topic() -> Topic:
    return Topic(
        "network.json",
        "network",
        "Networks in CIDR notation, and which addresses lie in them.",
        [
            _case("single", "One address.", [True, False], "192.0.2.7", "192.0.2.7", "192.0.2.8"),
            _case("32", "One address, written as a range.", [True, False], "192.0.2.7/32",
                  "192.0.2.7", "192.0.2.6"),
            _case("24", "The ends of a range.", [True, True, False, False], "192.0.2.0/24",
                  "192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"),
            _case("31", "A range of two.", [True, True, False], "192.0.2.6/31", "192.0.2.6",
                  "192.0.2.7", "192.0.2.8"),
            _case("9", "A prefix inside of a byte.", [True, False], "10.128.0.0/9",
                  "10.200.0.1", "10.127.255.255"),
            _case("0", "All of IPv4, and nothing of IPv6.", [True, True, False], "0.0.0.0/0",
                  "0.0.0.0", "255.255.255.255", "::1"),
            _case("v6-0", "All of IPv6, and nothing of IPv4.", [True, False, False], "::/0",
                  "2001:db8::1", "192.0.2.7", "::ffff:192.0.2.7"),
            _case("v6-single", "One address.", [True, True, False], "2001:db8::1",
                  "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8::2"),
            _case("v6-32", "The ends of a range.", [True, True, False], "2001:db8::/32",
                  "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
            _case("v6-127", "A range of two.", [True, False], "2001:db8::2/127",
                  "2001:db8::3", "2001:db8::4"),
            _case("mapped-address", "A mapped address is the IPv4 address.", [True, False],
                  "192.0.2.0/24", "::ffff:192.0.2.7", "::ffff:192.0.3.7"),
            _case("mapped-hexadecimal", "In hexadecimal too.", [True], "192.0.2.0/24",
                  "::ffff:c000:207"),
            _case("mapped-network", "A mapped network is the IPv4 network.", [True, False],
                  "::ffff:192.0.2.0/120", "192.0.2.7", "192.0.3.7"),
            _case("mapped-single", "A mapped network of one.", [True], "::ffff:192.0.2.7",
                  "192.0.2.7"),
            _case("compatible", "An IPv4-compatible address is an IPv6 address.", [False],
                  "192.0.2.0/24", "::192.0.2.7"),
            *_malformed((
                ("empty", ""), ("word", "localhost"), ("any", "*"), ("short", "10.0.0/8"),
                ("host-bits", "10.1.2.3/8"), ("host-bits-v6", "2001:db8::1/32"),
                ("host-bits-31", "192.0.2.7/31"), ("prefix-33", "192.0.2.0/33"),
                ("prefix-129", "2001:db8::/129"), ("prefix-huge", "192.0.2.0/4294967328"),
                ("prefix-empty", "192.0.2.0/"), ("prefix-sign", "192.0.2.0/+24"),
                ("prefix-minus", "192.0.2.0/-1"), ("prefix-zeros", "192.0.2.0/024"),
                ("prefix-space", "192.0.2.0/ 24"), ("prefix-mask", "192.0.2.0/255.255.255.0"),
                ("prefix-twice", "192.0.2.0/24/24"), ("space-before", " 192.0.2.7"),
                ("space-after", "192.0.2.7 "), ("octal", "192.0.02.7"), ("hexadecimal", "0xC0000207"),
                ("decimal", "3221225991"), ("large-byte", "192.0.2.256"), ("port", "192.0.2.7:80"),
                ("brackets", "[2001:db8::1]"), ("zone", "fe80::1%eth0"), ("two-gaps", "1::2::3"),
                ("mapped-short-prefix", "::ffff:192.0.2.0/24"), ("fullwidth", "\uff11.2.3.4"),
            )),
        ],
    )  # fmt: skip
