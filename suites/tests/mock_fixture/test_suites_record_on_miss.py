"""The plugin, from outside: requests without a recording are recorded from a deployment."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.types import Message, Receive, Scope, Send
from user_project import copy_recording, project

from graphtape_contracts import End
from graphtape_mock.recordings.file import read
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.fault import Cut
from graphtape_mock.replay.library import load
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.overrides import ResponseOverride
from graphtape_mock.server.running import BackgroundServer
from graphtape_suites.mock_fixture.options import RECORDINGS_INI
from graphtape_suites.mock_fixture.settings import KNOWN_KEY, read_settings
from graphtape_suites.mock_fixture.used_recordings import UsedRecordings

KEY = "lsv2_pt_0123456789abcdef"
ANSWERED = """
def test_answer(graphtape_mock):
    assert b"Bagatur" in ask(graphtape_mock)
"""


class Deployment(Mock):
    """A deployment to record: a second mock, with the bundled recordings."""

    def __init__(self) -> None:
        super().__init__(load([bundled_recordings()]), ReplayOptions(speed=0))
        self.count_runs = False
        """Whether each response to a run contains the number of the run."""
        self.runs_after_docs = False
        """Whether runs get no response until a client has requested `/docs`."""
        self._read = asyncio.Event()
        self.overrides.prepare = self._wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/docs":
            self._read.set()
        number = b"user %d" % self.runs

        async def send_numbered(message: Message) -> None:
            if self.count_runs and message["type"] == "http.response.body":
                message["body"] = message["body"].replace(b"Bagatur", number)
            await send(message)

        await super().__call__(scope, receive, send_numbered)

    async def _wait(self, raw: bytes, name: str | None) -> str | None:
        if self.runs_after_docs:
            await self._read.wait()
        return name

    @property
    def runs(self) -> int:
        """The number of requests for runs."""
        return sum(entry.path.startswith("/runs/") for entry in self.journal.entries)


@pytest.fixture(name="deployment")
def _deployment() -> Iterator[tuple[Deployment, str]]:
    """A deployment, and its URL."""
    mock = Deployment()
    with BackgroundServer(mock) as server:
        yield mock, server.url


@pytest.fixture(name="folder")
def _folder(pytester: pytest.Pytester) -> Path:
    """The folder for the recordings of the project; it does not exist yet."""
    return Path(pytester.path, "recordings")


INI = "graphtape_recordings = recordings"


def record(pytester: pytest.Pytester, mode: str, url: str) -> pytest.RunResult:
    return pytester.runpytest(
        "-W", "error", "--graphtape-record", mode, "--graphtape-upstream", url
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.jsonl"))


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_what_is_not_there_is_recorded_and_answers_from_then_on(
    pytester: pytest.Pytester,
    deployment: tuple[Deployment, str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setenv("LANGGRAPH_API_KEY", KEY)
    project(pytester, ANSWERED, INI)
    upstream, url = deployment

    first = record(pytester, mode, url)
    then = pytester.runpytest("-W", "error")

    first.assert_outcomes(passed=1)
    first.stdout.fnmatch_lines(["*= graphtape: *record* =*", "agent"])
    then.assert_outcomes(passed=1)
    assert (names(folder), upstream.runs) == (["agent.jsonl"], 1)
    assert KEY.encode() not in Path(folder, "agent.jsonl").read_bytes()
    assert [run.end for run in read(folder / "agent.jsonl").runs] == [End.COMPLETE]
    assert any((b"x-api-key", KEY.encode()) in e.headers for e in upstream.journal.entries)


def test_none_records_nothing(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ANSWERED, INI)
    copy_recording("tools", folder)

    result = record(pytester, "none", deployment[1])

    result.assert_outcomes(failed=1)
    assert names(folder) == ["tools.jsonl"]


TWO_TESTS = """
@pytest.mark.graphtape("named")
def test_named(graphtape_mock):
    assert b"Bagatur" in ask(graphtape_mock)

def test_unnamed(graphtape_mock):
    assert b"weather" in ask(graphtape_mock, "What is the weather in Paris?", assistant="tools")
