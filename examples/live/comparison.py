"""The same requests to the real server and to a mock, and how the answers differ."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from connection import Ask, Reply, ask_all
from transcript import difference, transcribe

_GRAPHS = UUID("6ba7b821-9dad-11d1-80b4-00c04fd430c8")
"""The name space of the assistants that a server makes of its graphs."""

_OWN_WORDS = "Failed validating"
"""Stands in refusals whose text is that of a library, so that a mock may say it otherwise."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request, with a name for people."""

    name: str
    ask: Ask
    ordered: bool = True
    """Whether the order of the events is always the same."""


@dataclass(slots=True)
class Tally:
    """How many requests were compared, and how many were answered differently, by group."""

    compared: Counter[str] = field(default_factory=Counter[str])
    different: Counter[str] = field(default_factory=Counter[str])

    def add(self, group: str, *, different: bool) -> None:
        """Count one comparison."""
        self.compared[group] += 1
        self.different[group] += different


class Comparison:
    """Compares mocks with the real server, which is asked everything once."""

    def __init__(self, url: str, graphs: Iterable[str], tally: Tally) -> None:
        """Compare with the server at *url*, which has these *graphs*."""
        self.url = url
        self._kept = frozenset(str(uuid5(_GRAPHS, graph)) for graph in graphs)
        self._tally = tally
        self._replies: dict[Ask, Reply] = {}

    def differences(self, group: str, mock: str, cases: Sequence[Case]) -> list[str]:
        """Ask both servers; tell each difference in a few lines. *mock* is its URL."""
        asks = [case.ask for case in cases]
        fresh = [ask for ask in dict.fromkeys(asks) if ask not in self._replies]
        self._replies.update(zip(fresh, ask_all(self.url, fresh), strict=True))
        found: list[str] = []
        for case, got in zip(cases, ask_all(mock, asks), strict=True):
            told = self._difference(case, self._replies[case.ask], got, mock)
            self._tally.add(group, different=bool(told))
            if told:
                found.append(f"{case.name}: {told}\n  asked {case.ask.raw[:2000]!r}")
        return found

    def compare_replies(self, group: str, mock: str, name: str, real: Reply, got: Reply) -> str:
        """Tell how two replies that are there already differ; nothing where they don't."""
        told = self._difference(Case(name, Ask(b"")), real, got, mock)
        self._tally.add(group, different=bool(told))
        return f"{name}: {told}" if told else ""

    def _difference(self, case: Case, real: Reply, got: Reply, mock: str) -> str:
        hosts = [urlsplit(url).netloc for url in (self.url, mock)]
        if _OWN_WORDS in real.body.decode(errors="replace"):
            real, got = _without_words(real), _without_words(got)
        return difference(
            transcribe(real, hosts, self._kept, ordered=case.ordered),
            transcribe(got, hosts, self._kept, ordered=case.ordered),
        )


def _without_words(reply: Reply) -> Reply:
    """Hide the text of a refusal, and its length; its shape stays."""
    shape = json.dumps({key: type(value).__name__ for key, value in json.loads(reply.body).items()})
    headers = tuple((k, "<length>" if k == "content-length" else v) for k, v in reply.headers)
    return replace(reply, headers=headers, chunks=(shape.encode(),))
