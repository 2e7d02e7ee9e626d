"""The deployment under test: its address, assistants, run inputs, rules and budget."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from graphtape_contracts import Exchange, Headers
from graphtape_contracts.catalogue import select_rules
from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.finding import Level
from graphtape_contracts.json_value import Json, is_object
from graphtape_contracts.rule import AnyRule
from graphtape_mock.deployment.budget import BudgetLimits, RunBudget
from graphtape_mock.deployment.client import DeploymentClient
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import BadHeader, DeploymentError
from graphtape_mock.deployment.headers import (
    header_fields,
    headers_from,
    key_from,
    merged,
    read_headers,
)
from graphtape_mock.deployment.info import DeploymentInfo, check_deployment, fetch_assistant_info
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer
from graphtape_suites.runner.input_schema import plain_input
from graphtape_suites.runner.options import URL_VARIABLE
from graphtape_suites.runner.run_inputs import recorded_inputs, wanted_inputs
from graphtape_suites.runner.settings import Settings

MOCK_SPEED = 20.0
"""The speed of the mock relative to the recording: fast, but still event by event."""

TAG = "graphtape"
"""The metadata key that marks the runs of the suites for the owner of the deployment."""

EXPECTED_OF_THE_MOCK = Path(str(files("graphtape_suites") / "expected-of-the-mock.toml"))
"""Requirements that the mock fails because it imitates the recorded server."""


@dataclass(frozen=True)
class Target:
    """A deployment, and the rules to check it against."""

    settings: Settings
    folder: Path
    """The folder that the processes of one session share."""
    client: DeploymentClient
    rules: tuple[AnyRule, ...]
    """The rules to check."""
    info: Exchange
    """The exchange of `GET /info`."""
    run_inputs: tuple[RecordingRequest, ...]
    """The inputs to run; most scenarios run only the first one."""
    deployment_info: dict[str, DeploymentInfo]
    """The facts about each assistant, by its name in the run inputs."""

    @property
    def url(self) -> str:
        """The URL, without user and password."""
        return self.client.upstream.url

    @property
    def run_budget(self) -> RunBudget:
        """The budget that counts the runs."""
        return self.client.run_budget

    @property
    def answers_from_recordings(self) -> bool:
        """Whether the target is the mock that the suites started."""
        return self.settings.url is None

    @property
    def speed(self) -> float:
        """The speed relative to a real server: the mock replays faster than recorded."""
        return MOCK_SPEED if self.answers_from_recordings else 1.0

    @cached_property
    def dialect(self) -> Dialect | None:
        """The dialect in the settings, or else the one detected from the responses."""
        if self.settings.dialect is not None:
            return Dialect(self.settings.dialect)
        responses = (e.response for s in self.deployment_info.values() for e in s.exchanges)
        return next((found for response in responses if (found := detect(response))), None)

    @cached_property
    def redactor(self) -> Redactor:
        """The redactor that keeps secrets out of files."""
        return Redactor(secrets=self.client.upstream.secrets)

    def schemas(self, assistant: str) -> Json:
        """Return the advertised schemas of an assistant; empty if there are none."""
        info = self.deployment_info.get(assistant)
        return _response_to(info, "/schemas") if info else {}

    def output_schema(self, assistant: str) -> Json | None:
        """Return the advertised schema of the output of the assistant's graph, if there is one."""
        schema = self.schemas(assistant).get("output_schema")
        return schema if is_object(schema) else None

    def announces(self, path: str) -> bool | None:
        """Whether the OpenAPI document of the deployment lists *path*; None without a document."""
        paths = self._openapi.get("paths")
        return path in paths if is_object(paths) else None

    @cached_property
    def _openapi(self) -> Json:
        exchange = self.client.upstream.fetch("GET", "/openapi.json")
        return object_in(exchange.body) if exchange.response.status == 200 else {}


@contextmanager
def open_target(settings: Settings, folder: Path) -> Generator[Target]:
    """Connect to the deployment, or start the mock if *settings* name none; yield the target.

    *folder* is shared by the processes of this session. Raises DeploymentError if the deployment
    can't be reached, BadRecordingRequest for an invalid input, NothingToRun, BadHeader and
    UnknownVersion.
    """
    if settings.url is not None:
        with _client(settings, settings.url) as upstream:
            yield target_of(settings, folder, upstream, ())
        return
    library = load(settings.recordings or [bundled_recordings()])
    mock = Mock(library, ReplayOptions(speed=MOCK_SPEED, nearest=True))
    with BackgroundServer(mock) as server, _client(settings, server.url) as upstream:
        yield target_of(settings, folder, upstream, recorded_inputs(library))


def _client(settings: Settings, url: str) -> DeploymentConnection:
    live = settings.url is not None
    if live and not url.strip():
        raise DeploymentError(
            f"expected a URL in --graphtape-url or {URL_VARIABLE}, got an empty one; without "
            "either, the suites check the mock"
        )
    return DeploymentConnection(
        url,
        key=key_from(os.environ) if live else None,
        headers=_headers(settings),
        limits=settings.limits,
        tls=settings.tls,
        through_proxy=live,
        keep_encoding=True,
    )


def _headers(settings: Settings) -> Headers:
    try:
        named = header_fields(settings.headers)
    except BadHeader as error:
        raise BadHeader(f"--graphtape-header: {error}") from None
    files = map(read_headers, settings.header_files)
    return merged(headers_from(os.environ) if settings.url is not None else (), *files, named)


def target_of(
    settings: Settings,
    folder: Path,
    upstream: DeploymentConnection,
    recorded: tuple[RecordingRequest, ...],
) -> Target:
    """Return the target at *upstream*. Raises the errors of `open_target`.

    *recorded* are the run inputs to use if *settings* name no input and no assistant.
    """
    rules = select_rules(settings.contract, Level(settings.level.upper()))
    budget = BudgetLimits(settings.max_runs, settings.max_seconds, settings.concurrency)
    info = check_deployment(upstream)
    named = settings.inputs or settings.assistants
    wanted = recorded if recorded and not named else wanted_inputs(settings, upstream)
    facts = {one.assistant: fetch_assistant_info(upstream, one.assistant, info) for one in wanted}
    run_inputs = tuple(_with_input(one, facts[one.assistant]) for one in wanted)
    run_budget = RunBudget(budget, folder, sleep=upstream.sleep)
    client = DeploymentClient(upstream, run_budget)
    return Target(settings, folder, client, rules, info, run_inputs, facts)


def _with_input(example: RecordingRequest, info: DeploymentInfo) -> RecordingRequest:
    """Return *example*, with an input made from the schema if it has none."""
    if "input" in example.body or "command" in example.body:
        return example
    schema = _response_to(info, "/schemas").get("input_schema")
    input_ = plain_input(schema) if is_object(schema) else {}
    return RecordingRequest(example.assistant, {**example.body, "input": input_}, example.name)


def _response_to(info: DeploymentInfo, part: str) -> Json:
    for exchange in info.exchanges:
        if exchange.request.path.endswith(part) and exchange.response.status == 200:
            return object_in(exchange.body)
    return {}
