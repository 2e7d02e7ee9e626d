"""The output of a wait."""

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Absent, Json, is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead, Kind
from graphtape_contracts.parsing.output_schema import output_validator
from graphtape_contracts.rule import AnyRule, BodyRule, Report
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.schema_findings import shorten

_KNOWN = frozenset(Dialect)
_WHITE = b" \t\r\n"


def _one_value(head: ExchangeHead, body: bytes, report: Report) -> None:
    expected = "one JSON value in UTF-8, with only white space around it"
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        report(expected, f"invalid UTF-8 at byte {error.start}")
        return
    value = parse(text)
    if value is Absent.EMPTY:
        report(expected, "no value")
    elif value is Absent.NOT_JSON:
        report(expected, f"not JSON: {quote(text)}")


def _nothing_after(head: ExchangeHead, body: bytes, report: Report) -> None:
    after = body[len(body.rstrip(_WHITE)) :]
    if after and body.strip(_WHITE):
        report("nothing after the value", quote(after.decode()))


def _keep_alive(head: ExchangeHead, body: bytes, report: Report) -> None:
    before = body[: len(body) - len(body.lstrip(_WHITE))]
    if before.strip(b"\n"):
        report("only line feeds before the value", quote(before.decode()))


def _error(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if not is_object(output) or not is_object(error := output.get("__error__")):
        return
    for key in ("error", "message"):
        if not isinstance(error.get(key), str):
            got = quote(error[key]) if key in error else "nothing"
            report(f"a string {quote(key)}", got, path=("__error__", key))
    for key in output:
        if key not in ("__error__", "__feedback__"):
            report("only the key `__error__`", f"the key {quote(key)}, too", path=(key,))


def _interrupts(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if not is_object(output) or not is_list(interrupts := output.get("__interrupt__")):
        return
    for index, interrupt in enumerate(interrupts):
        if is_object(interrupt):
            _judge_interrupt(interrupt, index, report)


def _judge_interrupt(interrupt: Json, index: int, report: Report) -> None:
    place = ("__interrupt__", index)
    if "value" not in interrupt:
        report("a `value`", quote(interrupt), path=place)
    if not isinstance(interrupt.get("id"), str):
        report("a string `id`", quote(interrupt), path=place)


def _own_keys(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if not is_object(output):
        return
    if "__error__" in output and not is_object(output["__error__"]):
        report("an object under `__error__`", quote(output["__error__"]), path=("__error__",))
    if "__interrupt__" not in output:
        return
    interrupts = output["__interrupt__"]
    if not is_list(interrupts) or not all(is_object(interrupt) for interrupt in interrupts):
        report("a list of objects", quote(interrupts), path=("__interrupt__",))


def _without_values(head: ExchangeHead, body: bytes, report: Report) -> None:
    if head.options is None or "values" in head.options.modes:
        return
    output = parse(body)
    # {} is allowed, too: null makes the JavaScript SDK fail, so LangGraph.js may change.
    may_be_null = head.dialect is Dialect.JAVASCRIPT
    expected = "{} or null" if may_be_null else "{}"
    expected += " (or `__error__` or `__interrupt__`), because `values` was not requested"
    if is_object(output):
        for key in output:
            if not key.startswith("__"):
                report(expected, f"the key {quote(key)}", path=(key,))
    elif not isinstance(output, Absent) and not (output is None and may_be_null):
        report(expected, quote(output))


def _advertised(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if head.output_schema is None or isinstance(output, Absent):
        return
    if head.options is not None and "values" not in head.options.modes:
        return
    violation = output_validator(head.output_schema)(output)
    if violation is not None and not (is_object(output) and "__error__" in output):
        path, message = violation
        report("a value that matches the advertised schema", shorten(message), path=path)


RULES: tuple[AnyRule, ...] = (
    BodyRule(
        id="wait.one-value",
        level=Level.MUST,
        statement="The body is one JSON value; white space may precede it.",
        source=f"{ON_EVERY_SERVER}; the SDKs parse the whole body",
        judge=_one_value,
    ),
    BodyRule(
        id="wait.nothing-after",
        level=Level.SHOULD,
        statement="Nothing follows the value, not even white space.",
        source=ON_EVERY_SERVER,
        dialects=_KNOWN,
        judge=_nothing_after,
    ),
    BodyRule(
        id="wait.keep-alive",
        level=Level.SHOULD,
        statement="Only line feeds precede the value: they keep the connection alive.",
        source=f"{ON_EVERY_SERVER}, every 5 seconds, or every second on LangGraph.js",
        dialects=_KNOWN,
        judge=_keep_alive,
    ),
    BodyRule(
        id="wait.error",
        level=Level.SHOULD,
        statement="The output of a failed run has only the key `__error__`, with the strings "
        "`error` and `message`.",
        source=f"{ON_EVERY_SERVER}; the SDKs raise `error: message`. Not a MUST, because a graph "
        "may return such a key (python/func-error-like-wait)",
        judge=_error,
    ),
    BodyRule(
        id="wait.interrupts",
        level=Level.SHOULD,
        statement="Each interrupt under `__interrupt__` has a `value` and a string `id`.",
        source=f"{ON_EVERY_SERVER}; RemoteGraph and UIs read both. Not a MUST, because a graph may "
        "return such a key (python/func-int-like-interrupt-wait)",
        judge=_interrupts,
    ),
    BodyRule(
        id="wait.own-keys",
        level=Level.NOTE,
        statement="Under `__error__` there is an object, and under `__interrupt__` a list of "
        "objects, unless the graph itself returns these keys.",
        source="langgraph-api 0.16.7 returns such keys of a graph unchanged "
        "(python/func-error-like-wait)",
        judge=_own_keys,
    ),
    BodyRule(
        id="wait.without-values",
        level=Level.SHOULD,
        statement="If `values` is not requested, the output contains no state: it is `{}` (or null "
        "on LangGraph.js), or has only `__error__` or `__interrupt__`.",
        source=f"{ON_EVERY_SERVER} (python/wait-mode-updates, javascript/wait-mode-updates)",
        dialects=_KNOWN,
        kinds=frozenset({Kind.WAIT}),
        judge=_without_values,
    ),
    BodyRule(
        id="wait.advertised",
        level=Level.NOTE,
        statement="The output matches the output schema that the deployment advertises, except "
        "that keys may be missing.",
        source="the schema is that of GET /assistants/{assistant_id}/schemas; servers do not "
        "enforce it, so a violation is the graph's",
        judge=_advertised,
    ),
)
"""The rules about the form of the body, about errors and interrupts, then about the state."""
