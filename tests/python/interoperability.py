"""Has the official Python libraries of Standard Webhooks and Svix verify what was sent.

usage: python interoperability.py RECORD

The record is what ``tests/interoperability`` wrote. Exits with 1 if a verdict is not as it must be.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import standardwebhooks
import svix

Request = dict[str, Any]


@dataclass(frozen=True)
class Library:
    """One of the official libraries."""

    name: str
    webhook: Callable[[str], Any]
    refusal: type[Exception]

    def verify(self, secret: str, body: bytes, headers: dict[str, str]) -> tuple[bool, Any]:
        """Whether it accepts, and the payload if it reads it."""
        try:
            return True, self.webhook(secret).verify(body, headers)
        except self.refusal:
            return False, None


STANDARD = Library(
    "standardwebhooks", standardwebhooks.Webhook, standardwebhooks.WebhookVerificationError
)
SVIX = Library("svix", svix.Webhook, svix.WebhookVerificationError)
# Svix's own reads the headers of both.
LIBRARIES = {"standard": [STANDARD, SVIX], "svix": [SVIX]}


def verify(request: Request) -> tuple[int, list[str]]:
    """How many verdicts there were, and what is wrong with them."""
    verdicts, faults = 0, []
    headers = dict(request["headers"])
    body = base64.b64decode(request["body_b64"])
    # White space before the end, so that it is text and JSON still.
    changed = body[:-1] + b" " + body[-1:]
    for library in LIBRARIES[request["scheme"]]:
        for secret in request["secrets"]:
            accepted, payload = library.verify(secret, body, headers)
            if not accepted:
                faults.append(f"{library.name} refuses a secret that signs")
            elif payload is not None and not is_told(payload, request["sent"]):
                faults.append(f"{library.name} reads something else than what was sent")
            if library.verify(secret, changed, headers)[0]:
                faults.append(f"{library.name} accepts another body")
            verdicts += 2
        for stranger in request["strangers"]:
            if library.verify(stranger, body, headers)[0]:
                faults.append(f"{library.name} accepts a secret that does not sign")
            verdicts += 1
    return verdicts, faults


def is_told(payload: Any, sent: Any) -> bool:
    """Whether the payload says what was sent."""
    if "payload" in sent["content"]:
        return bool(payload == json.loads(sent["content"]["payload"]))
    told = (payload["id"], payload["type"], payload["data"])
    return told == (sent["id"], sent["type"], sent["content"]["data"])


def main() -> int:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").rstrip("\n").split("\n")
    requests = [json.loads(line) for line in lines]
    verdicts = failed = 0
    for request in requests:
        count, faults = verify(request)
        if not is_told(json.loads(base64.b64decode(request["body_b64"])), request["sent"]):
            faults.append("the body says something else than what was sent")
        verdicts += count
        failed += bool(faults)
        for fault in faults:
            where = f"{request['sent']['id']} ({request['scheme']}, {request['phase']})"
            print(f"{where}: {fault}", file=sys.stderr)
    print(f"python: {len(requests)} requests, {verdicts} verdicts, {failed} requests with faults")
    return 1 if failed or verdicts == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
