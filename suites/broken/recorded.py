"""Plays the scenarios once with the whole mock, and again with its answers changed."""

from collections import defaultdict, deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock
from unittest.mock import patch
from uuid import NAMESPACE_URL, UUID, uuid5

from broken_servers.answering import Change, head_before

from graphtape_contracts import End, Exchange, Headers, Request, Response
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.connection import DeploymentConnection, StreamedResponse
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.runner.session import CheckedExchange, Session
from graphtape_suites.runner.settings import Settings
from graphtape_suites.runner.target import target_of
from graphtape_suites.scenarios import Scenario
from graphtape_suites.verdicts.expected_failures import ExpectedFailures
from graphtape_suites.verdicts.results import ScenarioResult

_Asked = tuple[object, ...]
"""What tells requests apart."""
_TELLING = {"accept": "*/*", "content-type": "", "origin": "", "last-event-id": ""}
"""The headers that do, and what the HTTP client sends where a scenario says nothing."""


class Diverged(Exception):
    """A client asked a changed server for what it did not ask of the whole one.

    What it gets depends on the change, so the server can only be tried live.
    """


class Recorded(DeploymentConnection):
    """Answers what was asked of the whole mock with what a change makes of its answers.

    The answers to a request that was made several times come in the order in which they came.
    """

    def __init__(self, exchanges: list[Exchange], added: Headers) -> None:
        """*added* are the headers that an HTTP server gives to each answer."""
        super().__init__("http://recorded.invalid", keep_encoding=True)
        self._exchanges = exchanges
        self._added = added
        self._change: Change = _unchanged
        self._left: dict[_Asked, deque[Exchange]] = {}
        self._lock = Lock()
        self.start(_unchanged)

    def start(self, change: Change) -> None:
        """StreamedResponse from the beginning again, with what *change* makes of each answer."""
        self._change = change
        self._left = defaultdict(deque)
        for exchange in self._exchanges:
            self._left[_asked(exchange.request)].append(exchange)

    @contextmanager
    def open(self, request: Request) -> Generator[StreamedResponse]:
        """StreamedResponse *request*. Raises Diverged where the whole mock was not asked for that."""
        with self._lock:
            left = self._left[_asked(request)]
            if not left:
                raise Diverged(f"{request.method} {request.path} was not asked of the whole mock")
            exchange = left.popleft()
        changed = self._change(exchange)
        body = b"" if request.method == "HEAD" else changed.body
        head = _head(head_before(changed.response, changed.body), self._added)
        yield StreamedResponse(head, _pieces(body, changed.end), lambda: 0.0)


def _head(response: Response, added: Headers) -> Response:
    """Return the head of a *response* as an HTTP server sends it."""
    chunked = response.header("content-length") is None
    framing = (("transfer-encoding", "chunked"),) if chunked else ()
    return replace(response, headers=(*added, *response.headers, *framing))


def _pieces(body: bytes, end: End) -> Iterator[bytes]:
    if body:
        yield body
    if end is End.CUT:
        raise DeploymentError("the connection was lost")


def _asked(request: Request) -> _Asked:
    headers = _TELLING | dict(request.headers)
    return request.method, request.path, request.body, *(headers[name] for name in _TELLING)


def _unchanged(exchange: Exchange) -> Exchange:
    return exchange


_Found = tuple[tuple[Dialect | None, Json | None], CheckedExchange]
"""What the rules find in an exchange, and the dialect and the schema that they are told."""
Unchanged = dict[Exchange, _Found | None]
"""The exchanges with the whole mock, and what was found in those that were judged."""


@dataclass
class OfflineSession(Session):
    """A session that keeps in memory what is played, and judges once what is not changed."""

    unchanged: Unchanged = field(default_factory=dict[Exchange, _Found | None])

    def judge(self, exchange: Exchange) -> CheckedExchange:
        """Judge one *exchange* by all rules, unless that was done with another session."""
        assistant = str(object_in(exchange.request.body).get("assistant_id"))
        judged_with = (self.target.dialect, self.target.output_schema(assistant))
        if (found := self.unchanged.get(exchange)) and found[0] == judged_with:
            return found[1]
        judged = super().judge(exchange)
        if exchange in self.unchanged:
            self.unchanged[exchange] = (judged_with, judged)
        return judged

    def _play_once(self, scenario: Scenario) -> ScenarioResult:
        return self._play(scenario)


def play(
    settings: Settings, upstream: DeploymentConnection, folder: Path, expected: ExpectedFailures
) -> OfflineSession:
    """Play all scenarios of the profile with *upstream*, always with the same requests."""
    numbers = count()

    def next_id() -> UUID:
        return uuid5(NAMESPACE_URL, str(next(numbers)))

    with patch("graphtape_suites.runner.client.uuid4", next_id):
        session = OfflineSession(target_of(settings, folder, upstream, ()), expected)
        for scenario in session.scenarios:
            session.played(scenario)
    session.target.announces("")  # Else its document would be asked for by a test, too late.
    return session
