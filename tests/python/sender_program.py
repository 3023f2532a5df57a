"""A program that sends, to be killed: `sender_program.py <outbox> <first> <count>`.

It sends so many messages, writes the id of each that was stored to its standard output, and ends
when all that is in the outbox is delivered, unless it is killed before.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from countersign import RetryPolicy, Sender


def main(outbox: str, first: str, count: str) -> None:
    policy = RetryPolicy.exponential(0.01, attempts=50)
    with Sender(outbox, retry_policy=policy, total_timeout=0.2, lease=0.5) as sender:

        def send(number: int) -> None:
            sent = sender.send("a", "x", {"number": number}, id=f"msg_{number}")
            os.write(1, f"{sent.id}\n".encode())

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(send, range(int(first), int(first) + int(count))))
        while sender.counts()["waiting"] or sender.counts()["running"]:
            time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
