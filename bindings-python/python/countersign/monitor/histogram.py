"""How long requests took, in fixed buckets."""

from __future__ import annotations

from bisect import bisect_left

#: The upper bounds of the buckets, in seconds. One more holds what took longer.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Histogram:
    """Counts durations, in seconds.

    >>> from countersign.monitor.histogram import Histogram
    >>> histogram = Histogram()
    >>> for duration in (0.002, 0.003, 0.004, 0.2):
    ...     histogram.add(duration)
    >>> histogram.quantile(0.5)
    0.00375
    """

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        #: By bucket, not cumulated.
        self.counts = [0] * (len(BOUNDS) + 1)
        #: The sum of all durations.
        self.total = 0.0

    def add(self, duration: float) -> None:
        """Counts one duration."""
        self.counts[bisect_left(BOUNDS, duration)] += 1
        self.total += duration

    def copy(self) -> Histogram:
        """The same counts, which no longer change."""
        copy = Histogram()
        copy.counts = self.counts[:]
        copy.total = self.total
        return copy

    def quantile(self, share: float) -> float | None:
        """The duration that this share of all did not exceed, taken as spread evenly within its
        bucket: the estimate that Prometheus makes of the same buckets. ``None`` if there are none,
        and the largest bound if it took longer than that.
        """
        count = sum(self.counts)
        if count == 0:
            return None
        rank = share * count
        below = 0
        lower = 0.0
        for bound, inside in zip(BOUNDS, self.counts):
            if inside and below + inside >= rank:
                return lower + (bound - lower) * (rank - below) / inside
            below += inside
            lower = bound
        return BOUNDS[-1]
