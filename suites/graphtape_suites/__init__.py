"""The pytest plugin, and contract suites to run against the mock or a live deployment.

The public names are `MockDeployment`, the type of the fixture `graphtape_mock`; `faults`, for
`graphtape_mock.use(fault=...)`; and `strategies`, Hypothesis strategies of exchanges, which need
the extra `suites`. `pytest --pyargs graphtape_suites` runs the suites. All other names are private.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtape_suites import faults, strategies
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

__all__ = ["MockDeployment", "faults", "strategies"]


def __getattr__(name: str) -> Any:
    """Import a public name on first use, since pytest imports this package at every start."""
    if name == "MockDeployment":
        return import_module("graphtape_suites.mock_fixture.mock_deployment").MockDeployment
    if name in __all__:
        return import_module(f"graphtape_suites.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
