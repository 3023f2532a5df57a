"""Shows what receivers and senders do: the last events and attempts, counts, latency, the state of
endpoints, and dead letters to replay.

A :class:`Monitor` watches receivers and senders; :class:`StatusPage` shows what it saw to whoever
has a token, and :class:`StatusWsgi` and :class:`StatusAsgi` serve it. In Flask it is enough to set
``COUNTERSIGN_STATUS_TOKEN``.

>>> from countersign import Receiver, Webhook
>>> from countersign.monitor import Monitor, StatusPage, StatusWsgi
>>> receiver = Receiver(Webhook("github", "hush"))
>>> monitor = Monitor()
>>> monitor.watch(receiver, "github")
>>> application = StatusWsgi(StatusPage(monitor, "a token of the reader's", "/status"))

A sender is shown with its outbox, and its dead letters can be delivered once more:

>>> from countersign import Sender
>>> monitor.attach_sender(Sender(":memory:", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
>>> monitor.snapshot()["outbox"]["dead_letters"]
[]

What is counted is of this process. Where a server runs several, each tells what it saw itself, and
the page says which one answered: one process with threads is easier to watch. What inboxes and
outboxes hold is of all processes that share them: each tells the same.
"""

from countersign._countersign import judged_path
from countersign.monitor.asgi import StatusAsgi
from countersign.monitor.inbox import DeadLetter, Inbox
from countersign.monitor.monitor import CONTENT_TYPE, Monitor
from countersign.monitor.page import StatusAnswer, StatusPage
from countersign.monitor.wsgi import StatusWsgi

__all__ = [
    "CONTENT_TYPE",
    "DeadLetter",
    "Inbox",
    "Monitor",
    "StatusAnswer",
    "StatusAsgi",
    "StatusPage",
    "StatusWsgi",
    "judged_path",
]
