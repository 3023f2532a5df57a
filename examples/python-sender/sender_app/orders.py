"""The orders that the shop tells of."""

from __future__ import annotations

import time
from typing import Callable

from countersign import Sender

PROGRESS = 50


def publish_orders(
    sender: Sender,
    count: int,
    *,
    per_second: float | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Publishes the orders 1 to ``count`` to whoever wants them; how many were new.

    A program that was killed does not know what it has published, so it begins again at the first.
    An id that the outbox knows is not stored again: nothing is left out, and nothing is sent twice.
    """
    new = 0
    begin = time.monotonic()
    for number in range(1, count + 1):
        order = {"order": number, "amount": 100 * number}
        sent = sender.publish("order.placed", order, id=f"order-{number:04}")
        new += sent.is_new
        if number % PROGRESS == 0 or number == count:
            say(f"published {number} of {count} orders, {new} of them new")
        if per_second and sent.is_new:
            time.sleep(max(0, begin + new / per_second - time.monotonic()))
    return new
