"""Recordings are written and read back; broken ones are refused."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_contracts import End, Exchange, Frame, Headers, Request, Response, sse
from graphtape_mock.recordings.file import RecordingWriter, line_end, parse, read
from graphtape_mock.recordings.recording import BrokenRecording, Recording

STREAM = Response(200, (("content-type", "text/event-stream; charset=utf-8"),))
RUN = Request("POST", "/runs/stream", (), b'{"assistant_id":"agent","input":1}')

HEADER = b'{"graphtape":1}\n'
OPENING = (
    b'{"exchange":1,"request":{"method":"POST","path":"/runs/stream"},'
    b'"response":{"status":200,"headers":[["content-type","text/event-stream"]]}}\n'
)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
data_lines = st.one_of(
    st.sampled_from(
        [
            '{"a":1}',
            '{"a": 1}',
            "1e5",
            "100000.0",
            "123456789012345678901234567890",
            '"\u2028\u2029\x85\ufeff"',
            '{"a":1,"a":2}',
            "[" * 255 + "]" * 255,
            "[" * 254 + "]" * 254,
            "",
        ]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=5,
    ).map(lambda value: orjson.dumps(value).decode()),
    texts.filter(lambda text: not {"\r", "\n"} & set(text)),
)
names = st.sampled_from(["metadata", "values", "updates|child:0b1c", "messages/partial", "", "é"])
eols = st.sampled_from([b"\r\n", b"\n", b"\r"])


@st.composite
def blocks(draw: st.DrawFn, eol: bytes) -> bytes:
    """One event block: as servers write it, or as only a hostile server would."""
    data = b"data: " + draw(data_lines).encode() + eol
    event = b"event: " + draw(names).encode() + eol
    line = draw(
        st.sampled_from(
            [
                event + data,
                event + data + b"id: 1763938922000-0" + eol,
                b"id: 7" + eol + event + data,
                event + data + data,
                b": heartbeat" + eol,
                b":heartbeat" + eol + b": again" + eol,
                b"retry: 10" + eol,
                b"event:x" + eol + data,
                b"event: bad\xff" + eol + data,
                b"",
            ]
        )
    )
    return line + eol


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """The body of an event stream, possibly torn."""
    eol = draw(eols)
    body = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    body += b"".join(draw(st.lists(blocks(eol), max_size=5)))
    return body[: draw(st.sampled_from([len(body), max(0, len(body) - 7)]))]


requests = st.builds(
    Request,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["/runs/stream", "/info", "/assistants/x/graph?xray=true"]),
    st.just((("content-type", "application/json"),)),
    st.binary(max_size=8) | data_lines.map(str.encode),
)
times = st.integers(0, 10**9).map(lambda number: number / 10**4)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    """An exchange of any kind; its frames are those of a decoder."""
    request, end = draw(requests), draw(st.sampled_from(End))
    if draw(st.booleans()):
        frames = sse.decode(draw(streams()))
        timed = (
            sse.frame(f.raw, draw(times), first=number == 0, torn=f.torn)
            for number, f in enumerate(frames)
        )
        return Exchange(request, STREAM, tuple(timed), end)
    headers: Headers = (("content-type", "application/json"), ("x-odd", "\x85é"))
    bodies = st.lists(st.binary(max_size=20) | data_lines.map(str.encode), max_size=3)
    other = tuple(Frame(draw(times), raw) for raw in draw(bodies))
    return Exchange(request, Response(draw(st.integers(100, 599)), headers), other, end)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "agent.jsonl"


@given(st.lists(exchanges(), max_size=3))
@settings(deadline=None)
def test_what_is_written_is_read_again(written: list[Exchange]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "agent.jsonl")
        with RecordingWriter(path, server={"url": "http://x"}, note="é", recorded_at="now") as to:
            for exchange in written:
                to.add_exchange(exchange)

        recording = read(path)

    assert recording == Recording("agent", tuple(written), "now", {"url": "http://x"}, "é")


@given(st.lists(exchanges(), min_size=1, max_size=2), st.data())
@settings(deadline=None)
def test_a_file_cut_anywhere_keeps_all_lines_before(
    written: list[Exchange], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "agent.jsonl")
        with RecordingWriter(path) as to:
            for exchange in written:
                to.add_exchange(exchange)
        content = path.read_bytes()
    lines = content.split(b"\n")[:-1]
    whole = data.draw(st.integers(1, len(lines) - 1))
    torn = data.draw(st.integers(0, len(lines[whole]) - 1))

    recording = parse(b"\n".join([*lines[:whole], lines[whole][:torn]]), "cut", "cut")

    kept = map(orjson.loads, lines[:whole])
    expected = sum("at" in line and "end" not in line for line in kept)
    assert sum(len(exchange.frames) for exchange in recording.exchanges) == expected
    body = b"".join(exchange.body for exchange in written)
    assert body.startswith(b"".join(exchange.body for exchange in recording.exchanges))


def test_frames_are_in_the_file_as_soon_as_they_are_added(path: Path) -> None:
    writer = RecordingWriter(path)
    writer.open_exchange(RUN, STREAM)

    writer.add_frame(sse.frame(b"event: a\r\ndata: 1\r\n\r\n", 0.5))

    (exchange,) = read(path).exchanges
    assert [frame.event for frame in exchange.frames] == ["a"]
    assert exchange.end is End.UNKNOWN
    writer.close_exchange(1.0, End.CUT)
    assert read(path).exchanges[0].end is End.CUT


def test_a_killed_writer_leaves_each_exchange_it_had_closed(path: Path) -> None:
    content = HEADER + OPENING + OPENING + b'{"at":1,"end":"complete"}\n' + OPENING[:30]

    recording = parse(content, str(path), "agent")

    assert [exchange.end for exchange in recording.exchanges] == [End.UNKNOWN, End.COMPLETE]


def test_a_last_line_without_its_end_is_read(path: Path) -> None:
    recording = parse(HEADER + OPENING + b'{"at":1,"end":"cut"}', str(path), "agent")

    assert recording.exchanges[0].end is End.CUT


def _no_links(draft: Path, path: Path) -> None:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize("link", [os.link, _no_links])
def test_a_writer_never_overwrites(
    path: Path, link: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", link)
    path.write_text("mine")

    with pytest.raises(FileExistsError):
        RecordingWriter(path)

    assert os.listdir(path.parent) == ["agent.jsonl"]


@pytest.mark.parametrize("link", [os.link, _no_links])
def test_a_file_has_its_first_line_from_the_start(
    path: Path, link: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", link)

    with RecordingWriter(path):
        assert os.listdir(path.parent) == ["agent.jsonl"]
        assert read(path).exchanges == ()


def test_the_name_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "agent.v1.2.jsonl"
    RecordingWriter(path).__exit__()

    assert read(path).name == "agent.v1.2"
    assert read(path, "other").name == "other"


def test_runs_are_the_exchanges_that_are_stateless_runs(path: Path) -> None:
    with RecordingWriter(path) as writer:
        writer.add_exchange(Exchange(Request("GET", "/info"), Response(200), ()))
        writer.add_exchange(Exchange(RUN, STREAM, ()))

    assert [run.request.path for run in read(path).runs] == ["/runs/stream"]


@pytest.mark.parametrize(
    ("raw", "eol"),
    [(b": x\r\n\r\n", "\r\n"), (b": x\n\n", "\n"), (b": x\r\r", "\r"), (b": x", "\r\n")],
)
def test_the_line_end_is_that_of_the_frames(raw: bytes, eol: str) -> None:
    assert line_end([Frame(0.0, raw)]) == eol


def test_an_event_of_the_server_is_kept_as_json_and_anything_else_as_it_is(path: Path) -> None:
    body = b'event: a\r\ndata: {"b":1}\r\n\r\n: heartbeat\r\n\r\nevent: a\r\ndata: 1e5\r\n\r\nda'
    with RecordingWriter(path, recorded_at="now") as writer:
        writer.add_exchange(Exchange(RUN, STREAM, tuple(sse.decode(body))))

    lines = path.read_bytes().splitlines()[2:]

    assert list(map(orjson.loads, lines)) == [
        {"at": 0.0, "event": "a", "data": {"b": 1}},
        {"at": 0.0, "comment": "heartbeat"},
        {"at": 0.0, "event": "a", "text": "1e5"},
        {"at": 0.0, "torn": True, "raw": "da"},
        {"at": 0.0, "end": "complete"},
    ]


def _broken() -> Iterator[tuple[bytes, int, str]]:
    request = b'{"method":"GET","path":"/info"}'
    yield b"", 1, "expected a JSON object, got ''"
    yield b"\xff\n", 1, "expected a JSON object"
    yield b"[]\n", 1, "expected a JSON object, got []"
    yield b"{}\n", 1, 'expected a first line with "graphtape", got {}'
    yield b'{"graphtape":2}\n', 1, "expected format 1, got format 2"
    yield b'{"graphtape":true}\n', 1, "expected format 1, got format True"
    yield b'{"graphtape":1,"server":1}\n', 1, 'expected "server" as an object, got 1'
    yield b'{"graphtape":1,"note":1}\n', 1, 'expected "note" as text, got 1'
    yield HEADER + b'{"at":1,"event":"a","data":1}\n', 2, 'expected a line with "exchange"'
    yield HEADER + OPENING + b'{"at":\n{}\n', 3, "expected a JSON object, got '{\"at\":'"
    yield HEADER + b'{"exchange":0}\n', 2, 'expected "exchange" as a number from 1, got 0'
    yield HEADER + b'{"exchange":1}\n', 2, 'expected "request" as an object, got null'
    for response, expected in [
        (b'{"status":"200"}', 'expected "status" from 100 to 599 in "response", got "200"'),
        (b'{"status":200,"headers":1}', 'expected "headers" as a list of [name, value], got 1'),
        (b'{"status":200,"headers":[["a"]]}', 'expected each of "headers" as [name, value]'),
        (
            b'{"status":200,"headers":[["a","1\\r\\nset-cookie: evil=1"]]}',
            "expected the value of a header as Latin-1 text of one line",
        ),
        (
            '{"status":200,"headers":[["a","café €"]]}'.encode(),
            "expected the value of a header as Latin-1 text of one line",
        ),
        (b'{"status":200,"headers":[["a:","1"]]}', "expected the name of a header in letters"),
        (b'{"status":200,"headers":[["","1"]]}', "expected the name of a header in letters"),
        (b'{"status":200},"eol":"x"', 'expected "eol" of CRLF, LF or CR, got "x"'),
    ]:
        line = b'{"exchange":1,"request":' + request + b',"response":' + response + b"}\n"
        yield HEADER + line, 2, expected
    for frame, expected in [
        (b'{"event":"a"}', 'expected "at" in seconds since the request, not negative, got null'),
        (b'{"at":-1}', 'expected "at" in seconds since the request, not negative, got -1'),
        (b'{"at":true}', 'expected "at" in seconds'),
        (b'{"at":1}', 'expected one of "event", "comment", "json", "raw", "base64" or "end"'),
        (b'{"at":1,"event":1}', 'expected "event" as text, got 1'),
        (b'{"at":1,"event":"a"}', 'expected "data" or "text" beside "event"'),
        (b'{"at":1,"event":"a","text":1}', 'expected "text" as text, got 1'),
        (b'{"at":1,"event":"a","text":"\\r"}', 'expected "text" without a carriage return'),
        (b'{"at":1,"event":"a\\n","data":1}', 'expected "event" as text of one line'),
        (b'{"at":1,"event":"a","data":1,"id":1}', 'expected "id" as text, got 1'),
        (b'{"at":1,"comment":"\\r"}', 'expected "comment" as text of one line'),
        (b'{"at":1,"base64":"!"}', 'expected "base64" in base 64, got "!"'),
        (b'{"at":1,"raw":"","torn":1}', 'expected "torn" as true or false, got 1'),
        (b'{"at":1,"end":"x"}', 'expected "end" as one of "complete", "cut", "stopped"'),
    ]:
        yield HEADER + OPENING + frame + b"\n", 3, expected


@pytest.mark.parametrize(("content", "line", "expected"), list(_broken()))
def test_a_broken_file_is_refused_with_its_line_and_the_reason(
    path: Path, content: bytes, line: int, expected: str
) -> None:
    path.write_bytes(content)

    with pytest.raises(BrokenRecording) as caught:
        read(path)

    assert str(caught.value).startswith(f"{path}:{line}: {expected}")


def test_what_was_got_is_shown_short(path: Path) -> None:
    line = b'{"at":1,"end":"' + b"x" * 1000 + b'"}\n'

    with pytest.raises(BrokenRecording) as caught:
        parse(HEADER + OPENING + line, str(path), "agent")

    assert len(caught.value.got) == 80
