"""Schemathesis with our OpenAPI document: what the document allows, and what it does not."""

import pytest

from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import check
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.session.session import Session

pytest.importorskip("schemathesis", reason="Schemathesis is not installed, or pytest is too old")

from graphtape_suites.properties.fuzzing import PATHS, Fuzzing


@pytest.fixture(scope="session")
def fuzzing(session: Session) -> Fuzzing:
    """The document of the deployment, as Schemathesis reads it."""
    return Fuzzing(session.target)


@pytest.mark.parametrize("path", PATHS)
@check(
    "fuzz.allowed",
    Level.MUST,
    "Any request that the OpenAPI document allows gets a response that the document allows.",
    runs=1,
    is_property=True,
)
def test_any_request_that_the_document_allows(
    path: str, property_runner: PropertyRunner, fuzzing: Fuzzing
) -> None:
    """Status, content type and every event are among those of the document."""
    property_runner(fuzzing.allowed(path), fuzzing.play)


@pytest.mark.parametrize("path", PATHS)
@check(
    "fuzz.forbidden",
    Level.MUST,
    "Any request that the OpenAPI document does not allow gets a response that the "
    "document allows, and no server error.",
    runs=1,
    is_property=True,
)
def test_any_request_that_the_document_forbids(
    path: str, property_runner: PropertyRunner, fuzzing: Fuzzing
) -> None:
    """A wrong request is refused, or what is wrong about it is ignored."""
    property_runner(fuzzing.forbidden(path), fuzzing.play)
