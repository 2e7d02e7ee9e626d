"""The lines of a block: its fields, their order, and how they are written."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from graphtape_contracts import sse
from graphtape_contracts.dialect import Dialect
from graphtape_contracts.exchange import Frame
from graphtape_contracts.finding import Level, quote
from graphtape_contracts.parsing.exchange_head import ExchangeHead
from graphtape_contracts.rule import AnyRule, FrameRule
from graphtape_contracts.rules.sources import ON_EVERY_SERVER
from graphtape_contracts.watch import Violation, each_block

_KNOWN = frozenset(Dialect)
_ORDER = ("event", "data", "id")
_NO_SPACE = re.compile(rb"^(event|data|id|):(?! )", re.MULTILINE)


@lru_cache(maxsize=1)
def _names(raw: bytes) -> Counter[str]:
    """Return the number of occurrences of each field in a block, in order of first appearance."""
    return Counter(
        field.name for field in sse.split_fields(raw.removeprefix(sse.BOM)) if field.name
    )


def _known(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    for name in _names(frame.raw):
        if name not in (*_ORDER, "retry"):
            yield Violation("only the fields event, data and id", f"the field {quote(name)}")


def _no_retry(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if "retry" in _names(frame.raw):
        yield Violation("no `retry`", "a `retry`")


def _once(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    names = _names(frame.raw)
    for name in ("event", "id"):
        if names[name] > 1:
            yield Violation(f"one `{name}` line", f"{names[name]} `{name}` lines")


def _order(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    found = [name for name in _names(frame.raw) if name in _ORDER]
    expected = sorted(found, key=_ORDER.index)
    if found != expected:
        yield Violation(", ".join(expected), ", ".join(found))


def _space(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    if match := _NO_SPACE.search(frame.raw):
        name = match[1].decode() or "a comment"
        yield Violation("a space after the colon", f"no space after {name}")


def _one_data_line(head: ExchangeHead, frame: Frame) -> Iterator[Violation]:
    lines = _names(frame.raw)["data"]
    if lines > 1:
        yield Violation("one `data` line", f"{lines} `data` lines")


RULES: tuple[AnyRule, ...] = (
    FrameRule(
        id="fields.once",
        level=Level.SHOULD,
        statement="A block has at most one `event` and at most one `id`.",
        source=f"{ON_EVERY_SERVER}; by the HTML standard the last one counts, but parsers that "
        "search for a field take the first",
        judge=each_block(_once),
    ),
    FrameRule(
        id="fields.order",
        level=Level.SHOULD,
        statement="The fields of a block are in the order `event`, `data`, `id`.",
        source=f"{ON_EVERY_SERVER}; the standard allows any order, but parsers that process each "
        "`data` line immediately need the name before it",
        dialects=_KNOWN,
        judge=each_block(_order),
    ),
    FrameRule(
        id="fields.one-data-line",
        level=Level.SHOULD,
        statement="The data of an event is on one line.",
        source="observed on langgraph-api 0.16.7 and Aegra 0.11.0; LangGraph.js 2.0.0 writes a "
        "line for each line of indented JSON, which parsers of single lines cannot decode",
        dialects=frozenset({Dialect.PYTHON, Dialect.AEGRA}),
        judge=each_block(_one_data_line),
    ),
    FrameRule(
        id="fields.space",
        level=Level.SHOULD,
        statement="A space follows the colon of a field and of a comment.",
        source=f"{ON_EVERY_SERVER}; without it, parsers that remove `data: ` by its length lose a "
        "character",
        dialects=_KNOWN,
        judge=each_block(_space),
    ),
    FrameRule(
        id="fields.no-retry",
        level=Level.SHOULD,
        statement="A stream has no `retry` field.",
        source=f"{ON_EVERY_SERVER}; it changes the delay after which an EventSource reconnects",
        dialects=_KNOWN,
        judge=each_block(_no_retry),
    ),
    FrameRule(
        id="fields.known",
        level=Level.NOTE,
        statement="A block has no fields other than `event`, `data` and `id`.",
        source=f"{ON_EVERY_SERVER}; by the HTML standard, other fields are ignored",
        judge=each_block(_known),
    ),
)
