"""What the data of each event looks like: its JSON Schema."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
