"""Hypothesis strategies for legal server responses, for use in property-based tests.

An exchange is drawn in four steps. A `RunModel` describes the behaviour of a graph. A
`SimulatedRun` adds ids, times and an order of events. A `RunView` selects the events for a request.
A `ServerBehavior` writes them as a server of some dialect does.

- `streams`, `waits`, `joins` and `refusals` draw exchanges; `same_run_variants` draws several
  exchanges that request the same run.
- `run_requests`, `run_options`, `json_values`, `json_objects`, `messages` and `chunkings` draw
  parts of an exchange.
- `fault_plans` draws faults for a response of the mock.
"""

from graphtape_suites.strategies.exchanges import joins, same_run_variants, streams, waits
from graphtape_suites.strategies.faults import fault_plans
from graphtape_suites.strategies.framings import chunkings
from graphtape_suites.strategies.graph_models import run_models
from graphtape_suites.strategies.json_values import json_objects, json_values, texts
from graphtape_suites.strategies.messages import messages, model_streams
from graphtape_suites.strategies.refusals import refusals
from graphtape_suites.strategies.requests import run_options, run_requests, stream_modes

__all__ = [
    "chunkings",
    "fault_plans",
    "joins",
    "json_objects",
    "json_values",
    "messages",
    "model_streams",
    "refusals",
    "run_models",
    "run_options",
    "run_requests",
    "same_run_variants",
    "stream_modes",
    "streams",
    "texts",
    "waits",
]
