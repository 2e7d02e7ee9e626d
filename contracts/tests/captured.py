"""Reads captured exchanges with real servers; `captures/README.md` describes the format."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from graphtape_contracts import End, Exchange, Frame, Headers, Request, Response, sse

CAPTURES = Path(__file__).parent / "captures"

OTHER_PROTOCOLS = ("pure-graph",)
"""Folders with captures of servers that claim to serve this API but use another protocol."""


_HUNG_UP = re.compile(r"^disconnect-\w+-(plain|resumable)$")
"""Names of captures whose client disconnected early, in folders whose files do not record that."""


def read_capture(path: Path) -> Exchange:
    """Return the exchange in the capture file *path*."""
    content = path.read_bytes()
    _, _, rest = content.partition(b"\n")
    request, _, rest = rest.partition(b"\n<<< ")
    _, _, rest = rest.partition(b"\n")
    head, _, rest = rest.partition(b"\n<<< ")
    kind, _, rest = rest.partition(b"\n")
    body, _, tail = rest.rpartition(b"\n<<< END") if b"\n<<< END" in rest else (rest, b"", b"")
    status_line, *header_lines = head.strip().decode("latin-1").splitlines()
    response = Response(int(status_line.split()[1]), _headers(header_lines))
    incomplete = (
        b"incomplete" in kind or b"closed the socket early" in tail or _HUNG_UP.search(path.stem)
    )
    request_head, _, sent = request.replace(b"\r\n", b"\n").partition(b"\n\n")
    request_line, *request_lines = request_head.decode("latin-1").splitlines() or [""]
    method, path_, *_ = [*request_line.split(), "", ""]
    asked = Request(method, path_, _headers(request_lines), sent)
    frames = (Frame(0.0, body),) if body else ()
    exchange = Exchange(asked, response, frames, End.STOPPED if incomplete else End.COMPLETE)
    if exchange.is_stream:
        decoded = tuple(sse.decode(body))
        return Exchange(asked, response, decoded, exchange.end)
    return exchange


def _headers(lines: list[str]) -> Headers:
    split = (line.partition(":") for line in lines)
    return tuple((name.strip().lower(), value.strip()) for name, _, value in split)


@cache
def captured(name: str) -> Exchange:
    """Return a capture by its name: `captured("python/mode-agent-values")`."""
    (path,) = [path for end in ("http", "txt") for path in CAPTURES.glob(f"{name}.{end}")]
    return read_capture(path)


_LEFT_OUT = (b"bytes cut]", b"... cut by capture.py ...")
"""Markers in place of omitted parts of the body."""
_OTHER_FILES = ("webhook-request", "matrix", "README")


@cache
def captures() -> dict[str, Exchange]:
    """Return every capture of a whole exchange with a server of this API, by its name."""
    files = sorted(path for end in ("http", "txt") for path in CAPTURES.glob(f"*/*.{end}"))
    return {
        f"{path.parent.name}/{path.stem}": read_capture(path)
        for path in files
        if path.parent.name not in OTHER_PROTOCOLS
        and not path.name.startswith(_OTHER_FILES)
        and not any(mark in path.read_bytes() for mark in _LEFT_OUT)
    }


def stream_captures() -> dict[str, Exchange]:
    """Return every capture of a stream that is complete, by its name."""
    return {
        name: exchange
        for name, exchange in captures().items()
        if exchange.is_stream and exchange.end is End.COMPLETE
    }


def replayable_captures() -> dict[str, Exchange]:
    """Return every capture of a complete stream whose request the mock accepts, by its name."""
    return {name: exchange for name, exchange in stream_captures().items() if _python_accepts(name)}


def _python_accepts(name: str) -> bool:
    """Return whether `langgraph dev` accepts the request of the capture *name*; True if unknown."""
    _, _, case = name.partition("/")
    twin = captures().get(f"python-cases/{case}")
    return twin is None or twin.response.status == 200


Case = TypeVar("Case")


def assert_for_each(cases: Mapping[str, Case], claim: Callable[[str, Case], None]) -> None:
    """Call *claim* with the name and the value of each case.

    Raises AssertionError with the names and errors of all cases for which *claim* raises, or if
    there are no cases.
    """
    __tracebackhide__ = True  # pytest then points at the test
    if not cases:
        raise AssertionError("expected cases, got none")
    reasons: dict[str, str] = {}
    for name, case in cases.items():
        try:
            claim(name, case)
        except Exception as error:
            notes: list[str] = getattr(error, "__notes__", [])  # Hypothesis: the example
            reasons[name] = "\n".join([f"{type(error).__name__}: {error}", *notes])
    if reasons:
        details = "\n\n".join(f"{name}: {reason}" for name, reason in reasons.items())
        raise AssertionError(
            f"false for {len(reasons)} of {len(cases)} cases: {', '.join(reasons)}\n\n{details}"
        )
