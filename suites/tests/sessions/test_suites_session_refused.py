"""Problems that prevent a session: one message, and pytest exits with 2.

For an invalid value of an option, pytest exits with 4, as for any option.
"""

import socket

import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from suites_run import Asked, deployed, run_suites

ONE = ("-k", "test_scenario")


def _check(result: pytest.RunResult, message: str) -> None:
    """Assert that *message* is the only error, and that pytest exits with 2."""
    assert result.ret == 2
    result.assert_outcomes(errors=1, deselected=result.parseoutcomes().get("deselected", 0))
    result.stdout.fnmatch_lines([f"*ERROR at setup of*\n{message}".split("\n")[1], "!*graphtape:*"])
    for line in (
        "*Traceback*",
        "*During handling*",
        "*graphtape itself failed*",
        "*.py:*: *Error*",
    ):
        result.stdout.no_fnmatch_line(line)


@pytest.fixture(name="nowhere", scope="module")
def _nowhere() -> str:
    """The URL of a port without a listener."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_deployment_that_is_down(pytester: pytest.Pytester, nowhere: str) -> None:
    result = run_suites(pytester, "--graphtape-url", nowhere, only=["wait"])

    _check(result, f"*{nowhere}*")
    result.stdout.fnmatch_lines(["*: 0 passed, 0 failed, *, 1 not exercised, *"])


def test_a_deployment_that_is_down_for_workers(pytester: pytest.Pytester, nowhere: str) -> None:
    result = run_suites(
        pytester, "--graphtape-url", nowhere, "-n", "1", *ONE, only=["wait"], apart=True
    )

    assert result.ret == 2
    result.stdout.fnmatch_lines([f"!*{nowhere}*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_something_that_is_no_deployment(pytester: pytest.Pytester) -> None:
    with deployed(lambda asked: PlainTextResponse("hello")) as deployment:
        result = run_suites(pytester, "--graphtape-url", deployment.url, only=["wait"])

    _check(result, f"*{deployment.url}*")


def test_a_key_that_is_refused(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", "wrong-key")

    def guard(asked: Asked) -> JSONResponse | None:
        wrong = asked.headers.get("x-api-key") != "right-key"
        return JSONResponse({"detail": "no"}, 401) if wrong else None

    with deployed(guard) as deployment:
        result = run_suites(pytester, "--graphtape-url", deployment.url, only=["wait"])

    _check(result, "*401*LANGGRAPH_API_KEY*")
    assert "wrong-key" not in result.stdout.str()


@pytest.mark.parametrize(
    ("found", "seen"), [(JSONResponse([]), "none"), (JSONResponse({}, 500), "status 500")]
)
def test_a_deployment_that_names_no_assistant(
    pytester: pytest.Pytester, found: JSONResponse, seen: str
) -> None:
    def search(asked: Asked) -> JSONResponse | None:
        return found if asked.path == "/assistants/search" else None

    with deployed(search) as deployment:
        result = run_suites(pytester, "--graphtape-url", deployment.url, only=["wait"])

    _check(result, f"*{seen}*--graphtape-assistant*")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--graphtape-input", "{"), "--graphtape-input: *JSON*"),
        (("--graphtape-assistant", "nobody"), "*'nobody'*failing, *"),
        (("--graphtape-contract", "9.9"), "*0.16*'9.9'*"),
        (("--graphtape-header", "secret"), "--graphtape-header: *'Name: value'*"),
        (("--graphtape-url", "ftp://x"), "*http://*'ftp://x'*"),
    ],
)
def test_what_the_user_says_makes_no_sense(
    pytester: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    result = run_suites(pytester, *options, only=["wait"])

    _check(result, message)


def test_recordings_with_no_run_in_them(pytester: pytest.Pytester) -> None:
    pytester.makefile(".jsonl", nothing='{"graphtape":1}\n')

    result = run_suites(pytester, "-o", "graphtape_recordings=nothing.jsonl", only=["wait"])

    _check(result, "*recordings*")


@pytest.mark.parametrize("value", ["0", "-1", "many", "nan"])
@pytest.mark.parametrize("option", ["max-runs", "max-time", "concurrency", "timeout", "repeat"])
def test_pytest_refuses_numbers_that_make_no_sense(
    pytester: pytest.Pytester, option: str, value: str
) -> None:
    result = run_suites(pytester, f"--graphtape-{option}={value}", only=["wait"])

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*argument --graphtape-{option}: *{value}*"])


@pytest.mark.parametrize("option", ["profile", "level", "dialect"])
def test_pytest_refuses_words_that_make_no_sense(pytester: pytest.Pytester, option: str) -> None:
    result = run_suites(pytester, f"--graphtape-{option}", "x", only=["wait"])

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*argument --graphtape-{option}: invalid choice: 'x'*"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--graphtape-input=@no.json",), "--graphtape-input: no.json: no such file"),
        (("--graphtape-input", "no.json"), "--graphtape-input: no.json: no such file"),
        (("--graphtape-input", "folder"), "--graphtape-input: *folder*"),
        (
            ("--graphtape-expected-failures", "no.toml"),
            "--graphtape-expected-failures: no.toml: no such file",
        ),
        (
            ("-o", "graphtape_expected_failures=no.toml"),
            "graphtape_expected_failures: *no.toml: no such file",
        ),
        (("--graphtape-report", "folder"), "--graphtape-report: *folder*"),
        (("--graphtape-report", "no/report.html"), "--graphtape-report: no/report.html *"),
        (("-o", "graphtape_recordings=no.jsonl"), "graphtape_recordings: *no.jsonl*"),
    ],
)
def test_files_that_cannot_be_used_are_refused_before_the_first_run(
    pytester: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    pytester.mkdir("folder")

    with deployed() as deployment:
        result = run_suites(pytester, "--graphtape-url", deployment.url, *options, only=["wait"])

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert deployment.asked == []
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


def test_a_report_of_an_earlier_session_stays_until_it_is_replaced(
    pytester: pytest.Pytester,
) -> None:
    report = pytester.path / "report.html"
    report.write_text("earlier")

    run_suites(pytester, "--graphtape-list", "--graphtape-report", "report.html", only=["wait"])

    assert report.read_text() == "earlier"


def test_looking_whether_a_report_can_be_written_leaves_no_file(pytester: pytest.Pytester) -> None:
    run_suites(pytester, "--graphtape-list", "--graphtape-report", "report.html", only=["wait"])

    assert not (pytester.path / "report.html").exists()


@pytest.mark.parametrize("option", [True, False])
def test_an_empty_url(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, option: bool
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_URL", "" if not option else "http://127.0.0.1:1")
    options = ("--graphtape-url", "") if option else ()

    _check(run_suites(pytester, *options, only=["wait"]), "*--graphtape-url*LANGGRAPH_API_URL*")
