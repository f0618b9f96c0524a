"""/api/export and /api/import: the visitor's todos as one document."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api.deps import AccountId, Transaction
from app.api.problems import problems
from app.core.security import set_session_cookie
from app.schemas.transfer import ExportDocument, ImportDocument, ImportResult
from app.services import accounts, transfer

router = APIRouter(tags=["data"])


@router.get("/export")
async def export_todos(response: Response, db: Transaction, account_id: AccountId) -> ExportDocument:
    """Return all of the visitor's todos as a document that an import understands."""
    document = await transfer.export_todos(db, account_id)
    name = f"todos-{document.exported_at:%Y-%m-%d}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return document


@router.post("/import", responses=problems(429))
async def import_todos(
    request: Request,
    response: Response,
    db: Transaction,
    account_id: AccountId,
    document: ImportDocument,
    dry_run: Annotated[bool, Query(description="Only tell what would be done.")] = False,
) -> ImportResult:
    """Add what the visitor does not have yet and restore what was deleted: all of it, or nothing.

    What the visitor has already stays as it is, so a second time changes nothing.
    """
    if dry_run:
        plan = await transfer.plan_import(db, account_id, document)
        return ImportResult(created=len(plan.new), restored=len(plan.deleted), skipped=plan.skipped, undo=None)
    if account_id is None:
        account_id, token = await accounts.create_guest(db)
        set_session_cookie(request, response, token)
    return await transfer.import_todos(db, account_id, document)
