"""Updates are folded as far as it is certain what they lead to."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from captured import captured
from mutation import asking, with_frames

from graphtape_contracts import Exchange, sse
from graphtape_contracts.checker import check
from graphtape_contracts.finding import Finding
from graphtape_contracts.reducer import Reducer
from graphtape_contracts.rules import folding

_START = ("metadata", {"run_id": "01a2020b-829e-7310-b70e-f7a23b32f635", "attempt": 1})
_REPLACE = {"n": Reducer.REPLACE}

Events = list[tuple[str, Any]]


def _stream(events: Events, modes: list[str]) -> Exchange:
    blocks = [sse.encode_event(name, json.dumps(data)) for name, data in events]
    stream = with_frames(lambda _: blocks)(captured("python/mode-agent-values"))
    return asking(stream_mode=modes)(stream)


def _judge(
    events: Events,
    reducers: Mapping[str, Reducer] | None = _REPLACE,
    modes: tuple[str, ...] = ("values", "updates"),
) -> list[Finding]:
    return check(_stream(events, list(modes)), folding.RULES, reducers=reducers)


_WRONG: Events = [_START, ("values", {"n": 1}), ("updates", {"a": {"n": 2}}), ("values", {"n": 1})]


def test_values_that_ignore_an_update_are_told() -> None:
    (finding,) = _judge(_WRONG)

    assert (finding.frame, finding.path) == (4, ("n",))


def test_without_reducers_nothing_is_certain() -> None:
    assert _judge(_WRONG, reducers=None) == []


def test_without_updates_nothing_is_certain() -> None:
    assert _judge(_WRONG, modes=("values",)) == []


_UNCERTAIN: dict[str, Events] = {
    "retry": [_START, ("values", {"n": 1})],
    "interrupt": [("values", {"n": 1, "__interrupt__": []})],
    "too many": [("updates", {"a": {"n": 2}})] * 1025,
    "hidden": [("values", {"other": 1})],
    "odd": [("values", 5), ("updates", 5), ("updates", {"a": {"n": 1}})],
    "several": [("updates", {"a": [{"n": 3}, {"n": 1}]})],
}


@pytest.mark.parametrize("between", _UNCERTAIN.values(), ids=_UNCERTAIN)
def test_what_is_not_certain_is_let_pass(between: Events) -> None:
    assert _judge([*_WRONG[:-1], *between, ("values", {"n": 1})]) == []


@pytest.mark.parametrize("update", [None, 5, "text", {}, {"other": 1}, []])
def test_an_update_of_other_keys_changes_nothing(update: Any) -> None:
    events = [_START, ("values", {"n": 1}), ("updates", {"a": update, "__metadata__": {"n": 2}})]

    assert _judge([*events, ("values", {"n": 3})]) == []
