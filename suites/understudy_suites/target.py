"""The deployment under test: where it is, what it offers, what is run on it, what that may cost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from understudy_contracts import Exchange, Headers, Response
from understudy_contracts.catalogue import select
from understudy_contracts.dialect import Dialect, detect
from understudy_contracts.finding import Level
from understudy_contracts.json_value import Json, is_list, is_object
from understudy_contracts.rule import AnyRule
from understudy_mock.api.replay import Options
from understudy_mock.lenient_json import object_in, value_in
from understudy_mock.live.caller import Caller
from understudy_mock.live.governor import Budget, Governor
from understudy_mock.live.surroundings import Surroundings, greet, survey
from understudy_mock.live.upstream import (
    Upstream,
    UpstreamError,
    header_fields,
    key_from,
    secrets_among,
)
from understudy_mock.record.job import Job, load_json, make_job, make_jobs, read_text
from understudy_mock.redaction import Redactor
from understudy_mock.replay.library import Library, load
from understudy_mock.replay.projection import request_body
from understudy_mock.server import BackgroundServer, Mock, bundled_recordings
from understudy_mock.view import VIEW_FIELDS
from understudy_suites.inputs import plain_input
from understudy_suites.settings import Settings

MOCK_SPEED = 20.0
"""How much faster than recorded the mock answers the suites: fast, and still piece by piece."""

TAG = "understudy"
"""The key of a run's metadata by which the owner of a deployment knows the runs of the suites."""


EXPECTED_OF_THE_MOCK = Path(str(files("understudy_suites") / "expected-of-the-mock.toml"))
"""What the mock breaks because it does as the recorded server does."""


class NothingToRun(Exception):
    """There is no assistant, or no input for it: what is missing, and what to do."""


@dataclass(frozen=True)
class Target:
    """A deployment, and how it is judged."""

    settings: Settings
    folder: Path
    """What the processes of one session share."""
    caller: Caller
    info: Exchange
    """The answer to `GET /info`."""
    examples: tuple[Job, ...]
    """What is run: the first one by most scenarios."""
    surroundings: dict[str, Surroundings]
    """What the deployment says of each assistant, by the name that examples use."""

    @property
    def url(self) -> str:
        """Where it is, without user and password."""
        return self.caller.upstream.url

    @property
    def governor(self) -> Governor:
        """What counts the runs."""
        return self.caller.governor

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
        answers = (e.response for s in self.surroundings.values() for e in s.exchanges)
        return next((found for answer in answers if (found := detect(answer))), None)

    @cached_property
    def rules(self) -> tuple[AnyRule, ...]:
        """The rules that it is judged by."""
        return select(self.settings.contract, Level(self.settings.level.upper()))

    @cached_property
    def redactor(self) -> Redactor:
        """What keeps secrets out of files."""
        headers = header_fields(self.settings.headers)
        known = (*self.caller.upstream.secrets, *secrets_among(headers, Redactor()))
        return Redactor(secrets=known)

    def schemas(self, assistant: str) -> Json:
        """Return the schemas that the deployment tells of an assistant; empty if it tells none."""
        around = self.surroundings.get(assistant)
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
        exchange = self.caller.upstream.fetch("GET", "/openapi.json")
        return object_in(exchange.body) if exchange.response.status == 200 else {}


@contextmanager
def open_target(settings: Settings, folder: Path) -> Iterator[Target]:
    """Start the mock where the user names no deployment; ask the deployment what it is.

    *folder* is what the processes of this session share. Raises UpstreamError where the
    deployment can't be asked, NothingToRun, and BadJob for inputs that make no request.
    """
    if settings.url is not None:
        with _client(settings, settings.url) as upstream:
            yield _target(settings, folder, upstream, _examples(settings, upstream))
        return
    library = load(settings.recordings or [bundled_recordings()])
    mock = Mock(library, Options(speed=MOCK_SPEED, nearest=True))
    with BackgroundServer(mock) as server, _client(settings, server.url) as upstream:
        yield _target(settings, folder, upstream, _recorded(library))


def _client(settings: Settings, url: str) -> Upstream:
    key = key_from(os.environ) if settings.url else None
    headers: Headers = header_fields(settings.headers)
    return Upstream(url, key=key, headers=headers, timeout=settings.timeout)


