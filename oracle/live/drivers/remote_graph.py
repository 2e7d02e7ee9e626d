"""Calls RemoteGraph and prints the results.

    remote_graph.py URL CALLS AT_ONCE

CALLS is a file with an array of calls: the `graph`, a `method` of it (`invoke`, `astream` ...), its
`arguments`, its `options` (the keyword arguments), and whether the graph is called as a node of a
`parent` graph. AT_ONCE is the number of concurrent calls. Prints each result as a JSON line: an
array of the number of the call, the kind of result (part, result, exception), and the value. The
results of a call are in order.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, is_dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from langgraph.graph import START, MessagesState, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph.types import Command
from pydantic import BaseModel
from typing_extensions import TypedDict

IDLE = 2.0
"""Idle seconds after which a connection is not reused. Servers close idle connections after five
seconds, and a request sent at that moment gets no response.
"""

PRINTING = Lock()
"""Prevents threads from printing into each other's lines."""


class Letter(TypedDict, total=False):
    """The state of a parent graph whose child graph has no messages in its state."""

    to: str
    text: str
    log: list[str]


def plain(thing: object) -> object:
    """Return messages, interrupts and drawable nodes as JSON values."""
    if isinstance(thing, BaseModel):
        return [type(thing).__qualname__, thing.model_dump()]
    if is_dataclass(thing) and not isinstance(thing, type):
        return [type(thing).__qualname__, asdict(thing)]
    return repr(thing)


def show(number: int, what: str, thing: object) -> None:
    line = json.dumps([number, what, thing], default=plain)
    with PRINTING:
        print(line)


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


async def call_all(calls: Sequence[tuple[int, dict[str, Any]]]) -> None:
    remotes: dict[str, RemoteGraph] = {}
    used: dict[str, float] = {}
    for number, call in calls:
        name = call["graph"]
        if time.monotonic() - used.get(name, -IDLE) >= IDLE:
            remotes[name] = RemoteGraph(name, url=url)
        try:
            await call_one(remotes[name], number, call)
        except Exception as error:
            show(number, "exception", [type(error).__qualname__, str(error)])
        used[name] = time.monotonic()


def call_share(share: Sequence[tuple[int, dict[str, Any]]]) -> None:
    asyncio.run(call_all(share))


_, url, file, at_once = sys.argv
calls = list(enumerate(json.loads(Path(file).read_text())))
with ThreadPoolExecutor(int(at_once)) as pool:
    list(pool.map(call_share, (calls[start :: int(at_once)] for start in range(int(at_once)))))
