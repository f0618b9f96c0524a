"""The whole API against its own description: whatever is sent, the answer is a documented one."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from sqlalchemy import URL

from app.core.config import Settings
from app.core.migrations import migrate
from app.main import create_app
from app.openapi import render
from tests.conftest import create_database
from tests.support import PATIENCE_S, hold_port

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
API = schemathesis.openapi.from_dict(json.loads(render()))
API.config.generation.update(with_security_parameters=False)


@pytest.fixture(scope="module")
def visitor(server_url: URL) -> Iterator[httpx2.Client]:
    """A client of an application that serves in a thread of its own, as what is generated cannot wait for a loop."""
    url = create_database(server_url)
    migrate(url)
    config = uvicorn.Config(create_app(Settings(database_url=url)), port=hold_port(), log_config=None, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while thread.is_alive() and not server.started:
        time.sleep(0.01)
    with httpx2.Client(base_url=f"http://127.0.0.1:{config.port}", timeout=PATIENCE_S) as client:
        yield client
    server.should_exit = True
    thread.join()


@API.parametrize()
@settings(max_examples=12, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_is_documented(case: Case[Any], visitor: httpx2.Client) -> None:
    if not visitor.cookies:
        a_todo(visitor)
    for name, value in case.path_parameters.items():
        if name == "todo_id" and str(value)[-1:] < "8":  # else none would ever be found
            case.path_parameters[name] = a_todo(visitor)
    response = case.call(str(visitor.base_url), cookies=dict(visitor.cookies), timeout=PATIENCE_S)
    # What is too large is refused unread; that counts as no refusal of what is wrong with it.
    unread = response.status_code == 413
    case.validate_response(response, checks=CHECKS, excluded_checks=[negative_data_rejection] if unread else None)
    if response.status_code == 401:  # an earlier call logged out, or deleted the account
        visitor.cookies.clear()


def a_todo(visitor: httpx2.Client) -> str:
    """The id of a todo of the visitor, who has one and a session after this."""
    todos = visitor.get("/api/todos")
    if todos.status_code == 401:
        visitor.cookies.clear()
    if not todos.is_success or not todos.json()["items"]:
        todos = visitor.post("/api/todos", json={"title": "something"})
    todo: dict[str, str] = todos.json().get("items", [todos.json()])[0]
    return todo["id"]
