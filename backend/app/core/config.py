"""What the environment says, read once."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

from app.core.database_url import parse_database_url

URL_EXAMPLE = "postgresql://user:password@host:5432/todo"


class ConfigError(Exception):
    """The environment cannot be used; the message names each variable and how to mend it, never a value."""


def _invalid(message: str) -> PydanticCustomError:
    return PydanticCustomError("invalid", "{message}", {"message": message})


def _parse_database_url(value: object) -> URL:
    if isinstance(value, URL):
        return value
    try:
        return parse_database_url(str(value))
    except ValueError as error:
        raise _invalid(f"{error}; it must look like {URL_EXAMPLE}") from None


def _parse_origins(value: object) -> object:
    """Split a comma-separated list of origins such as http://localhost:3000."""
    if not isinstance(value, str):
        return value
    origins = [origin.strip().rstrip("/") for origin in value.split(",") if origin.strip()]
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
            raise _invalid(f"{origin!r} is not an origin; use scheme://host[:port], comma separated")
    return frozenset(origins)


def _parse_base_url(value: object) -> object:
    """Accept the root of an API such as https://api.openai.com/v1."""
    if not isinstance(value, str):
        return value
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise _invalid("is not an http or https URL; use the form https://HOST/v1")
    return value.strip()


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


DatabaseUrl = Annotated[URL, BeforeValidator(_parse_database_url)]
Origins = Annotated[frozenset[str], BeforeValidator(_parse_origins)]


BaseUrl = Annotated[str, BeforeValidator(_parse_base_url)]
ApiKey = Annotated[SecretStr, BeforeValidator(_strip)]


class Settings(BaseSettings):
    """The backend's configuration; each field is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        enable_decoding=False,
        env_ignore_empty=True,
        hide_input_in_errors=True,
        frozen=True,
        arbitrary_types_allowed=True,
    )

    database_url: DatabaseUrl
    direct_database_url: DatabaseUrl | None = None
    """Where migrations connect when DATABASE_URL goes through a pooler."""
    app_version: str = "dev"
    allowed_origins: Origins = frozenset()
    """Origins that may write besides the app's own host, e.g. a development server's."""
    openai_api_key: ApiKey | None = None
    """Turns on the assistant's language model; without it, the built-in assistant answers."""
    openai_base_url: BaseUrl = "https://api.openai.com/v1"
    """Where the language model is: OpenAI, or a server with the same chat completions."""
    openai_model: Annotated[str, BeforeValidator(_strip)] = "gpt-4.1-mini"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    host: str = ""
    """The only address to listen at; without one it is every address, of IPv6 too where there is one."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Where Prometheus is answered; without it nowhere."""
    reload: bool = False
    """Restart when the code changes; for development."""

    @property
    def migration_url(self) -> URL:
        """The URL that migrations use."""
        return self.direct_database_url or self.database_url


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        ConfigError: A variable is missing or malformed.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = []
        for item in error.errors(include_input=False, include_context=False, include_url=False):
            variable = str(item["loc"][0]).upper()
            missing = f"is not set; set it to a URL such as {URL_EXAMPLE}"
            problems.append(f"{variable} {missing if item['type'] == 'missing' else item['msg']}")
        raise ConfigError("reading the environment: " + "; ".join(problems)) from None
