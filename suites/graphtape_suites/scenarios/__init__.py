"""What is tried with a deployment: a module for each suite."""

from graphtape_suites.scenarios import (
    concurrency,
    disconnect,
    errors,
    limits,
    messages,
    modes,
    stream,
    wait,
)
from graphtape_suites.scenarios import consistency as relations
from graphtape_suites.scenarios import endpoints as neighbours
from graphtape_suites.scenarios import isolation as stateless
from graphtape_suites.scenarios import reconnect as resume
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
