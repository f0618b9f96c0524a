"""What each tool does: the rules of the REST API, for one account, each change with its undo."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.schemas.changes import BulkAction, BulkChange
from app.schemas.todos import DueInput, DuePublic, TodoCreate, TodoPublic, TodoQuery, TodoSort, TodoStatus, TodoUpdate
from app.services import bulk, listing, todos, undo
from app.services.assistant import limits, wording
from app.services.assistant.arguments import Add, Arguments, Complete, Delete, Every, Find, List, Undo, Update
from app.services.assistant.consent import Consent
from app.services.assistant.references import Context, find_named

MOST = 200
"""How many todos one call changes."""


class Refused(Exception):
    """A tool does not do what it was called for; the message says why, and `todos` are those to choose among."""

    def __init__(self, message: str, candidates: list[TodoPublic] | None = None) -> None:
        super().__init__(message)
        self.todos = candidates or []


@dataclass(frozen=True)
class Outcome:
    """What came of a call; `undo` takes the change back."""

    summary: str
    todos: list[TodoPublic] = field(default_factory=list)
    undo: str | None = None


@dataclass(frozen=True)
class Scene:
    """For whom, where and when a tool is called. Nothing of it comes from the language model."""

    db: AsyncSession
    account_id: UUID
    now: datetime
    zone: str
    context: Context
    consent: Callable[[], Awaitable[Consent]]
    undoable: list[str]
    """Tokens of the conversation's changes, latest first."""

    @property
    def today(self) -> date:
        """The visitor's own day."""
        return self.now.date()


async def run(scene: Scene, arguments: Arguments) -> Outcome:
    """Call the tool that the arguments are of.

    Raises:
        Refused: It is not clear what is meant, or it is not to be done.
        ProblemError: A rule of todos forbids it.
    """
    try:
        return await _TOOLS[type(arguments)](scene, arguments)
    except ValidationError as error:
        faults = [f"{item['loc'][0] if item['loc'] else arguments.tool}: {item['msg']}" for item in error.errors()]
        raise Refused(f"Nothing was changed. {'; '.join(faults)}.") from error


async def _add(scene: Scene, wanted: Add) -> Outcome:
    new = TodoCreate(
        title=wanted.title,
        description=wanted.description,
        priority=wanted.priority,
        tags=wanted.tags,
        due=_due(scene, wanted, None),
        repeat=wanted.repeat,
    )
    async with undo.recording(scene.db, scene.account_id) as change:
        todo = TodoPublic.model_validate(await todos.create_todo(scene.db, scene.account_id, new))
    return Outcome(f"Added {wording.line(todo, scene.today)}.", [todo], change.token)


async def _list(scene: Scene, wanted: List) -> Outcome:
    sort = TodoSort.DUE if wanted.due_from or wanted.due_to or wanted.overdue else TodoSort.MANUAL
    query = TodoQuery(**wanted.model_dump(), sort=sort, limit=limits.SHOWN)
    page = await listing.list_todos(scene.db, scene.account_id, query)
    status = TodoStatus.PENDING if wanted.overdue else wanted.status
    return Outcome(wording.found(page, status, " overdue" if wanted.overdue else ""), page.items)


async def _search(scene: Scene, wanted: Find) -> Outcome:
    query = TodoQuery(q=wanted.query, status=wanted.status, limit=limits.SHOWN)
    page = await listing.list_todos(scene.db, scene.account_id, query)
    return Outcome(wording.found(page, wanted.status, f" with {wording.quoted(wanted.query)}"), page.items)


async def _update(scene: Scene, wanted: Update) -> Outcome:
    prefer = TodoStatus.COMPLETED if wanted.completed is False else TodoStatus.PENDING
    meant = await _named(scene, wanted.todo, prefer)
    given = wanted.model_dump(exclude_unset=True, exclude={"todo", "due_date", "due_time"}, exclude_none=True)
    done = []
    async with undo.recording(scene.db, scene.account_id) as recorded:
        for before in meant:
            change = dict(given)
            if "due_date" in wanted.model_fields_set or wanted.due_time is not None:
                change["due"] = _due(scene, wanted, before.due)
            if not change:
                raise Refused(f"Nothing was said to change of {wording.titles(meant)}.")
            update = TodoUpdate(version=before.version, **change)
            after = await todos.update_todo(scene.db, scene.account_id, before.id, update)
            done.append(TodoPublic.model_validate(after))
    if recorded.token is None:
        return Outcome(f"{wording.titles(meant)} {wording.be(meant)} like that already.", done)
    changes = [wording.changed(before, after, scene.today) for before, after in zip(meant, done, strict=True)]
    return Outcome("\n".join(changes), done, recorded.token)


