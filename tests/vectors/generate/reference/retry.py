"""Section 6: what follows an attempt."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from reference.backoff import jittered, plain_delays
from reference.retry_after import retry_after_ms

_DAY_MS = 24 * 3600 * 1000


def decide(
    policy: Mapping[str, Any], attempt: int, outcome: Mapping[str, Any], now_ms: int, entropy: int
) -> Dict[str, Any]:
    if outcome.get("forbidden"):
        return {"decision": "dead_letter", "reason": "forbidden"}
    extra = policy.get("retry_statuses", [])
    status = None if outcome.get("network_error") else outcome["status"]
    if status is not None:
        if 200 <= status <= 299:
            return {"decision": "delivered"}
        if status == 410 and status not in extra:
            return {"decision": "disable"}
        if not (status in (408, 425, 429) or 500 <= status <= 599 or status in extra):
            reason = "redirected" if 300 <= status <= 399 else "rejected"
            return {"decision": "dead_letter", "reason": reason}
    delays = plain_delays(policy["schedule"])
    made = max(attempt, 1)
    if made >= len(delays):
        return {"decision": "dead_letter", "reason": "exhausted"}
    wait = jittered(delays[made], policy["jitter"], entropy)
    asked = outcome.get("retry_after")
    if asked is not None:
        cap = policy.get("retry_after_cap_ms", _DAY_MS)
        wait = max(wait, min(cap, retry_after_ms(asked, now_ms) or 0))
    return {"decision": "retry_at", "at_ms": now_ms + wait}
