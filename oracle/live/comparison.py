"""Sends the same requests to the real server and to a mock, and compares the responses."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from connection import Ask, Reply, ask_all
from heartbeats import irregularity, without_heartbeats
from transcript import difference, transcribe

from graphtape_contracts import Headers
from graphtape_mock.recordings.assistant_id import default_id

_OWN_WORDS = re.compile(rb"Failed validating|Loopback webhooks")
"""Matches error texts that a mock may word differently: they are long, or a library's."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request, with a name for reports."""

    name: str
    ask: Ask
    ordered: bool = True
    """Whether the order of the events is always the same."""
    chunks: bool = False
    """Whether chunk boundaries are compared, and heartbeats checked against the clock."""
    own_body: bool = False
    """Whether the body is specific to the server, so that only its media type is compared."""


@dataclass(slots=True)
class Tally:
    """Counts of compared and of different responses, by group."""

    compared: Counter[str] = field(default_factory=Counter[str])
    different: Counter[str] = field(default_factory=Counter[str])

    def add(self, group: str, *, different: bool) -> None:
        """Count one comparison."""
        self.compared[group] += 1
        self.different[group] += different


class Comparison:
    """Compares mocks with the real server, which gets each request once."""

    def __init__(self, url: str, recorded: str, graphs: Iterable[str], tally: Tally) -> None:
        """Compare with the server at *url*, which has these *graphs*, as that at *recorded* had."""
        self.url = url
        self._recorded = recorded
        self._kept = frozenset(self.assistant_id(graph) for graph in graphs)
        self._tally = tally
        self._replies: dict[Ask, Reply] = {}

    @staticmethod
    def assistant_id(graph: str) -> str:
        """Return the id of the assistant that a server creates for *graph*."""
        return default_id(graph)

    def differences(self, group: str, mock: str, cases: Sequence[Case]) -> list[str]:
        """Send the cases to both servers; describe each difference. *mock* is a URL."""
        asks = [case.ask for case in cases]
        fresh = [ask for ask in dict.fromkeys(asks) if ask not in self._replies]
        self._replies.update(zip(fresh, ask_all(self.url, fresh), strict=True))
        real = [self._replies[ask] for ask in asks]
        return self._told(group, mock, cases, real, ask_all(mock, asks))

    def differences_of_all(
        self, group: str, mocks: Mapping[str, str], cases: Sequence[Case]
    ) -> list[str]:
        """Compare each of *mocks* with the server: what they serve, in words, and their URLs."""
        return [
            told
            for kind, mock in mocks.items()
            for told in self.differences(f"{group}, {kind}", mock, cases)
        ]

    def differences_in_order(self, group: str, mock: str, cases: Sequence[Case]) -> list[str]:
        """Send the cases one by one, because later responses depend on earlier requests."""
        asks = [case.ask for case in cases]
        return self._told(
            group, mock, cases, ask_all(self.url, asks, at_once=1), ask_all(mock, asks, at_once=1)
        )

    def _told(
        self,
        group: str,
        mock: str,
        cases: Sequence[Case],
        expected: Sequence[Reply],
        got: Sequence[Reply],
    ) -> list[str]:
        found: list[str] = []
        for case, of_server, of_mock in zip(cases, expected, got, strict=True):
            told = self._difference(case, of_server, of_mock, mock)
            self._tally.add(group, different=bool(told))
            if told:
                found.append(f"{case.name}: {told}\n  asked {case.ask.raw[:2000]!r}")
        return found

    def _difference(self, case: Case, real: Reply, got: Reply, mock: str) -> str:
        if case.chunks:
            for server, reply in (("the server", real), ("the mock", got)):
                if told := irregularity(reply):
                    return f"{server}: {told}"
            real, got = (replace(r, chunks=_chunk_by_chunk(r)) for r in (real, got))
        hosts = [urlsplit(url).netloc for url in (self.url, self._recorded, mock)]
        if case.own_body:
            real, got = _without_body(real), _without_body(got)
        elif _OWN_WORDS.search(real.body):
            real, got = _without_words(real), _without_words(got)
        return difference(
            transcribe(real, hosts, self._kept, ordered=case.ordered),
            transcribe(got, hosts, self._kept, ordered=case.ordered),
        )


def _chunk_by_chunk(reply: Reply) -> tuple[bytes, ...]:
    """Return *reply* with its chunks as a JSON array, so that none is read as a comment."""
    chunks = [chunk.decode() for chunk in without_heartbeats(reply).chunks]
    return (json.dumps(chunks, indent=0).encode(),)


def _without_body(reply: Reply) -> Reply:
    return replace(reply, headers=_without_length(reply), chunks=())


def _without_length(reply: Reply) -> Headers:
    return tuple((k, "<length>" if k == "content-length" else v) for k, v in reply.headers)


def _without_words(reply: Reply) -> Reply:
    """Mask the text of an error response, and its length, but not its structure."""
    shape = json.dumps({key: type(value).__name__ for key, value in json.loads(reply.body).items()})
    return replace(reply, headers=_without_length(reply), chunks=(shape.encode(),))
