"""What was sent is delivered, whoever is killed."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

from countersign import Sender

from inboxes import until
from sink import sinking

PROGRAM = str(Path(__file__).with_name("sender_program.py"))
KILLS = 10


def test_kill_at_any_point_loses_nothing(tmp_path: Path) -> None:
    random = Random(11)
    path = tmp_path / "outbox.db"
    acknowledged: list[str] = []
    with sinking() as sink:
        sink.delay = 0.002
        Sender(path).put_endpoint(sink.endpoint(concurrency=8))

        def start(first: int, count: int) -> subprocess.Popen[str]:
            command = [sys.executable, PROGRAM, str(path), str(first), str(count)]
            return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

        for turn in range(KILLS):
            before = len(sink.arrivals)
            program = start(1_000 * turn, 300)
            until(lambda: len(sink.arrivals) > before + random.randrange(1, 80))  # noqa: B023
            time.sleep(random.random() * 0.05)
            program.send_signal(signal.SIGKILL)
            acknowledged += program.communicate(timeout=60)[0].split()
            assert program.returncode == -signal.SIGKILL
        program = start(1_000 * KILLS, 1)
        acknowledged += program.communicate(timeout=60)[0].split()
        assert program.returncode == 0

    # Half a line may have been written when it was killed, of a message that may be stored.
    acknowledged = [one for one in acknowledged if one.startswith("msg_")]
    arrived = Counter(sink.ids())
    twice = sum(count > 1 for count in arrived.values())
    print(f"{len(acknowledged)} acknowledged, {len(arrived)} arrived, {twice} of them twice")
    assert len(acknowledged) > 200
    assert set(acknowledged) <= set(arrived)
    for arrival in sink.arrivals:
        assert arrival.event().id == f"msg_{arrival.event().data['number']}"
    sender = Sender(path)
    # What came twice was under way when it was killed, or its answer came too late on a machine
    # that stalled: nobody knew that it had arrived.
    for id in (id for id, count in arrived.items() if count > 1):
        (delivery,) = sender.deliveries_of(id)
        errors = [attempt.error for attempt in sender.attempts(delivery.number)]
        unknown = errors.count("interrupted") + errors.count("timeout")
        assert unknown >= arrived[id] - 1, errors
    assert sender.counts() == {
        "waiting": 0,
        "running": 0,
        "delivered": len(arrived),
        "dead": 0,
    }
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
