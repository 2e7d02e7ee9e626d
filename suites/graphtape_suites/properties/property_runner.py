"""Properties: many requests, each judged by every rule; the smallest that fails is told.

What a strategy draws is played like a scenario. Hypothesis makes a failing request smaller as long
as the budget lasts. What it leaves is told as curl, and kept as a recording.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check_related
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Finding, Level
from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.console.curl import as_curl
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.recording import SUFFIX
from graphtape_suites.checks.check import CheckFailed, NotExercised
from graphtape_suites.properties.inputs import inputs
from graphtape_suites.properties.sequences import Sequences
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.session import Session, write_exchanges
from graphtape_suites.verdicts.results import numbered

FAILURES = Path(".graphtape")
"""Where failing requests are kept, in the folder that pytest was started in."""
_MOST_TOLD = 5
_NO_NAME = re.compile(r"[^\w.]+")
"""What the name of a test may have and that of a file should not."""

_OF_NO_CONCERN = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
"""A deployment takes its time, and what can't be asked for is drawn anew."""

Case = TypeVar("Case")
Play = Callable[[ScenarioClient, Case], None]


class PropertyRunner:
    """Tries a property of a session's target with many requests."""

    def __init__(self, session: Session, name: str, failures: Path = FAILURES) -> None:
        """*name* is that of the test; what fails is kept under it in *failures*."""
        self._session = session
        self._path = failures / f"{_NO_NAME.sub('-', name).strip('-')}{SUFFIX}"
        self._failures: dict[str, CheckFailed] = {}

    @property
    def dialect(self) -> Dialect | None:
        """The dialect of the target, which strategies may need to know."""
        return self._session.target.dialect

    @property
    def inputs(self) -> st.SearchStrategy[Json]:
        """Inputs that the schema of the first example's graph allows."""
        target = self._session.target
        schema = target.schemas(target.examples[0].assistant).get("input_schema")
        return inputs(schema if is_object(schema) else None)

    def __call__(
        self,
        cases: st.SearchStrategy[Case],
        play: Callable[[ScenarioClient, Case], None],
        *,
        runs: int = 1,
    ) -> None:
        """Play what *cases* draws, which makes so many *runs* each; judge all that is answered.

        Raises CheckFailed with the smallest case that fails, NotExercised where the budget or the
        deployment allowed none.
        """

        @self._settings(runs)
        @given(cases)
        def trying(case: Case) -> None:
            self._try(case, play)

        self._run(trying)

    def sequences(self, *, runs: int) -> None:
        """Let a state machine make about so many *runs* in any order; judge them all.

        Raises as a call does.
        """
        explorer = self

        class Bound(Sequences):
            def __init__(self) -> None:
                super().__init__(ScenarioClient(explorer._session.target), explorer._judge)

        chosen = settings(self._settings(runs), stateful_step_count=2 * runs)
        self._run(lambda: run_state_machine_as_test(Bound, settings=chosen))

    def _settings(self, runs: int) -> settings:
        """Return how often is tried what makes so many *runs*, as the budget allows."""
        target = self._session.target
        examples = target.settings.profile.examples
        if runs:
            examples = min(examples, target.run_budget.left // runs)
        if examples < 1:
            raise NotExercised(
                f"{target.run_budget.left} runs of the budget are left, each try makes {runs}"
            )
        # Without an example database: it would be a folder of somebody else's project.
        return settings(
            max_examples=examples,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            print_blob=False,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=_OF_NO_CONCERN,
        )

    def _run(self, trying: Callable[[], None]) -> None:
        try:
            trying()
        except Flaky:
            failure = list(self._failures.values())[-1]
            spent = self._session.target.run_budget.left < 1
            why = "the budget is spent" if spent else "made again, it is kept"
            told = f"{failure}\nnot every time: {why}"
            raise CheckFailed(told, failure.level) from None
        except Unsatisfiable:
            raise NotExercised("the budget was spent before anything could be tried") from None

    def _try(self, case: Case, play: Callable[[ScenarioClient, Case], None]) -> None:
        key = repr(case)
        client = ScenarioClient(self._session.target)
        try:
            play(client, case)
        except BudgetExhausted:
            if key in self._failures:
                raise self._failures[key] from None
            reject()
        except DeploymentError as error:
            client.complain(f"expected an answer, got none: {error}")
        self._judge(client, key)

    def _judge(self, client: ScenarioClient, key: str = "") -> None:
        findings = self._findings(client.exchanges)
        problems = [*client.complaints, *map(str, findings[:_MOST_TOLD])]
        if problems:
            levels = (finding.level for finding in findings)
            level = None if client.complaints else min(levels, key=lambda level: level.rank)
            self._failures[key] = CheckFailed(self._keep(client, problems), level)
            raise self._failures[key]

    def _findings(self, exchanges: Sequence[Exchange]) -> list[Finding]:
        """Return what is wrong, but for notes, and for what is expected to be wrong."""
        session = self._session
        target = session.target
        found: list[Finding] = []
        for number, exchange in enumerate(exchanges, 1):
            found += numbered(session.judge(exchange).findings, number)
        deterministic = target.settings.deterministic
        found += check_related(
            exchanges, target.rules, dialect=target.dialect, deterministic=deterministic
        )
        wrong = (finding for finding in found if finding.level is not Level.NOTE)
        return [finding for finding in wrong if finding.rule not in session.expected]

    def _keep(self, client: ScenarioClient, problems: Sequence[str]) -> str:
        """Write down the exchanges of a failing case; return what is to be said of it."""
        target = self._session.target
        told = target.redactor.redact_text("\n".join(problems))
        lines = [told, "", "the smallest requests that show it:"]
        lines += [_curl(client, exchange) for exchange in client.exchanges[:_MOST_TOLD]]
        if client.exchanges:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)
            write_exchanges(target, self._path, client.exchanges, told)
            lines += ["", f"kept in {self._path}: graphtape show {self._path}"]
        return "\n".join(lines)


_LONGEST_CURL = 2000


def _curl(client: ScenarioClient, exchange: Exchange) -> str:
    redactor = client.target.redactor
    text = redactor.redact_text(as_curl(exchange.request, client.target.url, key=True))
    return text if len(text) <= _LONGEST_CURL else f"{text[:_LONGEST_CURL]}... (cut)"
