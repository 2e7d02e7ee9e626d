"""The suites, from outside: their tests, output and files."""

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from suites_run import Asked, deployed, run_suites

from graphtape_suites.runner.profile import SMOKE

SPENT = r"spent (\d+) of \d+ runs, \d+ of \d+ s"


def _number(pattern: str, result: pytest.RunResult) -> int:
    found = re.search(pattern, result.stdout.str())
    assert found, pattern
    return int(found[1])


def test_the_mock_passes_its_own_checks(pytester: pytest.Pytester) -> None:
    result = run_suites(pytester, "--graphtape-level", "note")

    kept = _number(r"(\d+) passed, 0 failed, 1 expected failure, 0 not exercised", result)
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes()["passed"] == kept
    assert _number(SPENT, result) > 50


def test_workers_run_a_scenario_once_and_all_report_their_verdicts(
    pytester: pytest.Pytester,
) -> None:
    with deployed() as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "-n", "2", "--dist", "load"),
            *("-k", "test_scenario or nothing-remembered"),
            only=["isolation", "wait"],
            apart=True,
        )

    marked = [a for a in deployment.asked if "graphtape_marker" in a.fields.get("metadata", {})]
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*: 4 passed, 0 failed, *"])
    assert len(marked) == 4
    assert _number(SPENT, result) == len(deployment.runs)


def test_no_other_plugin_is_needed(pytester: pytest.Pytester) -> None:
    others = ("asyncio", "xdist", "hypothesispytest", "schemathesis", "cacheprovider")
    without = [part for name in others for part in ("-p", f"no:{name}")]
    result = run_suites(
        pytester,
        *without,
        *("-W", "error", "--strict-markers", "-k", "test_scenario or any-request"),
        only=["wait"],
        apart=True,
    )

    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() == {"passed", "deselected"}


def test_nothing_is_asked_to_tell_what_would_be_tried(pytester: pytest.Pytester) -> None:
    with deployed() as deployment:
        result = run_suites(
            pytester, "--graphtape-list", "--graphtape-url", deployment.url, only=["wait"]
        )

    assert result.ret == pytest.ExitCode.OK
    assert deployment.asked == []
    result.stdout.fnmatch_lines(
        [
            "wait:",
            "  scenarios.wait.default * MUST  *1 runs  *",
            "  wait.one-value * MUST  *",
            "  wait.any-request * MUST  *3 runs  *",
            f"* 6 runs of {deployment.url}*{SMOKE.runs}",
        ]
    )
    result.stdout.no_fnmatch_line("*--graphtape-max-runs*")


def test_workers_are_not_needed_to_tell_what_would_be_tried(pytester: pytest.Pytester) -> None:
    result = run_suites(pytester, "--graphtape-list", "-n", "2", only=["wait"])

    result.stdout.fnmatch_lines(["* 6 runs of the mock*"])


def test_collecting_only_tells_the_costs_as_well(pytester: pytest.Pytester) -> None:
    result = run_suites(pytester, "--collect-only", "--graphtape-max-runs", "5", only=["wait"])

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*<Function test_output[[]wait.one-value[]]>*",
            "* 6 runs of the mock*5",
            "*--graphtape-max-runs*",
        ]
    )


def test_nothing_is_told_where_nothing_would_be_tried(pytester: pytest.Pytester) -> None:
    result = run_suites(pytester, "--graphtape-list", "-k", "no_such_test", only=["wait"])

    result.stdout.no_fnmatch_line("*= graphtape*")
    result.stdout.no_fnmatch_line("* runs of *")


def test_the_key_of_a_url_is_not_told(pytester: pytest.Pytester) -> None:
    result = run_suites(
        pytester, "--graphtape-list", "--graphtape-url", "http://me:secret@x.test", only=["wait"]
    )

    result.stdout.fnmatch_lines(["*runs of http://x.test[!@]*"])


def _tried(pytester: pytest.Pytester, *options: str) -> set[str]:
    result = run_suites(pytester, "--graphtape-list", *options, only=["stream"])
    return {line.split()[0] for line in result.outlines if line.startswith("  ")}


def test_a_level_leaves_out_what_binds_less(pytester: pytest.Pytester) -> None:
    must, should, may = (
        _tried(pytester, "--graphtape-level", level) for level in ("must", "should", "note")
    )

    assert must < should < may
    assert "head.stream-type" in must
    assert "head.charset" in should - must
    assert "identifiers.run-version" in may - should


def test_a_profile_leaves_out_what_larger_ones_try(pytester: pytest.Pytester) -> None:
    smoke = _tried(pytester)
    standard = _tried(pytester, "--graphtape-profile", "standard")

    assert smoke < standard
    assert "scenarios.stream.subgraphs" in standard - smoke


def test_the_folder_that_was_shared_is_deleted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    run_suites(pytester, "-k", "test_scenario", only=["wait"])

    assert list(tmp_path.glob("graphtape-*")) == []


def test_what_the_user_names_is_run_on_the_mock_too(pytester: pytest.Pytester) -> None:
    result = run_suites(
        pytester, "--graphtape-assistant", "nobody", "--graphtape-input", "{}", only=["wait"]
    )

    assert result.ret == 2
    result.stdout.fnmatch_lines(["*'nobody'*failing, tools*"])


def test_a_report_that_cannot_be_written_is_told(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("soon_gone")

    def remove_folder(_: Asked) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    with deployed(remove_folder) as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "-k", "wait.default"),
            *("--graphtape-report", "soon_gone/report.html"),
            only=["wait"],
        )

    assert result.ret == 2
    result.stdout.fnmatch_lines(["report: soon_gone/report.html*No such file or directory*"])
