"""Rejected requests, and requests that are unusual as HTTP."""

import pytest
from comparison import Comparison
from raw_cases import http_cases, refused_cases


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_what_the_server_refuses_is_refused_alike(
    path: str, exact_mock: str, comparison: Comparison
) -> None:
    differences = comparison.differences("refusals", exact_mock, list(refused_cases(path)))

    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("path", ["/runs/stream", "/runs/wait"])
def test_unusual_http_is_answered_alike(path: str, exact_mock: str, comparison: Comparison) -> None:
    differences = comparison.differences("HTTP", exact_mock, list(http_cases(path)))

    assert not differences, "\n".join(differences)
