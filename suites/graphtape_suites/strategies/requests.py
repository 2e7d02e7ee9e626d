"""Strategies for run requests that every server accepts."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Headers, Request
from graphtape_contracts.json_value import Json
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_suites.strategies.json_values import json_objects, json_values

ORIGIN = "http://localhost:3000"


@cache
def stream_modes() -> st.SearchStrategy[list[str]]:
    """Return a strategy for lists of stream modes in any order.

    Many of the lists have all modes, or all except `messages` or `messages-tuple`.
    """
    without = [[m for m in STREAM_MODES if m != left_out] for left_out in _MESSAGES]
    return st.one_of(
        st.lists(st.sampled_from(STREAM_MODES), min_size=1, max_size=4, unique=True),
        st.permutations(STREAM_MODES),
        *(st.just(modes) for modes in without),
    )


@st.composite
def run_requests(
    draw: st.DrawFn,
    path: str = "/runs/stream",
    *,
    modes: Sequence[str] | None = None,
    subgraphs: bool | None = None,
    dialect: Dialect | None = None,
) -> Request:
    """Draw a request that starts a run, with options that do not change the run itself.

    *modes* and *subgraphs* are drawn if they are not given. Requests to LangGraph.js never combine
    `values` with subgraphs, because neither version supports that.
    """
    body: Json = {"assistant_id": draw(st.sampled_from(("agent", _AGENT)))}
    body["input"] = draw(json_objects(max_size=2))
    body |= draw(run_options(modes=modes, subgraphs=subgraphs, dialect=dialect, keep=True))
    body |= draw(_unread())
    headers: Headers = (("content-type", "application/json"),)
    if draw(st.booleans()):
        headers = (*headers, ("origin", ORIGIN))
    return Request("POST", path, headers, orjson.dumps(body))


@st.composite
def run_options(
    draw: st.DrawFn,
    *,
    modes: Sequence[str] | None = None,
    subgraphs: bool | None = None,
    dialect: Dialect | None = None,
    keep: bool = False,
) -> Json:
    """Draw fields of a run request that select events and do not change the run itself.

    See `run_requests` for the arguments. With *keep*, some runs keep their thread.
    """
    chosen = draw(_maybe_modes()) if modes is None else list(modes)
    fields: Json = {}
    if chosen is not None:
        fields["stream_mode"] = chosen[0] if len(chosen) == 1 and draw(st.booleans()) else chosen
    nested = subgraphs if subgraphs is not None else draw(st.booleans())
    valued = chosen is None or "values" in chosen
    if nested and not (dialect is Dialect.JAVASCRIPT and valued):
        fields["stream_subgraphs"] = True
    return fields | draw(_options(keep=keep))


_MESSAGES = ("messages", "messages-tuple")
_AGENT = "fe096781-5601-53d2-b2f6-0d3403f7e9ca"


@cache
def _maybe_modes() -> st.SearchStrategy[list[str] | None]:
    return st.one_of(stream_modes(), stream_modes(), stream_modes(), st.none())


@cache
def _options(*, keep: bool) -> st.SearchStrategy[Json]:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "stream_resumable": st.booleans(),
        "on_completion": st.sampled_from(("delete", "keep") if keep else ("delete",)),
        "config": st.just({"recursion_limit": 25}),
    }
    return st.fixed_dictionaries({}, optional=optional)


@cache
def _unread() -> st.SearchStrategy[Json]:
    """Return a strategy for fields that servers ignore."""
    return st.fixed_dictionaries(
        {}, optional={"metadata": json_objects(max_size=1), "unknown_field": json_values()}
    )


def join_request(thread_id: str, run_id: str, last_event_id: str | None) -> Request:
    """Return a request that joins the stream of a run after the event *last_event_id*."""
    seen: Headers = (("last-event-id", last_event_id),) if last_event_id else ()
    return Request("GET", f"/threads/{thread_id}/runs/{run_id}/stream", seen)
