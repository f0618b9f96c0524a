"""The manual order: keys of fractional indexing, so that moving one todo changes no other."""

from fractional_indexing import generate_key_between
from sqlalchemy import Text, cast, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import FieldError, ValidationProblem
from app.models import Todo
from app.schemas.todos import Place

MAX_KEY = 100
"""A longer key, which takes hundreds of moves to the same place, makes the account's keys short again."""


async def move(db: AsyncSession, todo: Todo, place: Place) -> None:
    """Give the todo a key beside the todo that `place` names. The caller holds the account's lock.

    Raises:
        ValidationProblem: The account has no such todo.
    """
    [(side, neighbour_id)] = place.model_dump().items()
    found = select(Todo.position).where(Todo.id == neighbour_id, Todo.account_id == todo.account_id)
    key = await db.scalar(found.where(Todo.deleted_at.is_(None)))
    if key is None:
        message = f"You have no todo {neighbour_id} to put this one {side}; look at the list again."
        raise ValidationProblem([FieldError(field=f"position.{side}", message=message)])
    if neighbour_id == todo.id:
        return
    others = Todo.account_id == todo.account_id, Todo.id != todo.id
    if side == "before":
        above = await db.scalar(select(func.max(Todo.position)).where(*others, Todo.position < key))
        todo.position = generate_key_between(above, key)
    else:
        below = await db.scalar(select(func.min(Todo.position)).where(*others, Todo.position > key))
        todo.position = generate_key_between(key, below)
    if len(todo.position) > MAX_KEY:
        await db.flush()
        await _shorten(db, todo)


async def _shorten(db: AsyncSession, todo: Todo) -> None:
    """Renumber the account's todos in their order; keys of six digits, which new todos still come before."""
    order = func.row_number().over(order_by=(Todo.position, Todo.id))
    numbered = select(Todo.id, order.label("number")).where(Todo.account_id == todo.account_id).subquery()
    digits = func.upper(func.lpad(func.to_hex(numbered.c.number), 6, "0"))
    key = cast(literal("f"), Text) + digits
    # A statement of its own, which counts no versions: nobody's todo was changed by it.
    await db.execute(
        update(Todo).where(Todo.id == numbered.c.id).values(position=key, updated_at=Todo.updated_at),
        execution_options={"synchronize_session": False},
    )
    await db.refresh(todo, ["position"])
