"""A server whose status page has something to show, some of it chosen by an attacker.

usage: python status_server.py

Prints ``listening on URL of the page``. It is also an application for other servers, which sends
nothing: ``status_server:application``.
"""

from __future__ import annotations

import json
from typing import Any

from countersign import Sender
from countersign.flask import Countersign
from flask import Flask
from werkzeug.serving import make_server

from conftest import SECRET
from inboxes import until
from incoming import Delivery
from observed import TOKEN, FakeInbox, Letter
from sink import Sink, sinking

PATH = "/webhooks/status"
ATTACK = "</script><img src=x onerror='attacked=1'>\"&"
#: The same as a name, which has no spaces.
ATTACKING_NAME = ATTACK.replace(" ", "/")


def make_application(**settings: Any) -> Flask:
    """A receiver that has handled, ignored and refused requests, and an inbox with dead letters."""
    app = Flask(__name__)
    app.config.update(
        COUNTERSIGN_SCHEME="standard",
        COUNTERSIGN_SECRET=SECRET,
        COUNTERSIGN_STATUS_TOKEN=TOKEN,
        COUNTERSIGN_STATUS_PATH=PATH,
        **settings,
    )
    extension = Countersign(app)
    extension.on("invoice.*", lambda event: None)
    extension.on("payment.failed", lambda event: 1 / 0)
    state = app.extensions["countersign"]
    receiver = state.configured
    for number in range(40):
        receiver.receive(Delivery(receiver.webhook, identity=f"msg_{number}"))
    attack = json.dumps({"type": ATTACK}).encode()
    for delivery in (
        Delivery(receiver.webhook, identity="msg_0"),
        Delivery(receiver.webhook, b'{"type":"payment.failed"}', identity="msg_failed"),
        Delivery(receiver.webhook, attack, identity=ATTACK),
        Delivery(receiver.webhook, tamper=True),
    ):
        receiver.receive(delivery)
    letters = (Letter(7, "msg_7", "invoice.paid"), Letter(8, ATTACK, ATTACK))
    state.monitor.attach_inbox(FakeInbox(*letters))
    return app


def send(sender: Sender, sink: Sink) -> None:
    """One delivery that arrives, and one that is given up."""
    sender.put_endpoint(sink.endpoint("customer-7"))
    sender.put_endpoint(sink.endpoint(ATTACKING_NAME, url=sink.url()))
    sender.start()
    sender.send("customer-7", "invoice.paid", {}, id="msg_sent")
    until(lambda: sender.counts()["delivered"] == 1)
    sink.answers.append(400)
    sender.send(ATTACKING_NAME, ATTACKING_NAME, {}, id=ATTACKING_NAME)
    until(lambda: sender.counts()["dead"] == 1)


def serve() -> None:
    application = make_application(COUNTERSIGN_SENDER_DATABASE="sqlite:///:memory:")
    server = make_server("127.0.0.1", 0, application, threaded=True)
    with sinking() as sink:
        send(application.extensions["countersign"].sender, sink)
        print(f"listening on http://127.0.0.1:{server.server_port}{PATH}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    serve()
else:
    application = make_application()
