"""The text of OpenMetrics 1.0, which Prometheus and its kin read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate

from countersign.monitor.histogram import BOUNDS, Histogram
from countersign.monitor.tally import Tally

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_DURATION = "countersign_request_duration_seconds"


def exposition(tallies: Mapping[str, Tally], inbox: Mapping[str, int] | bool | None) -> str:
    """The metrics of receivers by name, and of the inbox: its counts, ``False`` if it does not
    answer, ``None`` if there is none."""
    lines = [*_requests(tallies), *_events(tallies), *_durations(tallies)]
    if inbox is not None:
        lines += _inbox(inbox)
    return "\n".join([*lines, "# EOF", ""])


def _requests(tallies: Mapping[str, Tally]) -> Iterable[str]:
    yield "# TYPE countersign_requests counter"
    yield "# HELP countersign_requests Requests by what became of them."
    for receiver, tally in tallies.items():
        for result, count in tally.results.items():
            labels = _labels(receiver=receiver, scheme=tally.scheme, result=result)
            yield f"countersign_requests_total{labels} {count}"


def _events(tallies: Mapping[str, Tally]) -> Iterable[str]:
    yield "# TYPE countersign_events counter"
    yield "# HELP countersign_events Authentic events by type."
    for receiver, tally in tallies.items():
        for event_type, count in tally.types.items():
            labels = _labels(receiver=receiver, type=event_type)
            yield f"countersign_events_total{labels} {count}"


def _durations(tallies: Mapping[str, Tally]) -> Iterable[str]:
    yield f"# TYPE {_DURATION} histogram"
    yield f"# UNIT {_DURATION} seconds"
    yield f"# HELP {_DURATION} From the arrival of a request to its answer."
    for receiver, tally in tallies.items():
        yield from _histogram(receiver, tally.durations)


def _histogram(receiver: str, histogram: Histogram) -> Iterable[str]:
    bounds = [*map(str, BOUNDS), "+Inf"]
    count = 0
    for bound, count in zip(bounds, accumulate(histogram.counts)):
        yield f"{_DURATION}_bucket{_labels(receiver=receiver, le=bound)} {count}"
    labels = _labels(receiver=receiver)
    yield f"{_DURATION}_count{labels} {count}"
    yield f"{_DURATION}_sum{labels} {histogram.total}"


def _inbox(counts: Mapping[str, int] | bool) -> Iterable[str]:
    answers = not isinstance(counts, bool)
    yield "# TYPE countersign_inbox_up gauge"
    yield "# HELP countersign_inbox_up Whether the inbox answers."
    yield f"countersign_inbox_up {int(answers)}"
    if not isinstance(counts, bool):
        yield "# TYPE countersign_inbox_events gauge"
        yield "# HELP countersign_inbox_events Events in the inbox by their state."
        for state, count in counts.items():
            yield f"countersign_inbox_events{_labels(state=state)} {count}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
