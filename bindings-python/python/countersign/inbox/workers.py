"""Workers: they take events out of an inbox and give them to the handlers of a receiver."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from functools import partial
from types import FrameType, TracebackType

from countersign._check import seconds
from countersign._countersign import RetryPolicy
from countersign.inbox.handling import Failure, Handling
from countersign.inbox.inbox import Inbox, Taken
from countersign.receiver.outcome import Journal
from countersign.receiver.receiver import Receiver

#: How often handled events that nobody can deliver again are deleted, in seconds.
_FORGET_EVERY = 60.0
#: How long to wait after a failure of the database.
_RECOVERY = 1.0


class Workers:
    """Handles the events of a receiver's scheme, ``threads`` of them at a time: asynchronous
    handlers on the event loop of the package, all others on threads.

    Use it as a context manager in the process of the server, in each process after it was forked;
    or :meth:`run` it in one of its own. Times are in seconds.

    :param policy: when a failed event is tried again and how often; as Standard Webhooks has it, ten
        times in three days, if ``None``.
    :param lease: how long an event of a process that died waits for another. It is renewed while a
        handler runs.
    :param time_limit: after how long a handler counts as failed. One that is awaited is cancelled;
        one that blocks cannot be stopped, and its thread is left to itself.
    :param poll: how often to look for what other processes have inserted.

    >>> from countersign import Receiver, RetryPolicy, Webhook
    >>> from countersign.inbox import SqliteInbox, Workers
    >>> inbox = SqliteInbox(":memory:")
    >>> receiver = Receiver(Webhook("stripe", "whsec_test"), inbox=inbox)
    >>> workers = Workers(receiver, inbox, policy=RetryPolicy.exponential(1, attempts=5))
    >>> workers.start()
    >>> workers.stop()
    True
    """

    def __init__(
        self,
        receiver: Receiver,
        inbox: Inbox,
        *,
        threads: int = 4,
        policy: RetryPolicy | None = None,
        lease: float = 60,
        time_limit: float = 600,
        poll: float = 1,
    ) -> None:
        if type(threads) is not int or threads < 1:
            raise TypeError("threads must be a number above 0")
        self._receiver = receiver
        self._inbox = inbox
        self._scheme = receiver.webhook.scheme_name
        self._threads = threads
        self._policy = RetryPolicy.standard() if policy is None else policy
        self._lease = seconds("lease", lease)
        self._time_limit = seconds("time_limit", time_limit)
        self._poll = seconds("poll", poll)
        self._process = os.getpid()
        self._keeper: threading.Thread | None = None

    def start(self) -> None:
        """Starts the threads. Raises ``RuntimeError`` if they run already."""
        if self._process == os.getpid() and self._keeper is not None:
            raise RuntimeError("the workers run already")
        self._process = os.getpid()
        self._running: dict[int, Handling] = {}
        self._lock = threading.Lock()
        self._is_draining = False
        self._given_up = threading.Event()
        self._next_renewal = self._next_forgetting = time.monotonic()
        self._keeper = threading.Thread(target=self._keep, name="countersign-inbox", daemon=True)
        self._keeper.start()

    def stop(self, timeout: float = 30) -> bool:
        """Takes no more events and waits for those that are being handled; whether all ended in
        time. The others are taken over when their leases have ended."""
        keeper, self._keeper = self._keeper, None
        if keeper is None or self._process != os.getpid():
            return True
        self._is_draining = True
        self._inbox.signals.ring()
        keeper.join(timeout)
        has_ended = not keeper.is_alive()
        self._given_up.set()
        self._inbox.signals.ring()
        return has_ended

    def __enter__(self) -> Workers:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def run(self) -> None:
        """Works until the process gets SIGTERM or SIGINT, or :meth:`stop` is called elsewhere; then
        ends what it has begun. Call it in the main thread to hear signals."""
        asked = threading.Event()

        def ask(number: int, frame: FrameType | None) -> None:
            asked.set()

        hears = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGTERM, signal.SIGINT) if hears else ()
        previous = [(number, signal.signal(number, ask)) for number in numbers]
        try:
            self.start()
            # Some systems deliver no signal to a thread that waits for good.
            while self._keeper is not None and not asked.wait(0.5):
                pass
            self.stop()
        finally:
            for number, handler in previous:
                signal.signal(number, handler)

    def _keep(self) -> None:
        """What one thread does for all: takes events, renews leases, ends what takes too long."""
        signals = self._inbox.signals
        while not self._given_up.is_set() and not (self._is_draining and not self._running):
            rung = signals.rung
            try:
                pause = self._look_after()
            except Exception as error:
                # Whatever the database has, it may come back.
                message = "the inbox failed; workers try again"
                Journal(self._scheme).log(logging.ERROR, message, "store_unavailable", error)
                pause = _RECOVERY
            if pause > 0:
                signals.wait(rung, pause)

    def _look_after(self) -> float:
        """Does what is to be done now; after how many seconds there may be more."""
        now = time.monotonic()
        with self._lock:
            running = list(self._running.values())
        for handling in running:
            if handling.is_overdue() and handling.end():
                handling.cancel()
                self._begin(partial(self._settle, handling, Failure("handler_timeout")))
        if running and now >= self._next_renewal:
            self._inbox.renew([handling.taken for handling in running], self._lease)
            self._next_renewal = now + self._lease / 3
        pause = min(self._poll, self._lease / 3)
        if self._is_draining:
            return pause
        if now >= self._next_forgetting:
            self._next_forgetting = now + (self._poll if self._inbox.forget() else _FORGET_EVERY)
        free = self._threads - len(running)
        if free <= 0:
            return pause
        held = [handling.taken.number for handling in running]
        due = self._inbox.next_due(self._scheme, held)
        if due is None or due > 0:
            return pause if due is None else min(due, pause)
        for taken in self._inbox.take(self._scheme, free, self._lease, held):
            self._handle(taken)
        return 0

    def _handle(self, taken: Taken) -> None:
        handling = Handling(taken, self._time_limit)
        with self._lock:
            if not self._running:
                self._next_renewal = time.monotonic() + self._lease / 3
            self._running[taken.number] = handling
        try:
            self._begin(partial(self._attempt, handling))
        except BaseException:
            # Without a thread it is left to its lease.
            self._forget(handling)
            raise

    def _begin(self, action: partial[None]) -> None:
        # A thread for each: one that hangs takes nobody's place.
        threading.Thread(target=action, name="countersign-worker", daemon=True).start()

    def _attempt(self, handling: Handling) -> None:
        stored = handling.taken.stored
        failure: Failure | None
        if stored.attempts > max(1, self._policy.backoff.attempts):
            # All attempts were made, and the processes of the last died of it or with it.
            failure = Failure("lease_expired", is_final=True)
        else:
            failure = handling.run(self._receiver.handler_for(stored.event.type))
        if handling.end():
            self._settle(handling, failure)

    def _settle(self, handling: Handling, failure: Failure | None) -> None:
        """Notes how it ended, however long the database is down."""
        taken = handling.taken
        delay = None if failure is None else self._delay(taken, failure)
        if failure is not None:
            handling.log_failure(failure, delay is None)
        while True:
            try:
                if failure is None:
                    is_noted = self._inbox.done(taken, self._receiver.webhook.dedupe_lifetime)
                else:
                    is_noted = self._inbox.failed(taken, failure.error, delay)
                break
            except Exception as error:
                message = "what became of an event could not be noted yet"
                handling.journal.log(logging.ERROR, message, "store_unavailable", error)
            if self._given_up.wait(_RECOVERY):
                is_noted = True
                break
        if not is_noted:
            message = "an event was taken over before it ended, and may be handled twice"
            handling.journal.log(logging.WARNING, message, "lease_expired")
        self._forget(handling)

    def _delay(self, taken: Taken, failure: Failure) -> float | None:
        """After how many seconds it is tried again; ``None`` if it is a dead letter."""
        # From time 0, so that no clock takes part.
        decision = self._policy.decide(taken.stored.attempts, None, now=0)
        return None if failure.is_final or decision.action != "retry_at" else decision.at

    def _forget(self, handling: Handling) -> None:
        with self._lock:
            if self._running.get(handling.taken.number) is handling:
                del self._running[handling.taken.number]
        self._inbox.signals.ring()
