"""ByteTemplate: bytes with slots, rendered."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtape_mock.replay.byte_template import ByteTemplate

VALUES = [b"one", b"two", b"three"]


@pytest.mark.parametrize(
    ("pieces", "rendered"),
    [
        ([], b""),
        ([b""], b""),
        ([b"text"], b"text"),
        ([0], b"one"),
        ([2], b"three"),
        ([1, 1], b"twotwo"),
        ([b"a", 0], b"aone"),
        ([b"a", 2, b"", b"b", 0, b"c"], b"athreebonec"),
    ],
)
def test_slots_take_the_values_of_their_numbers(pieces: list[bytes | int], rendered: bytes) -> None:
    assert ByteTemplate(pieces, 3).render(VALUES) == rendered


@given(st.lists(st.binary(max_size=4) | st.integers(0, 2), max_size=8))
@settings(deadline=None)
def test_a_template_is_its_pieces_in_order(pieces: list[bytes | int]) -> None:
    expected = b"".join(VALUES[p] if isinstance(p, int) else p for p in pieces)

    assert ByteTemplate(pieces, 3).render(VALUES) == expected


def test_a_template_renders_again_and_again() -> None:
    template = ByteTemplate([b"a", 0], 1)

    assert [template.render([value]) for value in VALUES] == [b"aone", b"atwo", b"athree"]
