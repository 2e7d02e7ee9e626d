"""An answer that depends on the request's context, or on its `config.configurable`."""

from fake_model import FakeModel, words
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.runtime import Runtime
from typing_extensions import TypedDict

GREETINGS = {"en": "Good morning", "fr": "Bonjour", "el": "Καλημέρα"}


class Visitor(TypedDict, total=False):
    """What a request can say about who asks."""

    language: str
    name: str


async def greet(state: MessagesState, config: RunnableConfig, runtime: Runtime[Visitor]) -> dict:
    visitor = {**config["configurable"], **(runtime.context or {})}
    greeting = GREETINGS[visitor.get("language", "en")]
    model = FakeModel(script=words(f"{greeting}, {visitor.get('name', 'stranger')}!"))
    return {"messages": [await model.ainvoke(state["messages"])]}


graph = (
    StateGraph(MessagesState, context_schema=Visitor)
    .add_node("greet", greet)
    .add_edge(START, "greet")
    .compile()
)
