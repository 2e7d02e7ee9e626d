"""The suites, from outside: collected whatever the settings of the user's own tests are."""

import pytest
from suites_run import run_suites

COLLECT = ("--collect-only", "-q", "--graphtape-profile", "smoke")


@pytest.mark.parametrize(
    "setting",
    [
        "python_files = *_test.py",
        "python_files = *.py",
        "python_functions = it_*",
        "addopts = --doctest-modules",
    ],
)
def test_settings_for_the_names_of_tests_do_not_apply(
    pytester: pytest.Pytester, setting: str
) -> None:
    ordinary = run_suites(pytester, *COLLECT, only=["wait", "limits"])

    result = run_suites(pytester, *COLLECT, only=["wait", "limits"], ini=(setting,))

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes() == ordinary.parseoutcomes()


def test_only_test_modules_are_collected(pytester: pytest.Pytester) -> None:
    result = run_suites(pytester, *COLLECT, ini=("python_files = *.py",))

    assert result.ret == pytest.ExitCode.OK


def test_without_the_plugin_there_is_one_usage_error(pytester: pytest.Pytester) -> None:
    result = run_suites(
        pytester, "-p", "no:graphtape", "--strict-markers", only=["wait", "stream"], bare=True
    )

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.str().count("ERROR") == 1
    result.stderr.fnmatch_lines(["ERROR: *no:graphtape*"])
