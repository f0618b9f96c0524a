"""One answer: its events as they come, what is kept of it, and what happens when it cannot go on."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

import anyio
import structlog

from app.core.db import Database
from app.core.errors import DatabaseUnavailable, InternalProblem, ProblemError
from app.schemas.chat import ChatDone, ChatError, ChatMessage, ChatText, ToolCall
from app.services.assistant import builtin, messages, rounds
from app.services.assistant.messages import Draft
from app.services.assistant.model import LanguageModel, ModelUnavailable
from app.services.assistant.toolbox import Toolbox

logger = structlog.get_logger(__name__)

Event = ChatText | ToolCall | ChatDone | ChatError


class ModelStopped(ProblemError):
    """The language model broke off in the middle of an answer."""

    def __init__(self, reason: str) -> None:
        detail = (
            f"{reason} The answer ends here. What was changed before stays, and can be undone; ask again for the rest."
        )
        super().__init__(502, "assistant-stopped", "The assistant broke off", detail)


class Answers:
    """The answers that are under way."""

    def __init__(self) -> None:
        self._ends: set[asyncio.Event] = set()

    @asynccontextmanager
    async def under_way(self, answer: "Answer") -> AsyncIterator["Answer"]:
        """Close the answer in the end, whatever happened."""
        end = asyncio.Event()
        self._ends.add(end)
        living = asyncio.create_task(answer.live())
        try:
            yield answer
        finally:
            living.cancel()
            try:
                await answer.close()
            finally:
                end.set()
                self._ends.discard(end)

    async def ended(self, within_s: float) -> None:
        """Wait until those are kept that the server breaks off when it ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                for end in list(self._ends):
                    await end.wait()


class Answer:
    """An answer that has begun. `events` gives it piece by piece; `close` is called in the end, whatever happened."""

    def __init__(self, database: Database, model: LanguageModel, toolbox: Toolbox, draft: Draft) -> None:
        self._database = database
        self._model = model
        self._toolbox = toolbox
        self._draft = draft
        self._draft.builtin = not model.configured
        self._finished = False
        self._events = self._answer()

    async def events(self) -> AsyncGenerator[Event]:
        """Give the answer; the last event tells how it ended."""
        try:
            async for event in self._events:
                if isinstance(event, ChatText):
                    self._draft.text += event.delta
                yield event
            yield ChatDone(message=await self._finish(stopped=False))
        except ProblemError as problem:
            yield ChatError(problem=problem.document())
        except Exception:
            logger.exception("the assistant's answer failed with an unexpected error")
            yield ChatError(problem=InternalProblem().document())

    async def live(self) -> None:
        """Give signs of life until cancelled, so that nobody else begins an answer meanwhile."""
        while True:
            await asyncio.sleep(messages.RENEWAL_S)
            with suppress(DatabaseUnavailable):
                async with self._database.transaction() as db:
                    await messages.renew(db, self._draft)

    async def close(self) -> None:
        """End the answer, if it has not ended, and keep what was said and done."""
        with anyio.CancelScope(shield=True):
            await self._events.aclose()
            if not self._finished:
                try:
                    await self._finish(stopped=True)
                except ProblemError as problem:  # the conversation was cleared, or the database is away
                    logger.info("an answer that was stopped could not be kept", reason=problem.detail)

    async def _answer(self) -> AsyncGenerator[ChatText | ToolCall]:
        if self._model.configured:
            try:
                async with aclosing(rounds.answer(self._model, self._toolbox, self._draft.history)) as said:
                    async for event in said:
                        yield event
            except ModelUnavailable as error:
                if self._draft.text or self._draft.calls:
                    raise ModelStopped(str(error)) from error
                self._draft.builtin = True
                yield ChatText(delta=f"{error} The built-in assistant answers instead.\n\n")
            else:
                return
        async with aclosing(builtin.answer(self._toolbox)) as said:
            async for event in said:
                yield event

    async def _finish(self, *, stopped: bool) -> ChatMessage:
        async with self._database.transaction() as db:
            message = await messages.finish(db, self._draft, stopped=stopped)
        self._finished = True
        return message
