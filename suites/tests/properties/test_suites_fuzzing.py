"""Schemathesis in the suites: the requests that it sends, and the failures that it reports."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from suites_run import Asked, deployed, targeted

from graphtape_contracts.json_value import is_object
from graphtape_suites.checks.check import CheckFailed
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.runner.client import STREAM, WAIT
from graphtape_suites.session.session import Session

pytest.importorskip("schemathesis", reason="it needs a newer pytest")

from graphtape_suites.properties.fuzzing import Fuzzing

Answer = Callable[[Asked], Response | None]


def _explored(folder: Path, path: str, answer: Answer, **changes: str) -> list[Asked]:
    """Fuzz *path* of a deployment with allowed requests; return the requests it received there."""
    with deployed(answer) as deployment, targeted(folder, deployment.url, **changes) as target:
        fuzzing = Fuzzing(target)
        property_runner = PropertyRunner(Session(target), "fuzz", folder=folder)
        property_runner(fuzzing.allowed(path), fuzzing.run, runs=1)
    return [asked for asked in deployment.asked if asked.path == path]


def _always(response: Response) -> Answer:
    return lambda asked: response if asked.is_run else None


def test_a_status_that_the_document_does_not_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="Undocumented status code: Received: 418"):
        _explored(tmp_path, WAIT, _always(JSONResponse({"detail": "a teapot"}, 418)))


@pytest.mark.parametrize("dialect", ["python", "javascript"])
def test_a_fault_of_the_server_is_told_of_any_server(tmp_path: Path, dialect: str) -> None:
    with pytest.raises(CheckFailed, match="Server error"):
        _explored(tmp_path, STREAM, _always(PlainTextResponse("", 500)), dialect=dialect)


def test_runs_are_tagged_and_call_nobody(tmp_path: Path) -> None:
    refusal = JSONResponse({"detail": "no"}, 422)

    asked = _explored(tmp_path, WAIT, _always(refusal))

    bodies = [one.fields for one in asked]
    assert bodies
    assert not any("webhook" in body for body in bodies)
    assert all(is_object(body["metadata"]) for body in bodies)
    assert {"graphtape": "suites"} in [body["metadata"] for body in bodies]
