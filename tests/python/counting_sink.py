"""Answers every request with 200. It prints its port; at the end of a line of its standard input,
how many it has answered."""

from __future__ import annotations

import asyncio
import sys

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Answering(asyncio.Protocol):
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        answers = 0
        while True:
            head, end, rest = self.data.partition(b"\r\n\r\n")
            if not end:
                break
            lines = head.lower().split(b"\r\n")
            lengths = [line[15:] for line in lines if line.startswith(b"content-length:")]
            length = int(lengths[0])
            if len(rest) < length:
                break
            self.data = rest[length:]
            answers += 1
        if answers:
            Answering.count += answers
            self.transport.write(ANSWER * answers)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(Answering.count, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
