"""Response templates: heads, pieces, heartbeats and event ids."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from graphtape_contracts import Exchange, Frame, Headers, Response, sse
from graphtape_mock.replay.library import RecordedRun
from graphtape_mock.replay.response_template import ResponseTemplate, make_response_template
from graphtape_mock.replay.selection import ViewNotRecorded, request_body

Captured = Callable[[str], Exchange]
MakeRun = Callable[..., Exchange]
Masked = Callable[[Iterable[Frame]], list[tuple[str, str]]]

RUN = "01a2020c-117f-72c4-ada3-f0d92ad9d43f"


def template_of(
    exchange: Exchange, path: str = "/runs/stream", *, keep_ids: bool = True, **asked: Any
) -> ResponseTemplate:
    body = request_body(exchange) | asked
    return make_response_template(
        RecordedRun("run", {}, (exchange,)), path, body, keep_ids=keep_ids
    )


def text(template: ResponseTemplate) -> bytes:
    """Return the whole body with the recorded ids."""
    return template.body.render([id_.encode() for id_ in template.ids])


def head(template: ResponseTemplate) -> Headers:
    values = [id_.encode() for id_ in template.ids]
    return tuple((n.decode(), v.decode("latin-1")) for n, v in template.render_head(values))


def with_head(exchange: Exchange, *headers: tuple[str, str]) -> Exchange:
    return Exchange(exchange.request, Response(200, headers), exchange.frames)


@pytest.mark.parametrize("keep_ids", [True, False])
def test_the_recorded_head_is_the_head_but_for_what_each_server_writes_itself(
    keep_ids: bool, captured: Captured
) -> None:
    recorded = captured("python/mode-agent-values")
    written_anew = ("date", "server", "transfer-encoding")

    assert head(template_of(recorded, keep_ids=keep_ids)) == tuple(
        (name, value) for name, value in recorded.response.headers if name not in written_anew
    )


def test_headers_for_browsers_are_left_to_those_who_allow_them(make_run: MakeRun) -> None:
    run = with_head(
        make_run([]),
        ("access-control-allow-origin", "*"),
        ("content-length", "7"),
        ("content-type", "text/event-stream"),
        ("x-odd", "ü"),
    )

    assert head(template_of(run)) == (("content-type", "text/event-stream"), ("x-odd", "ü"))


def test_a_stream_recorded_without_a_head_gets_the_one_of_the_server(make_run: MakeRun) -> None:
    run = make_run([("metadata", {"run_id": RUN})])
    bare = Exchange(run.request, run.response, run.frames)

    assert head(template_of(bare)) == bare.response.headers
    assert head(template_of(bare, "/runs/wait"))[0][1].endswith(f"/runs/{RUN}/join")


def test_the_head_of_a_wait_is_derived_from_a_stream(captured: Captured) -> None:
    stream, wait = captured("python/mode-agent-values"), captured("python/wait-mode-values")

    derived = head(template_of(stream, "/runs/wait"))

    written_anew = ("date", "server", "transfer-encoding")
    assert [name for name, _ in derived] == [
        name for name, _ in wait.response.headers if name not in written_anew
    ]


def test_a_recorded_wait_answers_as_it_is(make_run: MakeRun) -> None:
    run = make_run(b'\n\n{"a": 1}', stream_mode="values")

    template = template_of(run, "/runs/wait")

    assert text(template) == b'\n\n{"a": 1}'
    assert template.frames == ()


def test_a_wait_is_folded_of_the_stream(make_run: MakeRun) -> None:
    run = make_run([("values", {"a": 1}), ("values", {"a": 2})])

    template = template_of(run, "/runs/wait")

    assert text(template) == b'{"a":2}'
    assert template.frames == run.frames


def test_what_was_not_recorded_is_not_prepared(make_run: MakeRun) -> None:
    with pytest.raises(ViewNotRecorded):
        template_of(make_run([]), stream_mode="updates")


def test_heartbeats_are_marked_and_not_in_the_body(make_run: MakeRun) -> None:
    run = make_run([("metadata", {}), ("values", {})])
    beat = sse.frame(sse.encode_comment(), 0.15)
    run = Exchange(run.request, run.response, (run.frames[0], beat, run.frames[1]))

    stream, wait = template_of(run), template_of(run, "/runs/wait")

    assert [piece.is_heartbeat for piece in stream.pieces] == [False, True, False]
    assert [piece.is_heartbeat for piece in wait.pieces] == [True, False]
    assert text(stream) == run.frames[0].raw + run.frames[2].raw
    assert text(wait) == b"{}"


@pytest.mark.parametrize(
    ("eol", "beats", "path", "heartbeat"),
    [
        ("\r\n", False, "/runs/stream", b": heartbeat\r\n\r\n"),
        ("\r\n", False, "/runs/wait", b"\n"),
        ("\n", False, "/runs/stream", None),
        ("\n", True, "/runs/stream", b": heartbeat\n\n"),
        ("\n", False, "/runs/wait", b"\n"),
    ],
)
def test_quiet_responses_are_kept_alive_as_the_recorded_server_does(
    eol: sse.Eol, beats: bool, path: str, heartbeat: bytes | None, make_run: MakeRun
) -> None:
    run = make_run([("values", {})], eol=eol)
    frames = run.frames + (sse.frame(sse.encode_comment(eol=eol)),) * beats

    assert template_of(Exchange(run.request, run.response, frames), path).heartbeat == heartbeat


def test_events_of_a_resumable_stream_get_ids_where_the_server_puts_them(
    make_run: MakeRun,
) -> None:
    run = make_run([("metadata", {}), ("values", 1)])
    odd = (sse.frame(sse.encode_comment("x"), 0.3), sse.frame(b"data: 1\r\n\r\n", 0.4))
    run = Exchange(run.request, run.response, run.frames + odd)

    template = template_of(run, stream_resumable=True)
    pieces = template.render([], lambda at: b"%d-0" % (at * 1000))

    assert template.gives_event_ids
    assert [piece.body for piece in pieces] == [
        b"event: metadata\r\ndata: {}\r\nid: 100-0\r\n\r\n",
        b"event: values\r\ndata: 1\r\nid: 200-0\r\n\r\n",
        b": x\r\n\r\n",
        b"data: 1\r\n\r\n",
    ]


@pytest.mark.parametrize(
    ("keep_ids", "resumable", "gives", "kept"),
    [(True, True, False, True), (False, True, True, False), (True, False, False, False)],
)
def test_recorded_ids_of_events_are_kept_only_where_ids_are(
    keep_ids: bool, resumable: bool, gives: bool, kept: bool, captured: Captured
) -> None:
    recorded = captured("python/resumable-delete")

    template = template_of(recorded, keep_ids=keep_ids, stream_resumable=resumable)

    assert template.gives_event_ids is gives
    assert (b"\r\nid: " in text(template)) is kept


def test_ids_of_events_that_were_not_requested_stay(make_run: MakeRun) -> None:
    run = make_run([])
    frames = tuple(sse.decode(b"event: values\ndata: 1\nid: 1\n\n"))

    assert text(template_of(Exchange(run.request, run.response, frames))) == frames[0].raw


def test_recorded_bytes_are_filled_with_the_ids_of_a_response(make_run: MakeRun) -> None:
    template = template_of(make_run([("metadata", {"run_id": RUN})]), keep_ids=False)
    values = [f"<{number}>".encode() for number in range(len(template.ids))]

    assert template.fill(f"/{RUN}/".encode(), values) == b"/<0>/"


def test_what_a_request_changes_is_changed(make_run: MakeRun) -> None:
    template = template_of(make_run([("values", 1)]), feedback_keys=["a"])

    assert [piece.at for piece in template.pieces if piece.event] == [0.1, 3.1]
    assert b"LangSmithConnectionError" in text(template)
