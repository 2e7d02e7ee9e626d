"""Facts in what is told: tests ask for ids, numbers, paths and names, not for sentences."""

from collections.abc import Iterable


def missing(text: str, facts: Iterable[object]) -> list[str]:
    """Return those of *facts* that *text* does not tell; `assert missing(err, [...]) == []`."""
    return [str(fact) for fact in facts if str(fact) not in text]
