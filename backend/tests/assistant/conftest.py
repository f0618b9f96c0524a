"""The assistant with a language model, which says what a test tells it to."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import URL

from app.core.config import Settings
from app.main import create_app
from tests.assistant.conversation import ask
from tests.assistant.model_server import KEY, ModelServer, says
from tests.conftest import visitors


@pytest.fixture(scope="session")
async def running_server() -> AsyncIterator[ModelServer]:
    async with ModelServer().serving() as server:
        yield server


@pytest.fixture
def server(running_server: ModelServer) -> Iterator[ModelServer]:
    """The model's server, which was told nothing yet."""
    running_server.forget()
    yield running_server
    assert not running_server.script, "everything that was to be said was said"


@pytest.fixture(scope="session")
async def running_modelled_app(migrated_database: URL, running_server: ModelServer) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=migrated_database,
        openai_api_key=KEY,
        openai_base_url=running_server.url,
        openai_model="scripted",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app), visitors(app) as visitor:
        running_server.script = [says("Hi.")]  # the model is loaded before a test shortens its time limits
        await ask(visitor(), "hello")
        yield app


@pytest.fixture
def modelled_app(running_modelled_app: FastAPI, database_url: URL, server: ModelServer) -> FastAPI:
    """An app that has a language model, without a visitor."""
    return running_modelled_app


@pytest.fixture
async def modelled(modelled_app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor of an app that has a language model."""
    async with visitors(modelled_app) as visitor:
        yield visitor()
