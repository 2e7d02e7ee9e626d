"""The comments that keep a quiet stream alive."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
