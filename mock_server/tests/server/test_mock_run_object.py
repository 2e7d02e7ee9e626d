from datetime import UTC, datetime
from typing import Any

import orjson

from graphtape_contracts import Exchange, Request, Response
from graphtape_mock.recordings.assistant_id import default_id
from graphtape_mock.recordings.recording import Recording
from graphtape_mock.server.assistant_catalogue import AssistantCatalogue
from graphtape_mock.server.run_object import run_object
from graphtape_mock.server.run_request import parse_run

RUN = Exchange(Request("POST", "/runs/wait", (), b'{"assistant_id":"agent"}'), Response(200), ())
NOW = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
AGENT, OTHER = default_id("agent"), "11111111-1111-4111-8111-11111111111a"
IDS = {"run_id": "R", "thread_id": "T", "graph_id": "agent", "assistant_id": AGENT}


def made(catalogue: AssistantCatalogue | None = None, **fields: Any) -> dict[str, Any]:
    known = catalogue or AssistantCatalogue([Recording("one", (RUN,))])
    body = orjson.dumps({"assistant_id": "agent"} | fields)
    request = parse_run(body, known, background=True)
    return run_object(request, known.find(request.assistant), "R", "T", NOW, request_id="Q")


def test_a_run_object_has_the_fields_of_the_server_in_its_order() -> None:
    metadata = {"created_by": "system", "assistant_id": AGENT}
    expected: dict[str, Any] = {
        "run_id": "R",
        "thread_id": "T",
        "assistant_id": AGENT,
        "metadata": metadata,
        "status": "pending",
        "kwargs": {
            "input": {"a": 1},
            "command": None,
            "config": {
                "configurable": {
                    "langgraph_auth_user": None,
                    "langgraph_auth_user_id": "",
                    "langgraph_auth_permissions": [],
                    "langgraph_request_id": "Q",
                    "__request_start_time_ms__": 1767323045000,
                    "__after_seconds__": 0,
                    **IDS,
                    "user_id": "",
                },
                "metadata": metadata,
            },
            "context": {},
            "stream_mode": ["values"],
            "interrupt_before": None,
            "interrupt_after": None,
            "webhook": None,
            "feedback_keys": None,
            "temporary": True,
            "subgraphs": False,
            "resumable": False,
            "checkpoint_during": True,
            "durability": "async",
        },
        "multitask_strategy": "enqueue",
        "created_at": "2026-01-02T03:04:05.000006+00:00",
        "updated_at": "2026-01-02T03:04:05.000006+00:00",
        "langsmith_session_name": None,
    }

    assert orjson.dumps(made(input={"a": 1})) == orjson.dumps(expected)


def test_what_the_client_asked_for_is_in_it() -> None:
    found = made(
        context={"c": 1},
        config={"tags": ["t"], "metadata": {"q": 1}},
        metadata={"k": 1, "assistant_id": "x"},
        checkpoint={"z": 1},
        checkpoint_id=OTHER.upper(),
        langsmith_tracer={"project_name": "p"},
        multitask_strategy="reject",
        stream_mode=["updates", "updates"],
        on_completion="keep",
        after_seconds=1.5,
        feedback_keys=["f"],
    )

    assert found["metadata"] == {"created_by": "system", "q": 1, "k": 1, "assistant_id": AGENT}
    assert list(found["kwargs"]["config"]) == ["tags", "metadata", "configurable"]
    assert found["kwargs"]["config"]["configurable"] == {
        "c": 1,
        "__context_provided__": True,
        "checkpoint_id": OTHER,
        "z": 1,
        "langgraph_auth_user": None,
        "langgraph_auth_user_id": "",
        "langgraph_auth_permissions": [],
        "langgraph_request_id": "Q",
        "__langsmith_project__": "p",
        "__langsmith_example_id__": None,
        "__request_start_time_ms__": 1767323045000,
        "__after_seconds__": 1.5,
        **IDS,
        "user_id": "",
    }
    assert found["kwargs"]["context"] == {"c": 1}
    assert found["kwargs"]["stream_mode"] == ["updates", "updates"]
    assert found["kwargs"]["feedback_keys"] == ["f"]
    assert (found["kwargs"]["temporary"], found["multitask_strategy"]) == (False, "reject")
    assert found["created_at"] == "2026-01-02T03:04:06.500006+00:00"


def test_configurable_stands_in_for_the_context() -> None:
    found = made(config={"configurable": {"user_id": "u", "graph_id": "x"}})

    assert found["kwargs"]["context"] == {"user_id": "u", "graph_id": "x"}
    assert found["kwargs"]["config"]["configurable"]["user_id"] == "u"
    assert found["kwargs"]["config"]["configurable"]["graph_id"] == "agent"


def test_an_assistant_hands_down_what_it_was_created_with() -> None:
    known = AssistantCatalogue([Recording("one", (RUN,))])
    body = {"assistant_id": OTHER, "graph_id": "agent", "metadata": {"m": 1}}
    known.create(body | {"config": {"tags": ["t"], "configurable": {"user_id": "u", "a": 1}}})

    found = made(known, assistant_id=OTHER, context={"b": 2})

    assert found["kwargs"]["context"] == {"user_id": "u", "a": 1, "b": 2}
    assert found["kwargs"]["config"]["tags"] == ["t"]
    assert found["kwargs"]["config"]["configurable"]["user_id"] == "u"
    assert found["metadata"] == {"m": 1, "assistant_id": OTHER}


def test_a_request_without_an_id_gets_one() -> None:
    known = AssistantCatalogue([Recording("one", (RUN,))])
    request = parse_run(b'{"assistant_id":"agent"}', known)

    found = run_object(request, known.find(request.assistant), "R", "T", NOW)

    assert len(found["kwargs"]["config"]["configurable"]["langgraph_request_id"]) == 36
