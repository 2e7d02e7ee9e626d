"""A retry waits as long as the response asks for."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from graphtape_contracts import Response
from graphtape_mock.deployment.retry import retry_delay

NOW = datetime(2026, 11, 27, 4, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "value", "delay"),
    [
        (429, "7", 7.0),
        (503, "0.5", 0.5),
        (429, format_datetime(NOW.replace(minute=1), usegmt=True), 60.0),
        (429, "Fri, 27 Nov 2026 04:00:09", 9.0),
        (429, "Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        (429, "later", 1.0),
        (429, "-1", 1.0),
        (503, "", 1.0),
        (200, "7", None),
        (502, "7", None),
    ],
)
def test_a_refusal_may_say_when_to_come_back(status: int, value: str, delay: float | None) -> None:
    response = Response(status, (("retry-after", value),))

    assert retry_delay(response, NOW.timestamp()) == delay


def test_without_the_header_it_is_a_second() -> None:
    assert retry_delay(Response(429, ()), 0.0) == 1.0
