"""The mode `events`: LangChain's own events, version 2."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
