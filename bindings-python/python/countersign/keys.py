"""Keys that a provider publishes, fetched and kept.

Some providers sign with a private key and name in each request which public key verifies it: PayPal
and Amazon SNS a certificate's URL, Plaid and Circle an id. Which URLs are the provider's is checked
before they are named here; fetching is up to the host.

>>> from countersign import VerificationError, Webhook
>>> from countersign.keys import KeyFetcher
>>> keys = KeyFetcher()
>>> webhook = Webhook("paypal", "8PT597110X687430LKGECATA")
>>> try:
...     keys.verify(webhook, b"{}", {})
... except VerificationError as error:
...     print(error.code)
missing_header

A :class:`countersign.Receiver` takes it as ``keys=KeyFetcher()``.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from typing import Any, Callable, NamedTuple, TypeVar, Union

from countersign._check import function, seconds
from countersign._countersign import Event, Verified, Webhook, refusal
from countersign.errors import GuardError, VerificationError

__all__ = ["KeyFetcher"]

T = TypeVar("T")

#: How many keys are kept.
_MOST_KEYS = 64
#: How many keys are fetched in a minute, whatever requests name.
_MOST_FETCHES = 30
#: A key that did not verify is fetched anew after this long, in seconds: it may have been replaced.
_RENEWAL = 60.0
#: What could not be fetched is not asked for again before this long, in seconds.
_PAUSE = 5.0

#: What answers with the key of an id: the id and, if there is one, the URL.
ByKeyId = Callable[[str], Union[bytes, str]]
#: The URL and the id of a key.
Wanted = tuple[Union[str, None], Union[str, None]]


class _Kept(NamedTuple):
    key: bytes
    fetched_at: float


class KeyFetcher:
    """Verifies requests whose keys must be fetched, and keeps these keys in memory.

    Keys are fetched by HTTPS from the URL that core names, without redirects, at most 64 KiB each and
    30 a minute; 64 are kept. Any number of threads may use one, and all who want the same key wait for
    one answer. What failed is not asked for again for 5 seconds.

    :param by_key_id: gives the key of an id, for providers whose keys need an account: ``plaid``
        (``/webhook_verification_key/get``, the JSON of ``key``), ``circle``, ``fusionauth``. It is
        not awaited, and may raise whatever it likes: that is the ``__cause__`` of the error. Use one
        fetcher for each such provider.
    :param lifetime: how long a key is kept, in seconds.
    :param timeout: how long fetching one may take, in seconds.

    Raises ``TypeError``, also for times that are not above 0.
    """

    def __init__(
        self,
        *,
        by_key_id: ByKeyId | None = None,
        lifetime: float = 86_400.0,
        timeout: float = 5.0,
    ) -> None:
        if by_key_id is not None:
            function("by_key_id", by_key_id)
        self._by_key_id = by_key_id
        self._lifetime = seconds("lifetime", lifetime)
        self._timeout = seconds("timeout", timeout)
        self._kept: OrderedDict[Wanted, _Kept] = OrderedDict()
        self._failed: OrderedDict[Wanted, float] = OrderedDict()
        self._fetching: dict[Wanted, Future[_Kept]] = {}
        self._fetches: list[float] = []
        self._lock = threading.Lock()

    def verify(
        self,
        webhook: Webhook,
        body: Any,
        headers: Any,
        *,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
    ) -> Verified:
        """:meth:`Webhook.verify`, with the key that the request needs.

        Raises what that raises, and ``GuardError`` (``key_unavailable``) if the key cannot be fetched.
        """

        def decide(key: bytes | None) -> Verified:
            return webhook.verify(body, headers, now=now, url=url, method=method, key=key)

        return self.decide(decide)

    def unwrap(
        self,
        webhook: Webhook,
        body: Any,
        headers: Any,
        *,
        now: float | None = None,
        url: str | None = None,
        method: str | None = None,
    ) -> Event:
        """:meth:`Webhook.unwrap`, with the key that the request needs."""
        verified = self.verify(webhook, body, headers, now=now, url=url, method=method)
        return verified.event()

    def decide(self, verify: Callable[[bytes | None], T]) -> T:
        """What ``verify`` answers: without a key, and if it needs one, with that."""
        try:
            return verify(None)
        except VerificationError as error:
            if error.code != "key_needed":
                raise
            wanted = (error.key_url, error.key_id)
        kept = self._key(wanted)
        try:
            return verify(kept.key)
        except VerificationError as error:
            if error.code not in _MAY_BE_OLD:
                raise
            fresh = self._renewed(wanted, kept)
            if fresh is None:
                raise
        return verify(fresh.key)

    def _key(self, wanted: Wanted) -> _Kept:
        with self._lock:
            kept = self._kept.get(wanted)
            if kept is not None and time.monotonic() - kept.fetched_at < self._lifetime:
                self._kept.move_to_end(wanted)
                return kept
        return self._fetched(wanted)

    def _renewed(self, wanted: Wanted, kept: _Kept) -> _Kept | None:
        """The key anew, if it may have been replaced meanwhile."""
        with self._lock:
            newest = self._kept.get(wanted, kept)
        if newest.fetched_at > kept.fetched_at:  # for another thread
            return newest
        if time.monotonic() - kept.fetched_at < _RENEWAL:
            return None
        try:
            fresh = self._fetched(wanted)
        except GuardError:
            # The verdict by the key that is there stands.
            return None
        return None if fresh.key == kept.key else fresh

    def _fetched(self, wanted: Wanted) -> _Kept:
        """The key anew, for all threads that want it now."""
        with self._lock:
            failed_at = self._failed.get(wanted)
            if failed_at is not None and time.monotonic() - failed_at < _PAUSE:
                raise refusal("key_unavailable")
            fetching = self._fetching.get(wanted)
            if fetching is None:
                self._count_fetch()
                answer = self._fetching[wanted] = Future()
        if fetching is None:
            return self._fetched_for_all(wanted, answer)
        try:
            return fetching.result(self._timeout)
        except Exception as error:
            raise refusal("key_unavailable") from error

    def _fetched_for_all(self, wanted: Wanted, answer: Future[_Kept]) -> _Kept:
        try:
            kept = _Kept(self._ask(*wanted), time.monotonic())
        except BaseException as error:
            with self._lock:
                del self._fetching[wanted]
                _put(self._failed, wanted, time.monotonic())
            if not isinstance(error, Exception):
                answer.set_exception(RuntimeError("the thread that fetched the key was ended"))
                raise
            answer.set_exception(error)
            raise refusal("key_unavailable") from error
        with self._lock:
            del self._fetching[wanted]
            self._failed.pop(wanted, None)
            _put(self._kept, wanted, kept)
        answer.set_result(kept)
        return kept

    def _count_fetch(self) -> None:
        """Requests that nobody has signed may name keys: they do not make a host ask without end."""
        now = time.monotonic()
        self._fetches = [at for at in self._fetches if now - at < 60]
        if len(self._fetches) >= _MOST_FETCHES:
            raise refusal("key_unavailable")
        self._fetches.append(now)

    def _ask(self, url: str | None, key_id: str | None) -> bytes:
        if url is None:
            if self._by_key_id is None or key_id is None:
                raise LookupError("the key is known by its id alone; pass by_key_id")
            key: object = self._by_key_id(key_id)
            if isinstance(key, str):
                return key.encode()
            if isinstance(key, (bytes, bytearray, memoryview)):
                return bytes(key)
            raise TypeError(f"by_key_id must return bytes or a str, not {type(key).__name__}")
        from countersign._fetch_key import fetch_key

        return fetch_key(url, self._timeout)


def _put(known: OrderedDict[Wanted, T], wanted: Wanted, value: T) -> None:
    """Puts it last; the first goes, if there are too many."""
    known[wanted] = value
    known.move_to_end(wanted)
    if len(known) > _MOST_KEYS:
        known.popitem(last=False)


#: What a key that the provider has replaced can lead to.
_MAY_BE_OLD = frozenset({"signature_mismatch", "malformed_key", "expired_certificate"})
