"""The OpenAPI document, which clients are generated from. `python -m app.openapi` prints it."""

import json
import sys

from app.core.config import Settings
from app.main import create_app


def render() -> str:
    """Return the document as it is committed in openapi.json."""
    app = create_app(Settings(database_url="postgresql://nobody@localhost/todo"))
    return json.dumps(app.openapi(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
