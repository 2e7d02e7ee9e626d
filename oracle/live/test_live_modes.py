"""Every input with the views of `run_cases.VIEWS`, with and without subgraphs."""

from collections.abc import Mapping

import pytest
from comparison import Comparison
from run_cases import read_inputs, view_cases

INPUTS = read_inputs()


@pytest.mark.parametrize("endpoint", ["stream", "wait"])
@pytest.mark.parametrize("name", INPUTS)
def test_every_view_gets_the_response_of_the_server(
    name: str, endpoint: str, mocks: Mapping[str, str], comparison: Comparison
) -> None:
    cases = list(view_cases(f"/runs/{endpoint}", INPUTS[name]))

    differences = comparison.differences_of_all(f"views, {endpoint}", mocks, cases)

    assert not differences, f"{len(differences)} of {len(cases)} differ\n" + "\n".join(differences)
