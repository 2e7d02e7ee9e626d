"""What langgraph-sdk makes of a deployment: python_sdk.py async|sync URL CALLS.

CALLS is a file with an array of calls: `method` of the client (`runs.stream`), its `arguments`
and `options` (the keyword arguments). Prints a JSON line for each thing that the caller gets, in
order: number of the call, what it is (run created, part, result, exception), the thing itself.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from langgraph_sdk import get_client, get_sync_client


def show(number: int, what: str, thing: object) -> None:
    print(json.dumps([number, what, thing]))


def show_exception(number: int, error: Exception) -> None:
    notes = getattr(error, "__notes__", [])
    show(number, "exception", [type(error).__qualname__, str(error), *notes])


def begin(client: object, number: int, call: dict[str, Any]) -> Any:
    """Call the method; its result is still to be awaited, or its parts to be asked for."""
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


async def call_all(url: str, calls: list[dict[str, Any]]) -> None:
    async with get_client(url=url) as client:
        for number, call in enumerate(calls):
            try:
                await finish(number, begin(client, number, call))
            except Exception as error:
                show_exception(number, error)


def call_all_sync(url: str, calls: list[dict[str, Any]]) -> None:
    with get_sync_client(url=url) as client:
        for number, call in enumerate(calls):
            try:
                begun = begin(client, number, call)
                if isinstance(begun, Iterator):
                    for part in begun:
                        show(number, "part", part)
                else:
                    show(number, "result", begun)
            except Exception as error:
                show_exception(number, error)


_, style, url, file = sys.argv
calls = json.loads(Path(file).read_text())
if style == "async":
    asyncio.run(call_all(url, calls))
else:
    call_all_sync(url, calls)
