"""What is tried with a deployment: a module for each suite."""

from graphtape_suites.scenarios import (
    concurrency,
    disconnect,
    errors,
    limits,
    messages,
    modes,
    neighbours,
    relations,
    resume,
    stateless,
    stream,
    wait,
)
from graphtape_suites.scenarios.scenario import SCENARIOS, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "concurrency",
    "disconnect",
    "errors",
    "limits",
    "messages",
    "modes",
    "neighbours",
    "relations",
    "resume",
    "stateless",
    "stream",
    "wait",
]
