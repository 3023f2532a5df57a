"""One webhook serves many threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import NOW, SECRET
from countersign import VerificationError, Webhook


@pytest.mark.parametrize("size", [64, 256 * 1024])
def test_threads_get_their_own_verdicts(size: int) -> None:
    webhook = Webhook("standard", SECRET)
    bodies = [bytes([65 + index]) * size for index in range(16)]
    signed = [webhook.sign(body, id=f"m{index}", now=NOW) for index, body in enumerate(bodies)]
    start = threading.Barrier(16)

    def work(index: int) -> None:
        start.wait()
        for turn in range(50):
            body, headers = bodies[index], signed[index]
            assert webhook.verify(body, headers, now=NOW).id == f"m{index}"
            with pytest.raises(VerificationError):
                webhook.verify(body, signed[(index + 1 + turn % 15) % 16], now=NOW)
            assert webhook.sign(body, id=f"m{index}", now=NOW) == headers

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))


def test_an_event_is_parsed_once_by_many_threads() -> None:
    webhook = Webhook("github", "hush")
    body = b'{"a":[' + b"1," * 1000 + b"1]}"
    for _ in range(20):
        event = webhook.unwrap(body, webhook.sign(body))
        start = threading.Barrier(8)

        def data() -> int:
            start.wait()
            return id(event.data)

        with ThreadPoolExecutor(8) as pool:
            identities = {future.result() for future in [pool.submit(data) for _ in range(8)]}
        assert identities == {id(event.data)}


def test_a_large_body_lets_other_threads_run() -> None:
    webhook = Webhook("github", "hush")
    body = bytes(200 * 1024 * 1024)
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.001):
            ticks += 1

    ticker = threading.Thread(target=tick)
    ticker.start()
    before = ticks
    webhook.sign(body)
    during = ticks - before
    done.set()
    ticker.join()
    assert during > 5


def test_the_interpreter_ends_while_threads_verify() -> None:
    program = """
import threading
from countersign import Webhook
webhook = Webhook("github", "hush")
body = bytes(1024 * 1024)
headers = webhook.sign(body)
def work():
    while True:
        webhook.verify(body, headers)
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
webhook.verify(body, headers)
print("end")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")
