"""Streams whose events have wrong ids."""

import re

from mutation import Change, Mutant, asking, replaced, with_body

from graphtape_contracts import Exchange

_ID_LINE = re.compile(rb"^id: .*\r?\n", re.MULTILINE)
_RESUMABLE = "python/boom-resumable"


def _without_id(nth: int) -> Change:
    """Make a change that drops the `id` line of the *nth* event with an id."""

    def apply(exchange: Exchange) -> Exchange:
        found = list(_ID_LINE.finditer(exchange.body))[nth]
        return with_body(exchange.body[: found.start()] + exchange.body[found.end() :])(exchange)

    return apply


def _without_ids(exchange: Exchange) -> Exchange:
    return with_body(_ID_LINE.sub(b"", exchange.body))(exchange)


def _with_ids_alike(exchange: Exchange) -> Exchange:
    first = _ID_LINE.search(exchange.body)
    return with_body(_ID_LINE.sub(first[0] if first else b"", exchange.body))(exchange)


MUTANTS = [
    Mutant(
        "reconnect.ids-unasked",
        "ids were not requested",
        _RESUMABLE,
        asking(stream_resumable=False),
    ),
    Mutant("reconnect.ids-present", "requested ids are missing", _RESUMABLE, _without_ids),
    Mutant(
        "reconnect.ids-present",
        "ids are missing on Aegra",
        "aegra/stream-mode-updates",
        _without_ids,
    ),
    Mutant("reconnect.ids-throughout", "one event has no id", _RESUMABLE, _without_id(1)),
    Mutant(
        "reconnect.ids-ordered",
        "an id decreases",
        _RESUMABLE,
        replaced(b"\r\nid: 1", b"\r\nid: 2"),
    ),
    Mutant("reconnect.ids-unique", "all ids are the same", _RESUMABLE, _with_ids_alike),
    Mutant(
        "reconnect.ids-form",
        "ids have another form",
        _RESUMABLE,
        lambda exchange: with_body(re.sub(rb"\nid: ", rb"\nid: e", exchange.body))(exchange),
    ),
    Mutant(
        "reconnect.ids-form",
        "ids contain another run id",
        "aegra/stream-mode-updates",
        lambda exchange: with_body(
            re.sub(rb"\nid: [0-9a-f]{8}", rb"\nid: 00000000", exchange.body)
        )(exchange),
    ),
]
