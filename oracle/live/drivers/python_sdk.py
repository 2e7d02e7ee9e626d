"""Calls langgraph-sdk and prints the results.

    python_sdk.py async|sync URL CALLS AT_ONCE

CALLS is a file with an array of calls: a `method` of the client, such as `runs.stream`, its
`arguments`, and its `options` (the keyword arguments). AT_ONCE is the number of concurrent calls.
Prints each result as a JSON line: an array of the number of the call, the kind of result (run
created, part, result, exception), and the value. The results of a call are in order.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import attrgetter
from pathlib import Path
from threading import Lock
from typing import Any

from langgraph_sdk import get_client, get_sync_client

PRINTING = Lock()
"""Prevents threads from printing into each other's lines."""


def show(number: int, what: str, thing: object) -> None:
    with PRINTING:
        print(json.dumps([number, what, thing]))


def show_exception(number: int, error: Exception) -> None:
    notes = getattr(error, "__notes__", [])
    show(number, "exception", [type(error).__qualname__, str(error), *notes])


def begin(client: object, number: int, call: dict[str, Any]) -> Any:
    """Call the method; return an awaitable or an iterator of parts."""
    options = dict(call.get("options", {}))
    if call["method"] in ("runs.stream", "runs.wait", "runs.create"):
        options["on_run_created"] = partial(show, number, "run created")
    return attrgetter(call["method"])(client)(*call.get("arguments", []), **options)


async def finish(number: int, begun: AsyncIterator[object] | Awaitable[object]) -> None:
    if isinstance(begun, AsyncIterator):
        async for part in begun:
            show(number, "part", part)
    else:
        show(number, "result", await begun)


async def call_all(url: str, calls: Sequence[tuple[int, dict[str, Any]]]) -> None:
    async with get_client(url=url) as client:
        for number, call in calls:
            try:
                await finish(number, begin(client, number, call))
            except Exception as error:
                show_exception(number, error)


def call_all_sync(url: str, calls: Sequence[tuple[int, dict[str, Any]]]) -> None:
    with get_sync_client(url=url) as client:
        for number, call in calls:
            try:
                begun = begin(client, number, call)
                if isinstance(begun, Iterator):
                    for part in begun:
                        show(number, "part", part)
                else:
                    show(number, "result", begun)
            except Exception as error:
                show_exception(number, error)


def call_share(share: Sequence[tuple[int, dict[str, Any]]]) -> None:
    if style == "async":
        asyncio.run(call_all(url, share))
    else:
        call_all_sync(url, share)


_, style, url, file, at_once = sys.argv
calls = list(enumerate(json.loads(Path(file).read_text())))
with ThreadPoolExecutor(int(at_once)) as pool:
    list(pool.map(call_share, (calls[start :: int(at_once)] for start in range(int(at_once)))))
