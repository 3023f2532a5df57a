"""What one receiver was seen to do, in bounded memory."""

from __future__ import annotations

from countersign.monitor.histogram import Histogram
from countersign.receiver.outcome import Outcome

#: What further names are counted as.
OTHER = "other"
#: The longest text of a request that is kept, in characters.
LONGEST = 200
#: More than core has codes.
_MOST_RESULTS = 128
#: What becomes of authentic events, with a type or without.
_EVENTS = frozenset({"handled", "ignored", "duplicate", "accepted", "pending"})


def bounded(outcome: Outcome) -> Outcome:
    """The outcome with an id and a type that are not too long to be kept; senders choose both."""
    event_id, event_type = outcome.event_id, outcome.event_type
    if event_id is not None and len(event_id) > LONGEST:
        outcome = outcome._replace(event_id=shortened(event_id))
    if event_type is not None and len(event_type) > LONGEST:
        outcome = outcome._replace(event_type=shortened(event_type))
    return outcome


def shortened(text: str) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class Tally:
    """The counts of one receiver."""

    __slots__ = ("_most_types", "durations", "results", "scheme", "types")

    def __init__(self, scheme: str, most_types: int) -> None:
        self.scheme = scheme
        #: Requests by result.
        self.results: dict[str, int] = {}
        #: Authentic events by type; those without one are under the empty text.
        self.types: dict[str, int] = {}
        self.durations = Histogram()
        self._most_types = most_types

    def add(self, outcome: Outcome) -> None:
        """Counts one request."""
        _count(self.results, outcome.result, _MOST_RESULTS)
        event_type = outcome.event_type
        if event_type is not None or outcome.event_id is not None or outcome.result in _EVENTS:
            _count(self.types, event_type or "", self._most_types)
        self.durations.add(outcome.duration)

    def copy(self) -> Tally:
        """The same counts, which no longer change."""
        copy = Tally(self.scheme, self._most_types)
        copy.results = self.results.copy()
        copy.types = self.types.copy()
        copy.durations = self.durations.copy()
        return copy


def _count(counts: dict[str, int], name: str, most: int) -> None:
    if name not in counts and len(counts) >= most:
        name = OTHER
    counts[name] = counts.get(name, 0) + 1
