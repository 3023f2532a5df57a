"""Receives and sends in Flask.

>>> from flask import Flask
>>> from countersign.flask import Countersign
>>> app = Flask(__name__)
>>> app.config["COUNTERSIGN_SCHEME"] = "stripe"
>>> app.config["COUNTERSIGN_SECRET"] = "whsec_test"
>>> countersign = Countersign(app)
>>> @countersign.on("invoice.paid")
... def ship(event):
...     print(event.id)

Requests for ``/webhooks`` (``COUNTERSIGN_PATH``) are answered now. To send:

>>> app = Flask(__name__)
>>> app.config["COUNTERSIGN_SENDER_DATABASE"] = "sqlite:///:memory:"
>>> app.config["COUNTERSIGN_SENDER_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
>>> countersign = Countersign(app)
>>> with app.app_context():
...     sent = countersign.sender.send("https://customer.example/hook", "invoice.paid", {"id": 7})
"""

from countersign.flask.extension import Countersign
from countersign.flask.request import FlaskRequest

__all__ = ["Countersign", "FlaskRequest"]
