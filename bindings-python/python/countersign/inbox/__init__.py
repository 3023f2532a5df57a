"""Handles events after they were answered: a receiver stores them durably, workers handle them.

Each event that was acknowledged is handled at least once, whatever process is killed and whenever:
if its worker dies, another takes it over after the lease. A handler may therefore see one twice,
and knows it by ``event.dedupe_key``. What fails is tried again as core's ``RetryPolicy`` says, and
is a dead letter after that, which can be replayed. Events come roughly in the order of their
arrival, and several at a time.

>>> from countersign import Receiver, Webhook
>>> from countersign.inbox import SqliteInbox, Workers
>>> inbox = SqliteInbox(":memory:")
>>> receiver = Receiver(Webhook("stripe", "whsec_test"), inbox=inbox)
>>> @receiver.on("invoice.paid")
... def ship(event):
...     print(event.id)
>>> with Workers(receiver, inbox):
...     pass  # here the server runs

Endpoints of different schemes can share an inbox, two of one scheme cannot: their deliveries could
not be told apart. Workers may run in the processes of the server, started in each after it was
forked, or in others by ``inbox.run(receiver)``.
"""

from countersign.inbox.inbox import Inbox, Taken
from countersign.inbox.postgres import PostgresInbox
from countersign.inbox.sqlite import SqliteInbox
from countersign.inbox.stored import StoredEvent
from countersign.inbox.table import State
from countersign.inbox.workers import Workers

__all__ = [
    "Inbox",
    "PostgresInbox",
    "SqliteInbox",
    "State",
    "StoredEvent",
    "Taken",
    "Workers",
]
