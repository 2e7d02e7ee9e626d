"""The commands that ask a deployment have the same options for credentials and limits."""

from collections.abc import Generator
from pathlib import Path

import pytest
from scripted_deployment import (
    Deployment,
    Script,
    answer,
    deployed,
    event,
    say,
    scripts_of_a_server,
    stream,
)

from graphtape_mock.cli.main import run
from graphtape_mock.deployment.headers import KEY_VARIABLES
from graphtape_mock.recordings.file import read

RUN = "POST /runs/stream"
SECRET = "Zm5rZXlmbmtleWZua2V5"
LINES = {"x-one": "1-one-1-one", "x-two": "2-two-2-two", "x-three": SECRET}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty; no key is set."""
    for name in (*KEY_VARIABLES, "LANGGRAPH_API_URL", "GRAPHTAPE_HEADERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream(event("values", {"a": SECRET})))) as deployment:
        yield deployment


def once(first: Script, then: Script) -> Script:
    """Return a script that is *first* once."""
    scripts = iter([first])
    return lambda asked: next(scripts, then)(asked)


def record(deployment: Deployment, *options: str) -> int:
    return run(["record", deployment.url, "--assistant", "agent", "--input", "{}", *options])


@pytest.mark.parametrize("command", ["record", "drift"])
def test_headers_come_from_a_file_a_variable_and_the_command_line(
    deployment: Deployment, folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    assert record(deployment) == 0
    deployment.asked.clear()
    (folder / "headers").write_text(f"X-Two: 2-two-2-two\nx-three: {SECRET}\n")
    monkeypatch.setenv("GRAPHTAPE_HEADERS", "x-one: replaced\nx-two: replaced")
    given = ["--header", "x-one: 1-one-1-one", "--header-file", "headers"]

    if command == "record":
        assert record(deployment, *given, "--force") == 0
    else:
        assert run(["drift", "recordings", deployment.url, *given]) == 0

    assert [{n: a.headers.get(n) for n in LINES} for a in deployment.asked] == [
        LINES for _ in deployment.asked
    ]
    assert deployment.asked


def test_the_values_of_headers_are_in_no_file(deployment: Deployment, folder: Path) -> None:
    (folder / "headers").write_text(f"x-functions: {SECRET}")

    assert record(deployment, "--header-file", "headers") == 0

    assert SECRET not in (folder / "recordings" / "agent.jsonl").read_text()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--header-file", "gone"], "--header-file"),
        (["--header-file", "bad"], "--header-file"),
        (["--header", "hunter2"], "--header"),
        (["--cert-key", "bad"], "--cert"),
        (["--cert", "gone"], "--cert"),
        (["--cacert", "bad"], "bad"),
        (["--max-bytes", "many"], "--max-bytes"),
        (["--max-time", "0"], "--max-time"),
        (["--timeout", "-1"], "--timeout"),
    ],
)
@pytest.mark.parametrize("command", ["record", "drift"])
def test_wrong_use_names_the_option(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    options: list[str],
    named: str,
) -> None:
    (folder / "bad").write_text("not-a-header-nor-pem")
    with deployed(scripts_of_a_server(stream(event("values", {})))) as deployment:
        assert record(deployment) == 0
        deployment.asked.clear()
        capsys.readouterr()
        if command == "record":
            assert record(deployment, *options, "--force") == 2
        else:
            assert run(["drift", "recordings", deployment.url, *options]) == 2
        assert deployment.asked == []

    told = capsys.readouterr().err
    assert named in told
    assert "not-a-header" not in told


def test_a_variable_of_bad_headers_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAPHTAPE_HEADERS", "hunter2")

    assert record(deployment) == 2

    told = capsys.readouterr().err
    assert "GRAPHTAPE_HEADERS, line 1" in told
    assert "hunter2" not in told


def test_a_file_that_can_not_be_read_is_named(
    deployment: Deployment,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "headers").write_text("a: 1")

    def refuse(file: Path) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("graphtape_mock.cli.deployment_options.read_headers", refuse)

    assert record(deployment, "--header-file", "headers") == 2
    assert "headers: Permission denied" in capsys.readouterr().err


def test_limits_can_be_set_in_the_configuration(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.graphtape]\nmax-bytes = 400\ncacert = "authority.pem"\n'
    )

    assert record(deployment) == 2
    assert "authority.pem" in capsys.readouterr().err


def test_a_response_that_is_too_large_is_kept_and_marked(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.scripts[RUN] = stream(*[event("values", {"a": "b" * 1000})] * 50)

    assert record(deployment, "--max-bytes", "20kB") == 2

    (kept,) = read(folder / "recordings" / "agent.cut.jsonl").runs
    assert 15 < len(kept.frames) <= 20
    assert kept.end == "stopped"
    assert "--max-bytes" in capsys.readouterr().err


def test_drift_does_not_compare_what_is_too_large(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record(deployment) == 0
    deployment.scripts[RUN] = stream(*[event("values", {"a": "b" * 1000})] * 50)

    assert run(["drift", "recordings", deployment.url, "--max-bytes", "20kB"]) == 1
    assert "--max-bytes" in capsys.readouterr().out


def test_drift_comes_back_when_it_is_told_to_or_not(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert record(deployment) == 0
    good = deployment.scripts[RUN]
    busy = say(answer(429, {"detail": "busy"}, b"Retry-After: 0"))

    for options, code in [((), 0), (("--no-retry",), 1)]:
        deployment.scripts[RUN] = once(busy, good)
        assert run(["drift", "recordings", deployment.url, *options]) == code


def test_the_query_of_the_url_is_sent_and_never_shown(
    deployment: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.query = "code=hunter-2"
    deployment.url += "/?code=hunter-2"

    assert record(deployment) == 0
    assert run(["drift", "recordings", deployment.url]) == 0

    told = capsys.readouterr()
    assert "hunter-2" not in told.out + told.err
    assert "hunter-2" not in (folder / "recordings" / "agent.jsonl").read_text()


@pytest.mark.parametrize("variable", [None, ""])
def test_an_empty_url_is_refused(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, variable: str | None
) -> None:
    assert record(deployment) == 0
    if variable is not None:
        monkeypatch.setenv("LANGGRAPH_API_URL", variable)

    assert run(["drift", "recordings", ""]) == 2
    assert run(["drift", "recordings"]) == 2
    assert run(["record", "", "--assistant", "agent", "--input", "{}"]) == 2
    assert run(["record", "--assistant", "agent", "--input", "{}"]) == 2
