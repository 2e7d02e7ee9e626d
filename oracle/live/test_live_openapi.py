"""Schemathesis tests the real server with our OpenAPI documents; only known failures occur."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from run_cases import read_graphs, read_inputs
from schemathesis_run import Failure, run_schemathesis

from graphtape_contracts.openapi import VERSIONS, Version, document
from graphtape_mock.recordings.view import STREAM_MODES

KNOWN: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("known-openapi-failures.json").read_text()
)
"""The expected failures of langgraph-api 0.16.7, each with a reason."""

EVERYTHING = {"stream_mode": list(STREAM_MODES), "stream_subgraphs": True}


@pytest.fixture(name="uncreated")
def _uncreated(real: str) -> Iterator[None]:
    """Delete the assistants that a test creates, because other tests list all assistants."""
    before = assistants(real)
    yield
    after = assistants(real)
    for created in after - before:
        httpx.delete(f"{real}/assistants/{created}").raise_for_status()
    assert before <= after


def assistants(url: str) -> set[str]:
    found = httpx.post(f"{url}/assistants/search", json={"limit": 1000}).raise_for_status().json()
    return {assistant["assistant_id"] for assistant in found}


def explains(known: dict[str, Any], failure: Failure) -> bool:
    return (
        failure.check == known["check"]
        and failure.operation in known["operations"]
        and re.match(known["answer"], failure.answer) is not None
    )


@pytest.mark.usefixtures("uncreated")
@pytest.mark.parametrize("version", VERSIONS)
def test_schemathesis_finds_only_known_failures(
    version: Version, real: str, tmp_path: Path
) -> None:
    requests = {name: body | EVERYTHING for name, body in read_inputs().items()}
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document(version, graphs=read_graphs(), requests=requests)))

    options = ("--url", real, "--max-examples", "5", "--request-timeout", "60")
    found = run_schemathesis(file, tmp_path, *options)

    unknown = [f for f in found.failures if not any(explains(known, f) for known in KNOWN)]
    stale = [known for known in KNOWN if not any(explains(known, f) for f in found.failures)]
    assert not unknown, "\n".join(map(str, unknown))
    assert not found.errors
    assert not stale
    assert found.answers["POST /runs/stream", 200] >= len(requests)
    assert found.answers["POST /runs/wait", 200] >= len(requests)
