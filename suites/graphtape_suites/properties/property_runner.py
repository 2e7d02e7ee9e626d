"""Properties: generated requests, each checked by every rule.

A generated case runs like a scenario. Hypothesis shrinks a failing case while the budget lasts;
the smallest one is printed as curl commands and saved as a recording.
"""

import shlex
from collections.abc import Callable, Collection, Sequence
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
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.curl import as_curl
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.recording import SUFFIX
from graphtape_suites.checks.check import CheckFailed, NotExercised
from graphtape_suites.printing.kept_file import keep
from graphtape_suites.properties.hypothesis_files import hypothesis_files_in
from graphtape_suites.properties.inputs import inputs
from graphtape_suites.properties.sequences import Sequences
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.session.folder import write_exchanges
from graphtape_suites.session.session import Session
from graphtape_suites.verdicts.results import numbered

_MOST_SHOWN = 5

_SUPPRESSED = (
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
    HealthCheck.too_slow,
)
"""Health checks to suppress: deployments are slow, and cases beyond the budget are rejected."""

Case = TypeVar("Case")


class _CaseFailed(CheckFailed):
    """A failing case: a description of its problems, and its exchanges."""

    def __init__(self, text: str, level: Level | None, client: ScenarioClient) -> None:
        super().__init__(text, level)
        self.client = client


class PropertyRunner:
    """Checks a property of a session's target with generated requests."""

    def __init__(
        self,
        session: Session,
        test: str,
        expected: Collection[str] = (),
        folder: Path = Path(),
    ) -> None:
        """Save the failures of the test with the id *test* in `.graphtape` in *folder*.

        Findings of rules whose ids are *expected* to fail are ignored.
        """
        self._session = session
        self._test = test
        self._expected = expected
        self._folder = folder
        self._failures: dict[str, _CaseFailed] = {}

    @property
    def dialect(self) -> Dialect | None:
        """The dialect of the target, for strategies that depend on it."""
        return self._session.target.dialect

    @property
    def inputs(self) -> st.SearchStrategy[Json]:
        """A strategy for inputs of the first run input's graph, from its input schema."""
        target = self._session.target
        schema = target.schemas(target.run_inputs[0].assistant).get("input_schema")
        return inputs(schema if is_object(schema) else None)

    def __call__(
        self,
        cases: st.SearchStrategy[Case],
        run: Callable[[ScenarioClient, Case], None],
        *,
        runs: int = 1,
    ) -> None:
        """Run the drawn *cases*, each with about *runs* runs, and check all exchanges.

        Raises CheckFailed with the smallest failing case, NotExercised if no case could be run.
        """

        @self._settings(runs)
        @given(cases)
        def check_case(case: Case) -> None:
            self._check_case(case, run)

        self._run(check_case)

    def sequences(self, *, runs: int) -> None:
        """Let a state machine make about *runs* runs in any order, and check all exchanges.

        Raises the same errors as `__call__`.
        """
        runner = self

        class Bound(Sequences):
            def __init__(self) -> None:
                super().__init__(ScenarioClient(runner._session.target), runner._check_client)

        chosen = settings(self._settings(runs), stateful_step_count=2 * runs)
        self._run(lambda: run_state_machine_as_test(Bound, settings=chosen))

    def _settings(self, runs: int) -> settings:
        """Return Hypothesis settings for cases with *runs* runs each, within the budget."""
        target = self._session.target
        examples = target.settings.profile.examples
        if runs:
            examples = min(examples, target.run_budget.left // runs)
        if examples < 1:
            raise NotExercised(
                f"{target.run_budget.left} runs of the budget are left, but each case makes {runs}"
            )
        # No example database: it would be a folder in the user's project.
        return settings(
            max_examples=examples,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            print_blob=False,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=_SUPPRESSED,
        )

    def _run(self, check_cases: Callable[[], None]) -> None:
        try:
            with hypothesis_files_in(self._session.target.folder):
                check_cases()
        except _CaseFailed as failure:
            raise CheckFailed(self._reported(failure), failure.level) from None
        except Flaky:
            last = list(self._failures.values())[-1]
            spent = self._session.target.run_budget.left < 1
            why = "the budget is spent" if spent else "the repeated request passed"
            note = f"the failure could not be reproduced: {why}"
            raise CheckFailed(self._reported(last, note), last.level) from None
        except Unsatisfiable:
            raise NotExercised("the budget was spent before the first case") from None

    def _check_case(self, case: Case, run: Callable[[ScenarioClient, Case], None]) -> None:
        key = repr(case)
        client = ScenarioClient(self._session.target)
        try:
            run(client, case)
        except BudgetExhausted:
            if key in self._failures:
                raise self._failures[key] from None
            reject()
        except DeploymentError as error:
            client.complain(f"expected a response, got none: {error}")
        self._check_client(client, key)

    def _check_client(self, client: ScenarioClient, key: str = "") -> None:
        findings = self._findings(client.exchanges)
        problems = [*client.complaints, *map(str, findings[:_MOST_SHOWN])]
        if problems:
            levels = (finding.level for finding in findings)
            level = None if client.complaints else min(levels, key=lambda level: level.rank)
            self._failures[key] = _CaseFailed("\n".join(problems), level, client)
            raise self._failures[key]

    def _findings(self, exchanges: Sequence[Exchange]) -> list[Finding]:
        """Return the findings, without notes and expected failures."""
        session = self._session
        target = session.target
        found: list[Finding] = []
        for number, exchange in enumerate(exchanges, 1):
            found += numbered(session.check(exchange).findings, number)
        deterministic = target.settings.deterministic
        found += check_related(
            exchanges, target.rules, dialect=target.dialect, deterministic=deterministic
        )
        failures = (finding for finding in found if finding.level is not Level.NOTE)
        return [finding for finding in failures if finding.rule not in self._expected]

    def _reported(self, failure: _CaseFailed, note: str = "") -> str:
        """Save the exchanges of the smallest failing case; return its description.

        If they can't be saved, the description says why.
        """
        lines = [str(failure), *([note] if note else [])]
        exchanges = failure.client.exchanges
        if exchanges:
            lines += ["", self._save(exchanges, str(failure))]
        url = self._session.target.url
        curls = (as_curl(one.request, url, key=True) for one in exchanges[:_MOST_SHOWN])
        return "\n".join([*lines, "", "the smallest requests that reproduce it:", *curls])

    def _save(self, exchanges: Sequence[Exchange], description: str) -> str:
        """Save *exchanges*; return a line that says where, or why not."""
        target = self._session.target

        def write(path: Path) -> None:
            write_exchanges(target, path, exchanges, description)

        try:
            path = keep(self._folder, self._test, SUFFIX, write)
        except OSError as error:
            return f"the requests can't be saved: {error}"
        shown = path.relative_to(self._folder)
        return f"saved in {shown}: graphtape show {shlex.quote(str(shown))}"
