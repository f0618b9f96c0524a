"""The environment: what is accepted, and that a mistake is told in one line without the secret."""

import json

import pytest
from sqlalchemy import URL

from app.core.config import ConfigError, load_settings
from tests.support import VARIABLES, run_module

PASSWORD = "hunter2"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_spelling_of_the_url_is_accepted(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", f"{scheme}://me:p%40ss@db.example:6543/todo?sslmode=require&channel_binding=require"
    )
    monkeypatch.setenv("DIRECT_DATABASE_URL", "")

    settings = load_settings()

    assert settings.database_url == URL.create(
        "postgresql+psycopg",
        "me",
        "p@ss",
        "db.example",
        6543,
        "todo",
        {"sslmode": "require", "channel_binding": "require"},
    )
    assert settings.migration_url == settings.database_url
    assert settings.app_version == "dev"


def test_migrations_take_the_direct_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@pooler/todo")
    monkeypatch.setenv("DIRECT_DATABASE_URL", "postgresql://me@direct/todo")

    assert load_settings().migration_url.host == "direct"


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/todo")
    monkeypatch.setenv("ALLOWED_ORIGINS", "http://localhost:3000, https://todo.example/")

    assert load_settings().allowed_origins == {"http://localhost:3000", "https://todo.example"}


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("DATABASE_URL", "", "is not set"),
        ("DATABASE_URL", f"postgresql://me:p@{PASSWORD}@db/todo", "write @ as %40"),
        (
            "DIRECT_DATABASE_URL",
            f"me:{PASSWORD}@db/todo",
            "it must look like postgresql://user:password@host:5432/todo",
        ),
        ("ALLOWED_ORIGINS", "localhost:3000", "is not an origin"),
        ("ALLOWED_ORIGINS", "http://localhost:3000/page", "is not an origin"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("PORT", "70000", "less than or equal to 65535"),
    ],
)
def test_a_mistake_is_named_without_the_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/todo")
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError) as caught:
        load_settings()

    message = str(caught.value)
    assert message.startswith(f"reading the environment: {variable} ")
    assert says in message
    assert PASSWORD not in message


@pytest.mark.parametrize("module", ["app", "app.migrate"])
def test_a_malformed_url_ends_the_program_with_one_line(module: str) -> None:
    result = run_module(module, DATABASE_URL=f"postgresql//me:{PASSWORD}@db/todo")

    assert result.returncode == 2
    assert result.stderr == ""
    [line] = result.stdout.splitlines()
    assert json.loads(line)["level"] == "error"
    assert "DATABASE_URL does not begin with postgresql://" in json.loads(line)["message"]
    assert PASSWORD not in line
