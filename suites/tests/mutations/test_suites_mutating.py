"""Random mutations: their descriptions, and exchanges that they leave unchanged."""

import random
from dataclasses import replace

import pytest
from captured import captured
from mutating import Mutator, change_header, drop_header, misspell, rename, swap

from graphtape_contracts import Exchange, Frame, Request, Response, sse

STREAM = "python/mode-agent-values"
WAIT = "python/wait-mode-values"


def stream(*blocks: bytes) -> Exchange:
    frames = tuple(frame for block in blocks for frame in sse.decode(block))
    return replace(captured(STREAM), frames=frames)


def test_a_mutation_describes_the_change() -> None:
    mutation = rename(captured(STREAM), random.Random(0))

    assert mutation is not None
    assert str(mutation).startswith("take another mode's name: ")
    assert f"(frame {mutation.at})" in str(mutation)


def test_a_mutation_of_an_output_keeps_the_old_value() -> None:
    mutation = drop_header(captured(WAIT), random.Random(0))

    assert mutation is not None
    assert "messages" in mutation.value
    assert str(mutation).startswith("drop a header: /runs/wait")


@pytest.mark.parametrize("mutator", [rename, misspell])
def test_an_event_in_another_format_is_left_unchanged(mutator: Mutator) -> None:
    assert mutator(stream(b"event:values\ndata:{}\n\n"), random.Random(0)) is None


@pytest.mark.parametrize("mutator", [rename, misspell, swap])
def test_an_output_has_no_events_to_change(mutator: Mutator) -> None:
    assert mutator(captured(WAIT), random.Random(0)) is None


def test_equal_events_are_not_swapped() -> None:
    block = b"event: values\ndata: {}\n\n"

    assert swap(stream(block, block), random.Random(0)) is None


def test_a_response_without_headers_has_none_to_change() -> None:
    bare = Exchange(Request("GET", "/ok"), Response(200), (Frame(0.0, b"{}"),))

    assert drop_header(bare, random.Random(0)) is None
    assert change_header(bare, random.Random(0)) is None


def test_a_header_never_keeps_its_value() -> None:
    headed = Exchange(Request("GET", "/ok"), Response(200, (("a", "x"),)), ())

    made = [change_header(headed, random.Random(seed)) for seed in range(20)]

    assert None in made
    assert all(mutation is None or mutation.new != "x" for mutation in made)
