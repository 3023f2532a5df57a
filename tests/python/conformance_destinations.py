"""What a sender may reach, by kind of case. What is refused is raised."""

from __future__ import annotations

from typing import Any

from countersign._countersign import Destination, DestinationRules

Case = dict[str, Any]


def destination(case: Case) -> Any:
    rules = DestinationRules(allow_http=case["allow_http"], allow=case["networks"])
    parsed = Destination(case["url"], rules)
    if parsed.url != case["url"]:
        raise AssertionError("destination.url is not the URL")
    return {
        "host": parsed.host,
        "port": parsed.port,
        "https": parsed.is_https,
        "address": parsed.address,
    }


def addresses(case: Case) -> Any:
    DestinationRules(allow=case["networks"]).check(case["addresses"])
    return {"allowed": True}
