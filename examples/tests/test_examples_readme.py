"""The code blocks of the README do what the README says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtape_suites
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.running import BackgroundServer

CHECKOUT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"^```(\w+)\n(.*?)^```$", (CHECKOUT / "README.md").read_text(), re.DOTALL | re.MULTILINE
)


def block(language: str, start: str) -> str:
    """Return the only block of the README in *language* that contains *start*."""
    (found,) = [text for name, text in BLOCKS if name == language and start in text]
    return found


def run(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a shell *script* in *folder*, with the commands of this environment on PATH."""
    commands = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": commands, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(name="url", scope="module")
def _url() -> Iterator[str]:
    with BackgroundServer(Mock(load([bundled_recordings()]), ReplayOptions(speed=0))) as server:
        yield server.url


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    """A copy of the files of this checkout that git tracks."""
    files = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, files.split("\0")):
        if (CHECKOUT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes((CHECKOUT / name).read_bytes())
    return tmp_path


def test_the_first_command_serves_and_its_curl_line_streams_the_answer(checkout: Path) -> None:
    with subprocess.Popen(
        ["sh", "-c", f"exec 2>&1; {block('sh', '.venv/bin/graphtape serve')}"],
        cwd=checkout,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as serving:
        assert serving.stdout is not None
        curl = next(line.strip() for line in serving.stdout if line.strip().startswith("curl"))
        answer = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True)
        os.killpg(serving.pid, 15)

    assert "event: updates" in answer.stdout
    assert "Bagatur" in answer.stdout


def test_the_curl_line_of_the_readme_streams_the_answer(url: str) -> None:
    curl = block("sh", "curl -N").replace("http://127.0.0.1:2024", url)

    answer = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=True)

    assert "Bagatur" in answer.stdout


def test_record_show_and_verify_work_together(url: str, tmp_path: Path) -> None:
    lines = block("sh", "graphtape record").replace("https://my-deployment.example", url)
    verify = block("sh", "graphtape verify")
    script = "set -e\n" + lines.replace("graphtape serve recordings", verify)

    done = run(script, tmp_path)

    assert done.returncode == 0, done.stderr
    assert "recordings/agent.jsonl" in done.stdout
    assert [run.name for run in load([tmp_path / "recordings"]).runs] == ["agent"]


def test_the_suites_check_the_mock(url: str, tmp_path: Path) -> None:
    judging = block("sh", "--pyargs graphtape_suites")
    # Without confcutdir, pytest would use the configuration of this checkout.
    package = Path(graphtape_suites.__file__).parent

    done = run(
        judging.replace("https://my-deployment.example", url),
        tmp_path,
        PYTEST_ADDOPTS=f"-p no:asyncio --confcutdir={package}",
    )

    assert done.returncode == 0, done.stdout
    assert " 0 failed, 0 expected failure, 0 not exercised" in done.stdout
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_mock_does_not_drift(url: str, tmp_path: Path) -> None:
    shutil.copytree(bundled_recordings(), tmp_path / "recordings")
    drift = block("sh", "graphtape drift").replace("https://my-deployment.example", url)

    done = run(drift, tmp_path)

    assert done.stdout.endswith("responses compared: no drift\n"), done.stderr


def test_the_test_of_the_readme_passes(tmp_path: Path) -> None:
    (tmp_path / "test_readme.py").write_text(block("python", "graphtape_mock"))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-W", "error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in done.stdout
