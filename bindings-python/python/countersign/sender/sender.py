"""The sender of programs with threads."""

from __future__ import annotations

import signal
import sqlite3
import threading
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from countersign.errors import DeliveryError
from countersign.sender.endpoint import Endpoint
from countersign.sender.message import Message, to_json
from countersign.sender.settings import Configured
from countersign.sender.stored import (
    Attempt,
    Delivery,
    DeliveryState,
    RegisteredEndpoint,
    Replay,
    Sent,
)
from countersign.sender.transactions import send_on_postgres, send_on_sqlite

if TYPE_CHECKING:
    from psycopg import Connection

#: How long the end of a ``with`` block waits for attempts that are under way, in seconds.
PATIENCE = 30.0


class Sender(Configured):
    """Sends webhooks: it stores them in an outbox, and its dispatcher delivers them, on threads of
    its own that never hold the interpreter.

    ``database`` is the path of an SQLite file, which is made if there is none and which the
    processes of one machine can share; ``:memory:``; or a URL ``postgresql://...``, for any number
    of machines (it connects when it is first needed; with TLS as below). ``with`` starts the dispatcher
    and, at the end, waits for what is under way. Programs that only send need none of their own if
    another process on the same database has one.

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

    def send(
        self,
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Stores a message for one endpoint, and returns once that is committed.

        ``to`` is the id of an endpoint, or a URL (``https://...``): one that is not registered is,
        with the URL as its id, for the sender's own scheme and secrets. ``data`` is written as JSON
        once: the payload is ``{"id":...,"type":...,"timestamp":...,"data":...}``, and every attempt
        sends these bytes. ``id`` is the same for all attempts, by which receivers know what they
        have handled; a new one if ``None``. The same ``id`` or ``idempotency_key`` twice is one
        message: a program that is not sure whether it sent something sends it again.

        Raises ``DeliveryError``: ``unknown_endpoint``, ``malformed_message`` (names that are not 1
        to 256 visible ASCII characters, data that is not JSON, a payload that is too long); for a
        URL that is not registered also ``malformed_url``, ``insecure_url``,
        ``forbidden_destination``; ``PayloadError`` (``schema_mismatch``); and ``ConfigurationError``
        (``no_secrets``) if the sender has none for a URL.
        """
        return self._requests.send(to, type, to_json(data), id, idempotency_key).wait()

    def send_payload(
        self,
        to: str,
        type: str,
        payload: bytes,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """The same with this payload, to the byte."""
        return self._requests.send_payload(to, type, payload, id, idempotency_key).wait()

    def send_many(
        self, messages: Iterable[Message | tuple[Any, ...]]
    ) -> list[Sent | DeliveryError]:
        """Stores messages for one endpoint each, all or none of them in one commit; an answer for
        each: what was sent, or the error ``unknown_endpoint``, which keeps none of the others back.

        >>> from countersign import Sender
        >>> from countersign.sender import Message
        >>> Sender(":memory:").send_many([Message("nobody", "invoice.paid", {"id": 7})])[0].code
        'unknown_endpoint'

        Raises what :meth:`send` raises otherwise; then none is stored.
        """
        return self._requests.send_many(messages).wait()

    def publish(
        self,
        type: str,
        data: Any,
        *,
        owner: str = "",
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Stores a message for every endpoint of this owner that wants its type and is not
        disabled, and returns once that is committed."""
        return self._requests.publish(type, data, owner, id, idempotency_key).wait()

    def send_in_transaction(
        self,
        connection: sqlite3.Connection | Connection[Any],
        to: str,
        type: str,
        data: Any,
        *,
        id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Sent:
        """Sends as :meth:`send` does in a transaction of the caller's own, on the database of this
        outbox: nothing is sent if it is rolled back. Once it is committed a dispatcher finds the
        message: on SQLite it looks every hundredth of a second, PostgreSQL notifies it.

        ``connection`` is one of :mod:`sqlite3` (on Linux and Windows), or of ``psycopg`` 3. Its
        errors are its own. Raises ``ValueError`` if it is in no transaction, and what :meth:`send`
        raises.

        >>> import sqlite3, tempfile
        >>> from countersign import Sender
        >>> path = tempfile.mkdtemp() + "/shop.db"
        >>> sender = Sender(path, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        >>> shop = sqlite3.connect(path)
        >>> _ = shop.execute("CREATE TABLE invoice (number, paid)")
        >>> with shop:
        ...     _ = shop.execute("INSERT INTO invoice VALUES (7, 1)")
        ...     _ = sender.send_in_transaction(
        ...         shop, "https://customer.example/webhooks", "invoice.paid", {"id": 7}
        ...     )
        >>> sender.counts()["waiting"]
        1

        Any other program sends to a registered endpoint by three statements in one transaction::

            INSERT INTO countersign_message (id, idempotency_key, event_type, payload, created_ms)
            SELECT :id, :key, :type, :payload, :now_ms
            WHERE EXISTS (SELECT 1 FROM countersign_endpoint WHERE id = :to)
            ON CONFLICT DO NOTHING;

            INSERT INTO countersign_delivery
              (message, endpoint, state, attempts, is_replay, due_ms, noted_ms)
            SELECT m.number, e.number, 'waiting', 0, 0,
              CASE WHEN e.is_fifo = 1 THEN 0 ELSE m.created_ms END, m.created_ms
            FROM countersign_message m, countersign_endpoint e
            WHERE m.id = :id AND e.id = :to AND NOT EXISTS
            (SELECT 1 FROM countersign_delivery d WHERE d.message = m.number);

            SELECT m.id FROM countersign_message m
            WHERE m.id = :id OR m.idempotency_key = :key;

        ``:payload`` is bytes, ``:now_ms`` Unix milliseconds. The last has the id of what was sent,
        and no row if there is no such endpoint. They are those of the core's ``sql::outbox``, where
        the tables are documented. On PostgreSQL ``SELECT pg_notify('countersign_outbox', '')`` wakes
        the dispatchers.
        """
        outgoing = (to, type, to_json(data), id, idempotency_key)
        if isinstance(connection, sqlite3.Connection):
            return send_on_sqlite(self._opened, connection, outgoing)
        return send_on_postgres(self._opened, connection, outgoing)

    def put_endpoint(self, endpoint: Endpoint) -> None:
        """Registers an endpoint, or changes the one of its id. Its health stays, and what waits for
        it is sent as it now wants.

        Raises what is wrong with it: ``DeliveryError`` (``malformed_message`` for names, numbers
        and headers; ``malformed_url``, ``insecure_url``, ``forbidden_destination``) and
        ``ConfigurationError`` (``malformed_pattern``, ``malformed_network``, ``unknown_scheme``,
        ``no_secrets``, ``malformed_secret``, ``empty_secret``).
        """
        self._requests.put_endpoint(endpoint).wait()

    def endpoint(self, id: str) -> RegisteredEndpoint | None:
        """The endpoint of this id."""
        return self._requests.endpoint(id).wait()

    def endpoints(self, after: str = "", limit: int = 100) -> list[RegisteredEndpoint]:
        """The endpoints with ids after this one, in the order of their ids."""
        return self._requests.endpoints(after, limit).wait()

    def rotate_secret(self, id: str, secret: str) -> None:
        """Puts a new secret before those of an endpoint: from now on it signs, and those before it
        sign as well, where the scheme has room, until :meth:`retire_secrets`.

        Raises ``DeliveryError``: ``unknown_endpoint``, ``unreadable_secret``; and
        ``ConfigurationError``: ``malformed_secret``, ``empty_secret``, ``no_secrets`` if the
        endpoint uses the sender's own.
        """
        self._requests.rotate_secret(id, secret).wait()

    def retire_secrets(self, id: str) -> None:
        """Ends a rotation: only the secret that was put there last stays."""
        self._requests.retire_secrets(id).wait()

    def disable(self, id: str) -> bool:
        """Disables an endpoint by hand: what waits for it becomes dead letters, and nothing is
        published to it. Whether there is such an endpoint."""
        return self._requests.disable(id).wait()

    def enable(self, id: str) -> bool:
        """Enables an endpoint again, as healthy. What became dead letters meanwhile can be replayed.
        Whether there is such an endpoint."""
        return self._requests.enable(id).wait()

    def delete_endpoint(self, id: str) -> bool:
        """Deletes an endpoint; what waits for it becomes dead letters. Whether there was one."""
        return self._requests.delete_endpoint(id).wait()

    def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The latest deliveries of those that are meant, the latest first.

        ``since`` and ``until`` are of the time when it was delivered or dead, in Unix seconds.
        ``before`` the number of the last of them come the next.
        """
        return self._requests.deliveries(
            limit,
            state=state,
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).wait()

    def dead_letters(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """The latest dead letters; see :meth:`deliveries`."""
        return self._requests.deliveries(
            limit,
            state="dead",
            endpoint=endpoint,
            type=type,
            reason=reason,
            since=since,
            until=until,
            before=before,
        ).wait()

    def deliveries_of(self, message_id: str) -> list[Delivery]:
        """Where the message of this id goes: one delivery for each endpoint."""
        return self._requests.deliveries_of(message_id).wait()

    def delivery(self, number: int) -> Delivery | None:
        """The delivery of this number."""
        return self._requests.delivery(number).wait()

    def delete_delivery(self, number: int) -> bool:
        """Deletes a delivery that is dead or delivered, with its attempts; whether there was one."""
        return self._requests.delete_delivery(number).wait()

    def payload(self, message_id: str) -> bytes | None:
        """The payload of the message of this id."""
        return self._requests.payload(message_id).wait()

    def attempts(self, number: int, limit: int = 100) -> list[Attempt]:
        """The latest attempts of the delivery of this number, the latest first."""
        return self._requests.attempts(number, limit).wait()

    def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in which state. It counts them one by one."""
        return self._requests.counts().wait()

    def replay(self, number: int) -> bool:
        """Has one dead letter, or one that was delivered, delivered once more, at once and with a
        new count of attempts; whether there is one of this number. Its failures do not count
        against the endpoint's health."""
        return self._requests.replay(number).wait()

    def replay_all(
        self,
        *,
        endpoint: str | None = None,
        type: str | None = None,
        reason: str | None = None,
        since: float | None = None,
        until: float | None = None,
        per_second: int = 50,
    ) -> Replay:
        """Has all dead letters that are meant delivered once more, so many a second, by a
        dispatcher; those of endpoints that are disabled are left. It goes on after a restart. Its
        number, and how many are meant, which are those that are dead now."""
        return self._requests.replay_all(
            per_second, endpoint=endpoint, type=type, reason=reason, since=since, until=until
        ).wait()

    def replays(self, limit: int = 20) -> list[Replay]:
        """The latest replays, the latest first."""
        return self._requests.replays(limit).wait()

    def cancel_replay(self, number: int) -> bool:
        """Ends a replay before its end; whether it was running."""
        return self._requests.cancel_replay(number).wait()

    def __repr__(self) -> str:
        return "Sender(...)"
