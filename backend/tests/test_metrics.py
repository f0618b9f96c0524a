"""What Prometheus is told, as it asks: of requests, of the database's connections, of the event loop."""

import json
import socket
from contextlib import closing

import httpx2
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import URL

from tests.support import PATIENCE_S, Served, hold_port


def figures(port: int) -> dict[str, Metric]:
    answer = httpx2.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_S)
    assert answer.status_code == 200
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def counted(families: dict[str, Metric]) -> dict[tuple[str, str, str], float]:
    return {
        (sample.labels["method"], sample.labels["operation"], sample.labels["status"]): sample.value
        for sample in families["http_request_duration_seconds"].samples
        if sample.name.endswith("_count")
    }


def test_requests_are_counted_by_what_they_do_and_not_by_what_visitors_make_up(database_url: URL) -> None:
    port = hold_port()
    with (
        Served(database_url, METRICS_PORT=str(port)) as served,
        httpx2.Client(base_url=served.base_url, timeout=PATIENCE_S) as client,
    ):
        first, second = (client.post("/api/todos", json={"title": "private-title"}).json()["id"] for _ in range(2))
        for one in (first, second):
            assert client.patch(f"/api/todos/{one}", json={"version": 1, "completed": True}).status_code == 200
        client.get("/api/todos/none-of-these")
        client.get("/nobody/knows/this")
        client.request("PROPFIND", "/api/todos")
        assert client.get("/metrics").status_code == 404, "they are for the cluster, not for the ingress"
        families = figures(port)

    seen = counted(families)
    assert seen["POST", "create_todo", "201"] == 2
    assert seen["PATCH", "update_todo", "200"] == 2
    assert seen["GET", "other", "404"] == 3
    assert sum(count for (method, _, status), count in seen.items() if (method, status) == ("other", "405")) == 1
    text = str(families)
    for private in ("private-title", first, "none-of-these", "nobody", "PROPFIND"):
        assert private not in text


def test_the_pool_the_event_loop_and_the_process_are_told_of(database_url: URL) -> None:
    port = hold_port()
    with Served(database_url, METRICS_PORT=str(port)) as served:
        httpx2.get(f"{served.base_url}/api/health/ready", timeout=PATIENCE_S)
        families = figures(port)
        while not beats(families):  # the first comes half a second after the start
            families = figures(port)

    pool = {sample.labels["state"]: sample.value for sample in families["database_connections"].samples}
    assert pool == {"used": 0, "idle": 1}
    assert [sample.value for sample in families["http_requests_refused"].samples] == [0]
    assert [sample.value for sample in families["http_requests_waiting"].samples] == [0]
    assert "python_gc_objects_collected" in families
    assert families.keys() & {"process_resident_memory_bytes", "python_info"}, "of the process, where the system tells"


def beats(families: dict[str, Metric]) -> float:
    return next(
        sample.value for sample in families["event_loop_lateness_seconds"].samples if sample.name.endswith("_count")
    )


def test_without_a_port_nothing_listens(database_url: URL) -> None:
    port = hold_port()
    with Served(database_url), pytest.raises(httpx2.ConnectError):
        figures(port)


def test_where_the_port_is_taken_the_app_is_served_and_the_log_says_so(database_url: URL) -> None:
    port = hold_port()
    with (
        closing(socket.create_server(("127.0.0.1", port))),
        Served(database_url, METRICS_PORT=str(port)) as served,
    ):
        log = served.stop()
    [said] = [line for line in map(json.loads, log.splitlines()) if "METRICS_PORT" in line["message"]]
    assert said["port"] == port
    assert "in use" in said["reason"]
