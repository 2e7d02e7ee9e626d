"""Calls a deployed graph like a local one: by itself, then as a node of a parent graph.

Needs langgraph 1.2 or newer.
"""

import os

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph

url = os.environ.get("LANGGRAPH_API_URL", "http://127.0.0.1:2024")
question = {
    "messages": [
        {"role": "user", "content": "Hello! My name is Bagatur and I am 26 years old."},
    ]
}

remote = RemoteGraph("agent", url=url)
for message in remote.invoke(question)["messages"]:
    print(f"alone: {message['type']}: {message['content']}")

parent = StateGraph(MessagesState).add_node("remote", remote).add_edge(START, "remote").compile()
for message in parent.invoke(question)["messages"]:
    print(f"in a parent: {message.type}: {message.content}")
