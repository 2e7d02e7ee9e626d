"""A session of the suites: scenarios are played once, whatever number of processes asks for them.

Each scenario leaves a recording in the folder that the processes of the session share, so the
workers of pytest-xdist judge the same exchanges, and the report shows them.
"""

import json
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from filelock import FileLock

from graphtape_contracts import Exchange
from graphtape_contracts.catalogue import versions
from graphtape_contracts.checker import check, parse_head
from graphtape_contracts.finding import Finding
from graphtape_contracts.json_value import Json
from graphtape_contracts.parsing.event import event_of
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_mock.deployment.budget import BudgetExhausted
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.file import RecordingWriter, read
from graphtape_mock.recordings.recording import SUFFIX
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.checks.check import NotExercised, not_applicable
from graphtape_suites.runner.client import ScenarioClient
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios import SCENARIOS, Scenario
from graphtape_suites.verdicts.expected_failures import ExpectedFailures
from graphtape_suites.verdicts.results import ScenarioResult

RunScenario = Callable[[Scenario], tuple[Exchange, ...]]
"""Plays a scenario, and returns its exchanges."""


@dataclass(frozen=True)
class CheckedExchange:
    """An exchange of a scenario, and what the rules that are not relations find in it."""

    exchange: Exchange
    head: ExchangeHead
    findings: tuple[Finding, ...]

    @cached_property
    def modes(self) -> frozenset[str]:
        """The names of the events that are shown, without their namespaces; each rule asks."""
        events = (event_of(frame, 0) for frame in self.exchange.frames)
        return frozenset(event.mode for event in events if event is not None)


@dataclass
class Session:
    """What is tried with one target, and what came of it."""

    target: Target
    expected: ExpectedFailures
    _played: dict[str, ScenarioResult] = field(default_factory=dict[str, ScenarioResult])
    _judged: dict[str, tuple[CheckedExchange, ...]] = field(
        default_factory=dict[str, tuple[CheckedExchange, ...]]
    )

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What the profile plays, in order."""
        rank = self.target.settings.profile.rank
        return tuple(s for s in SCENARIOS.values() if s.profile.rank <= rank)

    def played(self, scenario: Scenario) -> ScenarioResult:
        """Return what came of *scenario*; play it if nobody has."""
        if scenario.name not in self._played:
            self._played[scenario.name] = self._play_once(scenario)
        return self._played[scenario.name]

    def judged(self, scenario: Scenario) -> tuple[CheckedExchange, ...]:
        """Return the exchanges of *scenario* with what the rules find in them."""
        if scenario.name not in self._judged:
            exchanges = self.played(scenario).exchanges
            self._judged[scenario.name] = tuple(map(self.judge, exchanges))
        return self._judged[scenario.name]

    def judge(self, exchange: Exchange) -> CheckedExchange:
        """Judge one *exchange* by all rules."""
        target = self.target
        assistant = str(object_in(exchange.request.body).get("assistant_id"))
        schema = target.output_schema(assistant)
        found = check(exchange, target.rules, dialect=target.dialect, output_schema=schema)
        call = parse_head(exchange.request, exchange.response, dialect=target.dialect)
        return CheckedExchange(exchange, call, tuple(found))

    def _play_once(self, scenario: Scenario) -> ScenarioResult:
        path = self.target.folder / f"{scenario.name}{SUFFIX}"
        with _locked(path.with_suffix(".lock")):
            if not path.exists():
                self._keep(path, self._play(scenario))
            return read_result(scenario, path)

    def _play(self, scenario: Scenario) -> ScenarioResult:
        target = self.target
        if scenario.inapplicable is not None and (why := scenario.inapplicable(target)):
            return ScenarioResult(scenario.name, scenario.about, inapplicable=why)
        examples = target.examples if scenario.every else target.examples[:1]
        acts = examples * target.settings.repeat
        with ThreadPoolExecutor(target.settings.concurrency) as pool:
            played = list(pool.map(partial(self._act, scenario), acts))
        exchanges = tuple(exchange for made, _ in played for exchange in made)
        problem = next((problem for _, problem in played if problem), "")
        return ScenarioResult(scenario.name, scenario.about, exchanges, problem)

    def _act(self, scenario: Scenario, example: RecordingRequest) -> tuple[list[Exchange], str]:
        """Play *scenario* with one *example*; return its exchanges, and what ended it early."""
        client = ScenarioClient(self.target, example)
        try:
            scenario.play(client)
        except (DeploymentError, BudgetExhausted) as error:
            return client.exchanges, str(error)
        return client.exchanges, ""

    def _keep(self, path: Path, played: ScenarioResult) -> None:
        """Write what was played; secrets are left out."""
        said = {"problem": played.problem, "inapplicable": played.inapplicable}
        _beside(path).write_text(json.dumps(said), encoding="utf-8")
        write_exchanges(self.target, path, played.exchanges, played.about)


def player(session: Session) -> RunScenario:
    """Return what plays a scenario of *session*, or says why it can't be played."""

    def play(scenario: Scenario) -> tuple[Exchange, ...]:
        played = session.played(scenario)
        if played.inapplicable:
            not_applicable(played.inapplicable)
        if played.problem:
            raise NotExercised(played.problem)
        return played.exchanges

    return play


def write_exchanges(
    target: Target, path: Path, exchanges: tuple[Exchange, ...] | list[Exchange], note: str
) -> None:
    """Write a recording of *exchanges* with *target*; secrets are left out."""
    server = {"url": target.url} | object_in(target.info.body)
    with RecordingWriter(path, server=server, note=note) as writer:
        for exchange in exchanges:
            writer.add_exchange(target.redactor.redact_exchange(exchange))


def read_result(scenario: Scenario, path: Path) -> ScenarioResult:
    """Return what was kept of *scenario* in the recording *path*."""
    said = object_in(_beside(path).read_bytes())
    exchanges = read(path).exchanges
    return ScenarioResult(
        scenario.name, scenario.about, exchanges, str(said["problem"]), str(said["inapplicable"])
    )


_DEPLOYMENT = "deployment.json"


def write_description(target: Target) -> None:
    """Write into the folder of the session what the report says of the deployment."""
    read_description = {
        "url": target.url,
        "server": object_in(target.info.body),
        "dialect": target.dialect or "",
        "contract": target.settings.contract or versions()[-1],
    }
    (target.folder / _DEPLOYMENT).write_text(json.dumps(read_description), encoding="utf-8")


def read_description(folder: Path) -> Json:
    """Return what was written of the deployment; empty where it was never asked."""
    path = folder / _DEPLOYMENT
    return object_in(path.read_bytes()) if path.exists() else {}


def all_results(folder: Path) -> Iterator[ScenarioResult]:
    """Yield what came of every scenario that was played, as *folder* keeps it."""
    for name, scenario in SCENARIOS.items():
        path = folder / f"{name}{SUFFIX}"
        if path.exists():
            yield read_result(scenario, path)


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


@contextmanager
def _locked(path: Path) -> Generator[None]:
    with FileLock(path):
        yield
