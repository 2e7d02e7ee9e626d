"""The wire contract of stateless LangGraph runs: exchanges, and the rules that check them.

    from graphtape_contracts import Exchange, check

    exchange = Exchange.from_response(response)  # of httpx or requests
    assert check(exchange) == []

The names in `__all__` are the public API. Every other module and name is private and may change
in any release.
"""

from typing import TYPE_CHECKING, Any

from graphtape_contracts.dialect import Dialect, detect
from graphtape_contracts.exchange import End, Exchange, Frame, Headers, Request, Response
from graphtape_contracts.finding import Finding, Level

if TYPE_CHECKING:
    from graphtape_contracts.catalogue import (
        UnknownRule,
        UnknownVersion,
        find_rule,
        select_rules,
        versions,
    )
    from graphtape_contracts.checker import Checker, check, check_related, parse_head

__all__ = [
    "Checker",
    "Dialect",
    "End",
    "Exchange",
    "Finding",
    "Frame",
    "Headers",
    "Level",
    "Request",
    "Response",
    "UnknownRule",
    "UnknownVersion",
    "check",
    "check_related",
    "detect",
    "find_rule",
    "parse_head",
    "select_rules",
    "versions",
]

_LAZY = {
    **dict.fromkeys(("Checker", "check", "check_related", "parse_head"), "checker"),
    **dict.fromkeys(
        ("UnknownRule", "UnknownVersion", "find_rule", "select_rules", "versions"), "catalogue"
    ),
}
"""The module that defines each name. It is imported on first use, because it loads all rules."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
