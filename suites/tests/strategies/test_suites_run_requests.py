"""Drawn requests: options that do not change the run, and wrong fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.json_value import Json
from graphtape_contracts.schema import load
from graphtape_suites.strategies import run_options
from graphtape_suites.strategies.wrong_fields import LEFT_ALONE, VALUES, wrong_fields

PROPERTIES = load("background-run-request.json")["properties"]


@given(run_options())
def test_drawn_options_never_keep_the_thread(options: Json) -> None:
    assert options.get("on_completion", "delete") == "delete"


@given(run_options(dialect=Dialect.JAVASCRIPT))
def test_requests_to_javascript_never_combine_values_and_subgraphs(options: Json) -> None:
    modes = options.get("stream_mode", "values")

    assert not (options.get("stream_subgraphs") and "values" in modes)


@pytest.mark.parametrize("subgraphs", [True, False])
@given(data=st.data())
def test_modes_and_subgraphs_can_be_fixed(subgraphs: bool, data: st.DataObject) -> None:
    options: Any = data.draw(run_options(modes=["updates", "tasks"], subgraphs=subgraphs))

    assert options["stream_mode"] == ["updates", "tasks"]
    assert options.get("stream_subgraphs", False) is subgraphs


@given(wrong_fields())
def test_wrong_fields_are_fields_of_a_run_request(fields: Json) -> None:
    assert 1 <= len(fields) <= 2
    assert fields.keys() <= PROPERTIES.keys() - LEFT_ALONE
    assert all(value in VALUES for value in fields.values())


def test_fields_left_alone_exist_in_the_schema() -> None:
    assert PROPERTIES.keys() > LEFT_ALONE
