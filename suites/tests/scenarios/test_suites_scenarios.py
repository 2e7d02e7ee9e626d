"""Each scenario runs against the mock and has a description."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.responses import Response as Answer
from suites_run import Asked, deployed, targeted

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites import scenarios
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.scenarios.reconnect import join_paths
from graphtape_suites.session.session import Session


@pytest.fixture(name="session", scope="module")
def _session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("shared")
    with deployed() as deployment, targeted(folder, deployment.url, concurrency=8) as target:
        yield Session(target)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_runs_to_its_end(session: Session, name: str) -> None:
    played = session.run(SCENARIOS[name])

    assert (played.problem, played.inapplicable) == ("", "")
    assert played.exchanges


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_makes_at_most_its_declared_runs(session: Session, name: str) -> None:
    before = session.target.run_budget.spent.runs
    SCENARIOS[name].run(ScenarioClient(session.target))
    made = session.target.run_budget.spent.runs - before

    assert made <= SCENARIOS[name].runs


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_described_in_one_sentence(name: str) -> None:
    about = SCENARIOS[name].about

    assert about.endswith(".")
    assert "\n" not in about


def test_each_suite_of_scenarios_is_a_module() -> None:
    assert {scenario.suite for scenario in SCENARIOS.values()} <= set(scenarios.__all__)


def _played(folder: Path, name: str, answer: Answer, path: str) -> list[tuple[str, int]]:
    """Run the scenario *name*, with *answer* as the response to any path that starts with *path*.

    Returns the paths of all requests and the statuses of the responses.
    """

    def other(asked: Asked) -> Answer | None:
        return answer if asked.path.startswith(path) else None

    with deployed(other) as deployment, targeted(folder, deployment.url) as target:
        client = ScenarioClient(target)
        SCENARIOS[name].run(client)
        return [(e.request.path, e.response.status) for e in client.exchanges]


NOTHING = JSONResponse({"detail": "Not Found"}, 404)


@pytest.mark.parametrize(
    ("name", "path"),
    [("endpoints.threads", "/threads"), ("endpoints.background", "/runs")],
)
def test_a_scenario_ends_if_its_first_response_is_404(tmp_path: Path, name: str, path: str) -> None:
    assert _played(tmp_path, name, NOTHING, path) == [(path, 404)]


def test_a_refused_stream_is_not_joined(tmp_path: Path) -> None:
    assert _played(tmp_path, "reconnect.resumable", NOTHING, "/runs/stream") == [
        ("/runs/stream", 404)
    ]


RUN = "019aa02d-3e0d-7a4c-8d4c-6a3d4c4a4f4b"
THREAD = "0b9aa02d-3e0d-4a4c-8d4c-6a3d4c4a4f4b"


def _located(location: str, data: str) -> Exchange:
    frame = Frame(0.1, f"event: messages\ndata: {data}\n\n".encode(), "messages", data)
    response = Response(200, (("content-location", location),))
    return Exchange(Request("POST", "/runs/stream"), response, (frame,))


@pytest.mark.parametrize(
    ("location", "data", "paths"),
    [
        (f"/threads/{THREAD}/runs/{RUN}", "1", [f"/threads/{THREAD}/runs/{RUN}/stream"]),
        (f"/runs/{RUN}", f'{{"thread_id": "{THREAD}"}}', [f"/threads/{THREAD}/runs/{RUN}/stream"]),
        (f"/runs/{RUN}", '{"thread_id": 5}', []),
        ("/runs/somewhere", "{}", []),
    ],
)
def test_a_run_is_joined_at_the_thread_named_in_its_response(
    location: str, data: str, paths: list[str]
) -> None:
    assert list(join_paths(_located(location, data))) == paths


def test_a_wait_whose_response_names_no_thread_is_not_joined(tmp_path: Path) -> None:
    def without_thread(_: Asked, headers: MutableHeaders) -> None:
        headers["content-location"] = f"/runs/{RUN}"

    with deployed(alter=without_thread) as deployment, targeted(tmp_path, deployment.url) as target:
        client = ScenarioClient(target)
        SCENARIOS["reconnect.join-wait"].run(client)

    assert len(client.exchanges) == 1


def test_an_assistant_of_unknown_id_is_not_requested(tmp_path: Path) -> None:
    def only_info(asked: Asked) -> Answer | None:
        return None if asked.path == "/info" else NOTHING

    with (
        deployed(only_info) as deployment,
        targeted(tmp_path, deployment.url, assistants=("tools",)) as target,
    ):
        client = ScenarioClient(target)
        SCENARIOS["endpoints.assistants"].run(client)

    assert len(client.exchanges) == 3


def test_a_lost_wait_also_loses_the_response_of_the_joined_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url) as target:
        client = ScenarioClient(target)

        def lost(*_: object, **__: object) -> None:
            raise DeploymentError("lost")

        monkeypatch.setattr(client, "send", lost)
        with pytest.raises(DeploymentError, match="lost"):
            SCENARIOS["reconnect.join-wait"].run(client)

    assert client.complaints == ["the response to the client that joined the run was lost"]
