"""The key and the headers of the user reach the host of the user's URL, and no other."""

from collections.abc import Generator
from pathlib import Path

import orjson
import pytest
from scripted_deployment import (
    Deployment,
    answer,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
)

from graphtape_contracts import Request
from graphtape_mock.cli.main import run
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError

KEY = "lsv2_pt_0123456789abcdef"
OTHER = "OTHER"
"""Stands for the host and port of the other listener in the cases."""
PATHS = (
    "@OTHER/steal",
    ":x@OTHER/steal",
    "http://OTHER/steal",
    "//OTHER/steal",
    "///OTHER/steal",
    "/\\OTHER/steal",
    "\\\\OTHER\\steal",
    "/\t/OTHER/steal",
    "\t//OTHER/steal",
    "/\n/OTHER/steal",
    "/#@OTHER/steal",
)
CONFINED = (
    "/@OTHER/steal",
    "/%2f%2fOTHER/steal",
    "/%40OTHER/steal",
    "/..//OTHER/steal",
    "/?@OTHER/",
)
"""Paths that are odd, and stay on the host."""


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream(event("values", {})))) as deployment:
        yield deployment


@pytest.fixture
def other() -> Generator[Deployment]:
    """A second listener, which must not be asked anything."""
    with deployed({"default": say(answer(200, {"version": "0.16.7"}))}) as other:
        yield other
    assert other.asked == []


def pointed_at(other: Deployment, path: str) -> str:
    return path.replace(OTHER, other.url.removeprefix("http://"))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_can_not_lead_a_request_to_another_host(
    deployment: Deployment, other: Deployment, path: str
) -> None:
    with (
        DeploymentConnection(deployment.url, key=KEY) as upstream,
        pytest.raises(DeploymentError, match="expected a path"),
    ):
        upstream.fetch("GET", pointed_at(other, path))

    assert deployment.asked == []


@pytest.mark.parametrize("path", CONFINED)
def test_an_odd_path_stays_on_the_host(
    deployment: Deployment, other: Deployment, path: str
) -> None:
    with DeploymentConnection(deployment.url, key=KEY) as upstream:
        upstream.fetch("GET", pointed_at(other, path))

    assert len(deployment.asked) == 1


@pytest.mark.parametrize("path", ["/" + "a" * 70_000])
def test_a_path_that_is_too_long_is_an_error(deployment: Deployment, path: str) -> None:
    with (
        DeploymentConnection(deployment.url) as upstream,
        pytest.raises(DeploymentError, match="can't be sent"),
    ):
        upstream.fetch("GET", path)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["http://OTHER/runs/stream", "//OTHER/x", "/\\OTHER/x"])
def test_a_redirect_is_not_followed(
    deployment: Deployment, other: Deployment, status: int, target: str
) -> None:
    moved = answer(status, b"", b"location: " + pointed_at(other, target).encode())
    deployment.scripts["default"] = say(moved)

    with DeploymentConnection(deployment.url, key=KEY) as upstream:
        with upstream.open(Request("GET", "/moved")) as response:
            assert response.response.status == status
        with pytest.raises(DeploymentError, match="redirect"):
            upstream.fetch("GET", "/moved")


def recording(folder: Path, path: str) -> Path:
    """Write a recording of one request to *path*."""
    request: dict[str, object] = {"method": "GET", "path": path, "headers": []}
    response = {"status": 200, "headers": [["content-type", "application/json"]]}
    lines: list[object] = [
        {"graphtape": 1, "recorded_at": "2026-11-24T00:35:27+00:00"},
        {"exchange": 1, "request": request, "response": response, "eol": "\r\n"},
        {"at": 0.1, "json": {}},
        {"at": 0.1, "end": "complete"},
    ]
    file = folder / "evil.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)) + b"\n")
    return file


@pytest.mark.parametrize("command", ["drift", "verify", "show"])
@pytest.mark.parametrize("path", PATHS)
def test_a_recording_with_such_a_path_is_refused_with_its_line(
    deployment: Deployment,
    other: Deployment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    path: str,
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", KEY)
    file = recording(tmp_path, pointed_at(other, path))
    urls = [deployment.url] if command == "drift" else []

    assert run([command, str(file), *urls]) == 2

    assert f"{file}:2" in capsys.readouterr().err.replace("\n", "")
    assert deployment.asked == []


@pytest.mark.parametrize("path", CONFINED)
def test_drift_asks_only_what_it_knows(
    deployment: Deployment,
    other: Deployment,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    path: str,
) -> None:
    file = recording(tmp_path, pointed_at(other, path))

    assert run(["drift", str(file), deployment.url]) == 1

    assert "of line 2" in capsys.readouterr().out
    assert [asked.line for asked in deployment.asked] == ["GET /info"]


def test_the_credentials_of_the_user_are_secret() -> None:
    url = "http://ann:pass-word@h/?code=hunter-2&x=%2Fpath"
    headers = (("x-api-token", "tok-9999"), ("accept", "text/plain"))
    with DeploymentConnection(url, key=KEY, headers=headers) as upstream:
        assert upstream.url == "http://h"
        assert {KEY, "pass-word", "hunter-2", "/path", "tok-9999"} < set(upstream.secrets)
        assert "text/plain" not in upstream.secrets


def test_the_query_of_the_url_goes_with_each_request(deployment: Deployment) -> None:
    deployment.query = "code=hunter-2"
    with DeploymentConnection(f"{deployment.url}/?{deployment.query}") as upstream:
        upstream.fetch("POST", "/assistants/search", b"{}")
        upstream.fetch("GET", "/assistants/a/graph?xray=true")

    assert [asked.line for asked in deployment.asked] == [
        "POST /assistants/search",
        "GET /assistants/a/graph?xray=true",
    ]


def test_without_the_query_the_deployment_refuses(deployment: Deployment) -> None:
    deployment.query = "code=hunter-2"
    with DeploymentConnection(deployment.url) as upstream:
        assert upstream.fetch("GET", "/info").response.status == 401


@pytest.mark.parametrize("url", ["http://\u2100.test", "http://1.2.3.999", "http://-é"])
def test_a_host_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(DeploymentError, match="http://127"):
        DeploymentConnection(url)
