"""Graphs that fail: in the middle of a model's answer, or with a text that the server hides."""

from fake_model import FakeModel, words
from langchain_core.messages import AIMessage
from langgraph.graph import START, MessagesState, StateGraph


class QuotaExhausted(Exception):
    """An error of a class whose text the server hides from clients."""


async def greet(state: MessagesState) -> dict:
    return {"messages": [AIMessage(content="One moment.", id="greeting")]}


async def break_off(state: MessagesState) -> dict:
    model = FakeModel(script=words("The answer is"), failure='the "fake" model lost its thread: é')
    return {"messages": [await model.ainvoke(state["messages"])]}


async def refuse(state: MessagesState) -> dict:
    raise QuotaExhausted("account 42 has no credit left")


failing = (
    StateGraph(MessagesState)
    .add_node("greet", greet)
    .add_node("break_off", break_off)
    .add_edge(START, "greet")
    .add_edge("greet", "break_off")
    .compile()
)

masked = (
    StateGraph(MessagesState)
    .add_node("greet", greet)
    .add_node("refuse", refuse)
    .add_edge(START, "greet")
    .add_edge("greet", "refuse")
    .compile()
)
