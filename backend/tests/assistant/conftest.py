"""The assistant with a language model, which says what a test tells it to."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import URL

from app.core.config import Settings
from app.main import create_app
from tests.assistant.model_server import KEY, ModelServer


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with ModelServer().serving() as server:
        yield server
        assert not server.script, "everything that was to be said was said"


@pytest.fixture
async def modelled_app(database_url: URL, server: ModelServer) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=database_url, openai_api_key=KEY, openai_base_url=server.url, openai_model="scripted"
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def modelled(modelled_app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor of an app that has a language model."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(modelled_app), base_url="http://todo.local") as client:
        yield client
