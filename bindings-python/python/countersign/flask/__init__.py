"""Receives in Flask.

>>> from flask import Flask
>>> from countersign.flask import Countersign
>>> app = Flask(__name__)
>>> app.config["COUNTERSIGN_SCHEME"] = "stripe"
>>> app.config["COUNTERSIGN_SECRET"] = "whsec_test"
>>> countersign = Countersign(app)
>>> @countersign.on("invoice.paid")
... def ship(event):
...     print(event.id)

Requests for ``/webhooks`` (``COUNTERSIGN_PATH``) are answered now.
"""

from countersign.flask.extension import Countersign
from countersign.flask.request import FlaskRequest

__all__ = ["Countersign", "FlaskRequest"]
