"""/api/todos: the visitor's own todos."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import UNDOABLE, AccountId, Transaction, undoable
from app.api.problems import problems
from app.core.security import set_session_cookie
from app.models import Todo
from app.reading.cases import CASES
from app.schemas.changes import BulkChange, BulkResult
from app.schemas.reading import CasesPublic, NewTodo, ReadingPublic, TodoLine
from app.schemas.todos import StaleProblem, TodoPage, TodoPublic, TodoQuery, TodoUpdate
from app.services import accounts, bulk, lines, listing, todos

router = APIRouter(prefix="/todos", tags=["todos"])
# Only an identifier is one: any other word is a path of its own, or none.


@router.get("")
async def list_todos(db: Transaction, account_id: AccountId, query: Annotated[TodoQuery, Query()]) -> TodoPage:
    """List the visitor's todos; empty for a visitor without a session."""
    return await listing.list_todos(db, account_id, query)


@router.post("", status_code=201, response_model=TodoPublic, responses={201: UNDOABLE, **problems(429)})
async def create_todo(
    request: Request, response: Response, db: Transaction, account_id: AccountId, new: NewTodo
) -> Todo:
    """Create a todo, from its fields or from a line; a visitor without a session becomes a guest and gets one."""
    todo = lines.todo_of(new) if isinstance(new, TodoLine) else new
    if account_id is None:
        account_id, token = await accounts.create_guest(db)
        set_session_cookie(request, response, token)
    async with undoable(response, db, account_id):
        return await todos.create_todo(db, account_id, todo)


@router.post("/read", responses=problems(429))
async def read_line(request: Request, line: TodoLine) -> ReadingPublic:
    """Tell what a line would add. Nothing is stored, and nobody becomes a guest."""
    pace: lines.Pace = request.app.state.reads
    if not pace.take():
        raise lines.TooManyReads
    return lines.preview(line)


@router.get("/read", response_model=list[CasesPublic])
async def get_cases() -> object:
    """List what is understood of a line, by examples."""
    return CASES


@router.post("/bulk", responses=problems(404))
async def change_todos(db: Transaction, account_id: AccountId, change: BulkChange) -> BulkResult:
    """Complete, delete or tag several todos: all of them, or none."""
    changed, token = await bulk.change_todos(db, account_id, change)
    return BulkResult(items=[TodoPublic.model_validate(todo) for todo in changed], undo=token)


@router.get("/{todo_id:uuid}", response_model=TodoPublic)
async def get_todo(db: Transaction, account_id: AccountId, todo_id: UUID) -> Todo:
    """Return one todo."""
    return await todos.get_todo(db, account_id, todo_id)


@router.patch("/{todo_id:uuid}", response_model=TodoPublic, responses={200: UNDOABLE, 409: {"model": StaleProblem}})
async def update_todo(
    response: Response, db: Transaction, account_id: AccountId, todo_id: UUID, change: TodoUpdate
) -> Todo:
    """Change the given fields, if the todo is still at the given version."""
    async with undoable(response, db, account_id):
        return await todos.update_todo(db, account_id, todo_id, change)


@router.delete("/{todo_id:uuid}", status_code=204, responses={204: UNDOABLE})
async def delete_todo(response: Response, db: Transaction, account_id: AccountId, todo_id: UUID) -> None:
    """Delete one todo; for 30 days it can be restored."""
    async with undoable(response, db, account_id):
        await todos.delete_todo(db, account_id, todo_id)


@router.post("/{todo_id:uuid}/restore", response_model=TodoPublic, responses={200: UNDOABLE})
async def restore_todo(response: Response, db: Transaction, account_id: AccountId, todo_id: UUID) -> Todo:
    """Bring a deleted todo back; one that is not deleted is answered as it is."""
    async with undoable(response, db, account_id):
        return await todos.restore_todo(db, account_id, todo_id)
