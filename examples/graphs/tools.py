"""A tool-calling agent: the arguments of the call are streamed in pieces, and so is the answer."""

import json
import re
from typing import Literal

from fake_model import FakeModel, words
from langchain_core.messages import AIMessageChunk, ToolMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode


@tool
async def weather(city: str) -> str:
    """Look up the weather in a city."""
    return f"sunny in {city}, {10 + len(city)} °C"


def call_weather(city: str) -> list[AIMessageChunk]:
    """Write the call as providers stream it: name and id first, then the arguments bit by bit."""
    arguments = json.dumps({"city": city}, ensure_ascii=False)
    bits = [arguments[start : start + 6] for start in range(0, len(arguments), 6)]
    first = {"name": "weather", "args": "", "id": f"call_{city.lower()}"}
    rest = [{"name": None, "args": bit, "id": None} for bit in bits]
    return [
        AIMessageChunk(content="", tool_call_chunks=[{**piece, "index": 0}])
        for piece in [first, *rest]
    ]


async def agent(state: MessagesState) -> dict:
    last = state["messages"][-1]
    city = re.search(r"weather in (\w+)", last.text)
    if isinstance(last, ToolMessage):
        model = FakeModel(script=words(f"The weather is {last.text}."))
    elif city:
        model = FakeModel(script=call_weather(city[1]), finish_reason="tool_calls")
    else:
        model = FakeModel(script=words("Ask me about the weather in a city."))
    return {"messages": [await model.ainvoke(state["messages"])]}


def after_agent(state: MessagesState) -> Literal["tools", "__end__"]:
    return "tools" if state["messages"][-1].tool_calls else END


graph = (
    StateGraph(MessagesState)
    .add_node("agent", agent)
    .add_node("tools", ToolNode([weather]))
    .add_edge(START, "agent")
    .add_conditional_edges("agent", after_agent)
    .add_edge("tools", "agent")
    .compile()
)
