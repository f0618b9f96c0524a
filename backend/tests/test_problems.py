"""Every error is a problem document, whoever raised it."""

import json
import unicodedata
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.core.middleware import MAX_BODY_BYTES
from app.main import create_app
from tests.conftest import visitors

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}


def check_problem(response: httpx2.Response, status: int, kind: str) -> dict[str, object]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    problem: dict[str, object] = response.json()
    assert problem["type"] == f"/problems/{kind}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert isinstance(problem["errors"], list)
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


@pytest.mark.parametrize("path", ["/", "/api", "/api/nothing", "/api/todos/", "/api/docs/assets/nothing", "/api/%00"])
async def test_an_unknown_path(client: httpx2.AsyncClient, path: str) -> None:
    check_problem(await client.get(path), 404, "not-found")


async def test_a_method_that_is_not_there(client: httpx2.AsyncClient) -> None:
    response = await client.put("/api/todos")

    check_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "validation"),
        (b'{"title', 422, "validation"),
        (b'"text"', 422, "validation"),
        (b'{"title": "\\ud800"}', 422, "validation"),
        (b'{"title": "x", "\\ud800": 1}', 422, "validation"),
        (b'{"title": "\xff"}', 400, "bad-request"),
        (b"[" * 60_000, 400, "bad-request"),
        (b"1" * 5_000, 400, "bad-request"),
    ],
)
async def test_a_body_that_is_no_todo(client: httpx2.AsyncClient, body: bytes, status: int, kind: str) -> None:
    check_problem(await client.post("/api/todos", content=body, headers=JSON), status, kind)


async def test_a_body_of_another_type_names_the_right_one(client: httpx2.AsyncClient) -> None:
    response = await client.post("/api/todos", content=b'{"title": "x"}', headers={"content-type": "text/plain"})

    assert "application/json" in str(check_problem(response, 422, "validation")["errors"])


@pytest.mark.parametrize("path", ["/api/todos", "/api/nothing"])
async def test_a_body_that_says_it_is_too_large(client: httpx2.AsyncClient, path: str) -> None:
    response = await client.post(path, content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)

    check_problem(response, 413, "body-too-large")
    assert response.headers["connection"] == "close"


async def test_a_body_that_turns_out_too_large(client: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1024 + 1):
            yield b" " * 1024

    check_problem(await client.post("/api/todos", content=chunks(), headers=JSON), 413, "body-too-large")


async def test_the_largest_todo_is_within_the_limit(client: httpx2.AsyncClient) -> None:
    body = json.dumps({"title": "\U0001f600" * 200, "description": "\U0001f600" * 1000}, ensure_ascii=True)

    assert (await client.post("/api/todos", content=body, headers=JSON)).status_code == 201


async def test_a_defect_is_a_problem_without_its_cause(app: FastAPI) -> None:
    defective = create_app(app.state.settings)

    @defective.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError("hunter2")

    async with visitors(defective) as visitor:
        response = await visitor().get("/api/broken")

    check_problem(response, 500, "internal")
    assert "hunter2" not in response.text


async def test_a_request_id_is_taken_over_when_it_is_harmless(client: httpx2.AsyncClient) -> None:
    given = await client.get("/api/health/live", headers={"x-request-id": "abc-1.2_3"})
    forged = await client.get("/api/health/live", headers={"x-request-id": 'x" level="error'})

    assert given.headers["x-request-id"] == "abc-1.2_3"
    assert len(forged.headers["x-request-id"]) == 32


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(), max_size=210), q=st.text(max_size=30))
@example(title="\uf900", q="")
async def test_no_text_breaks_the_api(client: httpx2.AsyncClient, title: str, q: str) -> None:
    created = await client.post("/api/todos", content=json.dumps({"title": title}), headers=JSON)
    assert created.status_code in {201, 422}
    if created.status_code == 201:
        # Python counts a few control characters as white space that the schema, by Unicode, does not.
        assert created.json()["title"].strip() == unicodedata.normalize("NFC", title).strip()
    assert (await client.get("/api/todos", params={"q": q})).status_code == (422 if "\0" in q else 200)
