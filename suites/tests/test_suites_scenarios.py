"""Scenarios: what is tried. Each can be played at the mock, and says what it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response
from suites_run import Asked, deployed, targeted

from understudy_mock.live.upstream import UpstreamError
from understudy_suites import scenarios
from understudy_suites.scenarios import SCENARIOS
from understudy_suites.session import Session
from understudy_suites.stage import Stage


@pytest.fixture(name="session", scope="module")
def _session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("shared")
    with deployed() as deployment, targeted(folder, deployment.url, concurrency=8) as target:
        yield Session(target, {})


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_can_be_played(session: Session, name: str) -> None:
    played = session.played(SCENARIOS[name])

    assert (played.problem, played.inapplicable) == ("", "")
    assert played.exchanges


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_makes_no_more_runs_than_it_says(session: Session, name: str) -> None:
    before = session.target.governor.spent.runs
    SCENARIOS[name].play(Stage(session.target))
    made = session.target.governor.spent.runs - before

    assert made <= SCENARIOS[name].runs


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_says_in_a_sentence_what_is_tried(name: str) -> None:
    about = SCENARIOS[name].about

    assert about.endswith(".")
    assert "\n" not in about


def test_each_suite_of_scenarios_is_a_module() -> None:
    assert {scenario.suite for scenario in SCENARIOS.values()} <= set(scenarios.__all__)


def _played(folder: Path, name: str, answer: Response, path: str) -> list[tuple[str, int]]:
    """Play the scenario *name* where *path* answers with *answer*."""

    def other(asked: Asked) -> Response | None:
        return answer if asked.path.startswith(path) else None

    with deployed(other) as deployment, targeted(folder, deployment.url) as target:
        stage = Stage(target)
        SCENARIOS[name].play(stage)
        return [(e.request.path, e.response.status) for e in stage.exchanges]


NOTHING = JSONResponse({"detail": "Not Found"}, 404)


@pytest.mark.parametrize(
    ("name", "path"),
    [("neighbours.threads", "/threads"), ("neighbours.background", "/runs")],
)
def test_what_is_not_there_is_not_looked_at(tmp_path: Path, name: str, path: str) -> None:
    assert _played(tmp_path, name, NOTHING, path) == [(path, 404)]


def test_a_stream_that_names_no_run_is_not_joined(tmp_path: Path) -> None:
    assert _played(tmp_path, "resume.resumable", NOTHING, "/runs/stream") == [("/runs/stream", 404)]


def test_an_assistant_of_no_known_id_is_not_looked_at(tmp_path: Path) -> None:
    def little(asked: Asked) -> Response | None:
        return None if asked.path == "/info" else NOTHING

    with (
        deployed(little) as deployment,
        targeted(tmp_path, deployment.url, assistants=("tools",)) as target,
    ):
        stage = Stage(target)
        SCENARIOS["neighbours.assistants"].play(stage)

    assert len(stage.exchanges) == 3


def test_a_run_that_breaks_off_takes_those_along_who_joined_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url) as target:
        stage = Stage(target)

        def lost(*_: object, **__: object) -> None:
            raise UpstreamError("lost")

        monkeypatch.setattr(stage, "send", lost)
        with pytest.raises(UpstreamError, match="lost"):
            SCENARIOS["resume.join-wait"].play(stage)

    assert stage.complaints == ["the answer to who joined the run was lost"]
