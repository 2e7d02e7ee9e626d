"""`understudy serve`: answers as a LangGraph deployment does, from recordings."""

import errno
import shlex
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import click
import orjson

from understudy_mock.body import BODY_LIMIT
from understudy_mock.deployment import BadAnswer
from understudy_mock.library import Library, RecordedRun, load
from understudy_mock.projection import request_body
from understudy_mock.recording import BrokenRecording
from understudy_mock.replay import Options
from understudy_mock.server import (
    DEFAULT_PORT,
    Mock,
    MockServer,
    bundled_recordings,
    open_socket,
)

_GOOD, _WRONG_USE = 0, 2
_TRIED_PORTS = 100


@click.command()
@click.argument("recordings", nargs=-1, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"By default {DEFAULT_PORT}.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0),
    help="1 as recorded, 2 twice as fast, 0 at once.",
)
@click.option(
    "--ids",
    type=click.Choice(["fresh", "recorded"]),
    default="fresh",
    show_default=True,
    help="Ids of runs, threads, tasks and messages.",
)
@click.option("--seed", type=int, help="Make fresh ids that are the same in every session.")
@click.option("--watch", is_flag=True, help="Load recordings again when they change.")
@click.option(
    "--unmatched",
    type=click.Choice(["error", "nearest"]),
    default="error",
    show_default=True,
    help="What answers a request that was not recorded.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    help="Allow browsers only from this origin; by default from all.",
)
@click.option(
    "--max-body",
    default=BODY_LIMIT,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="BYTES",
    help="Refuse longer request bodies with 413.",
)
def serve(
    recordings: tuple[Path, ...],
    host: str,
    port: int | None,
    speed: float,
    ids: str,
    seed: int | None,
    watch: bool,
    unmatched: str,
    cors: tuple[str, ...],
    max_body: int,
) -> int:
    """Answer POST /runs/stream and /runs/wait from RECORDINGS, files or folders.

    Without RECORDINGS it serves those that come with understudy.
    """
    paths = recordings or (bundled_recordings(),)
    options = Options(
        speed=speed, keep_ids=ids == "recorded", seed=seed, nearest=unmatched == "nearest"
    )
    try:
        library = load(paths)
        mock = Mock(library, options, cors_origins=cors or ("*",), body_limit=max_body)
    except (BrokenRecording, BadAnswer, OSError) as error:
        click.echo(_why(error), err=True)
        return _WRONG_USE
    if not library.runs:
        click.echo(
            f"expected recordings in {', '.join(map(str, paths))}, got none: "
            "make one with understudy record",
            err=True,
        )
        return _WRONG_USE
    try:
        listening = _listen(host, port)
    except OSError as error:
        click.echo(f"can't listen on {host}:{port or DEFAULT_PORT}: {error.strerror}", err=True)
        return _WRONG_USE
    server = MockServer(mock, listening, _watcher(mock, paths) if watch else None)
    taken = port is None and server.port != DEFAULT_PORT
    if taken:
        click.echo(f"port {DEFAULT_PORT} is taken: serving on {server.port} instead", err=True)
    if host not in ("127.0.0.1", "localhost", "::1"):
        click.echo(f"listening on {host}: whoever reaches it can read the recordings", err=True)
    for name in library.unusable:
        click.echo(f"{name} holds a run that was refused or cut short; not served", err=True)
    click.echo(_greeting(library, server.url))
    server.listen()
    return _GOOD


def _why(error: BrokenRecording | BadAnswer | OSError) -> str:
    if not isinstance(error, OSError):
        return str(error)
    path = error.filename or error.args[0]
    return f"can't read {path}: {error.strerror or 'there is no such file or folder'}"


def _listen(host: str, port: int | None) -> socket.socket:
    """Open *port*; where none was asked for, the default one or the next that is free."""
    if port is not None:
        return open_socket(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + _TRIED_PORTS):
        try:
            return open_socket(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    return open_socket(host, 0)


def _greeting(library: Library, url: str) -> str:
    names = [str(request_body(run.exchanges[0]).get("assistant_id")) for run in library.runs]
    assistants = "\n".join(f"  {name}: {count}" for name, count in sorted(Counter(names).items()))
    return (
        f"Understudy answers at {url}\n\nRecorded runs by assistant:\n{assistants}\n\n"
        f"Try it:\n\n  {_curl(library.runs[0], url)}\n\nCtrl-C ends it."
    )


def _curl(run: RecordedRun, url: str) -> str:
    """Return a command line that is answered from *run*."""
    recorded = request_body(run.exchanges[0])
    left_out = ("stream_mode", "stream_subgraphs")
    body = {key: value for key, value in recorded.items() if key not in left_out}
    body["stream_mode"] = "updates"
    data = shlex.quote(orjson.dumps(body).decode())
    return f"curl -N {url}/runs/stream -H 'content-type: application/json' -d {data}"


def _watcher(mock: Mock, paths: Sequence[Path]) -> Callable[[], Awaitable[None]]:
    async def watch() -> None:
        # Takes time to import, and few sessions watch.
        from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]  # names trio

        async for _ in awatch(*paths):
            try:
                library = load(paths)
                mock.use(library)
            except (BrokenRecording, BadAnswer, OSError) as error:
                click.echo(f"{_why(error)}; still serving what was there before", err=True)
                continue
            click.echo(f"loaded {len(library.recordings)} recordings again", err=True)

    return watch
