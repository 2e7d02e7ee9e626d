from collections.abc import Callable
from typing import Any

import orjson
import pytest

from graphtape_contracts import End, Exchange, Frame, Request, Response
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.assistant_search import page
from graphtape_mock.server.errors import ApiError
from graphtape_mock.server.recorded_deployment import BadRecordedResponse

AGENT, OTHER = default_id("agent"), "11111111-1111-4111-8111-111111111111"
ANSWER: dict[str, Any] = {"nodes": [], "edges": []}


def assistant(graph_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "assistant_id": default_id(graph_id),
        "graph_id": graph_id,
        "metadata": {"created_by": "system"},
        "name": graph_id,
        "created_at": "2026-01-01T00:00:00+00:00",
    } | fields


def answer(path: str, body: Any, status: int = 200, end: End = End.COMPLETE) -> Exchange:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Exchange(Request("GET", path), Response(status), (Frame(0.0, content),), end)


def run(assistant_id: str, status: int = 200) -> Exchange:
    body = orjson.dumps({"assistant_id": assistant_id})
    return Exchange(Request("POST", "/runs/wait", (), body), Response(status), ())


def recording(*exchanges: Exchange, name: str = "one", at: str = "2026-01-01") -> Recording:
    return Recording(name, exchanges, at)


def catalogue(*exchanges: Exchange) -> AssistantCatalogue:
    return AssistantCatalogue([recording(*exchanges)])


def error_of(ask: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        ask()
    return caught.value.status, caught.value.detail


def test_the_default_assistant_of_a_graph_has_the_id_that_the_server_gives_it() -> None:
    assert AGENT == "fe096781-5601-53d2-b2f6-0d3403f7e9ca"


def test_a_recorded_assistant_is_answered_as_recorded() -> None:
    fields = assistant("agent", extra=[1])

    known = catalogue(answer(f"/assistants/{AGENT}", fields))

    assert known.get(AGENT.upper()).fields == fields
    assert known.resolve("agent").fields == fields


def test_an_assistant_is_known_from_a_search_too() -> None:
    found = [assistant("agent"), assistant("agent", assistant_id=OTHER)]

    known = catalogue(answer("/assistants/search", found))

    assert known.resolve(OTHER).graph_id == "agent"
    assert [each.assistant_id for each in known.assistants] == [AGENT, OTHER]


def test_the_newest_recording_is_right() -> None:
    old = recording(answer(f"/assistants/{AGENT}", assistant("agent", version=1)), at="2026-01")
    new = recording(answer(f"/assistants/{AGENT}", assistant("agent", version=2)), at="2026-02")

    assert AssistantCatalogue([new, old]).resolve("agent").fields["version"] == 2


def test_an_assistant_of_which_only_runs_were_recorded_is_made_up() -> None:
    known = catalogue(run("agent"))

    assert known.resolve("agent").fields == {
        "assistant_id": AGENT,
        "graph_id": "agent",
        "config": {},
        "context": {},
        "metadata": {"created_by": "system"},
        "name": "agent",
        "created_at": "2026-01-01",
        "updated_at": "2026-01-01",
        "version": 1,
        "description": None,
    }


def test_a_run_of_a_known_assistant_makes_up_nothing() -> None:
    known = catalogue(run("agent"), run(AGENT), answer(f"/assistants/{AGENT}", assistant("agent")))

    assert [each.fields for each in known.assistants] == [assistant("agent")]


def test_a_run_that_was_refused_names_no_assistant() -> None:
    assert catalogue(run("agent", status=422)).assistants == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}"])
def test_a_run_whose_request_names_no_assistant_makes_up_none(body: bytes) -> None:
    nameless = Exchange(Request("POST", "/runs/wait", (), body), Response(200), ())

    assert catalogue(nameless).assistants == []


def test_an_assistant_known_by_its_uuid_alone_can_run() -> None:
    known = catalogue(run(OTHER))

    assert known.resolve(OTHER).graph_id == OTHER
    assert len(known.assistants) == 1


def test_a_graph_has_its_default_assistant_even_if_only_another_was_recorded() -> None:
    known = catalogue(answer(f"/assistants/{OTHER}", assistant("agent", assistant_id=OTHER)))

    assert known.resolve("agent").assistant_id == AGENT


def test_graphs_are_named_in_the_order_of_their_creation() -> None:
    found = [assistant("b", created_at="2026-03"), assistant("a", created_at="2026-02")]

    known = catalogue(answer("/assistants/search", found))

    status, detail = error_of(lambda: known.resolve("x"))
    assert status == 422
    assert detail.endswith("One of the registered graphs: a, b")


def test_a_graph_without_a_known_assistant_does_not_exist() -> None:
    known = catalogue(run("agent"))

    assert error_of(lambda: known.resolve(OTHER)) == (404, "Thread or assistant not found.")
    assert error_of(lambda: known.get(OTHER)) == (404, "Not Found")
    assert error_of(lambda: known.get("agent")) == (422, "Invalid assistant ID: must be a UUID")