def _target(
    settings: Settings, folder: Path, upstream: Upstream, examples: tuple[Job, ...]
) -> Target:
    budget = Budget(settings.max_runs, settings.max_seconds, settings.concurrency)
    info = greet(upstream)
    surroundings: dict[str, Surroundings] = {}
    for example in examples:
        if example.assistant not in surroundings:
            surroundings[example.assistant] = survey(upstream, example.assistant, info)
    made = tuple(_with_input(example, surroundings[example.assistant]) for example in examples)
    caller = Caller(upstream, Governor(budget, folder))
    return Target(settings, folder, caller, info, made, surroundings)


def _with_input(example: Job, around: Surroundings) -> Job:
    """Return *example*, with an input made from the schema where the user gave none."""
    if "input" in example.body or "command" in example.body:
        return example
    schema = _told(around, "/schemas").get("input_schema")
    input_ = plain_input(schema) if is_object(schema) else {}
    return Job(example.assistant, {**example.body, "input": input_}, example.name)


def _told(around: Surroundings, part: str) -> Json:
    for exchange in around.exchanges:
        if exchange.request.path.endswith(part) and exchange.response.status == 200:
            return object_in(exchange.body)
    return {}


def _recorded(library: Library) -> tuple[Job, ...]:
    """Return what the recordings of *library* are of."""
    jobs: dict[str, Job] = {}
    for run in library.runs:
        body = request_body(run.exchanges[0])
        assistant = str(body.pop("assistant_id"))
        for field in VIEW_FIELDS:
            body.pop(field, None)
        jobs.setdefault(run.name, Job(assistant, body, run.name))
    if not jobs:
        raise NothingToRun("expected recordings to answer from, got none with a run in them")
    return tuple(jobs.values())


def _examples(settings: Settings, upstream: Upstream) -> tuple[Job, ...]:
    """Return what the user wants to run; without inputs, jobs that have none yet."""
    if not settings.inputs:
        assistants = settings.assistants or (_first_assistant(upstream),)
        return tuple(Job(assistant, {}, None) for assistant in assistants)
    found: list[Job] = []
    for text in settings.inputs:
        found += _jobs(text, settings.assistants, upstream)
    return tuple(found)


def _jobs(text: str, assistants: tuple[str, ...], upstream: Upstream) -> list[Job]:
    where = "--understudy-input"
    file = file_named(text)
    content = text if file is None else read_text(str(file), where)
    if file is not None and _lists_jobs(content):
        return make_jobs(content, str(file), assistants[0] if assistants else None)
    fields: Json = {"input": load_json(content, where if file is None else str(file))}
    chosen = assistants or (_first_assistant(upstream),)
    return [make_job(assistant, fields, {}, None, where) for assistant in chosen]


def file_named(text: str) -> Path | None:
    """Return the file that the value of --understudy-input names; None where it is JSON itself.

    An @ before it is not needed: pytest takes an argument that starts with one for a file of
    further arguments.
    """
    path = Path(text.removeprefix("@"))
    is_json = text.lstrip()[:1] in ("{", "[", '"')
    return path if text.startswith("@") or (not is_json and path.exists()) else None


def _lists_jobs(content: str) -> bool:
    """Whether a file holds entries as for `understudy record --inputs`, not one input."""
    first = value_in(content)
    if is_list(first):
        return True
    entry = first if is_object(first) else object_in(content.partition("\n")[0])
    return "input" in entry and entry.keys() <= {"name", "assistant", "input", "body"}


def _first_assistant(upstream: Upstream) -> str:
    exchange = upstream.fetch("POST", "/assistants/search", b'{"limit":1,"offset":0}')
    found = value_in(exchange.body)
    if exchange.response.status == 200 and is_list(found) and found and is_object(found[0]):
        return str(found[0].get("assistant_id"))
    raise NothingToRun(
        f"expected {upstream.url} to name an assistant (POST /assistants/search), got "
        f"{_seen(exchange.response)}: name one with --understudy-assistant"
    )


def _seen(response: Response) -> str:
    return "none" if response.status == 200 else f"status {response.status}"


__all__ = ["TAG", "NothingToRun", "Target", "UpstreamError", "open_target"]