"""


def test_once_records_a_name_that_is_new_but_nothing_beside_what_is_there(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, TWO_TESTS, INI)
    copy_recording("agent", folder)

    result = record(pytester, "once", deployment[1])

    result.assert_outcomes(passed=1, failed=1)
    assert names(folder) == ["agent.jsonl", "named.jsonl"]
    result.stdout.fnmatch_lines(["request 1, POST /runs/wait*"])


def test_new_episodes_records_all_that_is_new(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ANSWERED + TWO_TESTS, INI)
    copy_recording("agent", folder)

    result = record(pytester, "new_episodes", deployment[1])

    result.assert_outcomes(passed=3)
    assert names(folder) == ["agent.jsonl", "named.jsonl", "tools.jsonl"]
    assert deployment[0].runs == 2


ASKED_TWICE = """
def test_twice(graphtape_mock):
    ask(graphtape_mock)
    ask(graphtape_mock)
"""


@pytest.mark.parametrize(
    ("mode", "runs", "files"),
    [("all", 2, ["agent-2.jsonl", "agent.jsonl"]), ("rewrite", 1, ["agent.jsonl"])],
)
def test_recordings_that_are_there_are_made_anew(
    pytester: pytest.Pytester,
    deployment: tuple[Deployment, str],
    folder: Path,
    mode: str,
    runs: int,
    files: list[str],
) -> None:
    project(pytester, ASKED_TWICE, INI)
    copy_recording("agent", folder)
    before = Path(folder, "agent.jsonl").read_bytes()

    result = record(pytester, mode, deployment[1])

    result.assert_outcomes(passed=1)
    assert (deployment[0].runs, names(folder)) == (runs, files)
    assert Path(folder, "agent.jsonl").read_bytes() != before


def test_rewrite_finds_a_recording_wherever_it_is(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ASKED_TWICE, "graphtape_recordings = recordings more")
    folder.mkdir()
    copy_recording("agent", folder.with_name("more"), "mine")

    record(pytester, "rewrite", deployment[1]).assert_outcomes(passed=1)

    assert (names(folder), names(folder.with_name("more"))) == ([], ["mine.jsonl"])


def test_rewrite_spares_a_recording_of_several_runs(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ANSWERED, INI)
    copy_recording("agent", folder)
    copy_recording("tools", folder)
    both = Path(folder, "agent.jsonl").read_bytes()
    both += Path(folder, "tools.jsonl").read_bytes().split(b"\n", 1)[1]
    Path(folder, "agent.jsonl").write_bytes(both)

    result = record(pytester, "rewrite", deployment[1])

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*agent.jsonl *"])
    assert Path(folder, "agent.jsonl").read_bytes() == both


def test_what_the_deployment_does_not_run_fails_the_test_and_leaves_no_file(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(
        pytester,
        """
def test_refused(graphtape_mock):
    ask(graphtape_mock, "Good morning!")

def test_unknown(graphtape_mock):
    ask(graphtape_mock, assistant="nobody")

@pytest.mark.graphtape("../outside")
def test_named_badly(graphtape_mock):
    ask(graphtape_mock)
""",
        INI,
    )

    result = record(pytester, "all", deployment[1])

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            f"*{deployment[1]}*404*",
            f"*{deployment[1]}*'nobody'*",
            "*../outside*",
        ]
    )
    assert names(folder) == []


def test_a_run_that_breaks_off_is_not_kept(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ANSWERED, INI)
    copy_recording("agent", folder)
    before = Path(folder, "agent.jsonl").read_bytes()
    deployment[0].overrides.set(ResponseOverride(faults=[Cut(after=3)]))

    result = record(pytester, "rewrite", deployment[1])

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{deployment[1]}*"])
    assert (names(folder), Path(folder, "agent.jsonl").read_bytes()) == (["agent.jsonl"], before)


def test_a_request_that_is_wrong_is_refused_and_not_recorded(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(
        pytester,
        """
def test_wrong(graphtape_mock):
    with pytest.raises(Refused) as refused:
        ask(graphtape_mock, stream_mode="nonsense")
    assert refused.value.code == 422
