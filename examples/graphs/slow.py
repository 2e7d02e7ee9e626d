"""A graph that pauses between steps and between words, so that the pace of a stream is visible."""

import asyncio

from fake_model import FakeModel, words
from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph

PAUSE = 0.3


async def read(state: MessagesState) -> None:
    await asyncio.sleep(PAUSE)
    get_stream_writer()({"step": "read"})


async def think(state: MessagesState) -> None:
    await asyncio.sleep(PAUSE)
    get_stream_writer()({"step": "think"})
    await asyncio.sleep(PAUSE)


async def speak(state: MessagesState) -> dict:
    model = FakeModel(script=words("Good things take time."), pause=PAUSE / 2)
    return {"messages": [await model.ainvoke(state["messages"])]}


graph = (
    StateGraph(MessagesState)
    .add_node("read", read)
    .add_node("think", think)
    .add_node("speak", speak)
    .add_edge(START, "read")
    .add_edge("read", "think")
    .add_edge("think", "speak")
    .compile()
)
