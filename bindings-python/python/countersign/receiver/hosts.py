"""Threads and event loops: how they wait for what the pipeline yields."""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import inspect
import logging
import os
import threading
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from countersign.receiver.pipeline import Ask, Await, Handle, Step, Steps

if TYPE_CHECKING:
    from countersign.receiver.incoming import AsyncIncomingRequest, IncomingRequest

T = TypeVar("T")


class ThreadHost:
    """Does one step after the other in the calling thread."""

    def __init__(self, request: IncomingRequest | None = None) -> None:
        self._request = request

    def drive(self, steps: Steps[T]) -> T:
        """What the steps return."""
        try:
            step = next(steps)
            while True:
                try:
                    answer = self._perform(step)
                except Exception as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as stop:
            value: T = stop.value
            return value

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Ask):
            answer = step.question()
            return background(answer).result() if inspect.isawaitable(answer) else answer
        if isinstance(step, Handle):
            return self._handle(step)
        if isinstance(step, Await):
            done, _ = concurrent.futures.wait([step.outcome], step.seconds)
            return step.outcome.result() if done else None
        assert self._request is not None
        return self._request.read_body(step.limit, step.timeout)

    def _handle(self, step: Handle) -> bool | None:
        succeeded = False
        try:
            returned = step.handler(step.event)
            if inspect.isawaitable(returned):
                # It runs on past the deadline, for which this thread must be free.
                future = background(_finish(returned, step))
                done, _ = concurrent.futures.wait([future], step.deadline)
                return future.result() if done else None
            succeeded = True
        except Exception as error:
            _log_failure(step, error)
        except BaseException:
            # The process is about to end: the next attempt must not wait for the lease.
            self.drive(step.settle(False))
            raise
        self.drive(step.settle(succeeded))
        return succeeded


class LoopHost:
    """Awaits one step after the other in the running event loop of asyncio."""

    def __init__(self, request: AsyncIncomingRequest | None = None) -> None:
        self._request = request

    async def drive(self, steps: Steps[T]) -> T:
        """What the steps return."""
        try:
            step = next(steps)
            while True:
                try:
                    answer = await self._perform(step)
                except Exception as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(answer)
        except StopIteration as stop:
            value: T = stop.value
            return value

    async def _perform(self, step: Step) -> Any:
        if isinstance(step, Ask):
            blocking, question = step.blocking, step.question
            answer = await asyncio.to_thread(question) if blocking else question()
            return await answer if inspect.isawaitable(answer) else answer
        if isinstance(step, Handle):
            # A task of its own: it runs on past the deadline, and when the client goes away.
            task = asyncio.ensure_future(_finish(_started(step), step))
            _running.add(task)
            task.add_done_callback(_running.discard)
            done, _ = await asyncio.wait({task}, timeout=step.deadline)
            return task.result() if done else None
        if isinstance(step, Await):
            outcome = asyncio.wrap_future(step.outcome)
            told, _ = await asyncio.wait({outcome}, timeout=step.seconds)
            return outcome.result() if told else None
        assert self._request is not None
        return await self._request.read_body(step.limit, step.timeout)


#: An event loop keeps only weak references to its tasks.
_running: set[asyncio.Future[bool]] = set()


async def _started(step: Handle) -> None:
    """Runs the handler to its end, on a thread if it is one that blocks."""
    handler = step.handler
    plain = handler.func if isinstance(handler, functools.partial) else handler
    call = getattr(plain, "__call__", None)
    if inspect.iscoroutinefunction(plain) or inspect.iscoroutinefunction(call):
        returned = handler(step.event)
    else:
        returned = await asyncio.to_thread(handler, step.event)
    if inspect.isawaitable(returned):
        await returned


async def _finish(handling: Awaitable[object], step: Handle) -> bool:
    """Waits for the handler and settles its claim; whether it succeeded."""
    succeeded = False
    try:
        await handling
        succeeded = True
    except Exception as error:
        _log_failure(step, error)
    finally:
        await LoopHost().drive(step.settle(succeeded))
    return succeeded


def _log_failure(step: Handle, error: Exception) -> None:
    step.journal.log(logging.ERROR, "the handler failed", "handler_failed", error)


class _BackgroundLoop:
    """An event loop on a thread of its own, for what is awaited in applications of threads."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.loop = asyncio.new_event_loop()
        thread = threading.Thread(target=self.loop.run_forever, name="countersign", daemon=True)
        thread.start()


_lock = threading.Lock()
_loop: _BackgroundLoop | None = None


def background(awaitable: Awaitable[T]) -> concurrent.futures.Future[T]:
    """Runs it on the event loop that applications of threads have for what is awaited."""
    global _loop
    with _lock:
        # A thread does not survive a fork.
        if _loop is None or _loop.process != os.getpid():
            _loop = _BackgroundLoop()
        loop = _loop.loop
    return asyncio.run_coroutine_threadsafe(_awaited(awaitable), loop)


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable
