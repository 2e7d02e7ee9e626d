"""A server of deployments that misbehave, each under a path of its own."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from deployment_kinds import (
    ASSISTANT,
    METADATA,
    RUN_PATH,
    VALUES,
    Kind,
    Pause,
    Repeat,
    Reset,
    Step,
    answer,
    events,
)

_DESCRIBED = {"assistant_id": ASSISTANT, "graph_id": "agent"}
_GOOD_ANSWERS: dict[str, bytes] = {
    "/info": answer(200, {"version": "0.16.7", "flags": {}}),
    "/ok": answer(200, {"ok": True}),
    "/assistants/search": answer(200, [_DESCRIBED]),
    f"/assistants/{ASSISTANT}": answer(200, _DESCRIBED),
    f"/assistants/{ASSISTANT}/schemas": answer(200, {"graph_id": "agent"}),
    f"/assistants/{ASSISTANT}/graph": answer(200, {"nodes": [], "edges": []}),
    f"/assistants/{ASSISTANT}/subgraphs": answer(200, {}),
}
_NOT_FOUND = answer(404, {"detail": "Not Found"})


@dataclass
class Deployments:
    """The server of all kinds, and what it sent."""

    url: str = ""
    asked: list[str] = field(default_factory=list[str])
    """Method and path of each request, with the name of the kind."""
    steps: dict[str, int] = field(default_factory=dict[str, int])
    """By the name of a kind: the steps that were taken for its latest request."""

    @property
    def runs(self) -> int:
        """The number of runs that were asked for."""
        return sum("/runs/" in line for line in self.asked)

    def url_of(self, kind: Kind) -> str:
        """Return the base URL of the deployment that misbehaves as *kind*."""
        return f"{self.url}/{kind.name}"


@contextmanager
def bad_deployments(served: Sequence[Kind]) -> Generator[Deployments]:
    """Serve deployments of these kinds on a free port during the block."""
    deployments = Deployments()
    listener = socket.create_server(("127.0.0.1", 0))
    deployments.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    by_name = {kind.name: kind for kind in served}
    ready = threading.Event()
    stop: list[Callable[[], object]] = []

    async def serve() -> None:
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(over.set))
        tasks: set[asyncio.Task[None]] = set()

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(_serve(reader, writer, by_name, deployments))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(begin, sock=listener)
        ready.set()
        await over.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield deployments
    finally:
        stop[0]()
        thread.join()


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    by_name: dict[str, Kind],
    deployments: Deployments,
) -> None:
    try:
        with suppress(asyncio.IncompleteReadError, OSError):
            while await _respond(reader, writer, by_name, deployments):
                await writer.drain()
    finally:
        # Closing would wait until the client has read all.
        with suppress(OSError):
            await asyncio.wait_for(writer.drain(), 1)
        writer.close()


async def _respond(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    by_name: dict[str, Kind],
    deployments: Deployments,
) -> bool:
    """Answer one request; return whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.lower().split("\r\n")
    (length,) = [int(f[15:]) for f in lines if f.startswith("content-length:")] or [0]
    await reader.readexactly(length)
    deployments.asked.append(line)
    _, name, *segments = line.split()[1].partition("?")[0].split("/")
    kind, path = by_name[name], "/" + "/".join(segments)
    run = RUN_PATH if path.startswith("/runs/") else path
    if run != kind.path:
        whole = b"".join(s for s in events(METADATA, VALUES) if isinstance(s, bytes))
        writer.write(whole if run == RUN_PATH else _GOOD_ANSWERS.get(path, _NOT_FOUND))
        return True
    for number, step in enumerate(kind.steps):
        deployments.steps[kind.name] = number
        await _take(step, writer)
    deployments.steps[kind.name] = len(kind.steps)
    return False


async def _take(step: Step, writer: asyncio.StreamWriter) -> None:
    match step:
        case bytes():
            writer.write(step)
        case Pause(seconds):
            await writer.drain()
            await asyncio.sleep(seconds)
        case Repeat(data, times, pause):
            for _ in range(times):
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(pause)
        case Reset():  # pragma: no branch - all kinds of steps are above
            await writer.drain()
            peer: socket.socket = writer.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
