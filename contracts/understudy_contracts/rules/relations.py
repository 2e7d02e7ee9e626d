"""What several exchanges with one deployment have to do with each other."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
