"""The installed package is that of this environment, and signs, verifies and refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import countersign


def main() -> None:
    installed = Path(countersign.__file__).resolve()
    environment = Path(sys.prefix).resolve()
    if environment not in installed.parents:
        raise SystemExit(f"the package is not that of the environment: {installed}")

    webhook = countersign.Webhook("standard", countersign.generate_secret())
    body = b'{"type":"ping","data":{"n":1}}'
    headers = webhook.sign(body, id="msg_1")
    event = webhook.unwrap(body, headers)
    if (event.id, event.type, event.data) != ("msg_1", "ping", {"n": 1}):
        raise SystemExit(f"the event is wrong: {event!r}")
    try:
        webhook.verify(body + b" ", headers)
    except countersign.VerificationError as error:
        if error.code != "signature_mismatch":
            raise
    else:
        raise SystemExit("a changed body is accepted")
    print(f"countersign {countersign.__version__} works on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
