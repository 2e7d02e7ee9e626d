"""The budget of a session, and the behaviour of the suites within it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.responses import JSONResponse, StreamingResponse
from suites_run import Asked, deployed, run_suites


def test_never_more_runs_are_made_than_the_budget_allows(pytester: pytest.Pytester) -> None:
    with deployed() as deployment:
        result = run_suites(
            pytester, "--graphtape-max-runs", "3", "--graphtape-url", deployment.url, "-rA",
            only=["wait", "isolation", "limits"],
        )  # fmt: skip

    assert len(deployment.runs) == 3
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "scenarios.isolation.again (MUST): *",
            "*3 of 3 runs*",
            "wait.head-first (SHOULD): *",
            "*3 of 3 runs*",
            "wait.any-request (MUST): *",
            "0 runs *1*",
            "isolation.nothing-remembered (MUST): *",
            "*3 of 3 runs*",
            "*: * passed, 0 failed, 0 expected failure, 10 not exercised, *",
            "spent 3 of 3 runs, *",
        ]
    )
    result.stdout.no_fnmatch_line("*graphtape itself failed*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_run_that_never_ends_is_given_up_when_the_time_is_over(
    pytester: pytest.Pytester,
) -> None:
    async def beats() -> AsyncIterator[bytes]:
        while True:
            yield b": heartbeat\r\n\r\n"
            await asyncio.sleep(0.01)

    def answer(asked: Asked) -> StreamingResponse | None:
        if not asked.is_run:
            return None
        return StreamingResponse(beats(), media_type="text/event-stream")

    with deployed(answer) as deployment:
        result = run_suites(
            pytester, "--graphtape-max-time", "1.5", "--graphtape-url", deployment.url,
            "-k", "test_scenario", only=["isolation"],
        )  # fmt: skip

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["scenarios.isolation.again (MUST): *", "*budget*max-time*"])
    result.stdout.no_fnmatch_line("*graphtape itself failed*")


def test_no_time_for_the_description_is_wrong_use(pytester: pytest.Pytester) -> None:
    with deployed() as deployment:
        result = run_suites(
            pytester, "--graphtape-max-time", "0.000001", "--graphtape-url", deployment.url,
            only=["wait"],
        )  # fmt: skip

    assert deployment.asked == []
    assert result.ret == 2
    result.stdout.fnmatch_lines(["!*--graphtape-max-time*"])


def test_a_deployment_that_is_busy_is_asked_again_later(pytester: pytest.Pytester) -> None:
    refused: list[Asked] = []

    def busy(asked: Asked) -> JSONResponse | None:
        if not asked.is_run or refused:
            return None
        refused.append(asked)
        return JSONResponse({"detail": "busy"}, 429, {"retry-after": "0.1"})

    with deployed(busy) as deployment:
        result = run_suites(
            pytester, "--graphtape-url", deployment.url, "-k", "test_scenario", only=["wait"]
        )

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["spent 2 of * runs, * of * s, *1 times"])


def test_runs_are_tagged_and_end_with_their_client(pytester: pytest.Pytester) -> None:
    with deployed() as deployment:
        run_suites(
            pytester, "--graphtape-url", deployment.url, "-k", "test_scenario",
            only=["wait", "isolation", "stream"],
        )  # fmt: skip

    said = [asked.fields for asked in deployment.runs]
    assert said
    assert all(fields["metadata"]["graphtape"] == "suites" for fields in said)
    assert {fields["on_disconnect"] for fields in said} == {"cancel"}


def test_runs_that_are_left_are_cancelled(pytester: pytest.Pytester) -> None:
    with deployed() as deployment:
        run_suites(
            pytester, "--graphtape-url", deployment.url, "-k", "disconnect.wait",
            only=["disconnect"],
        )  # fmt: skip

    paths = [asked.path for asked in deployment.asked]
    assert any(path.startswith("/threads/") and path.endswith("/cancel") for path in paths)


def test_runs_are_made_one_after_the_other_unless_more_is_asked_for(
    pytester: pytest.Pytester,
) -> None:
    with deployed() as deployment:
        url = ("--graphtape-url", deployment.url)
        alone = run_suites(pytester, *url, "-k", "streams", only=["concurrency"])
        together = run_suites(
            pytester, *url, "--graphtape-concurrency=3", "-k", "streams", only=["concurrency"]
        )

    assert set(alone.parseoutcomes()) == {"skipped", "deselected"}
    together.stdout.fnmatch_lines(["spent 3 of * runs*"])
