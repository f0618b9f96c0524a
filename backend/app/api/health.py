"""Probes, and which release answers."""

from fastapi import APIRouter, Request

from app.api.deps import AppDatabase
from app.api.problems import problems
from app.core.errors import DatabaseUnavailable
from app.schemas.health import Health, Version

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def get_liveness() -> Health:
    """Tell that the process serves; never touches the database."""
    return Health()


@router.get("/health/ready", responses=problems(503))
async def get_readiness(database: AppDatabase) -> Health:
    """Tell whether requests can be served: the last real outcome, asked anew only after a failure."""
    if not await database.ready():
        raise DatabaseUnavailable
    return Health()


@router.get("/version")
async def get_version(request: Request) -> Version:
    """Tell the release."""
    return Version(version=request.app.state.settings.app_version)
