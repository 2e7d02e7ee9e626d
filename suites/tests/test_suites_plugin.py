"""The plugin, from outside: a guest in somebody's test session."""

from pathlib import Path

import pytest

USES_THE_MOCK = """
import json
import urllib.request

def ask(url, content):
    message = {"role": "human", "content": content}
    body = json.dumps({"assistant_id": "agent", "input": {"messages": [message]}})
    with urllib.request.urlopen(f"{url}/runs/wait", body.encode()) as response:
        return json.load(response)["messages"][-1]["content"]

def test_answer(understudy_mock):
    assert "Bagatur" in ask(
        understudy_mock.url, "Hello! My name is Bagatur and I am 26 years old."
    )
"""


def test_the_fixture_answers_from_the_bundled_recordings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USES_THE_MOCK)

    result = pytester.runpytest_subprocess("-W", "error")

    result.assert_outcomes(passed=1)


def test_the_setting_names_other_recordings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USES_THE_MOCK)
    pytester.makeini("[pytest]\nunderstudy_recordings = mine")
    Path(pytester.path, "mine").mkdir()
    Path(pytester.path, "mine", "bad.jsonl").write_text("{}\n")

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*bad.jsonl:1: expected a first line with "understudy"*'])


def test_a_recording_of_no_deployment_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(USES_THE_MOCK)
    pytester.makeini("[pytest]\nunderstudy_recordings = odd.jsonl")
    Path(pytester.path, "odd.jsonl").write_text(
        '{"understudy":1}\n'
        '{"exchange":1,"request":{"method":"GET","path":"/info"},"response":{"status":200}}\n'
        '{"at":0,"json":[]}\n{"at":0,"end":"complete"}\n'
    )

    result = pytester.runpytest_subprocess()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*understudy_recordings: recording 'odd': expected an answer*"])


def test_the_fixture_and_the_setting_are_documented(pytester: pytest.Pytester) -> None:
    fixtures = pytester.runpytest_subprocess("--fixtures")
    usage = pytester.runpytest_subprocess("--help")

    fixtures.stdout.fnmatch_lines(["understudy_mock*", "*A mock deployment on a real socket*"])
    usage.stdout.fnmatch_lines(["*understudy_recordings*"])


def test_an_unused_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_imports():
            heavy = {"understudy_mock", "starlette", "uvicorn", "httpx", "hypothesis", "jsonschema"}
            heavy |= {"schemathesis"}
            assert not heavy & {name.partition(".")[0] for name in sys.modules}
        """
    )

    others = ("no:hypothesispytest", "no:schemathesis", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*(part for name in others for part in ("-p", name)))

    result.assert_outcomes(passed=1)
