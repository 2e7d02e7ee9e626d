"""Redaction of pytest's report of a test: the traceback, messages and captured output."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeGuard

import pytest

from graphtape_contracts.json_value import is_list


def redact_report(report: pytest.TestReport, redact: Callable[[str], str]) -> None:
    """Apply *redact* to every text in *report*, in place.

    The terminal, JUnit XML and pytest-xdist get their texts from the report.
    """
    seen: set[int] = set()
    report.longrepr = _redacted(report.longrepr, redact, seen)
    report.sections = _redacted(report.sections, redact, seen)
    report.user_properties = _redacted(report.user_properties, redact, seen)


def _redacted(value: Any, redact: Callable[[str], str], seen: set[int]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if is_list(value):
        return [_redacted(item, redact, seen) for item in value]
    if _is_tuple(value):
        return tuple(_redacted(item, redact, seen) for item in value)
    if hasattr(value, "toterminal") and id(value) not in seen:
        # A dataclass of pytest: it keeps its type, so that the terminal still shows colours.
        seen.add(id(value))
        for field in fields(value):
            setattr(value, field.name, _redacted(getattr(value, field.name), redact, seen))
    return value


def _is_tuple(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)
