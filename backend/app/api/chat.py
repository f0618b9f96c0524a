"""/api/chat: the conversation with the assistant."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

from app.api.deps import AccountId, AppDatabase, SessionToken, Transaction, get_account_id
from app.api.problems import problems
from app.core.security import set_session_cookie
from app.schemas.chat import Chat, ChatDone, ChatError, ChatEvent, ChatRequest, ChatText
from app.services import accounts
from app.services.assistant import messages
from app.services.assistant.answer import Answer, Answers
from app.services.assistant.model import LanguageModel
from app.services.assistant.toolbox import Toolbox

router = APIRouter(prefix="/chat", tags=["assistant"])

_NAMES: dict[type[BaseModel], str] = {ChatText: "text", ChatDone: "done", ChatError: "error"}


async def get_model(request: Request) -> LanguageModel:
    """Return the application's language model."""
    model: LanguageModel = request.app.state.model
    return model


Model = Annotated[LanguageModel, Depends(get_model)]


async def begin_answer(
    request: Request, response: Response, database: AppDatabase, token: SessionToken, model: Model, asked: ChatRequest
) -> AsyncIterator[Answer]:
    """Begin an answer, in a transaction of its own; end it when the response has ended, in whatever way.

    Raises:
        Busy: Another answer is under way.
        TooManyQuestions: The account asked too much lately.
    """
    async with database.transaction() as db:
        account_id = await get_account_id(request, response, db, token)
        if account_id is None:
            account_id, token = await accounts.create_guest(db)
            set_session_cookie(request, response, token)
        draft = await messages.begin(db, account_id, asked.message)
    toolbox = Toolbox(database, account_id, asked, draft)
    answers: Answers = request.app.state.answers
    async with answers.under_way(Answer(database, model, toolbox, draft)) as answer:
        yield answer


@router.post(
    "",
    response_class=EventSourceResponse,
    responses={200: {"model": ChatEvent, "description": "Events; each one's data is JSON."}, **problems(409, 429)},
)
async def ask(answer: Annotated[Answer, Depends(begin_answer)]) -> AsyncIterator[ServerSentEvent]:
    """Ask the assistant; a visitor without a session becomes a guest and gets one.

    The events are `text` (some more of the answer), `call` (twice for each tool call, when it begins and when it is
    done), and at the end `done` or `error`. A client that goes away stops the answer.
    """
    async for event in answer.events():
        yield ServerSentEvent(event=_NAMES.get(type(event), "call"), data=event)


@router.get("")
async def get_chat(db: Transaction, account_id: AccountId, model: Model) -> Chat:
    """Return the conversation so far; empty for a visitor without a session."""
    return Chat(messages=await messages.recent(db, account_id), builtin=not model.configured)


@router.delete("", status_code=204)
async def clear_chat(db: Transaction, account_id: AccountId) -> None:
    """Forget the conversation; an answer that is under way ends."""
    await messages.clear(db, account_id)
