"""CORS: the headers that let a page of another origin request runs and read the responses."""

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Request
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.rule import AnyRule, HeadRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER, ON_PYTHON_AND_AEGRA


def _sent(request: Request | None, name: str) -> str | None:
    """Return the first value of the header *name* (lower case) of a request, or None."""
    headers = request.headers if request else ()
    return next((value for key, value in headers if key == name), None)


def _listed(value: str | None) -> set[str]:
    """Return the entries of a comma-separated header, in lower case."""
    return {entry.strip().lower() for entry in (value or "").split(",")} - {""}


def _origin(head: ExchangeHead, report: Report) -> None:
    origin = _sent(head.request, "origin")
    allowed = head.response.header("access-control-allow-origin")
    if origin is not None and allowed not in ("*", origin):
        report(f"* or {origin}", quote(allowed))


def _exposed(head: ExchangeHead, report: Report) -> None:
    response = head.response
    if (
        _sent(head.request, "origin") is None
        or response.header("access-control-allow-origin") is None
        or response.header("content-location") is None
    ):
        return
    exposed = response.header("access-control-expose-headers")
    if not _listed(exposed) & {"*", "content-location"}:
        report("content-location among the exposed headers", quote(exposed))


def _vary(head: ExchangeHead, report: Report) -> None:
    vary = head.response.header("vary")
    if not _listed(vary) & {"*", "origin"}:
        report("Origin", quote(vary))


def _preflight(head: ExchangeHead, report: Report) -> None:
    request, response = head.request, head.response
    if (
        request is None
        or request.method != "OPTIONS"
        or _sent(request, "access-control-request-method") != "POST"
        # langgraph-api refuses this: `Disallowed CORS private-network`.
        or _sent(request, "access-control-request-private-network") is not None
        # A server without CORS treats OPTIONS like any other unknown method.
        or response.header("access-control-allow-origin") is None
    ):
        return
    if response.status not in (200, 204):
        report("200 or 204", str(response.status))
    methods = _listed(response.header("access-control-allow-methods"))
    if not methods & {"*", "post"}:
        report("POST among the methods", quote(sorted(methods)))
    headers = _listed(response.header("access-control-allow-headers"))
    refused = _listed(_sent(request, "access-control-request-headers")) - headers
    if refused and "*" not in headers:
        report("all requested headers", f"without {quote(sorted(refused))}")


RULES: tuple[AnyRule, ...] = (
    HeadRule(
        id="cors.origin",
        level=Level.SHOULD,
        statement="If a run is requested with an Origin, the Access-Control-Allow-Origin of the "
        "response allows it.",
        source=f"{ON_EVERY_SERVER}; without it no page in a browser can read the response",
        dialects=frozenset(Dialect),
        judge=_origin,
    ),
    HeadRule(
        id="cors.exposed",
        level=Level.SHOULD,
        statement="Content-Location is exposed to an allowed origin.",
        source=f"{ON_EVERY_SERVER}; without it the JavaScript SDK cannot read the run id in a "
        "browser",
        judge=_exposed,
    ),
    HeadRule(
        id="cors.preflight",
        level=Level.SHOULD,
        statement="A preflight request for a run is answered with 200 or 204, and allows POST "
        "and the requested headers.",
        source=f"{ON_EVERY_SERVER}; otherwise a browser does not send the request for the run",
        kinds=frozenset({Kind.REFUSAL}),
        judge=_preflight,
    ),
    HeadRule(
        id="cors.vary",
        level=Level.NOTE,
        statement="The response to a run has `Origin` in its Vary header.",
        source=ON_PYTHON_AND_AEGRA,
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        judge=_vary,
    ),
)
