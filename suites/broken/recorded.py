"""Runs the scenarios once against the unchanged mock, and again with its responses changed."""

from collections import defaultdict, deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock
from unittest.mock import patch
from uuid import NAMESPACE_URL, UUID, uuid5

from broken_servers.response_change import head_before
from editing import Change

from graphtape_contracts import End, Exchange, Headers, Request, Response
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json
from graphtape_mock.deployment.connection import DeploymentConnection, StreamedResponse
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.runner.settings import Settings
from graphtape_suites.runner.target import target_of
from graphtape_suites.scenarios import Scenario
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.session.session import CheckedExchange, Session
from graphtape_suites.verdicts.expected_failures import ExpectedFailures

_RequestKey = tuple[object, ...]
"""The parts of a request that determine its response: method, path, body, some headers."""
_KEY_HEADERS = {"accept": "*/*", "content-type": "", "origin": "", "last-event-id": ""}
"""The headers in a request key, each with the default value of the HTTP client."""


class Diverged(Exception):
    """A client sent a request to the changed server that it did not send to the unchanged one.

    The response depends on the change, so the server must be tried live.
    """


class Recorded(DeploymentConnection):
    """Replays exchanges with the unchanged mock, and changes each response.

    Equal requests get their responses in the recorded order.
    """

    def __init__(self, exchanges: list[Exchange], added: Headers) -> None:
        """Replay *exchanges*; add the headers *added*, which an HTTP server adds to responses."""
        super().__init__("http://recorded.invalid", keep_encoding=True)
        self._exchanges = exchanges
        self._added = added
        self._change: Change = _unchanged
        self._left: dict[_RequestKey, deque[Exchange]] = {}
        self._lock = Lock()
        self.start(_unchanged)

    def start(self, change: Change) -> None:
        """Restart from the first exchange, with *change* applied to each response."""
        self._change = change
        self._left = defaultdict(deque)
        for exchange in self._exchanges:
            self._left[_key(exchange.request)].append(exchange)

    @contextmanager
    def open(self, request: Request) -> Generator[StreamedResponse]:
        """Yield the response to *request*; raise Diverged if none is left."""
        with self._lock:
            left = self._left[_key(request)]
            if not left:
                raise Diverged(
                    f"{request.method} {request.path} was not sent to the unchanged mock"
                )
            exchange = left.popleft()
        changed = self._change(exchange)
        body = b"" if request.method == "HEAD" else changed.body
        head = _head(head_before(changed.response, changed.body), self._added)
        yield StreamedResponse(head, _pieces(body, changed.end), lambda: 0.0)


def _head(response: Response, added: Headers) -> Response:
    """Return the head of a *response* with the headers that an HTTP server adds."""
    chunked = response.header("content-length") is None
    framing = (("transfer-encoding", "chunked"),) if chunked else ()
    return replace(response, headers=(*added, *response.headers, *framing))


def _pieces(body: bytes, end: End) -> Iterator[bytes]:
    if body:
        yield body
    if end is End.CUT:
        raise DeploymentError("the connection was lost")


def _key(request: Request) -> _RequestKey:
    headers = _KEY_HEADERS | dict(request.headers)
    return request.method, request.path, request.body, *(headers[name] for name in _KEY_HEADERS)


def _unchanged(exchange: Exchange) -> Exchange:
    return exchange


_Found = tuple[tuple[Dialect | None, Json | None], CheckedExchange]
"""The dialect and the output schema that an exchange was checked with, and the findings."""
Unchanged = dict[Exchange, _Found | None]
"""Maps each exchange to the result of its check, or to None if it is not yet checked."""


@dataclass
class OfflineSession(Session):
    """A session in memory that checks each unchanged exchange only once."""

    expected: ExpectedFailures = field(default_factory=ExpectedFailures)
    unchanged: Unchanged = field(default_factory=dict[Exchange, _Found | None])

    def check(self, exchange: Exchange) -> CheckedExchange:
        """Check *exchange* against all rules, or return its findings from an earlier session."""
        assistant = str(object_in(exchange.request.body).get("assistant_id"))
        judged_with = (self.target.dialect, self.target.output_schema(assistant))
        if (found := self.unchanged.get(exchange)) and found[0] == judged_with:
            return found[1]
        judged = super().check(exchange)
        if exchange in self.unchanged:
            self.unchanged[exchange] = (judged_with, judged)
        return judged

    def _run_once(self, scenario: Scenario) -> ScenarioResult:
        return self._run(scenario)


def play(
    settings: Settings, upstream: DeploymentConnection, folder: Path, expected: ExpectedFailures
) -> OfflineSession:
    """Run all scenarios of the profile against *upstream*; every call sends the same requests."""
    numbers = count()

    def next_id() -> UUID:
        return uuid5(NAMESPACE_URL, str(next(numbers)))

    with patch("graphtape_suites.runner.client.uuid4", next_id):
        session = OfflineSession(target_of(settings, folder, upstream, ()), expected=expected)
        for scenario in session.scenarios:
            session.run(scenario)
    session.target.announces("")  # Fetch the OpenAPI document now, to record it.
    return session
