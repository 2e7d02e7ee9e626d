"""Tasks, updates, values and LangChain's events that contradict each other."""

from typing import Any

from broken_servers.changes import Frames, Parts, data, drop, each, event, frames, nth, twice
from broken_servers.response_change import ResponseChange
from broken_servers.server import BrokenServer
from graphtape_contracts import Frame
from graphtape_contracts.parsing.event import parse

INTERRUPT = ("interrupt",)
FAILING = ("failing",)


def _ended(frame: Frame) -> bool:
    return "triggers" not in parse(frame.data)


def _starts_lost(frame: Frame) -> Parts:
    return [frame] if _ended(frame) else []


def _ends_renamed(frame: Frame) -> Parts:
    return data(lambda task: task | {"name": "other"})(frame) if _ended(frame) else [frame]


def _results_first(all_: Frames) -> Parts:
    """Swap the start and the result of each task."""
    places = [n for n, frame in enumerate(all_) if frame.event == "tasks"]
    for one, other in zip(places[::2], places[1::2], strict=False):
        all_[one], all_[other] = all_[other], all_[one]
    return all_


def _failures_with_results(task: Any) -> Any:
    return task | {"result": {"messages": []}} if task.get("error") else task


def _failures_with_interrupts(task: Any) -> Any:
    found = [{"value": "?", "id": "a6b25ee581c2ddbcb29cad004d9a3b78"}]
    return task | {"interrupts": found} if task.get("error") else task


def _later_step(value: Any) -> Any:
    return value | {"step": value["step"] + 1} if value["type"] == "task_result" else value


def _node_renamed(update: Any) -> Any:
    return {f"{node}-2": written for node, written in update.items()}


def _on(*names: str) -> Any:
    """Return a function that limits a change to LangChain's events with these *names*."""

    def only(change: Any) -> Any:
        return each("events", lambda f: change(f) if parse(f.data)["event"] in names else [f])

    return only


def _parents(value: Any) -> Any:
    return value | {"parent_ids": value["parent_ids"][-1:]}


