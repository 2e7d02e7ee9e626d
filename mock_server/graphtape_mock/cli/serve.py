"""`graphtape serve`: replays recordings."""

import errno
import gc
import math
import signal
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import click
import orjson

from graphtape_contracts import End, Exchange, Request
from graphtape_mock.cli.exit_code import GOOD
from graphtape_mock.console.text import count, escape
from graphtape_mock.deployment.curl import as_curl
from graphtape_mock.recordings.recording import SUFFIX, BrokenRecording
from graphtape_mock.recordings.view import VIEW_FIELDS
from graphtape_mock.replay.engine import ReplayOptions
from graphtape_mock.replay.library import Library, RecordedRun, load
from graphtape_mock.replay.selection import request_body, view_of
from graphtape_mock.server.foreign_page import is_loopback
from graphtape_mock.server.mock import Mock, bundled_recordings
from graphtape_mock.server.recorded_deployment import BadRecordedResponse
from graphtape_mock.server.request_body import BODY_LIMIT
from graphtape_mock.server.running import DEFAULT_PORT, GRACE_SECONDS, MockServer, open_socket

_TRIED_PORTS = 100
_SHOWN_REQUESTS = 10
_DEFAULT_PORTS = {"http": 80, "https": 443}
"""Ports that browsers leave out of an origin."""


