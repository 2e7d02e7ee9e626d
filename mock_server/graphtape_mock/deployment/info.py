"""Fetches the description of a deployment and of an assistant, as clients do before a run."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import orjson

from graphtape_contracts import Exchange
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError, busy, refused_key
from graphtape_mock.deployment.retry import RETRIED
from graphtape_mock.recordings.assistant_id import default_id, uuid_in
from graphtape_mock.recordings.try_json import object_in, value_in

_SEARCH_LIMIT = 100
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class DeploymentInfo:
    """The description of a deployment and of one assistant."""

    exchanges: tuple[Exchange, ...]
    graph: str
    """The name of the assistant's graph; if that is unknown, the assistant as the user named it."""
    notes: tuple[str, ...] = ()
    """The endpoints that the deployment does not offer, one sentence each."""
    assistant_id: str | None = None
    """The UUID of the assistant, if it is known."""

    @property
    def title(self) -> str:
        """A name for a file: the graph's name if it can be a file name, else `run`."""
        return self.graph if _PLAIN_NAME.fullmatch(self.graph) else "run"


def check_deployment(upstream: DeploymentConnection) -> Exchange:
    """Request `/info`; return the exchange.

    Raises DeploymentError if no server responds, the key is refused, or the server is not a
    LangGraph deployment: neither `/info` nor `/ok` returns a JSON object.
    """
    info = _request(upstream, "GET", "/info")
    if _object_of(info):
        return info
    ok = _request(upstream, "GET", "/ok")
    if _object_of(ok):
        return info
    for status in (info.response.status, ok.response.status):
        if status in RETRIED or status >= 500:
            raise DeploymentError(busy(upstream.url, status, upstream.proxy))
    media_type = info.response.header("content-type") or "no content type"
    through = f" through the proxy {upstream.proxy}" if upstream.proxy else ""
    raise DeploymentError(
        f"expected a LangGraph deployment at {upstream.url}, got a server that responds to "
        f"GET /info{through} with {info.response.status}, {media_type}: is the URL right?"
    )


def fetch_assistant_info(
    upstream: DeploymentConnection, assistant: str, info: Exchange
) -> DeploymentInfo:
    """Request the description of *assistant*, a graph name or a UUID.

    *info* is the exchange that `check_deployment` returned. Raises DeploymentError if the
    deployment lists its assistants and *assistant* is not one of them.
    """
    id_ = uuid_in(assistant)
    by_id = _request(upstream, "GET", f"/assistants/{id_}") if id_ else None
    graph = str(_object_of(by_id).get("graph_id", "")) if by_id else assistant
    search = _search(upstream, {"graph_id": graph} if graph else {})
    if by_id is None:
        id_ = _assistant_of(assistant, _assistants(search))
    if id_ is None or (by_id is not None and not graph):
        _refuse_unknown(upstream, assistant)
    exchanges = [info, search]
    if id_ is not None:
        exchanges += [by_id or _request(upstream, "GET", f"/assistants/{id_}")]
        exchanges += [_request(upstream, "GET", f"/assistants/{id_}/schemas")]
        exchanges += [_request(upstream, "GET", f"/assistants/{id_}/graph")]
        exchanges += [_request(upstream, "GET", f"/assistants/{id_}/graph?xray=true")]
    notes = [note for exchange in exchanges for note in _missing(exchange)]
    return DeploymentInfo(tuple(exchanges), graph or assistant, tuple(notes), id_)


def _request(upstream: DeploymentConnection, method: str, path: str, body: bytes = b"") -> Exchange:
    exchange = upstream.fetch(method, path, body)
    if exchange.response.status in (401, 403):
        raise DeploymentError(refused_key(upstream.url, exchange.response.status))
    return exchange


def _object_of(exchange: Exchange) -> dict[str, Any]:
    """Return the JSON object in a response with status 200; `{}` for any other response."""
    return object_in(exchange.body) if exchange.response.status == 200 else {}


def _search(upstream: DeploymentConnection, query: dict[str, str]) -> Exchange:
    body = orjson.dumps(query | {"limit": _SEARCH_LIMIT, "offset": 0})
    return _request(upstream, "POST", "/assistants/search", body)


def _assistants(search: Exchange) -> list[dict[str, Any]]:
    found = value_in(search.body) if search.response.status == 200 else None
    if not isinstance(found, list):
        return []
    entries = (cast(dict[str, Any], e) for e in cast(list[object], found) if isinstance(e, dict))
    return [entry for entry in entries if uuid_in(str(entry.get("assistant_id")))]


def _assistant_of(graph: str, found: list[dict[str, Any]]) -> str | None:
    """Return the id of the assistant that a server uses for the name of a *graph*, or None."""
    ids = [str(entry["assistant_id"]) for entry in found if entry.get("graph_id") == graph]
    of_graph = default_id(graph)
    return of_graph if of_graph in ids else next(iter(ids), None)


def _refuse_unknown(upstream: DeploymentConnection, assistant: str) -> None:
    """Raise DeploymentError with the assistants that the deployment lists, if it lists any."""
    listed = sorted({str(e.get("graph_id")) for e in _assistants(_search(upstream, {}))})
    if listed:
        raise DeploymentError(
            f"{upstream.url} has no assistant {assistant!r}; it offers {', '.join(listed)}"
        )


def _missing(exchange: Exchange) -> Iterator[str]:
    if exchange.response.status != 200:
        yield (
            f"{exchange.request.method} {exchange.request.path} answered "
            f"{exchange.response.status}; recorded as it is"
        )
