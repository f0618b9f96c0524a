"""/api/undo: takes a change back."""

from fastapi import APIRouter

from app.api.deps import AccountId, Transaction
from app.api.problems import problems
from app.schemas.changes import UndoRequest, UndoResult
from app.schemas.todos import TodoPublic
from app.services import undo

router = APIRouter(prefix="/undo", tags=["todos"])


@router.post("", responses=problems(404, 409))
async def undo_change(db: Transaction, account_id: AccountId, request: UndoRequest) -> UndoResult:
    """Put back what a change changed, once."""
    todos = await undo.take_back(db, account_id, request.undo)
    return UndoResult(items=[TodoPublic.model_validate(todo) for todo in todos])
