"""A graph that stops to ask a person.

A stateless run cannot be resumed, so it ends with the question; `send` is never reached.
"""

import operator
from typing import Annotated

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from typing_extensions import TypedDict


class Letter(TypedDict, total=False):
    to: str
    text: str
    log: Annotated[list[str], operator.add]


async def draft(state: Letter) -> dict:
    return {"text": f"Dear {state['to']}, all is well.", "log": ["drafted"]}


async def review(state: Letter) -> dict:
    verdict = interrupt(
        {"question": "Send this letter?", "text": state["text"], "options": ["yes", "no"]}
    )
    return {"log": [f"reviewed: {verdict}"]}


async def send(state: Letter) -> dict:
    return {"log": ["sent"]}


graph = (
    StateGraph(Letter)
    .add_node("draft", draft)
    .add_node("review", review)
    .add_node("send", send)
    .add_edge(START, "draft")
    .add_edge("draft", "review")
    .add_edge("review", "send")
    .compile()
)
