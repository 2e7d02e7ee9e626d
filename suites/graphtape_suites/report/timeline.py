"""The timeline of a stream as SVG: a lane for each mode and node, time from left to right.

Horizontal lengths are in percent and all others in pixels, so that a narrow screen compresses the
time axis and not the text. Overlapping marks are merged; the more frames, the taller the mark.
Marks of failing frames are never merged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from graphtape_contracts import Exchange
from graphtape_suites.report.axis import BINS, Axis, seconds
from graphtape_suites.report.evidence import Evidence, ExchangeOnPage
from graphtape_suites.report.lanes import MODES, OTHERS, Lane, LaneReader
from graphtape_suites.report.markup import Html, counted, element, joined, shortened, text

MOST_LANES = 40

_PITCH = 32
"""The height of a lane, with its label above its marks."""
_BASE = 28
"""The distance from the top of a lane to the bottom of its marks."""
_LEAST, _MOST = 8, 15
"""The smallest and the greatest height of a mark."""
_FLAG_ROWS = 3
_FLAG = 15
"""The height of a row of the flags at failing frames; adjacent flags are in different rows."""
_LONGEST_LABEL = 48


@dataclass(slots=True)
class _Mark:
    """The mark of one or more frames at one place of a lane."""

    x: float
    first: int
    last: int
    count: int = 1


def timeline(evidence: Evidence, place: ExchangeOnPage, exchange: Exchange) -> Html:
    """Return the timeline of a stream with at least one frame, with a caption for its axis."""
    axis = Axis([frame.at for frame in exchange.frames])
    failing = evidence.failing(place)
    lanes = _lanes(exchange)
    names = _in_order(lanes)
    top = min(len(failing), _FLAG_ROWS) * _FLAG + 4
    bottom = top + len(names) * _PITCH
    bands: list[Html] = []
    circles: list[Html] = []
    for row, lane in enumerate(names):
        y = top + row * _PITCH
        numbers = [n for n, other in enumerate(lanes, 1) if other == lane]
        marks = _marks(axis, [number for number in numbers if number not in failing])
        bands.append(_lane(evidence, exchange, lane, y, marks))
        circles += [
            _failing_mark(axis, place, number, y, failing[number])
            for number in numbers
            if number in failing
        ]
    # Later elements are drawn on top.
    parts = [*bands, _axis(axis, top, bottom), *_flags(axis, failing, bottom), *circles]
    description = (
        f"Timeline: {counted(len(lanes), 'frame')} in {counted(len(names), 'lane')}, "
        f"the last after {seconds(axis.span)}. {_failing_in_words(failing)}"
    )
    figure = element(
        "svg", *parts, class_="timeline", role="img", aria_label=description, height=bottom + 26
    )
    return element("figure", figure, element("figcaption", _about(axis)))


def _lanes(exchange: Exchange) -> list[Lane]:
    """Return the lane of each frame; lanes beyond `MOST_LANES` are merged into `OTHERS`."""
    reader = LaneReader()
    lanes = [reader.read(frame, number) for number, frame in enumerate(exchange.frames, 1)]
    names = _in_order(lanes)
    if len(names) <= MOST_LANES:
        return lanes
    kept = set(names[: MOST_LANES - 1])
    return [lane if lane in kept else OTHERS for lane in lanes]


def _in_order(lanes: Sequence[Lane]) -> list[Lane]:
    """Return the distinct *lanes*, ordered by mode, then by first appearance."""
    return sorted(dict.fromkeys(lanes), key=lambda lane: MODES.index(lane.mode))


def _marks(axis: Axis, numbers: Sequence[int]) -> list[_Mark]:
    marks: list[_Mark] = []
    for number in numbers:
        x = axis.place(number - 1)
        if marks and int(marks[-1].x * BINS) == int(x * BINS):
            marks[-1].count += 1
            marks[-1].last = number
        else:
            marks.append(_Mark(x, number, number))
    return marks


def _percent(x: float) -> str:
    """Return the horizontal position in the picture of *x* on the axis; the margins are 1 %."""
    return f"{1 + 98 * x:.2f}%"


def _lane(
    evidence: Evidence, exchange: Exchange, lane: Lane, top: int, marks: Sequence[_Mark]
) -> Html:
    y = top + _BASE
    label = shortened(evidence.redacted(lane.label), _LONGEST_LABEL)
    shown = joined(_mark(exchange, mark, y) for mark in marks)
    return element(
        "g",
        Html(f'<rect class="band" y="{top}" width="100%" height="{_PITCH}"/>'),
        Html(f'<text x="1%" y="{top + 12}">{text(label)}</text>'),
        shown,
        class_=f"lane {lane.mode}",
    )


def _mark(exchange: Exchange, mark: _Mark, y: int) -> Html:
    height = min(_MOST, _LEAST + int(log2(mark.count)))
    first = seconds(exchange.frames[mark.first - 1].at)
    if mark.count == 1:
        title = f"frame {mark.first}, {first}"
    else:
        last = seconds(exchange.frames[mark.last - 1].at)
        title = f"{mark.count} of the frames {mark.first} to {mark.last}, {first} to {last}"
    return Html(
        f'<rect class="mark" x="{_percent(mark.x)}" y="{y - height}" width="4" height="{height}">'
        f"<title>{title}</title></rect>"
    )


def _failing_mark(axis: Axis, place: ExchangeOnPage, number: int, top: int, expected: bool) -> Html:
    middle = top + _BASE - _LEAST // 2
    return element(
        "circle",
        element("title", f"frame {number} {_fails(expected)}"),
        id=place.mark(number),
        class_="failing expected_failure" if expected else "failing",
        cx=_percent(axis.place(number - 1)),
        cy=middle,
        r=6,
    )


def _fails(expected: bool) -> str:
    return "fails (expected failure)" if expected else "fails"


def _flags(axis: Axis, failing: Mapping[int, bool], bottom: int) -> Iterator[Html]:
    for index, number in enumerate(sorted(failing)):
        x = axis.place(number - 1)
        y = (index % _FLAG_ROWS + 1) * _FLAG
        kind = "flag expected_failure" if failing[number] else "flag"
        anchor = "start" if x < 0.5 else "end"
        yield Html(
            f'<g class="{kind} {anchor}">'
            f'<line x1="{_percent(x)}" x2="{_percent(x)}" y1="{y - 11}" y2="{bottom}"/>'
            f'<text x="{_percent(x)}" y="{y - 2}">✗ {number}</text></g>'
        )


def _axis(axis: Axis, top: int, bottom: int) -> Html:
    parts: list[Html] = []
    for x, label in axis.ticks():
        anchor = "start" if x < 0.1 else "end" if x > 0.9 else "middle"
        parts.append(
            Html(
                f'<line x1="{_percent(x)}" x2="{_percent(x)}" y1="{top}" y2="{bottom + 5}"/>'
                f'<text class="{anchor}" x="{_percent(x)}" y="{bottom + 19}">{label}</text>'
            )
        )
    return element("g", *parts, class_="axis")


def _failing_in_words(failing: Mapping[int, bool]) -> str:
    if not failing:
        return "No frame fails."
    return "; ".join(f"frame {n} {_fails(failing[n])}" for n in sorted(failing)) + "."


def _about(axis: Axis) -> str:
    if not axis.span:
        return "Frames in order; their times are unknown."
    if axis.is_linear:
        return "Time since the request. A taller mark stands for several frames."
    return (
        "Time since the request, not to scale: idle periods are compressed and busy ones expanded. "
        "A taller mark stands for several frames."
    )
