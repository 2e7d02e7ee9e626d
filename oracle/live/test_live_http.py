"""Invalid requests, and requests that are unusual HTTP."""

import pytest
from comparison import Comparison
from raw_cases import http_cases, refused_cases


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_invalid_requests_get_the_responses_of_the_server(
    path: str, exact_mock: str, comparison: Comparison
) -> None:
    differences = comparison.differences("refusals", exact_mock, list(refused_cases(path)))

    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_unusual_http_gets_the_responses_of_the_server(
    path: str, exact_mock: str, comparison: Comparison
) -> None:
    differences = comparison.differences("HTTP", exact_mock, list(http_cases(path)))

    assert not differences, "\n".join(differences)
