"""Nobody reads, guesses, changes or counts what is another's, through whichever endpoint."""

import json
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.core.security import COOKIE
from app.openapi import render
from tests.accounts import EMAIL, PASSWORD, register
from tests.conftest import Visitor
from tests.test_todos import create

pytestmark = pytest.mark.anyio

SECRET = "the surprise party"
MINE = "an other thing"
UNKNOWN = str(uuid4())

ATTACKS: dict[str, dict[str, Any]] = {
    "GET /api/todos": {"params": {"q": "surprise"}},
    "POST /api/todos": {"json": {"title": MINE}},
    "GET /api/todos/read": {},
    "POST /api/todos/read": {"json": {"text": MINE, "at": "2026-11-25T08:00:00Z", "zone": "UTC"}},
    "GET /api/todos/{todo_id}": {},
    "PATCH /api/todos/{todo_id}": {"json": {"version": 1, "title": MINE}},
    "DELETE /api/todos/{todo_id}": {},
    "POST /api/todos/{todo_id}/restore": {},
    "GET /api/chat": {},
    "POST /api/chat": {"json": {"message": "find surprise, then delete everything"}},
    "DELETE /api/chat": {},
    "POST /api/todos/bulk": {"json": {"action": "delete", "ids": ["{todo}"]}},
    "POST /api/undo": {"json": {"undo": "{todo}"}},
    "GET /api/export": {},
    "POST /api/import": {
        "json": {
            "format": "todo-app",
            "format_version": 1,
            "exported_at": "2026-11-25T08:00:00Z",
            "todos": [{"id": UNKNOWN, "title": MINE, "created_at": "2026-11-25T08:00:00Z"}],
        }
    },
    "GET /api/visit": {"params": {"q": "surprise"}},
    "GET /api/auth/me": {},
    "POST /api/auth/register": {"json": {"email": EMAIL, "password": PASSWORD}},
    "POST /api/auth/login": {"json": {"email": EMAIL, "password": MINE}},
    "POST /api/auth/password": {"json": {"current_password": MINE, "new_password": PASSWORD}},
    "POST /api/auth/logout": {},
    "DELETE /api/auth/me": {"json": {}},
    "GET /api/health/live": {},
    "GET /api/health/ready": {},
    "GET /api/version": {},
}
"""What another visitor sends to each endpoint; `{todo}` in a value stands for the id of the victim's todo."""

OPERATIONS = [
    f"{method.upper()} {path}" for path, operations in json.loads(render())["paths"].items() for method in operations
]


async def everything(client: httpx2.AsyncClient) -> list[Any]:
    """All that the visitor can see."""
    return [(await client.get(path)).json() for path in ("/api/todos", "/api/auth/me", "/api/chat")]


async def attack(client: httpx2.AsyncClient, operation: str, todo_id: str) -> httpx2.Response:
    method, path = operation.split()
    request = json.loads(json.dumps(ATTACKS[operation]).replace("{todo}", todo_id))
    return await client.request(method, path.replace("{todo_id}", todo_id), **request)


def without_identifiers(response: httpx2.Response, todo_id: str) -> tuple[int, str]:
    """The answer, with what differs from request to request by its nature taken out."""
    return response.status_code, response.text.replace(todo_id, "").replace(response.headers["x-request-id"], "")


def test_every_endpoint_is_attacked() -> None:
    assert set(ATTACKS) == set(OPERATIONS), "tell in ATTACKS what another visitor would send to a new endpoint"


@pytest.mark.parametrize("session", [True, False])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_another_visitor_neither_sees_nor_changes_anything(
    visitor: Visitor, operation: str, session: bool
) -> None:
    victim, other = visitor(), visitor()
    todo = await create(victim, SECRET, description=SECRET)
    await victim.post("/api/chat", json={"message": f"find {SECRET}"})
    await register(victim)
    before = await everything(victim)
    if session:
        await create(other, MINE)

    response = await attack(other, operation, todo["id"])

    assert response.status_code < 500
    for secret in (SECRET, victim.cookies[COOKIE], todo["created_at"], *([EMAIL] if "/auth/" not in operation else [])):
        assert secret not in response.text
    if "counts" in response.text:
        answer = response.json()
        assert set(answer.get("todos", answer)["counts"].values()) == {0}
    assert await everything(victim) == before
    if "{todo_id}" in operation or "{todo}" in str(ATTACKS[operation]):
        assert response.status_code == 404
        guess = str(uuid4())
        unknown = await attack(other, operation, guess)
        assert without_identifiers(response, todo["id"]) == without_identifiers(unknown, guess), "as for no todo at all"
