"""The client of a scenario: makes requests of the target, and keeps the exchanges."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import orjson

from graphtape_contracts import Exchange, Headers, Request
from graphtape_contracts.json_value import Json, is_object
from graphtape_mock.deployment.client import OnHeaders, StopWhen
from graphtape_mock.deployment.connection import request_headers
from graphtape_mock.record.requests import RecordingRequest
from graphtape_suites.runner.target import TAG, Target

STREAM = "/runs/stream"
WAIT = "/runs/wait"


class ScenarioClient:
    """Makes requests of the target with one example; keeps what was answered, in order."""

    def __init__(self, target: Target, run_input: RecordingRequest | None = None) -> None:
        """Play with *example*, by default the target's first."""
        self.target = target
        self.run_input = run_input or target.run_inputs[0]
        self.exchanges: list[Exchange] = []
        self.complaints: list[str] = []
        """What is wrong beside what the rules find."""

    def request(
        self, path: str = STREAM, fields: Json | None = None, headers: Headers = ()
    ) -> Request:
        """Return the request for a run of the example, with further *fields* of the body.

        It is tagged, so that the owner of the deployment can tell it, and gives up with its
        client, so that nothing goes on that nobody waits for.
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
        """Make any *request*, and keep the exchange."""
        exchange = self.target.client.ask(request, stop_when=stop_when, on_headers=on_headers)
        self.exchanges.append(exchange)
        return exchange

    def fetch(
        self, method: str, path: str, body: Json | None = None, headers: Headers = ()
    ) -> Exchange:
        """Ask for something beside a run, and keep the exchange."""
        raw = b"" if body is None else orjson.dumps(body)
        return self.send(Request(method, path, (*request_headers(raw), *headers), raw))

    def together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Make all *requests* at the same time; return their exchanges in the same order."""
        with ThreadPoolExecutor(len(requests)) as pool:
            exchanges = list(pool.map(self.target.client.ask, requests))
        self.exchanges += exchanges
        return exchanges

    def complain(self, text: str) -> None:
        """Say that something is wrong that no rule is about."""
        self.complaints.append(text)


ABSENT = object()
"""As the value of a field: the request has no such field."""


def fresh_id() -> str:
    """Return a new UUID."""
    return str(uuid4())
