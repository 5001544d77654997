"""Numbers for Prometheus: those counted as things happen, and those read from the services when asked for."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from sonotag import __version__
from sonotag.api.deps import Services
from sonotag.domain import RecordingState
from sonotag.models.manager import ModelState
from sonotag.store.tables import RecordingRow


class _ServicesCollector(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterable[Metric]:
        services = self._services
        yield GaugeMetricFamily("sonotag_jobs_queued", "Analyses that wait.", services.runner.queued)
        yield GaugeMetricFamily("sonotag_jobs_running", "Analyses at work.", services.runner.running)
        yield GaugeMetricFamily("sonotag_downloads_running", "Links being fetched.", services.downloads.running)
        yield from self._inference()
        states = GaugeMetricFamily("sonotag_recordings", "Recordings by state.", labels=["state"])
        with services.database.reading() as session:
            counts = session.execute(select(RecordingRow.state, func.count()).group_by(RecordingRow.state))
            found = {row[0]: row[1] for row in counts}
        for state in RecordingState:
            states.add_metric([state.value], found.get(state.value, 0))
        yield states
        ready = GaugeMetricFamily("sonotag_model_ready", "1 when the model is warm.", labels=["model"])
        for status in services.models.statuses():
            ready.add_metric([status.name], float(status.state is ModelState.READY))
        yield ready
        present = services.models.status()
        model = {"version": __version__, "model": present.name}
        if present.encoder is not None:
            model["model_version"] = present.encoder.version
        yield InfoMetricFamily("sonotag", "This server, and the model that new analyses use.", model)
        disk = services.disk
        yield GaugeMetricFamily("sonotag_disk_free_bytes", "Room on the disk of the data directory.", disk.free_bytes)
        yield GaugeMetricFamily("sonotag_disk_floor_bytes", "Room that work leaves free.", disk.floor_bytes)
        used, limit = services.memory.used_bytes, services.memory.limit_bytes
        if used is not None:
            yield GaugeMetricFamily("sonotag_memory_bytes", "Memory of the server and its children.", used)
        yield GaugeMetricFamily("sonotag_memory_limit_bytes", "What it may use; 0 = no limit.", limit or 0)

    def _inference(self) -> Iterable[Metric]:
        inference = self._services.inference
        yield CounterMetricFamily(
            "sonotag_windows_encoded", "Windows of 10 s encoded since the start.", inference.windows_encoded
        )
        yield CounterMetricFamily(
            "sonotag_encode_seconds", "Time spent in the model since the start.", inference.busy_s
        )
        yield GaugeMetricFamily("sonotag_windows_waiting", "Windows that wait for the model.", inference.waiting)
        yield GaugeMetricFamily("sonotag_windows_per_second", "Windows encoded, of late.", inference.windows_per_s)
        yield GaugeMetricFamily(
            "sonotag_times_real_time",
            "Seconds of audio per second of the model's work, of late.",
            inference.times_real_time,
        )


def render_metrics(services: Services) -> tuple[bytes, str]:
    """The exposition and its media type."""
    registry = CollectorRegistry()
    registry.register(_ServicesCollector(services))
    return generate_latest(services.counters.registry) + generate_latest(registry), CONTENT_TYPE_LATEST
