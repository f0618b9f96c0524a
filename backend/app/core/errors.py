"""Every error leaves the app as a problem document (RFC 9457) with a stable `type`."""

import json
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as FrameworkError

MEDIA_TYPE = "application/problem+json"
ALTERNATIVE = "|"
"""What the tags of a body's alternatives begin with; an error names the field alone."""


class FieldError(BaseModel):
    """One field of the request that is wrong."""

    field: str = Field(description="Dotted path of the field, such as `title`.")
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    type: str = Field(description="Stable identifier of the kind of problem.", examples=["/problems/validation"])
    title: str = Field(description="Short text, the same for every problem of this type.")
    status: int
    detail: str = Field(description="What went wrong here and how to mend it.")
    errors: list[FieldError] = Field(description="The fields that are wrong; empty unless some are.")
    request_id: str = Field(description="Identifies the request in the server's log.")


class ProblemError(HTTPException):
    """Raised anywhere below a route to answer with a problem document.

    An HTTPException, because the framework hides any other that is raised while it reads a body.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str,
        *,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind
        self.title = title
        self.errors = errors or []
        self.extra = extra or {}

    def document(self) -> Problem:
        """Return the document, without the members in `extra`."""
        return Problem(
            type=f"/problems/{self.kind}",
            title=self.title,
            status=self.status_code,
            detail=self.detail,
            errors=self.errors,
            request_id=structlog.contextvars.get_contextvars().get("request_id", ""),
        )

    def response(self) -> Response:
        """Render the document; members in `extra` stand beside the standard ones."""
        # ASCII escapes, because a message can quote a field name with a lone surrogate, which UTF-8 cannot hold.
        body = json.dumps({**self.document().model_dump(), **self.extra}, ensure_ascii=True)
        return Response(body, self.status_code, self.headers, MEDIA_TYPE)


class ValidationProblem(ProblemError):
    """The request is understood, but one or more of its fields are wrong."""

    def __init__(self, errors: list[FieldError]) -> None:
        fields = ", ".join(error.field for error in errors)
        detail = f"Mend the request and send it again; wrong: {fields}."
        super().__init__(422, "validation", "The request is not valid", detail, errors=errors)


class DatabaseUnavailable(ProblemError):
    """The database did not answer; the request may be sent again."""

    def __init__(self) -> None:
        detail = "The database does not answer at the moment; try again in a few seconds."
        super().__init__(
            503, "database-unavailable", "The database is unavailable", detail, headers={"Retry-After": "2"}
        )


class InternalProblem(ProblemError):
    """A defect of the app; the log tells more under the same request id."""

    def __init__(self) -> None:
        detail = "An unexpected error happened. It was logged under this request id."
        super().__init__(500, "internal", "Internal server error", detail)


def _from_http(error: FrameworkError, request: Request) -> ProblemError:
    """Translate what the framework itself raises, such as an unknown route."""
    phrase = HTTPStatus(error.status_code).phrase
    kind = phrase.lower().replace(" ", "-")
    match error.status_code:
        case 404:
            detail = f"There is nothing at {request.url.path}; see /api/docs."
        case 405:
            detail = f"{request.method} is not possible at {request.url.path}; see /api/docs."
        case 400:
            detail = "The body could not be read; send a JSON document in UTF-8."
        case _:
            detail = str(error.detail)
    return ProblemError(error.status_code, kind, phrase, detail, headers=dict(error.headers or {}))


def _from_validation(error: RequestValidationError) -> ValidationProblem:
    fields = []
    for item in error.errors():
        place, *path = (part for part in item["loc"] if not str(part).startswith(ALTERNATIVE))
        if item["type"] == "json_invalid":
            position = f" at position {path[0]}" if path else ""
            message = f"is not valid JSON{position}: {item['ctx']['error']}"
            fields.append(FieldError(field="body", message=message))
        elif item["type"] == "model_attributes_type" and not path:
            message = "must be a JSON object, sent with content-type application/json"
            fields.append(FieldError(field="body", message=message))
        else:
            fields.append(FieldError(field=".".join(map(str, path)) or str(place), message=item["msg"]))
    return ValidationProblem(fields)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error that reaches `app` answer with a problem document."""

    @app.exception_handler(ProblemError)
    async def _problem(_: Request, error: ProblemError) -> Response:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def _validation(_: Request, error: RequestValidationError) -> Response:
        return _from_validation(error).response()

    @app.exception_handler(FrameworkError)
    async def _http(request: Request, error: FrameworkError) -> Response:
        return _from_http(error, request).response()
