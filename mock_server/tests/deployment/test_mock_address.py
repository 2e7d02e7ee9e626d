"""The URL of a request has the scheme, host and port of the user's URL, whatever its path is."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphtape_mock.deployment.address import BadPath, join_url, parse_url, query_secrets
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.request_path import is_request_path

ELSEWHERE = (
    "@other/steal",
    ":pass@other/steal",
    "http://other/steal",
    "//other/steal",
    "/\\other/steal",
    "\\\\other\\steal",
    "/\t/other/steal",
    "/\n/other",
    ".other/steal",
    ":9999/steal",
    "",
    "info",
    "/a b",
    "/a#b",
    "/é",
    "/\x7f",
)
BASES = (
    "http://127.0.0.1:2024",
    "https://deployment.test/base/?code=key",
    "http://[::1]:2024",
    "http://ann:pass-word@deployment.test:81",
)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_path_that_could_lead_elsewhere_is_refused(base: str, path: str) -> None:
    with pytest.raises(BadPath):
        join_url(base, path)


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("http://h:1", "/info", "http://h:1/info"),
        ("http://h:1/", "/info", "http://h:1/info"),
        ("http://h/base/", "/a?b=1", "http://h/base/a?b=1"),
        ("http://h/?code=k", "/a", "http://h/a?code=k"),
        ("http://h?code=k", "/a?b=1", "http://h/a?b=1&code=k"),
        ("http://[::1]:2024", "/info", "http://[::1]:2024/info"),
        ("http://ann:pw@h", "/@other/%2e%2e//x", "http://ann:pw@h/@other/%2e%2e//x"),
    ],
)
def test_a_path_is_put_behind_the_url(base: str, path: str, expected: str) -> None:
    assert join_url(base, path) == expected


_TRICKS = st.sampled_from(["@", "//", "\\", ":", "?", "#", "%2f", "%40", "\t", "other", "[", "]"])


@given(
    st.sampled_from(BASES),
    st.one_of(st.text(), st.lists(_TRICKS).map("".join)).flatmap(
        lambda text: st.sampled_from([text, f"/{text}"])
    ),
)
@example("http://127.0.0.1:2024", "/@other:1/")
def test_no_path_changes_the_host_for_any_parser(base: str, path: str) -> None:
    try:
        joined = join_url(base, path)
    except BadPath:
        assert not is_request_path(path)
        return

    assert is_request_path(path)
    ours, theirs = urlsplit(base), urlsplit(joined)
    assert (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
    asked, pointed = httpx.URL(joined), httpx.URL(base)
    assert (asked.scheme, asked.netloc) == (pointed.scheme, pointed.netloc)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h:1",
        "ftp://h",
        "http://",
        "http://h:0",
        "http://h:99999",
        "http://[",
        "http://h\\@o",
        "http://h /",
        "http://h\n",
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(DeploymentError, match="http://127"):
        parse_url(url)


def test_a_bad_url_is_shown_without_its_secrets() -> None:
    with pytest.raises(DeploymentError) as caught:
        parse_url("ftp://ann:pass-word@h?code=hunter2")

    assert "pass-word" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_address_of_ipv6_is_a_url() -> None:
    assert parse_url("http://[::1]:2024").hostname == "::1"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h", ()),
        ("http://h/?code=a%2Fb", ("a%2Fb", "a/b")),
        ("http://h/?opensesame", ("opensesame",)),
        ("http://h/?a=one&b=two", ("one", "two")),
    ],
)
def test_the_values_of_a_query_may_be_keys(url: str, expected: tuple[str, ...]) -> None:
    assert query_secrets(url) == expected
