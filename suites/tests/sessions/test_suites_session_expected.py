"""Expected failures, from outside: known, unknown and stale."""

import pytest
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from suites_run import Asked, deployed, run_suites

from graphtape_suites.scenarios.stream import EVERYTHING

RULE = "head.cache-control"


def _cached(asked: Asked, headers: MutableHeaders) -> None:
    """Allow caching of the streams of the scenario `stream.everything` only."""
    if asked.fields.get("stream_mode") == EVERYTHING:
        headers["cache-control"] = "max-age=60"


def _expecting(pytester: pytest.Pytester, expected: str, *options: str) -> pytest.RunResult:
    pytester.makefile(".toml", known=expected)
    with deployed(alter=_cached) as deployment:
        return run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--graphtape-max-runs", "500"),
            *("--graphtape-expected-failures", "known.toml", "-rx", "-k", RULE, *options),
            only=["stream"],
        )


def test_a_failure_that_is_expected_is_none(pytester: pytest.Pytester) -> None:
    result = _expecting(pytester, f'["{RULE}"]\nreason = "a cache in front of it"')

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(xfailed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["*: 0 passed, 0 failed, 1 expected failure, *", "XFAIL *cache*"])


def _in(*scenarios: str) -> str:
    return f'["{RULE}"]\nreason = "a cache"\nscenarios = {list(scenarios)}'


def test_a_failure_is_expected_in_the_scenarios_that_are_named(pytester: pytest.Pytester) -> None:
    result = _expecting(pytester, _in("stream.everything"))

    assert result.ret == pytest.ExitCode.OK


def test_a_failure_is_not_expected_in_other_scenarios(pytester: pytest.Pytester) -> None:
    result = _expecting(pytester, _in("stream.default"))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"{RULE} (SHOULD): *", "*stream.everything*1 of 1 *"])


def test_an_expectation_that_comes_true_in_some_scenarios_only_fails(
    pytester: pytest.Pytester,
) -> None:
    result = _expecting(pytester, _in("stream.everything", "stream.default", "wait.default"))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*(a cache)*stream.default*"])


def test_an_expected_failure_that_passes_fails(pytester: pytest.Pytester) -> None:
    result = _expecting(pytester, '["head.once"]\nreason = "who knows"', "-k", "head.once")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*(who knows)*",
            "*-k 'head.once'*",
        ]
    )


def _expecting_of_a_property(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the suite with an expected failure of a property and the known one of the mock."""
    expected = [
        f'["{id_}"]\nreason = "r"' for id_ in ("stream.any-request", "reconnect.ids-unique")
    ]
    pytester.makefile(".toml", known="\n".join(expected))
    return run_suites(
        pytester,
        *("--graphtape-expected-failures", "known.toml", "-k", "any-request", *options),
        only=["stream"],
    )


def test_a_property_that_is_expected_to_fail_may_pass(pytester: pytest.Pytester) -> None:
    result = _expecting_of_a_property(pytester)

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*: 1 passed, 0 failed, 0 expected failure, *"])


def test_a_property_that_fails_as_expected_is_an_expected_failure(
    pytester: pytest.Pytester,
) -> None:
    def refuse(asked: Asked) -> JSONResponse | None:
        return JSONResponse({"detail": "no"}, 418) if asked.is_run else None

    with deployed(refuse) as deployment:
        result = _expecting_of_a_property(pytester, "--graphtape-url", deployment.url)

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*: 0 passed, 0 failed, 1 expected failure, *"])


def test_an_unknown_requirement_is_refused(pytester: pytest.Pytester) -> None:
    result = _expecting(pytester, '["head.cache-contol"]\nreason = "a typo"')

    assert result.ret == 2
    result.stdout.fnmatch_lines(["known.toml*'head.cache-contol'*head.cache-control*"])


def test_the_configuration_names_the_file(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", known='["head.once"]\nreason = "who knows"')

    result = run_suites(
        pytester,
        *("-k", "head.once"),
        only=["stream"],
        ini=("graphtape_expected_failures = known.toml",),
    )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
