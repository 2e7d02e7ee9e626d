"""Tests of a client, with the mock in place of a deployment."""

import json
import urllib.error
import urllib.request
from http.client import HTTPResponse

import pytest

from graphtape_suites import MockDeployment, faults

ASKED = {"role": "human", "content": "Hello! My name is Bagatur and I am 26 years old."}


def post(url: str, **fields: object) -> HTTPResponse:
    """Request a run. Replace it by the client of your program: the SDK, RemoteGraph, fetch."""
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
def test_a_recording_answers_whatever_is_asked(graphtape_mock: MockDeployment) -> None:
    with post(f"{graphtape_mock.url}/runs/wait", input={"messages": []}) as response:
        assert "messages" in json.load(response)

    assert [request.recording for request in graphtape_mock.requests] == ["agent-echo"]


def test_a_deployment_that_is_busy_says_when_to_come_back(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.use(fault=faults.status(503, retry_after=1), times=1)

    with pytest.raises(urllib.error.HTTPError) as refused:
        post(f"{graphtape_mock.url}/runs/wait")
    with refused.value, post(f"{graphtape_mock.url}/runs/wait") as answer:
        assert (refused.value.headers["retry-after"], answer.status) == ("1", 200)


def test_a_stream_may_break_off(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.use("agent", fault=faults.cut(after="metadata"))

    with (
        post(f"{graphtape_mock.url}/runs/stream") as stream,
        pytest.raises(OSError, match="reset"),
    ):
        stream.read()


def test_events_leave_as_the_test_lets_them(graphtape_mock: MockDeployment) -> None:
    held = graphtape_mock.hold("agent")

    with post(f"{graphtape_mock.url}/runs/stream", stream_mode="updates") as stream:
        held.advance()
        first = stream.readline()
        held.send("custom", {"progress": 0.5})
        held.finish()
        rest = stream.read()

    assert first == b"event: metadata\r\n"
    assert rest.count(b"event: ") == 2


def test_a_refusal_may_be_what_the_test_is_about(graphtape_mock: MockDeployment) -> None:
    graphtape_mock.allow_unmatched()

    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        post(f"{graphtape_mock.url}/runs/wait", input={"messages": []})
    with refused.value as answer:
        assert "No recording answers this request." in json.load(answer)["detail"]
