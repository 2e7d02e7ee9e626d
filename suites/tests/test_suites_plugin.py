"""The plugin, from outside, in the test session of another project."""

from pathlib import Path

import pytest
from user_project import project

import graphtape_suites

USES_THE_MOCK = """
def test_answer(graphtape_mock):
    assert b"Bagatur" in ask(graphtape_mock)
"""


def test_the_fixture_serves_the_bundled_recordings(pytester: pytest.Pytester) -> None:
    project(pytester, USES_THE_MOCK)

    result = pytester.runpytest_subprocess("-W", "error", "--strict-markers", "--strict-config")

    result.assert_outcomes(passed=1)


def test_the_setting_selects_other_recordings(pytester: pytest.Pytester) -> None:
    project(pytester, USES_THE_MOCK, "graphtape_recordings = mine")
    Path(pytester.path, "mine").mkdir()
    Path(pytester.path, "mine", "bad.jsonl").write_text("{}\n")

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.jsonl:1: *graphtape*"])


def test_a_recording_without_get_info_is_refused(pytester: pytest.Pytester) -> None:
    project(pytester, USES_THE_MOCK, "graphtape_recordings = odd.jsonl")
    Path(pytester.path, "odd.jsonl").write_text(
        '{"graphtape":1}\n'
        '{"exchange":1,"request":{"method":"GET","path":"/info"},"response":{"status":200}}\n'
        '{"at":0,"json":[]}\n{"at":0,"end":"complete"}\n'
    )

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*graphtape_recordings: *'odd'*GET /info*"])


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_missing_recordings_are_one_usage_error(pytester: pytest.Pytester, name: str) -> None:
    project(pytester, USES_THE_MOCK * 2, f"graphtape_recordings = {name}")
    pytester.mkdir("empty")

    result = pytester.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.str().count("ERROR") == 1
    result.stderr.fnmatch_lines(
        [f"ERROR: graphtape_recordings: *{name}*--graphtape-record*graphtape record URL*"]
    )


def test_help_is_shown_without_recordings(pytester: pytest.Pytester) -> None:
    project(pytester, USES_THE_MOCK, "graphtape_recordings = nowhere")

    assert pytester.runpytest("--help").ret == pytest.ExitCode.OK


def test_the_fixtures_are_documented(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--fixtures", "-p", "no:asyncio")

    result.stdout.fnmatch_lines(
        [
            "graphtape_server [[]session scope[]] -- *",
            "    *graphtape_mock*`.url`*",
            "graphtape_mock -- *",
            "    *`.url`*",
        ]
    )


def test_the_marker_is_documented(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--markers", "-p", "no:asyncio")

    result.stdout.fnmatch_lines(
        ["@pytest.mark.graphtape(recording, [*], fault, speed, times): *graphtape_mock *"]
    )


def test_the_options_are_documented_in_one_group(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("--help", "-p", "no:asyncio")

    result.stdout.fnmatch_lines(
        [
            "graphtape: *:",
            "  --graphtape-record={none,once,new_episodes,all,rewrite}",
            "*--graphtape-upstream*",
            "  --graphtape-upstream=URL",
            "  --graphtape-fail-unused",
            "  graphtape_recordings (paths):*",
        ]
    )


def test_the_package_exports_the_names_in_all_and_no_others() -> None:
    names = {name: getattr(graphtape_suites, name) for name in graphtape_suites.__all__}

    assert names["MockDeployment"].__name__ == "MockDeployment"
    assert names["faults"].status(503).status == 503
    assert names["strategies"].streams
    with pytest.raises(AttributeError, match="'graphtape_suites' has no attribute 'nothing'"):
        _ = graphtape_suites.nothing


def test_an_unused_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_imports():
            heavy = {"graphtape_mock", "starlette", "uvicorn", "httpx", "hypothesis", "jsonschema"}
            heavy |= {"schemathesis"}
            assert not heavy & {name.partition(".")[0] for name in sys.modules}
        """
    )

    others = ("no:hypothesispytest", "no:schemathesis", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*(part for name in others for part in ("-p", name)))

    result.assert_outcomes(passed=1)
