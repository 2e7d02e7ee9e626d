"""A check that responses are complete: the connection was not cut before their end."""

from graphtape_contracts import End
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_suites.checks.check import NotExercised, fail_check
from graphtape_suites.session.session import Session


def check_complete(session: Session, kind: Kind) -> None:
    """Check that no response of a *kind* was cut, in any scenario of *session*.

    Raises NotExercised if no response is of that kind.
    """
    seen = 0
    for scenario in session.scenarios:
        for number, checked in enumerate(session.checked(scenario), 1):
            if checked.head.kind is not kind:
                continue
            seen += 1
            if checked.exchange.end is End.CUT:
                fail_check(
                    "expected a response that ends as HTTP requires, got a connection that was cut "
                    f"after {len(checked.exchange.body)} bytes, in exchange {number} of "
                    f"{scenario.name}"
                )
    if not seen:
        raise NotExercised(f"this session has no response of the kind {kind}")
