"""The answers of the routes around runs."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
