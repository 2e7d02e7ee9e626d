"""Development-time pytest configuration; nothing here is shipped."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from understudy_contracts import End, Exchange, Frame, Request, Response, sse

pytest_plugins = ["pytester"]

# A shell that runs the tests in the background has them ignore Ctrl-C, and so would the programs
# that they start, some of which are to be ended by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

CAPTURES = Path(__file__).parent / "contracts" / "tests" / "captures"


def read_capture(path: Path) -> Exchange:
    """Return the exchange in a capture file; see the README beside the captures."""
    content = path.read_bytes()
    _, _, rest = content.partition(b"\n")
    request, _, rest = rest.partition(b"\n<<< ")
    _, _, rest = rest.partition(b"\n")
    head, _, rest = rest.partition(b"\n<<< ")
    kind, _, rest = rest.partition(b"\n")
    body, _, tail = rest.rpartition(b"\n<<< END") if b"\n<<< END" in rest else (rest, b"", b"")
    status_line, *header_lines = head.strip().decode("latin-1").splitlines()
    headers = tuple(
        (name.strip().lower(), value.strip())
        for name, _, value in (line.partition(":") for line in header_lines)
    )
    response = Response(int(status_line.split()[1]), headers)
    incomplete = b"incomplete" in kind or b"closed the socket early" in tail
    request_line, *_ = request.decode("latin-1").splitlines() or [""]
    method, path_, *_ = [*request_line.split(), "", ""]
    sent = request.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    asked = Request(method, path_, (), sent)
    frames = (Frame(0.0, body),) if body else ()
    exchange = Exchange(asked, response, frames, End.STOPPED if incomplete else End.COMPLETE)
    if exchange.is_stream:
        decoded = tuple(sse.decode(body))
        return Exchange(asked, response, decoded, exchange.end)
    return exchange


@pytest.fixture(name="captured", scope="session")
def _captured() -> Callable[[str], Exchange]:
    """Read a capture by its name: `captured("python/mode-agent-values")`."""

    def read(name: str) -> Exchange:
        (path,) = CAPTURES.glob(f"{name}.*")
        return read_capture(path)

    return read


_LEFT_OUT = (b"bytes cut]", b"... cut by capture.py ...")
"""What stands in a capture whose recorder left a part of the body out."""


def _captures() -> list[Path]:
    files = sorted(CAPTURES.glob("*/*.http")) + sorted(CAPTURES.glob("*/*.txt"))
    return [path for path in files if not any(mark in path.read_bytes() for mark in _LEFT_OUT)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test with the argument `capture` every captured exchange, `stream` every stream."""
    wanted = {"capture", "stream_capture"} & set(metafunc.fixturenames)
    for name in wanted:
        paths = [p for p in _captures() if not p.name.startswith(("webhook-request", "matrix"))]
        exchanges = [(path, read_capture(path)) for path in paths]
        if name == "stream_capture":
            exchanges = [(p, e) for p, e in exchanges if e.is_stream and e.end is End.COMPLETE]
        ids = [f"{path.parent.name}-{path.stem}" for path, _ in exchanges]
        metafunc.parametrize(name, [exchange for _, exchange in exchanges], ids=ids)
