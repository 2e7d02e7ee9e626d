"""The output of a run that was waited for."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
