"""The plugin, from outside: a test sends a response step by step."""

import pytest
from user_project import project

READS = """
import contextlib
import http.client
import urllib.parse


@contextlib.contextmanager
def reading(mock, modes, path="/runs/stream"):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(mock.url).netloc, timeout=20)
    message = {"role": "human", "content": HELLO}
    body = {"assistant_id": "agent", "input": {"messages": [message]}, "stream_mode": modes}
    connection.request("POST", path, json.dumps(body))
    with contextlib.closing(connection), connection.getresponse() as response:
        yield Reader(response)


class Reader:
    def __init__(self, response):
        self.response = response

    def names(self, count=None):
        found = []
        while count is None or len(found) < count:
            line = self.response.readline()
            if not line:
                return found
            if line.startswith(b"event: "):
                found.append(line[7:].strip().decode())
                while self.response.readline().strip():
                    pass
        return found

"""


def test_events_leave_as_they_are_let_go(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        READS
        + """
def test_hold(graphtape_mock):
    held = graphtape_mock.hold("agent")
    with reading(graphtape_mock, ["values", "updates"]) as reader:
        assert reader.response.status == 200
        held.advance()
        assert reader.names(1) == ["metadata"]
        held.until("updates")
        assert reader.names(2) == ["values", "updates"]
        held.send("custom", {"made": "up"})
        assert reader.names(1) == ["custom"]
        held.finish()
        assert reader.names() == ["values"]
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)


def test_steps_may_be_said_before_the_request(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        READS
        + """
def test_hold(graphtape_mock):
    first, second = graphtape_mock.hold(), graphtape_mock.hold()
    first.advance(2)
    second.finish()
    with reading(graphtape_mock, "values") as one, reading(graphtape_mock, "values") as two:
        assert one.names(2) == ["metadata", "values"]
        assert two.names() == ["metadata", "values", "values"]
        first.finish()
        assert one.names() == ["values"]
    with reading(graphtape_mock, "values") as three:
        assert three.names() == ["metadata", "values", "values"]
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)


def test_a_wait_is_held_as_one_event(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        READS
        + """
def test_hold(graphtape_mock):
    held = graphtape_mock.hold()
    with reading(graphtape_mock, "values", "/runs/wait") as reader:
        assert reader.response.status == 200
        held.advance()
        assert b"messages" in reader.response.read1()
        held.finish()
        assert reader.response.read() == b""
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)


def test_a_step_to_what_is_not_there_fails_the_test_and_ends_the_answer(
    pytester: pytest.Pytester,
) -> None:
    project(
        pytester,
        READS
        + """
def test_hold(graphtape_mock):
    held = graphtape_mock.hold()
    held.until("values")
    held.until("updates")
    with reading(graphtape_mock, "values") as reader:
        assert reader.names() == ["metadata", "values", "values"]
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["request 1, POST /runs/stream: *'updates'*values*"])


def test_an_answer_that_is_never_let_go_ends_with_the_test(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        READS
        + """
@pytest.fixture(scope="module")
def left_open():
    with contextlib.ExitStack() as stack:
        yield stack

def test_hold(graphtape_mock, left_open):
    graphtape_mock.hold().advance()
    reader = left_open.enter_context(reading(graphtape_mock, "values"))
    left_open.reader = reader
    assert reader.names(1) == ["metadata"]

def test_after(graphtape_mock, left_open):
    assert left_open.reader.names() == []
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=2)


def test_a_held_answer_may_go_wrong_too(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        READS
        + """
def test_hold(graphtape_mock):
    held = graphtape_mock.hold(fault=faults.cut(after="values", how="end"))
    with reading(graphtape_mock, "values") as reader:
        held.finish()
        assert reader.names() == ["metadata", "values"]
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)