async def _complete(scene: Scene, wanted: Complete) -> Outcome:
    meant = await _meant(scene, wanted, TodoStatus.PENDING)
    pending = [todo.id for todo in meant if not todo.completed]
    if not pending:
        return Outcome(f"{wording.titles(meant)} {wording.be(meant)} done already.", meant)
    changed, token = await bulk.change_todos(
        scene.db, scene.account_id, BulkChange(action=BulkAction.COMPLETE, ids=pending)
    )
    after = [TodoPublic.model_validate(todo) for todo in changed]
    done, following = after[: len(pending)], after[len(pending) :]
    summary = f"Marked {wording.titles(done)} as done."
    if following:
        summary += f" Next: {', '.join(wording.line(todo, scene.today) for todo in following[:3])}."
    return Outcome(summary, after, token)


async def _delete(scene: Scene, wanted: Delete) -> Outcome:
    consent = await scene.consent()
    if wanted.every is not None and not consent.covers(wanted.every):
        raise Refused(_NOT_ASKED)
    meant = await _meant(scene, wanted, None)
    if wanted.every is None and not all(consent.allows(todo) for todo in meant):
        if consent.unclear:
            raise Refused(wording.which_one(consent.unclear), list(consent.unclear))
        if all(todo.id in consent.doubtful or consent.allows(todo) for todo in meant):
            raise Refused(wording.really(meant), meant)
        raise Refused(_NOT_ASKED)
    _, token = await bulk.change_todos(
        scene.db, scene.account_id, BulkChange(action=BulkAction.DELETE, ids=[todo.id for todo in meant])
    )
    return Outcome(f"Deleted {wording.titles(meant)}.", meant, token)


async def _undo(scene: Scene, _: Undo) -> Outcome:
    for token in scene.undoable:
        with suppress(undo.UndoGone):  # taken back by its button, or too old
            restored = await undo.take_back(scene.db, scene.account_id, token)
            back = [TodoPublic.model_validate(todo) for todo in restored]
            what = f" {wording.titles(back)} {wording.be(back)} as before." if back else ""
            return Outcome(f"The last change is taken back.{what}", back)
    raise Refused("There is nothing to undo: only changes of the last hour that were made here can be taken back.")


_TOOLS: dict[type[Arguments], Callable[[Scene, Any], Awaitable[Outcome]]] = {
    Add: _add,
    List: _list,
    Find: _search,
    Update: _update,
    Complete: _complete,
    Delete: _delete,
    Undo: _undo,
}

_NOT_ASKED = "Nothing was deleted: the last message does not ask to delete that. Say for example: delete “its title”."


async def _meant(scene: Scene, wanted: Complete | Delete, prefer: TodoStatus | None) -> list[TodoPublic]:
    """Return the todos that a call is for, by name or all of a kind."""
    if wanted.every is not None:
        return await _all(scene, "pending" if wanted.every == "all" and prefer else wanted.every)
    if wanted.todo is None:
        raise Refused("Nothing was changed, as no todo was named.")
    return await _named(scene, wanted.todo, prefer)


async def _all(scene: Scene, every: Every) -> list[TodoPublic]:
    status = None if every == "all" else TodoStatus(every)
    page = await listing.list_todos(scene.db, scene.account_id, TodoQuery(status=status, limit=MOST))
    if not page.items:
        raise Refused(f"There are no {'' if status is None else f'{status} '}todos.")
    if page.next_cursor is not None:
        raise Refused(f"There are more than {MOST}, too many for one step. Nothing was changed; narrow it down.")
    return page.items


async def _named(scene: Scene, name: str, prefer: TodoStatus | None) -> list[TodoPublic]:
    """Return the todos of that name.

    Raises:
        Refused: There is none, or it may be one of several.
    """
    meanings = await find_named(scene.db, scene.account_id, name, scene.context, prefer)
    for meaning in meanings:
        if not meaning.todos:
            raise Refused(f"Nothing was changed, as no todo is called {wording.quoted(meaning.name)}.")
        if not meaning.clear:
            raise Refused(wording.which_one(meaning.todos), meaning.todos)
    return list({todo.id: todo for meaning in meanings for todo in meaning.todos}.values())[:MOST]


def _due(scene: Scene, wanted: Add | Update, before: DuePublic | None) -> DueInput | None:
    """Work out when it is due: a new day keeps the time that there was, with its zone; a time alone keeps the day."""
    if "due_date" in wanted.model_fields_set and wanted.due_date is None:
        return None
    if before and "due_time" not in wanted.model_fields_set:  # the time stays, where it was meant
        return DueInput(date=wanted.due_date or before.date, time=before.time, zone=before.zone)
    clock, day = wanted.due_time, wanted.due_date
    if day is None and before:
        day = before.date if before.time is None else before.at.astimezone(scene.now.tzinfo).date()
    if day is None and clock is None:
        return None
    if day is None and clock is not None:
        day = scene.today + timedelta(days=clock <= scene.now.time())
    return DueInput.model_validate({"date": day, "time": clock, "zone": scene.zone})
