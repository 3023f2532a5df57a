"""The sender of programs with threads."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType

from countersign.sender.deliveries import Deliveries
from countersign.sender.endpoints import Endpoints
from countersign.sender.sending import Sending

#: How long the end of a ``with`` block waits for attempts that are under way, in seconds.
PATIENCE = 30.0


class Sender(Sending, Endpoints, Deliveries):
    """Sends webhooks: it stores them in an outbox, and its dispatcher delivers them, on threads of
    its own that never hold the interpreter.

    ``database`` is the path of an SQLite file, which is made if there is none and which the
    processes of one machine can share; ``:memory:``; or a URL ``postgresql://...``, for any number
    of machines (it connects when it is first needed; of TLS see below). ``with`` starts the
    dispatcher and, at the end, waits for what is under way. Programs that only send need none of
    their own if another process on the same database has one.

    - ``scheme``, ``secret``: of endpoints that have none of their own, and of URLs that are sent to
      without being registered. All secrets sign where the scheme has room for several signatures.
    - ``schemes``: of the program's own, which endpoints name besides those that are registered.
    - ``schemas``: JSON Schemas (2020-12) by event type or pattern, of the whole payload: one that
      does not fit is not sent.
    - ``encryption_keys``: of 32 random bytes each, they encrypt the secrets of endpoints in the
      database. The first encrypts, each decrypts. Without one, who reads the database can sign for
      every endpoint.
    - ``retry_policy``: ten times in three days, as Standard Webhooks has it, if ``None``.
    - ``health_policy``: when endpoints are throttled, given a rest and disabled.
    - ``concurrency``: how many attempts this process makes at a time; ``endpoint_concurrency``: how
      many of these at one endpoint.
    - ``connect_timeout``, ``first_byte_timeout``, ``total_timeout``: of an attempt, in seconds.
    - ``lease``: how many seconds what a process that died was about to send waits for another, at
      least twice ``total_timeout``.
    - ``payload_limit``: in bytes.
    - ``retention``: a :class:`Retention`.
    - ``root_certificates``: certificate authorities that are trusted besides those of the system, as
      PEM or as the path of a file with it.
    - ``proxy``: an :class:`EnforcingProxy`. Those of the environment are not used.
    - ``survives_power_cut=False``: :meth:`send` returns before the disk has the message. It survives
      the end of the process, but a power cut may lose what was sent in the last moments.

    PostgreSQL is spoken to without TLS unless the URL asks for it, in the words of libpq:
    ``?sslmode=verify-full``, and ``sslrootcert=file`` for authorities in place of the system's,
    ``sslcert=file&sslkey=file`` for a certificate of one's own. The server's certificate is always
    verified, name and all: ``require`` and ``verify-ca`` are the same here, and ``prefer`` and
    ``allow``, which protect nothing, are refused.

    Raises ``DeliveryError`` (``outbox_unavailable``) if the database cannot be opened,
    ``ConfigurationError`` for secrets and keys that are none, and ``ValueError`` for certificates
    and proxies that are none. All methods raise ``DeliveryError``
    (``outbox_unavailable``) if the database does not answer or has no room.

    >>> from countersign import Sender
    >>> from countersign.sender import Endpoint
    >>> sender = Sender(":memory:")
    >>> sender.put_endpoint(
    ...     Endpoint(
    ...         "customer-7",
    ...         "https://customer.example/webhooks",
    ...         secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ...     )
    ... )
    >>> sent = sender.send("customer-7", "invoice.paid", {"id": 7}, idempotency_key="invoice-7-paid")
    >>> sent.is_new
    True
    >>> sender.counts()
    {'waiting': 1, 'running': 0, 'delivered': 0, 'dead': 0}

    A server starts it in each of its processes, and stops it at their end::

        with Sender("outbox.db") as sender:
            sender.send("https://customer.example/webhooks", "invoice.paid", {"id": 7})

    Python's :mod:`sqlite3` may use the same file in the same process on Linux and Windows. Elsewhere
    it must not: the locks of SQLite are the process's there, and two copies of it (the sender has
    its own) do not keep each other out.

    After a fork each process opens the database anew. Fork before :meth:`start`: SQLite forbids to
    carry what is in use into another process, where senders on SQLite raise ``RuntimeError``. So
    does one in memory, which cannot be opened anew.
    """

    def __enter__(self) -> Sender:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop(PATIENCE)
        self.close()

    def stop(self, patience: float = PATIENCE) -> bool:
        """Stops the dispatcher: it begins no more attempts, and waits so many seconds for those
        that are under way; whether all ended in time. The others are cut off, and tried again by
        whoever comes next."""
        return self._requests.stop(patience).wait()

    def run(self, patience: float = PATIENCE) -> None:
        """Delivers until the process gets SIGTERM or SIGINT; then stops. Call it in the main thread
        to hear signals."""
        asked = threading.Event()

        def ask(number: int, frame: FrameType | None) -> None:
            asked.set()

        hears = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGTERM, signal.SIGINT) if hears else ()
        previous = [(number, signal.signal(number, ask)) for number in numbers]
        try:
            self.start()
            # Some systems deliver no signal to a thread that waits for good.
            while self.is_started and not asked.wait(0.5):
                pass
            self.stop(patience)
        finally:
            for number, handler in previous:
                signal.signal(number, handler)

    def __repr__(self) -> str:
        return "Sender(...)"