""",
        INI,
    )

    record(pytester, "all", deployment[1]).assert_outcomes(passed=1)

    assert deployment[0].runs == 0


def test_a_test_is_answered_while_another_request_is_recorded(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(
        pytester,
        """
import threading

def test_meanwhile(graphtape_mock, request):
    thread = threading.Thread(target=ask, args=(graphtape_mock,))
    thread.start()
    while not graphtape_mock.requests:
        pass
    post(graphtape_mock, "/ok", None)
    run, ok = graphtape_mock.requests
    assert (run.status, ok.status) == (None, 200)
    urllib.request.urlopen(request.config.option.graphtape_upstream + "/docs").close()
    thread.join()
""",
        INI,
    )
    deployment[0].runs_after_docs = True

    record(pytester, "once", deployment[1]).assert_outcomes(passed=1)

    assert names(folder) == ["agent.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "ini", "said"),
    [
        (
            ("--graphtape-record", "once"),
            INI,
            "*--graphtape-record once: *--graphtape-upstream*",
        ),
        (
            ("--graphtape-record", "once", "--graphtape-upstream", "http://127.0.0.1:1"),
            "",
            "*`graphtape_recordings = recordings`*",
        ),
        (
            ("--graphtape-record", "sometimes"),
            INI,
            "*--graphtape-record: *'sometimes'*none*once*",
        ),
    ],
)
def test_what_recording_lacks_is_told_at_the_start(
    pytester: pytest.Pytester, arguments: tuple[str, ...], ini: str, said: str
) -> None:
    project(pytester, ANSWERED, ini)

    result = pytester.runpytest(*arguments)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_nobody_at_the_url_is_told_as_what_it_is(pytester: pytest.Pytester, folder: Path) -> None:
    project(pytester, ANSWERED, INI)

    result = record(pytester, "once", "http://127.0.0.1:1")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*http://127.0.0.1:1 *"])


@pytest.mark.parametrize("mode", ["once", "new_episodes"])
def test_workers_record_each_request_once(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path, mode: str
) -> None:
    pytest.importorskip("xdist")
    project(
        pytester,
        """
@pytest.mark.parametrize("number", range(3))
def test_same(graphtape_mock, number):
    assert b"Bagatur" in ask(graphtape_mock)

def test_other(graphtape_mock):
    ask(graphtape_mock, "What is the weather in Paris?", assistant="tools")
""",
        INI,
    )

    result = pytester.runpytest_subprocess(
        *("-n", "2", "--dist", "each", "-W", "error"),
        *("--graphtape-record", mode, "--graphtape-upstream", deployment[1]),
    )

    result.assert_outcomes(passed=8)
    assert (names(folder), deployment[0].runs) == (["agent.jsonl", "tools.jsonl"], 2)


def test_a_worker_is_told_what_was_there_when_the_session_began() -> None:
    given = SimpleNamespace(
        graphtape_record="once", graphtape_upstream="http://x", graphtape_fail_unused=False
    )
    ini = {RECORDINGS_INI: [Path("recordings")]}
    told = SimpleNamespace(option=given, workerinput={KNOWN_KEY: ["a"]}, getini=ini.__getitem__)
    node = SimpleNamespace(workerinput=dict[str, Any]())

    settings = read_settings(cast(pytest.Config, told))
    UsedRecordings(cast(pytest.Config, told), settings).pytest_configure_node(node)

    assert settings.known == {"a"}
    assert node.workerinput == {KNOWN_KEY: ["a"]}


SEEN = """
import pathlib

@pytest.mark.parametrize("number", range(2))
def test_seen(graphtape_mock, number, request):
    seen = b"|".join(ask(graphtape_mock) for _ in range(12))
    pathlib.Path(f"{request.config.option.graphtape_record}-{number}").write_bytes(seen)
