"""Servers of several languages at once, with one store: each event is handled by one of them, and
a rate is counted by all together.

usage: python3 shared.py --python PROGRAM --javascript FOLDER --rust PROGRAM

PROGRAM of Python has the wheel, FOLDER is that of the servers in a project with the packed package
(see javascript/prepare.mjs), PROGRAM of Rust is the server with axum. The store is first a file of
SQLite, then a Redis that is started for it. The exit code is 1 if something does not hold.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "python"))

from fixture import Fixture  # noqa: E402
from redis_server import RedisServer  # noqa: E402
from run import handled_of  # noqa: E402
from wire import Answer, exchange_with  # noqa: E402

Json = Dict[str, Any]
Address = Tuple[str, int]
SECRET = "a secret that they share"
EVENTS = 300
LIMIT = 60
CALLS_OF_EACH = 60
LANES = 8
ATTEMPTS = 200
"""How often a delivery is sent to a server that wants it later."""
PAUSE = 0.05
"""How long a sender waits before that, in seconds."""


def cases(store: Json) -> Json:
    receiver = {
        "scheme": "sha256",
        "secrets": [SECRET],
        "now": 1_700_000_000,
        "store": store,
        "handlers": {"*": "succeed"},
    }
    limit = {"requests": LIMIT, "window_ms": 3_600_000}
    return {
        "cases": [
            {"id": "events", "receiver": receiver},
            {"id": "calls", "receiver": {**receiver, "rate_limit": limit}},
        ]
    }


def delivery(identity: str) -> Json:
    body = json.dumps({"id": identity, "type": "order.created"}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {
        "method": "POST",
        "headers": [
            ["Content-Type", "application/json"],
            ["X-Webhook-Signature", f"sha256={signature}"],
        ],
        "body_b64": base64.b64encode(body).decode(),
    }


def verdicts(addresses: Sequence[Address], identity: str, path: str) -> List[str]:
    """What becomes of a delivery that is sent to all these servers at the same moment. As a
    provider does, it is sent again to those that want it later."""
    request = delivery(identity)
    words = {}
    waiting = list(range(len(addresses)))
    for _ in range(ATTEMPTS):
        # None of them is always the first.
        random.shuffle(waiting)
        answers = exchange_with([(addresses[at], request) for at in waiting], path)
        words.update(zip(waiting, map(word, answers)))
        waiting = [at for at in waiting if words[at] in ("event_in_progress", "store_unavailable")]
        if not waiting:
            break
        time.sleep(PAUSE)
    return [words[at] for at in range(len(addresses))]


def word(answer: object) -> str:
    if not isinstance(answer, Answer):
        return str(answer)
    body = json.loads(answer.body)
    return str(body.get("status", body.get("error")))


def check_events(addresses: Sequence[Address]) -> List[str]:
    """Each event is handled once, whoever got it."""
    identities = [f"evt_{number}" for number in range(EVENTS)]
    with ThreadPoolExecutor(LANES) as pool:
        results = list(pool.map(lambda one: verdicts(addresses, one, "/events"), identities))
    wanted = sorted(["handled"] + ["duplicate"] * (len(addresses) - 1))
    problems = [
        f"{identity}: {got}" for identity, got in zip(identities, results) if sorted(got) != wanted
    ]
    lists = [handled_of(address, "/events") for address in addresses]
    handled = Counter(identity for one in lists for _, identity, _ in one)
    if handled != Counter(identities):
        often = [identity for identity, count in handled.items() if count > 1]
        never = sorted(set(identities) - set(handled))
        problems.append(f"handled more than once: {often}; never: {never}")
    shares = [len(one) for one in lists]
    if 0 in shares:
        problems.append(f"somebody handled nothing, which shows nothing: {shares}")
    print(f"    {EVENTS} events, each sent to all: handled {shares}")
    return problems


def check_rate(addresses: Sequence[Address]) -> List[str]:
    """All of them together admit what one may."""
    calls = [
        (address, f"call_{at}_{number}")
        for number in range(CALLS_OF_EACH)
        for at, address in enumerate(addresses)
    ]
    with ThreadPoolExecutor(LANES) as pool:
        results = pool.map(lambda call: verdicts([call[0]], call[1], "/calls")[0], calls)
        counts = Counter(results)
    print(f"    {len(calls)} calls, of which {LIMIT} may pass: {dict(counts)}")
    wanted = {"handled": LIMIT, "rate_limited": len(calls) - LIMIT}
    return [] if counts == wanted else [f"expected {wanted}, got {dict(counts)}"]


def check(commands: Sequence[Sequence[str]], store: Json, folder: Path) -> List[str]:
    corpus = folder / "receive.json"
    corpus.write_text(json.dumps(cases(store)), encoding="utf-8")
    with ExitStack() as running:
        fixtures = [running.enter_context(Fixture(command, corpus)) for command in commands]
        addresses = [fixture.address for fixture in fixtures]
        problems = check_events(addresses) + check_rate(addresses)
        if problems:
            problems += [fixture.log() for fixture in fixtures]
        return problems


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Servers of several languages with one store.")
    parser.add_argument("--python", required=True)
    parser.add_argument("--javascript", type=Path, required=True)
    parser.add_argument("--rust", required=True)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    # A Node that has SQLite.
    newer_node = ["node", str(arguments.javascript.parent / "newer-node.mjs")]
    commands = [
        [arguments.python, str(HERE / "python/flask_server.py")],
        [*newer_node, str(arguments.javascript / "node-http.mjs")],
        [arguments.rust],
    ]
    problems = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("one file of SQLite", flush=True)
        problems += check(commands, {"sqlite": str(folder / "receiver.db")}, folder)
        print("one Redis", flush=True)
        redis = RedisServer(folder)
        redis.start()
        try:
            problems += check(commands, {"redis": redis.url}, folder)
        finally:
            redis.stop()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
