"""Requests of the scenario client."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from suites_run import deployed, targeted

from graphtape_contracts import End
from graphtape_contracts.json_value import Json
from graphtape_suites.runner.client import ABSENT, STREAM, WAIT, ScenarioClient, fresh_id
from graphtape_suites.runner.target import Target
from graphtape_suites.scenarios.disconnect import after


@pytest.fixture(name="target", scope="module")
def _target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with (
        deployed() as deployment,
        targeted(tmp_path_factory.mktemp("shared"), deployment.url) as target,
    ):
        yield target


@pytest.fixture(name="client")
def _client(target: Target) -> ScenarioClient:
    return ScenarioClient(target)


def _body(client: ScenarioClient, **fields: Any) -> Json:
    body: Json = orjson.loads(client.request(STREAM, fields).body)
    return body


def test_a_run_is_that_of_the_example_tagged_and_ends_with_its_client(
    client: ScenarioClient,
) -> None:
    body = _body(client)

    assert body == {
        "assistant_id": client.run_input.assistant,
        "on_disconnect": "cancel",
        **client.run_input.body,
        "metadata": {"graphtape": "suites"},
    }


def test_fields_go_before_what_is_said_by_default(client: ScenarioClient) -> None:
    body = _body(client, on_disconnect="continue", input=1, metadata={"a": 1})

    assert body["on_disconnect"] == "continue"
    assert body["input"] == 1
    assert body["metadata"] == {"graphtape": "suites", "a": 1}


def test_a_field_may_be_absent(client: ScenarioClient) -> None:
    assert "input" not in _body(client, input=ABSENT)


def test_metadata_of_another_kind_is_sent_as_it_is(client: ScenarioClient) -> None:
    assert _body(client, metadata=["x"])["metadata"] == ["x"]


def test_headers_are_sent_too(client: ScenarioClient) -> None:
    assert ("origin", "x") in client.request(headers=(("origin", "x"),)).headers


def test_exchanges_are_kept_in_order(client: ScenarioClient) -> None:
    streamed = client.run()
    waited = client.run(WAIT)
    fetched = client.fetch("GET", "/info")
    counted = client.fetch("POST", "/assistants/count", {})

    assert client.exchanges == [streamed, waited, fetched, counted]
    assert [e.response.status for e in client.exchanges] == [200] * 4


def test_exchanges_at_the_same_time_keep_the_order_of_their_requests(
    client: ScenarioClient,
) -> None:
    requests = [client.request(WAIT), client.request(STREAM), client.request(WAIT)]

    exchanges = client.send_all(requests)

    assert [exchange.request for exchange in exchanges] == requests
    assert client.exchanges == exchanges


def test_a_client_hangs_up_after_some_events(client: ScenarioClient) -> None:
    exchange = client.run(stop_when=after(2), stream_mode=["values"])

    assert exchange.end is End.STOPPED
    assert len([frame for frame in exchange.frames if frame.data is not None]) == 2


def test_complaints_are_kept(client: ScenarioClient) -> None:
    client.complain("it is late")

    assert client.complaints == ["it is late"]


def test_an_id_is_new_every_time() -> None:
    assert fresh_id() != fresh_id()
