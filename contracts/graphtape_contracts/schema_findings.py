"""Errors of values against JSON Schemas, reported as findings."""

from typing import Any

from graphtape_contracts.finding import quote
from graphtape_contracts.json_value import Path, show
from graphtape_contracts.parsing.event import Event
from graphtape_contracts.rule import Report
from graphtape_contracts.schema import first_error

_LONGEST_HALF = 200


def report_validation_error(
    report: Report, schema: str, value: Any, *, at: Event | None = None, path: Path = ()
) -> None:
    """Report the first error of *value* against the schema in the file *schema*, if there is one.

    *path* is the place of *value* in the data of the event *at*; without an event, in the body.
    """
    expected = f"a value that matches the schema {schema}"
    error = first_error(schema, value)
    if error is not None:
        where = (*path, *error.instance_path)
        expected += f", which requires {show(error.keyword)}: {quote(error.allowed)}"
        report(expected, shorten(error.message), at=at, path=where)


def shorten(message: str) -> str:
    """Return *message* with its middle cut out if it is long: the reason is at the end."""
    if len(message) <= 2 * _LONGEST_HALF:
        return message
    return f"{message[:_LONGEST_HALF]} ...(cut)... {message[-_LONGEST_HALF:]}"
