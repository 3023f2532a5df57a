"""What the payloads of events must be, by event type: JSON Schema 2020-12.

A signature says who sent an event, not that it makes sense. Say no more here than the handlers
rely on: the provider adds fields without asking.
"""

from __future__ import annotations

from typing import Any

Schemas = dict[str, dict[str, Any]]

GITHUB: Schemas = {
    "push": {"required": ["commits"], "properties": {"commits": {"type": "array"}}},
    "issues": {"required": ["action"], "properties": {"action": {"type": "string"}}},
}

STRIPE: Schemas = {
    "invoice.paid": {
        "required": ["data"],
        "properties": {
            "data": {
                "type": "object",
                "required": ["object"],
                "properties": {
                    "object": {
                        "type": "object",
                        "required": ["amount_paid"],
                        "properties": {"amount_paid": {"type": "integer", "minimum": 0}},
                    },
                },
            },
        },
    },
}
