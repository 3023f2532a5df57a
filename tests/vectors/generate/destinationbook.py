"""Cases of what a sender may reach; see casebook.py for the principle."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Optional, Sequence

from casebook import Case, Disagreement, Json
from reference import destination
from reference.address import parse_network
from reference.refusal import Refusal


def url_case(
    case_id: str,
    about: str,
    want: str,
    *,
    url: str,
    says: Optional[str] = None,
    port: Optional[int] = None,
    allow_http: bool = False,
    networks: Sequence[str] = (),
) -> Case:
    """`want` is the host or a code, `says` a piece of the message."""
    fields: Json = {"url": url, "allow_http": allow_http, "networks": list(networks)}
    rules = destination.Rules(allow_http, [parse_network(text) for text in networks])
    try:
        parsed = destination.parse_url(url, rules)
    except Refusal as refusal:
        return _refused(case_id, about, want, says, fields, refusal)
    stated_port = port or (443 if url[:5].lower() == "https" else 80)
    stated, computed = (want, stated_port, None), (parsed.host, parsed.port, says)
    if stated != computed:
        raise Disagreement(f"{case_id}: stated {stated!r}, computed {computed!r}")
    expect = {
        "host": parsed.host, "port": parsed.port, "https": parsed.https, "address": parsed.address,
    }  # fmt: skip
    return Case(case_id, about, {**fields, "expect": expect})


def addresses_case(
    case_id: str,
    about: str,
    allowed: bool,
    addresses: Sequence[str],
    *,
    says: Optional[str] = None,
    networks: Sequence[str] = (),
) -> Case:
    """`says` is a piece of the message, "special address" if nothing else."""
    fields: Json = {"networks": list(networks), "addresses": list(addresses)}
    rules = destination.Rules(False, [parse_network(text) for text in networks])
    try:
        destination.check([ip_address(text) for text in addresses], rules)
    except Refusal as refusal:
        want = "allowed" if allowed else "forbidden_destination"
        return _refused(case_id, about, want, says or "special address", fields, refusal)
    if not allowed or says is not None:
        raise Disagreement(f"{case_id}: stated to be refused, and allowed")
    return Case(case_id, about, {**fields, "expect": {"allowed": True}})


def _refused(
    case_id: str, about: str, want: str, says: Optional[str], fields: Json, refusal: Refusal
) -> Case:
    if want != refusal.code or says is None or says not in refusal.message:
        raise Disagreement(f"{case_id}: stated {want!r} and {says!r}, computed {refusal!r}")
    expect = {"verdict": "reject", "code": refusal.code, "message": refusal.message}
    return Case(case_id, about, {**fields, "expect": expect})
