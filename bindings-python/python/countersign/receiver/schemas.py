"""What payloads must be, by type of event: JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign._countersign import Routes, refusal


class Schemas:
    """Schemas by pattern of event types; the most specific pattern wins.

    Needs the package ``jsonschema-rs`` (``pip install countersign[schema]``). Nothing is ever
    fetched. Raises ``ConfigurationError``: ``malformed_schema``, also for a reference to another
    document; ``malformed_pattern``.
    """

    def __init__(self, schemas: Mapping[str, Mapping[str, Any] | bool]) -> None:
        import jsonschema_rs

        # Its types differ between its versions.
        rules: Any = jsonschema_rs
        self._routes = Routes()
        self._validators = []
        for pattern, schema in schemas.items():
            self._routes.add(pattern)
            try:
                validator = rules.Draft202012Validator(
                    schema if isinstance(schema, bool) else dict(schema),
                    # In 2020-12 a format is a note to the reader.
                    validate_formats=False,
                    retriever=_fetch_nothing,
                )
            except (rules.ValidationError, rules.ReferencingError, ValueError):
                raise refusal("malformed_schema") from None
            self._validators.append(validator)

    def check(self, event_type: str | None, payload: object) -> None:
        """Raises ``PayloadError`` (``schema_mismatch``)."""
        number = self._routes.find(event_type)
        if number is not None and not self._validators[number].is_valid(payload):
            raise refusal("schema_mismatch")


def _fetch_nothing(uri: str) -> Any:
    raise ValueError("schemas are not fetched")
