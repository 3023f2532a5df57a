"""Measures verification side by side with the peers, and prints JSON.

usage: python bench.py [WHEEL_PATH]

Needs the installed package and `requirements.txt`. The functions of one size take turns in short
rounds, so that a slow moment of the machine meets all of them alike; compare the minima.
"""

from __future__ import annotations

import base64
import hmac
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import standardwebhooks
import stripe
import svix
from countersign import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SIZES = {64: 2000, 512: 2000, 4096: 1000, 1 << 20: 5}
ROUNDS = 200

Function = Callable[[], Any]


def candidates(size: int) -> dict[str, Function]:
    """What is measured: each verifies one request of this size, or makes its tag."""
    # Nothing is parsed.
    body = b"x" * size
    text = body.decode()

    ours = Webhook("standard", SECRET)
    headers = ours.sign(body, id=ID)
    svix_headers = {name.replace("webhook-", "svix-"): value for name, value in headers.items()}
    content = f"{ID}.{headers['webhook-timestamp']}.".encode() + body

    our_stripe = Webhook("stripe", SECRET)
    stripe_headers = our_stripe.sign(body)
    stripe_header = stripe_headers["stripe-signature"]
    verify_stripe = stripe.WebhookSignature.verify_header

    peer = standardwebhooks.Webhook(SECRET)
    svix_peer = svix.Webhook(SECRET)
    expected = base64.b64decode(headers["webhook-signature"].removeprefix("v1,"))

    def by_hand() -> bool:
        return hmac.compare_digest(hmac.digest(KEY, content, "sha256"), expected)

    functions: dict[str, Function] = {
        "ours": lambda: ours.verify(body, headers),
        "hmac.digest": lambda: hmac.digest(KEY, content, "sha256"),
        "hmac.digest and compare": by_hand,
        "standardwebhooks": lambda: peer.verify(body, headers, json_parse=False),
        "svix": lambda: svix_peer.verify(body, svix_headers),
        "ours, stripe": lambda: our_stripe.verify(body, stripe_headers),
        "stripe": lambda: verify_stripe(text, stripe_header, SECRET, 300),
    }
    assert by_hand()
    return functions


def measure(functions: dict[str, Function], calls: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {what: [] for what in functions}
    for _ in range(ROUNDS):
        for what, function in functions.items():
            turns = range(calls)
            start = time.perf_counter_ns()
            for _turn in turns:
                function()
            times[what].append((time.perf_counter_ns() - start) / calls)
    return times


def import_ms() -> float:
    """What importing the package adds to the start of Python: the least of several."""

    def start(program: str) -> float:
        begin = time.perf_counter_ns()
        subprocess.run([sys.executable, "-c", program], check=True)
        return (time.perf_counter_ns() - begin) / 1e6

    times = [(start("import countersign"), start("pass")) for _ in range(20)]
    return min(with_it for with_it, _ in times) - min(without for _, without in times)


def main() -> None:
    rows = []
    for size, calls in SIZES.items():
        for what, times in measure(candidates(size), calls).items():
            minimum, median = min(times), statistics.median(times)
            rows.append(
                {
                    "size": size,
                    "what": what,
                    "min_ns": round(minimum, 1),
                    "median_ns": round(median, 1),
                }
            )
    wheel_bytes = Path(sys.argv[1]).stat().st_size if len(sys.argv) > 1 else None
    result = {
        "language": "python",
        "rows": rows,
        "import_ms": round(import_ms(), 2),
        "wheel_bytes": wheel_bytes,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
