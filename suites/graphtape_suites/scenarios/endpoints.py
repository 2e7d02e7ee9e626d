"""The routes around runs, and what pages of other origins may read."""

from urllib.parse import quote

from graphtape_contracts import Request
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario
from graphtape_suites.runner.client import ABSENT, STREAM, WAIT, Stage

ORIGIN = "http://localhost:3000"


@scenario("neighbours.system", runs=0)
def system(stage: Stage) -> None:
    """The deployment is asked whether it is well, and what it is."""
    for path in ("/ok", "/info", "/openapi.json"):
        stage.fetch("GET", path)


@scenario("neighbours.assistants", runs=0)
def assistants(stage: Stage) -> None:
    """The deployment is asked for its assistants, their schemas and their graphs."""
    stage.fetch("POST", "/assistants/search", {"limit": 10, "offset": 0})
    stage.fetch("POST", "/assistants/count", {})
    around = stage.target.surroundings[stage.example.assistant]
    if around.assistant_id is not None:
        for part in ("", "/schemas", "/graph"):
            stage.fetch("GET", f"/assistants/{around.assistant_id}{part}")
    stage.fetch("GET", f"/assistants/{quote('no such assistant')}")


@scenario("neighbours.threads", runs=0, profile=STANDARD)
def threads(stage: Stage) -> None:
    """A thread is made, looked at and deleted."""
    made = stage.fetch("POST", "/threads", {})
    thread_id = object_in(made.body).get("thread_id")
    if isinstance(thread_id, str):
        stage.fetch("GET", f"/threads/{thread_id}")
        stage.fetch("DELETE", f"/threads/{thread_id}")


@scenario("neighbours.background", runs=1, profile=STANDARD)
def background(stage: Stage) -> None:
    """A run is made in the background."""
    made = stage.run("/runs", on_disconnect=ABSENT)
    run = object_in(made.body)
    if is_object(run) and isinstance(thread_id := run.get("thread_id"), str):
        stage.fetch("GET", f"/threads/{thread_id}/runs/{run.get('run_id')}/join")


@scenario("neighbours.browser", runs=2)
def browser(stage: Stage) -> None:
    """A page of another origin asks for runs, as a browser does it."""
    asking = (
        ("origin", ORIGIN),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-api-key"),
    )
    for path in (STREAM, WAIT):
        stage.send(Request("OPTIONS", path, asking))
        stage.run(path, headers=(("origin", ORIGIN),))
