"""Tables of results, to be printed and written into README.md."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """The measured values of one workload or one server, by name."""

    name: str
    values: dict[str, float]


def throughput_table(rows: Iterable[Row]) -> str:
    """Return a table of requests per second, with the ratio to the bare server."""
    lines = [
        [row.name, f"{row.values['bytes']:,.0f}", *(_rate(row, server) for server in _SERVERS)]
        for row in rows
    ]
    head = ["workload", "bytes", "bare uvicorn", "graphtape", "Starlette, a chunk an event"]
    return _table(head, lines)


_SERVERS = ("bare", "mock", "starlette")


def _rate(row: Row, server: str) -> str:
    rate, bare = row.values[server], row.values["bare"]
    ratio = "" if server == "bare" else f" ({rate / bare:.2f})"
    return f"{rate:,.0f}{ratio}"


def pace_table(rows: Iterable[Row]) -> str:
    """Return a table of the lateness of events, by server."""
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
    """Return a table of the time from the start of a server to its first answer."""
    line = [f"{row.values[name]:.2f} s" for name in _SERVERS]
    line[1] += f" ({row.values['mock'] / row.values['bare']:.2f})"
    return _table(["bare uvicorn", "graphtape serve", "Starlette"], [line])


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *lines))


def check_table(rows: Iterable[Row]) -> str:
    """Return a table of the time per event to read and to check a stream, with the ratio."""
    lines = [
        [
            row.name,
            f"{row.values['read']:.0f} us",
            f"{row.values['check']:.0f} us ({row.values['check'] / row.values['read']:.1f})",
            f"{row.values['memory'] / 1024:,.0f} KiB",
        ]
        for row in rows
    ]
    return _table(["events", "read, an event", "judge, an event", "most memory"], lines)


def plugin_table(rows: Iterable[Row]) -> str:
    """Return a table of start-up times of pytest; the difference is the median of all pairs."""
    lines = [
        [row.name, *(f"{row.values[name]:.1f} ms" for name in ("empty", "ours", "more"))]
        for row in rows
    ]
    return _table(["a start of pytest", "empty plugin", "graphtape", "difference"], lines)


def write(path: Path, section: str, results: str) -> None:
    """Replace the results in the *section* of the file *path* with *results*."""
    start, end = f"<!-- {section} -->\n", f"<!-- end of {section} -->\n"
    before, found, rest = path.read_text(encoding="utf-8").partition(start)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{path}: expected a line {start!r} and, below it, a line {end!r}")
    path.write_text(f"{before}{start}\n{results}\n{end}{after}", encoding="utf-8")
