"""How much memory an import takes, whatever is sent: the chart allows a pod 384 MiB, and beyond it is killed."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import URL

from app.core.middleware import MAX_IMPORT_BYTES
from app.schemas.transfer import MAX_TODOS, ImportDocument, read_document
from tests.support import PATIENCE_S, Served
from tests.test_transfer import DUE, MOMENT, document

MIB = 1024 * 1024
ALLOWED = 384 * MIB
"""By the chart, for a pod of the backend."""
SEEDLING = "🌱"
TAGS = [f"𐐨{number}" for number in range(10)]
HEAD = json.dumps(document())[:-2].encode()


def largest(*, escaped: bool = False, **todo: object) -> bytes:
    """As many todos as an import takes."""
    one = json.dumps({"id": str(uuid4()), "created_at": MOMENT, **todo}, ensure_ascii=escaped)
    number = min(MAX_TODOS, (MAX_IMPORT_BYTES - 1024) // (len(one.encode()) + 4))
    return json.dumps(document(*[todo] * number), ensure_ascii=escaped).encode()


def full_of(part: bytes, beginning: bytes = HEAD) -> bytes:
    return beginning + part * ((MAX_IMPORT_BYTES - 1024) // len(part)) + part.rstrip(b",") + b"]}"


def peak(served: Served) -> int:
    """Return the most memory that the process had in use so far, in bytes."""
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell a process's peak")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(lambda: largest(title="x" * 200, description="x" * 1000), 200, id="plain text"),
        pytest.param(lambda: largest(title=SEEDLING * 200, description=SEEDLING * 1000), 200, id="emoji alone"),
        pytest.param(lambda: largest(title=SEEDLING, description="x" * 1000), 200, id="an emoji in each"),
        pytest.param(lambda: largest(title=SEEDLING, tags=TAGS, due=DUE, repeat="monthly"), 200, id="many small ones"),
        pytest.param(lambda: largest(title=SEEDLING, description=SEEDLING * 1000, escaped=True), 200, id="escapes"),
        pytest.param(lambda: full_of(b"[],"), 422, id="lists"),
        pytest.param(lambda: full_of(b"{},"), 422, id="objects"),
        pytest.param(lambda: full_of(b"0,"), 422, id="numbers"),
        pytest.param(lambda: full_of(b"[],", b'{"more":['), 422, id="lists elsewhere"),
        pytest.param(lambda: full_of(b'"",', HEAD + b'{"tags":['), 422, id="one todo with all"),
    ],
)
def test_no_import_takes_more_memory_than_the_chart_allows(
    database_url: URL, body: Callable[[], bytes], status: int
) -> None:
    with Served(database_url) as served, httpx2.Client(base_url=served.base_url, timeout=PATIENCE_S) as client:
        answer = client.post("/api/import", content=body(), headers={"content-type": "application/json"})
        assert answer.status_code == status, answer.text[:1000]
        client.get("/api/export").raise_for_status()
        taken = peak(served)
    assert taken < ALLOWED


def read(text: bytes) -> object:
    """Return what a document says, its todos parsed like the rest."""
    what = read_document(text)
    if isinstance(what, dict) and isinstance(what.get("todos"), list):
        what["todos"] = [json.loads(bytes(todo.text)) if hasattr(todo, "text") else todo for todo in what["todos"]]
    return what


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('{}[],:"\\todos 🌱', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["todos", "a", '"', "{"]), inner),
    max_leaves=12,
)
todos = st.lists(st.dictionaries(st.text('"\\{[,t', max_size=3), values, max_size=4) | values, max_size=6)


@given(st.fixed_dictionaries({}, optional={"a": values, "todos": todos, "b": values}) | values, st.booleans())
def test_a_document_that_is_read_in_parts_says_what_it_says(what: object, indented: bool) -> None:
    text = json.dumps(what, indent="\t" if indented else None, ensure_ascii=indented)
    assert read(text.encode()) == what


ENDS = ('{"a":1},]}', '{"a":1}{"a":2}]}', '{"a":1},', '{"a":1}', '{"a":1}]', '{"a":1]]}', '{"a":"1}]}', "{]}]}", "]}]")


@pytest.mark.parametrize("end", ENDS)
def test_what_is_no_json_is_no_document(end: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ImportDocument.model_validate(read_document(HEAD + end.encode()))
    assert [error["type"] for error in caught.value.errors()] == ["json_invalid"]
