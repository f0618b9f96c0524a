"""Asks the language model: chat completions with tools, streamed, from OpenAI or a server that speaks the same."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import structlog

from app.core.config import Settings
from app.services.assistant import limits
from app.services.assistant.arguments import definitions
from app.services.assistant.thoughts import Thoughts

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
    from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

logger = structlog.get_logger(__name__)


class ModelUnavailable(Exception):
    """The language model does not answer; the message is a sentence for the visitor, with no secret in it."""


@dataclass
class RequestedCall:
    """A tool call as the model spells it, piece by piece."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def is_whole(self) -> bool:
        """Whether all of its arguments have come."""
        try:
            json.loads(self.arguments)
        except ValueError:
            return False
        return True


@dataclass
class Turn:
    """What the model said in one round."""

    text: str = ""
    calls: list[RequestedCall] = field(default_factory=list)
    finished: bool = False
    _open: dict[int | None, RequestedCall] = field(default_factory=dict)
    """The call that the next piece of each number belongs to."""

    def gather(self, piece: "ChoiceDeltaToolCall") -> None:
        """Add a piece of a call. Servers number calls from 0, from 1, with gaps, all the same or not at all."""
        name = piece.function.name if piece.function else None
        call = self._open.get(piece.index) if piece.index is not None else (self.calls[-1] if self.calls else None)
        if call is None or (piece.id and call.id not in {"", piece.id}) or (name and call.is_whole() and not piece.id):
            call = RequestedCall()
            self.calls.append(call)
            self._open[piece.index] = call
        call.id = call.id or piece.id or ""
        call.name = call.name or name or ""
        if piece.function is not None:
            call.arguments += piece.function.arguments or ""


class LanguageModel:
    """The configured model. Its package is loaded with the first question: that takes a second and 50 MB."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.openai_api_key
        self._base_url = settings.openai_base_url
        self._name = settings.openai_model
        self._client: AsyncOpenAI | None = None

    @property
    def configured(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    async def close(self) -> None:
        """Close its connections."""
        if self._client is not None:
            await self._client.close()

    async def stream(self, messages: list[dict[str, Any]], turn: Turn, deadline: float) -> AsyncGenerator[str]:
        """Ask once: yields the text as it comes, and gathers what was said in `turn`.

        Raises:
            ModelUnavailable: It cannot be reached, refuses, falls silent, or is not done by `deadline` (loop's time).
        """
        if self._client is None:
            self._client = await asyncio.to_thread(self._load)  # beside serving the others
        try:
            async with _patience(deadline):
                chunks = await self._client.chat.completions.create(
                    model=self._name,
                    messages=cast("list[ChatCompletionMessageParam]", messages),
                    tools=cast("list[ChatCompletionToolParam]", definitions()),
                    stream=True,
                )
            thoughts = Thoughts()
            async with chunks:
                while True:
                    async with _patience(deadline):
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        break
                    for choice in chunk.choices[:1]:
                        turn.finished = turn.finished or choice.finish_reason is not None
                        for piece in choice.delta.tool_calls or []:
                            turn.gather(piece)
                        if delta := thoughts.leave_out(_storable(choice.delta.content or "")):
                            turn.text += delta
                            yield delta
            if rest := thoughts.rest():
                turn.text += rest
                yield rest
        except Exception as error:
            raise self._unavailable(error) from error
        if not turn.finished:
            raise self._unavailable(ConnectionError())

    def _load(self) -> "AsyncOpenAI":
        import openai  # noqa: PLC0415

        assert self._key is not None  # noqa: S101 - asked only when configured
        for talkative in ("openai", "httpx2"):  # what users say, and addresses that may hold a password
            logging.getLogger(talkative).setLevel(logging.WARNING)
        timeout = openai.Timeout(limits.CHUNK_S, connect=limits.CONNECT_S)
        client = openai.AsyncOpenAI(
            api_key=self._key.get_secret_value(), base_url=self._base_url, timeout=timeout, max_retries=0
        )
        _ = client.chat.completions  # loads the rest of the package
        return client

    def _unavailable(self, error: Exception) -> ModelUnavailable:
        """Log for the operator what is wrong, and say it to the visitor; neither holds the key or anybody's text."""
        status = getattr(error, "status_code", None)
        code = getattr(error, "code", None)
        match status:
            case 401 | 403:
                hint = "the language model refuses the key; set OPENAI_API_KEY to a valid one"
                sentence = "The language model does not accept this app's key; whoever runs the app has to renew it."
            case 404:
                hint = "the language model does not exist there; check OPENAI_MODEL and OPENAI_BASE_URL"
                sentence = "The language model that this app is set to does not exist."
            case 429:
                hint = "the language model's limit or credit is used up; raise it, or wait"
                sentence = "The language model has more to do than it is allowed to at the moment."
            case int() if status >= 500:
                hint = "the language model has an error of its own"
                sentence = "The language model has a problem of its own at the moment."
            case int():
                hint = "the language model refuses the request; check OPENAI_MODEL and OPENAI_BASE_URL"
                sentence = "The language model did not accept the question."
            case _ if isinstance(error, TimeoutError) or "timeout" in type(error).__name__.lower():
                hint = "the language model does not answer in time; check OPENAI_BASE_URL and the network"
                sentence = "The language model does not answer in time."
            case _:
                hint = "the language model cannot be reached or breaks off; check OPENAI_BASE_URL and the network"
                sentence = "The language model cannot be reached at the moment."
        server = urlsplit(self._base_url).hostname  # the rest may hold a password
        logger.warning(hint, server=server, model=self._name, status=status, code=code, error=type(error).__name__)
        return ModelUnavailable(sentence)


def _patience(deadline: float) -> asyncio.Timeout:
    return asyncio.timeout_at(min(deadline, asyncio.get_running_loop().time() + limits.CHUNK_S))


def _storable(text: str) -> str:
    """Drop what neither PostgreSQL nor UTF-8 can hold."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
