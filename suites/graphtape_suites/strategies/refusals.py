"""A strategy for exchanges in which a server rejects an invalid run request."""

from dataclasses import dataclass, replace
from functools import cache

import orjson
from hypothesis import strategies as st

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Exchange, Frame, Request
from graphtape_contracts.json_value import Json
from graphtape_suites.strategies.framings import chunkings
from graphtape_suites.strategies.model.servers import DialectChoice, ServerBehavior, servers
from graphtape_suites.strategies.requests import run_requests

_UNKNOWN = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class _Fault:
    """A defect that makes a request invalid, with the status that each dialect responds with."""

    name: str
    python: int
    javascript: int
    aegra: int
    body: bytes | None = None
    """The body to send; None for the valid body of the request."""
    fields: tuple[tuple[str, object], ...] = ()
    """Fields of the body to overwrite: pairs of a name and a wrong value."""
    method: str = "POST"

    def spoil(self, request: Request) -> Request:
        """Return the *request* with this defect."""
        body = self.body if self.body is not None else request.body
        if self.fields:
            wrong: Json = orjson.loads(request.body) | dict(self.fields)
            body = orjson.dumps(wrong)
        return replace(request, method=self.method, body=body)

    def statuses(self, dialect: Dialect | None) -> tuple[int, ...]:
        """Return the statuses that a server of this dialect may send; all of them if it is None."""
        match dialect:
            case Dialect.PYTHON:
                return (self.python,)
            case Dialect.JAVASCRIPT:
                return (self.javascript,)
            case Dialect.AEGRA:
                return (self.aegra,)
            case _:
                return (self.python, self.javascript, self.aegra)


_FAULTS = (
    _Fault("no JSON", 422, 400, 422, body=b"{not json"),
    _Fault("no body", 422, 400, 422, body=b""),
    _Fault("an array", 422, 400, 422, body=b"[1]"),
    _Fault("no assistant", 422, 400, 422, body=b'{"input":{}}'),
    _Fault("an unknown graph", 422, 404, 404, fields=(("assistant_id", "nope"),)),
    _Fault("an unknown assistant", 404, 404, 404, fields=(("assistant_id", _UNKNOWN),)),
    _Fault("a wrong type", 422, 400, 422, fields=(("config", "x"),)),
    _Fault("a number as mode", 422, 400, 422, fields=(("stream_mode", 5),)),
    _Fault("a wrong method", 405, 404, 405, body=b"", method="GET"),
)


@cache
@st.composite
def refusals(draw: st.DrawFn, dialect: DialectChoice = "any") -> Exchange:
    """Draw a run request that every server rejects, and the error response in the *dialect*."""
    server = draw(servers(dialect))
    path = draw(st.sampled_from(("/runs/stream", "/runs/wait")))
    fault = draw(st.sampled_from(_FAULTS))
    request = fault.spoil(draw(run_requests(path, dialect=server.dialect)))
    status = draw(st.sampled_from(fault.statuses(server.dialect)))
    media_type, body = draw(_bodies(server, status, fault))
    head = server.refusal_head(status, media_type, len(body), request)
    frames = tuple(Frame(0.01 * n, piece) for n, piece in enumerate(draw(chunkings(body)), 1))
    return Exchange(request, head, frames)


@st.composite
def _bodies(
    draw: st.DrawFn, server: ServerBehavior, status: int, fault: _Fault
) -> tuple[str, bytes]:
    detail = ("application/json", orjson.dumps({"detail": f"{fault.name} is refused"}))
    plain = ("text/plain;charset=UTF-8", f"{fault.name} is refused".encode())
    issues = [{"type": "missing", "loc": ["body", "assistant_id"], "msg": "Field required"}]
    listed = ("application/json", orjson.dumps({"detail": issues}))
    zod: Json = {"success": False, "error": {"issues": [{"path": []}], "name": "ZodError"}}
    own = {"error": "not_found", "message": "Assistant not found", "details": None}
    match server.dialect:
        case Dialect.PYTHON:
            return detail
        case Dialect.JAVASCRIPT if status == 400 and fault.body != b"{not json":
            return ("application/json", orjson.dumps(zod))
        case Dialect.JAVASCRIPT:
            return plain
        case Dialect.AEGRA:
            if status == 404:
                return ("application/json", orjson.dumps(own))
            return listed if status == 422 else detail
        case _:
            return draw(st.sampled_from((detail, plain, listed)))
