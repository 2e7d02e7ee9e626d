"""The target: facts about the deployment under test."""

from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from suites_run import Asked, deployed, targeted

from graphtape_contracts.catalogue import UnknownVersion
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level
from graphtape_contracts.rules import RULES
from graphtape_mock.deployment.errors import BadHeader, DeploymentError
from graphtape_suites.runner.target import MOCK_SPEED

KEY = "lsv2_pt_0123456789abcdef"


def _without_assistants(asked: Asked) -> JSONResponse | None:
    """Respond like a server that lists no assistants and has no OpenAPI document."""
    if asked.path == "/ok":
        return JSONResponse({"ok": True})
    return None if asked.is_run else JSONResponse({"detail": "no"}, 404)


def test_the_mock_answers_faster_than_a_server(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        assert target.answers_from_recordings
        assert target.speed == MOCK_SPEED
        assert target.url.startswith("http://127.0.0.1:")


def test_a_deployment_is_as_fast_as_it_is(tmp_path: Path) -> None:
    with deployed() as deployment, targeted(tmp_path, deployment.url) as target:
        assert not target.answers_from_recordings
        assert target.speed == 1


def test_the_dialect_is_seen_from_the_answers(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        assert target.dialect is Dialect.PYTHON


def test_the_user_may_name_the_dialect(tmp_path: Path) -> None:
    with targeted(tmp_path, dialect="aegra") as target:
        assert target.dialect is Dialect.AEGRA


def test_a_server_that_without_assistants_has_no_schemas(tmp_path: Path) -> None:
    with (
        deployed(_without_assistants) as deployment,
        targeted(tmp_path, deployment.url, assistants=("tools",)) as target,
    ):
        assert target.schemas("tools") == {}
        assert target.output_schema("tools") is None
        assert target.announces("/ok") is None
        assert target.run_inputs[0].body == {"input": {}}


def test_the_schemas_of_assistants_are_known(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        assert target.output_schema("tools") == target.schemas("tools")["output_schema"]
        assert target.schemas("nobody") == {}


def test_what_the_document_announces_is_known(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        assert target.announces("/runs/stream")
        assert target.announces("/nothing") is False


def test_the_level_chooses_the_rules(tmp_path: Path) -> None:
    with targeted(tmp_path, level="must") as target:
        assert target.rules == tuple(rule for rule in RULES if rule.level is Level.MUST)


def test_a_version_of_the_contract_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UnknownVersion):
        targeted(tmp_path, contract="9.9").__enter__()


def test_a_header_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(BadHeader, match=r"--graphtape-header: .*'Name: value'"):
        targeted(tmp_path, headers=("nothing",)).__enter__()


def test_a_deployment_gets_the_key_and_the_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", KEY)
    with deployed() as deployment, targeted(tmp_path, deployment.url, headers=("A-b: c",)):
        pass

    assert all(asked.headers["x-api-key"] == KEY for asked in deployment.asked)
    assert all(asked.headers["a-b"] == "c" for asked in deployment.asked)


def test_no_secret_passes_the_redactor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", KEY)
    with (
        deployed() as deployment,
        targeted(tmp_path, deployment.url, headers=("authorization: Basic abcdefgh",)) as target,
    ):
        text = target.redactor.redact_text(f"{KEY} Basic abcdefgh, or abcdefgh alone")

    assert KEY not in text
    assert "abcdefgh" not in text


def test_headers_come_from_files_and_from_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTAPE_HEADERS", "x-one: 1\nx-two: replaced")
    file = tmp_path / "headers"
    file.write_text("X-Two: 2-two-2-two\nx-three: replaced")
    with (
        deployed() as deployment,
        targeted(tmp_path, deployment.url, headers=("x-three: 3",), header_files=(file,)) as target,
    ):
        assert "2-two-2-two" not in target.redactor.redact_text("said 2-two-2-two")

    expected = {"x-one": "1", "x-two": "2-two-2-two", "x-three": "3"}
    asked = [{name: asked.headers.get(name) for name in expected} for asked in deployment.asked]
    assert asked
    assert asked == [expected] * len(asked)


def test_the_mock_is_asked_directly_and_gets_no_headers_of_a_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTAPE_HEADERS", "x-one: hunter2-hunter2")
    monkeypatch.setenv("LANGGRAPH_API_KEY", KEY)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    with targeted(tmp_path) as target:
        assert target.info.response.status == 200
        assert target.client.upstream.secrets == ()


@pytest.mark.parametrize("url", ["", " "])
def test_an_empty_url_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(DeploymentError, match="--graphtape-url or LANGGRAPH_API_URL"):
        targeted(tmp_path, url).__enter__()


def test_the_limits_of_the_settings_are_those_of_the_connection(tmp_path: Path) -> None:
    with targeted(tmp_path, max_bytes=5_000_000, max_seconds=77.0) as target:
        limits = target.client.upstream.limits

    assert (limits.body_bytes, limits.seconds, limits.pause) == (5_000_000, 77.0, 20.0)
