"""The receivers, whose checks the views ask for, and what watches them."""

from __future__ import annotations

from countersign import Receiver
from countersign.monitor import Monitor
from django.conf import settings

from .schemas import GITHUB, STRIPE

github = Receiver(schemas=GITHUB, **settings.WEBHOOKS.options("github"))
stripe = Receiver(schemas=STRIPE, **settings.WEBHOOKS.options("stripe"))

monitor = Monitor()
monitor.watch(github, "github")
monitor.watch(stripe, "stripe")
