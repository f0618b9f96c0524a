"""Lets the language model answer: it says something, calls tools, sees what came of it, and goes on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from app.schemas.chat import ChatMessage, ChatText, ToolCall
from app.services.assistant import limits, prompting
from app.services.assistant.arguments import TOOLS
from app.services.assistant.model import LanguageModel, RequestedCall, Turn
from app.services.assistant.toolbox import Toolbox

_NOTHING = "I have nothing to say to that. Ask me to add, find, change, complete or delete todos."
_TOO_MUCH = "I stop here: that took more steps than I may take at once. Say “go on” if there is more to do."


async def answer(
    model: LanguageModel, toolbox: Toolbox, history: list[ChatMessage]
) -> AsyncGenerator[ChatText | ToolCall]:
    """Answer the toolbox's question.

    Raises:
        ModelUnavailable: The model does not answer; what was done before stays.
    """
    deadline = asyncio.get_running_loop().time() + limits.ANSWER_S
    messages = prompting.opening(history, toolbox.question, toolbox.now, toolbox.zone)
    length = 0
    for number in range(limits.ROUNDS):
        turn = Turn()
        async with aclosing(model.stream(messages, turn, deadline)) as deltas:
            async for delta in deltas:
                first = turn.text == delta
                yield ChatText(delta=f"\n\n{delta}" if first and length else delta)
                length += len(delta)
                if length > limits.TEXT:
                    return
        if not turn.calls:
            if not length:  # some models let their calls speak
                yield ChatText(delta="\n".join(call.summary for call in toolbox.calls) or _NOTHING)
            return
        for index, requested in enumerate(turn.calls):
            requested.id = requested.id or f"call_{number}_{index}"
        messages.append(prompting.asking(turn.calls, turn.text))
        for requested in turn.calls:
            async for call in _carry_out(toolbox, requested, messages):
                yield call
    yield ChatText(delta=f"\n\n{_TOO_MUCH}" if length else _TOO_MUCH)


async def _carry_out(
    toolbox: Toolbox, requested: RequestedCall, messages: list[dict[str, Any]]
) -> AsyncGenerator[ToolCall]:
    """Make one of the calls that the model asked for, and add to `messages` what came of it."""
    kind = TOOLS.get(requested.name)
    if kind is None:
        refusal = f"There is no such tool; there are {', '.join(TOOLS)}."
    elif len(toolbox.calls) >= limits.CALLS:
        refusal = "That were too many calls for one answer; say what was done and what is left."
    else:
        async for call in toolbox.call_as_written(kind, requested.arguments):
            yield call
        messages.append(prompting.result(requested.id, call))
        return
    messages.append(prompting.answer_call(requested.id, {"ok": False, "summary": refusal}))
