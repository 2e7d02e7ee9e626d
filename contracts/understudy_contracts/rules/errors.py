"""How a run fails, and how a request is refused."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
