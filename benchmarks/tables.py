"""The results as tables, printed and put into README.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

_START, _END = "<!-- results -->\n", "<!-- end of results -->\n"


class Row(NamedTuple):
    """What was measured of one workload, or of one server."""

    name: str
    values: dict[str, float]


def throughput_table(rows: Iterable[Row]) -> str:
    """Return the table of requests a second, with the ratio to the bare server."""
    lines = [
        [row.name, f"{row.values['bytes']:,.0f}", *(_rate(row, server) for server in _SERVERS)]
        for row in rows
    ]
    head = ["workload", "bytes", "bare uvicorn", "understudy", "Starlette, a chunk an event"]
    return _table(head, lines)


_SERVERS = ("bare", "mock", "starlette")


def _rate(row: Row, server: str) -> str:
    rate, bare = row.values[server], row.values["bare"]
    ratio = "" if server == "bare" else f" ({rate / bare:.2f})"
    return f"{rate:,.0f}{ratio}"


def pace_table(rows: Iterable[Row]) -> str:
    """Return the table of lateness."""
    lines = [
        [
            row.name,
            *(f"{row.values[name]:.1f} ms" for name in ("p50", "p99", "head")),
            f"{row.values['cpu']:.2f} s",
        ]
        for row in rows
    ]
    return _table(["server", "event, p50", "event, p99", "head, p50", "CPU"], lines)


def start_table(row: Row) -> str:
    """Return the table of the time to the first answer."""
    line = [f"{row.values[name]:.2f} s" for name in _SERVERS]
    line[1] += f" ({row.values['mock'] / row.values['bare']:.2f})"
    return _table(["bare uvicorn", "understudy serve", "Starlette"], [line])


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *lines))


def write(path: Path, results: str) -> None:
    """Put *results* in place of those in the file *path*."""
    before, found, rest = path.read_text(encoding="utf-8").partition(_START)
    _, ended, after = rest.partition(_END)
    if not found or not ended:
        raise ValueError(f"{path}: expected a line {_START!r} and, below it, a line {_END!r}")
    path.write_text(f"{before}{_START}\n{results}\n{_END}{after}", encoding="utf-8")
