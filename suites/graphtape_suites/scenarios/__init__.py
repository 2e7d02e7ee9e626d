"""Scenarios, with one module per suite."""

from graphtape_suites.scenarios import (
    concurrency,
    consistency,
    disconnect,
    endpoints,
    errors,
    isolation,
    limits,
    messages,
    modes,
    reconnect,
    stream,
    wait,
)
from graphtape_suites.scenarios.scenario import SCENARIOS, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "concurrency",
    "consistency",
    "disconnect",
    "endpoints",
    "errors",
    "isolation",
    "limits",
    "messages",
    "modes",
    "reconnect",
    "stream",
    "wait",
]
