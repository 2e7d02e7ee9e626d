"""Checks messages for facts: tests assert ids, numbers, paths and names, not sentences."""

from collections.abc import Iterable


def missing(text: str, facts: Iterable[object]) -> list[str]:
    """Return the *facts* that *text* lacks; for `assert missing(err, [...]) == []`."""
    return [str(fact) for fact in facts if str(fact) not in text]
