"""A mock of our own is asked directly; a message about another deployment names the proxy."""

import socket
from collections.abc import Generator

import pytest
from scripted_deployment import Deployment, answer, deployed, say, scripts_of_a_server, stream

from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.deployment.info import check_deployment
from graphtape_mock.deployment.proxy import proxy_for

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def deployment() -> Generator[Deployment]:
    with deployed(scripts_of_a_server(stream())) as deployment:
        yield deployment


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Generator[Deployment]:
    """A proxy of the environment that answers everything itself."""
    with deployed({"default": say(answer(502, b"no", b"via: proxy"))}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//ann:pass-word@"))
        yield proxy


def test_a_mock_of_our_own_is_asked_directly(deployment: Deployment, proxy: Deployment) -> None:
    with DeploymentConnection(deployment.url, through_proxy=False) as upstream:
        check_deployment(upstream)
        assert upstream.proxy is None

    assert len(deployment.asked) == 1
    assert proxy.asked == []


def test_another_is_asked_through_the_proxy_which_is_named(
    deployment: Deployment, proxy: Deployment
) -> None:
    with (
        DeploymentConnection(deployment.url) as upstream,
        pytest.raises(DeploymentError) as caught,
    ):
        check_deployment(upstream)

    assert f"the proxy {proxy.url}" in str(caught.value)
    assert "502" in str(caught.value)
    assert "pass-word" not in str(caught.value)
    assert deployment.asked == []


def test_a_proxy_that_is_gone_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("http_proxy", url)

    with (
        DeploymentConnection(deployment.url) as upstream,
        pytest.raises(DeploymentError, match=f"the proxy {url}"),
    ):
        check_deployment(upstream)


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "http://h", None),
        ({"http_proxy": "http://p:1"}, "http://h", "http://p:1"),
        ({"http_proxy": "http://p:1"}, "https://h", None),
        ({"all_proxy": "p:1"}, "https://h", "http://p:1"),
        ({"https_proxy": "http://ann:pw@p:1", "no_proxy": "g"}, "https://h", "http://p:1"),
        ({"https_proxy": "http://p:1", "no_proxy": "g,h"}, "https://h", None),
    ],
)
def test_the_proxy_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert proxy_for(url) == proxy


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_deployment_that_is_not_available_is_no_wrong_url(
    deployment: Deployment, status: int
) -> None:
    deployment.scripts["GET /info"] = say(answer(status, b"busy"))

    waits: list[float] = []
    with (
        DeploymentConnection(deployment.url, sleep=waits.append) as upstream,
        pytest.raises(DeploymentError) as caught,
    ):
        check_deployment(upstream)

    assert str(status) in str(caught.value)
    assert "is the URL right" not in str(caught.value)


def test_what_is_no_deployment_may_be_a_wrong_url(deployment: Deployment) -> None:
    deployment.scripts["GET /info"] = say(answer(200, b"<html>"))

    with (
        DeploymentConnection(deployment.url) as upstream,
        pytest.raises(DeploymentError, match="is the URL right"),
    ):
        check_deployment(upstream)
