"""What Prometheus is told about this process, on a port of its own that no ingress leads to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import structlog
from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from app.core.db import Database
from app.core.overload import Load

logger = structlog.get_logger(__name__)

BEAT_S = 0.5
"""How often the event loop's lateness is measured."""
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class _State(Collector):
    """What is read when Prometheus asks, so that no request pays for it."""

    def __init__(self, load: Load, database: Database) -> None:
        self._load = load
        self._database = database

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        yield CounterMetricFamily(
            "http_requests_refused", "Requests that were not looked at, as too many waited.", self._load.refused
        )
        yield GaugeMetricFamily("http_requests_waiting", "Requests that wait for their answer.", self._load.waiting)
        connections = GaugeMetricFamily("database_connections", "Connections of the pool.", labels=["state"])
        for state, count in zip(("used", "idle"), self._database.connections(), strict=True):
            connections.add_metric([state], count)
        yield connections


class Metrics:
    """The figures of one application: its requests, its database connections, its event loop, and the process."""

    def __init__(self, load: Load, database: Database) -> None:
        self._registry = CollectorRegistry()
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self._registry)
        self._registry.register(_State(load, database))
        self._requests = Histogram(
            "http_request_duration_seconds",
            "From a request's head to the end of its answer.",
            ["method", "operation", "status"],
            registry=self._registry,
        )
        self._lateness = Histogram(
            "event_loop_lateness_seconds",
            "How much later than asked for the event loop turned to a task.",
            buckets=(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=self._registry,
        )

    def answered(self, scope: Scope, status: int, duration_s: float) -> None:
        """Count one request; status 0 is one whose visitor went away before the answer.

        Each set of labels is a series of its own, so what visitors make up is "other".
        """
        method = scope["method"] if scope["method"] in METHODS else "other"
        operation = getattr(scope.get("route"), "name", "other")
        self._requests.labels(method, operation, status or "none").observe(duration_s)

    @asynccontextmanager
    async def served(self, host: str, port: int | None) -> AsyncIterator[None]:
        """Answer Prometheus, in a thread of its own, as long as the context lasts; without a port, do nothing.

        The application is served even where the port is taken: then the log says that its figures are not.
        """
        if not port:
            yield
            return
        address = host or ("::" if socket.has_dualstack_ipv6() else "0.0.0.0")  # noqa: S104
        try:
            server, _ = start_http_server(port, address, self._registry)
        except OSError as error:
            logger.warning("the metrics are not served; set METRICS_PORT to a free port", port=port, reason=str(error))
            yield
            return
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            server.shutdown()
            server.server_close()

    async def _beat(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            due = now() + BEAT_S
            await asyncio.sleep(BEAT_S)
            self._lateness.observe(max(0, now() - due))
