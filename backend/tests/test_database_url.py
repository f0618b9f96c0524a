"""The database's URL is read by the rules of the table that the deployment's tests read, too."""

import json
import re
from pathlib import Path
from typing import TypedDict

import pytest
from sqlalchemy import URL

from app.core.database_url import OPTIONS, parse_database_url


class Reading(TypedDict):
    """What the driver gets."""

    user: str
    password: str
    hosts: list[str]
    port: int
    database: str


class Case(TypedDict, total=False):
    """One row."""

    case: str
    url: str
    refused: str
    reads: Reading


TABLE = json.loads(Path(__file__).with_name("database_urls.json").read_text(encoding="utf-8"))
CASES: list[Case] = TABLE["cases"]
by_name = pytest.mark.parametrize("row", CASES, ids=[row["case"] for row in CASES])


def connection_arguments(url: URL) -> dict[str, object]:
    """Say what SQLAlchemy would give to the driver."""
    return dict(url.get_dialect()().create_connect_args(url)[1])


@by_name
def test_each_url_is_read_or_refused_as_the_table_says(row: Case) -> None:
    if "refused" in row:
        with pytest.raises(ValueError, match=f"^{re.escape(row['refused'])}$"):
            parse_database_url(row["url"])
        return
    given = connection_arguments(parse_database_url(row["url"]))
    assert {
        "user": given["user"],
        "password": given.get("password", ""),
        "hosts": str(given["host"]).split(","),
        "port": given.get("port", 0),
        "database": given["dbname"],
    } == row["reads"]


def test_the_options_are_those_that_the_driver_knows() -> None:
    assert sorted(OPTIONS) == TABLE["options"]
