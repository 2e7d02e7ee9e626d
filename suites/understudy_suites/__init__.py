"""The pytest plugin, and the contract suites to run against the mock or a live deployment."""

from understudy_suites.deployment import MockDeployment

__all__ = ["MockDeployment"]
