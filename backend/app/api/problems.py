"""What the OpenAPI document tells of the errors that an operation answers."""

from typing import Any

from fastapi import FastAPI

from app.core.errors import MEDIA_TYPE
from app.core.security import SAFE_METHODS

PROBLEMS = {
    400: "The body could not be read",
    401: "The session has ended, or the credentials are wrong",
    403: "Pages of that origin may not write here",
    404: "The visitor has no such thing",
    409: "It cannot be done as things are",
    413: "The body is too large",
    422: "The request is not valid",
    429: "Too many; Retry-After tells how long to wait",
    503: "The database is unavailable; Retry-After tells how long to wait",
}
"""Every error that the API answers, by status; 500 is a defect, not an answer."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what tells a route's `responses` which problems it has beyond those that its shape implies."""
    return {status: {} for status in statuses}


def describe_problems(app: FastAPI) -> None:
    """Make the document name every operation's problems, and that a session is never required."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path, operations in generate()["paths"].items():
                for method, operation in operations.items():
                    _describe(path, method.upper(), operation)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _describe(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    # The framework's own description of invalid requests stays out where there is a default.
    default = next(
        iter(responses.pop("default")["content"].values())
    )  # under the media type of the route's own answers
    visitors = "security" in operation
    if visitors:
        operation["security"].insert(0, {})
    implied = {
        400: "requestBody" in operation,
        401: visitors,
        403: method not in SAFE_METHODS,
        404: "{" in path,
        413: "requestBody" in operation,
        422: "requestBody" in operation or "parameters" in operation,
        503: visitors,
    }
    for status, description in PROBLEMS.items():
        response = responses.setdefault(str(status), {}) if implied.get(status) else responses.get(str(status))
        if response is not None:
            response["description"] = description
            content = response.get("content", {})
            response["content"] = {MEDIA_TYPE: content.get("application/json", default)}
    for response in responses.values():
        if events := response.get("content", {}).get("text/event-stream"):
            # What a route's model describes is each event's data, not the stream.
            data = {"contentMediaType": "application/json", "contentSchema": events.pop("schema")}
            events["itemSchema"]["properties"]["data"] |= data
    operation["responses"] = dict(sorted(responses.items()))
