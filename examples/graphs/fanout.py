"""A graph with parallel workers, started by `Send`, whose results are then joined.

All workers start together. Each worker waits a little longer than the one before, so that their
order is the same in every run.
"""

import asyncio
import operator
from typing import Annotated

from fake_model import FakeModel, words
from langgraph.config import get_stream_writer
from langgraph.graph import START, StateGraph
from langgraph.types import Send
from typing_extensions import TypedDict


class Jokes(TypedDict, total=False):
    subjects: list[str]
    jokes: Annotated[list[str], operator.add]
    best: str


class Job(TypedDict):
    subject: str
    turn: int


def share_out(state: Jokes) -> list[Send]:
    return [
        Send("tell", {"subject": subject, "turn": turn})
        for turn, subject in enumerate(state["subjects"], start=1)
    ]


async def tell(job: Job) -> dict:
    await asyncio.sleep(0.2 * job["turn"])
    get_stream_writer()({"telling": job["subject"]})
    model = FakeModel(script=words(f"Why so many {job['subject']}? Nobody counted."))
    joke = await model.ainvoke(job["subject"])
    return {"jokes": [joke.text]}


async def choose(state: Jokes) -> dict:
    return {"best": min(state["jokes"], key=len)}


graph = (
    StateGraph(Jokes)
    .add_node("tell", tell)
    .add_node("choose", choose)
    .add_conditional_edges(START, share_out, ["tell"])
    .add_edge("tell", "choose")
    .compile()
)
