"""The stored conversation, and who may answer: one answer at a time for each account, whatever number of replicas.

An answer's message is stored when the answer begins, with a time until which it is taken for alive. That row is the
lock: a unique index lets an account have one. No transaction is held open meanwhile; the process puts the time off as
long as it answers, and when it dies, the time soon runs out.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.errors import ProblemError
from app.models import Message
from app.schemas.chat import ChatMessage, ToolCall
from app.services import attempts, undo
from app.services.assistant.limits import QUESTIONS

KEPT = 100
"""How many messages of a conversation are kept."""
LEASE = timedelta(seconds=15)
"""How long after its last sign of life an answer is taken for dead."""
RENEWAL_S = 4.0
"""How often an answer gives a sign of life: a slow database may swallow two."""


class Busy(ProblemError):
    """The account's last question is being answered."""

    def __init__(self) -> None:
        detail = "The assistant still answers your last message. Wait for it, or stop it, and send this one again."
        super().__init__(409, "busy", "The assistant is answering", detail, headers={"Retry-After": "5"})


class TooManyQuestions(attempts.TooMany):
    """The account asked the assistant more than it may."""

    def __init__(self, wait: timedelta) -> None:
        reason = f"You have sent the assistant {QUESTIONS} messages within a quarter of an hour, and it takes no more"
        super().__init__(wait, "too-many-questions", "Too many messages to the assistant", reason)


class AnswerLost(ProblemError):
    """The answer may not go on: the conversation was cleared, or the answer took so long that another one began."""

    def __init__(self) -> None:
        detail = "The conversation was cleared or went on elsewhere, so this answer ends here."
        super().__init__(409, "answer-ended", "The answer was ended", detail)


@dataclass
class Draft:
    """An answer as far as it is."""

    id: UUID
    history: list[ChatMessage]
    """What was said before the question, oldest first."""
    builtin: bool = False
    text: str = ""
    calls: list[ToolCall] = field(default_factory=list)


async def begin(db: AsyncSession, account_id: UUID, question: str) -> Draft:
    """Store the question, and the answer to it while it is still empty.

    Raises:
        Busy: Another answer is under way.
        TooManyQuestions: The account asked too much lately; what is refused does not count.
    """
    if wait := await attempts.count(db, attempts.questions_of(account_id), QUESTIONS):
        raise TooManyQuestions(wait)
    now = datetime.now(UTC)
    stale = Message.account_id == account_id, Message.answering_until < now
    await db.execute(update(Message).where(*stale).values(answering_until=None))
    history = await recent(db, account_id)
    db.add(Message(account_id=account_id, role="user", text=question))
    await db.flush()
    answer_id = uuid4()
    answer = insert(Message).values(
        id=answer_id, account_id=account_id, role="assistant", text="", stopped=True, answering_until=now + LEASE
    )
    taken = await db.scalar(answer.on_conflict_do_nothing().returning(Message.id))
    if taken is None:
        raise Busy
    await _forget_old(db, account_id)
    return Draft(answer_id, history)


async def renew(db: AsyncSession, draft: Draft) -> None:
    """Give a sign of life, unless the answer has been ended."""
    own = Message.id == draft.id, Message.answering_until.is_not(None)
    await db.execute(update(Message).where(*own).values(answering_until=datetime.now(UTC) + LEASE))


async def hold(db: AsyncSession, draft: Draft) -> None:
    """Keep others from ending the answer until the transaction ends.

    Raises:
        AnswerLost: It has been ended.
    """
    query = select(Message.id).where(Message.id == draft.id, Message.answering_until.is_not(None))
    if await db.scalar(query.with_for_update()) is None:
        raise AnswerLost


async def save(db: AsyncSession, draft: Draft, call: ToolCall) -> None:
    """Store what was said and done so far and, in the transaction in which it is done, one more call."""
    await _write(db, draft, [*draft.calls, call], stopped=True)


async def finish(db: AsyncSession, draft: Draft, *, stopped: bool) -> ChatMessage:
    """Store the whole answer and let the next one begin.

    Raises:
        AnswerLost: It has been ended.
    """
    return await _write(db, draft, draft.calls, stopped=stopped, answering_until=None)


async def recent(db: AsyncSession, account_id: UUID | None) -> list[ChatMessage]:
    """Return the conversation, oldest first, without an answer that is under way; what can be undone has its undo."""
    if account_id is None:
        return []
    query = select(Message).where(Message.account_id == account_id).order_by(Message.number.desc()).limit(KEPT)
    now = datetime.now(UTC)
    rows = [row for row in await db.scalars(query) if row.answering_until is None or row.answering_until < now]
    said = [ChatMessage.model_validate(row) for row in reversed(rows)]
    calls = [call for message in said for call in message.calls if call.undo]
    living = await undo.living(db, account_id, [call.undo for call in calls if call.undo])
    for call in calls:
        call.undo = call.undo if call.undo in living else None
    return said


async def clear(db: AsyncSession, account_id: UUID | None) -> None:
    """Forget the conversation; an answer that is under way stops before it does anything more."""
    if account_id is not None:
        await db.execute(delete(Message).where(Message.account_id == account_id))


async def _write(db: AsyncSession, draft: Draft, calls: list[ToolCall], **fields: object) -> ChatMessage:
    fields |= {"text": draft.text, "calls": [call.model_dump(mode="json") for call in calls], "builtin": draft.builtin}
    own = Message.id == draft.id, Message.answering_until.is_not(None)
    row = await db.scalar(update(Message).where(*own).values(fields).returning(Message))
    if row is None:
        raise AnswerLost
    return ChatMessage.model_validate(row)


async def _forget_old(db: AsyncSession, account_id: UUID) -> None:
    numbers = select(Message.number).where(Message.account_id == account_id).order_by(Message.number.desc())
    oldest = numbers.offset(KEPT).limit(1).scalar_subquery()
    await db.execute(delete(Message).where(Message.account_id == account_id, Message.number <= oldest))
