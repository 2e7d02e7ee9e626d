"""Headers for a deployment come from files and variables, too; their values are secret."""

from pathlib import Path

import pytest

from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.deployment.headers import (
    headers_from,
    headers_in,
    merged,
    read_headers,
    secrets_among,
)
from graphtape_mock.redaction.redactor import Redactor


def test_a_file_has_a_header_a_line(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_bytes(b"\xef\xbb\xbfX-Tenant: acme\r\n\n# a comment: of two words\nX-Key:a:b \n")

    assert read_headers(file) == (("x-tenant", "acme"), ("x-key", "a:b"))


def test_a_variable_has_them_too() -> None:
    assert headers_from({"GRAPHTAPE_HEADERS": "a: 1\nb: 2"}) == (("a", "1"), ("b", "2"))
    assert headers_from({}) == ()


def test_a_line_that_is_none_is_told_by_its_number_alone() -> None:
    with pytest.raises(BadHeader) as caught:
        headers_in("a: 1\nhunter2-hunter2", "keys.txt")

    assert "keys.txt, line 2" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_file_of_other_bytes_is_told(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_bytes(b"\xff")

    with pytest.raises(BadHeader, match="UTF-8"):
        read_headers(file)


def test_a_later_source_replaces_the_headers_of_its_names() -> None:
    first = (("a", "1"), ("b", "1"), ("b", "2"))

    assert merged(first, (("b", "3"), ("b", "4")), ()) == (("a", "1"), ("b", "3"), ("b", "4"))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("x-company", "companysecret1", {"companysecret1"}),
        ("ocp-apim-subscription-key", "1f2e3d4c5b6a7988", {"1f2e3d4c5b6a7988"}),
        ("authorization", "Bearer abcdefgh", {"Bearer abcdefgh", "abcdefgh"}),
        ("accept", "application/json", set[str]()),
        ("user-agent", "someone/1.0", set[str]()),
    ],
)
def test_each_value_is_secret_but_those_of_ordinary_headers(
    name: str, value: str, expected: set[str]
) -> None:
    assert set(secrets_among(((name, value),), Redactor())) == expected


def test_a_value_that_is_too_short_is_left_alone() -> None:
    secrets = secrets_among((("x-version", "2"),), Redactor())

    assert Redactor(secrets=secrets).redact(b"2 of 2") == b"2 of 2"


def test_the_user_can_say_that_an_ordinary_header_is_secret() -> None:
    headers = (("user-agent", "someone/1.0"),)

    assert secrets_among(headers, Redactor(["user-agent"])) == ("someone/1.0",)
