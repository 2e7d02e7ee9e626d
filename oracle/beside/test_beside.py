"""The plugin is installed beside the newest LangGraph server, and neither breaks the other."""

from importlib.metadata import distributions, version

from packaging.requirements import Requirement
from packaging.version import Version

from graphtape_suites.mock_fixture.mock_deployment import MockDeployment

OLDEST_SERVER = Version("0.16.7")
"""The recorded version. An older one means that our requirements forced a downgrade."""


def unmet(requirement: Requirement) -> bool:
    """Whether no matching version of *requirement* is installed."""
    installed = {found.metadata["Name"].lower().replace("_", "-") for found in distributions()}
    name = requirement.name.lower().replace("_", "-")
    return name not in installed or version(name) not in requirement.specifier


def test_the_server_is_not_downgraded() -> None:
    assert Version(version("langgraph-api")) >= OLDEST_SERVER


def test_all_requirements_are_installed() -> None:
    required = {
        (found.metadata["Name"], line)
        for found in distributions()
        for line in found.requires or ()
        if (marker := Requirement(line).marker) is None or marker.evaluate({"extra": ""})
    }

    assert [pair for pair in required if unmet(Requirement(pair[1]))] == []


def test_the_plugin_installs_no_requirements_of_the_suites() -> None:
    names = {found.metadata["Name"].lower() for found in distributions()}

    assert not names & {"hypothesis", "schemathesis"}


def test_the_mock_responds(graphtape_mock: MockDeployment) -> None:
    assert graphtape_mock.url.startswith("http://127.0.0.1:")
