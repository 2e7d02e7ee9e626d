"""Which events there are: their names, as the request asks for them."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
