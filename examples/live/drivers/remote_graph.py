"""What RemoteGraph makes of a deployment: remote_graph.py URL CALLS.

CALLS is a file with an array of calls: the `graph`, a `method` of it (`invoke`, `astream` ...), its
`arguments`, its `options` (the keyword arguments), and whether it is called as a node of a
`parent` graph. Prints a JSON line for each thing that the caller gets, in order: number of the
call, what it is (part, result, exception), the thing itself.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from pydantic import BaseModel
from typing_extensions import TypedDict


class Letter(TypedDict, total=False):
    """The state of a parent whose child knows no messages."""

    to: str
    text: str
    log: list[str]


def plain(thing: object) -> object:
    """Say what JSON has no word for: messages, interrupts, the nodes of a drawing."""
    if isinstance(thing, BaseModel):
        return [type(thing).__qualname__, thing.model_dump()]
    if is_dataclass(thing) and not isinstance(thing, type):
        return [type(thing).__qualname__, asdict(thing)]
    return repr(thing)


def show(number: int, what: str, thing: object) -> None:
    print(json.dumps([number, what, thing], default=plain))


async def call_one(remote: RemoteGraph, number: int, call: dict[str, Any]) -> None:
    graph: Any = remote
    arguments = call.get("arguments", [])
    if "command" in call:
        arguments = [Command(**call["command"])]
    if call.get("parent"):
        state = MessagesState if "messages" in arguments[0] else Letter
        parent = StateGraph(state).add_node("remote", remote).add_edge(START, "remote")
        graph = parent.compile()
    begun = getattr(graph, call["method"])(*arguments, **call.get("options", {}))
    if isinstance(begun, AsyncIterator):
        async for part in begun:
            show(number, "part", part)
    elif isinstance(begun, Iterator):
        for part in begun:
            show(number, "part", part)
    else:
        show(number, "result", await begun if isinstance(begun, Awaitable) else begun)


async def call_all(url: str, calls: list[dict[str, Any]]) -> None:
    remotes: dict[str, RemoteGraph] = {}
    for number, call in enumerate(calls):
        name = call["graph"]
        if name not in remotes:
            remotes[name] = RemoteGraph(name, url=url)
        try:
            await call_one(remotes[name], number, call)
        except Exception as error:
            show(number, "exception", [type(error).__qualname__, str(error)])


_, url, file = sys.argv
asyncio.run(call_all(url, json.loads(Path(file).read_text())))