SERVERS = [
    BrokenServer(
        "tasks.start-first", "starts of tasks are lost", ResponseChange(each("tasks", _starts_lost))
    ),
    BrokenServer(
        "tasks.start-first",
        "tasks end before they start",
        ResponseChange(frames(_results_first)),
    ),
    BrokenServer("tasks.start-once", "tasks start twice", ResponseChange(nth("tasks", 0, twice))),
    BrokenServer(
        "tasks.name-stable",
        "tasks end under another name",
        ResponseChange(each("tasks", _ends_renamed)),
    ),
    BrokenServer(
        "tasks.no-result",
        "failed tasks have a result",
        ResponseChange(each("tasks", data(_failures_with_results))),
    ),
    BrokenServer(
        "tasks.failed-or-interrupted",
        "failed tasks were interrupted as well",
        ResponseChange(each("tasks", data(_failures_with_interrupts))),
    ),
    BrokenServer(
        "tasks.failure-shown",
        "the error of a run is not that of its task",
        ResponseChange(each("error", data(lambda value: value | {"message": "another"}))),
    ),
    BrokenServer(
        "debug.mirrors-tasks",
        "debug differs from tasks",
        ResponseChange(
            each("debug", data(lambda value: value | {"payload": value["payload"] | {"more": 1}}))
        ),
    ),
    BrokenServer("debug.complete", "debug events are lost", ResponseChange(nth("debug", 0, drop))),
    BrokenServer(
        "debug.one-step",
        "tasks end a step later than they started",
        ResponseChange(each("debug", data(_later_step))),
    ),
    BrokenServer(
        "debug.steps-monotonic",
        "steps are counted backwards",
        ResponseChange(each("debug", data(lambda value: value | {"step": -value["step"]}))),
    ),
    BrokenServer(
        "updates.while-running", "updates come twice", ResponseChange(each("updates", twice))
    ),
    BrokenServer(
        "updates.while-running",
        "updates name nodes that never ran",
        ResponseChange(each("updates", data(_node_renamed))),
    ),
    BrokenServer(
        "updates.match-result", "updates are lost", ResponseChange(nth("updates", 0, drop))
    ),
    BrokenServer(
        "updates.interrupts",
        "updates lack interrupts",
        ResponseChange(each("updates", drop)),
        INTERRUPT,
    ),
    BrokenServer(
        "updates.none-after-interrupt",
        "nodes run after the graph stopped",
        ResponseChange(frames(lambda all_: [*all_, event("updates", {"agent": None})])),
        ("tools-stop-before",),
    ),
    BrokenServer(
        "values.not-during-step",
        "values come while tasks run",
        ResponseChange(each("updates", lambda f: [event("values", {"messages": []}), f])),
    ),
    BrokenServer(
        "values.after-updates",
        "values after a step are lost",
        ResponseChange(nth("values", 1, drop)),
    ),
    BrokenServer(
        "values.interrupts",
        "values lack interrupts",
        ResponseChange(
            each("values", data(lambda v: {k: x for k, x in v.items() if k != "__interrupt__"}))
        ),
        INTERRUPT,
    ),
    BrokenServer(
        "consistency.output",
        "values lack the updates",
        ResponseChange(nth("values", -1, data(lambda v: v | {"messages": v["messages"][:1]}))),
    ),
    BrokenServer(
        "langchain.root-first",
        "the start of the graph is missing",
        ResponseChange(nth("events", 0, drop)),
    ),
    BrokenServer(
        "langchain.root-last",
        "events follow the end of the graph",
        ResponseChange(nth("events", -1, lambda f: [f, f])),
    ),
    BrokenServer(
        "langchain.started",
        "models stream without having started",
        ResponseChange(_on("on_chat_model_start")(drop)),
    ),
    BrokenServer(
        "langchain.start-once",
        "models start twice",
        ResponseChange(_on("on_chat_model_start")(twice)),
    ),
    BrokenServer(
        "langchain.run-stable",
        "models stream under another name",
        ResponseChange(
            _on("on_chat_model_stream")(data(lambda value: value | {"name": "Another"}))
        ),
    ),
    BrokenServer(
        "langchain.parents",
        "the graph is not a parent of the runs of its nodes",
        ResponseChange(_on("on_chat_model_start")(data(_parents))),
    ),
    BrokenServer(
        "data.metadata",
        "metadata lacks the attempt",
        ResponseChange(each("metadata", data(lambda value: {"run_id": value["run_id"]}))),
    ),
    BrokenServer(
        "data.values",
        "interrupts in values have no id",
        ResponseChange(
            each(
                "values",
                data(
                    lambda v: v | {"__interrupt__": [{"value": 1}]} if "__interrupt__" in v else v
                ),
            )
        ),
        INTERRUPT,
    ),
    BrokenServer(
        "data.updates",
        "updates are a list",
        ResponseChange(each("updates", data(lambda update: [update]))),
    ),
    BrokenServer(
        "data.events",
        "LangChain's events have no name",
        ResponseChange(
            each("events", data(lambda value: {k: v for k, v in value.items() if k != "name"}))
        ),
    ),
    BrokenServer(
        "data.debug",
        "debug events have no time",
        ResponseChange(
            each("debug", data(lambda value: {k: v for k, v in value.items() if k != "timestamp"}))
        ),
    ),
    BrokenServer(
        "data.tasks",
        "tasks have no name",
        ResponseChange(each("tasks", data(lambda t: {k: v for k, v in t.items() if k != "name"}))),
    ),
    BrokenServer(
        "data.error",
        "an error is only a string",
        ResponseChange(each("error", data(lambda value: value["message"]))),
    ),
    BrokenServer(
        "data.error",
        "an error has no message",
        ResponseChange(each("error", data(lambda value: {"error": value["error"]}))),
    ),
]
