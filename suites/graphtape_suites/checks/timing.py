"""Timing: when the headers of a response arrive."""

import time

from graphtape_suites.checks.check import fail_check, not_applicable
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.session.session import Session

_DELAY = 2
"""The delay of the run, in seconds."""


def check_headers_first(session: Session, path: str) -> None:
    """Check that the headers of *path* arrive long before the end of a delayed run.

    Skips the test if the deployment ignores the delay and starts the run at once.
    """
    arrived: list[float] = []
    client = ScenarioClient(session.target)
    exchange = client.run(
        path, on_headers=lambda _: arrived.append(time.perf_counter()), after_seconds=_DELAY
    )
    over = time.perf_counter()
    if exchange.response.status != 200:
        fail_check(f"expected status 200 for a delayed run, got {exchange.response.status}")
    took = exchange.frames[-1].at if exchange.frames else 0.0
    if took < _DELAY / 2 / session.target.speed:
        not_applicable(f"runs are not delayed: a run with `after_seconds` took {took:.2f} s")
    early = over - arrived[0]
    if early < took / 2:
        fail_check(
            f"expected the headers at once, got them only {early:.2f} s before the end of a "
            f"response that took {took:.2f} s"
        )
