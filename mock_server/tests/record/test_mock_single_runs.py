"""Runs that are recorded one at a time, on a miss: those that can't be replayed are kept hidden."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from scripted_deployment import (
    STREAM_HEAD,
    Deployment,
    Script,
    answer,
    chunk,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
)

from graphtape_mock.record.single_runs import NotRecordable, SingleRunRecorder
from graphtape_mock.redaction.walk import Walk

METADATA = event("metadata", {"run_id": "1", "attempt": 1})
BODY = {"assistant_id": "agent", "input": 1}
TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream(METADATA))) as deployment:
        yield deployment


def record(deployment: Deployment, folder: Path) -> Path:
    with closing(SingleRunRecorder(deployment.url, [folder], folder)) as recorder:
        return recorder.record(BODY, None, None)[0]


def test_a_run_is_recorded_beside_those_that_are_there(
    deployment: Deployment, tmp_path: Path
) -> None:
    assert [record(deployment, tmp_path).name for _ in range(2)] == ["agent.jsonl", "agent-2.jsonl"]


@pytest.mark.parametrize(
    ("script", "ending", "reason"),
    [
        (say(answer(422, {"detail": "no"})), "refused", "422"),
        (say(STREAM_HEAD, chunk(METADATA)), "cut", "lost"),
        (say(answer(200, b"<html>")), "unexpected", "no events"),
    ],
)
def test_a_run_that_can_not_be_replayed_is_kept_hidden(
    deployment: Deployment, tmp_path: Path, script: Script, ending: str, reason: str
) -> None:
    deployment.scripts["POST /runs/stream"] = script
    hidden = tmp_path / ".graphtape" / f"agent.{ending}.jsonl"

    with pytest.raises(NotRecordable, match=reason) as caught:
        record(deployment, tmp_path)

    assert str(hidden) in str(caught.value)
    assert hidden.exists()
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_run_that_may_hold_a_secret_is_kept_hidden(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missed(walk: Walk, data: bytes) -> object:
        return iter(())

    monkeypatch.setattr(Walk, "find", missed)
    deployment.scripts["POST /runs/stream"] = stream(METADATA, event("values", {"text": TOKEN}))

    with pytest.raises(NotRecordable, match="github-token"):
        record(deployment, tmp_path)

    assert not list(tmp_path.glob("*.jsonl"))
