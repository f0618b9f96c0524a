"""Brings the database's schema up to this release, then serves the application: `python -m app`."""

import gc
import sys
from pathlib import Path

import structlog
import uvicorn

from app import migrate
from app.core.config import ConfigError, load_settings
from app.core.logging import configure_logging


def main() -> int:
    """Serve until a signal; returns 1 when the schema cannot be brought up to date, 2 when the environment is wrong."""
    configure_logging("info")
    try:
        settings = load_settings()
    except ConfigError as error:
        structlog.get_logger("app").error(str(error))
        return 2
    if failed := migrate.main():
        return failed
    if not settings.reload:
        gc.disable()  # until the application is built: of what imports make, nothing is garbage
    uvicorn.run(
        "app.main:create_lasting_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        reload=settings.reload,
        reload_dirs=[str(Path(__file__).parent)] if settings.reload else None,
        loop="asyncio:SelectorEventLoop",  # the one that psycopg works with on every platform
        http="app.core.overload:RefusingProtocol",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=120,  # longer than any ingress keeps idle connections, so that it never reuses a dead one
        timeout_graceful_shutdown=20,  # below the 30 s that Kubernetes grants
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
