"""Random mutations: what they change, say of themselves, and leave alone."""

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


def test_a_mutation_says_what_was_changed() -> None:
    mutation = rename(captured(STREAM), random.Random(0))

    assert mutation is not None
    assert str(mutation).startswith("take another mode's name: ")
    assert f"(frame {mutation.at})" in str(mutation)


def test_a_mutation_of_an_output_knows_what_it_was() -> None:
    mutation = drop_header(captured(WAIT), random.Random(0))

    assert mutation is not None
    assert "messages" in mutation.value
    assert str(mutation).startswith("drop a header: /runs/wait")


@pytest.mark.parametrize("mutator", [rename, misspell])
def test_an_event_that_is_written_in_another_way_is_left_alone(mutator: Mutator) -> None:
    assert mutator(stream(b"event:values\ndata:{}\n\n"), random.Random(0)) is None


@pytest.mark.parametrize("mutator", [rename, misspell, swap])
def test_what_is_no_stream_has_no_events_to_change(mutator: Mutator) -> None:
    assert mutator(captured(WAIT), random.Random(0)) is None


def test_events_that_are_equal_are_not_swapped() -> None:
    block = b"event: values\ndata: {}\n\n"

    assert swap(stream(block, block), random.Random(0)) is None


def test_an_answer_without_headers_has_none_to_change() -> None:
    bare = Exchange(Request("GET", "/ok"), Response(200), (Frame(0.0, b"{}"),))

    assert drop_header(bare, random.Random(0)) is None
    assert change_header(bare, random.Random(0)) is None


def test_a_header_is_never_given_the_value_that_it_has() -> None:
    headed = Exchange(Request("GET", "/ok"), Response(200, (("a", "x"),)), ())

    made = [change_header(headed, random.Random(seed)) for seed in range(20)]

    assert None in made
    assert all(mutation is None or mutation.new != "x" for mutation in made)