def test_schemas_are_those_of_the_graph() -> None:
    schemas: dict[str, Any] = {"graph_id": "agent", "input_schema": {}}

    known = catalogue(answer(f"/assistants/{AGENT}/schemas", schemas))

    assert known.schemas(AGENT) == schemas
    assert known.resolve("agent").graph_id == "agent"


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [("", ""), ("", "false"), ("?xray=False", ""), ("?xray=true", "True"), ("?xray=1", " 1")],
)
@pytest.mark.parametrize("spelling", ["agent", AGENT])
def test_a_drawing_is_found_by_name_or_uuid_and_xray(
    recorded: str, asked: str, spelling: str
) -> None:
    known = catalogue(run("agent"), answer(f"/assistants/{spelling}/graph{recorded}", ANSWER))

    assert known.graph("agent", asked) == ANSWER
    assert known.graph(AGENT, asked) == ANSWER


def test_a_drawing_of_no_assistant_is_of_the_graph_that_its_path_names() -> None:
    known = catalogue(answer("/assistants/agent/graph", ANSWER))

    assert error_of(lambda: known.graph("agent"))[0] == 422


@pytest.mark.parametrize("xray", ["0", "-1", "x", "TRUE", "1.5"])
def test_a_bad_xray_is_refused(xray: str) -> None:
    known = catalogue(run("agent"))

    assert error_of(lambda: known.graph("agent", xray)) == (422, "Invalid xray value")


def test_what_was_not_recorded_says_which_recording_lacks_it() -> None:
    known = catalogue(run("agent"), answer(f"/assistants/{AGENT}/graph", ANSWER))

    status, detail = error_of(lambda: known.graph("agent", "true"))
    assert status == 501
    assert detail == (
        f"Not recorded: GET /assistants/{AGENT}/graph?xray=true. The recording 'one' of 'agent' "
        "lacks it; make it again with `graphtape record` to add it."
    )
    assert error_of(lambda: known.schemas(AGENT))[0] == 501


def test_info_is_as_recorded_or_as_the_observed_server_says() -> None:
    assert catalogue(answer("/info", {"version": "9"})).info == {"version": "9"}
    assert catalogue().info["version"] == "0.16.7"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/info", []),
        ("/info", b"<html>"),
        ("/assistants/search", [1]),
        ("/assistants/search", 1),
        (f"/assistants/{AGENT}", {"graph_id": "agent"}),
        (f"/assistants/{AGENT}", {"graph_id": "agent", "assistant_id": "x"}),
        (f"/assistants/{AGENT}/schemas", {}),
        (f"/assistants/{AGENT}/graph", []),
        (f"/assistants/{AGENT}/graph?xray=x", {}),
    ],
)
def test_an_answer_that_no_server_gives_is_refused(path: str, body: object) -> None:
    with pytest.raises(BadRecordedResponse, match=r"'one'.*GET") as caught:
        catalogue(answer(path, body))

    assert caught.value.request == f"GET {path}"
    assert "record it again" in str(caught.value)


@pytest.mark.parametrize(
    "exchange",
    [
        answer("/info", b"{", end=End.CUT),
        answer("/info", {"detail": "no"}, status=403),
        answer("/assistants/count", 3),
        answer(f"/assistants/{AGENT}/versions", []),
        answer("/threads/x", {}),
    ],
)
def test_other_exchanges_tell_nothing(exchange: Exchange) -> None:
    known = catalogue(exchange)

    assert known.assistants == []
    assert known.info["version"] == "0.16.7"


def search(known: AssistantCatalogue, **body: Any) -> list[Any]:
    shown, _ = page(known.search(body), body)
    return [each.get("name") for each in shown]


SEVERAL = catalogue(
    answer(
        "/assistants/search",
        [
            assistant("b", created_at="2026-01", name="Beta"),
            assistant("c", created_at="2026-02", name="alpha", metadata={"k": {"x": 1, "l": [1]}}),
            assistant("a", created_at="2026-03", name="gamma", description=None),
        ],
    )
)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["gamma", "alpha", "Beta"]),
        ({"sort_order": "asc"}, ["gamma", "alpha", "Beta"]),
        ({"sort_by": "name"}, ["gamma", "Beta", "alpha"]),
        ({"sort_by": "name", "sort_order": "asc"}, ["alpha", "Beta", "gamma"]),
        ({"sort_by": "graph_id", "sort_order": "asc"}, ["gamma", "Beta", "alpha"]),
        ({"graph_id": "c"}, ["alpha"]),
        ({"name": "A"}, ["gamma", "alpha", "Beta"]),
        ({"name": "et"}, ["Beta"]),
        ({"metadata": {"k": {"x": 1}}}, ["alpha"]),
        ({"metadata": {"k": {"x": 2}}}, []),
        ({"metadata": {"k": {"l": [1]}}}, ["alpha"]),
        ({"metadata": {"k": {"l": []}}}, []),
        ({"metadata": {"none": None}}, []),
        ({"limit": 1, "offset": 1}, ["alpha"]),
        ({"offset": 9}, []),
        ({"select": ["graph_id"], "limit": 1}, [None]),
    ],
)
def test_a_search_finds_sorts_and_selects(body: dict[str, Any], names: list[str | None]) -> None:
    assert search(SEVERAL, **body) == names


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({}, {"x-pagination-total": "3"}),
        ({"limit": 2.0}, {"x-pagination-total": "3", "x-pagination-next": "2"}),
        ({"limit": 1, "offset": 1}, {"x-pagination-total": "3", "x-pagination-next": "2"}),
        ({"limit": 1}, {"x-pagination-total": "2", "x-pagination-next": "1"}),
        ({"offset": 9}, {"x-pagination-total": "9"}),
    ],
)
def test_a_page_tells_of_the_rest_in_the_way_of_the_server(
    body: dict[str, Any], headers: dict[str, str]
) -> None:
    assert dict(page(SEVERAL.search(body), body)[1]) == headers


