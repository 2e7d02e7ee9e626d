"""Secrets, from outside: wherever a deployment shows them, no output of a session does."""

import tempfile
from pathlib import Path

import orjson
import pytest
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, Response
from suites_run import Asked, deployed, run_suites

KEY = "lsv2_pt_0123456789abcdef"
TOKEN = "token-of-mine"
FUNCTION_KEY = "Zm5rZXlmbmtleWZua2V5"
SECRETS = (KEY, TOKEN, FUNCTION_KEY)
OPTIONS = (
    *("--graphtape-header", f"authorization: Bearer {TOKEN}"),
    *("--graphtape-header", f"x-functions-api-key: {FUNCTION_KEY}"),
)


def _leave(*_: object, **__: object) -> None:
    """Delete nothing; replaces `shutil.rmtree`."""


@pytest.fixture(name="_kept", autouse=True)
def _keep_shared_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the folder that the processes share, to inspect it."""
    monkeypatch.setenv("LANGSMITH_API_KEY", KEY)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _written(pytester: pytest.Pytester, tmp_path: Path, result: pytest.RunResult) -> dict[str, str]:
    """Return all that a session printed and wrote, by the name of the file."""
    files = [path for path in (*pytester.path.rglob("*"), *tmp_path.rglob("*")) if path.is_file()]
    texts = {str(path): path.read_bytes().decode(errors="replace") for path in files}
    return texts | {"stdout": result.stdout.str(), "stderr": result.stderr.str()}


def _check(texts: dict[str, str]) -> None:
    found = {name: secret for name, text in texts.items() for secret in SECRETS if secret in text}
    assert found == {}


def _event(name: str, data: object) -> bytes:
    return b"event: %s\r\ndata: %s\r\n\r\n" % (name.encode(), orjson.dumps(data))


def _tells(asked: Asked) -> Response | None:
    """Respond with every secret in all places: bodies, events, names of events, headers."""
    assert asked.headers["x-api-key"] == KEY
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["x-functions-api-key"] == FUNCTION_KEY
    echo = {"key": KEY, "text": f"Bearer {TOKEN}, {FUNCTION_KEY}", FUNCTION_KEY: [TOKEN]}
    head = {"x-echo": f"{KEY} {TOKEN} {FUNCTION_KEY}"}
    if asked.path == "/info":
        return JSONResponse({"version": f"0.16.7 {KEY}", "flags": echo}, headers=head)
    if asked.path == "/runs/stream" and asked.is_run:
        events = _event("metadata", echo), _event(f"x{TOKEN}", echo), _event("error", echo)
        media = "text/event-stream; charset=utf-8"
        return Response(b"".join(events), media_type=media, headers=head)
    return JSONResponse({"detail": echo, KEY: TOKEN}, 500, head) if asked.is_run else None


def _alter(_: Asked, headers: MutableHeaders) -> None:
    headers["x-also"] = KEY


@pytest.mark.parametrize("workers", [0, 2])
def test_no_secret_leaves_the_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workers: int
) -> None:
    if workers:
        pytest.importorskip("xdist")
    distributed = ("-n", str(workers)) if workers else ()
    with deployed(_tells, _alter) as deployment, monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", _leave)
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--graphtape-report", "report.html"),
            *("-vv", "-rA", "--junitxml=junit.xml", "--showlocals", *OPTIONS, *distributed),
            *("-k", "test_scenario or any_json or refused or metadata or any-request"),
            only=["limits", "errors", "stream"] if not workers else ["limits"],
            apart=bool(workers),
        )

    texts = _written(pytester, tmp_path, result)
    names = {Path(name).name for name in texts}
    assert {"report.html", "junit.xml"} <= names
    if not workers:
        assert {"deployment.json", "limits.large.jsonl"} <= names
    assert list(Path(pytester.path, ".graphtape").glob("*.jsonl"))
    assert "[redacted-" in "".join(texts.values())
    _check(texts)


def test_a_deployment_that_can_not_be_used_is_described_without_secrets(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    echo = JSONResponse({"detail": f"unknown key {KEY}, {TOKEN}, {FUNCTION_KEY}"}, 503)

    with deployed(lambda _: echo) as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--junitxml=junit.xml", *OPTIONS),
            only=["wait"],
        )

    assert result.ret == 2
    _check(_written(pytester, tmp_path, result))
