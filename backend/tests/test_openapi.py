"""The API's description: committed for clients, and shown by the app itself."""

import re

import httpx2
import pytest

from app.openapi import render
from tests.support import BACKEND


def test_the_committed_document_is_current() -> None:
    assert (BACKEND / "openapi.json").read_text() == render(), (
        "openapi.json is stale; in backend/ run: python -m app.openapi > openapi.json"
    )


@pytest.mark.anyio
async def test_the_docs_load_everything_from_the_app(client: httpx2.AsyncClient) -> None:
    page = await client.get("/api/docs")

    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 3
    for address in [*addresses, "/api/openapi.json"]:
        assert address.startswith("/api/")
        assert (await client.get(address)).status_code == 200
