"""Another scanner finds no secret in what we write. Nothing that it finds is ever validated."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from secrets_corpus import IN_CONTEXT, SECRETS

from graphtape_contracts import Exchange, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter
from graphtape_mock.redaction.exchange import redact_exchange
from graphtape_mock.redaction.redactor import Redactor

BUNDLED = Path(__file__).parents[2] / "mock_server" / "graphtape_mock" / "recordings" / "bundled"
TEXTS = [value for _, value in SECRETS] + [text for _, text, _ in IN_CONTEXT]

Scan = Callable[[Path], int]


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Return a function that counts what kingfisher finds in a folder."""
    home = tmp_path_factory.mktemp("home")  # It keeps its compiled rules there.

    def count(folder: Path) -> int:
        options = ("--no-validate", "--no-update-check", "--format=json", "--confidence=low")
        done = subprocess.run(
            ("kingfisher", "scan", str(folder), *options),
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 200), done.stderr
        if done.returncode == 0:
            return 0
        found, _ = json.JSONDecoder().raw_decode(done.stdout)
        return len(found["findings"])

    return count


def _exchange(text: str) -> Exchange:
    data = json.dumps([{"content": f"it is {text}!", "id": "m"}, {"headers": {"x-note": text}}])
    body = json.dumps({"assistant_id": "agent", "input": {"question": f"use {text}"}}).encode()
    frames = sse.decode(sse.encode_event("messages", data) + sse.encode_event("values", data))
    return Exchange(
        Request("POST", "/runs/stream", (("x-note", text),), body),
        Response(200, (("content-type", "text/event-stream"), ("x-echo", text))),
        tuple(frames),
    )


def _write(folder: Path, change: Callable[[Exchange], Exchange]) -> Path:
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        if "\n" not in text:  # No header can hold it.
            with RecordingWriter(folder / f"{number}.jsonl") as writer:
                writer.add_exchange(change(_exchange(text)))
    return folder


def test_the_scanner_finds_secrets_in_recordings_that_are_not_redacted(
    scan: Scan, tmp_path: Path
) -> None:
    assert scan(_write(tmp_path / "raw", lambda exchange: exchange)) > 100


def test_the_scanner_finds_nothing_in_recordings_that_are_redacted(
    scan: Scan, tmp_path: Path
) -> None:
    folder = _write(tmp_path / "redacted", lambda each: redact_exchange(each, Redactor()))

    assert scan(folder) == 0


def test_the_scanner_finds_nothing_in_the_bundled_recordings(scan: Scan) -> None:
    assert scan(BUNDLED) == 0
