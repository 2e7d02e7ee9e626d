"""Messages as they are streamed, in pieces or cumulatively."""

from understudy_contracts.rule import AnyRule

RULES: tuple[AnyRule, ...] = ()
