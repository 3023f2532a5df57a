"""What is told of each request, and what is logged: never a secret, a payload or the text of an
exception, which may quote one."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Callable, NamedTuple

logger = logging.getLogger("countersign")


class Outcome(NamedTuple):
    """What became of one request."""

    #: When it arrived, in Unix seconds.
    time: float
    #: The HTTP status of the answer.
    status: int
    #: The code of the refusal, or ``handled``, ``ignored``, ``duplicate``, ``accepted``,
    #: ``pending`` or ``handshake``.
    result: str
    #: The scheme's name.
    scheme: str
    event_id: str | None
    event_type: str | None
    #: From the arrival to the answer, in seconds.
    duration: float
    #: Which secret fitted, from 0; ``None`` if the request was not verified.
    key_index: int | None


#: Gets each outcome. What it raises changes no answer.
Observer = Callable[[Outcome], object]


class Journal:
    """What becomes known of one request on its way, for its outcome and its lines in the log."""

    __slots__ = ("event_id", "event_type", "key_index", "scheme")

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.event_id: str | None = None
        self.event_type: str | None = None
        self.key_index: int | None = None

    def log(
        self, level: int, message: str, code: str, error: BaseException | None = None
    ) -> None:
        """Writes a line, with its parts as attributes of the record for structured logs."""
        if not logger.isEnabledFor(level):
            return
        parts: dict[str, Any] = {"code": code, "scheme": self.scheme, "event_id": self.event_id}
        text = "%s: %s (scheme %s, event %r)"
        arguments: list[Any] = [message, code, self.scheme, self.event_id]
        if error is not None:
            parts["exception"] = f"{type(error).__module__}.{type(error).__qualname__}"
            parts["frames"] = [
                f"{frame.filename}:{frame.lineno} in {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
            text += " %s at %s"
            arguments += [parts["exception"], parts["frames"]]
        logger.log(level, text, *arguments, extra={"countersign": parts})
