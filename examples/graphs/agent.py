"""The graph of the stateless example in LangGraph's documentation: one node, one chat model."""

import re

from fake_model import FakeModel, words
from langgraph.graph import START, MessagesState, StateGraph


def reply_to(text: str) -> str:
    """Return a greeting if *text* contains a name, else repeat the text."""
    name = re.search(r"my name is (\w+)", text, re.IGNORECASE)
    if name is None:
        return f"You said: {text}"
    age = re.search(r"(\d+) years old", text)
    remark = f" {age[1]} is a fine age." if age else ""
    return f"Hello {name[1]}! It is good to meet you.{remark} What can I do for you?"


async def answer(state: MessagesState) -> dict:
    model = FakeModel(script=words(reply_to(state["messages"][-1].text)))
    return {"messages": [await model.ainvoke(state["messages"])]}


graph = StateGraph(MessagesState).add_node("agent", answer).add_edge(START, "agent").compile()
