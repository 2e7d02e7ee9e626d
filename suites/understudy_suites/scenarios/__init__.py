"""What is tried with a deployment: a module for each suite."""

from understudy_suites.scenarios import (
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
from understudy_suites.scenarios.scenario import SCENARIOS, Scenario

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
