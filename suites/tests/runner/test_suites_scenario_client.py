"""How the suites make requests."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from suites_run import deployed, targeted

from graphtape_contracts import End
from graphtape_contracts.json_value import Json
from graphtape_suites.scenarios.disconnect import after
from graphtape_suites.runner.client import ABSENT, STREAM, WAIT, Stage, fresh_id
from graphtape_suites.runner.target import Target


@pytest.fixture(name="target", scope="module")
def _target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with (
        deployed() as deployment,
        targeted(tmp_path_factory.mktemp("shared"), deployment.url) as target,
    ):
        yield target


@pytest.fixture(name="stage")
def _stage(target: Target) -> Stage:
    return Stage(target)


def _body(stage: Stage, **fields: Any) -> Json:
    body: Json = orjson.loads(stage.request(STREAM, fields).body)
    return body


def test_a_run_is_that_of_the_example_tagged_and_ends_with_its_client(stage: Stage) -> None:
    body = _body(stage)

    assert body == {
        "assistant_id": stage.example.assistant,
        "on_disconnect": "cancel",
        **stage.example.body,
        "metadata": {"graphtape": "suites"},
    }


def test_fields_go_before_what_is_said_by_default(stage: Stage) -> None:
    body = _body(stage, on_disconnect="continue", input=1, metadata={"a": 1})

    assert body["on_disconnect"] == "continue"
    assert body["input"] == 1
    assert body["metadata"] == {"graphtape": "suites", "a": 1}


def test_a_field_may_be_absent(stage: Stage) -> None:
    assert "input" not in _body(stage, input=ABSENT)


def test_metadata_of_another_kind_is_sent_as_it_is(stage: Stage) -> None:
    assert _body(stage, metadata=["x"])["metadata"] == ["x"]


def test_headers_are_sent_too(stage: Stage) -> None:
    assert ("origin", "x") in stage.request(headers=(("origin", "x"),)).headers


def test_exchanges_are_kept_in_order(stage: Stage) -> None:
    streamed = stage.run()
    waited = stage.run(WAIT)
    fetched = stage.fetch("GET", "/info")
    counted = stage.fetch("POST", "/assistants/count", {})

    assert stage.exchanges == [streamed, waited, fetched, counted]
    assert [e.response.status for e in stage.exchanges] == [200] * 4


def test_exchanges_at_the_same_time_keep_the_order_of_their_requests(stage: Stage) -> None:
    requests = [stage.request(WAIT), stage.request(STREAM), stage.request(WAIT)]

    exchanges = stage.together(requests)

    assert [exchange.request for exchange in exchanges] == requests
    assert stage.exchanges == exchanges


def test_a_client_hangs_up_after_some_events(stage: Stage) -> None:
    exchange = stage.run(enough=after(2), stream_mode=["values"])

    assert exchange.end is End.STOPPED
    assert len([frame for frame in exchange.frames if frame.data is not None]) == 2


def test_complaints_are_kept(stage: Stage) -> None:
    stage.complain("it is late")

    assert stage.complaints == ["it is late"]


def test_an_id_is_new_every_time() -> None:
    assert fresh_id() != fresh_id()
