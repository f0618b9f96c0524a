"""Registers and logs in as the page does, and looks at what that leaves in the database."""

from collections.abc import Awaitable
from datetime import timedelta
from http.cookies import SimpleCookie

import anyio
import httpx2
from fastapi import FastAPI
from sqlalchemy import func, select, text

from app.core.security import COOKIE
from app.models import Base

EMAIL = "ada@example.com"
PASSWORD = "correct horse"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
WRONG = {"email": EMAIL, "password": "battery staple"}


async def register(client: httpx2.AsyncClient, **fields: str) -> httpx2.Response:
    return await client.post("/api/auth/register", json={**CREDENTIALS, **fields})


async def login(client: httpx2.AsyncClient, **fields: str) -> httpx2.Response:
    return await client.post("/api/auth/login", json={**CREDENTIALS, **fields})


async def me(client: httpx2.AsyncClient) -> dict[str, object]:
    response = await client.get("/api/auth/me")
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


async def together(*calls: Awaitable[httpx2.Response]) -> list[httpx2.Response]:
    """Make calls at the same time; their answers in the order of the calls."""
    answers: dict[int, httpx2.Response] = {}

    async def make(number: int, call: Awaitable[httpx2.Response]) -> None:
        answers[number] = await call

    async with anyio.create_task_group() as group:
        for number, call in enumerate(calls):
            group.start_soon(make, number, call)
    return [answers[number] for number in range(len(calls))]


async def age(app: FastAPI, column: str, by: timedelta) -> None:
    table, name = column.split(".")
    async with app.state.database.transaction() as db:
        await db.execute(text(f"UPDATE {table} SET {name} = {name} - CAST(:by AS interval)"), {"by": by})  # noqa: S608


async def count(app: FastAPI, table: type[Base]) -> int:
    async with app.state.database.transaction() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


def cleared(response: httpx2.Response) -> bool:
    cookie = SimpleCookie(response.headers.get("set-cookie", "")).get(COOKIE)
    return cookie is not None and (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/")
