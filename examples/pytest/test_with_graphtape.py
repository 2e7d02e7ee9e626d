"""Tests of a client, with the mock instead of a deployment."""

import json
import urllib.error
import urllib.request
from http.client import HTTPResponse

import pytest

from graphtape_suites import MockDeployment, faults

ASKED = {"role": "human", "content": "Hello! My name is Bagatur and I am 26 years old."}


def post(url: str, **fields: object) -> HTTPResponse:
    """Request a run. Replace this function with your own client: the SDK, RemoteGraph, httpx."""
    body = {"assistant_id": "agent", "input": {"messages": [ASKED]}} | fields
    response = urllib.request.urlopen(url, json.dumps(body).encode())
    assert isinstance(response, HTTPResponse)
    return response


def test_the_agent_answers(graphtape_mock: MockDeployment) -> None:
    with post(f"{graphtape_mock.url}/runs/wait") as response:
        state = json.load(response)

    assert [message["type"] for message in state["messages"]] == ["human", "ai"]
    graphtape_mock.assert_called("/runs/wait", assistant_id="agent", times=1)


@pytest.mark.graphtape("agent-echo")
def test_a_named_recording_matches_any_request(graphtape_mock: MockDeployment) -> None:
    with post(f"{graphtape_mock.url}/runs/wait", input={"messages": []}) as response:
        assert "messages" in json.load(response)

    assert [request.recording for request in graphtape_mock.requests] == ["agent-echo"]


def test_a_busy_deployment_sends_retry_after(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.use(fault=faults.status(503, retry_after=1), times=1)

    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{graphtape_mock.url}/runs/wait")
    with refused.value, post(f"{graphtape_mock.url}/runs/wait") as answer:
        assert (refused.value.headers["retry-after"], answer.status) == ("1", 200)


def test_a_stream_can_be_cut(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.use("agent", fault=faults.cut(after="metadata"))

    with (
        post(f"{graphtape_mock.url}/runs/stream") as stream,
        pytest.raises(OSError, match="reset"),
    ):
        stream.read()


def test_the_test_controls_when_events_are_sent(graphtape_mock: MockDeployment) -> None:
    held = graphtape_mock.hold("agent")

    with post(f"{graphtape_mock.url}/runs/stream", stream_mode="updates") as stream:
        held.advance()
        first = stream.readline()
        held.send("custom", {"progress": 0.5})
        held.finish()
        rest = stream.read()

    assert first == b"event: metadata\r\n"
    assert rest.count(b"event: ") == 2


def test_an_unmatched_request_can_be_allowed(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.allow_unmatched()

    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        post(f"{graphtape_mock.url}/runs/wait", input={"messages": []})
    with refused.value as answer:
        assert "No recording answers this request." in json.load(answer)["detail"]
