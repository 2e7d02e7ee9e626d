"""How a stream is written: lines, blocks, bytes."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
