"""The pytest plugin, and the contract suites to run against the mock or a live deployment."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtape_suites import faults
    from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

__all__ = ["MockDeployment", "faults"]


def __getattr__(name: str) -> Any:
    """Import what is asked for: pytest imports this package at every start."""
    if name == "MockDeployment":
        from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

        return MockDeployment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
