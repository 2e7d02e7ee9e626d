"""The validation of run requests: which ones servers refuse, and which ones they accept."""

from graphtape_contracts import schema
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.malformed import why_malformed
from graphtape_contracts.parsing.status import blames_the_body
from graphtape_contracts.rule import RUNS, AnyRule, BodyRule, HeadRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER, ON_PYTHON
from graphtape_contracts.schema_findings import shorten

_REFUSALS = frozenset({Kind.REFUSAL})
_PYTHON = frozenset({Dialect.PYTHON})
_RUN_REQUEST = "run-request.json"


def _malformed(head: ExchangeHead, report: Report) -> None:
    if head.request is not None and (problem := why_malformed(head.request)):
        report(f"no run for {problem}", f"status {head.response.status}")


def _malformed_status(head: ExchangeHead, report: Report) -> None:
    request, status = head.request, head.response.status
    if request is None or request.method != "POST" or not blames_the_body(status):
        return
    expected = _STATUS_OF_MALFORMED.get(head.dialect, (400, 422))
    if status not in expected and (problem := why_malformed(request)):
        report(f"{' or '.join(map(str, expected))} for {problem}", str(status))


_STATUS_OF_MALFORMED: dict[Dialect | None, tuple[int, ...]] = {
    Dialect.PYTHON: (422,),
    Dialect.AEGRA: (422,),
    Dialect.JAVASCRIPT: (400,),
}


def _schema(head: ExchangeHead, report: Report) -> None:
    status, started = head.response.status, head.kind in RUNS
    if head.options is None or head.request is None or why_malformed(head.request):
        return
    if not started and (status == 422 or not blames_the_body(status)):
        return
    error = schema.first_error(_RUN_REQUEST, head.options.body)
    # A newer server may accept strings that the schema does not list.
    if error and not (started and _is_about_strings(error)):
        report(f"422, because {shorten(error.message)}", str(status))


def _is_about_strings(error: schema.SchemaError) -> bool:
    modes = error.instance if is_list(error.instance) else [error.instance]
    return error.keyword in ("enum", "anyOf") and all(isinstance(mode, str) for mode in modes)


def _schema_reason(head: ExchangeHead, body: bytes, report: Report) -> None:
    answer = parse(body)
    if head.options is None or not is_object(answer):
        return
    detail = str(answer.get("detail"))
    by_schema = "Failed validating" in detail
    if by_schema and schema.first_error(_RUN_REQUEST, head.options.body) is None:
        report("no refusal of a body that the schema allows", quote(detail), path=("detail",))


def _unknown_field(head: ExchangeHead, body: bytes, report: Report) -> None:
    answer = parse(body)
    if not is_object(answer):
        return
    problems: list[object] = []
    if is_list(detail := answer.get("detail")):  # pydantic's
        problems = [
            loc
            for problem in detail
            if is_object(problem) and problem.get("type") == "extra_forbidden"
            if is_list(loc := problem.get("loc")) and len(loc) == 2
        ]
    elif is_object(error := answer.get("error")) and is_list(
        issues := error.get("issues")
    ):  # zod's
        problems = [
            issue.get("keys")
            for issue in issues
            if is_object(issue) and issue.get("code") == "unrecognized_keys"
            if issue.get("path") == []
        ]
    for problem in problems:
        report("unknown fields to be ignored", f"a refusal because of {quote(problem)}")


RULES: tuple[AnyRule, ...] = (
    HeadRule(
        id="validation.malformed",
        level=Level.MUST,
        statement="No run is started for a body that is not a JSON object, has no "
        "`assistant_id`, or has a field of a type that no server accepts.",
        source=f"{ON_EVERY_SERVER} (python-cases/bad-stream-config-string)",
        kinds=RUNS,
        judge=_malformed,
    ),
    HeadRule(
        id="validation.malformed-status",
        level=Level.SHOULD,
        statement="A malformed body (see `validation.malformed`) is answered with 422 (400 on "
        "LangGraph.js).",
        source=f"{ON_EVERY_SERVER}; the Python SDK raises a different exception for each status",
        kinds=_REFUSALS,
        judge=_malformed_status,
    ),
    HeadRule(
        id="validation.schema",
        level=Level.SHOULD,
        statement="A body that the schema of a run request does not allow is answered with 422.",
        source="observed on langgraph-api 0.16.7 (python-cases/bad-stream-webhook-number)",
        dialects=_PYTHON,
        kinds=RUNS | _REFUSALS,
        judge=_schema,
    ),
    BodyRule(
        id="validation.schema-reason",
        level=Level.SHOULD,
        statement="A body that the schema of a run request allows is not refused because of a "
        "schema.",
        source=ON_PYTHON,
        dialects=_PYTHON,
        kinds=_REFUSALS,
        judge=_schema_reason,
    ),
    BodyRule(
        id="validation.unknown-field",
        level=Level.SHOULD,
        statement="Unknown fields of a run request are ignored.",
        source=f"{ON_EVERY_SERVER}; RemoteGraph sends `if_not_exists` with every run",
        kinds=_REFUSALS,
        judge=_unknown_field,
    ),
)
"""The rules about requests that must be refused, then those about requests that must not be."""
