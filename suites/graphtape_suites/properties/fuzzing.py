"""Fuzzing with Schemathesis: requests and checks from graphtape's OpenAPI document."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import httpx
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from graphtape_contracts import Exchange, Request
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import is_object
from graphtape_contracts.openapi import document
from graphtape_mock.deployment.headers import request_headers
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.target import TAG, Target

PATHS = (STREAM, WAIT)

# Schemathesis is only partly typed: pyright does not know the types of its checks.
_SCHEMATHESIS: Any = import_module("schemathesis")
_CONFIG: Any = import_module("schemathesis.config").SchemathesisConfig
_CHECKS: Any = import_module("schemathesis.specs.openapi.checks")

CHECKS_OF_ALL: tuple[Any, ...] = (import_module("schemathesis.checks").not_a_server_error,)
"""The Schemathesis checks for any server; rules check the bodies of refusals."""
CHECKS: tuple[Any, ...] = (
    *CHECKS_OF_ALL,
    _CHECKS.status_code_conformance,
    _CHECKS.content_type_conformance,
    _CHECKS.response_schema_conformance,
)
"""The Schemathesis checks for the Python dialect, which the OpenAPI document describes."""

_LONGEST_DELAY = 1
"""The greatest `after_seconds` of a generated request."""

_NOWHERE = "http://deployment.invalid"

Case = Any
"""A generated request: `schemathesis.Case`, whose type parameters depend on the transport."""


class Fuzzing:
    """Generates requests that the OpenAPI document allows or forbids, and sends them."""

    def __init__(self, target: Target) -> None:
        self._checks = CHECKS if target.dialect is Dialect.PYTHON else CHECKS_OF_ALL
        graphs = sorted({info.graph for info in target.deployment_info.values()})
        names = (example.assistant for example in target.run_inputs)
        # By default Schemathesis checks only the first twenty events of a stream.
        config = _CONFIG.from_dict({"max-stream-events": 1_000_000})
        described = document(graphs=sorted({*graphs, *names}))
        self._schema: Any = _SCHEMATHESIS.openapi.from_dict(described, config=config)

    def allowed(self, path: str) -> st.SearchStrategy[Case]:
        """Return a strategy for requests to *path* that the document allows."""
        return self._cases(path, GenerationMode.POSITIVE)

    def forbidden(self, path: str) -> st.SearchStrategy[Case]:
        """Return a strategy for requests to *path* that the document forbids."""
        return self._cases(path, GenerationMode.NEGATIVE)

    def _cases(self, path: str, mode: GenerationMode) -> st.SearchStrategy[Case]:
        cases: st.SearchStrategy[Case] = self._schema[path]["POST"].as_strategy(
            generation_mode=mode
        )
        return cases.filter(_is_harmless)

    def run(self, client: ScenarioClient, case: Case) -> None:
        """Send the request of *case*; record a problem if the document forbids the response."""
        request = _request(case)
        exchange = client.send(request)
        try:
            case.validate_response(_response(exchange), checks=list(self._checks))
        except FailureGroup as group:
            for failure in group.exceptions:
                client.complain(f"{failure.title}: {failure.message}")


def _is_harmless(case: Case) -> bool:
    """Whether a request makes the deployment neither call webhooks nor wait for long."""
    body = case.body
    if not is_object(body):
        return True
    delay = body.get("after_seconds")
    too_long = isinstance(delay, int | float) and abs(delay) > _LONGEST_DELAY
    return "webhook" not in body and not too_long


def _request(case: Case) -> Request:
    """Return the request of *case*; mark the run in its metadata unless *case* sets metadata."""
    sent: dict[str, Any] = case.as_transport_kwargs(base_url="")
    body: Any = sent.get("json", sent.get("data", b""))
    if is_object(body) and "metadata" not in body:
        body = body | {"metadata": {TAG: "suites"}}
    # orjson does not support integers of more than 64 bits.
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(case.method, case.formatted_path, request_headers(b"{}"), raw)


def _response(exchange: Exchange) -> httpx.Response:
    response = exchange.response
    request = httpx.Request(exchange.request.method, f"{_NOWHERE}{exchange.request.path}")
    headers = [header for header in response.headers if header[0] != "transfer-encoding"]
    built = httpx.Response(response.status, headers=headers, content=exchange.body, request=request)
    built.elapsed = timedelta(seconds=exchange.frames[-1].at if exchange.frames else 0)
    return built
