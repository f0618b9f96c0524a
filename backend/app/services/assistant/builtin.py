"""The built-in assistant: commands in plain English, over the same tools, without a language model."""

import json
from collections.abc import AsyncGenerator
from datetime import date

from app.schemas.chat import ChatText, ToolCall
from app.services.assistant.arguments import TOOLS, Arguments, Rename
from app.services.assistant.consent import denies
from app.services.assistant.grammar import Command, NotUnderstood, Talk
from app.services.assistant.limits import COMMANDS
from app.services.assistant.references import choose, pick
from app.services.assistant.toolbox import Toolbox
from app.services.assistant.wording import lines, quoted, shortened

EXAMPLES = """\
- add call mum tomorrow at 9am
- show my pending todos
- mark call mum as done
- rename call mum to call dad
- move call dad to friday
- set the priority of call dad to high
- delete the call dad todo
- undo"""
HELP = f"I am the built-in assistant and understand commands like these:\n{EXAMPLES}"


async def answer(toolbox: Toolbox) -> AsyncGenerator[ChatText | ToolCall]:
    """Carry out the question's commands, in order, and say what came of each."""
    understood = any(isinstance(command, Arguments) for command in toolbox.commands)
    if toolbox.choice is not None and not understood and denies(toolbox.question):
        yield ChatText(delta="All right, nothing was changed.")
        return
    commands = _chosen(toolbox) or toolbox.commands
    for number, command in enumerate(commands[:COMMANDS]):
        if number:
            yield ChatText(delta="\n\n")
        if isinstance(command, Arguments):
            settled = await toolbox.settle(command) if isinstance(command, Rename) else command
            async for call in toolbox.call(settled):
                yield call
            yield ChatText(delta=_report(call, toolbox.now.date()))
        else:
            yield ChatText(delta=_talk(command))
    if len(commands) > COMMANDS:
        yield ChatText(delta=f"\n\nThat were more than {COMMANDS} commands in one message; send the others again.")


def _chosen(toolbox: Toolbox) -> list[Command]:
    """Repeat the call that was unclear for those todos that the visitor now picks."""
    if toolbox.choice is None:
        return []
    understood = any(isinstance(command, Arguments) for command in toolbox.commands)
    picked = (pick if understood else choose)(toolbox.question, toolbox.choice.todos)
    kind, before = TOOLS[toolbox.choice.name], toolbox.choice.arguments
    # As JSON, which is how the call was kept.
    return [kind.model_validate_json(json.dumps({**before, "todo": str(todo.id)})) for todo in picked]


def _report(call: ToolCall, today: date) -> str:
    """Say what came of a call; todos that were asked for are numbered, so that the next message can pick one."""
    shows = call.todos and (call.name in {"list", "search"} or not call.ok)
    return f"{call.summary}\n{lines(call.todos, today)}" if shows else call.summary


def _talk(command: Command) -> str:
    match command:
        case Talk("thanks"):
            return "You are welcome."
        case NotUnderstood(text):
            return f"I did not understand {quoted(shortened(text))}. {HELP}"
        case _:
            return HELP
