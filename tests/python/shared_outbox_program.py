"""A sender on an outbox that it shares: `shared_outbox_program.py <outbox> <url> <count> <lease>`.

It registers the endpoints and delivers. At each line of its standard input it does what that says:
``send`` so many messages to each endpoint, ``replay`` the dead letters, ``counts``, ``stop``; then it
writes a line, which tells how many.
"""

from __future__ import annotations

import json
import sys

from countersign import RetryPolicy, Sender
from countersign.sender import Endpoint

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def main(outbox: str, url: str, count: str, lease: str) -> None:
    policy = RetryPolicy.exponential(0.02, attempts=8)
    with Sender(outbox, retry_policy=policy, total_timeout=float(lease) / 2, lease=float(lease)) as sender:
        for id in ("any", "ordered", "refusing"):
            place = {"allow_http": True, "allow_networks": ["127.0.0.1"], "fifo": id == "ordered"}
            sender.put_endpoint(Endpoint(id, f"{url}/{id}", secret=SECRET, **place))
        print("ready", flush=True)
        for line in sys.stdin:
            if line == "stop\n":
                break
            if line == "send\n":
                for number in range(int(count)):
                    for endpoint in ("any", "ordered"):
                        sender.send(endpoint, "order.placed", {"from": "python", "number": number})
                sender.send("refusing", "order.placed", {"from": "python", "number": 0})
                print(2 * int(count) + 1, flush=True)
            elif line == "counts\n":
                print(json.dumps(sender.counts()), flush=True)
            else:
                letters = sender.dead_letters()
                print(sum(sender.replay(letter.number) for letter in letters), flush=True)
    print("stopped", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
