"""Schemathesis accepts the OpenAPI documents, and checks the mock against them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from schemathesis_run import CHECKS, LEFT_OUT, run_schemathesis

from graphtape_contracts.openapi import VERSIONS, document
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer


def serve(recordings: Path) -> BackgroundServer:
    return BackgroundServer(Mock(load([recordings]), ReplayOptions(speed=0, seed=0)))


@pytest.fixture(name="url")
def _url() -> Iterator[str]:
    with serve(bundled_recordings()) as server:
        yield server.url


@pytest.mark.parametrize("version", VERSIONS)
def test_schemathesis_finds_nothing_wrong_with_the_mock(
    url: str, version: str, tmp_path: Path
) -> None:
    document = f"{url}/openapi.json?version={version}"

    found = run_schemathesis(document, tmp_path, "--max-examples", "3")

    assert not found.failures, "\n".join(map(str, found.failures))
    assert not found.errors
    recordings = len(list(bundled_recordings().iterdir()))
    assert found.answers["POST /runs/stream", 200] >= recordings
    assert found.answers["POST /runs/wait", 200] >= recordings


BROKEN = {
    "agent": ('"attempt":1}', '"attempt":"first"}'),
    "subgraphs": ('"data":{"search":{"visited":["search"]}}', '"data":["search"]'),
    "failing": ('"data":{"error":"ValueError",', '"data":{"error":5,'),
}
"""A replacement in an event of each recording: the first, one of a subgraph, the last."""


@pytest.mark.parametrize("version", VERSIONS)
def test_schemathesis_sees_events_that_break_their_schema(version: str, tmp_path: Path) -> None:
    for name, (kept, broken) in BROKEN.items():
        text = (bundled_recordings() / f"{name}.jsonl").read_text(encoding="utf-8")
        (tmp_path / f"{name}.jsonl").write_text(text.replace(kept, broken), encoding="utf-8")

    with serve(tmp_path) as server:
        document = f"{server.url}/openapi.json?version={version}"
        only = ("--phases", "examples", "--include-path", "/runs/stream")
        found = run_schemathesis(document, tmp_path, *only)

    told = [str(failure).partition("\n")[0] for failure in found.failures]
    assert len(told) == len(BROKEN)
    assert {line.rpartition(": Event #")[0] for line in told} == {
        "POST /runs/stream: response_schema_conformance"
    }


def test_a_server_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(document()))

    only = ("--phases", "coverage", "--include-path", "/ok")
    found = run_schemathesis(file, tmp_path, "--url", "http://127.0.0.1:9", *only)

    assert found.errors
    assert not found.answers


def test_each_check_of_schemathesis_is_run_or_left_out_for_a_reason() -> None:
    st = Path(sys.executable).with_name("st")
    usage = subprocess.run([st, "run", "--help"], capture_output=True, text=True, check=True).stdout

    known = re.search(r"--checks .*?\[possible values: (.*?), all\]", " ".join(usage.split()))

    assert known is not None
    assert {*CHECKS, *LEFT_OUT} == set(known[1].split(", "))
