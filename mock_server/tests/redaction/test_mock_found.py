"""What was found more than once becomes one: the bytes of all, named by the best of them."""

import pytest

from graphtape_mock.redaction.found import PLACEHOLDER, Found, merged

DATA = b"0123456789"
REPLACED = Found(0, 4, PLACEHOLDER, b"y")
PART = Found(2, 6, "given", b"whole", is_part=True)
LATER_PART = Found(0, 4, "given", None, is_part=True)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            [Found(4, 6, "a", b"45"), Found(0, 2, "b", b"01")],
            [Found(0, 2, "b", b"01"), Found(4, 6, "a", b"45")],
        ),
        ([Found(0, 4, "a", b"0123"), Found(2, 6, "b", b"2345")], [Found(0, 6, "a", b"012345")]),
        ([Found(0, 4, "named:x", b"0123"), Found(0, 4, "a", b"x")], [Found(0, 4, "a", b"x")]),
        ([Found(0, 4, "a", b"x"), Found(0, 4, "named:x", b"y")], [Found(0, 4, "a", b"x")]),
        (
            [Found(0, 4, "a", b"x"), Found(0, 4, PLACEHOLDER, b"y")],
            [Found(0, 4, PLACEHOLDER, b"y")],
        ),
        (
            [Found(0, 6, "named:x", b"x"), Found(1, 4, "given", b"y")],
            [Found(0, 6, "named:x", b"x")],
        ),
        ([Found(0, 4, "a", b"x"), PART], [PART._replace(start=0)]),
        ([PART, Found(4, 8, "a", b"x")], [PART._replace(end=8)]),
        ([Found(0, 8, "a", b"x"), PART], [PART._replace(start=0, end=8)]),
        ([LATER_PART, Found(0, 4, "given", b"x")], [LATER_PART]),
    ],
)
def test_what_overlaps_becomes_one(found: list[Found], expected: list[Found]) -> None:
    assert list(merged(found, DATA)) == expected
