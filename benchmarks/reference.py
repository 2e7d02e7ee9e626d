"""Reference servers, which send prepared answers, to compare the mock with.

    python reference.py {bare,paced,starlette} ANSWERS PORT

ANSWERS is a file with the head and the body of an answer of the mock for each path.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Head = list[tuple[bytes, bytes]]
Answers = dict[str, tuple[Head, bytes]]

EVENT_SECONDS = 0.05
"""The time between two events of a paced stream, in seconds."""


def bare(answers: Answers) -> App:
    """Return an application that sends each body at once: the upper limit for uvicorn."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        head, body = answers[scope["path"]]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    return answer


def paced(answers: Answers) -> App:
    """Return an application that sends each event when it is due."""
    ready = {path: (head, cut(body)) for path, (head, body) in answers.items()}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        head, parts = ready[scope["path"]]
        loop = asyncio.get_running_loop()
        started = loop.time()
        await send({"type": "http.response.start", "status": 200, "headers": head})
        for number, part in enumerate(parts):
            wait = started + number * EVENT_SECONDS - loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return answer


def starlette(answers: Answers) -> App:
    """Return an application that streams one chunk per event, as most applications do."""
    # Imported here, because it would slow down the start of the bare server.
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import StreamingResponse
    from starlette.routing import Route

    ready = {path: (head, cut(body)) for path, (head, body) in answers.items()}

    async def answer(request: Request) -> StreamingResponse:
        await request.json()
        head, parts = ready[request.url.path]

        async def body() -> AsyncIterator[bytes]:
            for part in parts:
                yield part

        return StreamingResponse(body(), headers={k.decode(): v.decode() for k, v in head})

    return Starlette(routes=[Route(path, answer, methods=["POST"]) for path in ready])


def cut(body: bytes) -> list[bytes]:
    """Return the blocks of the events in *body*; a JSON body is one block."""
    end = b"\r\n\r\n"
    return [event + end for event in body.split(end)[:-1]] or [body]


def write_answers(answers: Answers, path: Path) -> None:
    """Write *answers* into the file *path*, for `read_answers`."""
    text = {
        route: ([[name.decode(), value.decode()] for name, value in head], body.decode())
        for route, (head, body) in answers.items()
    }
    path.write_text(json.dumps(text), encoding="utf-8")


def read_answers(path: Path) -> Answers:
    """Return the answers in a file that `write_answers` wrote."""
    text = json.loads(path.read_text(encoding="utf-8"))
    return {
        route: ([(name.encode(), value.encode()) for name, value in head], body.encode())
        for route, (head, body) in text.items()
    }


if __name__ == "__main__":
    kind, file, port = sys.argv[1:]
    make = {"bare": bare, "paced": paced, "starlette": starlette}[kind]
    bytes(
        16 * 1024 * 1024
    )  # As in the mock: after this allocation, the C library reuses large blocks.
    uvicorn.run(
        make(read_answers(Path(file))),
        port=int(port),
        backlog=2048,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
    )
