"""Run tags reveal a response that belongs to another run."""

import orjson
import pytest

from graphtape_contracts import Exchange, Frame, Request, Response
from graphtape_suites.checks.run_tags import foreign_run_tags, run_tag_of


def _exchange(marker: str | None, answer: str, **fields: object) -> Exchange:
    metadata = {} if marker is None else {"graphtape_marker": marker}
    body = orjson.dumps({"metadata": metadata} | fields)
    frames = (Frame(0.1, answer.encode()),)
    return Exchange(Request("POST", "/runs/wait", (), body), Response(200), frames)


@pytest.mark.parametrize("metadata", [None, [], {"other": 1}])
def test_a_request_may_have_no_marker(metadata: object) -> None:
    assert run_tag_of(_exchange(None, "", metadata=metadata)) is None


def test_the_marker_is_read_from_the_metadata() -> None:
    assert run_tag_of(_exchange("a1", "")) == "a1"


def test_a_marker_in_its_own_answer_is_where_it_belongs() -> None:
    assert (
        foreign_run_tags([_exchange("a1", "a1"), _exchange("b2", "b2"), _exchange(None, "")]) == ""
    )


def test_a_marker_in_the_answer_to_another_is_told() -> None:
    told = foreign_run_tags([_exchange("a1", "a1"), _exchange(None, "a1")])

    assert told == (
        'expected nothing of run 1 in the response to run 2, got the tag "a1" of run 1 (/runs/wait)'
    )


def test_runs_with_the_same_marker_may_show_it() -> None:
    assert foreign_run_tags([_exchange("a1", "a1"), _exchange("a1", "a1")]) == ""
