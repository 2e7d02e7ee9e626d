"""What surrounds the runs of an assistant: the answers a client asks for before it starts one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import orjson

from graphtape_contracts import Exchange
from graphtape_mock.deployment.connection import DeploymentConnection, DeploymentError
from graphtape_mock.recordings.assistant_id import default_id, uuid_in
from graphtape_mock.recordings.try_json import object_in, value_in

_SEARCH_LIMIT = 100
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class DeploymentInfo:
    """What a deployment says of itself and of one assistant."""

    exchanges: tuple[Exchange, ...]
    graph: str
    """The name of the assistant's graph, or the assistant as the user named it."""
    notes: tuple[str, ...] = ()
    """What the deployment does not offer."""
    assistant_id: str | None = None
    """The UUID of the assistant, if the deployment tells it."""

    @property
    def title(self) -> str:
        """The graph's name where a file can have it."""
        return self.graph if _PLAIN_NAME.fullmatch(self.graph) else "run"


def check_deployment(upstream: DeploymentConnection) -> Exchange:
    """Ask the deployment what it is; return that exchange.

    Raises DeploymentError where nothing answers, the key is refused or it is no deployment of
    LangGraph: that has `/info`, or at least `/ok`, in JSON.
    """
    info = _ask(upstream, "GET", "/info")
    if not _good(info) and not _good(_ask(upstream, "GET", "/ok")):
        media_type = info.response.header("content-type") or "no content type"
        raise DeploymentError(
            f"expected a LangGraph deployment at {upstream.url}, got something that answers "
            f"GET /info with {info.response.status}, {media_type}: is the URL right?"
        )
    return info


def fetch_assistant_info(
    upstream: DeploymentConnection, assistant: str, info: Exchange
) -> DeploymentInfo:
    """Ask what the deployment says of *assistant*, a graph name or a UUID.

    Raises DeploymentError where it is sure that there is no such assistant.
    """
    id_ = uuid_in(assistant)
    by_id = _ask(upstream, "GET", f"/assistants/{id_}") if id_ else None
    graph = str(_good(by_id).get("graph_id", "")) if by_id else assistant
    search = _search(upstream, {"graph_id": graph} if graph else {})
    if by_id is None:
        id_ = _assistant_of(assistant, _assistants(search))
    if id_ is None or (by_id is not None and not graph):
        _refuse_unknown(upstream, assistant)
    asked = [info, search]
    if id_ is not None:
        asked += [by_id or _ask(upstream, "GET", f"/assistants/{id_}")]
        asked += [_ask(upstream, "GET", f"/assistants/{id_}/schemas")]
        asked += [_ask(upstream, "GET", f"/assistants/{id_}/graph")]
        asked += [_ask(upstream, "GET", f"/assistants/{id_}/graph?xray=true")]
    notes = [note for exchange in asked for note in _missing(exchange)]
    return DeploymentInfo(tuple(asked), graph or assistant, tuple(notes), id_)


def refused_key(url: str, status: int) -> str:
    """Say that the deployment at *url* refuses the key, or wants one."""
    return (
        f"{url} refuses the key or wants one (status {status}): set LANGGRAPH_API_KEY, "
        "or give it the header that it wants"
    )


def _ask(upstream: DeploymentConnection, method: str, path: str, body: bytes = b"") -> Exchange:
    exchange = upstream.fetch(method, path, body)
    if exchange.response.status in (401, 403):
        raise DeploymentError(refused_key(upstream.url, exchange.response.status))
    return exchange


def _good(exchange: Exchange) -> dict[str, Any]:
    """Return the JSON object of a good answer, an empty one for any other."""
    return object_in(exchange.body) if exchange.response.status == 200 else {}


def _search(upstream: DeploymentConnection, wanted: dict[str, str]) -> Exchange:
    body = orjson.dumps(wanted | {"limit": _SEARCH_LIMIT, "offset": 0})
    return _ask(upstream, "POST", "/assistants/search", body)


def _assistants(search: Exchange) -> list[dict[str, Any]]:
    found = value_in(search.body) if search.response.status == 200 else None
    if not isinstance(found, list):
        return []
    entries = (cast(dict[str, Any], e) for e in cast(list[object], found) if isinstance(e, dict))
    return [entry for entry in entries if uuid_in(str(entry.get("assistant_id")))]


def _assistant_of(graph: str, found: list[dict[str, Any]]) -> str | None:
    """Return the id of the assistant that the name of a *graph* stands for, or None."""
    ids = [str(entry["assistant_id"]) for entry in found if entry.get("graph_id") == graph]
    of_graph = default_id(graph)
    return of_graph if of_graph in ids else next(iter(ids), None)


def _refuse_unknown(upstream: DeploymentConnection, assistant: str) -> None:
    """Raise DeploymentError where the deployment lists what it has: the assistant is not there."""
    offered = sorted({str(e.get("graph_id")) for e in _assistants(_search(upstream, {}))})
    if offered:
        raise DeploymentError(
            f"{upstream.url} has no assistant {assistant!r}; it offers {', '.join(offered)}"
        )


def _missing(exchange: Exchange) -> Iterator[str]:
    if exchange.response.status != 200:
        yield (
            f"{exchange.request.method} {exchange.request.path} answered "
            f"{exchange.response.status}; kept as it is"
        )
