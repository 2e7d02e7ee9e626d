"""The plugin, from outside: a test inspects the requests that the mock received."""

import pytest
from user_project import project


def test_requests_tell_what_was_asked_without_secrets(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_requests(graphtape_mock):
    headers = {"X-Api-Key": "lsv2_pt_0123456789abcdef", "X-Mine": "yes"}
    post(graphtape_mock, "/assistants/search?q=1", {"graph_id": "agent"}, headers)
    post(graphtape_mock, "/ok", None)
    ask(graphtape_mock)

    search, ok, run = graphtape_mock.requests
    assert (search.method, search.path, search.body) == (
        "POST", "/assistants/search", {"graph_id": "agent"}
    )
    assert (search.status, search.recording, search.assistant_id) == (200, None, None)
    assert search.headers["x-mine"] == "yes"
    assert search.headers["x-api-key"] == headers["X-Api-Key"]
    assert (ok.method, ok.body) == ("GET", None)
    assert (run.assistant_id, run.recording, run.status) == ("agent", "agent", 200)
    assert "lsv2" not in repr(graphtape_mock.requests)
    assert "lsv2" not in repr(search.headers)
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1)


def test_an_assertion_tells_what_was_asked_instead(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
def test_called(graphtape_mock):
    ask(graphtape_mock)
    ask(graphtape_mock, assistant="fe096781-5601-53d2-b2f6-0d3403f7e9ca")
    graphtape_mock.assert_called("/runs/wait")
    graphtape_mock.assert_called("/runs/wait", assistant_id="agent", times=2)
    graphtape_mock.assert_called("/runs/stream", times=0)
    graphtape_mock.assert_called("/runs/wait", assistant_id="tools", times=0)

def test_too_few(graphtape_mock):
    graphtape_mock.use(fault=faults.cut(), times=1)
    with pytest.raises(OSError):
        ask(graphtape_mock)
    ask(graphtape_mock)
    graphtape_mock.assert_called("/runs/wait", assistant_id="agent", times=3)

def test_not_at_all(graphtape_mock):
    post(graphtape_mock, "/ok", None)
    graphtape_mock.assert_called("/runs/stream", assistant_id="agent")

def test_nothing(graphtape_mock):
    graphtape_mock.assert_called("/runs/stream", times=1)
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            ">*graphtape_mock.assert_called(*",
            "E*3 requests*/runs/wait*'agent'*2*",
            "E*- POST /runs/wait of 'agent': no response by recording 'agent'",
            "E*- POST /runs/wait of 'agent': 200 by recording 'agent'",
            "E*/runs/stream*'agent'*",
            "E*- GET /ok: 200",
            "E*1 request*/runs/stream*",
            "E*- nothing",
        ]
    )


def test_answers_are_waited_for(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
import threading

def test_wait(graphtape_mock):
    threads = [threading.Thread(target=ask, args=(graphtape_mock,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    graphtape_mock.wait_for(3)
    assert [request.status for request in graphtape_mock.requests] == [200] * 3
    for thread in threads:
        thread.join()

def test_too_long(graphtape_mock):
    ask(graphtape_mock)
    graphtape_mock.wait_for(2, timeout=0.01)
""",
    )

    result = pytester.runpytest("-W", "error")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*TimeoutError: *2 requests*0.01 s*",
            "E*- POST /runs/wait of 'agent': 200 by recording 'agent'",
        ]
    )


TWO_TOKENS = """
def ask_as(mock, token):
    body = {"assistant_id": "agent", "input": {"messages": [{"role": "human", "content": HELLO}]}}
    post(mock, "/runs/wait", body, {"Authorization": f"Bearer {token}", "X-Api-Key": token[::-1]})

def test_tokens(graphtape_mock, capsys):
    for token in ("alice-1234", "robert-5678", "alice-1234"):
        ask_as(graphtape_mock, token)
    alice, robert, again = graphtape_mock.requests
    assert alice.headers["authorization"] == "Bearer alice-1234"
    assert robert.headers["authorization"] == "Bearer robert-5678"
    shown = [repr(request.headers) for request in graphtape_mock.requests]
    assert shown[0] == shown[2] != shown[1]

def test_value(graphtape_mock):
    ask_as(graphtape_mock, "alice-1234")
    print(graphtape_mock.requests[0].headers["authorization"])
    assert graphtape_mock.requests[0].headers["authorization"] == "Bearer " + "robert"

def test_headers(graphtape_mock):
    ask_as(graphtape_mock, "alice-1234")
    assert graphtape_mock.requests[0].headers == {}

def test_called(graphtape_mock):
    with pytest.raises(Refused):
        post(graphtape_mock, "/alice-1234", {}, {"X-Api-Key": "alice-1234"})
    graphtape_mock.assert_called("/runs/wait")
"""


def test_secrets_are_as_they_were_sent_and_are_never_printed(pytester: pytest.Pytester) -> None:
    project(pytester, TWO_TOKENS.replace('"alice-1234"', '"alice" "-1234"'))

    result = pytester.runpytest("--showlocals", "-vv", "-rA", "--junitxml=junit.xml")

    result.assert_outcomes(passed=1, failed=3)
    printed = result.stdout.str() + (pytester.path / "junit.xml").read_text()
    printed = printed.replace('Bearer alice-1234"', "")  # The source of a test that passed.
    assert "[redacted-1]" in printed
    assert "alice-1234" not in printed
    assert "4321-ecila" not in printed
