"""The scenarios, each with its exchanges: heads, timelines and frames."""

from collections.abc import Iterator

from graphtape_contracts import End, Exchange, Frame
from graphtape_suites.report.axis import seconds
from graphtape_suites.report.evidence import (
    MOST_EXCHANGES,
    Evidence,
    ExchangeOnPage,
    Failure,
    scenario_id,
    verdict_id,
)
from graphtape_suites.report.markup import (
    Html,
    code,
    counted,
    element,
    folded,
    joined,
    lines,
    prose,
    row,
    table,
    text,
)
from graphtape_suites.report.timeline import timeline
from graphtape_suites.report.verdicts import kind
from graphtape_suites.session.scenario_result import ScenarioResult
from graphtape_suites.verdicts.results import Outcome

_NEAR = 3
"""The number of frames listed on each side of a failing frame."""
_LONGEST_DATA = 160
_LONGEST_BODY = 2_000

_ENDS = {
    End.COMPLETE: "complete",
    End.CUT: "cut: the connection was lost",
    End.STOPPED: "stopped: the client closed the connection",
    End.UNKNOWN: "end unknown",
}


def scenarios(evidence: Evidence) -> Html:
    """Return the scenarios, in the order in which they ran."""
    return joined(_scenario(evidence, *each) for each in evidence.scenarios())


def _scenario(
    evidence: Evidence,
    number: int,
    result: ScenarioResult,
    shown: list[tuple[ExchangeOnPage, Exchange]],
) -> Html:
    parts: list[str] = [element("h3", code(result.scenario)), element("p", result.about)]
    if result.inapplicable:
        note = f"- not applicable: {evidence.redacted(result.inapplicable)}"
        parts.append(element("p", note, class_="note not_applicable"))
    if result.problem:
        note = f"? not completed: {evidence.redacted(result.problem)}"
        parts.append(element("p", note, class_="note not_exercised"))
    parts += [_exchange(evidence, *each) for each in shown]
    if left := len(result.exchanges) - len(shown):
        note = f"{counted(left, 'more exchange')} not shown: the limit is {MOST_EXCHANGES}."
        parts.append(element("p", note, class_="quiet"))
    return element("section", *parts, id=scenario_id(number), class_="scenario")


def _exchange(evidence: Evidence, place: ExchangeOnPage, exchange: Exchange) -> Html:
    failures, count = evidence.failures(place)
    line = [element("span", f"{place.exchange}. {evidence.call(exchange.request)}", class_="call")]
    line.append(element("span", _amount(exchange), class_="quiet"))
    if failures:
        line.append(element("strong", f"✗ {counted(count, 'finding')}"))
    summary = element("summary", joined(line, " "))
    body = _stream(evidence, place, exchange) if exchange.is_stream else _body(evidence, exchange)
    return element(
        "details",
        summary,
        _failures(evidence, place, failures, count),
        body,
        folded("Request as curl", element("pre", code(evidence.curl(exchange.request)))),
        folded("Response head", lines(evidence.head(exchange))),
        id=place.id,
        class_="exchange",
        open="" if failures else None,
    )


def _amount(exchange: Exchange) -> str:
    parts = [f"HTTP {exchange.response.status}"]
    if exchange.is_stream:
        parts.append(counted(len(exchange.frames), "frame"))
    else:
        parts.append(counted(len(exchange.body), "byte"))
    parts += [seconds(exchange.frames[-1].at)] if exchange.frames else []
    return ", ".join([*parts, _ENDS[exchange.end]])


def _failures(
    evidence: Evidence, place: ExchangeOnPage, failures: list[Failure], count: int
) -> Html:
    """Return the findings in an exchange, with links to the frames and the verdicts."""
    rows = [element("li", *_failure(evidence, place, failure)) for failure in failures]
    if count > len(failures):
        rows.append(element("li", f"... and {counted(count - len(failures), 'more finding')}"))
    return element("ul", *rows, class_="failures") if rows else Html()


def _failure(evidence: Evidence, place: ExchangeOnPage, failure: Failure) -> Iterator[Html]:
    finding = failure.finding
    outcome = Outcome.EXPECTED_FAILURE if failure.expected else Outcome.FAILED
    yield element("span", "✗ ", class_=kind(outcome), aria_hidden="true")
    if finding.frame in evidence.failing(place):
        yield element("a", f"frame {finding.frame}", href=f"#{place.row(finding.frame)}")
    else:
        yield text("head or entire exchange" if finding.frame is None else f"frame {finding.frame}")
    yield text(" ")
    yield element("a", code(finding.rule), href=f"#{verdict_id(failure.verdict)}")
    yield prose(f": got {evidence.start_of(finding.got, _LONGEST_DATA)}")


def _body(evidence: Evidence, exchange: Exchange) -> Html:
    shown = evidence.start_of(exchange.body, _LONGEST_BODY)
    return element("pre", code(shown)) if shown else element("p", "No body.", class_="quiet")


def _stream(evidence: Evidence, place: ExchangeOnPage, exchange: Exchange) -> Html:
    if not exchange.frames:
        return element("p", "No frames received.", class_="quiet")
    return joined((timeline(evidence, place, exchange), _frames(evidence, place, exchange)))


def _frames(evidence: Evidence, place: ExchangeOnPage, exchange: Exchange) -> Html:
    failing = evidence.failing(place)
    listed = _listed(len(exchange.frames), evidence.rows, failing)
    rows: list[Html] = []
    before = 0
    for number in listed:
        if number > before + 1:
            rows.append(_left_out(number - before - 1))
        rows.append(_row(evidence, place, number, exchange.frames[number - 1], number in failing))
        before = number
    shown = table(_COLUMNS, rows, class_="frames", aria_label="Frames")
    count = len(exchange.frames)
    title = "Frames" if len(listed) == count else f"Frames: {len(listed)} of {count:,}"
    return folded(title, shown, class_="frames")


_COLUMNS = ("Frame", "Time", "Event", "Data")


def _listed(count: int, most: int, failing: dict[int, bool]) -> list[int]:
    """Return the numbers of the frames to list: all, or both ends and those near failing frames."""
    if count <= most:
        return list(range(1, count + 1))
    ends = most // 2
    kept = {*range(1, ends + 1), *range(count - ends + 1, count + 1)}
    for number in failing:
        kept |= {*range(max(1, number - _NEAR), min(count, number + _NEAR) + 1)}
    return sorted(kept)


def _left_out(count: int) -> Html:
    note = f"... {counted(count, 'frame')} not shown ..."
    return row(["", "", "", element("span", note, class_="quiet")])


def _row(
    evidence: Evidence, place: ExchangeOnPage, number: int, frame: Frame, failing: bool
) -> Html:
    name, data = _event(evidence, frame)
    mark = joined((element("span", "✗ ", aria_hidden="true"), "fails: ")) if failing else ""
    cells = (
        joined((mark, str(number))),
        seconds(frame.at),
        code(evidence.redacted(name)),
        code(data),
    )
    return row(cells, id=place.row(number), class_="failing" if failing else None)


def _event(evidence: Evidence, frame: Frame) -> tuple[str, str]:
    """Return the name of a frame, and the start of its data."""
    if frame.torn:
        return "torn", evidence.start_of(frame.raw, _LONGEST_DATA)
    if frame.event is None and frame.data is None:
        content = frame.comment if frame.comment is not None else frame.raw
        name = "comment" if frame.comment is not None else "no event"
        return name, evidence.start_of(content, _LONGEST_DATA)
    return frame.event or "", evidence.start_of(frame.data or "", _LONGEST_DATA)
