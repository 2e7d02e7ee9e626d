"""What the official clients give to a program: the same from a mock as from the server.

A driver of each client calls it, and prints what it gets. The clients come from package registries.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import client_cases
import pytest
from client_cases import INPUTS, Call
from comparison import Comparison, Tally
from driving import AT_ONCE, DRIVERS, Driver, transcribe_call
from run_cases import read_graphs
from transcript import difference

PYTHON_SDKS = [
    f"langgraph-sdk {version} {style}"
    for version in ("0.4.14", "0.2.9")
    for style in ("async", "sync")
]
JAVASCRIPT_SDKS = [f"@langchain/langgraph-sdk {version}" for version in ("2.0.0", "1.15.0")]
SDKS = [*PYTHON_SDKS, *JAVASCRIPT_SDKS]
REMOTE_GRAPH = "RemoteGraph of langgraph 1.2.22"

Check = Callable[..., None]

NOT_DOUBLED = {"graph": "agent", "arguments": [INPUTS["agent"]["input"]], "parent": True}


@pytest.fixture(scope="session")
def driver_of(
    python_with: Callable[[str], Path], javascript_with: Callable[[str], Path]
) -> Callable[[str], Driver]:
    """Gives the driver of a client, which is installed when it is asked for."""

    def find(client: str) -> Driver:
        match client.split():
            case ["langgraph-sdk", version, style]:
                python = python_with(f"langgraph-sdk=={version}")
                return Driver((str(python), str(DRIVERS / "python_sdk.py"), style))
            case ["@langchain/langgraph-sdk", version]:
                program = shutil.copy(DRIVERS / "javascript_sdk.mjs", javascript_with(version))
                return Driver(("node", str(program)))
            case [*_, package, version]:
                python = python_with(f"{package}=={version}")
                return Driver((str(python), str(DRIVERS / "remote_graph.py")))
        raise ValueError(f"expected a client and its version, got {client!r}")

    return find


@pytest.fixture
def check(
    real: str,
    comparison: Comparison,
    tally: Tally,
    driver_of: Callable[[str], Driver],
    tmp_path: Path,
) -> Check:
    """Makes calls of the server and of a mock by the same client, and compares what came."""
    kept = frozenset(comparison.assistant_id(graph) for graph in read_graphs())

    def compare(client: str, mock: str, calls: Iterable[Call], at_once: int = AT_ONCE) -> None:
        calls = list(calls)
        driver = driver_of(client)
        with ThreadPoolExecutor() as pool:
            both = [
                pool.submit(driver.drive, url, calls, tmp_path, at_once) for url in (real, mock)
            ]
        found: list[str] = []
        for call, *came in zip(calls, *(one.result() for one in both), strict=True):
            told = difference(
                *(
                    transcribe_call(call, things, url, kept)
                    for things, url in zip(came, (real, mock), strict=True)
                )
            )
            tally.add(client, different=bool(told))
            if told:
                found.append(f"{json.dumps(call)[:2000]}: {told}")

        assert not found, f"{len(found)} of {len(calls)} differ\n" + "\n".join(found)

    return compare


@pytest.mark.parametrize("client", SDKS)
def test_runs_are_the_same(client: str, exact_mock: str, check: Check) -> None:
    check(client, exact_mock, client_cases.run_calls())


@pytest.mark.parametrize("client", SDKS)
def test_runs_are_the_same_at_the_recorded_pace(client: str, paced_mock: str, check: Check) -> None:
    check(client, paced_mock, client_cases.paced_calls())


@pytest.mark.parametrize("client", [name for name in PYTHON_SDKS if "0.2.9" not in name])
def test_parts_of_version_2_are_the_same(client: str, exact_mock: str, check: Check) -> None:
    check(client, exact_mock, client_cases.version_2_calls())


@pytest.mark.parametrize("client", SDKS)
def test_the_neighbours_are_the_same(client: str, exact_mock: str, check: Check) -> None:
    check(client, exact_mock, client_cases.neighbour_calls(str(uuid4())), at_once=1)


@pytest.mark.parametrize("client", [n for n in SDKS if "0.2.9" not in n and "2.0.0" not in n])
def test_cancelling_is_the_same(client: str, exact_mock: str, check: Check) -> None:
    check(client, exact_mock, client_cases.cancel_calls(), at_once=1)


def test_remote_graphs_are_the_same(exact_mock: str, check: Check) -> None:
    check(REMOTE_GRAPH, exact_mock, client_cases.remote_calls())


def test_remote_graphs_are_the_same_at_the_recorded_pace(paced_mock: str, check: Check) -> None:
    check(REMOTE_GRAPH, paced_mock, client_cases.paced_remote_calls())


@pytest.mark.parametrize("method", ["invoke", "ainvoke"])
@pytest.mark.parametrize("server", ["real", "exact_mock"])
def test_a_parent_graph_does_not_double_the_message_of_the_user(
    server: str,
    method: str,
    request: pytest.FixtureRequest,
    driver_of: Callable[[str], Driver],
    tmp_path: Path,
) -> None:
    url = request.getfixturevalue(server)

    (came,) = driver_of(REMOTE_GRAPH).drive(url, [NOT_DOUBLED | {"method": method}], tmp_path)

    ((what, state),) = came
    assert what == "result"
    assert [(name, message["content"]) for name, message in state["messages"]] == [
        ("HumanMessage", "Hello! My name is Bagatur and I am 26 years old."),
        (
            "AIMessage",
            "Hello Bagatur! It is good to meet you. 26 is a fine age. What can I do for you?",
        ),
    ]
