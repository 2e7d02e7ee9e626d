"""The responses to requests that are refused."""

import re

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.identifiers import UUID_START
from graphtape_contracts.parsing.status import blames_the_request
from graphtape_contracts.rule import AnyRule, BodyRule, HeadRule, Report
from graphtape_contracts.rules.errors import TRACEBACK
from graphtape_contracts.rules.sources import ON_EVERY_SERVER

_REFUSALS = frozenset({Kind.REFUSAL})

_RUN = re.compile(f"/runs/{UUID_START}")
_TRAILING_SLASH = re.compile(r"(?<!/threads)/runs/(stream|wait)/$")
_WRONG_METHODS = ("GET", "HEAD", "PUT", "PATCH", "DELETE")


def _is_post(head: ExchangeHead) -> bool:
    return head.request is not None and head.request.method == "POST"


def _no_stream(head: ExchangeHead, report: Report) -> None:
    if head.response.status >= 400 and head.response.is_event_stream:
        report("no event stream", f"an event stream with status {head.response.status}")


def _no_run(head: ExchangeHead, report: Report) -> None:
    location = head.response.header("content-location") or ""
    if head.response.status >= 400 and _RUN.search(location):
        report("no run in `content-location`", quote(location))


def _method(head: ExchangeHead, report: Report) -> None:
    request, status = head.request, head.response.status
    if request is not None and request.method in _WRONG_METHODS and 200 <= status < 300:
        report(f"a refusal of {request.method} {head.path}", f"status {status}")


def _method_status(head: ExchangeHead, report: Report) -> None:
    request, status = head.request, head.response.status
    if request is None or request.method not in _WRONG_METHODS or not blames_the_request(status):
        return
    if status not in (404, 405):
        report(f"404 or 405 to {request.method} {head.path}", str(status))


def _allow(head: ExchangeHead, report: Report) -> None:
    if head.response.status != 405 or _is_post(head):
        return
    allow = head.response.header("allow")
    if "POST" not in [method.strip() for method in (allow or "").split(",")]:
        report("`allow: POST` with the status 405", quote(allow))


def _server_fault(head: ExchangeHead, report: Report) -> None:
    if head.response.status >= 500:
        report("a status below 500", str(head.response.status))


def _traceback(head: ExchangeHead, body: bytes, report: Report) -> None:
    text = body.decode(errors="replace").replace("\\n", "\n")
    found = TRACEBACK.search(text)
    # A refusal may quote the request.
    if found and (head.request is None or found[0].encode() not in head.request.body):
        report("no traceback", quote(text[found.start() :]))


def _body(head: ExchangeHead, body: bytes, report: Report) -> None:
    status = head.response.status
    if head.request is None or head.request.method in ("HEAD", "OPTIONS"):
        return
    if not blames_the_request(status):
        return
    media_type = (head.response.header("content-type") or "").split(";")[0]
    answer = parse(body) if media_type == "application/json" else body.decode(errors="replace")
    if head.dialect is not None and not _gives_reason(head.dialect, status, answer):
        report(_SHAPES[head.dialect], f"{media_type or 'no content type'}: {quote(answer)}")


def _gives_reason(dialect: Dialect, status: int, answer: object) -> bool:
    if dialect is Dialect.JAVASCRIPT:
        if isinstance(answer, str):
            return bool(answer)
        return is_object(answer) and is_object(answer.get("error"))
    if dialect is Dialect.AEGRA:
        return is_object(answer) and (
            isinstance(answer.get("detail"), str | list)
            or (isinstance(answer.get("error"), str) and isinstance(answer.get("message"), str))
        )
    # uvicorn sends this for requests that are not HTTP.
    if status == 400 and answer == "Invalid HTTP request received.":
        return True
    return is_object(answer) and isinstance(answer.get("detail"), str)


_SHAPES = {
    Dialect.PYTHON: '{"detail": string} as application/json',
    Dialect.JAVASCRIPT: '{"success": false, "error": {...}} as application/json, or a text',
    Dialect.AEGRA: '{"detail": string or list}, or {"error": string, "message": string, ...}, '
    "as application/json",
}


def _trailing_slash(head: ExchangeHead, report: Report) -> None:
    request, status = head.request, head.response.status
    if request is None or request.method != "POST" or not _TRAILING_SLASH.search(head.path):
        return
    path, expected = head.path.rstrip("/"), 404 if head.dialect is Dialect.JAVASCRIPT else 307
    if status != expected:
        report(str(expected), str(status))
    elif status == 404:
        return
    elif not (location := head.response.header("location") or "").endswith(path):
        report(f"a `location` that ends in {path}", quote(location))


RULES: tuple[AnyRule, ...] = (
    HeadRule(
        id="refusals.no-stream",
        level=Level.MUST,
        statement="A refused request is not answered with an event stream.",
        source=ON_EVERY_SERVER,
        kinds=_REFUSALS,
        judge=_no_stream,
    ),
    HeadRule(
        id="refusals.no-run",
        level=Level.MUST,
        statement="A refusal has no run in `content-location`.",
        source=f"{ON_EVERY_SERVER}; from that header the SDKs conclude that a run was created",
        kinds=_REFUSALS,
        judge=_no_run,
    ),
    HeadRule(
        id="refusals.method",
        level=Level.MUST,
        statement="Only POST starts runs.",
        source=ON_EVERY_SERVER,
        kinds=_REFUSALS,
        judge=_method,
    ),
    HeadRule(
        id="refusals.method-status",
        level=Level.SHOULD,
        statement="GET, HEAD, PUT, PATCH and DELETE are answered with 404 or 405.",
        source=ON_EVERY_SERVER,
        kinds=_REFUSALS,
        judge=_method_status,
    ),
    HeadRule(
        id="refusals.allow",
        level=Level.SHOULD,
        statement="A 405 has the header `allow: POST`.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; RFC 9110, section 15.5.6",
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        kinds=_REFUSALS,
        judge=_allow,
    ),
    HeadRule(
        id="refusals.trailing-slash",
        level=Level.SHOULD,
        statement="A path with a trailing slash is answered with 307 and a `location` without "
        "the slash (404 on LangGraph.js).",
        source=f"{ON_EVERY_SERVER} (python/http-stream-trailing-slash)",
        dialects=frozenset(Dialect),
        kinds=frozenset({Kind.OTHER}),
        judge=_trailing_slash,
    ),
    BodyRule(
        id="refusals.body",
        level=Level.SHOULD,
        statement="A refusal gives its reason, in the format of its dialect.",
        source=f"{ON_EVERY_SERVER}; the Python SDK looks for `message`, `detail` and `error`",
        dialects=frozenset(Dialect),
        kinds=_REFUSALS,
        judge=_body,
    ),
    HeadRule(
        id="refusals.server-fault",
        level=Level.SHOULD,
        statement="No request makes the server fail with a 5xx.",
        source="LangGraph.js 2.0.0 and 1.5.1 were not observed to fail; the JavaScript SDK 2.0.0 "
        "retries a request up to four times after a status of 500 or above",
        kinds=_REFUSALS,
        judge=_server_fault,
    ),
    BodyRule(
        id="refusals.traceback",
        level=Level.SHOULD,
        statement="A refusal contains no traceback.",
        source=f"{ON_EVERY_SERVER}; a traceback reveals internals of the server",
        kinds=_REFUSALS,
        judge=_traceback,
    ),
)
"""The rules about runs not started, about methods and paths, then those about the body."""
