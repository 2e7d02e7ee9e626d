"""The status and headers of an answer."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
