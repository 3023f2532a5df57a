"""Checks of arguments: what is of the wrong type is a ``TypeError`` that says what is wanted."""

from __future__ import annotations

from typing import Any


def seconds(name: str, value: object) -> float:
    """A time that is longer than nothing."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value < float("inf"):  # type: ignore[operator]
        raise TypeError(f"{name} must be a number of seconds above 0")
    return float(value)  # type: ignore[arg-type]


def instance(name: str, wanted: type[Any], value: object) -> None:
    """An instance of this class."""
    if not isinstance(value, wanted):
        article = "an" if wanted.__name__[0] in "AEIOU" else "a"
        found = type(value).__name__
        raise TypeError(f"{name} must be {article} {wanted.__name__}, not {found}")


def function(name: str, value: object) -> None:
    """What can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be callable, not {type(value).__name__}")


def methods(name: str, value: object, *names: str) -> None:
    """What has these methods."""
    if not all(callable(getattr(value, known, None)) for known in names):
        raise TypeError(f"{name} must have the methods {', '.join(names)}")


def event_pattern(value: object, decorator: str) -> None:
    """A pattern of event types. A decorator without parentheses would take the handler for one,
    and lose its events."""
    if not isinstance(value, str):
        found = type(value).__name__
        raise TypeError(f'pattern must be a str, not {found}: write {decorator}("invoice.paid")')
