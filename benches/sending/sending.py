"""Measures senders of Python against a sink at a port: ``PORT WHO FILE COUNT``. Prints JSON.

``countersign`` and its kin store each message durably before they deliver it; the peers are loops
that sign and post, and lose what they have when they are killed.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
import urllib.request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TEXT = "x" * 375
CONCURRENCY = 64


def data():
    return {"at": time.time_ns(), "text": TEXT}


def wait_for(port, count):
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            if json.load(answer)["count"] >= count:
                return
        time.sleep(0.005)




def endpoint(port):
    from countersign.sender import Endpoint

    url = f"http://127.0.0.1:{port}/"
    networks = ["127.0.0.1"]
    return Endpoint("sink", url, secret=SECRET, allow_http=True, allow_networks=networks)


def in_batches(port, file, count):
    from countersign.sender import Sender

    with Sender(file, endpoint_concurrency=64) as sender:
        sender.put_endpoint(endpoint(port))
        for _ in range(count // 100):
            sender.send_many([("sink", "invoice.paid", data()) for _ in range(100)])
        wait_for(port, count)


def from_threads(port, file, count):
    from concurrent.futures import ThreadPoolExecutor

    from countersign.sender import Sender

    with Sender(file, endpoint_concurrency=64) as sender:
        sender.put_endpoint(endpoint(port))
        with ThreadPoolExecutor(CONCURRENCY) as threads:
            list(threads.map(lambda _: sender.send("sink", "invoice.paid", data()), range(count)))
        wait_for(port, count)


def from_tasks(port, file, count):
    from countersign.sender import AsyncSender

    async def run():
        async with AsyncSender(file, endpoint_concurrency=64) as sender:
            await sender.put_endpoint(endpoint(port))

            async def work():
                for _ in range(count // CONCURRENCY):
                    await sender.send("sink", "invoice.paid", data())

            await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
            await asyncio.to_thread(wait_for, port, count // CONCURRENCY * CONCURRENCY)

    asyncio.run(run())


def signed():
    body = json.dumps({"type": "invoice.paid", "data": data()}).encode()
    now = str(int(time.time()))
    tag = hmac.new(b"secret", b"msg_1." + now.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "webhook-timestamp": now, "x-signature": tag}
    return body, headers


def with_requests(port, file, count):
    import requests

    session = requests.Session()
    for _ in range(count):
        body, headers = signed()
        answer = session.post(f"http://127.0.0.1:{port}/", data=body, headers=headers, timeout=30)
        assert answer.status_code == 204


def with_httpx(port, file, count):
    import httpx

    with httpx.Client() as client:
        for _ in range(count):
            body, headers = signed()
            answer = client.post(f"http://127.0.0.1:{port}/", content=body, headers=headers)
            assert answer.status_code == 204


def with_aiohttp(port, file, count):
    import aiohttp

    async def run():
        async with aiohttp.ClientSession() as session:

            async def work():
                for _ in range(count // CONCURRENCY):
                    body, headers = signed()
                    url = f"http://127.0.0.1:{port}/"
                    async with session.post(url, data=body, headers=headers) as answer:
                        assert answer.status == 204

            await asyncio.gather(*(work() for _ in range(CONCURRENCY)))

    asyncio.run(run())


WHO = {
    "countersign, send_many of 100": in_batches,
    "countersign, 64 threads": from_threads,
    "countersign, 64 tasks": from_tasks,
    "requests": with_requests,
    "httpx": with_httpx,
    "aiohttp, 64 tasks": with_aiohttp,
}


def main():
    port, who, file, count = sys.argv[1:]
    count = int(count) // 6400 * 6400
    start = time.monotonic()
    WHO[who](int(port), file, count)
    rate = round(count / (time.monotonic() - start))
    print(json.dumps({"count": count, "delivered_per_second": rate}))


main()
