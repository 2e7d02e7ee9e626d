"""The client of a scenario: sends requests to the target and records the exchanges."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import orjson

from graphtape_contracts import Exchange, Headers, Request
from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.deployment.client import OnHeaders, StopWhen
from graphtape_mock.deployment.headers import request_headers
from graphtape_mock.record.requests import RecordingRequest
from graphtape_suites.runner.target import TAG, Target
from graphtape_suites.runner.threads import request_threads

STREAM = "/runs/stream"
WAIT = "/runs/wait"


class ScenarioClient:
    """Sends requests with one run input to the target, and records the exchanges in order."""

    def __init__(self, target: Target, run_input: RecordingRequest | None = None) -> None:
        """Send requests to *target* with *run_input* (default: the first one of the target)."""
        self.target = target
        self.run_input = run_input or target.run_inputs[0]
        self.exchanges: list[Exchange] = []
        self.complaints: list[str] = []
        """Problems besides the findings of rules."""

    def request(
        self, path: str = STREAM, fields: Json | None = None, headers: Headers = ()
    ) -> Request:
        """Return the request for a run of the run input, with more *fields* in its body.

        The run is tagged, so that the owner of the deployment can recognize it, and is cancelled
        when its client disconnects.
        """
        body: Json = {"assistant_id": self.run_input.assistant, "on_disconnect": "cancel"}
        body |= self.run_input.body | (fields or {})
        metadata = body.get("metadata")
        if metadata is None or is_object(metadata):
            body["metadata"] = {TAG: "suites"} | (metadata or {})
        raw = orjson.dumps({key: value for key, value in body.items() if value is not ABSENT})
        return Request("POST", path, (*request_headers(raw), *headers), raw)

    def run(
        self,
        path: str = STREAM,
        /,
        *,
        headers: Headers = (),
        stop_when: StopWhen | None = None,
        on_headers: OnHeaders | None = None,
        **fields: Any,
    ) -> Exchange:
        """Make a run; see `request`, and `DeploymentClient` for *stop_when* and *on_headers*."""
        return self.send(
            self.request(path, fields, headers), stop_when=stop_when, on_headers=on_headers
        )

    def send(
        self,
        request: Request,
        *,
        stop_when: StopWhen | None = None,
        on_headers: OnHeaders | None = None,
    ) -> Exchange:
        """Send any *request*, record the exchange and return it."""
        exchange = self.target.client.ask(request, stop_when=stop_when, on_headers=on_headers)
        self.exchanges.append(exchange)
        return exchange

    def fetch(
        self, method: str, path: str, body: Json | None = None, headers: Headers = ()
    ) -> Exchange:
        """Send a request other than a run, record the exchange and return it."""
        raw = b"" if body is None else orjson.dumps(body)
        return self.send(Request(method, path, (*request_headers(raw), *headers), raw))

    def send_all(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send all *requests* concurrently; return their exchanges in the same order."""
        with request_threads(self.target.client.upstream, len(requests)) as pool:
            exchanges = list(pool.map(self.target.client.ask, requests))
        self.exchanges += exchanges
        return exchanges

    def complain(self, text: str) -> None:
        """Record a problem that no rule covers."""
        self.complaints.append(text)


ABSENT = object()
"""The value of a field that is left out of the request."""


def fresh_id() -> str:
    """Return a new UUID."""
    return str(uuid4())
