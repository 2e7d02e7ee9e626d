"""The ids of runs, tasks, interrupts and events."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
