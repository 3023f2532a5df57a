"""A shop that tells others of its orders, by webhooks that no crash loses.

An order is published to the outbox, an SQLite file, and is safe from then on: a dispatcher delivers
it, in this process or in the next one.
"""

from __future__ import annotations

from .orders import publish_orders
from .outbox import open_outbox
from .settings import Settings, SettingsError

__all__ = ["Settings", "SettingsError", "open_outbox", "publish_orders"]
