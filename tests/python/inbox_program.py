"""A server with workers, to be killed: `inbox_program.py <inbox> <log> <first> <count> <lease>`.

It delivers so many messages to itself, writes the number of each that was acknowledged to its
standard output, and handles what is in the inbox until all that is there is handled, unless it is
killed before. Its handler writes to the log when it begins and when it ends.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from countersign import Event, Receiver, RetryPolicy, Webhook
from countersign.inbox import Inbox, PostgresInbox, SqliteInbox, Workers

from incoming import Delivery

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def main(place: str, log: str, first: str, count: str, lease: str) -> None:
    inbox: Inbox
    inbox = PostgresInbox(place) if "host=" in place else SqliteInbox(place, timeout=20)
    webhook = Webhook("standard", SECRET)
    receiver = Receiver(webhook, inbox=inbox)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @receiver.on("*")
    def handle(event: Event) -> None:
        os.write(written, f"begin {event.dedupe_key}\n".encode())
        time.sleep(0.004)
        os.write(written, f"end {event.dedupe_key}\n".encode())

    policy = RetryPolicy.exponential(0.01, attempts=50)
    with Workers(receiver, inbox, threads=4, policy=policy, lease=float(lease), poll=0.05):

        def deliver(number: int) -> None:
            if receiver.receive(Delivery(webhook, identity=f"msg_{number}")).status == 200:
                os.write(1, f"{number}\n".encode())

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(deliver, range(int(first), int(first) + int(count))))
        while inbox.counts()["waiting"] or inbox.counts()["running"]:
            time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
