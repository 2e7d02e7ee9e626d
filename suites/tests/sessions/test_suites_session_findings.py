"""Findings, from outside: reported so that no user needs to read the source of the suites."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from suites_run import Asked, deployed, run_suites

from graphtape_mock.recordings.file import read

TAGS = {"graphtape", "graphtape_marker"}


def _cached(asked: Asked, headers: MutableHeaders) -> None:
    if asked.path == "/runs/stream":
        headers["cache-control"] = "max-age=60"


def test_a_finding_says_what_where_and_how_it_is_known(pytester: pytest.Pytester) -> None:
    with deployed(alter=_cached) as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--graphtape-max-runs", "500"),
            *("-k", "head.cache-control"),
            only=["stream"],
        )

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "head.cache-control (SHOULD): *",
            "",
            "passed in 0 of * exchanges",
            "in *, 2 of 2 exchanges:",
            "head.cache-control (SHOULD)*exchange 1",
            "*`no-store`*`no-cache`*",
            "*no-store*no-cache*",
            '*"max-age=60"',
            "*langgraph-api 0.16.7*",
            "*stream.default, *",
            "*-k 'head.cache-control'*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_share_of_exchanges_that_pass_is_shown(pytester: pytest.Pytester) -> None:
    streams: list[Asked] = []

    def now_and_then(asked: Asked, headers: MutableHeaders) -> None:
        if asked.is_run and asked.path == "/runs/stream" and "stream_mode" not in asked.fields:
            streams.append(asked)
            if len(streams) == 1:
                headers["cache-control"] = "max-age=60"

    with deployed(alter=now_and_then) as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--graphtape-max-runs", "500"),
            *("-k", "head.cache-control", "--graphtape-repeat", "3"),
            only=["stream"],
        )

    result.stdout.fnmatch_lines(["in *, 1 of * exchanges:"])
    (kept, judged) = next(
        line.removeprefix("passed in ").removesuffix(" exchanges").split(" of ")
        for line in result.outlines
        if line.startswith("passed in ")
    )
    assert int(judged) - int(kept) == 1
    assert int(judged) % 3 == 0


def _fails_for_long_keys(asked: Asked) -> JSONResponse | None:
    metadata: dict[str, Any] = asked.fields.get("metadata") or {}
    if asked.is_run and any(len(key) > 3 for key in metadata.keys() - TAGS):
        return JSONResponse({"detail": f"key {asked.headers.get('x-api-key')}"}, 500)
    return None


def test_the_smallest_request_that_fails_is_told_and_kept(pytester: pytest.Pytester) -> None:
    with deployed(_fails_for_long_keys) as deployment:
        result = run_suites(
            pytester,
            *("--graphtape-url", deployment.url, "--graphtape-max-runs", "9000"),
            *("--graphtape-profile", "deep", "-k", "any_json"),
            only=["limits"],
        )

    name = "test_limits.py-test_any_json_is_accepted_as_metadata"
    kept = Path(pytester.path, ".graphtape", f"{name}.jsonl")
    (exchange,) = read(kept).exchanges
    sent: dict[str, Any] = orjson.loads(exchange.request.body)["metadata"]
    (key,) = sent.keys() - TAGS
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert len(key) > 3
    assert not sent[key]
    result.stdout.fnmatch_lines(
        [
            "limits.any-json (MUST): *",
            "*500*got 500*",
            f"*.graphtape/{name}.jsonl*graphtape show .graphtape*",
            f"curl *{deployment.url}/runs/stream*",
            "*-k 'limits.any-json'*",
        ]
    )
    shown = subprocess.run(
        [sys.executable, "-m", "graphtape_mock", "show", str(kept)], capture_output=True, text=True
    )
    assert "POST /runs/stream" in shown.stdout