"""


def test_what_all_saw_is_what_replay_answers(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    upstream, url = deployment
    upstream.count_runs = True
    project(pytester, SEEN, INI)

    for session in (1, 2):
        record(pytester, "all", url).assert_outcomes(passed=2)
        assert upstream.runs == 12 * session
        assert len(names(folder)) == 12
        pytester.runpytest("--graphtape-fail-unused").assert_outcomes(passed=2)

        seen = [Path(pytester.path, f"{m}-{n}").read_bytes() for m in ("all", "none") for n in "01"]
        assert len(set(seen)) == 1
        assert len(set(seen[0].split(b"|"))) == 12


def test_all_adds_recordings_after_those_that_had_their_turn(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, ASKED_TWICE, INI)
    copy_recording("agent", folder / "in", "mine-7")

    record(pytester, "all", deployment[1]).assert_outcomes(passed=1)

    assert names(folder / "in") == ["mine-7.jsonl", "mine-8.jsonl"]


def test_all_makes_a_recording_that_a_test_names_once(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, '@pytest.mark.graphtape("named")' + ASKED_TWICE, INI)

    record(pytester, "all", deployment[1]).assert_outcomes(passed=1)

    assert (names(folder), deployment[0].runs) == (["named.jsonl"], 1)


SAME_NAME = """
def test_both(graphtape_mock):
    ask(graphtape_mock)
    ask(graphtape_mock, "What is the weather in Paris?", assistant="tools")
    ask(graphtape_mock, "Is anybody there? ☕")
    assert [request.recording for request in graphtape_mock.requests][:2] == ["a/agent", "b/agent"]
    graphtape_mock.use("b/agent")
    ask(graphtape_mock)
    assert graphtape_mock.requests[3].recording == "b/agent"

def test_ambiguous(graphtape_mock):
    graphtape_mock.use("agent")

def test_ambiguous_header(graphtape_mock):
    message = {"role": "human", "content": HELLO}
    body = {"assistant_id": "agent", "input": {"messages": [message]}}
    post(graphtape_mock, "/runs/wait", body, {"x-graphtape-recording": "agent"})
"""


def test_recordings_of_one_name_in_two_folders_are_both_used(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(pytester, SAME_NAME, INI)
    copy_recording("agent", folder / "a", "agent")
    copy_recording("tools", folder / "b", "agent")

    result = record(pytester, "new_episodes", deployment[1])

    result.assert_outcomes(passed=1, failed=2)
    assert deployment[0].runs == 1
    first, second = (folder / name / "agent.jsonl" for name in "ab")
    result.stdout.fnmatch_lines(
        [
            f"E *AmbiguousRecording: *'agent'*{first}*{second}*",
            f"No recording could be made *'agent'*{first}*{second}*",
        ]
    )


def test_a_foreign_web_page_can_not_start_runs_at_the_deployment(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(
        pytester,
        """
BODY = {"assistant_id": "agent", "input": {"messages": [{"role": "human", "content": HELLO}]}}

def test_pages(graphtape_mock):
    with pytest.raises(Refused) as refused:
        headers = {"Origin": "https://other.example", "Content-Type": "text/plain"}
        post(graphtape_mock, "/runs/wait", BODY, headers)
    assert refused.value.code == 403
    post(graphtape_mock, "/runs/wait", BODY, {"Origin": "http://localhost:3000"})
""",
        INI,
    )

    record(pytester, "new_episodes", deployment[1]).assert_outcomes(passed=1)

    assert deployment[0].runs == 1


def test_a_run_that_is_still_recorded_when_its_test_ends_is_not_charged_to_the_next(
    pytester: pytest.Pytester, deployment: tuple[Deployment, str], folder: Path
) -> None:
    project(
        pytester,
        """
import threading

codes = []

def late(mock):
    try:
        ask(mock)
    except Refused as refused:
        codes.append(refused.code)

def test_first(graphtape_mock):
    codes.append(threading.Thread(target=late, args=(graphtape_mock,)))
    codes[0].start()
    while not graphtape_mock.requests:
        pass

def test_second(graphtape_mock, request):
    urllib.request.urlopen(request.config.option.graphtape_upstream + "/docs").close()
    codes[0].join()
    assert codes[1:] == [410]
    assert graphtape_mock.requests == []
""",
        INI,
    )
    deployment[0].runs_after_docs = True

    record(pytester, "all", deployment[1]).assert_outcomes(passed=2)

    assert names(folder) == ["agent.jsonl"]
