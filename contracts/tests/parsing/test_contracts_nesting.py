"""The depth to which nested data is read and checked is the same on every version of Python."""

from typing import Any

import orjson
import pytest
from captured import captured
from mutation import asking, renewed, with_body, with_frames

from graphtape_contracts import Exchange, Frame
from graphtape_contracts.checker import check, check_related
from graphtape_contracts.json_value import Absent, is_list, is_object
from graphtape_contracts.parsing.event import parse
from graphtape_contracts.parsing.nesting import DEEPEST, is_too_deep


def lists(levels: int) -> str:
    """Return JSON with this many levels of nesting."""
    return "[" * levels + "]" * levels


def deep(levels: int) -> Any:
    """Return a value with this many levels of nesting."""
    value: Any = "innermost"
    for _ in range(levels // 2):
        value = {"key": [value]}
    return [value] if levels % 2 else value


@pytest.mark.parametrize(
    "text",
    [
        lists(DEEPEST),
        "[" + ",".join(["[{}]"] * DEEPEST) + "]",
        '{"a\\"[": "' + lists(DEEPEST) + '"}',
        '["' + "[" * 2 * DEEPEST,
        '["\\\\", "' + "[" * 2 * DEEPEST + "\\",
        "]" * 2 * DEEPEST + lists(DEEPEST),
    ],
    ids=["at the limit", "wide", "in a string", "cut", "cut in an escape", "closed before opened"],
)
def test_only_levels_of_nesting_count(text: str) -> None:
    assert not is_too_deep(text)


@pytest.mark.parametrize(
    "text",
    [
        lists(DEEPEST + 1),
        "[" * (DEEPEST + 1),
        '{"a":' * (DEEPEST + 1),
        '["\\"", ' * (DEEPEST + 1) + "nonsense",
        lists(100_000),
    ],
    ids=["one level too deep", "cut", "objects", "after strings", "far too deep"],
)
def test_json_beyond_the_limit_is_not_read(text: str) -> None:
    assert is_too_deep(text)
    assert parse(text) is Absent.TOO_DEEP
    assert parse(text.encode()) is Absent.TOO_DEEP
    assert parse(text.encode("utf-16")) is Absent.TOO_DEEP


def test_json_at_the_limit_is_read() -> None:
    assert parse(lists(DEEPEST)) == parse(lists(DEEPEST).encode("utf-16-le")) != Absent.TOO_DEEP


CAPTURES = (
    "python/full-tools-all-tuple-noevents",
    "python/full-agent-all9",
    "python/full-interrupting-all-messages-noevents",
    "python/full-boom-all9",
    "python/http-wait-conn-close",
    "python-cases/bad-stream-webhook-number",
)


def mutants_of(exchange: Exchange) -> list[Exchange]:
    """Return copies of *exchange*, each with one deeply nested part in its data or request."""
    made = [
        asking(**{key: deep(DEEPEST - 1)})(exchange)
        for key in (*parse(exchange.request.body), "config", "context")
    ]
    if not exchange.is_stream:
        made += [with_body(part)(exchange) for part in _deepened(exchange.body)]
        return made
    first = {frame.event: number for number, frame in reversed([*enumerate(exchange.frames)])}
    for number in first.values():
        frame = exchange.frames[number]
        for data in _deepened(frame.data or ""):
            made.append(with_frames(_with_nth(number, parse(data)))(exchange))
    return made


def _with_nth(number: int, data: Any) -> Any:
    def change(frames: list[Frame]) -> list[Frame | bytes]:
        return [*frames[:number], renewed(frames[number], lambda _: data), *frames[number + 1 :]]

    return change


def _deepened(text: str | bytes) -> list[bytes]:
    value = parse(text)
    made: list[Any] = [deep(DEEPEST)]
    if is_object(value):
        made += [value | {key: deep(DEEPEST - 1)} for key in value]
        made += [value | {key: [deep(DEEPEST - 2)]} for key in value]
    if is_list(value) and is_object(first := value[0]):
        made += [[first | {key: deep(DEEPEST - 2)}, *value[1:]] for key in first]
    return [orjson.dumps(one) for one in made]


@pytest.mark.parametrize("name", CAPTURES)
def test_rules_can_check_everything_that_is_read(name: str) -> None:
    exchange = captured(name)
    mutants = mutants_of(exchange)

    assert len(mutants) > len({frame.event for frame in exchange.frames})
    for mutant in mutants:
        check(mutant)
        check_related([exchange, mutant, mutant], deterministic=True)
