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
"""Matches long error texts, and texts of libraries, which a mock may word differently."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request, with a name for reports."""

    name: str
    ask: Ask
    ordered: bool = True
    """Whether the order of the events is always the same."""
    chunks: bool = False
    """Whether chunk boundaries and the times of heartbeats are checked, too."""
    own_body: bool = False
    """Whether the body differs by server, so that only the media type is compared."""


@dataclass(slots=True)
class Tally:
    """The numbers of compared and of different responses, by group of requests."""

    compared: Counter[str] = field(default_factory=Counter[str])
    different: Counter[str] = field(default_factory=Counter[str])

    def add(self, group: str, *, different: bool) -> None:
        """Count one comparison."""
        self.compared[group] += 1
        self.different[group] += different


class Comparison:
    """Compares mocks with the real server. The server gets equal requests only once."""

    def __init__(self, url: str, recorded: str, graphs: Iterable[str], tally: Tally) -> None:
        """Compare with the server at *url*; *recorded* is the URL of the recorded server.

        Both servers have the *graphs*, so the ids of their assistants are equal.
        """
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
        """Send *cases* to the server and the mock at URL *mock*; describe each difference."""
        asks = [case.ask for case in cases]
        fresh = [ask for ask in dict.fromkeys(asks) if ask not in self._replies]
        self._replies.update(zip(fresh, ask_all(self.url, fresh), strict=True))
        real = [self._replies[ask] for ask in asks]
        return self._describe(group, mock, cases, real, ask_all(mock, asks))

    def differences_of_all(
        self, group: str, mocks: Mapping[str, str], cases: Sequence[Case]
    ) -> list[str]:
        """Compare each of *mocks* with the server; *mocks* has URLs by kind of recordings."""
        return [
            text
            for kind, mock in mocks.items()
            for text in self.differences(f"{group}, {kind}", mock, cases)
        ]

    def differences_in_order(self, group: str, mock: str, cases: Sequence[Case]) -> list[str]:
        """Like `differences`, but send *cases* one by one, as later ones depend on earlier ones."""
        asks = [case.ask for case in cases]
        return self._describe(
            group, mock, cases, ask_all(self.url, asks, at_once=1), ask_all(mock, asks, at_once=1)
        )

    def _describe(
        self,
        group: str,
        mock: str,
        cases: Sequence[Case],
        expected: Sequence[Reply],
        got: Sequence[Reply],
    ) -> list[str]:
        found: list[str] = []
        for case, of_server, of_mock in zip(cases, expected, got, strict=True):
            text = self._difference(case, of_server, of_mock, mock)
            self._tally.add(group, different=bool(text))
            if text:
                found.append(f"{case.name}: {text}\n  asked {case.ask.raw[:2000]!r}")
        return found

    def _difference(self, case: Case, real: Reply, got: Reply, mock: str) -> str:
        if case.chunks:
            for server, reply in (("the server", real), ("the mock", got)):
                if text := irregularity(reply):
                    return f"{server}: {text}"
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
    """Return the chunks of *reply*, without heartbeats, as one chunk: a JSON array."""
    chunks = [chunk.decode() for chunk in without_heartbeats(reply).chunks]
    return (json.dumps(chunks, indent=0).encode(),)


def _without_body(reply: Reply) -> Reply:
    return replace(reply, headers=_without_length(reply), chunks=())


def _without_length(reply: Reply) -> Headers:
    return tuple((k, "<length>" if k == "content-length" else v) for k, v in reply.headers)


def _without_words(reply: Reply) -> Reply:
    """Replace the text of an error response with its JSON types, and mask its length."""
    shape = json.dumps({key: type(value).__name__ for key, value in json.loads(reply.body).items()})
    return replace(reply, headers=_without_length(reply), chunks=(shape.encode(),))
