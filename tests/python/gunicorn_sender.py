"""An application that sends, for gunicorn: its database and its endpoint come in the environment."""

from __future__ import annotations

import os
from typing import Any

from countersign.flask import Countersign
from countersign.sender import Endpoint
from flask import Flask

from conftest import SECRET

application = Flask(__name__)
application.config["COUNTERSIGN_SENDER_DATABASE"] = f"sqlite:///{os.environ['OUTBOX']}"
countersign = Countersign(application)

# As it is loaded, once in the parent of all with `preload_app`.
with application.app_context():
    countersign.sender.put_endpoint(
        Endpoint("a", os.environ["SINK"], secret=SECRET, allow_http=True, allow_networks=["127.0.0.1"])
    )


@application.post("/paid/<int:number>")
def paid(number: int) -> Any:
    sent = countersign.sender.send("a", "invoice.paid", {"number": number})
    return {"id": sent.id, "process": os.getpid(), "delivers": countersign.sender.is_started}
