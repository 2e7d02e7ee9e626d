"""Evidence for the verdicts: the exchanges on the page, their findings, and links between them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphtape_contracts import Exchange, Request
from graphtape_contracts.finding import Finding
from graphtape_contracts.parsing.exchange_head import stream_options
from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.deployment.curl import as_curl
from graphtape_mock.redaction.redactor import Redactor
from graphtape_suites.report.markup import Html, code, element
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome, Results, Verdict

MOST_EXCHANGES = 25
"""The maximum number of exchanges shown per scenario; those with findings come first."""
MOST_FAILURES = 20
"""The maximum number of findings marked in an exchange."""
_ROWS = 10_000
"""The approximate maximum number of frames listed on the page; each takes half a kilobyte."""
_LONGEST_BODY = 8_000
"""The longest request body in a curl command, in bytes: shells limit the length of a line."""
_LONGEST_CALL = 200
_SPARE = 1_000
"""Characters read beyond a cut, so that a secret across the cut is recognised as a whole."""


class Failure(NamedTuple):
    """A finding and its verdict."""

    verdict: int
    """The number of the verdict, counted from 1."""
    finding: Finding
    expected: bool
    """Whether it is in the file of expected failures."""


class ExchangeOnPage(NamedTuple):
    """The place of an exchange on the page: the numbers of scenario and exchange, from 1."""

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
    """Connects verdicts with their exchanges, and redacts all text on the page."""

    def __init__(self, results: Results, secrets: Iterable[str] = ()) -> None:
        """Read *results*; *secrets* are left out of everything that is shown."""
        self._url = results.url
        self._results = results.scenario_results
        self._redactor = Redactor(secrets=secrets)
        self._numbers: dict[str, int] = {}
        for number, result in enumerate(results.scenario_results, 1):
            self._numbers.setdefault(result.scenario, number)
        self._failures = self._collect(results)
        self._shown = {place for n in range(len(self._results)) for place in self._chosen(n + 1)}
        self.rows = max(10, min(400, _ROWS // max(1, len(self._shown))))
        """The maximum number of frames listed per exchange."""

    def _collect(self, results: Results) -> dict[ExchangeOnPage, list[Failure]]:
        failures: dict[ExchangeOnPage, list[Failure]] = defaultdict(list)
        for number, verdict in enumerate(results.verdicts, 1):
            if verdict.outcome not in (Outcome.FAILED, Outcome.EXPECTED_FAILURE):
                continue  # Its details are not shown, so there is nothing to link to.
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
        """Return the place of the exchange of *finding*; None if the results lack it."""
        number = self._numbers.get(scenario)
        if number is None:
            return None
        count = len(self._results[number - 1].exchanges)
        exchange = finding.exchange or (1 if count == 1 else 0)
        return ExchangeOnPage(number, exchange) if 0 < exchange <= count else None

    def _chosen(self, number: int) -> Iterator[ExchangeOnPage]:
        """Yield the exchanges of a scenario that are shown, those with findings first."""
        count = len(self._results[number - 1].exchanges)
        places = [ExchangeOnPage(number, exchange) for exchange in range(1, count + 1)]
        failing = [place for place in places if place in self._failures]
        others = [place for place in places if place not in self._failures]
        yield from (failing + others)[:MOST_EXCHANGES]

    def scenarios(
        self,
    ) -> Iterator[tuple[int, ScenarioResult, list[tuple[ExchangeOnPage, Exchange]]]]:
        """Yield each scenario with its number and its exchanges that are shown."""
        for number, result in enumerate(self._results, 1):
            places = ((ExchangeOnPage(number, n), e) for n, e in enumerate(result.exchanges, 1))
            yield number, result, [(place, e) for place, e in places if place in self._shown]

    def failures(self, place: ExchangeOnPage) -> tuple[list[Failure], int]:
        """Return the findings marked in an exchange, and the number of all its findings."""
        found = self._failures.get(place, [])
        return found[:MOST_FAILURES], len(found)

    def exchange(self, place: ExchangeOnPage) -> Exchange:
        """Return the exchange at *place*."""
        return self._results[place.scenario - 1].exchanges[place.exchange - 1]

    def about(self, verdict: Verdict) -> Html:
        """Return the parameter of the test of *verdict*, with a link if it is a scenario."""
        _, _, name = verdict.test.rpartition("::")
        _, _, given = name.removesuffix("]").partition("[")
        number = self._numbers.get(given)
        label = code(self.redacted(given)) if given else Html()
        return label if number is None else element("a", label, href=f"#{scenario_id(number)}")

    def target(self, place: ExchangeOnPage, frame: int | None) -> str | None:
        """Return the id of the element that shows *frame* of the exchange, if any."""
        if place not in self._shown:
            return None
        return place.mark(frame) if frame in self.failing(place) else place.id

    def failing(self, place: ExchangeOnPage) -> dict[int, bool]:
        """Return the numbers of the marked frames, each with whether the failure is expected."""
        exchange = self.exchange(place)
        count = len(exchange.frames) if exchange.is_stream else 0
        frames: dict[int, bool] = {}
        for failure in self.failures(place)[0]:
            number = failure.finding.frame
            if number is not None and 0 < number <= count:
                frames.setdefault(number, failure.expected)
        return frames

    def redacted(self, value: str) -> str:
        """Return *value* without secrets."""
        return self._redactor.redact_text(value)

    def start_of(self, value: str | bytes, most: int) -> str:
        """Return the first *most* characters of *value* without secrets, and a note if cut."""
        cut = value[: most + _SPARE]
        raw = cut.encode(errors="backslashreplace") if isinstance(cut, str) else cut
        shown = self._redactor.redact(raw, torn=len(cut) < len(value))
        kept = shown.decode(errors="backslashreplace")
        if len(value) <= most:
            return kept
        unit = "characters" if isinstance(value, str) else "bytes"
        return f"{kept[:most]}... (cut, {len(value):,} {unit})"

    def head(self, exchange: Exchange) -> list[str]:
        """Return the lines of the response head without secrets."""
        headers = self._redactor.redact_headers(exchange.response.headers)
        return [f"HTTP {exchange.response.status}", *(f"{name}: {text}" for name, text in headers)]

    def call(self, request: Request) -> str:
        """Return a short description of *request* without secrets."""
        options = stream_options(request)
        line = f"{request.method} {request.path}"
        if options is not None and "assistant_id" in options.body:
            subgraphs = " with subgraphs" if options.subgraphs else ""
            every = options.modes >= frozenset(STREAM_MODES)
            modes = "every mode" if every else ", ".join(sorted(options.modes))
            line += f" {options.body['assistant_id']}: {modes}{subgraphs}"
        return self.start_of(line, _LONGEST_CALL)

    def curl(self, request: Request) -> str:
        """Return *request* as a curl command line without secrets."""
        body = request.body
        too_long = len(body) > _LONGEST_BODY
        kept = b"@" if too_long else self._redactor.redact(body)
        path = self.redacted(request.path)
        line = as_curl(Request(request.method, path, request.headers, kept), self._url, key=True)
        if not too_long:
            return line
        return line.removesuffix("--data-raw @") + "--data-binary @body"
