"""Numbers for Prometheus, read from the services when asked for."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from sonotag.api.deps import Services
from sonotag.models.manager import ModelState


class _ServicesCollector(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterable[Metric]:
        services = self._services
        yield GaugeMetricFamily("sonotag_jobs_queued", "Analyses that wait.", services.runner.queued)
        yield GaugeMetricFamily("sonotag_jobs_running", "Analyses at work.", services.runner.running)
        yield CounterMetricFamily(
            "sonotag_windows_encoded",
            "Windows of 10 s encoded since the start.",
            services.inference.windows_encoded,
        )
        yield CounterMetricFamily(
            "sonotag_encode_seconds", "Time spent in the model since the start.", services.inference.busy_s
        )
        ready = GaugeMetricFamily("sonotag_model_ready", "1 when the model is warm.", labels=["model"])
        for status in services.models.statuses():
            ready.add_metric([status.name], float(status.state is ModelState.READY))
        yield ready


def render_metrics(services: Services) -> tuple[bytes, str]:
    """The exposition and its media type."""
    registry = CollectorRegistry()
    registry.register(_ServicesCollector(services))
    ProcessCollector(registry=registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
