"""Metrics as Prometheus reads them."""

from __future__ import annotations

from countersign.monitor import Monitor
from prometheus_client.openmetrics.parser import text_string_to_metric_families


def samples(monitor: Monitor) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples by name and labels."""
    families = text_string_to_metric_families(monitor.openmetrics())
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def value(monitor: Monitor, name: str, **labels: str) -> float | None:
    return samples(monitor).get((name, frozenset(labels.items())))
