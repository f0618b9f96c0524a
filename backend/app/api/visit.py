"""/api/visit: all that a page shows at first, in one call."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.auth import get_me
from app.api.deps import AccountId, Transaction
from app.api.todos import list_todos
from app.schemas.todos import TodoQuery
from app.schemas.visit import Visit

router = APIRouter(tags=["visit"])


@router.get("/visit")
async def get_visit(db: Transaction, account_id: AccountId, query: Annotated[TodoQuery, Query()]) -> Visit:
    """Tell who is visiting, and list the visitor's todos."""
    return Visit(me=await get_me(db, account_id), todos=await list_todos(db, account_id, query))
