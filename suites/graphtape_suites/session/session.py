"""A session of the suites: each scenario runs once, even if several processes need it."""

from dataclasses import dataclass, field
from functools import cached_property, partial

from filelock import FileLock

from graphtape_contracts import Exchange
from graphtape_contracts.checker import check, parse_head
from graphtape_contracts.finding import Finding
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.target import Target
from graphtape_suites.runner.threads import request_threads
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.session.folder import read_result, result_path, write_result
from graphtape_suites.session.scenario_result import ScenarioResult


@dataclass(frozen=True)
class CheckedExchange:
    """An exchange of a scenario, and the findings of all rules for single exchanges."""

    exchange: Exchange
    head: ExchangeHead
    findings: tuple[Finding, ...]

    @cached_property
    def modes(self) -> frozenset[str]:
        """The names of the events in the stream, without their namespaces."""
        events = (event_of(frame, 0) for frame in self.exchange.frames)
        return frozenset(event.mode for event in events if event is not None)


@dataclass
class Session:
    """Runs scenarios on one target, each once, and checks their exchanges."""

    target: Target
    _results: dict[str, ScenarioResult] = field(default_factory=dict[str, ScenarioResult])
    _checked: dict[str, tuple[CheckedExchange, ...]] = field(
        default_factory=dict[str, tuple[CheckedExchange, ...]]
    )

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios of the profile, in order."""
        rank = self.target.settings.profile.rank
        return tuple(s for s in SCENARIOS.values() if s.profile.rank <= rank)

    def run(self, scenario: Scenario) -> ScenarioResult:
        """Return the result of *scenario*; run it if no process of this session has run it yet."""
        if scenario.name not in self._results:
            self._results[scenario.name] = self._run_once(scenario)
        return self._results[scenario.name]

    def checked(self, scenario: Scenario) -> tuple[CheckedExchange, ...]:
        """Return the checked exchanges of *scenario*."""
        if scenario.name not in self._checked:
            exchanges = self.run(scenario).exchanges
            self._checked[scenario.name] = tuple(map(self.check, exchanges))
        return self._checked[scenario.name]

    def check(self, exchange: Exchange) -> CheckedExchange:
        """Check one *exchange* against all rules of the target."""
        target = self.target
        assistant = str(object_in(exchange.request.body).get("assistant_id"))
        schema = target.output_schema(assistant)
        findings = check(exchange, target.rules, dialect=target.dialect, output_schema=schema)
        head = parse_head(exchange.request, exchange.response, dialect=target.dialect)
        return CheckedExchange(exchange, head, tuple(findings))

    def _run_once(self, scenario: Scenario) -> ScenarioResult:
        path = result_path(self.target.folder, scenario.name)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                write_result(self.target, path, self._run(scenario))
            return read_result(scenario, path)

    def _run(self, scenario: Scenario) -> ScenarioResult:
        target = self.target
        if scenario.inapplicable is not None and (reason := scenario.inapplicable(target)):
            return ScenarioResult(scenario.name, scenario.about, inapplicable=reason)
        run_inputs = target.run_inputs if scenario.every else target.run_inputs[:1]
        with request_threads(target.client.upstream, target.settings.concurrency) as pool:
            runs = run_inputs * target.settings.repeat
            results = list(pool.map(partial(self._run_input, scenario), runs))
        exchanges = tuple(exchange for made, _ in results for exchange in made)
        problem = next((problem for _, problem in results if problem), "")
        return ScenarioResult(scenario.name, scenario.about, exchanges, problem)

    def _run_input(
        self, scenario: Scenario, run_input: RecordingRequest
    ) -> tuple[list[Exchange], str]:
        """Run *scenario* with one input; return its exchanges, and why it ended early (or "")."""
        client = ScenarioClient(self.target, run_input)
        try:
            scenario.run(client)
        except (DeploymentError, BudgetExhausted) as error:
            return client.exchanges, str(error)
        return client.exchanges, ""