def _number(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if math.isnan(value):
        raise click.BadParameter("expected a number, got nan")
    return value


def _origins(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the origins as browsers send them: scheme and host, maybe a port, no slash."""
    return tuple(value if value == "*" else _origin(value) for value in values)


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # The port or a bracket is invalid, or a label is too long.
        host, port, parts = "", None, urlsplit("")
    more = (parts.username, parts.query, parts.fragment, parts.path.removesuffix("/"))
    if not parts.scheme or not host or any(more):
        raise click.BadParameter(f"expected an origin such as http://localhost:3000, got {value!r}")
    named = f"[{host}]" if ":" in host else host
    if port is None or port == _DEFAULT_PORTS.get(parts.scheme):
        return f"{parts.scheme}://{named}"
    return f"{parts.scheme}://{named}:{port}"


@click.command(short_help="Replay recordings as a LangGraph deployment.")
@click.argument("recordings", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="HOST",
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help=f"The port to listen on; by default {DEFAULT_PORT} or the next free one; 0 for any.",
)
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="FACTOR",
    callback=_number,
    help="Replay speed: 1 as recorded, 2 twice as fast, 0 without waiting.",
)
@click.option(
    "--ids",
    type=click.Choice(["fresh", "recorded"]),
    default="fresh",
    show_default=True,
    help="Whether run, thread, task and message ids in responses are new or as recorded.",
)
@click.option("--seed", type=int, metavar="N", help="Make the same fresh ids in every session.")
@click.option("--watch", is_flag=True, help="Reload recordings when they change.")
@click.option(
    "--unmatched",
    type=click.Choice(["error", "nearest"]),
    default="error",
    show_default=True,
    help="Answer a request that matches no recording with a 404 error or the nearest recording.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    callback=_origins,
    help="Allow only pages of this origin to read responses and cancel runs; default: any. "
    "Repeatable.",
)
@click.option(
    "--max-body",
    default=BODY_LIMIT,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="BYTES",
    help="Answer 413 to larger request bodies.",
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

    The default is the recordings that are bundled with graphtape.

    \b
    graphtape serve
    graphtape serve recordings --speed 0
    graphtape serve recordings/agent.jsonl --port 8000 --watch
    """
    if seed is not None and ids == "recorded":
        raise click.UsageError("--seed makes fresh ids, so it has no effect with --ids recorded")
    paths = recordings or (bundled_recordings(),)
    options = ReplayOptions(
        speed=speed, keep_ids=ids == "recorded", seed=seed, nearest=unmatched == "nearest"
    )
    gc.disable()  # Loading creates many objects and almost no garbage.
    try:
        library = _load(paths)
        mock = Mock(library, options, cors_origins=cors or ("*",), body_limit=max_body)
    except (NothingRecorded, BrokenRecording, BadRecordedResponse, OSError) as error:
        raise click.ClickException(_why(error)) from None
    finally:
        gc.enable()
    try:
        listening = _listen(host, port)
    except OSError as error:
        where = f"{host}:{port or DEFAULT_PORT}"
        raise click.ClickException(
            f"--host, --port: can't listen on {where}: {error.strerror}"
        ) from None

    async def greet_and_watch() -> None:
        click.echo(_greeting(library, server.url))
        if port is None and server.port != DEFAULT_PORT:
            # A client with the default port in its code would talk to the other server.
            loud = f"PORT {DEFAULT_PORT} IS TAKEN BY ANOTHER SERVER. Graphtape is at {server.url}"
            click.secho(loud, err=True, bold=True, fg="red")
        if watch:
            await _watch(mock, paths)

    server = MockServer(mock, listening, greet_and_watch, say_what_is_awaited)
    if not is_loopback(host.removeprefix("[").removesuffix("]")):
        click.echo(f"listening on {host}: anyone who reaches it can read recordings", err=True)
    for reason in _unusable(library):
        click.echo(f"not served: {escape(reason)}", err=True)
    gc.freeze()  # Loaded objects stay: no collection should scan them during a stream.
    with suppress(KeyboardInterrupt):  # Ctrl-C is the normal end.
        server.listen()
    if server.signals:
        # Another Ctrl-C can't make the shutdown faster now, but it could interrupt it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return GOOD


def say_what_is_awaited(requests: Sequence[str]) -> None:
    """Print the *requests* that the server waits for before it ends."""
    lines = [f"  {request}" for request in requests[:_SHOWN_REQUESTS]]
    if more := len(requests) - len(lines):
        lines.append(f"  and {more} more")
    click.echo(
        f"ending; waiting up to {GRACE_SECONDS:g} seconds for:\n"
        + "\n".join(lines)
        + "\nPress Ctrl-C again to end at once.",
        err=True,
    )


class NothingRecorded(LookupError):
    """No recording can be served. The message has the paths, or why each recording is unusable."""

    def __init__(self, paths: Iterable[Path], unusable: Iterable[str]) -> None:
        self.paths, self.unusable = tuple(paths), tuple(unusable)
        super().__init__(self.paths, self.unusable)

    def __str__(self) -> str:
        if self.unusable:
            return "nothing to serve: " + "; ".join(self.unusable)
        places = ", ".join(map(str, self.paths))
        return f"expected recordings in {places}, found none; create them with graphtape record"


def _load(paths: Sequence[Path]) -> Library:
    library = load(paths)
    if not library.runs:
        raise NothingRecorded(paths, _unusable(library))
    return library


def _unusable(library: Library) -> Iterator[str]:
    """Yield a message for each recording with an unusable run: the reason, and what to do."""
    names = set(library.unusable)
    for recording in library.recordings:
        if recording.name in names:
            reasons = {reason for run in recording.runs if (reason := _why_unusable(run))}
            yield f"{recording.name}: {', '.join(sorted(reasons))}; record it again with --force"


def _why_unusable(exchange: Exchange) -> str:
    if exchange.response.status != 200:
        return f"its run was refused with status {exchange.response.status}"
    if exchange.end is not End.COMPLETE:
        return f"its run is incomplete (the response ended as {exchange.end.value!r})"
    return ""


def _why(error: NothingRecorded | BrokenRecording | BadRecordedResponse | OSError) -> str:
    if not isinstance(error, OSError):
        return escape(str(error))
    return escape(f"can't read {error.filename}: {error.strerror}")


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a socket on *port*; by default, on the default port or the next free port."""
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
    counted = sorted(Counter(map(escape, names)).items())
    assistants = "\n".join(f"  {name}: {runs}" for name, runs in counted)
    return (
        f"Graphtape answers at {url}\n\nRecorded runs by assistant:\n{assistants}\n\n"
        f"Try it:\n\n  {_curl(library.runs[0], url)}\n\nPress Ctrl-C to stop."
    )


def _curl(run: RecordedRun, url: str) -> str:
    """Return a curl command line with a request that matches *run*."""
    exchange = run.exchanges[0]
    body = request_body(exchange)
    if "updates" in view_of(body).modes and exchange.is_stream:  # These are the shortest to read.
        body = {key: value for key, value in body.items() if key not in VIEW_FIELDS}
        body["stream_mode"] = "updates"
    path = exchange.request.path
    request = Request("POST", path, (("content-type", "application/json"),), orjson.dumps(body))
    return as_curl(request, url)


async def _watch(mock: Mock, paths: Sequence[Path]) -> None:
    """Reload the recordings whenever one of them changes."""
    # Imported here because that takes time, and few sessions need it.
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]  # names trio

    # Watch the folder of a file: editors replace files, and a watch on the old file would see no
    # later change.
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
            click.echo(f"{_why(error)}; still serving what was loaded before", err=True)
        else:
            click.echo(f"reloaded {count(len(library.recordings), 'recording')}", err=True)
