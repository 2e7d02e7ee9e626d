"""The deployment under test: where it is, what it offers, what is run on it, what that may cost."""

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
from graphtape_mock.deployment.connection import (
    DeploymentConnection,
    header_fields,
    key_from,
    secrets_among,
)
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.deployment.info import DeploymentInfo, check_deployment, fetch_assistant_info
from graphtape_mock.record.requests import RecordingRequest
from graphtape_mock.recordings.try_json import object_in
from graphtape_mock.redaction.redactor import Redactor
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import BackgroundServer, Mock, bundled_recordings
from graphtape_suites.properties.inputs import plain_input
from graphtape_suites.runner.run_inputs import recorded_inputs, wanted_inputs
from graphtape_suites.runner.settings import Settings

MOCK_SPEED = 20.0
"""How much faster than recorded the mock answers the suites: fast, and still piece by piece."""

TAG = "graphtape"
"""The key of a run's metadata by which the owner of a deployment knows the runs of the suites."""


EXPECTED_OF_THE_MOCK = Path(str(files("graphtape_suites") / "expected-of-the-mock.toml"))
"""What the mock breaks because it does as the recorded server does."""


@dataclass(frozen=True)
class Target:
    """A deployment, and how it is judged."""

    settings: Settings
    folder: Path
    """What the processes of one session share."""
    client: DeploymentClient
    rules: tuple[AnyRule, ...]
    """What it is judged by."""
    info: Exchange
    """The answer to `GET /info`."""
    examples: tuple[RecordingRequest, ...]
    """What is run: the first one by most scenarios."""
    deployment_info: dict[str, DeploymentInfo]
    """What the deployment says of each assistant, by the name that examples use."""

    @property
    def url(self) -> str:
        """Where it is, without user and password."""
        return self.client.upstream.url

    @property
    def run_budget(self) -> RunBudget:
        """What counts the runs."""
        return self.client.run_budget

    @property
    def answers_from_recordings(self) -> bool:
        """Whether it is the mock that the suites started themselves."""
        return self.settings.url is None

    @property
    def speed(self) -> float:
        """How much faster than a server it answers: the mock replays faster than recorded."""
        return MOCK_SPEED if self.answers_from_recordings else 1.0

    @cached_property
    def dialect(self) -> Dialect | None:
        """Whose contract it is judged by: as the user says, or as its answers look."""
        if self.settings.dialect is not None:
            return Dialect(self.settings.dialect)
        answers = (e.response for s in self.deployment_info.values() for e in s.exchanges)
        return next((found for answer in answers if (found := detect(answer))), None)

    @cached_property
    def redactor(self) -> Redactor:
        """What keeps secrets out of files."""
        further = secrets_among(_headers(self.settings), Redactor())
        known = (*self.client.upstream.secrets, *further)
        return Redactor(secrets=known)

    def schemas(self, assistant: str) -> Json:
        """Return the schemas that the deployment tells of an assistant; empty if it tells none."""
        around = self.deployment_info.get(assistant)
        return _told(around, "/schemas") if around else {}

    def output_schema(self, assistant: str) -> Json | None:
        """Return the schema of what the assistant's graph puts out, if the deployment tells it."""
        schema = self.schemas(assistant).get("output_schema")
        return schema if is_object(schema) else None

    def announces(self, path: str) -> bool | None:
        """Whether its OpenAPI document has this *path*; None where it has no document."""
        paths = self._openapi.get("paths")
        return path in paths if is_object(paths) else None

    @cached_property
    def _openapi(self) -> Json:
        exchange = self.client.upstream.fetch("GET", "/openapi.json")
        return object_in(exchange.body) if exchange.response.status == 200 else {}


@contextmanager
def open_target(settings: Settings, folder: Path) -> Generator[Target]:
    """Start the mock where the user names no deployment; ask the deployment what it is.

    *folder* is what the processes of this session share. Raises UpstreamError where the
    deployment can't be asked, NothingToRun, BadHeader, BadJob for inputs that make no request,
    and UnknownVersion.
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
    key = key_from(os.environ) if settings.url else None
    return DeploymentConnection(
        url, key=key, headers=_headers(settings), timeout=settings.timeout, keep_encoding=True
    )


def _headers(settings: Settings) -> Headers:
    try:
        return header_fields(settings.headers)
    except BadHeader as error:
        raise BadHeader(f"--graphtape-header: {error}") from None


def target_of(
    settings: Settings,
    folder: Path,
    upstream: DeploymentConnection,
    recorded: tuple[RecordingRequest, ...],
) -> Target:
    """Ask *upstream* what it is; return it as the target. Raises as `open_target` does.

    *recorded* is what is run where *settings* name no input and no assistant.
    """
    rules = select_rules(settings.contract, Level(settings.level.upper()))
    budget = BudgetLimits(settings.max_runs, settings.max_seconds, settings.concurrency)
    info = check_deployment(upstream)
    says = settings.inputs or settings.assistants
    jobs = recorded if recorded and not says else wanted_inputs(settings, upstream)
    around = {job.assistant: fetch_assistant_info(upstream, job.assistant, info) for job in jobs}
    examples = tuple(_with_input(job, around[job.assistant]) for job in jobs)
    client = DeploymentClient(upstream, RunBudget(budget, folder))
    return Target(settings, folder, client, rules, info, examples, around)


def _with_input(example: RecordingRequest, around: DeploymentInfo) -> RecordingRequest:
    """Return *example*, with an input made from the schema where the user gave none."""
    if "input" in example.body or "command" in example.body:
        return example
    schema = _told(around, "/schemas").get("input_schema")
    input_ = plain_input(schema) if is_object(schema) else {}
    return RecordingRequest(example.assistant, {**example.body, "input": input_}, example.name)


def _told(around: DeploymentInfo, part: str) -> Json:
    for exchange in around.exchanges:
        if exchange.request.path.endswith(part) and exchange.response.status == 200:
            return object_in(exchange.body)
    return {}
