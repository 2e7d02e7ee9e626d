"""The schema allows every request that the fast path accepts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts.schema import first_error
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.server.validation.fast_path import is_plainly_valid

MODES = st.sampled_from([*STREAM_MODES, "tools", "", "Values"])
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(0, 1), st.just("agent"), MODES, st.lists(MODES)
)
FIELDS = st.sampled_from(
    [
        "assistant_id",
        "input",
        "stream_mode",
        "stream_subgraphs",
        "stream_resumable",
        "config",
        "metadata",
        "surprise",
    ]
)
BODIES = st.dictionaries(FIELDS, VALUES, max_size=6)


@given(BODIES | VALUES)
@settings(deadline=None, max_examples=500)
def test_the_schemas_allow_what_is_plain(body: Any) -> None:
    allowed = not first_error("run-request.json", body)
    allowed_behind = not first_error("background-run-request.json", body)

    assert is_plainly_valid(body) <= (allowed and allowed_behind)


@pytest.mark.parametrize(
    "body",
    [
        {"assistant_id": "agent"},
        {"assistant_id": "agent", "input": None, "stream_mode": "updates"},
        {"input": [1], "stream_mode": ["values", "custom"], "assistant_id": ""},
        {"assistant_id": "a", "stream_mode": [], "stream_subgraphs": True},
        {"assistant_id": "a", "stream_resumable": False},
    ],
)
def test_the_usual_requests_are_plain(body: Any) -> None:
    assert is_plainly_valid(body)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"assistant_id": 1},
        {"assistant_id": "a", "stream_mode": None},
        {"assistant_id": "a", "stream_mode": ["tools"]},
        {"assistant_id": "a", "stream_subgraphs": 1},
        {"assistant_id": "a", "config": {}},
    ],
)
def test_all_else_is_left_to_the_schema(body: Any) -> None:
    assert not is_plainly_valid(body)
