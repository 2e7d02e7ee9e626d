"""Threads that wait for a deployment end with Ctrl-C."""

import threading
from concurrent.futures import Future
from contextlib import suppress

import pytest

from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import Stopped
from graphtape_suites.runner.threads import request_threads


def test_ctrl_c_ends_the_requests_of_all_threads() -> None:
    waiting = threading.Barrier(3)

    with DeploymentConnection("http://deployment.test") as upstream:

        def wait() -> None:
            waiting.wait(20)
            upstream.sleep(1000)

        def interrupted() -> list[Future[None]]:
            pending: list[Future[None]] = []
            with suppress(KeyboardInterrupt), request_threads(upstream, 2) as pool:
                pending += [pool.submit(wait) for _ in range(3)]
                waiting.wait(20)
                raise KeyboardInterrupt
            return pending

        pending = interrupted()
        with pytest.raises(Stopped):
            upstream.check()

    assert [type(future.exception()) for future in pending[:2]] == [Stopped, Stopped]
    assert pending[2].cancelled()


def test_otherwise_the_threads_finish() -> None:
    with (
        DeploymentConnection("http://deployment.test") as upstream,
        request_threads(upstream, 2) as pool,
    ):
        assert list(pool.map(str, range(3))) == ["0", "1", "2"]
        upstream.check()
