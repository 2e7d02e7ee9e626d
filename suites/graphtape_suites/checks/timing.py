"""When the head of a response comes."""

import time

from graphtape_suites.checks.check import fail_check, not_applicable
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.session.session import Session

_DELAY = 2


def head_first(session: Session, path: str) -> None:
    """See that the head of the response to *path* comes long before a run that was put off.

    Skips the test where the deployment starts the run at once.
    """
    came: list[float] = []
    client = ScenarioClient(session.target)
    exchange = client.run(
        path, on_headers=lambda _: came.append(time.perf_counter()), after_seconds=_DELAY
    )
    over = time.perf_counter()
    if exchange.response.status != 200:
        fail_check(f"expected 200 to a run that is put off, got {exchange.response.status}")
    took = exchange.frames[-1].at if exchange.frames else 0.0
    if took < _DELAY / 2 / session.target.speed:
        not_applicable(f"runs are not put off: one with `after_seconds` took {took:.2f} s")
    early = over - came[0]
    if early < took / 2:
        fail_check(
            f"expected the head at once, got it {early:.2f} s before the end of {took:.2f} s"
        )
