"""Sends the requests of the corpus to a fixture server, and compares what comes back.

usage: python3 run.py --corpus tests/vectors/end-to-end/receive.json [OPTION...] -- COMMAND...

The command is started with the path of the corpus as its last argument. It serves each case's
receiver at `/ID`, says `listening on http://127.0.0.1:PORT`, and answers `GET /ID/-/handled` with
the handlers that succeeded. Each difference is printed; if there is one the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from itertools import chain
from pathlib import Path
from typing import Any, Dict, Iterator, List, NoReturn, Sequence, Set, Tuple

sys.dont_write_bytecode = True

from compare import match  # noqa: E402
from fixture import Fixture, FixtureError  # noqa: E402
from wire import SECONDS, exchange  # noqa: E402

Json = Dict[str, Any]
Address = Tuple[str, int]
_LAST_LINES = 40
_BODY_TIMEOUT = 408


def groups(exchanges: Sequence[Json]) -> List[List[Json]]:
    """Neighbours that are parallel belong together, every other exchange is alone."""
    found: List[List[Json]] = []
    for one in exchanges:
        if one.get("parallel") and found and found[-1][-1].get("parallel"):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def run_case(address: Address, case: Json, repeated: Set[str]) -> List[str]:
    """The differences of one case."""
    path = f"/{case['id']}"
    differences: List[str] = []
    number = 0
    for group in groups(case["exchanges"]):
        got = exchange(address, [one["request"] for one in group], path)
        for at, text in match(group, got, repeated):
            title = f"{case['id']}, exchange {number + at}: {case['about']}"
            differences.append(f"{title}\n    {text}")
        number += len(group)
    wanted = case["expect"]["handled"]
    handled = handled_of(address, path)
    if is_parallel(case) and isinstance(handled, list):
        wanted, handled = (sorted(map(json.dumps, one)) for one in (wanted, handled))
    if handled != wanted:
        differences.append(
            f"{case['id']}, handled: {case['about']}\n    expected {wanted}\n    got      {handled}"
        )
    return differences


def handled_of(address: Address, path: str) -> Any:
    """The handlers that succeeded, or in words what was answered instead."""
    connection = HTTPConnection(*address, timeout=SECONDS)
    try:
        connection.request("GET", f"{path}/-/handled", headers={"Connection": "close"})
        response = connection.getresponse()
        text = response.read()
        return json.loads(text) if response.status == 200 else f"status {response.status}"
    except (OSError, HTTPException, ValueError) as error:
        return f"no list ({type(error).__name__})"
    finally:
        connection.close()


def is_parallel(case: Json) -> bool:
    return any(one.get("parallel") for one in case["exchanges"])


def run_cases(address: Address, cases: Sequence[Json], repeated: Set[str], jobs: int) -> List[str]:
    """The differences of all cases. Those that need a moment in common run by themselves."""
    alone = [case for case in cases if is_parallel(case)]
    others = [case for case in cases if not is_parallel(case)]
    differences = [run_case(address, case, repeated) for case in alone]
    with ThreadPoolExecutor(jobs) as pool:
        differences += pool.map(lambda case: run_case(address, case, repeated), others)
    return list(chain.from_iterable(differences))


def leaks(cases: Sequence[Json], log: str) -> Iterator[str]:
    """What the log of the fixture holds of secrets and signatures."""
    for case in cases:
        for at, secret in enumerate(case["receiver"]["secrets"]):
            if secret in log:
                yield f"{case['id']}: its secret {at} is in the fixture's log"
        for one in case["exchanges"]:
            for name, value in one["request"]["headers"]:
                if name.lower().endswith(("signature", "signature-256")) and value in log:
                    yield f"{case['id']}: the value of {name} is in the fixture's log"


def needs(case: Json) -> Set[str]:
    """What a server must be able to do for this case."""
    found = set()
    for one in case["exchanges"]:
        stalls = one["request"].get("framing", "").endswith("stall")
        if one["expect"]["status"] == _BODY_TIMEOUT:
            found.add("body-timeout")
        elif stalls:
            found.add("early-answer")
        if one["request"].get("framing", "").startswith("chunked"):
            found.add("chunked")
    return found


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Sends the requests of the corpus to a fixture server."
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--case", action="append", default=[], help="run this one alone")
    parser.add_argument(
        "--without", action="append", default=[], choices=["body-timeout", "chunked", "early-answer"],
        help="leave out the cases that need this, which the server does not have",
    )  # fmt: skip
    parser.add_argument(
        "--repeated", action="append", default=[], choices=["joined", "first", "last"],
        help="what the server makes of repeated headers, if it does not keep them apart",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=8, help="cases at a time")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    every = json.loads(arguments.corpus.read_text(encoding="ascii"))["cases"]
    if arguments.case:
        every = [case for case in every if case["id"] in arguments.case]
    cases = [case for case in every if not needs(case) & set(arguments.without)]
    if not cases:
        print("there is no such case", file=sys.stderr)
        return 1
    # The fixture is stopped on the way out of its block, also when this process is told to end.
    signal.signal(signal.SIGTERM, _leave)
    with Fixture(arguments.command, arguments.corpus.resolve()) as fixture:
        try:
            differences = run_cases(
                fixture.address, cases, set(arguments.repeated), arguments.jobs
            )
        except (FixtureError, ConnectionError) as error:
            differences = [f"the fixture does not serve: {error}"]
        if not fixture.is_running:
            differences.append("the fixture has ended")
    log = fixture.log()
    differences += dict.fromkeys(leaks(cases, log))
    for text in differences:
        print(text)
    if differences:
        print("\n".join(["the fixture's log ends with:", *log.splitlines()[-_LAST_LINES:]]))
    exchanges = sum(len(case["exchanges"]) for case in cases)
    verdict = f"{len(differences)} differences" if differences else "all equal"
    print(f"{len(cases)} cases, {exchanges} exchanges: {verdict}")
    if len(cases) < len(every):
        missing = ", ".join(sorted(arguments.without))
        print(f"{len(every) - len(cases)} cases are left out: the server has no {missing}")
    return 1 if differences else 0


def _leave(*_: object) -> NoReturn:
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
