"""`graphtape serve`: answers as a LangGraph deployment does, from recordings."""

import errno
import gc
import math
import socket
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import click
import orjson

from graphtape_contracts import Request
from graphtape_mock.console.curl import as_curl
from graphtape_mock.console.text import escape
from graphtape_mock.recordings.recording import SUFFIX, BrokenRecording
from graphtape_mock.recordings.view import VIEW_FIELDS
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library, RecordedRun, load
from graphtape_mock.replay.selection import request_body, view_of
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.running import DEFAULT_PORT, MockServer, open_socket

_GOOD, _WRONG_USE = 0, 2
_TRIED_PORTS = 100


def _number(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if math.isnan(value):
        raise click.BadParameter("expected a number, got nan")
    return value


@click.command()
@click.argument("recordings", nargs=-1, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"By default {DEFAULT_PORT}.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0),
    callback=_number,
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

    Without RECORDINGS it serves those that come with graphtape.
    """
    paths = recordings or (bundled_recordings(),)
    options = ReplayOptions(
        speed=speed, keep_ids=ids == "recorded", seed=seed, nearest=unmatched == "nearest"
    )
    gc.disable()  # Next to nothing of what is loaded is garbage.
    try:
        library = _load(paths)
        mock = Mock(library, options, cors_origins=cors or ("*",), body_limit=max_body)
    except (NothingRecorded, BrokenRecording, BadRecordedResponse, OSError) as error:
        click.echo(_why(error), err=True)
        return _WRONG_USE
    finally:
        gc.enable()
    try:
        listening = _listen(host, port)
    except OSError as error:
        click.echo(f"can't listen on {host}:{port or DEFAULT_PORT}: {error.strerror}", err=True)
        return _WRONG_USE

    async def attend() -> None:
        click.echo(_greeting(library, server.url))
        if watch:
            await _watch(mock, paths)

    server = MockServer(mock, listening, attend)
    if port is None and server.port != DEFAULT_PORT:
        click.echo(f"port {DEFAULT_PORT} is taken: serving on {server.port} instead", err=True)
    if not _is_loopback(host):
        click.echo(f"listening on {host}: whoever reaches it can read the recordings", err=True)
    for name in map(escape, library.unusable):
        click.echo(f"{name} holds a run that was refused or cut short; not served", err=True)
    gc.freeze()  # What was loaded stays: let no collection look through it in mid-stream.
    with suppress(KeyboardInterrupt):  # It is how to end it.
        server.listen()
    return _GOOD


class NothingRecorded(LookupError):
    """There is no recording to serve."""

    def __init__(self, paths: Iterable[Path]) -> None:
        super().__init__(*paths)

    def __str__(self) -> str:
        places = ", ".join(map(str, self.args))
        return f"expected recordings in {places}, got none: make one with graphtape record"


def _load(paths: Sequence[Path]) -> Library:
    library = load(paths)
    if not library.runs:
        raise NothingRecorded(paths)
    return library


def _why(error: NothingRecorded | BrokenRecording | BadRecordedResponse | OSError) -> str:
    if not isinstance(error, OSError):
        return escape(str(error))
    return escape(f"can't read {error.filename}: {error.strerror}")


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


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _greeting(library: Library, url: str) -> str:
    names = [str(request_body(run.exchanges[0]).get("assistant_id")) for run in library.runs]
    counted = sorted(Counter(map(escape, names)).items())
    assistants = "\n".join(f"  {name}: {count}" for name, count in counted)
    return (
        f"Graphtape answers at {url}\n\nRecorded runs by assistant:\n{assistants}\n\n"
        f"Try it:\n\n  {_curl(library.runs[0], url)}\n\nCtrl-C ends it."
    )


def _curl(run: RecordedRun, url: str) -> str:
    """Return a command line that is answered from *run*."""
    exchange = run.exchanges[0]
    body = request_body(exchange)
    if "updates" in view_of(body).modes and exchange.is_stream:  # They are the shortest to read.
        body = {key: value for key, value in body.items() if key not in VIEW_FIELDS}
        body["stream_mode"] = "updates"
    path = exchange.request.path
    asked = Request("POST", path, (("content-type", "application/json"),), orjson.dumps(body))
    return as_curl(asked, url)


async def _watch(mock: Mock, paths: Sequence[Path]) -> None:
    """Load the recordings again whenever one of them changes."""
    # Takes time to import, and few sessions watch.
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]  # names trio

    # A file is watched by its folder: editors replace files, and a watch on the old one sees
    # no later change.
    files = {str(path.resolve()) for path in paths if not path.is_dir()}
    folders = {path if path.is_dir() else path.parent for path in map(Path.resolve, paths)}
    deep = any(path.is_dir() for path in paths)

    def is_recording(_: object, path: str) -> bool:
        return path in files or path.endswith(SUFFIX)

    async for _ in awatch(*folders, watch_filter=is_recording, recursive=deep):
        try:
            library = _load(paths)
            mock.use(library)
        except (NothingRecorded, BrokenRecording, BadRecordedResponse, OSError) as error:
            click.echo(f"{_why(error)}; still serving what was there before", err=True)
        else:
            click.echo(f"loaded {len(library.recordings)} recordings again", err=True)
