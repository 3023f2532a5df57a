"""JSON Schema 2020-12, as far as the corpus uses it."""

from __future__ import annotations

from typing import Any, Mapping, Union

from reference.json_text import Value

Schema = Union[bool, Mapping[str, Any]]

_KEYWORDS = {"type", "required", "properties", "additionalProperties", "enum"}


def fits(schema: Schema, value: Value) -> bool:
    """Whether the value satisfies the schema."""
    if isinstance(schema, bool):
        return schema
    unknown = schema.keys() - _KEYWORDS
    if unknown:
        raise ValueError(f"the reference does not know {sorted(unknown)}")
    if "type" in schema and not _is(schema["type"], value):
        return False
    if "enum" in schema and not (value.kind == "string" and value.text in schema["enum"]):
        return False
    return value.kind != "object" or _fits_object(schema, value)


def _is(wanted: str, value: Value) -> bool:
    if wanted == "boolean":
        return value.kind in ("true", "false")
    if wanted == "integer":
        return value.kind == "number" and float(value.source).is_integer()
    return value.kind == wanted


def _fits_object(schema: Mapping[str, Any], value: Value) -> bool:
    members = dict(value.members)
    if any(name not in members for name in schema.get("required", [])):
        return False
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    return all(fits(properties.get(name, others), one) for name, one in members.items())
