"""The checks of the endurance tests see what they look for."""

from contextlib import closing
from pathlib import Path

import fuzz_client
import pytest
import test_endurance_damage
from bad_deployments import bad_deployments
from damaged_replay import try_recording
from deployment_kinds import END, JSON, STREAM, Kind, Reset, answer
from fuzz_client import send_all
from fuzz_requests import FuzzRequest, request
from recordings_for_chaos import write_recordings
from rounds import random_for
from rude_clients import ACTS, RudeClients

from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

ANY = frozenset((0,))
KINDS = {
    "closed": (Kind("closed", (), ANY), "has no response"),
    "reset": (Kind("reset", (Reset(),), ANY), "has no response"),
    "torn": (Kind("torn", (JSON + b"content-length: 9\r\n\r\n{",), ANY), "is torn"),
    "torn-in-a-chunk": (Kind("torn-in-a-chunk", (STREAM + b"9\r\nx",), ANY), "is torn"),
    "ours": (
        Kind("ours", (answer(500, {"detail": "graphtape failed"}),), ANY),
        "a failure of ours",
    ),
    "good": (Kind("good", (STREAM + END,), ANY), ""),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_bad_response_is_seen(name: str) -> None:
    kind, flaw = KINDS[name]
    asked = FuzzRequest("HTTP", request("POST", f"/{name}/runs/stream"))

    with bad_deployments((kind,)) as deployments:
        (result,) = send_all(deployments.url, [asked])

    assert flaw in result.flaw
    assert bool(result.flaw) == bool(flaw)
    assert f"HTTP {result.flaw}" in str(result)


def flaws_of_half_a_request() -> list[str]:
    half = FuzzRequest("HTTP", request("POST", "/good/runs/stream")[:-10])
    with bad_deployments((KINDS["good"][0],)) as deployments:
        return [result.flaw for result in send_all(deployments.url, [half])]


def test_a_hang_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz_client, "HANG_SECONDS", 0.05)

    assert flaws_of_half_a_request() == ["hangs"]


async def fail(*_: object) -> None:
    """Fail to answer."""
    raise KeyError("content")


def test_an_error_of_the_mock_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mock, "__call__", fail)
    content = (bundled_recordings() / "agent.jsonl").read_bytes()

    found = try_recording(random_for("checks", 0), "agent", content)

    assert "KeyError: 'content'" in found.flaws[0]


def test_an_error_while_loading_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_endurance_damage, "try_recording", None)

    assert test_endurance_damage.outcome(0).kind == "raised"


def test_a_server_ends_while_all_clients_misbehave(tmp_path: Path) -> None:
    mock = Mock(load([write_recordings(tmp_path / "recordings")]), ReplayOptions())

    with (
        BackgroundServer(mock) as server,
        closing(RudeClients(server.url, random_for("checks", 1))) as clients,
    ):
        for act in ACTS:
            act(clients)
        clients.be_late()

    assert len(mock.journal.entries) >= len(ACTS)
