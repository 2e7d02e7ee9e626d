"""Graphs within graphs, two levels deep; the model and the custom writer are in the innermost."""

from typing import Annotated

from fake_model import FakeModel, words
from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph


def add_new(old: list[str], new: list[str]) -> list[str]:
    """Add what is new only: a subgraph gives back all that it was given, and its own besides."""
    return old + [name for name in new if name not in old]


class Travel(MessagesState):
    """The messages, and the names of the nodes that were visited."""

    visited: Annotated[list[str], add_new]


async def plan(state: Travel) -> dict:
    return {"visited": ["plan"]}


async def search(state: Travel) -> dict:
    return {"visited": ["search"]}


async def write(state: Travel) -> dict:
    get_stream_writer()({"writing": "a summary", "found": 3})
    model = FakeModel(script=words("Three trains leave before noon."))
    return {"messages": [await model.ainvoke(state["messages"])], "visited": ["write"]}


async def close(state: Travel) -> dict:
    return {"visited": ["close"]}


summary = StateGraph(Travel).add_node("write", write).add_edge(START, "write").compile()

research = (
    StateGraph(Travel)
    .add_node("search", search)
    .add_node("summary", summary)
    .add_edge(START, "search")
    .add_edge("search", "summary")
    .compile()
)

graph = (
    StateGraph(Travel)
    .add_node("plan", plan)
    .add_node("research", research)
    .add_node("close", close)
    .add_edge(START, "plan")
    .add_edge("plan", "research")
    .add_edge("research", "close")
    .compile()
)
