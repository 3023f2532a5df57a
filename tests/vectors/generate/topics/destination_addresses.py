"""What a resolver answers, and whether a sender may connect to it."""

from __future__ import annotations

from typing import List, Sequence, Tuple

from casebook import Case, Topic
from destinationbook import addresses_case

# The name of a range, addresses in it (its ends among them), and public neighbours.
_RANGES: Sequence[Tuple[str, Sequence[str], Sequence[str]]] = (
    ("this-network", ["0.0.0.0", "0.255.255.255"], ["1.0.0.0"]),
    ("private-10", ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]),
    ("shared", ["100.64.0.0", "100.127.255.255"], ["100.63.255.255", "100.128.0.0"]),
    ("loopback", ["127.0.0.0", "127.0.0.1", "127.255.255.255"], ["126.255.255.255", "128.0.0.0"]),
    ("link-local", ["169.254.0.0", "169.254.255.255"], ["169.253.255.255", "169.255.0.0"]),
    ("private-172", ["172.16.0.0", "172.31.255.255"], ["172.15.255.255", "172.32.0.0"]),
    ("protocols", ["192.0.0.0", "192.0.0.9", "192.0.0.170", "192.0.0.255"], ["191.255.255.255", "192.0.1.0"]),
    ("test-net-1", ["192.0.2.0", "192.0.2.255"], ["192.0.1.255", "192.0.3.0"]),
    ("as112", ["192.31.196.0", "192.31.196.255"], ["192.31.195.255", "192.31.197.0"]),
    ("amt", ["192.52.193.0", "192.52.193.255"], ["192.52.192.255", "192.52.194.0"]),
    ("6to4-relays", ["192.88.99.0", "192.88.99.1", "192.88.99.255"], ["192.88.98.255", "192.88.100.0"]),
    ("private-192", ["192.168.0.0", "192.168.255.255"], ["192.167.255.255", "192.169.0.0"]),
    ("as112-direct", ["192.175.48.0", "192.175.48.255"], ["192.175.47.255", "192.175.49.0"]),
    ("benchmarks", ["198.18.0.0", "198.19.255.255"], ["198.17.255.255", "198.20.0.0"]),
    ("test-net-2", ["198.51.100.0", "198.51.100.255"], ["198.51.99.255", "198.51.101.0"]),
    ("test-net-3", ["203.0.113.0", "203.0.113.255"], ["203.0.112.255", "203.0.114.0"]),
    ("multicast", ["224.0.0.0", "239.255.255.255"], ["223.255.255.255"]),
    ("reserved", ["240.0.0.0", "255.255.255.254"], []),
    ("broadcast", ["255.255.255.255"], []),
    ("ipv6-unspecified", ["::"], []),
    ("ipv6-loopback", ["::1"], []),
    ("ipv6-compatible", ["::2", "::8.8.8.8", "::ffff:ffff"], []),
    ("ipv6-translated", ["::ffff:0:8.8.8.8"], []),
    ("ipv6-mapped", ["::ffff:0.0.0.0", "::ffff:127.0.0.1", "::ffff:a00:1", "::ffff:255.255.255.255"],
     ["::ffff:8.8.8.8", "::ffff:101:101"]),
    ("ipv6-nat64", ["64:ff9b::", "64:ff9b::127.0.0.1", "64:ff9b::c0a8:1", "64:ff9b::ffff:ffff"],
     ["64:ff9b::8.8.8.8"]),
    ("ipv6-nat64-beyond", ["64:ff9b::1:808:808", "64:ff9a::8.8.8.8"], []),
    ("ipv6-nat64-local", ["64:ff9b:1::", "64:ff9b:1::8.8.8.8", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-discard", ["100::", "100::ffff:ffff:ffff:ffff"], []),
    ("ipv6-dummy", ["100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"], []),
    ("ipv6-before-unicast", ["1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], ["2000::"]),
    ("ipv6-teredo", ["2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"],
     ["2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]),
    ("ipv6-protocols", ["2001:1::1", "2001:1::2", "2001:3::1", "2001:4:112::1",
                        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"], ["2001:200::"]),
    ("ipv6-benchmarks", ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-orchid", ["2001:10::1", "2001:20::1", "2001:30::1"], []),
    ("ipv6-documentation", ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
     ["2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"]),
    ("ipv6-6to4", ["2002::", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "2002:ffff:ffff::"],
     ["2002:808:808::1", "2003::"]),
    ("ipv6-as112", ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
     ["2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::"]),
    ("ipv6-documentation-3fff", ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
     ["3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"]),
    ("ipv6-after-unicast", ["4000::", "8000::1"], ["3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]),
    ("ipv6-srv6", ["5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-unique-local", ["fc00::", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-link-local", ["fe80::", "fe80::1", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-site-local", ["fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
    ("ipv6-multicast", ["ff00::", "ff02::1", "ff0e::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
)  # fmt: skip

_METADATA: Sequence[Tuple[str, str]] = (
    ("most-clouds", "169.254.169.254"),
    ("ecs", "169.254.170.2"),
    ("eks", "169.254.170.23"),
    ("tencent", "169.254.0.23"),
    ("scaleway", "169.254.42.42"),
    ("alibaba", "100.100.100.200"),
    ("oracle", "192.0.0.192"),
    ("azure", "168.63.129.16"),
    ("aws-ipv6", "fd00:ec2::254"),
    ("eks-ipv6", "fd00:ec2::23"),
    ("google-ipv6", "fd20:ce::254"),
    ("scaleway-ipv6", "fd00:42::42"),
    ("openstack-ipv6", "fe80::a9fe:a9fe"),
)


def _by_range() -> List[Case]:
    cases = []
    for called, inside, neighbours in _RANGES:
        for number, address in enumerate(inside, 1):
            cases.append(addresses_case(f"addresses-{called}-{number}", f"{address} is special.", False, [address]))
        if neighbours:
            cases.append(addresses_case(f"addresses-{called}-neighbours", "What lies beside it is public.", True, neighbours))
    return cases  # fmt: skip


def _metadata() -> List[Case]:
    says = "metadata service"
    cases = []
    for called, address in _METADATA:
        wide = ["0.0.0.0/0", "::/0", f"{address}/{'127' if ':' in address else '31'}"] if _even(address) else ["0.0.0.0/0", "::/0"]
        cases.append(addresses_case(f"addresses-metadata-{called}", f"{address}, whatever networks are allowed.", False, [address], says=says, networks=wide))
        cases.append(addresses_case(f"addresses-metadata-{called}-named", f"{address}, which is named.", True, [address], networks=[address]))
    return cases  # fmt: skip


def _even(address: str) -> bool:
    """Whether the pair of addresses that it begins is a network."""
    return int(address[-1], 16) % 2 == 0


def _mixed() -> List[Case]:
    def case(called: str, about: str, allowed: bool, addresses: Sequence[str], *networks: str,
             says: str = "") -> Case:  # fmt: skip
        return addresses_case(f"addresses-{called}", about, allowed, addresses, says=says or None,
                              networks=networks)  # fmt: skip

    metadata = "metadata service"
    return [
        case("none", "No answer is no address.", False, [], says="no address"),
        case("none-allowed", "Also where all is allowed.", False, [], "0.0.0.0/0", "::/0",
             says="no address"),
        case("public", "One public address.", True, ["8.8.8.8"]),
        case("public-both", "Public addresses of both versions.", True,
             ["8.8.8.8", "2606:4700::1111"]),
        case("bad-last", "A public address, then loopback.", False, ["8.8.8.8", "127.0.0.1"]),
        case("bad-first", "Loopback, then a public address.", False, ["127.0.0.1", "8.8.8.8"]),
        case("bad-inside", "A private one among many.", False,
             ["8.8.8.8", "1.1.1.1", "10.0.0.1", "9.9.9.9"]),
        case("bad-ipv6", "A public address, and loopback of IPv6.", False, ["8.8.8.8", "::1"]),
        case("bad-mapped", "A public address, and a mapped private one.", False,
             ["8.8.8.8", "::ffff:192.168.0.1"]),
        case("first-bad-tells", "The first that is bad tells why.", False,
             ["8.8.8.8", "169.254.169.254", "127.0.0.1"], says=metadata),
        case("first-bad-tells-special", "Here it is a special one.", False,
             ["127.0.0.1", "169.254.169.254"]),
        case("allowed-10", "An allowed network.", True, ["10.1.2.3"], "10.0.0.0/8"),
        case("allowed-several", "Several of them.", True, ["10.1.2.3", "fd12::1", "8.8.8.8"],
             "10.0.0.0/8", "fd12::/16"),
        case("allowed-not-all", "One of the answers is not in them.", False,
             ["10.1.2.3", "192.168.0.1"], "10.0.0.0/8"),
        case("allowed-mapped", "A mapped address of an allowed network.", True,
             ["::ffff:10.1.2.3"], "10.0.0.0/8"),
        case("allowed-nat64", "By NAT64 it is the address behind.", True, ["64:ff9b::10.1.2.3"],
             "10.0.0.0/8"),
        case("allowed-nat64-prefix", "Or the one that is written.", True, ["64:ff9b::10.1.2.3"],
             "64:ff9b::/96"),
        case("allowed-6to4", "So it is by 6to4.", True, ["2002:a01:203::1"], "10.0.0.0/8"),
        case("allowed-not-compatible", "An IPv4-compatible address stands for none.", False,
             ["::10.1.2.3"], "10.0.0.0/8"),
        case("allowed-not-local-nat64", "Nor does one of local NAT64.", False,
             ["64:ff9b:1::10.1.2.3"], "10.0.0.0/8"),
        case("allowed-local-nat64", "Local NAT64 is allowed by its network.", True,
             ["64:ff9b:1::10.1.2.3"], "64:ff9b:1::/48"),
        case("allowed-single", "A single address.", True, ["127.0.0.1"], "127.0.0.1"),
        case("allowed-single-other", "And not its neighbour.", False, ["127.0.0.2"], "127.0.0.1"),
        case("allowed-all-ipv4", "All of IPv4 is nothing of IPv6.", False, ["fd00::1"],
             "0.0.0.0/0"),
        case("allowed-all-ipv6", "All of IPv6 is nothing of IPv4.", False, ["10.0.0.1"], "::/0"),
        case("allowed-mapped-all-ipv6", "Nor of what stands for IPv4.", False,
             ["::ffff:10.0.0.1"], "::/0"),
        case("metadata-mapped", "A metadata service, mapped.", False,
             ["::ffff:169.254.169.254"], "169.254.0.0/16", says=metadata),
        case("metadata-nat64", "By NAT64.", False, ["64:ff9b::169.254.169.254"],
             "64:ff9b::/96", says=metadata),
        case("metadata-6to4", "By 6to4.", False, ["2002:a9fe:a9fe::1"], "2002::/16",
             says=metadata),
        case("metadata-local-nat64", "By local NAT64.", False,
             ["64:ff9b:1::169.254.169.254"], "64:ff9b:1::/48", says=metadata),
        case("metadata-compatible", "As an IPv4-compatible address.", False,
             ["::169.254.169.254"], "::/0", says=metadata),
        case("metadata-azure-nat64", "Azure's by NAT64.", False, ["64:ff9b::168.63.129.16"],
             says=metadata),
        case("metadata-mapped-named", "Mapped, and named.", True, ["::ffff:169.254.169.254"],
             "169.254.169.254/32"),
        case("metadata-named-among-others", "Named beside a wider network.", True,
             ["169.254.169.254"], "169.254.0.0/16", "169.254.169.254"),
        case("metadata-another-named", "Another one is named.", False, ["169.254.169.254"],
             "169.254.170.2", says=metadata),
        case("beside-azure", "Azure's neighbours are public.", True,
             ["168.63.129.15", "168.63.129.17"]),
    ]  # fmt: skip


def topic() -> Topic:
    return Topic(
        "destination-addresses.json",
        "destination_addresses",
        "Addresses that a resolver answers, and whether a sender may connect to them.",
        [*_by_range(), *_metadata(), *_mixed()],
    )