def test_a_search_for_an_unknown_graph_is_refused() -> None:
    assert error_of(lambda: SEVERAL.search({"graph_id": "x"})) == (
        404,
        "Graph 'x' not found. Expected one of: ['a', 'b', 'c']",
    )


def test_a_created_assistant_can_be_found_run_and_drawn() -> None:
    known = catalogue(run("agent"), answer(f"/assistants/{AGENT}/graph", ANSWER))
    before = known.revision

    created = known.create(
        {
            "assistant_id": OTHER.upper(),
            "graph_id": "agent",
            "name": "mine",
            "config": {"tags": ["t"], "configurable": {"a": 1}},
            "metadata": {"m": 1, "assistant_id": "x"},
            "description": "d",
        }
    )

    assert {key: created.fields[key] for key in created.fields if not key.endswith("_at")} == {
        "assistant_id": OTHER,
        "graph_id": "agent",
        "config": {"tags": ["t"], "configurable": {"a": 1}},
        "context": {"a": 1},
        "metadata": {"m": 1},
        "name": "mine",
        "version": 1,
        "description": "d",
    }
    assert known.resolve(OTHER) is created
    assert known.graph(OTHER) == ANSWER
    assert known.search({"name": "mine"}) == [created]
    assert known.revision > before


def test_a_context_becomes_the_configurable() -> None:
    created = catalogue(run("agent")).create({"graph_id": "agent", "context": {"c": 1}})

    assert created.part("config") == {"configurable": {"c": 1}}
    assert (created.part("context"), created.fields["name"]) == ({"c": 1}, "Untitled")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"graph_id": "agent", "assistant_id": AGENT}, (409, f"Assistant {AGENT} already exists")),
        (
            {"graph_id": "agent", "assistant_id": "x"},
            (422, "Invalid assistant ID: must be a UUID"),
        ),
        ({"graph_id": "x"}, (404, "Graph 'x' not found. Expected one of: ['agent']")),
    ],
)
def test_an_assistant_that_can_not_be_created_is_refused(
    body: dict[str, Any], error: tuple[int, str]
) -> None:
    known = catalogue(run("agent"))

    assert error_of(lambda: known.create(body)) == error


def test_configurable_and_context_are_refused_together() -> None:
    body = {"graph_id": "agent", "context": {"a": 1}, "config": {"configurable": {"a": 1}}}

    assert error_of(lambda: catalogue(run("agent")).create(body))[0] == 400


def test_an_assistant_that_exists_is_the_answer_if_the_client_says_so() -> None:
    known = catalogue(run("agent"))
    body = {"graph_id": "agent", "assistant_id": AGENT, "if_exists": "do_nothing", "name": "new"}

    assert known.create(body).fields["name"] == "agent"


def test_the_oldest_created_assistant_is_forgotten_beyond_the_limit() -> None:
    known = AssistantCatalogue([recording(run("agent"))], created_limit=2)

    created = [known.create({"graph_id": "agent"}) for _ in range(3)]

    assert known.assistants[1:] == created[1:]


def test_new_recordings_replace_the_old_and_leave_what_was_created() -> None:
    known = catalogue(run("agent"))
    created = known.create({"graph_id": "agent"})
    before = known.revision

    known.replace([recording(run("other"))])

    assert known.graphs == ["other"]
    assert known.resolve(created.assistant_id) is created
    assert known.revision > before


def test_bad_recordings_replace_nothing() -> None:
    known = catalogue(run("agent"))

    with pytest.raises(BadRecordedResponse):
        known.replace([recording(answer("/info", []))])

    assert known.graphs == ["agent"]


def test_the_first_run_of_a_recording_is_an_example_of_what_it_answers() -> None:
    known = AssistantCatalogue(
        [
            recording(run("agent", 404), run("agent"), run("other"), name="first"),
            recording(answer("/info", {}), name="no run"),
            recording(run("long" * 1100), run("short"), name="second"),
        ]
    )

    assert known.requests == {
        "first": {"assistant_id": "agent"},
        "second": {"assistant_id": "short"},
    }
