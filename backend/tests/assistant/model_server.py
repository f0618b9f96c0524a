"""A server that speaks chat completions over HTTP and says what a test tells it to, well or badly."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

KEY = "sk-a-key-that-nobody-may-see"


@dataclass
class Reply:
    """One answer: an HTTP status, or deltas and how they end."""

    deltas: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    end: Literal["finish", "hang", "cut", "garbage", "unfinished"] = "finish"
    pause_s: float = 0


def says(*pieces: str, **how: Any) -> Reply:
    """Say a text, piece by piece."""
    return Reply([{"content": piece} for piece in pieces], **how)


def calls(*wanted: tuple[str, object], text: str = "", **how: Any) -> Reply:
    """Call tools, all at once. Arguments are given whole, or as the model writes them; they arrive in pieces."""
    deltas: list[dict[str, Any]] = [{"content": text}] if text else []
    for index, (name, arguments) in enumerate(wanted):
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        function = {"name": name, "arguments": ""}
        deltas.append({"tool_calls": [{"index": index, "id": f"id-{index}", "type": "function", "function": function}]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": written[start : start + 5]}}]}
            for start in range(0, len(written), 5)
        ]
    return Reply(deltas, **how)


class ModelServer:
    """Gives the replies of `script`, in order; `requests` are what it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()
        self.forget()

    def forget(self) -> None:
        """Be as new: nothing to say, and nothing heard."""
        self.script: list[Reply] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.gone = asyncio.Event()
        """Set when a client went away in the middle of a reply."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["ModelServer"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        try:
            yield self
        finally:
            server.close()
            for serving in self._serving:
                serving.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                headers = dict(line.split(": ", 1) for line in head.lower().splitlines()[1:] if ": " in line)
                self.keys.append(headers["authorization"])
                assert head.startswith("POST /v1/chat/completions ")
                self.requests.append(json.loads(await reader.readexactly(int(headers["content-length"]))))
                if not await self._reply(self.script.pop(0), reader, writer):
                    break

    async def _reply(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if reply.status != 200:
            body = json.dumps({"error": {"message": f"no: {KEY}", "code": "a_code"}}).encode()
            writer.write(f"HTTP/1.1 {reply.status} No\r\ncontent-type: application/json\r\n".encode())
            writer.write(f"content-length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
            return True
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for delta in reply.deltas:
            self._send(writer, _chunk(delta))
            await writer.drain()
            await asyncio.sleep(reply.pause_s)
        match reply.end:
            case "hang":
                gone = self.gone
                await reader.read()  # until the client has enough
                gone.set()
                return False
            case "cut":
                writer.transport.abort()
                return False
            case "garbage":
                self._send(writer, "data: {not json\n\n")
            case "finish":
                kind = "tool_calls" if any("tool_calls" in delta for delta in reply.deltas) else "stop"
                self._send(writer, _chunk({}, finish=kind) + "data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    @staticmethod
    def _send(writer: asyncio.StreamWriter, event: str) -> None:
        data = event.encode()
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")


def _chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
    return f"data: {json.dumps(event)}\n\n"
