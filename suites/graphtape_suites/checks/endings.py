"""How answers end."""

from graphtape_contracts import End
from graphtape_contracts.parsing.exchange_head import Kind
from graphtape_suites.checks.check import NotExercised, fail_check
from graphtape_suites.session.session import Session


def whole(session: Session, kind: Kind) -> None:
    """See that no answer of a *kind* breaks off, in any scenario of *session*.

    Raises NotExercised if there is no such answer.
    """
    seen = 0
    for scenario in session.scenarios:
        for number, judged in enumerate(session.checked(scenario), 1):
            seen += judged.head.kind is kind
            if judged.head.kind is kind and judged.exchange.end is End.CUT:
                fail_check(
                    f"expected an end as HTTP asks for, got a connection that was lost after "
                    f"{len(judged.exchange.body)} bytes, in exchange {number} of {scenario.name}"
                )
    if not seen:
        raise NotExercised(f"nothing that was tried is answered with a {kind}")
