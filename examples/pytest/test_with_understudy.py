"""A test of a client, with the mock in place of a deployment."""

import json
import urllib.request

from understudy_suites import MockDeployment

ASKED = {"role": "human", "content": "Hello! My name is Bagatur and I am 26 years old."}


def test_the_agent_answers(understudy_mock: MockDeployment) -> None:
    body = json.dumps({"assistant_id": "agent", "input": {"messages": [ASKED]}})

    with urllib.request.urlopen(f"{understudy_mock.url}/runs/wait", body.encode()) as response:
        state = json.load(response)

    assert [message["type"] for message in state["messages"]] == ["human", "ai"]
