"""Calls tools for one answer: each in a transaction of its own, in which it is also written into the conversation."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from app.core.db import Database
from app.core.errors import DatabaseUnavailable, ProblemError
from app.schemas.chat import ChatRequest, ToolCall
from app.schemas.todos import TodoPublic
from app.services.accounts import lock_account
from app.services.assistant import limits, messages, tools
from app.services.assistant.arguments import Arguments, Rename, Update
from app.services.assistant.consent import read_consent
from app.services.assistant.grammar import Command, read_message
from app.services.assistant.messages import AnswerLost, Draft
from app.services.assistant.references import Context, find_named
from app.text import fold


class Toolbox:
    """The tools in the hands of one account, for what it asked."""

    def __init__(self, database: Database, account_id: UUID, asked: ChatRequest, draft: Draft) -> None:
        self._database = database
        self._account_id = account_id
        self._draft = draft
        self._earlier = [call for message in draft.history for call in message.calls]
        self.question = asked.message
        self.zone = asked.zone
        self.now = datetime.now(ZoneInfo(asked.zone))
        self.commands: list[Command] = read_message(asked.message, self.now, day_first=asked.day_first)
        last = draft.history[-1].calls[-1:] if draft.history else []
        self.choice = next((call for call in last if call.ok is False and call.todos), None)
        """The call that ended the last answer with a question: which of several todos, or whether this one."""

    @property
    def calls(self) -> list[ToolCall]:
        """The calls that were made."""
        return self._draft.calls

    async def settle(self, rename: Rename) -> Update:
        """Choose where the title ends that is to be changed: after the longest one that exists."""
        first = Update.model_validate(rename.model_dump(exclude_unset=True, exclude={"others"}))
        async with self._database.transaction() as db:
            for way in sorted(rename.others, key=lambda way: len(way.todo), reverse=True):
                [meaning, *_] = await find_named(db, self._account_id, way.todo, Context())
                if any(fold(todo.title) == fold(way.todo) for todo in meaning.todos):
                    return way
        return first

    async def call(self, arguments: Arguments) -> AsyncIterator[ToolCall]:
        """Call a tool: yields the call when it begins and when it is done.

        Raises:
            AnswerLost: The answer may not go on; the call did nothing.
            DatabaseUnavailable: The database did not answer; the call did nothing.
        """
        begun = _begin(arguments)
        yield begun
        try:
            async with self._database.transaction() as db:
                # In the order of whoever deletes an account or moves its todos, so that nobody waits for each other.
                await lock_account(db, self._account_id)
                await messages.hold(db, self._draft)
                outcome = await tools.run(self._scene(db), arguments)
                shown = outcome.todos[: limits.SHOWN]
                done = begun.model_copy(
                    update={"ok": True, "summary": outcome.summary, "todos": shown, "undo": outcome.undo}
                )
                await messages.save(db, self._draft, done)
        except tools.Refused as refusal:
            shown = refusal.todos[: limits.SHOWN]
            done = begun.model_copy(update={"ok": False, "summary": str(refusal), "todos": shown})
        except StaleDataError:
            done = begun.model_copy(update={"ok": False, "summary": _CHANGED_MEANWHILE})
        except ProblemError as problem:
            if isinstance(problem, AnswerLost | DatabaseUnavailable):
                raise
            done = begun.model_copy(update={"ok": False, "summary": str(problem.detail)})
        self.calls.append(done)
        yield done

    async def call_as_written(self, kind: type[Arguments], written: str) -> AsyncIterator[ToolCall]:
        """Call a tool with arguments as a language model writes them, which may be malformed.

        Raises:
            AnswerLost: As for `call`.
            DatabaseUnavailable: As for `call`.
        """
        try:
            arguments = kind.model_validate_json(written.strip() or "{}")
        except ValidationError as error:
            begun = ToolCall(id=uuid4(), name=kind.tool, arguments={}, ok=None, summary="", todos=[], undo=None)
            yield begun
            faults = [f"{'.'.join(map(str, item['loc'])) or 'JSON'}: {item['msg']}" for item in error.errors()]
            summary = f"The call was malformed, so nothing was done ({'; '.join(faults)})."
            self.calls.append(begun.model_copy(update={"ok": False, "summary": summary}))
            yield self.calls[-1]
        else:
            async for call in self.call(arguments):
                yield call

    def _scene(self, db: AsyncSession) -> tools.Scene:
        candidates = self.choice.todos if self.choice else []
        before = Context(_mentioned(self._earlier), candidates)
        deleting = self.choice is not None and self.choice.name == "delete"
        return tools.Scene(
            db=db,
            account_id=self._account_id,
            now=self.now,
            zone=self.zone,
            context=Context(_mentioned([*self._earlier, *self.calls]), candidates),
            # What the message means by "it" is what was shown before it, whatever the model looked at since.
            consent=partial(
                read_consent, db, self._account_id, self.question, self.commands, before, choosing=deleting
            ),
            undoable=[call.undo for call in reversed([*self._earlier, *self.calls]) if call.undo],
        )


_CHANGED_MEANWHILE = "Nothing was changed, as somebody else changed the same todo at this moment. Try again."


def _begin(arguments: Arguments) -> ToolCall:
    given = arguments.model_dump(mode="json", exclude_unset=True)
    return ToolCall(id=uuid4(), name=arguments.tool, arguments=given, ok=None, summary="", todos=[], undo=None)


def _mentioned(calls: list[ToolCall]) -> list[TodoPublic]:
    return next((call.todos for call in reversed(calls) if call.todos), [])
