"""Scenarios of endpoints other than runs, and of CORS."""

from urllib.parse import quote

from graphtape_contracts import Request
from graphtape_contracts.json_value import is_object
from graphtape_mock.recordings.try_json import object_in
from graphtape_suites.runner.client import ABSENT, STREAM, WAIT, ScenarioClient
from graphtape_suites.runner.profile import STANDARD
from graphtape_suites.scenarios.scenario import scenario

ORIGIN = "http://localhost:3000"


@scenario("endpoints.system", runs=0)
def system(client: ScenarioClient) -> None:
    """The health, the info and the OpenAPI document of the deployment are requested."""
    for path in ("/ok", "/info", "/openapi.json"):
        client.fetch("GET", path)


@scenario("endpoints.assistants", runs=0)
def assistants(client: ScenarioClient) -> None:
    """The assistants, their schemas and their graphs are requested."""
    client.fetch("POST", "/assistants/search", {"limit": 10, "offset": 0})
    client.fetch("POST", "/assistants/count", {})
    info = client.target.deployment_info[client.run_input.assistant]
    if info.assistant_id is not None:
        for part in ("", "/schemas", "/graph"):
            client.fetch("GET", f"/assistants/{info.assistant_id}{part}")
    client.fetch("GET", f"/assistants/{quote('no such assistant')}")


@scenario("endpoints.threads", runs=0, profile=STANDARD)
def threads(client: ScenarioClient) -> None:
    """A thread is created, read and deleted."""
    created = client.fetch("POST", "/threads", {})
    thread_id = object_in(created.body).get("thread_id")
    if isinstance(thread_id, str):
        client.fetch("GET", f"/threads/{thread_id}")
        client.fetch("DELETE", f"/threads/{thread_id}")


@scenario("endpoints.background", runs=1, profile=STANDARD)
def background(client: ScenarioClient) -> None:
    """A run is started in the background and joined."""
    created = client.run("/runs", on_disconnect=ABSENT)
    run = object_in(created.body)
    if is_object(run) and isinstance(thread_id := run.get("thread_id"), str):
        client.fetch("GET", f"/threads/{thread_id}/runs/{run.get('run_id')}/join")


@scenario("endpoints.browser", runs=2)
def browser(client: ScenarioClient) -> None:
    """A page of another origin requests runs, as a browser does."""
    headers = (
        ("origin", ORIGIN),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-api-key"),
    )
    for path in (STREAM, WAIT):
        client.send(Request("OPTIONS", path, headers))
        client.run(path, headers=(("origin", ORIGIN),))
