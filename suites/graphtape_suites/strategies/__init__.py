"""Hypothesis strategies of what a server may legally answer, to build properties on.

A run is drawn first (a `Plan`: what the graph does), then happens (a `Run`: ids, times, an order),
then is shown as its request asks (a `View`), then written as a server of some dialect does.

- `streams`, `waits`, `joins`, `refusals`: whole exchanges; `same_run_variants`: several of one request.
- `run_requests`, `run_options`, `json_values`, `json_objects`, `messages`, `chunkings`: the parts.
- `fault_plans`: what goes wrong with an answer of the mock.
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
    "same_run_variants",
    "messages",
    "run_models",
    "refusals",
    "run_options",
    "run_requests",
    "model_streams",
    "stream_modes",
    "streams",
    "texts",
    "waits",
]
