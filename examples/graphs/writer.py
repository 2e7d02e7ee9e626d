"""A graph that writes all kinds of JSON to the custom stream, including awkward text."""

from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict


class Job(TypedDict, total=False):
    task: str
    written: int


async def write(state: Job) -> dict:
    progress = [
        {"task": state["task"], "percent": 0},
        "half way",
        50,
        0.5,
        None,
        True,
        ["a", ["b"], {}],
        "",
        {"lines": "one\ntwo\r\nthree\rfour\u2028five\u2029six\u0085seven"},
        {"looks like": "event: end\n\ndata: {}\n\n"},
        {"task": state["task"], "percent": 100, "mood": "\U0001f600"},
    ]
    stream = get_stream_writer()
    for step in progress:
        stream(step)
    return {"written": len(progress)}


graph = StateGraph(Job).add_node("write", write).add_edge(START, "write").compile()
