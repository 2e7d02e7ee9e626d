"""The messages of errors with which a run or a task fails."""

import re
from collections.abc import Iterator

from graphtape_contracts.dialect import Dialect
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.json_value import Json, Path, is_object
from graphtape_contracts.parsing.event import Event, parse
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.parsing.task_event import task_in
from graphtape_contracts.rule import AnyRule, BodyRule, EventRule, EventWatch, Report

MASK = "An internal error occurred"
"""The message that langgraph-api 0.16.7 shows in place of the text of most exceptions."""

# Only classes whose names are unambiguous: TimeoutError and ConnectionError, for example, are also
# classes of database clients.
_SHOWN = frozenset(("ValueError", "TypeError", "KeyError", "AttributeError", "RuntimeError"))
_MASKED = frozenset(
    (
        "ArithmeticError",
        "AssertionError",
        "EOFError",
        "FileExistsError",
        "FileNotFoundError",
        "FloatingPointError",
        "ImportError",
        "IndexError",
        "IsADirectoryError",
        "ModuleNotFoundError",
        "NotADirectoryError",
        "OverflowError",
        "ZeroDivisionError",
    )
)

TRACEBACK = re.compile(r"Traceback \(most recent call last\)|\n\s+at \S.*:\d+:\d+")
"""The start of a traceback in Python, or a line of one in JavaScript."""


def _errors_in(event: Event) -> Iterator[tuple[Json, Path]]:
    """Yield the errors in *event*, each with its path in the data."""
    value = event.value
    if not is_object(value):
        return
    if event.name == "error":
        yield value, ()
    elif found := task_in(event):
        task, path = found
        if is_object(error := task.get("error")):
            yield error, (*path, "error")


def _judge_masking(error: Json, report: Report, path: Path, at: Event | None = None) -> None:
    name, message = error.get("error"), error.get("message")
    if not isinstance(name, str) or not isinstance(message, str):
        return
    place = (*path, "message")
    if name in _MASKED and message != MASK:
        report(f"{quote(MASK)} in place of the text of {name}", quote(message), at=at, path=place)
    if name in _SHOWN and message == MASK:
        report(f"the text of {name}", quote(message), at=at, path=place)


def _masked(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        for error, path in _errors_in(event):
            _judge_masking(error, report, path, event)


def _masked_output(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if is_object(output) and is_object(error := output.get("__error__")):
        _judge_masking(error, report, ("__error__",))


def _no_traceback(head: ExchangeHead, report: Report) -> EventWatch:
    while isinstance(event := (yield), Event):
        for error, path in _errors_in(event):
            if TRACEBACK.search(str(error.get("message"))):
                report(
                    "no traceback",
                    quote(error["message"]),
                    at=event,
                    path=(*path, "message"),
                )


def _no_traceback_in_output(head: ExchangeHead, body: bytes, report: Report) -> None:
    output = parse(body)
    if not is_object(output) or not is_object(error := output.get("__error__")):
        return
    # LangGraph.js encodes the error as JSON in the message, so line feeds are escaped.
    message = str(error.get("message")).replace("\\n", "\n")
    if TRACEBACK.search(message):
        report("no traceback", quote(message), path=("__error__", "message"))


_MASKING = (
    "The message of a ValueError, TypeError, KeyError, AttributeError or RuntimeError is shown; "
    f'that of other errors, such as an IndexError, is replaced by "{MASK}"'
)
_MASKING_SOURCE = (
    "observed on langgraph-api 0.16.7 (python/error-value-stream, python/error-zero-stream); "
    "the text may contain secrets"
)
_TRACEBACK_SOURCE = "no server was observed to send one; an exception may contain any text"

RULES: tuple[AnyRule, ...] = (
    EventRule(
        id="errors.masked",
        level=Level.SHOULD,
        statement=f"{_MASKING}.",
        source=_MASKING_SOURCE,
        dialects=frozenset({Dialect.PYTHON}),
        judge=_masked,
    ),
    BodyRule(
        id="errors.masked-output",
        level=Level.SHOULD,
        statement=f"In the output of a wait: {_MASKING[0].lower()}{_MASKING[1:]}.",
        source=_MASKING_SOURCE,
        dialects=frozenset({Dialect.PYTHON}),
        judge=_masked_output,
    ),
    EventRule(
        id="errors.no-traceback",
        level=Level.NOTE,
        statement="The message of an error contains no traceback.",
        source=_TRACEBACK_SOURCE,
        judge=_no_traceback,
    ),
    BodyRule(
        id="errors.no-traceback-output",
        level=Level.NOTE,
        statement="The message of an `__error__` contains no traceback.",
        source=_TRACEBACK_SOURCE,
        judge=_no_traceback_in_output,
    ),
)
"""The rules about masking, then those about tracebacks."""
