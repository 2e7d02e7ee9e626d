"""Endpoints other than stateless runs: health, assistants, threads, background runs, cancelling."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from comparison import Case, Comparison
from connection import ask_all, ask_for
from raw_cases import ORIGIN, UUID_OF_AGENT
from run_cases import read_graphs, read_inputs

INPUTS = read_inputs()
NIL = "00000000-0000-0000-0000-000000000000"
UNKNOWN = "11111111-1111-4111-8111-111111111111"
CREATED = "22222222-2222-4222-8222-222222222222"

READ = (
    *("/", "/ok", "/ok?check_db=0", "/ok?check_db=1", "/ok?check_db=x", "/info"),
    *(f"/runs/{UNKNOWN}{part}" for part in ("", "/stream", "/join", "/cancel")),
    *(f"/assistants/{id_}" for id_ in (UUID_OF_AGENT, "agent", UNKNOWN, NIL, "x")),
    *(f"/assistants/{UUID_OF_AGENT.upper()}{part}" for part in ("", "/schemas", "/graph")),
    *(f"/assistants/{id_}/schemas" for id_ in (UUID_OF_AGENT, "agent", UNKNOWN, "x")),
    *(f"/assistants/{id_}/graph" for id_ in (UUID_OF_AGENT, "agent", UNKNOWN, "x")),
    *(f"/assistants/{UUID_OF_AGENT}/graph?xray={x}" for x in ("false", "true", "True", "0", "x")),
    *("/assistants/subgraphs/graph?xray=true", "/assistants/subgraphs/graph"),
    *(f"/threads/{UNKNOWN}", f"/threads/{NIL}", "/threads/x"),
    *("/nope", "/v1/runs/stream", "/runs", "/assistants/", "/threads/", "/assistants/search"),
)

SEARCHES: tuple[Any, ...] = (
    {},
    {"graph_id": "agent"},
    {"graph_id": "no-such"},
    {"limit": 1},
    {"limit": 2, "offset": 1},
    {"limit": 100, "offset": 100},
    {"limit": 0},
    {"limit": -1},
    {"limit": "x"},
    {"metadata": {"created_by": "system"}},
    {"metadata": {"created_by": "nobody"}},
    {"name": "agen"},
    {"sort_by": "graph_id", "sort_order": "asc", "limit": 30},
    {"sort_by": "name", "sort_order": "desc"},
    {"sort_by": "nothing"},
    {"select": ["assistant_id", "graph_id"]},
    {"select": ["nothing"]},
    [],
    None,
)

THREADS: tuple[Any, ...] = (
    {"thread_id": "x"},
    {"thread_id": 5},
    {"metadata": 5},
    {"if_exists": "x"},
    [],
    {},
    {"metadata": {"a": 1}},
    {"thread_id": CREATED, "metadata": {"thread_id": "x", "b": 2}},
    {"thread_id": CREATED},
    {"thread_id": CREATED, "if_exists": "raise"},
    {"thread_id": CREATED, "if_exists": "do_nothing", "metadata": {"c": 3}},
)

ASSISTANTS: tuple[Any, ...] = (
    {},
    {"graph_id": 5},
    {"graph_id": "no-such"},
    {"graph_id": "agent", "assistant_id": "x"},
    {"graph_id": "agent", "assistant_id": UUID_OF_AGENT},
    {"graph_id": "agent", "assistant_id": UUID_OF_AGENT, "if_exists": "do_nothing"},
    {"graph_id": "agent", "assistant_id": UUID_OF_AGENT, "if_exists": "x"},
    {"graph_id": "agent", "assistant_id": CREATED, "name": "mine", "metadata": {"a": 1}},
    {"graph_id": "agent", "assistant_id": CREATED, "if_exists": "do_nothing"},
    {"graph_id": "agent", "assistant_id": CREATED, "config": {"configurable": {"a": 1}}},
)

CANCELS: tuple[Any, ...] = (
    {},
    [],
    {"status": "nothing"},
    {"status": "pending"},
    {"status": "all"},
    {"status": "all", "thread_id": UNKNOWN},
    {"thread_id": UNKNOWN},
    {"thread_id": UNKNOWN, "run_ids": [UNKNOWN]},
    {"thread_id": "x", "run_ids": [UNKNOWN]},
    {"thread_id": UNKNOWN, "run_ids": ["x"]},
    {"thread_id": UNKNOWN, "run_ids": []},
)

BACKGROUND: tuple[dict[str, Any], ...] = (
    {},
    {"stream_mode": ["values", "updates"], "stream_subgraphs": True, "stream_resumable": True},
    {"metadata": {"a": 1}, "config": {"metadata": {"b": 2}, "tags": ["c"]}},
    {"on_completion": "keep", "after_seconds": 0.2, "durability": "exit"},
    INPUTS["context-french"],
    INPUTS["context-configurable"],
    INPUTS["interrupt-stop-after"],
    INPUTS["agent-goto"],
    {"webhook": "http://127.0.0.1/hook"},
    {"assistant_id": UUID_OF_AGENT, "feedback_keys": ["a"], "multitask_strategy": "reject"},
    {"assistant_id": "no-such"},
    {"stream_mode": "nothing"},
    {"command": {"resume": 1}},
)


def posts(path: str, bodies: Any) -> Iterator[Case]:
    for body in bodies:
        raw = json.dumps(body).encode()
        yield Case(f"POST {path} {raw.decode()}", ask_for("POST", path, raw))


def check(comparison: Comparison, mock: str, cases: list[Case]) -> None:
    differences = comparison.differences_in_order("other endpoints", mock, cases)

    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_endpoints_are_read_as_on_the_server(
    method: str, exact_mock: str, comparison: Comparison
) -> None:
    check(comparison, exact_mock, [Case(f"{method} {p}", ask_for(method, p)) for p in READ])


def test_endpoints_are_read_from_another_origin_as_on_the_server(
    exact_mock: str, comparison: Comparison
) -> None:
    check(comparison, exact_mock, [Case(p, ask_for("GET", p, headers=(ORIGIN,))) for p in READ])


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_documents_of_the_server_have_the_same_head(
    path: str, exact_mock: str, comparison: Comparison
) -> None:
    check(comparison, exact_mock, [Case(path, ask_for("GET", path), own_body=True)])


@pytest.mark.parametrize("graph", read_graphs())
def test_schemas_and_drawings_of_each_graph_are_the_same(
    graph: str, exact_mock: str, comparison: Comparison
) -> None:
    id_ = comparison.assistant_id(graph)
    paths = [f"/assistants/{id_}{p}" for p in ("", "/schemas", "/graph", "/graph?xray=true")]
    check(comparison, exact_mock, [Case(path, ask_for("GET", path)) for path in paths])


@pytest.mark.parametrize("path", ["/assistants/search", "/assistants/count"])
def test_searches_find_the_same_assistants(
    path: str, exact_mock: str, comparison: Comparison
) -> None:
    check(comparison, exact_mock, list(posts(path, SEARCHES)))


def test_threads_are_created_and_deleted_as_on_the_server(
    exact_mock: str, comparison: Comparison
) -> None:
    created = [
        Case(f"{method} created", ask_for(method, f"/threads/{CREATED}"))
        for method in ("GET", "DELETE", "DELETE", "GET")
    ]
    check(comparison, exact_mock, [*posts("/threads", THREADS), *created])


def test_cancelling_without_runs_is_the_same(exact_mock: str, comparison: Comparison) -> None:
    check(comparison, exact_mock, list(posts("/runs/cancel", CANCELS)))


def test_background_runs_are_described_as_on_the_server(
    exact_mock: str, comparison: Comparison
) -> None:
    bodies = [INPUTS["agent"] | options for options in BACKGROUND]
    batches = [bodies[:3], bodies[:1], [], {}, [{}], [5], [*bodies[:1], *bodies[-1:]]]
    check(comparison, exact_mock, [*posts("/runs", bodies), *posts("/runs/batch", batches)])


@pytest.fixture
def uncreated(real: str) -> Iterator[None]:
    """Delete the assistant that a test creates, because the real server may outlive the tests."""
    forget = ask_for("DELETE", f"/assistants/{CREATED}")
    ask_all(real, [forget])
    yield
    ask_all(real, [forget])


@pytest.mark.usefixtures("uncreated")
def test_assistants_are_created_as_on_the_server(exact_mock: str, comparison: Comparison) -> None:
    asked = INPUTS["agent"] | {"assistant_id": CREATED}
    paths = [f"/assistants/{CREATED}{part}" for part in ("", "/schemas", "/graph")]
    read = [Case(path, ask_for("GET", path)) for path in paths]
    search = posts("/assistants/search", [{"graph_id": "agent"}])
    run = posts("/runs/wait", [asked])
    check(comparison, exact_mock, [*posts("/assistants", ASSISTANTS), *read, *search, *run])
