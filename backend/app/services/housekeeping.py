"""What is kept only for a while goes when somebody makes more of it: an idle app leaves its database alone."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Todo, Undo

DELETED_LIFETIME = timedelta(days=30)
"""How long a deleted todo can be restored."""
UNDO_LIFETIME = timedelta(hours=1)
"""How long a change can be taken back by its token."""
BATCH = 100


async def purge(db: AsyncSession) -> None:
    """Delete some of what is past its time."""
    # One that somebody restores at this moment is locked and stays.
    todos = select(Todo.id).where(Todo.deleted_at < func.now() - DELETED_LIFETIME)
    await db.execute(delete(Todo).where(Todo.id.in_(todos.limit(BATCH).with_for_update(skip_locked=True))))
    undos = select(Undo.id).where(Undo.created_at < func.now() - UNDO_LIFETIME)
    await db.execute(delete(Undo).where(Undo.id.in_(undos.limit(BATCH).with_for_update(skip_locked=True))))
