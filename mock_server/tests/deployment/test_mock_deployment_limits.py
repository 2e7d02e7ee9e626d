"""Each limit of a session names the option that raises it; sizes and deadlines are counted."""

import math

import pytest

from graphtape_mock.deployment.limits import Deadline, Limits, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("500kB", 500_000),
        ("256MB", 256_000_000),
        ("1.5 g", 1_500_000_000),
        ("2M", 2 * 10**6),
    ],
)
def test_a_size_has_a_unit_or_none(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "1TB", "many", "0.1", "nan"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="256MB"):
        parse_size(text)


def test_each_reason_names_its_option() -> None:
    limits = Limits(1.0, 15.0, 8_000_000, prefix="--graphtape-")

    assert "15 s of --graphtape-max-time" in limits.over_time
    assert "8 MB of --graphtape-max-bytes" in limits.over_body
    assert "2 MB" in limits.over_block
    assert "--graphtape-max-bytes" in limits.over_block


def test_a_deadline_passes() -> None:
    times = iter([10.0, 12.0, 15.0, 16.0])
    deadline = Deadline(5.0, lambda: next(times))

    assert (deadline.left, deadline.is_over, deadline.left) == (3.0, True, 0.0)


def test_without_a_limit_no_clock_is_read() -> None:
    deadline = Deadline(math.inf, lambda: pytest.fail("read"))

    assert (deadline.left, deadline.is_over) == (math.inf, False)
