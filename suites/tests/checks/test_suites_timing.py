"""Timing of response headers."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.responses import JSONResponse, Response
from suites_run import Asked, deployed, targeted

from graphtape_suites.checks.check import CheckFailed
from graphtape_suites.checks.timing import check_headers_first
from graphtape_suites.runner.client import WAIT
from graphtape_suites.session.session import Session


def _tried(folder: Path, answer: Response | None) -> None:
    def other(asked: Asked) -> Response | None:
        return answer if asked.is_run else None

    with deployed(other) as deployment, targeted(folder, deployment.url) as target:
        check_headers_first(Session(target), WAIT)


def test_a_head_that_comes_at_once_is_good(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        check_headers_first(Session(target), WAIT)


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_a_run_that_is_not_put_off_shows_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(pytest.skip.Exception, match="runs are not delayed"):
        _tried(tmp_path, Response(content, media_type="application/json"))


def test_a_head_that_comes_when_the_run_is_over_is_late(tmp_path: Path) -> None:
    def late(asked: Asked) -> None:
        time.sleep(0.1 * asked.is_run)  # Like a server that sends the headers only after the run.

    with deployed(late) as deployment, targeted(tmp_path, deployment.url) as target:
        # At its speed, the mock of the suites delays a run by a tenth of a second.
        hasty = replace(target, settings=replace(target.settings, url=None))
        with pytest.raises(CheckFailed, match="expected the headers at once, got them only"):
            check_headers_first(Session(hasty), WAIT)


def test_a_run_that_is_put_off_is_taken(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match=r"200.*422"):
        _tried(tmp_path, JSONResponse({}, 422))
