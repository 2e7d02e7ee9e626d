"""Scenarios of streams that are resumed, and of runs that another client joins."""

import re
from collections.abc import Iterator

from graphtape_contracts import Exchange, Request, Response
from graphtape_contracts.json_value import objects_in
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.identifiers import UUID, run_at
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_suites.runner.client import STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

_THREAD = re.compile(rf"^/threads/({UUID})/")
MODES = ["values", "updates", "messages-tuple"]


@scenario("reconnect.resumable", runs=1)
def resumable(client: ScenarioClient) -> None:
    """A resumable stream is read to its end, then again from several event ids."""
    original = client.run(STREAM, stream_mode=MODES, stream_resumable=True)
    ids = [frame.id for frame in original.frames if frame.id is not None]
    for path in join_paths(original):
        for last in dict.fromkeys(["-1", *ids[:1], *ids[len(ids) // 2 : len(ids) // 2 + 1]]):
            client.send(Request("GET", path, (("last-event-id", last),)))


@scenario("reconnect.plain", runs=1, profile=STANDARD)
def plain(client: ScenarioClient) -> None:
    """A run is streamed without `stream_resumable`."""
    client.run(STREAM, stream_mode=MODES)


@scenario("reconnect.join-wait", runs=1, profile=STANDARD)
def join_wait(client: ScenarioClient) -> None:
    """A run is waited for while another client joins it."""
    joined: list[Exchange] = []

    def join(response: Response) -> None:
        located = response.header("content-location") or ""
        if located.startswith("/threads/"):
            joined.append(client.target.client.ask(Request("GET", f"{located}/join")))

    try:
        client.run(WAIT, on_headers=join)
    except DeploymentError:
        client.complain("the response to the client that joined the run was lost")
        raise
    client.exchanges += joined


def join_paths(original: Exchange) -> Iterator[str]:
    """Yield the path that joins the run of *original*; no path if its thread is unknown.

    On langgraph-api, the stream of a stateless run names its thread only in the metadata of
    messages; on LangGraph.js a run is joined without a thread.
    """
    run_id = run_at(original.response)
    if run_id is None:
        return
    located = original.response.header("content-location") or ""
    if match := _THREAD.match(located):
        threads = [match[1]]
    else:
        found = (o.get("thread_id") for f in original.frames for o in objects_in(parse(f.data)))
        threads = [thread for thread in found if isinstance(thread, str)][:1]
    if threads:
        yield f"/threads/{threads[0]}/runs/{run_id}/stream"
