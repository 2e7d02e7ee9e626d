"""The plugin, from outside: a test chooses the recording, the speed and the faults."""

from pathlib import Path

import pytest
from user_project import copy_recording, project


def test_a_recording_answers_whatever_is_asked(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_use(graphtape_mock):
    graphtape_mock.use("agent-echo")
    ask(graphtape_mock, "Good morning!")
    ask(graphtape_mock, assistant="tools")
    assert [request.recording for request in graphtape_mock.requests] == ["agent-echo"] * 2

def test_the_next_test_starts_fresh(graphtape_mock):
    ask(graphtape_mock)
    assert graphtape_mock.requests[0].recording == "agent"
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=2)


def test_a_marker_says_the_same_and_the_nearest_wins(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
@pytest.mark.graphtape("agent-echo")
class TestMarked:
    def test_of_the_class(self, graphtape_mock):
        ask(graphtape_mock, "Good morning!")
        assert graphtape_mock.requests[0].recording == "agent-echo"

    @pytest.mark.graphtape("tools")
    def test_of_its_own(self, graphtape_mock):
        ask(graphtape_mock, "Good morning!")
        assert graphtape_mock.requests[0].recording == "tools"

    @pytest.mark.graphtape(fault=faults.status(503), times=1)
    def test_of_both(self, graphtape_mock):
        with pytest.raises(Refused):
            ask(graphtape_mock, "Good morning!")
        ask(graphtape_mock, "Good morning!")
        assert [r.status for r in graphtape_mock.requests] == [503, 200]
        assert graphtape_mock.requests[1].recording == "agent-echo"
""",
    )

    result = pytester.runpytest("--strict-markers", "-W", "error")

    result.assert_outcomes(passed=3)


def test_a_name_that_no_recording_has_is_refused(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_use(graphtape_mock):
    graphtape_mock.use("agnet")

@pytest.mark.graphtape("agnet")
def test_marker(graphtape_mock):
    pass
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.graphtape: *'agnet'*agent, *",
            "E *UnknownRecording: *'agnet'*agent, *",
        ]
    )


def test_faults_follow_each_other(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
import http.client

def test_retries(graphtape_mock):
    graphtape_mock.use(fault=faults.status(503, retry_after=1), times=2)
    graphtape_mock.use(fault=[faults.latency(0.01), faults.cut(after="values")], times=1)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            ask(graphtape_mock)
        assert refused.value.headers["retry-after"] == "1"
        assert refused.value.headers["x-graphtape-fault"] == "status(status=503, retry_after=1)"
    with pytest.raises(OSError):
        ask(graphtape_mock, path="/runs/stream")
    assert b"Bagatur" in ask(graphtape_mock)
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)


def test_a_fault_that_finds_no_place_fails_the_test(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_fault(graphtape_mock):
    graphtape_mock.use(fault=faults.drop("udpates"))
    ask(graphtape_mock, path="/runs/stream", stream_mode="updates")
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["request 1, POST /runs/stream: drop(event='udpates'): *'udpates'*metadata, updates*"]
    )


def test_the_pace_is_that_of_the_recording_if_wanted(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
import time

def test_pace(graphtape_mock):
    graphtape_mock.use("slow", speed=10)
    started = time.perf_counter()
    ask(graphtape_mock)
    assert time.perf_counter() - started > 0.2
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)


SAME_BYTES = """
import pathlib

@pytest.mark.parametrize("number", range(2))
def test_bytes(graphtape_mock, number):
    def post(path, body):
        request = urllib.request.Request(graphtape_mock.url + path, json.dumps(body).encode())
        with urllib.request.urlopen(request) as response:
            del response.headers["date"]
            return bytes(response.headers) + response.read()

    HUMAN = {"role": "user", "content": HELLO}
    modes = ["updates", "messages-tuple", "values"]
    content = [
        post("/runs", {"assistant_id": "agent", "input": {"messages": [HUMAN]}}),
        post("/threads", {}),
        post("/assistants", {"graph_id": "agent"}),
        ask(graphtape_mock, path="/runs/stream", stream_mode=modes, stream_resumable=True),
        ask(graphtape_mock),
        post("/assistants/search", {}),
    ]
    pathlib.Path(f"bytes-{number}").write_bytes(b"|".join(content))
"""


def test_two_runs_of_a_test_get_the_same_bytes(pytester: pytest.Pytester) -> None:
    project(pytester, SAME_BYTES)
    first = pytester.runpytest_subprocess()
    in_first = [Path(f"bytes-{number}").read_bytes() for number in range(2)]

    second = pytester.runpytest_subprocess()

    first.assert_outcomes(passed=2)
    second.assert_outcomes(passed=2)
    assert len({*in_first, *(Path(f"bytes-{number}").read_bytes() for number in range(2))}) == 1


def test_several_recordings_of_one_request_begin_with_the_first_in_each_test(
    pytester: pytest.Pytester,
) -> None:
    project(
        pytester,
        """
@pytest.mark.parametrize("number", range(2))
def test_order(graphtape_mock, number):
    for _ in range(3):
        ask(graphtape_mock)
    assert [r.recording for r in graphtape_mock.requests] == ["first", "second", "second"]
""",
        "graphtape_recordings = mine",
    )
    for name in ("first", "second"):
        copy_recording("agent", Path(pytester.path, "mine"), name)

    result = pytester.runpytest()

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("use", "facts"),
    [
        ('fault="503"', "faults.status(503)*'503'"),
        ("fault=[503]", "faults.status(503)*503"),
        ("fault=faults.latency(-1)", "0*-1"),
        ("speed=-1", "speed: *0*-1"),
        ("times=0", "times: *1*0"),
    ],
)
def test_a_use_that_makes_no_sense_is_refused_where_it_is_written(
    pytester: pytest.Pytester, use: str, facts: str
) -> None:
    project(pytester, f"def test_use(graphtape_mock):\n    graphtape_mock.use({use})\n")

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f">*graphtape_mock.use({use.replace('[', '[[]')})", f"E *{facts}"])


def test_a_marker_that_makes_no_sense_is_an_error_of_its_test(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        "@pytest.mark.graphtape(times=0)\ndef test_use(graphtape_mock):\n    pass\n",
    )

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["@pytest.mark.graphtape: times: *1*0"])
