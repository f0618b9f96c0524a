"""The OpenAPI document, which clients are generated from. `python -m app.openapi` prints it."""

import json
import sys
from typing import Any

from fastapi import FastAPI

from app.core.errors import MEDIA_TYPE


def describe_problems(app: FastAPI) -> None:
    """Make the document give problems their own media type, which the framework cannot be told per response."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in generate()["paths"].values():
                for operation in path.values():
                    for response in operation["responses"].values():
                        _use_problem_media_type(response)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _use_problem_media_type(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    if reference.endswith("Problem"):
        content[MEDIA_TYPE] = content.pop("application/json")


def render() -> str:
    """Return the document as it is committed in openapi.json."""
    from app.core.config import Settings  # noqa: PLC0415 - main imports this module
    from app.main import create_app  # noqa: PLC0415

    app = create_app(Settings(database_url="postgresql://localhost/todo"))
    return json.dumps(app.openapi(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
