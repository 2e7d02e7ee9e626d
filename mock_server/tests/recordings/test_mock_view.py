"""Views: what a request selects of a run."""

import pytest

from graphtape_contracts.stream_mode import STREAM_MODES
from graphtape_mock.recordings.view import EVERYTHING, EXACT, View


def view(*modes: str, subgraphs: bool = False) -> View:
    return View(frozenset(modes), subgraphs)


@pytest.mark.parametrize(
    ("modes", "names"),
    [
        (["values"], ["values"]),
        (["updates", "custom"], ["updates", "custom"]),
        (["messages-tuple"], ["messages"]),
        (["messages"], ["messages/metadata", "messages/partial", "messages/complete"]),
        (["messages", "messages-tuple"], ["messages"]),
    ],
    ids=str,
)
def test_modes_name_events(modes: list[str], names: list[str]) -> None:
    assert view(*modes).event_names == set(names)


@pytest.mark.parametrize("mode", STREAM_MODES)
def test_models_stream_where_messages_or_events_are_asked_for(mode: str) -> None:
    assert view("values", mode).streams is (mode in ("messages", "messages-tuple", "events"))


@pytest.mark.parametrize(
    ("asked", "nulls"),
    [
        (view("updates"), False),
        (view("updates", "custom"), True),
        (view("updates", subgraphs=True), True),
        (view("updates", "custom", "events"), False),
        (view("messages", subgraphs=True), False),
        (view("updates", "messages-tuple", subgraphs=True), False),
    ],
    ids=["plain", "custom", "subgraphs", "events", "messages", "tuples"],
)
def test_ids_are_null_with_custom_or_subgraphs_where_no_model_streams(
    asked: View, nulls: bool
) -> None:
    assert asked.nulls_ids is nulls


def test_exact_views_have_each_way_in_which_modes_change_others() -> None:
    ways = {
        (v.streams, v.nulls_ids, v.subgraphs, v.shows_messages, v.shows_whole_state) for v in EXACT
    }

    assert len(ways) == len(EXACT)
    assert EXACT[-1] == EVERYTHING == View(frozenset(STREAM_MODES), subgraphs=True)
