"""What is counted as it happens, for Prometheus.

Labels are bounded: routes are templates, states and codes are our own words, methods those that HTTP has.
"""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from sonotag.domain import Event, RecordingState

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REFUSING = frozenset({401, 403, 429, 503, 507})
"""Statuses of answers that say not now, or not you."""

MOST_CODES = 200
"""Error codes told apart; there are about fifty. Should one ever be made of a stranger's words, this holds."""


class Counters:
    """What is counted as it happens. One for each application; thread-safe."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "sonotag_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "sonotag_request_seconds",
            "Time until a request was answered whole; streams are left out.",
            ["route"],
            buckets=(0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0),
            registry=registry,
        )
        self._refusals = Counter("sonotag_refusals", "Requests and sockets refused.", ["reason"], registry=registry)
        self._errors = Counter("sonotag_errors", "Errors of requests and recordings.", ["code"], registry=registry)
        self._states = Counter("sonotag_job_states", "Recordings that came into a state.", ["state"], registry=registry)
        self.sockets = Gauge("sonotag_sockets_open", "Sockets that are open.", registry=registry)
        self._codes: set[str] = set()
        for state in RecordingState:
            self._states.labels(state.value)
        ProcessCollector(registry=registry)

    def request(self, method: str, route: str, status: int, seconds: float | None, code: str | None) -> None:
        """An answered request; `seconds` None for a stream, `code` that of the error it was answered with."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(route).observe(seconds)
        if code is not None:
            self._count_error(code)
            if status in REFUSING:
                self._refusals.labels(self._bounded(code)).inc()

    def refused_socket(self, code: str) -> None:
        self._count_error(code)
        self._refusals.labels(self._bounded(code)).inc()

    def events(self, events: Sequence[Event]) -> None:
        """What was told of recordings."""
        for event in events:
            if event.type == "state":
                self._states.labels(event.body["state"]).inc()
            elif event.type == "error":
                self._count_error(event.body["code"])

    def _count_error(self, code: str) -> None:
        self._errors.labels(self._bounded(code)).inc()

    def _bounded(self, code: str) -> str:
        if code not in self._codes:
            if len(self._codes) >= MOST_CODES:
                return "other"
            self._codes.add(code)
        return code
