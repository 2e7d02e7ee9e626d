"""Problems that fail a test: requests that match no recording, faults that can't be applied."""

from collections.abc import Iterable, Iterator

from graphtape_mock.server.journal import Entry

_ADVICE = (
    "To record it: pytest --graphtape-record new_episodes --graphtape-upstream URL\n"
    "To accept this response: graphtape_mock.allow_unmatched()"
)


def problems(entries: Iterable[Entry], *, with_misses: bool) -> Iterator[str]:
    """Yield a message per problem in journal *entries*; for misses only *with_misses*."""
    for number, entry in enumerate(entries, 1):
        if entry.miss and with_misses:
            yield (
                f"request {number}, {entry.method} {entry.path}, matches no recording "
                f"(status {entry.status}):\n{entry.miss}\n{_ADVICE}"
            )
        if entry.problem:
            yield f"request {number}, {entry.method} {entry.path}: {entry.problem}"
