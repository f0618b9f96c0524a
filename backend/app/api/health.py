"""Probes, and which release answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.api.deps import get_database
from app.core.db import Database
from app.core.errors import DatabaseUnavailable
from app.schemas.health import Health, Version

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def get_liveness() -> Health:
    """Tell that the process serves; never touches the database."""
    return Health()


@router.get("/health/ready")
async def get_readiness(database: Annotated[Database, Depends(get_database)]) -> Health:
    """Tell whether requests can be served: the last real outcome, asked anew only after a failure."""
    if not await database.ready():
        raise DatabaseUnavailable
    return Health()


@router.get("/version")
async def get_version(request: Request) -> Version:
    """Tell the release."""
    return Version(version=request.app.state.settings.app_version)
