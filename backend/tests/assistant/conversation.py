"""Talks to the assistant as the page does."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.support import PATIENCE_S


@dataclass
class Said:
    """One answer, as its events tell it."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(data["delta"] for name, data in self.events if name == "text")

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The calls with what came of them."""
        return [data for name, data in self.events if name == "call" and data["ok"] is not None]

    @property
    def end(self) -> dict[str, Any]:
        name, data = self.events[-1]
        assert name in {"done", "error"}, self.events
        end: dict[str, Any] = data["message" if name == "done" else "problem"]
        return end


def events_of(body: str) -> list[tuple[str, dict[str, Any]]]:
    """Read a stream of events to its end."""
    events = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            assert lines.keys() == {"event", "data"}, block
            events.append((lines["event"], json.loads(lines["data"])))
    return events


async def ask(client: httpx2.AsyncClient, message: str, zone: str = "UTC") -> Said:
    """Say something and wait for the whole answer."""
    response = await client.post("/api/chat", json={"message": message, "zone": zone}, timeout=PATIENCE_S)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    said = Said(events_of(response.text))
    begun = [data["id"] for name, data in said.events if name == "call" and data["ok"] is None]
    assert begun == [call["id"] for call in said.calls], "each call begins once and ends once"
    return said
