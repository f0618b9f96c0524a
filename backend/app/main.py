"""The application: routers, middleware, lifespan."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from app.api import auth, chat, docs, health, todos, transfer, undo, visit
from app.api.problems import describe_problems
from app.core.config import Settings, load_settings
from app.core.db import Database
from app.core.errors import Problem, install_error_handlers
from app.core.logging import configure_logging
from app.core.metrics import Metrics
from app.core.middleware import BodyLimitMiddleware, RequestContextMiddleware
from app.core.overload import MOST_WAITING, Load, OverloadMiddleware
from app.core.security import check_origin
from app.services.assistant.answer import Answers
from app.services.assistant.model import LanguageModel
from app.services.lines import READS_PER_S, Pace


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Load]]:
    database: Database = app.state.database
    # Beside serving: a probe can be answered, and the log read, while the database is still away.
    connecting = asyncio.create_task(database.wait_until_ready())
    async with app.state.metrics.served(app.state.settings.host, app.state.settings.metrics_port):
        yield {"load": app.state.load}
    connecting.cancel()
    with suppress(asyncio.CancelledError):
        await connecting
    await app.state.answers.ended(within_s=5)
    await app.state.model.close()
    await database.close()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application.

    Raises:
        ConfigError: No settings were given and the environment's cannot be used.
    """
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    app = FastAPI(
        title="Todo API",
        version="1.0.0",
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the framework's own pages load their assets from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.database = Database(settings.database_url)
    app.state.model = LanguageModel(settings)
    app.state.answers = Answers()
    app.state.reads = Pace(READS_PER_S)
    app.state.load = Load(MOST_WAITING)
    app.state.metrics = Metrics(app.state.load, app.state.database)
    install_error_handlers(app)
    api = APIRouter(
        prefix="/api",
        dependencies=[Depends(check_origin)],
        responses={"default": {"model": Problem}},
    )
    for module in (auth, todos, undo, transfer, chat, visit, health, docs):
        api.include_router(module.router)
    app.include_router(api)
    app.mount(docs.ASSETS, StaticFiles(packages=[("fastapi_swagger", "resources")]))
    describe_problems(app)
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(RequestContextMiddleware, metrics=app.state.metrics)
    app.add_middleware(OverloadMiddleware, load=app.state.load)
    return app


GARBAGE_AFTER = 20_000
"""How many objects of a kind that may refer to each other come before the garbage collector looks for some that do.

Nearly all that a request makes goes without it. Looking after 700, as is the default, takes 4 % of a list's time.
"""


def create_lasting_app() -> FastAPI:
    """Build the application of a process that does nothing else.

    The garbage collector need not look at it again: each time would hold up every request for most of 0.1 s.

    Raises:
        ConfigError: The environment cannot be used.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    gc.enable()
    return app
