"""Tasks, their twins in `debug`, their updates and the values that close a step."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
