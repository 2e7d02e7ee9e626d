"""Fuzzing with Schemathesis: requests that graphtape's OpenAPI document allows or forbids."""

import pytest

from graphtape_contracts.finding import Level
from graphtape_suites.checks.check import check
from graphtape_suites.properties.property_runner import PropertyRunner
from graphtape_suites.session.session import Session

pytest.importorskip("schemathesis", reason="Schemathesis is not installed, or pytest is too old")

from graphtape_suites.properties.fuzzing import PATHS, Fuzzing


@pytest.fixture(scope="session")
def fuzzing(session: Session) -> Fuzzing:
    """Return the generator of requests from the OpenAPI document."""
    return Fuzzing(session.target)


@pytest.mark.parametrize("path", PATHS)
@check(
    "fuzz.allowed",
    Level.MUST,
    "Any request that the OpenAPI document allows gets a response that the document allows.",
    runs=1,
    is_property=True,
)
def test_any_request_that_the_document_allows_gets_an_allowed_response(
    path: str, property_runner: PropertyRunner, fuzzing: Fuzzing
) -> None:
    """The document allows the status, the content type and every event."""
    property_runner(fuzzing.allowed(path), fuzzing.run)


@pytest.mark.parametrize("path", PATHS)
@check(
    "fuzz.forbidden",
    Level.MUST,
    "Any request that the OpenAPI document forbids gets a response that the document "
    "allows, and no server error.",
    runs=1,
    is_property=True,
)
def test_any_request_that_the_document_forbids_gets_an_allowed_response(
    path: str, property_runner: PropertyRunner, fuzzing: Fuzzing
) -> None:
    """A wrong request is refused, or its wrong part is ignored."""
    property_runner(fuzzing.forbidden(path), fuzzing.run)
