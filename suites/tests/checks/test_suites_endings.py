"""Tests of complete responses."""

from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from suites_run import Asked, deployed, targeted

from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_suites.checks.check import CheckFailed, NotExercised
from graphtape_suites.checks.endings import check_complete
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios import SCENARIOS
from graphtape_suites.session.session import Session


class Torn(Response):
    """A response that is cut off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the body and announce more, which is never sent."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body, "more_body": True})


def _session(target: Target) -> Session:
    session = Session(target)
    vars(session)["scenarios"] = (SCENARIOS["wait.default"], SCENARIOS["stream.default"])
    return session


def test_responses_that_end_as_http_requires_are_complete(tmp_path: Path) -> None:
    with targeted(tmp_path) as target:
        check_complete(_session(target), Kind.STREAM)
        check_complete(_session(target), Kind.WAIT)


def test_a_response_that_is_cut_off_is_not_complete(tmp_path: Path) -> None:
    def torn(asked: Asked) -> Response | None:
        head = {"content-type": "application/json", "content-length": "9"}
        return Torn(b'{"a":', headers=head) if asked.path == "/runs/wait" else None

    with deployed(torn) as deployment, targeted(tmp_path, deployment.url) as target:
        check_complete(_session(target), Kind.STREAM)
        with pytest.raises(CheckFailed, match=r"5 bytes.*exchange 1.*wait\.de"):
            check_complete(_session(target), Kind.WAIT)


def test_without_a_response_the_check_is_not_exercised(tmp_path: Path) -> None:
    with targeted(tmp_path) as target, pytest.raises(NotExercised, match="kind join"):
        check_complete(_session(target), Kind.JOIN)
