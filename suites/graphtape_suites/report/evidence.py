"""What the scenarios left: which exchanges are shown, what fails in them, and where that is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphtape_contracts import Exchange, Request
from graphtape_contracts.finding import Finding
from graphtape_contracts.parsing.exchange_head import stream_options
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.console.curl import as_curl
from graphtape_mock.redaction.redactor import Redactor
from graphtape_suites.report.markup import Html, code, element
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, Results, Verdict

MOST_EXCHANGES = 25
"""Exchanges of a scenario that are shown, those with findings first."""
MOST_FAILURES = 20
"""Findings of an exchange that are marked in it."""
_ROWS = 10_000
"""Frames of all exchanges together that are listed, about: half a kilobyte each."""
_LONGEST_BODY = 8_000
"""Bytes of the body of a request that are printed: shells take no endless lines."""
_LONGEST_CALL = 200
_SPARE = 1_000
"""Characters behind a cut that are read all the same, so that no half of a secret stays."""


class Failure(NamedTuple):
    """A finding, and what it belongs to."""

    verdict: int
    """The number of the verdict, counted from 1."""
    finding: Finding
    expected: bool
    """Whether it stands in the file of expected failures."""


class ExchangeOnPage(NamedTuple):
    """An exchange on the page."""

    scenario: int
    exchange: int

    @property
    def id(self) -> str:
        """The id of the exchange on the page."""
        return f"x{self.scenario}-{self.exchange}"

    def mark(self, frame: int) -> str:
        """Return the id of the mark of a failing *frame* in the timeline."""
        return f"{self.id}-m{frame}"

    def row(self, frame: int) -> str:
        """Return the id of a *frame* in the table."""
        return f"{self.id}-f{frame}"


def verdict_id(number: int) -> str:
    """Return the id on the page of the verdict with that *number*, counted from 1."""
    return f"v{number}"


def scenario_id(number: int) -> str:
    """Return the id on the page of the scenario with that *number*, counted from 1."""
    return f"s{number}"


class Evidence:
    """Finds its way from verdicts to exchanges and back."""

    def __init__(self, results: Results, secrets: Iterable[str] = ()) -> None:
        """Look through *results*; leave *secrets* out of all that is shown."""
        self._url = results.url
        self._played = results.scenario_results
        self._redactor = Redactor(secrets=secrets)
        self._numbers: dict[str, int] = {}
        for number, played in enumerate(results.scenario_results, 1):
            self._numbers.setdefault(played.scenario, number)
        self._failures = self._collect(results)
        self._shown = {place for n in range(len(self._played)) for place in self._chosen(n + 1)}
        self.rows = max(10, min(400, _ROWS // max(1, len(self._shown))))
        """How many frames of an exchange are listed."""

    def _collect(self, results: Results) -> dict[ExchangeOnPage, list[Failure]]:
        failures: dict[ExchangeOnPage, list[Failure]] = defaultdict(list)
        for number, verdict in enumerate(results.verdicts, 1):
            if verdict.outcome not in (Outcome.FAILED, Outcome.EXPECTED_FAILURE):
                continue  # It is not shown whole, so there is nothing to lead to.
            expected = verdict.outcome is Outcome.EXPECTED_FAILURE
            for scenario in verdict.scenarios:
                for finding in scenario.findings:
                    place = self.find(scenario.scenario, finding)
                    if place is not None:
                        failures[place].append(Failure(number, finding, expected))
        for found in failures.values():
            found.sort(key=lambda failure: (failure.expected, failure.finding.frame or 0))
        return failures

    def find(self, scenario: str, finding: Finding) -> ExchangeOnPage | None:
        """Return the exchange that *finding* is about; None where nobody kept it."""
        number = self._numbers.get(scenario)
        if number is None:
            return None
        count = len(self._played[number - 1].exchanges)
        exchange = finding.exchange or (1 if count == 1 else 0)
        return ExchangeOnPage(number, exchange) if 0 < exchange <= count else None

    def _chosen(self, number: int) -> Iterator[ExchangeOnPage]:
        """Yield the exchanges of a scenario that are shown: those with failures go first."""
        count = len(self._played[number - 1].exchanges)
        places = [ExchangeOnPage(number, exchange) for exchange in range(1, count + 1)]
        failing = [place for place in places if place in self._failures]
        others = [place for place in places if place not in self._failures]
        yield from (failing + others)[:MOST_EXCHANGES]

    def scenarios(
        self,
    ) -> Iterator[tuple[int, ScenarioResult, list[tuple[ExchangeOnPage, Exchange]]]]:
        """Yield the scenarios, each with its number and those of its exchanges that are shown."""
        for number, played in enumerate(self._played, 1):
            places = ((ExchangeOnPage(number, n), e) for n, e in enumerate(played.exchanges, 1))
            yield number, played, [(place, e) for place, e in places if place in self._shown]

    def failures(self, place: ExchangeOnPage) -> tuple[list[Failure], int]:
        """Return the failures of an exchange that are marked in it, and how many there are."""
        found = self._failures.get(place, [])
        return found[:MOST_FAILURES], len(found)

    def exchange(self, place: ExchangeOnPage) -> Exchange:
        """Return the exchange at *place*."""
        return self._played[place.scenario - 1].exchanges[place.exchange - 1]

    def about(self, verdict: Verdict) -> Html:
        """Return the scenario or whatever else the test of *verdict* was given, with a link."""
        _, _, name = verdict.test.rpartition("::")
        _, _, given = name.removesuffix("]").partition("[")
        number = self._numbers.get(given)
        said = code(self.told(given)) if given else Html()
        return said if number is None else element("a", said, href=f"#{scenario_id(number)}")

    def target(self, place: ExchangeOnPage, frame: int | None) -> str | None:
        """Return the id of what shows *frame* of the exchange; None where it is not shown."""
        if place not in self._shown:
            return None
        return place.mark(frame) if frame in self.failing(place) else place.id

    def failing(self, place: ExchangeOnPage) -> dict[int, bool]:
        """Return the numbers of the failing frames that are marked, and if that was expected."""
        exchange = self.exchange(place)
        count = len(exchange.frames) if exchange.is_stream else 0
        frames: dict[int, bool] = {}
        for failure in self.failures(place)[0]:
            number = failure.finding.frame
            if number is not None and 0 < number <= count:
                frames.setdefault(number, failure.expected)
        return frames

    def told(self, value: str) -> str:
        """Return *value* without secrets."""
        return self._redactor.redact_text(value)

    def start_of(self, value: str | bytes, most: int) -> str:
        """Return the first *most* characters of *value* without secrets, and how much is cut."""
        cut = value[: most + _SPARE]
        raw = cut.encode(errors="backslashreplace") if isinstance(cut, str) else cut
        shown = self._redactor.redact(raw, torn=len(cut) < len(value))
        kept = shown.decode(errors="backslashreplace")
        if len(value) <= most:
            return kept
        unit = "characters" if isinstance(value, str) else "bytes"
        return f"{kept[:most]}... (cut, {len(value):,} {unit})"

    def head(self, exchange: Exchange) -> list[str]:
        """Return the lines of the head of the answer without secrets."""
        headers = self._redactor.redact_headers(exchange.response.headers)
        return [f"HTTP {exchange.response.status}", *(f"{name}: {text}" for name, text in headers)]

    def call(self, request: Request) -> str:
        """Return in words what *request* asks for, without secrets."""
        asked = stream_options(request)
        said = f"{request.method} {request.path}"
        if asked is not None and "assistant_id" in asked.body:
            subgraphs = " with subgraphs" if asked.subgraphs else ""
            every = asked.modes >= frozenset(STREAM_MODES)
            modes = "every mode" if every else ", ".join(sorted(asked.modes))
            said += f" {asked.body['assistant_id']}: {modes}{subgraphs}"
        return self.start_of(said, _LONGEST_CALL)

    def curl(self, request: Request) -> str:
        """Return *request* as a curl command line without secrets."""
        body = request.body
        too_long = len(body) > _LONGEST_BODY
        kept = b"@" if too_long else self._redactor.redact(body)
        path = self.told(request.path)
        line = as_curl(Request(request.method, path, request.headers, kept), self._url, key=True)
        if not too_long:
            return line
        return line.removesuffix("--data-raw @") + "--data-binary @body"
